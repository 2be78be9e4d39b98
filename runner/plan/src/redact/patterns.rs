//! Known secrets as they may appear elsewhere: raw, escaped, encoded, inside Base64; and masking them in text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::shapes;

/// Shorter values are everywhere by chance; they are only removed where they are marked.
const MIN_SECRET_CHARS: usize = 6;

/// Shorter lines of a secret of several are in other values by chance.
const MIN_LINE_CHARS: usize = 16;

/// A long secret is looked for in pieces, so that no piece of it passes.
const PIECE_BYTES: usize = 256;

/// What stands for a secret in running text.
const IN_TEXT: &str = "redacted:string";

/// Knows secrets and finds them in any text.
#[derive(Clone)]
pub struct Redactor {
    secrets: BTreeSet<String>,
    /// For values: whole secrets and their encodings, and of one of several lines the longest, however it is indented.
    values: Option<Search>,
    /// For running text: also single lines of a secret that has several.
    text: Option<Search>,
}

/// Finds any of many patterns.
#[derive(Clone)]
struct Search {
    /// None when there is too much to look for: then everything counts as a secret.
    automaton: Option<AhoCorasick>,
    /// By pattern: part of a Base64 run, whose neighbours hold more of the secret.
    encoded: Vec<bool>,
}

/// A pattern, and whether it is Base64.
type Forms = BTreeMap<String, bool>;

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new([])
    }
}

impl Redactor {
    /// A redactor for these secrets; those of fewer than six characters are ignored. Token shapes are known
    /// without being told.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut known = BTreeSet::new();
        for secret in secrets {
            let trimmed = secret.trim();
            if trimmed.chars().count() >= MIN_SECRET_CHARS && !super::is_marker(trimmed) {
                known.insert(trimmed.to_owned());
            }
        }
        let mut values = Forms::new();
        let mut text = Forms::new();
        for secret in &known {
            forms(secret, &mut values);
            for line in secret.lines().map(str::trim).filter(|line| line.chars().count() >= MIN_SECRET_CHARS)
            {
                forms(line, &mut text);
            }
            let longest = secret.lines().map(str::trim).max_by_key(|line| line.chars().count());
            if let Some(line) = longest.filter(|line| line.chars().count() >= MIN_LINE_CHARS) {
                forms(line, &mut values);
            }
        }
        text.extend(values.iter().map(|(form, encoded)| (form.clone(), *encoded)));
        Self { values: Search::new(&values), text: Search::new(&text), secrets: known }
    }

    /// The same with more secrets.
    pub fn extended(&self, more: impl IntoIterator<Item = String>) -> Self {
        Self::new(self.secrets.iter().cloned().chain(more))
    }

    /// Masks every known secret, raw and encoded, and every token shape in running text.
    pub fn mask_text(&self, text: &str) -> String {
        let mut hits = shapes::tokens(text);
        hits.extend(self.known_in(text));
        replace(text, hits)
    }

    /// A known secret or a token is in it: as a value, it has to go as a whole.
    pub(super) fn condemns(&self, value: &str) -> bool {
        self.knows(value) || shapes::has_token(value)
    }

    /// A known secret is in it.
    pub(super) fn knows(&self, value: &str) -> bool {
        self.values.as_ref().is_some_and(|values| values.is_match(value))
    }

    /// No secret is known.
    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// It is a known secret, neither more nor less.
    pub(super) fn is_secret(&self, value: &str) -> bool {
        self.secrets.contains(value)
    }

    fn known_in(&self, text: &str) -> Vec<(usize, usize)> {
        let mut hits = Vec::new();
        let Some(search) = &self.text else { return hits };
        let Some(automaton) = &search.automaton else { return vec![(0, text.len())] };
        let mut from = 0;
        // Secrets may overlap: the next search starts right after this one's first byte.
        while let Some(hit) = text.as_bytes().get(from..).and_then(|rest| automaton.find(rest)) {
            let range = (from + hit.start(), from + hit.end());
            let encoded = search.encoded.get(hit.pattern().as_usize()) == Some(&true);
            hits.push(if encoded { widened(text, range) } else { range });
            from += hit.start() + 1;
        }
        hits
    }
}

impl Search {
    fn new(forms: &Forms) -> Option<Self> {
        if forms.is_empty() {
            return None;
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // Built for one document: a full table would take longer to build than the search.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(forms.keys());
        Some(Self { automaton: automaton.ok(), encoded: forms.values().copied().collect() })
    }

    fn is_match(&self, text: &str) -> bool {
        self.automaton.as_ref().is_none_or(|automaton| automaton.is_match(text))
    }
}

/// Every form in which a secret may stand in a text.
fn forms(secret: &str, into: &mut Forms) {
    for piece in pieces(secret) {
        for core in base64_cores(piece) {
            into.insert(core.replace('+', "-").replace('/', "_"), true);
            into.insert(core, true);
        }
        let escaped = escaped(piece);
        // Terraform's jsonencode escapes these three as well.
        let html = escaped.replace('<', r"\u003c").replace('>', r"\u003e").replace('&', r"\u0026");
        // JSON in JSON: what was escaped is again.
        for form in [&escaped, &html].map(|once| self::escaped(once)) {
            into.insert(form, false);
        }
        let percent = percent_encoded(piece);
        // Terraform's urlencode writes a space as forms do.
        for form in [piece.to_owned(), escaped, html, percent.replace("%20", "+"), percent] {
            into.insert(form, false);
        }
    }
}

/// A text as it stands in JSON, without the quotes.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).to_owned()
}

fn pieces(secret: &str) -> Vec<&str> {
    let (mut rest, mut pieces) = (secret, Vec::new());
    while rest.len() > PIECE_BYTES {
        let cut = rest.floor_char_boundary(PIECE_BYTES);
        let (piece, tail) = rest.split_at(cut);
        pieces.push(piece);
        rest = tail;
    }
    // A short tail would match by chance.
    if pieces.is_empty() || rest.chars().count() >= MIN_SECRET_CHARS {
        pieces.push(rest);
    }
    pieces
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => (byte as char).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// The characters that Base64 of any text around the secret must contain, for each of the three alignments.
fn base64_cores(secret: &str) -> Vec<String> {
    let core = |lead: usize| {
        let mut bytes = vec![0u8; lead];
        bytes.extend_from_slice(secret.as_bytes());
        let encoded = STANDARD.encode(&bytes);
        // Characters that mix in a neighbour's bits are left out at both ends.
        let start = [0, 2, 3].get(lead).copied().unwrap_or_default();
        encoded.get(start..bytes.len() * 8 / 6).map(str::to_owned)
    };
    (0..3).filter_map(core).collect()
}

fn replace(text: &str, mut hits: Vec<(usize, usize)>) -> String {
    hits.sort_unstable();
    let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
    for (start, end) in hits {
        if start >= done {
            masked.push_str(text.get(done..start).unwrap_or_default());
            masked.push_str(IN_TEXT);
        }
        done = done.max(end);
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    masked
}

/// Takes in the rest of a Base64 run: the neighbours hold bits of the secret.
fn widened(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let in_run = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-');
    let bytes = text.as_bytes();
    let before =
        bytes.get(..start).unwrap_or_default().iter().rev().take_while(|byte| in_run(**byte)).count();
    let after = bytes
        .get(end..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| in_run(**byte) || **byte == b'=')
        .count();
    (start - before, end + after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "pa\"ss<w0rd>&x";

    fn redactor() -> Redactor {
        Redactor::new([SECRET.to_owned(), "short".to_owned(), "line one of it\nline two of it\n".to_owned()])
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(redactor().mask_text(text), expect);
    }

    #[test]
    fn raw_and_escaped() {
        check(&format!("value: {SECRET}, end"), "value: redacted:string, end");
        check(r#"{"p":"pa\"ss<w0rd>&x"}"#, r#"{"p":"redacted:string"}"#);
        check(r#"{"p":"pa\"ss\u003cw0rd\u003e\u0026x"}"#, r#"{"p":"redacted:string"}"#);
        check("?p=pa%22ss%3Cw0rd%3E%26x&q=1", "?p=redacted:string&q=1");
        check("nothing short here", "nothing short here");
    }

    #[test]
    fn inside_base64_at_every_alignment() {
        for lead in ["", "a", "ab", "abc", "user:"] {
            let encoded = STANDARD.encode(format!("{lead}{SECRET} tail"));
            check(&format!("data {encoded}."), "data redacted:string.");
            let url_safe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{lead}{SECRET}"));
            check(&format!("data {url_safe}."), "data redacted:string.");
        }
    }

    #[test]
    fn lines_of_a_secret_each_for_itself() {
        check("  | line two of it", "  | redacted:string");
    }

    /// Even where none of its lines is long enough.
    #[test]
    fn lines_of_a_secret_together() {
        let redactor = Redactor::new(["ab\ncd\n ef-gh-ij-kl\n".to_owned(), "x\ny\nz\n1".to_owned()]);
        assert_eq!(redactor.mask_text("is x\ny\nz\n1."), "is redacted:string.");
        assert_eq!(redactor.mask_text("- ef-gh-ij-kl"), "- redacted:string");
    }

    #[test]
    fn tokens_in_running_text() {
        let token = format!("ghp_{}", "aB3".repeat(10));
        let text = format!("{token} or {}.", STANDARD.encode(format!("it is {token}")));
        assert_eq!(Redactor::default().mask_text(&text), "redacted:string or redacted:string.");
    }

    #[test]
    fn what_counts_as_a_secret() {
        for (secret, text, expect) in [
            ("6chars", "is 6chars.", "is redacted:string."),
            ("5char", "is 5char.", "is 5char."),
            (" in-spaces\n", "is in-spaces.", "is redacted:string."),
            ("two words", "is two%20words.", "is redacted:string."),
            ("two words", "is two+words.", "is redacted:string."),
        ] {
            let redactor = Redactor::new([secret.to_owned()]);
            assert_eq!(redactor.mask_text(text), expect, "{secret}");
            assert_eq!(redactor.knows(text), text != expect, "{secret} as a value");
        }
        assert!(Redactor::new(["redacted:string".to_owned()]).is_empty());
    }

    #[test]
    fn of_two_secrets_the_longer_one_goes() {
        let redactor = Redactor::new(["abcdef".to_owned(), "abcdefgh".to_owned()]);
        assert_eq!(redactor.mask_text("abcdefgh"), "redacted:string");
    }

    #[test]
    fn overlapping_secrets_leave_nothing() {
        let redactor = Redactor::new(["abcdef##".to_owned(), "##ghijkl".to_owned()]);
        assert_eq!(redactor.mask_text("abcdef##ghijkl"), "redacted:string");
    }

    #[test]
    fn a_long_secret_is_found_in_pieces() {
        let secret: String = (0..400).map(|at| format!("{at};")).collect();
        let redactor = Redactor::new([secret.clone()]);
        assert!(redactor.knows(&format!("<{secret}>")));
        assert_eq!(redactor.mask_text(&format!("<{secret}>")).replace("redacted:string", ""), "<>");
    }

    #[test]
    fn debug_output_shows_no_secret() {
        assert_eq!(format!("{:?}", redactor()), "Redactor(2 secrets)");
    }
}
