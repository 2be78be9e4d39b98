//! Owns: the list of repositories, a repository's home, and the form for a new issue.

use askama::Template;

use crate::rest::Reject;
use crate::state::{Issue, Permission};

use super::{Frame, Page, Visit, html};

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    frame: Frame,
    repos: Vec<String>,
}

/// All repositories the person may see.
pub(crate) fn index(visit: &mut Visit<'_>) -> Page {
    let world = &visit.world;
    let seen = world.repos.values().filter(|repo| world.permission(repo, visit.you) >= Permission::Read);
    let repos = seen.map(|repo| world.full_name(repo)).collect();
    html(200, &Index { frame: visit.frame("Repositories", None, &[]), repos })
}

struct Row {
    href: String,
    number: u64,
    title: String,
    labels: Vec<(String, String)>,
    state: &'static str,
    author: String,
    comments: usize,
}

#[derive(Template)]
#[template(path = "repo.html")]
struct RepoPage {
    frame: Frame,
    name: String,
    lists: Vec<(&'static str, Vec<Row>)>,
    branch: String,
    files: Vec<(String, String)>,
}

/// A repository: issues, pull requests, files.
pub(crate) fn repo(visit: &mut Visit<'_>, id: u64) -> Page {
    let world = &visit.world;
    let repo = world.repo(id)?;
    let name = world.full_name(repo);
    let row = |issue: &Issue| Row {
        href: format!("/{name}/{}/{}", if issue.pull.is_some() { "pull" } else { "issues" }, issue.number),
        number: issue.number,
        title: issue.title.clone(),
        labels: visit.labels(id, issue),
        state: state(issue).0,
        author: world.login_of(issue.author),
        comments: issue.comments.len(),
    };
    let newest = || repo.issues.values().rev();
    let issues = newest().filter(|issue| issue.pull.is_none()).map(row).collect();
    let pulls = newest().filter(|issue| issue.pull.is_some()).map(row).collect();
    let branch = repo.default_branch.clone();
    let tree = repo.branch(&branch).map(|sha| repo.git.tree(&sha, true)).transpose()?.unwrap_or_default();
    let files = tree
        .into_iter()
        .filter(|entry| entry.kind == "blob")
        .map(|entry| (entry.path.clone(), format!("/{name}/blob/{branch}/{}", entry.path)))
        .collect();
    let lists = vec![("Issues", issues), ("Pull requests", pulls)];
    html(
        200,
        &RepoPage { frame: visit.frame(&name, Some(id), &[]), name: name.clone(), lists, branch, files },
    )
}

/// A state in a word, and its colour.
pub(crate) fn state(issue: &Issue) -> (&'static str, &'static str) {
    match &issue.pull {
        Some(pull) if pull.merged.is_some() => ("merged", "#8250df"),
        Some(pull) if pull.draft && issue.open => ("draft", "#6e7781"),
        _ if issue.open => ("open", "#1a7f37"),
        Some(_) => ("closed", "#cf222e"),
        None => ("closed", "#8250df"),
    }
}

impl Visit<'_> {
    /// The labels of an issue with their colours.
    pub(crate) fn labels(&self, repo: u64, issue: &Issue) -> Vec<(String, String)> {
        let Ok(repo) = self.world.repo(repo) else { return Vec::new() };
        let labels = issue.labels.iter().filter_map(|name| repo.labels.get(name));
        labels.map(|label| (label.name.clone(), label.color.clone())).collect()
    }
}

#[derive(Template)]
#[template(path = "new.html")]
struct NewIssue {
    frame: Frame,
    name: String,
    problem: Option<String>,
    title: String,
    body: String,
}

/// The form for a new issue, filled from the address or from what was sent.
pub(crate) fn new_issue(
    visit: &mut Visit<'_>,
    id: u64,
    problem: Option<String>,
) -> Result<axum::response::Response, Reject> {
    let name = visit.world.full_name(visit.world.repo(id)?);
    let given = |key: &str| {
        let mut both = visit.form.iter().chain(&visit.query);
        both.find(|(known, _)| known == key).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (title, body) = (given("title"), given("body"));
    let status = if problem.is_some() { 422 } else { 200 };
    html(status, &NewIssue { frame: visit.frame("New issue", Some(id), &[]), name, problem, title, body })
}
