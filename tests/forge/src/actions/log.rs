//! Owns: a job's log: workflow commands are obeyed, secrets are masked before a line is kept.

use std::sync::{Arc, Mutex, PoisonError};

use crate::server::Shared;

/// The log of one job.
pub(crate) struct JobLog {
    shared: Arc<Shared>,
    repo: u64,
    run: u64,
    job: u64,
    masks: Mutex<Vec<String>>,
}

impl JobLog {
    /// An empty log that masks these values.
    pub(crate) fn new(
        shared: Arc<Shared>,
        (repo, run, job): (u64, u64, u64),
        secrets: Vec<String>,
    ) -> JobLog {
        let log = JobLog { shared, repo, run, job, masks: Mutex::new(Vec::new()) };
        secrets.iter().for_each(|secret| log.mask(secret));
        log
    }

    /// Hides a value from now on; of several lines each.
    pub(crate) fn mask(&self, value: &str) {
        let mut masks = self.masks.lock().unwrap_or_else(PoisonError::into_inner);
        masks.extend(value.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        // Longest first: a secret that contains another must not leave its rest.
        masks.sort_by_key(|mask| std::cmp::Reverse(mask.len()));
        masks.dedup();
    }

    /// Keeps a line, masked.
    pub(crate) fn line(&self, text: &str) {
        let line = self.masked(text);
        if let Some(job) = self.shared.world().job_mut(self.repo, self.run, self.job) {
            job.log.push(line);
        }
    }

    fn masked(&self, text: &str) -> String {
        let masks = self.masks.lock().unwrap_or_else(PoisonError::into_inner);
        masks.iter().fold(text.to_owned(), |line, mask| line.replace(mask, "***"))
    }

    /// Takes a line a step printed: `::add-mask::` is obeyed, `::error::` and its like are shown as GitHub shows them.
    pub(crate) fn printed(&self, line: &str) {
        let trimmed = line.trim_start();
        if let Some(value) = trimmed.strip_prefix("::add-mask::") {
            self.mask(&unescaped(value));
            return self.line("::add-mask::***");
        }
        let command = trimmed.strip_prefix("::").and_then(|rest| rest.split_once("::"));
        match command.map(|(head, text)| (head.split(' ').next().unwrap_or_default(), text)) {
            Some((level @ ("error" | "warning" | "notice" | "debug"), text)) => {
                self.line(&format!("##[{level}]{}", unescaped(text)));
            }
            Some(("group", text)) => self.line(&format!("##[group]{text}")),
            Some(("endgroup", _)) => self.line("##[endgroup]"),
            _ => self.line(line),
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}
