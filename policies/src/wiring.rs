//! What the plan's `configuration` section tells beyond values: which arguments the code sets, and which provider
//! configuration each resource uses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tfpilot_hcl::Value;

use crate::address::code_address;

/// The configuration section, indexed.
#[derive(Debug, Default)]
pub(crate) struct Wiring<'a> {
    providers: BTreeMap<&'a str, &'a Json>,
    resources: BTreeMap<String, Resource<'a>>,
    /// Addresses of managed resources by their type.
    kinds: BTreeMap<&'a str, BTreeSet<String>>,
    /// Module calls by the names of the calls that lead to them.
    calls: BTreeMap<String, &'a Json>,
}

/// One resource of the configuration.
#[derive(Debug)]
pub(crate) struct Resource<'a> {
    /// Key of its provider configuration, such as `aws.use1`.
    pub(crate) provider: Option<&'a str>,
    /// Arguments the code sets; arguments of dynamic blocks are not among them.
    pub(crate) arguments: BTreeSet<&'a str>,
    /// Its arguments' expressions.
    pub(crate) expressions: Option<&'a Json>,
    /// The expression of its `for_each`.
    pub(crate) for_each: Option<&'a Json>,
}

impl<'a> Wiring<'a> {
    pub(crate) fn of(document: &'a Json) -> Self {
        let mut wiring = Self::default();
        let Some(configuration) = document.get("configuration") else { return wiring };
        let providers = configuration.get("provider_config").and_then(Json::as_object);
        wiring.providers =
            providers.into_iter().flatten().map(|(key, value)| (key.as_str(), value)).collect();
        let mut open = vec![(Vec::<String>::new(), configuration.get("root_module"))];
        while let Some((modules, module)) = open.pop() {
            let Some(module) = module else { continue };
            for resource in module.get("resources").and_then(Json::as_array).into_iter().flatten() {
                wiring.add(&modules, resource);
            }
            for (name, call) in module.get("module_calls").and_then(Json::as_object).into_iter().flatten() {
                let path: Vec<String> = modules.iter().cloned().chain([name.clone()]).collect();
                wiring.calls.insert(path.join("."), call);
                open.push((path, call.get("module")));
            }
        }
        wiring
    }

    fn add(&mut self, modules: &[String], resource: &'a Json) {
        let text = |name: &str| resource.get(name).and_then(Json::as_str);
        let (Some(kind), Some(name)) = (text("type"), text("name")) else { return };
        let address = code_address(modules, text("mode").unwrap_or_default(), kind, name);
        let arguments = resource.get("expressions").and_then(Json::as_object).into_iter().flatten();
        let resource_of = Resource {
            provider: text("provider_config_key"),
            arguments: arguments.map(|(name, _)| name.as_str()).collect(),
            expressions: resource.get("expressions"),
            for_each: resource.get("for_each_expression"),
        };
        if text("mode") == Some("managed") {
            self.kinds.entry(kind).or_default().insert(address.clone());
        }
        self.resources.insert(address, resource_of);
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
    pub(crate) fn call(&self, modules: &[String]) -> Option<&'a Json> {
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
        call.get(key).and_then(Json::as_str).map_or(Value::Null, |text| Value::String(text.to_owned()))
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
        let document = json!({"configuration": {
            "provider_config": {"aws.x": {"expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": {"module_calls": {"a": {"module": {"resources": [
                {"mode": "managed", "type": "t", "name": "n", "provider_config_key": "aws.x", "expressions": {"q": {}}},
                {"mode": "managed", "type": 3}, null,
            ]}}}},
        }});
        let wiring = Wiring::of(&document);
        let resource = wiring.resource("module.a.t.n").expect("it is there");
        assert_eq!((resource.provider, resource.arguments.contains("q")), (Some("aws.x"), true));
        assert_eq!(wiring.provider("aws.x", "region"), Some(&json!({"constant_value": "eu-west-1"})));
        assert!(wiring.resource("t.n").is_none() && Wiring::of(&json!(null)).resource("").is_none());
    }
}
