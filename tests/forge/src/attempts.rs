//! Owns: what a visitor can have tried by a button on a repository's page, though no person at GitHub could do it alone:
//! which attempts are offered, which one is under way, and where its outcome is seen. Leaves doing it to who plays the
//! world: the demo.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::rest::Reject;
use crate::{Forge, ForgeError};

/// Something that can be tried.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its name in addresses.
    pub id: String,
    /// What its button says.
    pub label: String,
    /// What happens then.
    pub text: String,
}

/// An attempt that somebody asked for.
#[derive(Debug)]
pub struct Asked {
    /// Which one.
    pub id: String,
    ticket: usize,
}

/// The issue or pull request where the outcome is seen, or why there is none.
pub(crate) type Outcome = Result<u64, String>;

/// What is offered, and what was asked for so far.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    repo: u64,
    offered: Vec<Attempt>,
    asks: Option<UnboundedSender<Asked>>,
    asked: Vec<(Attempt, Option<Outcome>)>,
}

impl Attempts {
    /// What can be tried in a repository.
    pub(crate) fn offered(&self, repo: u64) -> &[Attempt] {
        if repo == self.repo { &self.offered } else { &[] }
    }

    /// Asks for an attempt; the ticket says which one it is. While one is under way, it is that one: they share a world.
    pub(crate) fn ask(&mut self, repo: u64, id: &str) -> Result<usize, Reject> {
        let known = self.offered(repo).iter().find(|attempt| attempt.id == id).cloned();
        let (attempt, ticket) = (known.ok_or_else(Reject::not_found)?, self.asked.len());
        if let Some((_, None)) = self.asked.last() {
            return Ok(ticket.saturating_sub(1));
        }
        let ask = Asked { id: attempt.id.clone(), ticket };
        let taken = self.asks.as_ref().is_some_and(|asks| asks.send(ask).is_ok());
        taken.then_some(()).ok_or_else(|| Reject::new(503, "nobody plays this world any more"))?;
        self.asked.push((attempt, None));
        Ok(ticket)
    }

    /// What was asked for with a ticket, and what came of it so far.
    pub(crate) fn of_ticket(&self, repo: u64, ticket: u64) -> Result<(&Attempt, Option<&Outcome>), Reject> {
        let found = usize::try_from(ticket).ok().filter(|_| repo == self.repo);
        let (attempt, outcome) = found.and_then(|at| self.asked.get(at)).ok_or_else(Reject::not_found)?;
        Ok((attempt, outcome.as_ref()))
    }
}

impl Forge {
    /// Offers attempts as buttons on a repository's page; what is asked for comes out here.
    pub fn offer(&self, repo: &str, attempts: Vec<Attempt>) -> Result<UnboundedReceiver<Asked>, ForgeError> {
        let (asks, asked) = unbounded_channel();
        self.world("offering attempts", |world| {
            let repo = world.named(repo)?.id;
            world.attempts = Attempts { repo, offered: attempts, asks: Some(asks), asked: Vec::new() };
            Ok(asked)
        })
    }

    /// Says where the outcome of an attempt is seen, or why there is none.
    pub fn attempted(&self, asked: &Asked, outcome: Result<u64, String>) {
        if let Some((_, slot)) = self.inner.shared.world().attempts.asked.get_mut(asked.ticket) {
            *slot = Some(outcome);
        }
    }
}
