//! Owns: the few GraphQL mutations that REST lacks: hiding comments. Not a GraphQL server: the mutation is found by its
//! name, its input in the variables or written in place.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::json::read_node_id;
use crate::state::World;
use crate::state::app::Access;

use super::{Answer, Call, Done, Reject};

#[derive(Deserialize)]
struct Query {
    query: String,
    #[serde(default)]
    variables: Value,
}

/// `POST /graphql`: errors come with 200, as GraphQL has it.
pub(crate) fn run(world: &mut World, call: &Call) -> Done {
    let ask: Query = call.json()?;
    let hide = match () {
        () if ask.query.contains("unminimizeComment") => false,
        () if ask.query.contains("minimizeComment") => true,
        () => return failed("the forge knows minimizeComment and unminimizeComment only"),
    };
    let node = input(&ask, "subjectId");
    let classifier = input(&ask, "classifier").unwrap_or_else(|| "OUTDATED".to_owned()).to_lowercase();
    let Some(comment) = node.as_deref().and_then(|node| read_node_id("IC", node)) else {
        return failed("Could not resolve to a node with the global id given");
    };
    let home = world.repos.keys().copied().find(|repo| world.comment_by_id(*repo, comment).is_ok());
    let repo = home.ok_or_else(Reject::not_found)?;
    call.caller.may(world, repo, &["issues", "pull_requests"], Access::Write)?;
    let (_, comment) = world.comment_mut(repo, comment)?;
    comment.minimized = hide.then(|| classifier.clone());
    let state = json!({"isMinimized": hide, "minimizedReason": hide.then_some(classifier)});
    let name = if hide { "minimizeComment" } else { "unminimizeComment" };
    let field = if hide { "minimizedComment" } else { "unminimizedComment" };
    Answer::ok(json!({"data": {name: {field: state}}}))
}

fn failed(message: &str) -> Done {
    Answer::ok(json!({"data": null, "errors": [{"type": "NOT_FOUND", "message": message}]}))
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
