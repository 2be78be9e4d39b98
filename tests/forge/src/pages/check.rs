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
    /// The commit it is for, in short.
    sha: String,
    commit: String,
    /// The pull requests with this head: number, address.
    pulls: Vec<(u64, String)>,
    summary: String,
    text: String,
    buttons: Vec<(String, String, String)>,
    annotations: Vec<Note>,
}

struct Note {
    place: String,
    level: String,
    class: &'static str,
    title: String,
    message: String,
}

/// Shows a check run.
pub(crate) fn show(visit: &mut Visit<'_>, repo: u64, id: u64) -> Page {
    let world = &visit.world;
    let page = format!("/{}", world.full_name(world.repo(repo)?));
    let run = world.check(repo, id)?;
    let here = format!("{page}/runs/{id}");
    let (state, class) = check_state(run);
    let text = |text: &Option<String>| text.as_deref().map(|text| render(text, &page)).unwrap_or_default();
    let home = world.repo(repo)?;
    let heads = home
        .issues
        .values()
        .filter(|issue| issue.pull.as_ref().is_some_and(|pull| pull.head_sha == run.head_sha));
    let pulls = heads.map(|issue| (issue.number, format!("{page}/pull/{}", issue.number))).collect();
    let shown = CheckPage {
        frame: visit.frame(&run.name, Some(repo), &[(&run.name, here.clone())]),
        name: run.name.clone(),
        title: run.output.title.clone().unwrap_or_default(),
        state,
        class,
        sha: run.head_sha.get(..7).unwrap_or(&run.head_sha).to_owned(),
        commit: format!("{page}/commit/{}", run.head_sha),
        pulls,
        summary: text(&run.output.summary),
        text: text(&run.output.text),
        buttons: buttons(&page, &here, run),
        annotations: run.annotations.iter().map(note).collect(),
    };
    html(200, &shown)
}

fn note(note: &Annotation) -> Note {
    let class = match note.annotation_level.as_str() {
        "failure" => "bad",
        "warning" => "wait",
        _ => "soft",
    };
    Note {
        place: format!("{}:{}", note.path, note.start_line),
        level: note.annotation_level.clone(),
        class,
        title: note.title.clone().unwrap_or_default(),
        message: note.message.clone(),
    }
}
