//! What went wrong elsewhere, by its public number, and the test here that would say so: it names the number itself.

use tfpilot_docs::read;

/// A number, the file of its test, and the test.
const KNOWN: [(&str, &str, &str); 29] = [
    // What was applied was not what was reviewed.
    ("atlantis #6529", "runner/tests/it/refused.rs", "bytes_that_were_not_recorded_are_refused"),
    ("stategraph #548", "runner/tests/it/refused.rs", "another_plan_in_the_bundle_is_refused_by_its_digest"),
    (
        "stategraph #800",
        "app/engine/tests/engine/decisions.rs",
        "nothing_is_applied_after_a_plan_that_failed",
    ),
    // One approval or override covered more than was seen.
    ("atlantis #1508", "tests/e2e/attacks/games.rs", "a_base_changed_after_the_approval_is_another_change"),
    ("atlantis #3138", "app/engine/tests/engine/decisions.rs", "a_ticket_is_spent_once"),
    ("atlantis #4243", "app/engine/tests/engine/overrides.rs", "who_may_not_override_is_told_who_may"),
    // Words of a pull request reached a shell; a setup was open to anybody.
    (
        "GHSA-rjh2-4xgw-p2hj",
        "tests/e2e/attacks/injection.rs",
        "branches_and_titles_are_names_and_nothing_else",
    ),
    ("GHSA-rx6x-hrg2-g435", "tests/e2e/attacks/tokens.rs", "nothing_is_set_up_over_the_network"),
    // Secrets in logs and comments.
    ("CVE-2024-52009", "tests/e2e/attacks/secrets.rs", "no_canary_is_seen_in_any_sink"),
    ("atlantis #163", "tests/e2e/attacks/secrets.rs", "no_canary_is_seen_in_any_sink"),
    ("digger #2677", "tests/e2e/attacks/secrets.rs", "no_canary_is_seen_in_any_sink"),
    ("stategraph #389", "tests/e2e/attacks/secrets.rs", "no_canary_is_seen_in_any_sink"),
    // Nobody knew whether a crashed apply had happened.
    ("atlantis #6739", "tests/e2e/aftermath.rs", "a_killed_apply_is_unknown_until_an_approver_resumes"),
    // A merge queue that was answered blindly; statuses that were all there was.
    ("atlantis #5603", "tests/e2e/merge_queue.rs", "what_the_queue_would_merge_is_not_what_was_applied"),
    (
        "atlantis #936",
        "tests/e2e/by_hand.rs",
        "a_pull_request_without_terraform_has_its_checks_concluded_at_once",
    ),
    (
        "stategraph #529",
        "tests/e2e/by_hand.rs",
        "a_pull_request_without_terraform_has_its_checks_concluded_at_once",
    ),
    // Locks nobody held, and a second pull request that met an error.
    ("atlantis #5708", "app/engine/tests/engine/decisions.rs", "a_held_stack_waits"),
    ("digger #1669", "app/engine/tests/engine/decisions.rs", "a_held_stack_waits"),
    // Limits of GitHub that failed without a word.
    ("digger #2004", "tests/e2e/limits.rs", "a_limit_is_one_pause_for_everything"),
    ("atlantis #3756", "tests/e2e/limits.rs", "a_limit_is_one_pause_for_everything"),
    ("atlantis #4932", "tests/e2e/limits.rs", "a_limit_is_one_pause_for_everything"),
    ("stategraph #554", "tests/e2e/limits.rs", "a_limit_is_one_pause_for_everything"),
    // A thread full of comments.
    ("atlantis #3367", "tests/e2e/settled.rs", "answered_questions_and_lifted_refusals_are_folded_away_once"),
    // A required check that waits for the merge that waits for it.
    ("digger #1180", "tests/e2e/attacks/games.rs", "our_own_required_checks_do_not_wait_for_each_other"),
    ("stategraph #1286", "tests/e2e/attacks/games.rs", "our_own_required_checks_do_not_wait_for_each_other"),
    ("atlantis #1316", "tests/e2e/attacks/games.rs", "our_own_required_checks_do_not_wait_for_each_other"),
    // A run that could not be stopped; a cache that several wrote to.
    ("atlantis #6842", "runner/tests/it/apply.rs", "an_order_to_cancel_lets_terraform_finish_what_it_began"),
    ("atlantis #2242", "runner/src/workdir.rs", "a_plugin_cache_is_written_by_one_at_a_time"),
    ("atlantis #6800", "runner/src/workdir.rs", "a_plugin_cache_is_written_by_one_at_a_time"),
];

/// What stands above a function: its attributes and its doc comment.
fn above<'s>(source: &'s str, name: &str) -> Option<Vec<&'s str>> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.contains(&format!("fn {name}(")))?;
    let belongs = |line: &&&str| line.starts_with("///") || line.starts_with("#[");
    Some(lines.get(..at)?.iter().rev().take_while(belongs).copied().collect())
}

#[test]
fn every_known_failure_is_named_by_its_test() {
    let mut wrong = Vec::new();
    for (number, file, name) in KNOWN {
        let source = read(file).expect("the file of the test");
        match above(&source, name) {
            None => wrong.push(format!("{file} has no {name}")),
            Some(lines) if !lines.iter().any(|line| line.contains("test")) => {
                wrong.push(format!("{name} in {file} is no test"));
            }
            Some(lines) if !lines.iter().any(|line| line.contains(number)) => {
                wrong.push(format!("{name} in {file} does not name {number}"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
