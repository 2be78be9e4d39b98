//! Findings as SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), as code scanners exchange them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tfpilot_policies::{Enforcement, Finding, Listed, Location, PolicyReport};

/// A report as one run of a tool.
pub(super) fn of(report: &PolicyReport, listed: &[Listed]) -> Value {
    let ids: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .chain(report.broken.iter().map(|broken| broken.rule.as_str()))
        .collect();
    let rules: Vec<Value> = ids.iter().map(|id| rule(id, listed)).collect();
    let broken = report.broken.iter().map(|broken| {
        json!({
            "ruleId": broken.rule, "level": "error",
            "message": { "text": format!("{} cannot be evaluated: {}", broken.rule, broken.why) },
        })
    });
    let results: Vec<Value> = broken.chain(report.findings.iter().map(result)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tfpilot", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules,
            } },
            "results": results,
        }],
    })
}

/// A rule with what it is for, as code scanners show it beside its results.
fn rule(id: &str, listed: &[Listed]) -> Value {
    let Some(known) = listed.iter().find(|it| it.id == id) else { return json!({ "id": id }) };
    let aliases = match known.aliases.as_slice() {
        [] => String::new(),
        aliases => format!(" Known as {} too.", aliases.join(", ")),
    };
    let help = format!("{}: `tfpilot policy explain {id}` says more.{aliases}", known.title);
    json!({
        "id": id,
        "shortDescription": { "text": known.title },
        "help": { "text": help.replace('`', ""), "markdown": help },
        "defaultConfiguration": { "level": level(known.enforcement) },
    })
}

fn level(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::HardMandatory | Enforcement::SoftMandatory => "error",
        Enforcement::Advisory => "warning",
        Enforcement::Off => "note",
    }
}

fn result(finding: &Finding) -> Value {
    let text = format!("{}: {}. Next: {}", finding.address, finding.message, finding.hint);
    let mut result =
        json!({ "ruleId": finding.rule, "level": level(finding.enforcement), "message": { "text": text } });
    let logical = json!({ "fullyQualifiedName": finding.address, "kind": "resource" });
    let location = match &finding.location {
        Some(Location { path, line, column }) => json!({
            "physicalLocation": {
                "artifactLocation": { "uri": path },
                "region": { "startLine": line, "startColumn": column },
            },
            "logicalLocations": [logical],
        }),
        None => json!({ "logicalLocations": [logical] }),
    };
    if let Some(result) = result.as_object_mut() {
        result.insert("locations".to_owned(), json!([location]));
    }
    result
}
