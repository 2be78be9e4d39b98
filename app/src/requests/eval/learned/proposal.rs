//! What becomes of learned words: lines for a repository's configuration, and the configuration with them. They count once
//! people merged it.

use std::collections::BTreeMap;

use super::{Learned, Means};
use crate::config::diagnostic::{first, has_errors};
use crate::config::edit::{add_to_list, scalar};
use crate::config::{RepositoryConfig, Severity};

/// Why a configuration does not take the words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// It is broken as it is.
    #[error("the configuration is broken: {0}")]
    Broken(String),
    /// It is written in a way that nothing can be added to without touching the rest.
    #[error("the configuration is written in a way that nothing can be added to")]
    Unwritable,
}

/// The words of each list of the configuration, by the way to it.
fn lists(learned: &[Learned]) -> BTreeMap<[&str; 3], Vec<String>> {
    let mut lists: BTreeMap<[&str; 3], Vec<String>> = BTreeMap::new();
    for one in learned {
        let path = match &one.means {
            Means::Module(id) => ["catalog", "words", id.as_str()],
            Means::Environment(name) => ["environments", name.as_str(), "aliases"],
        };
        lists.entry(path).or_default().push(one.word.clone());
    }
    lists
}

/// The lines to add to a configuration.
pub fn yaml(learned: &[Learned]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut before: [&str; 3] = [""; 3];
    for (path, words) in lists(learned) {
        let [section, key, last] = path;
        let is_new = section != before[0];
        if is_new {
            lines.push(format!("{section}:"));
        }
        if is_new || key != before[1] {
            lines.push(format!("  {key}:"));
        }
        let words: Vec<String> = words.iter().map(|word| scalar(word)).collect();
        lines.push(format!("    {last}: [{}]", words.join(", ")));
        before = path;
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A configuration with the words, everything else as people wrote it.
///
/// # Errors
/// Where it cannot be added to, or would not mean what it should.
pub fn add_to(text: &str, learned: &[Learned]) -> Result<String, NotAdded> {
    let (mut wanted, diagnostics) = RepositoryConfig::parse(text.as_bytes());
    if let Some(error) = first(&diagnostics, Severity::Error) {
        return Err(NotAdded::Broken(error));
    }
    let mut written = text.to_owned();
    for (path, words) in lists(learned) {
        written = add_to_list(&written, &path, &words).ok_or(NotAdded::Unwritable)?;
        let [section, key, last] = path;
        if section == "catalog" {
            wanted.catalog.words.entry(last.to_owned()).or_default().extend(words);
        } else if let Some(environment) = wanted.environments.get_mut(key) {
            environment.aliases.extend(words);
        }
    }
    // Lines were edited: whether they say what they should, only reading them tells.
    let (read, diagnostics) = RepositoryConfig::parse(written.as_bytes());
    let is_right = !has_errors(&diagnostics) && read == wanted;
    if is_right { Ok(written) } else { Err(NotAdded::Unwritable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned() -> Vec<Learned> {
        let of = |word: &str, means| Learned { word: word.to_owned(), means, requests: Vec::new() };
        let queue = || Means::Module("aws/sqs-queue".to_owned());
        let dev = Means::Environment("dev".to_owned());
        vec![of("mailbox", queue()), of("dead drop", queue()), of("playground", dev)]
    }

    #[test]
    fn the_lines_are_those_of_the_configuration() {
        insta::assert_snapshot!(yaml(&learned()), @"
        catalog:
          words:
            aws/sqs-queue: [mailbox, dead drop]
        environments:
          dev:
            aliases: [playground]
        ");
    }

    #[test]
    fn a_configuration_takes_them_and_keeps_the_rest() {
        let before = "version: 1\n\nenvironments:\n  # for everybody\n  dev:\n    aliases: [development] # long\n\n# The rest.\ncatalog:\n  hide: [local/note] # no notes\n";
        insta::assert_snapshot!(add_to(before, &learned()).expect("takes them"), @"
        version: 1

        environments:
          # for everybody
          dev:
            aliases: [development, playground] # long

        # The rest.
        catalog:
          hide: [local/note] # no notes
          words:
            aws/sqs-queue: [mailbox, dead drop]
        ");
        let example = include_str!("../../../../../docs/tfpilot.example.yml");
        let after = add_to(example, &learned()[1..]).expect("takes them");
        let kept = after.lines().filter(|line| example.lines().any(|known| known == *line)).count();
        assert_eq!(kept, example.lines().count() - 2);
    }

    #[test]
    fn what_would_be_wrong_is_not_written() {
        let broken = add_to("version: 1\ncatlog: {}\n", &learned()).expect_err("is broken");
        assert_eq!(
            broken.to_string(),
            "the configuration is broken: tfpilot.yml:2:1 unknown key catlog | write catalog"
        );
        let taken = "version: 1\nenvironments: {dev: {}, stage: {aliases: [playground]}}\n";
        assert_eq!(add_to(taken, &learned()), Err(NotAdded::Unwritable));
    }
}
