//! `.tf.json` into blocks: which objects are labels, which strings are templates.
//!
//! JSON does not say whether an object is a block or a value, so nested objects become both. Keys may not be computed.

use super::json_reader::{self, Kind, Member, Node};
use super::{Attribute, Block, Body, Lines};
use crate::{Diagnostic, Place};
use hcl_edit::Ident;
use hcl_edit::expr::{Array, Expression, Object, ObjectKey, ObjectValue};
use hcl_edit::template::Element;

/// Most values a file may hold after nested objects were read both as blocks and as values.
const VALUE_CAP: usize = 400_000;

/// Reads a whole file.
pub(super) fn body(lines: &Lines) -> Result<Body, Diagnostic> {
    let root = json_reader::read(lines.text()).map_err(|fault| {
        Diagnostic::new(lines.at(fault.offset), fault.what, "write plain JSON, every key once in its object")
    })?;
    let Kind::Object(members) = &root.kind else {
        return Err(Diagnostic::new(
            lines.at(root.offset),
            "the file does not hold one JSON object",
            "write `{ … }`",
        ));
    };
    let mut converter = Converter { lines, left: VALUE_CAP };
    let values = lines.path().ends_with(".tfvars.json");
    let mut body = Body::default();
    for member in members {
        converter.plain_key(member)?;
        if values {
            // Values of variables are plain data: no templates, no blocks.
            body.attributes.push(converter.attribute(member, Strings::Data)?);
        } else if member.name != "//" {
            let head = Head::new(member, top_level_labels(&member.name));
            converter.blocks(&head, &member.value, &mut body.blocks)?;
        }
    }
    Ok(body)
}

/// How many labels a top-level block of a kind carries.
fn top_level_labels(kind: &str) -> usize {
    match kind {
        "resource" | "data" | "ephemeral" => 2,
        "provider" | "variable" | "output" | "module" | "check" => 1,
        _ => 0,
    }
}

/// How many labels a nested block of a kind carries.
fn nested_labels(kind: &str, parent: &str) -> usize {
    match kind {
        "provisioner" | "dynamic" | "backend" | "provider_meta" => 1,
        "data" if parent == "check" => 2,
        _ => 0,
    }
}

/// What strings mean.
#[derive(Clone, Copy)]
enum Strings {
    /// Templates.
    Templates,
    /// Themselves.
    Data,
    /// Themselves, and a template would be a mistake or a trick.
    Constants,
}

/// What strings mean in an attribute of a block.
fn strings(kind: &str, name: &str) -> Strings {
    match (kind, name) {
        ("terraform" | "backend" | "cloud" | "required_providers", _) | ("module", "source" | "version") => {
            Strings::Constants
        }
        ("variable", name) if name != "validation" => Strings::Constants,
        _ => Strings::Templates,
    }
}

/// A block's beginning, as far as it was read.
struct Head<'m> {
    kind: &'m str,
    labels: Vec<String>,
    /// Labels still to come.
    missing: usize,
    /// Where the last label stands, or the kind.
    offset: usize,
}

impl<'m> Head<'m> {
    fn new(member: &'m Member, missing: usize) -> Self {
        Self { kind: &member.name, labels: Vec::new(), missing, offset: member.offset }
    }

    fn with(&self, label: &Member) -> Self {
        let labels = [self.labels.as_slice(), std::slice::from_ref(&label.name)].concat();
        Self { kind: self.kind, labels, missing: self.missing - 1, offset: label.offset }
    }
}

struct Converter<'l> {
    lines: &'l Lines,
    left: usize,
}

impl Converter<'_> {
    fn place(&self, offset: usize) -> Place {
        self.lines.at(offset)
    }

    fn plain_key(&self, member: &Member) -> Result<(), Diagnostic> {
        if member.name.contains("${") || member.name.contains("%{") {
            let what = format!("the key {:?} is computed", member.name);
            return Err(Diagnostic::new(self.place(member.offset), what, "write the key as plain text"));
        }
        Ok(())
    }

    /// Steps through labels, then reads bodies; an array at any level repeats the block.
    fn blocks(&mut self, head: &Head<'_>, node: &Node, blocks: &mut Vec<Block>) -> Result<(), Diagnostic> {
        match &node.kind {
            Kind::Array(items) => items.iter().try_for_each(|item| self.blocks(head, item, blocks)),
            Kind::Object(members) if head.missing > 0 => {
                for inner in members {
                    self.plain_key(inner)?;
                    self.blocks(&head.with(inner), &inner.value, blocks)?;
                }
                Ok(())
            }
            Kind::Object(members) => {
                blocks.push(Block {
                    body: self.body(head.kind, members)?,
                    kind: head.kind.to_owned(),
                    labels: head.labels.clone(),
                    place: self.place(head.offset),
                    end: self.place(head.offset).line,
                });
                Ok(())
            }
            Kind::Null => Ok(()),
            _ => Err(Diagnostic::new(
                self.place(node.offset),
                format!("`{}` is not an object", head.kind),
                "write `{ … }` or `[{ … }]`",
            )),
        }
    }

    fn body(&mut self, kind: &str, members: &[Member]) -> Result<Body, Diagnostic> {
        let mut body = Body::default();
        for member in members.iter().filter(|member| member.name != "//") {
            self.plain_key(member)?;
            body.attributes.push(self.attribute(member, strings(kind, &member.name))?);
            if holds_objects(&member.value) {
                let labels = nested_labels(&member.name, kind);
                self.nested(member, labels, &mut body.blocks)?;
            }
        }
        Ok(body)
    }

    /// Objects inside an attribute; what does not have a block's shape stays a value only.
    fn nested(&mut self, member: &Member, labels: usize, blocks: &mut Vec<Block>) -> Result<(), Diagnostic> {
        let mut found = Vec::new();
        match self.blocks(&Head::new(member, labels), &member.value, &mut found) {
            Ok(()) => blocks.append(&mut found),
            // A mixed array is no block; its templates were read as a value already.
            Err(diagnostic) if diagnostic.what.ends_with("is not an object") && labels == 0 => {}
            Err(diagnostic) => return Err(diagnostic),
        }
        Ok(())
    }

    fn attribute(&mut self, member: &Member, strings: Strings) -> Result<Attribute, Diagnostic> {
        Ok(Attribute {
            name: member.name.clone(),
            value: self.expression(&member.value, strings)?,
            place: self.place(member.offset),
        })
    }

    fn expression(&mut self, node: &Node, strings: Strings) -> Result<Expression, Diagnostic> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            let what = format!("the file holds more than {VALUE_CAP} values");
            Diagnostic::new(self.place(node.offset), what, "split it into smaller files")
        })?;
        Ok(match &node.kind {
            Kind::Null => Expression::null(),
            Kind::Bool(value) => Expression::from(*value),
            Kind::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(value), ..) => Expression::from(value),
                (_, Some(value), _) => Expression::from(value),
                (_, _, value) => Expression::from(value.unwrap_or(f64::NAN)),
            },
            Kind::String(text) => match strings {
                Strings::Templates => self.template(text, node.offset)?,
                Strings::Data => Expression::from(text.as_str()),
                Strings::Constants => self.constant(text, node.offset)?,
            },
            Kind::Array(items) => {
                let items = items.iter().map(|item| self.expression(item, strings));
                Expression::Array(items.collect::<Result<Array, _>>()?)
            }
            Kind::Object(members) => {
                let mut object = Object::new();
                // Inside a value `//` is a key like any other.
                for member in members {
                    self.plain_key(member)?;
                    object.insert(
                        key(&member.name),
                        ObjectValue::new(self.expression(&member.value, strings)?),
                    );
                }
                Expression::Object(object)
            }
        })
    }

    /// A string where Terraform evaluates nothing. What looks like a template would mean itself there; nobody writes that.
    fn constant(&self, text: &str, offset: usize) -> Result<Expression, Diagnostic> {
        if text.contains("${") || text.contains("%{") {
            let what = "a template where Terraform evaluates none";
            return Err(Diagnostic::new(self.place(offset), what, "write the value as plain text"));
        }
        Ok(Expression::from(text))
    }

    fn template(&self, text: &str, offset: usize) -> Result<Expression, Diagnostic> {
        // Most strings are plain.
        if !text.contains("${") && !text.contains("%{") {
            return Ok(Expression::from(text));
        }
        let template = super::template_at(text, |_| self.place(offset))?;
        Ok(match template.as_single_element() {
            Some(Element::Literal(literal)) => Expression::from(literal.value().as_str()),
            _ => Expression::StringTemplate(template.into()),
        })
    }
}

fn holds_objects(node: &Node) -> bool {
    match &node.kind {
        Kind::Object(_) => true,
        Kind::Array(items) => items.iter().any(|item| matches!(item.kind, Kind::Object(_))),
        _ => false,
    }
}

fn key(name: &str) -> ObjectKey {
    match Ident::try_new(name) {
        Ok(ident) => ObjectKey::from(ident),
        Err(_) => ObjectKey::from(Expression::from(name)),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::File;

    fn fault(text: &str) -> String {
        File::parse("m.tf.json", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn objects_become_labelled_blocks() {
        let text = r#"{"resource": {"aws_s3_bucket": {"a": {"bucket": "x", "provisioner": [{"local-exec": {"command": "c"}}]},
            "b": [{"tags": {"k": "${var.v}"}}]}}, "//": "note", "terraform": {"backend": {"s3": {"key": "k"}}}}"#;
        let file = File::parse("m.tf.json", text.as_bytes()).unwrap();
        let shape = |blocks: &[crate::Block]| {
            blocks
                .iter()
                .map(|block| format!("{} {}", block.kind, block.labels.join(" ")))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shape(&file.body.blocks),
            ["resource aws_s3_bucket a", "resource aws_s3_bucket b", "terraform "]
        );
        assert_eq!(shape(&file.body.blocks[0].body.blocks), ["provisioner local-exec"]);
        assert_eq!(shape(&file.body.blocks[2].body.blocks), ["backend s3"]);
        assert_eq!(file.body.blocks[0].place.to_string(), "m.tf.json:1:33");
        let tags = &file.body.blocks[1].body;
        assert!(tags.get("tags").is_some() && tags.named("tags").next().is_some());
    }

    #[test]
    fn keys_are_plain_and_unique() {
        let text = r#"{"resource": {"x": {"y": {"${local.k}": 1}}}}"#;
        assert_eq!(
            fault(text),
            "m.tf.json:1:27: the key \"${local.k}\" is computed; write the key as plain text"
        );
        assert!(
            fault("{\n\"module\": {},\n\"module\": {}}")
                .starts_with("m.tf.json:3:1: the key \"module\" stands here")
        );
        assert!(fault("[]").contains("one JSON object"));
        assert!(fault(r#"{"module": 1}"#).contains("`module` is not an object"));
        assert!(fault(r#"{"locals": {"a": "${"}}"#).contains("this template cannot be read"));
    }

    #[test]
    fn templates_stand_only_where_terraform_evaluates_them() {
        for text in [
            r#"{"variable": {"p": {"default": "%{ for x in [1, 2] }a/%{ endfor }../../x"}}}"#,
            r#"{"module": {"m": {"source": "${local.x}"}}}"#,
            r#"{"terraform": {"backend": {"s3": {"key": "${local.x}"}}}}"#,
            r#"{"terraform": {"required_providers": {"aws": {"source": "${local.x}"}}}}"#,
        ] {
            assert!(fault(text).contains("a template where Terraform evaluates none"), "{text}");
        }
        let text = r#"{"variable": {"p": {"default": "a", "validation": {"condition": "${var.p != 1}"}}}}"#;
        assert!(File::parse("m.tf.json", text.as_bytes()).is_ok());
    }

    #[test]
    fn a_comment_is_one_only_beside_arguments() {
        let text = r#"{"locals": {"//": "note", "a": {"//": "${file(1)}"}}}"#;
        let file = File::parse("m.tf.json", text.as_bytes()).unwrap();
        let [local] = file.body.blocks[0].body.attributes.as_slice() else { panic!("one local") };
        assert!(local.value.to_string().contains("file(1)"));
    }

    #[test]
    fn values_of_variables_are_data() {
        let file = File::parse("a.auto.tfvars.json", br#"{"a": "${x}", "b": {"c": [1]}}"#).unwrap();
        assert_eq!(file.body.attributes.len(), 2);
        assert_eq!(file.body.attributes[0].value.as_str(), Some("${x}"));
    }

    #[test]
    fn deep_objects_do_not_multiply_without_end() {
        let wide = format!("[{}1]", "1,".repeat(100_000));
        let deep = format!("{}{wide}{}", r#"{"a":"#.repeat(20), "}".repeat(20));
        let text = format!(r#"{{"resource": {{"t": {{"n": {deep}}}}}}}"#);
        assert!(fault(&text).contains("more than 400000 values"));
    }
}
