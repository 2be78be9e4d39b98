//! Which modules come closest to a word. Reading whole requests belongs to the app; this only ranks modules.

use super::Module;

/// How many modules are offered; a question with more choices is not read.
const MOST: usize = 3;

/// From this similarity on, a misspelt word still counts, from 0 to 1.
const ALIKE: f64 = 0.84;

/// The words of each module, as they are compared.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// In the order of the modules.
    modules: Vec<Words>,
}

#[derive(Debug)]
struct Words {
    own: Vec<String>,
    related: Vec<String>,
    category: String,
}

impl Index {
    pub(super) fn of<'m>(modules: impl Iterator<Item = &'m Module>) -> Self {
        let words = |module: &Module| {
            let id = module.id.to_string();
            let own =
                module.words.iter().chain([&module.title, &id]).map(String::as_str).chain([module.id.name()]);
            Words {
                own: own.map(normal).collect(),
                related: module.related.iter().map(|word| normal(word)).collect(),
                category: normal(&module.category),
            }
        };
        Self { modules: modules.map(words).collect() }
    }
}

/// The modules nearest to a word, best first. `index` is that of these modules.
pub(super) fn nearest<'m>(
    modules: impl Iterator<Item = &'m Module>,
    index: &Index,
    word: &str,
) -> Vec<&'m Module> {
    let asked = normal(word);
    if asked.is_empty() {
        return Vec::new();
    }
    let scored = modules.zip(&index.modules).map(|(module, words)| (score(words, &asked), module));
    let mut ranked: Vec<_> = scored.filter(|(score, _)| *score > 0).collect();
    // Of equals what people ask for most.
    ranked.sort_by_key(|(score, module)| (std::cmp::Reverse(*score), !module.common, &module.id));
    ranked.into_iter().take(MOST).map(|(_, module)| module).collect()
}

/// In thousandths. A word of the module itself outweighs one that it is only related to.
fn score(words: &Words, asked: &str) -> u32 {
    let most = |words: &[String]| words.iter().map(|word| likeness(asked, word)).max().unwrap_or(0);
    most(&words.own).max(most(&words.related) * 7 / 10).max(likeness(asked, &words.category) / 2)
}

fn likeness(asked: &str, known: &str) -> u32 {
    if asked == known {
        return 1000;
    }
    if holds(asked, known) {
        return 900;
    }
    if holds(known, asked) {
        return 800;
    }
    // Misspelt words, each beside its own: "kafka cluster" and "aks cluster" have but one word in common.
    let parts = |words: &str| words.split(' ').count();
    if parts(asked) != parts(known) {
        return 0;
    }
    let pairs = asked.split(' ').zip(known.split(' '));
    let mut alike: f64 = 1.0;
    for (word, other) in pairs {
        alike = alike.min(strsim::jaro_winkler(word, other));
        if alike < ALIKE {
            return 0;
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 700")]
    let thousandths = (alike * 700.0) as u32;
    thousandths
}

/// Whether one phrase holds the other as whole words.
fn holds(phrase: &str, words: &str) -> bool {
    let ends = |at: usize| phrase.get(at..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let begins =
        |at: usize| phrase.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(' '));
    !words.is_empty()
        && words.len() <= phrase.len()
        && phrase.match_indices(words).any(|(at, _)| begins(at) && ends(at + words.len()))
}

/// Lower case, and words parted by single spaces.
fn normal(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::Catalog;

    #[track_caller]
    fn check(word: &str, expected: &[&str]) {
        let catalog = Catalog::shipped();
        let found: Vec<_> = catalog.nearest(word).iter().map(|module| module.id.to_string()).collect();
        assert_eq!(found, expected, "{word}");
    }

    #[test]
    fn words_of_people_find_modules() {
        check("S3 bucket", &["aws/s3-bucket"]);
        check("s3-bucket", &["aws/s3-bucket"]);
        check("Objektspeicher", &["aws/s3-bucket", "azure/storage-account", "google/storage-bucket"]);
        check("Warteschlange", &["aws/sqs-queue"]);
        check("bukcet", &["aws/s3-bucket"]);
        check("a queue for mails", &["aws/sqs-queue"]);
        check("Kafka cluster", &["aws/sqs-queue", "aws/kinesis-stream"]);
        check("storage", &["aws/s3-bucket", "aws/efs", "azure/storage-account"]);
        check("Notizen", &["local/note"]);
    }

    #[test]
    fn what_is_far_from_everything_finds_nothing() {
        for word in ["", "  ", "lawn mower", "%$§", "🪣"] {
            check(word, &[]);
        }
    }
}
