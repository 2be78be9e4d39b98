//! Workflow commands: lines by which a step steers GitHub's runner. Text of others must never become one.

/// `text` as the data of a command.
pub(crate) fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Hides a value in the rest of the job's log. A value of several lines is hidden line by line, as GitHub does.
pub(crate) fn add_mask(secret: &str) -> Vec<String> {
    secret
        .lines()
        .filter(|line| line.trim().len() >= 4)
        .map(|line| format!("::add-mask::{}", escape(line)))
        .collect()
}

/// Begins a fold.
pub(crate) fn group(title: &str) -> String {
    format!("::group::{}", escape(&plain(title)))
}

/// Ends a fold.
pub(crate) const END_GROUP: &str = "::endgroup::";

/// From here on no line is a command, until `::token::`.
pub(crate) fn stop_commands(token: &str) -> String {
    format!("::stop-commands::{token}")
}

/// Lines are commands again.
pub(crate) fn resume_commands(token: &str) -> String {
    format!("::{token}::")
}

/// One line for the log: no control characters, so nothing moves the cursor or ends the line, and not the old
/// form of commands, which GitHub's runner finds anywhere in a line.
pub(crate) fn plain(text: &str) -> String {
    let line: String =
        text.chars().map(|char| if char.is_control() && char != '\t' { ' ' } else { char }).collect();
    line.replace("##[", "## [")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_a_second_command() {
        assert_eq!(group("a\n::set-env::b 100%"), "::group::a ::set-env::b 100%25");
        assert_eq!(add_mask("one-line\nsecond-line\nx"), ["::add-mask::one-line", "::add-mask::second-line"]);
        assert_eq!(plain("a\r\n\u{1b}[31mb\tc"), "a   [31mb\tc");
        assert_eq!(plain("Plan ##[add-mask]x"), "Plan ## [add-mask]x");
    }
}
