//! Owns: the pages people click through: who looks, which page a path is, and what a form does. Plain HTML, no script.
//! One file a page; the templates and their style lie in `templates/`.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::Method;

use crate::rest::serve::Incoming;
use crate::rest::{Reject, pairs, unquoted};
use crate::server::plain;
use crate::state::{Permission, Repo, World};

mod act;
mod attempt;
mod check;
mod forms;
mod home;
pub(crate) mod markdown;
mod run;
mod text;
mod thread;

/// What every page shows around its content.
pub(crate) struct Frame {
    pub(crate) title: String,
    /// Steps from the start: name, address.
    pub(crate) path: Vec<(String, String)>,
    /// The parts of the repository; none outside of one.
    pub(crate) tabs: Vec<Tab>,
    pub(crate) you: String,
    pub(crate) people: Vec<String>,
    pub(crate) here: String,
}

/// A part of a repository, in the bar below its name.
pub(crate) struct Tab {
    pub(crate) name: &'static str,
    pub(crate) href: String,
    /// How many are open.
    pub(crate) count: Option<usize>,
    pub(crate) current: bool,
}

/// One request for a page.
pub(crate) struct Visit<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) you: u64,
    pub(crate) here: String,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
}

/// What a page comes to.
pub(crate) type Page = Result<Response, Reject>;

/// How all pages look.
const STYLE: &str = include_str!("../../templates/style.css");

/// The forge's sign, and everybody's avatar.
const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><rect width=\"8\" height=\"8\" rx=\"1.5\" fill=\"#57606a\"/></svg>";

/// The cookie that says who looks.
const COOKIE: &str = "you";

/// Answers a request for a page.
pub(crate) fn answer(world: &mut World, request: &Incoming) -> Response {
    let cookies =
        request.headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut named = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let login = named.find(|(name, _)| *name == COOKIE).map_or("alice", |(_, value)| value).to_owned();
    let you = world.login(&login).map_or(1001, |account| account.id);
    let body =
        if request.method == Method::POST { String::from_utf8_lossy(&request.body) } else { "".into() };
    let form = pairs(&body);
    let query = pairs(&request.query);
    let mut visit = Visit { world, you, here: request.path.clone(), form, query };
    let parts: Vec<String> =
        request.path.split('/').filter(|part| !part.is_empty()).map(|part| unquoted(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let done =
        if request.method == Method::POST { act::post(&mut visit, &parts) } else { get(&mut visit, &parts) };
    done.unwrap_or_else(|reject| problem(&mut visit, &reject))
}

fn get(visit: &mut Visit<'_>, parts: &[&str]) -> Page {
    match parts {
        [] => home::index(visit),
        ["avatars", _] | ["icon.svg"] => Ok(fixed("image/svg+xml", ICON)),
        ["style.css"] => Ok(fixed("text/css; charset=utf-8", STYLE)),
        [owner, name, rest @ ..] => {
            let repo = visit.repo(owner, name)?;
            match rest {
                [] => home::repo(visit, repo),
                ["issues"] => home::issues(visit, repo),
                ["pulls"] => home::pulls(visit, repo),
                ["issues", "new"] => new_issue(visit, repo),
                ["issues" | "pull", number] => thread::show(visit, repo, read(number)?, None),
                ["attempts", ticket] => attempt::show(visit, repo, read(ticket)?),
                ["actions"] => run::list(visit, repo),
                ["actions", "runs", id, ..] => run::show(visit, repo, read(id)?),
                ["runs", id] => check::show(visit, repo, read(id)?),
                ["blob" | "tree", at, path @ ..] => text::file(visit, repo, at, &path.join("/")),
                ["raw", at, path @ ..] => text::raw(visit, repo, at, &path.join("/")),
                ["commit", sha] => text::commit(visit, repo, sha),
                _ => Err(Reject::not_found()),
            }
        }
        _ => Err(Reject::not_found()),
    }
}

/// A form that is named, a blank issue where one is asked for or begun, else the list to choose from.
fn new_issue(visit: &mut Visit<'_>, repo: u64) -> Page {
    let given =
        |key: &str| visit.query.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
    if let Some(file) = given("template") {
        return forms::show(visit, repo, &file, None);
    }
    let is_begun = ["blank", "title", "body"].iter().any(|key| given(key).is_some());
    if !is_begun && forms::any(visit, repo) {
        return forms::choose(visit, repo);
    }
    home::new_issue(visit, repo, None)
}

/// A number in a path.
pub(crate) fn read(text: &str) -> Result<u64, Reject> {
    text.parse().map_err(|_| Reject::not_found())
}

impl Visit<'_> {
    /// A repository, if the person may see it.
    pub(crate) fn repo(&self, owner: &str, name: &str) -> Result<u64, Reject> {
        let repo = self.world.named(&format!("{owner}/{name}"))?;
        let may = self.world.permission(repo, self.you) >= Permission::Read;
        may.then_some(repo.id).ok_or_else(Reject::not_found)
    }

    /// Refuses who may not do a thing.
    pub(crate) fn needs(&self, repo: u64, least: Permission) -> Result<(), Reject> {
        let may = self.world.permission(self.world.repo(repo)?, self.you) >= least;
        let refused =
            || Reject::new(403, &format!("{} needs {} permission for this", self.login(), least.role()));
        may.then_some(()).ok_or_else(refused)
    }

    /// Who looks.
    pub(crate) fn login(&self) -> String {
        self.world.login_of(self.you)
    }

    /// A field of the form.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// What stands around a page below a repository.
    pub(crate) fn frame(&self, title: &str, repo: Option<u64>, more: &[(&str, String)]) -> Frame {
        let mut path = Vec::new();
        let (mut whole, mut tabs) = (title.to_owned(), Vec::new());
        if let Some(repo) = repo.and_then(|id| self.world.repo(id).ok()) {
            let name = self.world.full_name(repo);
            whole = if title == name { name.clone() } else { format!("{title} · {name}") };
            path.push((name.clone(), format!("/{name}")));
            tabs = self.tabs(repo, &name);
        }
        path.extend(more.iter().map(|(name, href)| ((*name).to_owned(), href.clone())));
        let kinds =
            self.world.accounts.values().filter(|account| account.kind == crate::state::AccountKind::User);
        let people = kinds.map(|account| account.login.clone()).collect();
        let title = format!("{whole} · Forge");
        Frame { title, path, tabs, you: self.login(), people, here: self.here.clone() }
    }

    fn tabs(&self, repo: &Repo, name: &str) -> Vec<Tab> {
        let root = format!("/{name}");
        let part = self.here.strip_prefix(&root).unwrap_or_default().split('/').nth(1).unwrap_or_default();
        let open = |pull: bool| {
            repo.issues.values().filter(|issue| issue.open && issue.pull.is_some() == pull).count()
        };
        let tab = |name, href: &str, count, parts: &[&str]| Tab {
            name,
            href: format!("{root}{href}"),
            count,
            current: parts.contains(&part),
        };
        vec![
            tab("Overview", "", None, &["", "attempts", "blob", "tree", "commit"]),
            tab("Issues", "/issues", Some(open(false)), &["issues"]),
            tab("Pull requests", "/pulls", Some(open(true)), &["pull", "pulls", "runs"]),
            tab("Runs", "/actions", None, &["actions"]),
        ]
    }
}

/// A template as a response.
pub(crate) fn html(status: u16, template: &impl Template) -> Page {
    let text = template.render().map_err(|error| Reject::new(500, &format!("a page failed: {error}")))?;
    let response = Response::builder()
        .status(status)
        .header("Content-Type", "text/html; charset=utf-8")
        .header(
            "Content-Security-Policy",
            // A label's colour stands in its element.
            "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; form-action 'self'",
        )
        .header("X-Content-Type-Options", "nosniff");
    Ok(response.body(Body::from(text)).unwrap_or_default())
}

/// Goes to another page of the forge.
pub(crate) fn go(to: &str) -> Page {
    // Only paths of this host: `//elsewhere` is another one.
    let to = if to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') { to } else { "/" };
    let response = Response::builder().status(303).header("Location", to);
    Ok(response.body(Body::empty()).unwrap_or_else(|_| plain(303, "")))
}

fn problem(visit: &mut Visit<'_>, reject: &Reject) -> Response {
    let details: Vec<String> = reject.errors.iter().map(ToString::to_string).collect();
    let title = format!("{}: {}", reject.status, reject.message);
    let frame = visit.frame(&title, None, &[]);
    let note = match reject.status {
        404 => format!("Nothing is here, or {} may not see it.", visit.login()),
        _ => details.join(" "),
    };
    let page = text::TextPage { frame, title, note, lines: Vec::new() };
    html(reject.status, &page).unwrap_or_else(|_| plain(reject.status, &reject.message))
}

/// What is the same for everybody.
fn fixed(kind: &'static str, text: &'static str) -> Response {
    Response::builder().header("Content-Type", kind).body(Body::from(text)).unwrap_or_default()
}
