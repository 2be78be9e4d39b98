//! Owns: commits, comparisons and the pull requests of a commit.

use serde_json::{Value, json};

use crate::diff::diff;
use crate::json::account::merge;
use crate::state::{Repo, World};

use super::{Answer, Call, Done, Reject};

/// How many files a commit or comparison lists.
const MAX_FILES: usize = 300;
/// How many commits a comparison lists.
const MAX_COMMITS: usize = 250;

fn resolve(repo: &Repo, name: &str) -> Result<String, Reject> {
    let missing = || Reject::new(422, &format!("No commit found for SHA: {name}"));
    repo.git.commit_sha(name).ok_or_else(missing)
}

/// `GET …/commits`.
pub(crate) fn list(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let name = call.query("sha").unwrap_or(&repo.default_branch);
    let start = repo.git.commit_sha(name).ok_or_else(Reject::not_found)?;
    let mut args = vec!["--literal-pathspecs", "rev-list", "--max-count=1000", start.as_str(), "--"];
    args.extend(call.query("path"));
    let shas = repo.git.text(&args)?;
    let commits = shas.lines().filter_map(|sha| repo.git.commit(sha));
    let all = commits.map(|commit| world.commit_json(repo, &commit)).collect();
    call.list(world, all)
}

/// `GET …/commits/{ref}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let name = call.param("ref")?;
    let sha = resolve(repo, name)?;
    if call.wants("sha") {
        return Ok(Answer { status: 200, body: None, raw: Some(sha.into_bytes()), link: None });
    }
    let commit = repo.git.commit(&sha).ok_or_else(Reject::not_found)?;
    let mut body = world.commit_json(repo, &commit);
    let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let files = diff(&repo.git, commit.parents.first().map_or(empty, String::as_str), &sha)?;
    let (added, deleted) = files.iter().fold((0, 0), |(a, d), file| (a + file.additions, d + file.deletions));
    let rows: Vec<Value> =
        files.iter().take(MAX_FILES).map(|file| world.file_json(repo, &sha, file)).collect();
    let stats = json!({"total": added + deleted, "additions": added, "deletions": deleted});
    merge(&mut body, json!({"stats": stats, "files": rows}));
    Answer::ok(body)
}

/// `GET …/commits/{sha}/pulls`.
pub(crate) fn pulls(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let repo = world.repo(id)?;
    let sha = resolve(repo, call.param("commit_sha")?)?;
    let holds = |pull: &crate::state::Pull| {
        pull.head_sha == sha || repo.git.between(&pull.base_sha, &pull.head_sha).contains(&sha)
    };
    let numbers: Vec<u64> = repo
        .issues
        .values()
        .filter(|issue| issue.pull.as_ref().is_some_and(holds))
        .map(|issue| issue.number)
        .collect();
    let all = numbers.into_iter().map(|number| world.pull_simple_json(id, number)).collect();
    call.list(world, all)
}

/// `GET …/commits/{ref}/status`: nobody posts statuses here.
pub(crate) fn status(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let repo = world.repo(id)?;
    let sha = resolve(repo, call.param("ref")?)?;
    let url = format!("{}/commits/{sha}", world.repo_api(repo));
    Answer::ok(json!({
        "state": "pending", "statuses": [], "sha": sha, "total_count": 0, "repository": world.repo_json(id),
        "commit_url": url, "url": format!("{url}/status"),
    }))
}

/// `GET …/compare/{base}...{head}`: three dots, as GitHub compares; `owner:branch` reaches into forks.
pub(crate) fn compare(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let (base, head) = call.param("basehead")?.split_once("...").ok_or_else(Reject::not_found)?;
    let (base_sha, head_sha) = (reach(world, id, base)?, reach(world, id, head)?);
    let repo = world.repo(id)?;
    let git = &repo.git;
    let fork = git.merge_base(&base_sha, &head_sha);
    let fork =
        fork.ok_or_else(|| Reject::new(404, &format!("No common ancestor between {base} and {head}.")))?;
    let (ahead, behind) = (git.between(&base_sha, &head_sha), git.between(&head_sha, &base_sha));
    let status = match (ahead.is_empty(), behind.is_empty()) {
        (true, true) => "identical",
        (false, true) => "ahead",
        (true, false) => "behind",
        (false, false) => "diverged",
    };
    let one = |sha: &str| git.commit(sha).map(|commit| world.commit_json(repo, &commit));
    // Unpaged, the last commits are listed; paged, all of them, and the files stand on the first page only.
    let paged = call.query("per_page").is_some() || call.query("page").is_some();
    let skip = if paged { 0 } else { ahead.len().saturating_sub(MAX_COMMITS) };
    let listed: Vec<&String> = ahead.iter().skip(skip).collect();
    let (listed, link) = if paged { call.page(world, listed) } else { (listed, None) };
    let commits: Vec<Value> = listed.into_iter().filter_map(|sha| one(sha)).collect();
    let first = call.query("page").is_none_or(|page| page == "1");
    let files = if first { diff(git, &fork, &head_sha)? } else { Vec::new() };
    let files: Vec<Value> =
        files.iter().take(MAX_FILES).map(|file| world.file_json(repo, &head_sha, file)).collect();
    let (api, page) = (world.repo_api(repo), world.repo_page(repo));
    let body = json!({
        "url": format!("{api}/compare/{base}...{head}"), "html_url": format!("{page}/compare/{base}...{head}"),
        "permalink_url": format!("{page}/compare/{base_sha}...{head_sha}"),
        "diff_url": format!("{page}/compare/{base}...{head}.diff"),
        "patch_url": format!("{page}/compare/{base}...{head}.patch"),
        "base_commit": one(&base_sha), "merge_base_commit": one(&fork), "status": status,
        "ahead_by": ahead.len(), "behind_by": behind.len(), "total_commits": ahead.len(),
        "commits": commits, "files": files,
    });
    Ok(Answer { status: 200, body: Some(body), raw: None, link })
}

fn reach(world: &World, id: u64, name: &str) -> Result<String, Reject> {
    let repo = world.repo(id)?;
    let Some((owner, branch)) = name.split_once(':') else {
        return repo.git.commit_sha(name).ok_or_else(Reject::not_found);
    };
    let home = world.login_of(repo.owner).eq_ignore_ascii_case(owner);
    let other = if home { repo } else { world.named(&format!("{owner}/{}", repo.name))? };
    let sha = other.branch(branch).ok_or_else(Reject::not_found)?;
    world.bring_over(id, other.id, &sha)?;
    Ok(sha)
}
