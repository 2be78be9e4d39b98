//! Owns: repositories, their branches and rules, and what people may do in them.

use serde_json::{Value, json};

use crate::json::account::merge;
use crate::state::{Permission, Repo, World};

use super::{Answer, Call, Done, Reject};

/// `GET /repos/{owner}/{repo}` and `GET /repositories/{id}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    Answer::ok(world.full_repo_json(id))
}

/// `GET …/collaborators/{username}/permission`.
pub(crate) fn permission(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let who = world.login(call.param("username")?)?.id;
    let may = world.permission(world.repo(id)?, who);
    let mut user = world.user_json(who);
    let flags = json!({
        "admin": may >= Permission::Admin, "maintain": may >= Permission::Maintain,
        "push": may >= Permission::Write, "triage": may >= Permission::Triage, "pull": may >= Permission::Read,
    });
    merge(&mut user, json!({"permissions": flags, "role_name": may.role()}));
    Answer::ok(json!({"permission": may.legacy(), "role_name": may.role(), "user": user}))
}

/// `GET …/rules/branches/{branch}`.
pub(crate) fn rules(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let all = world.rules_json(repo, call.param("branch")?);
    call.list(world, all)
}

fn branch_json(world: &World, repo: &Repo, name: &str, sha: &str) -> Value {
    let url = format!("{}/commits/{sha}", world.repo_api(repo));
    json!({"name": name, "commit": {"sha": sha, "url": url}, "protected": repo.rules.contains_key(name)})
}

/// `GET …/branches`.
pub(crate) fn branches(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let all = repo
        .git
        .refs("refs/heads")
        .iter()
        .map(|(name, sha)| branch_json(world, repo, name.trim_start_matches("refs/heads/"), sha))
        .collect();
    call.list(world, all)
}

/// `GET …/branches/{branch}`.
pub(crate) fn branch(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let name = call.param("branch")?;
    let missing = || Reject::new(404, "Branch not found");
    let sha = repo.branch(name).ok_or_else(missing)?;
    let commit = repo.git.commit(&sha).ok_or_else(missing)?;
    let (mut body, url) =
        (branch_json(world, repo, name, &sha), format!("{}/branches/{name}", world.repo_api(repo)));
    let page = format!("{}/tree/{name}", world.repo_page(repo));
    merge(
        &mut body,
        json!({
            "commit": world.commit_json(repo, &commit), "_links": {"self": url, "html": page},
            // The rules here are rulesets; classic protection is not in force.
            "protection": {"enabled": false, "required_status_checks": {
                "enforcement_level": "off", "contexts": [], "checks": []}}, "protection_url": format!("{url}/protection"),
        }),
    );
    Answer::ok(body)
}
