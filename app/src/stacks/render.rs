//! A complete draft as files of its own stack.

use tfpilot_engine::{Edit, EditKind, Request, Resource, StackPath};
use tfpilot_modules::render::{Alike, EditError, HandEdits, empty_stack};
use tfpilot_modules::{Call, Catalog, RenderError, RenderedFile, StackDraft, edit_stack, render_stack};

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
    /// What people wrote stands against it.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// All files of the request's stack, the vendored modules among them.
pub(crate) fn render_request(
    request: &Request,
    stack: &StackPath,
    catalog: &Catalog,
    config: &RepositoryConfig,
    lock_file: Option<String>,
    alike: Alike,
) -> Result<Vec<RenderedFile>, RenderRequestError> {
    Ok(render_stack(&stack_draft(request, stack, catalog, config, lock_file, alike)?)?)
}

/// The files of a request that changes or empties a stack: what people wrote around its block in `main` stays.
pub(crate) fn edit_request(
    request: &Request,
    edit: &Edit,
    main: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
    alike: Alike,
) -> Result<Vec<RenderedFile>, RenderRequestError> {
    let draft = stack_draft(request, &edit.stack, catalog, config, None, alike)?;
    let path = format!("{}/main.tf", edit.stack);
    let hand_edits = if edit.drops_hand_edits { HandEdits::Dropped } else { HandEdits::Kept };
    if edit.kind == EditKind::Remove {
        return Ok(vec![RenderedFile { path, content: empty_stack(main, &draft, hand_edits)? }]);
    }
    let mut files = render_stack(&draft)?;
    let content = edit_stack(main, &draft, hand_edits)?;
    files.iter_mut().filter(|file| file.path == path).for_each(|file| file.content.clone_from(&content));
    Ok(files)
}

fn stack_draft<'c>(
    request: &Request,
    stack: &StackPath,
    catalog: &'c Catalog,
    config: &RepositoryConfig,
    lock_file: Option<String>,
    alike: Alike,
) -> Result<StackDraft<'c>, RenderRequestError> {
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
    let mut calls: Vec<Call<'_>> = calls.collect::<Result<_, _>>()?;
    if let (Some(import), Some(first)) = (&request.draft.import, calls.first_mut()) {
        first.import = import.id.as_ref().map(|id| id.value.clone());
    }
    Ok(StackDraft {
        // A block keeps the name of the request that made it.
        request: request.draft.edits.as_ref().map_or(request.issue, |edit| edit.request),
        name: name.value.clone(),
        directory: stack.to_string(),
        calls,
        environment,
        lock_file,
        alike,
    })
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
