//! The pure core of TfPilot: facts, a signal and the time give a decision.
//!
//! No I/O, no clock, no randomness, no async. The app translates what comes from outside into a [`Signal`], loads
//! [`Facts`], commits the [`Decision`] in one transaction and executes its commands. Gates are decided here and
//! nowhere else.

mod access;
mod call;
mod command;
mod decide;
mod draft;
mod event;
mod facts;
mod freeze;
pub mod gate;
mod ids;
mod judgement;
mod overrule;
mod people;
mod prejudged;
mod price;
mod pull;
mod rules;
mod run;
mod signal;
mod suggestion;

pub use access::{Barred, NoAccess};
pub use call::{Call, DemandedBy, Lacking, Learned, Limited, NotCounted, NotCountedWhy, Refusal, Say, Stale};
pub use command::{Command, Reaction, ReactionTarget, Wake};
pub use decide::{Decision, LEASE, START_LIMIT, decide};
pub use draft::{
    DRAFT_SCHEMA_VERSION, Draft, Edit, EditKind, Filled, Import, Known, Question, Reading, Resource, Source,
    Upgrade, Wish,
};
pub use event::{EVENT_SCHEMA_VERSION, Envelope, Event};
pub use facts::{
    Acceptance, Apply, ApplyStanding, Approval, Change, Facts, MergeWait, Request, Round, Status, Stop,
    reviewed_digest,
};
pub use freeze::{Freeze, InForce};
pub use ids::{
    CommitSha, EnvironmentName, InputsDigest, JobId, PlanDigest, ReviewedDigest, RunId, StackPath, TicketId,
};
pub use judgement::{Demand, JudgedFinding, Judgement, Standing};
pub use overrule::{AdmissionOverride, NoOverrideWhy, Override, Overriders};
pub use people::{Actor, NEEDS, Person, Role, RoleSource, Roles, needs};
pub use prejudged::{DraftFinding, DraftJudged, DraftOverride};
pub use price::Price;
pub use pull::{
    AdmissionFinding, Obstacle, Owned, Owners, OwnersProblem, PullSnapshot, PullState, Review, ReviewVerdict,
    StackAtHead, TreeReading,
};
pub use rules::{EnvironmentRules, Executor, Reviewers, Rules, Strangers};
pub use run::{
    Applied, Failure, Grave, Job, JobState, JournalLine, JournalStep, Operation, Plan, PlanJudged, Problem,
    Run, Ticket, TicketState, WorkflowRun,
};
pub use signal::{Ask, Signal};
pub use suggestion::{Awaited, OpenText, Suggestion, SuggestionsOutcome};
