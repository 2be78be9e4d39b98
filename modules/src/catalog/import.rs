//! What `module.yml` says about taking in what exists already: the address of the module's main resource and what
//! identifies it in the cloud, as Terraform's `import` block needs them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfpilot_hcl::{Diagnostic, File, Place};

use super::Module;
use crate::inputs::Inputs;

/// Longest id that is believed, in bytes.
const LONGEST_ID: usize = 2048;

/// Of several resources of one name the first.
const FIRST: &str = "[0]";

/// How what exists already becomes a module's main resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// Its address within the module, such as `aws_s3_bucket.this`; `aws_route53_zone.this[0]` where it has a count.
    pub address: String,
    /// Its id in the cloud, made of inputs: `{name}`. None where somebody has to say it.
    pub id: Option<String>,
    /// What the id is, as people know it: `the queue's URL`.
    pub called: Option<String>,
    /// An id, as it looks like.
    pub example: Option<String>,
    /// How ids begin, so that one is known in a text.
    #[serde(default)]
    pub starts_with: Vec<String>,
}

impl Import {
    /// The address without an index.
    pub(crate) fn resource(&self) -> &str {
        self.address.strip_suffix(FIRST).unwrap_or(&self.address)
    }

    /// Whether the resource has a count.
    pub(crate) fn is_counted(&self) -> bool {
        self.address.ends_with(FIRST)
    }

    /// The id that follows from inputs; none where it does not.
    pub fn id_of(&self, inputs: &Inputs) -> Option<String> {
        let mut id = self.id.clone()?;
        for (input, value) in inputs {
            let value = match value {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            id = id.replace(&format!("{{{input}}}"), &value);
        }
        (!id.contains(['{', '}'])).then_some(id)
    }

    /// Whether a word can be the id of something of this module.
    pub fn takes(&self, id: &str) -> bool {
        let plain = !id.is_empty()
            && id.len() <= LONGEST_ID
            && !id.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        let begins = self.starts_with.is_empty()
            || self.starts_with.iter().any(|start| id.len() > start.len() && id.starts_with(start));
        plain && begins
    }

    /// What is wrong with it: the resource has to be there, and once.
    pub(super) fn problems(&self, module: &Module) -> Vec<Diagnostic> {
        let told = |what: String, next: &str| {
            let place = Place::start(format!("{}/module.yml", module.id));
            Diagnostic::new(place, format!("import: {what}"), next.to_owned())
        };
        let files = module.files.iter().filter(|file| file.is_configuration() && file.path.ends_with(".tf"));
        let files: Vec<File> =
            files.filter_map(|file| File::parse(&file.path, file.content.as_bytes()).ok()).collect();
        let blocks = files.iter().flat_map(|file| &file.body.blocks);
        let mut resources = blocks.filter(|block| block.kind == "resource");
        let mut problems = Vec::new();
        match resources.find(|block| block.labels.join(".") == self.resource()) {
            None => problems
                .push(told(format!("there is no resource {}", self.address), "name one of the module's")),
            Some(block) if block.body.get("for_each").is_some() => {
                let what = format!("{} is there several times or not at all", self.address);
                problems.push(told(what, "name a resource without for_each"));
            }
            Some(block) if block.body.get("count").is_some() != self.is_counted() => {
                let what = format!("{} does not say whether it is counted", self.address);
                problems.push(told(what, "write `[0]` behind a resource with count, and only there"));
            }
            Some(_) => {}
        }
        match (&self.id, &self.called) {
            (Some(_), None) | (None, Some(_)) => {}
            _ => problems.push(told(
                "the id follows from inputs or is asked for".to_owned(),
                "write either `id: \"{name}\"`, or `called: the queue's URL`",
            )),
        }
        let inputs: Inputs =
            module.variables.iter().map(|variable| (variable.name.clone(), Json::from("x"))).collect();
        if self.id.is_some() && self.id_of(&inputs).is_none() {
            problems.push(told("id names something that is no input".to_owned(), "write `{name}`"));
        }
        if self.example.as_ref().is_some_and(|example| !self.takes(example)) {
            problems
                .push(told("the example does not begin as ids do".to_owned(), "change it, or starts_with"));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Catalog;

    fn import(value: Json) -> Import {
        serde_json::from_value(value).expect("an import")
    }

    fn inputs(value: Json) -> Inputs {
        serde_json::from_value(value).expect("inputs")
    }

    #[test]
    fn an_id_is_made_of_inputs() {
        let named = import(json!({"address": "a.this", "id": "{path}/{name}"}));
        assert_eq!(named.id_of(&inputs(json!({"name": "x", "path": 7}))), Some("7/x".to_owned()));
        assert_eq!(named.id_of(&inputs(json!({"name": "x"}))), None);
        assert_eq!(import(json!({"address": "a.this"})).id_of(&Inputs::new()), None);
    }

    #[test]
    fn an_id_looks_like_one() {
        let url = import(json!({"address": "a.this", "called": "the URL", "starts_with": ["https://sqs."]}));
        assert!(url.takes("https://sqs.eu-central-1.amazonaws.com/1/x"));
        for wrong in ["", "https://sqs.", "orders", "https://sqs.x y", "https://sqs.\n"] {
            assert!(!url.takes(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn what_cannot_be_imported_is_told() {
        let catalog = Catalog::shipped();
        let queue = catalog.find("aws/sqs-queue").expect("a shipped module");
        let problems = |value: Json| -> Vec<String> {
            import(value).problems(queue).iter().map(ToString::to_string).collect()
        };
        assert_eq!(problems(json!({"address": "aws_sqs_queue.this", "called": "the URL"})), [""; 0]);
        for (value, what) in [
            (json!({"address": "aws_sqs_queue.other", "called": "x"}), "there is no resource"),
            (json!({"address": "aws_sqs_queue.this[0]", "called": "x"}), "whether it is counted"),
            (json!({"address": "aws_sqs_queue.this"}), "follows from inputs or is asked for"),
            (json!({"address": "aws_sqs_queue.this", "id": "{nome}"}), "no input"),
            (
                json!({"address": "aws_sqs_queue.this", "called": "x", "example": "y", "starts_with": ["z"]}),
                "the example",
            ),
        ] {
            let told = problems(value);
            assert!(told.len() == 1 && told[0].contains(what), "{told:?}");
        }
    }
}
