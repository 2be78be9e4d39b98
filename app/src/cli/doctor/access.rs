//! Who gets what by the configuration: roles that come with a permission everybody has, and applies nobody approves.

use tfpilot_engine::Role;

use super::report::Report;
use crate::config::RepositoryConfig;
use crate::config::repository::roles::Membership;

/// Judges what a configuration gives away.
pub(super) fn judge(report: &mut Report, about: &str, config: &RepositoryConfig, private: bool) {
    let everybody = Membership { permission: Some("read"), ..Membership::default() };
    let role: Role = config.roles.of(&everybody, None).into();
    let mut fine = true;
    if !private && role >= Role::Developer {
        let what = format!("everybody on GitHub is {} of this public repository", role.as_str());
        report.fail(about, what, "set `roles.from_permission.read` to viewer or none");
        fine = false;
    }
    let unasked: Vec<&str> = config
        .environments
        .iter()
        .filter(|(_, environment)| environment.approvals.count == Some(0))
        .map(|(name, _)| name.as_str())
        .collect();
    if !unasked.is_empty() {
        let what = format!("nobody has to approve what is applied to {}", unasked.join(", "));
        report.warn(about, what, "set `approvals.count` of the environment to 1 or more");
        fine = false;
    }
    if fine {
        report.ok(about, "every apply takes an approval");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_to_everybody_is_told() {
        let said = |text: &str, private: bool| {
            let (config, _) = RepositoryConfig::parse(text.as_bytes());
            let mut report = Report::default();
            judge(&mut report, "access", &config, private);
            report.text()
        };
        let open = "version: 1\nroles:\n  from_permission: {read: developer}\nenvironments:\n  dev: {approvals: {count: 0}}\n  prod: {}\n";
        insta::assert_snapshot!(said(open, false), @r"
        fail  access: everybody on GitHub is developer of this public repository
              Next: set `roles.from_permission.read` to viewer or none
        warn  access: nobody has to approve what is applied to dev
              Next: set `approvals.count` of the environment to 1 or more
        ");
        assert!(said(open, true).starts_with("warn  access: nobody has to approve"));
        assert_eq!(said("version: 1\n", false), "ok    access: every apply takes an approval\n");
    }
}
