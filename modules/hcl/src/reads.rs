//! The files a stack's configuration reads or uploads, found without running it.
//!
//! Used twice: the closure contains what is read, and admission refuses what is read from outside of the repository.

use crate::walk::{Bound, walk_bound, walk_template};
use crate::{Attribute, certain, possible, source};
use crate::{
    Block, Body, Diagnostic, Expression, File, Files, Graph, Instance, Missing, Place, Scope, Tree, TreePath,
    Value,
};
use hcl_edit::expr::FuncCall;
use std::collections::{BTreeMap, BTreeSet};

/// Functions that read a file's content.
const CONTENT: [&str; 8] = [
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "filemd5",
    "filesha1",
    "filesha256",
    "filesha512",
];

/// Arguments that name a file which the provider reads: (resource type, argument).
pub const UPLOADS: [(&str, &str); 9] = [
    ("aws_connect_contact_flow", "filename"),
    ("aws_connect_contact_flow_module", "filename"),
    ("aws_gamelift_script", "zip_file"),
    ("aws_lambda_function", "filename"),
    ("aws_lambda_layer_version", "filename"),
    ("aws_rds_custom_db_engine_version", "filename"),
    ("aws_s3_bucket_object", "source"),
    ("aws_s3_object", "source"),
    ("aws_synthetics_canary", "zip_file"),
];

/// Most elements of a `dynamic` block that are told apart.
const ELEMENTS_CAP: usize = 200;

/// Deepest chain of templates reading templates.
const TEMPLATES_CAP: usize = 4;

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Its content is read.
    Content,
    /// Its content is read as a template, which is code.
    Template,
    /// Only whether it exists.
    Existence,
    /// The names of files in a directory, by a pattern; none when the pattern is not closed.
    Listing(Option<String>),
    /// The provider reads it, also at apply.
    Upload,
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A path inside the repository.
    Path(TreePath),
    /// A path outside of it, as written.
    Outside(String),
    /// A path that only Terraform could compute.
    Unknown,
    /// A template given as text that is closed and was read.
    Text,
}

/// One place where a file is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// Where it is read.
    pub place: Place,
    /// The function or argument.
    pub by: String,
    /// How it is read.
    pub usage: Use,
    /// What is read.
    pub target: Target,
    /// The directory of the module that reads.
    pub module: TreePath,
}

/// What a stack reads, and the templates that cannot be read.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// In order of their places.
    pub reads: BTreeSet<Read>,
    /// Templates that are not understood.
    pub unreadable: BTreeSet<Diagnostic>,
    /// Function calls inside templates, with where the template is read: (function, template, place).
    pub template_calls: BTreeSet<(String, String, Place)>,
}

/// Finds all reads of a stack's modules.
pub fn reads(tree: &Tree, graph: &Graph) -> Result<Reads, Missing> {
    let mut finder = Finder { files: graph.files(tree), found: Reads::default(), missing: BTreeSet::new() };
    for instance in &graph.instances {
        for (file, block) in instance.module.blocks() {
            finder.block(instance, Some(file), block);
        }
        for block in &instance.module.merged {
            finder.block(instance, None, block);
        }
    }
    if finder.missing.is_empty() { Ok(finder.found) } else { Err(Missing { paths: finder.missing }) }
}

struct Finder<'t> {
    files: Files<'t>,
    found: Reads,
    missing: BTreeSet<TreePath>,
}

/// A block of a module, in one round.
struct Within<'a> {
    instance: &'a Instance,
    /// The file, when the block stands in one.
    file: Option<&'a File>,
    scope: Scope<'a>,
}

impl<'a> Within<'a> {
    fn at(&self, expr: &Expression, attribute: &Attribute) -> At<'a> {
        let place =
            self.file.map_or_else(|| attribute.place.clone(), |file| file.place(expr, &attribute.place));
        At { instance: self.instance, scope: self.scope, place, depth: 0 }
    }
}

/// Where the reader stands.
struct At<'a> {
    instance: &'a Instance,
    scope: Scope<'a>,
    place: Place,
    depth: usize,
}

impl<'t> Finder<'t> {
    /// A block as it stands in a file, or as it is merged from several.
    fn block(&mut self, instance: &Instance, file: Option<&File>, block: &Block) {
        for roots in instance.rounds(block, self.files) {
            let files = self.files;
            // Whoever asks sees by the fuel that the answer is not complete.
            if files.fuel.is_empty() {
                return;
            }
            let within = Within { instance, file, scope: instance.scope(&roots, files) };
            self.body(&within, &block.body, &[]);
            if let ("resource", [kind, _]) = (block.kind.as_str(), block.labels.as_slice()) {
                self.uploads(&within, kind, &block.body);
            }
        }
    }

    fn body(&mut self, within: &Within<'_>, body: &Body, bound: &Bound) {
        self.attributes(within, body, bound);
        // In JSON nested objects were met as values already; meeting them again finds the same.
        for block in &body.blocks {
            match (block.kind.as_str(), block.labels.first()) {
                ("dynamic", Some(label)) => self.dynamic(within, label, &block.body, bound),
                _ => self.body(within, &block.body, bound),
            }
        }
    }

    fn attributes(&mut self, within: &Within<'_>, body: &Body, bound: &Bound) {
        for attribute in &body.attributes {
            walk_bound(&attribute.value, &within.scope, bound, &mut |expr, bound| {
                self.files.fuel.spend(1);
                if let Expression::FuncCall(call) = expr {
                    self.call(&within.at(expr, attribute), call, bound);
                }
            });
        }
    }

    /// A `dynamic` block: its iterator hides other names, even `each` and `var`.
    fn dynamic(&mut self, within: &Within<'_>, label: &str, body: &Body, bound: &Bound) {
        let iterator = match body.get("iterator").map(|iterator| &iterator.value) {
            None => label.to_owned(),
            Some(Expression::Variable(name)) => name.value().to_string(),
            Some(Expression::String(name)) => name.value().clone(),
            Some(_) => label.to_owned(),
        };
        let over =
            body.get("for_each").map_or_else(Vec::new, |over| possible(&over.value, &within.scope, bound));
        let member = |key: Value, value: Value| {
            Value::Object([("key".to_owned(), key), ("value".to_owned(), value)].into())
        };
        let mut elements = vec![];
        for over in over {
            match over {
                Value::List(items) => {
                    elements.extend(items.into_iter().map(|item| member(item.clone(), item)))
                }
                Value::Object(entries) => {
                    elements
                        .extend(entries.into_iter().map(|(key, value)| member(Value::String(key), value)));
                }
                _ => elements.push(Value::Unknown),
            }
        }
        if elements.is_empty() || elements.len() > ELEMENTS_CAP {
            elements = vec![Value::Unknown];
        }
        self.attributes(within, body, bound);
        for element in elements {
            let bound = [bound, &[(iterator.clone(), element)]].concat();
            body.blocks.iter().for_each(|content| self.body(within, &content.body, &bound));
        }
    }

    fn uploads(&mut self, within: &Within<'_>, kind: &str, body: &Body) {
        for attribute in &body.attributes {
            if !UPLOADS.contains(&(kind, attribute.name.as_str())) {
                continue;
            }
            for value in possible(&attribute.value, &within.scope, &[]) {
                if value != Value::Null {
                    let at = within.at(&attribute.value, attribute);
                    self.note(&at, &attribute.name, Use::Upload, self.target(&value));
                }
            }
        }
    }

    fn call(&mut self, at: &At<'_>, call: &FuncCall, bound: &Bound) {
        let name = call.name.name.value().as_str();
        let argument = |index: usize| match call.args.get(index) {
            // A list spread over the arguments hides which one is the path.
            Some(argument) if !call.args.expand_final() => possible(argument, &at.scope, bound),
            _ => vec![Value::Unknown],
        };
        let given = || call.args.get(1).map_or(Value::Unknown, |given| certain(given, &at.scope, bound));
        match name {
            _ if CONTENT.contains(&name) => {
                argument(0).iter().for_each(|path| self.note(at, name, Use::Content, self.target(path)));
            }
            "fileexists" => {
                argument(0).iter().for_each(|path| self.note(at, name, Use::Existence, self.target(path)))
            }
            "fileset" => {
                for (path, pattern) in
                    argument(0).iter().flat_map(|path| argument(1).into_iter().map(move |p| (path, p)))
                {
                    let pattern = pattern.as_str().map(str::to_owned);
                    self.note(at, name, Use::Listing(pattern), self.target(path));
                }
            }
            "templatefile" => {
                for path in argument(0) {
                    let target = self.target(&path);
                    self.note(at, name, Use::Template, target.clone());
                    if let Target::Path(path) = target {
                        self.template_file(at, &path, &given());
                    }
                }
            }
            "templatestring" => {
                for text in argument(0) {
                    let target = if text.as_str().is_some() { Target::Text } else { Target::Unknown };
                    self.note(at, name, Use::Template, target);
                    if let Value::String(text) = text {
                        self.template(at, &at.place.path, &text, &given());
                    }
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, at: &At<'_>, by: &str, usage: Use, target: Target) {
        let (place, module) = (at.place.clone(), at.instance.module.directory.clone());
        self.found.reads.insert(Read { place, by: by.to_owned(), usage, target, module });
    }

    fn target(&self, value: &Value) -> Target {
        match value {
            Value::String(path) => {
                self.files.directory.join(path).map_or_else(|| Target::Outside(path.clone()), Target::Path)
            }
            _ => Target::Unknown,
        }
    }

    fn template_file(&mut self, at: &At<'_>, path: &TreePath, variables: &Value) {
        let files = self.files;
        let Some(entry) = files.tree.entry(path).filter(|entry| entry.mode.is_file()) else { return };
        let Some(content) = entry.content() else {
            self.missing.insert(path.clone());
            return;
        };
        match crate::text::decode(&path.to_string(), content) {
            Ok(text) => self.template(at, &path.to_string(), text, variables),
            Err(diagnostic) => {
                self.found.unreadable.insert(diagnostic);
            }
        }
    }

    /// A template's own calls, with the names it was given.
    fn template(&mut self, at: &At<'_>, shown: &str, text: &str, variables: &Value) {
        let template = match source::template(shown, text) {
            Ok(template) => template,
            Err(diagnostic) => {
                self.found.unreadable.insert(diagnostic);
                return;
            }
        };
        if at.depth >= TEMPLATES_CAP {
            let what = format!("templates are nested deeper than {TEMPLATES_CAP} levels");
            self.found.unreadable.insert(Diagnostic::new(at.place.clone(), what, "flatten them"));
            return;
        }
        // Inside a template only the names it was given exist.
        let empty = BTreeMap::new();
        let given: Vec<_> = match variables {
            Value::Object(entries) => entries.clone().into_iter().collect(),
            _ => Vec::new(),
        };
        let scope = Scope::with_variables(&empty).with_files(self.files);
        walk_template(template.iter(), &scope, &given, &mut |expr, bound| {
            if let Expression::FuncCall(call) = expr {
                let name = crate::walk::function(call);
                self.found.template_calls.insert((name, shown.to_owned(), at.place.clone()));
                let inner = At { instance: at.instance, scope, place: at.place.clone(), depth: at.depth + 1 };
                self.call(&inner, call, bound);
            }
        });
    }
}
