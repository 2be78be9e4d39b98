//! Owns: what the forms do: a person's verbs, with that person's permissions, then back to the page.

use axum::body::Body;
use axum::response::Response;

use crate::rest::Reject;
use crate::state::Permission;
use crate::state::issue::IssueEdit;
use crate::state::merge::Merge;

use super::{Page, Visit, attempt, forms, go, home, read, thread};

/// Does what a form asks.
pub(crate) fn post(visit: &mut Visit<'_>, parts: &[&str]) -> Page {
    match parts {
        ["you"] => switch(visit),
        [owner, name, "issues", "new"] => {
            let repo = visit.repo(owner, name)?;
            open(visit, repo)
        }
        [owner, name, "attempts", id] => {
            let repo = visit.repo(owner, name)?;
            attempt::start(visit, repo, id)
        }
        [owner, name, "issues" | "pull", number, verb] => {
            let (repo, number) = (visit.repo(owner, name)?, read(number)?);
            match run(visit, repo, number, verb) {
                Ok(()) => go(&format!("/{owner}/{name}/issues/{number}")),
                Err(reject) if reject.status == 404 => Err(reject),
                Err(reject) => thread::show(visit, repo, number, Some(&said(&reject))),
            }
        }
        [owner, name, "actions", "runs", id, verb @ ("cancel" | "rerun")] => {
            let (repo, id) = (visit.repo(owner, name)?, read(id)?);
            visit.needs(repo, Permission::Write)?;
            if *verb == "cancel" {
                visit.world.cancel_run(repo, id)?
            } else {
                visit.world.rerun(repo, id)?
            }
            go(&format!("/{owner}/{name}/actions/runs/{id}"))
        }
        [owner, name, "runs", id, "press", button] => {
            let (repo, id) = (visit.repo(owner, name)?, read(id)?);
            visit.needs(repo, Permission::Write)?;
            visit.world.press(repo, id, visit.you, button)?;
            let back = visit.query.iter().find(|(key, _)| key == "back").map(|(_, value)| value.clone());
            go(&back.unwrap_or_else(|| format!("/{owner}/{name}/runs/{id}")))
        }
        _ => Err(Reject::not_found()),
    }
}

fn said(reject: &Reject) -> String {
    let details = reject.errors.iter().filter_map(|error| {
        error.as_str().or_else(|| error.get("message")?.as_str()).or_else(|| error.get("code")?.as_str())
    });
    std::iter::once(reject.message.trim()).chain(details).collect::<Vec<_>>().join(": ")
}

fn switch(visit: &mut Visit<'_>) -> Page {
    let login = visit.world.login(visit.field("you"))?.login.clone();
    let mut response: Response = go(visit.field("back"))?;
    let cookie = format!("you={login}; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(value) = cookie.parse() {
        response.headers_mut().insert(http::header::SET_COOKIE, value);
    }
    *response.body_mut() = Body::empty();
    Ok(response)
}

fn open(visit: &mut Visit<'_>, repo: u64) -> Page {
    let template = visit.query.iter().find(|(key, _)| key == "template").map(|(_, file)| file.clone());
    if let Some(file) = template {
        return open_form(visit, repo, &file);
    }
    let (title, body) = (visit.field("title").to_owned(), lines(visit.field("body")));
    match visit.world.open_issue(repo, visit.you, &title, Some(&body)) {
        Ok(number) => {
            let name = visit.world.full_name(visit.world.repo(repo)?);
            go(&format!("/{name}/issues/{number}"))
        }
        Err(reject) => home::new_issue(visit, repo, Some(said(&reject))),
    }
}

fn open_form(visit: &mut Visit<'_>, repo: u64, file: &str) -> Page {
    let title = visit.field("title").to_owned();
    let opened = forms::answered(visit, repo, file).and_then(|(body, labels)| {
        visit.world.open_issue_labelled(repo, visit.you, &title, Some(&body), &labels)
    });
    match opened {
        Ok(number) => {
            let name = visit.world.full_name(visit.world.repo(repo)?);
            go(&format!("/{name}/issues/{number}"))
        }
        Err(reject) if reject.status == 404 => Err(reject),
        Err(reject) => forms::show(visit, repo, file, Some(said(&reject))),
    }
}

/// Browsers send line ends as `\r\n`; GitHub keeps them, tests and people do not want to see them.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn run(visit: &mut Visit<'_>, repo: u64, number: u64, verb: &str) -> Result<(), Reject> {
    let you = visit.you;
    let author = visit.world.issue(repo, number)?.author;
    let body = lines(visit.field("body"));
    let edit = match verb {
        "comment" => return visit.world.comment(repo, number, you, &body).map(drop),
        "review" => {
            let event = visit.field("event").to_owned();
            return visit.world.review(repo, number, you, &event, &body, None).map(drop);
        }
        "ready" => {
            if author != you {
                visit.needs(repo, Permission::Write)?;
            }
            return visit.world.set_draft(repo, number, you, false);
        }
        "merge" => {
            visit.needs(repo, Permission::Write)?;
            let how = Merge { method: "merge", sha: None, title: None, message: None };
            return visit.world.merge(repo, number, you, &how).map(drop);
        }
        "close" => IssueEdit { open: Some(false), ..IssueEdit::default() },
        "reopen" => IssueEdit { open: Some(true), ..IssueEdit::default() },
        "edit" => {
            let title = Some(visit.field("title").to_owned());
            IssueEdit { title, body: Some(Some(body)), ..IssueEdit::default() }
        }
        _ => return Err(Reject::not_found()),
    };
    if author != you {
        visit.needs(repo, Permission::Triage)?;
    }
    visit.world.edit_issue(repo, number, you, edit)
}
