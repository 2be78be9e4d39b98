//! Required checks of a managed branch: ours are required, and only our app can make them green. Of the default branch the
//! other rules are judged too.

use std::collections::BTreeSet;

use super::report::Report;
use crate::github::RepoClient;
use crate::github::rules::RequiredCheck;
use crate::surface::CHECK_NAMES;

/// Looks at a branch's rules.
pub(super) async fn examine(
    report: &mut Report,
    client: &RepoClient,
    branch: &str,
    app_id: u64,
    is_default: bool,
) {
    let about = format!("{} checks on {branch}", client.name());
    match client.branch_rules(branch).await {
        Ok(rules) => {
            judge(report, &about, &rules.required_checks, app_id);
            if is_default {
                super::branch::judge(report, &format!("{} branch {branch}", client.name()), &rules);
            }
        }
        Err(error) => report.refused(&about, &error),
    }
}

fn judge(report: &mut Report, about: &str, required: &BTreeSet<RequiredCheck>, app_id: u64) {
    let of = |name: &str, app: Option<u64>| {
        required.contains(&RequiredCheck { context: name.to_owned(), app_id: app })
    };
    let (mut missing, mut open, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for name in CHECK_NAMES {
        let any = required.iter().any(|check| check.context == name);
        if !any {
            missing.push(name);
        } else if !of(name, Some(app_id)) {
            if of(name, None) { open.push(name) } else { wrong.push(name) }
        }
    }
    let pin = "in the branch's rules, choose TfPilot as the source of the required check";
    if !wrong.is_empty() {
        report.fail(
            about,
            format!("{} must come from another app, which never reports them", wrong.join(", ")),
            pin,
        );
    }
    if !open.is_empty() {
        report.fail(
            about,
            format!("{} may come from anybody, so anybody can make them green", open.join(", ")),
            pin,
        );
    }
    if !missing.is_empty() {
        let what = format!("{} not required: pull requests can be merged without", missing.join(", "));
        report.warn(about, what, "require them in the branch's rules, with TfPilot as the source");
    }
    if missing.is_empty() && open.is_empty() && wrong.is_empty() {
        report.ok(about, "all four are required from our app");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_anybody_can_report_is_no_gate() {
        let said = |checks: &[(&str, Option<u64>)]| {
            let checks =
                checks.iter().map(|(name, app)| RequiredCheck { context: (*name).to_owned(), app_id: *app });
            let mut report = Report::default();
            judge(&mut report, "checks", &checks.collect(), 7);
            report.text()
        };
        assert_eq!(
            said(&CHECK_NAMES.map(|name| (name, Some(7)))),
            "ok    checks: all four are required from our app\n"
        );
        insta::assert_snapshot!(said(&[("tfpilot/plan", Some(7)), ("tfpilot/policy", None), ("tfpilot/cost", Some(8))]), @"
        fail  checks: tfpilot/cost must come from another app, which never reports them
              Next: in the branch's rules, choose TfPilot as the source of the required check
        fail  checks: tfpilot/policy may come from anybody, so anybody can make them green
              Next: in the branch's rules, choose TfPilot as the source of the required check
        warn  checks: tfpilot/apply not required: pull requests can be merged without
              Next: require them in the branch's rules, with TfPilot as the source
        ");
    }
}
