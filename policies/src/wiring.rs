//! What the plan's `configuration` section tells beyond values: which arguments the code sets, and which provider
//! configuration each resource uses.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::{Part, RedactedPlan, ResourceText};

use crate::address::code_address;

/// The configuration section, indexed.
#[derive(Debug, Default)]
pub(crate) struct Wiring<'a> {
    providers: BTreeMap<&'a str, &'a Json>,
    resources: HashMap<String, Resource<'a>>,
    /// Addresses of managed resources by their type.
    kinds: BTreeMap<String, BTreeSet<String>>,
    /// Module calls by the names of the calls that lead to them.
    calls: BTreeMap<String, Part<'a>>,
}

/// One resource of the configuration.
#[derive(Debug)]
pub(crate) struct Resource<'a> {
    /// Key of its provider configuration, such as `aws.use1`.
    provider: Option<Cow<'a, str>>,
    /// Arguments the code sets, sorted; arguments of dynamic blocks are not among them.
    arguments: Vec<Cow<'a, str>>,
    /// All of it, to be read when somebody asks.
    text: ResourceText<'a>,
}

impl Resource<'_> {
    /// Key of its provider configuration, such as `aws.use1`.
    pub(crate) fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// Whether the code sets an argument; one in a dynamic block is not seen.
    pub(crate) fn sets(&self, argument: &str) -> bool {
        self.arguments.binary_search_by(|name| name.as_ref().cmp(argument)).is_ok()
    }

    /// The expression of an argument.
    pub(crate) fn expression(&self, argument: &str) -> Option<Json> {
        self.sets(argument).then(|| self.text.member(&["expressions", argument])).flatten()
    }

    /// The expression of its `for_each`.
    pub(crate) fn for_each(&self) -> Option<Json> {
        self.text.member(&["for_each_expression"])
    }
}

impl<'a> Wiring<'a> {
    pub(crate) fn of(plan: &'a RedactedPlan) -> Self {
        let mut wiring = Self::default();
        let Some(configuration) = plan.section("configuration") else { return wiring };
        let providers =
            configuration.get("provider_config").and_then(|part| part.value()).and_then(Json::as_object);
        wiring.providers =
            providers.into_iter().flatten().map(|(key, value)| (key.as_str(), value)).collect();
        let mut open = vec![(Vec::<String>::new(), configuration.get("root_module"))];
        while let Some((modules, module)) = open.pop() {
            let Some(module) = module else { continue };
            for resource in module.get("resources").into_iter().flat_map(Part::resources) {
                wiring.add(&modules, resource);
            }
            for (name, call) in module.get("module_calls").into_iter().flat_map(Part::members) {
                let path: Vec<String> = modules.iter().cloned().chain([name.to_owned()]).collect();
                wiring.calls.insert(path.join("."), call);
                open.push((path, call.get("module")));
            }
        }
        wiring
    }

    fn add(&mut self, modules: &[String], text: ResourceText<'a>) {
        let heads = text.heads(["type", "name", "mode", "provider_config_key"], "expressions");
        let [Some(kind), Some(name), mode, provider] = heads.texts else { return };
        let mode = mode.unwrap_or_default();
        let address = code_address(modules, &mode, &kind, &name);
        if mode == "managed" {
            match self.kinds.get_mut(kind.as_ref()) {
                Some(addresses) => drop(addresses.insert(address.clone())),
                None => drop(self.kinds.insert(kind.into_owned(), [address.clone()].into())),
            }
        }
        self.resources.insert(address, Resource { provider, arguments: heads.below, text });
    }

    /// The resource of a code address; none when the code no longer has it.
    pub(crate) fn resource(&self, address: &str) -> Option<&Resource<'a>> {
        self.resources.get(address)
    }

    /// The code addresses of the managed resources of a type.
    pub(crate) fn addresses(&self, kind: &str) -> impl Iterator<Item = &String> {
        self.kinds.get(kind).into_iter().flatten()
    }

    /// A module call by the names of the calls that lead to it.
    pub(crate) fn call(&self, modules: &[String]) -> Option<Part<'a>> {
        self.calls.get(&modules.join(".")).copied()
    }

    /// Keys of the provider configurations.
    pub(crate) fn provider_keys(&self) -> impl Iterator<Item = &'a str> {
        self.providers.keys().copied()
    }

    /// What is said of a provider beside its arguments: `full_name`, `version_constraint`.
    pub(crate) fn provider_fact(&self, key: &str, fact: &str) -> Option<&'a str> {
        self.providers.get(key)?.get(fact)?.as_str()
    }

    /// Module calls, each by the names of the calls that lead to it.
    pub(crate) fn calls(&self) -> impl Iterator<Item = Vec<String>> {
        self.calls.keys().map(|key| key.split('.').map(str::to_owned).collect())
    }

    /// The `source` or `version` of a module call, as far as the plan tells.
    pub(crate) fn call_fact(&self, modules: &[String], fact: &str) -> Value {
        let Some(call) = self.calls.get(&modules.join(".")) else { return Value::Unknown };
        let key = if fact == "version" { "version_constraint" } else { fact };
        call.get(key).and_then(Part::as_str).map_or(Value::Null, |text| Value::String(text.to_owned()))
    }

    /// An expression of a provider configuration.
    pub(crate) fn provider(&self, key: &str, argument: &str) -> Option<&'a Json> {
        self.providers.get(key)?.get("expressions")?.get(argument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn resources_are_found_through_modules() {
        let document = json!({"format_version": "1.2", "configuration": {
            "provider_config": {"aws.x": {"expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": {"module_calls": {"a": {"module": {"resources": [
                {"mode": "managed", "type": "t", "name": "n", "provider_config_key": "aws.x", "expressions": {"q": {}}},
                {"mode": "managed", "type": "t"},
            ]}}}},
        }});
        let plan = RedactedPlan::from_document(document).expect("a plan");
        let wiring = Wiring::of(&plan);
        let resource = wiring.resource("module.a.t.n").expect("it is there");
        assert_eq!(
            (resource.provider(), resource.sets("q"), resource.sets("r")),
            (Some("aws.x"), true, false)
        );
        assert_eq!((resource.expression("q"), resource.for_each()), (Some(json!({})), None));
        assert_eq!(wiring.provider("aws.x", "region"), Some(&json!({"constant_value": "eu-west-1"})));
        assert!(wiring.resource("t.n").is_none());
    }
}
