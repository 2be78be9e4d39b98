//! `override`: who is in the teams that a rule names is asked of GitHub at that moment; a rule nobody knows gets a
//! suggestion.

use tfpilot_engine::{Ask, Facts, Person};

use crate::app::App;
use crate::config::suggest::nearest;
use crate::github::GitHubError;
use crate::requests::command::Override;
use crate::worker::actors;
use crate::worker::repositories::Repository;

/// The order as the engine takes it.
pub(super) async fn ask(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    person: &Person,
    order: Override,
) -> Result<Ask, GitHubError> {
    let Override { rule, reason } = order;
    let known = &repository.rules.overrides;
    let named = known.get(&rule).map(|overriders| overriders.teams.as_slice()).unwrap_or_default();
    let named = named.iter().map(String::as_str);
    let teams = actors::teams_of(app, repository, &person.login, named).await?;
    Ok(of_teams(facts, Override { rule, reason }, teams))
}

/// The order of somebody who is in these teams.
pub(crate) fn of_teams(facts: &Facts, order: Override, teams: Vec<String>) -> Ask {
    let Override { rule, reason } = order;
    let known = &facts.rules.overrides;
    let of_head = facts.tree.iter().flat_map(|tree| &tree.findings).map(|finding| finding.rule.as_str());
    let rules = || known.keys().map(String::as_str).chain(of_head.clone());
    let suggestion = if rules().any(|it| it == rule) { None } else { nearest(&rule, rules()) };
    Ask::Override { suggestion: suggestion.map(str::to_owned), rule, reason, teams }
}

/// The same for the rule that stands first in the way, where there is one.
pub(super) async fn pressed_for(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    person: &Person,
    rule: Option<String>,
) -> Result<Ask, GitHubError> {
    let Some(rule) = rule else { return Ok(pressed()) };
    ask(app, repository, facts, person, Override { rule, reason: String::new() }).await
}

/// A button names no rule and gives no reason: the answer says which command does.
pub(super) fn pressed() -> Ask {
    let (rule, reason) = (String::new(), String::new());
    Ask::Override { rule, reason, teams: Vec::new(), suggestion: None }
}
