//! A first configuration for a repository that has Terraform but no `.github/tfpilot.yml`, by the names of its directories.

use std::collections::{BTreeMap, BTreeSet};

use super::RepositoryConfig;
use super::diagnostic::has_errors;

/// Names that people give to environments, in the order in which changes go through them.
const ENVIRONMENTS: [&str; 16] = [
    "sandbox",
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "qa",
    "int",
    "uat",
    "stage",
    "staging",
    "preprod",
    "pre-prod",
    "prod",
    "prd",
    "production",
];

/// Directories whose Terraform is no stack of its own.
const NO_STACKS: [&str; 8] =
    ["module", "modules", "example", "examples", "test-fixtures", "fixtures", "tests", ".terraform"];

/// What was found, and a configuration that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The text of `.github/tfpilot.yml`; it has no error.
    pub text: String,
    /// Environments and their directories, in the order of promotion.
    pub environments: Vec<(String, String)>,
    /// Directories that look like stacks.
    pub stacks: usize,
    /// Those of them that lie in no environment.
    pub outside: usize,
}

/// Reads the paths of a repository's files. None when no directory looks like a stack.
pub fn guess<'a>(paths: impl IntoIterator<Item = &'a str>) -> Option<Guess> {
    let stacks: BTreeSet<&str> = paths.into_iter().filter_map(stack_of).collect();
    if stacks.is_empty() {
        return None;
    }
    let mut places: BTreeMap<(usize, &str), BTreeMap<&str, usize>> = BTreeMap::new();
    for stack in &stacks {
        if let Some((rank, name, path)) = environment_of(stack) {
            *places.entry((rank, name)).or_default().entry(path).or_default() += 1;
        }
    }
    // An environment has one directory: the one with most stacks.
    let largest = |paths: &BTreeMap<&str, usize>| {
        let most = paths.iter().rev().max_by_key(|(_, count)| **count);
        most.map(|(path, _)| (*path).to_owned()).unwrap_or_default()
    };
    let environments: Vec<(String, String)> =
        places.iter().map(|((_, name), paths)| ((*name).to_owned(), largest(paths))).collect();
    let known =
        if environments.is_empty() { vec![("dev".to_owned(), "live/dev".to_owned())] } else { environments };
    let text = text_of(&known);
    // Names of directories are anybody's: what the configuration refuses is not proposed.
    if has_errors(&RepositoryConfig::parse(text.as_bytes()).1) {
        return None;
    }
    let lies_in = |stack: &&str, path: &String| {
        stack.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let outside = stacks.iter().filter(|stack| !known.iter().any(|(_, path)| lies_in(stack, path))).count();
    Some(Guess { text, environments: known, stacks: stacks.len(), outside })
}

/// The directory of a Terraform file, unless it holds a module or an example.
fn stack_of(path: &str) -> Option<&str> {
    let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
    let is_terraform = file.ends_with(".tf") || file.ends_with(".tf.json");
    let stands_alone = !directory.split('/').any(|step| NO_STACKS.contains(&step));
    (is_terraform && stands_alone).then_some(directory)
}

/// Rank, name and directory of the environment that a stack lies in: the first step that is called like one.
fn environment_of(stack: &str) -> Option<(usize, &str, &str)> {
    let mut end = 0;
    for step in stack.split('/') {
        end += step.len();
        if let Some(rank) = ENVIRONMENTS.iter().position(|name| *name == step) {
            return Some((rank, step, stack.get(..end)?));
        }
        end += 1;
    }
    None
}

fn text_of(environments: &[(String, String)]) -> String {
    let mut text =
        "# TfPilot's configuration: what a change must pass before it is applied.\nversion: 1\n\n".to_owned();
    text.push_str("# In the order in which changes go through them.\nenvironments:\n");
    for (index, (name, path)) in environments.iter().enumerate() {
        let plain =
            path.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-' | '_'));
        let path = if plain { path.clone() } else { serde_json::Value::from(path.as_str()).to_string() };
        text.push_str(&format!("  {name}:\n    path: {path}\n    approvals:\n      count: 1\n"));
        if index > 0 {
            continue;
        }
        text.push_str(
            "    # For new stacks: region of the provider, and where the state is kept.\n    \
             # region: eu-central-1\n    # backend:\n    #   s3: {bucket: my-terraform-state, region: eu-central-1}\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn environments_are_known_by_their_directories() {
        let found = guess([
            "README.md",
            "live/prod/db/main.tf",
            "live/prod/web/main.tf",
            "live/dev/web/main.tf",
            "modules/bucket/main.tf",
            "old/prod/main.tf",
            "bootstrap/main.tf",
        ])
        .expect("stacks");
        let places = [("dev", "live/dev"), ("prod", "live/prod")]
            .map(|(name, path)| (name.to_owned(), path.to_owned()));
        assert_eq!((found.environments, found.stacks, found.outside), (places.to_vec(), 5, 2));
        insta::assert_snapshot!(found.text);
    }

    #[test]
    fn a_directory_may_be_the_environment_itself() {
        let found = guess(["envs/staging/main.tf", "envs/production/main.tf.json"]).expect("stacks");
        let names: Vec<_> = found.environments.iter().map(|(name, path)| format!("{name} {path}")).collect();
        assert_eq!(names, ["staging envs/staging", "production envs/production"]);
        assert_eq!(found.outside, 0);
    }

    #[test]
    fn terraform_without_environments_gets_one_to_begin_with() {
        let found = guess(["main.tf"]).expect("a stack");
        assert_eq!(found.environments, [("dev".to_owned(), "live/dev".to_owned())]);
        assert_eq!((found.stacks, found.outside), (1, 1));
    }

    #[test]
    fn no_terraform_no_guess() {
        assert_eq!(guess(["README.md", "modules/x/main.tf", "a/examples/b/main.tf"]), None);
    }

    proptest! {
        #[test]
        fn what_is_proposed_is_valid_whatever_directories_are_called(
            paths in proptest::collection::vec("([a-z.\"$ü{} -]{1,6}/|dev/|prod/|\\PC{1,4}/){0,4}[a-z]{1,3}(\\.tf|\\.md)", 0..12)
        ) {
            if let Some(found) = guess(paths.iter().map(String::as_str)) {
                let (config, diagnostics) = RepositoryConfig::parse(found.text.as_bytes());
                prop_assert!(!has_errors(&diagnostics), "{:?} of {}", diagnostics, found.text);
                prop_assert_eq!(config.environments.len(), found.environments.len());
            }
        }
    }
}
