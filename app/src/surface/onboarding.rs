//! What a repository reads that joins: the pull request with a first configuration, and the checks that can be required.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::escape::code;
use crate::config::guess::Guess;

/// The branch of the pull request that proposes a configuration.
pub const BRANCH: &str = "tfpilot/onboarding";
/// Its title, and that of its commit.
pub const TITLE: &str = "chore: add TfPilot's configuration";
/// What the check runs on the default branch are called by; none of our changes has such an id.
pub const EXTERNAL_ID: &str = "onboarding";
/// The title of the check runs on the default branch.
pub const CHECK_TITLE: &str = "Ready: can be a required check";

/// The workflow as it is shipped.
const WORKFLOW: &str = include_str!("../../../action/workflow.yml");

/// All but what every address may hold.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// What the check runs on the default branch say.
pub fn check_summary(branch: &str) -> String {
    format!("Nothing was planned here. From now on every pull request into {} gets this check.", code(branch))
}

/// The pull request's text. `repository` is the address of the repository's page, `app` our own.
pub fn body(found: &Guess, repository: &str, app: &str, workflow: &str) -> String {
    let names: Vec<String> =
        found.environments.iter().map(|(name, path)| format!("{} in {}", code(name), code(path))).collect();
    let stacks = if found.stacks == 1 { "1 stack".to_owned() } else { format!("{} stacks", found.stacks) };
    let outside = match found.outside {
        0 => String::new(),
        number => format!(" {number} of them outside: no environment's rules hold there."),
    };
    let link = workflow_link(repository, app, workflow);
    format!(
        "Adds `.github/tfpilot.yml`: {stacks} found, environments {}.{outside}\n\n\
         1. [Add the workflow to this branch]({link}); replace the words in angle brackets.\n\
         2. Read `.github/tfpilot.yml`: directories, approvals.\n\
         3. Merge. Then open an issue that asks for something, or a pull request that changes Terraform.\n\n\
         Not wanted? Close this; it is not opened again.\n",
        names.join(", ")
    )
}

/// GitHub's page for a new file, filled with the workflow: the app may not write workflows itself.
fn workflow_link(repository: &str, app: &str, workflow: &str) -> String {
    // Comments above the workflow's name are for readers of the file in our own repository.
    let text =
        WORKFLOW.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    let text = text.replace("<app-url>", app) + "\n";
    let name = utf8_percent_encode(workflow, VALUE);
    format!(
        "{repository}/new/{BRANCH}?filename=.github/workflows/{name}&value={}",
        utf8_percent_encode(&text, VALUE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::guess::guess;

    fn text() -> String {
        let found = guess(["live/dev/web/main.tf", "live/prod/web/main.tf", "main.tf"]).expect("stacks");
        body(&found, "https://github.com/acme/infra", "https://tfpilot.example", "tfpilot.yml")
    }

    #[test]
    fn the_pull_request_says_what_was_found_and_what_to_do() {
        let text = text();
        let (before, link) = text.split_once("](").expect("a link");
        let (_, after) = link.split_once(')').expect("its end");
        insta::assert_snapshot!(format!("{before}](…){after}"));
    }

    #[test]
    fn the_link_brings_the_whole_workflow_and_is_not_too_long() {
        let text = text();
        let link = text.split_once("](").and_then(|(_, rest)| rest.split_once(')')).expect("a link").0;
        assert!(link.len() < 7_500, "{} bytes: GitHub takes 8 KiB", link.len());
        let (_, value) = link.split_once("&value=").expect("a value");
        let file = percent_encoding::percent_decode_str(value).decode_utf8().expect("text");
        let workflow: serde_yaml::Value = serde_yaml::from_str(&file).expect("YAML");
        let shipped: serde_yaml::Value =
            serde_yaml::from_str(&WORKFLOW.replace("<app-url>", "https://tfpilot.example")).expect("YAML");
        assert_eq!(workflow, shipped);
    }
}
