//! Owns: which issues a pull request closes when it is merged into the default branch ("Closes #41").

use crate::rest::Reject;

use super::World;

const WORDS: [&str; 9] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// The numbers a text says it closes, in order, each once.
pub(crate) fn closing_numbers(text: &str) -> Vec<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut numbers = Vec::new();
    for pair in words.windows(2) {
        let [verb, target] = pair else { continue };
        let verb = verb.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end_matches(':');
        let digits: String = match target.strip_prefix('#') {
            Some(rest) => rest.chars().take_while(char::is_ascii_digit).collect(),
            None => continue,
        };
        if WORDS.iter().any(|word| word.eq_ignore_ascii_case(verb))
            && let Ok(number) = digits.parse()
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    numbers
}

impl World {
    /// Closes what a merged pull request said it closes.
    pub(crate) fn close_issues_of(&mut self, repo: u64, number: u64, who: u64) -> Result<(), Reject> {
        let (home, issue) = (self.repo(repo)?, self.issue(repo, number)?);
        let Some(pull) = &issue.pull else { return Ok(()) };
        if pull.base_ref != home.default_branch {
            return Ok(());
        }
        let mut text = issue.body.clone().unwrap_or_default();
        for sha in home.git.between(&pull.base_sha, &pull.head_sha) {
            if let Some(commit) = home.git.commit(&sha) {
                text.push('\n');
                text.push_str(&commit.message);
            }
        }
        for closed in closing_numbers(&text) {
            if self.issue(repo, closed).is_ok_and(|issue| issue.pull.is_none()) {
                self.close(repo, closed, who, Some("completed"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::closing_numbers;

    #[test]
    fn closing_words_count_only_before_a_number() {
        assert_eq!(closing_numbers("Adds a bucket. Closes #41, fixes: #7.\n(Resolves #41)"), [41, 7]);
        assert_eq!(closing_numbers("discloses #3, see #4, closes acme/other#5, closes #"), [] as [u64; 0]);
    }
}
