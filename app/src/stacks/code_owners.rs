//! `CODEOWNERS` as GitHub reads it: which patterns a file has, whose the last one that fits a path is, and which lines
//! GitHub does not understand.
//!
//! Patterns go by gitignore's rules but for three: `!` and `[ ]` do not exist, and `docs/*` reaches no folder below.

/// Where GitHub looks, the first one there is counts.
pub(crate) const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// A larger file is not read by GitHub, in bytes.
pub(crate) const LIMIT: usize = 3 * 1024 * 1024;

/// A file's patterns, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CodeOwners {
    /// Its patterns with their owners.
    pub(crate) rules: Vec<Rule>,
    /// Lines that are left out, from 1, and why.
    pub(crate) problems: Vec<(u32, String)>,
}

/// A line with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// From 1.
    pub(crate) line: u32,
    /// As it is written.
    pub(crate) pattern: String,
    /// `@user`, `@organisation/team` or an address; nobody where the line names none.
    pub(crate) owners: Vec<String>,
    steps: Vec<Step>,
}

/// A part of a pattern between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// `**`: any number of folders.
    Any,
    /// Characters and wildcards of one name.
    Name(Vec<Glyph>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Glyph {
    Is(char),
    One,
    Many,
}

impl CodeOwners {
    /// Reads a file. A line that cannot be used is left out, as GitHub does, and told.
    pub(crate) fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for (index, line) in text.lines().enumerate() {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            match parse_line(line) {
                Ok(None) => {}
                Ok(Some((pattern, owners, steps))) => {
                    read.rules.push(Rule { line: number, pattern, owners, steps });
                }
                Err(why) => read.problems.push((number, why)),
            }
        }
        read
    }

    /// The last pattern that fits a path; it may name nobody.
    pub(crate) fn of(&self, path: &str) -> Option<&Rule> {
        let names: Vec<Vec<char>> = path.split('/').map(|name| name.chars().collect()).collect();
        self.rules.iter().rev().find(|rule| fits(&rule.steps, &names))
    }
}

type Line = (String, Vec<String>, Vec<Step>);

fn parse_line(line: &str) -> Result<Option<Line>, String> {
    let mut words = split(line).into_iter();
    let Some(pattern) = words.next() else { return Ok(None) };
    if pattern.starts_with('!') {
        return Err("a pattern does not begin with !".to_owned());
    }
    let steps = parse_pattern(&pattern)?;
    let owners: Vec<String> = words.collect();
    match owners.iter().find(|owner| !is_owner(owner)) {
        Some(owner) => {
            let owner: String = owner.chars().take(60).collect();
            Err(format!("{} is no @user, @organisation/team or e-mail address", owner.escape_debug()))
        }
        None => Ok(Some((pattern, owners, steps))),
    }
}

/// Words of a line up to its comment. A backslash keeps the space behind it in its word.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                word.push('\\');
                word.extend(letters.next());
            }
            '#' if word.is_empty() => break,
            letter if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_owner(text: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    match text.strip_prefix('@') {
        Some(name) => match name.split_once('/') {
            Some((organisation, team)) => plain(organisation) && plain(team),
            None => plain(name),
        },
        None => text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.')
        }),
    }
}

fn parse_pattern(pattern: &str) -> Result<Vec<Step>, String> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '/' => parts.push(std::mem::take(&mut part)),
            '*' => part.push(Glyph::Many),
            '?' => part.push(Glyph::One),
            '[' | ']' => return Err("a pattern has no [ ]".to_owned()),
            '\\' => match letters.next() {
                Some('#') if part.is_empty() && parts.is_empty() => {
                    return Err("a pattern does not begin with #, escaped or not".to_owned());
                }
                Some(letter) => part.push(Glyph::Is(letter)),
                None => return Err("the pattern ends with a backslash".to_owned()),
            },
            letter => part.push(Glyph::Is(letter)),
        }
    }
    parts.push(part);
    Ok(steps(parts))
}

/// Where a pattern begins, and what of a folder it means.
fn steps(mut parts: Vec<Vec<Glyph>>) -> Vec<Step> {
    let anchored = parts.first().is_some_and(Vec::is_empty);
    if anchored {
        parts.remove(0);
    }
    let folder = parts.last().is_some_and(Vec::is_empty);
    if folder {
        parts.pop();
    }
    if parts.is_empty() {
        // A slash alone names nothing.
        return Vec::new();
    }
    // A name alone is found in every folder.
    let anywhere = !anchored && parts.len() == 1;
    let mut steps: Vec<Step> = anywhere.then_some(Step::Any).into_iter().collect();
    steps.extend(parts.into_iter().map(|part| match part.as_slice() {
        [Glyph::Many, Glyph::Many] => Step::Any,
        _ => Step::Name(part),
    }));
    if folder {
        steps.push(Step::Any);
    }
    steps.dedup_by(|a, b| *a == Step::Any && *b == Step::Any);
    steps
}

/// Whether a pattern fits a path: as it is, or as a folder that holds it. What ends with `*` alone reaches no folder below.
fn fits(steps: &[Step], names: &[Vec<char>]) -> bool {
    if steps.is_empty() {
        return false;
    }
    // `reach[i]`: the steps so far fit the first `i` names.
    let mut reach = vec![false; names.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    for (at, step) in steps.iter().enumerate() {
        let last = at + 1 == steps.len();
        let mut next = vec![false; names.len() + 1];
        match step {
            Step::Any => {
                let mut open = false;
                for (to, slot) in next.iter_mut().enumerate() {
                    let here = reach.get(to).copied().unwrap_or(false);
                    // At its end it is what lies in the folder, not the folder itself.
                    *slot = open || (here && !last);
                    open |= here;
                }
            }
            Step::Name(glyphs) => {
                for (from, name) in names.iter().enumerate() {
                    if reach.get(from).copied().unwrap_or(false)
                        && is_name(glyphs, name)
                        && let Some(slot) = next.get_mut(from + 1)
                    {
                        *slot = true;
                    }
                }
            }
        }
        reach = next;
    }
    let whole = reach.last().copied().unwrap_or(false);
    let names_files_only = matches!(steps.last(), Some(Step::Name(glyphs)) if glyphs.as_slice() == [Glyph::Many])
        && !matches!(steps.first(), Some(Step::Any) if steps.len() == 2);
    let is_folder_of = || reach.iter().skip(1).any(|reached| *reached);
    whole || (!names_files_only && is_folder_of())
}

/// Whether a name fits, going back to the last `*` where it does not: linear in both but for their product.
fn is_name(glyphs: &[Glyph], name: &[char]) -> bool {
    let (mut at, mut to) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(to) {
        match glyphs.get(at) {
            Some(Glyph::Many) => {
                back = Some((at + 1, to));
                at += 1;
            }
            Some(Glyph::One) => (at, to) = (at + 1, to + 1),
            Some(Glyph::Is(wanted)) if wanted == letter => (at, to) = (at + 1, to + 1),
            _ => match back {
                Some((after, from)) => {
                    back = Some((after, from + 1));
                    (at, to) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    glyphs.iter().skip(at).all(|glyph| *glyph == Glyph::Many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fits: &[&str], not: &[&str]) {
        let owners = CodeOwners::parse(&format!("{pattern} @octocat\n"));
        assert_eq!(owners.problems, [], "{pattern}");
        for path in fits {
            assert!(owners.of(path).is_some(), "{pattern} should fit {path}");
        }
        for path in not {
            assert!(owners.of(path).is_none(), "{pattern} should not fit {path}");
        }
    }

    /// GitHub's own examples, then gitignore's.
    #[test]
    fn patterns_fit_as_github_says() {
        check("*", &["a", "docs/a", "live/prod/db/main.tf"], &[]);
        check("*.js", &["a.js", "src/deep/a.js"], &["a.jsx", "js"]);
        check("/build/logs/", &["build/logs/a", "build/logs/x/y"], &["x/build/logs/a", "build/logs"]);
        check("docs/*", &["docs/getting-started.md"], &["docs/build-app/troubleshooting.md", "x/docs/a"]);
        check("apps/", &["apps/a", "x/apps/a/b"], &["apps"]);
        check("/docs/", &["docs/a", "docs/b/c"], &["x/docs/a"]);
        check("/apps/github", &["apps/github", "apps/github/a/b"], &["apps/githubs", "x/apps/github"]);
        check("**/logs", &["logs/a", "build/logs/x", "deeply/nested/logs", "logs"], &["logs.txt"]);
        check("/scripts/", &["scripts/a"], &["scripts"]);
        check("live/prod", &["live/prod/db/main.tf"], &["x/live/prod/a", "live/production/a"]);
        check("a/**/b", &["a/b", "a/x/b", "a/x/y/b/c"], &["a/bb", "b"]);
        check("a/**", &["a/b", "a/b/c"], &["a"]);
        check("/*", &["a"], &["a/b"]);
        check("l?ve/pro*", &["live/prod", "love/production/x"], &["liive/prod", "live/dev"]);
        check("my\\ folder/a\\ b.tf", &["my folder/a b.tf"], &["my\\ folder/a b.tf"]);
        check("Live/", &["Live/a"], &["live/a"]);
        check("**", &["a", "a/b"], &[]);
        check("/", &[], &["a", "a/b"]);
        check("a**b", &["ab", "axxb", "x/axb"], &["a/b"]);
    }

    #[test]
    fn the_last_pattern_counts_and_may_name_nobody() {
        let owners = CodeOwners::parse(
            "# all\n*  @acme/platform @carol # and a comment\n\n/live/prod/ dba@example.com\n/live/prod/free/\n",
        );
        assert_eq!(owners.problems, []);
        let of = |path: &str| owners.of(path).map(|rule| (rule.line, rule.owners.join(" ")));
        assert_eq!(of("a"), Some((2, "@acme/platform @carol".to_owned())));
        assert_eq!(of("live/prod/db/main.tf"), Some((4, "dba@example.com".to_owned())));
        assert_eq!(of("live/prod/free/main.tf"), Some((5, String::new())));
    }

    #[test]
    fn lines_that_github_leaves_out_are_told() {
        let text = "!a @x\n[ab].tf @x\n\\#a @x\na @x y\na @x/y/z\na @\nb\\";
        let owners = CodeOwners::parse(text);
        assert_eq!(owners.rules, []);
        let told: Vec<String> = owners.problems.iter().map(|(line, why)| format!("{line}: {why}")).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in "\\PC{0,80}", path in "\\PC{0,40}") {
            CodeOwners::parse(&text).of(&path);
        }

        #[test]
        fn wildcards_end(pattern in "[*?a/\\\\]{1,30}", path in "[a/]{1,60}") {
            CodeOwners::parse(&format!("{pattern} @x")).of(&path);
        }

        #[test]
        fn a_path_fits_itself_and_its_folders(path in "[a-z]{1,5}(/[a-z.]{1,5}){0,4}") {
            let folder = path.split('/').next().unwrap_or_default();
            for pattern in [format!("/{path}"), format!("/{folder}"), "*".to_owned()] {
                let owners = CodeOwners::parse(&format!("{pattern} @x"));
                assert!(owners.of(&path).is_some(), "{pattern} {path}");
            }
        }
    }
}
