//! Gate `mergeable`: GitHub would merge the pull request, our own checks left out. Moved by pushes, reviews, other
//! checks and branch rules.

use crate::gate::{GateName, Verdict};
use crate::{Facts, Obstacle, Refusal};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let Some(pull) = &facts.pull else {
        return Verdict::waiting(GateName::Mergeable, Refusal::Planning);
    };
    if pull.draft {
        return Verdict::closed(GateName::Mergeable, Refusal::DraftPull);
    }
    match pull.obstacles.first() {
        None => Verdict::open(GateName::Mergeable),
        Some(obstacle @ Obstacle::Conflict) => {
            Verdict::closed(GateName::Mergeable, Refusal::NotMergeable { obstacle: obstacle.clone() })
        }
        Some(obstacle) => {
            Verdict::waiting(GateName::Mergeable, Refusal::NotMergeable { obstacle: obstacle.clone() })
        }
    }
}
