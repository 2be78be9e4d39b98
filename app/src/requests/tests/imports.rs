//! What exists already, made without us, is taken in and never made a second time.

use tfpilot_engine::Wish;

use super::*;

fn read_here(text: &str) -> Reading {
    read_as(Address::ToUs, "", text, catalog(), &config())
}

/// The id that is imported.
#[track_caller]
fn imported(reading: &Reading) -> Option<String> {
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    let import = draft.import.as_ref().unwrap_or_else(|| panic!("no import: {draft:#?}"));
    import.id.as_ref().map(|id| id.value.clone())
}

#[test]
fn what_was_made_by_hand_is_taken_in_by_its_name() {
    for text in [
        "The bucket acme-legacy in dev was made by hand, please import it into Terraform. Owner is billing.",
        "Please import the bucket acme-legacy in dev, team billing. It already exists.",
        "Der Bucket acme-legacy in dev wurde von Hand angelegt, bitte in Terraform übernehmen. Team billing.",
        "bring the S3 bucket acme-legacy (dev, team billing) under terraform, somebody clicked it together",
    ] {
        assert_eq!(imported(&read_here(text)), Some("acme-legacy".to_owned()), "{text}");
    }
}

#[test]
fn an_import_as_a_noun_is_none() {
    for text in [
        "We need a bucket acme-import in dev for the nightly import, team billing",
        "Bitte einen Bucket acme-import in dev für den Import der Rechnungen, Team billing",
        "Import bucket: we need an S3 bucket acme-import in dev, team billing, to import invoices",
    ] {
        let reading = read_here(text);
        let Reading::Complete { draft } = reading else { panic!("{text}: {reading:#?}") };
        assert_eq!(draft.import, None, "{text}");
    }
}

#[test]
fn an_id_that_no_input_has_stands_in_the_text_or_is_asked_for() {
    let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
    let text = format!("Please import the queue orders in dev, team shop, made by hand: {url}");
    assert_eq!(imported(&read_here(&text)), Some(url.to_owned()));

    let reading = read_here("Please import the queue orders in dev, team shop. It was made by hand.");
    let Reading::Asks { draft, question } = reading else { panic!("{reading:#?}") };
    assert_eq!((question.about.as_str(), question.text.as_str()), ("import", "what is the queue's URL?"));
    let reply = |text: &str| answer(&draft, &question, text, catalog(), &config());
    for text in [url.to_owned(), format!("it is {url}, thanks")] {
        assert_eq!(imported(&reply(&text)), Some(url.to_owned()), "{text}");
    }
    let Reading::Asks { question, .. } = reply("orders") else { panic!("is no URL") };
    assert_eq!(question.problem.as_deref(), Some("orders is not the queue's URL"));
    let pairs = [("import".to_owned(), url.to_owned())];
    assert_eq!(imported(&set(&draft, &pairs, catalog(), &config())), Some(url.to_owned()));
}

#[test]
fn what_cannot_be_taken_in_is_not_made_anew() {
    for text in [
        "Please import the VPC core in dev, team shop, it was made by hand. 10.0.0.0/16",
        "Please import the bucket acme-a and the bucket acme-b in dev into terraform, team billing",
    ] {
        let reading = read_here(text);
        assert!(matches!(reading, Reading::Other { wish: Wish::Import, .. }), "{text}: {reading:#?}");
    }
}
