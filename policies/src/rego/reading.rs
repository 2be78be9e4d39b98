//! What is in a file: its rules of conftest's names, what it uses of others, and what it looks at in the plan.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Engine;
use regorus::unstable::{Expr, Import, Module as Parsed, Ref, Rule as ParsedRule, RuleHead};
use serde::{Deserialize, Serialize};

use super::names::{EXCEPTION, Kind};
use super::walk::{self, Node, chain, text};
use super::{Fault, Source};

/// Words that are kept of a file; one with more looks at everything.
const KEPT_WORDS: usize = 2_000;

/// Functions that reach out of the policy, or that are others here.
const REFUSED: [(&str, &str); 5] = [
    ("http.send", "it reaches out to the network"),
    ("net.lookup_ip_addr", "it reaches out to the network"),
    ("opa.runtime", "it reads the server's environment"),
    ("rego.parse_module", "it is not known here"),
    ("net.cidr_expand", "it answers otherwise here than in OPA"),
];

/// Words of version 1.
const WORDS: [&str; 4] = ["if", "contains", "in", "every"];

/// Rego's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// With `if` and `contains`.
    V1,
    /// `deny[msg] { … }`, as before OPA 1.0.
    V0,
}

impl Version {
    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V0 => "v0",
        }
    }
}

/// A rule that conftest would ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where it first stands.
    pub line: u32,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// The version in which it is written.
    pub version: Version,
    /// Its package, such as `main` or `lib.terraform`.
    pub package: String,
    /// Rules of conftest's names, in their order.
    pub rules: Vec<Rule>,
    /// It has rules that let others off.
    pub exceptions: bool,
    /// What it refers to in `data`.
    pub refers: BTreeSet<String>,
    /// What it reads at the top of `input`; an empty name is all of it.
    pub reads: BTreeSet<String>,
    /// Arguments that it reads of what is planned.
    pub arguments: BTreeSet<String>,
    /// It may read others: what is planned is handed on as a whole.
    pub open: bool,
    /// Every field and text that it names; none when they are too many.
    pub words: Option<BTreeSet<String>>,
}

/// Reads a file: version 1, then version 0.
pub(super) fn read(source: &Source) -> Result<Module, Fault> {
    let (version, parsed) = parse(source)?;
    let mut reader = Reader::new(&parsed);
    walk::module(&parsed, &mut |node| reader.see(node));
    if let Some(fault) = reader.refused {
        return Err(fault);
    }
    let mut rules: Vec<Rule> = Vec::new();
    let mut exceptions = false;
    for rule in &parsed.policy {
        let (head, is_function) = walk::head(rule);
        let chain = chain(head);
        let Some(name) = chain.name().filter(|_| !is_function) else { continue };
        exceptions |= name == EXCEPTION;
        if Kind::of(name).is_none() || rules.iter().any(|known| known.name == name) {
            continue;
        }
        check(rule, name, &chain.steps)?;
        rules.push(Rule { name: name.to_owned(), line: rule.span().line });
    }
    let Reader { refers, reads, arguments, open, words, .. } = reader;
    let words = (words.len() <= KEPT_WORDS).then_some(words);
    let package = parsed.package.refr.span().text().to_owned();
    Ok(Module { version, package, rules, exceptions, refers, reads, arguments, open, words })
}

/// The file as the interpreter reads it. Where neither version fits, the one that came further tells why.
pub(super) fn parse(source: &Source) -> Result<(Version, Ref<Parsed>), Fault> {
    let first = match parse_as(source, Version::V1) {
        Ok(module) => return Ok((Version::V1, module)),
        Err(first) => first,
    };
    match parse_as(source, Version::V0) {
        Ok(module) => Ok((Version::V0, module)),
        Err(second) if (second.line, second.column) > (first.line, first.column) => Err(second),
        Err(_) => Err(first),
    }
}

/// The file in one version.
pub(super) fn parse_as(source: &Source, version: Version) -> Result<Ref<Parsed>, Fault> {
    let read = || {
        let mut engine = engine(version);
        engine.add_policy(source.path.clone(), source.text.clone())?;
        let module = engine.get_modules().first().cloned();
        let module = module.ok_or_else(|| anyhow::anyhow!("it is empty"))?;
        // Version 0 takes `if` for the name of a rule where it is not imported, and the rule before it has lost its body.
        let word =
            |rule: &Ref<ParsedRule>| chain(walk::head(rule).0).name().is_some_and(|it| WORDS.contains(&it));
        anyhow::ensure!(!module.policy.iter().any(word), "it mixes the forms of both versions");
        Ok(module)
    };
    let hint = "repair it, as `conftest verify` or `opa check` would ask";
    read().map_err(|error: anyhow::Error| Fault::told(&error, &source.path, hint))
}

/// The name under which a file knows what it imports.
pub(super) fn alias(import: &Import) -> &str {
    let last = import.refr.span().text().rsplit('.').next().unwrap_or_default();
    import.r#as.as_ref().map_or(last, |alias| alias.text())
}

/// An interpreter without policies.
pub(super) fn engine(version: Version) -> Engine {
    let mut engine = Engine::new();
    engine.set_rego_v0(version == Version::V0);
    engine
}

/// A rule whose results could not be read is refused rather than taken to find nothing.
fn check(rule: &ParsedRule, name: &str, steps: &[Option<String>]) -> Result<(), Fault> {
    let place = rule.span();
    let at = |what: String| {
        let hint = format!("write `{name} contains msg if {{ … }}`, or `{name}[msg] {{ … }}`");
        Err(Fault::at(place.line, place.col, what, hint))
    };
    match rule {
        ParsedRule::Spec { head: RuleHead::Compr { assign: None, .. }, bodies, .. } if bodies.is_empty() => {
            at(format!("{name} has no body"))
        }
        // `deny.x` and `deny["x"]` of version 1 are no sets of messages.
        ParsedRule::Spec { head: RuleHead::Compr { .. }, .. } if !steps.is_empty() => {
            at(format!("{name} is no set of messages"))
        }
        ParsedRule::Spec { head: RuleHead::Set { key: None, .. }, .. } => {
            at(format!("{name} is no set of messages"))
        }
        _ => Ok(()),
    }
}

/// Gathers what is met in a file.
struct Reader<'m> {
    /// What names of imports stand for: a path from `input`.
    inputs: BTreeMap<&'m str, Vec<String>>,
    refers: BTreeSet<String>,
    reads: BTreeSet<String>,
    arguments: BTreeSet<String>,
    open: bool,
    words: BTreeSet<String>,
    refused: Option<Fault>,
}

impl<'m> Reader<'m> {
    fn new(module: &'m Parsed) -> Self {
        let mut reader = Self {
            inputs: [("input", Vec::new())].into(),
            refers: BTreeSet::new(),
            reads: BTreeSet::new(),
            arguments: BTreeSet::new(),
            open: false,
            words: BTreeSet::new(),
            refused: None,
        };
        for import in &module.imports {
            let path = chain(&import.refr);
            let steps: Vec<String> = path.known().map(str::to_owned).collect();
            match path.name() {
                Some("data") => drop(reader.refers.insert(steps.join("."))),
                Some("input") => {
                    reader.inputs.insert(alias(import), steps);
                }
                _ => {}
            }
        }
        reader
    }

    fn see(&mut self, node: Node<'_>) {
        let Node::Expr(expr) = node else { return };
        match expr {
            Expr::Call { fcn, params, .. } => {
                let name = fcn.span().text();
                if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
                    let place = expr.span();
                    let what = format!("{name} is not allowed: {why}");
                    let hint = "decide by what is in the plan and in `data.tfpilot`";
                    self.refused.get_or_insert(Fault::at(place.line, place.col, what, hint));
                }
                let function = chain(fcn);
                if function.name() == Some("data") {
                    self.refers.insert(function.known().collect::<Vec<_>>().join("."));
                }
                // `object.get(input, "resource_changes", [])`.
                if let ("object.get", [of, key, ..]) = (name, params.as_slice())
                    && let (Some(mut path), Some(key)) = (self.path_in_input(of), text(key))
                {
                    path.push(key);
                    self.reads.extend(path.into_iter().next());
                }
            }
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => self.reference(expr),
            _ => self.words.extend(text(expr)),
        }
    }

    fn reference(&mut self, expr: &Expr) {
        let chain = chain(expr);
        self.words.extend(chain.steps.iter().flatten().cloned());
        if chain.name() == Some("data") {
            self.refers.insert(chain.known().collect::<Vec<_>>().join("."));
        }
        if let Some(path) = self.path_in_input(expr) {
            self.reads.insert(path.into_iter().next().unwrap_or_default());
        }
        for (at, step) in chain.steps.iter().enumerate() {
            if !matches!(step.as_deref(), Some("after" | "values")) {
                continue;
            }
            match chain.steps.get(at + 1) {
                Some(Some(argument)) => drop(self.arguments.insert(argument.clone())),
                _ => self.open = true,
            }
        }
    }

    /// The path from `input`, as far as it is plain.
    fn path_in_input(&self, expr: &Expr) -> Option<Vec<String>> {
        let chain = chain(expr);
        let mut path = self.inputs.get(chain.name()?)?.clone();
        path.extend(chain.known().map(str::to_owned));
        Some(path)
    }
}
