//! Issue forms in the stories' repository, as `tfpilot catalog issue-forms` writes them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use tfpilot_modules::Catalog;
use tfpilot_modules::catalog::Module;
use tfpilot_modules::forms::{Offer, render_form};

use crate::{REPOSITORY, World};

/// The label that forms put on their issues.
const LABEL: &str = "tfpilot/request";

impl World {
    /// Carol offers a form for each module that can be had here: those on AWS where there is AWS, and the note. Answers how
    /// many those are.
    ///
    /// # Errors
    /// When they cannot be pushed.
    pub async fn offers_forms(&self) -> Result<usize> {
        let catalog = Catalog::shipped();
        let mut files = Vec::new();
        for module in catalog.modules() {
            let environments = self.places(module);
            if environments.is_empty() {
                continue;
            }
            let offer = Offer { environments, allowed: BTreeMap::new(), preset: None };
            let path = format!(".github/ISSUE_TEMPLATE/{}.yml", module.id.to_string().replace('/', "-"));
            files.push((path, render_form(module, &offer)));
        }
        self.forge.label(REPOSITORY, LABEL)?;
        let message = "Forms for what may be asked for";
        self.forge.carol().pushes(REPOSITORY, "main", &files, message).await.context("pushing the forms")?;
        Ok(files.len())
    }

    /// The environments in which a module can be had.
    fn places(&self, module: &Module) -> Vec<&'static str> {
        match (module.id.provider(), self.cloud.is_some(), self.runner.is_some()) {
            ("local", true, true) => vec!["sandbox"],
            ("local", false, true) | ("aws", true, _) => vec!["dev", "prod"],
            _ => Vec::new(),
        }
    }
}
