//! A policy in words, for whoever wonders what it asks.

use std::fmt;

use serde::Serialize;

use super::{Act, Approvals, Kind, Policy};
use crate::OnUnknown;

/// A policy in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// `hard-mandatory`.
    pub enforcement: &'static str,
    /// What it is asked of.
    pub asked_of: String,
    /// What it means when it cannot be told.
    pub on_unknown: &'static str,
    /// Ids of other tools for the same.
    pub aliases: Vec<String>,
    /// Who may override it, beside admins.
    pub overriders: Vec<String>,
    /// Whose approvals a plan needs of which it is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<String>,
    /// What is let off, with the last day.
    pub exempt: Vec<String>,
    /// What to write.
    pub hint: Option<String>,
}

impl Policy {
    /// The policy in words.
    pub fn told(&self) -> Told {
        let subjects = &self.subjects;
        let kind = Kind::ALL.iter().find(|(_, kind)| *kind == subjects.kind).map_or("", |(word, _)| word);
        let mut asked_of = match subjects.kind {
            Kind::Resource if subjects.types.is_empty() => "every resource".to_owned(),
            Kind::Resource => subjects.types.join(", "),
            _ => kind.replace('_', " "),
        };
        if subjects.kind == Kind::Resource {
            let acts = Act::ALL.iter().filter(|(_, act)| subjects.actions.contains(act));
            asked_of = format!("{asked_of} ({})", acts.map(|(word, _)| *word).collect::<Vec<_>>().join(", "));
        }
        Told {
            id: self.id.to_string(),
            title: self.title.clone(),
            enforcement: self.enforcement.word(),
            asked_of,
            on_unknown: match self.on_unknown {
                OnUnknown::Warn => "is an advice",
                OnUnknown::Fail => "is a violation",
            },
            aliases: self.aliases.clone(),
            overriders: self.overriders.teams.iter().chain(&self.overriders.users).cloned().collect(),
            approvals: self.approvals.as_ref().map(approvals),
            exempt: self
                .exempt
                .iter()
                .map(|it| format!("{} until {}: {}", it.address, it.expires, it.reason))
                .collect(),
            hint: self.hint.clone(),
        }
    }
}

/// "2 of acme/sre, carol".
fn approvals(of: &Approvals) -> String {
    let names: Vec<&str> = of.teams.iter().chain(&of.users).map(String::as_str).collect();
    let names = if names.is_empty() { "whoever may approve".to_owned() } else { names.join(", ") };
    format!("{} of {names}", of.count)
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.id, self.title)?;
        writeln!(f, "Enforcement: {}", self.enforcement)?;
        writeln!(f, "Asked of: {}", self.asked_of)?;
        write!(f, "What cannot be told {}", self.on_unknown)?;
        for (word, list) in
            [("Also known as", &self.aliases), ("Overridden by", &self.overriders), ("Exempt", &self.exempt)]
        {
            if !list.is_empty() {
                write!(f, "\n{word}: {}", list.join(", "))?;
            }
        }
        if let Some(approvals) = &self.approvals {
            write!(f, "\nAsks for approvals: {approvals}")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nWhat to write: {hint}"),
            None => Ok(()),
        }
    }
}
