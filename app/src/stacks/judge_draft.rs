//! The rules on a request before there is a plan: they are asked of the files that would be committed. What they refuse is
//! traced to the input that puts it right, and a value is only offered when the rules let it pass.

use jiff::civil::Date;
use tfpilot_engine::{Draft, DraftFinding, Reading, Request, Resource, StackPath};
use tfpilot_hcl::{Graph, Mode, Stack, Tree, TreePath};
use tfpilot_modules::render::Alike;
use tfpilot_modules::{Call, Catalog, Module, RenderedFile, call_names};
use tfpilot_policies::{Code, Finding, Truth, judge_draft};
use tracing::warn;

use crate::config::RepositoryConfig;
use crate::config::repository::shipped;
use crate::requests;
use crate::stacks::judge::{self, context};
use crate::stacks::render_request;

/// The part of a request that names a thing.
const NAME: &str = "name";

/// The part that says where all of it goes.
const ENVIRONMENT: &str = "environment";

/// Findings kept with the request.
const KEPT_FINDINGS: usize = 20;

/// A request that is judged, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) config: &'a RepositoryConfig,
    pub(crate) request: &'a Request,
    pub(crate) stack: &'a StackPath,
    /// The day until which exemptions count.
    pub(crate) today: Date,
}

/// What the rules find in a rendered request, worst first. What only the plan can tell is left to it. The files have
/// alike things apart, so that a finding is one thing's.
pub(crate) fn judge_request(asking: Asking<'_>, files: &[RenderedFile]) -> Vec<DraftFinding> {
    let Asking { catalog, request, .. } = asking;
    let calls = calls(&request.draft, catalog);
    let names = call_names(&calls);
    let found = findings(asking, files).into_iter().take(KEPT_FINDINGS);
    found
        .map(|finding| {
            let at = thing_of(&finding.address, &names);
            let input = at.and_then(|at| input_of(&finding, calls.get(at)?.module));
            let value = match (input.as_deref(), at) {
                (Some(NAME), Some(at)) => better_name(asking, at, &finding.rule),
                _ => None,
            };
            let input = input.map(|input| match at.and_then(|at| request.draft.handle(at)) {
                // The environment is that of all things.
                Some(thing) if input != ENVIRONMENT => format!("{thing}.{input}"),
                _ => input,
            });
            DraftFinding { finding: judge::finding(&finding), input, value }
        })
        .collect()
}

/// The things of a draft as they are rendered; none when one of them is not known any more.
fn calls<'c>(draft: &Draft, catalog: &'c Catalog) -> Vec<Call<'c>> {
    let call = |thing: &Resource| Some(requests::call(thing, catalog.find(thing.module.as_deref()?)?));
    draft.resources.iter().map(call).collect::<Option<_>>().unwrap_or_default()
}

/// The thing that an address belongs to: what is in no module call is told of the first.
fn thing_of(address: &str, names: &[String]) -> Option<usize> {
    let call = address.strip_prefix("module.").and_then(|rest| rest.split(['.', '[']).next());
    let named = call.and_then(|call| names.iter().position(|name| name == call));
    named.or_else(|| (!names.is_empty()).then_some(0))
}

/// The rules' findings. Files that cannot be read as a stack are the plan's to refuse.
fn findings(asking: Asking<'_>, files: &[RenderedFile]) -> Vec<Finding> {
    let Asking { config, stack, today, .. } = asking;
    let mut tree = Tree::new();
    for file in files {
        if let Ok(path) = TreePath::parse(&file.path) {
            tree.insert_loaded(path, Mode::File, "rendered", file.content.as_bytes());
        }
    }
    let graph = Stack::new(stack.as_str()).ok().map(|root| Graph::load(&tree, &root, None));
    let Some(Ok(graph)) = graph else {
        warn!(%stack, "what was rendered cannot be read to judge it before its plan");
        return Vec::new();
    };
    let rules = shipped::rule_set(&config.policies);
    let code = Code { graph: &graph, tree: &tree };
    let report = judge_draft(code, &rules, &context(config, &config.rules(), stack, today));
    report.findings.into_iter().filter(|finding| finding.truth == Truth::False).collect()
}

/// The input that a finding is about: the name, the environment that gives the region, or the one named like the argument.
fn input_of(finding: &Finding, module: &Module) -> Option<String> {
    let argument = finding.attribute.as_deref()?.split(['.', '[']).next()?;
    match finding.rule.as_str() {
        "naming" => Some(NAME.to_owned()),
        "allowed-regions" => Some(ENVIRONMENT.to_owned()),
        _ => module.variable(argument).map(|_| argument.to_owned()),
    }
}

/// A name like the one that was asked for, under which the rule finds nothing.
fn better_name(asking: Asking<'_>, at: usize, rule: &str) -> Option<String> {
    let Asking { catalog, config, request, .. } = asking;
    let naming = config.policies.rules.naming.as_ref()?;
    let name = &request.draft.resources.get(at)?.name.as_ref()?.value;
    let key = request.draft.handle(at).map_or_else(|| NAME.to_owned(), |thing| format!("{thing}.{NAME}"));
    candidates(name, &naming.pattern).into_iter().find(|candidate| {
        let pairs = [(key.clone(), candidate.clone())];
        let reading = requests::set(&request.draft, &pairs, catalog, config);
        let Reading::Complete { draft } = reading else { return false };
        let renamed = Request { draft, ..request.clone() };
        passes(Asking { request: &renamed, ..asking }, at, rule)
    })
}

fn passes(renamed: Asking<'_>, at: usize, rule: &str) -> bool {
    let Asking { catalog, config, request, stack, .. } = renamed;
    let names = call_names(&calls(&request.draft, catalog));
    let against = |finding: &Finding| {
        finding.rule == rule && thing_of(&finding.address, &names).is_none_or(|thing| thing == at)
    };
    let files = render_request(request, stack, catalog, config, None, Alike::Apart);
    files.is_ok_and(|files| !findings(renamed, &files).iter().any(against))
}

/// The name in the usual letters, and the same with what every name of the pattern begins with.
fn candidates(name: &str, pattern: &str) -> Vec<String> {
    let plain = name.trim().to_ascii_lowercase().replace(['_', ' ', '.'], "-");
    let start = literal_start(pattern);
    let begun = format!("{start}{plain}");
    if start.is_empty() || plain.starts_with(&start) { vec![plain] } else { vec![plain, begun] }
}

/// The letters, digits, hyphens and underscores that a pattern begins with, as far as all that matches begins with them.
fn literal_start(pattern: &str) -> String {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut start: String = pattern.chars().take_while(is_plain).collect();
    let next = pattern.chars().nth(start.chars().count());
    if matches!(next, Some('?' | '*' | '+' | '{')) {
        start.pop();
    }
    if pattern.contains('|') { String::new() } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_says_how_all_its_names_begin() {
        for (pattern, start) in [
            ("^acme-[a-z0-9-]+$", "acme-"),
            ("acme-.*", "acme-"),
            ("ab?c", "a"),
            ("acme-.*|legacy", ""),
            ("[a-z]+", ""),
            ("(acme|old)-x", ""),
            ("", ""),
        ] {
            assert_eq!(literal_start(pattern), start, "{pattern}");
        }
    }

    #[test]
    fn an_address_belongs_to_the_thing_of_its_call() {
        let names = ["sns_topic", "sqs_queue_a", "sqs_queue_b"].map(str::to_owned);
        for (address, thing) in [
            ("module.sns_topic.aws_sns_topic.this", 0),
            ("module.sqs_queue_b.aws_sqs_queue.dead[0]", 2),
            ("module.sqs_queue_a[\"x\"].module.b.aws_sqs_queue.this", 1),
            ("aws_sqs_queue.this", 0),
        ] {
            assert_eq!(thing_of(address, &names), Some(thing), "{address}");
        }
        assert_eq!(thing_of("module.sns_topic.aws_sns_topic.this", &[]), None);
    }

    #[test]
    fn names_are_offered_in_the_usual_letters_first() {
        assert_eq!(candidates("Acme_Inv", "^acme-.+$"), ["acme-inv"]);
        assert_eq!(candidates("invoices", "^acme-.+$"), ["invoices", "acme-invoices"]);
    }
}
