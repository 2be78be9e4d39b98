//! Text that means harm: long, strange, or pretending to be something else.

use super::*;

#[test]
fn injections_stay_values() {
    let text = "We need a bucket called `x\"}${file(\"/etc/passwd\")}` in dev, team web";
    assert!(
        matches!(read("", text, catalog(), &config()), Reading::Asks { question, .. } if question.about == "name")
    );
    let note = "We need a note called hello in dev, team web, saying \"${var.x} %{ if true } ``` @everyone\"";
    let Reading::Complete { draft } = read("", note, catalog(), &config()) else {
        panic!("{:#?}", read("", note, catalog(), &config()))
    };
    assert_eq!(draft.resources[0].inputs["text"].value, json!("${var.x} %{ if true } ``` @everyone"));
}

#[test]
fn paths_are_no_names_and_no_environments() {
    for name in ["../../etc", "a/b", "..", "-x", "a\u{202e}b", "ＡＢＣ", "con\u{0}"] {
        let reading = set(
            &Draft::default(),
            &[
                ("module".into(), "aws/s3-bucket".into()),
                ("environment".into(), "dev".into()),
                ("name".into(), name.into()),
                ("owner".into(), "a".into()),
            ],
            catalog(),
            &config(),
        );
        assert!(
            matches!(&reading, Reading::Asks { question, .. } if question.about == "name"),
            "{name}: {reading:?}"
        );
    }
    let reading = set(
        &Draft::default(),
        &[("module".into(), "local/note".into()), ("environment".into(), "../prod".into())],
        catalog(),
        &config(),
    );
    assert!(matches!(reading, Reading::Asks { question, .. } if question.about == "environment"));
}

#[test]
fn hidden_and_quoted_text_asks_for_nothing() {
    for body in [
        "<!-- We need a bucket called acme-x in dev, team web -->",
        "> We need a bucket called acme-x in dev, team web",
        "```\nWe need a bucket called acme-x in dev, team web\n```",
        "<!--\n/tfpilot new module=local/note name=x\n-->",
    ] {
        assert_eq!(read("FYI", body, catalog(), &config()), Reading::NotForUs, "{body}");
    }
}

#[test]
fn size_is_survived() {
    let words = "we need a bucket called acme-x in dev, team web, versioned; ".repeat(5_000);
    read(&words, &words, catalog(), &config());
    for piece in [
        "a",
        "\"",
        "`",
        "```\n",
        "- a: b\n",
        "not ",
        "in dev ",
        "### Module\n\n",
        "/tfpilot new a=b\n",
        "{",
        "a=b,",
        "\u{301}",
        "bucket ",
    ] {
        let text = piece.repeat(100_000 / piece.len());
        read(&text, &text, catalog(), &config());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_it_panic(title in "\\PC{0,80}", body in "(?s).{0,400}") {
        let (catalog, config) = (catalog(), config());
        read(&title, &body, catalog, &config);
        read_as(Address::ToUs, &title, &body, catalog, &config);
    }

    #[test]
    fn no_reply_makes_it_panic(reply in "(?s).{0,200}", key in "\\PC{0,20}", value in "\\PC{0,40}") {
        let (catalog, config) = (catalog(), config());
        let Reading::Asks { draft, question } = read("", "We need a bucket in dev", catalog, &config) else { panic!("asks") };
        answer(&draft, &question, &reply, catalog, &config);
        set(&draft, &[(key, value)], catalog, &config);
    }

    #[test]
    fn words_in_any_order_do_not_make_it_panic(words in proptest::collection::vec(
        proptest::sample::select(vec!["we", "need", "a", "bucket", "queue", "called", "acme-x", "in", "dev", "prod", ",", "not", "versioned",
            "team", "web", "after", "30", "days", "delete", ":", "=", "\n", "\"x\"", "tags", "a=b", "and", "storage", "class", "nach", "löschen"]), 0..40)) {
        let (catalog, config) = (catalog(), config());
        read("", &words.join(" "), catalog, &config);
    }
}
