//! What the rules look at: a stack's modules, what it reads, and the tree around it, loaded once.

use crate::AllowList;
use tfpilot_hcl::reads::{Reads, reads};
use tfpilot_hcl::source::names::{self, Kind};
use tfpilot_hcl::{
    Attribute, Block, Body, Expression, File, Files, Graph, Instance, Manifest, Missing, Module, Place,
    Stack, Tree, TreePath, walk,
};

/// A stack under judgement.
pub(crate) struct Subject<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) stack: &'a Stack,
    pub(crate) allow: &'a AllowList,
    /// Where downloaded modules lie; none before they were downloaded.
    pub(crate) manifest: Option<&'a Manifest>,
    pub(crate) graph: Graph,
    pub(crate) reads: Reads,
}

impl<'a> Subject<'a> {
    pub(crate) fn load(
        tree: &'a Tree,
        stack: &'a Stack,
        allow: &'a AllowList,
        manifest: Option<&'a Manifest>,
    ) -> Result<Self, Missing> {
        let graph = Graph::load(tree, stack, manifest)?;
        let reads = reads(tree, &graph)?;
        Ok(Self { tree, stack, allow, manifest, graph, reads })
    }

    /// The files that closed expressions may look at.
    pub(crate) fn files(&self) -> Files<'_> {
        self.graph.files(self.tree)
    }

    /// Every module once, whatever values it is used with, with one of its instances.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (&Instance, &Module)> {
        self.graph.instances.iter().enumerate().filter_map(|(at, instance)| {
            let before = self.graph.instances.get(..at).unwrap_or_default();
            let new = !before.iter().any(|known| known.module.directory == instance.module.directory);
            new.then_some((instance, &*instance.module))
        })
    }

    /// Every top-level block of every module.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (&File, &Block)> {
        self.modules().flat_map(|(_, module)| module.blocks())
    }

    /// Every block of a kind with its labels: also `data` inside `check`.
    pub(crate) fn named<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = (&'s File, &'s Block)> {
        let nested = self.blocks().filter(|(_, block)| block.kind == "check");
        let nested =
            nested.flat_map(move |(file, check)| check.body.named(kind).map(move |block| (file, block)));
        self.blocks().filter(move |(_, block)| block.kind == kind).chain(nested)
    }

    /// The directory a module's own file lies in, for what concerns the directory as a whole.
    pub(crate) fn place_of(&self, directory: &TreePath) -> Place {
        let first =
            self.tree.list(directory).into_keys().find(|name| names::kind(name) == Some(Kind::Config));
        let path = first.and_then(|name| directory.join(name)).unwrap_or_else(|| directory.clone());
        Place::start(path.to_string())
    }
}

/// Every attribute of a body, outer first, with the path of the blocks it stands in: `assume_role.role_arn`. In JSON an
/// object is a block too, and met as one, unless its name is among `values`.
pub(crate) fn attributes<'b>(body: &'b Body, json: bool, values: &[&str]) -> Vec<(String, &'b Attribute)> {
    let mut found = Vec::new();
    collect(body, "", json, values, &mut found);
    found
}

fn collect<'b>(
    body: &'b Body,
    prefix: &str,
    json: bool,
    values: &[&str],
    found: &mut Vec<(String, &'b Attribute)>,
) {
    let is_block = |name: &str| json && body.blocks.iter().any(|block| block.kind == name);
    let mut as_value = Vec::new();
    for attribute in &body.attributes {
        let path = format!("{prefix}{}", attribute.name);
        if !is_block(&attribute.name) || values.contains(&path.as_str()) {
            as_value.push(attribute.name.as_str());
            found.push((path, attribute));
        }
    }
    for block in body.blocks.iter().filter(|block| !as_value.contains(&block.kind.as_str())) {
        collect(&block.body, &format!("{prefix}{}.", block.kind), json, values, found);
    }
}

/// Every function call in a body, with its full name and its place.
pub(crate) fn calls<'b>(file: &File, body: &'b Body, visit: &mut dyn FnMut(String, Place)) {
    let scope = tfpilot_hcl::Scope::empty();
    for attribute in &body.attributes {
        walk::walk(&attribute.value, &scope, &mut |expr: &'b Expression, _| {
            if let Expression::FuncCall(call) = expr {
                visit(walk::function(call), file.place(expr, &attribute.place));
            }
        });
    }
    body.blocks.iter().for_each(|block| calls(file, &block.body, visit));
}
