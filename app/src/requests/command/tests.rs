//! Command lines as people write them.

use super::*;

#[track_caller]
fn one(text: &str) -> Result<Command, CommandError> {
    let mut lines = parse(text);
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0).command
}

#[track_caller]
fn is(text: &str, expect: Command) {
    assert_eq!(one(text), Ok(expect), "{text}");
}

#[track_caller]
fn refused(text: &str, expect: &str) {
    assert_eq!(one(text).expect_err("is refused").to_string(), expect);
}

fn stack(path: &str) -> Target {
    Target { stacks: vec![path.to_owned()], ..Target::default() }
}

fn text(words: &str) -> String {
    words.to_owned()
}

#[test]
fn every_command_is_read() {
    is("/tfpilot", Command::Help);
    is("/tfpilot help apply", Command::Help);
    is("/tfpilot PLAN", Command::Plan(Target::default()));
    is(
        "/tfpilot apply --stack live/dev/x/",
        Command::Apply(Apply { target: stack("live/dev/x"), ..Apply::default() }),
    );
    is(
        "/tfpilot apply confirm=aws_db_instance.x,aws_s3_bucket.y",
        Command::Apply(Apply {
            confirmed: vec![text("aws_db_instance.x"), text("aws_s3_bucket.y")],
            ..Apply::default()
        }),
    );
    is("/tfpilot destroy live/dev/x", Command::Destroy(stack("live/dev/x")));
    is("/tfpilot unlock", Command::Unlock(Unlock::default()));
    is(
        "/tfpilot unlock --force reason=\"carol is on holiday\"",
        Command::Unlock(Unlock { force: Some(text("carol is on holiday")), ..Unlock::default() }),
    );
    is("/tfpilot cancel", Command::Cancel(Target::default()));
    is("/tfpilot retry", Command::Retry(Target::default()));
    is("/tfpilot why apply", Command::Why(Some(text("apply"))));
    is(
        "/tfpilot explain 'module.a[\"x\"].aws_s3_bucket.this'",
        Command::Explain(text("module.a[\"x\"].aws_s3_bucket.this")),
    );
    is(
        "/tfpilot resume accept reason=“checked by hand”",
        Command::Resume(Resume { accept: true, reason: Some(text("checked by hand")) }),
    );
    is(
        "/tfpilot cost --env=prod",
        Command::Cost(Target { environment: Some(text("prod")), ..Target::default() }),
    );
    is("/tfpilot approve", Command::Approve(Target::default()));
    is(
        "/tfpilot override required-tags reason='sandbox'",
        Command::Override(Override { rule: text("required-tags"), reason: text("sandbox") }),
    );
    is("/tfpilot promote stage", Command::Promote(Some(text("stage"))));
    is("/tfpilot promote --env stage", Command::Promote(Some(text("stage"))));
    is("/tfpilot rollback", Command::Rollback(Target::default()));
    is("/tfpilot drift", Command::Drift(Drift::default()));
    is(
        "/tfpilot drift Accept",
        Command::Drift(Drift { answer: Some(DriftAnswer::Accept), ..Drift::default() }),
    );
    is(
        "/tfpilot import aws_sqs_queue.q arn:aws:sqs:eu-central-1:111122223333:q --stack live/dev/q",
        Command::Import(Import {
            target: stack("live/dev/q"),
            address: text("aws_sqs_queue.q"),
            id: text("arn:aws:sqs:eu-central-1:111122223333:q"),
        }),
    );
    is("/tfpilot status", Command::Status(Target::default()));
    is("/tfpilot learn", Command::Learn);
    is(
        "/tfpilot new module=aws/s3-bucket name=acme --env dev",
        Command::New(Request {
            pairs: vec![
                (text("module"), text("aws/s3-bucket")),
                (text("name"), text("acme")),
                (text("environment"), text("dev")),
            ],
            text: String::new(),
        }),
    );
    is(
        "/tfpilot new a bucket \"acme\" in dev",
        Command::New(Request { pairs: vec![], text: text("a bucket \"acme\" in dev") }),
    );
    is("/tfpilot set versioning=false", Command::Set(vec![(text("versioning"), text("false"))]));
    is("/tfpilot set text=\"a=b c\"", Command::Set(vec![(text("text"), text("a=b c"))]));
}

#[test]
fn a_query_chooses_stacks() {
    let Ok(Command::Plan(target)) = one("/tfpilot plan dir:live/prod/* and not tag:db") else {
        panic!("is a plan")
    };
    assert_eq!(target.query, Query::parse("dir:live/prod/* and not tag:db").ok());
    refused("/tfpilot plan dir:", "dir: needs a value: write /tfpilot plan [--stack DIR] [--env NAME]");
}

#[test]
fn mistakes_are_named() {
    refused("/tfpilot aply", "unknown command aply");
    assert_eq!(
        one("/tfpilot Aply"),
        Err(CommandError::Unknown { word: text("Aply"), suggestion: Some("apply") })
    );
    assert_eq!(
        one("/tfpilot xyzzy now"),
        Err(CommandError::Unknown { word: text("xyzzy"), suggestion: None })
    );
    refused(
        "/tfpilot apply -target=x",
        "-target=x is not known here: write /tfpilot apply [--stack DIR] [confirm=ADDRESS]",
    );
    refused(
        "/tfpilot plan --destroy",
        "--destroy is not known here: write /tfpilot plan [--stack DIR] [--env NAME]",
    );
    refused("/tfpilot plan --stack", "--stack needs a value: write /tfpilot plan [--stack DIR] [--env NAME]");
    refused(
        "/tfpilot unlock --force",
        "it needs a reason: write /tfpilot unlock [--stack DIR] [--force reason=\"…\"]",
    );
    refused("/tfpilot override", "it needs the id of a rule: write /tfpilot override RULE reason=\"…\"");
    refused("/tfpilot set", "it needs key=value: write /tfpilot set key=value");
    refused("/tfpilot drift acept", "did you mean accept?: write /tfpilot drift [reconcile|accept|ignore]");
    refused(
        "/tfpilot apply now",
        "now is not known here: write /tfpilot apply [--stack DIR] [confirm=ADDRESS]",
    );
}

#[test]
fn several_lines_are_several_commands() {
    let lines = parse("/tfpilot approve\r\nlooks good\r\n/tfpilot apply\r\n");
    let names: Vec<_> =
        lines.iter().map(|line| (line.line, line.command.as_ref().map(Command::name).ok())).collect();
    assert_eq!(names, [(1, Some("approve")), (3, Some("apply"))]);
    let many = parse(&"/tfpilot plan\n".repeat(100));
    assert_eq!(many.len(), MAX_COMMANDS + 1);
    assert_eq!(many.last().map(|line| line.command.clone()), Some(Err(CommandError::TooMany)));
}

#[test]
fn every_command_has_a_usage_that_parses_to_itself() {
    for (name, usage) in COMMANDS {
        assert!(usage.starts_with(&format!("/tfpilot {name}")), "{usage}");
        let arguments = match name {
            "explain" | "import" => "a.b c",
            "override" | "resume" => "reason=x",
            "set" => "a=b",
            "upgrade" => "acme-x dev",
            _ => "",
        };
        let arguments =
            arguments.split(' ').take(if name == "explain" { 1 } else { 2 }).collect::<Vec<_>>().join(" ");
        let arguments = if name == "override" { format!("rule {arguments}") } else { arguments };
        assert_eq!(one(&format!("/tfpilot {name} {arguments}")).expect("parses").name(), name);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", rest in ".*") {
        parse(&text);
        parse(&format!("/tfpilot {rest}"));
        for (name, _) in COMMANDS {
            parse(&format!("/tfpilot {name} {rest}"));
        }
    }
}
