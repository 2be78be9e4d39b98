//! First pass: removes what is marked, section by section of the plan document, and collects the values.
//!
//! Marks only ever add up: Terraform's `*_sensitive` trees, the provider's schema, `sensitive = true` on a
//! variable or output. Sections are walked by their documented shape, since a walk by key names could be led
//! astray by a variable called `before`. Sections of a newer Terraform are walked by key names after all.

use serde_json::{Map, Value};

use super::marks::{self, Marked};
use super::schema::ProviderSchemas;
use super::sensitive::Sensitive;
use super::walk::{each, each_entry, each_value, is_true};
use super::{marker, shapes};

/// Removes every marked value and returns the texts that must not appear anywhere.
pub(super) fn remove_marked(document: &mut Value, schemas: Option<&ProviderSchemas>) -> Vec<String> {
    let mut pass = Pass { schemas, marked: marks::of_changes(document), secrets: Vec::new() };
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
    /// What the changes' marks say about the code.
    marked: Marked,
    secrets: Vec<String>,
}

impl Pass<'_> {
    /// `variables` carries no marks of its own: the declarations in `configuration` do.
    fn root_variables(&mut self, sections: &mut Map<String, Value>) {
        let declared_sensitive = |sections: &Map<String, Value>, name: &str| {
            let declared = sections.get("configuration")?.get("root_module")?.get("variables")?.get(name)?;
            Some(is_true(declared.get("sensitive")))
        };
        let names = sections.get("variables").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let names: Vec<String> = names.cloned().collect();
        for name in names {
            // A value without a declaration cannot be shown to be harmless.
            let sensitive =
                declared_sensitive(sections, &name).unwrap_or(true) || shapes::is_secret_name(&name);
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
            self.config_module(module, &[]);
        }
    }

    fn provider_config(&mut self, provider: &mut Value) {
        let source = provider.get("full_name").and_then(Value::as_str).unwrap_or_default();
        let schema = self.schemas.and_then(|schemas| schemas.provider(source)).cloned();
        let Some(expressions) = provider.get_mut("expressions") else { return };
        self.hide_constants(expressions, schema.as_ref());
        each_entry(expressions, |name, expression| {
            // Providers rarely mark their own credentials.
            if shapes::is_secret_name(name) {
                self.conceal_constants(expression);
            }
        });
    }

    fn config_module(&mut self, module: &mut Value, path: &[String]) {
        if let Some(variables) = module.get_mut("variables") {
            each_entry(variables, |name, variable| match variable.get_mut("default") {
                Some(default) if shapes::is_secret_name(name) => self.conceal(default),
                _ => self.declaration(variable),
            });
        }
        if let Some(outputs) = module.get_mut("outputs") {
            each_value(outputs, |output| self.declaration(output));
        }
        if let Some(resources) = module.get_mut("resources") {
            each(resources, |resource| {
                let schema = self.schema_of(resource);
                let address = resource.get("address").and_then(Value::as_str).unwrap_or_default();
                let marked = self.marked.get(&(path.to_vec(), address.to_owned())).cloned();
                if let Some(expressions) = resource.get_mut("expressions") {
                    self.hide_constants(expressions, schema.as_ref());
                    self.hide_constants(expressions, marked.as_ref());
                }
            });
        }
        if let Some(calls) = module.get_mut("module_calls") {
            each_entry(calls, |name, call| {
                let path: Vec<String> = path.iter().cloned().chain([name.to_owned()]).collect();
                self.module_call(call, &path);
            });
        }
    }

    fn module_call(&mut self, call: &mut Value, path: &[String]) {
        let declared = call.get("module").and_then(|module| module.get("variables")?.as_object());
        let sensitive = declared
            .into_iter()
            .flatten()
            .filter(|(name, variable)| is_true(variable.get("sensitive")) || shapes::is_secret_name(name));
        let names: Vec<String> = sensitive.map(|(name, _)| name.clone()).collect();
        for name in names {
            if let Some(expression) = call.get_mut("expressions").and_then(|all| all.get_mut(&name)) {
                self.conceal_constants(expression);
            }
        }
        if let Some(module) = call.get_mut("module") {
            self.config_module(module, path);
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

    /// Removes from a value what a schema calls sensitive.
    fn hide_by_schema(&mut self, value: &mut Value, schema: Option<&Sensitive>) {
        if let Some(schema) = schema {
            schema.visit(value, &mut |value| self.conceal(value));
        }
    }

    /// The same for expressions of the code.
    fn hide_constants(&mut self, expressions: &mut Value, schema: Option<&Sensitive>) {
        if let Some(schema) = schema {
            schema.visit_expressions(expressions, &mut |expression| self.conceal_constants(expression));
        }
    }

    /// An expression keeps its references, which are names in the code; a plain value goes.
    fn conceal_constants(&mut self, expression: &mut Value) {
        match expression {
            Value::Object(map) if map.contains_key("constant_value") || map.contains_key("references") => {
                if let Some(constant) = map.get_mut("constant_value") {
                    self.conceal(constant);
                }
            }
            // A nested block.
            Value::Object(map) => map.values_mut().for_each(|item| self.conceal_constants(item)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.conceal_constants(item)),
            constant => self.conceal(constant),
        }
    }

    fn conceal(&mut self, value: &mut Value) {
        shapes::texts_of_secret(value, &mut self.secrets);
        *value = marker(value);
    }
}
