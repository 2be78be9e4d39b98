//! Policies of one's own, in YAML: which resources, what must hold, and what it means when it does not.
//!
//! [`read()`] makes policies of a file and tells what is wrong in it; `expression` holds what must hold, `path` and
//! `reach` where values come from, `ask` how a policy is asked of one resource. Every answer has three values: what is
//! not known is neither a pass nor a fail, and `on_unknown` says what it comes to.
//!
//! A policy may ask for approvals instead of, or beside, what must hold: `require_approvals`. They are demanded of every plan
//! of which it is asked, also where that is not known.
//!
//! Beyond one value against another:
//!
//! - `{each: json(policy).Statement, quantifier: some, assert: {all: [{attr: item.Effect, …}, {attr: "item.Action[*]", …}]}}`
//!   says something of one entry of a list together; `item` is the entry. An `each` within another one goes on from `item`.
//! - `{attr: encrypted, op: eq, value: true, default: false}` says what the value is where nothing is set. A path to the one
//!   block (`metadata_options.http_tokens`) takes the default also when the block is left out; one to each block
//!   (`ebs_block_device[*].encrypted`) is asked of those that there are.
//! - `related(aws_s3_bucket_versioning.bucket).versioning_configuration[*].status` leads to the other resources of that
//!   type whose argument is this one's id, ARN, bucket or name; alone, to the resources themselves. One that cannot be
//!   resolved may be related: then the answer is unknown, never that there is none.
//! - `reference(policy_arn)` is the address of the resource that an argument refers to, null where it refers to none.
//! - `literals(user_data)` are the texts that the code writes out in an argument, whatever else is known only after apply;
//!   they are never told in a finding, as they may be secrets.
//! - `entries(tags)` is a map as a list of `{key, value}`; `json(path)` reads every text that the path leads to.

mod around;
mod ask;
mod compare;
mod documents;
mod each;
mod expression;
mod functions;
mod path;
mod plans;
mod reach;
mod read;
mod says;
mod schema;
mod steps;
mod told;
mod unset;

pub use read::{Problem, read};
pub use schema::schema;
pub use told::Told;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tfpilot_plan::Operation;

use crate::address::{Glob, glob};
use crate::settings::{Enforcement, OnUnknown};
use crate::{Context, Severity};
use expression::Expression;
pub(crate) use path::Relation;
pub(crate) use plans::Plans;
pub(crate) use reach::Asked;

/// A policy that can be asked.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its id in kebab-case, by which it is told and overridden.
    pub id: Arc<str>,
    /// What it is for, in one line.
    pub title: String,
    /// How bad a violation is.
    pub severity: Severity,
    /// What a violation means.
    pub enforcement: Enforcement,
    /// Who may override it, when it is soft-mandatory.
    pub overriders: Overriders,
    /// Whose approvals a plan needs of which it is asked, beside those that any plan needs.
    pub approvals: Option<Approvals>,
    /// What it means when it cannot be told on the plan.
    pub on_unknown: OnUnknown,
    /// Ids of other tools for the same rule, such as `CKV_AWS_24`.
    pub aliases: Vec<String>,
    pub(crate) phases: Phases,
    pub(crate) scope: Scope,
    pub(crate) subjects: Subjects,
    pub(crate) assertion: Expression,
    /// What to say instead of the value that was found.
    pub(crate) message: Option<String>,
    /// What to write.
    pub(crate) hint: Option<String>,
    pub(crate) exempt: Vec<Exemption>,
}

/// Who may override a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overriders {
    /// Teams, such as `acme/finops`.
    pub teams: Vec<String>,
    /// Logins.
    pub users: Vec<String>,
    /// How many must agree; none is one.
    pub count: Option<u32>,
}

/// Whose approvals a plan needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// Teams, such as `acme/sre`.
    pub teams: Vec<String>,
    /// Logins. Without teams and logins anybody who may approve counts.
    pub users: Vec<String>,
    /// How many of them.
    pub count: u32,
}

/// When it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Phases {
    pub(crate) before_plan: bool,
    pub(crate) after_plan: bool,
}

/// Where it is asked; empty lists are everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) stacks: Vec<Glob>,
    pub(crate) environments: Vec<String>,
}

/// What it is asked of.
#[derive(Debug, Clone)]
pub(crate) struct Subjects {
    pub(crate) kind: Kind,
    pub(crate) types: Vec<String>,
    pub(crate) not_types: Vec<String>,
    pub(crate) actions: BTreeSet<Act>,
    pub(crate) addresses: Vec<Glob>,
    pub(crate) taggable: Option<bool>,
    pub(crate) condition: Option<Expression>,
}

/// What kind of thing it is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Every resource that changes.
    Resource,
    /// Every call of a module.
    ModuleCall,
    /// Every configuration of a provider.
    Provider,
    /// The plan as a whole.
    Plan,
    /// What the plan costs.
    Cost,
}

/// What happens to a resource, in the words of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Create,
    Update,
    Replace,
    Delete,
    Forget,
    Import,
}

/// What is let off, why and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    pub(crate) address: Glob,
    pub(crate) stacks: Vec<Glob>,
    pub(crate) reason: String,
    /// The last day on which it counts.
    pub(crate) expires: Date,
}

impl Act {
    /// Every action with the word people write.
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        ("create", Self::Create),
        ("update", Self::Update),
        ("replace", Self::Replace),
        ("delete", Self::Delete),
        ("forget", Self::Forget),
        ("import", Self::Import),
    ];

    /// The actions that are meant where none is named: whatever leaves a resource as the code has it.
    pub(crate) fn usual() -> BTreeSet<Self> {
        [Self::Create, Self::Update, Self::Replace, Self::Import].into()
    }

    /// What a change is to a policy. An action nobody knows is all of them: it is judged whatever the policy names.
    pub(crate) fn of(operation: Operation, imported: bool) -> BTreeSet<Self> {
        let mut acts: BTreeSet<Self> = match operation {
            Operation::NoOp | Operation::Read => BTreeSet::new(),
            Operation::Create => [Self::Create].into(),
            Operation::Update => [Self::Update].into(),
            Operation::Replace => [Self::Replace].into(),
            Operation::Delete => [Self::Delete].into(),
            Operation::Forget => [Self::Forget].into(),
            Operation::ForgetAndCreate => [Self::Forget, Self::Create].into(),
            Operation::Unknown => Self::ALL.iter().map(|(_, act)| *act).collect(),
        };
        if imported {
            acts.insert(Self::Import);
        }
        acts
    }
}

impl Kind {
    /// Every kind with the word people write.
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("resource", Self::Resource),
        ("module_call", Self::ModuleCall),
        ("provider", Self::Provider),
        ("plan", Self::Plan),
        ("cost", Self::Cost),
    ];
}

impl Scope {
    /// Whether a stack is meant.
    pub(crate) fn holds(&self, context: &Context) -> bool {
        let stack = self.stacks.is_empty() || self.stacks.iter().any(|it| it.is_match(&context.stack));
        let environment =
            self.environments.is_empty() || self.environments.iter().any(|it| glob(it, &context.environment));
        stack && environment
    }
}

impl Exemption {
    /// One for the addresses of a pattern, in stacks or everywhere, until a last day. None when a pattern is none.
    pub fn new(address: &str, stacks: &[String], reason: &str, expires: Date) -> Option<Self> {
        let stacks = stacks.iter().map(|it| Glob::new(it)).collect::<Option<_>>()?;
        let reason = reason.split('`').map(tfpilot_plan::plain).collect::<Vec<_>>().join("`");
        Some(Self { address: Glob::new(address)?, stacks, reason, expires })
    }

    /// Whether it is about an address; index keys may be left out.
    pub(crate) fn is_about(&self, address: &str, context: &Context) -> bool {
        (self.stacks.is_empty() || self.stacks.iter().any(|it| it.is_match(&context.stack)))
            && self.address.is_match(address)
    }

    /// Whether it counts today. Without a day it does not: what ends must be seen to end.
    pub(crate) fn counts(&self, context: &Context) -> bool {
        context.today.is_some_and(|today| today <= self.expires)
    }
}

impl Policy {
    /// The same policy as a repository wants it: another enforcement, others who may override it, more that is let off.
    #[must_use]
    pub fn wanted(
        mut self,
        enforcement: Option<Enforcement>,
        by: Overriders,
        exempt: Vec<Exemption>,
    ) -> Self {
        self.enforcement = enforcement.unwrap_or(self.enforcement);
        if by != Overriders::default() {
            self.overriders = by;
        }
        self.exempt.extend(exempt);
        self
    }

    /// Exemptions that have ended: a judgement from before is not one of today.
    pub fn ended(&self, today: Date) -> usize {
        self.exempt.iter().filter(|it| it.expires < today).count()
    }
}
