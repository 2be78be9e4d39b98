//! A reading in the form that programs get: `tfpilot requests parse --json`, and what an evaluation compares.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfpilot_engine::{Draft, Question, Reading, Source, Wish};

/// What was understood of a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// What somebody wants.
    pub intent: Intent,
    /// Where; none where it is not said.
    pub environment: Option<String>,
    /// What it is about, as far as it is clear.
    pub resources: Vec<Resource>,
    /// What is asked before anything is made.
    pub questions: Vec<Asked>,
}

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Something new.
    Create,
    /// Something that exists, otherwise.
    Change,
    /// Something that exists, gone.
    Remove,
    /// To know something.
    Question,
    /// Something that exists elsewhere, under management.
    Import,
    /// What runs in one environment, in another.
    Promote,
    /// What was before.
    RollBack,
    /// To know how to ask.
    Help,
    /// Nothing of us.
    None,
}

impl Intent {
    fn of(wish: Wish) -> Self {
        match wish {
            Wish::Change | Wish::Upgrade => Intent::Change,
            Wish::Remove => Intent::Remove,
            Wish::Question => Intent::Question,
            Wish::Import => Intent::Import,
            Wish::Promote => Intent::Promote,
            Wish::RollBack => Intent::RollBack,
            Wish::Help => Intent::Help,
        }
    }

    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Intent::Create => "create",
            Intent::Change => "change",
            Intent::Remove => "remove",
            Intent::Question => "question",
            Intent::Import => "import",
            Intent::Promote => "promote",
            Intent::RollBack => "roll-back",
            Intent::Help => "help",
            Intent::None => "none",
        }
    }
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resource {
    /// Id of its module.
    pub module: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its inputs, `name` not among them.
    pub inputs: BTreeMap<String, Understood>,
}

/// A value that was understood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Understood {
    /// The value.
    pub value: Json,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// Where it came from.
    pub source: Source,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Which part of the request: `module`, `environment`, `name` or an input.
    pub about: String,
    /// The choices that are offered.
    pub choices: Vec<String>,
}

impl Summary {
    /// The summary of a reading.
    pub fn of(reading: &Reading) -> Self {
        match reading {
            Reading::Complete { draft } => Self::of_draft(draft, Vec::new()),
            Reading::Asks { draft, question } => {
                // What is asked about is not settled, whatever was written.
                let mut settled = draft.clone();
                if let Some(thing) = settled.resources.get_mut(question.resource) {
                    if question.about == "name" {
                        thing.name = None;
                    }
                    thing.inputs.remove(&question.about);
                }
                Self::of_draft(&settled, vec![Asked::of(question)])
            }
            Reading::NotInCatalog { nearest, environment, .. } => Self {
                intent: Intent::Create,
                environment: environment.as_ref().map(ToString::to_string),
                resources: Vec::new(),
                questions: vec![Asked { about: "module".to_owned(), choices: nearest.clone() }],
            },
            Reading::Other { wish, environment, things, question, .. } => Self {
                intent: Intent::of(*wish),
                environment: environment.as_ref().map(ToString::to_string),
                resources: things.iter().map(Resource::of).collect(),
                questions: question.iter().map(Asked::of).collect(),
            },
            Reading::NotForUs => {
                Self { intent: Intent::None, environment: None, resources: Vec::new(), questions: Vec::new() }
            }
        }
    }

    fn of_draft(draft: &Draft, questions: Vec<Asked>) -> Self {
        let resources = draft.resources.iter().map(Resource::of).filter(|resource| !resource.is_empty());
        Self {
            intent: if draft.import.is_some() { Intent::Import } else { Intent::Create },
            environment: draft.environment.as_ref().map(|environment| environment.value.to_string()),
            resources: resources.collect(),
            questions,
        }
    }
}

impl Asked {
    fn of(question: &Question) -> Self {
        Self { about: question.about.clone(), choices: question.choices.clone() }
    }
}

impl Resource {
    fn of(resource: &tfpilot_engine::Resource) -> Self {
        // Words that nothing took stand for themselves; they are no inputs.
        let inputs =
            resource.inputs.iter().filter(|(input, filled)| filled.value != Json::String((*input).clone()));
        let inputs = inputs.map(|(input, filled)| {
            let confidence = f64::from(filled.confidence) / 100.0;
            let understood =
                Understood { value: filled.value.clone(), confidence, source: filled.source.clone() };
            (input.clone(), understood)
        });
        Self {
            module: resource.module.clone(),
            name: resource.name.as_ref().map(|name| name.value.clone()),
            inputs: inputs.collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.module.is_none() && self.name.is_none() && self.inputs.is_empty()
    }
}
