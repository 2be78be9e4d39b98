//! How much of the world the price book knows, beside how much of what was counted by hand it counts alike.

use std::collections::BTreeSet;

use anyhow::Context as _;
use tfpilot_policies::cost::coverage;

use crate::report::{Report, percent, ratio};

#[path = "../../policies/tests/policies/counted.rs"]
mod counted;

/// Reports both.
///
/// # Errors
/// When the cases cannot be read.
pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    report.section("what the price book knows");
    let coverage = coverage();
    let aws = |kinds: &[&str]| kinds.iter().filter(|kind| kind.starts_with("aws_")).count();
    let known = format!("{} priced, {} free", aws(&coverage.priced), aws(&coverage.free));
    report.wanted("types of the AWS provider", &known, "≥ 60 priced");
    let cases = counted::cases().context("cases that were counted by hand")?;
    let kinds: BTreeSet<&str> = cases.iter().map(|case| case.r#type.as_str()).collect();
    let met = cases.iter().filter(|case| case.is_met()).count();
    report.row(
        &format!("cases of {} types, counted by hand, that it counts alike", kinds.len()),
        &met.to_string(),
        &format!("{} cases", cases.len()),
        &percent(ratio(met as f64, cases.len() as f64)),
    );
    Ok(())
}
