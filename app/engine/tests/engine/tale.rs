//! A change driven by hand: signals in, facts out, without any I/O.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::{
    Actor, Applied, Ask, Call, Command, CommitSha, Draft, EnvironmentName, EnvironmentRules, Event, Executor,
    Facts, Filled, InputsDigest, JobId, JobState, Judgement, Operation, Overriders, Owners, Person, Plan,
    PlanDigest, PullSnapshot, PullState, Reading, Refusal, Resource, Review, ReviewVerdict, Reviewers, Role,
    Roles, Rules, Say, Signal, Source, StackAtHead, StackPath, Standing, Strangers, TicketState, TreeReading,
    decide,
};

pub(crate) const STACK: &str = "live/dev/hello";

/// A change and everything that was decided about it.
pub(crate) struct Tale {
    pub(crate) facts: Facts,
    pub(crate) events: Vec<Event>,
    pub(crate) commands: Vec<Command>,
    pub(crate) now: Timestamp,
}

pub(crate) fn alice() -> Actor {
    actor(1, "alice", Role::Developer)
}

pub(crate) fn bob() -> Actor {
    actor(2, "bob", Role::Approver)
}

pub(crate) fn victor() -> Actor {
    actor(4, "victor", Role::Viewer)
}

pub(crate) fn actor(id: u64, login: &str, role: Role) -> Actor {
    Actor { person: Person { id, login: login.to_owned() }, roles: Roles::everywhere(role) }
}

pub(crate) fn rules() -> Rules {
    let dev = EnvironmentRules {
        path: "live/dev".to_owned(),
        approvals: 1,
        approvals_by_risk: std::collections::BTreeMap::new(),
        code_owners: false,
        two_person: false,
        executor: Executor::Sidecar,
        plan_max_age_hours: 168,
        reviewers: Some("acme/platform".to_owned()),
        asks: Reviewers { teams: ["acme/platform".to_owned()].into(), ..Reviewers::default() },
        roles: BTreeMap::new(),
        freezes: Vec::new(),
    };
    let finops = Overriders { teams: vec!["acme/finops".to_owned()], users: Vec::new(), count: 1 };
    Rules {
        environments: [(EnvironmentName::new("dev"), dev)].into(),
        strangers: Strangers::Answer,
        overrides: [
            ("required-tags".to_owned(), finops),
            ("naming".to_owned(), Overriders::default()),
            ("cost".to_owned(), Overriders::default()),
        ]
        .into(),
        model: false,
        explains: false,
        roles: BTreeMap::new(),
        freezes: Vec::new(),
    }
}

pub(crate) fn draft(text: &str) -> Draft {
    let from = |value: &str| Source::Text(value.to_owned());
    let environment = Filled { value: EnvironmentName::new("dev"), source: from("in dev"), confidence: 100 };
    let resource = Resource {
        module: Some("local/note".to_owned()),
        module_version: Some("1.0.0".to_owned()),
        name: Some(Filled { value: "hello".to_owned(), source: from("called hello"), confidence: 100 }),
        inputs: BTreeMap::from([(
            "text".to_owned(),
            Filled { value: text.into(), source: from(text), confidence: 100 },
        )]),
    };
    Draft::of(Some(environment), resource)
}

pub(crate) fn snapshot(head: &str) -> PullSnapshot {
    PullSnapshot {
        number: 2,
        title: "feat(dev): add note hello".to_owned(),
        head: CommitSha::new(head),
        head_ref: "tfpilot/1-note-hello".to_owned(),
        base_ref: "main".to_owned(),
        base: CommitSha::new("base"),
        state: PullState::Open,
        draft: false,
        fork: false,
        author: Person { id: 99, login: "tfpilot[bot]".to_owned() },
        committers: Vec::new(),
        reviews: Vec::new(),
        obstacles: Vec::new(),
        managed: true,
    }
}

pub(crate) fn tree(head: &str, inputs: &str) -> TreeReading {
    let stack = StackAtHead {
        path: StackPath::new(STACK),
        environment: Some(EnvironmentName::new("dev")),
        inputs_digest: InputsDigest::new(inputs),
        diverged: false,
    };
    TreeReading {
        head: CommitSha::new(head),
        stacks: vec![stack],
        findings: Vec::new(),
        owners: Some(Owners::default()),
    }
}

pub(crate) fn review(by: &Actor, commit: &str, at: Timestamp) -> Review {
    Review {
        id: 7,
        by: by.person.clone(),
        roles: by.roles.clone(),
        verdict: ReviewVerdict::Approved,
        commit: CommitSha::new(commit),
        at,
    }
}

/// A judgement with nothing to say.
pub(crate) fn passed() -> Judgement {
    Judgement {
        standing: Standing::Passed,
        title: "1 passed".to_owned(),
        passed: 1,
        advice: 0,
        findings: Vec::new(),
        rules: BTreeMap::new(),
        approvals: Vec::new(),
    }
}

/// Somebody was refused for this reason.
#[track_caller]
pub(crate) fn refused(tale: &Tale, expected: &Refusal) {
    let refusals: Vec<&Refusal> = tale.facts.calls.values().filter_map(refusal).collect();
    assert!(refusals.contains(&expected), "{refusals:?}");
}

fn refusal(call: &Call) -> Option<&Refusal> {
    match &call.say {
        Say::Refused { refusal } => Some(refusal),
        _ => None,
    }
}

impl Tale {
    pub(crate) fn new() -> Tale {
        let now = "2026-07-20T14:00:00Z".parse().unwrap();
        Tale { facts: Facts::new("7/1", rules()), events: Vec::new(), commands: Vec::new(), now }
    }

    /// Decides, folds, and lets a second pass.
    pub(crate) fn tell(&mut self, signal: Signal) -> &mut Self {
        self.now += SignedDuration::from_secs(1);
        let decision = decide(&self.facts, &signal, self.now);
        self.facts = self.facts.clone().folded(decision.events.iter().cloned());
        self.events.extend(decision.events);
        self.commands.extend(decision.commands);
        self
    }

    pub(crate) fn asked_for(&mut self) -> &mut Self {
        self.tell(Signal::IssueRead {
            number: 1,
            by: alice(),
            reading: Reading::Complete { draft: draft("hi") },
        })
        .tell(Signal::BranchCommitted { head: CommitSha::new("h1"), draft: 1 })
        .seen("h1", "i1")
    }

    pub(crate) fn seen(&mut self, head: &str, inputs: &str) -> &mut Self {
        let reviews = self.facts.pull.as_ref().map(|pull| pull.reviews.clone()).unwrap_or_default();
        let pull = PullSnapshot { reviews, ..snapshot(head) };
        self.tell(Signal::PullSeen { pull, tree: Some(tree(head, inputs)) })
    }

    pub(crate) fn open_job(&self) -> JobId {
        let mut jobs = self.facts.runs.iter().flat_map(|run| run.jobs.values());
        jobs.find(|job| job.state.is_open()).expect("an open job").id
    }

    pub(crate) fn claims(&mut self) -> &mut Self {
        let job = self.open_job();
        self.tell(Signal::Claimed { job, worker: "w".to_owned(), workflow: None })
    }

    pub(crate) fn plans(&mut self, digest: &str) -> &mut Self {
        self.claims();
        let plan = self.plan(digest);
        self.tell(Signal::Planned { plan })
    }

    pub(crate) fn plan(&self, digest: &str) -> Plan {
        let job = self.open_job();
        let (run, row) = self.facts.job(job).expect("the job");
        Plan {
            stack: row.stack.clone(),
            head: run.head.clone(),
            inputs_digest: row.inputs_digest.clone(),
            digest: PlanDigest::new(digest),
            bundle_sha256: format!("bundle of {digest}"),
            job,
            at: self.now,
            counts: [("create".to_owned(), 1)].into(),
            headline: "1 create".to_owned(),
            no_changes: false,
            lock_file: false,
            policy: Some(crate::tale::passed()),
            cost: Some(crate::tale::passed()),
            price: None,
            judged_under: None,
            unfit: None,
            grave: None,
        }
    }

    pub(crate) fn reviews(&mut self, by: &Actor) -> &mut Self {
        let mut pull = self.facts.pull.clone().expect("a pull request");
        self.now += SignedDuration::from_secs(1);
        pull.reviews.push(review(by, pull.head.as_str(), self.now));
        self.tell(Signal::PullSeen { pull, tree: None })
    }

    pub(crate) fn asks(&mut self, by: &Actor, ask: Ask) -> &mut Self {
        let written_at = self.now;
        self.tell(Signal::Asked { number: 2, comment: Some(5), by: by.clone(), ask, written_at })
    }

    pub(crate) fn starts(&mut self) -> &mut Self {
        let (ticket, job, plan_digest) = self.issued();
        self.tell(Signal::StartAsked { job, ticket, plan_digest })
    }

    pub(crate) fn issued(&self) -> (tfpilot_engine::TicketId, JobId, PlanDigest) {
        let ticket = self.facts.tickets.values().find(|ticket| ticket.state == TicketState::Issued);
        let ticket = ticket.expect("an issued ticket");
        (ticket.id, ticket.job, ticket.plan_digest.clone())
    }

    pub(crate) fn applies(&mut self) -> &mut Self {
        let job = self.apply_job();
        let applied =
            Applied { stack: StackPath::new(STACK), changed: 1, outputs: BTreeMap::new(), at: self.now };
        self.tell(Signal::StackApplied { job, applied })
    }

    pub(crate) fn apply_job(&self) -> JobId {
        let runs = self.facts.runs.iter().rev().filter(|run| run.operation == Operation::Apply);
        runs.flat_map(|run| run.jobs.keys()).next().copied().expect("an apply job")
    }

    pub(crate) fn state_of(&self, job: JobId) -> JobState {
        self.facts.job(job).expect("the job").1.state.clone()
    }

    pub(crate) fn spent(&self) -> usize {
        let spent = |ticket: &&tfpilot_engine::Ticket| matches!(ticket.state, TicketState::Spent { .. });
        self.facts.tickets.values().filter(spent).count()
    }
}
