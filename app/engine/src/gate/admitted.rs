//! Gate `admitted`: the static gate found nothing in the head's code, or admins let pass what it found. Moved by a new
//! head and by overrides.

use std::collections::BTreeMap;

use crate::gate::{GateName, Verdict, approved};
use crate::{AdmissionOverride, CommitSha, Facts, Refusal, Role};

/// What cannot be read is not admitted, whoever says what.
pub const NEVER_OVERRIDDEN: &str = "admission/unreadable";

pub(super) fn judge(facts: &Facts) -> Verdict {
    if !facts.head_is_read() {
        return Verdict::waiting(GateName::Admitted, Refusal::Planning);
    }
    match facts.open_findings().next() {
        Some(finding) => {
            Verdict::closed(GateName::Admitted, Refusal::NotAdmitted { finding: finding.clone() })
        }
        None => Verdict::open(GateName::Admitted),
    }
}

/// Rules of admission that admins let pass for a head, each with the first override that counts.
pub fn overridden_admissions<'f>(
    facts: &'f Facts,
    head: &CommitSha,
) -> BTreeMap<&'f str, &'f AdmissionOverride> {
    let counts = |one: &&AdmissionOverride| {
        one.head == *head
            && one.rule != NEVER_OVERRIDDEN
            && approved::own_hand(facts, &one.by).is_none()
            && approved::role_everywhere(facts, &one.roles) >= Role::Admin
    };
    let mut first = BTreeMap::new();
    for one in facts.admission_overrides.iter().filter(counts) {
        first.entry(one.rule.as_str()).or_insert(one);
    }
    first
}
