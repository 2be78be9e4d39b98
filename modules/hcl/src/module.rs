//! One module directory: its files, its interface, its locals and the modules it calls.
//! How modules reach each other belongs to [`crate::graph`].

use crate::source::names::{self, Kind};
use crate::tree::{Child, Entry};
use crate::variables::{Interface, of_files};
use crate::{Address, Attribute, Block, Diagnostic, Expression, File, Place, Scope, Tree, TreePath, certain};
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of configuration that are read for one stack.
pub const SIZE_CAP: usize = 4 * 1024 * 1024;

/// A module directory as Terraform would load it.
#[derive(Debug, Clone)]
pub struct Module {
    /// Where it lies.
    pub directory: TreePath,
    /// Its readable files, override files last.
    pub files: Vec<File>,
    /// Its variables and outputs, overrides applied.
    pub interface: Interface,
    /// Its local values, overrides applied.
    pub locals: BTreeMap<String, Expression>,
    /// The modules it calls; a call changed by an override file stands here in both forms.
    pub calls: Vec<Call>,
    /// Blocks as Terraform merges them from several files: what an override file changes, together with what it leaves.
    pub merged: Vec<Block>,
    /// Why some of its files cannot be read.
    pub unreadable: Vec<Diagnostic>,
}

/// A `module` block.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Where the module comes from; none when `source` is missing or computed.
    pub address: Option<Address>,
    /// Its `version` constraint, when it is a constant.
    pub version: Option<String>,
    /// The block itself.
    pub block: Block,
    /// Where `source` stands, or the block.
    pub place: Place,
}

/// Arguments of a `module` block that are not variables of the module.
pub(crate) const META_ARGUMENTS: [&str; 6] =
    ["source", "version", "providers", "for_each", "count", "depends_on"];

/// What loading needs besides the directory.
pub(crate) struct Loading<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) missing: BTreeSet<TreePath>,
    /// Bytes that may still be read.
    pub(crate) left: usize,
}

impl<'t> Loading<'t> {
    pub(crate) fn new(tree: &'t Tree) -> Self {
        Self { tree, missing: BTreeSet::new(), left: SIZE_CAP }
    }

    /// A file's content within the cap; what is not loaded is noted as missing.
    pub(crate) fn content(
        &mut self,
        path: &TreePath,
        entry: &'t Entry,
    ) -> Option<Result<&'t [u8], Diagnostic>> {
        let Some(content) = entry.content() else {
            self.missing.insert(path.clone());
            return None;
        };
        let cost = content.len().max(1);
        Some(match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                Ok(content)
            }
            None => Err(Diagnostic::new(
                Place::start(path.to_string()),
                format!("the stack's configuration has more than the {SIZE_CAP} bytes that are read"),
                "split the stack",
            )),
        })
    }

    /// A parsed file; none while its content is missing.
    pub(crate) fn file(&mut self, path: &TreePath, entry: &'t Entry) -> Option<Result<File, Diagnostic>> {
        let content = self.content(path, entry)?;
        Some(content.and_then(|content| File::parse(&path.to_string(), content)))
    }
}

impl Module {
    /// Loads a directory. What is missing is noted in `loading`; the result is then incomplete.
    pub(crate) fn load(directory: &TreePath, loading: &mut Loading<'_>) -> Self {
        let (mut files, mut overrides, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        for (name, child) in loading.tree.list(directory) {
            let into = match (names::kind(name), child) {
                // A link is read by Terraform though its content is not here; admission reports it.
                (Some(Kind::Config), Child::Entry(entry)) if entry.mode.is_file() => &mut files,
                (Some(Kind::Override), Child::Entry(entry)) if entry.mode.is_file() => &mut overrides,
                _ => continue,
            };
            let path = directory.child(name);
            let Some(entry) = loading.tree.entry(&path) else { continue };
            match loading.file(&path, entry) {
                Some(Ok(file)) => into.push(file),
                Some(Err(diagnostic)) => unreadable.push(diagnostic),
                None => {}
            }
        }
        let mut module = Self {
            directory: directory.clone(),
            interface: of_files(&files, &mut Vec::new()),
            locals: BTreeMap::new(),
            calls: Vec::new(),
            merged: merge(&files, &overrides),
            unreadable,
            files: Vec::new(),
        };
        files.iter().for_each(|file| module.add(file, false));
        overrides.iter().for_each(|file| module.add(file, true));
        module.override_variables(&overrides);
        files.append(&mut overrides);
        module.files = files;
        module
    }

    fn add(&mut self, file: &File, overrides: bool) {
        for block in &file.body.blocks {
            match (block.kind.as_str(), block.labels.as_slice()) {
                ("locals", []) => {
                    let locals = block.body.attributes.iter();
                    self.locals.extend(locals.map(|local| (local.name.clone(), local.value.clone())));
                }
                ("module", [name]) => {
                    let base =
                        overrides.then(|| self.calls.iter().rev().find(|call| call.name == *name)).flatten();
                    let call = Call::read(name, block, base.map(|call| &call.block));
                    self.calls.push(call);
                }
                _ => {}
            }
        }
    }

    fn override_variables(&mut self, overrides: &[File]) {
        for over in of_files(overrides, &mut Vec::new()).variables {
            let Some(variable) =
                self.interface.variables.iter_mut().find(|variable| variable.name == over.name)
            else {
                continue;
            };
            variable.default = over.default.or(variable.default.take());
            if over.ty != crate::Type::Any {
                variable.ty = over.ty;
            }
        }
    }

    /// Its blocks with the file each stands in.
    pub fn blocks(&self) -> impl Iterator<Item = (&File, &Block)> {
        self.files.iter().flat_map(|file| file.body.blocks.iter().map(move |block| (file, block)))
    }
}

impl Call {
    /// Reads a block, laid over the one that it overrides.
    fn read(name: &str, block: &Block, base: Option<&Block>) -> Self {
        let merged = base.map_or_else(|| block.clone(), |base| lay_over(block, base));
        let text = |name: &str| merged.body.get(name).and_then(constant_text);
        let place = merged.body.get("source").map_or(&merged.place, |source| &source.place).clone();
        Self {
            name: name.to_owned(),
            address: text("source").map(|source| Address::parse(&source)),
            version: text("version"),
            place,
            block: merged,
        }
    }

    /// The arguments that give the module's variables their values.
    pub fn arguments(&self) -> impl Iterator<Item = &Attribute> {
        self.block.body.attributes.iter().filter(|argument| !META_ARGUMENTS.contains(&argument.name.as_str()))
    }
}

/// Blocks that override files change, each in every stage of being changed.
fn merge(files: &[File], overrides: &[File]) -> Vec<Block> {
    let mut merged: Vec<Block> = Vec::new();
    for block in overrides.iter().flat_map(|file| &file.body.blocks).filter(|block| !block.labels.is_empty())
    {
        let same = |other: &&Block| other.kind == block.kind && other.labels == block.labels;
        let first = || files.iter().flat_map(|file| &file.body.blocks).find(same);
        if let Some(base) = merged.iter().rev().find(same).or_else(first) {
            merged.push(lay_over(block, base));
        }
    }
    merged
}

/// A block with what it leaves of the one it overrides: arguments it does not name, nested blocks of kinds it does not have.
fn lay_over(block: &Block, base: &Block) -> Block {
    let mut merged = block.clone();
    for attribute in &base.body.attributes {
        if block.body.get(&attribute.name).is_none() {
            merged.body.attributes.push(attribute.clone());
        }
    }
    let kept = base.body.blocks.iter().filter(|nested| block.body.named(&nested.kind).next().is_none());
    merged.body.blocks.extend(kept.cloned());
    merged
}

fn constant_text(attribute: &Attribute) -> Option<String> {
    certain(&attribute.value, &Scope::empty(), &[]).as_str().map(str::to_owned)
}
