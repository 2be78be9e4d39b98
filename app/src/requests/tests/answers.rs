//! Replies to questions, in the words people use.

use super::*;

/// A draft and the question about a part of it.
fn asked(text: &str) -> (Draft, Question) {
    match read("", text, catalog(), &config()) {
        Reading::Asks { draft, question } => (draft, question),
        other => panic!("{text} asks nothing: {other:#?}"),
    }
}

fn reply(text: &str, reply: &str) -> Reading {
    let (draft, question) = asked(text);
    answer(&draft, &question, reply, catalog(), &config())
}

#[test]
fn an_environment() {
    let text = "We need a bucket acme-x, team web";
    for (said, expect) in [
        ("1", "dev"),
        ("2.", "stage"),
        ("#3", "prod"),
        ("option 2", "stage"),
        ("the second one", "stage"),
        ("The last one, please", "prod"),
        ("dev please", "dev"),
        ("Let's go with staging.", "stage"),
        ("environment=dev", "dev"),
        ("Environment: production", "prod"),
        ("in dev, thanks!", "dev"),
        ("das zweite bitte", "stage"),
        ("In der Entwicklung", "dev"),
        ("Nummer 2", "stage"),
        ("Option 3 bitte", "prod"),
        ("die erste", "dev"),
        ("Nimm bitte die letzte, danke", "prod"),
        ("Umgebung: prod", "prod"),
        ("Die Umgebung ist dev", "dev"),
        ("nach prod", "prod"),
        ("Bitte in Produktion.", "prod"),
        ("> which environment?\n\nprod", "prod"),
    ] {
        let reading = reply(text, said);
        let Reading::Complete { draft } = reading else { panic!("{said}: {reading:#?}") };
        assert_eq!(shown(&draft)["environment"], expect, "{said}");
        assert!(matches!(draft.environment.map(|filled| filled.source), Some(Source::Answer(_))), "{said}");
    }
}

#[test]
fn a_name() {
    let text = "We need a bucket in dev, team web";
    for said in [
        "acme-x",
        "name: acme-x",
        "name=acme-x",
        "call it `acme-x`",
        "It should be called acme-x, thanks",
        "acme-x please",
        "bitte acme-x",
        "Name: acme-x",
        "Er soll acme-x heißen",
        "Der Name ist acme-x",
        "nenn ihn acme-x, danke",
        "acme-x, bitte",
        "\"acme-x\"",
    ] {
        let reading = reply(text, said);
        let Reading::Complete { draft } = reading else { panic!("{said}: {reading:#?}") };
        assert_eq!(shown(&draft)["name"], "acme-x", "{said}");
    }
    let Reading::Asks { question, .. } = reply(text, "Acme_X") else { panic!("asks again") };
    assert_eq!(question.choices, ["acme-x"]);
}

#[test]
fn an_input() {
    let reading = reply("We need a queue acme-x in dev, team web, retention 40 days", "10 days");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["retention_days"].value, json!(10));
    let reading = reply("We need a bucket acme-x in dev, team web, versioned, without versioning", "yes");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["versioning"].value, json!(true));
    for said in ["10 Tage", "zehn Tage bitte", "auf 10 Tage"] {
        let reading = reply("We need a queue acme-x in dev, team web, retention 40 days", said);
        let Reading::Complete { draft } = reading else { panic!("{said}: {reading:#?}") };
        assert_eq!(draft.resources[0].inputs["retention_days"].value, json!(10), "{said}");
    }
    let reading =
        reply("We need a bucket acme-x in dev, team web, versioned, without versioning", "ja, bitte");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["versioning"].value, json!(true));
    let reading = reply("We need a bucket acme-x in dev", "das Team Billing");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["owner"].value, json!("Billing"));
    let reading = reply("We need a bucket acme-x in dev", "data platform");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["owner"].value, json!("data platform"));
    let reading = reply("We need a bucket acme-x in dev, team web, storage class frozen", "glacier");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["archive_class"].value, json!("GLACIER"));
}

#[test]
fn a_quantity_finds_its_input() {
    let text = "We need a bucket acme-x in dev, team web, retain for 1 year";
    let Reading::Complete { draft } = reply(text, "2") else { panic!("completes") };
    assert_eq!(draft.resources[0].inputs["expire_after_days"].value, json!(365));
    let Reading::Complete { draft } = reply(text, "leave it out") else { panic!("completes") };
    assert_eq!(draft.resources[0].inputs.keys().collect::<Vec<_>>(), ["owner"]);
}

#[test]
fn a_module() {
    let text = "We need a bucket acme-x and a queue acme-y in dev, team web";
    for (said, expect) in [
        ("1", "aws/s3-bucket"),
        ("the queue", "aws/sqs-queue"),
        ("aws/sqs-queue", "aws/sqs-queue"),
        ("S3", "aws/s3-bucket"),
    ] {
        let (Reading::Asks { draft, .. } | Reading::Complete { draft }) = reply(text, said) else {
            panic!("{said}")
        };
        assert_eq!(draft.module(), Some(expect), "{said}");
    }
}

#[test]
fn more_than_the_answer() {
    let reading = reply("We need a bucket acme-x, team web", "dev please, and not versioned");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(
        (shown(&draft)["environment"].clone(), &draft.resources[0].inputs["versioning"].value),
        (json!("dev"), &json!(false))
    );
    let Reading::Asks { draft, question } = reply("We need a bucket, team web", "name: acme-z") else {
        panic!("asks on")
    };
    assert_eq!((question.about.as_str(), shown(&draft)["name"].clone()), ("environment", json!("acme-z")));
}

#[test]
fn what_answers_nothing_is_left_alone_or_asked_again() {
    let text = "We need a bucket acme-x, team web";
    for said in ["Thanks!", "", "why do you ask?", "What does that mean and who decides it in the end?", "+1"]
    {
        assert_eq!(reply(text, said), Reading::NotForUs, "{said}");
    }
    for said in ["qa", "7", "in qa please"] {
        let Reading::Asks { question, .. } = reply(text, said) else { panic!("{said} is asked again") };
        assert_eq!(question.about, "environment", "{said}");
        assert!(question.problem.is_some(), "{said}");
    }
}
