//! The names of module calls and of the stack's outputs.

use std::collections::BTreeSet;

use super::RenderError;
use super::alike::key;
use super::write::{Expr, Ident};
use crate::catalog::Module;
use crate::wiring::{Call, CallAddress};

/// The name of each thing's module call, where each has one of its own.
///
/// A call is named after the module, not after the thing: names of things may begin with a digit, and an address such as
/// `module.s3_bucket.aws_s3_bucket.this` reads alike in every stack. Where one module is called several times, the
/// thing's name makes the difference.
pub fn call_names(calls: &[Call<'_>]) -> Vec<String> {
    let apart: Vec<Vec<usize>> = (0..calls.len()).map(|at| vec![at]).collect();
    labels(calls, &apart)
}

/// The names of blocks that make these things. One that makes several needs no thing's name.
pub(super) fn labels(calls: &[Call<'_>], blocks: &[Vec<usize>]) -> Vec<String> {
    let first = |block: &[usize]| block.first().and_then(|at| calls.get(*at));
    let bases: Vec<String> =
        blocks.iter().map(|block| first(block).map_or_else(String::new, |call| base(call.module))).collect();
    let mut taken = BTreeSet::new();
    let name = |(block, base): (&Vec<usize>, &String)| {
        let is_one_of_several = block.len() == 1 && bases.iter().filter(|other| *other == base).count() > 1;
        let name = first(block).filter(|_| is_one_of_several);
        unique(&mut taken, name.map_or_else(|| base.clone(), |call| format!("{base}_{}", plain(&call.name))))
    };
    blocks.iter().zip(&bases).map(name).collect()
}

/// Where each thing's call is, by position of the things.
pub(super) fn addresses(calls: &[Call<'_>], blocks: &[Vec<usize>], labels: &[String]) -> Vec<CallAddress> {
    let of = |at: usize| {
        let block = blocks.iter().zip(labels).find(|(block, _)| block.contains(&at));
        let (is_alone, label) = block.map_or((true, ""), |(block, label)| (block.len() == 1, label.as_str()));
        let key = calls.get(at).and_then(key).filter(|_| !is_alone).map(str::to_owned);
        CallAddress { label: label.to_owned(), key }
    };
    (0..calls.len()).map(of).collect()
}

fn base(module: &Module) -> String {
    let name = plain(module.id.name());
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Letters, digits and underscores: whatever is written in a name, nothing of it becomes syntax.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// A call as others refer to it: `module.queue`, or `module.queue["orders"]`.
pub(super) fn reference(address: &CallAddress) -> Result<Expr, RenderError> {
    let block = Expr::Reference(vec![Ident::known("module"), identifier("module", &address.label)?]);
    Ok(match &address.key {
        Some(key) => Expr::Index(Box::new(block), key.clone()),
        None => block,
    })
}

/// The names of a stack's outputs, for each block those of its module. With several blocks each begins with its block's.
pub(super) fn output_names(modules: &[&Module], labels: &[String]) -> Vec<Vec<String>> {
    let mut taken = BTreeSet::new();
    let of = |(module, label): (&&Module, &String)| {
        let outputs = module.outputs.iter().map(|output| match modules.len() {
            1 => output.name.clone(),
            _ => format!("{label}_{}", output.name),
        });
        outputs.map(|output| unique(&mut taken, output)).collect()
    };
    modules.iter().zip(labels).map(of).collect()
}

/// The name itself, or with the first number that nobody took.
fn unique(taken: &mut BTreeSet<String>, name: String) -> String {
    let free = (2..).map(|number| format!("{name}_{number}"));
    let name = std::iter::once(name.clone()).chain(free).find(|name| !taken.contains(name)).unwrap_or(name);
    taken.insert(name.clone());
    name
}

/// A name of somebody else's that is written bare.
pub(super) fn identifier(what: &'static str, name: &str) -> Result<Ident, RenderError> {
    let allowed = "letters, digits, _ and - after a letter or _";
    Ident::new(name).ok_or_else(|| RenderError::Name { what, value: name.to_owned(), allowed })
}
