//! First pass: removes what is marked, section by section of the plan document, and collects the values.
//!
//! Items of the long lists are looked at twice: once for what will be removed of them, and again when they are written.
//!
//! Marks only ever add up: Terraform's `*_sensitive` trees, the provider's schema, `sensitive = true` on a
//! variable or output. Sections are walked by their documented shape, since a walk by key names could be led
//! astray by a variable called `before`. Sections of a newer Terraform are walked by key names after all.

use serde_json::Value;
use serde_json::value::RawValue;

use super::marks::Marked;
use super::quiet;
use super::schema::ProviderSchemas;
use super::sensitive::Sensitive;
use super::walk::{each_entry, each_value, is_true};
use super::{marker, names, shapes};
use crate::document::{Members, Node, parse};

/// A document whose items are not read yet.
pub(super) type Raw<'d> = Node<&'d RawValue>;

/// Which list an item is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum List<'p> {
    /// `resource_changes`, `resource_drift`.
    Changes,
    /// `deferred_changes`.
    Deferred,
    /// The resources of a module of values.
    Values,
    /// The resources of a module of the code, by the names of the calls that lead to it.
    Code(&'p [String]),
}

/// Removes what is marked, and knows the texts that must not appear anywhere.
pub(super) struct Pass<'a> {
    schemas: Option<&'a ProviderSchemas>,
    /// What the changes' marks say about the code.
    marked: Marked,
    secrets: Vec<String>,
    /// Whether anything was removed since it was last asked.
    touched: bool,
}

impl<'a> Pass<'a> {
    pub(super) fn new(schemas: Option<&'a ProviderSchemas>, marked: Marked) -> Self {
        Self { schemas, marked, secrets: Vec::new(), touched: false }
    }

    /// The texts of all that was removed so far; they are not collected twice.
    pub(super) fn take_secrets(&mut self) -> Vec<String> {
        std::mem::take(&mut self.secrets)
    }

    /// Whether anything was removed since it was last asked.
    pub(super) fn take_touched(&mut self) -> bool {
        std::mem::take(&mut self.touched)
    }

    /// Removes what is marked in all but the items, and collects what will be removed of the items.
    pub(super) fn of_document(&mut self, document: &mut Raw<'_>) -> Result<(), serde_json::Error> {
        self.root_variables(document);
        let Node::Map(sections) = document else { return Ok(()) };
        for (name, section) in sections {
            match name.as_str() {
                "resource_changes" | "resource_drift" => self.items(List::Changes, section)?,
                "deferred_changes" => self.items(List::Deferred, section)?,
                "output_changes" => {
                    section.value_mut().into_iter().for_each(|section| {
                        each_value(section, |change| self.change(change, None));
                    });
                }
                "planned_values" => self.values(section)?,
                "prior_state" => {
                    if let Some(values) = section.get_mut("values") {
                        self.values(values)?;
                    }
                }
                "configuration" => self.configuration(section)?,
                "variables" | "checks" | "relevant_attributes" => {}
                _ => section.value_mut().into_iter().for_each(|section| self.anything(section)),
            }
        }
        Ok(())
    }

    /// Removes what is marked in one item.
    pub(super) fn of_item(&mut self, list: List<'_>, item: &mut Value) {
        match list {
            List::Changes => self.resource_change(item),
            List::Deferred => {
                if let Some(change) = item.get_mut("resource_change") {
                    self.resource_change(change);
                }
            }
            List::Values => self.resource_values(item),
            List::Code(path) => self.code_resource(item, path),
        }
    }

    /// Collects what will be removed of the items of a list.
    fn items(&mut self, list: List<'_>, items: &Raw<'_>) -> Result<(), serde_json::Error> {
        for item in items.items() {
            if !self.is_quiet(list, item) {
                self.of_item(list, &mut parse(item.get())?);
            }
        }
        Ok(())
    }

    /// Whether nothing is removed of an item, as far as that can be told without reading all of it.
    fn is_quiet(&self, list: List<'_>, item: &RawValue) -> bool {
        if self.schemas.is_none() && self.marked.is_empty() && matches!(list, List::Code(_)) {
            return true;
        }
        let Some(members) = Members::of(item.get()) else { return false };
        let is_in_schema = |members: &Members<'_>| {
            self.schemas.is_some_and(|schemas| {
                schemas.resource(&members.text("mode"), &members.text("type")).is_some()
            })
        };
        match list {
            List::Changes => !is_in_schema(&members) && quiet::is_quiet_change(&members),
            List::Deferred => match members.get("resource_change").map(Members::of) {
                None => true,
                Some(None) => false,
                Some(Some(members)) => !is_in_schema(&members) && quiet::is_quiet_change(&members),
            },
            List::Values => {
                !is_in_schema(&members)
                    && quiet::is_quiet(members.get("sensitive_values"), members.get("values"))
            }
            List::Code(path) => {
                let place = (path.to_vec(), members.text("address"));
                !is_in_schema(&members) && !self.marked.contains_key(&place)
            }
        }
    }

    /// `variables` carries no marks of its own: the declarations in `configuration` do.
    fn root_variables(&mut self, document: &mut Raw<'_>) {
        let variables = document.get("variables").and_then(Node::value).and_then(Value::as_object);
        let names: Vec<String> = variables.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        for name in names {
            let declared = || {
                let root = document.get("configuration")?.get("root_module")?;
                let declared = root.get("variables")?.value()?.get(&name)?;
                Some(is_true(declared.get("sensitive")))
            };
            // A value without a declaration cannot be shown to be harmless.
            let sensitive = declared().unwrap_or(true) || names::is_secret_name(&name);
            let variables = document.get_mut("variables").and_then(Node::value_mut);
            let value = variables.and_then(|all| all.get_mut(&name)?.get_mut("value"));
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
    fn values(&mut self, section: &mut Raw<'_>) -> Result<(), serde_json::Error> {
        if let Some(outputs) = section.get_mut("outputs").and_then(Node::value_mut) {
            each_value(outputs, |output| self.declaration(output));
        }
        section.get_mut("root_module").map_or(Ok(()), |module| self.module_values(module))
    }

    fn module_values(&mut self, module: &mut Raw<'_>) -> Result<(), serde_json::Error> {
        if let Some(resources) = module.get("resources") {
            self.items(List::Values, resources)?;
        }
        if let Some(Node::List(children)) = module.get_mut("child_modules") {
            children.iter_mut().try_for_each(|child| self.module_values(child))?;
        }
        Ok(())
    }

    fn resource_values(&mut self, resource: &mut Value) {
        let schema = self.schema_of(resource);
        let marks = resource.get("sensitive_values").cloned().unwrap_or(Value::Null);
        if let Some(values) = resource.get_mut("values") {
            self.hide(values, &marks);
            self.hide_by_schema(values, schema.as_ref());
        }
    }

    fn configuration(&mut self, section: &mut Raw<'_>) -> Result<(), serde_json::Error> {
        if let Some(providers) = section.get_mut("provider_config").and_then(Node::value_mut) {
            each_value(providers, |provider| self.provider_config(provider));
        }
        section.get_mut("root_module").map_or(Ok(()), |module| self.config_module(module, &[]))
    }

    fn provider_config(&mut self, provider: &mut Value) {
        let source = provider.get("full_name").and_then(Value::as_str).unwrap_or_default();
        let schema = self.schemas.and_then(|schemas| schemas.provider(source)).cloned();
        let Some(expressions) = provider.get_mut("expressions") else { return };
        self.hide_constants(expressions, schema.as_ref());
        each_entry(expressions, |name, expression| {
            // Providers rarely mark their own credentials.
            if names::is_secret_name(name) {
                self.conceal_constants(expression);
            }
        });
    }

    fn config_module(&mut self, module: &mut Raw<'_>, path: &[String]) -> Result<(), serde_json::Error> {
        if let Some(variables) = module.get_mut("variables").and_then(Node::value_mut) {
            each_entry(variables, |name, variable| match variable.get_mut("default") {
                Some(default) if names::is_secret_name(name) => self.conceal(default),
                _ => self.declaration(variable),
            });
        }
        if let Some(outputs) = module.get_mut("outputs").and_then(Node::value_mut) {
            each_value(outputs, |output| self.declaration(output));
        }
        if let Some(resources) = module.get("resources") {
            self.items(List::Code(path), resources)?;
        }
        if let Some(Node::Map(calls)) = module.get_mut("module_calls") {
            for (name, call) in calls {
                let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
                self.module_call(call, &path)?;
            }
        }
        Ok(())
    }

    fn code_resource(&mut self, resource: &mut Value, path: &[String]) {
        let schema = self.schema_of(resource);
        let address = resource.get("address").and_then(Value::as_str).unwrap_or_default();
        let marked = match self.marked.is_empty() {
            true => None,
            false => self.marked.get(&(path.to_vec(), address.to_owned())).cloned(),
        };
        if let Some(expressions) = resource.get_mut("expressions") {
            self.hide_constants(expressions, schema.as_ref());
            self.hide_constants(expressions, marked.as_ref());
        }
    }

    fn module_call(&mut self, call: &mut Raw<'_>, path: &[String]) -> Result<(), serde_json::Error> {
        let declared = call.get("module").and_then(|module| module.get("variables")?.value()?.as_object());
        let sensitive = declared
            .into_iter()
            .flatten()
            .filter(|(name, variable)| is_true(variable.get("sensitive")) || names::is_secret_name(name));
        let names: Vec<String> = sensitive.map(|(name, _)| name.clone()).collect();
        for name in names {
            let expressions = call.get_mut("expressions").and_then(Node::value_mut);
            if let Some(expression) = expressions.and_then(|all| all.get_mut(&name)) {
                self.conceal_constants(expression);
            }
        }
        call.get_mut("module").map_or(Ok(()), |module| self.config_module(module, path))
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
        self.touched = true;
        shapes::texts_of_secret(value, &mut self.secrets);
        *value = marker(value);
    }
}
