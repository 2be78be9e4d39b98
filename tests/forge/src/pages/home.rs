//! Owns: the list of repositories, a repository's home and lists, and the form for a new issue.

use askama::Template;

use crate::attempts::Attempt;
use crate::clock::shown;
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
    /// `issue` or `pull`: they close in other colours.
    kind: &'static str,
    author: String,
    at: String,
    comments: usize,
}

struct List {
    title: &'static str,
    /// What stands there instead of rows.
    empty: &'static str,
    /// False where the page's own title says it.
    titled: bool,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "repo.html")]
struct RepoPage {
    frame: Frame,
    name: String,
    title: String,
    lists: Vec<List>,
    attempts: Vec<Attempt>,
    branch: String,
    files: Vec<(String, String)>,
}

/// A repository: issues, pull requests, files.
pub(crate) fn repo(visit: &mut Visit<'_>, id: u64) -> Page {
    let world = &visit.world;
    let repo = world.repo(id)?;
    let name = world.full_name(repo);
    let branch = repo.default_branch.clone();
    let tree = repo.branch(&branch).map(|sha| repo.git.tree(&sha, true)).transpose()?.unwrap_or_default();
    let blobs = tree.into_iter().filter(|entry| entry.kind == "blob");
    let files =
        blobs.map(|entry| (entry.path.clone(), format!("/{name}/blob/{branch}/{}", entry.path))).collect();
    let lists = vec![visit.list(id, false, true)?, visit.list(id, true, true)?];
    let attempts = world.attempts.offered(id).to_vec();
    let frame = visit.frame(&name, Some(id), &[]);
    html(200, &RepoPage { frame, title: name.clone(), name, lists, attempts, branch, files })
}

/// All issues.
pub(crate) fn issues(visit: &mut Visit<'_>, id: u64) -> Page {
    listed(visit, id, false)
}

/// All pull requests.
pub(crate) fn pulls(visit: &mut Visit<'_>, id: u64) -> Page {
    listed(visit, id, true)
}

fn listed(visit: &mut Visit<'_>, id: u64, pulls: bool) -> Page {
    let name = visit.world.full_name(visit.world.repo(id)?);
    let list = visit.list(id, pulls, false)?;
    let title = list.title.to_owned();
    let frame = visit.frame(&title, Some(id), &[]);
    let (lists, attempts, branch, files) = (vec![list], Vec::new(), String::new(), Vec::new());
    html(200, &RepoPage { frame, title, name, lists, attempts, branch, files })
}

/// A state in a word; the style has a colour for each.
pub(crate) fn state(issue: &Issue) -> &'static str {
    match &issue.pull {
        Some(pull) if pull.merged.is_some() => "merged",
        Some(pull) if pull.draft && issue.open => "draft",
        _ if issue.open => "open",
        _ => "closed",
    }
}

impl Visit<'_> {
    /// The issues or the pull requests of a repository, newest first.
    fn list(&self, id: u64, pulls: bool, titled: bool) -> Result<List, Reject> {
        let world = &self.world;
        let repo = world.repo(id)?;
        let (kind, at) = if pulls { ("pull", "pull") } else { ("issue", "issues") };
        let row = |issue: &Issue| Row {
            href: format!("/{}/{at}/{}", world.full_name(repo), issue.number),
            number: issue.number,
            title: issue.title.clone(),
            labels: self.labels(id, issue),
            state: state(issue),
            kind,
            author: world.login_of(issue.author),
            at: shown(issue.created),
            comments: issue.comments.len(),
        };
        let rows =
            repo.issues.values().rev().filter(|issue| issue.pull.is_some() == pulls).map(row).collect();
        let title = if pulls { "Pull requests" } else { "Issues" };
        let empty = if pulls { "No pull requests yet." } else { "No issues yet." };
        Ok(List { title, empty, titled, rows })
    }

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
    let given = |key: &str| {
        let mut both = visit.form.iter().chain(&visit.query);
        both.find(|(known, _)| known == key).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (title, body) = (given("title"), given("body"));
    let status = if problem.is_some() { 422 } else { 200 };
    html(status, &NewIssue { frame: visit.frame("New issue", Some(id), &[]), problem, title, body })
}
