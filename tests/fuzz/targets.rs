//! What reads the inputs of others, one after another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tfpilot::config::RepositoryConfig;
use tfpilot::config::repository::own_policies::{OwnPolicies, PolicyFile};
use tfpilot::config::repository::policies::Rego;
use tfpilot::github::webhook;
use tfpilot::rego::{Limits, Rego as Asks};
use tfpilot::requests::{self, command};
use tfpilot_admission::{AllowList, Mode, Tree, TreePath, judge};
use tfpilot_hcl::File;
use tfpilot_modules::Catalog;
use tfpilot_plan::{MARKDOWN_BUDGET, RedactedPlan, Redactor, redact};
use tfpilot_policies::cost::estimate;
use tfpilot_policies::{Context as Place, RuleSet, Rules, judge_plan};
use tfpilot_tests::{Random, find_program, wanted};

use crate::chance::Chance;
use crate::corpus;

/// Cases of each target, unless `TFPILOT_FUZZ_CASES` says otherwise.
const CASES: usize = 400;

/// Cases of a target that starts processes for each, of as many as others have.
const OF_PROCESSES: usize = 10;

/// Tries so many inputs; a failure says the seed and shows the input.
pub(crate) fn fuzz(
    target: &str,
    input: impl FnMut(&mut Chance) -> Vec<u8>,
    check: impl Fn(&[u8]) -> Result<()>,
) -> Result<()> {
    fuzz_some(target, wanted("TFPILOT_FUZZ_CASES", CASES), input, check)
}

fn fuzz_some(
    target: &str,
    cases: usize,
    mut input: impl FnMut(&mut Chance) -> Vec<u8>,
    check: impl Fn(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut chance = Chance(Random::seeded("TFPILOT_FUZZ_SEED"));
    let seed = chance.0.seed();
    println!("{target}: {cases} cases, TFPILOT_FUZZ_SEED={seed}");
    for case in 0..cases {
        let bytes = input(&mut chance);
        let told = || format!("{target}, case {case} of seed {seed}: {:?}", String::from_utf8_lossy(&bytes));
        match catch_unwind(AssertUnwindSafe(|| check(&bytes))) {
            Ok(outcome) => outcome.with_context(told)?,
            Err(_) => bail!("a panic: {}", told()),
        }
    }
    Ok(())
}

#[test]
fn webhooks() -> Result<()> {
    let examples = corpus::webhooks()?;
    let bodies: Vec<Vec<u8>> = examples.iter().map(|(_, body)| body.clone()).collect();
    let input = |chance: &mut Chance| match chance.below(3) {
        0 => chance.bytes(&bodies),
        _ => chance.json(&bodies),
    };
    fuzz("webhooks", input, |bytes| {
        for name in [
            "issues",
            "issue_comment",
            "pull_request",
            "pull_request_review",
            "check_run",
            "push",
            "workflow_run",
            "installation",
            "installation_repositories",
            "x",
        ] {
            let (one, other) = (webhook::parse(name, bytes), webhook::parse(name, bytes));
            ensure!(one == other, "{name} is read in two ways");
        }
        Ok(())
    })
}

#[test]
fn comments() -> Result<()> {
    let (comments, catalog) = (corpus::comments(), Catalog::shipped());
    let (config, _) = RepositoryConfig::parse(&corpus::file("docs/tfpilot.example.yml")?);
    fuzz(
        "comments",
        |chance| chance.bytes(&comments),
        |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let lines = command::parse(&text);
            ensure!(lines.len() <= 21, "{} commands of one comment", lines.len());
            let reading = requests::read("A request", &text, &catalog, &config);
            if let tfpilot_engine::Reading::Complete { draft } = &reading {
                let module = draft.module().context("complete without a module")?;
                ensure!(catalog.find(module).is_some(), "{module} is not in the catalog");
                let environment = draft.environment.as_ref().context("complete without an environment")?;
                ensure!(config.environments.contains_key(environment.value.as_str()), "no such environment");
            }
            if let tfpilot_engine::Reading::Asks { draft, question } = &reading {
                requests::answer(draft, question, &text, &catalog, &config);
            }
            Ok(())
        },
    )
}

#[test]
fn configurations() -> Result<()> {
    let mut files = vec![corpus::file("docs/tfpilot.example.yml")?];
    files.push(b"version: 1\nenvironments:\n  dev: {}\n".to_vec());
    fuzz(
        "configurations",
        |chance| chance.bytes(&files),
        |bytes| {
            let (config, diagnostics) = RepositoryConfig::parse(bytes);
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count()
                + bytes.iter().filter(|byte| **byte == b'\r').count();
            for told in &diagnostics {
                ensure!(told.line <= lines + 1, "{told} points behind the end");
                ensure!(!told.what.is_empty(), "a diagnostic without a word");
            }
            // Whatever is left of a broken one can be used.
            let _ = config.rules();
            Ok(())
        },
    )
}

#[test]
fn policies() -> Result<()> {
    let files = vec![corpus::file("docs/policies.example.yml")?];
    let plan = RedactedPlan::from_document(plan_with_values())?;
    let place = Place { today: "2026-11-30".parse().ok(), ..Place::default() };
    fuzz(
        "policies",
        |chance| chance.bytes(&files),
        |bytes| {
            let text = String::from_utf8(bytes.to_vec()).ok();
            let file = PolicyFile { path: "policies/a.yml".to_owned(), sha: String::new(), text, rego: None };
            let (own, diagnostics) = OwnPolicies::read(std::slice::from_ref(&file), &Rego::default());
            let (again, _) = OwnPolicies::read(&[file], &Rego::default());
            ensure!(own.policies().len() == again.policies().len(), "two readings of the same file");
            ensure!(diagnostics.iter().all(|told| !told.what.is_empty()), "a diagnostic without a word");
            let rules = RuleSet::new(&Rules::default()).0.with_policies(own.policies().iter().cloned());
            let report = judge_plan(&plan, None, &rules, &place);
            ensure!(report == judge_plan(&plan, None, &rules, &place), "two verdicts on the same plan");
            Ok(())
        },
    )
}

#[test]
fn rego() -> Result<()> {
    let files = corpus::files(&["tests/fuzz/rego"], ".rego")?;
    let limits = Limits { memory_mib: 512, cpu_seconds: 5, time: Duration::from_secs(60) };
    let asks = Asks::with_program(find_program("tfpilot")?, limits);
    let cases = wanted("TFPILOT_FUZZ_CASES", CASES) / OF_PROCESSES;
    fuzz_some(
        "rego",
        cases,
        |chance| chance.bytes(&files),
        |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let one = asks.first_fault("a.rego", &text, plan_with_values())?;
            // Known answers are not asked again: another asks with a memory of its own.
            let other = Asks::with_program(find_program("tfpilot")?, limits);
            let again = other.first_fault("a.rego", &text, plan_with_values())?;
            // What takes as long as it may takes longer another time.
            let passing = |told: &Option<String>| told.as_ref().is_some_and(|it| it.contains("was ended"));
            ensure!(one == again || passing(&one) || passing(&again), "two answers: {one:?}, {again:?}");
            if let Some(told) = one {
                ensure!(told.contains("; "), "it does not say what to do: {told}");
                ensure!(!told.contains(['\n', '\u{1b}', '\u{202e}', '@']), "not harmless: {told}");
            }
            Ok(())
        },
    )
}

/// A plan with values of every shape, known and unknown.
fn plan_with_values() -> serde_json::Value {
    serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        {"address": "aws_security_group.x", "mode": "managed", "type": "aws_security_group", "name": "x", "change": {
            "actions": ["create"], "before": null, "after_unknown": {"id": true, "tags_all": {"Owner": true}},
            "after": {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "from_port": 22}], "tags": {"Owner": "a"}, "n": null}}},
        {"address": "aws_db_instance.y", "mode": "managed", "type": "aws_db_instance", "name": "y", "change": {
            "actions": ["delete", "create"], "before": {"storage_encrypted": false}, "after_unknown": {},
            "after": {"storage_encrypted": true, "instance_class": "db.t3.small", "bucket": 7}}}]})
}

#[test]
fn terraform() -> Result<()> {
    let files = corpus::files(&["policies/testdata", "modules/catalog"], ".tf")?;
    let allow = AllowList::default();
    fuzz(
        "terraform",
        |chance| chance.bytes(&files),
        |bytes| {
            let mut tree = Tree::new();
            let path = TreePath::parse("live/dev/x/main.tf").context("the path")?;
            tree.insert_loaded(path, Mode::File, "b", bytes);
            let Ok(verdict) = judge(&tree, "live/dev/x", &allow) else { return Ok(()) };
            let again = judge(&tree, "live/dev/x", &allow).ok().context("judged once only")?;
            ensure!(verdict == again, "two verdicts on the same code");
            if verdict.is_admitted() {
                let file = File::parse("main.tf", bytes)
                    .map_err(|error| anyhow::anyhow!("admitted, but {error:?}"))?;
                for block in file.body.nested() {
                    let runs = block.kind == "provisioner"
                        || (block.kind == "data"
                            && block.labels.first().is_some_and(|label| label == "external"));
                    ensure!(!runs, "a program was admitted: {} {:?}", block.kind, block.labels);
                    let read = block
                        .body
                        .attributes
                        .iter()
                        .find(|one| block.kind == "provider" && one.name == "shared_config_files");
                    ensure!(read.is_none(), "a provider's file was admitted");
                }
            }
            Ok(())
        },
    )
}

#[test]
fn plans() -> Result<()> {
    let mut plans = corpus::files(&["policies/testdata"], "plan.json")?;
    plans.push(corpus::file("runner/plan/testdata/aws/plan.json")?);
    let (rules, _) = RuleSet::new(&Rules::default());
    let place = Place {
        environment: "dev".to_owned(),
        stack: "live/dev/x".to_owned(),
        region: None,
        ..Place::default()
    };
    let input = |chance: &mut Chance| match chance.below(4) {
        0 => chance.bytes(&plans),
        _ => chance.json(&plans),
    };
    fuzz("plans", input, |bytes| {
        let Ok(redacted) = redact(bytes, None, &Redactor::default()) else { return Ok(()) };
        let summary = redacted.plan.summary().markdown(&[], MARKDOWN_BUDGET);
        ensure!(summary.len() <= MARKDOWN_BUDGET, "{} bytes of summary", summary.len());
        ensure!(!summary.contains(['@', '\r', '\u{1b}', '\u{202e}']), "not escaped: {summary}");
        let report = judge_plan(&redacted.plan, None, &rules, &place);
        let cost = estimate(&redacted.plan, None, &place, true);
        ensure!(report == judge_plan(&redacted.plan, None, &rules, &place), "two verdicts on the same plan");
        ensure!(report.markdown(60_000).len() <= 60_000 && cost.markdown(60_000).len() <= 60_000, "too long");
        Ok(())
    })
}

/// A message that can be read is the same after it was written and read again.
fn lasts<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<()> {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return Ok(()) };
    let written = serde_json::to_value(&read)?;
    let again: T = serde_json::from_value(written.clone()).context("what was written cannot be read")?;
    ensure!(serde_json::to_value(&again)? == written, "it changed");
    Ok(())
}

#[test]
fn runner_messages() -> Result<()> {
    let messages = corpus::files(&["runner/protocol/testdata"], ".json")?;
    let input = |chance: &mut Chance| match chance.below(3) {
        0 => chance.bytes(&messages),
        _ => chance.json(&messages),
    };
    fuzz("runner messages", input, |bytes| {
        lasts::<tfpilot_protocol::ClaimRequest>(bytes)?;
        lasts::<tfpilot_protocol::ClaimAnswer>(bytes)?;
        lasts::<tfpilot_protocol::StartRequest>(bytes)?;
        lasts::<tfpilot_protocol::StartAnswer>(bytes)?;
        lasts::<tfpilot_protocol::Heartbeat>(bytes)?;
        lasts::<tfpilot_protocol::JournalBatch>(bytes)?;
        lasts::<tfpilot_protocol::Conclusion>(bytes)?;
        lasts::<tfpilot_protocol::Manifest>(bytes)
    })
}
