//! Issue forms: what GitHub accepts, and what comes back when somebody sends one.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tfpilot_modules::forms::{FormAnswers, Offer, Preset, parse_form, render_form, render_issue_form};
use tfpilot_modules::{Catalog, Module};

const ENVIRONMENTS: [&str; 3] = ["dev", "stage", "prod"];

fn form(module: &Module) -> Value {
    let yaml: serde_yaml::Value = serde_yaml::from_str(&render_issue_form(module, &ENVIRONMENTS)).unwrap();
    serde_json::to_value(yaml).unwrap()
}

/// GitHub's rules for issue forms, from its documentation of the syntax and of common validation errors.
#[track_caller]
fn is_accepted_by_github(form: &Value) {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for key in keys(form) {
        assert!(
            ["name", "description", "body", "title", "labels", "assignees", "projects", "type"]
                .contains(&key.as_str()),
            "{key}"
        );
    }
    for key in ["name", "description"] {
        assert!((3..=200).contains(&form[key].as_str().unwrap().chars().count()), "{key}");
    }
    let body = form["body"].as_array().unwrap();
    assert!(body.iter().any(|element| element["type"] != "markdown"));
    let mut ids = BTreeSet::new();
    let mut labels = BTreeSet::new();
    for element in body {
        for key in keys(element) {
            assert!(["type", "id", "attributes", "validations"].contains(&key.as_str()), "{key}");
        }
        let id = element["id"].as_str().unwrap();
        assert!(
            id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) && !id.is_empty(),
            "{id}"
        );
        assert!(ids.insert(id), "id {id} twice");
        let attributes = &element["attributes"];
        let label = attributes["label"].as_str().unwrap();
        assert!(!label.trim().is_empty() && labels.insert(label.to_lowercase()), "label {label}");
        let allowed: &[&str] = match element["type"].as_str().unwrap() {
            "input" => &["label", "description", "placeholder", "value"],
            "textarea" => &["label", "description", "placeholder", "value", "render"],
            "dropdown" => &["label", "description", "multiple", "options", "default"],
            other => panic!("type {other}"),
        };
        for key in keys(attributes) {
            assert!(allowed.contains(&key.as_str()), "{id}: {key}");
            let text = ["label", "description", "placeholder", "value", "render"].contains(&key.as_str());
            assert!(!text || attributes[&key].is_string(), "{id}: {key} is a text");
        }
        if let Some(options) = attributes.get("options") {
            let options: Vec<_> =
                options.as_array().unwrap().iter().map(|option| option.as_str().unwrap()).collect();
            assert!(!options.is_empty() && options.iter().collect::<BTreeSet<_>>().len() == options.len());
            assert!(options.iter().all(|option| !option.is_empty() && option.to_lowercase() != "none"));
            if let Some(default) = attributes.get("default") {
                assert!(default.as_u64().unwrap() < options.len() as u64);
            }
        }
        if let Some(validations) = element.get("validations") {
            assert_eq!(keys(validations), ["required"]);
            assert!(validations["required"].is_boolean());
        }
    }
}

#[test]
fn shipped_modules_have_forms_that_github_accepts() {
    for module in Catalog::shipped().modules() {
        is_accepted_by_github(&form(module));
        let nowhere: serde_yaml::Value = serde_yaml::from_str(&render_issue_form(module, &[])).unwrap();
        is_accepted_by_github(&serde_json::to_value(nowhere).unwrap());
    }
}

#[test]
fn the_form_of_a_queue() {
    assert_snapshot!(render_issue_form(Catalog::shipped().find("aws/sqs-queue").unwrap(), &ENVIRONMENTS));
}

#[test]
fn the_form_of_a_template_asks_for_what_is_not_set() {
    let catalog = Catalog::shipped();
    let module = catalog.find("aws/sqs-queue").unwrap();
    let offer = Offer {
        environments: ENVIRONMENTS.to_vec(),
        allowed: [("retention_days".to_owned(), vec![json!(1), json!(14)])].into(),
        preset: Some(Preset {
            name: "orders",
            title: "Orders",
            inputs: [("fifo".to_owned(), json!(true))].into(),
        }),
    };
    let yaml: serde_yaml::Value = serde_yaml::from_str(&render_form(module, &offer)).unwrap();
    let form = serde_json::to_value(yaml).unwrap();
    is_accepted_by_github(&form);
    let element = |id: &str| form["body"].as_array().unwrap().iter().find(|element| element["id"] == id);
    assert!(element("fifo").is_none() && element("owner").is_some());
    assert_eq!(element("template").unwrap()["attributes"]["options"], json!(["orders"]));
    let days = element("retention_days").unwrap();
    assert_eq!(days["attributes"]["options"], json!(["1", "14"]));
    // The default of the module is not among them, so somebody has to choose.
    assert_eq!(
        (days["validations"]["required"].as_bool(), days["attributes"].get("default")),
        (Some(true), None)
    );

    let body = submit(&form, &json!({"name": "acme-orders", "owner": "shop", "retention_days": "14"}));
    let read = answers(&catalog, &body);
    assert_eq!((read.module.as_str(), read.template.as_deref()), ("aws/sqs-queue", Some("orders")));
    assert_eq!(read.inputs["retention_days"], json!(14));
}

/// A module whose inputs clash with the form's own fields, and with each other.
fn awkward() -> Catalog {
    let variables = "
variable \"module\" {
  type = string
}

variable \"environment\" {
  type = string
}

variable \"same\" {
  type        = map(number)
  default     = {}
  description = \"line\\nbreak: \\\"quoted\\\" # no\"
}

variable \"rules\" {
  type    = list(object({ port = number, open = bool }))
  default = []
}

variable \"level\" {
  type = string

  validation {
    condition     = contains([\"none\", \"some\"], var.level)
    error_message = \"The level is none or some.\"
  }
}

variable \"secret\" {
  type      = string
  default   = null
  sensitive = true
}
";
    let yaml = "
version: 1.0.0
title: 'No: \"really\"'
category: c
summary: yes
risk: low
words: {en: [awkward]}
inputs:
  same: {label: ENVIRONMENT}
  rules: {label: 'on'}
";
    let versions = "terraform {\n  required_version = \">= 1.11.0\"\n}\n";
    let files = [("t/m/variables.tf", variables), ("t/m/versions.tf", versions), ("t/m/module.yml", yaml)];
    let (catalog, diagnostics) = Catalog::load(files);
    assert_eq!(diagnostics, []);
    catalog
}

#[test]
fn awkward_names_and_texts_stay_texts() {
    let catalog = awkward();
    let module = catalog.find("t/m").unwrap();
    is_accepted_by_github(&form(module));
    assert_snapshot!(render_issue_form(module, &["no", "1.0"]));
}

/// The issue that GitHub makes of a form: every field in order, the unanswered ones with its own words.
fn submit(form: &Value, answers: &Value) -> String {
    let mut body = String::new();
    for element in form["body"].as_array().unwrap() {
        let attributes = &element["attributes"];
        let answer = answers.get(element["id"].as_str().unwrap()).and_then(Value::as_str);
        let options = attributes.get("options").and_then(Value::as_array);
        let answer = match (answer, options, attributes.get("default").and_then(Value::as_u64)) {
            (Some(answer), ..) => answer.to_owned(),
            (None, Some(options), Some(default)) => {
                options[usize::try_from(default).unwrap()].as_str().unwrap().to_owned()
            }
            (None, Some(_), None) => "None".to_owned(),
            (None, None, _) => "_No response_".to_owned(),
        };
        let answer = match attributes.get("render").and_then(Value::as_str) {
            Some(language) if answer != "_No response_" => format!("```{language}\n{answer}\n```"),
            _ => answer,
        };
        body.push_str(&format!("### {}\n\n{answer}\n\n", attributes["label"].as_str().unwrap()));
    }
    body.trim_end().to_owned()
}

#[track_caller]
fn answers(catalog: &Catalog, body: &str) -> FormAnswers {
    parse_form(catalog, body).unwrap_or_else(|| panic!("not read as a form:\n{body}"))
}

#[test]
fn a_submitted_form_is_read_back() {
    let catalog = Catalog::shipped();
    let module = catalog.find("aws/s3-bucket").unwrap();
    let body = submit(
        &form(module),
        &json!({
            "environment": "dev",
            "name": "acme-invoices",
            "owner": "billing",
            "versioning": "off",
            "expire_after_days": "30",
            "cors_origins": "https://a.example\n- https://b.example\n",
            "tags": "CostCenter = 4711\nurl: https://x/?a=b",
        }),
    );
    let read = answers(&catalog, &body);
    assert_eq!((read.module.as_str(), read.environment.as_deref()), ("aws/s3-bucket", Some("dev")));
    assert_eq!(
        json!(read.inputs),
        json!({
            "name": "acme-invoices",
            "owner": "billing",
            "versioning": false,
            "expire_after_days": 30,
            "archive_class": "GLACIER_IR",
            "cors_origins": ["https://a.example", "https://b.example"],
            "force_destroy": false,
            "tags": {"CostCenter": "4711", "url": "https://x/?a=b"},
        })
    );
    assert_eq!(read.labels["expire_after_days"], "Delete objects after (days)");
    assert_eq!(module.check_inputs(&read.inputs), []);

    let windows = body.replace('\n', "\r\n");
    assert_eq!(answers(&catalog, &windows), read, "GitHub sends line ends of both kinds");
}

#[test]
fn other_text_around_the_answers_is_left_alone() {
    let catalog = Catalog::shipped();
    let body = "
Hi team, as discussed:

### Ticket

OPS-1

### Module

`local/note`

### environment

stage

### Name

`hello`

### Owner

platform
<!-- mirrored from Slack -->

### Text

Two lines:
```
### Name
inside of a fence
```

### Anything else?

### Name

the-second-one
";
    let read = answers(&catalog, body);
    assert_eq!(read.environment.as_deref(), Some("stage"));
    assert_eq!(
        json!(read.inputs),
        json!({
            "name": "hello",
            "owner": "platform",
            "text": "Two lines:\n```\n### Name\ninside of a fence\n```",
        })
    );
}

#[test]
fn what_does_not_fit_is_kept_for_the_check_of_inputs() {
    let catalog = Catalog::shipped();
    let module = catalog.find("aws/s3-bucket").unwrap();
    let body = submit(
        &form(module),
        &json!({
            "name": "acme", "owner": "billing", "expire_after_days": "soon", "versioning": "perhaps", "tags": "just words",
        }),
    );
    let problems = module.check_inputs(&answers(&catalog, &body).inputs);
    let names: Vec<_> = problems.iter().map(|problem| problem.input.as_str()).collect();
    assert_eq!(names, ["versioning", "expire_after_days", "tags"]);
}

#[test]
fn structured_answers_are_yaml() {
    let catalog = awkward();
    let module = catalog.find("t/m").unwrap();
    let body = submit(
        &form(module),
        &json!({
            "environment": "dev",
            "input-module": "m", "input-environment": "e", "level": "none", "same": "a = 1\nb=2.5",
            "rules": "- port: 443\n  open: true",
        }),
    );
    let read = answers(&catalog, &body);
    assert_eq!(read.environment.as_deref(), Some("dev"));
    assert_eq!(
        json!(read.inputs),
        json!({
            "module": "m", "environment": "e", "level": "none", "same": {"a": 1, "b": 2.5},
            "rules": [{"port": 443, "open": true}],
        })
    );
    let broken = body.replace("- port: 443", "- port: [");
    assert_eq!(module.check_inputs(&answers(&catalog, &broken).inputs)[0].input, "rules");
}

#[test]
fn other_issues_are_no_forms() {
    let catalog = Catalog::shipped();
    for body in [
        "",
        "we need a bucket",
        "### Module\n\naws/unknown",
        "### Module",
        "### Modul\n\nlocal/note",
        "## Module\n\nlocal/note",
    ] {
        assert_eq!(parse_form(&catalog, body), None, "{body:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(
        parts in prop::collection::vec(
            prop_oneof![
                Just("### Module\n\nlocal/note\n".to_owned()), Just("### Text\n".to_owned()), Just("### Name\n".to_owned()),
                Just("```".to_owned()), Just("~~~~".to_owned()), Just("\n".to_owned()), Just("<!--".to_owned()),
                Just("_No response_".to_owned()), Just("None".to_owned()), any::<String>(),
            ],
            0..20,
        ),
    ) {
        let catalog = Catalog::shipped();
        if let Some(read) = parse_form(&catalog, &parts.concat()) {
            prop_assert_eq!(read.module, "local/note");
            let names: Vec<_> = read.inputs.keys().map(String::as_str).collect();
            prop_assert!(names.iter().all(|name| ["name", "owner", "text"].contains(name)));
        }
    }
}
