//! What a person's command leads to: first whether the role reaches, then the command's own conditions.

use jiff::Timestamp;

use crate::decide::{Desk, apply, cancel, overrule, plan, resume, settle};
use crate::gate::approved;
use crate::{
    Actor, Ask, Call, Command, Event, Learned, Person, PullState, Reaction, ReactionTarget, Refusal, Say,
    needs,
};

/// Where and when a command was given.
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) comment: Option<u64>,
    pub(super) written_at: Timestamp,
}

/// Answers with a reaction where the command was read; refusals get a comment beside it.
pub(super) fn asked(desk: &mut Desk, place: &Place, by: &Actor, ask: &Ask) {
    let result = match ask {
        Ask::Plan => plan::asked(desk, by, &plan::Only::default()),
        Ask::PlanOf { stacks, environment, suggestion } => {
            let (environment, suggestion) = (environment.as_ref(), suggestion.as_ref());
            plan::asked(desk, by, &plan::Only { stacks, environment, suggestion })
        }
        Ask::Apply => apply::asked(desk, by, place.written_at).map(|()| Reaction::Rocket),
        Ask::Approve => approve(desk, by, place.written_at),
        Ask::Resume { accept, reason } => resume::asked(desk, by, *accept, reason.as_deref()),
        Ask::Override { rule, reason, teams, suggestion } => {
            let order = overrule::Order { rule, reason, teams, suggestion: suggestion.as_deref() };
            overrule::asked(desk, by, place.written_at, &order)
        }
        Ask::Cancel { stacks, environment } => cancel::asked(desk, by, stacks, environment.as_ref()),
        Ask::Help => help(desk, place, by),
        Ask::Status => look(desk, place, by, "status", Say::Status { asked_at: place.written_at }),
        Ask::Why => look(desk, place, by, "why", Say::Why { asked_at: place.written_at }),
        Ask::Learn => learn(desk, place, by),
        Ask::TooMuch { what, most, until } => {
            Err(Refusal::TooMuch { what: *what, most: *most, until: *until })
        }
        Ask::InNewIssue { command } => {
            Err(Refusal::NotHere { command: command.clone(), place: "new issue".to_owned() })
        }
        Ask::Unknown { word, suggestion } => {
            Err(Refusal::UnknownCommand { word: word.clone(), suggestion: suggestion.clone() })
        }
    };
    let reaction = match result {
        Ok(reaction) => {
            settle::obeyed(desk, &by.person, ask.word());
            reaction
        }
        Err(refusal) => {
            refuse(desk, place, by, ask, refusal);
            Reaction::Confused
        }
    };
    if let Some(id) = place.comment {
        desk.react(ReactionTarget::Comment { id }, reaction);
    }
}

fn refuse(desk: &mut Desk, place: &Place, by: &Actor, ask: &Ask, refusal: Refusal) {
    let key = format!("refused/{}/{}", ask.word(), by.person.id);
    desk.say(Call { number: place.number, key, to: by.person.clone(), say: Say::Refused { refusal } });
}

/// Checks the role in every environment the change touches.
pub(super) fn require(desk: &Desk, by: &Actor, command: &str) -> Result<(), Refusal> {
    let needs = needs(command);
    let lacking =
        |environment: &Option<&crate::EnvironmentName>| by.roles.in_environment(*environment) < needs;
    let environments = desk.facts.environments();
    let place = match environments.iter().find(|environment| lacking(environment)) {
        Some(environment) => environment.cloned(),
        None if environments.is_empty() && by.roles.anywhere < needs => None,
        None => return Ok(()),
    };
    Err(Refusal::NoRole {
        command: command.to_owned(),
        has: by.roles.in_environment(place.as_ref()),
        source: desk.facts.rules.role_source(place.as_ref(), needs),
        environment: place,
        needs,
        ask: approved::reviewers(&desk.facts),
    })
}

/// Checks that there is an open pull request of this repository.
pub(super) fn require_open_pull(desk: &Desk, command: &str) -> Result<(), Refusal> {
    let Some(pull) = &desk.facts.pull else {
        let place = "pull request".to_owned();
        return Err(Refusal::NotHere { command: command.to_owned(), place });
    };
    match pull.state {
        PullState::Merged if desk.facts.merged.is_some() => Err(Refusal::Applied),
        PullState::Merged | PullState::Closed => Err(Refusal::Closed),
        PullState::Open if pull.fork => Err(Refusal::Fork),
        PullState::Open if !pull.managed => Err(Refusal::NotManaged { base: pull.base_ref.clone() }),
        PullState::Open => Ok(()),
    }
}

/// Checks that the plans there are now were shown when the person wrote.
pub(super) fn require_shown(desk: &Desk, written_at: Timestamp, command: &str) -> Result<(), Refusal> {
    // Who lets something pass says so of what they saw, whatever head that was; who applies asks for what was let pass.
    let head = desk.facts.pull.as_ref().map(|pull| &pull.head).filter(|_| command == "apply");
    let shown = desk.facts.round_at(written_at, head).map(|round| &round.reviewed);
    match desk.facts.round() {
        Some(round) if shown == Some(&round.reviewed) => Ok(()),
        Some(_) => Err(Refusal::PlanReplaced { command: command.to_owned() }),
        None => Err(Refusal::Planning),
    }
}

/// 1. State of the change. 2. No hand of one's own in it. 3. Role. 4. The plan the person saw.
fn approve(desk: &mut Desk, by: &Actor, written_at: Timestamp) -> Result<Reaction, Refusal> {
    require_open_pull(desk, "approve")?;
    if let Some(why) = approved::own_hand(&desk.facts, &by.person) {
        return Err(Refusal::OwnRequest { why });
    }
    require(desk, by, "approve")?;
    require_shown(desk, written_at, "approve")?;
    let Some(reviewed) = desk.facts.round().map(|round| round.reviewed.clone()) else {
        return Err(Refusal::Planning);
    };
    let (person, roles, at) = (by.person.clone(), by.roles.clone(), desk.now);
    // The same approval with other teams is another one: a rule may have come to ask for these since.
    let known = desk
        .facts
        .approvals
        .iter()
        .any(|known| known.by == person && known.reviewed == reviewed && known.roles == roles);
    if !known {
        desk.record(Event::ApprovalGiven { by: person, roles, reviewed, at });
    }
    Ok(Reaction::ThumbsUp)
}

fn help(desk: &mut Desk, place: &Place, by: &Actor) -> Result<Reaction, Refusal> {
    let role = approved::role_everywhere(&desk.facts, &by.roles);
    answer(desk, place, by, "help", Say::Help { role, asked_at: Some(place.written_at) });
    Ok(Reaction::ThumbsUp)
}

/// What anybody who may read here may ask of a request or a pull request.
fn look(desk: &mut Desk, place: &Place, by: &Actor, command: &str, say: Say) -> Result<Reaction, Refusal> {
    if desk.facts.request.is_none() && desk.facts.pull.is_none() {
        let place = "request or pull request".to_owned();
        return Err(Refusal::NotHere { command: command.to_owned(), place });
    }
    require(desk, by, command)?;
    answer(desk, place, by, command, say);
    Ok(Reaction::ThumbsUp)
}

/// Words change what everybody's requests mean, so it takes who may administer all of it.
fn learn(desk: &mut Desk, place: &Place, by: &Actor) -> Result<Reaction, Refusal> {
    let needs = needs("learn");
    if by.roles.anywhere < needs {
        return Err(Refusal::NoRole {
            command: "learn".to_owned(),
            environment: None,
            needs,
            has: by.roles.anywhere,
            source: desk.facts.rules.role_source(None, needs),
            ask: None,
        });
    }
    let (number, to, asked_at) = (place.number, by.person.clone(), place.written_at);
    desk.order(Command::Learn { number, to, asked_at });
    Ok(Reaction::Rocket)
}

/// What came of it is answered where it was asked for.
pub(super) fn learned(desk: &mut Desk, number: u64, to: &Person, asked_at: Timestamp, outcome: &Learned) {
    let say = Say::Learned { outcome: outcome.clone(), asked_at };
    desk.say(Call { number, key: format!("learn/{}", to.id), to: to.clone(), say });
}

/// One comment per person and command: asking again edits it.
fn answer(desk: &mut Desk, place: &Place, by: &Actor, command: &str, say: Say) {
    let key = format!("{command}/{}", by.person.id);
    desk.say(Call { number: place.number, key, to: by.person.clone(), say });
}
