//! What is said to a person in a comment of its own, as data; `surface` makes sentences of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AdmissionFinding, DraftFinding, EnvironmentName, Failure, Grave, JournalLine, JudgedFinding, Known,
    NoOverrideWhy, Person, Problem, Question, ReviewedDigest, Role, RoleSource, StackPath, Wish,
};

/// A comment of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The issue or pull request.
    pub number: u64,
    /// Names the reason: one open call each; the same again edits it.
    pub key: String,
    /// Who must act or asked.
    pub to: Person,
    /// What is said.
    pub say: Say,
}

/// The meanings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum Say {
    /// A question about the request.
    Question {
        /// The question.
        question: Question,
        /// Parts of the draft that are kept.
        kept: Vec<String>,
    },
    /// The catalog has no such module.
    NotInCatalog {
        /// What was asked for.
        word: String,
        /// What comes closest.
        nearest: Vec<String>,
    },
    /// An answer to what is no new request.
    Wished {
        /// What was wanted.
        wish: Wish,
        /// Where.
        environment: Option<EnvironmentName>,
        /// What requests made that it speaks of.
        known: Vec<Known>,
    },
    /// Rules stand against the request as it is: no pull request is opened.
    DraftRefused {
        /// What they found, worst first.
        findings: Vec<DraftFinding>,
    },
    /// A command was refused.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// What this person may do here.
    Help {
        /// The role here.
        role: Role,
        /// When it was asked: asked again, it is said again, as things are then.
        #[serde(default)]
        asked_at: Option<Timestamp>,
    },
    /// Where it stands.
    Status {
        /// When it was asked.
        asked_at: Timestamp,
    },
    /// What keeps it from being applied, gate by gate.
    Why {
        /// When it was asked.
        asked_at: Timestamp,
    },
    /// What corrected requests teach.
    Learned {
        /// What came of looking for it.
        outcome: Learned,
        /// When it was asked for.
        asked_at: Timestamp,
    },
    /// An apply ended before Terraform was started: nothing changed.
    NotStarted {
        /// The stack.
        stack: StackPath,
        /// Why.
        failure: Failure,
    },
    /// An apply failed.
    ApplyFailed {
        /// The stack.
        stack: StackPath,
        /// The first error.
        problem: Option<Problem>,
        /// What exists.
        journal: Vec<JournalLine>,
    },
    /// Nobody knows how an apply ended.
    OutcomeUnknown {
        /// The stack.
        stack: StackPath,
        /// What is known to exist.
        journal: Vec<JournalLine>,
    },
    /// The end that was awaited.
    Applied {
        /// Resources changed.
        changed: u32,
        /// Who asked for the apply.
        by: Person,
    },
}

/// What may be asked for only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limited {
    /// Comments with commands or answers of one person.
    Commands,
    /// Issues of one person.
    Requests,
    /// Issues of everybody.
    AllRequests,
}

/// What came of looking for words in corrected requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "learned", rename_all = "kebab-case")]
pub enum Learned {
    /// Nothing new.
    Nothing {
        /// Corrected requests that were looked at.
        requests: u32,
    },
    /// There is a pull request with the words.
    Proposed {
        /// The pull request.
        pull: u64,
        /// The words.
        words: Vec<String>,
    },
    /// The same words were proposed before, and people closed the pull request.
    Declined {
        /// The pull request.
        pull: u64,
        /// The words.
        words: Vec<String>,
    },
    /// There are words, and the configuration cannot be added to.
    ByHand {
        /// Why.
        why: String,
        /// The lines to add.
        lines: String,
    },
    /// It failed for good.
    Failed {
        /// Why.
        why: String,
    },
}

/// Why something is not done, as data: surface.md's table, a row each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// The role does not reach.
    NoRole {
        /// What was asked for.
        command: String,
        /// Where.
        environment: Option<EnvironmentName>,
        /// What it takes.
        needs: Role,
        /// What the person is.
        has: Role,
        /// Who has it by the configuration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<RoleSource>,
        /// Who has it.
        ask: Option<String>,
    },
    /// Nobody, or too few, approved what is there now.
    NotApproved {
        /// Counted.
        given: u32,
        /// Needed.
        needed: u32,
        /// What is grave about a plan, where that raised the number.
        risk: Option<Grave>,
        /// Who does not count, and why.
        not_counted: Vec<NotCounted>,
        /// Approvals that have to come from somebody in particular and do not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lacking: Vec<Lacking>,
        /// Who reviews.
        ask: Option<String>,
    },
    /// Code is not admitted.
    NotAdmitted {
        /// The first finding.
        finding: AdmissionFinding,
    },
    /// There is no plan yet.
    Planning,
    /// The plan failed.
    PlanFailed {
        /// Where.
        stack: StackPath,
        /// The first error.
        problem: Option<Problem>,
    },
    /// The base has moved in what the plan depends on.
    Diverged {
        /// Where.
        stack: StackPath,
        /// The base branch.
        base: String,
        /// Its tip.
        tip: crate::CommitSha,
        /// True when the branch is ours and is brought up to date by us.
        renewed: bool,
    },
    /// The plan is too old.
    PlanExpired {
        /// Age limit in hours.
        hours: u32,
    },
    /// The plan shown when the person wrote is not the one there is now.
    PlanReplaced {
        /// What was asked for, with its arguments.
        #[serde(default = "apply_command")]
        command: String,
    },
    /// Something of a plan forbids applying it.
    PlanUnfit {
        /// What.
        why: String,
    },
    /// A mandatory rule stands against it.
    Policy {
        /// The judgement in a few words.
        title: String,
        /// The first finding.
        finding: Option<JudgedFinding>,
    },
    /// A soft-mandatory rule stands against it, and not enough people have overridden it.
    OverrideNeeded {
        /// The rule's id.
        rule: String,
        /// The judgement in a few words.
        title: String,
        /// Overrides that count.
        given: u32,
        /// Overrides it takes.
        needed: u32,
        /// File and line of the rule's first finding, where they are known.
        place: Option<String>,
        /// Who may override it, where that is not left to admins.
        ask: Option<String>,
    },
    /// An override that is not given.
    NoOverride {
        /// The rule's id.
        rule: String,
        /// Why not.
        why: NoOverrideWhy,
        /// Who may override it, where that is not left to admins.
        ask: Option<String>,
    },
    /// Nothing waits for an override.
    NothingToOverride,
    /// No such rule.
    UnknownRule {
        /// What was written.
        rule: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// It costs too much, or nobody knows what it costs.
    Cost {
        /// The judgement in a few words.
        title: String,
    },
    /// GitHub would not merge it.
    NotMergeable {
        /// Why.
        obstacle: crate::Obstacle,
    },
    /// Another change holds the stack.
    Locked {
        /// The stack.
        stack: StackPath,
        /// The pull request that holds it.
        holder: u64,
    },
    /// A freeze window holds.
    Frozen {
        /// The environment it is for; none where it is for all of them.
        environment: Option<EnvironmentName>,
        /// How people call it.
        name: String,
        /// Why nothing is applied then.
        reason: Option<String>,
        /// Its end.
        until: Timestamp,
        /// Name of the time zone in which people read its end.
        zone: String,
        /// Overrides that count.
        given: u32,
        /// Overrides it takes.
        needed: u32,
        /// Who may let a change pass, where that is not left to admins.
        ask: Option<String>,
    },
    /// An apply is under way.
    Applying,
    /// Applied already.
    Applied,
    /// The last apply failed half-way.
    ApplyFailed,
    /// Nobody knows how the last apply ended.
    OutcomeUnknown,
    /// A command that needs a reason came without one.
    ReasonMissing {
        /// The command, such as `resume`.
        command: String,
    },
    /// There is no unknown outcome, or nothing that was applied and closed.
    NothingToResume {
        /// True where something was to be accepted.
        accept: bool,
    },
    /// Nothing that could be cancelled runs.
    NothingToCancel,
    /// The pull request is a draft.
    DraftPull,
    /// The pull request comes from a fork.
    Fork,
    /// The pull request is closed.
    Closed,
    /// The pull request goes into a branch that is not managed.
    NotManaged {
        /// The base branch.
        base: String,
    },
    /// GitHub does not let the pull request follow its issue.
    PullStays {
        /// The pull request.
        pull: u64,
        /// Its branch.
        branch: String,
        /// True where it was to be reopened.
        open: bool,
        /// GitHub's words.
        why: String,
    },
    /// There is nothing to apply.
    NothingToApply,
    /// Too much was asked for within an hour.
    TooMuch {
        /// Of what.
        what: Limited,
        /// How much may be asked for within an hour.
        most: u32,
        /// From when on it is read again.
        until: Timestamp,
    },
    /// No such command.
    UnknownCommand {
        /// What was written.
        word: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// The change touches no such stack.
    UnknownStack {
        /// What was written.
        stack: StackPath,
        /// What may have been meant.
        suggestion: Option<StackPath>,
    },
    /// The change touches no such environment.
    UnknownEnvironment {
        /// What was written.
        environment: EnvironmentName,
        /// What it touches.
        known: Vec<EnvironmentName>,
    },
    /// A command that makes no sense here.
    NotHere {
        /// What was asked for.
        command: String,
        /// Where it would.
        place: String,
    },
    /// GitHub wants to hear nothing for a while; what was asked for is done then.
    GitHubLimits {
        /// Until when.
        until: jiff::Timestamp,
    },
    /// The App's installation lacks a permission.
    AppLacks {
        /// Such as `checks: write`.
        permission: String,
    },
    /// The approver asked for it, wrote it or set an input.
    OwnRequest {
        /// Why the approval does not count.
        why: NotCountedWhy,
    },
}

/// Approvals that have to come from somebody in particular and do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// Why they have to.
    pub by: DemandedBy,
    /// From whom: teams, then logins. Nobody in particular where it is empty.
    pub from: Vec<String>,
    /// Counted.
    pub given: u32,
    /// Needed.
    pub needed: u32,
}

/// Why approvals have to come from somebody in particular.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "demanded-by", rename_all = "kebab-case")]
pub enum DemandedBy {
    /// A policy is asked of a plan.
    Policy {
        /// Its id.
        rule: String,
    },
    /// Files have owners.
    Owners {
        /// Where `CODEOWNERS` is.
        place: String,
        /// Its line, from 1.
        line: u32,
        /// The line's pattern.
        pattern: String,
        /// How many changed files fall under it.
        files: u32,
    },
    /// It is not known whether files have owners.
    OwnersUnknown {
        /// Why.
        why: String,
    },
}

/// An approval that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCounted {
    /// Whose.
    pub who: Person,
    /// Why.
    pub why: NotCountedWhy,
    /// For a stale one: what it was given for, and what there is instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
}

/// What a stale approval was given for, and what there is instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stale {
    /// What the person saw; none where there was nothing to see.
    pub saw: Option<ReviewedDigest>,
    /// What there is to review now.
    pub now: ReviewedDigest,
    /// What there is more of now, counted: `destroy` → 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub adds: BTreeMap<String, u32>,
}

/// Why an approval does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotCountedWhy {
    /// Asked for it.
    Requester,
    /// Authored a commit.
    Committer,
    /// Set an input.
    SetInput,
    /// Lacks the role.
    Role,
    /// Saw another plan, or none.
    Stale,
    /// Applies, and the environment wants two persons.
    Applier,
}

/// The only command that looked at what was shown before refusals named theirs.
fn apply_command() -> String {
    "apply".to_owned()
}
