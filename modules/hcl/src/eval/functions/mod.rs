//! Terraform's functions that depend on their arguments alone: the table of contents. What is not here is unknown.

mod collections;
mod network;
mod numbers;
mod pattern;
mod text;

use super::{Fault, Outcome, Run, operators};
use crate::Value;
use hcl_edit::expr::FuncCall;

impl Run<'_> {
    pub(super) fn call(&self, call: &FuncCall) -> Outcome {
        let name = call.name.name.value().as_str();
        if call.name.is_namespaced()
            && call.name.namespace.first().map(|part| part.value().as_str()) != Some("core")
        {
            return Ok(Value::Unknown);
        }
        match name {
            "can" if self.is_strict() => return Ok(Value::Unknown),
            "can" => return self.can(call),
            "try" => return self.first_that_works(call),
            _ => {}
        }
        let mut args = call.args.iter().map(|argument| self.eval(argument)).collect::<Result<Vec<_>, _>>()?;
        if call.args.expand_final() {
            match args.pop() {
                Some(Value::List(items)) => args.extend(items),
                Some(Value::Unknown) => return Ok(Value::Unknown),
                _ => return Err(Fault),
            }
        }
        if self.is_strict()
            && let Some(outcome) = self.exact_function(name, &args)
        {
            return outcome;
        }
        let size = args.iter().map(super::weight).sum::<usize>();
        if !self.spend(size) {
            return Ok(Value::Unknown);
        }
        match self.scope.files {
            Some(files) if args.iter().all(Value::is_known) => match files.apply(name, &args) {
                Some(value) => Ok(if self.spend(super::weight(&value)) { value } else { Value::Unknown }),
                None => apply(name, &args),
            },
            _ => apply(name, &args),
        }
    }

    /// Whether the argument can be computed. An unknown cannot tell.
    fn can(&self, call: &FuncCall) -> Outcome {
        let Some(argument) = call.args.get(0) else { return Err(Fault) };
        Ok(match self.eval(argument) {
            Err(Fault) => Value::Bool(false),
            Ok(value) if value.is_known() => Value::Bool(true),
            Ok(_) => Value::Unknown,
        })
    }

    fn first_that_works(&self, call: &FuncCall) -> Outcome {
        if let Some(chosen) = self.choose(call.args.len()) {
            return call.args.get(chosen).map_or(Err(Fault), |argument| self.eval(argument));
        }
        for argument in call.args.iter() {
            match self.eval(argument) {
                Err(Fault) => {}
                Ok(value) if value.is_known() => return Ok(value),
                Ok(_) => return Ok(Value::Unknown),
            }
        }
        Err(Fault)
    }
}

/// Applies a function. A function that looks at an unknown answers unknown; the few that can say more do so themselves.
fn apply(name: &str, args: &[Value]) -> Outcome {
    if let Some(outcome) = collections::lazy(name, args) {
        return outcome;
    }
    if !args.iter().all(Value::is_known) {
        return Ok(Value::Unknown);
    }
    let groups = [text::apply, collections::apply, numbers::apply, pattern::apply, network::apply];
    groups.iter().find_map(|group| group(name, args)).unwrap_or(Ok(Value::Unknown))
}

/// The argument as text.
fn string(args: &[Value], at: usize) -> Result<String, Fault> {
    args.get(at).and_then(operators::text).ok_or(Fault)
}

/// The argument as a number.
fn number(args: &[Value], at: usize) -> Result<f64, Fault> {
    operators::number(args.get(at).ok_or(Fault)?)
}

/// The argument as a whole number.
fn whole(args: &[Value], at: usize) -> Result<i64, Fault> {
    let number = number(args, at)?;
    if number.fract() != 0.0 || number.abs() > 9e15 {
        return Err(Fault);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, checked above")]
    Ok(number as i64)
}

/// The argument as a list.
fn list(args: &[Value], at: usize) -> Result<&[Value], Fault> {
    match args.get(at) {
        Some(Value::List(items)) => Ok(items),
        _ => Err(Fault),
    }
}

/// The argument as a list of texts.
fn strings(args: &[Value], at: usize) -> Result<Vec<String>, Fault> {
    list(args, at)?.iter().map(|item| operators::text(item).ok_or(Fault)).collect()
}

#[cfg(test)]
mod tests {
    use crate::{Scope, Value, evaluate};
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: serde_json::Value) {
        let value = evaluate(&text.parse().expect("HCL"), &Scope::empty());
        assert_eq!(value.to_json(), Some(expected), "{text}");
    }

    #[test]
    fn functions_answer_as_terraform_does() {
        for (text, expected) in [
            (r#"lower("ABC")"#, json!("abc")),
            (r#"trimspace("  a ")"#, json!("a")),
            (r#"trim("xxaxx", "x")"#, json!("a")),
            (r#"trimprefix("acme-x", "acme-")"#, json!("x")),
            (r#"trimsuffix("a.b", ".b")"#, json!("a")),
            (r#"replace("a-b-c", "-", "_")"#, json!("a_b_c")),
            (r#"replace("a1b2", "/[0-9]/", "x")"#, json!("axbx")),
            (r#"replace("ab", "/(a)(b)/", "$2$1")"#, json!("ba")),
            (r#"substr("hello", 1, 3)"#, json!("ell")),
            (r#"substr("hello", -2, -1)"#, json!("lo")),
            (r#"split(",", "a,b")"#, json!(["a", "b"])),
            (r#"join("-", ["a", "b"])"#, json!("a-b")),
            (r#"format("%s-%03d-%v%%", "a", 7, true)"#, json!("a-007-true%")),
            (r#"startswith("acme", "ac")"#, json!(true)),
            (r#"endswith("acme", "x")"#, json!(false)),
            (r#"strcontains("acme", "cm")"#, json!(true)),
            (r#"title("a bc")"#, json!("A Bc")),
            (r#"jsonencode({a = "<"})"#, json!("{\"a\":\"\\u003c\"}")),
            (r#"jsondecode("[1]")"#, json!([1])),
            ("length([1, 2])", json!(2)),
            ("length({a = 1})", json!(1)),
            (r#"length("abc")"#, json!(3)),
            (r#"contains(["a", "b"], "b")"#, json!(true)),
            ("concat([1], [2, 3])", json!([1, 2, 3])),
            ("merge({a = 1}, {a = 2, b = 3})", json!({"a": 2, "b": 3})),
            ("keys({b = 1, a = 2})", json!(["a", "b"])),
            ("values({b = 1, a = 2})", json!([2, 1])),
            (r#"lookup({a = 1}, "b", 5)"#, json!(5)),
            ("element([1, 2, 3], 4)", json!(2)),
            ("index([\"a\", \"b\"], \"b\")", json!(1)),
            ("flatten([[1], [[2], 3]])", json!([1, 2, 3])),
            ("distinct([1, 2, 1])", json!([1, 2])),
            (r#"compact(["a", "", null, "b"])"#, json!(["a", "b"])),
            (r#"sort(["b", "a"])"#, json!(["a", "b"])),
            ("reverse([1, 2])", json!([2, 1])),
            (r#"toset(["b", "a", "b"])"#, json!(["a", "b"])),
            ("slice([1, 2, 3], 0, 2)", json!([1, 2])),
            (r#"zipmap(["a", "b"], [1, 2])"#, json!({"a": 1, "b": 2})),
            (r#"setsubtract(["a", "b"], ["a"])"#, json!(["b"])),
            (r#"setintersection(["a", "b"], ["b", "c"])"#, json!(["b"])),
            (r#"setunion(["a"], ["b"])"#, json!(["a", "b"])),
            (r#"coalesce(null, "", "a")"#, json!("a")),
            ("alltrue([true, false])", json!(false)),
            ("alltrue([for x in [1, 2] : x > 0])", json!(true)),
            ("anytrue([])", json!(false)),
            ("one([])", json!(null)),
            ("range(3)", json!([0, 1, 2])),
            ("min(3, 1, 2)", json!(1)),
            ("max([3, 1]...)", json!(3)),
            ("sum([1, 2.5])", json!(3.5)),
            ("abs(-2)", json!(2)),
            ("floor(1.7)", json!(1)),
            ("ceil(1.2)", json!(2)),
            (r#"parseint("ff", 16)"#, json!(255)),
            (r#"tonumber("12")"#, json!(12)),
            ("tostring(12)", json!("12")),
            (r#"tobool("true")"#, json!(true)),
            (r#"can(regex("^[a-z]+$", "abc"))"#, json!(true)),
            (r#"can(regex("^[a-z]+$", "ABC"))"#, json!(false)),
            (r#"regex("([a-z])(\\d)", "a1")"#, json!(["a", "1"])),
            (r#"regex("(?P<x>[a-z])", "a1")"#, json!({"x": "a"})),
            (r#"regexall("[a-z]", "a1b")"#, json!(["a", "b"])),
            (r#"can(cidrhost("10.0.0.0/16", 0))"#, json!(true)),
            (r#"can(cidrhost("10.0.0.0/33", 0))"#, json!(false)),
            (r#"cidrhost("10.0.0.0/16", 258)"#, json!("10.0.1.2")),
            (r#"cidrhost("10.0.0.0/24", -2)"#, json!("10.0.0.254")),
            (r#"cidrsubnet("10.0.0.0/16", 8, 3)"#, json!("10.0.3.0/24")),
            (r#"cidrsubnet("fd00::/8", 8, 1)"#, json!("fd01::/16")),
            (r#"cidrnetmask("10.0.0.0/16")"#, json!("255.255.0.0")),
            (r#"try(tonumber("x"), 3)"#, json!(3)),
            ("core::max(1, 2)", json!(2)),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_cannot_be_said_for_sure_is_unknown() {
        for text in [
            r#"can(regex("\\pL", "é"))"#,
            r#"can(regex("[a&&b]", "a"))"#,
            r#"can(regex("(?i)a", aws_x.y))"#,
            r#"can(file("a"))"#,
            r#"length("é")"#,
            r#"bcrypt("a")"#,
            r#"contains([aws_x.y], "a")"#,
            r#"format("%q", "a")"#,
            r#"range(100000000)"#,
            r#"join(aws_x.y, ["a"])"#,
        ] {
            assert_eq!(evaluate(&text.parse().expect("HCL"), &Scope::empty()), Value::Unknown, "{text}");
        }
        check("length([aws_x.y])", json!(1));
        check(r#"contains(["a", aws_x.y], "a")"#, json!(true));
    }

    #[test]
    fn large_results_are_refused_before_they_exist() {
        for text in [r#"format("%999999999d", 1)"#, "range(0, 1, 0.0000000001)", r#"cidrhost("::/0", 1e300)"#]
        {
            assert!(!evaluate(&text.parse().expect("HCL"), &Scope::empty()).is_known(), "{text}");
        }
    }
}
