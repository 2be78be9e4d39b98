//! One suite that every backend of [`Store`] must pass: each sentence of the trait's documentation is a test here.
//!
//! A backend implements [`Backend`] and writes `conformance::suite!(MyBackend::new())` in its tests. Time is a
//! parameter throughout, so no test sleeps. What only one backend can do (damage, kills) is tested beside it.

mod concurrency;
mod inbox;
mod leases;
mod log;
mod model;
mod outbox;
mod views;

use jiff::{SignedDuration, Timestamp};

use super::{Commit, Delivery, Lane, NewCommand, Store, StreamId};

pub(super) use self::concurrency::*;
pub(super) use self::inbox::*;
pub(super) use self::leases::*;
pub(super) use self::log::*;
pub(super) use self::model::*;
pub(super) use self::outbox::*;
pub(super) use self::views::*;

/// A place that keeps what one store wrote for the next that is opened there.
pub(super) trait Backend {
    /// The store under test.
    type Store: Store;
    /// Opens the place; the first time it is empty. The one opened before was dropped.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;
    /// Fails the test when what it left behind does not agree with itself; its store was dropped.
    fn audit(&self) -> impl Future<Output = ()> + Send;
}

/// A moment `seconds` after the beginning of the test.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

pub(super) fn delivery(id: &str, seconds: i64) -> Delivery {
    Delivery {
        id: id.into(),
        kind: "github/issues".into(),
        body: format!("{{\"id\":\"{id}\"}}").into_bytes(),
        received_at: at(seconds),
    }
}

pub(super) fn stream(name: &str) -> StreamId {
    StreamId(name.into())
}

/// A decision that changes nothing yet; tests fill in what they are about.
pub(super) fn decision(name: &str, expected_version: u64) -> Commit {
    Commit {
        stream: stream(name),
        expected_version,
        at: at(0),
        events: vec![],
        commands: vec![],
        views: vec![],
        guards: vec![],
        finishes_delivery: None,
        finishes_command: None,
    }
}

pub(super) fn event(number: u64) -> Vec<u8> {
    format!("{{\"v\":1,\"number\":{number}}}").into_bytes()
}

pub(super) fn command(key: &str, lane: Lane, seconds: i64) -> NewCommand {
    NewCommand { key: key.into(), lane, due: at(seconds), body: format!("{{\"do\":\"{key}\"}}").into_bytes() }
}

/// Makes every test of the suite a test of the backend that the expression gives.
macro_rules! suite {
    ($backend:expr) => {
        $crate::store::conformance::suite!($backend;
            a_delivery_is_accepted_once,
            what_was_accepted_is_known,
            a_delivery_keeps_its_bytes,
            deliveries_are_claimed_in_order_of_arrival,
            a_delivery_is_due_from_its_arrival_on,
            a_claimed_delivery_is_held_until_its_lease_ends,
            a_released_delivery_waits_until_its_time,
            a_late_holder_gives_no_delivery_back,
            a_done_delivery_is_gone_but_known,
            the_id_of_a_done_delivery_is_remembered_for_a_week_at_least,
            an_open_delivery_is_never_forgotten,
            a_burst_that_became_due_at_once_is_claimed_in_order,
            a_stream_begins_empty,
            events_are_versioned_in_their_stream_and_placed_in_the_log,
            a_conflict_leaves_nothing_behind,
            a_guard_that_does_not_hold_leaves_nothing_behind,
            the_log_is_read_in_pages,
            the_chain_holds_over_all_streams,
            the_chain_can_be_checked_from_the_middle,
            a_decision_finishes_its_delivery_once,
            a_decision_finishes_its_command_once,
            large_events_come_back_whole,
            streams_whose_names_contain_each_other_stay_apart,
            everything_is_there_after_reopening,
            names_that_cannot_be_keys_are_refused_and_the_store_goes_on,
            commands_are_claimed_by_lane_then_by_age,
            a_lane_of_a_stream_runs_one_after_another,
            a_waiting_head_holds_up_its_lane_but_no_other,
            a_held_command_comes_back_when_its_lease_ends,
            a_released_command_waits_until_its_time_and_keeps_its_place,
            timers_stand_alone,
            a_key_that_waits_adds_nothing,
            an_act_that_is_being_executed_is_not_decided_again,
            a_show_that_is_being_executed_may_be_wanted_again,
            who_is_slower_than_the_lease_takes_nothing_with_it,
            the_same_key_in_two_streams_is_two_commands,
            a_finished_command_lets_the_next_come_forward,
            a_late_release_does_nothing,
            a_late_holder_gives_no_command_back,
            next_due_is_the_earliest_of_all_that_waits,
            a_burst_of_timers_is_claimed_in_order,
            views_keep_replace_and_delete_rows,
            views_are_scanned_by_prefix_in_order_up_to_a_limit,
            views_do_not_see_each_other,
            put_views_checks_its_guards,
            large_rows_shrink_and_grow,
            a_lease_has_one_holder,
            a_lease_is_renewed_by_its_holder_with_the_same_token,
            a_lease_ends_and_its_token_grows,
            a_lease_is_given_back_only_by_its_holder,
            many_tasks_on_many_streams_lose_nothing,
            many_tasks_on_one_stream_stay_gapless,
            of_many_guarded_writers_one_wins,
            many_claimers_get_each_thing_once,
            the_same_delivery_from_many_sides_is_new_once,
            claims_follow_the_model,
        );
    };
    ($backend:expr; $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let backend = $backend;
                $crate::store::conformance::$name(&backend).await;
                $crate::store::conformance::Backend::audit(&backend).await;
            }
        )+
    };
}
pub(super) use suite;
