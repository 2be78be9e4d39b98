//! Patterns of `fileset`: `*`, `**`, `?` and `{a,b}`. Character classes are left to Terraform.

/// A pattern, read.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// One list of parts per alternative of `{…}`.
    alternatives: Vec<Vec<String>>,
}

/// Most alternatives that are written out.
const ALTERNATIVES_CAP: usize = 64;

impl Pattern {
    /// Reads a pattern; none when it leaves its directory or is not followed here.
    pub(crate) fn parse(pattern: &str) -> Option<Self> {
        if pattern.starts_with('/') || pattern.contains(['[', ']', '\\', '\0']) {
            return None;
        }
        let mut alternatives = Vec::new();
        for written in expand(pattern)? {
            let parts: Vec<_> = written.split('/').map(str::to_owned).collect();
            if parts.iter().any(|part| part == "..") {
                return None;
            }
            alternatives.push(parts);
        }
        Some(Self { alternatives })
    }

    /// Whether a relative path matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path: Vec<_> = path.split('/').collect();
        self.alternatives.iter().any(|parts| parts_match(parts, &path))
    }
}

/// Writes out `{a,b}`; none when nested, unbalanced or too many.
fn expand(pattern: &str) -> Option<Vec<String>> {
    let mut done = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (inner, tail) = after.split_once('}')?;
        if inner.contains('{') || before.contains('}') {
            return None;
        }
        let choices: Vec<_> = inner.split(',').collect();
        if done.len() * choices.len() > ALTERNATIVES_CAP {
            return None;
        }
        done = done
            .iter()
            .flat_map(|so_far| choices.iter().map(move |choice| format!("{so_far}{before}{choice}")))
            .collect();
        rest = tail;
    }
    (!rest.contains('}')).then(|| done.iter().map(|so_far| format!("{so_far}{rest}")).collect())
}

/// Matches part by part; `**` stands for any number of parts. Each row holds what the pattern so far can have consumed.
fn parts_match(pattern: &[String], path: &[&str]) -> bool {
    let mut reached = vec![false; path.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        let mut before = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let here = reached.get(at).copied().unwrap_or(false);
            let previous = at.checked_sub(1).and_then(|at| Some((*reached.get(at)?, *path.get(at)?)));
            *slot = match part.as_str() {
                "**" => here || before,
                _ => previous.is_some_and(|(reached, name)| reached && name_matches(part, name)),
            };
            before = *slot;
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

fn name_matches(pattern: &str, name: &str) -> bool {
    let name: Vec<_> = name.chars().collect();
    let mut reached = vec![false; name.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for c in pattern.chars() {
        let mut before = false;
        let mut next = vec![false; name.len() + 1];
        for (at, slot) in next.iter_mut().enumerate() {
            let here = reached.get(at).copied().unwrap_or(false);
            let previous = at.checked_sub(1).and_then(|at| Some((*reached.get(at)?, *name.get(at)?)));
            *slot = match c {
                '*' => here || before,
                '?' => previous.is_some_and(|(reached, _)| reached),
                c => previous.is_some_and(|(reached, found)| reached && found == c),
            };
            before = *slot;
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_filesets_do() {
        for (pattern, path, expected) in [
            ("*.json", "a.json", true),
            ("*.json", "a/b.json", false),
            ("**/*.json", "b.json", true),
            ("**/*.json", "a/c/b.json", true),
            ("a/**", "a/b/c", true),
            ("*.{yml,yaml}", "x.yaml", true),
            ("?.tf", "ab.tf", false),
            ("a*c*e", "abcde", true),
            ("**", "a/b", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_stay_in_their_directory() {
        for bad in ["../*", "a/../../*", "/etc/*", "{..,a}/*", "{a,{b,c}}", "[a-z]", "a}", "{a"] {
            assert!(Pattern::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn hostile_patterns_end() {
        let stars = "*a".repeat(200);
        assert!(!Pattern::parse(&stars).unwrap().matches(&"b".repeat(2000)));
        assert!(Pattern::parse(&"{a,b}".repeat(30)).is_none());
    }
}
