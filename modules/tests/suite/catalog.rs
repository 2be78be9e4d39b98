//! What authors of modules are told about their files.

use insta::assert_snapshot;
use tfpilot_modules::Catalog;

const VARIABLES: &str = "
variable \"name\" {
  type = string
}

variable \"size\" {
  type    = number
  default = 1
}
";
const VERSIONS: &str = "
terraform {
  required_version = \">= 1.11.0\"

  required_providers {
    aws = {
      source = \"hashicorp/aws\"
    }
  }
}
";
const YAML: &str = "
version: 1.0.0
title: Thing
category: things
summary: A thing.
risk: low
providers: {aws: 5.100.0}
words: {en: [thing]}
";

/// Whether the module is in the catalog, and every diagnostic.
fn load(yaml: &str, variables: &str, versions: &str) -> (bool, String) {
    let files = [("t/m/module.yml", yaml), ("t/m/variables.tf", variables), ("t/m/versions.tf", versions)];
    let (catalog, diagnostics) = Catalog::load(files);
    let told: String = diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    (catalog.find("t/m").is_some(), told)
}

#[test]
fn a_good_module_has_no_diagnostics() {
    assert_eq!(load(YAML, VARIABLES, VERSIONS), (true, String::new()));
}

#[test]
fn unknown_keys_are_told_with_their_place_and_do_no_harm() {
    let yaml = format!(
        "{YAML}titel: x
inputs:
  name:
    lable: Name
    type: string
    default: x
    change: {{effect: update, text: renames, when: now}}
  nmae:
    label: Name
examples:
  - request: a thing
    expect: {{name: x}}
    enviroment: dev
"
    );
    let (found, told) = load(&yaml, VARIABLES, VERSIONS);
    assert!(found);
    assert_snapshot!(told, @r"
    t/m/module.yml:9:1: unknown key `titel`; did you mean `title`?
    t/m/module.yml:12:5: unknown key `lable`; did you mean `label`?
    t/m/module.yml:13:5: unknown key `type`; known are label, question, introduced_by, on, off, values, unit, one_of, from, beside, marks, example, change
    t/m/module.yml:14:5: unknown key `default`; known are label, question, introduced_by, on, off, values, unit, one_of, from, beside, marks, example, change
    t/m/module.yml:15:45: unknown key `when`; known are effect, text
    t/m/module.yml:16:3: the module has no input `nmae`; did you mean `name`?
    t/m/module.yml:21:5: unknown key `enviroment`; did you mean `environment`?
    ");
}

#[test]
fn hints_that_can_never_apply_are_told() {
    let yaml = format!(
        "{YAML}inputs:
  name:
    on: [named]
    unit: days
  size:
    values: {{large: [big]}}
"
    );
    let (found, told) = load(&yaml, VARIABLES, VERSIONS);
    assert!(found);
    assert_snapshot!(told, @r#"
    t/m/module.yml:11:5: `on` is for switches, and `name` is string; use `introduced_by`
    t/m/module.yml:12:5: `name` is string and counts nothing; remove the unit
    t/m/module.yml:14:5: `size` does not take "large": expected number, found string "large"; write a value that it takes
    "#);
}

#[test]
fn examples_have_to_fit_the_inputs() {
    let yaml = format!("{YAML}examples:\n  - {{request: a big thing, expect: {{size: big}}}}\n");
    let (found, told) = load(&yaml, VARIABLES, VERSIONS);
    assert!(found);
    assert_snapshot!(told, @r#"
    t/m/module.yml:1:1: the example "a big thing": Input `name` is missing: there is no default; set name=…
    t/m/module.yml:1:1: the example "a big thing": Input `size` has the wrong type: expected number, found string "big"; set size=1
    "#);
}

#[test]
fn a_module_that_cannot_be_trusted_is_left_out() {
    let secret = "variable \"password\" {\n  type = string\n  sensitive = true\n}\n";
    for (what, yaml, variables, versions) in [
        ("version", YAML.replace("1.0.0", "1.0"), VARIABLES, VERSIONS),
        ("version with a path", YAML.replace("1.0.0", "../../x"), VARIABLES, VERSIONS),
        ("no words", YAML.replace("[thing]", "[]"), VARIABLES, VERSIONS),
        ("no title", YAML.replace("title: Thing", ""), VARIABLES, VERSIONS),
        ("provider without version", YAML.replace("{aws: 5.100.0}", "{}"), VARIABLES, VERSIONS),
        ("provider range", YAML.replace("5.100.0", "~> 5.0"), VARIABLES, VERSIONS),
        ("foreign provider", YAML.replace("{aws:", "{google: 6.0.0, aws:"), VARIABLES, VERSIONS),
        (
            "no terraform version",
            YAML.to_owned(),
            VARIABLES,
            &VERSIONS.replace("required_version", "required"),
        ),
        ("broken variables", YAML.to_owned(), "variable \"name\" {", VERSIONS),
        ("not YAML", "version: [".to_owned(), VARIABLES, VERSIONS),
        ("twice the same key", format!("{YAML}title: Other\n"), VARIABLES, VERSIONS),
        ("anchors", YAML.replace("title: Thing", "title: &a Thing"), VARIABLES, VERSIONS),
        ("too deep", "[".repeat(60_000), VARIABLES, VERSIONS),
        ("too large", format!("{YAML}# {}\n", "x".repeat(70_000)), VARIABLES, VERSIONS),
    ] {
        let (found, told) = load(&yaml, variables, versions);
        assert!(!found && !told.is_empty(), "{what}: {told}");
    }
    let (found, told) = load(YAML, secret, VERSIONS);
    assert!(found && told.contains("secret and required"), "{told}");
}

#[test]
fn one_bad_module_does_not_hide_the_others() {
    let (catalog, diagnostics) =
        Catalog::load([("t/good/module.yml", YAML), ("t/good/versions.tf", VERSIONS), ("t/bad/main.tf", "")]);
    assert!(catalog.find("t/good").is_some());
    assert_snapshot!(diagnostics[0], @"t/bad/module.yml:1:1: the module has no module.yml; add one with version, title, category, summary and words");
}
