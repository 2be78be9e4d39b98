//! What was understood of a request: module, environment, name, inputs, and where each value came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{EnvironmentName, StackPath};

/// The version of [`Draft`] that is written; older ones are read for ever.
pub const DRAFT_SCHEMA_VERSION: u32 = 2;

/// A request as understood so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Draft {
    /// [`DRAFT_SCHEMA_VERSION`] at the time of writing.
    pub schema_version: u32,
    /// Target.
    pub environment: Option<Filled<EnvironmentName>>,
    /// What is asked for; the first one gives the stack its name.
    pub resources: Vec<Resource>,
    /// The stack that exists already and shall be otherwise; none where a new one is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Edit>,
    /// The one thing exists already, made without us, and is taken into the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Import>,
    /// The environment in which the same runs already, where it is asked for once more by promoting it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoted_from: Option<EnvironmentName>,
}

/// Something that exists already and is taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its id in the cloud, as Terraform's `import` block takes it; none while it is not known.
    pub id: Option<Filled<String>>,
}

/// What a draft does to a stack that an earlier request made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The issue of the request that made it; it names the managed block.
    pub request: u64,
    /// The stack's directory.
    pub stack: StackPath,
    /// What becomes of it.
    pub kind: EditKind,
    /// The modules that get another version; what else they are told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upgrades: Vec<Upgrade>,
    /// The things that the stack has, where some of them go or get other inputs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Resource>,
    /// Somebody chose to give up what was edited by hand in the managed block.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drops_hand_edits: bool,
}

impl Edit {
    /// An edit of the stack that a request made, and nothing more.
    pub fn new(request: u64, stack: StackPath, kind: EditKind) -> Self {
        Self { request, stack, kind, upgrades: Vec::new(), before: Vec::new(), drops_hand_edits: false }
    }
}

/// A module of a stack that gets another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upgrade {
    /// Module id, such as `aws/s3-bucket`.
    pub module: String,
    /// The version that the stack has.
    pub from: String,
    /// The version that it gets.
    pub to: String,
    /// What the new one does otherwise, each in a few words.
    pub differences: Vec<String>,
}

/// What becomes of a stack that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditKind {
    /// Other inputs.
    Change,
    /// Everything in it is destroyed.
    Remove,
    /// Some of its things are destroyed; the others stay as they are.
    RemovePart,
    /// The catalog's versions of its modules.
    Upgrade,
}

/// One thing of a request: a call of a module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Module id, such as `aws/s3-bucket`.
    pub module: Option<String>,
    /// The catalog's version of it.
    pub module_version: Option<String>,
    /// Its name.
    pub name: Option<Filled<String>>,
    /// Inputs of the module, without its name. A value `{"from": name, "output": output}` stands for the output of
    /// another thing of the request.
    pub inputs: BTreeMap<String, Filled<serde_json::Value>>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            schema_version: DRAFT_SCHEMA_VERSION,
            environment: None,
            resources: Vec::new(),
            edits: None,
            import: None,
            promoted_from: None,
        }
    }
}

impl Draft {
    /// A draft of one thing.
    pub fn of(environment: Option<Filled<EnvironmentName>>, resource: Resource) -> Self {
        Self { environment, resources: vec![resource], ..Self::default() }
    }

    /// The thing that gives the stack its name.
    pub fn first(&self) -> Option<&Resource> {
        self.resources.first()
    }

    /// What a change is called after: the first thing that it is about.
    pub fn subject(&self) -> Option<&Resource> {
        self.subjects().into_iter().next()
    }

    /// What a change is about: the things that go, or get other inputs, while others of their stack stay; else all.
    pub fn subjects(&self) -> Vec<&Resource> {
        let own = match self.edits.as_ref().map(|edit| edit.kind) {
            Some(EditKind::RemovePart) => self.removed(),
            Some(EditKind::Change) => self.changed(),
            _ => Vec::new(),
        };
        if own.is_empty() { self.resources.iter().collect() } else { own }
    }

    /// The things of a stack that go while others stay.
    pub fn removed(&self) -> Vec<&Resource> {
        let Some(edit) = self.edits.as_ref().filter(|edit| edit.kind == EditKind::RemovePart) else {
            return Vec::new();
        };
        edit.before.iter().filter(|had| !self.resources.iter().any(|kept| kept.is_same(had))).collect()
    }

    /// The things of a stack that get other inputs.
    fn changed(&self) -> Vec<&Resource> {
        let Some(edit) = &self.edits else { return Vec::new() };
        let values = |thing: &Resource| -> Vec<(String, serde_json::Value)> {
            thing.inputs.iter().map(|(input, filled)| (input.clone(), filled.value.clone())).collect()
        };
        let is_as_it_was = |thing: &&Resource| {
            edit.before.iter().any(|had| had.is_same(thing) && values(had) == values(thing))
        };
        self.resources.iter().filter(|thing| !is_as_it_was(thing)).collect()
    }

    /// The name of the first thing, which is the stack's.
    pub fn name(&self) -> Option<&Filled<String>> {
        self.first()?.name.as_ref()
    }

    /// Module id of the first thing.
    pub fn module(&self) -> Option<&str> {
        self.first()?.module.as_deref()
    }

    /// What the key of a thing's input begins with, where there are several things: `orders` of `orders.fifo`. It is the
    /// thing's name, else its module's where no other thing has it, else its place from 1.
    pub fn handle(&self, at: usize) -> Option<String> {
        let thing = self.resources.get(at).filter(|_| self.resources.len() > 1)?;
        let is_key = |name: &&str| {
            let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            name.starts_with(|first: char| first.is_ascii_alphanumeric()) && name.bytes().all(letters)
        };
        let own = [thing.own_name(), thing.module_name()].into_iter().flatten().filter(is_key);
        let mut sure = own.filter(|word| self.called(word) == [at]);
        Some(sure.next().map_or_else(|| (at + 1).to_string(), str::to_owned))
    }

    /// The positions of the things that are called so, the other way round.
    pub fn called(&self, word: &str) -> Vec<usize> {
        let having = |has: &dyn Fn(&Resource) -> Option<&str>| -> Vec<usize> {
            (0..).zip(&self.resources).filter(|(_, it)| has(it) == Some(word)).map(|(at, _)| at).collect()
        };
        let named = having(&|thing| thing.own_name());
        let of_module = || having(&|thing| thing.module_name());
        let place = || word.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < self.resources.len());
        match (named.is_empty(), of_module()) {
            (false, _) => named,
            (true, things) if !things.is_empty() => things,
            (true, _) => place().into_iter().collect(),
        }
    }
}

impl Resource {
    /// Whether both are one thing: of one module, with one name.
    fn is_same(&self, other: &Self) -> bool {
        self.module == other.module && self.own_name() == other.own_name()
    }

    fn own_name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }

    /// The last part of the module's id.
    fn module_name(&self) -> Option<&str> {
        self.module.as_deref().map(|id| id.rsplit('/').next().unwrap_or(id))
    }
}

/// A draft as any version wrote it.
#[derive(Deserialize)]
struct Written {
    environment: Option<Filled<EnvironmentName>>,
    #[serde(default)]
    resources: Option<Vec<Resource>>,
    #[serde(default)]
    edits: Option<Edit>,
    #[serde(default)]
    import: Option<Import>,
    #[serde(default)]
    promoted_from: Option<EnvironmentName>,
    // Version 1 had one thing, and its fields were the draft's own.
    #[serde(default)]
    module: Option<String>,
    #[serde(default)]
    module_version: Option<String>,
    #[serde(default)]
    name: Option<Filled<String>>,
    #[serde(default)]
    inputs: BTreeMap<String, Filled<serde_json::Value>>,
}

impl From<Written> for Draft {
    fn from(written: Written) -> Self {
        let Written {
            environment,
            resources,
            edits,
            import,
            promoted_from,
            module,
            module_version,
            name,
            inputs,
        } = written;
        let resources = resources.unwrap_or_else(|| {
            let only = Resource { module, module_version, name, inputs };
            if only == Resource::default() { Vec::new() } else { vec![only] }
        });
        Self { environment, resources, edits, import, promoted_from, ..Self::default() }
    }
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub source: Source,
    /// How sure we are, in percent.
    pub confidence: u8,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", content = "text", rename_all = "kebab-case")]
pub enum Source {
    /// Words of the request.
    Text(String),
    /// A field of the issue form.
    Form(String),
    /// A key of a YAML block.
    Yaml(String),
    /// A command, such as `set versioning=false`.
    Command(String),
    /// The answer to a question.
    Answer(String),
    /// A default, such as `default of dev`.
    Default(String),
    /// A language model, for these words of the request: nobody has said so yet.
    Suggested(String),
}

/// One compact question to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Which part of the draft: `module`, `environment`, `name` or an input.
    pub about: String,
    /// Which thing of the draft it is about, from 0.
    #[serde(default, skip_serializing_if = "is_first")]
    pub resource: usize,
    /// The question, without the choices.
    pub text: String,
    /// Numbered choices; none means that any answer is read.
    pub choices: Vec<String>,
    /// What is wrong with the value that was given, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// An answer that would work.
    pub example: String,
}

/// What somebody wants that is not a new thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
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
    /// Something that exists, with the catalog's version of its module.
    Upgrade,
    /// What was before.
    RollBack,
    /// To know how to ask.
    Help,
}

/// Something that a request made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Id of its module.
    pub module: String,
    /// Where it is.
    pub environment: EnvironmentName,
    /// The version of its module; none where it was made before versions were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The issue that asked for it.
    pub request: u64,
}

/// How a text was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reading", rename_all = "kebab-case")]
pub enum Reading {
    /// Complete, valid and sure.
    Complete {
        /// What was understood.
        draft: Draft,
    },
    /// Something is missing or unclear.
    Asks {
        /// What was understood so far.
        draft: Draft,
        /// The next question.
        question: Question,
    },
    /// It asks for something that the catalog does not have.
    NotInCatalog {
        /// What was asked for.
        word: String,
        /// Module ids that come closest.
        nearest: Vec<String>,
        /// Where it should be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        environment: Option<EnvironmentName>,
    },
    /// It is about something that exists, or asks a question.
    Other {
        /// What is wanted.
        wish: Wish,
        /// Where, as far as it is said or follows from the things.
        environment: Option<EnvironmentName>,
        /// The things it is about; inputs are those that shall change.
        things: Vec<Resource>,
        /// What has to be known first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        question: Option<Question>,
        /// What requests made that it speaks of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        known: Vec<Known>,
    },
    /// It is not a request for infrastructure.
    NotForUs,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_first(resource: &usize) -> bool {
    *resource == 0
}
