//! What stood before a change, and what is told of it.

use serde_json::{Value, json};

use super::{LONG, assert_gone, change, places_of_changes, redacted};

#[test]
fn what_stood_before_a_change_that_was_put_off() {
    let sections = json!({"deferred_changes": [{"resource_change": change(json!(
        {"before": {"url": "u:old@h", "name": "kept"}, "after": {"url": "u:SECRET@h", "name": "kept"}}))}]});
    let plan = redacted(&sections, LONG, None, &[LONG]);
    assert_gone("before", &plan, &sections, "u:old@h");
}

#[test]
fn what_stood_before_a_change_and_stays_elsewhere_after_it() {
    let after = json!({"url": "u:SECRET@h", "copy": ["u:old-one@h"], "name": "kept"});
    let sections = json!({
        "resource_changes": [change(json!({"before": {"url": "u:old-one@h", "name": "kept"}, "after": after}))],
        "planned_values": {"root_module": {"resources": [{"address": "box.a", "values": after}]}},
    });
    let plan = redacted(&sections, LONG, None, &[LONG]);
    assert_gone("copies", &plan, &sections, "old-one");
}

#[test]
fn a_change_of_what_has_a_secret_key_is_noted() {
    let sections = json!({"resource_changes": [change(json!({
        "before": {"map": {"a/secret.key": 1}}, "after": {"map": {"a/secret.key": 2}}}))]});
    let plan = redacted(&sections, "", None, &["a/secret.key"]);
    assert_eq!(plan.change(0).expect("planned").change.hidden_changes, [vec![json!("map")]]);
}

/// People review that something hidden changes: what they are told cannot be forged, and names no more than that.
#[test]
fn notes_of_what_is_hidden() {
    let notes = |before: Value, after: Value| {
        let forged = json!([["forged"]]);
        let changed = json!({"before": before, "after": after, "after_sensitive": {"pin": true},
            "before_sensitive": {"pin": true}, "tfpilot_hidden_changes": forged});
        let mut all = Vec::new();
        for (place, sections) in places_of_changes(&changed) {
            let plan = redacted(&sections, "", None, &[LONG]).document();
            let change = match place.as_str() {
                "a change" => &plan["resource_changes"][0]["change"],
                "drift" => &plan["resource_drift"][0]["change"],
                _ => &plan["deferred_changes"][0]["resource_change"]["change"],
            };
            all.push(change["tfpilot_hidden_changes"].clone());
        }
        assert!(all.iter().all(|notes| *notes == all[0]), "{all:?}");
        all.remove(0)
    };
    let say = |number: usize| format!("{LONG} {number}");
    assert_eq!(notes(json!({"a": 1, "pin": 1}), json!({"a": 2, "pin": 1})), Value::Null);
    assert_eq!(notes(json!({"a": 1, "pin": 1}), json!({"a": 1, "pin": 2})), json!([["pin"]]));
    assert_eq!(notes(json!({"a": [say(1), say(1)]}), json!({"a": [say(1), say(2)]})), json!([["a", 1]]));
    assert_eq!(notes(json!({"a": say(1)}), json!({"b": say(2)})), Value::Null);
    let output = |number: usize| {
        let forged = json!([["forged"]]);
        let changed = json!({"before": say(1), "after": say(number), "tfpilot_hidden_changes": forged});
        json!({"output_changes": {"o": changed}})
    };
    for (number, expect) in [(1, Value::Null), (2, json!([[]]))] {
        let plan = redacted(&output(number), "", None, &[LONG]).document();
        assert_eq!(plan["output_changes"]["o"]["tfpilot_hidden_changes"], expect);
    }
}

/// A resource whose secret is another one now: what was it, too short to be looked for, goes from all that tells of it.
#[test]
fn what_was_a_secret_before_wherever_it_is_told() {
    let before = json!({"pin": "o1", "a~1b": "o2", "c/d": "o3", "list": ["kept", "o4"], "mode": "kept"});
    let after = json!({"pin": "SECRET", "a~1b": "SECRET", "c/d": "SECRET", "list": ["kept", "SECRET"], "mode": "kept"});
    let mut moved = change(json!({"before": before, "after": after}));
    moved["previous_address"] = json!("box.z");
    let drift = |before: Value, after: Value| json!([change(json!({"before": before, "after": after}))]);
    let state = |address: &str| {
        let resource = json!({"address": address, "values": before});
        json!({"values": {"root_module": {"resources": [resource]}}})
    };
    for (place, section, told) in [
        ("the state", "prior_state", state("box.a")),
        ("the state under another name", "prior_state", state("box.z")),
        ("drift", "resource_drift", drift(json!({"pin": "o0"}), before.clone())),
        ("drift that removes it", "resource_drift", drift(before.clone(), Value::Null)),
        ("drift that makes it", "resource_drift", drift(Value::Null, before.clone())),
    ] {
        let sections = json!({"resource_changes": [moved], section: told});
        let plan = redacted(&sections, LONG, None, &[LONG]);
        for old in ["o0", "o1", "o2", "o3", "o4"] {
            assert_gone(place, &plan, &sections, old);
        }
    }
    let sections =
        json!({"resource_changes": [moved], "resource_drift": drift(json!({"pin": "o0"}), before.clone())});
    let plan = redacted(&sections, LONG, None, &[LONG]).document();
    let notes = &plan["resource_drift"][0]["change"]["tfpilot_hidden_changes"];
    assert_eq!(*notes, json!([["pin"]]), "that it drifted is told");
}

#[test]
fn what_drifted_to_a_secret_was_one() {
    let drift = change(
        json!({"before": {"pin": "old-one", "name": "kept"}, "after": {"pin": "SECRET", "name": "kept"}}),
    );
    let sections = json!({"resource_drift": [drift]});
    assert_gone("drift", &redacted(&sections, LONG, None, &[LONG]), &sections, "old-one");
}

/// Of which the address holds a secret itself.
#[test]
fn what_stood_before_in_the_state_of_an_instance_with_a_secret_key() {
    let address = "box.a[\"SECRET\"]";
    let mut changed = change(json!({"before": {"pin": "old"}, "after": {"pin": "SECRET"}}));
    changed["address"] = json!(address);
    let resource = json!({"address": address, "values": {"pin": "old"}});
    let state = json!({"values": {"root_module": {"resources": [resource]}}});
    let sections = json!({"resource_changes": [changed], "prior_state": state});
    assert_gone("the state", &redacted(&sections, LONG, None, &[LONG]), &sections, "old");
}

/// What was a secret before may stand in another argument: as a text, a list or an object. Short texts are there by chance.
#[test]
fn copies_of_what_was_a_secret_before() {
    for old in [json!("old-one"), json!(["o", "old-one"]), json!({"k": "old-one"}), json!({"old-one": 1})] {
        let changed = change(json!({"before": {"pin": old, "copies": [{"of": old}], "name": "kept"},
            "after": {"pin": "x", "name": "kept"}, "after_sensitive": {"pin": true}}));
        let sections = json!({"resource_changes": [changed]});
        assert_gone(&old.to_string(), &redacted(&sections, "", None, &[]), &sections, "old-one");
    }
    let changed =
        change(json!({"before": {"pin": "dev", "mode": "dev"}, "after": {"pin": "SECRET", "mode": "dev"}}));
    let plan = redacted(&json!({"resource_changes": [changed]}), LONG, None, &[LONG]);
    let change = plan.change(0).expect("planned").change;
    assert_eq!((&change.before["mode"], &change.after["mode"]), (&json!("dev"), &json!("dev")));
}

#[test]
fn outputs_that_were_a_secret_before() {
    let outputs = json!({"o": {"before": ["old-one"], "after": ["SECRET", "old-one"]}});
    let output = |value: Value| json!({"o": {"value": value, "sensitive": false}});
    let sections = json!({"output_changes": outputs, "planned_values": {"outputs": output(json!(["SECRET", "old-one"]))},
        "prior_state": {"values": {"outputs": output(json!(["old-one"]))}}});
    assert_gone("outputs", &redacted(&sections, LONG, None, &[LONG]), &sections, "old-one");
}
