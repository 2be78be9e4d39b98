//! What is wrong with the further words of modules: a word that is none, or that means something else already.

use std::collections::BTreeMap;

use tfpilot_modules::{Catalog, Module};

use super::super::RepositoryConfig;
use super::super::templates::normal;
use super::Checking;

/// Letters of the longest word or phrase.
const LONGEST: usize = 40;

/// Words of the longest phrase: people do not say more for a thing.
const MOST_WORDS: usize = 4;

impl Checking<'_> {
    /// Each word for itself, beside those of other modules, and beside everything else that has a name.
    pub(super) fn words(&mut self, catalog: &Catalog) {
        let config = self.config;
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        for (id, words) in &config.catalog.words {
            self.module(&["catalog", "words", id], id, catalog);
            for (index, word) in words.iter().enumerate() {
                let at = ["catalog", "words", id, &index.to_string()];
                let other = owners.insert(normal(word), id.as_str()).filter(|owner| owner != id);
                let taken = other.map(|other| Objection::Means(other.to_owned()));
                match objection(config, catalog, id, word).or(taken) {
                    Some(Objection::NoWord(why)) => self.error(
                        &at,
                        format!("{} is no word for a module: {why}", shown(word)),
                        "write a noun as people say it, such as mailbox",
                    ),
                    Some(Objection::Means(other)) => {
                        self.error(
                            &at,
                            format!("{} already means {other}", shown(word)),
                            "choose another word",
                        );
                    }
                    None => {}
                }
            }
        }
    }
}

/// Why a module cannot be called so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Objection {
    /// Nobody could say it.
    NoWord(String),
    /// It is taken, by what is named.
    Means(String),
}

/// What stands against calling a module by a further word: it is none, or it means another module that is offered, a
/// template of another module or an environment.
pub(crate) fn objection(
    config: &RepositoryConfig,
    catalog: &Catalog,
    id: &str,
    word: &str,
) -> Option<Objection> {
    let word = normal(word);
    if let Err(why) = is_word(&word) {
        return Some(Objection::NoWord(why));
    }
    if let Some((name, _)) = config.environment(&word) {
        return Some(Objection::Means(format!("the environment {name}")));
    }
    if let Some((name, _)) = config.template(&word).filter(|(_, template)| template.module != id) {
        return Some(Objection::Means(format!("the template {name}")));
    }
    let mut others = catalog.modules().filter(|module| {
        let other = module.id.to_string();
        other != id && !config.catalog.hide.contains(&other)
    });
    others.find(|module| is_called(module, &word)).map(|module| Objection::Means(module.id.to_string()))
}

/// Whether a module has a word already.
pub(crate) fn is_called(module: &Module, word: &str) -> bool {
    let id = module.id.to_string().replace('/', " ");
    let own = [module.title.as_str(), module.id.name(), &id];
    own.into_iter().chain(module.words.iter().map(String::as_str)).any(|known| normal(known) == word)
}

/// Whether people can say it, as the reading splits texts.
fn is_word(word: &str) -> Result<(), String> {
    let letters = word.chars().count();
    if letters == 0 {
        return Err("it is empty".to_owned());
    }
    if !(2..=LONGEST).contains(&letters) {
        return Err(format!("it has {letters} letters, not 2 to {LONGEST}"));
    }
    if word.split(' ').count() > MOST_WORDS {
        return Err(format!("it has more than {MOST_WORDS} words"));
    }
    if !word.chars().all(|letter| letter.is_alphanumeric() || letter == ' ') {
        return Err("only letters, digits, spaces and hyphens can stand in one".to_owned());
    }
    if !word.chars().any(char::is_alphabetic) {
        return Err("it has no letter".to_owned());
    }
    Ok(())
}

/// What was written, on one line and not endless.
fn shown(written: &str) -> String {
    if written.trim().is_empty() {
        return "\"\"".to_owned();
    }
    written.chars().take(60).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::diagnostic::has_errors;

    fn told(text: &str) -> String {
        let (_, diagnostics) = RepositoryConfig::parse(text.as_bytes());
        diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
    }

    #[test]
    fn words_that_cannot_be_are_named_with_their_place() {
        let text = "version: 1
environments:
  dev: {aliases: [playground], backend: {local: {path: '/state/{stack}'}}}
requests:
  templates:
    archive: {module: aws/s3-bucket, words: [cold store]}
catalog:
  words:
    aws/sqs-queues: [letterbox]
    aws/sqs-queue: [Mailbox, bucket, S3-Bucket, playground, cold store, '', x, 'a/b', '12', letterbox of all the teams]
    aws/s3-bucket: [mail-box, mailbox, cold store]
    aws/sns-topic: [mailBox]
";
        insta::assert_snapshot!(told(text));
    }

    #[test]
    fn a_hidden_module_gives_its_words_away() {
        let text = "version: 1\ncatalog:\n  hide: [aws/s3-bucket]\n  words: {google/storage-bucket: [bucket, object store]}\n";
        let (config, diagnostics) = RepositoryConfig::parse(text.as_bytes());
        assert!(!has_errors(&diagnostics), "{diagnostics:?}");
        assert_eq!(config.catalog.words["google/storage-bucket"], ["bucket", "object store"]);
    }
}
