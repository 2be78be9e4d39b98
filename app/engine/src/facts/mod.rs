//! What is known of one change: folded from its events, with the rules in force and other changes' locks beside it.

mod aftermath;
mod awaited;
mod by_stack;
mod fold;
mod status;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gate;

pub use aftermath::Acceptance;
pub use status::{ApplyStanding, Status};

use crate::{
    AdmissionFinding, AdmissionOverride, Applied, Awaited, Barred, Call, CommitSha, Draft, DraftJudged,
    DraftOverride, EnvironmentName, Event, JobId, JournalLine, Override, Person, Plan, PullSnapshot,
    Question, ReviewedDigest, Reviewers, Roles, Rules, Run, RunId, StackAtHead, StackPath, Suggestion,
    Ticket, TicketId, TreeReading,
};

/// Everything a decision may depend on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Name of the stream, for ids that follow from it.
    pub stream: String,
    /// Events folded.
    pub version: u64,
    /// The configuration in force. Not folded: handed in.
    pub rules: Rules,
    /// Stacks of this change that another change holds, with the pull request that does. Not folded: handed in.
    pub held_by_others: BTreeMap<StackPath, u64>,
    /// The request it stems from.
    pub request: Option<Request>,
    /// What became of the request.
    pub change: Option<Change>,
    /// The pull request as last observed.
    pub pull: Option<PullSnapshot>,
    /// The tree last read.
    pub tree: Option<TreeReading>,
    /// Runs, oldest first.
    pub runs: Vec<Run>,
    /// The latest plan of each stack.
    pub plans: BTreeMap<StackPath, Plan>,
    /// What could be reviewed, and since when, oldest first.
    pub rounds: Vec<Round>,
    /// Who was asked for a review.
    pub review_asked: Reviewers,
    /// Approvals by command and button.
    pub approvals: Vec<Approval>,
    /// Overrides of what policies and cost found.
    pub overrides: Vec<Override>,
    /// Overrides of what admission found.
    pub admission_overrides: Vec<AdmissionOverride>,
    /// Tickets.
    pub tickets: BTreeMap<TicketId, Ticket>,
    /// What applies told, by job.
    pub journals: BTreeMap<JobId, Vec<JournalLine>>,
    /// What applies left, by stack.
    pub applied: BTreeMap<StackPath, Applied>,
    /// Jobs that somebody asked to stop.
    pub cancelling: BTreeSet<JobId>,
    /// Lost applies that a person looked into: their end is not awaited any more.
    pub resumed: BTreeSet<JobId>,
    /// The last word that what exists may stay without its code.
    pub accepted: Option<Acceptance>,
    /// Spent tickets whose stacks are not held any more.
    pub released: BTreeSet<TicketId>,
    /// The last apply that was asked for.
    pub apply: Option<Apply>,
    /// The merge commit, once we merged.
    pub merged: Option<(CommitSha, Timestamp)>,
    /// Why the applied head is not merged yet, where it was tried.
    pub merge_wait: Option<MergeWait>,
    /// The last order to bring our branch up to date: its tip and the base's.
    pub renewal: Option<(CommitSha, CommitSha)>,
    /// Until when GitHub's limits held back a step, when one was last held back.
    pub delayed_until: Option<Timestamp>,
    /// What keeps us out of the repository, while something does.
    pub barred: Option<Barred>,
    /// Permissions that a step needed and the App's installation lacks, such as `checks: write`.
    pub lacking: BTreeSet<String>,
    /// A step that failed for good, with the reason.
    pub step_failed: Option<(String, String)>,
    /// The latest call of each key, as long as there is something to do about it.
    pub calls: BTreeMap<String, Call>,
    /// How often calls of a key were settled.
    pub settled: BTreeMap<String, u32>,
    /// Where each stack's jobs and tickets are.
    pub(crate) by_stack: by_stack::ByStack,
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Issue number.
    pub issue: u64,
    /// Who asked.
    pub by: Person,
    /// What was understood so far.
    pub draft: Draft,
    /// How often the draft was complete and different; the number of the latest.
    pub drafts: u32,
    /// The open question.
    pub question: Option<Question>,
    /// What is waited for before the last text counts.
    pub awaits: Option<Awaited>,
    /// How often a language model was asked.
    pub asked_model: u32,
    /// What it suggested, by the text.
    pub suggestions: BTreeMap<String, Vec<Suggestion>>,
    /// What the rules last said of a draft before there was a plan; none while they had nothing to say.
    pub judged: Option<DraftJudged>,
    /// Who let a draft pass a rule.
    pub overrides: Vec<DraftOverride>,
    /// Everybody whose words set a value.
    pub setters: BTreeSet<Person>,
    /// True while its issue is closed.
    pub closed: bool,
    /// Who closed or reopened the issue last.
    pub turned_by: Option<Person>,
    /// Whether the pull request was closed because the issue was.
    pub stop: Stop,
}

/// How a pull request follows the closing of its issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stop {
    /// It need not, or was not told to yet.
    #[default]
    None,
    /// We were told to close it.
    Ordered,
    /// It was seen closed after that.
    Done,
    /// A person opened it again though the issue is closed: it stays open.
    Overruled,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Branch.
    pub branch: String,
    /// Title.
    pub title: String,
    /// Directory of the stack.
    pub stack: StackPath,
    /// Tip of the branch, once committed.
    pub head: Option<CommitSha>,
    /// Number of the draft that the branch holds.
    pub committed_draft: u32,
}

/// A head whose every stack had a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The head.
    pub head: CommitSha,
    /// What there was to review.
    pub reviewed: ReviewedDigest,
    /// Since when.
    pub since: Timestamp,
    /// What its plans do, counted: `create` → 4.
    #[serde(default)]
    pub counts: BTreeMap<String, u32>,
}

/// An approval by command or button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: Person,
    /// With which roles.
    pub roles: Roles,
    /// What was approved.
    pub reviewed: ReviewedDigest,
}

/// Why an applied head is not merged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeWait {
    /// It is in the branch's merge queue.
    InQueue,
    /// GitHub does not merge it now.
    Refused {
        /// GitHub's words.
        why: String,
    },
}

/// An apply that was asked for with every gate open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apply {
    /// Who asked.
    pub by: Person,
    /// What was reviewed.
    pub reviewed: ReviewedDigest,
    /// When every stack was done.
    pub finished_at: Option<Timestamp>,
}

impl Facts {
    /// No events yet.
    pub fn new(stream: impl Into<String>, rules: Rules) -> Self {
        Self { stream: stream.into(), rules, ..Self::default() }
    }

    /// The facts after these events.
    pub fn folded(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        events.into_iter().for_each(|event| self.fold(&event));
        self
    }

    /// Stacks of the pull request's head, where that head was read.
    pub fn stacks(&self) -> &[StackAtHead] {
        match (&self.pull, &self.tree) {
            (Some(pull), Some(tree)) if pull.head == tree.head => &tree.stacks,
            _ => &[],
        }
    }

    /// Which of another tree's stacks depend on something else than the head's stack of this path, or are none of the
    /// head's: no plan of this change says what their apply would do, and no apply of it made what they describe.
    pub fn strange_stacks(&self, others: &[StackAtHead]) -> Vec<StackPath> {
        let known = |other: &StackAtHead| {
            let mut same = self.stacks().iter().filter(|stack| stack.path == other.path);
            same.any(|stack| stack.inputs_digest == other.inputs_digest)
        };
        others.iter().filter(|other| !known(other)).map(|other| other.path.clone()).collect()
    }

    /// True when the pull request's head was read.
    pub fn head_is_read(&self) -> bool {
        matches!((&self.pull, &self.tree), (Some(pull), Some(tree)) if pull.head == tree.head)
    }

    /// Environments of the head's stacks.
    pub fn environments(&self) -> BTreeSet<Option<&EnvironmentName>> {
        self.stacks().iter().map(|stack| stack.environment.as_ref()).collect()
    }

    /// The plan that holds for a stack of the head: equal inputs digest, and not applied with already.
    pub fn current_plan(&self, stack: &StackAtHead) -> Option<&Plan> {
        self.plans
            .get(&stack.path)
            .filter(|plan| plan.inputs_digest == stack.inputs_digest && !self.is_spent(plan))
    }

    /// True when Terraform was started with the plan.
    pub fn is_spent(&self, plan: &Plan) -> bool {
        self.tickets_of(&plan.stack).any(|ticket| {
            ticket.plan_job == plan.job && matches!(ticket.state, crate::TicketState::Spent { .. })
        })
    }

    /// The digest over what there is to review now; none while a stack lacks a plan.
    pub fn reviewed_now(&self) -> Option<ReviewedDigest> {
        if !self.head_is_read() || self.stacks().is_empty() {
            return None;
        }
        let plans: Option<Vec<&Plan>> = self.stacks().iter().map(|stack| self.current_plan(stack)).collect();
        plans.map(|plans| reviewed_digest(&plans))
    }

    /// The same over the plans that are shown, also while they are applied and after it.
    pub fn reviewed_shown(&self) -> Option<ReviewedDigest> {
        if !self.head_is_read() || self.stacks().is_empty() {
            return None;
        }
        let shown = |stack: &StackAtHead| {
            self.plans.get(&stack.path).filter(|plan| plan.inputs_digest == stack.inputs_digest)
        };
        let plans: Option<Vec<&Plan>> = self.stacks().iter().map(shown).collect();
        plans.map(|plans| reviewed_digest(&plans))
    }

    /// What admission found at the head that was read and nobody has overridden.
    pub fn open_findings(&self) -> impl Iterator<Item = &AdmissionFinding> {
        let tree = self.tree.as_ref();
        let overridden = tree.map(|tree| gate::overridden_admissions(self, &tree.head)).unwrap_or_default();
        let findings = tree.map(|tree| tree.findings.as_slice()).unwrap_or_default();
        findings.iter().filter(move |finding| !overridden.contains_key(finding.rule.as_str()))
    }

    /// The round that is open for review now. What was there before and came back is a round of its own: whoever
    /// wrote in between saw something else.
    pub fn round(&self) -> Option<&Round> {
        let head = &self.pull.as_ref()?.head;
        let reviewed = self.reviewed_now()?;
        self.rounds.last().filter(|round| round.head == *head && round.reviewed == reviewed)
    }

    /// The round that was there when somebody wrote or reviewed, of one head or of any. GitHub's times are whole seconds,
    /// cut off: of several rounds that they may have seen, they saw the first, so that nothing is slipped in under their
    /// hand.
    pub fn round_at(&self, at: Timestamp, head: Option<&CommitSha>) -> Option<&Round> {
        let of_head = || self.rounds.iter().filter(|round| head.is_none_or(|head| round.head == *head));
        let before = of_head().rfind(|round| round.since.as_second() < at.as_second());
        before.or_else(|| of_head().find(|round| round.since.as_second() == at.as_second()))
    }

    /// Who asked: the issue's author, else the pull request's.
    pub fn requester(&self) -> Option<&Person> {
        self.request
            .as_ref()
            .map(|request| &request.by)
            .or_else(|| self.pull.as_ref().map(|pull| &pull.author))
    }

    /// True while the request's issue is closed.
    pub fn is_request_closed(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.closed)
    }

    /// The first stack whose base moved in what its plan depends on.
    pub fn diverged(&self) -> Option<&StackAtHead> {
        self.stacks().iter().find(|stack| stack.diverged)
    }

    /// True when our branch is brought up to date by us: nobody else committed to it, nothing was started, and the
    /// attempt for this head and base did not fail.
    pub fn renews_itself(&self) -> bool {
        let (Some(change), Some(pull)) = (&self.change, &self.pull) else { return false };
        let ours = pull.head_ref == change.branch && pull.committers.is_empty() && pull.is_workable();
        let tried =
            self.renewal.as_ref().is_some_and(|(head, base)| (head, base) == (&pull.head, &pull.base));
        let free = !self.was_started() && self.apply_standing() != ApplyStanding::Running;
        ours && free && !self.is_request_closed() && !(tried && self.step_failed.is_some())
    }

    /// Which opening a call of this key is: said again after it was settled, it is a comment of its own.
    pub fn opening(&self, key: &str) -> u32 {
        self.settled.get(key).copied().unwrap_or(0)
    }

    /// A run by name.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.iter().find(|run| run.id == id)
    }

    /// The run and job of a name.
    pub fn job(&self, id: JobId) -> Option<(&Run, &crate::Job)> {
        self.runs.iter().find_map(|run| run.jobs.get(&id).map(|job| (run, job)))
    }
}

/// Digest over what people review: stack, inputs digest and plan digest of every stack, in path order.
pub fn reviewed_digest(plans: &[&Plan]) -> ReviewedDigest {
    use sha2::{Digest, Sha256};
    let mut sorted: Vec<&&Plan> = plans.iter().collect();
    sorted.sort_by(|a, b| a.stack.cmp(&b.stack));
    let digest = sorted.iter().fold(Sha256::new(), |hash, plan| {
        [plan.stack.as_str(), plan.inputs_digest.as_str(), plan.digest.as_str()]
            .iter()
            .fold(hash, |hash, part| hash.chain_update((part.len() as u64).to_be_bytes()).chain_update(part))
    });
    ReviewedDigest::new(hex::encode(digest.finalize()))
}
