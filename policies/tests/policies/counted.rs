//! Cases of quantities that were counted by hand, and what an estimate makes of each. For the test and the benchmark alike.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use tfpilot_plan::RedactedPlan;
use tfpilot_policies::Context;
use tfpilot_policies::cost::{Component, Estimate, Status, estimate};

/// A resource, and what of it is billed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) r#type: String,
    #[serde(default = "us_east_1")]
    region: String,
    pub(crate) before: Option<Json>,
    pub(crate) after: Json,
    /// Arguments that are known only after apply, as the plan marks them.
    #[serde(default)]
    pub(crate) unknown: Map<String, Json>,
    /// Arguments of blocks that the code leaves out and the provider computes, which the plan marks in the same way.
    #[serde(default)]
    pub(crate) computed: Vec<String>,
    /// Argument, or argument of a block, and what it refers to.
    #[serde(default)]
    pub(crate) refers: BTreeMap<String, String>,
    /// Other resources that stay as they are.
    #[serde(default)]
    pub(crate) with: BTreeMap<String, Json>,
    #[serde(default)]
    pub(crate) expect_before: Vec<String>,
    pub(crate) expect: Vec<String>,
}

fn us_east_1() -> String {
    "us-east-1".to_owned()
}

/// All of them.
pub(crate) fn cases() -> Result<Vec<Case>, serde_yaml::Error> {
    serde_yaml::from_str(include_str!("../../testdata/quantities/cases.yml"))
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
            let (kind, name) = address.split_once('.').unwrap_or_default();
            let same = json!({"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}});
            changes.push(resource(kind, name, same));
        }
        let arguments = self.after.as_object().into_iter().flat_map(Map::keys);
        let names = arguments.chain(self.unknown.keys());
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
            let (block, name) = path.split_once('.').unwrap_or_default();
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

    /// What its plan costs; none where it is no plan.
    pub(crate) fn estimated(&self) -> Option<Estimate> {
        let plan = RedactedPlan::from_document(self.plan()).ok()?;
        Some(estimate(&plan, None, &Context::default(), false))
    }

    /// What an estimate makes of it, before and after; none where it has no such resource.
    pub(crate) fn told(&self) -> Option<(Vec<String>, Vec<String>)> {
        let estimate = self.estimated()?;
        let cost = estimate.resources.iter().find(|it| it.address == format!("{}.x", self.r#type))?;
        Some((cost.before.iter().map(line).collect(), cost.after.iter().map(line).collect()))
    }

    /// Whether that is what was counted.
    pub(crate) fn is_met(&self) -> bool {
        self.told().is_some_and(|(before, after)| before == self.expect_before && after == self.expect)
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

pub(crate) fn first_block(blocks: &mut Json) -> Option<&mut Map<String, Json>> {
    blocks.get_mut(0)?.as_object_mut()
}
