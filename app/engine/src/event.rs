//! What the log keeps: one event per thing that happened or was decided. Facts are folded from these alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AdmissionOverride, Applied, Call, CommitSha, Draft, DraftJudged, DraftOverride, Failure, JobId,
    JournalLine, Override, Person, Plan, PlanJudged, PullSnapshot, Question, Reading, ReviewedDigest,
    Reviewers, Run, RunId, Suggestion, SuggestionsOutcome, Ticket, TicketId, TreeReading,
};

/// The version of [`Event`] that is written.
pub const EVENT_SCHEMA_VERSION: u32 = 1;

/// An event as the log keeps it: with the version of its schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Schema version.
    pub v: u32,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

/// One thing that happened or was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Somebody with the role asked for infrastructure in an issue.
    Requested {
        /// Issue number.
        issue: u64,
        /// Who.
        by: Person,
    },
    /// The request was read to its end.
    DraftCompleted {
        /// What was understood.
        draft: Draft,
        /// Whose words these are.
        by: Person,
    },
    /// A question is open.
    QuestionAsked {
        /// What was understood so far.
        draft: Draft,
        /// The question.
        question: Question,
        /// Whose words led to it.
        by: Person,
    },
    /// A language model is to be asked for what a text leaves open; until it answered, nothing is made of the text.
    SuggestionsWanted {
        /// Names the text.
        of: String,
        /// How it was read.
        reading: Reading,
        /// Whose words these are.
        by: Person,
    },
    /// What came of it. Whatever it is, the text is not asked about again.
    SuggestionsGiven {
        /// Names the text.
        of: String,
        /// How it went.
        outcome: SuggestionsOutcome,
        /// Those that passed every check.
        suggestions: Vec<Suggestion>,
    },
    /// The rules said something of a draft, before there is a plan.
    DraftJudged {
        /// What, and of which draft.
        judged: DraftJudged,
    },
    /// Somebody with the right let a draft pass a rule: it may become a pull request.
    DraftOverridden {
        /// Who, which rule, why, and which draft.
        given: DraftOverride,
        /// When.
        at: Timestamp,
    },
    /// The request's issue was closed: nothing more is made of it.
    RequestClosed {
        /// Who closed it.
        by: Person,
        /// When.
        at: Timestamp,
    },
    /// The request's issue was opened again.
    RequestReopened {
        /// Who opened it.
        by: Person,
        /// When.
        at: Timestamp,
    },
    /// The pull request is to follow its issue.
    PullStateOrdered {
        /// True to reopen it, false to close it.
        open: bool,
    },
    /// The branch and its title are fixed from here on.
    ChangeDecided {
        /// Branch.
        branch: String,
        /// Title of commit and pull request.
        title: String,
        /// Directory of the stack.
        stack: crate::StackPath,
    },
    /// The branch is on GitHub.
    BranchCommitted {
        /// Its tip.
        head: CommitSha,
        /// Which reading of the request it holds, counted from 1.
        draft: u32,
    },
    /// The request cannot go on: a step failed for good.
    StepFailed {
        /// Which command.
        step: String,
        /// Why, for people.
        why: String,
    },
    /// The base moved in what the plan depends on: the branch is rendered again on top of it.
    BranchRenewalOrdered {
        /// The branch's tip.
        head: CommitSha,
        /// The base's tip.
        base: CommitSha,
    },
    /// The pull request was observed for the first time, or looks different from before.
    PullObserved {
        /// How it looks.
        pull: PullSnapshot,
    },
    /// The head's tree was read.
    TreeRead {
        /// What it gave.
        reading: TreeReading,
    },
    /// A run was asked for.
    RunRequested {
        /// The run with its jobs.
        run: Run,
    },
    /// GitHub accepted the dispatch.
    RunDispatched {
        /// The run.
        run: RunId,
        /// Workflow run, where GitHub told it.
        workflow_run: Option<u64>,
        /// When; absent in old logs.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// The run is dispatched once more because nothing started.
    RunRedispatched {
        /// The run.
        run: RunId,
        /// When; absent in old logs.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// The workflow run that worked on it is over, with jobs of the run still open.
    WorkflowEnded {
        /// The run.
        run: RunId,
        /// GitHub's id of the workflow run.
        workflow_run: u64,
    },
    /// Nothing waits for the run any more: its workflow run is to be cancelled.
    RunCancelled {
        /// The run.
        run: RunId,
    },
    /// A worker has the job.
    JobClaimed {
        /// The job.
        job: JobId,
        /// Who.
        worker: String,
        /// When.
        at: Timestamp,
    },
    /// The worker fell silent; the job waits again.
    JobRequeued {
        /// The job.
        job: JobId,
        /// When; absent in old logs.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// A plan job gave a plan.
    PlanRecorded {
        /// The plan.
        plan: Plan,
    },
    /// Plans were judged again because what judges them changed on the default branch.
    PlansJudged {
        /// Names what of the configuration judged, as a digest.
        under: String,
        /// The jobs whose plans were judged.
        plans: Vec<JobId>,
        /// Judgements that differ from before.
        changed: Vec<PlanJudged>,
    },
    /// A plan made for an earlier head holds for this one: equal inputs digest.
    PlanKept {
        /// The stack.
        stack: crate::StackPath,
        /// The head it holds for.
        head: CommitSha,
    },
    /// A job ended otherwise.
    JobFailed {
        /// The job.
        job: JobId,
        /// Why.
        failure: Failure,
        /// When.
        at: Timestamp,
    },
    /// Somebody asked to stop the job. A started apply is interrupted and still says how it ended.
    CancelOrdered {
        /// The job.
        job: JobId,
        /// Who.
        by: Person,
        /// When.
        at: Timestamp,
    },
    /// A newer head made the job pointless.
    JobSuperseded {
        /// The job.
        job: JobId,
    },
    /// Every stack of the head has a plan: this can be reviewed from now on.
    PlansCompleted {
        /// The head.
        head: CommitSha,
        /// What there is to review.
        reviewed: ReviewedDigest,
        /// Since when.
        at: Timestamp,
    },
    /// A planned change waits for an approval: these are asked through GitHub, once.
    ReviewRequested {
        /// Whom.
        of: Reviewers,
    },
    /// Somebody approved by command or button.
    ApprovalGiven {
        /// Who.
        by: Person,
        /// With which roles.
        roles: crate::Roles,
        /// What was approved.
        reviewed: ReviewedDigest,
        /// When.
        at: Timestamp,
    },
    /// Somebody with the right let a rule's findings pass.
    Overridden {
        /// Who, which rule, why, and for what.
        given: Override,
        /// When.
        at: Timestamp,
    },
    /// An admin let a rule of admission pass, for one head.
    AdmissionOverridden {
        /// Who, which rule, why, and for which head.
        given: AdmissionOverride,
        /// When.
        at: Timestamp,
    },
    /// Something was said to a person in a comment of its own.
    Called {
        /// Where and what.
        call: Call,
    },
    /// Nothing is left to do about a call: its comment is folded away.
    CallSettled {
        /// Its key.
        key: String,
    },
    /// Somebody asked for the apply, and every gate was open.
    ApplyRequested {
        /// Who.
        by: Person,
        /// What was reviewed.
        reviewed: ReviewedDigest,
    },
    /// One bundle may be applied, once.
    TicketIssued {
        /// The ticket.
        ticket: Ticket,
    },
    /// Terraform starts with it.
    TicketSpent {
        /// The ticket.
        ticket: TicketId,
        /// When.
        at: Timestamp,
    },
    /// It will never be used.
    TicketVoided {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        why: String,
    },
    /// An apply told what it did.
    Journaled {
        /// The job.
        job: JobId,
        /// New lines.
        lines: Vec<JournalLine>,
    },
    /// A stack was applied to its end.
    StackApplied {
        /// The job.
        job: JobId,
        /// What it left.
        applied: Applied,
    },
    /// Somebody looked into an apply whose end nobody knows: the change goes on.
    Resumed {
        /// Who.
        by: Person,
        /// Why it is safe.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody accepted that the default branch lacks what a closed change left.
    ChangeAccepted {
        /// Who.
        by: Person,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Every stack of the change was applied.
    ApplyFinished {
        /// When.
        at: Timestamp,
    },
    /// The pull request was merged by us.
    Merged {
        /// The merge commit.
        commit: CommitSha,
        /// When.
        at: Timestamp,
    },
    /// GitHub's limits hold back a step of this change.
    Delayed {
        /// Until when.
        until: Timestamp,
    },
    /// GitHub shuts us out of the repository.
    AccessLost {
        /// Why.
        why: crate::NoAccess,
        /// When it was found out.
        at: Timestamp,
    },
    /// A step needed a permission that the App's installation lacks.
    PermissionLacking {
        /// Such as `checks: write`.
        permission: String,
        /// When it was found out.
        at: Timestamp,
    },
    /// GitHub lets us work in the repository again, with every permission.
    AccessRegained {
        /// When it was found out.
        at: Timestamp,
    },
    /// What stood against the merge may be gone.
    MergeRetried,
    /// GitHub does not merge it now.
    MergeBlocked {
        /// GitHub's words.
        why: String,
    },
    /// It is in the branch's merge queue.
    MergeQueued,
}
