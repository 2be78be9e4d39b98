//! Rules of the default branch: configuration, policies and workflow come from it, so whoever can change it without a
//! review decides what the cloud roles are used for.

use super::report::Report;
use crate::github::rules::BranchRules;

/// Judges the rules of the default branch.
pub(super) fn judge(report: &mut Report, about: &str, rules: &BranchRules) {
    // What classic protection demands of reviews cannot be read without more rights.
    if rules.classic {
        return report
            .ok(about, "it is protected; see that reviews are required, and code owners of /.github/");
    }
    if !rules.pull_request {
        let what = "it can be pushed to without a pull request: configuration and workflow with it";
        return report.warn(about, what, "require pull requests in the branch's rules");
    }
    if rules.approvals == 0 && !rules.code_owners {
        let what = "nobody has to review what is merged into it by hand: configuration and workflow with it";
        let next = "name owners of /.github/ in CODEOWNERS, and require a code owner's review";
        return report.warn(about, what, next);
    }
    report.ok(about, "changes need a pull request and a review");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_branch_that_anybody_pushes_to_is_pointed_out() {
        let said = |rules: &BranchRules| {
            let mut report = Report::default();
            judge(&mut report, "main", rules);
            report.text()
        };
        let none = BranchRules::default();
        assert!(said(&none).starts_with("warn  main: it can be pushed to without a pull request"));
        let pulls = BranchRules { pull_request: true, ..none };
        assert!(said(&pulls).starts_with("warn  main: nobody has to review"));
        let owned = BranchRules { code_owners: true, ..pulls.clone() };
        assert!(said(&owned).starts_with("ok    main: changes need"));
        let classic = BranchRules { classic: true, ..pulls };
        assert!(said(&classic).starts_with("ok    main: it is protected"));
    }
}
