//! As much of Rust as a page names: functions and types of a file, tests, the variants of an enum.

/// Words that introduce a name.
const ITEMS: [&str; 6] = ["fn", "struct", "enum", "trait", "const", "type"];

/// Whether the source defines the name, also as a variant of an enum or by a `macro_rules!`.
pub fn defines(source: &str, name: &str) -> bool {
    let is_item = |line: &str| {
        words(line).collect::<Vec<_>>().windows(2).any(|pair| match pair {
            [kind, found] => (ITEMS.contains(kind) || *kind == "macro_rules") && *found == name,
            _ => false,
        })
    };
    let is_variant = |line: &str| is_variant(line) && words(line).next() == Some(name);
    source.lines().map(code).any(|line| is_item(line) || is_variant(line))
}

/// Whether the source has a test of this name: with an attribute that says so, or listed in a suite that makes tests of
/// functions.
pub fn tests(source: &str, name: &str, suite: &str) -> bool {
    let lines: Vec<&str> = source.lines().collect();
    let defined = |line: &str| {
        code(line).contains(&format!("fn {name}(")) || code(line).contains(&format!("fn {name}<"))
    };
    lines.iter().enumerate().filter(|(_, line)| defined(line)).any(|(at, _)| {
        let above = lines.get(..at).unwrap_or_default().iter().rev().map(|line| line.trim());
        let mut own = above.take_while(|line| line.starts_with("#[") || line.starts_with("///"));
        let own = own.any(|line| line.starts_with("#[") && line.contains("test"));
        own || suite.lines().any(|line| line.trim().trim_end_matches(',') == name)
    })
}

/// The variants of an enum, in their order.
pub fn variants<'s>(source: &'s str, name: &str) -> Vec<&'s str> {
    let opening = format!("pub enum {name} {{");
    source
        .lines()
        .skip_while(|line| *line != opening)
        .skip(1)
        .take_while(|line| *line != "}")
        .filter(|line| is_variant(line))
        .filter_map(|line| words(line).next())
        .collect()
}

/// Indented once, beginning with a capital.
fn is_variant(line: &str) -> bool {
    line.strip_prefix("    ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// The line, unless it is a comment.
fn code(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "/// fn ghost()\npub enum Lane {\n    /// Now.\n    Act,\n    Show { x: u8 },\n}\n\n#[test]\nfn it_works() {}\n\nfn helper() {}\npub(in crate::store) async fn kept<T>() {}\n";

    #[test]
    fn what_is_there_is_found_and_nothing_else() {
        assert_eq!(variants(SOURCE, "Lane"), ["Act", "Show"]);
        assert!(defines(SOURCE, "Lane") && defines(SOURCE, "Act") && defines(SOURCE, "kept"));
        assert!(!defines(SOURCE, "ghost") && !defines(SOURCE, "work"));
        assert!(super::tests(SOURCE, "it_works", "") && super::tests(SOURCE, "kept", "  kept,\n"));
        assert!(!super::tests(SOURCE, "helper", "") && !super::tests(SOURCE, "ghost", ""));
    }
}
