//! Which rules are asked with which files: each file by itself, with what it uses of the others.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::names::{is_test, stem};
use super::{Asking, Fault, Kind, Module, Shape, Source};

/// What TfPilot adds to `data`.
const OURS: &str = "tfpilot";

/// Files that were read, by path.
pub type Files<'a> = BTreeMap<&'a str, (&'a str, &'a Module)>;

/// A file that another one may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// The file.
    pub source: Source,
    /// It is of the policy's own package: its rules of conftest's names are not taken, only helpers and exceptions.
    pub same_package: bool,
}

/// A file whose rules are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What its findings begin with.
    pub stem: String,
    /// The rules.
    pub rules: Vec<Named>,
    /// The version in which it is written.
    pub version: &'static str,
    /// Its package.
    pub package: String,
    /// The form in which it reads the plan.
    pub shape: Shape,
    /// The file.
    pub source: Source,
    /// Files that it may use.
    pub libraries: Vec<Library>,
    /// Arguments that it reads of what is planned.
    pub(crate) arguments: BTreeSet<String>,
    /// It may read those as well; none is all of them.
    pub(crate) words: Option<BTreeSet<String>>,
}

/// A rule with the id of its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name in the file.
    pub name: String,
    /// The id, such as `s3.deny_public`.
    pub id: String,
    /// What its results mean.
    pub kind: Kind,
    /// Where it stands.
    pub line: u32,
}

/// A file that is not asked though it has rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    /// The file.
    pub path: String,
    /// Why.
    pub fault: Fault,
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arranged {
    /// Files whose rules are asked, in the order of their paths.
    pub policies: Vec<Policy>,
    /// Files that only others use.
    pub libraries: usize,
    /// Files whose rules cannot be asked.
    pub unasked: Vec<Unasked>,
}

/// Says what is asked of files that were read. Tests of policies are left out.
pub fn arrange(files: &Files<'_>, packages: &[String]) -> Arranged {
    let mut arranged = Arranged::default();
    let asked = |module: &Module| packages.iter().any(|it| it == "*" || *it == module.package);
    let mut used = BTreeSet::new();
    let mut left = Vec::new();
    for (path, (text, module)) in files.iter().filter(|(path, _)| !is_test(path)) {
        if module.rules.is_empty() || !asked(module) {
            left.push((*path, *module));
            continue;
        }
        let with = uses(files, path, module);
        match policy(files, path, text, module, &with) {
            Ok(policy) => arranged.policies.push(policy),
            Err(fault) => arranged.unasked.push(Unasked { path: (*path).to_owned(), fault }),
        }
        used.extend(with);
    }
    for (path, module) in left {
        let Some(rule) = module.rules.first().filter(|_| !used.contains(path)) else {
            arranged.libraries += 1;
            continue;
        };
        let what = format!("{} is in the package {}, which is not asked", rule.name, module.package);
        let hint =
            format!("add {} to policies.rego.packages, or write package {}", module.package, super::PACKAGE);
        let fault = Fault::at(rule.line, 1, what, hint);
        arranged.unasked.push(Unasked { path: path.to_owned(), fault });
    }
    arranged
}

fn policy<'a>(
    files: &Files<'a>,
    path: &str,
    text: &str,
    module: &'a Module,
    with: &BTreeSet<&str>,
) -> Result<Policy, Fault> {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let others: Vec<(&str, &'a str, &'a Module)> = with
        .iter()
        .filter_map(|path| files.get(path).map(|(text, module)| (*path, *text, *module)))
        .collect();
    let all: Vec<&Module> =
        std::iter::once(module).chain(others.iter().map(|(_, _, module)| *module)).collect();
    // Others whose rules are asked by themselves speak for themselves.
    let apart = |it: &&Module| it.package != module.package || it.rules.is_empty();
    let own: Vec<&Module> =
        std::iter::once(module).chain(all.iter().copied().skip(1).filter(apart)).collect();
    let read_by = |these: &[&'a Module]| -> BTreeSet<&'a str> {
        these.iter().flat_map(|it| it.reads.iter().map(String::as_str)).collect()
    };
    let (reads, of_all) = (read_by(&own), read_by(&all));
    let ours = |path: &str| path == OURS || path.starts_with("tfpilot.");
    let shape = Shape::of(
        if reads.is_empty() { &of_all } else { &reads },
        all.iter().any(|it| it.refers.iter().any(|path| ours(path))),
    )?;
    let stem = stem(path);
    let rules = module.rules.iter().filter_map(|rule| {
        let id = format!("{stem}.{}", rule.name);
        Some(Named { name: rule.name.clone(), id, kind: Kind::of(&rule.name)?, line: rule.line })
    });
    let words = match own.iter().any(|it| it.open) {
        // What hands on all that is planned has it read by any name.
        true => own.iter().map(|it| it.words.clone()).collect::<Option<Vec<_>>>(),
        false => Some(Vec::new()),
    };
    Ok(Policy {
        rules: rules.collect(),
        version: module.version.word(),
        package: module.package.clone(),
        shape,
        source: source(path, text),
        arguments: own.iter().flat_map(|it| it.arguments.iter().cloned()).collect(),
        words: words.map(|words| words.into_iter().flatten().collect()),
        libraries: others
            .iter()
            .map(|(path, text, other)| Library {
                source: source(path, text),
                same_package: other.package == module.package,
            })
            .collect(),
        stem,
    })
}

/// The files that a file may use: those of its package, those of packages that it names, and what they use.
fn uses<'a>(files: &Files<'a>, path: &str, module: &Module) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&'a str> = BTreeSet::new();
    let mut open = vec![module];
    while let Some(module) = open.pop() {
        for (other, (_, it)) in files {
            let new = *other != path && !is_test(other) && !found.contains(other);
            if new
                && (it.package == module.package
                    || module.refers.iter().any(|refers| leads(refers, &it.package)))
            {
                found.insert(*other);
                open.push(*it);
            }
        }
    }
    found
}

/// Whether a reference may lead into a package.
fn leads(refers: &str, package: &str) -> bool {
    let inside = |long: &str, short: &str| {
        short.is_empty()
            || long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    inside(refers, package) || inside(package, refers)
}

impl Policy {
    /// What is asked of a plan.
    pub fn asking(&self, plan: &serde_json::Value, data: &serde_json::Value) -> Asking {
        Asking {
            policy: self.source.clone(),
            libraries: self.libraries.clone(),
            package: self.package.clone(),
            rules: self.rules.iter().map(|rule| rule.name.clone()).collect(),
            shape: self.shape.clone(),
            plan: plan.clone(),
            data: data.clone(),
        }
    }

    /// The id of findings about what is not known before apply.
    pub fn unknown_id(&self) -> String {
        format!("{}.unknown", self.stem)
    }

    /// The ids of everything that it may find.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        let rules = self.rules.iter().map(|rule| rule.id.clone());
        rules.chain([self.unknown_id()])
    }
}
