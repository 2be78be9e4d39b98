//! Owns: pages that show text line by line: files, commits, refusals.

use askama::Template;
use axum::body::Body;
use axum::response::Response;

use crate::rest::Reject;

use super::{Frame, Page, Visit, html};

/// A title and lines.
#[derive(Template)]
#[template(path = "text.html")]
pub(crate) struct TextPage {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) lines: Vec<(&'static str, String)>,
}

/// The lines of a patch with what each is.
pub(crate) fn classes(patch: &str) -> Vec<(&'static str, String)> {
    let class = |line: &str| match line.chars().next() {
        Some('+') => "add",
        Some('-') => "del",
        Some('@') => "hunk",
        _ => "same",
    };
    patch
        .lines()
        .map(|line| (class(line), if line.is_empty() { " ".to_owned() } else { line.to_owned() }))
        .collect()
}

/// The bytes of a file; branch names with slashes are tried longest first.
fn bytes(visit: &Visit<'_>, repo: u64, at: &str, path: &str) -> Result<(String, Vec<u8>), Reject> {
    let git = &visit.world.repo(repo)?.git;
    let whole = format!("{at}/{path}");
    let cuts: Vec<usize> = whole.match_indices('/').map(|(cut, _)| cut).collect();
    for cut in cuts.into_iter().rev() {
        let (name, path) = (whole.get(..cut).unwrap_or_default(), whole.get(cut + 1..).unwrap_or_default());
        let found =
            git.commit_sha(name).and_then(|commit| git.at(&commit, path)).and_then(|sha| git.blob(&sha));
        if let Some(bytes) = found {
            return Ok((path.to_owned(), bytes));
        }
    }
    Err(Reject::not_found())
}

/// A file.
pub(crate) fn file(visit: &mut Visit<'_>, repo: u64, at: &str, path: &str) -> Page {
    let (path, bytes) = bytes(visit, repo, at, path)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines =
        text.lines().map(|line| ("same", if line.is_empty() { " ".to_owned() } else { line.to_owned() }));
    let page = TextPage {
        frame: visit.frame(&path, Some(repo), &[]),
        title: path,
        note: format!("at {at}"),
        lines: lines.collect(),
    };
    html(200, &page)
}

/// A file as it is.
pub(crate) fn raw(visit: &mut Visit<'_>, repo: u64, at: &str, path: &str) -> Page {
    let (_, bytes) = bytes(visit, repo, at, path)?;
    let response = Response::builder()
        .header("Content-Type", "text/plain; charset=utf-8")
        .header("X-Content-Type-Options", "nosniff");
    Ok(response.body(Body::from(bytes)).unwrap_or_default())
}

/// A commit's message and patch.
pub(crate) fn commit(visit: &mut Visit<'_>, repo: u64, sha: &str) -> Page {
    let git = &visit.world.repo(repo)?.git;
    let sha = git.commit_sha(sha).ok_or_else(Reject::not_found)?;
    let commit = git.commit(&sha).ok_or_else(Reject::not_found)?;
    let patch = git.text(&["show", "--format=", "--patch", &sha])?;
    let title = commit.message.lines().next().unwrap_or_default().to_owned();
    let page = TextPage {
        frame: visit.frame(&title, Some(repo), &[]),
        title,
        note: format!("{sha} by {}", commit.author.name),
        lines: classes(&patch),
    };
    html(200, &page)
}
