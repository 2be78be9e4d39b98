//! What `data` holds beside packages: where the plan belongs and what it costs.

use serde_json::{Value as Json, json};

use crate::Context;
use crate::cost::{Estimate, Money};

/// `data.tfpilot` and `data.conftest`. A cost that is not known as a whole says so in `not_priced`: what is priced is the least
/// that it may be.
pub fn data(context: &Context, estimate: &Estimate) -> Json {
    let dollars = |money: Money| money.dollars();
    json!({
        "tfpilot": {
            "environment": context.environment,
            "stack": context.stack,
            "stage": "post_plan",
            "region": context.region,
            "cost": {
                "currency": estimate.currency,
                "diff_monthly": dollars(estimate.difference),
                "total_monthly": dollars(estimate.after),
                "before_monthly": dollars(estimate.before),
                "not_priced": estimate.not_priced,
                "usage_dependent": estimate.usage_dependent,
            },
        },
        "conftest": { "file": { "name": "plan.json", "dir": context.stack } },
    })
}
