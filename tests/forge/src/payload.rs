//! Owns: what each webhook says, drawn from the state at the moment of the event. Leaves to [`crate::hooks`]: sending.

use serde_json::{Value, json};

use crate::git::ZERO;
use crate::hooks::Delivery;
use crate::json::account::merge;
use crate::state::{AccountKind, World};

/// Events that arrive without being subscribed to.
const UNSUBSCRIBED: [&str; 4] =
    ["installation", "installation_repositories", "github_app_authorization", "installation_target"];

impl World {
    /// Records and sends an event about a repository.
    pub(crate) fn send(&mut self, repo: u64, event: &str, action: Option<&str>, who: u64, body: Value) {
        let Ok(home) = self.repo(repo) else { return };
        let owner = home.owner;
        let mut payload = json!({});
        if let Some(action) = action {
            merge(&mut payload, json!({"action": action}));
        }
        merge(&mut payload, body);
        merge(&mut payload, json!({"repository": self.repo_json(repo), "sender": self.user_json(who)}));
        if self.account(owner).is_ok_and(|owner| owner.kind == AccountKind::Organization) {
            merge(&mut payload, json!({"organization": self.organization_json(owner)}));
        }
        // Only repositories that an installation covers send it events, and none while it is suspended.
        let Some(installation) = self.repo(repo).ok().and_then(|home| self.installation_covering(home))
        else {
            return;
        };
        if self.app.installations.get(&installation).is_some_and(|one| one.suspended.is_some()) {
            return;
        }
        if !self.faults.bare {
            merge(
                &mut payload,
                json!({"installation": {"id": installation, "node_id": format!("MDIzOk{installation}")}}),
            );
        }
        self.post(event, action, Some(repo), Some(installation), &payload);
    }

    fn post(
        &mut self,
        event: &str,
        action: Option<&str>,
        repository: Option<u64>,
        installation: Option<u64>,
        payload: &Value,
    ) {
        if !self.app.events.contains(event) && !UNSUBSCRIBED.contains(&event) {
            return;
        }
        self.contract.told(event, action, payload);
        let delivery = Delivery {
            id: self.new_id(),
            guid: uuid::Uuid::new_v4().to_string(),
            event: event.to_owned(),
            action: action.map(str::to_owned),
            payload: payload.to_string(),
            repository,
            installation,
            redelivery: false,
            at: self.now(),
            outcome: None,
        };
        let (secret, app) = (self.app.webhook_secret.clone(), self.app.id);
        let fault = self.faults.hooks.pop_front();
        self.hooks.post(delivery, &secret, app, fault);
    }

    /// Sends a recorded delivery once more: same guid, new id.
    pub(crate) fn redeliver(&mut self, id: u64) -> bool {
        let Some(mut delivery) = self.hooks.deliveries.get(&id).cloned() else { return false };
        (delivery.id, delivery.at) = (self.new_id(), self.now());
        (delivery.redelivery, delivery.outcome) = (true, None);
        let (secret, app) = (self.app.webhook_secret.clone(), self.app.id);
        self.hooks.post(delivery, &secret, app, None);
        true
    }

    /// `installation`.
    pub(crate) fn send_installation(&mut self, id: u64, action: &str, who: u64) {
        let mut payload = json!({
            "action": action, "installation": self.installation_json(id), "sender": self.user_json(who),
        });
        // Suspending names no repositories.
        if !matches!(action, "suspend" | "unsuspend") {
            let repositories: Vec<Value> =
                self.covered(id).into_iter().map(|repo| self.short_repo_json(repo)).collect();
            merge(&mut payload, json!({"repositories": repositories, "requester": null}));
        }
        self.post("installation", Some(action), None, Some(id), &payload);
    }

    /// `installation_repositories`: a repository joined an installation or left it.
    pub(crate) fn send_covered(&mut self, id: u64, repo: u64, joined: bool, who: u64) {
        let action = if joined { "added" } else { "removed" };
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        if joined { &mut added } else { &mut removed }.push(self.short_repo_json(repo));
        let installation = self.installation_json(id);
        let payload = json!({
            "action": action, "repository_selection": installation.get("repository_selection"),
            "installation": installation, "repositories_added": added, "repositories_removed": removed,
            "requester": null, "sender": self.user_json(who),
        });
        self.post("installation_repositories", Some(action), None, Some(id), &payload);
    }

    /// A repository as events about installations name it.
    fn short_repo_json(&self, id: u64) -> Value {
        let Ok(repo) = self.repo(id) else { return Value::Null };
        json!({
            "id": id, "node_id": crate::json::node_id("R", id), "name": repo.name,
            "full_name": self.full_name(repo), "private": repo.private,
        })
    }

    /// `issues`, or `pull_request` for the issue half of one.
    pub(crate) fn send_issue(&mut self, repo: u64, number: u64, action: &str, who: u64, more: Value) {
        if self.pull(repo, number).is_ok() {
            return self.send_pull(repo, number, action, who, more);
        }
        let mut body = json!({"issue": self.issue_json(repo, number)});
        merge(&mut body, more);
        self.send(repo, "issues", Some(action), who, body);
    }

    /// `pull_request`.
    pub(crate) fn send_pull(&mut self, repo: u64, number: u64, action: &str, who: u64, more: Value) {
        let mut body = json!({"number": number, "pull_request": self.pull_json(repo, number)});
        merge(&mut body, more);
        self.send(repo, "pull_request", Some(action), who, body);
    }

    /// `issue_comment`, on issues and pull requests.
    pub(crate) fn send_comment(
        &mut self,
        repo: u64,
        number: u64,
        id: u64,
        action: &str,
        who: u64,
        more: Value,
    ) {
        let Ok((_, comment)) = self.comment_by_id(repo, id) else { return };
        let comment = self.comment_json(repo, number, comment);
        let mut body = json!({"issue": self.issue_json(repo, number), "comment": comment});
        merge(&mut body, more);
        self.send(repo, "issue_comment", Some(action), who, body);
    }

    /// `pull_request_review`; here GitHub writes the state in lower case.
    pub(crate) fn send_review(&mut self, repo: u64, number: u64, id: u64, action: &str, who: u64) {
        let Ok(pull) = self.pull(repo, number) else { return };
        let Some(review) = pull.reviews.iter().find(|review| review.id == id) else { return };
        let mut review_json = self.review_json(repo, number, review);
        merge(&mut review_json, json!({"state": review.state.to_lowercase()}));
        let body = json!({"review": review_json, "pull_request": self.pull_simple_json(repo, number)});
        self.send(repo, "pull_request_review", Some(action), who, body);
    }

    /// `check_run`, to the app that owns it.
    pub(crate) fn send_check(&mut self, repo: u64, id: u64, action: &str, who: u64, more: Value) {
        let Ok(run) = self.check(repo, id) else { return };
        let mut body = json!({"check_run": self.hook_check_json(repo, run)});
        merge(&mut body, more);
        self.send(repo, "check_run", Some(action), who, body);
    }

    /// `check_suite`.
    pub(crate) fn send_suite(&mut self, repo: u64, id: u64, action: &str, who: u64) {
        let Ok(home) = self.repo(repo) else { return };
        let Some(suite) = home.check_suites.iter().find(|suite| suite.id == id) else { return };
        let body = json!({"check_suite": self.suite_json(repo, suite)});
        self.send(repo, "check_suite", Some(action), who, body);
    }

    /// `push`.
    pub(crate) fn send_push(
        &mut self,
        repo: u64,
        name: &str,
        old: Option<&str>,
        new: Option<&str>,
        who: u64,
    ) {
        let Ok(home) = self.repo(repo) else { return };
        let page = self.repo_page(home);
        let since = old
            .map(str::to_owned)
            .or_else(|| home.branch(&home.default_branch).filter(|tip| Some(&**tip) != new));
        let added = match (&since, new) {
            (Some(old), Some(new)) => home.git.between(old, new),
            (None, Some(new)) => vec![new.to_owned()],
            _ => Vec::new(),
        };
        let commits: Vec<Value> = added
            .iter()
            .filter_map(|sha| home.git.commit(sha))
            .map(|commit| self.hook_commit_json(home, &commit))
            .collect();
        let head =
            new.and_then(|sha| home.git.commit(sha)).map(|commit| self.hook_commit_json(home, &commit));
        let forced = matches!((old, new), (Some(old), Some(new)) if !home.git.is_ancestor(old, new));
        let (before, after) = (old.unwrap_or(ZERO), new.unwrap_or(ZERO));
        let short = |sha: &str| sha.get(..12).unwrap_or(sha).to_owned();
        let ident = self.ident(who);
        let body = json!({
            "ref": name, "before": before, "after": after, "base_ref": null, "created": old.is_none(),
            "deleted": new.is_none(), "forced": forced,
            "compare": format!("{page}/compare/{}...{}", short(before), short(after)),
            "commits": commits, "head_commit": head, "pusher": {"name": ident.name, "email": ident.email},
        });
        self.send(repo, "push", None, who, body);
    }
}
