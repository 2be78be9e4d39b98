//! Facts made by the engine: a change driven by signals, as the app drives it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tfpilot_engine::{
    Actor, AdmissionFinding, Applied, Ask, Command, CommitSha, Draft, EnvironmentName, EnvironmentRules,
    Executor, Facts, Failure, Filled, InputsDigest, JobId, JournalLine, JournalStep, Judgement, Operation,
    Overriders, Person, Plan, PlanDigest, Problem, PullSnapshot, PullState, Question, Reading, Resource,
    Review, ReviewVerdict, Reviewers, Role, Roles, Rules, Signal, Source, StackAtHead, StackPath, Standing,
    Strangers, TreeReading, decide,
};

/// The head most tales begin with.
pub(super) const HEAD: &str = "3f2a9c1d00000000000000000000000000000000";

/// A later head.
pub(super) const NEWER: &str = "9ab01c2d00000000000000000000000000000000";

pub(super) struct Tale {
    pub(super) facts: Facts,
    pub(super) commands: Vec<Command>,
    pub(super) details: BTreeMap<StackPath, String>,
    pub(super) now: Timestamp,
    pull: PullSnapshot,
}

pub(super) fn actor(id: u64, login: &str, role: Role) -> Actor {
    Actor { person: Person { id, login: login.to_owned() }, roles: Roles::everywhere(role) }
}

pub(super) fn alice() -> Actor {
    actor(1, "alice", Role::Developer)
}

pub(super) fn bob() -> Actor {
    actor(2, "bob", Role::Approver)
}

fn rules() -> Rules {
    let environment = |path: &str| EnvironmentRules {
        path: path.to_owned(),
        approvals: 1,
        approvals_by_risk: std::collections::BTreeMap::new(),
        code_owners: false,
        two_person: false,
        executor: Executor::Sidecar,
        plan_max_age_hours: 168,
        reviewers: Some("acme/platform".to_owned()),
        asks: Reviewers::default(),
        roles: BTreeMap::new(),
        freezes: Vec::new(),
    };
    let environments = [("dev", "live/dev"), ("prod", "live/prod")]
        .map(|(name, path)| (EnvironmentName::new(name), environment(path)));
    let finops = Overriders { teams: vec!["acme/finops".to_owned()], users: Vec::new(), count: 1 };
    let overrides = [("required-tags".to_owned(), finops), ("cost".to_owned(), Overriders::default())];
    Rules {
        environments: environments.into(),
        strangers: Strangers::Answer,
        overrides: overrides.into(),
        model: false,
        explains: false,
        roles: BTreeMap::new(),
        freezes: Vec::new(),
    }
}

pub(super) fn draft() -> Draft {
    let text = |words: &str| Source::Text(words.to_owned());
    let filled = |value, source| Filled { value, source, confidence: 100 };
    let environment = Filled { value: EnvironmentName::new("dev"), source: text("in dev"), confidence: 100 };
    let resource = Resource {
        module: Some("aws/s3-bucket".to_owned()),
        module_version: Some("1.4.0".to_owned()),
        name: Some(Filled {
            value: "acme-invoices".to_owned(),
            source: text("called acme-invoices"),
            confidence: 100,
        }),
        inputs: BTreeMap::from([
            ("versioning".to_owned(), filled(json!(true), text("versioned"))),
            (
                "region".to_owned(),
                filled(json!("eu-central-1"), Source::Default("default of dev".to_owned())),
            ),
            ("team".to_owned(), filled(json!("billing"), Source::Answer("billing".to_owned()))),
        ]),
    };
    Draft::of(Some(environment), resource)
}

pub(super) fn question() -> Question {
    Question {
        about: "environment".to_owned(),
        resource: 0,
        text: "which environment?".to_owned(),
        choices: ["dev", "stage", "prod"].map(str::to_owned).into(),
        problem: None,
        example: "dev".to_owned(),
    }
}

pub(super) fn problem() -> Problem {
    Problem {
        summary: "Unsupported argument \"engin\"".to_owned(),
        detail: "An argument named \"engin\" is not expected here. Did you mean \"engine\"?".to_owned(),
        path: Some("live/dev/acme-invoices/db.tf".to_owned()),
        line: Some(14),
        address: Some("aws_db_instance.this".to_owned()),
    }
}

pub(super) fn finding() -> AdmissionFinding {
    AdmissionFinding {
        rule: "admission/provider-argument".to_owned(),
        path: "main.tf".to_owned(),
        line: 3,
        what: "shared_config_files".to_owned(),
        why: "a shared configuration file may start programs".to_owned(),
        next: "remove it".to_owned(),
    }
}

pub(super) fn line(seq: u64, address: &str, action: &str, step: JournalStep) -> JournalLine {
    let resource_id = (step == JournalStep::Completed).then(|| "acme-invoices".to_owned());
    JournalLine { seq, address: address.to_owned(), action: action.to_owned(), step, resource_id }
}

/// What half of an apply told: the bucket exists, its policy failed.
pub(super) fn half() -> Vec<JournalLine> {
    vec![
        line(1, "aws_s3_bucket.this", "create", JournalStep::Started),
        line(2, "aws_s3_bucket.this", "create", JournalStep::Completed),
        line(3, "aws_s3_bucket_policy.this", "create", JournalStep::Started),
        line(4, "aws_s3_bucket_policy.this", "create", JournalStep::Failed),
    ]
}

/// A judgement with nothing against the plan.
pub(super) fn judged(title: &str, passed: u32) -> Judgement {
    Judgement {
        standing: Standing::Passed,
        title: title.to_owned(),
        passed,
        advice: 0,
        findings: Vec::new(),
        rules: BTreeMap::new(),
        approvals: Vec::new(),
    }
}

impl Tale {
    fn new(pull: PullSnapshot) -> Tale {
        let now = "2026-07-20T14:00:00Z".parse().unwrap();
        let facts = Facts::new("7/41", rules());
        Tale { facts, commands: Vec::new(), details: BTreeMap::new(), now, pull }
    }

    /// Nothing happened yet; the pull request, once there is one, is ours.
    pub(super) fn request() -> Tale {
        Tale::new(pull("tfpilot[bot]", 99))
    }

    /// A request that was understood, its pull request open and its head read.
    pub(super) fn opened() -> Tale {
        let mut tale = Tale::request();
        tale.asks_for(Reading::Complete { draft: draft() });
        tale.commits(HEAD).sees(HEAD, &["live/dev/acme-invoices"]);
        tale
    }

    /// A pull request that bob's colleague dora wrote by hand.
    pub(super) fn by_hand(stacks: &[&str]) -> Tale {
        let mut tale = Tale::new(pull("dora", 5));
        tale.pull.committers = vec![Person { id: 5, login: "dora".to_owned() }];
        tale.sees(HEAD, stacks);
        tale
    }

    /// Planned, approved by bob, every gate open.
    pub(super) fn ready() -> Tale {
        let mut tale = Tale::opened();
        tale.plans_all().reviewed_by(&bob());
        tale
    }

    /// The tale after these steps.
    pub(super) fn with(mut self, steps: impl FnOnce(&mut Tale) -> &mut Tale) -> Tale {
        steps(&mut self);
        self
    }

    pub(super) fn tell(&mut self, signal: Signal) -> &mut Self {
        self.now += SignedDuration::from_secs(1);
        let decision = decide(&self.facts, &signal, self.now);
        self.facts = self.facts.clone().folded(decision.events);
        self.commands.extend(decision.commands);
        self
    }

    pub(super) fn asks_for(&mut self, reading: Reading) -> &mut Self {
        self.tell(Signal::IssueRead { number: 41, by: alice(), reading })
    }

    pub(super) fn commits(&mut self, head: &str) -> &mut Self {
        let draft = self.facts.request.as_ref().map_or(1, |request| request.drafts);
        self.tell(Signal::BranchCommitted { head: CommitSha::new(head), draft })
    }

    /// The pull request looks as `change` makes it.
    pub(super) fn looks(&mut self, change: impl FnOnce(&mut PullSnapshot)) -> &mut Self {
        change(&mut self.pull);
        let pull = self.pull.clone();
        self.tell(Signal::PullSeen { pull, tree: None })
    }

    /// As [`Tale::looks`], with the tree read again.
    pub(super) fn looks_at(
        &mut self,
        change: impl FnOnce(&mut PullSnapshot),
        tree: TreeReading,
    ) -> &mut Self {
        change(&mut self.pull);
        let pull = self.pull.clone();
        self.tell(Signal::PullSeen { pull, tree: Some(tree) })
    }

    /// A head whose stacks have inputs of their own.
    pub(super) fn sees(&mut self, head: &str, stacks: &[&str]) -> &mut Self {
        self.sees_tree(head, stacks, "i1", Vec::new())
    }

    pub(super) fn sees_tree(
        &mut self,
        head: &str,
        stacks: &[&str],
        inputs: &str,
        findings: Vec<AdmissionFinding>,
    ) -> &mut Self {
        self.pull.head = CommitSha::new(head);
        let stack = |path: &&str| {
            let path = StackPath::new(*path);
            let environment = rules().environment_of(&path).cloned();
            let inputs_digest = InputsDigest::new(format!("{inputs} of {path}"));
            StackAtHead { path, environment, inputs_digest, diverged: false }
        };
        let stacks = stacks.iter().map(stack).collect();
        let tree = TreeReading { head: CommitSha::new(head), stacks, findings, owners: None };
        let pull = self.pull.clone();
        self.tell(Signal::PullSeen { pull, tree: Some(tree) })
    }

    fn open_job(&self, operation: Operation, stack: Option<&str>) -> JobId {
        let runs = self.facts.runs.iter().filter(|run| run.operation == operation);
        let mut jobs = runs.flat_map(|run| run.jobs.values()).filter(|job| job.state.is_open());
        jobs.find(|job| stack.is_none_or(|stack| job.stack.as_str() == stack)).expect("an open job").id
    }

    fn claims(&mut self, job: JobId) -> JobId {
        self.tell(Signal::Claimed { job, worker: "w".to_owned(), workflow: None });
        job
    }

    /// Every stack of the head: 4 create.
    pub(super) fn plans_all(&mut self) -> &mut Self {
        let stacks: Vec<String> = self.facts.stacks().iter().map(|stack| stack.path.to_string()).collect();
        stacks.iter().for_each(|stack| {
            self.plans(stack, &[("create", 4)]);
        });
        self
    }

    /// A stack's plan with these counts; none of them means no changes.
    pub(super) fn plans(&mut self, stack: &str, counts: &[(&str, u32)]) -> &mut Self {
        self.plans_as(stack, counts, |_| {})
    }

    pub(super) fn plans_as(
        &mut self,
        stack: &str,
        counts: &[(&str, u32)],
        change: impl FnOnce(&mut Plan),
    ) -> &mut Self {
        let job = self.open_job(Operation::Plan, Some(stack));
        self.claims(job);
        let (run, row) = self.facts.job(job).expect("the job");
        let words: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
        let mut plan = Plan {
            stack: row.stack.clone(),
            head: run.head.clone(),
            inputs_digest: row.inputs_digest.clone(),
            digest: PlanDigest::new(format!("plan of {stack} {counts:?}")),
            bundle_sha256: "b".repeat(64),
            job,
            at: self.now,
            counts: counts.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect(),
            headline: if words.is_empty() { "No changes".to_owned() } else { words.join(" · ") },
            no_changes: counts.is_empty(),
            lock_file: false,
            policy: Some(judged("14 passed", 14)),
            cost: Some(judged("+$0.00/mo, 3 of 4 priced", 0)),
            price: None,
            judged_under: None,
            unfit: None,
            grave: None,
        };
        change(&mut plan);
        let text = format!("| Risk | Change | Why |\n|---|---|---|\n| CREATE | create `a.b` | of {stack} |");
        self.details.insert(plan.stack.clone(), text);
        self.tell(Signal::Planned { plan })
    }

    pub(super) fn fails_plan(&mut self, stack: &str, failure: Failure) -> &mut Self {
        let job = self.open_job(Operation::Plan, Some(stack));
        self.claims(job);
        self.tell(Signal::JobFailed { job, failure })
    }

    pub(super) fn reviewed_by(&mut self, by: &Actor) -> &mut Self {
        self.now += SignedDuration::from_secs(1);
        let at = self.now;
        let (person, roles) = (by.person.clone(), by.roles.clone());
        self.looks(|pull| {
            let (verdict, commit) = (ReviewVerdict::Approved, pull.head.clone());
            pull.reviews.push(Review { id: 7, by: person, roles, verdict, commit, at });
        })
    }

    pub(super) fn asked(&mut self, by: &Actor, ask: Ask) -> &mut Self {
        let written_at = self.now;
        self.tell(Signal::Asked { number: 42, comment: Some(5), by: by.clone(), ask, written_at })
    }

    /// Alice asks for the apply, and Terraform starts in every stack.
    pub(super) fn starts(&mut self) -> &mut Self {
        self.asked(&alice(), Ask::Apply);
        let tickets: Vec<_> = self.facts.tickets.values().cloned().collect();
        for ticket in tickets {
            self.claims(ticket.job);
            let (job, plan_digest) = (ticket.job, ticket.plan_digest);
            self.tell(Signal::StartAsked { job, ticket: ticket.id, plan_digest });
        }
        self
    }

    pub(super) fn journals(&mut self, lines: Vec<JournalLine>) -> &mut Self {
        let job = self.open_job(Operation::Apply, None);
        self.tell(Signal::Journaled { job, lines })
    }

    pub(super) fn fails_apply(&mut self, failure: Failure) -> &mut Self {
        let job = self.open_job(Operation::Apply, None);
        self.tell(Signal::JobFailed { job, failure })
    }

    pub(super) fn falls_silent(&mut self) -> &mut Self {
        let job = self.open_job(Operation::Apply, None);
        self.tell(Signal::LeaseLapsed { job })
    }

    pub(super) fn applies(&mut self) -> &mut Self {
        let job = self.open_job(Operation::Apply, None);
        let stack = self.facts.job(job).expect("the job").1.stack.clone();
        let outputs = BTreeMap::from([
            ("arn".to_owned(), Some(json!("arn:aws:s3:::acme-invoices"))),
            ("password".to_owned(), None),
        ]);
        let applied = Applied { stack, changed: 4, outputs, at: self.now };
        self.tell(Signal::StackApplied { job, applied })
    }

    pub(super) fn merges(&mut self) -> &mut Self {
        self.tell(Signal::Merged { commit: CommitSha::new("c".repeat(40)) })
    }

    pub(super) fn waits(&mut self, hours: i64) -> &mut Self {
        self.now += SignedDuration::from_hours(hours);
        self
    }
}

fn pull(login: &str, id: u64) -> PullSnapshot {
    PullSnapshot {
        number: 42,
        title: "feat(dev): add s3-bucket acme-invoices".to_owned(),
        head: CommitSha::new(HEAD),
        head_ref: "tfpilot/41-s3-bucket-acme-invoices".to_owned(),
        base_ref: "main".to_owned(),
        base: CommitSha::new("77c0de0d00000000000000000000000000000000"),
        state: PullState::Open,
        draft: false,
        fork: false,
        author: Person { id, login: login.to_owned() },
        committers: Vec::new(),
        reviews: Vec::new(),
        obstacles: Vec::new(),
        managed: true,
    }
}
