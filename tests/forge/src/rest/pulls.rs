//! Owns: pull requests over the API. Leaves to [`super::reviews`]: reviews.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::issue::IssueEdit;
use crate::state::merge::Merge;
use crate::state::pull::NewPull;
use crate::state::{Permission, World};

use super::{Answer, Call, Caller, Done, Reject};

/// How many files of a pull request can be listed.
const MAX_FILES: usize = 3_000;
/// How many commits of a pull request can be listed.
const MAX_COMMITS: usize = 250;

/// `GET …/pulls`, newest first unless asked otherwise.
pub(crate) fn list(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let repo = world.repo(id)?;
    let state = call.query("state").unwrap_or("open");
    let mut numbers: Vec<u64> = repo
        .issues
        .values()
        .filter_map(|issue| Some((issue, issue.pull.as_ref()?)))
        .filter(|(issue, _)| state == "all" || issue.open == (state == "open"))
        .filter(|(_, pull)| call.query("base").is_none_or(|base| base == pull.base_ref))
        .filter(|(_, pull)| {
            // GitHub ignores a head without owner.
            let head = call.query("head").and_then(|head| head.split_once(':'));
            let owner = world.repo(pull.head_repo).map(|head| world.login_of(head.owner)).unwrap_or_default();
            head.is_none_or(|(wanted, name)| wanted.eq_ignore_ascii_case(&owner) && name == pull.head_ref)
        })
        .map(|(issue, _)| issue.number)
        .collect();
    if call.query("direction").unwrap_or(if call.query("sort").is_some() { "asc" } else { "desc" }) != "asc" {
        numbers.reverse();
    }
    // Only the page asked for is drawn: the JSON of a pull request is long.
    let (part, link) = call.page(world, numbers);
    let list: Vec<Value> = part.into_iter().map(|number| world.pull_simple_json(id, number)).collect();
    Ok(Answer { status: 200, body: Some(json!(list)), raw: None, link })
}

#[derive(Deserialize)]
struct Create {
    title: String,
    head: String,
    base: String,
    body: Option<String>,
    #[serde(default)]
    draft: bool,
    head_repo: Option<String>,
}

/// `POST …/pulls`.
pub(crate) fn create(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let ask: Create = call.json()?;
    let repo = world.repo(id)?;
    let name = ask.head_repo.as_deref().unwrap_or(&repo.name);
    let (head_repo, head) = match ask.head.split_once(':') {
        Some((owner, branch)) if owner.eq_ignore_ascii_case(&world.login_of(repo.owner)) => (id, branch),
        Some((owner, branch)) => {
            let fork = world.named(&format!("{owner}/{name}"));
            (fork.map_err(|_| Reject::field("PullRequest", "head", "invalid"))?.id, branch)
        }
        None => (id, ask.head.as_str()),
    };
    if let Caller::User(person) = &call.caller
        && head_repo == id
        && world.permission(repo, *person) < Permission::Write
    {
        return Err(Reject::not_found());
    }
    let (title, base, body) = (ask.title.as_str(), ask.base.as_str(), ask.body.as_deref());
    let new = NewPull { head_repo, head, base, title, body, draft: ask.draft };
    let number = world.open_pull(id, actor, &new)?;
    Answer::created(world.pull_json(id, number))
}

/// `GET …/pulls/{number}`; `mergeable` is null the first time.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let (id, number) = (call.repo(world)?, call.number("pull_number")?);
    if call.wants("diff") {
        let (repo, pull) = (world.repo(id)?, world.pull(id, number)?);
        let from = repo.git.merge_base(&pull.base_sha, &pull.head_sha).ok_or_else(Reject::not_found)?;
        let text = repo.git.run(&["diff-tree", "-r", "-p", "-M", &from, &pull.head_sha], None, &[])?;
        return Ok(Answer { status: 200, body: None, raw: Some(text), link: None });
    }
    world.pull(id, number)?;
    let body = world.pull_json(id, number);
    world.ask_mergeable(id, number)?;
    Answer::ok(body)
}

#[derive(Deserialize)]
struct Update {
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    base: Option<String>,
}

/// `PATCH …/pulls/{number}`.
pub(crate) fn update(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("pull_number")?, call.actor(world)?);
    world.pull(id, number)?;
    let ask: Update = call.json()?;
    let open = match ask.state.as_deref() {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(_) => return Err(Reject::field("PullRequest", "state", "invalid")),
    };
    if let Some(base) = ask.base {
        world.change_base(id, number, actor, &base)?;
    }
    let edit = IssueEdit { title: ask.title, body: ask.body.map(Some), open, state_reason: None };
    world.edit_issue(id, number, actor, edit)?;
    Answer::ok(world.pull_json(id, number))
}

/// `GET …/pulls/{number}/files`.
pub(crate) fn files(world: &mut World, call: &Call) -> Done {
    let (id, number) = (call.repo(world)?, call.number("pull_number")?);
    let (repo, head) = (world.repo(id)?, world.pull(id, number)?.head_sha.clone());
    let all = world.pull_files(id, number);
    let all = all.iter().take(MAX_FILES).map(|file| world.file_json(repo, &head, file)).collect();
    call.list(world, all)
}

/// `GET …/pulls/{number}/commits`.
pub(crate) fn commits(world: &mut World, call: &Call) -> Done {
    let (id, number) = (call.repo(world)?, call.number("pull_number")?);
    let (repo, pull) = (world.repo(id)?, world.pull(id, number)?);
    let shas = repo.git.between(&pull.base_sha, &pull.head_sha);
    let commits = shas.iter().take(MAX_COMMITS).filter_map(|sha| repo.git.commit(sha));
    let all = commits.map(|commit| world.commit_json(repo, &commit)).collect();
    call.list(world, all)
}

/// `GET …/pulls/{number}/merge`.
pub(crate) fn is_merged(world: &mut World, call: &Call) -> Done {
    let pull = world.pull(call.repo(world)?, call.number("pull_number")?)?;
    if pull.merged.is_some() { Answer::none() } else { Err(Reject::not_found()) }
}

#[derive(Deserialize)]
struct MergeAsk {
    merge_method: Option<String>,
    sha: Option<String>,
    commit_title: Option<String>,
    commit_message: Option<String>,
}

/// `PUT …/pulls/{number}/merge`.
pub(crate) fn merge(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("pull_number")?, call.actor(world)?);
    let ask: MergeAsk = call.json()?;
    let how = Merge {
        method: ask.merge_method.as_deref().unwrap_or("merge"),
        sha: ask.sha.as_deref(),
        title: ask.commit_title.as_deref(),
        message: ask.commit_message.as_deref(),
    };
    let sha = world.merge(id, number, actor, &how)?;
    Answer::ok(json!({"sha": sha, "merged": true, "message": "Pull Request successfully merged"}))
}
