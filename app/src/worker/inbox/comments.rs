//! A comment: commands at the start of its lines, or the answer to an open question. Edits and bots are ignored.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tfpilot_engine::{Actor, Ask, Draft, EnvironmentName, Facts, Limited, Reading, Signal, StackPath, gate};
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::config::suggest::nearest;
use crate::github::webhook::{Comment, Issue};
use crate::requests;
use crate::requests::command::{self, Command, CommandError as Unreadable, CommandLine, Override, Target};
use crate::store::{StreamId, View, ViewChange};
use crate::worker::inbox::{Delivery, overrule};
use crate::worker::ledger::Settles;
use crate::worker::open_texts::{self, Written};
use crate::worker::outbox::CommandError;
use crate::worker::{actors, examples, observe, timers, views};

pub(super) async fn comment(
    delivery: &Delivery<'_>,
    comment: &Comment,
    issue: &Issue,
    received_at: Timestamp,
) -> Result<(), CommandError> {
    let written = delivery.webhook.action.as_deref() == Some("created");
    let by_app = comment.performed_via_github_app.is_some();
    let Some(author) = comment.user.as_ref().filter(|author| author.is_person() && written && !by_app) else {
        return delivery.ignore().await;
    };
    let lines = command::parse(&comment.body);
    let stream = match timers::subject(delivery.app, delivery.repository.id, issue.number).await? {
        Some(stream) => stream,
        None if issue.pull_request => {
            let pull = delivery.repository.client.pull(issue.number).await?;
            observe::stream_of_pull(delivery.app, delivery.repository, issue.number, pull.own_branch())
                .await?
        }
        None => views::stream_of(delivery.repository.id, issue.number),
    };
    let facts = delivery.app.ledger.facts(&stream, &delivery.repository.rules).await?;
    let answers = facts
        .request
        .as_ref()
        .is_some_and(|request| request.question.is_some() && request.issue == issue.number);
    if lines.is_empty() && !answers {
        return delivery.ignore().await;
    }
    // GitHub repeats a delivery under its id; the same comment under another one is not obeyed again.
    let key = views::comment_key(delivery.repository.id, comment.id.0);
    if delivery.app.store.view(View::Marks, &key).await?.is_some() {
        return delivery.ignore().await;
    }
    let by = actors::actor(delivery.app, delivery.repository, author).await?;
    let written_at = comment.created_at.unwrap_or(received_at);
    let said = Said { delivery, stream, facts, by, issue, comment: comment.id.0, written_at };
    let stops = |line: &CommandLine| matches!(line.command, Ok(Command::Cancel(_)));
    if lines.is_empty() || !lines.iter().all(stops) {
        let most = delivery.repository.config.limits.commands();
        if let Err(too_much) = delivery.admit(author, Limited::Commands, most) {
            return said.refuse(too_much).await;
        }
    }
    if lines.is_empty() { said.answer(&comment.body).await } else { said.commands(lines).await }
}

/// A comment whose writer is known.
struct Said<'a> {
    delivery: &'a Delivery<'a>,
    stream: StreamId,
    facts: Facts,
    by: Actor,
    /// Where it was written.
    issue: &'a Issue,
    comment: u64,
    written_at: Timestamp,
}

impl Said<'_> {
    /// It is not read: too much was written.
    async fn refuse(&self, too_much: Ask) -> Result<(), CommandError> {
        let (app, repository) = (self.delivery.app, self.delivery.repository);
        let settles = self.settles(&[]).await?;
        app.decide(&self.stream, repository, &self.asked(too_much), settles).await?;
        Ok(())
    }

    /// The answer to the open question.
    async fn answer(&self, text: &str) -> Result<(), CommandError> {
        let Some(request) = &self.facts.request else { return self.delivery.ignore().await };
        let Some(question) = &request.question else { return self.delivery.ignore().await };
        let (app, repository) = (self.delivery.app, self.delivery.repository);
        let catalog = self.catalog(&request.draft).await?;
        let read = requests::answer_telling(&request.draft, question, text, &catalog, &repository.config);
        let settles = self.settles(&[&read.0]).await?;
        let written = Written { number: self.issue.number, comment: Some(self.comment), by: self.by.clone() };
        let signal = open_texts::signal(app, repository, &catalog, &self.facts, written, read);
        app.decide(&self.stream, repository, &signal, settles).await?;
        Ok(())
    }

    /// The modules in the versions that a draft was made with.
    async fn catalog(&self, draft: &Draft) -> Result<Catalog, CommandError> {
        let (app, repository) = (self.delivery.app, self.delivery.repository);
        Ok(app.repositories.pinned(repository, draft, &BTreeMap::new()).await?)
    }

    /// Every command in its order, in one transaction that finishes the delivery: none is ever decided twice.
    async fn commands(&self, lines: Vec<CommandLine>) -> Result<(), CommandError> {
        let mut seen = None;
        if let Some(pull) = &self.facts.pull {
            let (app, repository) = (self.delivery.app, self.delivery.repository);
            seen =
                Some(observe::observe(app, repository, &self.stream, pull.number, Settles::default()).await?);
        }
        let facts = seen.as_ref().unwrap_or(&self.facts);
        let mut draft = self.facts.request.as_ref().map(|request| request.draft.clone()).unwrap_or_default();
        let mut signals = Vec::new();
        for line in lines {
            signals.push(self.signal(line, facts, &mut draft).await?);
        }
        let (app, repository) = (self.delivery.app, self.delivery.repository);
        let readings: Vec<&Reading> = signals.iter().filter_map(reading_of).collect();
        let settles = self.settles(&readings).await?;
        app.decide_all(&self.stream, repository, &signals, settles).await?;
        Ok(())
    }

    /// What a line asks for. A change of the request goes on from what the lines before it made of the draft.
    async fn signal(
        &self,
        line: CommandLine,
        facts: &Facts,
        draft: &mut Draft,
    ) -> Result<Signal, CommandError> {
        let (app, repository) = (self.delivery.app, self.delivery.repository);
        let catalog = self.catalog(draft).await?;
        Ok(match wants(line, facts, draft, &catalog, &repository.config) {
            Wants::Override(order) => {
                self.asked(overrule::ask(app, repository, facts, &self.by.person, order).await?)
            }
            Wants::Change(reading) => self.reply(*reading),
            Wants::Asks(Ask::Approve) => {
                let teams = gate::wanted_teams(facts);
                let by = actors::in_teams(app, repository, self.by.clone(), &teams).await?;
                self.asked_by(by, Ask::Approve)
            }
            Wants::Asks(ask) => self.asked(ask),
        })
    }

    /// The delivery ends with the mark that its comment was acted upon, and what it corrects is kept as an example.
    async fn settles(&self, readings: &[&Reading]) -> Result<Settles, CommandError> {
        let key = views::comment_key(self.delivery.repository.id, self.comment);
        let value = Some(views::write(&self.written_at)?);
        let mut settles = self.delivery.settles();
        settles.views.push(ViewChange { view: View::Marks, key, value });
        let corrected = readings.iter().find_map(|reading| match reading {
            Reading::Complete { draft } | Reading::Asks { draft, .. } => Some(draft),
            _ => None,
        });
        if let Some(draft) = corrected {
            let (app, repository) = (self.delivery.app, self.delivery.repository);
            let kept = examples::of_correction(app, repository, &self.facts, self.issue, draft).await?;
            settles.views.extend(kept);
        }
        Ok(settles)
    }

    fn asked(&self, ask: Ask) -> Signal {
        self.asked_by(self.by.clone(), ask)
    }

    fn asked_by(&self, by: Actor, ask: Ask) -> Signal {
        let (number, written_at) = (self.issue.number, self.written_at);
        Signal::Asked { number, comment: Some(self.comment), by, ask, written_at }
    }

    fn reply(&self, reading: Reading) -> Signal {
        Signal::ReplyRead { by: self.by.clone(), comment: self.comment, reading }
    }
}

fn reading_of(signal: &Signal) -> Option<&Reading> {
    match signal {
        Signal::ReplyRead { reading, .. } => Some(reading),
        _ => None,
    }
}

/// What a command line wants, before anybody is asked about it.
pub(crate) enum Wants {
    /// A decision of the engine.
    Asks(Ask),
    /// Another reading of the request.
    Change(Box<Reading>),
    /// To let a rule's findings pass: who is in the teams that it names has still to be found out.
    Override(Override),
}

/// What a line wants. A change of the request goes on from what the lines before it made of the draft.
pub(crate) fn wants(
    line: CommandLine,
    facts: &Facts,
    draft: &mut Draft,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Wants {
    Wants::Asks(match line.command {
        Ok(Command::Override(order)) => return Wants::Override(order),
        Ok(Command::Set(pairs)) => {
            let reading = requests::set(draft, &pairs, catalog, config);
            let request = facts.request.iter();
            let suggested = request.flat_map(|request| request.suggestions.values().flatten());
            let reading = requests::suggest::offered(reading, suggested, catalog, config);
            if let Reading::Complete { draft: read } | Reading::Asks { draft: read, .. } = &reading {
                draft.clone_from(read);
            }
            return Wants::Change(Box::new(reading));
        }
        Ok(command) => ask(&command, facts),
        Err(Unreadable::Unknown { word, suggestion }) => {
            Ask::Unknown { word, suggestion: suggestion.map(str::to_owned) }
        }
        Err(Unreadable::Usage { command, usage, .. }) => Ask::Unknown {
            word: command.to_owned(),
            suggestion: usage.strip_prefix("/tfpilot ").map(str::to_owned),
        },
        Err(Unreadable::TooMany) => {
            Ask::Unknown { word: "more than 20 commands".to_owned(), suggestion: None }
        }
    })
}

/// Commands that are understood but not served yet are answered like unknown ones; so are those for some stacks that are
/// served for all of the change only, as they must not do more than was meant.
fn ask(command: &Command, facts: &Facts) -> Ask {
    let unserved = |word: &str, instead: &str| Ask::Unknown {
        word: word.to_owned(),
        suggestion: Some(instead.to_owned()),
    };
    match command {
        Command::Plan(target) if *target == Target::default() => Ask::Plan,
        Command::Plan(target) if target.query.is_none() => plan_of(target, facts),
        Command::Plan(_) => unserved("plan with a query", "plan --stack"),
        Command::Apply(apply) if apply.target != Target::default() => {
            unserved("apply of some stacks", "apply")
        }
        Command::Approve(target) if *target != Target::default() => {
            unserved("approve of some stacks", "approve")
        }
        Command::Cancel(target) if target.query.is_none() => Ask::Cancel {
            stacks: target.stacks.iter().map(StackPath::new).collect(),
            environment: target.environment.as_ref().map(EnvironmentName::new),
        },
        Command::Resume(resume) => Ask::Resume { accept: resume.accept, reason: resume.reason.clone() },
        Command::Help => Ask::Help,
        Command::Apply(_) => Ask::Apply,
        Command::Approve(_) => Ask::Approve,
        Command::Status(_) => Ask::Status,
        Command::Learn => Ask::Learn,
        Command::Why(None) => Ask::Why,
        Command::Why(Some(about)) if about.eq_ignore_ascii_case("apply") => Ask::Why,
        Command::Why(Some(about)) => {
            Ask::Unknown { word: format!("why {about}"), suggestion: Some("why apply".to_owned()) }
        }
        Command::New(_) | Command::Upgrade(_) => Ask::InNewIssue { command: command.name().to_owned() },
        other => Ask::Unknown { word: other.name().to_owned(), suggestion: None },
    }
}

/// The stacks that are named, as paths of the tree are written, and what may have been meant by one that is not there.
fn plan_of(target: &Target, facts: &Facts) -> Ask {
    let plain = |path: &String| StackPath::new(path.trim_start_matches("./").trim_matches('/'));
    let stacks: Vec<StackPath> = target.stacks.iter().map(plain).collect();
    let known = || facts.stacks().iter().map(|stack| stack.path.as_str());
    let unknown = stacks.iter().find(|path| !known().any(|it| it == path.as_str()));
    let suggestion = unknown.and_then(|path| nearest(path.as_str(), known())).map(StackPath::new);
    let environment = target.environment.as_ref().map(EnvironmentName::new);
    Ask::PlanOf { stacks, environment, suggestion }
}
