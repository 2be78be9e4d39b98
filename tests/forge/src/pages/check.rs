//! Owns: the page of a check run: summary, text, annotations, buttons.

use askama::Template;

use crate::state::check::Annotation;

use super::markdown::render;
use super::thread::{buttons, check_state};
use super::{Frame, Page, Visit, html};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    frame: Frame,
    name: String,
    title: String,
    state: String,
    class: &'static str,
    sha: String,
    summary: String,
    text: String,
    buttons: Vec<(String, String, String)>,
    annotations: Vec<(String, String, String, String)>,
}

/// Shows a check run.
pub(crate) fn show(visit: &mut Visit<'_>, repo: u64, id: u64) -> Page {
    let world = &visit.world;
    let page = format!("/{}", world.full_name(world.repo(repo)?));
    let run = world.check(repo, id)?;
    let here = format!("{page}/runs/{id}");
    let (state, class) = check_state(run);
    let text = |text: &Option<String>| text.as_deref().map(|text| render(text, &page)).unwrap_or_default();
    let row = |note: &Annotation| {
        let place = format!("{}:{}", note.path, note.start_line);
        (place, note.annotation_level.clone(), note.title.clone().unwrap_or_default(), note.message.clone())
    };
    let shown = CheckPage {
        frame: visit.frame(&run.name, Some(repo), &[(&run.name, here.clone())]),
        name: run.name.clone(),
        title: run.output.title.clone().unwrap_or_default(),
        state,
        class,
        sha: run.head_sha.clone(),
        summary: text(&run.output.summary),
        text: text(&run.output.text),
        buttons: buttons(&page, &here, run),
        annotations: run.annotations.iter().map(row).collect(),
    };
    html(200, &shown)
}
