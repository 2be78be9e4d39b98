//! The order of claims against a model that is too simple to be wrong: a list that is searched from the front.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{Backend, at, command, decision};
use crate::store::{Commit, Lane, OutboxItem, Store};

/// Stories told to both.
const STORIES: u32 = 24;

#[derive(Debug, Clone)]
enum Step {
    /// A decision in a stream: a command of this key and lane, due so many seconds from now.
    Add {
        stream: u8,
        key: u8,
        lane: Lane,
        wait: i64,
    },
    Claim,
    /// Gives one of the claimed commands back for so many seconds.
    Release {
        which: usize,
        wait: i64,
    },
    Finish {
        which: usize,
    },
    /// Time passes.
    Pass(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lane = prop::sample::select(Lane::ALL.to_vec());
    let step = prop_oneof![
        4 => (0..3_u8, 0..6_u8, lane, 0..40_i64)
            .prop_map(|(stream, key, lane, wait)| Step::Add { stream, key, lane, wait }),
        4 => Just(Step::Claim),
        1 => (any::<usize>(), 0..40_i64).prop_map(|(which, wait)| Step::Release { which, wait }),
        2 => any::<usize>().prop_map(|which| Step::Finish { which }),
        2 => (1..30_i64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..60)
}

#[derive(Debug)]
struct Command {
    stream: String,
    key: String,
    lane: Lane,
    due: Timestamp,
    held: bool,
    attempts: u32,
    id: Option<u64>,
    /// Of its latest claim.
    token: Option<u64>,
}

/// All commands not done, oldest first.
#[derive(Debug, Default)]
struct Model(Vec<Command>);

impl Model {
    fn add(&mut self, stream: &str, key: &str, lane: Lane, due: Timestamp) {
        let waits =
            self.0.iter().any(|c| c.stream == stream && c.key == key && (lane == Lane::Act || !c.held));
        if !waits {
            let (stream, key) = (stream.to_owned(), key.to_owned());
            self.0.push(Command { stream, key, lane, due, held: false, attempts: 0, id: None, token: None });
        }
    }

    fn claim(&mut self, now: Timestamp, until: Timestamp) -> Option<&mut Command> {
        let place = Lane::ALL.into_iter().find_map(|lane| {
            self.0.iter().enumerate().position(|(place, c)| {
                let behind = self.0[..place].iter().any(|o| o.stream == c.stream && o.lane == lane);
                c.lane == lane && c.due <= now && (lane == Lane::Timer || !behind)
            })
        })?;
        let command = &mut self.0[place];
        (command.held, command.due) = (true, until);
        command.attempts += 1;
        Some(command)
    }
}

pub(in crate::store) async fn claims_follow_the_model(backend: &impl Backend) {
    let store = backend.open().await;
    let mut runner = TestRunner::deterministic();
    for story in 0..STORIES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        follow(&store, story, &steps).await;
    }
}

async fn follow(store: &impl Store, story: u32, steps: &[Step]) {
    let mut model = Model::default();
    let mut claimed: Vec<(u64, u64)> = Vec::new();
    let mut now = 0;
    for (place, step) in steps.iter().enumerate() {
        match step {
            Step::Add { stream, key, lane, wait } => {
                let (stream, key) = (format!("{story}/{stream}"), key.to_string());
                model.add(&stream, &key, *lane, at(now + wait));
                let commands = vec![command(&key, *lane, now + wait)];
                store.commit(Commit { commands, at: at(now), ..decision(&stream, 0) }).await.unwrap();
            }
            Step::Claim => {
                let got = store.claim_command(at(now), 20).await.unwrap();
                compare(model.claim(at(now), at(now + 20)), got.as_ref(), (story, place, steps));
                claimed.extend(got.map(|item| (item.id, item.token)));
            }
            Step::Release { which, wait } if !claimed.is_empty() => {
                let (id, token) = claimed[which % claimed.len()];
                let held = |command: &&mut Command| (command.id, command.token) == (Some(id), Some(token));
                for command in model.0.iter_mut().filter(held) {
                    (command.held, command.due) = (false, at(now + wait));
                }
                store.release_command(id, token, at(now + wait), "later").await.unwrap();
            }
            Step::Finish { which } if !claimed.is_empty() => {
                let (id, _) = claimed[which % claimed.len()];
                model.0.retain(|command| command.id != Some(id));
                store.finish_command(id).await.unwrap();
            }
            Step::Release { .. } | Step::Finish { .. } => {}
            Step::Pass(seconds) => now += seconds,
        }
    }
    // Leave nothing for the next story.
    while let Some(item) = store.claim_command(at(now + 10_000), 20).await.unwrap() {
        compare(model.claim(at(now + 10_000), at(now + 20_000)), Some(&item), (story, usize::MAX, steps));
        model.0.retain(|command| command.id != Some(item.id));
        store.finish_command(item.id).await.unwrap();
    }
    assert!(model.0.is_empty(), "left behind: {model:?}");
}

fn compare(expected: Option<&mut Command>, got: Option<&OutboxItem>, at: (u32, usize, &[Step])) {
    match (expected, got) {
        (None, None) => {}
        (Some(expected), Some(got)) => {
            let known = *expected.id.get_or_insert(got.id);
            assert_ne!(expected.token.replace(got.token), Some(got.token), "{at:?}");
            assert_eq!(
                (&expected.stream, &expected.key, expected.lane, expected.attempts, known),
                (&got.stream.0, &got.key, got.lane, got.attempts + 1, got.id),
                "{at:?}"
            );
        }
        (expected, got) => panic!("expected {expected:?}, got {got:?}: {at:?}"),
    }
}
