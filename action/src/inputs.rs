//! What `action.yml` and GitHub's runner put into the environment.

use std::path::PathBuf;

use anyhow::Context;
use tfpilot_protocol::RunId;
use tfpilot_runner::sidecar::Machine;

/// The action's inputs, checked.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The app's public address, without a slash at its end: the audience of the worker's token.
    pub app_url: String,
    /// The run this workflow was started for.
    pub run: RunId,
    /// This worker's name.
    pub worker: String,
    /// Address of the workflow's own repository.
    pub repository: Option<String>,
    /// Where GitHub reads the step's summary.
    pub summary: Option<PathBuf>,
    /// Where things are.
    pub machine: Machine,
}

impl Inputs {
    /// Reads them; `get` is the environment.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let text = |name: &str| get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let path = |name: &str| text(name).map(PathBuf::from);
        let app_url =
            text("INPUT_APP_URL").context("the input `app-url` is empty; give TfPilot's public address")?;
        let run = text("INPUT_RUN")
            .context("the input `run` is empty; TfPilot starts this workflow and gives it")?;
        let run =
            run.parse().with_context(|| format!("the input `run` is {run:?}, which is no run of TfPilot"))?;
        let number = text("INPUT_WORKER").unwrap_or_else(|| "1".into());
        let worker = match text("GITHUB_RUN_ID") {
            Some(id) => format!("run {id}, worker {number}"),
            None => format!("worker {number}"),
        };
        let repository = text("GITHUB_SERVER_URL")
            .zip(text("GITHUB_REPOSITORY"))
            .map(|(server, name)| format!("{}/{name}", server.trim_end_matches('/')));
        let machine = Machine {
            work_dir: path("RUNNER_TEMP").map(|temp| temp.join("tfpilot")),
            terraform: path("INPUT_TERRAFORM"),
            cli_config: path("TF_CLI_CONFIG_FILE"),
            plugin_cache: path("TF_PLUGIN_CACHE_DIR"),
        };
        let app_url = app_url.trim_end_matches('/').to_owned();
        Ok(Self { app_url, run, worker, repository, summary: path("GITHUB_STEP_SUMMARY"), machine })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> anyhow::Result<Inputs> {
        Inputs::read(|name| {
            given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_missing_is_named() {
        let run = ("INPUT_RUN", "01890a5d-ac96-774b-bcce-b302099a8057");
        let app = ("INPUT_APP_URL", "https://tfpilot.example.org/");
        let inputs = read(&[app, run, ("GITHUB_RUN_ID", "318"), ("INPUT_WORKER", "2")]).unwrap();
        assert_eq!(
            (inputs.app_url.as_str(), inputs.worker.as_str()),
            ("https://tfpilot.example.org", "run 318, worker 2")
        );
        assert!(read(&[run]).unwrap_err().to_string().contains("app-url"));
        assert!(read(&[app, ("INPUT_RUN", " ")]).unwrap_err().to_string().contains("`run` is empty"));
        assert!(read(&[app, ("INPUT_RUN", "318")]).unwrap_err().to_string().contains("no run of TfPilot"));
    }
}
