//! Comments of their own, as people read them.

use tfpilot_engine::{
    Actor, Ask, Call, Command, EnvironmentName, Failure, JournalStep, Known, Learned, Problem, Question,
    Reading, Role, Say, Wish,
};

use crate::surface::{call_marker, commit_message, pull_body, render_call};

use super::tale::{Tale, actor, alice, bob, draft, finding, half, line, problem, question};

/// The last comment that the engine ordered.
fn last_call(tale: &Tale) -> String {
    let call = tale.commands.iter().rev().find_map(|command| match command {
        Command::Say { call } => Some(call),
        _ => None,
    });
    render_call(&tale.facts, call.expect("a call"), tale.now)
}

fn say(tale: &Tale, say: Say) -> String {
    let call = Call { number: 42, key: "k".to_owned(), to: alice().person, say };
    let text = render_call(&tale.facts, &call, tale.now);
    text.strip_suffix("\n\n<!-- tfpilot:call k -->").expect("the marker").to_owned()
}

#[test]
fn a_question() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Asks { draft: draft(), question: question() });
    insta::assert_snapshot!(last_call(&tale));
}

#[test]
fn a_question_about_a_wrong_value() {
    let question = Question {
        about: "name".to_owned(),
        resource: 0,
        text: "What is it called?".to_owned(),
        choices: vec!["acme-inv".to_owned()],
        problem: Some("the name Acme_Inv does not fit: lower case letters, digits and hyphens".to_owned()),
        example: "two words".to_owned(),
    };
    insta::assert_snapshot!(say(&Tale::request(), Say::Question { question, kept: Vec::new() }));
}

#[test]
fn an_open_question_has_no_numbers() {
    let question = Question { choices: Vec::new(), ..question() };
    let kept = (0..15).map(|n| format!("input_{n}")).collect();
    insta::assert_snapshot!(say(&Tale::request(), Say::Question { question, kept }));
}

#[test]
fn not_in_the_catalog() {
    let nearest = ["aws/kinesis-stream", "aws/sqs-queue"].map(str::to_owned).into();
    let word = "Kafka cluster".to_owned();
    insta::assert_snapshot!(say(&Tale::request(), Say::NotInCatalog { word: word.clone(), nearest }));
    let nearest = Vec::new();
    insta::assert_snapshot!(say(&Tale::request(), Say::NotInCatalog { word, nearest }));
}

#[test]
fn a_refusal() {
    let mut tale = Tale::opened();
    tale.plans_all().asked(&alice(), Ask::Apply);
    insta::assert_snapshot!(last_call(&tale));
}

#[test]
fn a_stranger() {
    let mut tale = Tale::request();
    let by = actor(66, "mallory", Role::None);
    tale.tell(tfpilot_engine::Signal::IssueRead {
        number: 41,
        by,
        reading: Reading::Complete { draft: draft() },
    });
    insta::assert_snapshot!(last_call(&tale));
}

#[test]
fn help_lists_what_may_be_done_here_and_now() {
    #[track_caller]
    fn check(mut tale: Tale, by: &Actor, expect: &str) {
        tale.asked(by, Ask::Help);
        let text = last_call(&tale);
        let line = text.lines().next().unwrap_or_default().replace("/tfpilot ", "");
        assert_eq!(line, format!("You may here: {expect}."));
    }
    let victor = actor(4, "victor", Role::Viewer);
    let waiting = || {
        let mut tale = Tale::opened();
        tale.plans_all();
        tale
    };
    let plan = waiting().facts.round().expect("a round").reviewed.short().to_owned();
    let change = "`set key=value` change the request";
    let why = "`why` what keeps it from being applied";
    let end = "`status` where it stands · `help` this list";
    check(Tale::ready(), &alice(), &format!("`apply` plan {plan} · `plan` plan again · {change} · {end}"));
    check(waiting(), &alice(), &format!("{why} · `plan` plan again · {change} · {end}"));
    check(
        waiting(),
        &bob(),
        &format!("`approve` plan {plan} · {why} · `plan` plan again · {change} · {end}"),
    );
    check(Tale::ready(), &victor, end);
    check(waiting(), &victor, &format!("{why} · {end}"));
    check(Tale::request(), &alice(), "`help` this list");
    let mut asked = Tale::request();
    asked.asks_for(Reading::Asks { draft: draft(), question: question() });
    check(asked, &alice(), &format!("`set key=value` answer the question · {end}"));
    let mut applied = Tale::ready();
    applied.starts().applies().merges();
    check(applied, &bob(), end);
    let mut lost = Tale::ready();
    lost.starts().falls_silent();
    let then = format!("`plan` plan again · `cancel` stop what runs · {end}");
    check(lost, &bob(), &format!("`resume reason=\"…\"` go on after the unknown outcome · {then}"));
    let mut closed = Tale::ready();
    closed.starts().applies().looks(|pull| pull.state = tfpilot_engine::PullState::Closed);
    check(closed, &bob(), &format!("`resume accept reason=\"…\"` give the lock back · {end}"));
    let mut refused = Tale::by_hand(&[]);
    refused.sees_tree("h2", &["live/dev/web"], "i", vec![finding()]);
    check(refused, &bob(), &format!("{why} · {end}"));
    // Who wrote a commit may not approve it.
    let mut own = Tale::by_hand(&["live/dev/web"]);
    own.plans_all();
    let end = "`status` where it stands · `learn` propose words that people use · `help` this list";
    check(own, &actor(5, "dora", Role::Admin), &format!("{why} · `plan` plan again · {end}"));
}

#[test]
fn half_applied() {
    let mut tale = Tale::ready();
    tale.starts().journals(half());
    let problem = Problem {
        summary: "MalformedPolicy: unknown principal".to_owned(),
        detail: "with aws_s3_bucket_policy.this,\n  on main.tf line 9".to_owned(),
        address: Some("aws_s3_bucket_policy.this".to_owned()),
        ..problem()
    };
    tale.fails_apply(Failure::Step { phase: "apply".to_owned(), problems: vec![problem] });
    insta::assert_snapshot!(last_call(&tale));
}

#[test]
fn half_applied_without_a_word() {
    let mut tale = Tale::ready();
    tale.starts().fails_apply(Failure::Cancelled);
    insta::assert_snapshot!(last_call(&tale));
}

#[test]
fn unknown() {
    let mut tale = Tale::ready();
    tale.starts().journals(half()[..3].to_vec()).falls_silent();
    insta::assert_snapshot!(last_call(&tale));
}

#[test]
fn unknown_with_a_long_journal() {
    let journal = (1..40).map(|n| line(n, &format!("a.b[{n}]"), "create", JournalStep::Started)).collect();
    let stack = tfpilot_engine::StackPath::new("live/dev/acme-invoices");
    insta::assert_snapshot!(say(&Tale::ready(), Say::OutcomeUnknown { stack, journal }));
}

#[test]
fn applied() {
    let mut tale = Tale::ready();
    tale.starts().applies().merges();
    insta::assert_snapshot!(last_call(&tale));
    let by = bob().person;
    insta::assert_snapshot!(say(&tale, Say::Applied { changed: 1, by }));
}

#[test]
fn markers_are_whole() {
    assert_eq!(call_marker("refused/apply/1"), "<!-- tfpilot:call refused/apply/1 -->");
    let marker = call_marker("a --> <!-- tfpilot:sticky");
    assert_eq!(marker, "<!-- tfpilot:call a-tfpilot-sticky -->");
    assert!(call_marker(&"k".repeat(10_000)).len() < 300);
}

#[test]
fn what_commit_and_pull_request_say() {
    let tale = Tale::opened();
    insta::assert_snapshot!(commit_message(&tale.facts).expect("a message"));
    insta::assert_snapshot!(pull_body(&tale.facts, "S3 bucket", None).expect("a body"));
}

#[test]
fn a_login_adds_no_trailer() {
    let mut tale = Tale::opened();
    if let Some(request) = &mut tale.facts.request {
        request.by.login = "alice\nModule: evil@1".to_owned();
        request.draft.environment = Some(tfpilot_engine::Filled {
            value: EnvironmentName::new("dev"),
            source: tfpilot_engine::Source::Text("closes #1".to_owned()),
            confidence: 100,
        });
    }
    let message = commit_message(&tale.facts).expect("a message");
    assert!(message.contains("Requested-by: 1\nModule: aws/s3-bucket@1.4.0\n"), "{message}");
    let body = pull_body(&tale.facts, "S3 bucket", None).expect("a body");
    assert!(!body.contains('@') && body.contains("\"closes #\u{2060}1\""), "{body}");
}

#[test]
fn what_is_no_new_request_is_answered() {
    let known = |name: &str, request| Known {
        name: name.to_owned(),
        module: "aws/sqs-queue".to_owned(),
        version: Some("1.0.0".to_owned()),
        environment: EnvironmentName::new("prod"),
        owner: Some("shop".to_owned()),
        request,
    };
    let wished = |wish, known| {
        let environment = Some(EnvironmentName::new("prod"));
        say(&Tale::request(), Say::Wished { wish, environment, known })
    };
    let two = || vec![known("orders", 41), known("mail-retry", 43)];
    insta::assert_snapshot!("a_question_with_an_answer", wished(Wish::Question, two()));
    insta::assert_snapshot!("a_question_about_nothing_known", wished(Wish::Question, Vec::new()));
    insta::assert_snapshot!("how_to_ask", wished(Wish::Help, Vec::new()));
    insta::assert_snapshot!("an_import", wished(Wish::Import, Vec::new()));
    insta::assert_snapshot!("an_import_of_what_is_ours", wished(Wish::Import, two()));
    let newest = vec![known("orders", 41)];
    insta::assert_snapshot!("an_upgrade_of_what_is_the_newest", wished(Wish::Upgrade, newest));
    insta::assert_snapshot!("an_upgrade_of_nothing_known", wished(Wish::Upgrade, Vec::new()));
    insta::assert_snapshot!("an_upgrade_of_one_of_two", wished(Wish::Upgrade, two()));
    insta::assert_snapshot!("a_roll_back", wished(Wish::RollBack, two()));
    insta::assert_snapshot!("a_wish_about_several_stacks", wished(Wish::Remove, two()));
}

#[test]
fn what_corrected_requests_teach_is_told() {
    let told = |outcome: Learned| {
        let text = say(&Tale::request(), Say::Learned { outcome, asked_at: jiff::Timestamp::UNIX_EPOCH });
        text.lines().filter(|line| !line.starts_with("<!--")).collect::<Vec<_>>().join("\n")
    };
    let words = || ["letterbox", "mail drop"].map(str::to_owned).to_vec();
    let lines = "catalog:\n  words:\n    aws/sqs-queue: [letterbox]\n".to_owned();
    let why = "the configuration is written in a way that nothing can be added to".to_owned();
    let all = [
        Learned::Nothing { requests: 0 },
        Learned::Nothing { requests: 12 },
        Learned::Proposed { pull: 51, words: words() },
        Learned::Declined { pull: 51, words: words() },
        Learned::ByHand { why, lines },
        Learned::Failed { why: "GitHub refuses it: Reference update failed".to_owned() },
    ];
    insta::assert_snapshot!(all.map(told).join("\n"));
}
