//! What the rules refuse before there is a plan, as people read it.

use tfpilot_engine::{
    Ask, DraftFinding, DraftJudged, JudgedFinding, Reading, Role, Signal, Standing, Status,
};

use crate::surface::render_call;

use super::show::surface;
use super::tale::{Tale, actor, draft};

fn found(rule: &str, standing: Standing, input: Option<&str>, value: Option<&str>) -> DraftFinding {
    let finding = JudgedFinding {
        rule: rule.to_owned(),
        standing,
        address: "module.this.aws_s3_bucket.this".to_owned(),
        message: "`acme` does not match `acme-.+`".to_owned(),
        hint: "write a bucket that matches `acme-.+`".to_owned(),
        path: Some("live/dev/acme/main.tf".to_owned()),
        line: Some(40),
    };
    DraftFinding { finding, input: input.map(str::to_owned), value: value.map(str::to_owned) }
}

fn judged(findings: Vec<DraftFinding>) -> Tale {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Complete { draft: draft() });
    tale.tell(Signal::DraftJudged { judged: DraftJudged { draft: 1, findings } });
    tale
}

fn call(tale: &Tale) -> String {
    render_call(&tale.facts, tale.facts.calls.get("draft").expect("the call"), tale.now)
}

#[test]
fn a_value_that_the_rule_lets_pass_is_offered() {
    let tale = judged(vec![found("naming", Standing::Blocked, Some("name"), Some("acme-invoices"))]);
    assert_eq!(tale.facts.status(tale.now), Status::Refused);
    let shown = surface(&tale);
    assert_eq!(shown.label.map(|label| label.name), Some("tfpilot/needs-answer"));
    insta::assert_snapshot!("a_draft_is_refused", format!("{}\n\n{}", call(&tale), shown.stickies[0].body));
}

#[test]
fn several_are_told_at_once_and_who_may_let_one_pass() {
    insta::assert_snapshot!(call(&judged(vec![
        found("naming", Standing::Blocked, Some("name"), None),
        found("required-tags", Standing::OverrideNeeded, None, None),
    ])));
}

#[test]
fn advice_and_what_was_let_pass_stand_in_the_sticky_comment_alone() {
    let mut tale = judged(vec![
        found("required-tags", Standing::OverrideNeeded, None, None),
        found("naming", Standing::Advice, Some("name"), None),
    ]);
    let (rule, reason) = ("required-tags".to_owned(), "an old | name".to_owned());
    let ask = Ask::Override { rule, reason, teams: Vec::new(), suggestion: None };
    tale.asked(&actor(3, "carol", Role::Admin), ask);
    assert_eq!(tale.facts.status(tale.now), Status::Opening);
    insta::assert_snapshot!(surface(&tale).stickies[0].body);
}
