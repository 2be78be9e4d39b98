//! The rules: one question each, asked of one resource at a time. What an answer means for a check is the report's
//! concern; how instances are told as one is the judge's.

pub mod allowed_regions;
pub mod naming;
pub mod no_public_access;
pub mod plan_complete;
pub mod protect_stateful;
pub mod required_tags;

use crate::finding::Answer;
use crate::language::Policy;
use crate::subject::Subject;

/// Conditions and `check` blocks of the code, which Terraform itself has evaluated.
pub const TERRAFORM_CHECKS: &str = "terraform-checks";

/// Every rule by its id.
pub const IDS: &[&str] = &[
    required_tags::ID,
    allowed_regions::ID,
    naming::ID,
    no_public_access::ID,
    protect_stateful::ID,
    plan_complete::ID,
    TERRAFORM_CHECKS,
];

/// What a shipped rule is for, in one line; none when there is none of that id.
pub fn about(id: &str) -> Option<&'static str> {
    Some(match id {
        required_tags::ID => "every resource that can carry tags carries these",
        allowed_regions::ID => "everything is made in these regions only",
        naming::ID => "names follow a pattern",
        no_public_access::ID => "nothing is reachable from the whole internet",
        protect_stateful::ID => "what holds data is neither destroyed nor replaced",
        plan_complete::ID => "everything that will be done was planned",
        TERRAFORM_CHECKS => "conditions and check blocks of the code hold",
        _ => return None,
    })
}

/// Ids of other tools for the same question, such as `CKV_AWS_24`: those that skip one of them mean this rule.
pub fn aliases(rule: &str) -> &'static [&'static str] {
    match rule {
        no_public_access::ID => no_public_access::ALIASES,
        _ => &[],
    }
}

/// A rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) enum Rule {
    RequiredTags(required_tags::Asked),
    AllowedRegions(allowed_regions::Asked),
    Naming(naming::Asked),
    NoPublicAccess(no_public_access::Asked),
    ProtectStateful(protect_stateful::Asked),
    /// A policy of one's own.
    Own(Box<Policy>),
}

impl Rule {
    /// Asks the rule; none when it has nothing to do with the resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        match self {
            Self::RequiredTags(rule) => rule.ask(subject),
            Self::AllowedRegions(rule) => rule.ask(subject),
            Self::Naming(rule) => rule.ask(subject),
            Self::NoPublicAccess(rule) => rule.ask(subject),
            Self::ProtectStateful(rule) => rule.ask(subject),
            Self::Own(policy) => policy.ask(subject),
        }
    }
}
