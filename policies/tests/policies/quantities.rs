//! Every type's quantities against a count by hand: `testdata/quantities/cases.yml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::fixture::{Fixture, context};
use tfpilot_policies::cost::{Component, Status, coverage, estimate};

#[derive(Debug, Clone, Deserialize)]
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
    /// Arguments of blocks that the code leaves out and the provider computes, which the plan marks in the same way.
    #[serde(default)]
    computed: Vec<String>,
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
            json!({"actions": actions, "before": self.before, "after": self.after, "after_unknown": self.marks()}),
        )];
        for (address, values) in &self.with {
            let (kind, name) = address.split_once('.').expect("an address");
            let same = json!({"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}});
            changes.push(resource(kind, name, same));
        }
        let names = self.after.as_object().expect("arguments").keys().chain(self.unknown.keys());
        let mut expressions: Map<String, Json> =
            names.map(|name| (name.clone(), self.written(name))).collect();
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

    fn marks(&self) -> Map<String, Json> {
        let mut marks = self.unknown.clone();
        for path in &self.computed {
            let (block, name) = path.split_once('.').expect("an argument of a block");
            let marks = marks.entry(block).or_insert_with(|| json!([{}]));
            // A block that is not known at all needs no marks in it.
            if let Some(marks) = first_block(marks) {
                marks.insert(name.to_owned(), json!(true));
            }
        }
        marks
    }

    /// How the configuration shows an argument: blocks with the names of what they set.
    fn written(&self, name: &str) -> Json {
        let block = |at: usize, block: &Map<String, Json>| {
            let mark = self.unknown.get(name).and_then(|marks| marks.get(at)).and_then(Json::as_object);
            let names = block.keys().chain(mark.into_iter().flat_map(Map::keys));
            Json::Object(names.map(|name| (name.clone(), json!({}))).collect())
        };
        match self.after.get(name).and_then(Json::as_array) {
            Some(blocks) if blocks.iter().all(Json::is_object) && !blocks.is_empty() => {
                let blocks = blocks.iter().filter_map(Json::as_object).enumerate();
                Json::Array(blocks.map(|(at, it)| block(at, it)).collect())
            }
            _ => json!({}),
        }
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

#[test]
fn an_argument_that_is_not_known_never_makes_a_price_that_looks_certain() {
    let price = |case: &Case| {
        let plan = Fixture::of_text("", &case.plan());
        let estimate = estimate(&plan.plan, None, &context(), false);
        (estimate.difference, estimate.is_doubtful())
    };
    let mut wrong = Vec::new();
    for case in cases() {
        let (known, _) = price(&case);
        for (hidden, what) in hidden(&case) {
            let (amount, doubtful) = price(&hidden);
            if amount != known && !doubtful {
                wrong.push(format!("{} without {what} is {amount}, not {known}", case.r#type));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The case with each of its arguments, and each argument of its blocks, known only after apply.
fn hidden(case: &Case) -> Vec<(Case, String)> {
    let mut all = Vec::new();
    for (name, value) in case.after.as_object().expect("arguments") {
        let mut hidden = case.clone();
        hidden.after.as_object_mut().expect("arguments").remove(name);
        hidden.unknown.insert(name.clone(), json!(true));
        all.push((hidden, name.clone()));
        for inner in value.get(0).and_then(Json::as_object).into_iter().flat_map(Map::keys) {
            let mut hidden = case.clone();
            let block = hidden.after.get_mut(name).and_then(first_block).expect("a block");
            block.remove(inner);
            let marks = hidden.unknown.entry(name).or_insert_with(|| json!([{}]));
            first_block(marks).expect("marks of a block").insert(inner.clone(), json!(true));
            all.push((hidden, format!("{name}.{inner}")));
        }
    }
    all
}

fn first_block(blocks: &mut Json) -> Option<&mut Map<String, Json>> {
    blocks.get_mut(0)?.as_object_mut()
}
