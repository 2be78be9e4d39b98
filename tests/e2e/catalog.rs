//! The catalog and the reading of requests from a shell, without a server.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tfpilot_tests::{tfpilot, tfpilot_reads};

#[tokio::test]
async fn the_catalog_is_listed_shown_and_right() -> anyhow::Result<()> {
    let listed = tfpilot(&["catalog", "list", "--json"]).await?.json()?;
    let of_aws = |module: &&Value| module["id"].as_str().is_some_and(|id| id.starts_with("aws/"));
    let listed = listed.as_array().context("a list")?;
    ensure!(listed.iter().filter(of_aws).count() >= 30, "{listed:?}");
    let plain = tfpilot(&["catalog", "list"]).await?;
    ensure!(plain.out.contains("  aws/sqs-queue  "), "{}", plain.out);

    let shown = tfpilot(&["catalog", "show", "aws/rds-postgres"]).await?;
    ensure!(shown.code == 0 && shown.out.contains("| `engine_version` |"), "{shown:?}");
    let missing = tfpilot(&["catalog", "show", "aws/s3-buckets"]).await?;
    ensure!(missing.code == 1 && missing.err.contains("the nearest: aws/s3-bucket"), "{missing:?}");

    let checked = tfpilot(&["catalog", "check"]).await?;
    ensure!(checked.code == 0 && checked.out.ends_with(" modules, 0 problems\n"), "{checked:?}");
    Ok(())
}

#[tokio::test]
async fn somebodys_own_catalog_is_checked() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let module = dir.path().join("acme/thing");
    std::fs::create_dir_all(module.join(".terraform"))?;
    std::fs::write(module.join(".terraform/modules.json"), "{}")?;
    std::fs::write(
        module.join("variables.tf"),
        "variable \"name\" {\n  type = string\n}\n\nvariable \"size\" {\n  type    = number\n  default = 1\n}\n",
    )?;
    std::fs::write(module.join("outputs.tf"), "output \"name\" {\n  value = var.name\n}\n")?;
    std::fs::write(module.join("versions.tf"), "terraform {\n  required_version = \">= 1.11.0\"\n}\n")?;
    let yaml = "version: 1.0.0\ntitle: Widget\ncategory: things\nsummary: A widget.\nrisk: low\nwords: {en: [widget]}\ninputs:\n  size: {introduced_by: [size], from: {acme/thing: length}}\nexamples:\n  - {request: we need a widget acme-w in dev with size 3, environment: dev, expect: {name: acme-w, size: 4}}\n";
    std::fs::write(module.join("module.yml"), yaml)?;
    let folder = dir.path().display().to_string();
    let checked = tfpilot(&["catalog", "check", &folder]).await?;
    ensure!(checked.code == 1, "{checked:?}");
    for told in [
        "`size` comes from `length` of acme/thing, which has no such output",
        "is not understood as it says",
        "\"size\":3",
        "1 modules, 2 problems",
    ] {
        ensure!(checked.out.contains(told), "{told} in {checked:?}");
    }
    let written = tfpilot(&["catalog", "docs", "--catalog", &folder, "--write"]).await?;
    let readme = std::fs::read_to_string(module.join("README.md"))?;
    ensure!(written.code == 0 && readme.contains("# acme/thing"), "{written:?} {readme}");
    let none = tfpilot(&["catalog", "list", "--catalog", "/nonexistent"]).await?;
    ensure!(none.code != 0 && none.err.contains("/nonexistent"), "{none:?}");
    Ok(())
}

#[tokio::test]
async fn issue_forms_are_written_for_the_environments_of_a_repository() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let config = dir.path().join("tfpilot.yml");
    std::fs::write(
        &config,
        "version: 1\nenvironments:\n  lab: {}\n  live: {}\ncatalog:\n  hide: [aws/sqs-queue]\nrequests:\n  templates:\n    archive: {module: aws/s3-bucket, inputs: {versioning: false}}\n",
    )?;
    let (config, into) = (config.display().to_string(), dir.path().display().to_string());
    let written = tfpilot(&["catalog", "issue-forms", "--config", &config, "--into", &into]).await?;
    ensure!(written.code == 0, "{written:?}");
    let folder = dir.path().join(".github/ISSUE_TEMPLATE");
    let form = std::fs::read_to_string(folder.join("aws-s3-bucket.yml"))?;
    let form: Value = serde_yaml::from_str(&form)?;
    ensure!(form["body"][1]["attributes"]["options"] == json!(["lab", "live"]), "{form}");
    ensure!(!folder.join("aws-sqs-queue.yml").exists(), "it is hidden");
    let form = std::fs::read_to_string(folder.join("template-archive.yml"))?;
    ensure!(form.contains("  - \"archive\"\n") && !form.contains("id: \"versioning\""), "{form}");
    let one = tfpilot(&["catalog", "issue-forms", "aws/vpc", "--json"]).await?.json()?;
    ensure!(one.as_object().is_some_and(|forms| forms.len() == 1), "{one}");
    Ok(())
}

#[tokio::test]
async fn a_checkouts_own_modules_are_known_beside_its_configuration() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let module = dir.path().join("infra/modules/acme/widget");
    std::fs::create_dir_all(&module)?;
    std::fs::create_dir_all(dir.path().join(".github"))?;
    let files = [
        (
            "variables.tf",
            "variable \"name\" {\n  type = string\n}\n\nvariable \"size\" {\n  type    = number\n  default = 1\n}\n",
        ),
        ("outputs.tf", "output \"name\" {\n  value = var.name\n}\n"),
        ("versions.tf", "terraform {\n  required_version = \">= 1.11.0\"\n}\n"),
        (
            "module.yml",
            "version: 1.0.0\ntitle: Widget\ncategory: things\nsummary: A widget.\nrisk: low\nwords: {en: [widget]}\n",
        ),
    ];
    for (name, text) in files {
        std::fs::write(module.join(name), text)?;
    }
    let path = dir.path().join(".github/tfpilot.yml");
    let config = path.display().to_string();
    let text = "version: 1\nenvironments:\n  dev: {backend: {local: {path: '/state/{stack}'}}}\ncatalog:\n  directories: [infra/modules]\n  defaults:\n    acme/widget: {size: 3}\nrequests:\n  templates:\n    huge-widget: {module: acme/widget, inputs: {size: 9}}\n";
    std::fs::write(&path, text)?;
    let right = tfpilot(&["config", "check", &config]).await?;
    ensure!(right.code == 0 && right.out.contains("no problems"), "{right:?}");
    let asked = ["catalog", "issue-forms", "acme/widget", "huge-widget", "--config", &config, "--json"];
    let forms = tfpilot(&asked).await?.json()?;
    ensure!(forms.as_object().is_some_and(|forms| forms.len() == 2), "{forms}");
    let read = ["requests", "parse", "--json", "--config", &config];
    let plain = tfpilot_reads(&read, "we need a widget acme-w").await?.json()?;
    ensure!(plain["resources"][0]["inputs"]["size"]["value"] == json!(3), "{plain}");
    let huge = tfpilot_reads(&read, "we need a huge widget acme-w").await?.json()?;
    ensure!(
        huge["resources"][0]["inputs"]["size"]["source"]["text"] == json!("template huge-widget"),
        "{huge}"
    );

    let recorded = dir.path().join("request.json");
    std::fs::write(&recorded, crate::sim::asks("we need a widget acme-w"))?;
    let recorded = recorded.display().to_string();
    let tried = tfpilot(&["sim", "--config", &config, &recorded]).await?;
    let commits = "would commit on tfpilot/7-widget-acme-w: live/dev/acme-w/main.tf";
    ensure!(tried.out.contains(commits) && tried.out.contains("modules/acme/widget/1.0.0/"), "{tried:?}");
    let modules = dir.path().join("infra/modules").display().to_string();
    let elsewhere = dir.path().join("tried.yml");
    let (environments, _) = text.split_once("catalog:").unwrap_or_default();
    std::fs::write(&elsewhere, environments)?;
    let elsewhere = elsewhere.display().to_string();
    let tried = tfpilot(&["sim", "--config", &elsewhere, "--catalog", &modules, &recorded]).await?;
    ensure!(tried.out.contains(commits), "{tried:?}");

    std::fs::write(&path, text.replace("size: 3", "sise: 3"))?;
    let wrong = tfpilot(&["config", "check", &config]).await?;
    ensure!(wrong.out.contains("tfpilot.yml:7:19 acme/widget has no input sise | write size"), "{wrong:?}");
    Ok(())
}

#[tokio::test]
async fn a_text_is_read_and_what_is_missing_is_asked() -> anyhow::Result<()> {
    let text = "We need an S3 bucket acme-invoices in dev, versioned, team billing";
    let whole = tfpilot_reads(&["requests", "parse", "--json"], text).await?;
    let read = whole.json()?;
    ensure!(whole.code == 0 && read["questions"] == json!([]), "{whole:?}");
    ensure!(read["resources"][0]["inputs"]["versioning"]["value"] == json!(true), "{read}");
    let part = tfpilot_reads(&["requests", "parse"], "we need a queue in dev, team shop").await?;
    ensure!(part.code == 1 && part.out.contains("asks"), "{part:?}");

    let lines =
        format!("{}\nno JSON\n{}\n", json!({"id": 1, "text": text}), json!({"id": "b", "text": "lunch?"}));
    let batch = tfpilot_reads(&["requests", "parse", "--batch"], &lines).await?;
    ensure!(batch.code == 3 && batch.err.contains("line 2"), "{batch:?}");
    let answers: Vec<Value> = batch.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let intents: Vec<(&Value, &Value)> =
        answers.iter().map(|answer| (&answer["id"], &answer["intent"])).collect();
    ensure!(intents == [(&json!(1), &json!("create")), (&json!("b"), &json!("none"))], "{answers:?}");
    Ok(())
}

#[tokio::test]
async fn a_corpus_is_measured() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let corpus = dir.path().join("corpus.jsonl");
    let bucket = json!({"id": "right", "text": "S3 bucket acme-logs in prod, owner platform, please",
        "expect": {"intent": "create", "environment": "prod",
                   "resources": [{"module": "aws/s3-bucket", "name": "acme-logs", "inputs": {"owner": "platform"}}]}});
    let wrong = json!({"id": "wrong", "held": true, "text": "S3 bucket acme-logs in prod, owner platform, please",
        "expect": {"intent": "none"}});
    let public = json!({"request": "Please create an S3 bucket", "vague_request": "I need room for files",
        "resource_types": ["aws_s3_bucket"]});
    std::fs::write(&corpus, format!("{bucket}\n{wrong}\n{public}\n"))?;
    let path = corpus.display().to_string();
    let all = tfpilot(&["requests", "eval", &path, "--json"]).await?.json()?;
    ensure!(all["report"]["whole"]["ratio"] == json!(0.5) && all["misses"] == json!(1), "{all}");
    ensure!(all["report"]["drafted_wrongly"]["hits"] == json!(1), "{all}");
    ensure!(all["report"]["right_family"]["hits"] == json!(1), "{all}");
    let practice = tfpilot(&["requests", "eval", &path, "--only", "practice", "--misses"]).await?;
    ensure!(practice.out.contains("whole draft                  100.0 %"), "{practice:?}");
    std::fs::write(&corpus, "{}\n")?;
    let broken = tfpilot(&["requests", "eval", &path]).await?;
    ensure!(broken.code != 0 && broken.err.contains("line 1"), "{broken:?}");
    Ok(())
}
