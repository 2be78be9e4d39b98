//! The workflow that runs are started in: it is on the default branch, is started by us alone, says who we are, takes its
//! actions at a commit, and opens its apply role by a GitHub Environment only.

use serde_yaml::Value;

use super::report::Report;
use crate::config::RepositoryConfig;
use crate::github::RepoClient;

/// Words of action/workflow.yml that are to be replaced.
const PLACEHOLDERS: [&str; 5] = ["<app-url>", "<action>", "<plan-role>", "<apply-role>", "<region>"];

/// What is to be done about a workflow that is not as ours.
const AS_IT_IS: &str = "take action/workflow.yml as it is, with its words in angle brackets replaced";

/// Looks at the workflow.
pub(super) async fn examine(
    report: &mut Report,
    client: &RepoClient,
    config: &RepositoryConfig,
    branch: &str,
    own_url: &str,
) {
    let about = format!("{} workflow", client.name());
    let path = format!(".github/workflows/{}", config.workflow());
    match client.file(&path, branch).await {
        Ok(Some(file)) => {
            judge(report, &about, &path, &String::from_utf8_lossy(&file.bytes), branch, own_url);
        }
        Ok(None) => {
            let next = "commit action/workflow.yml there, or set `workflow` in tfpilot.yml";
            report.fail(&about, format!("there is no {path} on {branch}"), next);
        }
        Err(error) => report.refused(&about, &error),
    }
}

fn judge(report: &mut Report, about: &str, path: &str, text: &str, branch: &str, own_url: &str) {
    let Ok(workflow) = serde_yaml::from_str::<Value>(text) else {
        return report.fail(about, format!("{path} is no YAML"), AS_IT_IS);
    };
    let triggers = triggers(&workflow);
    if !triggers.iter().any(|name| name == "workflow_dispatch") {
        let what = format!("{path} cannot be started: it lacks `workflow_dispatch`");
        return report.fail(about, what, AS_IT_IS);
    }
    let (steps, mut fine) = (steps(&workflow), true);
    let mut told = |report: &mut Report, bad: bool, fails: bool, what: String, next: &str| {
        fine &= !bad;
        match (bad, fails) {
            (true, true) => report.fail(about, what, next),
            (true, false) => report.warn(about, what, next),
            (false, _) => {}
        }
    };
    let others: Vec<&str> =
        triggers.iter().map(String::as_str).filter(|it| *it != "workflow_dispatch").collect();
    let what = format!("{path} is started by {} too, with its cloud roles", others.join(", "));
    told(report, !others.is_empty(), false, what, "let `workflow_dispatch` alone start it");
    let lines = || text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let left: Vec<&str> =
        PLACEHOLDERS.into_iter().filter(|word| lines().any(|line| line.contains(word))).collect();
    told(report, !left.is_empty(), true, format!("{path} still holds {}", left.join(", ")), "replace it");
    let urls: Vec<&str> =
        steps.iter().filter_map(|step| step.get("with")?.get("app-url")?.as_str()).collect();
    let is_other = |url: &&&str| {
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        plain(url) != plain(own_url) && !url.contains("${{") && !url.starts_with('<')
    };
    let other = urls.iter().find(is_other).copied().unwrap_or_default();
    let what = format!("{path} works for {other}, and this server is {own_url}: its tokens are refused");
    told(
        report,
        !other.is_empty(),
        true,
        what,
        "set `app-url` there, or TFPILOT_URL here, so that both agree",
    );
    let loose: Vec<&str> =
        steps.iter().filter_map(|step| step.get("uses")?.as_str()).filter(|uses| !is_pinned(uses)).collect();
    let what = format!("{} can change without a commit here", loose.join(", "));
    told(report, !loose.is_empty(), false, what, "take actions at a full commit SHA");
    let named = jobs(&workflow).filter(|job| job.get("environment").is_some()).count();
    let all = jobs(&workflow).count();
    let what = format!("no job of {path} names a GitHub Environment: no apply is given to it");
    told(report, named == 0, true, what, AS_IT_IS);
    let what = format!("every job of {path} names a GitHub Environment: plans reach the apply role");
    told(report, named == all && named > 0, true, what, AS_IT_IS);
    if fine {
        report.ok(about, format!("{path} is on {branch}, and is ours"));
    }
}

fn triggers(workflow: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match workflow.get("on") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Sequence(list)) => list.iter().filter_map(text).collect(),
        Some(Value::Mapping(map)) => map.keys().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

fn jobs(workflow: &Value) -> impl Iterator<Item = &Value> {
    workflow.get("jobs").and_then(Value::as_mapping).into_iter().flat_map(|jobs| jobs.values())
}

fn steps(workflow: &Value) -> Vec<&Value> {
    jobs(workflow).filter_map(|job| job.get("steps")?.as_sequence()).flatten().collect()
}

/// At a commit, or in the same repository. A word in angle brackets is told elsewhere.
fn is_pinned(uses: &str) -> bool {
    let at_commit = uses
        .rsplit_once('@')
        .is_some_and(|(_, at)| at.len() == 40 && at.bytes().all(|byte| byte.is_ascii_hexdigit()));
    at_commit || uses.starts_with("./") || uses.starts_with('<')
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The workflow as an administrator has it, for a server at this address.
    pub(in crate::cli::doctor) fn ours(url: &str) -> String {
        let action = format!("acme/tfpilot/action@{}", "0".repeat(40));
        let text = include_str!("../../../../action/workflow.yml");
        [
            ("<app-url>", url),
            ("<action>", &action),
            ("<plan-role>", "p"),
            ("<apply-role>", "a"),
            ("<region>", "r"),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (word, value)| text.replace(word, value))
    }

    fn said(text: &str) -> String {
        let mut report = Report::default();
        judge(&mut report, "workflow", "w.yml", text, "main", "https://tfpilot.acme.com");
        report.text()
    }

    #[test]
    fn ours_is_well_and_each_difference_is_told() {
        let ours = ours("https://tfpilot.acme.com/");
        assert_eq!(said(&ours), "ok    workflow: w.yml is on main, and is ours\n");
        for (from, to, told) in [
            (
                "  workflow_dispatch:\n",
                "  push:\n  workflow_dispatch:\n",
                "warn  workflow: w.yml is started by push too",
            ),
            ("tfpilot.acme.com/", "old.acme.com", "fail  workflow: w.yml works for https://old.acme.com"),
            ("https://tfpilot.acme.com/", "<app-url>", "fail  workflow: w.yml still holds <app-url>"),
            (
                "aws-actions/configure-aws-credentials@ececac1a45f3b08a01d2dd070d28d111c5fe6722",
                "x/y@v4",
                "warn  workflow: x/y@v4, x/y@v4 can change",
            ),
            (
                "    environment: ${{ inputs.environment }}\n",
                "",
                "fail  workflow: no job of w.yml names a GitHub Environment",
            ),
            (
                "    name: plan",
                "    environment: dev\n    name: plan",
                "fail  workflow: every job of w.yml names a GitHub Environment",
            ),
        ] {
            let changed = ours.replace(from, to);
            assert_ne!(changed, ours, "{from}");
            assert!(said(&changed).starts_with(told), "{}", said(&changed));
        }
        assert!(said("on: push\n").starts_with("fail  workflow: w.yml cannot be started"));
        assert!(said("a: [").starts_with("fail  workflow: w.yml is no YAML"));
    }
}
