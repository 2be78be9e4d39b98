//! The things of one request, and whether what they take from each other is there: every reference names another thing,
//! by a name that only one has, and one of its outputs, and nothing needs itself.
//!
//! How references are written belongs to [`crate::references`], how they are rendered to [`crate::render`].

use std::collections::BTreeSet;

use tfpilot_hcl::{Output, Type};
use unicode_normalization::UnicodeNormalization as _;

use crate::catalog::Module;
use crate::inputs::{InputProblem, Inputs, nearest_name, short};
use crate::references::{Placed, Reference, placed};

/// A call of a module: one thing of a request.
#[derive(Debug, Clone)]
pub struct Call<'c> {
    /// The thing's name, by which others refer to it.
    pub name: String,
    /// The module.
    pub module: &'c Module,
    /// The module's inputs, its `name` among them where it has one.
    pub inputs: Inputs,
    /// The id in the cloud of what exists already and becomes its main resource.
    pub import: Option<String>,
    /// Where it was before, where that may be another place now.
    pub was: Option<CallAddress>,
}

/// Where a thing's module call is: what its addresses in plan and state begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAddress {
    /// Name of the `module` block.
    pub label: String,
    /// Which of the block's instances it is, where it has several.
    pub key: Option<String>,
}

/// What keeps a reference from being followed.
struct Trouble {
    what: String,
    why: String,
    next: String,
}

/// Everything that is wrong with the references of things, each with the position of its thing.
pub fn check_references(calls: &[Call<'_>]) -> Vec<(usize, InputProblem)> {
    let (mut problems, mut needs) = (Vec::new(), BTreeSet::new());
    for (at, call) in calls.iter().enumerate() {
        for (input, place) in references(call) {
            let followed = follow(calls, at, &place).and_then(|(target, _)| {
                let trouble = circle(calls, at, target, input, &needs);
                needs.insert((at, target));
                trouble.map_or(Ok(()), Err)
            });
            if let Err(Trouble { what, why, next }) = followed {
                let what = format!("Input `{input}` {what}");
                problems.push((at, InputProblem { input: input.to_owned(), what, why, next }));
            }
        }
    }
    problems
}

/// The references in a thing's inputs, each with its input, in the order of the module's variables.
fn references<'c>(call: &'c Call<'_>) -> Vec<(&'c str, Placed<'c>)> {
    let of = |variable: &'c tfpilot_hcl::Variable| {
        let value = call.inputs.get(&variable.name);
        let found = value.map(|value| placed(&variable.ty, value)).unwrap_or_default();
        found.into_iter().map(|place| (variable.name.as_str(), place))
    };
    call.module.variables.iter().flat_map(of).collect()
}

/// The position of the thing that a reference of the thing at `at` means, and the output.
pub(crate) fn target<'c>(
    calls: &'c [Call<'_>],
    at: usize,
    reference: Reference<'_>,
) -> Result<(usize, &'c Output), InputProblem> {
    let found = find(calls, at, reference);
    found.map_err(|Trouble { what, why, next }| InputProblem {
        input: String::new(),
        what: format!("A reference {what}"),
        why,
        next,
    })
}

fn find<'c>(
    calls: &'c [Call<'_>],
    at: usize,
    reference: Reference<'_>,
) -> Result<(usize, &'c Output), Trouble> {
    let (from, output) = (short(reference.from), short(reference.output));
    let named = || calls.iter().enumerate().filter(|(_, call)| same(&call.name, reference.from));
    let mut others = named().filter(|(position, _)| *position != at);
    let Some((position, call)) = others.next() else {
        return Err(match named().next() {
            Some(_) => Trouble {
                what: format!("takes `{output}` from the very thing that it makes"),
                why: "a thing cannot come before itself".to_owned(),
                next: instead(calls, at, reference.from),
            },
            None => Trouble {
                what: format!("takes `{output}` from `{from}`"),
                why: "nothing in this request is called that".to_owned(),
                next: instead(calls, at, reference.from),
            },
        });
    };
    if others.next().is_some() {
        return Err(Trouble {
            what: format!("takes `{output}` from `{from}`"),
            why: "several things of this request are called that".to_owned(),
            next: "give each of them a name of its own".to_owned(),
        });
    }
    let outputs = &call.module.outputs;
    let known = outputs.iter().find(|known| known.name == reference.output);
    known.map(|known| (position, known)).ok_or_else(|| Trouble {
        what: format!("takes `{output}` from `{from}`"),
        why: format!("{} gives {}", call.module.id, names(outputs.iter())),
        next: match nearest_name(reference.output, outputs.iter().map(|known| known.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name one of these outputs".to_owned(),
        },
    })
}

/// Whether two names are one in Unicode's composed form, the only one that is kept of values.
fn same(left: &str, right: &str) -> bool {
    left.nfc().eq(right.nfc())
}

/// The same, and the output fits the place.
fn follow<'c>(calls: &'c [Call<'_>], at: usize, place: &Placed<'_>) -> Result<(usize, &'c Output), Trouble> {
    let (position, output) = find(calls, at, place.reference)?;
    let takes_one = matches!(place.ty, Type::String | Type::Number | Type::Bool) && !place.in_list;
    if takes_one && output.is_list {
        let Reference { from, output } = place.reference;
        let others =
            calls.get(position).map(|call| call.module.outputs.iter().filter(|known| !known.is_list));
        return Err(Trouble {
            what: format!("takes `{}` from `{}`", short(output), short(from)),
            why: "that is a list, and this takes one value".to_owned(),
            next: format!("name another output: {}", others.map(names).unwrap_or_default()),
        });
    }
    Ok((position, output))
}

/// What a name may have been meant for.
fn instead(calls: &[Call<'_>], at: usize, name: &str) -> String {
    let others = || {
        let others = calls.iter().enumerate().filter(|(position, _)| *position != at);
        others.map(|(_, call)| call.name.as_str()).filter(|known| *known != name)
    };
    match (nearest_name(name, others()), others().next()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(_)) => format!("there is {}", others().collect::<Vec<_>>().join(", ")),
        (None, None) => "there is no other thing: give a value".to_owned(),
    }
}

/// Nothing can be made first where things need each other.
fn circle(
    calls: &[Call<'_>],
    at: usize,
    target: usize,
    input: &str,
    needs: &BTreeSet<(usize, usize)>,
) -> Option<Trouble> {
    let (mut open, mut seen) = (vec![target], BTreeSet::new());
    while let Some(position) = open.pop() {
        if position != at && seen.insert(position) {
            open.extend(needs.range((position, 0)..(position + 1, 0)).map(|(_, needed)| *needed));
        } else if position == at {
            let name = |position: usize| calls.get(position).map_or("", |call| call.name.as_str());
            return Some(Trouble {
                what: format!("of `{}` needs `{}`, which needs it too", short(name(at)), short(name(target))),
                why: "neither can be made before the other".to_owned(),
                next: format!("leave `{input}` out, or what needs it"),
            });
        }
    }
    None
}

fn names<'o>(outputs: impl Iterator<Item = &'o Output>) -> String {
    outputs.map(|output| output.name.as_str()).collect::<Vec<_>>().join(", ")
}
