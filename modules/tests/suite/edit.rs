//! Editing a file that people write in too.

use crate::support::{call, queue};
use serde_json::json;
use tfpilot_modules::render::{EditError, HandEdits, empty_stack, is_emptied};
use tfpilot_modules::{Catalog, StackDraft, edit_stack, render_stack};

fn rendered(draft: &StackDraft<'_>) -> String {
    render_stack(draft)
        .unwrap()
        .into_iter()
        .find(|file| file.path.ends_with("orders/main.tf"))
        .unwrap()
        .content
}

#[test]
fn only_the_managed_block_changes() {
    let catalog = Catalog::shipped();
    let mut draft = queue(&catalog);
    let around = |block: &str| {
        format!("# ours\n\n{block}\nlocals   {{ untidy=1 }}  # stays\n// no newline at the end")
    };
    let existing = around(&rendered(&draft));
    assert_eq!(edit_stack(&existing, &draft, HandEdits::Kept).unwrap(), existing, "nothing changed");

    draft.calls[0].inputs.insert("fifo".to_owned(), json!(false));
    draft.calls[0].inputs.insert("delay_seconds".to_owned(), json!(10));
    let edited = edit_stack(&existing, &draft, HandEdits::Kept).unwrap();
    assert_eq!(edited, around(&rendered(&draft)));
    assert_ne!(edited, existing);
}

#[test]
fn what_a_removal_leaves_is_known_unless_somebody_wrote_there() {
    let catalog = Catalog::shipped();
    let draft = queue(&catalog);
    let full = rendered(&draft);
    let left = empty_stack(&full, &draft, HandEdits::Kept).unwrap();
    assert!(is_emptied(&left), "{left}");
    assert!(is_emptied(&left.replace('\n', "\r\n")));
    for other in [
        full.clone(),
        format!("# ours\n{left}"),
        format!("{left}\nlocals {{}}\n"),
        left.replace("eu-central-1", "eu-west-1"),
        left.replace("# tfpilot 41: end", ""),
        String::new(),
        "# tfpilot x: begin".to_owned(),
    ] {
        assert!(!is_emptied(&other), "{other}");
    }
}

#[test]
fn line_ends_of_windows_stay() {
    let catalog = Catalog::shipped();
    let draft = queue(&catalog);
    let existing = format!("# ours\r\n{}# ours too\r\n", rendered(&draft).replace('\n', "\r\n"));
    assert_eq!(edit_stack(&existing, &draft, HandEdits::Kept).unwrap(), existing);
}

#[test]
fn an_edit_by_hand_is_a_conflict() {
    let catalog = Catalog::shipped();
    let draft = queue(&catalog);
    let existing = format!("\n{}", rendered(&draft).replace("\"shop\"", "\"web\""));
    let conflict = edit_stack(&existing, &draft, HandEdits::Kept).unwrap_err();
    assert_eq!(conflict, EditError::Edited { request: 41, line: 2 });
    insta::assert_snapshot!(conflict, @"block `tfpilot 41` in line 2 was edited by hand; keep the edit, and make the change in a pull request, or drop it: `/tfpilot set hand-edits=drop`");
    assert_eq!(edit_stack(&existing, &draft, HandEdits::Dropped).unwrap(), format!("\n{}", rendered(&draft)));
}

#[test]
fn a_file_without_the_block_is_left_alone() {
    let catalog = Catalog::shipped();
    let mut draft = queue(&catalog);
    assert_eq!(edit_stack("", &draft, HandEdits::Kept), Err(EditError::Missing { request: 41 }));
    let existing = rendered(&draft);
    let truncated = existing.trim_end().trim_end_matches("# tfpilot 41: end");
    assert!(matches!(edit_stack(truncated, &draft, HandEdits::Kept), Err(EditError::Broken { line: 1, .. })));
    draft.request = 4;
    assert_eq!(edit_stack(&existing, &draft, HandEdits::Kept), Err(EditError::Missing { request: 4 }));
}

#[test]
fn a_value_that_looks_like_a_marker_is_only_a_value() {
    let catalog = Catalog::shipped();
    let mut draft = queue(&catalog);
    draft.calls[0]
        .inputs
        .insert("tags".to_owned(), json!({"a": "x\n# tfpilot 41: end\n# tfpilot 41: begin\n"}));
    let existing = rendered(&draft);
    assert_eq!(edit_stack(&existing, &draft, HandEdits::Kept).expect("one block"), existing);
}

#[test]
fn a_block_of_one_thing_becomes_one_of_several_and_back() {
    let catalog = Catalog::shipped();
    let one = queue(&catalog);
    let mut several = one.clone();
    let given =
        json!({"name": "news", "owner": "shop", "queue_arns": [{"from": "acme-orders", "output": "arn"}]});
    several.calls.push(call(&catalog, "aws/sns-topic", "news", given));
    let around = |block: &str| format!("# ours\n{block}# ours too\n");
    let before = around(&rendered(&one));
    let after = edit_stack(&before, &several, HandEdits::Kept).unwrap();
    assert_eq!(after, around(&rendered(&several)));
    assert!(
        after.contains("# tfpilot 41: begin aws/sqs-queue@1.0.0, aws/sns-topic@1.0.0, sha256 "),
        "{after}"
    );
    assert_eq!(edit_stack(&after, &one, HandEdits::Kept).unwrap(), before);
    let edited = after.replace("[module.sqs_queue.arn]", "[]");
    assert!(matches!(edit_stack(&edited, &several, HandEdits::Kept), Err(EditError::Edited { line: 2, .. })));
}
