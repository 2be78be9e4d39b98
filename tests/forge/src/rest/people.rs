//! Owns: users, organisations' teams, and what GitHub says about itself.

use serde_json::{Value, json};

use crate::json::account::merge;
use crate::state::{AccountKind, Team, World};

use super::{Answer, Call, Done, Reject};

/// `GET /user`.
pub(crate) fn me(world: &mut World, call: &Call) -> Done {
    match &call.caller {
        super::Caller::User(id) => Answer::ok(world.full_user_json(*id)),
        super::Caller::Anonymous => Err(Reject::new(401, "Requires authentication")),
        _ => Err(Reject::lacks()),
    }
}

/// `GET /user/{account_id}`.
pub(crate) fn by_id(world: &mut World, call: &Call) -> Done {
    let id = world.account(call.number("account_id")?)?.id;
    Answer::ok(world.full_user_json(id))
}

/// `GET /users/{username}`.
pub(crate) fn by_login(world: &mut World, call: &Call) -> Done {
    let id = world.login(call.param("username")?)?.id;
    Answer::ok(world.full_user_json(id))
}

fn team_of<'a>(world: &'a World, call: &Call) -> Result<&'a Team, Reject> {
    world.team(call.param("org")?, call.param("team_slug")?).ok_or_else(Reject::not_found)
}

/// `GET /orgs/{org}/teams`.
pub(crate) fn teams(world: &mut World, call: &Call) -> Done {
    let org = world.login(call.param("org")?)?.id;
    let all =
        world.teams.iter().filter(|team| team.org == org).map(|team| world.team_json(team.id)).collect();
    call.list(world, all)
}

/// `GET /orgs/{org}/teams/{team_slug}`.
pub(crate) fn team(world: &mut World, call: &Call) -> Done {
    let team = team_of(world, call)?;
    let mut body = world.team_json(team.id);
    let created = crate::clock::written(world.app.created);
    let mut organization = world.full_user_json(team.org);
    merge(&mut organization, world.organization_json(team.org));
    merge(
        &mut organization,
        json!({"has_organization_projects": false, "has_repository_projects": false, "archived_at": null}),
    );
    merge(
        &mut body,
        json!({"members_count": team.members.len(), "repos_count": team.grants.len(), "created_at": created,
               "updated_at": created, "organization": organization}),
    );
    Answer::ok(body)
}

/// `GET /orgs/{org}/teams/{team_slug}/members`.
pub(crate) fn team_members(world: &mut World, call: &Call) -> Done {
    let members = team_of(world, call)?.members.clone();
    let all = world.users_json(members.iter());
    call.list(world, all)
}

/// `GET /orgs/{org}/teams/{team_slug}/memberships/{username}`.
pub(crate) fn membership(world: &mut World, call: &Call) -> Done {
    let who = world.login(call.param("username")?)?.id;
    let team = team_of(world, call)?;
    let owner = world.account(team.org)?.members.get(&who).copied();
    // Owners of the organisation are members of all its teams, as maintainers, when they are in them.
    if !team.members.contains(&who) {
        return Err(Reject::not_found());
    }
    let role = if owner == Some(true) { "maintainer" } else { "member" };
    let url = format!(
        "{}/organizations/{}/team/{}/memberships/{}",
        world.api(),
        team.org,
        team.id,
        world.login_of(who)
    );
    Answer::ok(json!({"state": "active", "role": role, "url": url}))
}

/// `GET /orgs/{org}/members/{username}`.
pub(crate) fn is_member(world: &mut World, call: &Call) -> Done {
    let who = world.login(call.param("username")?)?.id;
    let org = world.login(call.param("org")?)?;
    let member = org.kind == AccountKind::Organization && org.members.contains_key(&who);
    if member { Answer::none() } else { Err(Reject::not_found()) }
}

/// `GET /rate_limit`.
pub(crate) fn rate_limit(world: &mut World, _: &Call) -> Done {
    let left = world.rate_remaining();
    let row = json!({"limit": 5000, "used": 5000 - left, "remaining": left, "reset": world.rate_reset()});
    let resources: Value = json!({"core": row, "search": row, "graphql": row});
    Answer::ok(json!({"resources": resources, "rate": row}))
}

/// `GET /meta`.
pub(crate) fn meta(_: &mut World, _: &Call) -> Done {
    Answer::ok(json!({"verifiable_password_authentication": false, "hooks": ["127.0.0.0/8"]}))
}
