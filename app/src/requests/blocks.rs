//! Blocks of code that say something: people set off what they want as they set off code.

use super::{environment, questions, text};

/// Lines of a block beyond which it is no list of wishes.
const MOST_LINES: usize = 30;

/// Keys of a block from which on it speaks of something wanted and not of something that runs.
const ENOUGH_KEYS: usize = 2;

/// A body whose blocks that say something are lines of their own: an object of JSON is a value (a pattern, a payload), a
/// list of keys may be a request, and lines that are merely indented are set off. Other code is not said to us.
pub(super) fn with_said(body: &str) -> String {
    let mut shown = String::with_capacity(body.len());
    let mut fenced: Option<Vec<&str>> = None;
    for line in body.lines() {
        let fence = line.trim_start().starts_with("```");
        match (&mut fenced, fence) {
            (None, true) => fenced = Some(vec![line]),
            (None, false) => push(&mut shown, if is_set_off(line) { line.trim_start() } else { line }),
            (Some(block), false) => block.push(line),
            (Some(block), true) => {
                let content = block.get(1..).unwrap_or_default();
                let json = content.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
                let json = json.trim();
                if text::json_of(json).is_some_and(|length| length == json.len()) {
                    push(&mut shown, json);
                } else if is_form(content) {
                    content.iter().for_each(|line| push(&mut shown, line.trim()));
                } else {
                    block.iter().for_each(|line| push(&mut shown, line));
                    push(&mut shown, line);
                }
                fenced = None;
            }
        }
    }
    fenced.into_iter().flatten().for_each(|line| push(&mut shown, line));
    shown
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// `key: value` lines alone, which say where, how it is called or whose it is.
fn is_form(lines: &[&str]) -> bool {
    let keys: Option<Vec<&str>> = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (key, value) = line.trim_start_matches(['-', '*', ' ']).split_once(':')?;
            let plain =
                key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-'));
            (plain && !key.trim().is_empty() && !value.trim().is_empty()).then_some(key)
        })
        .collect();
    keys.is_some_and(|keys| {
        keys.len() <= MOST_LINES && keys.into_iter().filter(|key| is_part(key)).count() >= ENOUGH_KEYS
    })
}

fn is_part(key: &str) -> bool {
    let key = key.trim().to_lowercase();
    let usual =
        ["name", "id", "team", "owner", "squad", "responsible", "besitzer", "verantwortlich", "service"];
    environment::is_key(&key) || usual.contains(&key.as_str()) || questions::asked(&key).is_some()
}

/// An indented line that no program wrote.
fn is_set_off(line: &str) -> bool {
    let text = line.trim();
    let indented = line.starts_with("    ") || line.starts_with('\t');
    let code = text.ends_with(['{', '}', ';', '[', '\\'])
        || text.starts_with(['$', '{', '}', '<', '>', '#'])
        || text.starts_with("at ")
        || text.starts_with("/tfpilot")
        || ["()", "=>", " = ", "==", "&&", "Error", "Exception", "Traceback", "File \""]
            .iter()
            .any(|mark| text.contains(mark));
    indented && !text.is_empty() && !code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_off_is_said() {
        assert_eq!(with_said("Facts:\n\n    name acme-x\n    in dev"), "Facts:\n\nname acme-x\nin dev\n");
        let form = "```yaml\nkind: queue\nname: acme-x\nstage: dev\n```";
        assert_eq!(with_said(form), "kind: queue\nname: acme-x\nstage: dev\n");
        assert_eq!(with_said("```\n{\"a\": 1}\n```"), "{\"a\": 1}\n");
    }

    #[test]
    fn code_is_not() {
        for code in [
            "    at com.acme.Main.run(Main.java:7)\n",
            "    /tfpilot apply\n",
            "```hcl\nresource \"aws_s3_bucket\" \"this\" {\n}\n```\n",
            "```yaml\nkind: Deployment\nreplicas: 3\n```\n",
        ] {
            assert_eq!(with_said(code), code);
        }
    }
}
