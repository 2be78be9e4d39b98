//! Owns: a thread in plain text, as a person sees it; what a failing test prints.

use crate::rest::Reject;
use crate::state::{Reaction, World};
use crate::{Forge, ForgeError};

impl Forge {
    /// A thread as a person sees it: title, labels, text, comments, reviews, checks. Its comments count as read.
    pub fn thread(&self, repo: &str, number: u64) -> Result<String, ForgeError> {
        self.comments(repo, number)?;
        self.world(&format!("printing {repo}#{number}"), |world| {
            let home = world.named(repo)?.id;
            print(world, home, number)
        })
    }
}

fn print(world: &World, repo: u64, number: u64) -> Result<String, Reject> {
    let issue = world.issue(repo, number)?;
    let state = match &issue.pull {
        Some(pull) if pull.merged.is_some() => "merged",
        Some(pull) if pull.draft => "draft",
        _ if issue.open => "open",
        _ => "closed",
    };
    let labels: String = issue.labels.iter().map(|label| format!(" [{label}]")).collect();
    let mut out = format!("#{number} {} ({state}){labels}\n", issue.title);
    if let Some(pull) = &issue.pull {
        out.push_str(&format!("{} -> {}\n", pull.head_ref, pull.base_ref));
    }
    say(world, &mut out, issue.author, "", issue.body.as_deref().unwrap_or_default(), &issue.reactions);
    // Comments and reviews in the order in which they were made: ids only grow.
    let mut parts: Vec<(u64, String)> = Vec::new();
    for comment in &issue.comments {
        let mut text = String::new();
        let hidden = comment.minimized.as_ref().map(|why| format!(" (hidden: {why})")).unwrap_or_default();
        say(world, &mut text, comment.author, &hidden, &comment.body, &comment.reactions);
        parts.push((comment.id, text));
    }
    for review in issue.pull.iter().flat_map(|pull| &pull.reviews) {
        let mut text = String::new();
        let what = format!(" ({})", review.state.to_lowercase().replace('_', " "));
        say(world, &mut text, review.author, &what, &review.body, &[]);
        parts.push((review.id, text));
    }
    parts.sort_by_key(|(id, _)| *id);
    parts.iter().for_each(|(_, text)| out.push_str(text));
    if let Some(pull) = &issue.pull {
        for run in world.latest_checks(repo, &pull.head_sha) {
            let state = run.conclusion.as_deref().unwrap_or(&run.status);
            let title = run.output.title.as_deref().unwrap_or_default();
            let buttons: String = run.actions.iter().map(|action| format!(" [{}]", action.label)).collect();
            out.push_str(&format!("check {}: {state} {title}{buttons}\n", run.name));
        }
    }
    Ok(out)
}

fn say(world: &World, out: &mut String, who: u64, note: &str, text: &str, reactions: &[Reaction]) {
    out.push_str(&format!("{}{note}:\n", world.login_of(who)));
    for line in text.lines() {
        out.push_str(&format!("  {line}\n"));
    }
    if !reactions.is_empty() {
        let all: Vec<String> =
            reactions.iter().map(|r| format!("{} {}", r.content, world.login_of(r.user))).collect();
        out.push_str(&format!("  ({})\n", all.join(", ")));
    }
}
