//! The trace in words. The first part is what `/tfpilot why` answers on GitHub, byte for byte.

use std::fmt::Write;

use tfpilot_engine::{Role, Roles};

use super::asked::{Answer, Hand, May};
use super::trace::{PersonShape, Trace};
use crate::surface::prose;
use crate::web::judged::{ApprovalsShape, ReasonShape, StatusShape};

/// The whole text.
pub(super) fn text(trace: &Trace) -> String {
    let number = trace.pull.or(trace.issue).unwrap_or_default();
    let mut text = format!("{}#{number} {}\n", trace.repository, prose(&trace.title));
    // Writing to a String cannot fail.
    let _ = match trace.seen_at {
        Some(at) => {
            writeln!(text, "From the store alone; GitHub as last seen {}.", at.strftime("%Y-%m-%d %H:%M UTC"))
        }
        None => writeln!(text, "From the store alone; no pull request was seen yet."),
    };
    if let Some(problem) = &trace.config_problem {
        let _ = writeln!(text, "The configuration is broken, the one before is in force: {}", prose(problem));
    }
    let _ = writeln!(text, "\n{}", trace.text);
    trace.approvals.iter().for_each(|approvals| text.push_str(&approvals_text(approvals)));
    text.push_str(&may_text(&trace.may, &trace.hands));
    trace.person.iter().for_each(|person| text.push_str(&person_text(person)));
    text
}

fn approvals_text(approvals: &ApprovalsShape) -> String {
    let ApprovalsShape { needed, counted, not_counted } = approvals;
    let mut text = format!("\nApprovals: {} of {needed}\n", counted.len());
    for login in counted {
        let _ = writeln!(text, "- {}: counts", prose(login));
    }
    for one in not_counted {
        let _ = writeln!(text, "- {}: does not count, {}", prose(&one.login), hand_words(&one.why));
    }
    text
}

fn may_text(may: &[May], hands: &[Hand]) -> String {
    let mut text = "\nWho may what now\n".to_owned();
    for May { command, least_role, refusal } in may {
        let who = match (least_role, refusal) {
            (Some(role), _) => format!("{role} or above"),
            (None, Some(refusal)) => format!("nobody. {}", refusal.text),
            (None, None) => "nobody".to_owned(),
        };
        let _ = writeln!(text, "- {command}: {who}");
    }
    if !hands.is_empty() {
        let hands = hands.iter().map(|hand| format!("{} ({})", prose(&hand.login), hand_words(&hand.why)));
        let _ = writeln!(text, "- never approve or override it: {}", hands.collect::<Vec<_>>().join(", "));
    }
    text
}

fn person_text(person: &PersonShape) -> String {
    let PersonShape { login, roles, roles_from, answers } = person;
    let mut text = format!("\nAs {}, {} (from {roles_from})\n", prose(login), roles_words(roles));
    for Answer { command, granted, rule, refusal, records, then } in answers {
        let line = match (granted, refusal) {
            (false, Some(ReasonShape { text, .. })) => format!("refused by {rule}. {text}"),
            _ => format!("done{}{}", recorded(records), then.as_ref().map(standing).unwrap_or_default()),
        };
        let _ = writeln!(text, "- /tfpilot {command}: {line}");
    }
    text
}

fn recorded(records: &[String]) -> String {
    if records.is_empty() { ", nothing new".to_owned() } else { format!(": {}", records.join(", ")) }
}

fn standing(status: &StatusShape) -> String {
    let waits = status.waits_for.as_ref().map(|gate| format!(" for {gate}")).unwrap_or_default();
    format!("; then {}{waits}", status.status)
}

/// "developer, in prod viewer".
fn roles_words(roles: &Roles) -> String {
    let name = |role: Role| if role == Role::None { "without a role" } else { role.as_str() };
    let others: Vec<String> = roles
        .in_environments
        .iter()
        .filter(|(_, role)| **role != roles.anywhere)
        .map(|(environment, role)| format!(", in {environment} {}", name(*role)))
        .collect();
    format!("{}{}", name(roles.anywhere), others.concat())
}

fn hand_words(why: &str) -> &str {
    match why {
        "requester" => "asked for it",
        "committer" => "wrote a commit of it",
        "set-input" => "set an input",
        "role" => "is no approver",
        "stale" => "saw another plan",
        "applier" => "applies it",
        other => other,
    }
}
