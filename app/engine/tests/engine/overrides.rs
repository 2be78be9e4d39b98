//! Overrides: who may, of what, and for how long they hold.

use crate::tale::{Tale, actor, alice, bob, draft, refused, tree};
use jiff::SignedDuration;
use tfpilot_engine::{
    Actor, AdmissionFinding, Ask, Event, InputsDigest, JudgedFinding, Judgement, NoOverrideWhy,
    NotCountedWhy, Reading, Refusal, Role, Signal, Standing, Status, TreeReading,
    gate::{self, GateName},
};

const TAGS: &str = "required-tags";

fn carol() -> Actor {
    actor(3, "carol", Role::Admin)
}

/// In acme/finops, which `required-tags` names.
fn fay() -> Actor {
    actor(8, "fay", Role::Viewer)
}

fn overrides(rule: &str) -> Ask {
    because(rule, "migration until May")
}

fn because(rule: &str, reason: &str) -> Ask {
    let (rule, reason) = (rule.to_owned(), reason.to_owned());
    Ask::Override { rule, reason, teams: Vec::new(), suggestion: None }
}

fn as_finops(rule: &str) -> Ask {
    Ask::Override {
        rule: rule.to_owned(),
        reason: "agreed with the owner".to_owned(),
        teams: vec!["acme/finops".to_owned()],
        suggestion: None,
    }
}

/// A judgement by which these rules found something.
fn found(rules: &[(&str, Standing)]) -> Judgement {
    let finding = |(rule, standing): &(&str, Standing)| JudgedFinding {
        rule: (*rule).to_owned(),
        standing: *standing,
        address: "aws_s3_bucket.this".to_owned(),
        message: "the tag `Owner` is missing".to_owned(),
        hint: "add it".to_owned(),
        path: Some("main.tf".to_owned()),
        line: Some(3),
    };
    Judgement {
        standing: rules.iter().map(|(_, standing)| *standing).max().unwrap_or(Standing::Passed),
        title: "required-tags: override needed".to_owned(),
        findings: rules.iter().map(finding).collect(),
        rules: rules.iter().map(|(rule, standing)| ((*rule).to_owned(), *standing)).collect(),
        ..crate::tale::passed()
    }
}

/// Planned and reviewed; the policies found this.
fn judged(rules: &[(&str, Standing)]) -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().claims();
    let plan = tfpilot_engine::Plan { policy: Some(found(rules)), ..tale.plan("p1") };
    tale.tell(Signal::Planned { plan }).reviews(&bob());
    tale
}

fn soft() -> Tale {
    judged(&[(TAGS, Standing::OverrideNeeded)])
}

fn no_override(rule: &str, why: NoOverrideWhy) -> Refusal {
    let ask = (rule == TAGS).then(|| "acme/finops".to_owned());
    Refusal::NoOverride { rule: rule.to_owned(), why, ask }
}

fn needed(tale: &Tale) -> Option<Refusal> {
    let verdicts = gate::judge_all(&tale.facts, tale.now);
    let policy = verdicts.into_iter().find(|verdict| verdict.gate == GateName::Policy);
    policy.and_then(|verdict| verdict.reasons.into_iter().next())
}

#[test]
fn a_soft_finding_waits_for_an_override_and_says_whose() {
    let tale = soft();
    assert_eq!(tale.facts.status(tale.now), Status::Waiting { gate: GateName::Policy });
    let Some(Refusal::OverrideNeeded { rule, given, needed, ask, .. }) = needed(&tale) else {
        panic!("an override is needed");
    };
    assert_eq!((rule.as_str(), given, needed, ask.as_deref()), (TAGS, 0, 1, Some("acme/finops")));
}

#[test]
fn who_may_override_opens_the_gate() {
    for (by, ask) in [(carol(), overrides(TAGS)), (fay(), as_finops(TAGS)), (carol(), overrides(""))] {
        let mut tale = soft();
        tale.asks(&by, ask);
        assert_eq!(tale.facts.status(tale.now), Status::Ready, "{}", by.person.login);
        let given = tale.facts.overrides.first().expect("an override");
        assert_eq!((given.rule.as_str(), &given.by), (TAGS, &by.person));
        tale.asks(&alice(), Ask::Apply);
        assert_eq!(tale.facts.tickets.len(), 1);
    }
}

/// atlantis #4243: anybody could approve a policy set of one's own.
#[test]
fn who_may_not_override_is_told_who_may() {
    let mut tale = soft();
    tale.asks(&bob(), overrides(TAGS)).asks(&fay(), overrides(TAGS));
    assert!(tale.facts.overrides.is_empty());
    for has in [Role::Approver, Role::Viewer] {
        let (command, ask) = ("override".to_owned(), Some("acme/finops".to_owned()));
        refused(
            &tale,
            &Refusal::NoRole { command, environment: None, needs: Role::Admin, has, source: None, ask },
        );
    }
    // A team that another rule names gives nothing here.
    let mut tale = judged(&[("naming", Standing::OverrideNeeded)]);
    tale.asks(&fay(), as_finops("naming"));
    assert!(tale.facts.overrides.is_empty());
}

#[test]
fn nobody_overrides_for_their_own_change() {
    let mut tale = soft();
    tale.asks(&actor(1, "alice", Role::Admin), overrides(TAGS));
    refused(&tale, &no_override(TAGS, NoOverrideWhy::OwnHand { why: NotCountedWhy::Requester }));

    let mut tale = soft();
    let mut pull = tale.facts.pull.clone().expect("a pull request");
    pull.committers.push(carol().person);
    tale.tell(Signal::PullSeen { pull, tree: None }).asks(&carol(), overrides(TAGS));
    refused(&tale, &no_override(TAGS, NoOverrideWhy::OwnHand { why: NotCountedWhy::Committer }));

    // Also later: whoever overrode and then sets an input has a hand in it.
    let mut tale = soft();
    tale.asks(&carol(), overrides(TAGS));
    let reading = Reading::Complete { draft: draft("ho") };
    tale.tell(Signal::ReplyRead { by: carol(), comment: 9, reading });
    assert!(gate::overridden_rules(&tale.facts).is_empty());
}

#[test]
fn a_hard_finding_is_not_overridden() {
    let mut tale = judged(&[("naming", Standing::Blocked), (TAGS, Standing::OverrideNeeded)]);
    tale.asks(&carol(), overrides("naming"));
    refused(&tale, &no_override("naming", NoOverrideWhy::HardMandatory));
    // The soft one may be, and the hard one still stands.
    tale.asks(&carol(), overrides(TAGS)).asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.overrides.len(), 1);
    assert!(matches!(needed(&tale), Some(Refusal::Policy { finding: Some(it), .. }) if it.rule == "naming"));
    assert!(tale.facts.tickets.is_empty());
}

#[test]
fn every_soft_rule_needs_its_own_override() {
    let mut tale = judged(&[(TAGS, Standing::OverrideNeeded), ("naming", Standing::OverrideNeeded)]);
    tale.asks(&carol(), overrides(TAGS));
    assert!(matches!(needed(&tale), Some(Refusal::OverrideNeeded { rule, .. }) if rule == "naming"));
    tale.asks(&carol(), overrides("naming"));
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
}

#[test]
fn a_finding_that_is_not_listed_is_not_passed_with_those_that_are() {
    // The list is cut: `naming` is only counted.
    let mut judgement = found(&[(TAGS, Standing::OverrideNeeded)]);
    judgement.rules.insert("naming".to_owned(), Standing::OverrideNeeded);
    let overridden = [TAGS].into();
    assert_eq!(judgement.after(&overridden), Standing::OverrideNeeded);
    // A judgement of an older version that says less than it comes to.
    let older = Judgement { standing: Standing::Blocked, rules: [].into(), ..judgement };
    assert_eq!(older.after(&overridden), Standing::Blocked);
}

#[test]
fn a_reason_and_a_known_rule_are_asked_for() {
    let mut tale = soft();
    tale.asks(&carol(), because(TAGS, "  "));
    refused(&tale, &no_override(TAGS, NoOverrideWhy::NoReason));
    let suggestion = Some(TAGS.to_owned());
    let rule = "requird-tags".to_owned();
    let ask = Ask::Override {
        rule: rule.clone(),
        reason: "x".to_owned(),
        teams: Vec::new(),
        suggestion: suggestion.clone(),
    };
    tale.asks(&carol(), ask);
    refused(&tale, &Refusal::UnknownRule { rule, suggestion });
    tale.asks(&carol(), overrides("naming"));
    refused(&tale, &no_override("naming", NoOverrideWhy::NothingFound));
    assert!(tale.facts.overrides.is_empty());
}

#[test]
fn an_override_is_for_the_plan_that_was_shown() {
    let mut tale = soft();
    let written_at = tale.now - SignedDuration::from_secs(60);
    let (number, comment, by, ask) = (2, Some(5), carol(), overrides(TAGS));
    tale.tell(Signal::Asked { number, comment, by, ask, written_at });
    let command = "override required-tags reason=\"…\"".to_owned();
    refused(&tale, &Refusal::PlanReplaced { command });
    assert!(tale.facts.overrides.is_empty());
}

#[test]
fn an_override_is_kept_by_an_equal_plan_and_ends_with_another() {
    let again = |tale: &mut Tale, digest: &str| {
        tale.asks(&alice(), Ask::Plan).claims();
        let policy = Some(found(&[(TAGS, Standing::OverrideNeeded)]));
        let plan = tfpilot_engine::Plan { policy, ..tale.plan(digest) };
        tale.tell(Signal::Planned { plan });
    };
    let mut tale = soft();
    tale.asks(&carol(), overrides(TAGS));
    again(&mut tale, "p1");
    assert!(gate::overridden_rules(&tale.facts).contains(TAGS));
    tale.seen("h2", "i1");
    assert!(gate::overridden_rules(&tale.facts).contains(TAGS), "another head, the same inputs");
    again(&mut tale, "p2");
    assert!(gate::overridden_rules(&tale.facts).is_empty());
}

#[test]
fn several_must_agree_where_the_rule_says_so() {
    let mut tale = soft();
    tale.facts.rules.overrides.get_mut(TAGS).expect("the rule").count = 2;
    tale.asks(&carol(), overrides(TAGS)).asks(&carol(), overrides(TAGS));
    let is_one_of_two =
        |refusal: &Refusal| matches!(refusal, Refusal::OverrideNeeded { given: 1, needed: 2, .. });
    assert!(needed(&tale).as_ref().is_some_and(is_one_of_two), "{:?}", needed(&tale));
    tale.asks(&fay(), as_finops(TAGS));
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
}

#[test]
fn a_limit_is_overridden_and_an_unknown_cost_is_not() {
    for (standing, opens) in [(Standing::OverrideNeeded, true), (Standing::Blocked, false)] {
        let mut tale = Tale::new();
        tale.asked_for().claims();
        let plan = tfpilot_engine::Plan { cost: Some(found(&[("cost", standing)])), ..tale.plan("p1") };
        tale.tell(Signal::Planned { plan }).reviews(&bob()).asks(&carol(), overrides("cost"));
        assert_eq!(tale.facts.status(tale.now) == Status::Ready, opens, "{standing:?}");
    }
}

fn finding(rule: &str) -> AdmissionFinding {
    AdmissionFinding {
        rule: rule.to_owned(),
        path: "main.tf".to_owned(),
        line: 3,
        what: "`local-exec`".to_owned(),
        why: "it runs a program".to_owned(),
        next: "remove it".to_owned(),
    }
}

fn refused_code(head: &str, rules: &[&str]) -> (Tale, TreeReading) {
    let mut tale = Tale::new();
    tale.asked_for();
    let findings = rules.iter().map(|rule| finding(rule)).collect();
    let mut reading = tree(head, "i2");
    reading.findings = findings;
    tale.tell(Signal::PullSeen { pull: crate::tale::snapshot(head), tree: Some(reading.clone()) });
    (tale, reading)
}

#[test]
fn an_admin_admits_a_rule_for_one_head() {
    let provisioner = "admission/provisioner";
    let (mut tale, reading) = refused_code("h2", &[provisioner]);
    assert_eq!(tale.facts.status(tale.now), Status::NotAdmitted);
    let runs = tale.facts.runs.len();
    tale.asks(&bob(), overrides(provisioner));
    assert_eq!(tale.facts.runs.len(), runs);

    tale.asks(&carol(), overrides(provisioner));
    assert_eq!(tale.facts.runs.len(), runs + 1, "the head is planned");
    let head = reading.head.clone();
    assert_eq!(gate::overridden_admissions(&tale.facts, &head).keys().collect::<Vec<_>>(), [&provisioner]);
    tale.plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 1);

    // The next head is judged anew, also where its inputs are the same.
    let later = TreeReading { head: tfpilot_engine::CommitSha::new("h3"), ..reading };
    let (mut tale, _) = refused_code("h2", &[provisioner]);
    tale.asks(&carol(), overrides(provisioner)).plans("p1");
    tale.tell(Signal::PullSeen { pull: crate::tale::snapshot("h3"), tree: Some(later) });
    assert_eq!(tale.facts.status(tale.now), Status::NotAdmitted);
}

#[test]
fn what_was_not_overridden_stays_shut_out() {
    let (mut tale, _) = refused_code("h2", &["admission/provisioner", "admission/clock"]);
    let runs = tale.facts.runs.len();
    tale.asks(&carol(), overrides("admission/provisioner"));
    assert_eq!(tale.facts.status(tale.now), Status::NotAdmitted);
    assert_eq!(tale.facts.runs.len(), runs);
    let open: Vec<&str> = tale.facts.open_findings().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(open, ["admission/clock"]);
    tale.asks(&carol(), overrides("admission/backend"));
    refused(&tale, &no_override("admission/backend", NoOverrideWhy::NothingFound));
}

#[test]
fn what_cannot_be_read_is_not_admitted_by_anybody() {
    let (mut tale, _) = refused_code("h2", &[gate::NEVER_OVERRIDDEN]);
    let runs = tale.facts.runs.len();
    tale.asks(&carol(), overrides(gate::NEVER_OVERRIDDEN));
    refused(&tale, &no_override(gate::NEVER_OVERRIDDEN, NoOverrideWhy::HardMandatory));
    assert_eq!((tale.facts.admission_overrides.len(), tale.facts.runs.len()), (0, runs));
}

#[test]
fn nobody_admits_what_they_asked_for() {
    let (mut tale, _) = refused_code("h2", &["admission/clock"]);
    tale.asks(&actor(1, "alice", Role::Admin), overrides("admission/clock"));
    let why = NoOverrideWhy::OwnHand { why: NotCountedWhy::Requester };
    refused(&tale, &no_override("admission/clock", why));
    assert!(tale.facts.admission_overrides.is_empty());
}

#[test]
fn overrides_are_events_that_read_back() {
    let mut tale = soft();
    tale.asks(&carol(), overrides(TAGS));
    let json = serde_json::to_string(&tale.events).expect("events are JSON");
    let read: Vec<Event> = serde_json::from_str(&json).expect("events read back");
    assert_eq!(read, tale.events);
    assert!(json.contains("migration until May"));
    assert_eq!(tale.facts.stacks().first().map(|it| &it.inputs_digest), Some(&InputsDigest::new("i1")));
}
