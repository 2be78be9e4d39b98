//! Comments that skip a check of Checkov, such as `#checkov:skip=CKV_AWS_18:logs go elsewhere`, inside a resource or inside
//! the call of a module around it.
//!
//! They let off what a shipped rule says under that id. A pull request must not open its own gates: a comment counts where the
//! default branch has it already, in the same block of the same file; a new one lets off advice only, and both are told.
//! The form is that of Checkov's documentation ("Suppressing and skipping policies").

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::LazyLock;

use regex::Regex;
use tfpilot_hcl::{Block, File};
use tfpilot_plan::code;

use crate::Enforcement;
use crate::code::Code;
use crate::finding::{Answer, LetOff, Remark};
use crate::rules::Rule;
use crate::settings::Configured;
use crate::shipped;
use crate::subject::Subject;

/// What every such comment has in it.
const MARK: &str = ":skip=";

/// Comments of one file that are read.
const MOST: usize = 1000;

/// Characters of a reason that are kept.
const REASON_CHARS: usize = 80;

static COMMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let ids = "[A-Za-z0-9_]+(?:,[A-Za-z0-9_]+)*";
    Regex::new(&format!(r"(?-u:\b)(?:checkov|bridgecrew):skip= *({ids})(?::([^\r\n]*))?")).ok()
});

/// One check that a comment skips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The file, as the repository has it.
    pub path: String,
    /// The block around it: its word and its labels.
    pub block: Vec<String>,
    /// Checkov's id, such as `CKV_AWS_18`.
    pub id: String,
    /// Why, as far as it was said.
    pub reason: String,
    /// The comment's line, from 1.
    pub line: u32,
}

/// File, block and id.
type Key = (String, Vec<String>, String);

/// Which comments count. As they come from [`Default`], all are taken for new ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skips {
    /// None of them lets anything off.
    ignored: bool,
    /// Those that the default branch has.
    standing: BTreeSet<Key>,
}

impl Skips {
    /// Those that stand on the default branch count, others are new.
    pub fn standing(skips: impl IntoIterator<Item = Skip>) -> Self {
        Self { ignored: false, standing: skips.into_iter().map(|skip| skip.key()).collect() }
    }

    /// No comment lets anything off.
    pub fn ignored() -> Self {
        Self { ignored: true, standing: BTreeSet::new() }
    }

    /// An answer without what comments let off.
    pub(crate) fn let_off(&self, rule: &Configured, subject: &Subject<'_, '_>, mut answer: Answer) -> Answer {
        if self.ignored || answer.remarks.is_empty() || !has_ids(rule) {
            return answer;
        }
        let skips = subject.skips();
        if skips.is_empty() {
            return answer;
        }
        let mut let_off = None;
        answer.remarks.retain_mut(|remark| {
            let covering = covering(rule, remark, &skips);
            let new = covering.iter().find(|skip| !self.standing.contains(&skip.key()));
            let (Some(skip), counts) = (new.or(covering.first()), new.is_none()) else { return true };
            if counts || rule.enforcement <= Enforcement::Advisory {
                let_off.get_or_insert_with(|| LetOff { reason: skip.told(counts), until: None });
                return false;
            }
            let (comment, place) = (code(&format!("checkov:skip={}", skip.id)), code(&skip.place()));
            remark.hint.push_str(&format!("; {comment} at {place} counts once the default branch has it"));
            true
        });
        answer.exempt = answer.exempt.or(let_off);
        answer
    }
}

impl Skip {
    fn key(&self) -> Key {
        (self.path.clone(), self.block.clone(), self.id.clone())
    }

    fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }

    fn told(&self, counts: bool) -> String {
        let new = if counts { "" } else { ", new in this change" };
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", code(&self.reason)) };
        format!("{} at {}{new}{reason}", code(&format!("checkov:skip={}", self.id)), code(&self.place()))
    }
}

/// The files of a stack that have such comments.
pub fn files_with_skips(code: Code<'_>) -> BTreeSet<String> {
    let files = code.graph.instances.iter().flat_map(|instance| &instance.module.files);
    files.filter(|file| file.mentions(MARK)).map(|file| file.path.clone()).collect()
}

/// The comments of one file; none where it cannot be read.
pub fn skips_of(path: &str, bytes: &[u8]) -> Vec<Skip> {
    let Ok(file) = File::parse(path, bytes) else { return Vec::new() };
    let comments = comments(&file);
    file.body.blocks.iter().flat_map(|block| in_block(&file, &comments, block)).collect()
}

/// The comments of a file with their lines, in order; none where no comment skips a check.
fn comments(file: &File) -> Vec<(u32, &str)> {
    if file.mentions(MARK) { file.comments() } else { Vec::new() }
}

/// Those inside one of its blocks that skip a check.
fn in_block(file: &File, comments: &[(u32, &str)], block: &Block) -> Vec<Skip> {
    let first = comments.partition_point(|(line, _)| *line < block.place.line);
    let inside = comments.iter().skip(first).copied().take_while(|(line, _)| *line <= block.end);
    let header: Vec<String> = std::iter::once(&block.kind).chain(&block.labels).cloned().collect();
    let skips = inside.flat_map(|(line, text)| read(line, text)).map(|(line, id, reason)| Skip {
        path: file.path.clone(),
        block: header.clone(),
        id,
        reason,
        line,
    });
    skips.take(MOST).collect()
}

/// Line, id and reason of each check that a comment skips.
fn read(first: u32, comment: &str) -> Vec<(u32, String, String)> {
    let Some(regex) = COMMENT.as_ref() else { return Vec::new() };
    let lines = comment.lines().zip(first..);
    let mut read = Vec::new();
    for (text, line) in lines {
        for found in regex.captures_iter(text) {
            let part = |at: usize| found.get(at).map_or("", |part| part.as_str().trim());
            let reason: String = part(2).chars().take(REASON_CHARS).collect();
            read.extend(part(1).split(',').map(|id| (line, id.to_owned(), reason.clone())));
        }
    }
    read
}

/// The comments of every block of a stack, by the keys that it is asked with.
pub(crate) fn by_block<K: Eq + Hash + Clone>(
    blocks: &HashMap<K, Vec<(&File, &Block)>>,
) -> HashMap<K, Vec<Skip>> {
    let mut found = HashMap::new();
    // By the file itself: what two modules call the same path need not be the same.
    let mut read = HashMap::<*const File, Vec<(u32, &str)>>::new();
    for (key, written) in blocks {
        let mut skips = Vec::new();
        for (file, block) in written {
            let comments = read.entry(std::ptr::from_ref(*file)).or_insert_with(|| comments(file));
            skips.extend(in_block(file, comments, block));
        }
        if !skips.is_empty() {
            found.insert(key.clone(), skips);
        }
    }
    found
}

fn has_ids(rule: &Configured) -> bool {
    match &rule.rule {
        Rule::Own(policy) => !policy.aliases.is_empty() && shipped::source(&policy.id).is_some(),
        _ => !crate::rules::aliases(&rule.id).is_empty(),
    }
}

/// The comments that skip what a remark says: one with an id of its rule, or one for each id that the remark itself has. None
/// when they do not skip all of it.
fn covering<'s>(rule: &Configured, remark: &Remark, skips: &'s [Skip]) -> Vec<&'s Skip> {
    let of = |id: &str| skips.iter().find(|skip| skip.id == id);
    match &rule.rule {
        Rule::Own(policy) => policy.aliases.iter().filter_map(|alias| of(alias)).take(1).collect(),
        _ => remark.ids.iter().map(|id| of(id)).collect::<Option<_>>().unwrap_or_default(),
    }
}
