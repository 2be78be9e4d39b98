//! Drafts are as their published schemas say: those of the fixtures, and every one that a test of the reading makes.

use jsonschema::Validator;

use super::*;

/// The schema that drafts are written in.
const NEWEST: &str = include_str!("../../../../docs/schema/draft.v2.json");

/// A draft as each version wrote it, with its schema.
const VERSIONS: [(&str, &str); 3] = [
    (
        include_str!("../../../../docs/schema/draft.v1.json"),
        include_str!("../../../engine/testdata/drafts/v1.json"),
    ),
    (NEWEST, include_str!("../../../engine/testdata/drafts/v2.json")),
    (NEWEST, include_str!("../../../engine/testdata/drafts/v2-suggested.json")),
];

fn validator(schema: &str) -> Validator {
    let schema: Json = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema is one");
    jsonschema::draft202012::new(&schema).expect("a schema compiles")
}

#[track_caller]
fn check(validator: &Validator, draft: &Json) {
    let problems: Vec<String> =
        validator.iter_errors(draft).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?} in {draft:#}");
}

/// What the reading made is as the newest schema says.
#[track_caller]
pub(super) fn conforms(draft: &Draft) {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(NEWEST));
    check(&VALIDATOR, &serde_json::to_value(draft).expect("a draft is JSON"));
}

#[test]
fn drafts_of_every_version_are_as_their_schema_says() {
    for (schema, draft) in VERSIONS {
        let (schema, draft): (Validator, Json) =
            (validator(schema), serde_json::from_str(draft).expect("a draft"));
        check(&schema, &draft);
        let mut unknown = draft.clone();
        unknown["colour"] = json!("red");
        assert!(!schema.is_valid(&unknown), "an unknown key is none of a draft's");
    }
    conforms(&Draft::default());
    assert_eq!(
        tfpilot_engine::DRAFT_SCHEMA_VERSION,
        2,
        "a new version has a schema and a fixture of its own"
    );
}
