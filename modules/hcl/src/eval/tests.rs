//! Values of whole expressions. What single functions give is tested beside them.

use super::*;
use serde_json::json;

#[track_caller]
fn check(text: &str, expected: serde_json::Value) {
    let variables = BTreeMap::from([
        ("name".to_owned(), Value::from(&json!("acme"))),
        ("rules".to_owned(), Value::from(&json!([{"port": 1}, {"port": 2}]))),
        ("later".to_owned(), Value::Unknown),
    ]);
    let locals = [
        ("a", "var.name"),
        ("b", "upper(local.a)"),
        ("loop", "local.pool"),
        ("pool", "local.loop"),
        ("mixed", "{ known = 1, unknown = aws_x.y.id }"),
    ];
    let locals = locals.map(|(name, expr)| (name.to_owned(), expr.parse().expect("HCL"))).into();
    let expr = text.parse().expect("HCL");
    assert_eq!(evaluate(&expr, &Scope::of_module(&variables, &locals)).to_json(), Some(expected), "{text}");
}

#[track_caller]
fn unknown(text: &str) {
    let expr = text.parse().expect("HCL");
    assert_eq!(evaluate(&expr, &Scope::empty()), Value::Unknown, "{text}");
}

#[test]
fn names_have_values() {
    check("var.name", json!("acme"));
    check("\"${var.name}-${local.b}\"", json!("acme-ACME"));
    check("local.mixed.known", json!(1));
    check("var.rules[*].port", json!([1, 2]));
    check("var.rules[1].port", json!(2));
    check("[for i, r in var.rules : r.port + i]", json!([1, 3]));
    check("{for r in var.rules : r.port => r.port * 2 if r.port > 1}", json!({"2": 4}));
    check("{for r in var.rules : \"x\" => r.port...}", json!({"x": [1, 2]}));
    check("var.name == \"acme\" ? \"yes\" : \"no\"", json!("yes"));
    check("false && var.later", json!(false));
    check("true || var.later", json!(true));
}

#[test]
fn operators_follow_terraform() {
    check("1 + 2 * 3 - 4 / 2", json!(5));
    check("7 % 4", json!(3));
    check("-(3)", json!(-3));
    check("\"1\" + 1", json!(2));
    check("\"1\" == 1", json!(false));
    check("1 == 1.0", json!(true));
    check("[1, 2] == [1, 2]", json!(true));
    check("!false && 2 >= 2", json!(true));
    check("0.1 + 0.2 < 1", json!(true));
}

#[test]
fn templates_are_text() {
    check("\"%{ if true }a%{ else }b%{ endif }%{ for x in [1, 2] }${x},%{ endfor }\"", json!("a1,2,"));
    check("<<-EOT\n    a\n      b ${1 + 1}\n    EOT", json!("a\n  b 2\n"));
    check("\"a ${~ 1 ~} b\"", json!("a1b"));
    check("\"${[1]}\"", json!([1]));
}

#[test]
fn what_only_terraform_knows_is_unknown() {
    for text in [
        "aws_x.y.id",
        "var.gone",
        "file(\"a\")",
        "timestamp()",
        "local.x",
        "1 / 0",
        "[1][5]",
        "each.key",
        "sensitive(\"a\")",
        "\"${aws_x.y.id}\"",
        "1 + aws_x.y",
        "aws_x.y == 1",
        "{(aws_x.y) = 1}",
        "provider::x::y(1)",
    ] {
        unknown(text);
    }
    let locals = BTreeMap::from([
        ("a".to_owned(), "local.b".parse().unwrap()),
        ("b".to_owned(), "local.a".parse().unwrap()),
    ]);
    assert_eq!(
        evaluate(&"local.a".parse().unwrap(), &Scope::of_module(&NO_VARIABLES, &locals)),
        Value::Unknown
    );
}

#[test]
fn expansion_without_end_becomes_unknown() {
    let doubled = |at: usize| format!("concat(local.l{at}, local.l{at})").parse().unwrap();
    let mut locals: BTreeMap<String, Expression> =
        (0..60).map(|at| (format!("l{}", at + 1), doubled(at))).collect();
    locals.insert("l0".to_owned(), "[\"x\"]".parse().unwrap());
    assert!(!evaluate(&"local.l60".parse().unwrap(), &Scope::of_module(&NO_VARIABLES, &locals)).is_known());
    let text = |at: usize| format!("\"${{local.s{at}}}${{local.s{at}}}\"").parse().unwrap();
    let mut locals: BTreeMap<String, Expression> =
        (0..60).map(|at| (format!("s{}", at + 1), text(at))).collect();
    locals.insert("s0".to_owned(), "\"xxxxxxxxxxxxxxxx\"".parse().unwrap());
    assert!(!evaluate(&"local.s60".parse().unwrap(), &Scope::of_module(&NO_VARIABLES, &locals)).is_known());
    let chain = |at: usize| (format!("c{}", at + 1), format!("local.c{at}").parse().unwrap());
    let mut locals: BTreeMap<String, Expression> = (0..100_000).map(chain).collect();
    locals.insert("c0".to_owned(), "1".parse().unwrap());
    assert!(
        !evaluate(&"local.c100000".parse().unwrap(), &Scope::of_module(&NO_VARIABLES, &locals)).is_known()
    );
}
