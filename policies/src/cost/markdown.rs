//! The estimate as Markdown for a check's text, within a budget of bytes. Instances of one resource with one price are one row.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Component, Estimate, Money, ResourceCost, Standing, Status, Suggestion};
use tfpilot_plan::code;

/// Suggestions that are shown.
const MOST_SUGGESTIONS: usize = 10;

impl Estimate {
    /// Headline, table of three columns, and what the amounts are worth; at most `budget` bytes. Foreign text is escaped.
    pub fn markdown(&self, budget: usize) -> String {
        let rows = self.rows();
        let mut shown = rows.len();
        loop {
            let all = self.assembled(rows.get(..shown).unwrap_or_default(), rows.len() - shown);
            if all.len() <= budget {
                return all;
            }
            if shown == 0 {
                return all.get(..all.floor_char_boundary(budget)).unwrap_or_default().to_owned();
            }
            // Rows are alike: by shares, not one by one.
            shown = (shown * budget / all.len()).min(shown - 1);
        }
    }

    /// `+$91.40/mo (before $12.10, after $103.50), 7 of 9 priced`, for a line of the plan's summary.
    pub fn line(&self) -> String {
        let mut line = format!(
            "{}/mo (before {}, after {})",
            self.difference.signed(),
            self.before.shown(),
            self.after.shown()
        );
        if self.priced != self.changed {
            let _ = write!(line, ", {} of {} priced", self.priced, self.changed);
        }
        line
    }

    fn assembled(&self, rows: &[String], hidden: usize) -> String {
        let mut text = format!("{}.\n\n", self.line());
        if hidden > 0 {
            let _ = writeln!(text, "{hidden} rows not shown.\n");
        }
        if !rows.is_empty() {
            text.push_str(match self.usage_after {
                Some(_) => "| Resource | Per month | By use | Made of |\n|---|---|---|---|\n",
                None => "| Resource | Per month | Made of |\n|---|---|---|\n",
            });
            rows.iter().for_each(|row| text.push_str(row));
            text.push('\n');
        }
        if let (Some(before), Some(after)) = (self.usage_before, self.usage_after) {
            let (before, after) = (before.shown(), after.shown());
            let _ = writeln!(text, "Expected use, not in the sum: {before} before, {after} after.\n");
        }
        for Suggestion { address, text: what, .. } in self.suggestions.iter().take(MOST_SUGGESTIONS) {
            let _ = writeln!(text, "- {}: {what}", code(address));
        }
        match self.suggestions.len().saturating_sub(MOST_SUGGESTIONS) {
            0 if self.suggestions.is_empty() => {}
            0 => text.push('\n'),
            more => drop(writeln!(text, "- and {more} more\n")),
        }
        if let Some(source) = &self.source {
            let _ = writeln!(text, "Prices by {}; amounts in {}.", shown(source), shown(&self.currency));
            return text;
        }
        text.push_str(match self.prices_file {
            Some(_) => {
                "List prices in USD, on demand, or negotiated; usage, data transfer and taxes excluded."
            }
            None => "List prices in USD, on demand; usage, data transfer, taxes and discounts excluded.",
        });
        if self.unchanged_not_priced > 0 {
            let _ = write!(text, " {} unchanged resources are not priced.", self.unchanged_not_priced);
        }
        let oldest =
            self.oldest_price.as_ref().map_or_else(String::new, |date| format!(", oldest price {date}"));
        let _ = writeln!(text, " Price book {}{oldest}.", self.book.version);
        text
    }

    fn rows(&self) -> Vec<String> {
        // In the order of the resources; what is free is counted below.
        let mut rows: Vec<(&ResourceCost, u64)> = Vec::new();
        let mut seen = BTreeMap::<(&str, String), usize>::new();
        let mut free: u64 = 0;
        for resource in &self.resources {
            if resource.standing == Standing::Free
                && resource.difference.is_zero()
                && resource.notes.is_empty()
            {
                free += 1;
                continue;
            }
            let key = (resource.code_address.as_str(), format!("{} {}", amount(resource), made_of(resource)));
            match seen.get(&key).and_then(|at| rows.get_mut(*at)) {
                Some((_, count)) => *count += 1,
                None => {
                    seen.insert(key, rows.len());
                    rows.push((resource, 1));
                }
            }
        }
        let by_use = self.usage_after.is_some();
        let mut rows: Vec<String> =
            rows.into_iter().map(|(resource, count)| row(resource, count, by_use)).collect();
        if free > 0 {
            let used = if by_use { " |" } else { "" };
            rows.push(format!("| {free} without a price of their own | $0.00 |{used} free |\n"));
        }
        rows
    }
}

fn row(resource: &ResourceCost, count: u64, by_use: bool) -> String {
    let name = match count {
        1 => code(&resource.address),
        _ => format!("{}<br>{count} instances, each", code(&resource.code_address)),
    };
    let operation = resource.operation.word();
    let used = if by_use { format!(" {} |", used(resource)) } else { String::new() };
    format!("| {name}<br>{operation} | {} |{used} {} |\n", amount(resource), made_of(resource))
}

/// What is expected to be used, as a difference.
fn used(resource: &ResourceCost) -> String {
    let sum = |components: &[Component]| components.iter().map(Component::used).sum::<Money>();
    let known = |components: &[Component]| components.iter().any(|it| !it.used().is_zero());
    if known(&resource.before) || known(&resource.after) {
        (sum(&resource.after) - sum(&resource.before)).signed()
    } else {
        String::new()
    }
}

fn amount(resource: &ResourceCost) -> String {
    match resource.standing {
        Standing::Priced | Standing::Free => resource.difference.signed(),
        Standing::UsageDependent => "by use".to_owned(),
        Standing::NotPriced if resource.difference.is_zero() => "—".to_owned(),
        Standing::NotPriced => format!("{} and more", resource.difference.signed()),
    }
}

fn made_of(resource: &ResourceCost) -> String {
    let components = if resource.after.is_empty() { &resource.before } else { &resource.after };
    let mut parts: Vec<String> = components.iter().map(component).collect();
    parts.extend(resource.notes.iter().cloned());
    parts.join("<br>")
}

fn component(component: &Component) -> String {
    let name = shown(&component.name);
    let rate = component.rate.map(|rate: Money| {
        format!("${rate} per {}", shown(component.unit.as_deref().unwrap_or("unit").trim_end_matches('s')))
    });
    let monthly = component.monthly.unwrap_or_default().shown();
    let label = component.label.as_ref().map_or_else(String::new, |label| format!(", {label}"));
    match &component.status {
        Status::Priced => format!("{name}: {monthly}{label}"),
        Status::Free => "free".to_owned(),
        Status::UsageDependent => match (rate, component.monthly) {
            (Some(rate), Some(_)) => format!("{name}: {rate}, {monthly} expected{label}"),
            (Some(rate), None) => format!("{name}: {rate}{label}"),
            (None, _) => name,
        },
        Status::NotPriced { reason } => format!("{name}: not priced, {reason}"),
        Status::Assumed { .. } => format!("{name}: about {monthly}, not summed"),
        Status::PricedProxy { region } => format!("{name}: {monthly} in {}, not summed", code(region)),
    }
}

/// A name that may come from the plan or a file.
fn shown(name: &str) -> String {
    if name.len() <= LONGEST && name.chars().all(is_ours) { name.to_owned() } else { code(name) }
}

/// Longest name that we give, in bytes.
const LONGEST: usize = 80;

/// Characters of names that we give; others may come from the plan.
fn is_ours(c: char) -> bool {
    c.is_ascii_alphanumeric() || " ,.()-_/".contains(c)
}
