//! What says something of costs: own prices, usage files, infracost's answers and price lists.

use anyhow::{Context as _, Result, ensure};
use tfpilot_plan::RedactedPlan;
use tfpilot_policies::Context;
use tfpilot_policies::cost::pricelist::PriceList;
use tfpilot_policies::cost::{Estimate, Options, Prices, Usage, estimate_with, infracost};

use crate::corpus;
use crate::targets::fuzz;

/// What each of the files may hold.
const PRICES: &str = "resource_type,region,component,unit,usd,kind,up_to,source,as_of\naws_nat_gateway,us-east-1,gateway,hours,0.03,fixed,,agreement,2026-01-01\naws_s3_bucket,us-east-1,standard storage,GB-months,0.02,usage,51200,agreement,2026-01-01\n\nregion,instance_type,usd_per_hour,source,as_of\nus-east-1,m5.large,0.08,agreement,2026-01-01\n\nprovider,service,resource_type,region,percent\naws,ec2,aws_instance,us-east-1,12\naws,rds,*,us-*,10\n";
const USAGE: &str = "version: 0.1\nresource_type_default_usage:\n  aws_lambda_function:\n    monthly_requests: 1_000_000\n    request_duration_ms: 100\nresource_usage:\n  aws_s3_bucket.logs:\n    standard:\n      storage_gb: 1000.5\n  module.web[*].aws_sqs_queue.jobs[*]:\n    monthly_requests: 1e6\n";

fn plan() -> Result<RedactedPlan> {
    let bytes = corpus::file("policies/testdata/cost/plan.json")?;
    let document = serde_json::from_slice(&bytes)?;
    RedactedPlan::from_document(document).context("a plan")
}

/// What holds of any estimate.
fn is_sound(estimate: &Estimate) -> Result<()> {
    let json = serde_json::to_string(estimate)?;
    let again: Estimate = serde_json::from_str(&json)?;
    ensure!(again == *estimate, "another estimate after a round trip");
    for budget in [200, 60_000] {
        let text = estimate.markdown(budget);
        ensure!(text.len() <= budget, "{} bytes of {budget}", text.len());
    }
    Ok(())
}

#[test]
fn prices_and_usage() -> Result<()> {
    let (prices, usage, plan) = ([PRICES.into()], [USAGE.into()], plan()?);
    let mut is_usage = false;
    let input = |chance: &mut crate::chance::Chance| {
        is_usage = !is_usage;
        chance.bytes(if is_usage { &usage } else { &prices })
    };
    fuzz("prices_and_usage", input, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.chars().filter(|c| ['\n', '\r'].contains(c)).count() + 1;
        let prices = match Prices::read(&text) {
            Ok(prices) => Some(prices),
            Err(problems) => {
                ensure!(!problems.is_empty(), "refused without a word");
                for problem in problems {
                    ensure!(problem.line <= lines, "{problem} points behind the end");
                }
                None
            }
        };
        let usage = match Usage::read(&text) {
            Ok(usage) => Some(usage),
            Err(problem) => {
                ensure!(problem.line <= lines + 1, "{problem} points behind the end");
                None
            }
        };
        if prices.is_some() || usage.is_some() {
            let options = Options { proxies: true, prices: prices.as_ref(), usage: usage.as_ref() };
            is_sound(&estimate_with(&plan, None, &Context::default(), &options))?;
        }
        Ok(())
    })
}

#[test]
fn answers_of_infracost() -> Result<()> {
    let answers = corpus::files(&["policies/testdata/infracost"], ".json")?;
    let input = |chance: &mut crate::chance::Chance| match chance.below(3) {
        0 => chance.bytes(&answers),
        _ => chance.json(&answers),
    };
    fuzz("answers_of_infracost", input, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(estimate) = infracost::read(&text, None) {
            is_sound(&estimate)?;
        }
        Ok(())
    })
}

#[test]
fn price_lists() -> Result<()> {
    let lists = corpus::files(&["policies/testdata/pricelist"], ".json")?;
    let input = |chance: &mut crate::chance::Chance| match chance.below(3) {
        0 => chance.bytes(&lists),
        _ => chance.json(&lists),
    };
    fuzz("price_lists", input, |bytes| {
        if let Ok(list) = PriceList::read(bytes) {
            let csv = list.csv();
            let read = Prices::read(&csv).map_err(|problems| anyhow::anyhow!("{problems:?} in {csv}"));
            read.map(drop)?;
        }
        Ok(())
    })
}
