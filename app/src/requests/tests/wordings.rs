//! One input said in the ways that people say it: a table for each rule of the reading, in both languages.

use super::*;

/// The rest of a request, so that only what is tried is said.
const BUCKET: &str = "We need an S3 bucket acme-media in dev, team media.";
const QUEUE: &str = "We need an SQS queue acme-jobs in dev, team media.";
const ROLE: &str = "We need an IAM role acme-worker in dev, team media, for lambda.";
const POSTGRES: &str = "We need a Postgres database acme-db in dev, team media, subnets subnet-0a1b2c3d4e5f67890 and \
                        subnet-0f9e8d7c6b5a43210.";

#[track_caller]
fn says(request: &str, words: &str, inputs: &Json) {
    let text = format!("{request} {words}");
    let draft = match read("A request", &text, catalog(), &config()) {
        Reading::Complete { draft } => draft,
        other => panic!("{text} is not complete: {other:#?}"),
    };
    for (input, value) in inputs.as_object().expect("inputs are an object") {
        let read = draft.resources[0].inputs.get(input).map(|filled| &filled.value);
        assert_eq!(read, Some(value), "{text}: {input}");
    }
}

#[track_caller]
fn asks_of(request: &str, words: &str, about: &str) {
    let text = format!("{request} {words}");
    match read("A request", &text, catalog(), &config()) {
        Reading::Asks { question, .. } => assert_eq!(question.about, about, "{text}"),
        other => panic!("{text} asks nothing: {other:#?}"),
    }
}

#[test]
fn the_words_of_a_quantity_may_stand_apart() {
    for words in [
        "Throw objects away after 3 weeks.",
        "Nach 21 Tagen sollen die Objekte gelöscht werden.",
        "After three weeks the files can be deleted.",
        "Objects older than 21 days may be purged.",
        "Delete objects once they are 21 days old.",
        "Everything can go after a 21-day period, delete after 3 weeks (21 days).",
    ] {
        says(BUCKET, words, &json!({"expire_after_days": 21}));
    }
    says(POSTGRES, "Its backups should be kept for thirty days.", &json!({"backup_retention_days": 30}));
    says(POSTGRES, "Sicherungen bitte drei Wochen vorhalten.", &json!({"backup_retention_days": 21}));
}

#[test]
fn a_phrase_says_what_belongs_to_its_value() {
    says(
        BUCKET,
        "Keep old versions for 30 days.",
        &json!({"versioning": true, "keep_old_versions_days": 30}),
    );
    says(
        BUCKET,
        "Alte Versionen 1 Woche behalten.",
        &json!({"versioning": true, "keep_old_versions_days": 7}),
    );
    for words in ["Move to Glacier after 365 days.", "Archive to glacier (flexible retrieval) after 1 year."]
    {
        says(BUCKET, words, &json!({"archive_after_days": 365, "archive_class": "GLACIER"}));
    }
}

#[test]
fn quantities_are_read_as_people_write_them() {
    says(BUCKET, "Delete objects after 7 years (2555 days).", &json!({"expire_after_days": 2555}));
    says(BUCKET, "Delete objects after forty-five days.", &json!({"expire_after_days": 45}));
    says(BUCKET, "Objekte nach fünfundvierzig Tagen löschen.", &json!({"expire_after_days": 45}));
    says(QUEUE, "Half an hour visibility timeout.", &json!({"visibility_timeout_seconds": 1800}));
    says(QUEUE, "Visibility timeout 1,5 hours.", &json!({"visibility_timeout_seconds": 5400}));
    says(POSTGRES, "It should have 2 vCPUs and 8 GB of RAM.", &json!({"instance_class": "db.t4g.large"}));
}

#[test]
fn several_grants_are_kept_apart() {
    says(
        ROLE,
        "Allow s3:GetObject and s3:PutObject on arn:aws:s3:::acme-a/*, and sqs:SendMessage on \
         arn:aws:sqs:eu-central-1:111122223333:jobs.",
        &json!({
            "actions": ["s3:GetObject", "s3:PutObject"],
            "resources": ["arn:aws:s3:::acme-a/*"],
            "more_permissions": [
                {"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:eu-central-1:111122223333:jobs"]}
            ],
        }),
    );
}

#[test]
fn records_ports_and_routes_need_no_label() {
    let zone = "We need a hosted zone acme-zone in dev for shop.example.com, team media.";
    says(
        zone,
        "gw -> 10.0.0.1 and nas -> 10.0.0.2. www should be a CNAME to x.example.net.",
        &json!({
            "address_records": {"gw": "10.0.0.1", "nas": "10.0.0.2"},
            "cname_records": {"www": "x.example.net"},
        }),
    );
    let group = "We need a security group acme-web in dev, team media, in vpc-0a1b2c3d4e5f67890.";
    says(
        group,
        "Postgres and 8443 from 10.0.0.0/8.",
        &json!({"ports": ["postgres", "8443"], "sources": ["10.0.0.0/8"]}),
    );
    let api = "We need an API gateway acme-api in dev, team media, in front of \
               arn:aws:lambda:eu-central-1:111122223333:function:shop, IAM authentication.";
    says(api, "GET /orders and POST /orders/{id}.", &json!({"routes": ["GET /orders", "POST /orders/{id}"]}));
}

#[test]
fn switches_are_denied_in_many_ways() {
    for words in [
        "There is no need for performance insights.",
        "Performance Insights brauchen wir in dev nicht.",
        "Auf Performance Insights können wir verzichten.",
        "Performance insights are unnecessary.",
    ] {
        says(POSTGRES, words, &json!({"performance_insights": false}));
    }
    says(
        POSTGRES,
        "Deletion protection switched off & performance insights too.",
        &json!({"deletion_protection": false, "performance_insights": false}),
    );
}

#[test]
fn reasons_are_not_asked_about_and_open_wishes_are() {
    for words in [
        "Visibility timeout 2 minutes because the mail provider is slow.",
        "Visibility timeout 2 minutes, we push messages all day.",
        "Visibility timeout 2 minutes, otherwise messages arrive twice.",
    ] {
        says(QUEUE, words, &json!({"visibility_timeout_seconds": 120}));
    }
    asks_of(QUEUE, "Messages must be kept for exactly 36 hours.", "retention_days");
    asks_of(BUCKET, "Delete objects after 30 days, but we have not agreed on that yet.", "expire_after_days");
}

#[test]
fn a_version_that_a_list_lacks_is_asked_about() {
    asks_of(POSTGRES, "Engine version 12, please.", "engine_version");
}

#[test]
fn what_is_denied_is_denied_wherever_the_no_stands() {
    for words in [
        "Neither deletion protection nor a final snapshot.",
        "Weder Löschschutz noch letzter Snapshot.",
        "Without deletion protection and final snapshot.",
    ] {
        says(POSTGRES, words, &json!({"deletion_protection": false, "final_snapshot": false}));
    }
    says(POSTGRES, "High availability (Multi-AZ): no", &json!({"multi_az": false}));
    says(POSTGRES, "Multi-AZ ist nicht erwünscht.", &json!({"multi_az": false}));
}

#[test]
fn least_and_most_are_limits() {
    let cluster = "We need an Aurora cluster acme-db in dev, team media, subnets subnet-0a1b2c3d4e5f67890 and \
                   subnet-0f9e8d7c6b5a43210.";
    for words in
        ["At least 1 and at most 8 ACU.", "Mindestens 1 ACU, höchstens 8 ACU.", "Between 1 and 8 ACUs."]
    {
        says(cluster, words, &json!({"min_acu": 1, "max_acu": 8}));
    }
}

#[test]
fn what_is_said_of_a_value_is_read() {
    let table = "We need a DynamoDB table acme-bids in dev, team media, partition key lot,";
    for words in [
        "sort key placed_at (a number).",
        "sort key placed_at, which is a number.",
        "sort key placed_at. placed_at ist eine Zahl.",
    ] {
        says(table, words, &json!({"sort_key": "placed_at", "number_keys": ["placed_at"]}));
    }
}

#[test]
fn times_of_a_clock_are_those_of_a_day() {
    let schedule = "We need an EventBridge schedule acme-report in dev, team media, target \
                    arn:aws:sqs:eu-central-1:111122223333:reports.";
    says(schedule, "Every day at 7:30 pm.", &json!({"daily_at": "19:30"}));
    says(schedule, "Daily at 12am.", &json!({"daily_at": "00:00"}));
    says(schedule, "On weekdays at 06:00.", &json!({"schedule": "cron(0 6 ? * MON-FRI *)"}));
}

#[test]
fn numbers_and_names_that_nobody_read_are_asked_about() {
    asks_of(QUEUE, "It must be on 8081.", "8081");
    asks_of(QUEUE, "Please show \"Acme News\" as the sender.", "\"Acme News\"");
    asks_of(BUCKET, "Copies should go to acme-audit-logs-copy.", "acme-audit-logs-copy");
}

#[test]
fn what_it_shall_do_says_what_it_is() {
    let module = |text: &str| match read("A request", text, catalog(), &config()) {
        Reading::Complete { draft } | Reading::Asks { draft, .. } => draft.resources[0].module.clone(),
        _ => None,
    };
    let keep = "We need somewhere to keep thumbnails in dev, name acme-thumbs, team web";
    assert_eq!(module(keep).as_deref(), Some("aws/s3-bucket"));
    let token =
        "We want one place in dev where the Twilio auth token lives, please. Name: twilio-auth, team web";
    assert_eq!(module(token).as_deref(), Some("aws/secret"));
    // Where something fails, nothing is guessed.
    let fails = "The workers fail to pull jobs in dev, please have a look";
    assert_eq!(read("A request", fails, catalog(), &config()), Reading::NotForUs);
}
