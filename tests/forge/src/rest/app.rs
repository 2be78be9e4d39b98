//! Owns: what the app asks as itself: installations, tokens, deliveries.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::written;
use crate::hooks::Delivery;
use crate::json::account::{merge, permissions_json};
use crate::state::World;
use crate::state::app::{Access, Permissions};

use super::{Answer, Call, Caller, Done, Reject};

/// `GET /app`.
pub(crate) fn get(world: &mut World, _: &Call) -> Done {
    let mut app = world.app_json(world.app.id);
    merge(&mut app, json!({"installations_count": world.app.installations.len()}));
    Answer::ok(app)
}

/// `GET /app/installations`.
pub(crate) fn installations(world: &mut World, call: &Call) -> Done {
    let all = world.app.installations.keys().map(|id| world.installation_json(*id)).collect();
    call.list(world, all)
}

/// `GET /app/installations/{id}`.
pub(crate) fn installation(world: &mut World, call: &Call) -> Done {
    let id = known(world, call)?;
    Answer::ok(world.installation_json(id))
}

fn known(world: &World, call: &Call) -> Result<u64, Reject> {
    let id = call.number("installation_id")?;
    world.app.installations.contains_key(&id).then_some(id).ok_or_else(Reject::not_found)
}

/// `GET /orgs/{org}/installation`.
pub(crate) fn org_installation(world: &mut World, call: &Call) -> Done {
    let owner = world.login(call.param("org")?)?.id;
    let id = world.installation_of(owner).ok_or_else(Reject::not_found)?;
    Answer::ok(world.installation_json(id))
}

/// `GET /repos/{owner}/{repo}/installation`.
pub(crate) fn repo_installation(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let id = world.installation_covering(repo).ok_or_else(Reject::not_found)?;
    Answer::ok(world.installation_json(id))
}

#[derive(Deserialize)]
struct Narrow {
    permissions: Option<std::collections::BTreeMap<String, String>>,
    repositories: Option<Vec<String>>,
    repository_ids: Option<Vec<u64>>,
}

/// `POST /app/installations/{id}/access_tokens`: never more than the installation has.
pub(crate) fn access_token(world: &mut World, call: &Call) -> Done {
    let id = known(world, call)?;
    if world.app.installations.get(&id).is_some_and(|one| one.suspended.is_some()) {
        return Err(Reject::suspended());
    }
    let ask: Narrow = call.json()?;
    let all = world.granted(id);
    let permissions: Permissions = match ask.permissions {
        None => all,
        Some(wanted) => {
            let mut narrowed = Permissions::new();
            for (name, level) in wanted {
                let access = if level == "write" { Access::Write } else { Access::Read };
                if all.get(&name).is_none_or(|given| *given < access) {
                    let message = "The permissions requested are not granted to this installation.";
                    return Err(Reject::new(422, message));
                }
                narrowed.insert(name, access);
            }
            narrowed
        }
    };
    let own: Vec<(u64, String)> = world
        .repos
        .values()
        .filter(|repo| world.covers(id, repo))
        .map(|repo| (repo.id, repo.name.clone()))
        .collect();
    let mut chosen: Option<BTreeSet<u64>> = None;
    let names = ask.repositories.unwrap_or_default();
    for name in &names {
        let found = own.iter().find(|(_, known)| known == name).map(|(id, _)| *id);
        chosen.get_or_insert_default().insert(found.ok_or_else(no_such_repository)?);
    }
    for wanted in ask.repository_ids.unwrap_or_default() {
        let found = own.iter().find(|(id, _)| *id == wanted).map(|(id, _)| *id);
        chosen.get_or_insert_default().insert(found.ok_or_else(no_such_repository)?);
    }
    let (token, expires) = world.issue_installation_token(id, permissions.clone(), chosen.clone());
    let mut body = json!({
        "token": token, "expires_at": written(expires), "permissions": permissions_json(&permissions),
        "repository_selection": if chosen.is_some() { "selected" } else { "all" },
    });
    if let Some(chosen) = chosen {
        let repositories: Vec<Value> = chosen.iter().map(|id| world.repo_json(*id)).collect();
        merge(&mut body, json!({"repositories": repositories}));
    }
    Answer::created(body)
}

fn no_such_repository() -> Reject {
    Reject::new(
        422,
        "There is at least one repository that does not exist or is not accessible to the parent installation.",
    )
}

/// `GET /installation/repositories`.
pub(crate) fn repositories(world: &mut World, call: &Call) -> Done {
    let Caller::Installation { id, .. } = &call.caller else { return Err(Reject::lacks()) };
    let own = world.covered(*id).into_iter().filter(|repo| call.caller.sees(world, *repo));
    let all = own.map(|id| world.repo_json(id)).collect();
    call.counted(world, "repositories", all)
}

/// `GET /app/hook/config`.
pub(crate) fn hook_config(world: &mut World, _: &Call) -> Done {
    let url = world.hooks.target.clone().unwrap_or_default();
    Answer::ok(json!({"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": url}))
}

fn delivery_json(delivery: &Delivery) -> Value {
    let outcome = delivery.outcome.as_ref();
    json!({
        "id": delivery.id, "guid": delivery.guid, "delivered_at": written(delivery.at),
        "redelivery": delivery.redelivery, "duration": outcome.map_or(0.0, |outcome| outcome.seconds),
        "status": outcome.map_or("pending", |outcome| outcome.said.as_str()),
        "status_code": outcome.map_or(0, |outcome| outcome.status), "event": delivery.event,
        "action": delivery.action, "installation_id": delivery.installation,
        "repository_id": delivery.repository, "throttled_at": null,
    })
}

/// `GET /app/hook/deliveries`: newest first, three days back, with a cursor instead of pages.
pub(crate) fn deliveries(world: &mut World, call: &Call) -> Done {
    let size: usize = call.query("per_page").and_then(|n| n.parse().ok()).unwrap_or(30).clamp(1, 100);
    let before: u64 = match call.query("cursor") {
        None => u64::MAX,
        Some(cursor) => cursor.parse().map_err(|_| Reject::new(422, "Invalid cursor"))?,
    };
    let oldest = world.now().as_second() - 3 * 24 * 3_600;
    let ended = |delivery: &&Delivery| delivery.outcome.is_some() && delivery.at.as_second() >= oldest;
    let mut newest = world.hooks.deliveries.range(..before).rev().map(|(_, delivery)| delivery).filter(ended);
    let part: Vec<&Delivery> = newest.by_ref().take(size).collect();
    let link = match (newest.next(), part.last()) {
        (Some(_), Some(last)) => {
            Some(format!("<{}{}?per_page={size}&cursor={}>; rel=\"next\"", world.api(), call.path, last.id))
        }
        _ => None,
    };
    let list: Vec<Value> = part.into_iter().map(delivery_json).collect();
    Ok(Answer { status: 200, body: Some(json!(list)), raw: None, link })
}

/// `GET /app/hook/deliveries/{id}`: with what was sent and answered.
pub(crate) fn delivery(world: &mut World, call: &Call) -> Done {
    let id = call.number("delivery_id")?;
    let delivery = world.hooks.deliveries.get(&id).ok_or_else(Reject::not_found)?;
    let mut body = delivery_json(delivery);
    let payload: Value = serde_json::from_str(&delivery.payload).unwrap_or_default();
    let answer = delivery.outcome.as_ref().map(|outcome| outcome.answer.clone());
    merge(
        &mut body,
        json!({
            "url": world.hooks.target,
            "request": {"headers": {"X-GitHub-Delivery": delivery.guid, "X-GitHub-Event": delivery.event,
                                    "content-type": "application/json"}, "payload": payload},
            "response": {"headers": {}, "payload": answer},
        }),
    );
    Answer::ok(body)
}

/// `POST /app/hook/deliveries/{id}/attempts`.
pub(crate) fn redeliver(world: &mut World, call: &Call) -> Done {
    let id = call.number("delivery_id")?;
    if world.redeliver(id) { Answer::accepted() } else { Err(Reject::not_found()) }
}
