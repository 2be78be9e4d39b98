//! Wishes about what requests made before, turned into drafts: the stack as it was asked for, with what shall be otherwise.

use std::collections::BTreeMap;

use tfpilot_engine::{
    Draft, Edit, EditKind, EnvironmentName, Filled, Known, Reading, Resource, Source, StackPath, Upgrade,
    Wish,
};
use tfpilot_modules::{Catalog, differences};

use crate::config::RepositoryConfig;
use crate::requests::{self, Existing};
use crate::worker::views::ThingRow;

/// Things named in one answer.
const MOST_KNOWN: usize = 50;

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

/// The modules as a stack has them, and as a new one would get them.
#[derive(Clone, Copy)]
pub(crate) struct Versions<'c> {
    pub(crate) pinned: &'c Catalog,
    pub(crate) today: &'c Catalog,
}

/// The one stack that a wish is about: its modules are needed in the versions that it has.
pub(crate) fn of_one<'r>(reading: &Reading, rows: &'r [ThingRow]) -> Option<&'r ThingRow> {
    let Reading::Other { wish, environment, things, .. } = reading else { return None };
    let is_wanted = |row: &&ThingRow| match wish {
        Wish::Change | Wish::Remove | Wish::Upgrade => environment_of(row) == environment.as_ref(),
        Wish::Promote => environment.is_some() && environment_of(row) != environment.as_ref(),
        Wish::Question | Wish::Import | Wish::RollBack | Wish::Help => false,
    };
    let mut found = rows.iter().filter(is_wanted).filter(|row| things.iter().all(|thing| has(row, thing)));
    let first = found.next().filter(|_| !things.is_empty())?;
    // Which of two is promoted is not said.
    (*wish != Wish::Promote || found.next().is_none()).then_some(first)
}

/// Whether a stack gets the catalog's versions.
pub(crate) fn upgrades(reading: &Reading) -> bool {
    let (Reading::Complete { draft } | Reading::Asks { draft, .. }) = reading else { return false };
    draft.edits.as_ref().is_some_and(|edit| edit.kind == EditKind::Upgrade)
}

/// A wish to change, remove, promote or upgrade one stack becomes a draft; other readings stay.
pub(crate) fn edits(
    reading: Reading,
    rows: &[ThingRow],
    versions: &Versions<'_>,
    config: &RepositoryConfig,
) -> Reading {
    let catalog = versions.pinned;
    let Reading::Other { wish, things, question, .. } = &reading else { return reading };
    let kind = match wish {
        Wish::Change => EditKind::Change,
        Wish::Remove => EditKind::Remove,
        Wish::Promote => return promoted(reading, rows, catalog, config),
        Wish::Upgrade => return upgraded(reading, rows, versions, config),
        _ => return with_known(reading, rows),
    };
    // Several stacks in one pull request are for people to part.
    let Some(row) = of_one(&reading, rows) else { return with_known(reading, rows) };
    // A removal must not take along what nobody named.
    let part = kind == EditKind::Remove && !names_all(things, row);
    let kind = if part { EditKind::RemovePart } else { kind };
    let edit = Edit::new(row.request, StackPath::new(row.stack.as_str()), kind);
    let mut draft = Draft { edits: Some(edit), ..settled(&row.draft) };
    if let (EditKind::RemovePart, Some(edit)) = (kind, &mut draft.edits) {
        edit.before = std::mem::take(&mut draft.resources);
        let stays = |known: &&Resource| !things.iter().any(|thing| is_same(thing, known));
        draft.resources = edit.before.iter().filter(stays).cloned().collect();
        return requests::check(draft, catalog, config);
    }
    if let (EditKind::Change, Some(edit)) = (kind, &mut draft.edits) {
        edit.before.clone_from(&draft.resources);
    }
    if let (EditKind::Change, Some(question)) = (kind, question) {
        return Reading::Asks { draft, question: question.clone() };
    }
    for thing in things {
        let known = draft.resources.iter_mut().find(|known| is_same(thing, known));
        if let Some(known) = known {
            known.inputs.extend(thing.inputs.clone());
        }
    }
    requests::check(draft, catalog, config)
}

/// The stack of a thing, asked for once more in the environment it is promoted to.
fn promoted(reading: Reading, rows: &[ThingRow], catalog: &Catalog, config: &RepositoryConfig) -> Reading {
    let Reading::Other { environment: Some(target), things, .. } = &reading else {
        return with_known(reading, rows);
    };
    let Some(row) = of_one(&reading, rows) else { return with_known(reading, rows) };
    let said = things.first().and_then(named).unwrap_or_default();
    let source = Source::Text(format!("promote {said}"));
    let environment = Filled { value: target.clone(), source, confidence: 100 };
    let made = settled(&row.draft);
    let promoted_from = made.environment.as_ref().map(|from| from.value.clone());
    let mut draft = Draft { environment: Some(environment), promoted_from, ..made };
    // What stands beside it and was not named stays where it is.
    draft.resources.retain(|known| things.iter().any(|thing| is_same(thing, known)));
    for resource in &mut draft.resources {
        let changed = things.iter().find(|thing| is_same(thing, resource));
        resource.inputs.extend(changed.into_iter().flat_map(|thing| thing.inputs.clone()));
    }
    requests::check(draft, catalog, config)
}

/// The stack of a thing with the catalog's versions of its modules. What the new ones do not take is dropped, which the
/// differences tell.
fn upgraded(
    reading: Reading,
    rows: &[ThingRow],
    versions: &Versions<'_>,
    config: &RepositoryConfig,
) -> Reading {
    // What nobody made is nothing to tell of.
    if matches!(&reading, Reading::Other { things, .. } if things.is_empty()) {
        return reading;
    }
    let Some(row) = of_one(&reading, rows) else { return with_known(reading, rows) };
    let mut upgrades: Vec<Upgrade> = Vec::new();
    let mut draft = settled(&row.draft);
    for resource in &mut draft.resources {
        let (Some(id), Some(from)) = (&resource.module, &resource.module_version) else { continue };
        let Some(today) = versions.today.find(id).filter(|today| today.version != *from) else { continue };
        resource.inputs.retain(|input, _| today.variable(input).is_some());
        if upgrades.iter().any(|known| known.module == *id) {
            continue;
        }
        let pinned = versions.pinned.find(id).filter(|pinned| pinned.version == *from);
        let differences = pinned.map(|pinned| differences(pinned, today)).unwrap_or_default();
        upgrades.push(Upgrade {
            module: id.clone(),
            from: from.clone(),
            to: today.version.clone(),
            differences: differences.iter().map(ToString::to_string).collect(),
        });
    }
    if upgrades.is_empty() {
        return with_known(reading, rows);
    }
    let stack = StackPath::new(row.stack.as_str());
    draft.edits = Some(Edit { upgrades, ..Edit::new(row.request, stack, EditKind::Upgrade) });
    requests::check(draft, versions.today, config)
}

/// What a request made, as it was reviewed and merged: nothing of it is a suggestion any more.
fn settled(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    for filled in draft.resources.iter_mut().flat_map(|thing| thing.inputs.values_mut()) {
        if let Source::Suggested(words) = &filled.source {
            filled.source = Source::Text(words.clone());
        }
    }
    draft
}

/// The reading with what requests made of it: the things that it names, else all where it asks.
fn with_known(mut reading: Reading, rows: &[ThingRow]) -> Reading {
    if let Reading::Other { environment, things, known, .. } = &mut reading {
        let place = |row: &&ThingRow| environment.is_none() || environment_of(row) == environment.as_ref();
        let of_row = |row: &ThingRow| {
            let named =
                row.draft.resources.iter().filter(|resource| {
                    things.is_empty() || things.iter().any(|thing| is_same(thing, resource))
                });
            named.filter_map(|resource| known_of(row, resource)).collect::<Vec<_>>()
        };
        *known = rows.iter().filter(place).flat_map(of_row).take(MOST_KNOWN).collect();
    }
    reading
}

fn known_of(row: &ThingRow, resource: &Resource) -> Option<Known> {
    Some(Known {
        name: named(resource)?,
        module: resource.module.clone()?,
        version: resource.module_version.clone(),
        environment: environment_of(row)?.clone(),
        owner: resource.inputs.get("owner").and_then(|owner| owner.value.as_str()).map(str::to_owned),
        request: row.request,
    })
}

fn environment_of(row: &ThingRow) -> Option<&EnvironmentName> {
    row.draft.environment.as_ref().map(|filled| &filled.value)
}

fn named(thing: &Resource) -> Option<String> {
    thing.name.as_ref().map(|name| name.value.clone())
}

fn is_same(thing: &Resource, known: &Resource) -> bool {
    known.module == thing.module && named(known) == named(thing)
}

/// Whether everything in a stack is named.
fn names_all(things: &[Resource], row: &ThingRow) -> bool {
    row.draft.resources.iter().all(|known| things.iter().any(|thing| is_same(thing, known)))
}

fn has(row: &ThingRow, thing: &Resource) -> bool {
    row.draft.resources.iter().any(|known| is_same(thing, known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::{Address, read_among};

    fn text(value: &str) -> Source {
        Source::Text(value.to_owned())
    }

    fn row(request: u64, module: &str, name: &str, environment: &str) -> ThingRow {
        let filled = |value: &str| Filled { value: value.into(), source: text(value), confidence: 98 };
        let resource = Resource {
            module: Some(module.to_owned()),
            module_version: None,
            name: Some(Filled { value: name.to_owned(), source: text(name), confidence: 98 }),
            inputs: BTreeMap::from([("owner".to_owned(), filled("billing"))]),
        };
        let target =
            Filled { value: EnvironmentName::new(environment), source: text(environment), confidence: 98 };
        let draft = Draft::of(Some(target), resource);
        ThingRow { request, draft, stack: format!("live/{environment}/{name}") }
    }

    fn rows() -> Vec<ThingRow> {
        vec![
            row(41, "aws/s3-bucket", "acme-invoices", "dev"),
            row(42, "aws/sqs-queue", "orders", "stage"),
            row(43, "aws/sqs-queue", "orders", "prod"),
        ]
    }

    fn read(issue: &str) -> Reading {
        let (catalog, config, rows) = (Catalog::shipped(), RepositoryConfig::everyday(), rows());
        let reading = read_among(&of(&rows), Address::ToUs, issue, "", &catalog, &config);
        edits(reading, &rows, &Versions { pinned: &catalog, today: &catalog }, &config)
    }

    fn complete(issue: &str) -> Draft {
        match read(issue) {
            Reading::Complete { draft } => draft,
            other => panic!("{issue} is not complete: {other:#?}"),
        }
    }

    #[test]
    fn a_change_edits_the_stack_as_it_was_asked_for() {
        let draft = complete("Please turn on versioning for acme-invoices");
        let edit = draft.edits.as_ref().expect("an edit");
        assert_eq!((edit.request, edit.stack.as_str()), (41, "live/dev/acme-invoices"));
        assert_eq!(edit.kind, EditKind::Change);
        let inputs = &draft.resources[0].inputs;
        assert_eq!((&inputs["versioning"].value, &inputs["owner"].value), (&true.into(), &"billing".into()));
    }

    #[test]
    fn of_two_of_a_name_the_place_decides() {
        let draft = complete("Please delete the queue orders in stage");
        let edit = draft.edits.as_ref().expect("an edit");
        assert_eq!((edit.request, edit.kind), (42, EditKind::Remove));
    }

    #[test]
    fn a_removal_takes_nothing_along_that_nobody_named() {
        let mut rows = rows();
        let beside = row(41, "aws/secret", "acme-token", "dev").draft.resources;
        rows[0].draft.resources.extend(beside);
        let (catalog, config) = (Catalog::shipped(), RepositoryConfig::everyday());
        let read = |issue: &str| {
            let reading = read_among(&of(&rows), Address::ToUs, issue, "", &catalog, &config);
            edits(reading, &rows, &Versions { pinned: &catalog, today: &catalog }, &config)
        };
        let names = |draft: &Draft| -> Vec<String> { draft.resources.iter().filter_map(named).collect() };
        let part = read("Please delete the bucket acme-invoices in dev");
        let Reading::Complete { draft } = part else { panic!("{part:#?}") };
        assert_eq!(draft.edits.as_ref().map(|edit| edit.kind), Some(EditKind::RemovePart));
        assert_eq!(names(&draft), ["acme-token"]);
        assert_eq!(draft.removed().into_iter().filter_map(named).collect::<Vec<_>>(), ["acme-invoices"]);
        let part = read("Can you promote acme-invoices to prod please");
        let Reading::Complete { draft } = part else { panic!("{part:#?}") };
        assert_eq!((names(&draft), draft.edits), (vec!["acme-invoices".to_owned()], None));
        let whole = read("Please delete the bucket acme-invoices and the secret acme-token in dev");
        let Reading::Complete { draft } = whole else { panic!("{whole:#?}") };
        assert_eq!(draft.edits.map(|edit| edit.kind), Some(EditKind::Remove));
    }

    #[test]
    fn what_others_take_from_what_goes_is_asked_about() {
        let mut rows = vec![row(41, "aws/sns-topic", "orders", "dev")];
        let queue = row(41, "aws/sqs-queue", "mails", "dev").draft.resources;
        let topic = &mut rows[0].draft.resources;
        let taken = Filled {
            value: serde_json::json!([{ "from": "mails", "output": "arn" }]),
            source: text("to mails"),
            confidence: 98,
        };
        topic[0].inputs.insert("queue_arns".to_owned(), taken);
        topic.extend(queue);
        let (catalog, config) = (Catalog::shipped(), RepositoryConfig::everyday());
        let issue = "Please delete the queue mails in dev";
        let reading = read_among(&of(&rows), Address::ToUs, issue, "", &catalog, &config);
        let reading = edits(reading, &rows, &Versions { pinned: &catalog, today: &catalog }, &config);
        let Reading::Asks { draft, question } = reading else { panic!("{reading:#?}") };
        assert_eq!((question.about.as_str(), draft.resources.len()), ("queue_arns", 1));
    }

    #[test]
    fn an_upgrade_of_what_nobody_made_names_nothing_else() {
        let read = |body: &str| {
            let (catalog, config, rows) = (Catalog::shipped(), RepositoryConfig::everyday(), rows());
            let reading = read_among(&of(&rows), Address::ToUs, "Newer", body, &catalog, &config);
            edits(reading, &rows, &Versions { pinned: &catalog, today: &catalog }, &config)
        };
        let reading = read("/tfpilot upgrade acme-unknown");
        let Reading::Other { wish, known, .. } = reading else { panic!("{reading:#?}") };
        assert_eq!((wish, known.len()), (Wish::Upgrade, 0));
        // One in two places: which of them is for a person to say.
        let Reading::Other { known, .. } = read("/tfpilot upgrade orders") else { panic!("one of two") };
        assert_eq!(known.len(), 2);
        let Reading::Other { known, .. } = read("/tfpilot upgrade orders prod") else {
            panic!("is the newest")
        };
        assert_eq!(known.iter().map(|known| known.request).collect::<Vec<_>>(), [43]);
    }

    #[test]
    fn what_is_promoted_is_asked_for_in_the_other_place() {
        let draft = complete("Can you promote acme-invoices to prod please");
        assert_eq!(draft.edits, None);
        assert_eq!(draft.environment.as_ref().map(|place| place.value.as_str()), Some("prod"));
        assert_eq!(draft.name().map(|name| name.value.as_str()), Some("acme-invoices"));
        assert_eq!(draft.resources[0].inputs["owner"].value, "billing");
        assert_eq!(draft.promoted_from.as_ref().map(|from| from.as_str()), Some("dev"));
    }

    #[test]
    fn a_change_of_which_nothing_is_understood_is_asked_about() {
        let reading = read("Please change acme-invoices");
        let Reading::Asks { draft, question } = reading else { panic!("{reading:#?}") };
        assert_eq!(question.about, "change");
        assert!(draft.edits.is_some());
        let reply = |text: &str| {
            requests::answer(&draft, &question, text, &Catalog::shipped(), &RepositoryConfig::everyday())
        };
        assert_eq!(reply("thanks"), Reading::NotForUs);
        let Reading::Complete { draft } = reply("versioning=true") else { panic!("is a change") };
        assert_eq!(draft.resources[0].inputs["versioning"].value, true);
        assert!(draft.edits.is_some());
    }

    #[test]
    fn a_question_is_answered_with_what_is_known() {
        let reading = read("Which queues do we have in prod?");
        let Reading::Other { wish, known, .. } = reading else { panic!("{reading:#?}") };
        assert_eq!(wish, Wish::Question);
        let known: Vec<_> = known.iter().map(|known| (known.name.as_str(), known.request)).collect();
        assert_eq!(known, [("orders", 43)]);
    }
}
