//! A module's interface: its `variable` and `output` blocks, and what their validations say about a value.
//! Reading files belongs to [`crate::source`], computing to [`crate::eval`].

use crate::eval::{Scope, constant, evaluate};
use crate::source::{Block, File};
use crate::{Diagnostic, Place, Type, Value};
use hcl_edit::expr::Expression;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What a module takes and gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interface {
    /// Its variables, in the order written, files in the order given.
    pub variables: Vec<Variable>,
    /// Its outputs, likewise.
    pub outputs: Vec<Output>,
}

/// A `variable` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type; `any` when none is written.
    pub ty: Type,
    /// Its default; none means that a value must be given.
    pub default: Option<Json>,
    /// Its description.
    pub description: Option<String>,
    /// Whether its value is hidden in Terraform's output.
    pub sensitive: bool,
    /// Whether it takes `null`.
    pub nullable: bool,
    /// Whether its value is not kept in plan and state.
    pub ephemeral: bool,
    /// Its `validation` blocks.
    pub validations: Vec<Validation>,
    /// Where the block begins.
    pub place: Place,
}

/// A `validation` block of a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The condition, as written.
    pub condition: String,
    /// What Terraform says when it does not hold; the text as written when it is computed.
    pub error_message: String,
    variable: String,
    expr: Expression,
}

/// An `output` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Whether its value is hidden in Terraform's output.
    pub sensitive: bool,
    /// Whether its value is a list, as far as its expression alone tells: `[…]`, `keys(…)`.
    pub is_list: bool,
    /// Where the block begins.
    pub place: Place,
}

/// Reads the interface from a module's files, given as (path, bytes): `*.tf` and `*.tf.json`.
pub fn read<P: AsRef<str>, T: AsRef<[u8]>>(
    files: impl IntoIterator<Item = (P, T)>,
) -> (Interface, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut parsed = Vec::new();
    for (path, bytes) in files {
        match File::parse(path.as_ref(), bytes.as_ref()) {
            Ok(file) => parsed.push(file),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    let interface = of_files(parsed.iter(), &mut diagnostics);
    (interface, diagnostics)
}

/// The interface of files already parsed.
pub fn of_files<'f>(
    files: impl IntoIterator<Item = &'f File>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Interface {
    let mut interface = Interface::default();
    let mut seen = BTreeMap::<(&str, &str), &Place>::new();
    for file in files {
        for block in &file.body.blocks {
            let [label] = block.labels.as_slice() else { continue };
            if !matches!(block.kind.as_str(), "variable" | "output") {
                continue;
            }
            if let Some(first) = seen.insert((&block.kind, label), &block.place) {
                diagnostics.push(Diagnostic::new(
                    block.place.clone(),
                    format!("{} `{label}` is declared twice, first at {first}", block.kind),
                    "remove one of them",
                ));
                continue;
            }
            match block.kind.as_str() {
                "variable" => interface.variables.push(variable(file, label, block, diagnostics)),
                _ => interface.outputs.push(output(label, block, diagnostics)),
            }
        }
    }
    interface
}

fn variable(file: &File, name: &str, block: &Block, diagnostics: &mut Vec<Diagnostic>) -> Variable {
    let ty = match block.body.get("type").map(|attribute| (attribute, file.type_constraint(&attribute.value)))
    {
        None => Type::Any,
        Some((_, Ok(ty))) => ty,
        Some((attribute, Err(error))) => {
            diagnostics.push(Diagnostic::new(
                attribute.place.clone(),
                format!("the type of variable `{name}`: {error}"),
                "write a type such as `string`, `list(string)` or `object({ name = string })`",
            ));
            Type::Any
        }
    };
    let nullable = flag(block, "nullable", true, diagnostics);
    Variable {
        name: name.to_owned(),
        default: default(name, &ty, nullable, block, diagnostics),
        description: text(block, "description", diagnostics),
        sensitive: flag(block, "sensitive", false, diagnostics),
        nullable,
        ephemeral: flag(block, "ephemeral", false, diagnostics),
        validations: validations(file, name, block, diagnostics),
        place: block.place.clone(),
        ty,
    }
}

fn default(
    name: &str,
    ty: &Type,
    nullable: bool,
    block: &Block,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Json> {
    let attribute = block.body.get("default")?;
    let mut refuse = |what: String, hint: &str| {
        diagnostics.push(Diagnostic::new(attribute.place.clone(), what, hint));
        None
    };
    let Some(value) = constant(&attribute.value) else {
        return refuse(
            format!("the default of variable `{name}` is not a constant"),
            "write a literal value",
        );
    };
    if value.is_null() && !nullable {
        return refuse(
            format!("the default of variable `{name}` is null, but `nullable` is false"),
            "remove one of them",
        );
    }
    match ty.convert(&value) {
        Ok(value) => Some(value),
        Err(error) => refuse(
            format!("the default of variable `{name}`: {error}"),
            "write a value of the variable's type",
        ),
    }
}

fn validations(file: &File, name: &str, block: &Block, diagnostics: &mut Vec<Diagnostic>) -> Vec<Validation> {
    let mut validations = Vec::new();
    for validation in block.body.named("validation") {
        let Some(condition) = validation.body.get("condition") else {
            diagnostics.push(Diagnostic::new(
                validation.place.clone(),
                format!("a validation of variable `{name}` without `condition`"),
                "write `condition = …` and `error_message = …`",
            ));
            continue;
        };
        let expr = file.expression(&condition.value);
        let error_message = validation.body.get("error_message").map_or_else(String::new, |message| {
            match evaluate(&message.value, &Scope::empty()) {
                Value::String(text) => text,
                _ => file.written(&message.value),
            }
        });
        validations.push(Validation {
            condition: file.written(&condition.value),
            error_message,
            variable: name.to_owned(),
            expr,
        });
    }
    validations
}

fn output(name: &str, block: &Block, diagnostics: &mut Vec<Diagnostic>) -> Output {
    Output {
        name: name.to_owned(),
        description: text(block, "description", diagnostics),
        sensitive: flag(block, "sensitive", false, diagnostics),
        is_list: block.body.get("value").is_some_and(|attribute| is_list(&attribute.value)),
        place: block.place.clone(),
    }
}

/// Whether an expression makes a list whatever its names are worth.
fn is_list(value: &Expression) -> bool {
    match value {
        Expression::Array(_) => true,
        Expression::ForExpr(each) => each.key_expr.is_none(),
        Expression::Parenthesis(inner) => is_list(inner.inner()),
        Expression::FuncCall(call) => {
            call.name.namespace.is_empty()
                && matches!(
                    call.name.name.as_str(),
                    "compact"
                        | "concat"
                        | "distinct"
                        | "flatten"
                        | "keys"
                        | "sort"
                        | "tolist"
                        | "toset"
                        | "values"
                )
        }
        _ => false,
    }
}

fn text(block: &Block, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let attribute = block.body.get(name)?;
    match constant(&attribute.value) {
        Some(Json::String(text)) => Some(text),
        _ => {
            diagnostics.push(not_plain(attribute.place.clone(), name, block, "a plain string"));
            None
        }
    }
}

fn flag(block: &Block, name: &str, otherwise: bool, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let Some(attribute) = block.body.get(name) else { return otherwise };
    match constant(&attribute.value).map(|value| Type::Bool.convert(&value)) {
        Some(Ok(Json::Bool(flag))) => flag,
        _ => {
            diagnostics.push(not_plain(attribute.place.clone(), name, block, "`true` or `false`"));
            otherwise
        }
    }
}

fn not_plain(place: Place, name: &str, block: &Block, wanted: &str) -> Diagnostic {
    let label = block.labels.first().map_or("", String::as_str);
    Diagnostic::new(
        place,
        format!("`{name}` of {} `{label}` is computed", block.kind),
        format!("write {wanted}"),
    )
}

impl Variable {
    /// Whether a value must be given.
    pub fn required(&self) -> bool {
        self.default.is_none()
    }

    /// Whether this variable takes the value; if not, why. A validation that cannot be evaluated here is left to
    /// Terraform; [`Validation::holds`] tells it apart from one that holds.
    pub fn accepts(&self, value: &Json) -> Result<(), String> {
        if value.is_null() && !self.nullable {
            return Err(format!("`{}` does not take null", self.name));
        }
        let value = self.ty.convert(value)?;
        match self.validations.iter().find(|validation| validation.holds(&value) == Some(false)) {
            Some(validation) => Err(validation.error_message.clone()),
            None => Ok(()),
        }
    }
}

impl Validation {
    /// Whether the condition holds for a value of its variable, of the variable's type ([`Type::convert`]). None when the
    /// condition needs more than this value: an unknown, never a pass or a fail.
    pub fn holds(&self, value: &Json) -> Option<bool> {
        self.holds_for(Value::from(value))
    }

    /// The same of a value that is not known in whole or in part.
    pub fn holds_for(&self, value: Value) -> Option<bool> {
        let variables = BTreeMap::from([(self.variable.clone(), value)]);
        match evaluate(&self.expr, &Scope::with_variables(&variables)) {
            Value::Bool(holds) => Some(holds),
            Value::String(text) if text == "true" => Some(true),
            Value::String(text) if text == "false" => Some(false),
            _ => None,
        }
    }
}
