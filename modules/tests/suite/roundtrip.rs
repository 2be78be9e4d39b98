//! Whatever a value is, rendering it and reading it again gives the same value, and `terraform fmt` has nothing to
//! say about it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Value, json};
use tfpilot_hcl::{File, Scope, evaluate};
use tfpilot_modules::render::Alike;
use tfpilot_modules::{Call, Catalog, Inputs, RenderedFile, StackDraft, render_stack};
use unicode_normalization::UnicodeNormalization as _;

use crate::support::{Repository, local_environment};

/// A module with an input of every type, none of them with a validation.
fn catalog() -> Catalog {
    let variables = "
variable \"text\" {
  type = string
}

variable \"a_number_with_a_long_name\" {
  type = number
}

variable \"flag\" {
  type = bool
}

variable \"list\" {
  type = list(string)
}

variable \"set\" {
  type = set(number)
}

variable \"map\" {
  type = map(string)
}

variable \"pair\" {
  type = tuple([string, bool])
}

variable \"object\" {
  type = object({ name = string, ports = list(number), more = map(list(string)) })
}

variable \"anything\" {
  type    = any
  default = null
}
";
    let files = [
        ("test/types/variables.tf", variables),
        ("test/types/versions.tf", "terraform {\n  required_version = \">= 1.11.0\"\n}\n"),
        (
            "test/types/module.yml",
            "{version: 1.0.0, title: Types, category: tests, summary: Every type., risk: low, words: {en: [types]}}",
        ),
    ];
    let (catalog, diagnostics) = Catalog::load(files);
    assert_eq!(diagnostics, []);
    catalog
}

/// Characters that mean something to HCL, YAML, Markdown or a terminal are frequent, everything else possible.
fn raw_text() -> impl Strategy<Value = String> {
    let special = prop_oneof![
        Just("${".to_owned()),
        Just("%{".to_owned()),
        Just("$".to_owned()),
        Just("%".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("~}".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("\\u0041".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("# tfpilot 41: end\n".to_owned()),
        Just("<<EOT\n".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("👩‍👩‍👧".to_owned()),
        Just("\u{0}".to_owned()),
        any::<char>().prop_map(String::from),
        "[a-z ]{1,8}",
    ];
    prop::collection::vec(special, 0..12).prop_map(|parts| parts.concat())
}

/// In the composed form, which rendering keeps as it is.
fn text() -> impl Strategy<Value = String> {
    raw_text().prop_map(|text| text.nfc().collect())
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from)
    ]
}

/// What fits `any`, three levels deep.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn given() -> impl Strategy<Value = Inputs> {
    let map = prop::collection::btree_map(prop_oneof![text(), "[A-Za-z_-][A-Za-z0-9_-]{0,12}"], text(), 0..5);
    let more = prop::collection::btree_map(text(), prop::collection::vec(text(), 0..3), 0..3);
    let set = prop::collection::hash_set(any::<i32>(), 0..4);
    let scalars = (text(), number(), any::<bool>(), anything());
    (scalars, prop::collection::vec(text(), 0..5), set, map, (text(), any::<bool>()), (text(), more)).prop_map(
        |((text, number, flag, anything), list, set, map, pair, (name, more))| {
            let object = json!({"name": name, "ports": set, "more": more});
            let values = json!({
                "text": text, "a_number_with_a_long_name": number, "flag": flag, "list": list, "set": set, "map": map,
                "pair": [pair.0, pair.1], "object": object, "anything": anything,
            });
            values.as_object().unwrap().clone().into_iter().collect()
        },
    )
}

fn render(catalog: &Catalog, inputs: &Inputs) -> String {
    let draft = StackDraft {
        request: 41,
        name: "types".to_owned(),
        directory: "live/dev/types".to_owned(),
        calls: vec![Call {
            name: "types".to_owned(),
            module: catalog.find("test/types").unwrap(),
            inputs: inputs.clone(),
            import: None,
            was: None,
        }],
        environment: local_environment("/srv".as_ref()),
        lock_file: None,
        alike: Alike::Together,
    };
    let files = render_stack(&draft).unwrap();
    files.into_iter().find(|file| file.path == "live/dev/types/main.tf").unwrap().content
}

/// The arguments of the module call, read by the parser that also reads people's files.
fn read(text: &str) -> BTreeMap<String, Value> {
    let file = File::parse("main.tf", text.as_bytes()).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    let call = file.body.named("module").next().unwrap();
    let arguments = call.body.attributes.iter().filter(|attribute| attribute.name != "source");
    arguments
        .map(|attribute| {
            (attribute.name.clone(), evaluate(&attribute.value, &Scope::empty()).to_json().unwrap())
        })
        .collect()
}

/// Numbers are compared as numbers: `1.0` and `1` are one number to Terraform.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (left, right) => left == right,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_reads_back_as_it_was(inputs in given()) {
        let catalog = catalog();
        let text = render(&catalog, &inputs);
        prop_assert_eq!(&render(&catalog, &inputs), &text, "the same draft gives the same bytes");
        prop_assert!(!text.contains('\r') && !text.contains('\0'));
        let read = read(&text);
        for (name, value) in &inputs {
            prop_assert!(read.get(name).is_some_and(|found| same(found, value)), "{}: {} in\n{}", name, value, text);
        }
        prop_assert_eq!(read.len(), inputs.len());
    }
}

/// One run of Terraform over many stacks, because starting it costs more than all of them.
#[test]
fn whatever_is_rendered_is_in_the_form_of_terraform_fmt() {
    let repository = Repository::new();
    let catalog = catalog();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let files: Vec<_> = (0..200)
        .map(|number| {
            let inputs = given().new_tree(&mut runner).unwrap().current();
            RenderedFile { path: format!("{number}.tf"), content: render(&catalog, &inputs) }
        })
        .collect();
    repository.write(&files);
    repository.terraform(".", &["fmt", "-check", "-diff"]);
}

/// Terraform's own reading of hostile strings, through a plan's output.
#[test]
fn terraform_reads_back_every_string() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let catalog = catalog();
    let repository = Repository::new();
    let texts: Vec<String> = (0..300).map(|_| raw_text().new_tree(&mut runner).unwrap().current()).collect();
    let base = given().new_tree(&mut runner).unwrap().current();
    let mut inputs = base;
    inputs.insert("list".to_owned(), json!(texts));
    let rendered = render(&catalog, &inputs);
    let list = rendered.split_once("  list = ").unwrap().1.split_once("\n  ]\n").unwrap().0;
    repository.write(&[RenderedFile {
        path: "main.tf".to_owned(),
        content: format!("output \"list\" {{\n  value = {list}\n  ]\n}}\n"),
    }]);
    repository.terraform(".", &["init", "-input=false"]);
    repository.terraform(".", &["apply", "-input=false", "-auto-approve"]);
    let output: Vec<String> =
        serde_json::from_str(&repository.terraform(".", &["output", "-json", "list"])).unwrap();
    assert_eq!(output.len(), texts.len());
    for (theirs, ours) in output.iter().zip(&texts) {
        assert_eq!(theirs, &ours.nfc().collect::<String>(), "{ours:?}");
    }
}
