//! What asks for a decision: something from outside, already verified and translated.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Actor, Applied, CommitSha, DraftJudged, EnvironmentName, Failure, JobId, JournalLine, Learned, Limited,
    NoAccess, OpenText, Person, Plan, PlanDigest, PlanJudged, PullSnapshot, Reading, RunId, StackPath,
    Suggestion, SuggestionsOutcome, TicketId, TreeReading, WorkflowRun,
};

/// One occasion to decide.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// An issue was opened or edited, and read.
    IssueRead {
        /// Issue.
        number: u64,
        /// Who wrote it.
        by: Actor,
        /// How it was read.
        reading: Reading,
    },
    /// The request's issue was closed.
    IssueClosed {
        /// Who closed it.
        by: Person,
    },
    /// The request's issue was opened again.
    IssueReopened {
        /// Who opened it.
        by: Person,
    },
    /// GitHub refuses for good to close or reopen the pull request.
    PullStateRefused {
        /// True where it was to be reopened.
        open: bool,
        /// GitHub's words.
        why: String,
    },
    /// A reply or command changed how the request reads.
    ReplyRead {
        /// Who wrote it.
        by: Actor,
        /// The comment.
        comment: u64,
        /// How the request reads now.
        reading: Reading,
    },
    /// A text was read, and leaves open what a language model may be asked for.
    SuggestionsWanted {
        /// The issue, or where the comment stands.
        number: u64,
        /// The comment; none for the issue itself.
        comment: Option<u64>,
        /// Who wrote it.
        by: Actor,
        /// How it was read.
        reading: Reading,
        /// The text.
        open: OpenText,
    },
    /// The language model answered, or will not.
    SuggestionsGiven {
        /// Names the text.
        of: String,
        /// How it went.
        outcome: SuggestionsOutcome,
        /// Those that passed every check.
        suggestions: Vec<Suggestion>,
        /// How the text reads with them; none where they change nothing.
        reading: Option<Reading>,
    },
    /// What the language model says of a plan is there to be shown.
    Explained,
    /// A person gave a command in a comment or by a button.
    Asked {
        /// Where.
        number: u64,
        /// The comment; none for a button.
        comment: Option<u64>,
        /// Who.
        by: Actor,
        /// What.
        ask: Ask,
        /// When it was written.
        written_at: Timestamp,
    },
    /// The pull request was looked at.
    PullSeen {
        /// How it looks.
        pull: PullSnapshot,
        /// What its tree holds, where the head had not been read before.
        tree: Option<TreeReading>,
    },
    /// The branch is on GitHub.
    BranchCommitted {
        /// Its tip.
        head: CommitSha,
        /// Which reading of the request it holds, counted from 1.
        draft: u32,
    },
    /// The rules were asked of a draft, before there is a plan.
    DraftJudged {
        /// What they say, and of which draft.
        judged: DraftJudged,
    },
    /// Words that people use were looked for in what they corrected.
    WordsLearned {
        /// Where it was asked for.
        number: u64,
        /// Who asked.
        to: Person,
        /// When.
        asked_at: Timestamp,
        /// What came of it.
        outcome: Learned,
    },
    /// A step failed for good.
    StepFailed {
        /// Which command.
        step: String,
        /// Why, for people.
        why: String,
    },
    /// The dispatch was accepted.
    Dispatched {
        /// The run.
        run: RunId,
        /// Workflow run, where told.
        workflow_run: Option<u64>,
    },
    /// The dispatch was refused for good.
    DispatchRefused {
        /// The run.
        run: RunId,
        /// GitHub's words.
        why: String,
    },
    /// A worker wants the job.
    Claimed {
        /// The job.
        job: JobId,
        /// Who.
        worker: String,
        /// The workflow run it works in, proven by its token; a registered runner has none.
        workflow: Option<WorkflowRun>,
    },
    /// A plan job gave a plan.
    Planned {
        /// The plan.
        plan: Plan,
    },
    /// Plans were judged again, under the configuration in force.
    Judged {
        /// Names what of the configuration judges, as a digest.
        under: String,
        /// The judgements.
        plans: Vec<PlanJudged>,
    },
    /// The configuration in force is another one: roles, approvals or age limits may make gates stand otherwise.
    RulesChanged,
    /// A freeze window began or ended: gates may stand otherwise.
    FreezeTurned,
    /// A job ended otherwise.
    JobFailed {
        /// The job.
        job: JobId,
        /// Why.
        failure: Failure,
    },
    /// An apply is verified and wants to start.
    StartAsked {
        /// The job.
        job: JobId,
        /// Its ticket.
        ticket: TicketId,
        /// Digest of the plan as shown now.
        plan_digest: PlanDigest,
    },
    /// An apply tells what it did.
    Journaled {
        /// The job.
        job: JobId,
        /// Lines, some perhaps known already.
        lines: Vec<JournalLine>,
    },
    /// An apply ran to its end.
    StackApplied {
        /// The job.
        job: JobId,
        /// What it left.
        applied: Applied,
    },
    /// No worker came for a run in time.
    StartLapsed {
        /// The run.
        run: RunId,
    },
    /// A workflow run on GitHub is over, however it ended.
    WorkflowEnded {
        /// The run it worked on.
        run: RunId,
        /// GitHub's id of the workflow run.
        workflow_run: u64,
    },
    /// A worker fell silent.
    LeaseLapsed {
        /// The job.
        job: JobId,
    },
    /// GitHub shuts us out of the repository.
    AccessLost {
        /// Why.
        why: NoAccess,
    },
    /// A step needs a permission that the App's installation lacks.
    PermissionLacking {
        /// Such as `checks: write`.
        permission: String,
    },
    /// GitHub lets us work in the repository again.
    AccessRegained,
    /// The repository has another name: what leads to it is shown anew.
    Renamed,
    /// GitHub's limits hold back a step of this change.
    Delayed {
        /// Until when.
        until: Timestamp,
        /// The run that waits to be dispatched, where it is that.
        run: Option<RunId>,
    },
    /// The pull request was merged.
    Merged {
        /// The merge commit.
        commit: CommitSha,
    },
    /// Another pull request with the same head looks different now: checks belong to commits.
    HeadShared,
    /// GitHub does not merge it now.
    MergeBlocked {
        /// GitHub's words.
        why: String,
    },
    /// The applied head is in the branch's merge queue.
    Queued,
    /// It left the queue without a merge.
    LeftQueue,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// Plan again.
    Plan,
    /// Plan some stacks again; the others keep their plans.
    PlanOf {
        /// Only these stacks; all where none is named.
        stacks: Vec<StackPath>,
        /// Only this environment.
        environment: Option<EnvironmentName>,
        /// What may have been meant by the first stack that the change does not touch.
        suggestion: Option<StackPath>,
    },
    /// Apply what was reviewed.
    Apply,
    /// Approve what is there.
    Approve,
    /// Go on after an apply whose end nobody knows.
    Resume {
        /// True to accept that the default branch lacks what exists.
        accept: bool,
        /// Why, where one was given.
        reason: Option<String>,
    },
    /// Let a rule's findings pass.
    Override {
        /// The rule's id; empty for whichever stands first in the way.
        rule: String,
        /// Why; empty where nothing was said.
        reason: String,
        /// Of the teams that the rule's `override` names: those the person is in now.
        teams: Vec<String>,
        /// What may have been meant where there is no such rule.
        suggestion: Option<String>,
    },
    /// Stop what runs.
    Cancel {
        /// Only these stacks; all where none is named.
        stacks: Vec<StackPath>,
        /// Only this environment.
        environment: Option<EnvironmentName>,
    },
    /// What can I do here?
    Help,
    /// Where does it stand?
    Status,
    /// What keeps it from being applied?
    Why,
    /// Propose words that corrected requests teach.
    Learn,
    /// Too much was asked for within an hour: it is not read.
    TooMuch {
        /// Of what.
        what: Limited,
        /// How much may be asked for within an hour.
        most: u32,
        /// From when on it is read again.
        until: Timestamp,
    },
    /// A command that makes a request: it belongs into an issue of its own.
    InNewIssue {
        /// The command.
        command: String,
    },
    /// A command that does not exist.
    Unknown {
        /// What was written.
        word: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
}

impl Ask {
    /// The word of the command.
    pub fn word(&self) -> &str {
        match self {
            Ask::Plan | Ask::PlanOf { .. } => "plan",
            Ask::Apply => "apply",
            Ask::Approve => "approve",
            Ask::Resume { .. } => "resume",
            Ask::Override { .. } => "override",
            Ask::Cancel { .. } => "cancel",
            Ask::Help => "help",
            Ask::Status => "status",
            Ask::Why => "why",
            Ask::Learn => "learn",
            Ask::TooMuch { .. } => "too-much",
            Ask::InNewIssue { command } => command,
            Ask::Unknown { word, .. } => word,
        }
    }
}
