//! All values an expression can have, for those who must not be deceived.
//!
//! [`super::evaluate`] follows Terraform closely, yet not to the last digit: its numbers are floats, its sets are lists. Code
//! under review could build a condition on such a difference and show a reader one branch while Terraform takes the other.
//! So here nothing is decided: conditions take both branches, indexes any element, `try` any argument, and what is not exact
//! is unknown. What comes out contains every value Terraform could compute, or says that it cannot tell.

use super::{BUDGET, Fault, Outcome, Run, Scope};
use crate::{Expression, Value};
use std::cell::{Cell, RefCell};

/// Most combinations of choices that are followed for one expression.
const COMBINATIONS_CAP: usize = 64;

/// Largest whole number that floats hold exactly.
const EXACT: i64 = 1 << 53;

/// The choices of one combination: which was taken, of how many.
#[derive(Debug, Default)]
pub(super) struct Choices {
    taken: Vec<(usize, usize)>,
    next: usize,
}

/// What a strict evaluation keeps.
#[derive(Debug, Default)]
pub(super) struct Strict {
    choices: RefCell<Choices>,
    /// Whether a list may hold more or other elements than Terraform's, so that nothing may depend on their number.
    loose: Cell<bool>,
}

/// Every value an expression can have; [`Value::Unknown`] among them stands for any other.
pub fn possible(expr: &Expression, scope: &Scope<'_>, bound: &[(String, Value)]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    let mut choices = Choices::default();
    for _ in 0..COMBINATIONS_CAP {
        let budget = scope.files.map_or(BUDGET, |files| BUDGET.min(files.fuel.0.get()));
        let strict = Strict { choices: RefCell::new(choices), loose: Cell::new(false) };
        let run = Run::new(*scope, budget, bound, Some(strict));
        let value = run.eval(expr).unwrap_or(Value::Unknown);
        if let Some(files) = scope.files {
            files.fuel.spend(budget - run.left.get());
        }
        if value == Value::Unknown {
            return vec![Value::Unknown];
        }
        if !values.contains(&value) {
            values.push(value);
        }
        choices = run.strict.map(|strict| strict.choices.into_inner()).unwrap_or_default();
        if !choices.advance() {
            return values;
        }
    }
    vec![Value::Unknown]
}

/// The one value an expression can have, else unknown.
pub fn certain(expr: &Expression, scope: &Scope<'_>, bound: &[(String, Value)]) -> Value {
    let mut values = possible(expr, scope, bound);
    match values.pop() {
        Some(value) if values.is_empty() => value,
        _ => Value::Unknown,
    }
}

impl Choices {
    fn choose(&mut self, among: usize) -> usize {
        let at = self.next;
        self.next += 1;
        match self.taken.get(at) {
            Some((taken, _)) => *taken,
            None => {
                self.taken.push((0, among));
                0
            }
        }
    }

    /// Goes to the next combination; false when this was the last one.
    fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some((taken, among)) = self.taken.pop() {
            if taken + 1 < among {
                self.taken.push((taken + 1, among));
                return true;
            }
        }
        false
    }
}

impl Run<'_> {
    /// Whether nothing may be decided here.
    pub(super) fn is_strict(&self) -> bool {
        self.strict.is_some()
    }

    /// One of several, every one in turn; none when nothing is to choose.
    pub(super) fn choose(&self, among: usize) -> Option<usize> {
        let strict = self.strict.as_ref().filter(|_| among > 0)?;
        Some(strict.choices.borrow_mut().choose(among))
    }

    /// Notes that a list may hold more than Terraform's.
    pub(super) fn loosen(&self) {
        if let Some(strict) = &self.strict {
            strict.loose.set(true);
        }
    }

    /// Whether a list may hold more than Terraform's.
    pub(super) fn is_loose(&self) -> bool {
        self.strict.as_ref().is_some_and(|strict| strict.loose.get())
    }

    /// Any element of a collection.
    pub(super) fn any_element(&self, value: Value) -> Outcome {
        let items = match value {
            Value::List(items) => items,
            Value::Object(entries) => entries.into_values().collect(),
            _ => return Err(Fault),
        };
        let chosen = self.choose(items.len()).ok_or(Fault)?;
        items.into_iter().nth(chosen).ok_or(Fault)
    }

    /// A function's value, for the functions whose value is exact.
    pub(super) fn exact_function(&self, name: &str, args: &[Value]) -> Option<Outcome> {
        let texts = |value: &Value| match value {
            // Terraform normalises letters with marks, which can make two texts one.
            Value::List(items) => items.iter().all(|item| item.as_str().is_some_and(str::is_ascii)),
            Value::Object(entries) => entries.keys().all(|key| key.is_ascii()),
            _ => false,
        };
        let exact = match name {
            "lower" | "upper" | "trimspace" | "chomp" | "trim" | "trimprefix" | "trimsuffix" | "replace"
            | "split" | "format" | "basename" | "dirname" | "tostring" | "nonsensitive" | "tolist"
            | "tomap" | "concat" | "merge" | "keys" | "values" | "compact" | "sort" | "reverse"
            | "flatten" => true,
            // How often a text is repeated must not depend on a list that is not exact.
            "join" => !self.is_loose(),
            "toset" | "distinct" | "setunion" | "setintersection" | "setsubtract" => args.iter().all(texts),
            "range" => args.iter().all(whole),
            "fileset" => {
                // While Terraform runs, there are more files than in the tree.
                self.loosen();
                true
            }
            "lookup" => {
                let (Some(map), otherwise) = (args.first(), args.get(2)) else { return Some(Err(Fault)) };
                let Value::Object(entries) = map else { return Some(Ok(Value::Unknown)) };
                let values: Vec<_> = entries.values().chain(otherwise).cloned().collect();
                return Some(self.any_element(Value::List(values)));
            }
            "element" | "one" => {
                return Some(args.first().cloned().map_or(Err(Fault), |list| self.any_element(list)));
            }
            "coalesce" | "coalescelist" => return Some(self.any_element(Value::List(args.to_vec()))),
            _ => false,
        };
        let regular = name == "replace"
            && args.get(1).and_then(Value::as_str).is_some_and(|from| from.starts_with('/'));
        (!exact || regular).then_some(Ok(Value::Unknown))
    }
}

/// A whole number that floats hold exactly.
pub(super) fn whole(value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.as_i64().is_some_and(|number| number.abs() < EXACT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    #[track_caller]
    fn check(text: &str, expected: &[Json]) {
        let values = possible(&text.parse().expect("HCL"), &Scope::empty(), &[]);
        let values: Vec<_> =
            values.iter().map(|value| value.to_json().unwrap_or_else(|| json!("unknown"))).collect();
        assert_eq!(values, expected, "{text}");
    }

    #[test]
    fn nothing_is_decided() {
        check("0.1 + 0.2 == 0.3 ? \"a\" : \"b\"", &[json!("a"), json!("b")]);
        check("try(trimspace(\"a\", 1), \"b\")", &[json!("a"), json!("b")]);
        check("[\"a\", \"b\"][9007199254740993 - 9007199254740992]", &[json!("a"), json!("b")]);
        check("{ x = \"a\", y = \"b\" }[\"x\"]", &[json!("a"), json!("b")]);
        check("{ x = \"a\", y = \"b\" }.x", &[json!("a")]);
        check("element([\"a\", \"b\"], 0)", &[json!("a"), json!("b")]);
        check("lookup({ x = \"a\" }, \"x\", \"b\")", &[json!("a"), json!("b")]);
        check("coalesce(\"a\", \"b\")", &[json!("a"), json!("b")]);
        check("\"%{ if true }a%{ else }b%{ endif }\"", &[json!("a"), json!("b")]);
        check(
            "\"${true ? \"a\" : \"b\"}${true ? \"c\" : \"d\"}\"",
            &[json!("ac"), json!("ad"), json!("bc"), json!("bd")],
        );
        check("[for x in [\"a\", \"b\"] : x if x == \"a\"]", &[json!(["a", "b"])]);
    }

    #[test]
    fn what_is_exact_is_followed() {
        check("join(\"/\", [\"a\", \"b\"])", &[json!("a/b")]);
        check("\"disk${1 + 2}.json\"", &[json!("disk3.json")]);
        check("[for k in keys({ b = 1, a = 2 }) : \"${k}.json\"]", &[json!(["a.json", "b.json"])]);
        check("toset([\"b\", \"a\", \"b\"])", &[json!(["a", "b"])]);
        check("format(\"%s-%02d\", \"a\", 1)", &[json!("a-01")]);
        check("\"%{ for x in [1, 2] }a%{ endfor }\"", &[json!("aa")]);
    }

    #[test]
    fn what_is_not_exact_is_unknown() {
        for text in [
            "0.1 + 0.2",
            "9007199254740993 + 1",
            "7 / 2",
            "length([1])",
            "1 == 1",
            "can(1)",
            "substr(\"a\", 0, 1)",
            "regex(\"a\", \"a\")",
            "jsondecode(\"{}\")",
            "toset([0.1, 0.10])",
            "toset([\"é\"])",
            "zipmap([\"a\"], [1])",
            "replace(\"a\", \"/a/\", \"b\")",
            "\"a ${~ 1 }\"",
            "<<-E\n  a\n  E",
            "join(\"\", [for x in [\"a\"] : x if true])",
            "\"%{ for x in [for y in [1] : y if true] }a%{ endfor }\"",
            "{ (0.1 + 0.2) = 1 }",
        ] {
            check(text, &[json!("unknown")]);
        }
        let many = format!("[{}]", ["true ? 1 : 2"; 7].join(", "));
        check(&many, &[json!("unknown")]);
    }
}
