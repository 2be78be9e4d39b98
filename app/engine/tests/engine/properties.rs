//! No order and repetition of signals leads to an apply without every gate.

use crate::tale::{Tale, actor, alice, bob, draft, snapshot, tree, victor};
use proptest::prelude::*;
use tfpilot_engine::{
    Actor, Applied, Ask, CommitSha, Event, Failure, JobId, OpenText, Operation, PlanDigest, PullState,
    Reading, Refusal, Role, Say, Signal, StackPath, SuggestionsOutcome, TicketState,
};

/// What is rarely so of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Odd {
    No,
    Diverged,
    NotManaged,
}

/// One thing that may happen, on whatever there is at that moment.
#[derive(Debug, Clone)]
enum Step {
    Request { by: u8, text: u8 },
    Wanted { by: u8, text: u8 },
    Suggested { of: u8, text: u8 },
    Commit,
    See { head: u8, inputs: u8, fork: bool, closed: bool, odd: Odd },
    Turn { closed: bool },
    Review { by: u8, head: u8 },
    Ask { by: u8, ask: u8, late: bool },
    Claim { pick: u8 },
    Plan { pick: u8, digest: u8 },
    Start { pick: u8, digest: u8 },
    Apply { pick: u8 },
    Fail { pick: u8, stale: bool },
    Lapse { pick: u8 },
    Merge,
    Wait { hours: u16 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4u8, 0..2u8).prop_map(|(by, text)| Step::Request { by, text }),
        Just(Step::Commit),
        (0..3u8, 0..2u8, any::<bool>(), any::<bool>(), 0..24u8).prop_map(
            |(head, inputs, fork, closed, odd)| {
                let odd = match odd {
                    0 => Odd::Diverged,
                    1 => Odd::NotManaged,
                    _ => Odd::No,
                };
                Step::See { head, inputs, fork: fork && closed, closed: closed && !fork, odd }
            }
        ),
        (0..4u8, 0..3u8).prop_map(|(by, head)| Step::Review { by, head }),
        (0..4u8, 0..5u8, any::<bool>()).prop_map(|(by, ask, late)| Step::Ask { by, ask, late }),
        (0..4u8).prop_map(|pick| Step::Claim { pick }),
        (0..4u8, 0..2u8).prop_map(|(pick, digest)| Step::Plan { pick, digest }),
        (0..4u8, 0..2u8).prop_map(|(pick, digest)| Step::Start { pick, digest }),
        (0..4u8).prop_map(|pick| Step::Apply { pick }),
        (0..4u8, any::<bool>()).prop_map(|(pick, stale)| Step::Fail { pick, stale }),
        (0..4u8).prop_map(|pick| Step::Lapse { pick }),
        (0..4u8).prop_map(|pick| match pick {
            0 => Step::Turn { closed: true },
            1 => Step::Turn { closed: false },
            _ => Step::Merge,
        }),
        (0..200u16).prop_map(|hours| Step::Wait { hours }),
    ]
}

/// The same, and now and then a text that waits for a model, or the model's answer.
fn step_with_a_model() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => step(),
        1 => (0..4u8, 0..2u8).prop_map(|(by, text)| Step::Wanted { by, text }),
        1 => (0..2u8, 0..3u8).prop_map(|(of, text)| Step::Suggested { of, text }),
    ]
}

fn person(index: u8) -> Actor {
    match index {
        0 => alice(),
        1 => bob(),
        2 => victor(),
        _ => actor(3, "carol", Role::Admin),
    }
}

fn jobs(tale: &Tale, operation: Option<Operation>) -> Vec<JobId> {
    let wanted = |run: &&tfpilot_engine::Run| operation.is_none_or(|operation| run.operation == operation);
    tale.facts.runs.iter().filter(wanted).flat_map(|run| run.jobs.keys().copied()).collect()
}

fn pick(tale: &Tale, operation: Option<Operation>, index: u8) -> Option<JobId> {
    let jobs = jobs(tale, operation);
    jobs.get(jobs.len().checked_sub(1 + usize::from(index) % jobs.len().max(1))?).copied()
}

fn complete(text: u8) -> Reading {
    Reading::Complete { draft: draft(if text == 0 { "hi" } else { "ho" }) }
}

fn signal(tale: &Tale, step: &Step) -> Option<Signal> {
    Some(match *step {
        Step::Request { by, text } => {
            Signal::IssueRead { number: 1, by: person(by), reading: complete(text) }
        }
        Step::Wanted { by, text } => Signal::SuggestionsWanted {
            number: 1,
            comment: None,
            by: person(by),
            reading: complete(text),
            open: OpenText { of: text.to_string(), text: "a note".to_owned() },
        },
        Step::Suggested { of, text } => Signal::SuggestionsGiven {
            of: of.to_string(),
            outcome: SuggestionsOutcome::Answered,
            suggestions: Vec::new(),
            reading: (text < 2).then(|| complete(text)),
        },
        Step::Commit => {
            let drafts = tale.facts.request.as_ref().map_or(0, |request| request.drafts);
            Signal::BranchCommitted { head: CommitSha::new("h0"), draft: drafts }
        }
        Step::See { head, inputs, fork, closed, odd } => {
            let head = format!("h{head}");
            let mut pull = snapshot(&head);
            pull.fork = fork;
            pull.managed = odd != Odd::NotManaged;
            pull.state = if closed { PullState::Closed } else { PullState::Open };
            pull.reviews = tale.facts.pull.as_ref().map(|pull| pull.reviews.clone()).unwrap_or_default();
            let mut tree = tree(&head, &format!("i{inputs}"));
            tree.stacks[0].diverged = odd == Odd::Diverged;
            Signal::PullSeen { pull, tree: Some(tree) }
        }
        Step::Turn { closed: true } => Signal::IssueClosed { by: alice().person },
        Step::Turn { closed: false } => Signal::IssueReopened { by: alice().person },
        Step::Review { by, head } => {
            let mut pull = tale.facts.pull.clone()?;
            pull.reviews.push(crate::tale::review(&person(by), &format!("h{head}"), tale.now));
            Signal::PullSeen { pull, tree: None }
        }
        Step::Ask { by, ask, late } => {
            let resume = |accept| Ask::Resume { accept, reason: Some("looked".to_owned()) };
            let asks = [Ask::Apply, Ask::Approve, Ask::Plan, resume(false), resume(true)];
            let ask = asks[usize::from(ask)].clone();
            let written_at = if late { tale.now - jiff::SignedDuration::from_hours(1) } else { tale.now };
            Signal::Asked { number: 2, comment: None, by: person(by), ask, written_at }
        }
        Step::Claim { pick: index } => {
            Signal::Claimed { job: pick(tale, None, index)?, worker: "w".to_owned(), workflow: None }
        }
        Step::Plan { pick: index, digest } => {
            let job = pick(tale, Some(Operation::Plan), index)?;
            let (run, row) = tale.facts.job(job)?;
            let plan = tfpilot_engine::Plan {
                stack: row.stack.clone(),
                head: run.head.clone(),
                inputs_digest: row.inputs_digest.clone(),
                digest: PlanDigest::new(format!("p{digest}")),
                bundle_sha256: format!("b{digest}"),
                job,
                at: tale.now,
                counts: [("create".to_owned(), 1)].into(),
                headline: "1 create".to_owned(),
                no_changes: false,
                lock_file: false,
                policy: Some(crate::tale::passed()),
                cost: Some(crate::tale::passed()),
                price: None,
                judged_under: None,
                unfit: None,
                grave: None,
            };
            Signal::Planned { plan }
        }
        Step::Start { pick: index, digest } => {
            let job = pick(tale, Some(Operation::Apply), index)?;
            let ticket = tale.facts.job(job)?.1.ticket?;
            Signal::StartAsked { job, ticket, plan_digest: PlanDigest::new(format!("p{digest}")) }
        }
        Step::Apply { pick: index } => {
            let job = pick(tale, Some(Operation::Apply), index)?;
            let stack = StackPath::new(crate::tale::STACK);
            Signal::StackApplied {
                job,
                applied: Applied { stack, changed: 1, outputs: [].into(), at: tale.now },
            }
        }
        Step::Fail { pick: index, stale } => {
            let failure = if stale {
                Failure::Stale
            } else {
                Failure::Step { phase: "apply".to_owned(), problems: vec![] }
            };
            Signal::JobFailed { job: pick(tale, None, index)?, failure }
        }
        Step::Lapse { pick: index } => Signal::LeaseLapsed { job: pick(tale, None, index)? },
        Step::Merge => Signal::Merged { commit: CommitSha::new("m") },
        Step::Wait { .. } => return None,
    })
}

/// Judged by hand from what people did, not by the engine's own gates.
fn check_start(before: &Tale, event: &Event) -> Result<(), TestCaseError> {
    let Event::TicketSpent { ticket, .. } = event else { return Ok(()) };
    let ticket = &before.facts.tickets[ticket];
    prop_assert_eq!(&ticket.state, &TicketState::Issued);
    let pull = before.facts.pull.as_ref().expect("a pull request");
    prop_assert!(pull.state == PullState::Open && pull.managed && !pull.fork && !pull.draft);
    let tree = before.facts.tree.as_ref().expect("a tree");
    prop_assert_eq!(&tree.head, &pull.head);
    prop_assert!(!tree.stacks[0].diverged);
    let plan = &before.facts.plans[&ticket.stack];
    prop_assert_eq!((&plan.digest, plan.job), (&ticket.plan_digest, ticket.plan_job));
    prop_assert_eq!(&plan.inputs_digest, &tree.stacks[0].inputs_digest);
    prop_assert!(before.now.duration_since(plan.at) <= jiff::SignedDuration::from_hours(169));
    // Somebody with the role, not alice, no requester and no setter of an input, approved this very plan.
    let request = before.facts.request.as_ref();
    let is_own = |id: u64| {
        request.is_some_and(|request| {
            request.by.id == id || request.setters.iter().any(|setter| setter.id == id)
        })
    };
    let reviewed = before.facts.reviewed_now().expect("plans");
    let by_review = pull.reviews.iter().any(|review| {
        [2, 3].contains(&review.by.id)
            && !is_own(review.by.id)
            && before.facts.rounds.iter().any(|round| {
                round.head == review.commit && round.reviewed == reviewed && round.since <= review.at
            })
    });
    let by_command = before.facts.approvals.iter().any(|approval| {
        [2, 3].contains(&approval.by.id) && !is_own(approval.by.id) && approval.reviewed == reviewed
    });
    prop_assert!(by_review || by_command);
    Ok(())
}

/// An approval counts only for a plan that was shown when it was written.
fn check_approval(before: &Tale, signal: &Signal, event: &Event) -> Result<(), TestCaseError> {
    let Event::ApprovalGiven { reviewed, .. } = event else { return Ok(()) };
    let Signal::Asked { written_at, .. } = signal else { panic!("nobody asked") };
    let shown = before.facts.rounds.iter().rev().find(|round| round.since <= *written_at);
    prop_assert_eq!(shown.map(|round| &round.reviewed), Some(reviewed));
    Ok(())
}

/// The calm day up to some step, so that chance begins close to where it can do harm.
fn calm_day(far: u8) -> Tale {
    let mut tale = Tale::new();
    tale.facts.rules.model = true;
    let steps: [fn(&mut Tale); 7] = [
        |tale| {
            tale.asked_for();
        },
        |tale| {
            tale.plans("p0");
        },
        |tale| {
            tale.reviews(&bob());
        },
        |tale| {
            tale.asks(&alice(), Ask::Apply);
        },
        |tale| {
            tale.claims();
        },
        |tale| {
            tale.starts();
        },
        |tale| {
            tale.applies();
        },
    ];
    steps.iter().take(usize::from(far)).for_each(|step| step(&mut tale));
    tale
}

fn is_unseen_approval(event: &Event) -> bool {
    let Event::Called { call } = event else { return false };
    let Say::Refused { refusal: Refusal::PlanReplaced { command } } = &call.say else { return false };
    command == "approve"
}

/// A property that chance never puts to the test proves nothing.
#[test]
fn chance_reaches_starts_and_refusals() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (0..=5u8, prop::collection::vec(step(), 1..40));
    let (mut started, mut voided, mut unseen) = (0, 0, 0);
    for _ in 0..500 {
        let (far, steps) = strategy.new_tree(&mut runner).expect("steps").current();
        let mut tale = calm_day(far);
        let known = tale.events.len();
        for step in &steps {
            if let Some(signal) = signal(&tale, step) {
                tale.tell(signal);
            }
        }
        let told = &tale.events[known..];
        started += usize::from(told.iter().any(|event| matches!(event, Event::TicketSpent { .. })));
        voided += usize::from(told.iter().any(|event| matches!(event, Event::TicketVoided { .. })));
        unseen += usize::from(told.iter().any(is_unseen_approval));
    }
    assert!(started >= 10 && voided >= 20, "started {started}, voided {voided} of 500");
    assert!(unseen >= 10, "{unseen} of 500 approved what they had not seen");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn no_apply_without_every_gate(far in 0..=7u8, steps in prop::collection::vec(step_with_a_model(), 1..40)) {
        let mut tale = calm_day(far);
        for step in &steps {
            if let Step::Wait { hours } = step {
                tale.now += jiff::SignedDuration::from_hours(i64::from(*hours));
            }
            let Some(signal) = signal(&tale, step) else { continue };
            let before = Tale {
                facts: tale.facts.clone(),
                events: Vec::new(),
                commands: Vec::new(),
                now: tale.now + jiff::SignedDuration::from_secs(1),
            };
            let known = tale.events.len();
            tale.tell(signal.clone());
            for event in &tale.events[known..] {
                check_start(&before, event)?;
                check_approval(&before, &signal, event)?;
            }
        }
        // Spent at most once each, and an apply's success only after its start.
        let mut spent = std::collections::BTreeSet::new();
        for event in &tale.events {
            match event {
                Event::TicketSpent { ticket, .. } => prop_assert!(spent.insert(*ticket)),
                Event::StackApplied { job, .. } => {
                    let ticket = tale.facts.job(*job).and_then(|(_, job)| job.ticket).expect("a ticket");
                    prop_assert!(spent.contains(&ticket));
                }
                _ => {}
            }
        }
        // What was decided can be folded again from the log alone, through its JSON.
        let json = serde_json::to_string(&tale.events).expect("events are JSON");
        let read: Vec<Event> = serde_json::from_str(&json).expect("events read back");
        let again = tfpilot_engine::Facts::new("7/1", tale.facts.rules.clone()).folded(read);
        prop_assert_eq!(again, tale.facts);
    }
}
