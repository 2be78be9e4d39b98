//! A complete draft as files of its own stack.

use serde_json::Value;
use tfpilot_engine::{Request, Resource, StackPath};
use tfpilot_modules::{Catalog, Inputs, RenderError, RenderedFile, StackDraft, render_stack};

use crate::config::RepositoryConfig;
use crate::stacks::target::target;

/// Why a request is not rendered. The texts are for people.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderRequestError {
    /// Not complete, or not known any more.
    #[error("{0}")]
    Unfit(String),
    /// The renderer refuses.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// All files of the request's stack, the vendored module among them.
pub(crate) fn render_request(
    request: &Request,
    stack: &StackPath,
    catalog: &Catalog,
    config: &RepositoryConfig,
    lock_file: Option<String>,
) -> Result<Vec<RenderedFile>, RenderRequestError> {
    let unfit = |what: String| RenderRequestError::Unfit(what);
    let (Some(environment), [Resource { module: Some(id), name: Some(name), inputs, .. }]) =
        (&request.draft.environment, request.draft.resources.as_slice())
    else {
        return Err(unfit("the request is not complete".to_owned()));
    };
    let module = catalog.find(id).ok_or_else(|| unfit(format!("the catalog has no module {id}")))?;
    let settings = config
        .environments
        .get(environment.value.as_str())
        .ok_or_else(|| unfit(format!("there is no environment {}", environment.value)))?;
    let environment = target(environment.value.as_str(), settings).ok_or_else(|| {
        unfit(format!("environment {} names no backend; add one to .github/tfpilot.yml", environment.value))
    })?;
    let mut values: Inputs =
        inputs.iter().map(|(name, filled)| (name.clone(), filled.value.clone())).collect();
    if module.variable("name").is_some() {
        values.insert("name".to_owned(), Value::String(name.value.clone()));
    }
    let draft = StackDraft {
        request: request.issue,
        name: name.value.clone(),
        directory: stack.to_string(),
        module,
        inputs: values,
        environment,
        lock_file,
    };
    Ok(render_stack(&draft)?)
}
