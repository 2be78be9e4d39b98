//! Wishes about what requests made before, turned into drafts: the stack as it was asked for, with what shall be otherwise.

use std::collections::BTreeMap;

use tfpilot_engine::{Draft, Edit, EditKind, Reading, Resource, StackPath, Wish};
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::requests::{self, Existing};
use crate::worker::views::ThingRow;

/// What exists, as requests are read among it.
pub(crate) fn of(things: &[ThingRow]) -> Vec<Existing> {
    let of_row = |row: &ThingRow| {
        let environment = row.draft.environment.as_ref().map(|filled| filled.value.to_string());
        let existing = |resource: &Resource| {
            Some(Existing {
                module: resource.module.clone()?,
                name: resource.name.as_ref()?.value.clone(),
                environment: environment.clone()?,
                inputs: inputs(resource),
            })
        };
        row.draft.resources.iter().filter_map(existing).collect::<Vec<_>>()
    };
    things.iter().flat_map(of_row).collect()
}

fn inputs(resource: &Resource) -> BTreeMap<String, serde_json::Value> {
    resource.inputs.iter().map(|(input, filled)| (input.clone(), filled.value.clone())).collect()
}

/// A wish to change or remove one stack becomes a draft; other readings stay.
pub(crate) fn edits(
    reading: Reading,
    rows: &[ThingRow],
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let Reading::Other { wish, environment, things, question } = &reading else { return reading };
    let kind = match wish {
        Wish::Change => EditKind::Change,
        Wish::Remove => EditKind::Remove,
        _ => return reading,
    };
    let is_in =
        |row: &&ThingRow| row.draft.environment.as_ref().map(|filled| &filled.value) == environment.as_ref();
    let named = |thing: &Resource| thing.name.as_ref().map(|name| name.value.clone());
    let has = |row: &ThingRow, thing: &Resource| {
        row.draft.resources.iter().any(|known| known.module == thing.module && named(known) == named(thing))
    };
    let mut rows = rows.iter().filter(is_in).filter(|row| things.iter().all(|thing| has(row, thing)));
    // Several stacks in one pull request are for people to part.
    let Some(row) = rows.next().filter(|_| !things.is_empty()) else { return reading };
    let edit = Edit { request: row.request, stack: StackPath::new(row.stack.as_str()), kind };
    let mut draft = Draft { edits: Some(edit), ..row.draft.clone() };
    if let (EditKind::Change, Some(question)) = (kind, question) {
        return Reading::Asks { draft, question: question.clone() };
    }
    for thing in things {
        let known = draft
            .resources
            .iter_mut()
            .find(|known| known.module == thing.module && named(known) == named(thing));
        if let Some(known) = known {
            known.inputs.extend(thing.inputs.clone());
        }
    }
    requests::check(draft, catalog, config)
}
