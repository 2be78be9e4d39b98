//! Words that describe a thing and name none.

/// Parts of such words.
const DESCRIBE: &str = "\
    high highly low multi single read write fast small large long short real first third second cross \
    self in on up pay cost key dead two three one well non anti auto semi pre post off open general \
    production dev s3 new old event message time full half double shared private public internal \
    external hand self made fifo sqs rds kms iam ec2 eks aws server client back front end day week year short-lived \
    hoch mehr ein zwei drei neu";

/// "multi-region", "high-availability", "in-memory": words that describe, joined by hyphens.
pub(super) fn is_described(word: &str) -> bool {
    let mut parts = word.split(['-', '_']);
    word.contains(['-', '_'])
        && parts.any(|part| {
            DESCRIBE.split(' ').any(|known| known == part) || part.ends_with("ed") || part.ends_with("ing")
        })
        || !word.contains(['-', '_'])
}
