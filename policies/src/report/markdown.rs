//! The report as Markdown for a check's text, within a budget of bytes. What does not fit is counted on top.

use std::fmt::Write as _;

use super::{Demanded, PolicyReport};
use crate::{Finding, Truth};

/// Exemptions that are listed.
const EXEMPTED: usize = 20;

impl PolicyReport {
    /// Findings as a table of three columns, at most `budget` bytes. Foreign text is escaped.
    pub fn markdown(&self, budget: usize) -> String {
        let mut text = String::new();
        for broken in &self.broken {
            let rule = tfpilot_plan::code(&broken.rule);
            let _ = writeln!(text, "**{rule} cannot be evaluated**: {}\n", tfpilot_plan::code(&broken.why));
        }
        let rows: Vec<String> = self.findings.iter().map(row).collect();
        let mut shown = rows.len();
        loop {
            let all = self.assembled(&text, rows.get(..shown).unwrap_or_default(), rows.len() - shown);
            if all.len() <= budget {
                return all;
            }
            if shown == 0 {
                return all.get(..all.floor_char_boundary(budget)).unwrap_or_default().to_owned();
            }
            // Rows are short and alike: by shares, not one by one.
            shown = (shown * budget / all.len()).min(shown - 1);
        }
    }

    fn assembled(&self, head: &str, rows: &[String], hidden: usize) -> String {
        let mut text = head.to_owned();
        let not_shown = usize::try_from(self.omitted).unwrap_or(usize::MAX).saturating_add(hidden);
        if not_shown > 0 {
            let _ = writeln!(text, "{not_shown} rows not shown.\n");
        }
        if !rows.is_empty() {
            text.push_str("| Rule | Where | What |\n|---|---|---|\n");
            rows.iter().for_each(|row| text.push_str(row));
            text.push('\n');
        }
        let _ = writeln!(text, "{}.", self.quiet_title());
        for Demanded { rule, address, approvals } in &self.demanded {
            let names = approvals.teams.iter().chain(&approvals.users);
            let names: Vec<String> = names.map(|name| tfpilot_plan::code(name)).collect();
            let of = if names.is_empty() { String::new() } else { format!(" by {}", names.join(", ")) };
            let count = approvals.count;
            let word = if count == 1 { "approval" } else { "approvals" };
            let (rule, address) = (tfpilot_plan::code(rule), tfpilot_plan::code(address));
            let _ = writeln!(text, "\n{rule} asks {count} {word}{of} for {address}.");
        }
        for exempted in self.exempted.iter().take(EXEMPTED) {
            let (rule, address) = (tfpilot_plan::code(&exempted.rule), tfpilot_plan::code(&exempted.address));
            let reason = &exempted.reason;
            let _ = match &exempted.until {
                Some(until) => writeln!(text, "\n{address} is exempt from {rule} until {until}: {reason}"),
                None => writeln!(text, "\n{address} is exempt from {rule} by {reason}"),
            };
        }
        if self.exempted.len() > EXEMPTED {
            let _ = writeln!(text, "\n{} more are exempt.", self.exempted.len() - EXEMPTED);
        }
        text
    }
}

fn row(finding: &Finding) -> String {
    let state = match finding.truth {
        Truth::Unknown => "unknown, ",
        _ => "",
    };
    let overridden = if finding.overridden { ", overridden" } else { "" };
    let rule =
        format!("{}<br>{state}{}{overridden}", tfpilot_plan::code(&finding.rule), finding.enforcement.word());
    let mut place = tfpilot_plan::code(&finding.address);
    if finding.instances > 1 {
        let _ = write!(place, "<br>{} instances", finding.instances);
    }
    if !finding.also.is_empty() {
        let _ = write!(place, "<br>and {} more of this module", finding.also.len());
    }
    if let Some(previous) = &finding.previous_address {
        let _ = write!(place, "<br>moved from {}", tfpilot_plan::code(previous));
    }
    for location in [&finding.location, &finding.inner].into_iter().flatten() {
        let _ = write!(place, "<br>{}", tfpilot_plan::code(&location.to_string()));
    }
    format!("| {rule} | {place} | {}. {} |\n", finding.message, capital(&finding.hint))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
