//! What stands in a managed block, whoever wrote it: the module calls, with the values that are written out.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_hcl::{Attribute, Block, File, Scope, Value, evaluate};

use super::block;
use crate::wiring::CallAddress;

/// A thing that a managed block makes. A block with a `for_each` makes several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenCall {
    /// Where it is.
    pub address: CallAddress,
    /// Where its module lies, as it is written: `../../../modules/aws/sqs-queue/1.0.0`.
    pub source: String,
    /// Its inputs. What only Terraform could tell is not among them.
    pub inputs: BTreeMap<String, Json>,
}

/// What the managed block of a request makes, where somebody edited it; none where nobody did, or where it cannot be read.
pub fn edited_calls(main: &str, request: u64) -> Option<Vec<WrittenCall>> {
    let found = block::find(main, request).ok().filter(|found| found.edited)?;
    calls(main.get(found.span)?)
}

/// What a managed block makes; none where it cannot be read.
pub(super) fn calls(block: &str) -> Option<Vec<WrittenCall>> {
    let file = File::parse("main.tf", block.as_bytes()).ok()?;
    Some(file.body.named("module").flat_map(instances).collect())
}

/// What one module block makes. The keys of a `for_each` that are not written out are not known.
fn instances(block: &Block) -> Vec<WrittenCall> {
    let call = |key: Option<String>, roots: &BTreeMap<String, Value>| {
        let label = block.labels.first()?.clone();
        let value = |attribute: &Attribute| {
            let value = evaluate(&attribute.value, &Scope::empty().with_roots(roots)).to_json()?;
            Some((attribute.name.clone(), value))
        };
        let mut inputs: BTreeMap<String, Json> = block.body.attributes.iter().filter_map(value).collect();
        inputs.remove("for_each");
        let source = inputs.remove("source")?.as_str()?.to_owned();
        inputs.retain(|_, value| !value.is_null());
        Some(WrittenCall { address: CallAddress { label, key }, source, inputs })
    };
    let Some(over) = block.body.get("for_each") else {
        return call(None, &BTreeMap::new()).into_iter().collect();
    };
    let entries: Vec<(String, Value)> = match evaluate(&over.value, &Scope::empty()) {
        Value::Object(entries) => entries.into_iter().collect(),
        Value::List(items) => {
            let text = |item: Value| match item {
                Value::String(text) => Some((text.clone(), Value::String(text))),
                _ => None,
            };
            items.into_iter().filter_map(text).collect()
        }
        _ => Vec::new(),
    };
    let each = |(key, value): (String, Value)| {
        let members = [("key".to_owned(), Value::String(key.clone())), ("value".to_owned(), value)];
        call(Some(key), &BTreeMap::from([("each".to_owned(), Value::Object(members.into()))]))
    };
    entries.into_iter().filter_map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::super::block::Block;
    use super::*;

    const BODY: &str = "terraform {\n  required_version = \">= 1.11.0\"\n}\n\nmodule \"sqs_queue\" {\n  source = \"../../../modules/aws/sqs-queue/1.0.0\"\n  name   = \"orders\"\n  fifo   = false\n  topic  = module.sns_topic.arn\n}\n";

    #[test]
    fn only_what_was_edited_is_read() {
        let text = Block::new(41, "aws/sqs-queue@1.0.0", BODY.to_owned()).text();
        assert_eq!(edited_calls(&text, 41), None);
        let edited = text.replace("fifo   = false", "fifo   = true");
        let calls = edited_calls(&edited, 41).expect("was edited");
        let [call] = calls.as_slice() else { panic!("{calls:?}") };
        assert_eq!(call.address, CallAddress { label: "sqs_queue".to_owned(), key: None });
        assert_eq!(call.source, "../../../modules/aws/sqs-queue/1.0.0");
        let inputs = [("fifo".to_owned(), true.into()), ("name".to_owned(), "orders".into())];
        assert_eq!(call.inputs, BTreeMap::from(inputs));
        assert_eq!(edited_calls(&edited, 4), None);
        assert_eq!(edited_calls(&edited.replace("{", ""), 41), None);
    }

    #[test]
    fn a_block_over_names_makes_several() {
        let body = "module \"sqs_queue\" {\n  for_each = toset([\"a\", \"b\"])\n  source   = \"x\"\n  name     = each.key\n  fifo     = true\n}\n";
        let found = calls(body).expect("it can be read");
        let told: Vec<_> = found
            .iter()
            .map(|call| {
                (
                    call.address.key.as_deref(),
                    call.inputs.get("name").and_then(Json::as_str),
                    call.inputs.len(),
                )
            })
            .collect();
        assert_eq!(told, [(Some("a"), Some("a"), 2), (Some("b"), Some("b"), 2)]);
        let map = body.replace("toset([\"a\", \"b\"])", "{ c = 1 }");
        assert_eq!(calls(&map).expect("it can be read").len(), 1);
        assert_eq!(calls(&body.replace("toset([\"a\", \"b\"])", "var.names")), Some(Vec::new()));
    }
}
