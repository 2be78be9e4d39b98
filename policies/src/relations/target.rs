//! What an argument refers to, from the references in the plan's configuration.
//!
//! Terraform lists what stands in an expression, not how: `aws_s3_bucket.b.id` and a text with it look the same, which the
//! values tell apart. Locals are not among what it lists; those the code itself has to tell.

use serde_json::Value as Json;

use crate::address::split;
use crate::wiring::Wiring;

/// Module calls that one reference is followed through.
const MAX_CALLS: usize = 12;

/// A resource that is referred to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Referred {
    /// The names of the calls that lead to its module.
    pub(crate) modules: Vec<String>,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) which: Which,
    /// The attribute, such as `id`.
    pub(crate) attribute: Option<String>,
    /// It is passed through a module's variable or output.
    pub(crate) through_modules: bool,
}

/// Which of its instances.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Which {
    /// The one that there is.
    Only,
    /// The one of a key.
    Key(Json),
    /// The one with the key of the resource that refers to it.
    Same,
    /// It cannot be told.
    Unclear,
}

/// What a list of references comes to.
#[derive(Debug, Default)]
struct Read<'r> {
    resources: Vec<Reference<'r>>,
    /// `each.key`, `count.index`.
    round: bool,
    /// `each.value`, with what is taken of it.
    value: Option<Option<&'r str>>,
    variables: Vec<&'r str>,
    /// Module and output.
    outputs: Vec<(&'r str, &'r str)>,
    /// Anything else.
    other: bool,
}

/// `aws_s3_bucket.b["a"].id`.
#[derive(Debug)]
struct Reference<'r> {
    kind: &'r str,
    name: &'r str,
    key: Option<Json>,
    attribute: Option<&'r str>,
}

impl Referred {
    /// Whether it is a resource of these names.
    pub(crate) fn is_of(&self, modules: &[String], kind: &str, name: &str) -> bool {
        self.modules == modules && self.kind == kind && self.name == name
    }
}

impl Wiring<'_> {
    /// What an argument of a resource, or an argument of its only block, refers to; none where that is no resource,
    /// several, or not told.
    pub(crate) fn target(&self, modules: &[String], address: &str, path: &[&str]) -> Option<Referred> {
        let resource = self.resource(address)?;
        let (first, rest) = path.split_first()?;
        let mut expression = resource.expression(first)?;
        for step in rest {
            expression = match expression {
                Json::Array(blocks) if blocks.len() == 1 => blocks.first()?.get(step)?.clone(),
                _ => return None,
            };
        }
        let for_each = resource.for_each();
        let for_each = for_each.as_ref().map(references).unwrap_or_default();
        self.follow(modules, &references(&expression), &for_each, 0)
    }

    fn follow(
        &self,
        modules: &[String],
        references: &[&str],
        for_each: &[&str],
        depth: usize,
    ) -> Option<Referred> {
        if depth > MAX_CALLS {
            return None;
        }
        let read = Read::of(references);
        if read.other {
            return None;
        }
        match (read.resources.as_slice(), read.variables.as_slice(), read.outputs.as_slice()) {
            ([first, more @ ..], [], []) => {
                let same = more.iter().all(|it| (it.kind, it.name) == (first.kind, first.name));
                let key = read.resources.iter().find_map(|it| it.key.clone());
                let which = match (key, read.round, read.value) {
                    (Some(key), false, None) => Which::Key(key),
                    (None, true, None) => Which::Same,
                    (None, false, None) => Which::Only,
                    _ => Which::Unclear,
                };
                let attribute = read.resources.iter().find_map(|it| it.attribute);
                same.then(|| first.referred(modules, which, attribute))
            }
            ([], [], []) => {
                let attribute = read.value?;
                let [all] = Read::of(for_each).resources.try_into().ok()?;
                (for_each.len() == 1 && all.key.is_none())
                    .then(|| all.referred(modules, Which::Same, attribute))
            }
            ([], [variable], []) if read.value.is_none() => {
                let (_, parents) = modules.split_last()?;
                let expression = self.call(modules)?.get("expressions")?.get(variable)?.value()?;
                self.follow(parents, &self::references(expression), &[], depth + 1).map(Referred::passed)
            }
            ([], [], [(module, output)]) if read.value.is_none() => {
                let modules: Vec<String> = modules.iter().cloned().chain([(*module).to_owned()]).collect();
                let outputs = self.call(&modules)?.get("module")?.get("outputs")?;
                let expression = outputs.get(output)?.get("expression")?.value()?;
                self.follow(&modules, &self::references(expression), &[], depth + 1).map(Referred::passed)
            }
            _ => None,
        }
    }
}

impl Referred {
    /// What the resource that is referred to has its value from.
    pub(super) fn then(&self, next: Self) -> Self {
        let which = match (&self.which, next.which) {
            (Which::Only, Which::Same) => Which::Unclear,
            (Which::Only, which) | (Which::Same, which @ (Which::Same | Which::Only)) => which,
            _ => Which::Unclear,
        };
        Self { which, through_modules: self.through_modules || next.through_modules, ..next }
    }

    /// The same, by way of a module.
    pub(crate) fn passed(self) -> Self {
        let which = if self.which == Which::Same { Which::Unclear } else { self.which };
        Self { which, through_modules: true, ..self }
    }
}

impl<'r> Reference<'r> {
    fn referred(&self, modules: &[String], which: Which, attribute: Option<&str>) -> Referred {
        Referred {
            modules: modules.to_vec(),
            kind: self.kind.to_owned(),
            name: self.name.to_owned(),
            which,
            attribute: attribute.map(str::to_owned),
            through_modules: false,
        }
    }
}

impl<'r> Read<'r> {
    fn of(references: &[&'r str]) -> Self {
        let mut read = Self::default();
        for reference in references {
            read.add(&split(reference), reference);
        }
        read
    }

    fn add(&mut self, parts: &[&'r str], reference: &'r str) {
        match parts {
            ["each", "key"] | ["count", "index"] => self.round = true,
            ["each", "value"] => drop(self.value.get_or_insert(None)),
            ["each", "value", attribute] => self.value = Some(Some(*attribute)),
            ["each" | "count" | "data" | "local" | "path" | "self" | "terraform", ..] => self.other = true,
            ["var", name] => self.variables.push(name),
            ["var", ..] => self.other = true,
            // A module as a whole is listed beside its output.
            ["module", module] => self.other |= module.contains('['),
            ["module", module, output] if !module.contains('[') => self.outputs.push((*module, *output)),
            ["module", ..] => self.other = true,
            [kind, name, rest @ ..] if !reference.is_empty() => {
                let (name, key) = name.split_once('[').map_or((*name, None), |(name, key)| (name, Some(key)));
                let key = key.and_then(|key| serde_json::from_str(key.strip_suffix(']')?).ok());
                self.resources.push(Reference { kind, name, key, attribute: rest.first().copied() });
            }
            _ => self.other = true,
        }
    }
}

fn references(expression: &Json) -> Vec<&str> {
    let list = expression.get("references").and_then(Json::as_array);
    list.into_iter().flatten().filter_map(Json::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tfpilot_plan::RedactedPlan;

    #[track_caller]
    fn check(
        references: serde_json::Value,
        for_each: serde_json::Value,
        expect: Option<(&str, Which, Option<&str>)>,
    ) {
        let document = json!({"format_version": "1.2", "configuration": {"root_module": {"resources": [{
            "mode": "managed", "type": "c", "name": "c",
            "expressions": {"b": {"references": references}}, "for_each_expression": {"references": for_each},
        }]}}});
        let plan = RedactedPlan::from_document(document).expect("a plan");
        let target = Wiring::of(&plan).target(&[], "c.c", &["b"]);
        let told = target.as_ref().map(|it| (it.name.as_str(), it.which.clone(), it.attribute.as_deref()));
        assert_eq!(told, expect);
    }

    #[test]
    fn references_say_which_resource_and_which_instance() {
        let none = json!([]);
        check(json!(["b.one.id", "b.one"]), none.clone(), Some(("one", Which::Only, Some("id"))));
        check(
            json!(["b.m[0].id", "b.m[0]", "b.m"]),
            none.clone(),
            Some(("m", Which::Key(json!(0)), Some("id"))),
        );
        check(
            json!(["b.m[\"x.y\"].id", "b.m[\"x.y\"]", "b.m"]),
            none.clone(),
            Some(("m", Which::Key(json!("x.y")), Some("id"))),
        );
        check(json!(["b.m", "each.key"]), none.clone(), Some(("m", Which::Same, None)));
        check(json!(["b.m", "each.value"]), none.clone(), Some(("m", Which::Unclear, None)));
        check(json!(["each.value.id", "each.value"]), json!(["b.m"]), Some(("m", Which::Same, Some("id"))));
    }

    #[test]
    fn what_may_be_several_things_is_none() {
        let none = json!([]);
        check(json!(["b.one.id", "b.one", "b.two.id", "b.two"]), none.clone(), None);
        check(json!(["local.x"]), none.clone(), None);
        check(json!(["data.b.one.id", "data.b.one"]), none.clone(), None);
        check(json!(["var.x"]), none.clone(), None);
        check(json!(["each.value.id", "each.value"]), json!(["var.x"]), None);
        check(json!(["each.value"]), none, None);
        check(json!(["", "b"]), json!(3), None);
    }

    #[test]
    fn modules_pass_references_on() {
        let document = json!({"format_version": "1.2", "configuration": {"root_module": {
            "resources": [{"mode": "managed", "type": "c", "name": "out", "expressions": {
                "b": {"references": ["module.m.id", "module.m"]},
            }}],
            "module_calls": {"m": {
                "expressions": {"bucket": {"references": ["b.one.id", "b.one"]}},
                "module": {
                    "outputs": {"id": {"expression": {"references": ["b.inner.id", "b.inner"]}}},
                    "resources": [{"mode": "managed", "type": "c", "name": "in", "expressions": {
                        "b": {"references": ["var.bucket"]},
                    }}],
                },
            }},
        }}});
        let plan = RedactedPlan::from_document(document).expect("a plan");
        let wiring = Wiring::of(&plan);
        let out = wiring.target(&[], "c.out", &["b"]).expect("it is told");
        assert!(out.is_of(&["m".to_owned()], "b", "inner") && out.through_modules);
        let inner = wiring.target(&["m".to_owned()], "module.m.c.in", &["b"]).expect("it is told");
        assert!(inner.is_of(&[], "b", "one") && inner.through_modules);
    }
}
