//! Owns: labels of repositories and issues over the API.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::World;

use super::{Answer, Call, Done, Reject};

/// `GET …/labels`.
pub(crate) fn list(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let all = world.repo(id)?.labels.values().map(|label| world.label_json(id, label)).collect();
    call.list(world, all)
}

/// `GET …/labels/{name}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let label = world.repo(id)?.labels.get(call.param("name")?).ok_or_else(Reject::not_found)?;
    Answer::ok(world.label_json(id, label))
}

#[derive(Deserialize)]
struct Create {
    name: String,
    color: Option<String>,
    description: Option<String>,
}

fn check_color(color: &str) -> Result<(), Reject> {
    let six = color.len() == 6 && color.bytes().all(|byte| byte.is_ascii_hexdigit());
    six.then_some(()).ok_or_else(|| Reject::field("Label", "color", "invalid"))
}

/// `POST …/labels`: 422 when it exists.
pub(crate) fn create(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let ask: Create = call.json()?;
    let color = ask.color.unwrap_or_else(|| "ededed".to_owned());
    check_color(&color)?;
    if !world.ensure_label(id, &ask.name, &color, ask.description.as_deref())? {
        return Err(Reject::field("Label", "name", "already_exists"));
    }
    let label = world.repo(id)?.labels.get(&ask.name).ok_or_else(Reject::not_found)?;
    Answer::created(world.label_json(id, label))
}

#[derive(Deserialize)]
struct Update {
    color: Option<String>,
    description: Option<String>,
}

/// `PATCH …/labels/{name}`: colour and description.
pub(crate) fn update(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let ask: Update = call.json()?;
    let label = world.repo_mut(id)?.labels.get_mut(call.param("name")?).ok_or_else(Reject::not_found)?;
    if let Some(color) = ask.color {
        check_color(&color)?;
        label.color = color;
    }
    label.description = ask.description.or(label.description.take());
    get(world, call)
}

fn answer(world: &World, id: u64, number: u64) -> Done {
    Answer::ok(json!(world.labels_json(id, world.issue(id, number)?)))
}

/// `GET …/issues/{number}/labels`.
pub(crate) fn of_issue(world: &mut World, call: &Call) -> Done {
    let (id, number) = (call.repo(world)?, call.number("issue_number")?);
    answer(world, id, number)
}

/// The names in a body: `{"labels": […]}`, or the list alone; strings or objects.
fn names(call: &Call) -> Result<BTreeSet<String>, Reject> {
    let body: Value = call.json()?;
    let list = body.get("labels").unwrap_or(&body);
    let name = |label: &Value| label.as_str().or_else(|| label.get("name")?.as_str()).map(str::to_owned);
    Ok(list.as_array().map(|list| list.iter().filter_map(name).collect()).unwrap_or_default())
}

/// `POST …/issues/{number}/labels`.
pub(crate) fn add(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    let mut all = world.issue(id, number)?.labels.clone();
    all.extend(names(call)?);
    world.set_labels(id, number, actor, all)?;
    answer(world, id, number)
}

/// `PUT …/issues/{number}/labels`.
pub(crate) fn replace(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    world.set_labels(id, number, actor, names(call)?)?;
    answer(world, id, number)
}

/// `DELETE …/issues/{number}/labels`.
pub(crate) fn clear(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    world.set_labels(id, number, actor, BTreeSet::new())?;
    Answer::none()
}

/// `DELETE …/issues/{number}/labels/{name}`.
pub(crate) fn remove(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    let mut all = world.issue(id, number)?.labels.clone();
    if !all.remove(call.param("name")?) {
        return Err(Reject::new(404, "Label does not exist"));
    }
    world.set_labels(id, number, actor, all)?;
    answer(world, id, number)
}
