//! Rego policies are asked in child processes: this binary again, with limits on memory, CPU and time, and nothing of ours but
//! the question. What a policy does to its process is a reason to fail it, never ours.
//!
//! [`Rego`] reads files and asks them of plans, some at a time; `process` is a child as its parent sees it, [`child`] as it sees
//! itself. What answers come to is the policy crate's. An answer is kept in memory by its question, so that the same
//! policies on the same plan start no child; what was judged is recorded with the plan.

mod answers;
pub(crate) mod child;
mod ended;
mod process;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tfpilot_plan::RedactedPlan;
use tfpilot_policies::rego::{
    Answer, Asked, Fault, Files, Judging, Module, Policy, Question, Source, arrange, judge,
};
use tfpilot_policies::{Enforcement, OnUnknown};
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use self::answers::Answers;
use self::ended::Ended;

/// Children at once.
const AT_ONCE: usize = 2;

/// What a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space, in MiB.
    pub memory_mib: u64,
    /// CPU time, in seconds.
    pub cpu_seconds: u64,
    /// Time on the clock.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mib: 1024, cpu_seconds: 10, time: Duration::from_secs(30) }
    }
}

/// Reads and asks Rego policies. Clones share their limits and counts.
#[derive(Debug, Clone)]
pub struct Rego(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    program: PathBuf,
    limits: Limits,
    turns: Semaphore,
    answers: Answers,
    asked: AtomicU64,
    known: AtomicU64,
    failed: AtomicU64,
    milliseconds: AtomicU64,
}

/// What was asked since this process started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Counts {
    /// Children that were started.
    pub(crate) asked: u64,
    /// Questions whose answer was known.
    pub(crate) known: u64,
    /// Children that ended without an answer.
    pub(crate) failed: u64,
    /// Milliseconds that children took.
    pub(crate) milliseconds: u64,
}

/// A file as a child read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileRead {
    pub(crate) read: Result<Module, Fault>,
    /// Asked again it may be otherwise.
    pub(crate) passing: bool,
}

impl Rego {
    /// Asks with another binary than this process's, for processes that are none of ours.
    pub fn with_program(program: PathBuf, limits: Limits) -> Self {
        Self(Arc::new(Shared {
            program,
            limits,
            turns: Semaphore::new(AT_ONCE),
            answers: Answers::default(),
            asked: AtomicU64::new(0),
            known: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            milliseconds: AtomicU64::new(0),
        }))
    }

    /// Asks with the binary of this process, also when its file was replaced since.
    pub fn of_this_process() -> Self {
        Self::with_program(PathBuf::from("/proc/self/exe"), Limits::default())
    }

    /// Reads a file and asks it of a plan: why that cannot be, if it cannot. This blocks.
    ///
    /// # Errors
    /// When the plan is none.
    pub fn first_fault(
        &self,
        path: &str,
        text: &str,
        plan: serde_json::Value,
    ) -> Result<Option<String>, tfpilot_plan::PlanError> {
        let plan = RedactedPlan::from_document(plan)?;
        let module = match self.read_now(Source { path: path.to_owned(), text: text.to_owned() }).read {
            Ok(module) => module,
            Err(fault) => return Ok(Some(fault.to_string())),
        };
        let files = Files::from([(path, (text, &module))]);
        let arranged = arrange(&files, &["*".to_owned()]);
        if let Some(unasked) = arranged.unasked.first() {
            return Ok(Some(unasked.fault.to_string()));
        }
        let judging = Judging { enforcement: Enforcement::HardMandatory, on_unknown: OnUnknown::Warn };
        let asked = self.ask_now(
            &arranged.policies,
            &plan,
            &serde_json::Value::Object(serde_json::Map::new()),
            judging,
        );
        Ok(asked.broken.into_iter().next().map(|(_, why)| why))
    }

    /// Reads a file; this blocks.
    pub(crate) fn read_now(&self, source: Source) -> FileRead {
        match self.answer(&Question::Read(source)) {
            Ok(Answer::Read(read)) => FileRead { read, passing: false },
            Ok(Answer::Asked(_)) => {
                FileRead { read: Err(Ended::Unreadable.fault(&self.0.limits)), passing: false }
            }
            Err(ended) => FileRead { read: Err(ended.fault(&self.0.limits)), passing: ended.is_passing() },
        }
    }

    /// Asks policies of a plan; this blocks.
    pub(crate) fn ask_now(
        &self,
        policies: &[Policy],
        plan: &RedactedPlan,
        data: &serde_json::Value,
        judging: Judging,
    ) -> Asked {
        let mut all = Asked::default();
        for policy in policies {
            add(&mut all, self.ask_one(policy, plan, data, judging));
        }
        all
    }

    /// Reads a file.
    pub(crate) async fn read(&self, source: Source) -> FileRead {
        let rego = self.clone();
        self.in_turn(move || rego.read_now(source))
            .await
            .unwrap_or_else(|| FileRead { read: Err(Ended::NotStarted.fault(&self.0.limits)), passing: true })
    }

    /// Asks policies of a plan, each in a child of its own.
    pub(crate) async fn ask(
        &self,
        policies: &[Policy],
        plan: &RedactedPlan,
        data: &serde_json::Value,
        judging: Judging,
    ) -> Asked {
        let mut all = Asked::default();
        if policies.is_empty() {
            return all;
        }
        let (plan, data) = (Arc::new(plan.clone()), Arc::new(data.clone()));
        let mut children = Vec::new();
        for policy in policies {
            let (rego, policy) = (self.clone(), policy.clone());
            let (plan, data) = (Arc::clone(&plan), Arc::clone(&data));
            children.push(tokio::spawn(async move {
                let other = rego.clone();
                other.in_turn(move || rego.ask_one(&policy, &plan, &data, judging)).await
            }));
        }
        for (policy, child) in policies.iter().zip(children) {
            let asked = child.await.ok().flatten();
            let fault = || Err(Ended::NotStarted.fault(&self.0.limits));
            add(&mut all, asked.unwrap_or_else(|| judge(policy, &fault(), &plan, judging)));
        }
        all
    }

    /// What was asked since this process started.
    pub(crate) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            asked: read(&self.0.asked),
            known: read(&self.0.known),
            failed: read(&self.0.failed),
            milliseconds: read(&self.0.milliseconds),
        }
    }

    fn ask_one(
        &self,
        policy: &Policy,
        plan: &RedactedPlan,
        data: &serde_json::Value,
        judging: Judging,
    ) -> Asked {
        let answer = match self.answer(&Question::Ask(Box::new(policy.asking(&plan.document(), data)))) {
            Ok(Answer::Asked(answered)) => answered,
            Ok(Answer::Read(_)) => Err(Ended::Unreadable.fault(&self.0.limits)),
            Err(ended) => Err(ended.fault(&self.0.limits)),
        };
        judge(policy, &answer, plan, judging)
    }

    /// Runs something that blocks when it is its turn; none when that cannot be.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _turn = self.0.turns.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }

    /// The answer to a question: the known one, or a child's.
    fn answer(&self, question: &Question) -> Result<Answer, Ended> {
        let bytes = serde_json::to_vec(question).map_err(|_| Ended::Unreadable)?;
        let key = Answers::key(&bytes);
        if let Some(known) = self.0.answers.get(&key) {
            add_to(&self.0.known, 1);
            return known;
        }
        let started = Instant::now();
        let answer = process::ask(&self.0.program, &bytes, &self.0.limits)
            .and_then(|answer| serde_json::from_slice(&answer).map_err(|_| Ended::Unreadable));
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        add_to(&self.0.asked, 1);
        add_to(&self.0.milliseconds, took);
        let file = match question {
            Question::Read(source) => &source.path,
            Question::Ask(asking) => &asking.policy.path,
        };
        match &answer {
            Ok(_) => debug!(file, milliseconds = took, "a Rego policy was asked"),
            Err(ended) => {
                add_to(&self.0.failed, 1);
                warn!(file, milliseconds = took, why = ended.word(), "a Rego policy ended its process");
            }
        }
        if !answer.as_ref().is_err_and(|ended| ended.is_passing()) {
            self.0.answers.put(key, answer.clone());
        }
        answer
    }
}

fn add(all: &mut Asked, one: Asked) {
    all.findings.extend(one.findings);
    all.excepted.extend(one.excepted);
    all.broken.extend(one.broken);
    all.passed = all.passed.saturating_add(one.passed);
}

fn add_to(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}
