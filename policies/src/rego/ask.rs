//! Asks the rules of a file, with the files that it uses.

use std::collections::BTreeSet;

use regorus::unstable::{Expr, Module, Ref};
use regorus::{Engine, Value};

use super::found::{self, Answered};
use super::names::{EXCEPTION, Kind, excepted};
use super::negation::Scope;
use super::reading::{self, Version};
use super::walk::{self, chain};
use super::{Asking, Fault, Source, heads, negation};

/// What to do when an answer is none.
const HINT: &str = "repair the policy; nothing is applied before";

/// How often arguments of negations are taken out: as deep as they may be nested.
const LAYERS: usize = 32;

/// What a file imports to have OPA's newer `not`, see OPA's issue 8387.
const WHOLE_NOT: &str = "future.keywords.not";

/// A file with what the interpreter made of it.
struct File<'a> {
    source: &'a Source,
    version: Version,
    module: Ref<Module>,
    only_helpers: bool,
}

fn file(source: &Source, only_helpers: bool) -> Result<File<'_>, Fault> {
    let (version, module) = reading::parse(source)?;
    Ok(File { source, version, module, only_helpers })
}

/// A fault with the file that it is in.
fn in_library(fault: Fault, source: &Source) -> Fault {
    if fault.path.is_empty() { Fault { path: source.path.clone(), ..fault } } else { fault }
}

/// Asks every rule; one that cannot be asked makes all of the file unknown.
pub(super) fn ask(asking: &Asking) -> Result<Vec<Answered>, Fault> {
    let path = &asking.policy.path;
    let told = |error: &anyhow::Error| Fault::told(error, path, HINT);
    let mut engine = reading::engine(Version::V1);
    engine.set_strict_builtin_errors(true);
    let mut files = vec![file(&asking.policy, false)?];
    for library in &asking.libraries {
        let of = |fault: Fault| in_library(fault, &library.source);
        files.push(file(&library.source, library.same_package).map_err(of)?);
    }
    let mut rules: BTreeSet<String> =
        files.iter().flat_map(|file| names(&file.module)).map(str::to_owned).collect();
    rules.extend(files.iter().flat_map(|file| &file.module.imports).map(reading::alias).map(str::to_owned));
    let mut has_exceptions = false;
    for (at, file) in files.iter().enumerate() {
        let of = |fault: Fault| if at == 0 { fault } else { in_library(fault, file.source) };
        has_exceptions |= add(&mut engine, file, &rules).map_err(of)? && (at == 0 || file.only_helpers);
    }
    let json = |value: &serde_json::Value| Value::from_json_str(&value.to_string());
    engine.add_data(json(&asking.data).map_err(|error| told(&error))?).map_err(|error| told(&error))?;
    engine.set_input(json(&asking.shape.input(&asking.plan)).map_err(|error| told(&error))?);
    let mut value = |rule: &str| {
        let value =
            engine.eval_rule(format!("data.{}.{rule}", asking.package)).map_err(|error| told(&error))?;
        if value == Value::Undefined {
            return Ok(None);
        }
        let read = serde_json::to_value(&value).map_err(|error| Fault::whole(error.to_string(), HINT));
        read.map(Some)
    };
    let exceptions = if has_exceptions { value(EXCEPTION)? } else { None };
    let excepts = |rule: &str| {
        let lists = exceptions.as_ref().and_then(|it| it.as_array()).into_iter().flatten();
        let mut names = lists.filter_map(|list| list.as_array()).flatten();
        names.any(|name| name.as_str() == Some(excepted(rule)))
    };
    let mut answers = Vec::new();
    for rule in &asking.rules {
        let found = found::read(rule, value(rule)?)?;
        answers.push(Answered { excepted: excepts(rule), ..found });
    }
    Ok(answers)
}

/// Adds a file, and says whether it has exceptions. Of a file of the same package only helpers and exceptions are taken: its own
/// rules are asked as its own.
fn add(engine: &mut Engine, file: &File<'_>, rules: &BTreeSet<String>) -> Result<bool, Fault> {
    let File { source, version, module, only_helpers } = file;
    let text = if *only_helpers { helpers(module, &source.text) } else { source.text.clone() };
    let parse = |text: &str| {
        reading::parse_as(&Source { path: source.path.clone(), text: text.to_owned() }, *version)
    };
    let as_opa = || {
        let what = "its rules are nested or written in a way that cannot be asked as OPA would";
        Fault::whole(what, "give what stands in heads of rules and inside of `not` a name in the body")
    };
    let mut taken = 0;
    let mut text = heads::lowered(&*parse(&text)?, &text, &mut taken).ok_or_else(as_opa)?;
    // With this import `not` is about all that stands in it, as the interpreter has it anyway.
    let is_whole = module.imports.iter().any(|import| import.refr.span().text() == WHOLE_NOT);
    let scope = Scope { rules };
    for _ in 0..LAYERS {
        let rest =
            if is_whole { None } else { negation::hoisted(&*parse(&text)?, &text, &scope, &mut taken) };
        match rest {
            Some(next) => text = next,
            None => {
                engine.set_rego_v0(*version == Version::V0);
                let added = engine.add_policy(source.path.clone(), text);
                added.map_err(|error| Fault::told(&error, &source.path, HINT))?;
                return Ok(names(module).any(|name| name == EXCEPTION));
            }
        }
    }
    Err(as_opa())
}

/// The names of a file's rules.
fn names(module: &Module) -> impl Iterator<Item = &str> {
    module.policy.iter().filter_map(|rule| match chain(walk::head(rule).0).root {
        Expr::Var { span, .. } => Some(span.text()),
        _ => None,
    })
}

/// The file without its rules of conftest's names; lines stay where they are.
fn helpers(module: &Module, text: &str) -> String {
    let mut kept = text.as_bytes().to_vec();
    for rule in &module.policy {
        let is_asked = chain(walk::head(rule).0).name().is_some_and(|name| Kind::of(name).is_some());
        let span = rule.span();
        if is_asked && let Some(bytes) = kept.get_mut(negation::range(text, span.start, span.end)) {
            bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
    }
    String::from_utf8(kept).unwrap_or_default()
}
