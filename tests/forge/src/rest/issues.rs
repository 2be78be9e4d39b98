//! Owns: issues over the API. Leaves to [`super::comments`], [`super::labels`], [`super::reactions`]: what hangs on them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::issue::IssueEdit;
use crate::state::{Permission, World};

use super::{Answer, Call, Caller, Done, Reject};

/// `GET …/issues`: with pull requests among them, as at GitHub.
pub(crate) fn list(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let state = call.query("state").unwrap_or("open");
    let labels: Vec<&str> = call.query("labels").into_iter().flat_map(|names| names.split(',')).collect();
    let issues = world.repo(id)?.issues.values();
    let mut numbers: Vec<u64> = issues
        .filter(|issue| state == "all" || issue.open == (state == "open"))
        .filter(|issue| labels.iter().all(|name| issue.labels.contains(*name)))
        .filter(|issue| call.query("creator").is_none_or(|login| login == world.login_of(issue.author)))
        .filter(|issue| {
            let since = call.query("since").and_then(|text| text.parse::<jiff::Timestamp>().ok());
            since.is_none_or(|since| issue.updated >= since)
        })
        .map(|issue| issue.number)
        .collect();
    if call.query("direction") != Some("asc") {
        numbers.reverse();
    }
    let (part, link) = call.page(world, numbers);
    let list: Vec<Value> = part.into_iter().map(|number| world.issue_json(id, number)).collect();
    Ok(Answer { status: 200, body: Some(json!(list)), raw: None, link })
}

#[derive(Deserialize)]
struct Create {
    title: String,
    body: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    assignees: Vec<String>,
}

/// `POST …/issues`.
pub(crate) fn create(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let ask: Create = call.json()?;
    let number = world.open_issue(id, actor, &ask.title, ask.body.as_deref())?;
    if !ask.labels.is_empty() {
        world.set_labels(id, number, actor, ask.labels.into_iter().collect())?;
    }
    set_assignees(world, id, number, actor, &ask.assignees, true)?;
    Answer::created(world.issue_json(id, number))
}

/// `GET …/issues/{number}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let (id, number) = (call.repo(world)?, call.number("issue_number")?);
    world.issue(id, number)?;
    Answer::ok(world.issue_json(id, number))
}

#[derive(Deserialize)]
struct Update {
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    labels: Option<Vec<Value>>,
    assignees: Option<Vec<String>>,
}

/// `PATCH …/issues/{number}`: by its author, or by those who may sort issues.
pub(crate) fn update(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    let author = world.issue(id, number)?.author;
    if let Caller::User(person) = &call.caller
        && *person != author
        && world.permission(world.repo(id)?, *person) < Permission::Triage
    {
        return Err(Reject::new(403, "Must have admin rights to Repository."));
    }
    let ask: Update = call.json()?;
    let open = match ask.state.as_deref() {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(_) => return Err(Reject::field("Issue", "state", "invalid")),
    };
    let edit = IssueEdit { title: ask.title, body: ask.body.map(Some), open, state_reason: ask.state_reason };
    world.edit_issue(id, number, actor, edit)?;
    if let Some(labels) = ask.labels {
        let name = |label: &Value| label.as_str().or_else(|| label.get("name")?.as_str()).map(str::to_owned);
        world.set_labels(id, number, actor, labels.iter().filter_map(name).collect())?;
    }
    if let Some(assignees) = ask.assignees {
        world.issue_mut(id, number)?.assignees.clear();
        set_assignees(world, id, number, actor, &assignees, true)?;
    }
    Answer::ok(world.issue_json(id, number))
}

#[derive(Deserialize)]
struct Assign {
    #[serde(default)]
    assignees: Vec<String>,
}

/// `POST …/assignees`: who cannot be assigned is left out without a word.
pub(crate) fn assign(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    let ask: Assign = call.json()?;
    set_assignees(world, id, number, actor, &ask.assignees, true)?;
    Answer::created(world.issue_json(id, number))
}

/// `DELETE …/assignees`.
pub(crate) fn unassign(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    let ask: Assign = call.json()?;
    set_assignees(world, id, number, actor, &ask.assignees, false)?;
    Answer::ok(world.issue_json(id, number))
}

fn set_assignees(
    world: &mut World,
    id: u64,
    number: u64,
    actor: u64,
    logins: &[String],
    on: bool,
) -> Result<(), Reject> {
    let people: BTreeSet<u64> = logins.iter().filter_map(|login| Some(world.login(login).ok()?.id)).collect();
    for person in people {
        let may = world.permission(world.repo(id)?, person) >= Permission::Read && !world.is_bot(person);
        let assignees = &mut world.issue_mut(id, number)?.assignees;
        let changed = if on { may && assignees.insert(person) } else { assignees.remove(&person) };
        if changed {
            let action = if on { "assigned" } else { "unassigned" };
            let more = json!({"assignee": world.user_json(person)});
            world.send_issue(id, number, action, actor, more);
        }
    }
    Ok(())
}
