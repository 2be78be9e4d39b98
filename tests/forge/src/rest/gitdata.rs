//! Owns: the objects of the Git Data API: commits, trees and blobs. Leaves to [`super::refs`]: refs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::git::{Ident, TreeEdit};
use crate::json::commit::sha_node;
use crate::state::World;
use crate::state::commit::check_path;

use super::contents::lines_of;
use super::{Answer, Call, Caller, Done, Reject};

/// How many entries a tree answers with before it says `truncated`.
const MAX_ENTRIES: usize = 100_000;

/// An app without `workflows` may not touch workflow files.
pub(crate) fn may_write(world: &World, call: &Call, repo: u64, paths: &[&str]) -> Result<(), Reject> {
    let workflow = paths.iter().find(|path| path.starts_with(".github/workflows/"));
    match (workflow, &call.caller) {
        (Some(path), Caller::Installation { permissions, .. } | Caller::Job { permissions, .. })
            if !permissions.contains_key("workflows") =>
        {
            let message = format!(
                "refusing to allow a GitHub App to create or update workflow `{path}` without `workflows` permission"
            );
            Err(Reject::new(403, &message))
        }
        _ => world.repo(repo).map(drop),
    }
}

/// `GET …/git/commits/{sha}`.
pub(crate) fn get_commit(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let commit = repo.git.commit(call.param("commit_sha")?).ok_or_else(Reject::not_found)?;
    Answer::ok(world.git_commit_json(repo, &commit))
}

#[derive(Deserialize)]
struct NewIdent {
    name: String,
    email: String,
    date: Option<Timestamp>,
}

#[derive(Deserialize)]
struct NewCommit {
    message: String,
    tree: String,
    #[serde(default)]
    parents: Vec<String>,
    author: Option<NewIdent>,
    committer: Option<NewIdent>,
}

/// `POST …/git/commits`: an app's commit without own author and committer is signed as the app's.
pub(crate) fn create_commit(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let ask: NewCommit = call.json()?;
    let git = world.repo(id)?.git.clone();
    if git.kind(&ask.tree).as_deref() != Some("tree") {
        return Err(Reject::new(422, "Tree SHA does not exist"));
    }
    if ask.parents.iter().any(|parent| git.kind(parent).as_deref() != Some("commit")) {
        return Err(Reject::new(422, "Parent SHA does not exist or is not a commit object"));
    }
    let bot = matches!(call.caller, Caller::Installation { .. } | Caller::Job { .. });
    let signed = bot && ask.author.is_none() && ask.committer.is_none();
    let own = world.ident(actor);
    let now = world.now().as_second();
    let read = |ident: NewIdent| Ident {
        name: ident.name,
        email: ident.email,
        seconds: ident.date.map_or(now, |date| date.as_second()),
    };
    let author = ask.author.map_or(own, read);
    let committer = match (ask.committer, signed) {
        (Some(ident), _) => read(ident),
        (None, true) => world.github_ident(),
        (None, false) => author.clone(),
    };
    let sha = git.write_commit(&ask.tree, &ask.parents, &author, &committer, &ask.message)?;
    if signed {
        world.repo_mut(id)?.signed.insert(sha.clone());
    }
    let commit = git.commit(&sha).ok_or_else(Reject::not_found)?;
    Answer::created(world.git_commit_json(world.repo(id)?, &commit))
}

/// `GET …/git/trees/{sha}`: `recursive` counts by its presence, whatever it says.
pub(crate) fn get_tree(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let git = &world.repo(id)?.git;
    let name = call.param("tree_sha")?;
    let sha = match git.kind(name).as_deref() {
        Some("tree") => name.to_owned(),
        _ => git.commit_sha(name).and_then(|commit| git.commit(&commit)).ok_or_else(Reject::not_found)?.tree,
    };
    tree(world, id, &sha, call.query("recursive").is_some()).and_then(Answer::ok)
}

fn tree(world: &World, id: u64, sha: &str, recursive: bool) -> Result<Value, Reject> {
    let repo = world.repo(id)?;
    let api = world.repo_api(repo);
    let entries = repo.git.tree(sha, recursive)?;
    let limit = world.tree_limit.min(MAX_ENTRIES);
    let truncated = entries.len() > limit;
    let rows: Vec<Value> = entries
        .iter()
        .take(limit)
        .map(|entry| {
            let mut row =
                json!({"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha});
            if let (Some(size), Some(map)) = (entry.size, row.as_object_mut()) {
                map.insert("size".into(), json!(size));
            }
            if let (true, Some(map)) = (entry.kind != "commit", row.as_object_mut()) {
                map.insert("url".into(), json!(format!("{api}/git/{}s/{}", entry.kind, entry.sha)));
            }
            row
        })
        .collect();
    Ok(json!({"sha": sha, "url": format!("{api}/git/trees/{sha}"), "tree": rows, "truncated": truncated}))
}

#[derive(Deserialize)]
struct NewTree {
    tree: Vec<NewEntry>,
    base_tree: Option<String>,
}

#[derive(Deserialize)]
struct NewEntry {
    path: String,
    mode: String,
    content: Option<String>,
    /// Present and null: the entry is removed.
    #[serde(default, deserialize_with = "present")]
    sha: Option<Option<String>>,
}

fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(from).map(Some)
}

/// `POST …/git/trees`.
pub(crate) fn create_tree(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let ask: NewTree = call.json()?;
    let git = &world.repo(id)?.git;
    let paths: Vec<&str> = ask.tree.iter().map(|entry| entry.path.as_str()).collect();
    may_write(world, call, id, &paths)?;
    let base = match &ask.base_tree {
        None => None,
        Some(name) => {
            let tree = match git.kind(name).as_deref() {
                Some("tree") => Some(name.clone()),
                Some("commit") => git.commit(name).map(|commit| commit.tree),
                _ => None,
            };
            Some(tree.ok_or_else(|| Reject::new(422, "base_tree is not a valid tree oid"))?)
        }
    };
    let mut edits = Vec::new();
    for entry in &ask.tree {
        check_path(&entry.path)?;
        if !["100644", "100755", "040000", "160000", "120000"].contains(&entry.mode.as_str()) {
            return Err(Reject::new(422, "tree.mode must be one of 100644, 100755, 040000, 160000, 120000"));
        }
        let sha = match (&entry.content, &entry.sha) {
            (Some(content), None) => Some(git.write_blob(content.as_bytes())?),
            (None, Some(Some(sha))) => {
                if entry.mode != "160000" && git.kind(sha).is_none() {
                    return Err(Reject::new(422, &format!("tree.sha {sha} is not a valid blob")));
                }
                Some(sha.clone())
            }
            (None, Some(None)) => {
                let known = base.as_deref().is_some_and(|base| git.at(base, &entry.path).is_some());
                if !known {
                    return Err(Reject::new(422, "GitRPC::BadObjectState"));
                }
                None
            }
            _ => return Err(Reject::new(422, "Must supply either tree.sha or tree.content")),
        };
        edits.push(TreeEdit { path: entry.path.clone(), mode: entry.mode.clone(), sha });
    }
    let sha = git.write_tree(base.as_deref(), &edits)?;
    tree(world, id, &sha, false).and_then(Answer::created)
}

/// `GET …/git/blobs/{sha}`.
pub(crate) fn get_blob(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let sha = call.param("file_sha")?;
    let bytes = repo.git.blob(sha).ok_or_else(Reject::not_found)?;
    if call.wants("raw") {
        return Ok(Answer { status: 200, body: None, raw: Some(bytes), link: None });
    }
    let content = lines_of(&STANDARD.encode(&bytes));
    let url = format!("{}/git/blobs/{sha}", world.repo_api(repo));
    Answer::ok(json!({"sha": sha, "node_id": sha_node("B", sha), "size": bytes.len(), "url": url,
                      "content": content, "encoding": "base64"}))
}

#[derive(Deserialize)]
struct NewBlob {
    content: String,
    encoding: Option<String>,
}

/// `POST …/git/blobs`.
pub(crate) fn create_blob(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let ask: NewBlob = call.json()?;
    let bytes = match ask.encoding.as_deref() {
        Some("base64") => STANDARD
            .decode(ask.content.replace(['\n', '\r'], ""))
            .map_err(|_| Reject::new(422, "content is not valid Base64"))?,
        _ => ask.content.into_bytes(),
    };
    let repo = world.repo(id)?;
    let sha = repo.git.write_blob(&bytes)?;
    Answer::created(json!({"sha": sha, "url": format!("{}/git/blobs/{sha}", world.repo_api(repo))}))
}
