//! Gate `admitted`: the static gate found nothing in the head's code. Moved by a new head.

use crate::gate::{GateName, Verdict};
use crate::{Facts, Refusal};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let Some(tree) = facts.tree.as_ref().filter(|_| facts.head_is_read()) else {
        return Verdict::waiting(GateName::Admitted, Refusal::Planning);
    };
    match tree.findings.first() {
        Some(finding) => {
            Verdict::closed(GateName::Admitted, Refusal::NotAdmitted { finding: finding.clone() })
        }
        None => Verdict::open(GateName::Admitted),
    }
}
