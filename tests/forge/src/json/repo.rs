//! Owns: the JSON of repositories, labels and branch rules.

use serde_json::{Value, json};

use crate::clock::written;
use crate::state::repo::BranchRules;
use crate::state::{AccountKind, Label, Repo, World};

use super::account::merge;
use super::node_id;

/// The addresses of a repository which differ only in their ending.
const ENDINGS: [(&str, &str); 36] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

impl World {
    /// The start of a repository's API addresses.
    pub(crate) fn repo_api(&self, repo: &Repo) -> String {
        format!("{}/repos/{}", self.api(), self.full_name(repo))
    }

    /// The start of a repository's pages.
    pub(crate) fn repo_page(&self, repo: &Repo) -> String {
        format!("{}/{}", self.base, self.full_name(repo))
    }

    /// A repository.
    pub(crate) fn repo_json(&self, id: u64) -> Value {
        let Ok(repo) = self.repo(id) else { return Value::Null };
        let (url, page) = (self.repo_api(repo), self.repo_page(repo));
        let open = repo.issues.values().filter(|issue| issue.open).count();
        let forks = self.repos.values().filter(|other| other.fork_of == Some(id)).count();
        let mut json = json!({
            "id": id, "node_id": node_id("R", id), "name": repo.name, "full_name": self.full_name(repo),
            "private": repo.private, "owner": self.user_json(repo.owner), "html_url": page, "description": null,
            "fork": repo.fork_of.is_some(), "url": url, "created_at": written(repo.created),
            "updated_at": written(repo.pushed), "pushed_at": written(repo.pushed),
            "git_url": format!("{page}.git"), "ssh_url": format!("{page}.git"), "clone_url": format!("{page}.git"),
            "svn_url": page, "homepage": null, "size": 1, "stargazers_count": 0, "watchers_count": 0,
            "language": "HCL", "has_issues": true, "has_projects": false, "has_downloads": false,
            "has_wiki": false, "has_pages": false, "has_discussions": false, "forks_count": forks,
            "mirror_url": null, "archived": false, "disabled": false, "open_issues_count": open,
        });
        merge(
            &mut json,
            json!({
                "license": null, "allow_forking": true, "is_template": false,
                "web_commit_signoff_required": false, "topics": [],
                "visibility": if repo.private { "private" } else { "public" }, "forks": forks,
                "open_issues": open, "watchers": 0, "default_branch": repo.default_branch,
            }),
        );
        let endings = ENDINGS.iter().map(|(key, end)| ((*key).to_owned(), json!(format!("{url}{end}"))));
        merge(&mut json, Value::Object(endings.collect()));
        json
    }

    /// A repository by itself (`GET /repos/acme/infra`).
    pub(crate) fn full_repo_json(&self, id: u64) -> Value {
        let Ok(repo) = self.repo(id) else { return Value::Null };
        let mut json = self.repo_json(id);
        merge(
            &mut json,
            json!({
                "allow_merge_commit": repo.allow_merge, "allow_squash_merge": repo.allow_squash,
                "allow_rebase_merge": repo.allow_rebase, "allow_auto_merge": false,
                "delete_branch_on_merge": false, "allow_update_branch": false,
                "network_count": 0, "subscribers_count": 0, "temp_clone_token": "",
            }),
        );
        if let Some(from) = repo.fork_of {
            merge(&mut json, json!({"parent": self.repo_json(from), "source": self.repo_json(from)}));
        }
        if self.account(repo.owner).is_ok_and(|owner| owner.kind == AccountKind::Organization) {
            merge(&mut json, json!({"organization": self.user_json(repo.owner)}));
        }
        json
    }

    /// A label.
    pub(crate) fn label_json(&self, repo: u64, label: &Label) -> Value {
        let url = self.repo(repo).map(|repo| self.repo_api(repo)).unwrap_or_default();
        let usual = ["bug", "documentation", "enhancement"].contains(&label.name.as_str());
        json!({
            "id": label.id, "node_id": node_id("LA", label.id),
            "url": format!("{url}/labels/{}", label.name.replace(' ', "%20")), "name": label.name,
            "color": label.color, "default": usual, "description": label.description,
        })
    }

    /// The rules in force for a branch, as `GET rules/branches/{branch}` lists them.
    pub(crate) fn rules_json(&self, repo: &Repo, branch: &str) -> Vec<Value> {
        let Some(rules) = repo.rules.get(branch) else { return Vec::new() };
        let source = self.full_name(repo);
        rules_of(rules)
            .into_iter()
            .map(|mut rule| {
                let from = json!({"ruleset_source_type": "Repository", "ruleset_source": source, "ruleset_id": repo.id});
                merge(&mut rule, from);
                rule
            })
            .collect()
    }
}

fn rules_of(rules: &BranchRules) -> Vec<Value> {
    let mut list = vec![json!({"type": "deletion"}), json!({"type": "non_fast_forward"})];
    if rules.pull_request || rules.required_approvals > 0 {
        list.push(json!({"type": "pull_request", "parameters": {
            "required_approving_review_count": rules.required_approvals,
            "dismiss_stale_reviews_on_push": rules.dismiss_stale_reviews,
            "require_code_owner_review": false, "require_last_push_approval": false,
            "required_review_thread_resolution": false, "allowed_merge_methods": ["merge", "squash", "rebase"],
        }}));
    }
    if !rules.required_checks.is_empty() {
        let check = |(name, app): &(String, Option<u64>)| match app {
            Some(app) => json!({"context": name, "integration_id": app}),
            None => json!({"context": name}),
        };
        let checks: Vec<Value> = rules.required_checks.iter().map(check).collect();
        list.push(json!({"type": "required_status_checks", "parameters": {
            "required_status_checks": checks, "strict_required_status_checks_policy": rules.strict_checks,
            "do_not_enforce_on_create": false,
        }}));
    }
    if rules.merge_queue {
        list.push(json!({"type": "merge_queue", "parameters": {
            "check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5,
            "max_entries_to_merge": 5, "merge_method": "SQUASH", "min_entries_to_merge": 1,
            "min_entries_to_merge_wait_minutes": 5,
        }}));
    }
    list
}
