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
