//! Refusals as sentences: "**what**: why. Next". One arm per row of the table of refusals.

use tfpilot_engine::{NotCounted, NotCountedWhy, Obstacle, Refusal};

use super::escape::{code, prose};
use super::words::{self, count};

/// A refusal in words. `what` and `why` are Markdown; `next` says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    /// What is refused or missing.
    pub what: String,
    /// Why; may be empty.
    pub why: String,
    /// What to do.
    pub next: String,
}

/// The whole sentence.
pub fn sentence(refusal: &Refusal) -> String {
    let RefusalText { what, why, next } = refusal_text(refusal);
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!("**{what}**{why}. Next: {next}.")
}

pub(super) fn refusal_text(refusal: &Refusal) -> RefusalText {
    let text = |what: &str, why: String, next: String| RefusalText { what: what.to_owned(), why, next };
    match refusal {
        Refusal::NoRole { command, environment, needs, has, ask } => {
            let place = environment.as_ref().map_or_else(|| code(command), |name| prose(name.as_str()));
            let why = format!("{place} takes {}, you are {}", needs.as_str(), has_role(*has));
            text("No role", why, ask_whom(ask.as_deref()))
        }
        Refusal::NotApproved { given, needed, not_counted, ask } => {
            let mut why = format!("{given} of {needed}");
            not_counted.iter().for_each(|one| why.push_str(&format!(", {}", does_not_count(one))));
            text("Not approved", why, format!("{} reviews", reviewer(ask.as_deref())))
        }
        Refusal::NotAdmitted { finding } => {
            let why = format!("{}:{} {}", prose(&finding.path), finding.line, code(&finding.what));
            text("Not admitted", why, prose(&finding.next))
        }
        Refusal::Planning => text("Not planned", "the plan is running".to_owned(), "wait for it".to_owned()),
        Refusal::PlanFailed { stack, problem } => {
            let place = problem.as_ref().and_then(words::place).unwrap_or_else(|| stack.to_string());
            let said =
                problem.as_ref().map(|problem| format!(" {}", prose(&problem.summary))).unwrap_or_default();
            text("Plan failed", format!("{}{said}", prose(&place)), "fix and push".to_owned())
        }
        Refusal::PlanExpired { hours } => {
            text("Plan expired", format!("older than {}", days(*hours)), "`/tfpilot plan`".to_owned())
        }
        Refusal::PlanReplaced => {
            text("Plan replaced after you wrote", String::new(), "read it, then `/tfpilot apply`".to_owned())
        }
        Refusal::PlanUnfit { why } => text("Plan not fit to apply", prose(why), "`/tfpilot plan`".to_owned()),
        Refusal::Policy { title, finding } => match finding {
            Some(finding) => {
                let place = match (&finding.path, finding.line) {
                    (Some(path), Some(line)) => format!("{}:{line} ", prose(path)),
                    _ => String::new(),
                };
                let next =
                    if finding.hint.is_empty() { "fix and push".to_owned() } else { finding.hint.clone() };
                let what = format!("Policy {}", code(&finding.rule));
                RefusalText { what, why: format!("{place}{}", finding.message), next }
            }
            None => text("Policy", prose(title), "fix and push".to_owned()),
        },
        Refusal::Cost { title } => text("Cost", prose(title), "ask for less, or raise the limit".to_owned()),
        Refusal::NotMergeable { obstacle } => obstacle_text(obstacle),
        Refusal::Locked { stack, holder } => text(
            "Locked",
            format!("{} is held by #{holder}", prose(stack.as_str())),
            "wait for it".to_owned(),
        ),
        Refusal::Applying => text("Applying", "an apply is under way".to_owned(), "wait for it".to_owned()),
        Refusal::Applied => {
            text("Applied", "this change was applied".to_owned(), "open a new request".to_owned())
        }
        Refusal::ApplyFailed => {
            let why = "the last one stopped half-way and its plan is used up".to_owned();
            text("Apply failed", why, "push a fix, or `/tfpilot plan` to see what is left".to_owned())
        }
        Refusal::OutcomeUnknown => {
            let why = "nobody knows how it ended, so nothing is repeated".to_owned();
            text("Outcome of the last apply unknown", why, "an approver compares the journal".to_owned())
        }
        Refusal::DraftPull => text("Draft", "planned, not applied".to_owned(), "Ready for review".to_owned()),
        Refusal::Fork => {
            let why = "it never meets credentials".to_owned();
            text("Fork", why, "a maintainer pushes the branch here".to_owned())
        }
        Refusal::Closed => text("Closed", "this pull request is not open".to_owned(), "reopen it".to_owned()),
        Refusal::NothingToApply => {
            text("Nothing to apply", "the plan changes nothing".to_owned(), "merge".to_owned())
        }
        Refusal::UnknownCommand { word, suggestion } => {
            let next = match suggestion {
                Some(suggestion) => format!("did you mean `/tfpilot {suggestion}`?"),
                None => "`/tfpilot help` lists what you can do here".to_owned(),
            };
            RefusalText { what: format!("Unknown command {}", code(word)), why: String::new(), next }
        }
        Refusal::NotHere { command, place } => {
            let why = format!("{} is for a {place}", code(command));
            text("Not here", why, format!("write it on the {place}"))
        }
        Refusal::OwnRequest { why } => {
            text("Approval does not count", own_hand(*why).to_owned(), "somebody else reviews".to_owned())
        }
    }
}

fn obstacle_text(obstacle: &Obstacle) -> RefusalText {
    let (what, why, next) = match obstacle {
        Obstacle::Conflict => ("Conflict", "with the base branch".to_owned(), "resolve and push"),
        Obstacle::Unknown => {
            ("Not mergeable yet", "GitHub is still computing it".to_owned(), "wait a moment")
        }
        Obstacle::Check { name } => {
            ("Branch protection", format!("{} missing", code(name)), "wait or fix it")
        }
        Obstacle::Reviews { wanted, given } => (
            "Branch protection",
            format!("{given} of {} given", count(*wanted, "review")),
            "ask for a review",
        ),
    };
    RefusalText { what: what.to_owned(), why, next: next.to_owned() }
}

fn has_role(role: tfpilot_engine::Role) -> &'static str {
    match role {
        tfpilot_engine::Role::None => "no member",
        other => other.as_str(),
    }
}

fn does_not_count(one: &NotCounted) -> String {
    let who = prose(&one.who.login);
    match one.why {
        NotCountedWhy::Requester => format!("the requester {who} does not count"),
        NotCountedWhy::Committer => format!("{who} wrote a commit"),
        NotCountedWhy::SetInput => format!("{who} set an input"),
        NotCountedWhy::Role => format!("{who} is no approver"),
        NotCountedWhy::Stale => format!("{who} saw another plan"),
        NotCountedWhy::Applier => format!("{who} applies"),
    }
}

fn own_hand(why: NotCountedWhy) -> &'static str {
    match why {
        NotCountedWhy::Requester => "you asked for this",
        NotCountedWhy::Committer => "you wrote a commit of it",
        NotCountedWhy::SetInput => "you set an input of it",
        NotCountedWhy::Role => "you are no approver",
        NotCountedWhy::Stale => "you saw another plan",
        NotCountedWhy::Applier => "you apply it",
    }
}

pub(super) fn reviewer(ask: Option<&str>) -> String {
    ask.map_or_else(|| "an approver".to_owned(), prose)
}

fn ask_whom(ask: Option<&str>) -> String {
    format!("ask {}", ask.map_or_else(|| "an admin of this repository".to_owned(), prose))
}

fn days(hours: u32) -> String {
    if hours.is_multiple_of(24) { count(hours / 24, "day") } else { count(hours, "hour") }
}
