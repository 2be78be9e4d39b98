//! Every type's quantities against a count by hand: `testdata/quantities/cases.yml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::fixture::{Fixture, context};
use tfpilot_policies::cost::{Component, Status, coverage, estimate};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    r#type: String,
    #[serde(default = "us_east_1")]
    region: String,
    before: Option<Json>,
    after: Json,
    /// Arguments that are known only after apply, as the plan marks them.
    #[serde(default)]
    unknown: Map<String, Json>,
    /// Argument, or argument of a block, and what it refers to.
    #[serde(default)]
    refers: BTreeMap<String, String>,
    /// Other resources that stay as they are.
    #[serde(default)]
    with: BTreeMap<String, Json>,
    #[serde(default)]
    expect_before: Vec<String>,
    expect: Vec<String>,
}

fn us_east_1() -> String {
    "us-east-1".to_owned()
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(include_str!("../../testdata/quantities/cases.yml")).expect("cases")
}

impl Case {
    fn plan(&self) -> Json {
        let resource = |kind: &str, name: &str, change: Json| {
            json!({
                "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
                "provider_name": "registry.terraform.io/hashicorp/aws", "change": change,
            })
        };
        let actions = if self.before.is_some() { json!(["update"]) } else { json!(["create"]) };
        let mut changes = vec![resource(
            &self.r#type,
            "x",
            json!({"actions": actions, "before": self.before, "after": self.after, "after_unknown": self.unknown}),
        )];
        for (address, values) in &self.with {
            let (kind, name) = address.split_once('.').expect("an address");
            let same = json!({"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}});
            changes.push(resource(kind, name, same));
        }
        let names = self.after.as_object().expect("arguments").keys();
        let mut expressions: Map<String, Json> = names.map(|name| (name.clone(), json!({}))).collect();
        for (path, address) in &self.refers {
            let reference = json!({"references": [format!("{address}.id"), address]});
            match path.split_once('.') {
                Some((block, name)) => expressions.insert(block.to_owned(), json!([{name: reference}])),
                None => expressions.insert(path.clone(), reference),
            };
        }
        let written = json!({
            "mode": "managed", "type": self.r#type, "name": "x", "provider_config_key": "aws",
            "expressions": expressions,
        });
        json!({
            "format_version": "1.2", "complete": true, "resource_changes": changes,
            "configuration": {
                "provider_config": {"aws": {"expressions": {"region": {"constant_value": self.region}}}},
                "root_module": {"resources": [written]},
            },
        })
    }

    fn told(&self) -> (Vec<String>, Vec<String>) {
        let plan = Fixture::of_text("", &self.plan());
        let estimate = estimate(&plan.plan, None, &context(), false);
        let cost = estimate.resources.iter().find(|it| it.address == format!("{}.x", self.r#type));
        let cost = cost.expect("it changes");
        (cost.before.iter().map(line).collect(), cost.after.iter().map(line).collect())
    }
}

fn line(component: &Component) -> String {
    let Component { name, quantity, unit, .. } = component;
    let (unit, amount) = (unit.as_deref().unwrap_or_default(), quantity.map(|it| it.to_string()));
    let status = match &component.status {
        Status::Priced => "priced",
        Status::PricedProxy { .. } => "elsewhere",
        Status::UsageDependent => "usage",
        Status::Free => return format!("{name}: free"),
        Status::NotPriced { .. } => return format!("{name}: not priced"),
        Status::Assumed { .. } => "assumed",
    };
    match (amount, unit) {
        (Some(amount), unit) => format!("{name}: {amount} {unit}, {status}"),
        (None, "") => format!("{name}: {status}"),
        (None, unit) => format!("{name}: {unit}, {status}"),
    }
}

#[test]
fn every_case_comes_to_what_was_counted_by_hand() {
    let mut wrong = String::new();
    for case in cases() {
        let told = case.told();
        if told != (case.expect_before.clone(), case.expect.clone()) {
            wrong.push_str(&format!(
                "{} {}\n  counted {:#?} {:#?}\n  priced  {:#?} {:#?}\n",
                case.r#type, case.after, case.expect_before, case.expect, told.0, told.1
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_type_that_has_a_price_was_counted_by_hand() {
    let counted: BTreeSet<String> = cases().into_iter().map(|case| case.r#type).collect();
    let missing: Vec<&str> =
        coverage().priced.iter().copied().filter(|kind| !counted.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_book_knows_many_types() {
    let coverage = coverage();
    let aws = |kinds: &[&str]| kinds.iter().filter(|kind| kind.starts_with("aws_")).count();
    assert!(aws(&coverage.priced) >= 100, "{} types have a price", aws(&coverage.priced));
    assert!(aws(&coverage.free) >= 90, "{} types are free", aws(&coverage.free));
    let both: Vec<_> = coverage.priced.iter().filter(|kind| coverage.free.contains(kind)).collect();
    assert!(both.is_empty(), "{both:?} cannot be both");
}
