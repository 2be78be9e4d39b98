//! Owns: the few GraphQL operations that REST lacks or does one by one: hiding comments, the merge queue, review
//! decisions, many blobs at once. Not a GraphQL server: an operation is found by its name, its input in the variables
//! or written in place; errors come with 200, as GraphQL has it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::json::read_node_id;
use crate::state::World;
use crate::state::app::Access;

use super::{Answer, Call, Caller, Done, Reject};

#[derive(Deserialize)]
struct Query {
    query: String,
    #[serde(default)]
    variables: Value,
}

/// `POST /graphql`.
pub(crate) fn run(world: &mut World, call: &Call) -> Done {
    if matches!(call.caller, Caller::Anonymous | Caller::App) {
        return Err(Reject::new(401, "This endpoint requires you to be authenticated."));
    }
    let ask: Query = call.json()?;
    let text = ask.query.as_str();
    let done = match () {
        () if text.contains("unminimizeComment") => minimize(world, call, &ask, false),
        () if text.contains("minimizeComment") => minimize(world, call, &ask, true),
        () if text.contains("enqueuePullRequest") => enqueue(world, call, &ask),
        () if text.contains("reviewDecision") => review_decision(world, call, &ask),
        () if text.contains("object(oid:") => blobs(world, call, &ask),
        () => Err(Reject::new(422, "the forge does not know this GraphQL operation")),
    };
    match done {
        Ok(data) => Answer::ok(json!({"data": data})),
        Err(reject) => {
            let kind = match reject.status {
                404 => "NOT_FOUND",
                403 => "FORBIDDEN",
                _ => "UNPROCESSABLE",
            };
            let said = reject.errors.first().and_then(Value::as_str).unwrap_or(&reject.message).to_owned();
            Answer::ok(json!({"data": null, "errors": [{"type": kind, "message": said}]}))
        }
    }
}

fn unresolved() -> Reject {
    Reject::new(404, "Could not resolve to a node with the global id given")
}

fn minimize(world: &mut World, call: &Call, ask: &Query, hide: bool) -> Result<Value, Reject> {
    let classifier = input(ask, "classifier").unwrap_or_else(|| "OUTDATED".to_owned()).to_lowercase();
    let node = input(ask, "subjectId").and_then(|node| read_node_id("IC", &node)).ok_or_else(unresolved)?;
    let home = world.repos.keys().copied().find(|repo| world.comment_by_id(*repo, node).is_ok());
    let repo = home.ok_or_else(unresolved)?;
    call.caller.may(world, repo, &["issues", "pull_requests"], Access::Write)?;
    let (_, comment) = world.comment_mut(repo, node)?;
    comment.minimized = hide.then(|| classifier.clone());
    let state = json!({"isMinimized": hide, "minimizedReason": hide.then_some(classifier)});
    let name = if hide { "minimizeComment" } else { "unminimizeComment" };
    let field = if hide { "minimizedComment" } else { "unminimizedComment" };
    Ok(json!({name: {field: state}}))
}

/// The pull request a node id names.
fn pull_of(world: &World, node: Option<String>) -> Result<(u64, u64), Reject> {
    let id = node.and_then(|node| read_node_id("PR", &node)).ok_or_else(unresolved)?;
    let all = world.repos.values().flat_map(|repo| repo.issues.values().map(move |issue| (repo.id, issue)));
    let mut fits = all.filter(|(_, issue)| issue.pull.as_ref().is_some_and(|pull| pull.id == id));
    fits.next().map(|(repo, issue)| (repo, issue.number)).ok_or_else(unresolved)
}

fn enqueue(world: &mut World, call: &Call, ask: &Query) -> Result<Value, Reject> {
    let (repo, number) = pull_of(world, input(ask, "pullRequestId"))?;
    call.caller.may(world, repo, &["pull_requests"], Access::Write)?;
    call.caller.may(world, repo, &["merge_queues"], Access::Read)?;
    let actor = call.actor(world)?;
    let head = input(ask, "expectedHeadOid");
    let entry = world.enqueue(repo, number, actor, head.as_deref())?;
    Ok(json!({"enqueuePullRequest": {"mergeQueueEntry": {"id": format!("MQE_{entry}")}}}))
}

fn review_decision(world: &mut World, call: &Call, ask: &Query) -> Result<Value, Reject> {
    let node = input(ask, "id").or_else(|| input(ask, "pull"));
    let (repo, number) = pull_of(world, node)?;
    call.caller.may(world, repo, &["pull_requests"], Access::Read)?;
    Ok(json!({"node": {"reviewDecision": world.review_decision(repo, number)?}}))
}

/// Aliased objects of a repository; what is not text (or not there) is null, as at GitHub.
fn blobs(world: &mut World, call: &Call, ask: &Query) -> Result<Value, Reject> {
    let text = |name: &str| ask.variables.get(name).and_then(Value::as_str).unwrap_or_default();
    let full_name = format!("{}/{}", text("owner"), text("name"));
    // `followRenames` is true unless it is said otherwise.
    let repo = world.led_to(&full_name)?.id;
    call.caller.may(world, repo, &["contents"], Access::Read)?;
    let git = &world.repo(repo)?.git;
    let mut found = Map::new();
    let mut rest = ask.query.as_str();
    while let Some((before, after)) = rest.split_once("object(oid:") {
        let alias = before.trim_end().trim_end_matches(':').rsplit(|c: char| !c.is_alphanumeric()).next();
        let sha = after.trim_start().trim_start_matches('"').split('"').next().unwrap_or_default();
        let blob = git.blob(sha).map(|bytes| json!({"text": String::from_utf8(bytes).ok()}));
        found.insert(alias.unwrap_or("object").to_owned(), blob.unwrap_or(Value::Null));
        rest = after;
    }
    Ok(json!({"repository": found}))
}

/// A field of the input: by the variable it names, from an `input` variable, or written in the query.
fn input(ask: &Query, field: &str) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let whole = ask.variables.get("input").and_then(|input| input.get(field));
    text(whole).or_else(|| text(ask.variables.get(field))).or_else(|| {
        let (_, rest) = ask.query.split_once(&format!("{field}:"))?;
        let rest = rest.trim_start();
        let ends = |c: char| !(c.is_alphanumeric() || "_-=".contains(c));
        if let Some(variable) = rest.strip_prefix('$') {
            let name = variable.split(ends).next()?;
            return text(ask.variables.get(name));
        }
        Some(rest.trim_start_matches('"').split(ends).next()?.to_owned())
    })
}
