//! Forms, YAML blocks, lists of keys and commands become the same draft as free text.

use super::*;

const EXPECT: [(&str, &str); 3] = [("name", "acme-invoices"), ("owner", "billing"), ("environment", "dev")];

#[track_caller]
fn complete(title: &str, body: &str) -> Draft {
    match read(title, body, catalog(), &config()) {
        Reading::Complete { draft } => {
            let shown = shown(&draft);
            for (key, value) in EXPECT {
                assert_eq!(shown[key], value, "{body}");
            }
            draft
        }
        other => panic!("{body} is not complete: {other:#?}"),
    }
}

#[test]
fn a_form() {
    let catalog = catalog();
    let bucket = catalog.find("aws/s3-bucket").expect("is shipped");
    let labels: Vec<String> =
        ["name", "owner", "versioning", "cors_origins"].iter().map(|input| bucket.label(input)).collect();
    let body = format!(
        "### Module\n\naws/s3-bucket\n\n### Environment\n\ndev\n\n### {}\n\nacme-invoices\n\n### {}\n\nbilling\n\n### {}\n\noff\n\n### {}\n\nhttps://a.example.com\n\n### Tags\n\n_No response_\n",
        labels[0], labels[1], labels[2], labels[3]
    );
    let draft = complete("[request]: ", &body);
    assert_eq!(draft.resources[0].inputs["versioning"].value, json!(false));
    assert_eq!(draft.resources[0].inputs["versioning"].source, Source::Form(labels[2].clone()));
    assert_eq!(draft.resources[0].inputs["cors_origins"].value, json!(["https://a.example.com"]));
}

#[test]
fn a_yaml_block() {
    for body in [
        "Please:\n\n```yaml\nmodule: aws/s3-bucket\nenvironment: dev\nname: acme-invoices\ninputs:\n  owner: billing\n  versioning: false\n```\nThanks!",
        "```yml\nmodule: s3-bucket\nenv: development\nname: acme-invoices\nowner: billing\nversioning: no\n```",
        "~~~\nmodule: S3 bucket\nEnvironment: dev\nName: acme-invoices\nOwner: billing\nversioning: false\n~~~",
    ] {
        let draft = complete("request", body);
        assert_eq!(draft.resources[0].inputs["versioning"].value, json!(false), "{body}");
    }
}

#[test]
fn a_repository_without_environments_says_who_helps() {
    let reading =
        read("", "We need a bucket called acme-x in dev, team web", catalog(), &RepositoryConfig::default());
    let Reading::Asks { question, .. } = reading else { panic!("{reading:#?}") };
    assert_eq!((question.about.as_str(), question.choices.len()), ("environment", 0));
    let problem = question.problem.expect("a problem");
    assert!(problem.contains("an administrator writes them into .github/tfpilot.yml"), "{problem}");
}

#[test]
fn a_key_that_the_module_lacks_is_asked_about() {
    let body = "```yaml\nmodule: aws/s3-bucket\nenvironment: dev\nname: acme-invoices\nowner: billing\nversionning: false\n```";
    let catalog = catalog();
    let Reading::Asks { draft, question } = read("", body, catalog, &config()) else { panic!("asks") };
    assert_eq!(
        (question.about.as_str(), question.choices.clone()),
        ("versionning", vec!["versioning".to_owned(), "leave it out".to_owned()])
    );
    let Reading::Complete { draft: renamed } = answer(&draft, &question, "1", catalog, &config()) else {
        panic!("completes")
    };
    assert_eq!(renamed.resources[0].inputs["versioning"].value, json!(false));
    let Reading::Complete { draft: dropped } = answer(&draft, &question, "leave it out", catalog, &config())
    else {
        panic!("completes")
    };
    assert_eq!(dropped.resources[0].inputs.keys().collect::<Vec<_>>(), ["owner"]);
}

#[test]
fn a_list_of_keys() {
    for body in [
        "- Module: S3 bucket\n- Name: acme-invoices\n- Environment: dev\n- Owner: billing\n- Versioning: no",
        "**Type**: we need a bucket\n**Name**: `acme-invoices`\n**Environment**: dev\n**Owner**: billing\n**Versioning**: off",
        "Please create a bucket\n\nname = acme-invoices\nenv = dev\nteam = billing\nversioning = false",
        "Need a bucket: name: acme-invoices, environment: dev, owner: billing, versioning: false",
        "Wir brauchen einen Bucket\n\n* Name: acme-invoices\n* Umgebung: Entwicklung\n* Besitzer: billing\n* Versionierung: nein",
    ] {
        let draft = complete("request", body);
        let versioning = draft.resources[0].inputs.get("versioning").map(|filled| filled.value.clone());
        assert!(matches!(versioning, Some(Json::Bool(false))), "{body}");
    }
}

#[test]
fn a_command() {
    for body in [
        "/tfpilot new module=aws/s3-bucket name=acme-invoices --env dev owner=billing",
        "/tfpilot new we need a bucket called acme-invoices in dev, team billing",
        "We need a bucket, team billing\n\n/tfpilot new name=acme-invoices environment=dev",
        "/TfPilot NEW module=\"S3 bucket\" Name=acme-invoices env=development team=billing",
    ] {
        complete("request", body);
    }
}

#[test]
fn setting_values() {
    let catalog = catalog();
    let draft = complete("", "We need a bucket acme-invoices in dev, team billing, versioned");
    let set = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        super::set(&draft, &pairs, catalog, &config())
    };
    let Reading::Complete { draft: changed } =
        set(&[("versioning", "off"), ("expire_after_days", "2 weeks"), ("env", "stage")])
    else {
        panic!("completes")
    };
    assert_eq!(changed.resources[0].inputs["versioning"].value, json!(false));
    assert_eq!(
        changed.resources[0].inputs["versioning"].source,
        Source::Command("set versioning=off".to_owned())
    );
    assert_eq!(changed.resources[0].inputs["expire_after_days"].value, json!(14));
    assert_eq!(shown(&changed)["environment"], "stage");
    let Reading::Complete { draft: taken_back } = set(&[("versioning", "")]) else { panic!("completes") };
    assert!(!taken_back.resources[0].inputs.contains_key("versioning"));
    let about = |reading: Reading| match reading {
        Reading::Asks { question, .. } => (question.about, question.problem),
        other => panic!("{other:#?}"),
    };
    assert_eq!(
        about(set(&[("env", "qa")])),
        ("environment".to_owned(), Some("there is no environment qa".to_owned()))
    );
    assert_eq!(about(set(&[("name", "Acme!")])).0, "name");
    assert_eq!(about(set(&[("expire_after_days", "soon")])).0, "expire_after_days");
    assert_eq!(about(set(&[("colour", "red")])).0, "colour");
    assert_eq!(about(set(&[("module", "kafka")])).0, "module");
}

#[test]
fn a_block_names_its_module_as_people_do() {
    for body in [
        "could you set this up in dev for the billing team:\n```yaml\n- type: s3\n  name: acme-invoices\n```",
        "```yaml\nbucket:\n  name: acme-invoices\n  env: dev\n  team: billing\n```",
        "```yaml\nwhat: S3 bucket\nname: acme-invoices\nenvironment: dev\nowner: billing\n```",
    ] {
        complete("", body);
    }
    let manifest = "```yaml\napiVersion: v1\nkind: Secret\nname: x\n```";
    assert_eq!(read("", manifest, catalog(), &config()), Reading::NotForUs);
}
