//! A module's interface, read from its files.

use serde_json::json;
use tfpilot_hcl::variables::{Interface, read};

const MODULE: &str = r#"
variable "name" {
  type        = string
  description = "The bucket's name."
  validation {
condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.name)) && !startswith(var.name, "xn--")
error_message = "Lower case, digits, dots and hyphens."
  }
  validation {
condition     = var.name != data.aws_s3_bucket.other.id
error_message = "Taken: ${var.name}."
  }
}

variable "rules" {
  type = list(object({
days  = optional(number, 30)
class = string
  }))
  default   = [{ class = "GLACIER" }]
  nullable  = false
  validation {
condition     = alltrue([for rule in var.rules : rule.days > 0 && contains(["GLACIER", "STANDARD_IA"], rule.class)])
error_message = "Days above zero."
  }
}

variable "token" {
  type      = string
  sensitive = true
  ephemeral = true
}

output "arn" {
  description = "The ARN."
  value       = aws_s3_bucket.this.arn
  sensitive   = true
}
"#;

fn module() -> Interface {
    let (interface, diagnostics) = read([("variables.tf", MODULE)]);
    assert_eq!(diagnostics, []);
    interface
}

#[test]
fn a_module_tells_what_it_takes_and_gives() {
    let Interface { variables, outputs } = module();
    let [name, rules, token] = variables.as_slice() else { panic!("three variables") };
    assert_eq!((name.name.as_str(), name.ty.to_string().as_str(), name.required()), ("name", "string", true));
    assert_eq!(name.description.as_deref(), Some("The bucket's name."));
    assert_eq!(name.place.to_string(), "variables.tf:2:1");
    assert_eq!(name.validations[1].condition, "var.name != data.aws_s3_bucket.other.id");
    assert_eq!(name.validations[1].error_message, "\"Taken: ${var.name}.\"");
    assert_eq!(rules.ty.to_string(), "list(object({ days = optional(number, 30), class = string }))");
    assert_eq!(rules.default, Some(json!([{"days": 30, "class": "GLACIER"}])));
    assert!(!rules.nullable && name.nullable);
    assert!(token.sensitive && token.ephemeral && !name.sensitive && !name.ephemeral);
    assert!(outputs[0].sensitive);
    assert_eq!(outputs[0].description.as_deref(), Some("The ARN."));
}

#[test]
fn validations_hold_fail_or_stay_unknown() {
    let Interface { variables, .. } = module();
    let (name, rules) = (&variables[0], &variables[1]);
    assert_eq!(name.validations[0].holds(&json!("acme-invoices")), Some(true));
    assert_eq!(name.validations[0].holds(&json!("Acme_Inv")), Some(false));
    assert_eq!(name.validations[0].holds(&json!("xn--acme")), Some(false));
    assert_eq!(name.validations[1].holds(&json!("acme")), None);
    assert_eq!(rules.accepts(&json!([{"class": "GLACIER"}])), Ok(()));
    assert_eq!(rules.accepts(&json!([{"class": "GLACIER", "days": 0}])), Err("Days above zero.".to_owned()));
    assert_eq!(rules.accepts(&json!(null)), Err("`rules` does not take null".to_owned()));
    assert!(rules.accepts(&json!("x")).unwrap_err().contains("expected list"));
}

#[test]
fn the_json_syntax_says_the_same() {
    let text = r#"{"variable": {"size": {"type": "list(number)", "default": [1], "description": "d",
        "validation": {"condition": "${length(var.size) < 3}", "error_message": "At most 2."}}},
        "output": {"o": {"value": "${var.size}"}}}"#;
    let (interface, diagnostics) = read([("variables.tf.json", text)]);
    assert_eq!(diagnostics, []);
    let size = &interface.variables[0];
    assert_eq!((size.ty.to_string().as_str(), size.default.clone()), ("list(number)", Some(json!([1]))));
    assert_eq!(size.accepts(&json!([1, 2, 3])), Err("At most 2.".to_owned()));
    assert_eq!(size.validations[0].condition, "length(var.size) < 3");
}

#[test]
fn mistakes_are_named_with_their_place() {
    let text = "variable \"a\" {\n  type = strin\n}\nvariable \"a\" {}\nvariable \"b\" {\n  type    = number\n  \
        default = \"x\"\n}\nvariable \"c\" {\n  default = timestamp()\n  sensitive = 3\n}\n";
    let (interface, diagnostics) = read([("v.tf", text), ("broken.tf", "variable {{")]);
    assert_eq!(interface.variables.len(), 3);
    let shown: Vec<_> =
        diagnostics.iter().map(|diagnostic| format!("{}: {}", diagnostic.place, diagnostic.what)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    broken.tf:1:11: this is not HCL: invalid block body; expected `}`, newline or identifier
    v.tf:2:3: the type of variable `a`: `strin` is not a type
    v.tf:4:1: variable `a` is declared twice, first at v.tf:1:1
    v.tf:7:3: the default of variable `b`: expected number, found string "x"
    v.tf:10:3: the default of variable `c` is not a constant
    v.tf:11:3: `sensitive` of variable `c` is computed
    "#);
}
