//! A step that GitHub's limits hold back: recorded once, said once to whoever asked.

use jiff::SignedDuration;
use tfpilot_engine::{Ask, Command, EnvironmentName, Event, Executor, Refusal, Say, Signal, Status};

use crate::tale::{Tale, alice};

fn delays(tale: &Tale) -> usize {
    tale.events.iter().filter(|event| matches!(event, Event::Delayed { .. })).count()
}

#[test]
fn a_pause_is_recorded_once_and_nobody_is_told_of_what_nobody_asked_for() {
    let mut tale = Tale::new();
    tale.asked_for();
    let until = tale.now + SignedDuration::from_mins(10);
    tale.tell(Signal::Delayed { until, run: None }).tell(Signal::Delayed { until, run: None });
    assert_eq!((delays(&tale), tale.facts.delayed_until), (1, Some(until)));
    assert!(!tale.commands.iter().any(|command| matches!(command, Command::Say { .. })));
    let later = until + SignedDuration::from_mins(1);
    tale.tell(Signal::Delayed { until: later, run: None });
    assert_eq!(delays(&tale), 2);
}

#[test]
fn a_pause_that_is_over_is_none() {
    let mut tale = Tale::new();
    tale.asked_for();
    let until = tale.now;
    tale.tell(Signal::Delayed { until, run: None });
    assert_eq!(delays(&tale), 0);
}

#[test]
fn whoever_asked_for_the_plan_is_told_once() {
    let mut tale = Tale::new();
    let dev = tale.facts.rules.environments.get_mut(&EnvironmentName::new("dev")).unwrap();
    dev.executor = Executor::Actions;
    tale.asked_for().asks(&alice(), Ask::Plan);
    let run = tale.facts.runs.last().unwrap().id;
    let until = tale.now + SignedDuration::from_mins(10);
    let signal = Signal::Delayed { until, run: Some(run) };
    tale.tell(signal.clone()).tell(signal);
    let said: Vec<&Say> = tale
        .commands
        .iter()
        .filter_map(|command| match command {
            Command::Say { call } => Some(&call.say),
            _ => None,
        })
        .collect();
    assert_eq!(said, [&Say::Refused { refusal: Refusal::GitHubLimits { until } }]);
    assert_eq!(
        tale.facts.status(tale.now),
        Status::Planning,
        "it is not refused for good: the plan is made then"
    );
}
