//! Who is asked for a review, when, and how often.

use crate::tale::{Tale, bob, snapshot, tree};
use jiff::SignedDuration;
use tfpilot_engine::{Command, Person, PullSnapshot, Reviewers, Signal};

/// What was asked for, in order.
fn asked(tale: &Tale) -> Vec<Reviewers> {
    let of = |command: &Command| match command {
        Command::RequestReview { of, .. } => Some(of.clone()),
        _ => None,
    };
    tale.commands.iter().filter_map(of).collect()
}

fn platform() -> Reviewers {
    Reviewers { teams: ["acme/platform".to_owned()].into(), ..Reviewers::default() }
}

fn people(logins: &[&str]) -> Reviewers {
    Reviewers { users: logins.iter().map(|login| (*login).to_owned()).collect(), ..Reviewers::default() }
}

impl Tale {
    /// Of the environment dev these are asked.
    fn asking(mut self, of: Reviewers) -> Tale {
        self.facts.rules.environments.values_mut().for_each(|rules| rules.asks = of.clone());
        self
    }
}

#[test]
fn a_planned_change_asks_once_whatever_becomes_of_the_request() {
    let mut tale = Tale::new();
    tale.asked_for();
    assert_eq!(asked(&tale), []);
    tale.plans("p1");
    assert_eq!(asked(&tale), [platform()]);
    // Another plan, and a look at the pull request from which a person removed the team.
    tale.seen("h2", "i2").plans("p2").tell(Signal::PullSeen { pull: snapshot("h2"), tree: None });
    assert_eq!(asked(&tale).len(), 1);
}

#[test]
fn a_draft_asks_nobody_before_it_is_ready() {
    let mut tale = Tale::new();
    let pull = |draft| PullSnapshot { draft, ..snapshot("h1") };
    tale.tell(Signal::PullSeen { pull: pull(true), tree: Some(tree("h1", "i1")) }).plans("p1");
    assert_eq!(asked(&tale), []);
    tale.tell(Signal::PullSeen { pull: pull(false), tree: None });
    assert_eq!(asked(&tale), [platform()]);
}

#[test]
fn nobody_is_asked_who_has_a_hand_in_it() {
    let mut tale = Tale::new().asking(people(&["Alice", "bob", "carol", "dora"]));
    let committers = vec![Person { id: 5, login: "dora".to_owned() }];
    tale.asked_for()
        .tell(Signal::PullSeen { pull: PullSnapshot { committers, ..snapshot("h1") }, tree: None });
    tale.plans("p1");
    assert_eq!(asked(&tale), [people(&["bob", "carol"])]);
    // Whoever may review by new rules is asked beside them.
    tale.facts.rules.environments.values_mut().for_each(|rules| rules.asks = people(&["bob", "erin"]));
    tale.now += SignedDuration::from_secs(1);
    tale.tell(Signal::RulesChanged);
    assert_eq!(asked(&tale).last(), Some(&people(&["erin"])));
}

#[test]
fn what_needs_no_approval_or_has_it_asks_nobody() {
    let mut none = Tale::new();
    none.facts.rules.environments.values_mut().for_each(|rules| rules.approvals = 0);
    none.asked_for().plans("p1");
    assert_eq!(asked(&none), []);
    let mut nobody = Tale::new().asking(Reviewers::default());
    nobody.asked_for().plans("p1").reviews(&bob());
    assert_eq!(asked(&nobody), []);
}
