//! What TfPilot keeps: inbox, event log, outbox, views and leases behind one trait, blobs behind another.
//!
//! The store knows bytes, keys and order. What an event means is the engine's, what a command does is the
//! worker's. Everything one decision changes goes through [`Store::commit`], in one transaction: either all
//! of it is durable or none.

pub mod backup;
pub mod blobs;
pub mod chain;
pub mod copied;
mod names;
pub mod seal;
pub mod sled;

#[cfg(test)]
mod conformance;

pub use self::blobs::DirBlobs;
pub use self::names::NAME_LIMIT;
pub use self::seal::{MasterKey, MasterKeys, SealedBlobs};
pub use self::sled::SledStore;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Names a stream of events: one change, from the ask to its end, or one repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(pub String);

impl std::fmt::Display for StreamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something from outside that must have one effect: a webhook, a runner's report, a person's click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Unique name given by the sender (GitHub's `X-GitHub-Delivery`); the same name is the same delivery.
    pub id: String,
    /// What kind of body this is, such as `github/issue_comment`.
    pub kind: String,
    /// The body, as received.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

/// Answer to [`Store::accept`]. Both mean: durable, acknowledge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Seen for the first time.
    New,
    /// Known already; nothing was written.
    Duplicate,
}

/// A delivery claimed for handling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxItem {
    /// Place in the order of arrival.
    pub seq: u64,
    /// The delivery.
    pub delivery: Delivery,
    /// How often it was claimed before.
    pub attempts: u32,
    /// Names this claim: a later one of the same delivery has another.
    pub token: u64,
}

/// One event as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Place in the whole log, from 1.
    pub position: u64,
    /// The stream.
    pub stream: StreamId,
    /// Place in the stream, from 1.
    pub version: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// The event: JSON that carries its schema version.
    pub body: Vec<u8>,
    /// SHA-256 over the previous record's hash and this record's position, stream, version, time and body.
    pub hash: [u8; 32],
}

/// How urgent a command is. Within a stream, commands of a lane run one after another in the order of their
/// decision, also when the first must wait; only timers do not queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Irreversible steps: commit, pull request, dispatch, merge.
    Act,
    /// Checks, comments, labels.
    Show,
    /// Reactions and other courtesies.
    Courtesy,
    /// Wake-ups at a time. Each stands alone: a later one never holds up an earlier one of the same stream.
    Timer,
}

impl Lane {
    /// All lanes, most urgent first.
    pub const ALL: [Lane; 4] = [Lane::Act, Lane::Show, Lane::Courtesy, Lane::Timer];
}

/// A command to be put into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommand {
    /// Unique within the stream: a command with a key that is waiting already replaces nothing and adds nothing.
    /// One that is being executed counts as waiting in [`Lane::Act`], where a step is decided once; in the other
    /// lanes it does not, because it may have read the facts before this decision.
    pub key: String,
    /// Urgency.
    pub lane: Lane,
    /// Not before this time.
    pub due: Timestamp,
    /// The command, as JSON.
    pub body: Vec<u8>,
}

/// A command claimed for execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Names the row.
    pub id: u64,
    /// The stream it was decided in.
    pub stream: StreamId,
    /// See [`NewCommand`].
    pub key: String,
    /// See [`NewCommand`].
    pub lane: Lane,
    /// See [`NewCommand`].
    pub body: Vec<u8>,
    /// How often it was claimed before.
    pub attempts: u32,
    /// Names this claim: a later one of the same command has another.
    pub token: u64,
}

/// Derived tables, kept in the same transaction as the events they follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// `repository id/number` → stream.
    Subjects,
    /// job id → stream and what a claim must match, for jobs not yet concluded.
    Jobs,
    /// stream → one line for lists and the API.
    Changes,
    /// run id → one line for lists and the API.
    Runs,
    /// `repository id/stack` → who holds the stack.
    Locks,
    /// ticket id → its row; a spent ticket stays.
    Tickets,
    /// repository id → repository facts, last good configuration.
    Repositories,
    /// SHA-256 of a token → what it opens.
    Tokens,
    /// commit and check name → what was last posted.
    Checks,
    /// `repository id/workflow run id` → stream and run of ours, until GitHub says that the workflow run ended.
    Workflows,
    /// Anything a loop must remember, such as where the sweep of missed deliveries stands.
    Marks,
    /// `repository id/commit/pull request` → stream, for open pull requests with that head.
    Heads,
    /// `repository id/stack` → what requests made there, once it is merged.
    Things,
    /// `repository id/issue` → the words of a request that somebody corrected.
    Examples,
    /// `repository id/at/time/job` → what a stack would cost or costs; `repository id/now/stack` → since its last apply.
    Costs,
}

impl View {
    /// All of them.
    pub const ALL: [View; 15] = [
        View::Subjects,
        View::Jobs,
        View::Changes,
        View::Runs,
        View::Locks,
        View::Tickets,
        View::Repositories,
        View::Tokens,
        View::Checks,
        View::Workflows,
        View::Marks,
        View::Heads,
        View::Things,
        View::Examples,
        View::Costs,
    ];
}

/// One change of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewChange {
    /// Which table.
    pub view: View,
    /// Row.
    pub key: String,
    /// New value; none deletes the row.
    pub value: Option<Vec<u8>>,
}

/// A condition on a view row, checked inside the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Which table.
    pub view: View,
    /// Row.
    pub key: String,
    /// What the row must hold; none means that it must not exist.
    pub expected: Option<Vec<u8>>,
}

/// Everything one decision changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The stream the events belong to.
    pub stream: StreamId,
    /// Its version when the facts were loaded.
    pub expected_version: u64,
    /// When the decision was made.
    pub at: Timestamp,
    /// Events to append, as JSON.
    pub events: Vec<Vec<u8>>,
    /// Commands that follow from them.
    pub commands: Vec<NewCommand>,
    /// Views that follow from them.
    pub views: Vec<ViewChange>,
    /// Conditions beside the version.
    pub guards: Vec<Guard>,
    /// The delivery this decision answers: done with it.
    pub finishes_delivery: Option<u64>,
    /// The command whose outcome this decision records: done with it.
    pub finishes_command: Option<u64>,
}

/// What a commit gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The stream's version now.
    pub version: u64,
    /// The log's last position now.
    pub position: u64,
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first: load the facts again and decide again. Names what moved.
    #[error("{0} moved while this was decided")]
    Conflict(String),
    /// This cannot be stored as asked (a name too long, a key outside its alphabet); nothing was written and the
    /// store goes on.
    #[error("cannot be stored: {0}")]
    Refused(String),
    /// The data is damaged; starting or going on would make it worse.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The disk or the database failed. It stays failed until a restart: see [`Store::healthy`].
    #[error("the store failed: {0}")]
    Failed(String),
}

/// A lease that was granted. Its token grows with every grant of the same key, so that a late holder is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What is leased.
    pub key: String,
    /// Fencing token.
    pub token: u64,
    /// End, unless renewed.
    pub until: Timestamp,
}

/// How much a store holds, for metrics; none where it cannot say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes on disk.
    pub bytes: Option<u64>,
    /// Deliveries that wait or are worked on.
    pub deliveries: Option<u64>,
    /// Commands that wait, are due later or are worked on.
    pub commands: Option<u64>,
}

/// Everything but blobs. Implementations: the embedded sled store, proven by one conformance suite.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The failure after which nothing more is stored, if there was one; for health checks, so it never waits.
    ///
    /// # Errors
    /// [`StoreError::Failed`] or [`StoreError::Damaged`], the same that every later call gives.
    fn healthy(&self) -> Result<(), StoreError>;

    /// How much it holds.
    async fn usage(&self) -> Result<Usage, StoreError> {
        Ok(Usage::default())
    }

    /// Keeps a delivery until it is handled; durable when this returns.
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError>;
    /// Whether a delivery of that id was accepted, handled or not, as long as its id is remembered.
    async fn is_known(&self, id: &str) -> Result<bool, StoreError>;
    /// The oldest delivery that nobody holds and that is due; held until `now + lease_seconds`. A delivery is due
    /// from its `received_at` on.
    async fn claim_delivery(
        &self,
        now: Timestamp,
        lease_seconds: u32,
    ) -> Result<Option<InboxItem>, StoreError>;
    /// Gives a delivery back, to be claimed again from `not_before` on. Nothing happens when it is done, or when the
    /// claim with this token ended and somebody else has claimed it since.
    async fn release_delivery(
        &self,
        seq: u64,
        token: u64,
        not_before: Timestamp,
        why: &str,
    ) -> Result<(), StoreError>;
    /// Done with a delivery without a decision. Its body is dropped, its id is remembered (for 14 days at least).
    async fn finish_delivery(&self, seq: u64) -> Result<(), StoreError>;

    /// All records of a stream, in order; empty for a new one.
    async fn load(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        self.load_after(stream, 0).await
    }
    /// The records of a stream whose version is above `version`, in order.
    async fn load_after(&self, stream: &StreamId, version: u64) -> Result<Vec<Record>, StoreError>;
    /// The log from `after` on (0 for the beginning), at most `limit` records.
    async fn log(&self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError>;
    /// One decision, in one durable transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the version or a guard does not hold, or when the delivery or command it
    /// finishes is done already, so that of two holders only one has an effect; nothing was written then.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// The most urgent due command: first by lane, then by age; per stream and lane only the oldest, and none
    /// while an older one of the same stream and lane is held. Held until `now + lease_seconds`.
    async fn claim_command(
        &self,
        now: Timestamp,
        lease_seconds: u32,
    ) -> Result<Option<OutboxItem>, StoreError>;
    /// Gives a command back, to be claimed again from `not_before` on. Nothing happens when it is done, or when the
    /// claim with this token ended and somebody else has claimed it since.
    async fn release_command(
        &self,
        id: u64,
        token: u64,
        not_before: Timestamp,
        why: &str,
    ) -> Result<(), StoreError>;
    /// Done with a command whose outcome needs no event.
    async fn finish_command(&self, id: u64) -> Result<(), StoreError>;
    /// When the next delivery or command becomes due, if any waits: for the loops to sleep until. What is held
    /// becomes due when its lease ends; a time in the past means now.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// One row of a view.
    async fn view(&self, view: View, key: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Rows whose key begins with `prefix`, in key order, at most `limit`.
    async fn scan(
        &self,
        view: View,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError>;
    /// Changes rows outside any stream (tokens, marks), under guards.
    async fn put_views(&self, changes: Vec<ViewChange>, guards: Vec<Guard>) -> Result<(), StoreError>;

    /// Grants or renews a lease; none while another holder has it. Renewing before its end keeps the token.
    async fn lease(
        &self,
        key: &str,
        holder: &str,
        now: Timestamp,
        seconds: u32,
    ) -> Result<Option<Lease>, StoreError>;
    /// Gives a lease back early.
    async fn release_lease(&self, key: &str, holder: &str) -> Result<(), StoreError>;
}

/// Large opaque bytes: bundles, logs, redacted plans.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Stores bytes under a key of `[a-z0-9/._-]`, no part of which begins with a dot; durable when this returns.
    /// Writing the same key again replaces it whole.
    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError>;
    /// The bytes, if there are any.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Forgets a key; no error when it is unknown.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;
}
