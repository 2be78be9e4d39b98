//! What the rules say of a request's draft before there is a plan: what is refused, where to put it right, and who let it
//! pass. With the pull request the plan's own judgement takes over.

use serde::{Deserialize, Serialize};

use crate::gate::{approved, overridden};
use crate::{Facts, JudgedFinding, Person, Role, Roles, Standing};

/// What the rules said of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftJudged {
    /// Which reading of the request, counted from 1.
    pub draft: u32,
    /// What they found, worst first. What only a plan can tell is not in it.
    pub findings: Vec<DraftFinding>,
}

/// What a rule found in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: JudgedFinding,
    /// The input that puts it right, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// A value of that input which the rule lets pass, where one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Somebody let a draft pass a rule, so that it becomes a pull request. The plan needs its own override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftOverride {
    /// Who.
    pub by: Person,
    /// With which roles.
    pub roles: Roles,
    /// Teams of the rule's `override` that the person was in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Which reading of the request.
    pub draft: u32,
}

impl DraftJudged {
    /// True when something was found that is more than advice.
    pub fn refuses(&self) -> bool {
        self.findings.iter().any(|found| found.finding.standing >= Standing::OverrideNeeded)
    }
}

impl Facts {
    /// What stands against the request's draft as it is, worst first; none where nothing does, and once there is a pull
    /// request, whose plan is judged.
    pub fn refused_draft(&self) -> Option<Vec<&DraftFinding>> {
        let request = self.request.as_ref().filter(|_| self.pull.is_none())?;
        let judged = request.judged.as_ref().filter(|judged| judged.draft == request.drafts)?;
        let stands = |found: &&DraftFinding| match found.finding.standing {
            Standing::Blocked => true,
            Standing::OverrideNeeded => !self.is_draft_overridden(&found.finding.rule),
            Standing::Passed | Standing::Advice => false,
        };
        let standing: Vec<&DraftFinding> = judged.findings.iter().filter(stands).collect();
        (!standing.is_empty()).then_some(standing)
    }

    /// Enough people who may and have no hand in the request let this draft pass the rule.
    fn is_draft_overridden(&self, rule: &str) -> bool {
        let Some(request) = &self.request else { return false };
        let counts = |given: &&DraftOverride| {
            given.rule == rule
                && given.draft == request.drafts
                && approved::own_hand(self, &given.by).is_none()
                && self.may_override_draft(given)
        };
        let people: std::collections::BTreeSet<u64> =
            request.overrides.iter().filter(counts).map(|given| given.by.id).collect();
        people.len() >= overridden::needed(self, rule)
    }

    /// Who is named for the rule, and admins of the draft's environment.
    pub(crate) fn may_override_draft(&self, given: &DraftOverride) -> bool {
        let overriders = self.rules.overrides.get(&given.rule);
        let draft = self.request.as_ref().map(|request| &request.draft);
        let environment = draft.and_then(|draft| draft.environment.as_ref()).map(|filled| &filled.value);
        overriders.is_some_and(|it| it.names(&given.by, &given.teams))
            || given.roles.in_environment(environment) >= Role::Admin
    }
}
