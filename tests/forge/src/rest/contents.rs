//! Owns: files by path (`contents`), read and written one at a time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::git::TreeEntry;
use crate::json::account::merge;
use crate::state::{Repo, World};

use super::{Answer, Call, Done, Reject, quoted};

/// The largest file whose content stands in the JSON, in bytes.
const INLINE: usize = 1024 * 1024;

fn entry_json(world: &World, repo: &Repo, name: &str, entry: &TreeEntry) -> Value {
    let (api, page) = (world.repo_api(repo), world.repo_page(repo));
    let path = &entry.path;
    let escaped: Vec<String> = path.split('/').map(quoted).collect();
    let url = format!("{api}/contents/{}?ref={name}", escaped.join("/"));
    let (kind, segment) = match (entry.kind.as_str(), entry.mode.as_str()) {
        ("tree", _) => ("dir", "tree"),
        ("commit", _) => ("submodule", "tree"),
        (_, "120000") => ("symlink", "blob"),
        _ => ("file", "blob"),
    };
    let git_url = format!("{api}/git/{segment}s/{}", entry.sha);
    let html = format!("{page}/{segment}/{name}/{path}");
    let raw = (segment == "blob").then(|| format!("{page}/raw/{name}/{path}"));
    json!({
        "type": kind, "size": entry.size.unwrap_or(0), "name": path.rsplit('/').next(), "path": path,
        "sha": entry.sha, "url": url, "git_url": git_url, "html_url": html, "download_url": raw,
        "_links": {"self": url, "git": git_url, "html": html},
    })
}

/// `GET …/contents/{path}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let name = call.query("ref").unwrap_or(&repo.default_branch);
    let missing = || Reject::new(404, &format!("No commit found for the ref {name}"));
    let commit = repo.git.commit_sha(name).ok_or_else(missing)?;
    let path = call.param("path").unwrap_or_default().trim_matches('/');
    let object = repo.git.at(&commit, path).ok_or_else(Reject::not_found)?;
    if repo.git.kind(&object).as_deref() == Some("tree") {
        let mut entries = repo.git.tree(&object, false)?;
        for entry in entries.iter_mut().filter(|_| !path.is_empty()) {
            entry.path = format!("{path}/{}", entry.path);
        }
        let list: Vec<Value> = entries.iter().map(|entry| entry_json(world, repo, name, entry)).collect();
        return Answer::ok(json!(list));
    }
    let bytes = repo.git.blob(&object).ok_or_else(Reject::not_found)?;
    if call.wants("raw") {
        return Ok(Answer { status: 200, body: None, raw: Some(bytes), link: None });
    }
    let out = repo.git.text(&["--literal-pathspecs", "ls-tree", &commit, "--", path])?;
    let mode = out.split_whitespace().next().unwrap_or("100644").to_owned();
    let entry = TreeEntry {
        mode,
        kind: "blob".into(),
        sha: object,
        size: Some(bytes.len() as u64),
        path: path.into(),
    };
    let mut body = entry_json(world, repo, name, &entry);
    let inline = bytes.len() <= INLINE;
    let content = if inline { lines_of(&STANDARD.encode(&bytes)) } else { String::new() };
    merge(&mut body, json!({"content": content, "encoding": if inline { "base64" } else { "none" }}));
    if entry.mode == "120000" {
        merge(&mut body, json!({"target": String::from_utf8_lossy(&bytes)}));
    }
    Answer::ok(body)
}

/// Base64 as GitHub breaks it: 60 characters a line.
pub(crate) fn lines_of(text: &str) -> String {
    let lines = text.as_bytes().chunks(60);
    lines.map(|line| String::from_utf8_lossy(line).into_owned() + "\n").collect()
}

#[derive(Deserialize)]
struct Put {
    message: String,
    content: String,
    sha: Option<String>,
    branch: Option<String>,
}

/// `PUT …/contents/{path}`: 409 when the file is not at the `sha` given.
pub(crate) fn put(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let actor = call.actor(world)?;
    let ask: Put = call.json()?;
    let path = call.param("path")?.to_owned();
    let bytes = STANDARD
        .decode(ask.content.replace(['\n', '\r'], ""))
        .map_err(|_| Reject::new(422, "content is not valid Base64"))?;
    let repo = world.repo(id)?;
    let branch = ask.branch.unwrap_or_else(|| repo.default_branch.clone());
    let tip = repo.branch(&branch).ok_or_else(|| Reject::new(404, &format!("Branch {branch} not found")))?;
    let known = repo.git.at(&tip, &path);
    let existed = known.is_some();
    match (known, ask.sha) {
        (Some(_), None) => return Err(Reject::new(422, "Invalid request.\n\n\"sha\" wasn't supplied.")),
        (Some(known), Some(sha)) if known != sha => {
            return Err(Reject::new(409, &format!("{path} does not match {sha}")));
        }
        _ => {}
    }
    super::gitdata::may_write(world, call, id, &[&path])?;
    super::refs::may_move(world, id, &format!("refs/heads/{branch}"))?;
    let sha = world.commit_files(id, &branch, actor, &ask.message, &[(&path, Some(&bytes))])?;
    world.repo_mut(id)?.signed.insert(sha.clone());
    let repo = world.repo(id)?;
    let commit = repo.git.commit(&sha).ok_or_else(Reject::not_found)?;
    let object = repo.git.at(&sha, &path).ok_or_else(Reject::not_found)?;
    let (mode, size) = ("100644".to_owned(), Some(bytes.len() as u64));
    let entry = TreeEntry { mode, kind: "blob".into(), sha: object, size, path };
    let content = entry_json(world, repo, &branch, &entry);
    let body = json!({"content": content, "commit": world.git_commit_json(repo, &commit)});
    if existed { Answer::ok(body) } else { Answer::created(body) }
}
