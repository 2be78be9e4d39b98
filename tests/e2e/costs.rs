//! What plans cost: prices and usage of a repository's own, infracost where a worker has it, and what is kept over time.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::api::get_all;
use crate::told::{check, only_pull};

const CONFIG: &str = ".github/tfpilot.yml";
const USAGE: &str = ".github/tfpilot/usage.yml";
const PRICES: &str = ".github/tfpilot/prices.csv";

const BUCKET: &str = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";

async fn world() -> Result<World> {
    World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await
}

async fn pushes(world: &World, file: &str, text: &str) -> Result<()> {
    world.forge.carol().pushes(REPOSITORY, "main", &[(file, text)], "costs").await?;
    world.settle().await
}

/// What the check of cost says in full.
fn cost_text(world: &World, number: u64) -> Result<String> {
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/cost")?;
    Ok(format!("{}\n{}", shown.summary, shown.text))
}

/// A program that says what infracost would, or fails.
fn infracost(dir: &Path, script: &str) -> Result<()> {
    let program = dir.join("infracost");
    std::fs::write(
        &program,
        format!("#!/bin/sh\n[ \"$1\" = --version ] && {{ echo Infracost v0.10.41; exit; }}\n{script}\n"),
    )?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_used_and_negotiated_has_a_say_and_is_kept_over_time() -> Result<()> {
    let world = world().await?;
    let usage = "version: 0.1\nresource_type_default_usage:\n  aws_s3_bucket:\n    standard:\n      storage_gb: 1000\n";
    pushes(&world, USAGE, usage).await?;
    let header = "resource_type,region,component,unit,usd,kind,up_to,source,as_of";
    let own = |usd: &str| {
        format!(
            "{header}\naws_s3_bucket,eu-central-1,standard storage,GB-months,{usd},usage,,agreement,2026-11-01\n"
        )
    };
    pushes(&world, PRICES, &own("0.02")).await?;
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    let text = cost_text(&world, number)?;
    ensure!(text.contains("$20.00") && text.contains("negotiated"), "{text}");

    // Another price is one of open plans too, and a broken file is told and left out.
    pushes(&world, PRICES, &own("0.01")).await?;
    let text = cost_text(&world, number)?;
    ensure!(text.contains("$10.00"), "{text}");
    pushes(&world, PRICES, &own("cheap")).await?;
    let text = cost_text(&world, number)?;
    ensure!(text.contains("`.github/tfpilot/prices.csv` cannot be used; it is left out."), "{text}");
    ensure!(!text.contains("negotiated") && text.contains("standard storage"), "{text}");
    let thread = world.forge.thread(REPOSITORY, number)?;
    ensure!(thread.contains("prices.csv:2"), "{thread}");
    pushes(&world, PRICES, &own("0.02")).await?;

    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    let costs = get_all(&world, "/api/v1/costs?environment=dev").await?;
    let states: Vec<&str> = costs.iter().filter_map(|item| item["state"].as_str()).collect();
    assert_eq!(states, ["applied", "planned"], "{costs:#?}");
    let first = costs.first().context("an item")?;
    assert_eq!((&first["pull"], &first["stack"]), (&json!(number), &json!("live/dev/acme-invoices")));
    assert_eq!(
        (&first["difference"], &first["not_priced"]),
        (&json!("0.00"), &json!(0)),
        "paid by use alone"
    );
    let environments = get_all(&world, "/api/v1/environments").await?;
    assert_eq!((environments.len(), &environments[0]["stacks"]), (1, &json!(1)), "{environments:#?}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn infracost_counts_where_a_worker_has_it() -> Result<()> {
    let world = world().await?;
    let bin = tempfile::tempdir()?;
    let path = std::env::var("PATH").unwrap_or_default();
    world.forge.runner_env("PATH", &format!("{}:{path}", bin.path().display()));
    world.forge.runner_env("INFRACOST_API_KEY", "ico-hush-0123456789");
    // It is asked about the plan, with its key and without the clouds'.
    let said = json!({"version": "0.2", "currency": "USD", "projects": [{"name": "p", "breakdown": {"resources": [
        {"name": "module.s3_bucket.aws_s3_bucket.this", "resourceType": "aws_s3_bucket", "monthlyCost": "91.4", "costComponents": [
            {"name": "Something dear", "unit": "months", "monthlyQuantity": "1", "price": "91.4", "monthlyCost": "91.4"}]}]}}]});
    let answers = format!(
        "[ \"$INFRACOST_API_KEY\" = ico-hush-0123456789 ] && [ -z \"$AWS_SECRET_ACCESS_KEY\" ] || {{ echo wrong environment >&2; exit 4; }}\n\
         while [ \"$1\" != --out-file ]; do [ \"$1\" = --path ] && plan=$2; shift; done\n\
         grep -q acme-invoices \"$plan\" || {{ echo no plan >&2; exit 5; }}\ncat > \"$2\" <<'END'\n{said}\nEND"
    );
    infracost(bin.path(), &answers)?;
    let config = world.forge.file(REPOSITORY, "main", CONFIG)?;
    let limited = format!("{config}cost: {{limit_monthly: 50, allow_unpriced: true}}\n");
    pushes(&world, CONFIG, &limited).await?;
    let issue = world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/cost")?, "action_required +$91.40/mo, limit $50");
    let text = cost_text(&world, number)?;
    ensure!(text.contains("Something dear") && text.contains("infracost"), "{text}");

    // A repository may do without, also of plans that are there.
    pushes(&world, CONFIG, &limited.replace("cost: {", "cost: {infracost: false, ")).await?;
    assert_eq!(check(&world, number, "tfpilot/cost")?, "success +$0.00/mo, 5 of 6 priced");
    pushes(&world, CONFIG, &limited).await?;
    assert_eq!(check(&world, number, "tfpilot/cost")?, "action_required +$91.40/mo, limit $50");

    // When it fails, the plan does not.
    infracost(bin.path(), "echo \"key ico-hush-0123456789 is not valid @acme\" >&2; exit 1")?;
    world.alice().comments(REPOSITORY, issue, "/tfpilot set versioning=false").await?;
    world.settle().await?;
    let text = cost_text(&world, number)?;
    assert_eq!(check(&world, number, "tfpilot/cost")?, "success +$0.00/mo, 5 of 6 priced");
    ensure!(text.contains("infracost did not price this plan: it ended with 1: key"), "{text}");
    ensure!(!text.contains("ico-hush") && !text.contains("@acme"), "{text}");
    world.finish().await
}
