//! Reduced forms of GitHub's published payloads, the ones its examples lack, and bodies nobody should send.

use proptest::prelude::*;

use super::*;

macro_rules! fixtures {
    ($($name:ident: $event:literal,)*) => {
        /// Every fixture with the event it is sent as.
        const FIXTURES: &[(&str, &str)] =
            &[$(($event, include_str!(concat!("fixtures/", stringify!($name), ".json"))),)*];

        $(#[test]
        fn $name() {
            let body = include_str!(concat!("fixtures/", stringify!($name), ".json"));
            insta::assert_json_snapshot!(parse($event, body.as_bytes()).expect("a published payload"));
        })*
    };
}

fixtures! {
    issues: "issues",
    issue_comment: "issue_comment",
    issue_comment_on_pull: "issue_comment",
    pull_request: "pull_request",
    pull_request_merged: "pull_request",
    pull_request_fork_gone: "pull_request",
    pull_request_review: "pull_request_review",
    check_run: "check_run",
    check_suite: "check_suite",
    push: "push",
    workflow_run: "workflow_run",
    workflow_job: "workflow_job",
    merge_group: "merge_group",
    repository: "repository",
    installation: "installation",
    installation_repositories: "installation_repositories",
}

#[test]
fn unknown_events_and_actions_are_accepted() {
    let other =
        parse("sponsorship", br#"{"action":"created","sender":{"login":"a","id":1}}"#).expect("any event");
    assert_eq!(other.event, Event::Other { name: "sponsorship".into() });
    assert!(!other.sender.expect("a sender").is_person(), "a sender of no kind is not a person");
    let ping = parse("ping", br#"{"zen":"x","hook_id":1}"#).expect("a ping");
    assert_eq!(ping.event, Event::Ping);
    let issue = br#"{"action":"from_the_future","issue":{"number":7,"title":null,"body":null,"new":{"a":[1]}},"extra":1}"#;
    let Event::Issues { issue, .. } = parse("issues", issue).expect("a new action").event else {
        panic!("an issue");
    };
    assert_eq!((issue.number, issue.title.as_str(), issue.labels.len()), (7, "", 0));
}

#[test]
fn what_cannot_be_read_says_which_field_it_lacks() {
    let check = |event: &str, body: &str, expect: &str| {
        let error = parse(event, body.as_bytes()).expect_err(body).to_string();
        assert!(error.contains(expect), "{error}");
    };
    check("issues", "{}", "the body of the event issues cannot be read: missing field `issue`");
    check("issue_comment", r#"{"comment":{"id":1}}"#, "missing field `issue`");
    check("push", r#"{"ref":"refs/heads/x","before":"main","after":"x"}"#, "is not a Git object id");
    check(
        "issues",
        r#"{"repository":{"id":1,"full_name":"../../etc/passwd"},"issue":{"number":1}}"#,
        "repository name",
    );
    check("issues", r#"{"issue":{"number":-1}}"#, "invalid value");
    check("ping", "", "EOF");
    check("sponsorship", "\u{0}", "expected value");
    check("issues", &"[".repeat(100_000), "invalid type: sequence");
    let deep = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    check("issues", &deep, "missing field `issue`");
    check("issues", &format!(r#"{{"issue":{deep}}}"#), "missing field `number`");
    check("x\n::error::", "nonsense", "event x ::error::");
}

proptest! {
    /// Whatever stands in whatever place, reading ends in a value or a reason.
    #[test]
    fn a_payload_with_anything_anywhere_never_panics(
        which in 0..FIXTURES.len(),
        place in any::<usize>(),
        instead in prop_oneof![
            Just("null"), Just("[]"), Just("{}"), Just("-1"), Just("1e400"), Just("18446744073709551616"),
            Just("\"\""), Just("\"\\u0000\""), Just("true"), Just("{\"id\":null}"),
        ],
    ) {
        let (event, body) = FIXTURES[which];
        let colons: Vec<usize> = body.match_indices(": ").map(|(at, _)| at + 2).collect();
        let start = colons[place % colons.len()];
        let end = body[start..].find(['\n', ',']).map_or(body.len(), |length| start + length);
        let body = format!("{}{instead}{}", &body[..start], &body[end..]);
        let _ = parse(event, body.as_bytes());
    }

    #[test]
    fn any_bytes_under_any_name_never_panic(name in ".*", body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&name, &body);
        for (event, _) in FIXTURES {
            let _ = parse(event, &body);
        }
    }
}
