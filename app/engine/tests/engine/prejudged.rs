//! The rules before the plan: what is refused, put right, let pass, and judged again.

use crate::tale::{Tale, actor, alice, bob, draft, refused};
use tfpilot_engine::{
    Ask, Command, CommitSha, Draft, DraftFinding, DraftJudged, Event, JudgedFinding, NoOverrideWhy,
    NotCountedWhy, Reading, Refusal, Role, Say, Signal, Standing, Status,
};

fn finding(rule: &str, standing: Standing) -> DraftFinding {
    let finding = JudgedFinding {
        rule: rule.to_owned(),
        standing,
        address: "module.this.terraform_data.this".to_owned(),
        message: "`hello` does not match `acme-.*`".to_owned(),
        hint: "write a name that matches `acme-.*`".to_owned(),
        path: None,
        line: None,
    };
    DraftFinding { finding, input: Some("name".to_owned()), value: None }
}

fn named(name: &str) -> Draft {
    let mut draft = draft("hi");
    draft.resources[0].name.as_mut().expect("a name").value = name.to_owned();
    draft
}

impl Tale {
    fn reads(&mut self, draft: Draft) -> &mut Self {
        self.tell(Signal::IssueRead { number: 1, by: alice(), reading: Reading::Complete { draft } })
    }

    fn judges(&mut self, draft: u32, found: &[(&str, Standing)]) -> &mut Self {
        let findings = found.iter().map(|(rule, standing)| finding(rule, *standing)).collect();
        self.tell(Signal::DraftJudged { judged: DraftJudged { draft, findings } })
    }

    fn commits_ordered(&self) -> usize {
        self.commands.iter().filter(|command| **command == Command::CommitBranch).count()
    }

    fn branch(&self) -> &str {
        &self.facts.change.as_ref().expect("a change").branch
    }
}

#[test]
fn what_a_rule_refuses_is_told_once_and_a_draft_put_right_goes_on_under_its_own_name() {
    let mut tale = Tale::new();
    tale.reads(named("hello")).judges(1, &[("naming", Standing::Blocked)]);
    assert_eq!(tale.facts.status(tale.now), Status::Refused);
    let call = tale.facts.calls.get("draft").expect("the call");
    assert!(matches!(&call.say, Say::DraftRefused { findings } if findings.len() == 1), "{call:?}");
    assert_eq!((call.number, call.to.login.as_str(), tale.commits_ordered()), (1, "alice", 1));

    let before = tale.events.len();
    tale.judges(1, &[("naming", Standing::Blocked)]);
    assert_eq!((tale.events.len(), tale.commits_ordered()), (before, 1));

    tale.reads(named("worse")).judges(2, &[("naming", Standing::Blocked)]);
    assert_eq!(tale.facts.opening("draft"), 0, "the same comment says so");
    tale.reads(named("acme-hello"));
    assert_eq!((tale.branch(), tale.commits_ordered()), ("tfpilot/1-note-acme-hello", 3));
    tale.judges(3, &[]).tell(Signal::BranchCommitted { head: CommitSha::new("h1"), draft: 3 });
    assert!(tale.commands.contains(&Command::OpenPull));
    assert!(!tale.facts.calls.contains_key("draft"), "and is settled then");
    // Once on GitHub, the branch keeps its name.
    tale.reads(named("acme-other"));
    assert_eq!(tale.branch(), "tfpilot/1-note-acme-hello");
}

#[test]
fn advice_is_kept_and_stops_nothing() {
    let mut tale = Tale::new();
    tale.reads(named("hello")).judges(1, &[("naming", Standing::Advice)]);
    assert_eq!(tale.facts.status(tale.now), Status::Opening);
    assert!(tale.facts.calls.is_empty());
    assert!(tale.facts.request.as_ref().is_some_and(|request| request.judged.is_some()));
}

#[test]
fn a_pull_request_that_exists_speaks_for_itself() {
    let mut tale = Tale::new();
    tale.asked_for().reads(named("other")).judges(2, &[("naming", Standing::Blocked)]);
    assert!(tale.facts.refused_draft().is_none() && tale.facts.calls.is_empty());
}

#[test]
fn a_refused_draft_opens_no_pull_request_for_the_branch_of_the_one_before() {
    let mut tale = Tale::new();
    tale.reads(named("hello")).judges(1, &[]);
    tale.reads(named("other"));
    let opens = |tale: &Tale| tale.commands.iter().filter(|command| **command == Command::OpenPull).count();
    tale.judges(2, &[("naming", Standing::Blocked)]);
    tale.tell(Signal::BranchCommitted { head: CommitSha::new("h1"), draft: 1 });
    assert_eq!(opens(&tale), 0);
}

#[test]
fn other_rules_judge_a_refused_draft_again() {
    let mut tale = Tale::new();
    tale.reads(named("hello")).judges(1, &[("naming", Standing::Blocked)]).tell(Signal::RulesChanged);
    assert_eq!(tale.commits_ordered(), 2);
    tale.judges(1, &[]).tell(Signal::BranchCommitted { head: CommitSha::new("h1"), draft: 1 });
    assert!(tale.commands.contains(&Command::OpenPull));
}

#[test]
fn who_may_lets_a_soft_rule_pass_with_a_reason_and_no_hand_in_it() {
    let order = |reason: &str| Ask::Override {
        rule: "naming".to_owned(),
        reason: reason.to_owned(),
        teams: Vec::new(),
        suggestion: None,
    };
    let carol = actor(3, "carol", Role::Admin);
    let no = |why| Refusal::NoOverride { rule: "naming".to_owned(), why, ask: None };
    let mut tale = Tale::new();
    tale.reads(named("hello")).judges(1, &[("naming", Standing::OverrideNeeded)]);
    tale.asks(&alice(), order("mine"));
    refused(&tale, &no(NoOverrideWhy::OwnHand { why: NotCountedWhy::Requester }));
    tale.asks(&bob(), order("ok"));
    assert!(matches!(tale.events.last(), Some(Event::Called { .. })));
    tale.asks(&carol, order(" "));
    refused(&tale, &no(NoOverrideWhy::NoReason));
    assert_eq!(tale.facts.status(tale.now), Status::Refused);
    tale.asks(&carol, order("an old name"));
    assert_eq!((tale.facts.status(tale.now), tale.commits_ordered()), (Status::Opening, 2));
    // The next draft is another question.
    tale.reads(named("other")).judges(2, &[("naming", Standing::OverrideNeeded)]);
    assert_eq!(tale.facts.status(tale.now), Status::Refused);

    let mut hard = Tale::new();
    hard.reads(named("hello")).judges(1, &[("naming", Standing::Blocked)]).asks(&carol, order("please"));
    refused(&hard, &no(NoOverrideWhy::HardMandatory));
}
