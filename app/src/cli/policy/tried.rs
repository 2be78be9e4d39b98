//! `tfpilot policy try`: candidates against the plans that were made, as the server stored them. The code of those plans is not
//! there, so what only the code tells is unknown.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::ensure;
use clap::Args;
use secrecy::ExposeSecret;
use serde::Serialize;
use tfpilot_plan::RedactedPlan;
use tfpilot_policies::{Conclusion, Context, judge_plan};

use super::files::Asked;
use crate::cli::log;
use crate::config::Settings;
use crate::store::{Blobs, DirBlobs, MasterKeys, SealedBlobs};
use crate::worker::plan_blobs::{PlanPlace, place_key};

/// Where plans lie among the blobs.
const PLANS: &str = "plan";

/// `tfpilot policy try`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    asked: Asked,
    /// How many of the newest plans.
    #[arg(long, value_name = "COUNT", default_value_t = 120)]
    last: usize,
    /// The environment that the plans are taken to belong to. Without it: each to its own.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Only plans of this repository, such as acme/infra.
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
}

/// What a candidate would have said.
#[derive(Debug, Default, Serialize)]
struct Tried {
    plans: usize,
    /// Plans that could not be read.
    unreadable: usize,
    /// Plans that would have been stopped, also those that somebody may override.
    stopped: usize,
    /// Plans with an advice.
    advised: usize,
    /// Plans about which something could not be told.
    unknown: usize,
    /// Plans that each rule would have stopped or advised on.
    rules: BTreeMap<String, usize>,
}

pub(super) fn run(settings: Option<&Path>, arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let store = Settings::load_from_process(settings)?.store;
    let root = store.dir.join("blobs");
    ensure!(
        root.is_dir(),
        "there are no blobs in {}; set TFPILOT_STORE_DIR to the server's",
        store.dir.display()
    );
    let files = DirBlobs::open(&root)?;
    let mut keys = files.keys_in(PLANS)?;
    // A job's id begins with its time.
    keys.sort();
    keys.reverse();
    let blobs = SealedBlobs::new(MasterKeys::parse(store.keys.expose_secret())?, files);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tried = runtime.block_on(judge(&blobs, &keys, arguments))?;
    if json {
        log::say(&serde_json::to_string_pretty(&tried)?);
    } else {
        lines(&tried).iter().for_each(|line| log::say(line));
    }
    Ok(ExitCode::SUCCESS)
}

async fn judge(blobs: &dyn Blobs, keys: &[String], arguments: &Arguments) -> anyhow::Result<Tried> {
    let (judges, diagnostics) = arguments.asked.judges()?;
    diagnostics.iter().for_each(|diagnostic| log::complain(&diagnostic.to_string()));
    let today = Some(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date());
    let mut tried = Tried::default();
    for key in keys {
        if tried.plans >= arguments.last {
            break;
        }
        let place = place(blobs, key).await?;
        if arguments.repository.as_ref().is_some_and(|it| !it.eq_ignore_ascii_case(&place.repository)) {
            continue;
        }
        let Some(bytes) = blobs.get(key).await? else { continue };
        tried.plans += 1;
        let environment = arguments.environment.clone().or(place.environment).unwrap_or_default();
        let context = Context { environment, stack: place.stack, region: place.region, today };
        let read = RedactedPlan::parse(&bytes);
        let Ok(plan) = read else {
            tried.unreadable += 1;
            continue;
        };
        let report = judge_plan(&plan, None, &judges.rules(&plan, None, &context), &context);
        match report.conclusion() {
            Conclusion::Success => {}
            Conclusion::Neutral => tried.advised += 1,
            Conclusion::ActionRequired | Conclusion::Failure => tried.stopped += 1,
        }
        tried.unknown += usize::from(report.unknown > 0);
        for rule in report.by_rule().into_keys() {
            *tried.rules.entry(rule.to_owned()).or_default() += 1;
        }
    }
    Ok(tried)
}

/// What a plan is of; nothing where an older version did not keep it.
async fn place(blobs: &dyn Blobs, key: &str) -> anyhow::Result<PlanPlace> {
    let job = key.rsplit('/').next().unwrap_or_default();
    let bytes = blobs.get(&place_key(job)).await?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

fn lines(tried: &Tried) -> Vec<String> {
    let mut lines = vec![format!(
        "would have stopped {} of {} plans, and advised on {}; {} have something that only the code tells",
        tried.stopped, tried.plans, tried.advised, tried.unknown
    )];
    if tried.unreadable > 0 {
        let plans = if tried.unreadable == 1 { "plan" } else { "plans" };
        lines.push(format!("{} {plans} cannot be read", tried.unreadable));
    }
    lines.extend(tried.rules.iter().map(|(rule, plans)| format!("{rule}: {plans}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_candidate_is_tried_on_stored_plans() {
        let dir = tempfile::tempdir().expect("a directory");
        let keys = MasterKeys::parse("dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=").expect("a key");
        let blobs = SealedBlobs::new(keys, DirBlobs::open(dir.path().join("blobs")).expect("blobs"));
        let plan = |kind: &str| {
            serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
                {"address": format!("{kind}.x"), "mode": "managed", "type": kind, "name": "x",
                 "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {}}}]})
        };
        let mut all = Vec::new();
        for (at, kind) in ["aws_sqs_queue", "terraform_data", "aws_sqs_queue"].iter().enumerate() {
            let key = format!("plan/{at}");
            blobs.put(&key, plan(kind).to_string().into_bytes()).await.expect("kept");
            all.push(key);
        }
        blobs.put("plan/3", b"{".to_vec()).await.expect("kept");
        all.push("plan/3".to_owned());
        let policy = dir.path().join("p.yml");
        let text = "version: 1\npolicies:\n  - {id: no-queues, enforcement: hard-mandatory, match: {types: [aws_sqs_queue]}, assert: false}\n";
        std::fs::write(&policy, text).expect("a file");
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            arguments: Arguments,
        }
        let line = <Line as clap::Parser>::parse_from(["try", "--policies", &policy.display().to_string()]);
        let tried = judge(&blobs, &all, &line.arguments).await.expect("tried");
        insta::assert_snapshot!(lines(&tried).join("\n"), @r"
        would have stopped 2 of 4 plans, and advised on 0; 0 have something that only the code tells
        1 plan cannot be read
        no-queues: 2
        ");

        // A policy of one environment is asked of its plans alone, and so is a repository.
        let place = |repository: &str, environment: &str| {
            let environment = Some(environment.to_owned());
            let place = PlanPlace { repository: repository.to_owned(), environment, ..PlanPlace::default() };
            serde_json::to_vec(&place).expect("plain data")
        };
        blobs.put(&place_key(0), place("acme/infra", "prod")).await.expect("kept");
        blobs.put(&place_key(2), place("acme/other", "dev")).await.expect("kept");
        std::fs::write(&policy, text.replace("match:", "scope: {environments: [prod]}, match:"))
            .expect("a file");
        let tried = judge(&blobs, &all, &line.arguments).await.expect("tried");
        assert_eq!((tried.plans, tried.stopped), (4, 1));
        let arguments = Arguments { repository: Some("acme/other".to_owned()), ..line.arguments };
        let tried = judge(&blobs, &all, &arguments).await.expect("tried");
        assert_eq!((tried.plans, tried.stopped), (1, 0));
    }
}
