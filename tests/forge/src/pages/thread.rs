//! Owns: the page of an issue or pull request: its text, comments and reviews in order, checks with their buttons, files.

use askama::Template;
use jiff::Timestamp;

use crate::clock::{shown, written};
use crate::diff::FileDiff;
use crate::state::{AccountKind, CheckRun, Reaction, World};

use super::home::state;
use super::markdown::{Offer, offers, render};
use super::text::classes;
use super::{Frame, Page, Visit, html};

struct Part {
    anchor: String,
    author: String,
    initial: String,
    bot: bool,
    what: String,
    /// When, for machines and for people.
    at: String,
    when: String,
    /// Empty where somebody only did something.
    html: String,
    hidden: Option<String>,
    reactions: Vec<(String, String)>,
    offers: Vec<Button>,
}

/// An answer that a comment offers.
struct Button {
    label: String,
    /// What is posted.
    body: String,
    /// Where it is posted.
    action: String,
    /// True where a person completes it first.
    gap: bool,
}

struct Check {
    href: String,
    name: String,
    class: &'static str,
    state: String,
    title: String,
    buttons: Vec<(String, String, String)>,
}

struct File {
    path: String,
    status: &'static str,
    additions: u64,
    deletions: u64,
    lines: Vec<(&'static str, String)>,
    open: bool,
}

/// Files with up to so many changed lines are shown at once; a vendored module is not.
const OPEN_LINES: usize = 80;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    frame: Frame,
    here: String,
    title: String,
    number: u64,
    state: &'static str,
    /// From which branch into which.
    way: Option<(String, String)>,
    labels: Vec<(String, String)>,
    problem: Option<String>,
    parts: Vec<Part>,
    checks: Vec<Check>,
    pull: bool,
    open: bool,
    draft: bool,
    /// True for a pull request of the person who looks: nobody approves that one.
    own: bool,
    files: Vec<File>,
    body: String,
}

/// Shows a thread, with what went wrong when something did.
pub(crate) fn show(visit: &mut Visit<'_>, repo: u64, number: u64, problem: Option<&str>) -> Page {
    let world = &visit.world;
    let name = world.full_name(world.repo(repo)?);
    let issue = world.issue(repo, number)?;
    let page = format!("/{name}");
    let kind = if issue.pull.is_some() { "pull" } else { "issues" };
    let here = format!("{page}/{kind}/{number}");
    let body = issue.body.clone().unwrap_or_default();
    let mut first = Part::new(world, issue.author, "opened this", issue.created);
    first.anchor = format!("issue-{}", issue.id);
    first.html = if body.trim().is_empty() { "<p>No description.</p>".into() } else { render(&body, &page) };
    first.reactions = visit.reactions(&issue.reactions);
    let mut parts = vec![(issue.id, first)];
    for comment in &issue.comments {
        let edited = if comment.updated > comment.created { "commented, edited" } else { "commented" };
        // What is settled offers nothing any more.
        let offering = comment.author == world.app.bot && comment.minimized.is_none();
        let offered = offers(&comment.body).into_iter().filter(|_| offering);
        let post = |number: u64| format!("{page}/issues/{number}/comment");
        let part = Part {
            anchor: format!("issuecomment-{}", comment.id),
            html: render(&comment.body, &page),
            hidden: comment.minimized.clone(),
            reactions: visit.reactions(&comment.reactions),
            offers: offered.map(|offer| button(offer, &post, number)).collect(),
            ..Part::new(world, comment.author, edited, comment.created)
        };
        parts.push((comment.id, part));
    }
    for review in issue.pull.iter().flat_map(|pull| &pull.reviews) {
        let short = review.commit.get(..7).unwrap_or_default();
        let what = format!("{} {short}", review.state.to_lowercase().replace('_', " "));
        let part = Part {
            anchor: format!("pullrequestreview-{}", review.id),
            html: render(&review.body, &page),
            ..Part::new(world, review.author, &what, review.submitted)
        };
        parts.push((review.id, part));
    }
    // Ids only grow, and the issue is older than all that hangs on it.
    parts.sort_by_key(|(id, _)| *id);
    let head = issue.pull.as_ref().map(|pull| pull.head_sha.clone());
    let runs = head.as_deref().map(|sha| world.latest_checks(repo, sha)).unwrap_or_default();
    let checks = runs.into_iter().map(|run| check(&page, &here, run)).collect();
    let files = world.pull_files(repo, number).into_iter().map(file).collect();
    let page = ThreadPage {
        frame: visit.frame(
            &format!("{} #{number}", issue.title),
            Some(repo),
            &[(&format!("#{number}"), here.clone())],
        ),
        here,
        title: issue.title.clone(),
        number,
        state: state(issue),
        way: issue.pull.as_ref().map(|pull| (pull.head_ref.clone(), pull.base_ref.clone())),
        labels: visit.labels(repo, issue),
        problem: problem.map(str::to_owned),
        parts: parts.into_iter().map(|(_, part)| part).collect(),
        checks,
        pull: issue.pull.is_some(),
        open: issue.open,
        draft: issue.pull.as_ref().is_some_and(|pull| pull.draft),
        own: issue.author == visit.you,
        files,
        body,
    };
    html(if problem.is_some() { 422 } else { 200 }, &page)
}

fn button(offer: Offer, post: &impl Fn(u64) -> String, here: u64) -> Button {
    let (action, gap) = (post(offer.number.unwrap_or(here)), offer.has_gap());
    Button { label: offer.label, body: offer.command.replace('…', ""), action, gap }
}

impl Part {
    /// Somebody does something.
    fn new(world: &World, who: u64, what: &str, at: Timestamp) -> Part {
        let login = world.login_of(who);
        let author = login.trim_end_matches("[bot]").to_owned();
        let bot = world.accounts.get(&who).is_some_and(|account| account.kind == AccountKind::Bot);
        Part {
            anchor: String::new(),
            initial: author.chars().take(1).collect(),
            author,
            bot,
            what: what.to_owned(),
            at: written(at),
            when: shown(at),
            html: String::new(),
            hidden: None,
            reactions: Vec::new(),
            offers: Vec::new(),
        }
    }
}

impl Visit<'_> {
    fn reactions(&self, reactions: &[Reaction]) -> Vec<(String, String)> {
        reactions.iter().map(|r| (r.content.clone(), self.world.login_of(r.user))).collect()
    }
}

/// A check's state in a word, and its colour.
pub(crate) fn check_state(run: &CheckRun) -> (String, &'static str) {
    let class = match run.conclusion.as_deref() {
        Some("success") => "good",
        Some("failure" | "timed_out" | "cancelled" | "action_required") => "bad",
        Some(_) => "soft",
        None => "wait",
    };
    (run.conclusion.clone().unwrap_or_else(|| run.status.clone()).replace('_', " "), class)
}

/// The buttons of a check: label, description, where they post to.
pub(crate) fn buttons(page: &str, back: &str, run: &CheckRun) -> Vec<(String, String, String)> {
    let post = |identifier: &str| {
        let (button, back) = (crate::rest::quoted(identifier), crate::rest::quoted(back));
        format!("{page}/runs/{}/press/{button}?back={back}", run.id)
    };
    let actions = run.actions.iter();
    actions
        .map(|action| (action.label.clone(), action.description.clone(), post(&action.identifier)))
        .collect()
}

fn check(page: &str, here: &str, run: &CheckRun) -> Check {
    let (state, class) = check_state(run);
    Check {
        href: format!("{page}/runs/{}", run.id),
        name: run.name.clone(),
        class,
        state,
        title: run.output.title.clone().unwrap_or_default(),
        buttons: buttons(page, here, run),
    }
}

fn file(diff: FileDiff) -> File {
    let lines = classes(diff.patch.as_deref().unwrap_or("binary file"));
    let open = lines.len() <= OPEN_LINES;
    let (additions, deletions) = (diff.additions, diff.deletions);
    File { path: diff.path, status: diff.status, additions, deletions, lines, open }
}
