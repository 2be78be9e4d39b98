//! What the language can say beyond one value: of entries, of what is left out, of what refers to what.

use serde_json::{Value as Json, json};
use tfpilot_policies::language::read;
use tfpilot_policies::{RuleSet, Truth, judge_draft, judge_plan};

use crate::fixture::{Fixture, context};
use crate::rules::quiet;

fn set(assert: &str) -> RuleSet {
    let text =
        format!("{{version: 1, policies: [{{id: asked, match: {{types: [t_asked]}}, assert: {assert}}}]}}");
    let (policies, problems) = read(&serde_yaml::from_str(&text).expect("it is YAML"));
    assert_eq!(problems, [], "{assert}");
    RuleSet::new(&quiet()).0.with_policies(policies)
}

/// A plan in which one resource is made, with others beside it: type, name, values, unknown marks, references.
fn plan(asked: &Json, unknown: &Json, others: &[(&str, &str, Json, Json, Json)]) -> Json {
    let change = |kind: &str, name: &str, after: &Json, unknown: &Json| {
        json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
    };
    let mut changes = vec![change("t_asked", "x", asked, unknown)];
    let mut resources = vec![json!({"mode": "managed", "type": "t_asked", "name": "x", "expressions": {}})];
    for (kind, name, after, unknown, references) in others {
        changes.push(change(kind, name, after, unknown));
        resources.push(json!({"mode": "managed", "type": kind, "name": name,
            "expressions": {"of": {"references": references}}}));
    }
    json!({"format_version": "1.2", "complete": true, "resource_changes": changes,
        "configuration": {"root_module": {"resources": resources}}})
}

fn truth(plan: &Json, assert: &str) -> Truth {
    let fixture = Fixture::of_text("", plan);
    let report = judge_plan(&fixture.plan, None, &set(assert), &context());
    report.findings.first().map_or(Truth::True, |finding| finding.truth)
}

#[track_caller]
fn check(asked: Json, unknown: Json, assert: &str, expect: Truth) {
    assert_eq!(truth(&plan(&asked, &unknown, &[]), assert), expect, "{asked} {assert}");
}

const NO_PAIR: &str = "{not: {each: rules, quantifier: some, assert: {all: [{attr: item.port, op: eq, value: 22}, {attr: item.from, op: eq, value: all}]}}}";

#[test]
fn what_is_said_of_an_entry_is_of_the_same_entry() {
    let none = json!({});
    let rules = |rules: Json| json!({ "rules": rules });
    let apart = json!([{"port": 22, "from": "us"}, {"port": 443, "from": "all"}]);
    check(rules(apart), none.clone(), NO_PAIR, Truth::True);
    check(rules(json!([{"port": 443}, {"port": 22, "from": "all"}])), none.clone(), NO_PAIR, Truth::False);
    check(rules(json!({"port": 22, "from": "all"})), none.clone(), NO_PAIR, Truth::False);
    check(rules(json!([])), none.clone(), NO_PAIR, Truth::True);
    check(rules(json!(null)), none, NO_PAIR, Truth::True);
}

#[test]
fn an_unknown_entry_decides_only_where_it_must() {
    let rules = |rules: Json| json!({ "rules": rules });
    check(rules(json!(null)), json!({"rules": true}), NO_PAIR, Truth::Unknown);
    let marks = json!({"rules": [{"from": true}]});
    check(rules(json!([{"port": 22}])), marks.clone(), NO_PAIR, Truth::Unknown);
    check(rules(json!([{"port": 443}])), marks.clone(), NO_PAIR, Truth::True);
    check(rules(json!([{"port": 22}, {"port": 22, "from": "all"}])), marks, NO_PAIR, Truth::False);
}

#[test]
fn entries_within_entries_and_of_maps() {
    let every = "{each: groups, assert: {each: item.members, assert: {attr: item, op: ne, value: root}}}";
    check(json!({"groups": [{"members": ["a"]}, {"members": []}]}), json!({}), every, Truth::True);
    check(
        json!({"groups": [{"members": ["a"]}, {"members": ["a", "root"]}]}),
        json!({}),
        every,
        Truth::False,
    );
    let keys = "{each: entries(labels), assert: {any: [{attr: item.key, op: ne, value: a}, {attr: item.value, op: eq, value: 1}]}}";
    check(json!({"labels": {"a": 1, "b": 2}}), json!({}), keys, Truth::True);
    check(json!({"labels": {"a": 2}}), json!({}), keys, Truth::False);
    check(json!({"labels": {"b": 2}}), json!({"labels": {"a": true}}), keys, Truth::Unknown);
    check(json!({}), json!({}), keys, Truth::True);
    // Elsewhere `item` is an argument like any other.
    check(json!({"item": 1}), json!({}), "{attr: item, op: eq, value: 1}", Truth::True);
}

#[test]
fn what_is_left_out_is_the_default_and_what_is_unknown_is_not() {
    let assert = "{attr: on, op: eq, value: true, default: false}";
    check(json!({"on": true}), json!({}), assert, Truth::True);
    check(json!({"on": null}), json!({}), assert, Truth::False);
    // The configuration does not set it: the provider will.
    check(json!({}), json!({"on": true}), assert, Truth::False);
    let set = "{attr: of, op: eq, value: true, default: true}";
    let other = [("t_other", "o", json!({}), json!({"of": true}), json!(["var.x"]))];
    let mut document = plan(&json!({}), &json!({"of": true}), &other);
    assert_eq!(truth(&document, set), Truth::True);
    document["configuration"]["root_module"]["resources"][0]["expressions"]["of"] =
        json!({"references": ["var.x"]});
    assert_eq!(truth(&document, set), Truth::Unknown);
}

const HAS: &str = "{attr: related(t_other.of), op: exists, quantifier: some}";
const ON: &str = "{attr: related(t_other.of).on, op: eq, value: true, quantifier: some}";

#[test]
fn resources_are_related_by_reference_and_by_value() {
    let new = (json!({"name": "x"}), json!({"id": true, "arn": true}));
    let with = |after: Json, unknown: Json, references: Json| {
        plan(&new.0, &new.1, &[("t_other", "o", after, unknown, references)])
    };
    let late = json!({"of": true});
    let by = |references: Json| with(json!({"on": true}), late.clone(), references);
    assert_eq!(truth(&by(json!(["t_asked.x.id", "t_asked.x"])), ON), Truth::True);
    assert_eq!(truth(&by(json!(["t_asked.y.id", "t_asked.y"])), HAS), Truth::False);
    assert_eq!(truth(&with(json!({"of": "x"}), json!({}), json!([])), HAS), Truth::True);
    assert_eq!(truth(&with(json!({"of": "y"}), json!({}), json!([])), HAS), Truth::False);
    assert_eq!(truth(&plan(&new.0, &new.1, &[]), HAS), Truth::False);
    assert_eq!(
        truth(
            &by(json!(["t_asked.x.id", "t_asked.x"])),
            "{attr: related(t_other.of).on, op: ne, value: true}"
        ),
        Truth::False
    );
}

#[test]
fn what_may_be_related_is_never_none() {
    let new = (json!({"name": "x"}), json!({"id": true, "arn": true}));
    let with = |after: Json, unknown: Json, references: Json| {
        plan(&new.0, &new.1, &[("t_other", "o", after, unknown, references)])
    };
    let late = json!({"of": true});
    for references in [
        json!([]),
        json!(["var.x"]),
        json!(["local.x"]),
        json!(["t_third.x.id", "t_third.x"]),
        json!(["data.t.x.id", "data.t.x"]),
    ] {
        let plan = with(json!({"on": true}), late.clone(), references);
        assert_eq!((truth(&plan, HAS), truth(&plan, ON)), (Truth::Unknown, Truth::Unknown), "{plan}");
    }
    // An ARN that is not known yet may be any.
    assert_eq!(truth(&with(json!({"of": "arn:x"}), json!({}), json!([])), HAS), Truth::Unknown);
    // A text that is made of the name is another one.
    let made = with(json!({"of": "x-logs"}), json!({}), json!(["t_asked.x.name", "t_asked.x"]));
    assert_eq!(truth(&made, HAS), Truth::False);
    // A plan of a part keeps silent about the rest.
    let mut part = with(json!({}), json!({}), json!([]));
    part["complete"] = json!(false);
    part["resource_changes"].as_array_mut().expect("a list").truncate(1);
    assert_eq!(truth(&part, HAS), Truth::Unknown);
    // One that goes is none.
    let mut gone = with(json!(null), json!({}), json!(["t_asked.x.id", "t_asked.x"]));
    gone["resource_changes"][1]["change"] =
        json!({"actions": ["delete"], "before": {"of": "x"}, "after": null});
    assert_eq!(truth(&gone, HAS), Truth::False);
}

/// The plan lists the same references for an id and for a text that is made of it; the code tells them apart.
#[test]
fn a_text_that_is_made_of_an_id_is_not_the_id() {
    let late = json!({"of": true});
    let references = json!(["t_asked.x.id", "t_asked.x"]);
    let plan = plan(&json!({}), &json!({"id": true}), &[("t_other", "o", json!({}), late, references)]);
    for (of, expect) in [
        ("t_asked.x.id", Truth::True),
        ("(t_asked.x.id)", Truth::True),
        ("try(t_asked.x.id, null)", Truth::True),
        ("\"${t_asked.x.id}\"", Truth::True),
        ("\"${t_asked.x.id}-logs\"", Truth::Unknown),
        ("join(\"-\", [t_asked.x.id, \"logs\"])", Truth::Unknown),
    ] {
        let main =
            format!("resource \"t_asked\" \"x\" {{\n}}\nresource \"t_other\" \"o\" {{\n  of = {of}\n}}\n");
        let fixture = Fixture::of_text(&main, &plan);
        let report = judge_plan(&fixture.plan, Some(fixture.code()), &set(HAS), &context());
        assert_eq!(report.findings.first().map_or(Truth::True, |finding| finding.truth), expect, "{of}");
    }
}

#[test]
fn what_an_argument_refers_to() {
    let assert = "{attr: reference(of), op: eq, value: t_other.o}";
    let mut document = plan(&json!({}), &json!({"of": true}), &[]);
    let mut with = |references: Json| {
        document["configuration"]["root_module"]["resources"][0]["expressions"]["of"] =
            json!({ "references": references });
        truth(&document, assert)
    };
    assert_eq!(with(json!(["t_other.o.id", "t_other.o"])), Truth::True);
    assert_eq!(with(json!(["t_other.p.id", "t_other.p"])), Truth::False);
    assert_eq!(with(json!(["var.x"])), Truth::Unknown);
    check(json!({"of": "plain"}), json!({}), assert, Truth::False);
}

/// Before the plan only the code tells.
#[test]
fn before_the_plan_the_code_tells_what_refers_to_what() {
    let draft = |main: &str, assert: &str| {
        let report = judge_draft(Fixture::draft(main).code(), &set(assert), &context());
        match (report.findings.is_empty(), report.deferred) {
            (false, _) => Truth::False,
            (true, 0) => Truth::True,
            _ => Truth::Unknown,
        }
    };
    let asked = "resource \"t_asked\" \"x\" {\n  name = \"x\"\n}\n";
    let other = |of: &str| format!("{asked}resource \"t_other\" \"o\" {{\n  of = {of}\n  on = true\n}}\n");
    assert_eq!(draft(&other("t_asked.x.id"), ON), Truth::True);
    assert_eq!(draft(&format!("{}locals {{\n  x = t_asked.x.id\n}}\n", other("local.x")), ON), Truth::True);
    assert_eq!(draft(&other("\"x\""), HAS), Truth::True);
    assert_eq!(draft(&other("t_asked.y.id"), HAS), Truth::False);
    assert_eq!(draft(&other("var.x"), HAS), Truth::Unknown);
    assert_eq!(draft(&other("\"${t_asked.x.id}-logs\""), HAS), Truth::Unknown);
    assert_eq!(draft(asked, HAS), Truth::False);
    // What may not be made is not there yet, and a module that cannot be read may hold anything.
    let maybe = other("t_asked.x.id").replace("  on = true", "  count = var.x\n  on = true");
    assert_eq!(draft(&maybe, HAS), Truth::Unknown);
    let remote = format!("{asked}module \"m\" {{\n  source = \"acme/x/aws\"\n  of = t_asked.x.id\n}}\n");
    assert_eq!(draft(&remote, HAS), Truth::Unknown);
}

/// What is looked for in texts may be a secret: it is not told.
#[test]
fn literals_are_found_wherever_they_are_written_and_not_told() {
    let assert = "{attr: literals(script), op: not_matches, value: 'hunter[0-9]'}";
    let report = |main: &str| judge_draft(Fixture::draft(main).code(), &set(assert), &context());
    for script in [
        "\"a hunter2 ${var.x}\"",
        "join(\"\", [\"hunter2\", var.x])",
        "local.y",
        "<<EOT\nhunter2 ${var.x}\nEOT\n",
    ] {
        let main = format!(
            "variable \"x\" {{}}\nlocals {{\n  y = \"hunter2 ${{var.x}}\"\n}}\nresource \"t_asked\" \"x\" {{\n  script = {script}\n}}\n"
        );
        let report = report(&main);
        let finding = report.findings.first().unwrap_or_else(|| panic!("{main}"));
        assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
    }
    let fine = report("variable \"x\" {}\nresource \"t_asked\" \"x\" {\n  script = \"a ${var.x}\"\n}\n");
    assert_eq!((fine.findings.len(), fine.deferred), (0, 0));
    let filled = report(
        "variable \"x\" {}\nresource \"t_asked\" \"x\" {\n  script = templatefile(\"x.tftpl\", { x = var.x })\n}\n",
    );
    assert_eq!((filled.findings.len(), filled.deferred), (0, 1));
}

/// Of many instances each is asked about those alone that point to it, in its own instance of the module.
#[test]
fn an_instance_is_referred_to_by_the_one_with_its_key() {
    let change = |module: &str, kind: &str, key: &str| {
        let module_address = format!("module.m[\"{module}\"]");
        json!({"address": format!("{module_address}.{kind}.x[\"{key}\"]"), "module_address": module_address,
            "mode": "managed", "type": kind, "name": "x", "index": key, "change": {"actions": ["create"],
            "before": null, "after": {}, "after_unknown": {"id": true, "arn": true, "of": true}}})
    };
    let resource = |kind: &str, of: Json| {
        json!({"mode": "managed", "type": kind, "name": "x", "expressions": of,
            "for_each_expression": {"references": ["var.all"]}})
    };
    let findings = |references: Json| -> Vec<(String, Truth)> {
        let of = json!({"of": {"references": references}});
        let module = json!({"resources": [resource("t_asked", json!({})), resource("t_other", of)]});
        let plan = json!({"format_version": "1.2", "complete": true, "configuration":
            {"root_module": {"module_calls": {"m": {"source": "./m", "module": module}}}}, "resource_changes": [
            change("1", "t_asked", "a"), change("1", "t_asked", "b"), change("2", "t_asked", "a"),
            change("1", "t_other", "a"), change("2", "t_other", "b")]});
        let report = judge_plan(&Fixture::of_text("", &plan).plan, None, &set(HAS), &context());
        let mut instances: Vec<_> = report.findings.iter().map(|it| (it.address.clone(), it.truth)).collect();
        instances.sort();
        instances
    };
    // Two of the three have none: they are one resource of the code.
    let none = ("module.m.t_asked.x".to_owned(), Truth::False);
    assert_eq!(findings(json!(["t_asked.x", "each.key"])), [none]);
    let unclear = ("module.m.t_asked.x".to_owned(), Truth::Unknown);
    assert_eq!(findings(json!(["t_asked.x"])), [unclear]);
}
