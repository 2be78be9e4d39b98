//! Owns: the JSON of commits, trees' commits and refs.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::written;
use crate::git::{Commit, Ident};
use crate::state::{Repo, World};

use super::account::merge;

fn when(ident: &Ident) -> String {
    written(Timestamp::from_second(ident.seconds).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn ident_json(ident: &Ident) -> Value {
    json!({"name": ident.name, "email": ident.email, "date": when(ident)})
}

/// A node id for something a sha names.
pub(crate) fn sha_node(prefix: &str, sha: &str) -> String {
    format!("{prefix}_kwDOA{sha}")
}

impl World {
    fn verification(&self, repo: &Repo, sha: &str) -> Value {
        if repo.signed.contains(sha) {
            let signature = "-----BEGIN PGP SIGNATURE-----\n\nforge\n-----END PGP SIGNATURE-----\n";
            return json!({"verified": true, "reason": "valid", "signature": signature,
                          "payload": sha, "verified_at": written(repo.pushed)});
        }
        json!({"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null})
    }

    /// A commit of the Git Data API.
    pub(crate) fn git_commit_json(&self, repo: &Repo, commit: &Commit) -> Value {
        let (api, page) = (self.repo_api(repo), self.repo_page(repo));
        let parent = |sha: &String| {
            json!({"sha": sha, "url": format!("{api}/git/commits/{sha}"),
                                           "html_url": format!("{page}/commit/{sha}")})
        };
        json!({
            "sha": commit.sha, "node_id": sha_node("C", &commit.sha),
            "url": format!("{api}/git/commits/{}", commit.sha), "html_url": format!("{page}/commit/{}", commit.sha),
            "author": ident_json(&commit.author), "committer": ident_json(&commit.committer),
            "tree": {"sha": commit.tree, "url": format!("{api}/git/trees/{}", commit.tree)},
            "message": commit.message.trim_end_matches('\n'),
            "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
            "verification": self.verification(repo, &commit.sha),
        })
    }

    /// A commit of the commits API, with the accounts behind its names.
    pub(crate) fn commit_json(&self, repo: &Repo, commit: &Commit) -> Value {
        let (api, page) = (self.repo_api(repo), self.repo_page(repo));
        let url = format!("{api}/commits/{}", commit.sha);
        let parent = |sha: &String| {
            json!({"sha": sha, "url": format!("{api}/commits/{sha}"),
                                           "html_url": format!("{page}/commit/{sha}")})
        };
        json!({
            "sha": commit.sha, "node_id": sha_node("C", &commit.sha), "url": url,
            "html_url": format!("{page}/commit/{}", commit.sha), "comments_url": format!("{url}/comments"),
            "commit": {
                "author": ident_json(&commit.author), "committer": ident_json(&commit.committer),
                "message": commit.message.trim_end_matches('\n'),
                "tree": {"sha": commit.tree, "url": format!("{api}/git/trees/{}", commit.tree)},
                "url": format!("{api}/git/commits/{}", commit.sha), "comment_count": 0,
                "verification": self.verification(repo, &commit.sha),
            },
            "author": self.behind(&commit.author), "committer": self.behind(&commit.committer),
            "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
        })
    }

    fn behind(&self, ident: &Ident) -> Value {
        self.account_of_email(&ident.email).map_or(Value::Null, |id| self.user_json(id))
    }

    /// A commit as it stands in push and workflow webhooks.
    pub(crate) fn hook_commit_json(&self, repo: &Repo, commit: &Commit) -> Value {
        let person = |ident: &Ident| {
            let mut json = json!({"name": ident.name, "email": ident.email});
            if let Some(id) = self.account_of_email(&ident.email) {
                merge(&mut json, json!({"username": self.login_of(id)}));
            }
            json
        };
        let parent = commit.parents.first().cloned();
        let before = parent.unwrap_or_else(|| "4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned());
        let files = crate::diff::names(&repo.git, &before, &commit.sha).unwrap_or_default();
        let of = |status: &str| -> Vec<&String> {
            files.iter().filter(|(_, is)| *is == status).map(|(path, _)| path).collect()
        };
        json!({
            "id": commit.sha, "tree_id": commit.tree, "distinct": true,
            "message": commit.message.trim_end_matches('\n'), "timestamp": when(&commit.committer),
            "url": format!("{}/commit/{}", self.repo_page(repo), commit.sha),
            "author": person(&commit.author), "committer": person(&commit.committer),
            "added": of("added"), "removed": of("removed"), "modified": of("modified"),
        })
    }

    /// A ref of the Git Data API.
    pub(crate) fn ref_json(&self, repo: &Repo, name: &str, sha: &str) -> Value {
        let api = self.repo_api(repo);
        let kind = repo.git.kind(sha).unwrap_or_else(|| "commit".to_owned());
        json!({
            "ref": name, "node_id": sha_node("REF", sha), "url": format!("{api}/git/{name}"),
            "object": {"sha": sha, "type": kind, "url": format!("{api}/git/{kind}s/{sha}")},
        })
    }
}
