//! Answers to what is no new request: questions, and wishes that a pull request by hand fulfils.

use tfpilot_engine::{EnvironmentName, Known, Rules, Wish};

use crate::surface::escape::{code, prose};
use crate::surface::fit;
use crate::surface::refusal;

/// Bytes that the table may take.
const TABLE_LIMIT: usize = 20_000;

/// A request that would work.
const EXAMPLE: &str = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";

/// What is known, or how it is done.
pub(super) fn answer(
    rules: &Rules,
    to: &str,
    wish: Wish,
    environment: Option<&EnvironmentName>,
    known: &[Known],
) -> String {
    match wish {
        Wish::Question => question(rules, to, environment, known),
        Wish::Help => format!(
            "{to} write what you need in an issue, such as: *{EXAMPLE}*.\nNeeded: what it is, its name, its \
             environment{} and its team. What is missing is asked for, and nothing is made before somebody approved it.",
            environments(rules)
        ),
        Wish::Import if known.is_empty() => format!(
            "{to} **not imported**: an issue takes in one thing, of a module that can. Next: an issue for each, or a pull \
             request with an `import` block beside the resource; it is planned and applied like any other."
        ),
        Wish::Import => format!("{to} **not imported**: requests made{} already.", named(known)),
        Wish::RollBack => format!(
            "{to} **not rolled back**: what was before is on the branch. Next: revert the pull request that changed{}; the \
             revert is planned, approved and applied like any other.",
            named(known)
        ),
        Wish::Upgrade => not_upgraded(to, known),
        Wish::Change | Wish::Remove | Wish::Promote => format!(
            "{to} **not started**: one issue is about one whole stack that a request made; named{}. Next: open an issue for each, \
             or a pull request.",
            if known.is_empty() { " was none".to_owned() } else { format!(" were{}", named(known)) }
        ),
    }
}

/// Nothing is newer, or it is not clear what is meant.
fn not_upgraded(to: &str, known: &[Known]) -> String {
    match known {
        [] => format!(
            "{to} **not upgraded**: no request has made that. Next: `/tfpilot upgrade NAME ENVIRONMENT` in a new issue."
        ),
        [only] => format!(
            "{to} **not upgraded**: {} (#{}) has {} {}, which is the catalog's version.",
            code(&only.name),
            only.request,
            code(&only.module),
            prose(only.version.as_deref().unwrap_or("in its first version"))
        ),
        several => format!(
            "{to} **not upgraded**: named were{}. Next: `/tfpilot upgrade NAME ENVIRONMENT` in an issue for each that is not the catalog's version.",
            named(several)
        ),
    }
}

/// " (dev, stage, prod)"
fn environments(rules: &Rules) -> String {
    let names: Vec<String> = rules.environments.keys().map(|name| code(name.as_str())).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

/// " `orders` (#12)"
fn named(known: &[Known]) -> String {
    let names: Vec<String> =
        known.iter().take(5).map(|known| format!("{} (#{})", code(&known.name), known.request)).collect();
    if names.is_empty() { String::new() } else { format!(" {}", names.join(", ")) }
}

fn question(rules: &Rules, to: &str, environment: Option<&EnvironmentName>, known: &[Known]) -> String {
    let place = environment.map(|name| format!(" in {}", prose(name.as_str()))).unwrap_or_default();
    let reviewers = rules.environments.values().find_map(|rules| rules.reviewers.as_deref());
    let ask = refusal::ask_whom(reviewers);
    if known.is_empty() {
        return format!("{to} no request has made anything like that{place}. Next: {ask}.");
    }
    let row = |known: &Known| {
        let owner = known.owner.as_ref().map(|owner| format!(", {}", prose(owner))).unwrap_or_default();
        let thing = format!("{} in {}{owner}", code(&known.name), prose(known.environment.as_str()));
        fit::row(&[&thing, &code(&known.module), &format!("#{}", known.request)])
    };
    let rows: Vec<String> = known.iter().map(row).collect();
    let table = fit::table(&["Thing", "Module", "Request"], &rows, TABLE_LIMIT);
    format!(
        "{to} what requests made{place}; each request's issue and pull request tell who asked, approved and changed.\n\n{table}\nFor the rest: {ask}."
    )
}
