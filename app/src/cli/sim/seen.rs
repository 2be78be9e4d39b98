//! What a delivery means: signals for the engine, made as the server makes them, with what GitHub would be asked about
//! assumed.

use serde_json::Value;
use tfpilot_engine::{
    Actor, CommitSha, Draft, InputsDigest, Person, PullSnapshot, PullState, Review, ReviewVerdict, Signal,
    StackAtHead, TreeReading,
};

use super::world::World;
use crate::github::Account;
use crate::github::webhook::{self, CheckRun, Comment, Event, Issue, Pull, RequestedAction, Webhook};
use crate::requests;
use crate::requests::command;
use crate::store::StreamId;
use crate::worker::actors::person;
use crate::worker::inbox::comments::{Wants, wants};
use crate::worker::inbox::{checks, issues, overrule};
use crate::worker::views;

/// What a delivery leads to.
pub(super) enum Seen {
    /// Nothing, and why.
    Nothing(String),
    /// Signals about a change.
    Signals {
        stream: StreamId,
        signals: Vec<Signal>,
        /// What was assumed for them.
        assumed: Vec<String>,
    },
}

/// Reads a delivery.
pub(super) fn see(world: &mut World, webhook: &Webhook, payload: &Value) -> Seen {
    let Some(repository) = &webhook.repository else {
        return nothing("no repository is in it");
    };
    let mut at = At { world, webhook, repository, payload, assumed: Vec::new() };
    match &webhook.event {
        Event::Issues { issue, .. } => at.issue(issue),
        Event::IssueComment { comment, issue } => at.comment(comment, issue),
        Event::PullRequest { pull, .. } => at.pull(pull),
        Event::PullRequestReview { review, pull } => {
            at.review(review, pull.number);
            at.pull(pull)
        }
        Event::CheckRun { check, pressed } => at.check(check, pressed.as_ref()),
        Event::Push { reference, .. } => at.push(reference),
        _ => nothing("events of this kind decide nothing without GitHub, or nothing at all"),
    }
}

fn nothing(why: &str) -> Seen {
    Seen::Nothing(why.to_owned())
}

/// One delivery, and where it is read.
struct At<'a> {
    world: &'a mut World,
    webhook: &'a Webhook,
    repository: &'a webhook::Repository,
    payload: &'a Value,
    assumed: Vec<String>,
}

impl At<'_> {
    fn signals(self, stream: StreamId, signals: Vec<Signal>) -> Seen {
        Seen::Signals { stream, signals, assumed: self.assumed }
    }

    fn id(&self) -> u64 {
        self.repository.id.0
    }

    fn action(&self) -> Option<&str> {
        self.webhook.action.as_deref()
    }

    fn actor(&mut self, account: &Account) -> Actor {
        let association = association(self.payload, account.id.0);
        let (roles, note) = self.world.roles(account, association, self.repository.private);
        self.assumed.push(note);
        Actor { person: person(account), roles }
    }

    fn issue(mut self, issue: &Issue) -> Seen {
        let Some(sender) = self.webhook.sender.clone().filter(Account::is_person) else {
            return nothing("it was no person");
        };
        let known = self.world.subject(self.id(), issue.number);
        let mut signals = Vec::new();
        if let (Some(stream), false) = (&known, issue.pull_request) {
            let facts = self.world.facts(stream);
            let own = facts.request.as_ref().is_some_and(|request| request.issue == issue.number);
            match self.action() {
                Some("closed") if own => signals.push(Signal::IssueClosed { by: person(&sender) }),
                Some("reopened") if own => signals.push(Signal::IssueReopened { by: person(&sender) }),
                _ => {}
            }
        }
        let read_on = matches!(self.action(), Some("opened" | "edited" | "reopened"));
        let address = issues::address(issue, known.is_some(), &self.world.config, self.repository.private);
        if let Some(address) = address.filter(|_| read_on) {
            let by = self.actor(&sender);
            let (catalog, config) = (&self.world.catalog, &self.world.config);
            let reading = requests::read_as(address, &issue.title, &issue.body, catalog, config);
            signals.push(Signal::IssueRead { number: issue.number, by, reading });
        }
        if signals.is_empty() {
            return nothing("the issue is not for us, or nothing of it that counts has changed");
        }
        let stream = known.unwrap_or_else(|| views::stream_of(self.id(), issue.number));
        self.signals(stream, signals)
    }

    fn comment(mut self, comment: &Comment, issue: &Issue) -> Seen {
        let written = self.action() == Some("created") && comment.performed_via_github_app.is_none();
        let Some(author) = comment.user.clone().filter(|author| author.is_person() && written) else {
            return nothing("only new comments of people count");
        };
        let known = self.world.subject(self.id(), issue.number);
        if issue.pull_request && known.is_none() {
            return nothing("the pull request is not in the recording before it");
        }
        let stream = known.unwrap_or_else(|| views::stream_of(self.id(), issue.number));
        let (facts, lines) = (self.world.facts(&stream), command::parse(&comment.body));
        let request = facts.request.as_ref().filter(|request| request.issue == issue.number);
        let question = request.and_then(|request| Some((&request.draft, request.question.as_ref()?)));
        if lines.is_empty() && question.is_none() {
            return nothing("there is no command in it, and no question is open");
        }
        if !self.world.hears(self.id(), comment.id.0) {
            return nothing("the comment was acted upon before");
        }
        let by = self.actor(&author);
        let written_at = comment.created_at.unwrap_or(self.world.now);
        let (catalog, config) = (&self.world.catalog, &self.world.config);
        let id = comment.id.0;
        let reply = |reading| Signal::ReplyRead { by: by.clone(), comment: id, reading };
        if let (true, Some((draft, question))) = (lines.is_empty(), question) {
            let reading = requests::answer(draft, question, &comment.body, catalog, config);
            return self.signals(stream, vec![reply(reading)]);
        }
        let mut draft = facts.request.as_ref().map_or_else(Draft::default, |request| request.draft.clone());
        let mut signals = Vec::new();
        for line in lines {
            let ask = match wants(line, &facts, &mut draft, catalog, config) {
                Wants::Change(reading) => {
                    signals.push(reply(*reading));
                    continue;
                }
                Wants::Override(order) => overrule::of_teams(&facts, order, Vec::new()),
                Wants::Asks(ask) => ask,
            };
            let (number, comment) = (issue.number, Some(id));
            signals.push(Signal::Asked { number, comment, by: by.clone(), ask, written_at });
        }
        self.signals(stream, signals)
    }

    fn check(mut self, check: &CheckRun, pressed: Option<&RequestedAction>) -> Seen {
        let Some(ask) = checks::asked(self.action(), pressed) else {
            return nothing("no button was pressed");
        };
        let found = checks::parse_external_id(&check.external_id, self.id());
        let sender = self.webhook.sender.clone().filter(Account::is_person);
        let (Some((stream, seen)), Some(sender)) = (found, sender) else {
            return nothing("the check is not one of ours in this repository");
        };
        let facts = self.world.facts(&stream);
        let Some(pull) = &facts.pull else { return nothing("the change is not in the recording before it") };
        let by = self.actor(&sender);
        // The recorded plan has another digest than the assumed one: a button with a plan means the one there is.
        let meant = !seen.is_empty() && facts.round().is_some();
        let written_at = if meant { self.world.now } else { jiff::Timestamp::UNIX_EPOCH };
        let signal = Signal::Asked { number: pull.number, comment: None, by, ask, written_at };
        self.signals(stream, vec![signal])
    }

    fn push(self, reference: &str) -> Seen {
        let default = self.repository.default_branch.as_deref();
        match reference.strip_prefix("refs/heads/") {
            Some(branch) if Some(branch) == default => {
                nothing("the configuration would be read again; here --config is in force throughout")
            }
            _ => nothing("open pull requests into a managed branch would be looked at again"),
        }
    }

    fn review(&mut self, review: &webhook::Review, pull: u64) {
        let verdict = match review.state.to_lowercase().as_str() {
            "approved" => ReviewVerdict::Approved,
            "changes_requested" => ReviewVerdict::ChangesRequested,
            "dismissed" => ReviewVerdict::Dismissed,
            _ => ReviewVerdict::Commented,
        };
        let known = (&review.user, &review.commit_id, review.submitted_at);
        let (Some(user), Some(commit), Some(at)) = known else { return };
        if !user.is_person() {
            return;
        }
        let (by, commit) = (self.actor(user), CommitSha::new(commit.as_str()));
        let review = Review { id: review.id, by: by.person, roles: by.roles, verdict, commit, at };
        self.world.reviewed(self.id(), pull, review);
    }

    fn pull(mut self, pull: &Pull) -> Seen {
        if matches!(self.action(), Some("review_requested" | "review_request_removed")) {
            return nothing("who is asked for a review decides nothing");
        }
        let base = pull.base.reference.as_str();
        let managed = self.manages(base);
        let known = self.world.subject(self.id(), pull.number);
        if known.is_none() && !managed {
            return nothing("it goes into a branch that is not managed");
        }
        let stream = known.or_else(|| self.request_of(pull));
        let stream = stream.unwrap_or_else(|| views::stream_of(self.id(), pull.number));
        let snapshot = self.snapshot(pull, managed);
        let tree = self.tree(&stream, &snapshot);
        self.signals(stream, vec![Signal::PullSeen { pull: snapshot, tree }])
    }

    fn manages(&self, branch: &str) -> bool {
        let branches = &self.world.config.branches;
        match branches.as_slice() {
            [] => self.repository.default_branch.as_deref() == Some(branch),
            branches => branches.iter().any(|name| name == branch),
        }
    }

    /// The request whose branch it is. In a fork anybody gives any name.
    fn request_of(&self, pull: &Pull) -> Option<StreamId> {
        let own = pull.head.repo.as_ref().is_some_and(|home| home.id.0 == self.id());
        let head = own.then_some(pull.head.reference.as_str())?;
        let issue = head.strip_prefix("tfpilot/")?.split('-').next()?.parse().ok()?;
        let stream = self.world.subject(self.id(), issue)?;
        let facts = self.world.facts(&stream);
        let another = facts.pull.as_ref().is_some_and(|known| known.number != pull.number);
        let branch = facts.change.is_some_and(|change| change.branch == head);
        (branch && !another).then_some(stream)
    }

    fn snapshot(&mut self, pull: &Pull, managed: bool) -> PullSnapshot {
        let author = pull.user.as_ref();
        self.assumed.push(format!(
            "#{}: its author wrote all its commits; nothing but what we ask stands against merging it",
            pull.number
        ));
        let (head_repo, base_repo) = (pull.head.repo.as_ref(), pull.base.repo.as_ref());
        PullSnapshot {
            number: pull.number,
            title: pull.title.clone(),
            head: CommitSha::new(pull.head.sha.as_str()),
            head_ref: pull.head.reference.clone(),
            base_ref: pull.base.reference.clone(),
            base: CommitSha::new(pull.base.sha.as_str()),
            state: match pull.state.as_str() {
                _ if pull.merged => PullState::Merged,
                "closed" => PullState::Closed,
                _ => PullState::Open,
            },
            draft: pull.draft,
            fork: head_repo.map(|repo| repo.id) != base_repo.map(|repo| repo.id),
            author: author.map_or_else(|| Person { id: 0, login: "ghost".to_owned() }, person),
            committers: author.filter(|author| author.is_person()).map(person).into_iter().collect(),
            reviews: self.world.reviews(self.id(), pull.number),
            obstacles: Vec::new(),
            managed,
        }
    }

    /// The stacks of a head that was not read before: the request's own, else those that were named.
    fn tree(&mut self, stream: &StreamId, pull: &PullSnapshot) -> Option<TreeReading> {
        let facts = self.world.facts(stream);
        let read = facts.tree.as_ref().is_some_and(|tree| tree.head == pull.head);
        if pull.state != PullState::Open || read {
            return None;
        }
        let paths = match &facts.change {
            Some(change) => vec![change.stack.clone()],
            None => self.world.assumed.stacks.clone(),
        };
        if paths.is_empty() {
            self.assumed.push(format!(
                "#{}: which stacks it touches is not in a delivery, so its head stays unread (name them with --stack)",
                pull.number
            ));
            return None;
        }
        let named: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
        self.assumed.push(format!(
            "#{}: its head touches {}, is admitted, and changes what was planned before",
            pull.number,
            named.join(", ")
        ));
        let stack = |path: tfpilot_engine::StackPath| StackAtHead {
            environment: self.world.rules.environment_of(&path).cloned(),
            path,
            inputs_digest: InputsDigest::new(pull.head.as_str()),
            diverged: false,
        };
        let stacks = paths.into_iter().map(stack).collect();
        Some(TreeReading { head: pull.head.clone(), stacks, findings: Vec::new(), owners: None })
    }
}

/// What GitHub calls an account in this delivery, where it says.
fn association(payload: &Value, id: u64) -> Option<&str> {
    ["comment", "review", "issue", "pull_request"].into_iter().find_map(|key| {
        let part = payload.get(key)?;
        let whose = part.get("user")?.get("id")?.as_u64()?;
        let word = part.get("author_association")?.as_str()?;
        (whose == id).then_some(word)
    })
}
