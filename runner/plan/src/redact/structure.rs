//! First pass: removes what is marked, section by section of the plan document, and collects the values.
//!
//! Marks only ever add up: Terraform's `*_sensitive` trees, the provider's schema, `sensitive = true` on a
//! variable or output. Sections are walked by their documented shape, since a walk by key names could be led
//! astray by a variable called `before`. Sections of a newer Terraform are walked by key names after all.

use serde_json::{Map, Value};

use super::schema::{ProviderSchemas, Sensitive};
use super::{marker, shapes};

/// Removes every marked value and returns the texts that must not appear anywhere.
pub(super) fn remove_marked(document: &mut Value, schemas: Option<&ProviderSchemas>) -> Vec<String> {
    let mut pass = Pass { schemas, secrets: Vec::new() };
    let Some(sections) = document.as_object_mut() else { return Vec::new() };
    pass.root_variables(sections);
    for (name, section) in sections.iter_mut() {
        match name.as_str() {
            "resource_changes" | "resource_drift" => each(section, |item| pass.resource_change(item)),
            "deferred_changes" => each(section, |item| {
                if let Some(change) = item.get_mut("resource_change") {
                    pass.resource_change(change);
                }
            }),
            "output_changes" => each_value(section, |change| pass.change(change, None)),
            "planned_values" => pass.values(section),
            "prior_state" => {
                if let Some(values) = section.get_mut("values") {
                    pass.values(values);
                }
            }
            "configuration" => pass.configuration(section),
            "variables" | "checks" | "relevant_attributes" => {}
            _ => pass.anything(section),
        }
    }
    pass.secrets
}

struct Pass<'a> {
    schemas: Option<&'a ProviderSchemas>,
    secrets: Vec<String>,
}

impl Pass<'_> {
    /// `variables` carries no marks of its own: the declarations in `configuration` do.
    fn root_variables(&mut self, sections: &mut Map<String, Value>) {
        let pointer = |sections: &Map<String, Value>, name: &str| {
            let declared = sections.get("configuration")?.get("root_module")?.get("variables")?.get(name)?;
            Some(is_true(declared.get("sensitive")))
        };
        let names: Vec<String> = sections
            .get("variables")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect();
        for name in names {
            // A value without a declaration cannot be shown to be harmless.
            let sensitive = pointer(sections, &name).unwrap_or(true);
            let value = sections.get_mut("variables").and_then(|all| all.get_mut(&name)?.get_mut("value"));
            if let (true, Some(value)) = (sensitive, value) {
                self.conceal(value);
            }
        }
    }

    fn resource_change(&mut self, item: &mut Value) {
        let schema = self.schema_of(item);
        if let Some(change) = item.get_mut("change") {
            self.change(change, schema.as_ref());
        }
    }

    fn change(&mut self, change: &mut Value, schema: Option<&Sensitive>) {
        for (side, marks) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
            let marks = change.get(marks).cloned().unwrap_or(Value::Null);
            if let Some(value) = change.get_mut(side) {
                self.hide(value, &marks);
                self.hide_by_schema(value, schema);
            }
        }
    }

    /// `planned_values` and the values of `prior_state`.
    fn values(&mut self, section: &mut Value) {
        if let Some(outputs) = section.get_mut("outputs") {
            each_value(outputs, |output| self.declaration(output));
        }
        if let Some(module) = section.get_mut("root_module") {
            self.module_values(module);
        }
    }

    fn module_values(&mut self, module: &mut Value) {
        if let Some(resources) = module.get_mut("resources") {
            each(resources, |resource| {
                let schema = self.schema_of(resource);
                let marks = resource.get("sensitive_values").cloned().unwrap_or(Value::Null);
                if let Some(values) = resource.get_mut("values") {
                    self.hide(values, &marks);
                    self.hide_by_schema(values, schema.as_ref());
                }
            });
        }
        if let Some(children) = module.get_mut("child_modules") {
            each(children, |child| self.module_values(child));
        }
    }

    fn configuration(&mut self, section: &mut Value) {
        if let Some(providers) = section.get_mut("provider_config") {
            each_value(providers, |provider| self.provider_config(provider));
        }
        if let Some(module) = section.get_mut("root_module") {
            self.config_module(module);
        }
    }

    fn provider_config(&mut self, provider: &mut Value) {
        let source = provider.get("full_name").and_then(Value::as_str).unwrap_or_default();
        let schema = self.schemas.and_then(|schemas| schemas.provider(source)).cloned();
        let Some(expressions) = provider.get_mut("expressions") else { return };
        self.hide_by_schema(expressions, schema.as_ref());
        each_entry(expressions, |name, expression| {
            // Providers rarely mark their own credentials.
            if shapes::is_secret_name(name) {
                self.conceal_constants(expression);
            }
        });
    }

    fn config_module(&mut self, module: &mut Value) {
        for section in ["variables", "outputs"] {
            if let Some(declarations) = module.get_mut(section) {
                each_value(declarations, |declaration| self.declaration(declaration));
            }
        }
        if let Some(resources) = module.get_mut("resources") {
            each(resources, |resource| {
                let schema = self.schema_of(resource);
                if let Some(expressions) = resource.get_mut("expressions") {
                    self.hide_by_schema(expressions, schema.as_ref());
                }
            });
        }
        if let Some(calls) = module.get_mut("module_calls") {
            each_value(calls, |call| self.module_call(call));
        }
    }

    fn module_call(&mut self, call: &mut Value) {
        let declared = call.get("module").and_then(|module| module.get("variables")?.as_object());
        let sensitive =
            declared.into_iter().flatten().filter(|(_, variable)| is_true(variable.get("sensitive")));
        let names: Vec<String> = sensitive.map(|(name, _)| name.clone()).collect();
        for name in names {
            if let Some(expression) = call.get_mut("expressions").and_then(|all| all.get_mut(&name)) {
                self.conceal_constants(expression);
            }
        }
        if let Some(module) = call.get_mut("module") {
            self.config_module(module);
        }
    }

    /// A variable, an output or an output's value.
    fn declaration(&mut self, declaration: &mut Value) {
        if !is_true(declaration.get("sensitive")) {
            return;
        }
        for field in ["value", "default"] {
            if let Some(value) = declaration.get_mut(field) {
                self.conceal(value);
            }
        }
        if let Some(expression) = declaration.get_mut("expression") {
            self.conceal_constants(expression);
        }
    }

    /// A section this version does not know: every `X_sensitive` marks its neighbour `X`.
    fn anything(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.anything(item)),
            Value::Object(map) => {
                let marks: Vec<(String, Value)> = map
                    .iter()
                    .filter_map(|(name, marks)| {
                        let marked = name.strip_suffix("_sensitive").or(name.strip_prefix("sensitive_"))?;
                        Some((marked.to_owned(), marks.clone()))
                    })
                    .collect();
                for (name, marks) in marks {
                    if let Some(value) = map.get_mut(&name) {
                        self.hide(value, &marks);
                    }
                }
                map.values_mut().for_each(|item| self.anything(item));
                self.declaration(value);
            }
            _ => {}
        }
    }

    fn schema_of(&self, resource: &Value) -> Option<Sensitive> {
        let text = |field: &str| resource.get(field).and_then(Value::as_str).unwrap_or_default();
        self.schemas?.resource(text("mode"), text("type")).cloned()
    }

    /// Removes what a mark tree says: `true`, or the same shape as the value with `true` inside.
    fn hide(&mut self, value: &mut Value, marks: &Value) {
        match (marks, value) {
            (Value::Null | Value::Bool(false), _) => {}
            (Value::Object(marks), Value::Object(map)) => {
                for (name, marks) in marks {
                    if let Some(value) = map.get_mut(name) {
                        self.hide(value, marks);
                    }
                }
            }
            (Value::Array(marks), Value::Array(items)) => {
                marks.iter().zip(items).for_each(|(marks, value)| self.hide(value, marks));
            }
            (Value::Object(marks), _) if marks.is_empty() => {}
            (Value::Array(marks), _) if marks.is_empty() => {}
            // `true`, or marks of another shape than the value, which cannot be matched.
            (_, value) => self.conceal(value),
        }
    }

    fn hide_by_schema(&mut self, value: &mut Value, schema: Option<&Sensitive>) {
        let Some(schema) = schema else { return };
        match value {
            _ if schema.all => self.conceal_constants(value),
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide_by_schema(item, Some(schema))),
            Value::Object(map) if schema.any_key => {
                let inner = Sensitive { any_key: false, ..schema.clone() };
                map.values_mut().for_each(|item| self.hide_by_schema(item, Some(&inner)));
            }
            Value::Object(map) => {
                for (name, below) in &schema.names {
                    if let Some(value) = map.get_mut(name) {
                        self.hide_by_schema(value, Some(below));
                    }
                }
            }
            _ => {}
        }
    }

    /// An expression keeps its references, which are names in the code; a plain value goes.
    fn conceal_constants(&mut self, value: &mut Value) {
        match value {
            Value::Object(map) if map.contains_key("constant_value") || map.contains_key("references") => {
                if let Some(constant) = map.get_mut("constant_value") {
                    self.conceal(constant);
                }
            }
            value => self.conceal(value),
        }
    }

    fn conceal(&mut self, value: &mut Value) {
        self.remember(value);
        *value = marker(value);
    }

    fn remember(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.secrets.push(text.clone());
                self.secrets.extend(shapes::secrets_in_json(text));
            }
            Value::Number(number) => self.secrets.push(number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.remember(item)),
            Value::Object(map) => map.values().for_each(|item| self.remember(item)),
            Value::Null | Value::Bool(_) => {}
        }
    }
}

fn is_true(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool) == Some(true)
}

fn each(list: &mut Value, f: impl FnMut(&mut Value)) {
    if let Some(items) = list.as_array_mut() {
        items.iter_mut().for_each(f);
    }
}

fn each_value(map: &mut Value, f: impl FnMut(&mut Value)) {
    if let Some(map) = map.as_object_mut() {
        map.values_mut().for_each(f);
    }
}

fn each_entry(map: &mut Value, mut f: impl FnMut(&str, &mut Value)) {
    if let Some(map) = map.as_object_mut() {
        map.iter_mut().for_each(|(name, value)| f(name, value));
    }
}
