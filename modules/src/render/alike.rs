//! Things that differ in nothing but their name: one module block makes them all, with a `for_each` over their names.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::catalog::Module;
use crate::wiring::Call;

/// The input that alike things differ in.
pub(super) const NAME: &str = "name";

/// Whether things that are alike share a module block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Alike {
    /// One block with a `for_each`: how stacks are committed.
    #[default]
    Together,
    /// A block each: findings about a block then belong to one thing.
    Apart,
}

/// The things of each module block, by position; blocks in the order of their first things. The inputs of calls are in
/// the types of their modules.
pub(super) fn blocks(calls: &[Call<'_>], alike: Alike) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let with = blocks.iter_mut().find(|block| {
            alike == Alike::Together
                && block.first().and_then(|first| calls.get(*first)).is_some_and(|first| shares(first, call))
        });
        match with {
            Some(block) => block.push(at),
            None => blocks.push(vec![at]),
        }
    }
    // Two of one name would be one instance: then each has a block, and Terraform or the cloud refuses the second.
    let apart = |block: Vec<usize>| {
        let names: BTreeSet<_> = block.iter().filter_map(|at| key(calls.get(*at)?)).collect();
        if names.len() == block.len() { vec![block] } else { block.into_iter().map(|at| vec![at]).collect() }
    };
    blocks.into_iter().flat_map(apart).collect()
}

/// What tells a thing from others that are alike.
pub(super) fn key<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    call.inputs.get(NAME).and_then(Json::as_str)
}

fn shares(first: &Call<'_>, other: &Call<'_>) -> bool {
    let but_name = |call: &'_ Call<'_>| {
        let others = call.inputs.iter().filter(|(input, _)| *input != NAME);
        others.map(|(input, value)| (input.clone(), value.clone())).collect::<Vec<_>>()
    };
    let fit = |call: &Call<'_>| call.import.is_none() && key(call).is_some();
    (&first.module.id, &first.module.version) == (&other.module.id, &other.module.version)
        && fit(first)
        && fit(other)
        && but_name(first) == but_name(other)
        && !has_own_provider(first.module)
}

/// Terraform takes no `for_each` on a module that configures a provider itself.
fn has_own_provider(module: &Module) -> bool {
    let line = |line: &str| {
        let line = line.trim_start();
        line.starts_with("provider ") || line.starts_with("provider\t") || line.starts_with("\"provider\"")
    };
    let is_code = |path: &str| path.ends_with(".tf") || path.ends_with(".tf.json");
    module.files.iter().any(|file| is_code(&file.path) && file.content.lines().any(line))
}
