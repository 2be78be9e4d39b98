//! What the trait says about commands.

use super::{Backend, at, command, decision, delivery, stream};
use crate::store::{Commit, Lane, NewCommand, OutboxItem, Store};

/// Puts commands into a stream's outbox, decided at `at(0)`.
async fn decide(store: &impl Store, name: &str, commands: Vec<NewCommand>) {
    store.commit(Commit { commands, ..decision(name, 0) }).await.unwrap();
}

async fn claim(store: &impl Store, seconds: i64) -> Option<OutboxItem> {
    store.claim_command(at(seconds), 60).await.unwrap()
}

async fn claimed(store: &impl Store, seconds: i64) -> Option<String> {
    claim(store, seconds).await.map(|item| format!("{}:{}", item.stream, item.key))
}

/// Claims (for a minute each) until nothing is left.
async fn drained(store: &impl Store, seconds: i64) -> Vec<String> {
    let mut order = Vec::new();
    while let Some(key) = claimed(store, seconds).await {
        order.push(key);
    }
    order
}

pub(in crate::store) async fn commands_are_claimed_by_lane_then_by_age(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("timer", Lane::Timer, 0), command("show", Lane::Show, 0)]).await;
    decide(&store, "b", vec![command("courtesy", Lane::Courtesy, 0), command("act", Lane::Act, 30)]).await;
    decide(&store, "c", vec![command("act", Lane::Act, 20), command("show", Lane::Show, 0)]).await;
    assert_eq!(drained(&store, 0).await, ["a:show", "c:show", "b:courtesy", "a:timer"]);
    // By age, not by how long they are due.
    assert_eq!(drained(&store, 30).await, ["b:act", "c:act"]);
}

pub(in crate::store) async fn a_lane_of_a_stream_runs_one_after_another(backend: &impl Backend) {
    let store = backend.open().await;
    let two = vec![command("1", Lane::Act, 0), command("2", Lane::Act, 0), command("s", Lane::Show, 0)];
    decide(&store, "a", two).await;
    let first = claim(&store, 0).await.unwrap();
    assert_eq!((first.key.as_str(), first.attempts, first.lane), ("1", 0, Lane::Act));
    assert_eq!(drained(&store, 0).await, ["a:s"]);
    store.finish_command(first.id).await.unwrap();
    assert_eq!(drained(&store, 0).await, ["a:2"]);
}

pub(in crate::store) async fn a_waiting_head_holds_up_its_lane_but_no_other(backend: &impl Backend) {
    let store = backend.open().await;
    let commands = vec![
        command("first", Lane::Act, 100),
        command("second", Lane::Act, 0),
        command("show", Lane::Show, 0),
    ];
    decide(&store, "a", commands).await;
    decide(&store, "b", vec![command("act", Lane::Act, 0)]).await;
    assert_eq!(drained(&store, 99).await, ["b:act", "a:show"]);
    assert_eq!(claimed(&store, 100).await.as_deref(), Some("a:first"));
}

pub(in crate::store) async fn a_held_command_comes_back_when_its_lease_ends(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("1", Lane::Act, 0), command("2", Lane::Act, 0)]).await;
    let first = claim(&store, 0).await.unwrap();
    assert_eq!(claimed(&store, 59).await, None);
    let again = claim(&store, 60).await.unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 1));
    assert_eq!(claimed(&store, 119).await, None);
}

pub(in crate::store) async fn a_released_command_waits_until_its_time_and_keeps_its_place(
    backend: &impl Backend,
) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("1", Lane::Act, 0), command("2", Lane::Act, 0)]).await;
    let first = claim(&store, 0).await.unwrap();
    store.release_command(first.id, first.token, at(300), "GitHub answered 502").await.unwrap();
    assert_eq!(claimed(&store, 299).await, None);
    assert_eq!(store.next_due().await.unwrap(), Some(at(300)));
    let again = claim(&store, 300).await.unwrap();
    assert_eq!((again.id, again.attempts, again.body), (first.id, 1, first.body));
}

pub(in crate::store) async fn timers_stand_alone(backend: &impl Backend) {
    let store = backend.open().await;
    let commands = vec![command("far", Lane::Timer, 900), command("near", Lane::Timer, 10)];
    decide(&store, "a", commands).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    assert_eq!(claimed(&store, 9).await, None);
    assert_eq!(claimed(&store, 10).await.as_deref(), Some("a:near"));
    store
        .commit(Commit { commands: vec![command("soon", Lane::Timer, 20)], ..decision("a", 0) })
        .await
        .unwrap();
    assert_eq!(claimed(&store, 20).await.as_deref(), Some("a:soon"));
}

pub(in crate::store) async fn a_key_that_waits_adds_nothing(backend: &impl Backend) {
    let store = backend.open().await;
    let original = NewCommand { body: b"original".to_vec(), ..command("k", Lane::Show, 50) };
    decide(&store, "a", vec![original, command("k", Lane::Show, 0)]).await;
    decide(&store, "a", vec![command("k", Lane::Act, 0)]).await;
    assert_eq!(claimed(&store, 49).await, None);
    let item = claim(&store, 50).await.unwrap();
    assert_eq!((item.body.as_slice(), item.lane), (&b"original"[..], Lane::Show));
    store.finish_command(item.id).await.unwrap();
    assert_eq!(claimed(&store, 50).await, None);
    // Done with, so the key is free.
    decide(&store, "a", vec![command("k", Lane::Show, 0)]).await;
    assert_eq!(claimed(&store, 50).await.as_deref(), Some("a:k"));
}

pub(in crate::store) async fn an_act_that_is_being_executed_is_not_decided_again(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("merge", Lane::Act, 0)]).await;
    let item = claim(&store, 0).await.unwrap();
    decide(&store, "a", vec![command("merge", Lane::Act, 0)]).await;
    store.finish_command(item.id).await.unwrap();
    assert_eq!(claimed(&store, 1000).await, None);
}

pub(in crate::store) async fn a_show_that_is_being_executed_may_be_wanted_again(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("checks", Lane::Show, 0)]).await;
    let first = claim(&store, 0).await.unwrap();
    decide(&store, "a", vec![command("checks", Lane::Show, 0)]).await;
    decide(&store, "a", vec![command("checks", Lane::Show, 0)]).await;
    assert_eq!(claimed(&store, 0).await, None);
    store.finish_command(first.id).await.unwrap();
    let second = claim(&store, 0).await.unwrap();
    assert_ne!(second.id, first.id);
    store.finish_command(second.id).await.unwrap();
    assert_eq!(claimed(&store, 1000).await, None);
}

pub(in crate::store) async fn who_is_slower_than_the_lease_takes_nothing_with_it(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("checks", Lane::Show, 0)]).await;
    let slow = claim(&store, 0).await.unwrap();
    let later = Commit { commands: vec![command("checks", Lane::Show, 0)], at: at(60), ..decision("a", 0) };
    store.commit(later).await.unwrap();
    store.finish_command(slow.id).await.unwrap();
    let wanted = claim(&store, 60).await.unwrap();
    assert_ne!(wanted.id, slow.id, "what was wanted meanwhile is still wanted");
    store.finish_command(wanted.id).await.unwrap();
    assert_eq!(claimed(&store, 1000).await, None);
}

pub(in crate::store) async fn the_same_key_in_two_streams_is_two_commands(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("k", Lane::Act, 0)]).await;
    decide(&store, "b", vec![command("k", Lane::Act, 0)]).await;
    assert_eq!(drained(&store, 0).await, ["a:k", "b:k"]);
}

pub(in crate::store) async fn a_finished_command_lets_the_next_come_forward(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", (0..5).map(|n| command(&n.to_string(), Lane::Act, n * 10)).collect()).await;
    for n in 0..5_i64 {
        // Each is due at its own time, and the one before is gone by then.
        assert_eq!(store.next_due().await.unwrap(), Some(at(n * 10)));
        let item = claim(&store, n * 10).await.unwrap();
        assert_eq!(item.key, n.to_string());
        let outcome = Commit { finishes_command: Some(item.id), ..decision("a", 0) };
        store.commit(outcome).await.unwrap();
    }
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub(in crate::store) async fn a_late_release_does_nothing(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("1", Lane::Act, 0)]).await;
    let item = claim(&store, 0).await.unwrap();
    store.finish_command(item.id).await.unwrap();
    store.finish_command(item.id).await.unwrap();
    store.release_command(item.id, item.token, at(0), "late").await.unwrap();
    assert_eq!(claimed(&store, 1000).await, None);
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub(in crate::store) async fn a_late_holder_gives_no_command_back(backend: &impl Backend) {
    let store = backend.open().await;
    decide(&store, "a", vec![command("1", Lane::Act, 0)]).await;
    let late = claim(&store, 0).await.unwrap();
    let holder = claim(&store, 60).await.unwrap();
    assert_eq!((holder.id, holder.attempts), (late.id, 1));
    assert_ne!(late.token, holder.token);
    store.release_command(late.id, late.token, at(61), "late").await.unwrap();
    assert_eq!(claimed(&store, 119).await, None, "the second holder still has it");
    store.release_command(holder.id, holder.token, at(90), "mine").await.unwrap();
    assert_eq!(claimed(&store, 90).await.as_deref(), Some("a:1"));
}

pub(in crate::store) async fn next_due_is_the_earliest_of_all_that_waits(backend: &impl Backend) {
    let store = backend.open().await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let commands = vec![
        command("act", Lane::Act, 400),
        command("behind", Lane::Act, 1),
        command("timer", Lane::Timer, 300),
    ];
    decide(&store, "a", commands).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(300)));
    store.accept(delivery("d", 200)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(200)));
    store.claim_delivery(at(200), 50).await.unwrap().unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(250)));
    store.claim_delivery(at(250), 9999).await.unwrap().unwrap();
    let timer = store.claim_command(at(300), 50).await.unwrap().unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(350)));
    store.finish_command(timer.id).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(400)));
}

pub(in crate::store) async fn a_burst_of_timers_is_claimed_in_order(backend: &impl Backend) {
    let store = backend.open().await;
    // Later decided, earlier due: the order is that of the decision once all are due.
    decide(&store, "a", (0..600).map(|n| command(&format!("{n:03}"), Lane::Timer, 1000 - n)).collect()).await;
    for n in 0..600 {
        let item = claim(&store, 2000).await.unwrap();
        assert_eq!((item.key, item.stream), (format!("{n:03}"), stream("a")));
    }
    assert_eq!(claimed(&store, 2000).await, None);
}
