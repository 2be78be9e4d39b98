//! Owns: a workflow file as it was written: triggers, inputs, permissions, jobs, steps. Unknown keys of a job or step are
//! trouble: what the forge does not play must not be silently ignored.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::state::app::{Access, Permissions};

use super::Trouble;

/// A workflow.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    /// By event: its configuration, possibly null.
    pub(crate) on: BTreeMap<String, Value>,
    pub(crate) env: Map<String, Value>,
    pub(crate) permissions: Option<Permissions>,
    pub(crate) jobs: Vec<Job>,
}

/// A job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) condition: Option<String>,
    pub(crate) permissions: Option<Permissions>,
    pub(crate) environment: Option<String>,
    pub(crate) matrix: Map<String, Value>,
    pub(crate) fail_fast: bool,
    pub(crate) env: Map<String, Value>,
    pub(crate) working_directory: Option<String>,
    pub(crate) shell: Option<String>,
    pub(crate) timeout_minutes: f64,
    pub(crate) steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) run: Option<String>,
    pub(crate) uses: Option<String>,
    pub(crate) with: Map<String, Value>,
    pub(crate) env: Map<String, Value>,
    pub(crate) shell: Option<String>,
    pub(crate) working_directory: Option<String>,
    pub(crate) continue_on_error: bool,
}

// `concurrency` is read and not played: nothing of ours may rely on it.
const JOB_KEYS: [&str; 13] = [
    "name",
    "needs",
    "if",
    "permissions",
    "environment",
    "strategy",
    "env",
    "defaults",
    "timeout-minutes",
    "steps",
    "runs-on",
    "concurrency",
    "container",
];
const STEP_KEYS: [&str; 11] = [
    "id",
    "name",
    "if",
    "run",
    "uses",
    "with",
    "env",
    "shell",
    "working-directory",
    "continue-on-error",
    "timeout-minutes",
];

/// Reads YAML into JSON values; `on` stays a key and does not become `true`, since that is YAML 1.2's way.
pub(crate) fn read_yaml(text: &str) -> Result<Value, Trouble> {
    let yaml: serde_yaml::Value =
        serde_yaml::from_str(text).map_err(|error| Trouble::new(error.to_string()))?;
    serde_json::to_value(yaml).map_err(|error| Trouble::new(format!("a key is not text: {error}")))
}

/// Reads a workflow.
pub(crate) fn parse(path: &str, text: &str) -> Result<Workflow, Trouble> {
    let root = read_yaml(text)?;
    let on = match root.get("on") {
        Some(Value::String(event)) => BTreeMap::from([(event.clone(), Value::Null)]),
        Some(Value::Array(events)) => {
            events.iter().filter_map(Value::as_str).map(|event| (event.to_owned(), Value::Null)).collect()
        }
        Some(Value::Object(events)) => {
            events.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        _ => return Err(Trouble::new("No event triggers defined in `on`")),
    };
    let jobs = root
        .get("jobs")
        .and_then(Value::as_object)
        .ok_or_else(|| Trouble::new("Required property is missing: jobs"))?;
    let defaults = root.get("defaults").and_then(|defaults| defaults.get("run"));
    Ok(Workflow {
        name: text_of(root.get("name")).unwrap_or_else(|| path.to_owned()),
        on,
        env: map(root.get("env")),
        permissions: root.get("permissions").map(permissions).transpose()?,
        jobs: jobs.iter().map(|(key, job)| parse_job(key, job, defaults)).collect::<Result<_, _>>()?,
    })
}

fn parse_job(key: &str, job: &Value, defaults: Option<&Value>) -> Result<Job, Trouble> {
    let only = job.as_object().ok_or_else(|| Trouble::new(format!("job {key} is not a mapping")))?;
    known(only, &JOB_KEYS, &format!("job {key}"))?;
    if only.contains_key("container") {
        return Err(Trouble::new(format!("job {key}: the forge plays no containers")));
    }
    if !only.contains_key("runs-on") {
        return Err(Trouble::new(format!("job {key}: Required property is missing: runs-on")));
    }
    let needs = match job.get("needs") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let environment = job.get("environment").and_then(|value| value.get("name").or(Some(value)));
    let strategy = job.get("strategy");
    let run = job.get("defaults").and_then(|defaults| defaults.get("run"));
    let default =
        |name: &str| text_of(run.and_then(|run| run.get(name)).or(defaults.and_then(|d| d.get(name))));
    let steps = job.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Job {
        key: key.to_owned(),
        name: text_of(job.get("name")),
        needs,
        condition: text_of(job.get("if")),
        permissions: job.get("permissions").map(permissions).transpose()?,
        environment: text_of(environment),
        matrix: map(strategy.and_then(|strategy| strategy.get("matrix"))),
        fail_fast: strategy
            .and_then(|strategy| strategy.get("fail-fast"))
            .and_then(Value::as_bool)
            .unwrap_or(true),
        env: map(job.get("env")),
        working_directory: default("working-directory"),
        shell: default("shell"),
        timeout_minutes: job.get("timeout-minutes").and_then(Value::as_f64).unwrap_or(360.0),
        steps: steps.iter().map(parse_step).collect::<Result<_, _>>()?,
    })
}

/// Reads a step of a job or of a composite action.
pub(crate) fn parse_step(step: &Value) -> Result<Step, Trouble> {
    let only = step.as_object().ok_or_else(|| Trouble::new("a step is not a mapping"))?;
    known(only, &STEP_KEYS, "a step")?;
    let step = Step {
        id: text_of(step.get("id")),
        name: text_of(step.get("name")),
        condition: text_of(step.get("if")),
        run: text_of(step.get("run")),
        uses: text_of(step.get("uses")),
        with: map(step.get("with")),
        env: map(step.get("env")),
        shell: text_of(step.get("shell")),
        working_directory: text_of(step.get("working-directory")),
        continue_on_error: step.get("continue-on-error").and_then(Value::as_bool).unwrap_or(false),
    };
    match (&step.run, &step.uses) {
        (Some(_), None) | (None, Some(_)) => Ok(step),
        _ => Err(Trouble::new("a step has either `run` or `uses`")),
    }
}

fn known(map: &Map<String, Value>, keys: &[&str], of: &str) -> Result<(), Trouble> {
    match map.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(Trouble::new(format!("{of}: the forge does not play `{key}`"))),
        None => Ok(()),
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn map(value: Option<&Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map.clone(),
        // `matrix: ${{ fromJSON(…) }}` is one expression for the whole map.
        Some(Value::String(text)) => Map::from_iter([(String::new(), Value::String(text.clone()))]),
        _ => Map::new(),
    }
}

const SCOPES: [&str; 8] =
    ["actions", "checks", "contents", "deployments", "id-token", "issues", "pull-requests", "statuses"];

/// Reads `permissions`; what is not named is not given.
fn permissions(value: &Value) -> Result<Permissions, Trouble> {
    let all = |access: Access| {
        SCOPES.iter().map(move |name| (name.replace("pull-requests", "pull_requests"), access))
    };
    match value {
        Value::String(text) if text == "read-all" => Ok(all(Access::Read).collect()),
        Value::String(text) if text == "write-all" => Ok(all(Access::Write).collect()),
        Value::Object(map) => {
            let mut given = Permissions::new();
            for (name, level) in map {
                let access = match level.as_str() {
                    Some("read") => Access::Read,
                    Some("write") => Access::Write,
                    Some("none") => continue,
                    _ => return Err(Trouble::new(format!("permissions: {name}: unexpected value {level}"))),
                };
                given.insert(name.replace("pull-requests", "pull_requests"), access);
            }
            Ok(given)
        }
        _ => Err(Trouble::new("permissions: unexpected value")),
    }
}

/// What a dispatch gives: declared inputs with their defaults; unknown and missing ones are refused in GitHub's words.
pub(crate) fn dispatch_inputs(
    workflow: &Workflow,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Trouble> {
    let on = workflow.on.get("workflow_dispatch");
    let on = on.ok_or_else(|| Trouble::new("Workflow does not have 'workflow_dispatch' trigger"))?;
    let declared = on.get("inputs").and_then(Value::as_object).cloned().unwrap_or_default();
    let extra: Vec<String> =
        given.keys().filter(|key| !declared.contains_key(*key)).map(|key| format!("{key:?}")).collect();
    if !extra.is_empty() {
        return Err(Trouble::new(format!("Unexpected inputs provided: [{}]", extra.join(", "))));
    }
    let mut inputs = Map::new();
    for (name, spec) in &declared {
        let value = given.get(name).or_else(|| spec.get("default")).cloned();
        let required = spec.get("required").and_then(Value::as_bool).unwrap_or(false);
        if required && value.as_ref().is_none_or(|value| super::expr::shown(value).is_empty()) {
            return Err(Trouble::new(format!("Required input '{name}' not provided")));
        }
        let value = value.unwrap_or_else(|| Value::String(String::new()));
        let typed = match spec.get("type").and_then(Value::as_str) {
            Some("boolean") => Value::Bool(super::expr::shown(&value) == "true"),
            Some("number") => value,
            Some("choice") => {
                let options = spec.get("options").and_then(Value::as_array).cloned().unwrap_or_default();
                if !options.contains(&value) {
                    return Err(Trouble::new(format!(
                        "Provided value '{}' for input '{name}' not in the list of allowed values",
                        super::expr::shown(&value)
                    )));
                }
                value
            }
            _ => Value::String(super::expr::shown(&value)),
        };
        inputs.insert(name.clone(), typed);
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{dispatch_inputs, parse};

    const TEXT: &str = "on:\n  workflow_dispatch:\n    inputs:\n      run: {required: true}\n      workers: {default: '[1]'}\npermissions: {}\njobs:\n  plan:\n    runs-on: ubuntu-latest\n    permissions: {id-token: write, contents: read}\n    strategy: {matrix: {worker: '${{ fromJSON(inputs.workers) }}'}}\n    steps:\n      - run: echo\n";

    #[test]
    fn inputs_are_checked_as_at_github() {
        let workflow = parse("w.yml", TEXT).unwrap();
        let given = |json: serde_json::Value| json.as_object().cloned().unwrap_or_default();
        let filled = dispatch_inputs(&workflow, &given(json!({"run": "r"}))).unwrap();
        assert_eq!(json!(filled), json!({"run": "r", "workers": "[1]"}));
        let words = |json| dispatch_inputs(&workflow, &given(json)).unwrap_err().0;
        assert_eq!(words(json!({})), "Required input 'run' not provided");
        assert_eq!(words(json!({"run": "r", "x": 1})), "Unexpected inputs provided: [\"x\"]");
    }

    #[test]
    fn what_is_not_played_is_said() {
        let words = |text: &str| parse("w.yml", text).unwrap_err().0;
        assert_eq!(
            words(&TEXT.replace("- run: echo", "- run: echo\n        retries: 3")),
            "a step: the forge does not play `retries`"
        );
        assert_eq!(
            words(&TEXT.replace("    runs-on: ubuntu-latest\n", "    services: {}\n    runs-on: x\n")),
            "job plan: the forge does not play `services`"
        );
    }
}
