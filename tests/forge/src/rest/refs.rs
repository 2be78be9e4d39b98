//! Owns: the refs of the Git Data API, with GitHub's refusals; and which branches only pull requests may move.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::World;

use super::{Answer, Call, Done, Reject};

fn full_name(call: &Call) -> Result<String, Reject> {
    Ok(format!("refs/{}", call.param("ref")?.trim_start_matches("refs/")))
}

/// Refuses to move a branch that only pull requests may move.
pub(crate) fn may_move(world: &World, repo: u64, name: &str) -> Result<(), Reject> {
    let repo = world.repo(repo)?;
    let rules = name.strip_prefix("refs/heads/").and_then(|branch| repo.rules.get(branch));
    if rules.is_some_and(|rules| rules.pull_request || rules.required_approvals > 0 || rules.merge_queue) {
        let message = "Repository rule violations found\n\nChanges must be made through a pull request.\n\n";
        return Err(Reject::new(422, message));
    }
    Ok(())
}

/// `GET …/git/ref/{ref}`.
pub(crate) fn get_ref(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let name = full_name(call)?;
    let found = repo.git.refs(&name).into_iter().find(|(known, _)| *known == name);
    let (name, sha) = found.ok_or_else(Reject::not_found)?;
    Answer::ok(world.ref_json(repo, &name, &sha))
}

/// `GET …/git/matching-refs/{ref}`.
pub(crate) fn matching_refs(world: &mut World, call: &Call) -> Done {
    let repo = world.repo(call.repo(world)?)?;
    let name = full_name(call)?;
    let all = repo.git.refs("refs").into_iter().filter(|(known, _)| known.starts_with(&name));
    let list: Vec<Value> = all.map(|(name, sha)| world.ref_json(repo, &name, &sha)).collect();
    Answer::ok(json!(list))
}

#[derive(Deserialize)]
struct NewRef {
    r#ref: String,
    sha: String,
}

/// `POST …/git/refs`: 422 when it exists.
pub(crate) fn create_ref(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let ask: NewRef = call.json()?;
    let repo = world.repo(id)?;
    let formed = ask.r#ref.starts_with("refs/") && ask.r#ref.matches('/').count() >= 2;
    if !formed || repo.git.text(&["check-ref-format", &ask.r#ref]).is_err() {
        return Err(Reject::new(422, "Reference name is not well-formed"));
    }
    if repo.git.kind(&ask.sha).is_none() {
        return Err(Reject::new(422, "Object does not exist"));
    }
    if repo.git.refs(&ask.r#ref).iter().any(|(name, _)| *name == ask.r#ref) {
        return Err(Reject::new(422, "Reference already exists"));
    }
    world.move_ref(id, &ask.r#ref, Some(&ask.sha), actor)?;
    let repo = world.repo(id)?;
    Answer::created(world.ref_json(repo, &ask.r#ref, &ask.sha))
}

#[derive(Deserialize)]
struct MovedRef {
    sha: String,
    #[serde(default)]
    force: bool,
}

/// `PATCH …/git/refs/{ref}`: 422 when it is not a fast forward.
pub(crate) fn update_ref(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let (name, ask): (String, MovedRef) = (full_name(call)?, call.json()?);
    let repo = world.repo(id)?;
    let old = repo.git.commit_sha(&name).ok_or_else(|| Reject::new(422, "Reference does not exist"))?;
    if repo.git.kind(&ask.sha).is_none() {
        return Err(Reject::new(422, "Object does not exist"));
    }
    may_move(world, id, &name)?;
    if !ask.force && !repo.git.is_ancestor(&old, &ask.sha) {
        return Err(Reject::new(422, "Update is not a fast forward"));
    }
    world.move_ref(id, &name, Some(&ask.sha), actor)?;
    let repo = world.repo(id)?;
    Answer::ok(world.ref_json(repo, &name, &ask.sha))
}

/// `DELETE …/git/refs/{ref}`.
pub(crate) fn delete_ref(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let name = full_name(call)?;
    let repo = world.repo(id)?;
    if repo.git.commit_sha(&name).is_none() {
        return Err(Reject::new(422, "Reference does not exist"));
    }
    if name == format!("refs/heads/{}", repo.default_branch) {
        return Err(Reject::new(422, "Cannot delete the default branch"));
    }
    may_move(world, id, &name)?;
    world.move_ref(id, &name, None, actor)?;
    Answer::none()
}
