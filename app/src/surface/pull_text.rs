//! The text of a request's pull request: a template with placeholders, the shipped one or the repository's own. What is put
//! in is escaped, so that nobody's words become links, mentions or markup.

use tfpilot_engine::{Edit, EditKind, Facts, Upgrade};

use super::TEXT_LIMIT;
use super::call::mention;
use super::commit::{input_table, names};
use super::escape::{code, prose};
use crate::config::suggest::nearest;

/// The text where the repository has none of its own.
const SHIPPED: &str = "{verb} {module} {name} {place} {environment} for {requester}. Closes {request}\n\n{inputs}\nChange the request, not block `tfpilot {block}`.\n";

/// Bytes of a template.
pub const TEMPLATE_LIMIT: usize = 16 * 1024;

/// Differences that are told of one module.
const MOST_DIFFERENCES: usize = 40;

/// What a template may hold.
const PLACEHOLDERS: [&str; 12] = [
    "title",
    "verb",
    "module",
    "name",
    "place",
    "environment",
    "stack",
    "requester",
    "request",
    "number",
    "block",
    "inputs",
];

/// Words before an issue's number that make GitHub close it with the merge.
const CLOSING: [&str; 9] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// Line, from 1; 0 when the whole template is meant.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub hint: String,
}

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Placeholder(&'t str),
}

/// Everything that keeps a template from being used.
pub fn check_pull_template(template: &str) -> Vec<TemplateProblem> {
    if template.len() > TEMPLATE_LIMIT {
        let what = format!("is longer than {} KiB", TEMPLATE_LIMIT / 1024);
        return vec![TemplateProblem { line: 0, column: 0, what, hint: "shorten it".to_owned() }];
    }
    let mut problems = Vec::new();
    let mut tables = 0;
    for (at, piece) in pieces(template) {
        let Piece::Placeholder(name) = piece else { continue };
        let mut tell = |what: String, hint: String| {
            let (line, column) = place(template, at);
            problems.push(TemplateProblem { line, column, what, hint });
        };
        if !PLACEHOLDERS.contains(&name) {
            let hint = match nearest(name, PLACEHOLDERS) {
                Some(known) => format!("write {{{known}}}"),
                None => format!(
                    "known are {}; {{{{{name}}}}} writes the braces themselves",
                    PLACEHOLDERS.join(", ")
                ),
            };
            tell(format!("unknown placeholder {{{name}}}"), hint);
        }
        tables += usize::from(name == "inputs");
        if name == "inputs" && tables > 1 {
            tell("{inputs} stands there already".to_owned(), "keep one of them".to_owned());
        }
    }
    problems
}

/// The pull request's text: what it adds or changes, for whom, and which issue it closes. A template of the repository's own that does not
/// say that it closes the issue gets a line that does: GitHub closes issues by it.
pub fn pull_body(facts: &Facts, module_title: &str, template: Option<&str>) -> Option<String> {
    let shipped = || filled(facts, module_title, SHIPPED);
    let Some(template) = template else { return shipped() };
    let mut text = filled(facts, module_title, template)?;
    if !closes(template) {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        text.push_str(&format!("{end}\nCloses #{}\n", facts.request.as_ref()?.issue));
    }
    if text.len() > TEXT_LIMIT { shipped() } else { Some(text) }
}

fn filled(facts: &Facts, module_title: &str, template: &str) -> Option<String> {
    let (request, change) = (facts.request.as_ref()?, facts.change.as_ref()?);
    let names = names(&request.draft)?;
    let environment = &request.draft.environment.as_ref()?.value;
    let edits = request.draft.edits.as_ref();
    let (verb, place) = match edits.map(|edit| edit.kind) {
        None if request.draft.import.is_some() => ("Imports", "into"),
        None if request.draft.promoted_from.is_some() => ("Promotes", "to"),
        None => ("Adds", "to"),
        Some(EditKind::Change) => ("Changes", "in"),
        Some(EditKind::Remove | EditKind::RemovePart) => ("Removes", "from"),
        Some(EditKind::Upgrade) => ("Upgrades", "in"),
    };
    let value = |placeholder: &str| match placeholder {
        "title" => prose(&change.title),
        "verb" => verb.to_owned(),
        "module" => prose(module_title),
        "name" => names.clone(),
        "place" => place.to_owned(),
        "environment" => code(environment.as_str()),
        "stack" => code(change.stack.as_str()),
        "requester" => mention(&request.by),
        "request" => format!("#{}", request.issue),
        "number" => request.issue.to_string(),
        "block" => edits.map_or(request.issue, |edit| edit.request).to_string(),
        "inputs" => format!("{}{}", upgrades(edits), input_table(&request.draft)),
        // A template with such is not in force.
        other => format!("{{{other}}}"),
    };
    let text = pieces(template).into_iter().map(|(_, piece)| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Placeholder(name) => value(name),
    });
    Some(text.collect())
}

/// What the new versions of a stack's modules do otherwise.
fn upgrades(edit: Option<&Edit>) -> String {
    let told = |upgrade: &Upgrade| {
        let head = format!("{} {} → {}", code(&upgrade.module), prose(&upgrade.from), prose(&upgrade.to));
        let (shown, more) = upgrade.differences.split_at(MOST_DIFFERENCES.min(upgrade.differences.len()));
        let mut lines: Vec<String> = shown.iter().map(|it| format!("- {}\n", prose(it))).collect();
        if !more.is_empty() {
            lines.push(format!("- and {} more\n", more.len()));
        }
        if lines.is_empty() {
            lines.push(
                "- the same inputs, outputs and resources; the plan tells what changes inside\n".to_owned(),
            );
        }
        format!("{head}\n{}\n", lines.concat())
    };
    edit.map(|edit| edit.upgrades.iter().map(told).collect()).unwrap_or_default()
}

/// Whether a template closes the issue in GitHub's words.
fn closes(template: &str) -> bool {
    let mut before = "";
    pieces(template).into_iter().any(|(_, piece)| match piece {
        Piece::Text(text) => {
            before = text;
            false
        }
        Piece::Placeholder("request") => {
            let said = before.trim_end().trim_end_matches(':').to_ascii_lowercase();
            let word = said.rsplit(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
            before = "";
            CLOSING.contains(&word)
        }
        Piece::Placeholder(_) => {
            before = "";
            false
        }
    })
}

/// The pieces of a template, each with its place in it: `{word}` is a placeholder, `{{word}}` is the text `{word}`, and any
/// other brace is a brace.
fn pieces(template: &str) -> Vec<(usize, Piece<'_>)> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    let piece = |from: usize, to: usize| (from, Piece::Text(template.get(from..to).unwrap_or_default()));
    while let Some(brace) = template.get(at..).and_then(|rest| rest.find('{')).map(|found| at + found) {
        let rest = template.get(brace + 1..).unwrap_or_default();
        let doubled = rest.strip_prefix('{').and_then(word);
        if let Some(name) =
            doubled.filter(|name| rest.get(name.len() + 1..).is_some_and(|rest| rest.starts_with("}}")))
        {
            pieces.push(piece(start, brace));
            pieces.push(piece(brace + 1, brace + 3 + name.len()));
            at = brace + 4 + name.len();
            start = at;
        } else if let Some(name) =
            word(rest).filter(|name| rest.get(name.len()..).is_some_and(|rest| rest.starts_with('}')))
        {
            pieces.push(piece(start, brace));
            pieces.push((brace, Piece::Placeholder(name)));
            at = brace + 2 + name.len();
            start = at;
        } else {
            at = brace + 1;
        }
    }
    pieces.push(piece(start, template.len()));
    pieces.retain(|(_, piece)| *piece != Piece::Text(""));
    pieces
}

/// The lower case letters and underscores that a text begins with.
fn word(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_')).unwrap_or(text.len());
    text.get(..end).filter(|word| !word.is_empty())
}

/// Line and column of a place.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn problems(template: &str) -> Vec<String> {
        let told = check_pull_template(template).into_iter();
        told.map(|it| format!("{}:{} {} | {}", it.line, it.column, it.what, it.hint)).collect()
    }

    #[test]
    fn the_shipped_text_is_a_template_like_any_other() {
        assert_eq!(problems(SHIPPED), Vec::<String>::new());
        assert!(closes(SHIPPED));
    }

    #[test]
    fn what_is_no_placeholder_is_told_with_its_place() {
        assert_eq!(
            problems("# {title}\n\nBy {requestor}: {foo} {inputs}\n{inputs}"),
            [
                "3:4 unknown placeholder {requestor} | write {requester}",
                "3:17 unknown placeholder {foo} | known are title, verb, module, name, place, environment, stack, requester, request, number, block, inputs; {{foo}} writes the braces themselves",
                "4:1 {inputs} stands there already | keep one of them",
            ]
        );
        assert_eq!(problems(&"x".repeat(TEMPLATE_LIMIT + 1)), ["0:0 is longer than 16 KiB | shorten it"]);
        assert_eq!(problems("{ } {} {A} ${{ x }} {\"a\": {}} {"), Vec::<String>::new());
    }

    #[test]
    fn braces_that_are_no_placeholders_stay() {
        let text = |template| -> String {
            let pieces = pieces(template).into_iter();
            pieces
                .map(|(_, piece)| match piece {
                    Piece::Text(text) => text.to_owned(),
                    Piece::Placeholder(name) => format!("<{name}>"),
                })
                .collect()
        };
        assert_eq!(
            text("a {name} {{name}} {{name} {} { {x {é} {name"),
            "a <name> {name} {<name> {} { {x {é} {name"
        );
    }

    #[test]
    fn githubs_words_before_the_issue_close_it() {
        for (template, said) in [
            ("Fixes: {request}", true),
            ("Resolves {request}", true),
            ("See {request}", false),
            ("Closes the gap. {request}", false),
            ("Closes {title} {request}", false),
            ("{title}", false),
        ] {
            assert_eq!(closes(template), said, "{template}");
        }
    }
}
