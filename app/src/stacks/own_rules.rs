//! A pull request that an apply would merge does not bring rules along: how changes are judged, and the workflows that
//! run on the default branch, are changed apart from what is applied.

use tfpilot_engine::AdmissionFinding;
use tfpilot_hcl::TreePath;

use super::code_owners::PLACES;

/// The rule's name, for overrides.
const NAME: &str = "admission/own-rules";

/// Files and folders that say what may happen on the default branch.
const RULES: [&str; 3] = [".github/tfpilot.yml", ".github/tfpilot/", ".github/workflows/"];

/// Changed files that decide about changes. Owners do where an environment asks for their approval.
pub(crate) fn findings<'a>(
    changed: impl IntoIterator<Item = &'a TreePath>,
    owners_count: bool,
) -> Vec<AdmissionFinding> {
    let paths = changed.into_iter().map(ToString::to_string);
    let decides = |path: &String| decides(path) || (owners_count && PLACES.contains(&path.as_str()));
    paths.filter(decides).map(finding).collect()
}

fn decides(path: &str) -> bool {
    RULES.iter().any(|rule| path == *rule || (rule.ends_with('/') && path.starts_with(rule)))
}

fn finding(path: String) -> AdmissionFinding {
    AdmissionFinding {
        rule: NAME.to_owned(),
        what: format!("a change of {path} beside Terraform"),
        path,
        line: 1,
        why: "an apply merges this pull request, and with it the rules that later ones are judged by"
            .to_owned(),
        next: "change it in a pull request of its own".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_about_changes_is_found_and_nothing_else() {
        let paths = [
            ".github/tfpilot.yml",
            ".github/tfpilot/policies/mild.rego",
            ".github/workflows/tfpilot.yml",
            ".github/workflows/any.yml",
            ".github/tfpilot.yml.md",
            ".github/CODEOWNERS",
            ".github/ISSUE_TEMPLATE/bucket.yml",
            "live/.github/tfpilot.yml",
        ];
        let paths = paths.map(|path| TreePath::parse(path).expect("inside"));
        let found = |owners_count| -> Vec<String> {
            findings(&paths, owners_count).into_iter().map(|finding| finding.path).collect()
        };
        assert!(found(true).contains(&".github/CODEOWNERS".to_owned()));
        let found = found(false);
        assert_eq!(
            found,
            [
                ".github/tfpilot.yml",
                ".github/tfpilot/policies/mild.rego",
                ".github/workflows/tfpilot.yml",
                ".github/workflows/any.yml"
            ]
        );
    }
}
