//! Does a change stay within what it may add a month? And the title that a check shows.

use serde::{Deserialize, Serialize};

use super::{Estimate, Money};
use crate::{Conclusion, Truth};

/// What a change may cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Most that one change may add per month. None: no limit.
    pub monthly: Option<Money>,
    /// Currency of the limit; none is USD.
    pub currency: Option<String>,
    /// Apply although a part has no known price.
    pub allow_unpriced: bool,
}

/// How the cost is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostVerdict {
    /// Whether the change stays within the limit.
    pub truth: Truth,
    /// How the check concludes.
    pub conclusion: Conclusion,
    /// The check's title, at most 60 characters.
    pub title: String,
}

/// Judges an estimate. More than the limit is too much whatever else is not priced; less is enough only when all is priced,
/// or unpriced parts are allowed.
pub fn judge_limit(estimate: &Estimate, limit: &Limit, environment: &str) -> CostVerdict {
    let foreign = !limit.currency.as_deref().unwrap_or("USD").eq_ignore_ascii_case(&estimate.currency);
    let over = limit.monthly.map(|most| (estimate.difference > most, most));
    let certain = limit.allow_unpriced || !estimate.is_doubtful();
    let verdict = |truth, conclusion, title| CostVerdict { truth, conclusion, title };
    match over {
        Some((_, _)) if foreign => {
            let title = format!("Cost unknown: the limit is not in {}", estimate.currency);
            verdict(Truth::Unknown, Conclusion::Failure, title)
        }
        Some((true, most)) => {
            let title = format!("{}/mo, limit {}", estimate.difference.short(), most.limit());
            verdict(Truth::False, Conclusion::ActionRequired, title)
        }
        _ if !certain => {
            let place: String = crate::report::plain(environment).chars().take(24).collect();
            let title = match place.as_str() {
                "" | "(empty)" => "Cost unknown, not allowed".to_owned(),
                place => format!("Cost unknown, not allowed in {place}"),
            };
            verdict(Truth::Unknown, Conclusion::Failure, title)
        }
        _ => verdict(Truth::True, Conclusion::Success, estimate.title()),
    }
}

impl Estimate {
    /// `+$91.40/mo, 7 of 9 priced`.
    pub fn title(&self) -> String {
        let amount = self.difference.signed();
        if self.priced == self.changed {
            return format!("{amount}/mo");
        }
        format!("{amount}/mo, {} of {} priced", self.priced, self.changed)
    }
}
