//! GitHub's limits for check runs: kept beforehand, and what to give up when GitHub refuses all the same.

use super::{Annotation, CheckRun};

/// Summary and text, each. GitHub counts characters; bytes are never fewer.
const MAX_TEXT: usize = 65_535;
/// A check's title, and an annotation's.
const MAX_TITLE: usize = 255;
/// An annotation's message: 64 KB says GitHub; nobody reads so much at a line.
const MAX_MESSAGE: usize = 8 * 1024;
/// What fits into one check in a few requests.
const MAX_ANNOTATIONS: usize = 500;
/// Buttons.
const MAX_ACTIONS: usize = 3;
/// What stands where a text was cut.
const CUT: &str = "\n\n…";

/// The same check within the documented limits.
pub(super) fn fit(check: &CheckRun) -> CheckRun {
    let mut check = check.clone();
    check.actions.truncate(MAX_ACTIONS);
    for action in &mut check.actions {
        cut(&mut action.label, 20, "…");
        cut(&mut action.description, 40, "…");
    }
    cut(&mut check.output.title, MAX_TITLE, "…");
    cut(&mut check.output.summary, MAX_TEXT, CUT);
    check.output.text.iter_mut().for_each(|text| cut(text, MAX_TEXT, CUT));
    check.output.annotations.truncate(MAX_ANNOTATIONS);
    check.output.annotations.iter_mut().for_each(fit_annotation);
    check
}

fn fit_annotation(annotation: &mut Annotation) {
    cut(&mut annotation.title, MAX_TITLE, "…");
    cut(&mut annotation.message, MAX_MESSAGE, CUT);
    annotation.start_line = annotation.start_line.max(1);
    annotation.end_line = annotation.end_line.max(annotation.start_line);
}

/// Half of summary, text and remarks.
pub(super) fn halve(check: &mut CheckRun) {
    let output = &mut check.output;
    let half = output.summary.len() / 2;
    cut(&mut output.summary, half, CUT);
    if let Some(text) = &mut output.text {
        let half = text.len() / 2;
        cut(text, half, CUT);
    }
    output.annotations.truncate(output.annotations.len() / 2);
}

/// Only what carries the conclusion: name, title and the summary's first words.
pub(super) fn bare(check: &mut CheckRun) {
    let output = &mut check.output;
    output.text = None;
    output.annotations.clear();
    cut(&mut output.summary, 500, CUT);
    check.actions.clear();
    check.details_url = None;
}

/// Cuts to at most `max` bytes, the mark included, at the end of a line if one is near, else of a character.
fn cut(text: &mut String, max: usize, mark: &str) {
    if text.len() <= max {
        return;
    }
    let room = max.saturating_sub(mark.len());
    let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let kept = text.get(..end).unwrap_or_default();
    let line = kept.rfind('\n').filter(|at| *at * 4 > end * 3).unwrap_or(end);
    text.truncate(line);
    text.push_str(mark);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_is_cut_fits_and_is_the_beginning(text in ".{0,300}", max in 5_usize..200) {
            let mut short = text.clone();
            cut(&mut short, max, "…");
            prop_assert!(short.len() <= max.max(text.len().min(max)));
            prop_assert!(text.starts_with(short.trim_end_matches('…').trim_end()) || short == text);
        }
    }

    #[test]
    fn a_line_is_kept_whole_where_that_costs_little() {
        let mut text = format!("{}\n{}", "a".repeat(90), "b".repeat(90));
        cut(&mut text, 100, "…");
        assert_eq!(text, format!("{}…", "a".repeat(90)));
    }
}
