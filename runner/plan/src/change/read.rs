//! What stands before and after a change, read when somebody looks at it. The head of the change is known by then.

use serde::Deserialize;

use super::{Change, ChangeHead, ResourceChange};
use crate::document::{Plain, Text};
use crate::model::or_default;

impl ResourceChange {
    /// Reads a change whose head was read before. One that could not be read any more would be one of which nothing is
    /// known, and fails closed.
    pub(crate) fn read(text: &Text, head: &ChangeHead) -> Self {
        let known = Self {
            address: head.address.clone(),
            previous_address: head.previous_address.clone(),
            mode: head.mode.clone(),
            kind: head.kind.clone(),
            name: head.name.clone(),
            ..Self::default()
        };
        match serde_json::from_str::<Sides>(text.as_str()) {
            Ok(Sides { change }) => Self {
                module_address: head.module_address.clone(),
                index: head.index.clone(),
                provider_name: head.provider_name.clone(),
                deposed: head.deposed.clone(),
                change: change.into(),
                action_reason: head.action_reason.clone(),
                ..known
            },
            Err(_) => known,
        }
    }
}

/// What a head does not hold.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Sides {
    #[serde(deserialize_with = "or_default")]
    change: Change<Plain>,
}

impl From<Change<Plain>> for Change {
    fn from(change: Change<Plain>) -> Self {
        let paths = |paths: Vec<Vec<Plain>>| {
            paths.into_iter().map(|path| path.into_iter().map(|step| step.0).collect()).collect()
        };
        Self {
            actions: change.actions,
            before: change.before.0,
            after: change.after.0,
            after_unknown: change.after_unknown.0,
            before_sensitive: change.before_sensitive.0,
            after_sensitive: change.after_sensitive.0,
            replace_paths: paths(change.replace_paths),
            importing: change.importing.map(|it| it.0),
            hidden_changes: paths(change.hidden_changes),
        }
    }
}
