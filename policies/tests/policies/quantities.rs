//! Every type's quantities against a count by hand: `testdata/quantities/cases.yml`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use tfpilot_policies::cost::coverage;

use crate::counted::{Case, cases, first_block};

#[test]
fn every_case_comes_to_what_was_counted_by_hand() {
    let mut wrong = String::new();
    for case in cases().expect("cases") {
        if !case.is_met() {
            let told = case.told().expect("it changes");
            wrong.push_str(&format!(
                "{} {}\n  counted {:#?} {:#?}\n  priced  {:#?} {:#?}\n",
                case.r#type, case.after, case.expect_before, case.expect, told.0, told.1
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_type_that_has_a_price_was_counted_by_hand() {
    let counted: BTreeSet<String> = cases().expect("cases").into_iter().map(|case| case.r#type).collect();
    let missing: Vec<&str> =
        coverage().priced.iter().copied().filter(|kind| !counted.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_book_knows_many_types() {
    let coverage = coverage();
    let aws = |kinds: &[&str]| kinds.iter().filter(|kind| kind.starts_with("aws_")).count();
    assert!(aws(&coverage.priced) >= 100, "{} types have a price", aws(&coverage.priced));
    assert!(aws(&coverage.free) >= 90, "{} types are free", aws(&coverage.free));
    let both: Vec<_> = coverage.priced.iter().filter(|kind| coverage.free.contains(kind)).collect();
    assert!(both.is_empty(), "{both:?} cannot be both");
}

#[test]
fn an_argument_that_is_not_known_never_makes_a_price_that_looks_certain() {
    let price = |case: &Case| {
        let estimate = case.estimated().expect("a plan");
        (estimate.difference, estimate.is_doubtful())
    };
    let mut wrong = Vec::new();
    for case in cases().expect("cases") {
        let (known, _) = price(&case);
        for (hidden, what) in hidden(&case) {
            let (amount, doubtful) = price(&hidden);
            if amount != known && !doubtful {
                wrong.push(format!("{} without {what} is {amount}, not {known}", case.r#type));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The case with each of its arguments, and each argument of its blocks, known only after apply.
fn hidden(case: &Case) -> Vec<(Case, String)> {
    let mut all = Vec::new();
    for (name, value) in case.after.as_object().expect("arguments") {
        let mut hidden = case.clone();
        hidden.after.as_object_mut().expect("arguments").remove(name);
        hidden.unknown.insert(name.clone(), json!(true));
        all.push((hidden, name.clone()));
        for inner in value.get(0).and_then(Json::as_object).into_iter().flat_map(Map::keys) {
            let mut hidden = case.clone();
            let block = hidden.after.get_mut(name).and_then(first_block).expect("a block");
            block.remove(inner);
            let marks = hidden.unknown.entry(name).or_insert_with(|| json!([{}]));
            first_block(marks).expect("marks of a block").insert(inner.clone(), json!(true));
            all.push((hidden, format!("{name}.{inner}")));
        }
    }
    all
}
