//! What this person may do here, likeliest first.

use jiff::Timestamp;
use tfpilot_engine::{Facts, Person, Role};

use crate::surface::offer::{self, Offer};

/// "You may here: `/tfpilot apply` plan 7c1e04a · `/tfpilot help` this list".
pub(super) fn list(facts: &Facts, now: Timestamp, person: &Person, role: Role) -> String {
    let offers = offer::offers(facts, now, person, role);
    let lines: Vec<String> =
        offers.iter().map(|Offer { command, does }| format!("`{command}` {does}")).collect();
    let more = if role < Role::Developer {
        "\nThe rest takes developer or more."
    } else if facts.request.is_none() && facts.pull.is_none() {
        "\nFor infrastructure, open an issue that says what you need, or one that starts with `/tfpilot new`."
    } else {
        ""
    };
    format!("You may here: {}.{more}", lines.join(" · "))
}
