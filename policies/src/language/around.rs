//! What is around a resource: its provider's configuration and the calls of the modules that lead to it.

use tfpilot_hcl::Value;

use super::reach::Asked;
use crate::code::Provider;

impl Asked<'_, '_, '_> {
    pub(super) fn provider(&self, name: &str) -> Value {
        let world = self.world();
        let provider = match self {
            Self::Provider(_, key) => Some(((*key).to_owned(), Provider::parse(key))),
            Self::Resource(subject) => {
                let planned = subject.planned().and_then(|it| it.provider());
                let written = || subject.written()?.provider(subject.kind);
                match planned {
                    Some(key) => Some((key.to_owned(), Provider::parse(key))),
                    None => written().map(|provider| (String::new(), provider)),
                }
            }
            _ => None,
        };
        let Some((key, provider)) = provider else { return Value::Unknown };
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::String(text.to_owned()));
        match name {
            "name" => text(Some(&provider.name)),
            "alias" => text(provider.alias.as_deref()),
            "source" if key.is_empty() => Value::Unknown,
            "source" => text(world.wiring.provider_fact(&key, "full_name")),
            "version" if key.is_empty() => Value::Unknown,
            "version" => text(world.wiring.provider_fact(&key, "version_constraint")),
            argument => {
                let planned = world.wiring.provider(&key, argument);
                if let Some(constant) = planned.and_then(|it| it.get("constant_value")) {
                    return crate::values::planned(constant, &serde_json::Value::Null);
                }
                let written = world.index.as_ref().and_then(|it| it.provider_argument(&provider, argument));
                match (written, planned) {
                    (Some(value), _) => value,
                    (None, Some(_)) => Value::Unknown,
                    (None, None) if key.is_empty() && world.index.is_none() => Value::Unknown,
                    (None, None) => Value::Null,
                }
            }
        }
    }

    /// The names of the calls that lead to the module.
    fn modules(&self) -> &[String] {
        match self {
            Self::Resource(subject) => &subject.modules,
            Self::Call(_, modules) => modules,
            _ => &[],
        }
    }

    pub(super) fn call(&self, name: &str) -> Value {
        let modules = self.modules();
        let Some(last) = modules.last() else { return Value::Null };
        match name {
            "name" => Value::String(last.clone()),
            "source" | "version" => {
                let written =
                    self.world().index.as_ref().and_then(|index| index.call_argument(modules, name));
                let planned = || self.world().wiring.call_fact(modules, name);
                match (written, &self.world().index) {
                    (Some(value), _) => value,
                    (None, Some(index)) if index.caller(modules).is_some() => Value::Null,
                    _ => planned(),
                }
            }
            _ => Value::Unknown,
        }
    }

    pub(super) fn argument_of_call(&self, name: &str) -> Value {
        let modules = self.modules();
        match &self.world().index {
            _ if modules.is_empty() => Value::Null,
            Some(index) if index.caller(modules).is_some() => {
                index.call_argument(modules, name).unwrap_or(Value::Null)
            }
            _ => Value::Unknown,
        }
    }
}
