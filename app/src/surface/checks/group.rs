//! The checks of a merge queue's commit: those of its pull request, if that commit's stacks are the ones that were planned
//! and applied. A queue waits for conclusions only, so whatever is still open on the pull request fails there.

use tfpilot_engine::{CommitSha, StackPath};

use crate::surface::escape::{code, prose};
use crate::surface::words::and;

use super::shared::Alone;
use super::view::{CheckState, CheckView, Draft};
use super::{CHECK_NAMES, has_concluded};

/// The checks of the queue's commit `head`. `strange` are stacks that are others there than at the pull request's head.
pub fn group_checks(head: &CommitSha, pull: Option<&Alone>, strange: &[StackPath]) -> Vec<CheckView> {
    let Some(pull) = pull else {
        return CHECK_NAMES.map(|name| of_nobody(name, strange).finish(head, String::new())).into();
    };
    let of = |check: &CheckView| check_of(pull, check, strange).finish(head, check.external_id.clone());
    pull.checks.iter().map(of).collect()
}

fn of_nobody(name: &'static str, strange: &[StackPath]) -> Draft {
    if strange.is_empty() {
        return Draft::new(name, CheckState::Success, "No Terraform changes").summary("Nothing to plan.");
    }
    let summary = format!(
        "The branch of this merge queue names no pull request, and its commit changes {}. Next: add a pull request to \
         the queue.",
        list(strange)
    );
    Draft::new(name, CheckState::Failure, "Not planned: no pull request").summary(&summary)
}

fn check_of(pull: &Alone, check: &CheckView, strange: &[StackPath]) -> Draft {
    let (number, base) = (pull.number, prose(&pull.base));
    if !strange.is_empty() {
        let them = if strange.len() == 1 { "it depends" } else { "they depend" };
        let summary = format!(
            "On this commit of the merge queue {} {} not what #{number} planned: {them} on files that changed on {base} \
             or in a pull request ahead in the queue. Next: update the branch of #{number}; it is planned again, and \
             `/tfpilot apply` applies and merges it.",
            list(strange),
            if strange.len() == 1 { "is" } else { "are" },
        );
        let title = format!("Not as planned in #{number}: {}", strange.first().map_or("", StackPath::as_str));
        return Draft::new(check.name, CheckState::Failure, &title).summary(&summary);
    }
    if has_concluded(check.state) {
        let intro = format!("As on #{number}: this commit of the merge queue has the same inputs.");
        return Draft::new(check.name, check.state, &check.title)
            .summary(&format!("{intro}\n\n{}", check.summary))
            .text(&check.text);
    }
    let summary = format!(
        "A merge queue waits for conclusions, and `{}` of #{number} has none. Next: finish it on #{number}; \
         `/tfpilot apply` adds it to the queue by itself.\n\n{}",
        check.name, check.summary
    );
    Draft::new(check.name, CheckState::Failure, &format!("#{number}: {}", check.title)).summary(&summary)
}

fn list(stacks: &[StackPath]) -> String {
    let names: Vec<String> = stacks.iter().map(|stack| code(stack.as_str())).collect();
    and(&names)
}
