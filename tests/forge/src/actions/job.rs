//! Owns: one job from its first step to its last: workspace, environment, contexts, tokens that end with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::server::Shared;
use crate::state::run::StepRun;

use super::Trouble;
use super::expr::{Scope, shown};
use super::log::JobLog;
use super::step::{Left, Script, end_group};
use super::uses::{self, Used};
use super::workflow::{Job, Step};

/// How deep composite actions may nest, as at GitHub.
const MAX_DEPTH: usize = 9;

/// Where a job plays and with what.
pub(crate) struct Stage {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ids: (u64, u64, u64),
    pub(crate) base: String,
    pub(crate) full_name: String,
    pub(crate) sha: String,
    pub(crate) workspace: PathBuf,
    pub(crate) temp: PathBuf,
    pub(crate) token: String,
    pub(crate) actions: BTreeMap<String, PathBuf>,
    pub(crate) log: Arc<JobLog>,
    pub(crate) cancel: watch::Receiver<bool>,
    pub(crate) gone: watch::Receiver<bool>,
    /// What every step finds in its environment.
    pub(crate) env: BTreeMap<String, String>,
}

/// What steps hand on to each other.
pub(crate) struct Hands {
    pub(crate) scope: Scope,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) path: Vec<String>,
    pub(crate) groups: Vec<u32>,
}

/// Plays the steps of a job; answers how it ended.
pub(crate) async fn play(stage: &Stage, job: &Job, scope: Scope) -> &'static str {
    let mut hands = Hands { scope, env: BTreeMap::new(), path: Vec::new(), groups: Vec::new() };
    let defaults = (job.shell.as_deref(), job.working_directory.as_deref());
    for step in &job.steps {
        if *stage.gone.borrow() {
            hands.scope.failed = true;
            break;
        }
        hands.scope.cancelled = *stage.cancel.borrow();
        let name = title(&hands.scope, step);
        let wanted = hands.scope.holds(step.condition.as_deref());
        let number = record(stage, &name);
        stage.log.line(&format!("##[group]{name}"));
        let (success, conclusion) = match wanted {
            Ok(false) => (true, "skipped"),
            Ok(true) => match play_step(stage, &mut hands, step, defaults, 0).await {
                Ok(success) => (success, if success { "success" } else { "failure" }),
                Err(trouble) => (fail(stage, &trouble), "failure"),
            },
            Err(trouble) => (fail(stage, &trouble), "failure"),
        };
        stage.log.line("##[endgroup]");
        hands.scope.failed |= !success && !step.continue_on_error;
        let cancelled = *stage.cancel.borrow() && conclusion == "failure";
        ended(stage, number, if cancelled { "cancelled" } else { conclusion });
    }
    hands.groups.iter().for_each(|group| end_group(*group));
    match (*stage.cancel.borrow(), hands.scope.failed) {
        (true, _) => "cancelled",
        (false, true) => "failure",
        (false, false) => "success",
    }
}

fn fail(stage: &Stage, trouble: &Trouble) -> bool {
    stage.log.line(&format!("##[error]{trouble}"));
    false
}

fn title(scope: &Scope, step: &Step) -> String {
    let plain = step.name.clone().or_else(|| step.uses.as_ref().map(|uses| format!("Run {uses}")));
    let first = || step.run.as_deref().and_then(|run| run.lines().next()).unwrap_or_default();
    let text = plain.unwrap_or_else(|| format!("Run {}", first()));
    scope.text(&text).unwrap_or(text)
}

fn record(stage: &Stage, name: &str) -> usize {
    let (repo, run, job) = stage.ids;
    let mut world = stage.shared.world();
    let started = world.now();
    let step =
        StepRun { name: name.to_owned(), status: "in_progress", conclusion: None, started, completed: None };
    world.job_mut(repo, run, job).map_or(0, |job| {
        job.steps.push(step);
        job.steps.len() - 1
    })
}

fn ended(stage: &Stage, number: usize, conclusion: &'static str) {
    let (repo, run, job) = stage.ids;
    let mut world = stage.shared.world();
    let now = world.now();
    if let Some(step) = world.job_mut(repo, run, job).and_then(|job| job.steps.get_mut(number)) {
        (step.status, step.conclusion, step.completed) = ("completed", Some(conclusion), Some(now));
    }
}

type Playing<'a> = Pin<Box<dyn Future<Output = Result<bool, Trouble>> + Send + 'a>>;

/// Plays one step; composite actions come back here, so the future is boxed.
fn play_step<'a>(
    stage: &'a Stage,
    hands: &'a mut Hands,
    step: &'a Step,
    defaults: (Option<&'a str>, Option<&'a str>),
    depth: usize,
) -> Playing<'a> {
    Box::pin(async move {
        let mut env = stage.env.clone();
        env.extend(hands.env.clone());
        for (key, value) in &step.env {
            env.insert(key.clone(), hands.scope.text(&shown(value))?);
        }
        let (success, outputs) = match (&step.run, &step.uses) {
            (Some(text), _) => {
                let left = script(stage, hands, step, text, env, defaults).await?;
                let Left { success, outputs, env, path, group } = left;
                hands.env.extend(env);
                hands.path.splice(0..0, path);
                hands.groups.extend(group);
                let known = json!(hands.env);
                if let (Some(Value::Object(all)), Value::Object(new)) =
                    (hands.scope.contexts.get_mut("env"), known)
                {
                    all.extend(new);
                }
                (success, outputs)
            }
            (None, Some(name)) => used(stage, hands, step, name, env, depth).await?,
            (None, None) => return Err(Trouble::new("a step has neither `run` nor `uses`")),
        };
        if let (Some(id), Some(Value::Object(steps))) = (&step.id, hands.scope.contexts.get_mut("steps")) {
            let outcome = if success { "success" } else { "failure" };
            let conclusion = if success || step.continue_on_error { "success" } else { "failure" };
            steps.insert(
                id.clone(),
                json!({"outputs": outputs, "outcome": outcome, "conclusion": conclusion}),
            );
        }
        Ok(success)
    })
}

async fn script(
    stage: &Stage,
    hands: &Hands,
    step: &Step,
    text: &str,
    mut env: BTreeMap<String, String>,
    (shell, dir): (Option<&str>, Option<&str>),
) -> Result<Left, Trouble> {
    let text = hands.scope.text(text)?;
    let shell = step.shell.as_deref().or(shell);
    let dir = step.working_directory.as_deref().or(dir).map(|dir| hands.scope.text(dir)).transpose()?;
    let dir = dir.map_or_else(|| stage.workspace.clone(), |dir| stage.workspace.join(dir));
    if !hands.path.is_empty() {
        let rest = env.get("PATH").cloned().unwrap_or_default();
        env.insert("PATH".into(), format!("{}:{rest}", hands.path.join(":")));
    }
    if let Some(path) = hands.scope.contexts.get("github").and_then(|github| github.get("action_path")) {
        env.insert("GITHUB_ACTION_PATH".into(), shown(path));
    }
    let (log, cancel, gone) = (stage.log.clone(), stage.cancel.clone(), stage.gone.clone());
    Script { text: &text, shell, dir, env, temp: &stage.temp, log, cancel, gone }.run().await
}

async fn used(
    stage: &Stage,
    hands: &mut Hands,
    step: &Step,
    name: &str,
    env: BTreeMap<String, String>,
    depth: usize,
) -> Result<(bool, Map<String, Value>), Trouble> {
    let mut with = Map::new();
    for (key, value) in &step.with {
        with.insert(key.clone(), Value::String(hands.scope.text(&shown(value))?));
    }
    let dir = match uses::find(stage, name)? {
        Used::Checkout => {
            tokio::task::block_in_place(|| uses::checkout(stage, &with))?;
            return Ok((true, Map::new()));
        }
        Used::Composite(dir) => dir,
    };
    if depth >= MAX_DEPTH {
        return Err(Trouble::new(format!("{name} nests deeper than {MAX_DEPTH} actions")));
    }
    let action = uses::composite(&dir, &with, &hands.scope)?;
    let mut scope = hands.scope.clone();
    scope.set("inputs", Value::Object(action.inputs));
    scope.set("steps", json!({}));
    scope.failed = false;
    if let Some(Value::Object(github)) = scope.contexts.get_mut("github") {
        github.insert("action_path".into(), json!(dir.to_string_lossy()));
    }
    // The action's steps see the calling step's variables and hand theirs on to later steps of the job.
    let own: BTreeMap<String, String> =
        env.into_iter().filter(|(key, value)| stage.env.get(key) != Some(value)).collect();
    let before = hands.env.clone();
    let mut inner =
        Hands { scope, env: own.clone(), path: std::mem::take(&mut hands.path), groups: Vec::new() };
    for step in &action.steps {
        inner.scope.cancelled = *stage.cancel.borrow();
        if !inner.scope.holds(step.condition.as_deref())? {
            continue;
        }
        if step.run.is_some() && step.shell.is_none() {
            return Err(Trouble::new(format!("{name}: Required property is missing: shell")));
        }
        let success = match play_step(stage, &mut inner, step, (None, None), depth + 1).await {
            Ok(success) => success,
            Err(trouble) => fail(stage, &trouble),
        };
        inner.scope.failed |= !success && !step.continue_on_error;
    }
    let mut outputs = Map::new();
    for (key, spec) in &action.outputs {
        let value = spec.get("value").map(shown).unwrap_or_default();
        outputs.insert(key.clone(), Value::String(inner.scope.text(&value)?));
    }
    hands.path = inner.path;
    hands.groups.append(&mut inner.groups);
    hands.env = before;
    hands.env.extend(inner.env.into_iter().filter(|(key, value)| own.get(key) != Some(value)));
    Ok((!inner.scope.failed, outputs))
}
