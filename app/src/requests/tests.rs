//! Requests as people write them: tables of wordings, questions and answers, and what is none of ours.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::*;
use crate::config::RepositoryConfig;

mod answers;
mod hostile;
mod imports;
mod names;
mod schema;
mod several;
mod silence;
mod structured;
mod things;
mod wishes;
mod wordings;

/// The shipped catalog, read once.
fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::shipped);
    &CATALOG
}

fn config() -> RepositoryConfig {
    RepositoryConfig::everyday()
}

/// A draft as the tables write it: module, environment, name and inputs, without the sources.
fn shown(draft: &Draft) -> Json {
    schema::conforms(draft);
    let mut shown = json!({
        "module": draft.module(),
        "environment": draft.environment.as_ref().map(|environment| environment.value.to_string()),
    });
    for (input, filled) in draft.resources.iter().flat_map(|resource| &resource.inputs) {
        shown[input] = filled.value.clone();
    }
    shown["name"] = json!(draft.name().map(|name| name.value.clone()));
    shown
}

fn read_here(text: &str) -> Reading {
    // People write the same sentence into the title or into the body.
    let catalog = catalog();
    let body = read("Request", text, catalog, &config());
    if text.chars().count() < 200 && !text.contains('\n') {
        let title = read(text, "", catalog, &config());
        assert_eq!(without_sources(&title), without_sources(&body), "{text}");
    }
    body
}

/// A reading as JSON, for comparing what was understood.
fn without_sources(reading: &Reading) -> Json {
    match reading {
        Reading::Complete { draft } => json!({ "complete": shown(draft) }),
        Reading::Asks { draft, question } => {
            json!({ "asks": question.about, "choices": question.choices, "draft": shown(draft) })
        }
        Reading::NotInCatalog { word, nearest, .. } => json!({ "not in catalog": word, "nearest": nearest }),
        Reading::Other { wish, .. } => json!({ "wish": wish }),
        Reading::NotForUs => json!("not for us"),
    }
}

#[track_caller]
fn check(module: &str, text: &str, environment: &str, inputs: Json) {
    let mut expect = json!({ "module": module, "environment": environment });
    for (input, value) in inputs.as_object().expect("inputs are an object") {
        expect[input] = value.clone();
    }
    assert_eq!(without_sources(&read_here(text)), json!({ "complete": expect }), "{text}");
}

#[track_caller]
fn asks(text: &str, about: &str, choices: &[&str]) -> Draft {
    match read_here(text) {
        Reading::Asks { draft, question } => {
            assert_eq!(
                (question.about.as_str(), question.choices),
                (about, choices.iter().map(|choice| (*choice).to_owned()).collect()),
                "{text}"
            );
            draft
        }
        other => panic!("{text} does not ask about {about}: {other:#?}"),
    }
}

#[test]
fn the_examples_of_the_modules_are_understood() {
    for module in catalog().modules() {
        for example in &module.examples {
            let mut expect = json!(example.expect);
            expect["module"] = json!(module.id.to_string());
            expect["environment"] = json!(example.environment);
            assert_eq!(
                without_sources(&read_here(&example.request)),
                json!({ "complete": expect }),
                "{}",
                example.request
            );
        }
    }
}

#[test]
fn buckets() {
    let bucket = |text, environment, inputs| check("aws/s3-bucket", text, environment, inputs);
    bucket(
        "We need an S3 bucket called acme-invoices in dev, versioned, team billing",
        "dev",
        json!({"name": "acme-invoices", "versioning": true, "owner": "billing"}),
    );
    bucket(
        "Please create a new bucket `acme-raw` in stage for the analytics team, not versioned",
        "stage",
        json!({"name": "acme-raw", "versioning": false, "owner": "analytics"}),
    );
    bucket(
        "S3 bucket acme-logs in prod, owner platform, delete objects after two weeks",
        "prod",
        json!({"name": "acme-logs", "owner": "platform", "expire_after_days": 14}),
    );
    bucket(
        "Hi! Could we get a dev bucket named \"acme-uploads\"? It belongs to team web and doesn't need versioning. Thanks",
        "dev",
        json!({"name": "acme-uploads", "owner": "web", "versioning": false}),
    );
    bucket(
        "I'd like an S3-Bucket in the production environment: name acme-x1, owner core, without versioning",
        "prod",
        json!({"name": "acme-x1", "owner": "core", "versioning": false}),
    );
    bucket(
        "need bucket acme-tmp (dev), team data, force destroy, expires after 7 days",
        "dev",
        json!({"name": "acme-tmp", "owner": "data", "force_destroy": true, "expire_after_days": 7}),
    );
    bucket(
        "Object storage for the web shop please, in staging, called shop-assets, owned by shop, CORS for https://shop.example.com and https://www.example.com",
        "stage",
        json!({"name": "shop-assets", "owner": "shop", "cors_origins": ["https://shop.example.com", "https://www.example.com"]}),
    );
    bucket(
        "Please provision a bucket acme-archive in prod, team legal, archive after 3 months, storage class deep archive, tags CostCenter=4711 and Env=prod",
        "prod",
        json!({"name": "acme-archive", "owner": "legal", "archive_after_days": 90, "archive_class": "DEEP_ARCHIVE", "tags": {"CostCenter": "4711", "Env": "prod"}}),
    );
    bucket(
        "We need a bucket acme-media in dev. Team is media. Keep old versions for 30 days.",
        "dev",
        json!({"name": "acme-media", "owner": "media", "versioning": true, "keep_old_versions_days": 30}),
    );
    bucket(
        "Wir brauchen einen S3-Bucket namens acme-belege in der Entwicklung, versioniert, für das Team buchhaltung",
        "dev",
        json!({"name": "acme-belege", "owner": "buchhaltung", "versioning": true}),
    );
    bucket(
        "Bitte einen Bucket acme-export in Produktion anlegen, Team data, nicht versioniert, Objekte nach 30 Tagen löschen",
        "prod",
        json!({"name": "acme-export", "owner": "data", "versioning": false, "expire_after_days": 30}),
    );
    bucket(
        "Ich hätte gern einen versionierten Bucket mit dem Namen acme-fotos auf stage. Besitzer: media",
        "stage",
        json!({"name": "acme-fotos", "owner": "media", "versioning": true}),
    );
    bucket(
        "Can you set up a bucket in dev called acme-state with versioning enabled and access logs to acme-logs? owner=platform",
        "dev",
        json!({"name": "acme-state", "owner": "platform", "versioning": true, "access_log_bucket": "acme-logs"}),
    );
    bucket(
        "bucket acme-keys in dev, team sec, encrypted with arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "dev",
        json!({"name": "acme-keys", "owner": "sec", "kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
    );
}

#[test]
fn queues() {
    let queue = |text, environment, inputs| check("aws/sqs-queue", text, environment, inputs);
    queue(
        "We need an SQS queue called acme-orders in dev, fifo, team shop",
        "dev",
        json!({"name": "acme-orders", "fifo": true, "owner": "shop"}),
    );
    queue(
        "Please add a message queue named mail-jobs to prod, owned by web, visibility timeout of 2 minutes",
        "prod",
        json!({"name": "mail-jobs", "owner": "web", "visibility_timeout_seconds": 120}),
    );
    queue(
        "a job queue thumbnails in dev for team media, no dlq",
        "dev",
        json!({"name": "thumbnails", "owner": "media", "dead_letter_queue": false}),
    );
    queue(
        "Could you create an SQS queue `acme-events` in staging? Owner: data. Keep messages for a week... no, 7 days retention",
        "stage",
        json!({"name": "acme-events", "owner": "data", "retention_days": 7}),
    );
    queue(
        "need a fifo queue acme-payments in production with a dead-letter queue, deduplicated, team pay",
        "prod",
        json!({"name": "acme-payments", "fifo": true, "dead_letter_queue": true, "content_based_deduplication": true, "owner": "pay"}),
    );
    queue(
        "queue acme-retry in dev: team core, max receives 10, delay 30s",
        "dev",
        json!({"name": "acme-retry", "owner": "core", "max_receives": 10, "delay_seconds": 30}),
    );
    queue(
        "We want a queue in dev named acme-slow, messages hidden for 5 minutes, messages kept for 2 days, team ops",
        "dev",
        json!({"name": "acme-slow", "owner": "ops", "visibility_timeout_seconds": 300, "retention_days": 2}),
    );
    queue(
        "Wir brauchen eine Warteschlange namens belege in prod, Team billing, ohne DLQ",
        "prod",
        json!({"name": "belege", "owner": "billing", "dead_letter_queue": false}),
    );
    queue(
        "Bitte eine SQS-Warteschlange acme-import auf stage einrichten, kein FIFO, Team import-team, Aufbewahrung 10 Tage",
        "stage",
        json!({"name": "acme-import", "fifo": false, "owner": "import-team", "retention_days": 10}),
    );
    queue(
        "Wir möchten eine Queue mit dem Namen acme-mail in der Dev-Umgebung, Team web, Nachrichten in Reihenfolge",
        "dev",
        json!({"name": "acme-mail", "owner": "web", "fifo": true}),
    );
    queue(
        "Provision a queue called acme-bills for the billing team in live, unordered",
        "prod",
        json!({"name": "acme-bills", "owner": "billing", "fifo": false}),
    );
}

#[test]
fn notes() {
    let note = |text, environment, inputs| check("local/note", text, environment, inputs);
    note(
        "We need a note called hello-team in dev saying \"Welcome to TfPilot\", team platform",
        "dev",
        json!({"name": "hello-team", "owner": "platform", "text": "Welcome to TfPilot"}),
    );
    note(
        "Please create a note named standup in stage for team web, text: \"Daily, 9:30\"",
        "stage",
        json!({"name": "standup", "owner": "web", "text": "Daily, 9:30"}),
    );
    note(
        "Can we have a memo retro-notes in dev? owner: core",
        "dev",
        json!({"name": "retro-notes", "owner": "core"}),
    );
    note(
        "Add a sticky note `on-call` to prod that says call Bob first, team ops",
        "prod",
        json!({"name": "on-call", "owner": "ops", "text": "call Bob first"}),
    );
    note(
        "I want a reminder in dev called patch-day with the text \"Second Tuesday\" owned by sec",
        "dev",
        json!({"name": "patch-day", "owner": "sec", "text": "Second Tuesday"}),
    );
    note("new note release-1 in dev, team core", "dev", json!({"name": "release-1", "owner": "core"}));
    note(
        "note welcome in development, owner Platform Team",
        "dev",
        json!({"name": "welcome", "owner": "platform"}),
    );
    note(
        "Wir brauchen in dev eine Notiz namens release-plan mit dem Text \"Freitag, 14 Uhr\", Team billing",
        "dev",
        json!({"name": "release-plan", "owner": "billing", "text": "Freitag, 14 Uhr"}),
    );
    note(
        "Bitte einen Vermerk umzug in Produktion anlegen, Besitzer facility",
        "prod",
        json!({"name": "umzug", "owner": "facility"}),
    );
    note(
        "Ich brauche einen Merkzettel mit dem Namen todo-liste auf stage für das Team web",
        "stage",
        json!({"name": "todo-liste", "owner": "web"}),
    );
}

#[test]
fn values_keep_the_words_they_came_from() {
    let Reading::Complete { draft } =
        read_here("We need an S3 bucket called acme-invoices in dev, not versioned, team billing")
    else {
        panic!("is complete")
    };
    insta::assert_json_snapshot!(draft);
}

#[test]
fn what_is_missing_is_asked() {
    asks(
        "We need an S3 bucket called acme-invoices, versioned, team billing",
        "environment",
        &["dev", "stage", "prod"],
    );
    let draft = asks("We need a bucket in dev for team billing", "name", &[]);
    assert_eq!(
        shown(&draft),
        json!({"module": "aws/s3-bucket", "environment": "dev", "owner": "billing", "name": null})
    );
    asks("I need a queue acme-mail in dev", "owner", &[]);
    asks("S3 bucket please", "environment", &["dev", "stage", "prod"]);
    asks("I need a queue", "environment", &["dev", "stage", "prod"]);
}

#[test]
fn what_is_unclear_is_asked() {
    asks("We need a bucket acme-x in qa, team web", "environment", &["dev", "stage", "prod"]);
    asks("We need a bucket acme-x in prdo, team web", "environment", &["prod", "dev", "stage"]);
    asks("We need a bucket acme-x in dev and prod, team web", "environment", &["dev", "prod"]);
    asks("We need a bucket acme-x in dev/stage, team web", "environment", &["dev", "stage"]);
    asks("We need a bucket called Acme_Inv in dev, team web", "name", &["acme-inv"]);
    asks("We need two buckets called acme and invoices in dev, team web", "name", &["acme", "invoices"]);
    asks("We need a bucket or a queue in dev, team web", "module", &["aws/s3-bucket", "aws/sqs-queue"]);
    asks(
        "We need a bucket acme-x in dev, team web, sleep for 1 year",
        "1 year",
        &["keep_old_versions_days", "expire_after_days", "archive_after_days", "leave it out"],
    );
    asks(
        "Please add a bucket named acme invoices in dev for team billing",
        "name",
        &["acme", "acme-invoices"],
    );
    asks("Please add an S3 bucket \"Acme Invoices\" in dev for team billing", "name", &["acme-invoices"]);
    asks("Please create a multi-region bucket in dev, team web", "name", &["multi-region"]);
    asks(
        "We need a bucket acme-x in dev, team web, versioned, without versioning",
        "versioning",
        &["yes", "no"],
    );
    asks("We need a queue acme-x in dev, team web, retention 40 days", "retention_days", &[]);
    asks(
        "We need a bucket acme-x in dev, team web, storage class frozen",
        "archive_class",
        &["GLACIER_IR", "GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"],
    );
}

#[test]
fn the_only_environment_needs_no_question() {
    let (config, _) = RepositoryConfig::parse(b"version: 1\nenvironments: {main: {region: eu-west-1}}\n");
    let reading = read("", "We need a bucket acme-x, team web", catalog(), &config);
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(
        draft.environment.map(|filled| filled.source),
        Some(Source::Default("only environment".to_owned()))
    );
}

#[test]
fn the_repository_has_defaults_and_hides_modules() {
    let (config, _) = RepositoryConfig::parse(
        b"version: 1\nenvironments: {dev: {}}\ncatalog:\n  hide: [local/note]\n  defaults: {aws/s3-bucket: {keep_old_versions_days: 30, versioning: false}}\n",
    );
    let catalog = catalog();
    let reading = read("", "We need a bucket acme-x in dev, versioned, team web", catalog, &config);
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(
        (
            &draft.resources[0].inputs["versioning"].value,
            &draft.resources[0].inputs["keep_old_versions_days"].value
        ),
        (&json!(true), &json!(30))
    );
    assert_eq!(read("", "We need a note acme-x in dev, team web", catalog, &config), Reading::NotForUs);
    let reading = read_as(Address::ToUs, "", "```yaml\nmodule: local/note\n```", catalog, &config);
    assert!(matches!(reading, Reading::Asks { question, .. } if question.about == "module"));
}
