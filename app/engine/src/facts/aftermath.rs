//! What applies left: whether the head is what was applied, which stacks are held, and what a person's word settled.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{ApplyStanding, Facts, JobState, Person, PullState, StackAtHead, StackPath, Ticket, TicketState};

/// An approver's word that the default branch may lack what exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Who.
    pub by: Person,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Facts {
    /// True when the head is what was applied: every stack of it was applied as it is there or would not change, and
    /// nothing that was applied is missing.
    pub fn head_is_applied(&self) -> bool {
        let as_applied = |stack: &StackAtHead| {
            self.is_applied(stack) || self.current_plan(stack).is_some_and(|plan| plan.no_changes)
        };
        self.head_is_read() && self.lost_stack().is_none() && self.stacks().iter().all(as_applied)
    }

    /// The first stack that was applied and that the head does not touch any more.
    pub fn lost_stack(&self) -> Option<&StackPath> {
        let touched = |path: &StackPath| self.stacks().iter().any(|stack| stack.path == *path);
        self.applied.keys().find(|path| self.head_is_read() && !touched(path))
    }

    /// True when an open pull request went on after its apply: its head has to be planned and applied like any other.
    pub fn is_overtaken(&self) -> bool {
        let open = self.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open);
        let finished = self.apply_standing() == ApplyStanding::Finished;
        finished && open && self.lost_stack().is_none() && !self.head_is_applied()
    }

    fn is_applied(&self, stack: &StackAtHead) -> bool {
        self.last_spent(&stack.path).is_some_and(|ticket| {
            ticket.inputs_digest == stack.inputs_digest
                && self.job(ticket.job).is_some_and(|(_, job)| job.state == JobState::Done)
        })
    }

    /// The ticket that was spent last for a stack.
    pub fn last_spent(&self, stack: &StackPath) -> Option<&Ticket> {
        let spent = |ticket: &Ticket| match ticket.state {
            TicketState::Spent { at } => Some(at),
            _ => None,
        };
        let tickets = self.tickets_of(stack);
        tickets.filter_map(|ticket| Some((spent(ticket)?, ticket))).max_by_key(|(at, _)| *at).map(|(_, t)| t)
    }

    /// True when Terraform was started for this change, whatever came of it.
    pub fn was_started(&self) -> bool {
        self.tickets.values().any(|ticket| matches!(ticket.state, TicketState::Spent { .. }))
    }

    /// Stacks this change holds: from the ticket until the merge, longer when nobody knows, and until somebody accepts
    /// it where the pull request is closed.
    pub fn held_stacks(&self) -> BTreeSet<&StackPath> {
        let merged = self.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
        if self.merged.is_some() || merged {
            return BTreeSet::new();
        }
        let holds = |ticket: &&Ticket| {
            !matches!(ticket.state, TicketState::Void { .. }) && !self.released.contains(&ticket.id)
        };
        self.tickets.values().filter(holds).map(|ticket| &ticket.stack).collect()
    }
}
