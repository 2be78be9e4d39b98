//! Asks the rules of a file, with the files that it uses.

use regorus::unstable::{Module, Ref};
use regorus::{Engine, Value};

use super::found::{self, Answered};
use super::names::{EXCEPTION, Kind, excepted};
use super::reading::{self, Version};
use super::walk::{self, chain};
use super::{Asking, Fault, Source, negation};

/// What to do when an answer is none.
const HINT: &str = "repair the policy; nothing is applied before";

/// How often arguments of negations are taken out: as deep as they may be nested.
const LAYERS: usize = 32;

/// Asks every rule; one that cannot be asked makes all of the file unknown.
pub(super) fn ask(asking: &Asking) -> Result<Vec<Answered>, Fault> {
    let path = &asking.policy.path;
    let told = |error: &anyhow::Error| Fault::told(error, path, HINT);
    let mut engine = reading::engine(Version::V1);
    engine.set_strict_builtin_errors(true);
    let mut has_exceptions = add(&mut engine, &asking.policy, false)?;
    for library in &asking.libraries {
        let of = |fault: Fault| match fault.path.is_empty() {
            true => Fault { path: library.source.path.clone(), ..fault },
            false => fault,
        };
        has_exceptions |=
            add(&mut engine, &library.source, library.same_package).map_err(of)? && library.same_package;
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
fn add(engine: &mut Engine, source: &Source, only_helpers: bool) -> Result<bool, Fault> {
    let (version, module) = reading::parse(source)?;
    let mut text = if only_helpers { helpers(&module, &source.text) } else { source.text.clone() };
    let mut taken = 0;
    for _ in 0..LAYERS {
        let module = reading::parse_as(&Source { path: source.path.clone(), text: text.clone() }, version)?;
        match negation::hoisted(&module, &text, &mut taken) {
            Some(next) => text = next,
            None => {
                engine.set_rego_v0(version == Version::V0);
                let added = engine.add_policy(source.path.clone(), text);
                added.map_err(|error| Fault::told(&error, &source.path, HINT))?;
                let is_exception = |rule: &Ref<_>| chain(walk::head(rule).0).name() == Some(EXCEPTION);
                return Ok(module.policy.iter().any(is_exception));
            }
        }
    }
    let what = "its `not` is nested too deep to be asked as OPA would";
    Err(Fault::whole(what, "give what is handed to functions inside of `not` a name before it"))
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
