//! A complete draft as files of its own stack.

use tfpilot_engine::{Request, Resource, StackPath};
use tfpilot_modules::{Call, Catalog, RenderError, RenderedFile, StackDraft, render_stack};

use crate::config::RepositoryConfig;
use crate::requests;
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

/// All files of the request's stack, the vendored modules among them.
pub(crate) fn render_request(
    request: &Request,
    stack: &StackPath,
    catalog: &Catalog,
    config: &RepositoryConfig,
    lock_file: Option<String>,
) -> Result<Vec<RenderedFile>, RenderRequestError> {
    let unfit = |what: String| RenderRequestError::Unfit(what);
    let (Some(environment), Some(name)) = (&request.draft.environment, request.draft.name()) else {
        return Err(unfit("the request is not complete".to_owned()));
    };
    let settings = config
        .environments
        .get(environment.value.as_str())
        .ok_or_else(|| unfit(format!("there is no environment {}", environment.value)))?;
    let environment = target(environment.value.as_str(), settings).ok_or_else(|| {
        unfit(format!("environment {} names no backend; add one to .github/tfpilot.yml", environment.value))
    })?;
    let calls = request.draft.resources.iter().map(|resource| call(resource, catalog));
    let draft = StackDraft {
        request: request.issue,
        name: name.value.clone(),
        directory: stack.to_string(),
        calls: calls.collect::<Result<_, _>>()?,
        environment,
        lock_file,
    };
    Ok(render_stack(&draft)?)
}

/// A thing as a call of its module.
fn call<'c>(resource: &Resource, catalog: &'c Catalog) -> Result<Call<'c>, RenderRequestError> {
    let unfit = |what: String| RenderRequestError::Unfit(what);
    let (Some(id), Some(_)) = (&resource.module, &resource.name) else {
        return Err(unfit("the request is not complete".to_owned()));
    };
    let module = catalog.find(id).ok_or_else(|| unfit(format!("the catalog has no module {id}")))?;
    Ok(requests::call(resource, module))
}
