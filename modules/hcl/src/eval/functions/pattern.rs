//! Regular expressions. Terraform's are RE2; a pattern is followed only where both engines read it alike.

use super::super::{Fault, Outcome};
use super::string;
use crate::Value;
use regex::{Captures, Regex, RegexBuilder};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Largest compiled pattern, in bytes.
const SIZE_CAP: usize = 1 << 20;

/// What most patterns stay below, in bytes.
const SMALL: usize = 1 << 18;

/// All compiled patterns that are kept, in bytes at most: 64 MiB, of which those of real modules need a few.
const KEPT: usize = 1 << 26;

/// Patterns that were compiled before: a validation is judged thousands of times, and compiling is most of the work.
static COMPILED: LazyLock<Mutex<Compiled>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Compiled {
    /// None for what is not followed. Shared, as a clone of a `Regex` begins with an empty cache.
    patterns: HashMap<String, Option<Arc<Regex>>>,
    /// What they take at most, in bytes.
    size: usize,
}

pub(super) fn apply(name: &str, args: &[Value]) -> Option<Outcome> {
    Some(match name {
        "regex" => {
            search(args, |regex, text| regex.captures(text).map(|found| captured(regex, &found)).ok_or(Fault))
        }
        "regexall" => search(args, |regex, text| {
            Ok(Value::List(regex.captures_iter(text).map(|found| captured(regex, &found)).collect()))
        }),
        _ => return None,
    })
}

fn search(args: &[Value], function: impl Fn(&Regex, &str) -> Outcome) -> Outcome {
    let (pattern, text) = (string(args, 0)?, string(args, 1)?);
    compile(&pattern).map_or(Ok(Value::Unknown), |regex| function(&regex, &text))
}

/// `replace` with a pattern; none when the pattern or the replacement is not followed.
pub(super) fn replace(text: &str, pattern: &str, to: &str) -> Option<String> {
    let regex = compile(pattern)?;
    // `$1x` names a group `1x` in both; a name that is no plain number is left to Terraform.
    let plain = to.split('$').skip(1).all(|after| {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0
            && !after
                .get(digits..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    let grown = text.len().saturating_add(1).saturating_mul(to.len().max(1));
    (plain && grown <= super::super::BUDGET).then(|| regex.replace_all(text, to).into_owned())
}

/// What `regex` gives: the match, its groups, or its named groups.
fn captured(regex: &Regex, found: &Captures<'_>) -> Value {
    let group =
        |at: usize| found.get(at).map_or(Value::Null, |group| Value::String(group.as_str().to_owned()));
    let names: Vec<_> = regex.capture_names().skip(1).collect();
    if names.is_empty() {
        return group(0);
    }
    let named: BTreeMap<_, _> =
        names.iter().zip(1..).filter_map(|(name, at)| Some(((*name)?.to_owned(), group(at)))).collect();
    match named.len() {
        0 => Value::List((1..=names.len()).map(group).collect()),
        count if count == names.len() => Value::Object(named),
        // Terraform refuses a mixture.
        _ => Value::Unknown,
    }
}

fn compile(pattern: &str) -> Option<Arc<Regex>> {
    let compiled = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = compiled().patterns.get(pattern) {
        return known.clone();
    }
    let within = |translated: &str, size: usize| {
        RegexBuilder::new(translated).size_limit(size).dfa_size_limit(size).build().ok().map(Arc::new)
    };
    let translated = translate(pattern);
    let small = translated.as_deref().and_then(|translated| within(translated, SMALL));
    let size = pattern.len() + if small.is_some() || translated.is_none() { SMALL } else { SIZE_CAP };
    let found = small.or_else(|| within(translated.as_deref()?, SIZE_CAP));
    let mut compiled = compiled();
    if compiled.size + size > KEPT {
        *compiled = Compiled::default();
    }
    compiled.size += size;
    compiled.patterns.insert(pattern.to_owned(), found.clone());
    found
}

/// The pattern with RE2's ASCII classes written out; none for what the two engines read differently.
fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str(&escape(chars.next()?, class)?),
            '[' if class => return None,
            '[' => {
                class = true;
                out.push('[');
                // A bracket right at the start stands for itself in RE2.
                for first in ['^', ']'] {
                    if chars.peek() == Some(&first) {
                        chars.next();
                        out.push_str(if first == ']' { "\\]" } else { "^" });
                    }
                }
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            // Set operations exist in one engine only.
            '&' | '~' if class && chars.peek() == Some(&c) => return None,
            '-' if class && chars.peek() == Some(&'-') => return None,
            '(' if !class && chars.peek() == Some(&'?') => {
                chars.next();
                out.push_str("(?");
                match chars.peek() {
                    Some(':') => {}
                    Some('P') => {
                        chars.next();
                        if chars.peek() != Some(&'<') {
                            return None;
                        }
                        out.push('P');
                    }
                    _ => return None,
                }
            }
            c => out.push(c),
        }
    }
    (!class).then_some(out)
}

/// An escape, as both engines read it.
fn escape(c: char, class: bool) -> Option<String> {
    Some(match (c, class) {
        ('d', true) => "0-9".to_owned(),
        ('w', true) => "0-9A-Za-z_".to_owned(),
        ('s', true) => "\\t\\n\\x0c\\r ".to_owned(),
        ('d', false) => "[0-9]".to_owned(),
        ('w', false) => "[0-9A-Za-z_]".to_owned(),
        ('s', false) => "[\\t\\n\\x0c\\r ]".to_owned(),
        ('D', false) => "[^0-9]".to_owned(),
        ('W', false) => "[^0-9A-Za-z_]".to_owned(),
        ('S', false) => "[^\\t\\n\\x0c\\r ]".to_owned(),
        ('b', false) => "(?-u:\\b)".to_owned(),
        ('A' | 'z', false) | ('n' | 'r' | 't' | 'f' | 'v' | 'a', _) => format!("\\{c}"),
        (c, _) if c.is_ascii_punctuation() && c != '<' && c != '>' => format!("\\{c}"),
        _ => return None,
    })
}
