//! One delivery's turn: what it is, what is decided on it, and what follows from that in a world that plays along.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use tfpilot_engine::{
    Applied, Command, CommitSha, Decision, DraftJudged, Event, Executor, Facts, Judgement, Operation, Plan,
    PlanDigest, Run, Signal, Standing, WorkflowRun,
};
use tfpilot_modules::render::Alike;

use super::effect::{Effect, effect};
use super::recording::Recorded;
use super::seen::{Seen, see};
use super::world::World;
use crate::github::webhook;
use crate::stacks::{Asking, judge_request, render_request};
use crate::store::StreamId;
use crate::surface::{self, Scene};
use crate::web::judged::{StatusShape, word};

/// Signals that follow from one delivery at most: each makes its own condition false, so this is never reached.
const FOLLOWING: usize = 2_000;

/// The kind of the command that commits a request.
const COMMIT: &str = "commit-branch";

/// What one delivery led to.
#[derive(Debug, Serialize)]
pub(super) struct Turn {
    /// File and place in it.
    pub(super) place: String,
    pub(super) event: String,
    pub(super) action: Option<String>,
    pub(super) repository: Option<String>,
    /// Who caused it.
    pub(super) by: Option<String>,
    /// The change.
    pub(super) change: Option<String>,
    /// Why nothing is decided on it.
    pub(super) nothing: Option<String>,
    /// What was assumed for it.
    pub(super) assumed: Vec<String>,
    /// Kinds of events that the engine would record.
    pub(super) records: Vec<String>,
    /// What would be done.
    pub(super) effects: Vec<Effect>,
    #[serde(flatten)]
    pub(super) status: Option<StatusShape>,
    /// The checks as they would stand then.
    pub(super) checks: BTreeMap<&'static str, String>,
}

/// Plays one delivery.
pub(super) fn play(world: &mut World, recorded: &Recorded) -> Turn {
    let mut turn = Turn {
        place: recorded.place.clone(),
        event: recorded.event.clone(),
        action: None,
        repository: None,
        by: None,
        change: None,
        nothing: None,
        assumed: Vec::new(),
        records: Vec::new(),
        effects: Vec::new(),
        status: None,
        checks: BTreeMap::new(),
    };
    if !world.arrives(recorded.guid.as_deref(), recorded.at) {
        turn.nothing = Some("it came before, and has one effect".to_owned());
        return turn;
    }
    let webhook = match webhook::parse(&recorded.event, recorded.payload.to_string().as_bytes()) {
        Ok(webhook) => webhook,
        Err(error) => {
            turn.nothing = Some(error.to_string());
            return turn;
        }
    };
    turn.action.clone_from(&webhook.action);
    turn.repository = webhook.repository.as_ref().map(|repository| repository.full_name.to_string());
    turn.by = webhook.sender.as_ref().map(|sender| sender.login.clone());
    match see(world, &webhook, &recorded.payload) {
        Seen::Nothing(why) => turn.nothing = Some(why),
        Seen::Signals { stream, signals, assumed } => {
            turn.assumed = assumed;
            follow(world, &stream, signals, &mut turn);
        }
    }
    world.notes.extend(turn.assumed.iter().cloned());
    turn
}

/// Decides on signals, and on what the assumed world answers to each decision.
fn follow(world: &mut World, stream: &StreamId, signals: Vec<Signal>, turn: &mut Turn) {
    let mut waiting: VecDeque<Signal> = signals.into();
    for _ in 0..FOLLOWING {
        let Some(signal) = waiting.pop_front() else { break };
        let decision = world.decide(stream, &signal);
        let facts = world.facts(stream);
        turn.records.extend(decision.events.iter().map(|event| word(event, "event")));
        for command in &decision.commands {
            // What is shown is told once, as it stands in the end.
            let told = effect(&facts, command, world.now);
            if let Some(told) = told.filter(|told| !turn.effects.contains(told)) {
                turn.effects.push(told);
            }
        }
        waiting.extend(answers(world, &facts, &decision, turn));
    }
    let facts = world.facts(stream);
    turn.records.dedup();
    turn.change = Some(stream.0.clone());
    turn.status = Some(StatusShape::from(&facts.status(world.now)));
    turn.checks = checks(world, &facts);
}

/// What a world that plays along says to a decision.
fn answers(world: &World, facts: &Facts, decision: &Decision, turn: &mut Turn) -> Vec<Signal> {
    let mut signals = Vec::new();
    for command in &decision.commands {
        match command {
            Command::CommitBranch => signals.extend(committed(world, facts, turn)),
            Command::Dispatch { run } => signals.push(Signal::Dispatched { run: *run, workflow_run: None }),
            _ => {}
        }
    }
    for event in &decision.events {
        if let Event::RunRequested { run } = event {
            if world.assumed.runs_end_well {
                turn.assumed.push(assumed_of(run));
                signals.extend(ended_well(world, facts, run));
            } else {
                turn.assumed.push("runs stay open (--no-runs)".to_owned());
            }
        }
    }
    signals
}

/// The branch as it would be committed, after the rules were asked of it, as the server does.
fn committed(world: &World, facts: &Facts, turn: &mut Turn) -> Vec<Signal> {
    let (Some(request), Some(change)) = (&facts.request, &facts.change) else { return Vec::new() };
    // Ordered again before it was done, it is still done once.
    if turn.effects.iter().any(|effect| effect.command == COMMIT) {
        return Vec::new();
    }
    let render = |alike| render_request(request, &change.stack, &world.catalog, &world.config, None, alike);
    let (rendered, apart) = match render(Alike::Together).and_then(|files| Ok((files, render(Alike::Apart)?)))
    {
        Ok(both) => both,
        Err(error) => {
            let (step, why) = ("commit".to_owned(), error.to_string());
            return vec![Signal::StepFailed { step, why }];
        }
    };
    let mut signals = Vec::new();
    if facts.pull.is_none() {
        let findings = judge_request(
            Asking {
                catalog: &world.catalog,
                config: &world.config,
                request,
                stack: &change.stack,
                today: world.now.to_zoned(jiff::tz::TimeZone::UTC).date(),
            },
            &apart,
        );
        let judged = DraftJudged { draft: request.drafts, findings };
        let event = Event::DraftJudged { judged: judged.clone() };
        signals.push(Signal::DraftJudged { judged });
        if facts.clone().folded([event]).refused_draft().is_some() {
            return signals;
        }
    }
    let paths: Vec<&str> = rendered.iter().map(|file| file.path.as_str()).collect();
    turn.effects.push(Effect::new(COMMIT, format!("commit on {}: {}", change.branch, paths.join(", "))));
    let head = CommitSha::new(format!("assumed-{}-{}", request.issue, request.drafts));
    signals.push(Signal::BranchCommitted { head, draft: request.drafts });
    signals
}

fn assumed_of(run: &Run) -> String {
    match run.operation {
        Operation::Plan => {
            "plans succeed, create one thing each, and policies and cost have nothing against them"
        }
        Operation::Apply => "applies succeed",
    }
    .to_owned()
}

/// Every job of a run is claimed, and ends well.
fn ended_well(world: &World, facts: &Facts, run: &Run) -> Vec<Signal> {
    let workflow = match run.executor {
        Executor::Actions => Some(WorkflowRun { id: 1, attempt: 1 }),
        Executor::Sidecar => None,
    };
    let mut signals = Vec::new();
    for job in run.jobs.values() {
        signals.push(Signal::Claimed { job: job.id, worker: "assumed".to_owned(), workflow });
        let ticket = job.ticket.and_then(|ticket| facts.tickets.get(&ticket));
        match (run.operation, ticket) {
            (Operation::Plan, _) => signals.push(Signal::Planned {
                plan: Plan {
                    stack: job.stack.clone(),
                    head: run.head.clone(),
                    inputs_digest: job.inputs_digest.clone(),
                    digest: PlanDigest::new(format!("assumed of {}", job.inputs_digest)),
                    bundle_sha256: "assumed".to_owned(),
                    job: job.id,
                    at: world.now,
                    counts: [("create".to_owned(), 1)].into(),
                    headline: "1 create".to_owned(),
                    no_changes: false,
                    lock_file: false,
                    policy: Some(nothing_against_it()),
                    cost: Some(nothing_against_it()),
                    price: None,
                    judged_under: None,
                    unfit: None,
                    grave: None,
                },
            }),
            (Operation::Apply, Some(ticket)) => {
                let plan_digest = ticket.plan_digest.clone();
                signals.push(Signal::StartAsked { job: job.id, ticket: ticket.id, plan_digest });
                let (stack, outputs, at) = (job.stack.clone(), BTreeMap::new(), world.now);
                let applied = Applied { stack, changed: 1, outputs, at };
                signals.push(Signal::StackApplied { job: job.id, applied });
            }
            (Operation::Apply, None) => {}
        }
    }
    signals
}

fn nothing_against_it() -> Judgement {
    Judgement {
        standing: Standing::Passed,
        title: "assumed: nothing against it".to_owned(),
        passed: 0,
        advice: 0,
        findings: Vec::new(),
        rules: BTreeMap::new(),
        approvals: Vec::new(),
    }
}

/// The titles of the checks, as they would be posted.
fn checks(world: &World, facts: &Facts) -> BTreeMap<&'static str, String> {
    let none = BTreeMap::new();
    let module = facts.request.as_ref().and_then(|request| request.draft.module());
    let module = module.and_then(|id| world.catalog.find(id)).map(|module| module.title.as_str());
    let scene = Scene {
        facts,
        module_title: module.unwrap_or("Request"),
        details: &none,
        policy_texts: &none,
        cost_texts: &none,
        runs_url: None,
        config_problem: None,
        config_advice: None,
        now: world.now,
    };
    surface::render(&scene).checks.into_iter().map(|check| (check.name, check.title)).collect()
}
