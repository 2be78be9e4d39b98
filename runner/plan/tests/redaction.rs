//! No secret survives redaction, wherever it stands; and what is no secret stays readable.

use proptest::prelude::*;
use serde_json::{Value, json};
use tfpilot_plan::{PlanError, ProviderSchemas, RedactedPlan, Redactor, is_redacted, redact};

const AWS: &str = include_str!("../testdata/aws/plan.json");

/// Values of the fixture which must not leave the runner.
const SECRETS: [&str; 4] =
    ["hunter2-correct-horse", "old-password-value", "mock-secret-literal", "mock-access"];

#[track_caller]
fn redacted(document: &Value) -> RedactedPlan {
    let bytes = serde_json::to_vec(document).expect("plain data");
    redact(&bytes, None, &Redactor::default()).expect("a plan").plan
}

fn aws() -> Value {
    serde_json::from_str(AWS).expect("the fixture is JSON")
}

#[track_caller]
fn assert_clean(plan: &RedactedPlan, secrets: &[&str]) {
    let text = plan.document().to_string();
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} survived");
        assert!(!serde_json::to_string(plan).expect("plain data").contains(secret));
        assert!(!format!("{plan:?}").contains(secret));
    }
}

/// Pitfall 3: Terraform repeats one secret in variables, values, changes, prior state and configuration.
#[test]
fn sensitive_values_are_removed_everywhere() {
    for secret in SECRETS {
        assert!(AWS.contains(secret), "the fixture holds {secret}");
    }
    let plan = redacted(&aws());
    assert_clean(&plan, &SECRETS);
    let document = plan.document();
    assert_eq!(document["variables"]["db_password"]["value"], "redacted:string");
    assert_eq!(document["output_changes"]["password"]["after"], "redacted:string");
    // What is no secret is still there for policies.
    let volume = plan.changes().find(|change| change.address == "aws_ebs_volume.data");
    assert_eq!(volume.expect("planned").change.after["availability_zone"], "us-east-1b");
    assert_eq!(
        document["configuration"]["provider_config"]["aws"]["expressions"]["region"]["constant_value"],
        "us-east-1"
    );
}

#[test]
fn a_removed_value_that_changes_is_noted() {
    let plan = redacted(&aws());
    let parameter = plan.changes().find(|change| change.address == "aws_ssm_parameter.pw");
    let change = parameter.expect("planned").change;
    assert_eq!(
        (&change.before["value"], &change.after["value"]),
        (&json!("redacted:string"), &json!("redacted:string"))
    );
    assert_eq!(change.hidden_changes, [vec![json!("value")]]);
    assert_eq!(plan.plan().output_changes["password"].hidden_changes, [Vec::<Value>::new()]);
}

/// A password that is rotated is in use until the plan is applied, and no variable holds it any more.
#[test]
fn what_stood_where_something_is_removed_now_goes_too() {
    let document = json!({
        "format_version": "1.2",
        "variables": {"db_password": {"value": "canary-new"}},
        "resource_changes": [
            {"address": "a.b", "change": {"actions": ["update"],
                "before": {"url": "u:canary-old@h", "list": ["x", {"k/y": "canary-old-2"}], "name": "kept-1",
                    "output": {"of": ["u:canary-old@h"]}, "map": {"canary-old+": 1}},
                "after": {"url": "u:canary-new@h", "list": ["x", {"k/y": "=canary-new"}], "name": "kept-2",
                    "map": {"canary-new+": 1}}, "after_unknown": {"output": true}}},
            {"address": "a.c", "change": {"actions": ["update"], "before": {"key": "was-marked"},
                "before_sensitive": {"key": true}, "after": {"key": "kept-3"}}}],
        "resource_drift": [{"address": "a.b", "change": {"actions": ["update"],
            "before": {"url": "u:canary-older@h"}, "after": {"url": "u:canary-old@h"}}}],
        "output_changes": {"o": {"actions": ["update"], "before": "is canary-old-3", "after": "is canary-new"}},
        "prior_state": {"format_version": "1.0", "values": {
            "outputs": {"o": {"value": "is canary-old-3", "sensitive": false}},
            "root_module": {"child_modules": [{"resources": [
                {"address": "a.b", "values": {"url": "u:canary-old@h", "list": ["x", {"k/y": "canary-old-2"}]}}]}]}}},
    });
    let plan = redacted(&document);
    assert_clean(&plan, &["canary-old", "canary-new", "was-marked"]);
    let text = plan.document().to_string();
    assert!(["kept-1", "kept-2", "kept-3"].iter().all(|kept| text.contains(kept)), "{text}");
    let change = plan.change(0).expect("planned").change;
    assert!(change.hidden_changes.contains(&vec![json!("list"), json!(1), json!("k/y")]));
    assert!(change.hidden_changes.contains(&vec![json!("url")]));
}

#[test]
fn redacting_twice_changes_nothing_that_is_said() {
    let once = redacted(&aws());
    let twice = redacted(&once.document());
    assert_clean(&twice, &SECRETS);
    assert_eq!(once.document()["resource_changes"][0], twice.document()["resource_changes"][0]);
}

#[test]
fn the_schema_removes_what_no_mark_does() {
    let document = json!({
        "format_version": "1.2",
        "resource_changes": [{"address": "box.a", "mode": "managed", "type": "box", "name": "a", "change": {
            "actions": ["create"], "before": null, "after": {"key": "k1", "login": [{"pw": "p1", "user": "u"}]}}}],
        "configuration": {
            "provider_config": {"box": {"full_name": "example.com/acme/box",
                "expressions": {"pin": {"constant_value": "0000"}}}},
            "root_module": {"resources": [{"address": "box.a", "mode": "managed", "type": "box", "name": "a",
                "expressions": {"key": {"constant_value": "k1"}, "login": [{"pw": {"constant_value": "p1"}}]}}]}},
    });
    let schemas = ProviderSchemas::parse(
        br#"{"provider_schemas":{"example.com/acme/box":{
            "provider":{"block":{"attributes":{"pin":{"sensitive":true}}}},
            "resource_schemas":{"box":{"block":{"attributes":{"key":{"sensitive":true}},
                "block_types":{"login":{"nesting_mode":"list","block":{"attributes":{"pw":{"sensitive":true}}}}}}}}}}}"#,
    )
    .expect("a schema");
    let bytes = serde_json::to_vec(&document).expect("plain data");
    let plan = redact(&bytes, Some(&schemas), &Redactor::default()).expect("a plan").plan;
    let change = plan.change(0).expect("planned").change.after;
    assert_eq!(change, json!({"key": "redacted:string", "login": [{"pw": "redacted:string", "user": "u"}]}));
    let text = plan.document().to_string();
    for short in ["\"k1\"", "\"p1\"", "\"0000\""] {
        assert!(!text.contains(short), "{short} survived");
    }
}

/// Too short to be looked for elsewhere: found in the code because the change has the mark.
#[test]
fn a_short_literal_in_the_code_is_removed_by_the_changes_marks() {
    let document = json!({
        "format_version": "1.2",
        "resource_changes": [{"address": "module.m[0].box.a[\"k\"]", "module_address": "module.m[0]",
            "mode": "managed", "type": "box", "name": "a", "index": "k", "change": {
            "actions": ["create"], "before": null, "after": {"key": "k1", "login": [{"pw": "p1"}], "map": {"x": "m1"}},
            "after_sensitive": {"key": true, "login": [{"pw": true}], "map": {"x": true}}}}],
        "configuration": {"root_module": {"module_calls": {"m": {"module": {"resources": [{"address": "box.a",
            "expressions": {"key": {"constant_value": "k1"}, "login": [{"pw": {"constant_value": "p1"}}],
                "map": {"constant_value": {"x": "m1", "y": "kept"}}}}]}}}}},
    });
    let text = redacted(&document).document().to_string();
    for short in ["\"k1\"", "\"p1\"", "\"m1\""] {
        assert!(!text.contains(short), "{short} survived");
    }
    assert!(text.contains("kept"));
}

/// A sensitive value may look like an expression of the code.
#[test]
fn a_value_shaped_like_an_expression_is_removed_whole() {
    let document = json!({
        "format_version": "1.2",
        "resource_changes": [{"mode": "managed", "type": "box", "name": "a", "change": {"actions": ["create"],
            "after": {"key": {"references": ["r"], "other": "s3"}}}}],
    });
    let schemas = ProviderSchemas::parse(
        br#"{"provider_schemas":{"p":{"resource_schemas":{"box":{"block":{"attributes":{"key":{"sensitive":true}}}}}}}}"#,
    )
    .expect("a schema");
    let bytes = serde_json::to_vec(&document).expect("plain data");
    let plan = redact(&bytes, Some(&schemas), &Redactor::default()).expect("a plan").plan;
    assert_eq!(plan.change(0).expect("planned").change.after, json!({"key": "redacted:object"}));
}

/// Nothing is marked here; the names say it.
#[test]
fn names_of_secrets_are_enough() {
    let document = json!({
        "format_version": "1.2",
        "variables": {"db_password": {"value": "canary-one"}, "plain": {"value": "x canary-one"}},
        "output_changes": {"api_token": {"actions": ["create"], "before": null, "after": "c2"}},
        "resource_changes": [{"address": "a.b", "change": {"actions": ["create"], "after":
            {"environment": [{"variables": {"DB_PASSWORD": "c3", "MODE": "dev"}}], "secret_arn": "arn:x"}}}],
        "configuration": {"root_module": {"variables": {"db_password": {"default": "c4"}, "plain": {}},
            "resources": [{"address": "a.b", "expressions": {"password": {"constant_value": "c5"}}}]}},
    });
    let text = redacted(&document).document().to_string();
    for canary in ["canary-one", "\"c2\"", "\"c3\"", "\"c4\"", "\"c5\""] {
        assert!(!text.contains(canary), "{canary} survived");
    }
    assert!(text.contains("\"MODE\":\"dev\"") && text.contains("arn:x"));
}

#[test]
fn every_shape_leaves_its_marker_and_null_stays_null() {
    let document = json!({
        "format_version": "1.2",
        "resource_changes": [{"address": "a.b", "change": {"actions": ["create"],
            "after": {"s": "x", "n": 1, "b": true, "l": [1], "o": {"k": "v"}, "z": null},
            "after_sensitive": {"s": true, "n": true, "b": true, "l": true, "o": true, "z": true}}}],
    });
    assert_eq!(
        redacted(&document).change(0).expect("planned").change.after,
        json!({"s": "redacted:string", "n": "redacted:number", "b": "redacted:bool", "l": "redacted:list",
               "o": "redacted:object", "z": null})
    );
}

/// A "secret" spelled like a word of the plan must not hide what happens.
#[test]
fn a_secret_cannot_be_chosen_to_hide_a_deletion() {
    let mut document = aws();
    for word in ["delete", "aws_dynamodb_table", "cidr_blocks", "managed", "aws_dynamodb_table.gone"] {
        document["variables"]["db_password"]["value"] = json!(word);
        let plan = redacted(&document);
        let gone =
            plan.plan().resource_changes.iter().find(|change| change.address == "aws_dynamodb_table.gone");
        let gone = gone.expect("the address is a name in the code");
        assert_eq!(gone.kind, "aws_dynamodb_table", "{word}");
        assert_eq!(gone.operation(), tfpilot_plan::Operation::Delete, "{word}");
        let web = plan.changes().find(|change| change.address == "aws_security_group.web");
        assert!(web.expect("planned").change.after["ingress"][0]["cidr_blocks"].is_array(), "{word}");
    }
}

/// A value that becomes unreadable is Unknown to policies, not absent or harmless.
#[test]
fn a_secret_cannot_be_chosen_to_hide_an_open_port() {
    let mut document = aws();
    document["variables"]["db_password"]["value"] = json!("0.0.0.0/0");
    let plan = redacted(&document);
    let web = plan.changes().find(|change| change.address == "aws_security_group.web");
    assert!(is_redacted(&web.expect("planned").change.after["ingress"][0]["cidr_blocks"][0]));
}

#[test]
fn a_section_of_a_newer_terraform_is_redacted_as_well() {
    let document = json!({
        "format_version": "1.3",
        "action_invocations": [{"address": "action.x.y", "config_values": {"k": "canary-one", "l": "plain"},
            "config_sensitive": {}, "config_values_sensitive": {"k": true}, "log": "k is canary-one"}],
    });
    let plan = redacted(&document);
    assert_clean(&plan, &["canary-one"]);
    assert!(plan.plan().unknown_sections.contains("action_invocations"));
    assert_eq!(plan.document()["action_invocations"][0]["config_values"]["l"], "plain");
}

#[test]
fn the_runners_own_secrets_go_too_and_the_redactor_learns_the_plans() {
    let mut document = aws();
    document["resource_changes"][3]["change"]["after"]["domain"] = json!("x-job-token-value-x");
    let bytes = serde_json::to_vec(&document).expect("plain data");
    let known = Redactor::new(["job-token-value".to_owned()]);
    let redaction = redact(&bytes, None, &known).expect("a plan");
    assert_clean(&redaction.plan, &["job-token-value"]);
    assert_eq!(
        redaction.redactor.mask_text("Error: hunter2-correct-horse is wrong, job-token-value too"),
        "Error: redacted:string is wrong, redacted:string too"
    );
}

#[test]
fn damage_is_refused_with_its_place() {
    let error = redact(b"{", None, &Redactor::default()).expect_err("no plan");
    assert!(matches!(error, PlanError::Syntax { line: 1, .. }), "{error}");
    let error = redact(br#"{"format_version":"1.2","checks":{"a":1}}"#, None, &Redactor::default());
    assert_eq!(
        error.expect_err("no plan").to_string(),
        "the plan cannot be read at checks: found a map, expected a sequence"
    );
}

/// Every place of the document that holds a string, a number or a key, by JSON pointer.
fn places(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::String(_) | Value::Number(_) => into.push(at),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, format!("{at}/{index}"), into));
        }
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            places(item, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), into);
        }),
        _ => {}
    }
}

/// Below these keys stand values.
const VALUES: [&str; 7] =
    ["/before/", "/after/", "/values/", "/value", "/default", "/constant_value", "/message"];

/// How a secret may be written into a string.
fn dressings(secret: &str) -> Vec<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    vec![
        secret.to_owned(),
        format!("prefix {secret} suffix"),
        json!({ "k": secret }).to_string(),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(format!("#!/bin/sh\nexport P={secret}\n")),
        format!("https://host/?q={secret}"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// The canary is a sensitive variable's value; planted at any place, in any dress, it is gone.
    #[test]
    fn no_canary_survives(seed in any::<prop::sample::Index>(), dress in any::<prop::sample::Index>(),
                          canary in "[ -~]{4}/[a-zA-Z0-9+\"\\\\ %=;]{6,30}!") {
        let mut document = aws();
        document["variables"]["db_password"]["value"] = json!(canary);
        let mut all = Vec::new();
        places(&document, String::new(), &mut all);
        all.retain(|place| !place.ends_with("/format_version") && !place.ends_with("db_password/value"));
        let place = seed.get(&all);
        let dressed = dressings(&canary);
        let planted = dress.get(&dressed);
        // Among the words of the code, what is spelled like a word of the code is kept: here some Base64.
        let word = planted.chars().all(|c| c.is_ascii_alphanumeric() || "_-/[].".contains(c));
        let below = place.strip_prefix("/prior_state/values").unwrap_or(place);
        prop_assume!(!word || VALUES.iter().any(|key| below.contains(key)));
        *document.pointer_mut(place).expect("a place of it") = json!(planted);
        let bytes = serde_json::to_vec(&document).expect("plain data");
        // A number's place may not be readable as a string: refused is as good as removed.
        if let Ok(redaction) = redact(&bytes, None, &Redactor::default()) {
            let text = redaction.plan.document().to_string();
            let needle = json!(planted).to_string();
            prop_assert!(!text.contains(needle.trim_matches('"')), "{planted} survived at {place}");
        }
    }

    /// The same as a key of a map.
    #[test]
    fn no_canary_survives_as_a_key(seed in any::<prop::sample::Index>(), canary in "[a-z]{3}/[a-zA-Z0-9+]{6,30}!") {
        let mut document = aws();
        document["variables"]["db_password"]["value"] = json!(canary);
        let mut all = Vec::new();
        places(&document, String::new(), &mut all);
        all.retain(|place| place.contains("/tags"));
        let place = seed.get(&all).rsplit_once('/').expect("inside of a map").0.to_owned();
        if let Some(Value::Object(map)) = document.pointer_mut(&place) {
            map.insert(canary.clone(), json!("value"));
        }
        prop_assert!(!redacted(&document).document().to_string().contains(&canary));
    }

    /// Marked anywhere in `after`, a value is gone, however short.
    #[test]
    fn what_is_marked_is_gone(path in prop::collection::vec("[a-z]{1,8}", 1..5), secret in "[A-Z]{2,5}") {
        let nest = |leaf: Value| path.iter().rev().fold(leaf, |inner, key| json!({ key.as_str(): inner }));
        let document = json!({"format_version": "1.2", "resource_changes": [{"address": "a.b", "change": {
            "actions": ["update"], "before": nest(json!(secret)), "before_sensitive": nest(json!(true)),
            "after": nest(json!([secret])), "after_sensitive": nest(json!([true]))}}]});
        prop_assert!(!redacted(&document).document().to_string().contains(&secret));
    }

    /// No bytes make it panic.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = redact(&bytes, None, &Redactor::default());
        let _ = ProviderSchemas::parse(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = Redactor::new([text.to_string()]).mask_text(&text);
    }

    /// Masking leaves no secret in running text, whatever surrounds it.
    #[test]
    fn masked_text_holds_no_secret(secrets in prop::collection::vec("\\PC{6,40}", 1..4), glue in "\\PC{0,10}") {
        let text = secrets.join(&glue);
        let masked = Redactor::new(secrets.clone()).mask_text(&text);
        for secret in secrets.iter().filter(|secret| secret.trim().chars().count() >= 6) {
            // What is left between two markers is shorter than any secret, unless the marker itself is the secret.
            prop_assert!(!masked.replace("redacted:string", "\u{0}").contains(secret.trim()), "{masked}");
        }
    }
}
