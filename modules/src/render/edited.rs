//! What somebody made of a managed block by hand: the module calls in it, with the values that are written out.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_hcl::{Body, File, Scope, evaluate};

use super::block;

/// A module call in a managed block that was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedCall {
    /// Where its module lies, as it is written: `../../../modules/aws/sqs-queue/1.0.0`.
    pub source: String,
    /// Its inputs. What only Terraform could tell is not among them.
    pub inputs: BTreeMap<String, Json>,
}

/// The module calls in the managed block of a request, where somebody edited it; none where nobody did, or where it cannot be
/// read.
pub fn edited_calls(main: &str, request: u64) -> Option<Vec<EditedCall>> {
    let found = block::find(main, request).ok().filter(|found| found.edited)?;
    let file = File::parse("main.tf", main.get(found.span)?.as_bytes()).ok()?;
    Some(file.body.named("module").filter_map(|call| read(&call.body)).collect())
}

fn read(call: &Body) -> Option<EditedCall> {
    let value = |attribute: &tfpilot_hcl::Attribute| {
        let value = evaluate(&attribute.value, &Scope::empty()).to_json()?;
        Some((attribute.name.clone(), value))
    };
    let mut inputs: BTreeMap<String, Json> = call.attributes.iter().filter_map(value).collect();
    let source = inputs.remove("source")?.as_str()?.to_owned();
    inputs.retain(|_, value| !value.is_null());
    Some(EditedCall { source, inputs })
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
        assert_eq!(call.source, "../../../modules/aws/sqs-queue/1.0.0");
        let inputs = [("fifo".to_owned(), true.into()), ("name".to_owned(), "orders".into())];
        assert_eq!(call.inputs, BTreeMap::from(inputs));
        assert_eq!(edited_calls(&edited, 4), None);
        assert_eq!(edited_calls(&edited.replace("{", ""), 41), None);
    }
}
