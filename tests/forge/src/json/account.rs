//! Owns: the JSON of people, organisations, teams and the app.

use serde_json::{Value, json};

use crate::clock::written;
use crate::state::app::{Access, Permissions};
use crate::state::seed::{ACTIONS_APP, ACTIONS_BOT};
use crate::state::{AccountKind, World};

use super::node_id;

/// `{"contents": "write"}`.
pub(crate) fn permissions_json(permissions: &Permissions) -> Value {
    let word = |access: &Access| if *access == Access::Write { "write" } else { "read" };
    permissions
        .iter()
        .map(|(name, access)| (name.clone(), json!(word(access))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

impl World {
    /// The start of API addresses.
    pub(crate) fn api(&self) -> String {
        format!("{}/api/v3", self.base)
    }

    /// An account as it stands beside what it did.
    pub(crate) fn user_json(&self, id: u64) -> Value {
        let Some(account) = self.accounts.get(&id) else { return Value::Null };
        let login = &account.login;
        let url = format!("{}/users/{}", self.api(), login.replace('[', "%5B").replace(']', "%5D"));
        let kind = match account.kind {
            AccountKind::User => "User",
            AccountKind::Organization => "Organization",
            AccountKind::Bot => "Bot",
        };
        let page = match account.kind {
            AccountKind::Bot => format!("{}/apps/{}", self.base, login.trim_end_matches("[bot]")),
            _ => format!("{}/{login}", self.base),
        };
        json!({
            "login": login, "id": id, "node_id": node_id("U", id),
            "avatar_url": format!("{}/avatars/{id}", self.base), "gravatar_id": "",
            "url": url, "html_url": page,
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": kind, "user_view_type": "public", "site_admin": false,
        })
    }

    /// An account by itself (`GET /users/alice`).
    pub(crate) fn full_user_json(&self, id: u64) -> Value {
        let mut user = self.user_json(id);
        let more = json!({
            "name": self.login_of(id), "company": null, "blog": "", "location": null, "email": null,
            "hireable": null, "bio": null, "twitter_username": null, "public_repos": 0, "public_gists": 0,
            "followers": 0, "following": 0,
            "created_at": written(self.app.created), "updated_at": written(self.app.created),
        });
        merge(&mut user, more);
        user
    }

    /// An organisation as it stands in webhooks.
    pub(crate) fn organization_json(&self, id: u64) -> Value {
        let (login, api) = (self.login_of(id), self.api());
        let url = format!("{api}/orgs/{login}");
        json!({
            "login": login, "id": id, "node_id": node_id("O", id), "url": url,
            "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events"),
            "hooks_url": format!("{url}/hooks"), "issues_url": format!("{url}/issues"),
            "members_url": format!("{url}/members{{/member}}"),
            "public_members_url": format!("{url}/public_members{{/member}}"),
            "avatar_url": format!("{}/avatars/{id}", self.base), "description": null,
        })
    }

    /// A team.
    pub(crate) fn team_json(&self, id: u64) -> Value {
        let Some(team) = self.teams.iter().find(|team| team.id == id) else { return Value::Null };
        let (org, api) = (team.org, self.api());
        let url = format!("{api}/organizations/{org}/team/{id}");
        json!({
            "id": id, "node_id": node_id("T", id), "name": team.slug, "slug": team.slug, "description": null,
            "privacy": "closed", "notification_setting": "notifications_enabled", "permission": "pull",
            "url": url, "html_url": format!("{}/orgs/{}/teams/{}", self.base, self.login_of(org), team.slug),
            "members_url": format!("{url}/members{{/member}}"), "repositories_url": format!("{url}/repos"),
            "type": "organization", "organization_id": org, "parent": null,
        })
    }

    /// The app by id: ours, or GitHub Actions.
    pub(crate) fn app_json(&self, id: u64) -> Value {
        let actions = id == ACTIONS_APP;
        let app = &self.app;
        let (slug, name) =
            if actions { ("github-actions", "GitHub Actions") } else { (&*app.slug, &*app.name) };
        let client = if actions { "Iv1.05c79e9ad1f6bdfa" } else { &app.client_id };
        json!({
            "id": id, "client_id": client, "slug": slug, "node_id": node_id("A", id),
            "owner": self.user_json(if actions { ACTIONS_BOT } else { app.owner }), "name": name,
            "description": "", "external_url": self.base, "html_url": format!("{}/apps/{slug}", self.base),
            "created_at": written(app.created), "updated_at": written(app.created),
            "permissions": permissions_json(&app.permissions), "events": app.events,
        })
    }

    /// An installation of the app.
    pub(crate) fn installation_json(&self, id: u64) -> Value {
        let Some(installation) = self.app.installations.get(&id) else { return Value::Null };
        let account = installation.account;
        let selection = if installation.chosen.is_some() { "selected" } else { "all" };
        let (suspended_at, suspended_by) = installation.suspended.unzip();
        let (api, app) = (self.api(), &self.app);
        json!({
            "id": id, "account": self.user_json(account), "repository_selection": selection,
            "access_tokens_url": format!("{api}/app/installations/{id}/access_tokens"),
            "repositories_url": format!("{api}/installation/repositories"),
            "html_url": format!("{}/organizations/{}/settings/installations/{id}", self.base, self.login_of(account)),
            "app_id": app.id, "client_id": app.client_id, "app_slug": app.slug, "target_id": account,
            "target_type": "Organization", "permissions": permissions_json(&self.granted(id)),
            "events": app.events, "created_at": written(app.created), "updated_at": written(app.created),
            "single_file_name": null, "has_multiple_single_files": false, "single_file_paths": [],
            "suspended_by": suspended_by.map(|who| self.user_json(who)), "suspended_at": suspended_at.map(written),
        })
    }
}

/// Adds the keys of one object to another.
pub(crate) fn merge(into: &mut Value, more: Value) {
    if let (Some(map), Value::Object(more)) = (into.as_object_mut(), more) {
        map.extend(more);
    }
}
