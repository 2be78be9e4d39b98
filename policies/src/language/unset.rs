//! What is not set: whether the code leaves it out, and what that comes to.

use tfpilot_hcl::Value;

use super::compare::Found;
use super::expression::Reached;
use super::path::{Path, Root, Step};
use super::reach::Asked;
use super::steps::walk;
use crate::Truth;

impl Asked<'_, '_, '_> {
    /// The same, with what is so where nothing is set: where the value is null, and where the provider will choose one
    /// because the code leaves it out.
    pub(super) fn reach_or(&self, path: &Path, default: &Value) -> Reached {
        let mut reached = Reached::default();
        match &path.root {
            Root::Related(relation) => self.related(relation, path, Some(default), &mut reached),
            _ => {
                reached = self.reach(path);
                self.fill_in(path, default, &mut reached);
            }
        }
        reached
    }

    /// Puts the default in the place of what is not set: of an argument, and of one in a block that is left out when the
    /// path leads to the one block, as `metadata_options.http_tokens` does. `ebs_block_device[*].encrypted` is asked of the
    /// blocks that there are.
    pub(super) fn fill_in(&self, path: &Path, default: &Value, reached: &mut Reached) {
        let left_out = || Found { value: default.clone(), there: Truth::False, at_least: false };
        for found in reached.found.iter_mut().filter(|found| found.value == Value::Null) {
            *found = left_out();
        }
        // Of what is there already, the provider may know another value than the one it begins with.
        let begins = matches!(self, Self::Resource(subject) if subject.begins());
        let Some(written) = self.written_at(path).filter(|_| begins) else { return };
        if reached.open && reached.found.is_empty() && !written.open && written.found.is_empty() {
            // A list that is left out has no entries.
            *reached = Reached::default();
        }
        if written.open || written.found.len() != reached.found.len() {
            return;
        }
        for (found, written) in reached.found.iter_mut().zip(&written.found) {
            if found.value == Value::Unknown && written.there == Truth::False && written.value == Value::Null
            {
                *found = left_out();
            }
        }
    }

    /// Whether a value within a block that is not known is set all the same, as the code tells.
    pub(super) fn see_what_is_set(&self, path: &Path, reached: &mut Reached) {
        let is_open = |found: &Found| found.there == Truth::Unknown;
        if path.steps.len() < 2 || !reached.found.iter().any(is_open) {
            return;
        }
        let Some(written) = self.written_at(path) else { return };
        if written.open || written.found.len() != reached.found.len() {
            return;
        }
        for (found, written) in reached.found.iter_mut().zip(written.found) {
            if is_open(found) {
                found.there = written.there;
            }
        }
    }

    /// What the code writes at a place of the resource; none where it cannot be told.
    pub(super) fn written_at(&self, path: &Path) -> Option<Reached> {
        let (Self::Resource(subject), Root::After) = (self, &path.root) else { return None };
        let (Step::Member(name), rest) = path.steps.split_first()? else { return None };
        // Without the code, a block that another one makes looks as if it were left out.
        if subject.is_going() || (subject.written().is_none() && !rest.is_empty()) {
            return None;
        }
        let mut reached = Reached { written: true, ..Reached::default() };
        let written = match subject.written_as_planned(name) {
            Some(value) => Found { there: Truth::True, ..Found::of(value) },
            None => self.config(name),
        };
        walk(&written, rest, &mut reached);
        Some(reached)
    }
}
