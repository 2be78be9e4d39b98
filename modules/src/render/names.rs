//! The names of module calls and of the stack's outputs.

use std::collections::BTreeSet;

use super::RenderError;
use super::write::Ident;
use crate::catalog::Module;
use crate::wiring::Call;

/// The name of each thing's module call, which its addresses in plan and state begin with.
///
/// A call is named after the module, not after the thing: names of things may begin with a digit, and an address such as
/// `module.s3_bucket.aws_s3_bucket.this` reads alike in every stack. Where one module is called several times, the
/// thing's name makes the difference.
pub fn call_names(calls: &[Call<'_>]) -> Vec<String> {
    let alike = |module: &Module| calls.iter().filter(|call| base(call.module) == base(module)).count();
    let mut taken = BTreeSet::new();
    let name = |call: &Call<'_>| {
        let base = base(call.module);
        let name = if alike(call.module) > 1 { format!("{base}_{}", plain(&call.name)) } else { base };
        unique(&mut taken, name)
    };
    calls.iter().map(name).collect()
}

fn base(module: &Module) -> String {
    let name = plain(module.id.name());
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Letters, digits and underscores: whatever is written in a name, nothing of it becomes syntax.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// The names of a stack's outputs, for each call those of its module. With several calls each begins with its call's.
pub(super) fn output_names(calls: &[Call<'_>], names: &[String]) -> Vec<Vec<String>> {
    let mut taken = BTreeSet::new();
    let of = |(call, name): (&Call<'_>, &String)| {
        let outputs = call.module.outputs.iter().map(|output| match calls.len() {
            1 => output.name.clone(),
            _ => format!("{name}_{}", output.name),
        });
        outputs.map(|output| unique(&mut taken, output)).collect()
    };
    calls.iter().zip(names).map(of).collect()
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
