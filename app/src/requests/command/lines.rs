//! Which lines of a comment are commands: those a reader sees as plain text.
//!
//! Code blocks, quotes and HTML comments are skipped, so that neither an example nor the quotation of a mail
//! nor hidden text acts.

/// The word that starts a command, without case.
const PREFIX: &str = "/tfpilot";

/// Command lines with their number from 1, without the prefix.
pub(super) fn command_lines(comment: &str) -> impl Iterator<Item = (usize, &str)> {
    plain_lines(comment).filter_map(|(number, line)| Some((number, after_prefix(line)?)))
}

/// Lines outside of code, quotes and HTML comments, with their number from 1.
pub(in crate::requests) fn plain_lines(comment: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<(char, usize)> = None;
    let mut hidden = false;
    comment.lines().enumerate().filter_map(move |(index, line)| {
        if hidden {
            hidden = !line.contains("-->");
            return None;
        }
        if let Some((mark, length)) = fence {
            if closes(line, mark, length) {
                fence = None;
            }
            return None;
        }
        if let Some(opened) = opens(line) {
            fence = Some(opened);
            return None;
        }
        if let Some((_, rest)) = line.rsplit_once("<!--")
            && !rest.contains("-->")
        {
            hidden = true;
        }
        let indented = line.starts_with("    ") || line.starts_with('\t');
        let quoted = line.trim_start().starts_with('>');
        (!indented && !quoted).then_some((index + 1, line))
    })
}

/// A fence of three or more backticks or tildes, at most three spaces in.
fn opens(line: &str) -> Option<(char, usize)> {
    let (mark, length, rest) = fence_of(line)?;
    // Backticks later in the line make it inline code.
    (mark == '~' || !rest.contains('`')).then_some((mark, length))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    fence_of(line).is_some_and(|(other, n, rest)| other == mark && n >= length && rest.trim().is_empty())
}

fn fence_of(line: &str) -> Option<(char, usize, &str)> {
    let text = line.trim_start_matches(' ');
    if line.len() - text.len() > 3 {
        return None;
    }
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    (length >= 3).then_some((mark, length, rest))
}

fn after_prefix(line: &str) -> Option<&str> {
    let text = line.trim();
    let prefix = text.get(..PREFIX.len())?;
    let rest = text.get(PREFIX.len()..)?;
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (prefix.eq_ignore_ascii_case(PREFIX) && ends).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_lines_are_commands() {
        let comment = "Look:\n/tfpilot plan\n> /tfpilot apply\n```\n/tfpilot apply\n```\n    /tfpilot apply\n<!--\n/tfpilot apply\n-->\n<!-- /tfpilot apply -->\n~~~~ sh\n/tfpilot apply\n~~~\n~~~~\n  /TFPILOT  Why\nthen /tfpilot apply\n/tfpilots apply\n/tfpilot\n";
        let found: Vec<_> = command_lines(comment).collect();
        assert_eq!(found, [(2, "plan"), (16, "Why"), (19, "")]);
    }

    #[test]
    fn an_open_fence_or_comment_hides_the_rest() {
        assert_eq!(command_lines("```\n/tfpilot apply").count(), 0);
        assert_eq!(command_lines("text <!-- \n/tfpilot apply").count(), 0);
        assert_eq!(command_lines("``` a ``` b\n/tfpilot apply").count(), 1);
    }
}
