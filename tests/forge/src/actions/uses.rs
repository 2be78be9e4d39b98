//! Owns: `uses`: checkout with real git, composite actions from the checkout or from a directory given for a name.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::git;

use super::Trouble;
use super::expr::{Scope, shown};
use super::job::Stage;
use super::workflow::{Step, parse_step, read_yaml};

/// What `uses` names.
pub(crate) enum Used {
    Checkout,
    Composite(PathBuf),
}

/// Finds what `uses` names.
pub(crate) fn find(stage: &Stage, uses: &str) -> Result<Used, Trouble> {
    if uses.starts_with("./") || uses.starts_with("../") {
        return Ok(Used::Composite(stage.workspace.join(uses)));
    }
    let (name, _) = uses.split_once('@').ok_or_else(|| Trouble::new(format!("`{uses}` names no version")))?;
    if let Some(dir) = stage.actions.get(name) {
        return Ok(Used::Composite(dir.clone()));
    }
    match name {
        "actions/checkout" => Ok(Used::Checkout),
        _ => Err(Trouble::new(format!("the forge was given no directory for the action {name}"))),
    }
}

/// A composite action as it was written.
pub(crate) struct Composite {
    pub(crate) inputs: Map<String, Value>,
    pub(crate) outputs: Map<String, Value>,
    pub(crate) steps: Vec<Step>,
}

/// Reads a composite action and fills its inputs.
pub(crate) fn composite(dir: &Path, with: &Map<String, Value>, outer: &Scope) -> Result<Composite, Trouble> {
    let file = ["action.yml", "action.yaml"].iter().map(|name| dir.join(name)).find(|file| file.is_file());
    let file =
        file.ok_or_else(|| Trouble::new(format!("Can't find 'action.yml' under '{}'", dir.display())))?;
    let text = std::fs::read_to_string(&file)
        .map_err(|error| Trouble::new(format!("{}: {error}", file.display())))?;
    let root = read_yaml(&text)?;
    let runs =
        root.get("runs").ok_or_else(|| Trouble::new(format!("{}: `runs` is missing", file.display())))?;
    let using = runs.get("using").and_then(Value::as_str).unwrap_or_default();
    if using != "composite" {
        return Err(Trouble::new(format!(
            "{}: the forge plays composite actions, not `{using}`",
            file.display()
        )));
    }
    let declared = root.get("inputs").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(extra) = with.keys().find(|key| !declared.contains_key(*key)) {
        return Err(Trouble::new(format!("Unexpected input '{extra}' for {}", file.display())));
    }
    let mut inputs = Map::new();
    for (name, spec) in &declared {
        let given = with.get(name).or_else(|| spec.get("default"));
        let required = spec.get("required").and_then(Value::as_bool).unwrap_or(false);
        let value = match given {
            Some(value) => outer.text(&shown(value))?,
            None if required => return Err(Trouble::new(format!("Input required and not supplied: {name}"))),
            None => String::new(),
        };
        inputs.insert(name.clone(), Value::String(value));
    }
    let steps = runs.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let outputs = root.get("outputs").and_then(Value::as_object).cloned().unwrap_or_default();
    Ok(Composite { inputs, outputs, steps: steps.iter().map(parse_step).collect::<Result<_, _>>()? })
}

const CHECKOUT: [&str; 12] = [
    "repository",
    "ref",
    "token",
    "path",
    "fetch-depth",
    "persist-credentials",
    "clean",
    "set-safe-directory",
    "submodules",
    "lfs",
    "fetch-tags",
    "show-progress",
];

/// Checks a commit out over HTTP with the job's token, as `actions/checkout` does.
pub(crate) fn checkout(stage: &Stage, with: &Map<String, Value>) -> Result<(), Trouble> {
    let option = |name: &str| with.get(name).map(shown).filter(|text| !text.is_empty());
    if let Some(extra) = with.keys().find(|key| !CHECKOUT.contains(&key.as_str())) {
        return Err(Trouble::new(format!("actions/checkout: the forge does not play `{extra}`")));
    }
    for name in ["submodules", "lfs"] {
        if option(name).is_some_and(|value| value != "false") {
            return Err(Trouble::new(format!("actions/checkout: the forge does not play `{name}`")));
        }
    }
    let repository = option("repository").unwrap_or_else(|| stage.full_name.clone());
    let own = repository == stage.full_name;
    let what = option("ref").unwrap_or_else(|| if own { stage.sha.clone() } else { "HEAD".into() });
    let dir = match option("path") {
        Some(path) if Path::new(&path).is_absolute() || path.split('/').any(|part| part == "..") => {
            return Err(Trouble::new(format!("Repository path '{path}' is not under the workspace")));
        }
        Some(path) => stage.workspace.join(path),
        None => stage.workspace.clone(),
    };
    std::fs::create_dir_all(&dir).map_err(|error| Trouble::new(format!("{}: {error}", dir.display())))?;
    let token = option("token").unwrap_or_else(|| stage.token.clone());
    let header = format!("AUTHORIZATION: basic {}", STANDARD.encode(format!("x-access-token:{token}")));
    let key = format!("http.{}/.extraheader", stage.base);
    let with_token = format!("{key}={header}");
    let url = format!("{}/{repository}", stage.base);
    let depth = option("fetch-depth").unwrap_or_else(|| "1".into());
    stage.log.line(&format!("Syncing repository: {repository}"));
    run(&dir, &["init", "--quiet"])?;
    if run(&dir, &["remote", "add", "origin", &url]).is_err() {
        run(&dir, &["remote", "set-url", "origin", &url])?;
    }
    let mut fetch = vec!["-c", with_token.as_str(), "fetch", "--quiet", "--no-tags", "--force"];
    let deep = format!("--depth={depth}");
    if depth == "0" {
        fetch.extend(["origin", "+refs/heads/*:refs/remotes/origin/*", what.as_str()]);
    } else {
        fetch.extend([deep.as_str(), "origin", what.as_str()]);
    }
    run(&dir, &fetch)?;
    run(&dir, &["checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"])
        .or_else(|_| run(&dir, &["checkout", "--quiet", "--force", "--detach", &what]))?;
    if option("clean").is_none_or(|clean| clean != "false") {
        run(&dir, &["clean", "-ffdx", "--quiet"])?;
    }
    if option("persist-credentials").is_none_or(|keep| keep != "false") {
        run(&dir, &["config", "--local", &key, &header])?;
    }
    Ok(())
}

fn run(dir: &Path, args: &[&str]) -> Result<(), Trouble> {
    let output = git::command(dir)
        .args(args)
        .output()
        .map_err(|error| Trouble::new(format!("git did not run: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let verb =
        args.iter().find(|arg| !arg.starts_with('-') && !arg.contains('=')).copied().unwrap_or_default();
    Err(Trouble::new(format!("git {verb} failed: {said}")))
}
