//! Owns: GitHub's OpenAPI description as a judge of requests and answers, when a test has been given the file. An
//! operation is compiled when it is first used: the description is large, a test uses little of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// How many violations of one schema are told.
const TOLD: usize = 3;

/// Events whose webhooks are judged. Those about issues and pull requests carry what the API's answers carry, which the
/// description of webhooks takes apart otherwise.
const TOLD_AS_DESCRIBED: [&str; 3] = ["installation", "installation_repositories", "repository"];

/// The description with what was compiled and found so far; without a description it finds nothing.
#[derive(Default)]
pub(crate) struct Contract {
    description: Option<Arc<Value>>,
    compiled: BTreeMap<String, Option<Validator>>,
    violations: BTreeSet<String>,
}

impl Contract {
    /// Reads a description.
    pub(crate) fn load(file: Option<PathBuf>) -> Result<Contract, String> {
        let Some(file) = file else { return Ok(Contract::default()) };
        // Tests of one process share what takes seconds to parse.
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let description = match read.get(&file) {
            Some(known) => known.clone(),
            None => {
                let fresh = Arc::new(parse(&file)?);
                read.insert(file, fresh.clone());
                fresh
            }
        };
        Ok(Contract { description: Some(description), ..Contract::default() })
    }

    /// What was not as described.
    pub(crate) fn violations(&self) -> &BTreeSet<String> {
        &self.violations
    }

    /// Judges what was asked.
    pub(crate) fn asked(&mut self, method: &str, route: &str, body: &[u8]) {
        let parsed = (!body.is_empty()).then(|| serde_json::from_slice(body).ok()).flatten();
        if let Some(value) = parsed {
            self.judge(method, route, "requestBody", &value);
        }
    }

    /// Judges what was answered.
    pub(crate) fn answered(&mut self, method: &str, route: &str, status: u16, body: Option<&Value>) {
        let Some(operation) = self.operation(method, route) else { return };
        let known = operation.get("responses").and_then(|all| all.get(status.to_string())).is_some();
        // GitHub does not list every refusal of every operation; a success it does not list is our mistake.
        if !known {
            if status < 300 {
                self.violations.insert(format!("{method} {route}: GitHub does not answer {status}"));
            }
            return;
        }
        if let (Some(body), true) = (body, status < 300) {
            self.judge(method, route, &format!("responses/{status}"), body);
        }
    }

    /// Judges what a webhook says, as far as [`TOLD_AS_DESCRIBED`] goes.
    pub(crate) fn told(&mut self, event: &str, action: Option<&str>, payload: &Value) {
        let Some(description) = self.description.clone() else { return };
        if !TOLD_AS_DESCRIBED.contains(&event) {
            return;
        }
        let name = action.map_or_else(|| event.to_owned(), |action| format!("{event}-{action}"));
        let name = name.replace('_', "-");
        let schema = description.get("x-webhooks").and_then(|all| {
            let body = all.get(&name)?.get("post")?.get("requestBody")?;
            body.get("content")?.get("application/json")?.get("schema").cloned()
        });
        if schema.is_none() {
            self.violations.insert(format!("GitHub sends no webhook {name}"));
        }
        self.compare(&description, format!("webhook {name}"), payload, || schema);
    }

    fn operation(&self, method: &str, route: &str) -> Option<&Value> {
        let path = route.replace("{*", "{");
        self.description.as_ref()?.get("paths")?.get(&path)?.get(method.to_lowercase())
    }

    fn judge(&mut self, method: &str, route: &str, part: &str, value: &Value) {
        let Some(description) = self.description.clone() else { return };
        let schema = self.operation(method, route).and_then(|operation| {
            let found = part.split('/').try_fold(operation, |at, name| at.get(name))?;
            let found = resolve(&description, found);
            found.get("content")?.get("application/json")?.get("schema")
        });
        let schema = schema.cloned();
        self.compare(&description, format!("{method} {route} {part}"), value, || schema);
    }

    /// Judges a value by the schema of this name, compiled at its first use.
    fn compare(
        &mut self,
        description: &Value,
        key: String,
        value: &Value,
        schema: impl FnOnce() -> Option<Value>,
    ) {
        if !self.compiled.contains_key(&key) {
            let validator = match schema().map(|schema| compile(description, &schema)).transpose() {
                Ok(validator) => validator,
                Err(why) => {
                    // A judge that cannot read the law must say so, or everything passes.
                    self.violations.insert(format!("{key}: its schema cannot be compiled: {why}"));
                    None
                }
            };
            self.compiled.insert(key.clone(), validator);
        }
        if let Some(Some(validator)) = self.compiled.get(&key) {
            let found: Vec<String> = validator
                .iter_errors(value)
                .take(TOLD)
                .map(|error| {
                    let words: String = error.to_string().chars().take(300).collect();
                    format!("{key}: at `{}`: {words}", error.instance_path())
                })
                .collect();
            self.violations.extend(found);
        }
    }
}

/// The descriptions read so far, by file.
static READ: Mutex<BTreeMap<PathBuf, Arc<Value>>> = Mutex::new(BTreeMap::new());

fn parse(file: &Path) -> Result<Value, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    if value.get("paths").is_none() {
        return Err(format!("{}: it has no `paths`", file.display()));
    }
    Ok(value)
}

/// Follows a `$ref` within the description.
fn resolve<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    pointer.and_then(|pointer| description.pointer(pointer)).unwrap_or(value)
}

/// Compiles a schema with all it refers to.
fn compile(description: &Value, schema: &Value) -> Result<Validator, String> {
    let mut defs = Map::new();
    let mut wanted = BTreeSet::new();
    let mut root = translate(schema, &mut wanted);
    while let Some(name) = wanted.iter().find(|name| !defs.contains_key(*name)).cloned() {
        let known = description.get("components").and_then(|all| all.get("schemas")?.get(&name));
        let found = known.ok_or_else(|| format!("{name} is not described"))?;
        defs.insert(name, translate(found, &mut wanted));
    }
    if let Some(map) = root.as_object_mut() {
        map.insert("$defs".into(), Value::Object(defs));
    }
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(false);
    options.build(&root).map_err(|error| error.to_string())
}

/// Turns an OpenAPI 3.0 schema into JSON Schema: `nullable`, and references to components.
fn translate(schema: &Value, wanted: &mut BTreeSet<String>) -> Value {
    match schema {
        Value::Array(list) => list.iter().map(|one| translate(one, wanted)).collect(),
        Value::Object(map) => {
            if let Some(name) =
                map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/components/schemas/"))
            {
                wanted.insert(name.to_owned());
                return json!({"$ref": format!("#/$defs/{name}")});
            }
            let nullable = map.get("nullable") == Some(&Value::Bool(true));
            let skipped =
                ["nullable", "example", "examples", "default", "discriminator", "xml", "externalDocs"];
            let mut out: Map<String, Value> = map
                .iter()
                .filter(|(key, value)| !skipped.contains(&key.as_str()) || is_property(value, key, map))
                .map(|(key, value)| match key.as_str() {
                    "enum" | "required" | "const" => (key.clone(), value.clone()),
                    "allOf" if is_one_of_two(value) => ("anyOf".to_owned(), translate(value, wanted)),
                    _ => (key.clone(), translate(value, wanted)),
                })
                .collect();
            if !nullable {
                return Value::Object(out);
            }
            out.remove("nullable");
            json!({"anyOf": [{"type": "null"}, out]})
        }
        other => other.clone(),
    }
}

/// An installation's account is a user or an enterprise. Where the description lists installations it demands both at
/// once, which no account is; where it describes one, it says `anyOf`.
fn is_one_of_two(schemas: &Value) -> bool {
    let titles = schemas.as_array().into_iter().flatten().filter_map(|one| one.get("title")?.as_str());
    titles.eq(["Simple User", "Enterprise"])
}

/// Whether a key such as `default` is the name of a property, not a keyword: then its siblings are schemas.
fn is_property(value: &Value, key: &str, map: &Map<String, Value>) -> bool {
    let schema = |value: &Value| {
        ["type", "$ref", "allOf", "anyOf", "oneOf"].iter().any(|word| value.get(word).is_some())
    };
    let keyword = map.contains_key("type") && map.get("type").is_some_and(Value::is_string);
    !keyword && key != "nullable" && value.is_object() && schema(value)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::Contract;

    fn contract() -> Contract {
        let schema = json!({"type": "object", "required": ["id", "default"], "properties": {
            "id": {"type": "integer"}, "default": {"type": "boolean"}, "body": {"type": "string", "nullable": true},
            "user": {"$ref": "#/components/schemas/user"}}});
        let description = json!({
            "paths": {"/labels/{name}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}}},
            "components": {"schemas": {"user": {"type": "object", "nullable": true, "required": ["login"]}}},
        });
        Contract { description: Some(Arc::new(description)), ..Contract::default() }
    }

    #[track_caller]
    fn check(status: u16, body: serde_json::Value, expect: &[&str]) {
        let mut contract = contract();
        contract.answered("GET", "/labels/{name}", status, Some(&body));
        let found: Vec<&str> = contract.violations().iter().map(String::as_str).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn answers_are_judged() {
        check(200, json!({"id": 1, "default": true, "body": null, "user": null}), &[]);
        check(404, json!({"message": "Not Found"}), &[]);
        check(201, json!({}), &["GET /labels/{name}: GitHub does not answer 201"]);
        let key = "GET /labels/{name} responses/200: at";
        check(200, json!({"id": 1}), &[&format!("{key} ``: \"default\" is a required property")]);
        check(
            200,
            json!({"id": "x", "default": true}),
            &[&format!("{key} `/id`: \"x\" is not of type \"integer\"")],
        );
        let anon = check_user(json!({"id": 1, "default": true, "user": {}}));
        assert!(anon.contains("`/user`"), "{anon}");
    }

    fn check_user(body: serde_json::Value) -> String {
        let mut contract = contract();
        contract.answered("GET", "/labels/{name}", 200, Some(&body));
        contract.violations().iter().cloned().collect()
    }
}
