//! A repository's own template of pull requests, from its default branch. One that cannot be used does not come into force.

use super::{LoadError, Repositories, Row};
use crate::config::{Diagnostic, Severity, repository};
use crate::github::RepoClient;
use crate::surface::{self, TemplateProblem};

impl Repositories {
    /// Reads the template that the configuration names. What is wrong with it is told, and the last good one goes on; one
    /// that is gone gives way to the shipped text.
    pub(super) async fn refresh_pull_template(
        &self,
        client: &RepoClient,
        row: &mut Row,
    ) -> Result<(), LoadError> {
        let config = self.parse(row.config.as_deref().unwrap_or_default());
        let Some(path) = config.requests.pull_request.as_deref() else {
            row.pull_template = None;
            return Ok(());
        };
        let Some(file) = client.file(path, &row.default_branch).await? else {
            row.pull_template = None;
            row.diagnostics.push(Diagnostic {
                file: repository::FILE.to_owned(),
                line: 0,
                column: 0,
                what: format!("requests.pull_request: there is no file {path} on {}", row.default_branch),
                hint: "add it, or remove the key".to_owned(),
                severity: Severity::Warning,
            });
            return Ok(());
        };
        match template(path, file.bytes) {
            Ok(text) => row.pull_template = Some(text),
            Err(problems) => row.diagnostics.extend(problems),
        }
        Ok(())
    }
}

/// The text of a template, or everything that is wrong with it.
fn template(path: &str, bytes: Vec<u8>) -> Result<String, Vec<Diagnostic>> {
    let diagnostic = |problem: TemplateProblem| Diagnostic {
        file: path.to_owned(),
        line: problem.line,
        column: problem.column,
        what: problem.what,
        hint: problem.hint,
        severity: Severity::Warning,
    };
    let text = String::from_utf8(bytes).map_err(|_| {
        vec![diagnostic(TemplateProblem {
            line: 0,
            column: 0,
            what: "is not UTF-8 text".to_owned(),
            hint: "save the file as UTF-8".to_owned(),
        })]
    })?;
    let problems = surface::check_pull_template(&text);
    if problems.is_empty() { Ok(text) } else { Err(problems.into_iter().map(diagnostic).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_cannot_be_used_is_told_with_its_place() {
        assert_eq!(template("p.md", b"Closes {request}".to_vec()).as_deref(), Ok("Closes {request}"));
        let told = |bytes: &[u8]| -> Vec<String> {
            let problems = template(".github/tfpilot/pull_request.md", bytes.to_vec()).unwrap_err();
            problems.iter().map(ToString::to_string).collect()
        };
        assert_eq!(told(b"\xff"), ["pull_request.md is not UTF-8 text | save the file as UTF-8"]);
        assert_eq!(
            told(b"Hello\n{reqest}"),
            ["pull_request.md:2:1 unknown placeholder {reqest} | write {request}"]
        );
    }
}
