//! Estimates that infracost made, as ours: its JSON of v0.10 and of v2, told apart by what they hold. What it found no price for
//! is not priced, never nothing. `v0` and `v2` read the two forms.

mod decimal;
mod v0;
mod v2;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tfpilot_plan::{ChangeHead, Operation, RedactedPlan};

use super::resource::standing;
use super::{Book, BookId, Component, Estimate, Money, Options, ResourceCost, Standing, Status};

/// Largest document that is read, in bytes.
const DOCUMENT_CAP: usize = 64 << 20;

/// Subresources in subresources that are read.
const MAX_DEPTH: usize = 16;

/// A document that is no estimate of infracost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InfracostError {
    /// More bytes than are read.
    #[error("the infracost JSON has {0} bytes, more than the {DOCUMENT_CAP} that are read")]
    TooLarge(usize),
    /// No JSON at all.
    #[error("the infracost JSON cannot be read: {0}")]
    NotJson(String),
    /// Neither of the two forms, or not with all that they must have.
    #[error("unrecognised infracost JSON: {0}")]
    Unrecognised(String),
}

/// What a document says, whatever its form.
#[derive(Debug)]
struct Document {
    source: &'static str,
    form: &'static str,
    currency: String,
    /// Projects by name.
    projects: Vec<Project>,
}

/// One project.
#[derive(Debug)]
struct Project {
    name: String,
    before: Vec<Priced>,
    after: Vec<Priced>,
    /// Addresses that are named as free.
    free: Vec<String>,
    /// What of it has no price, and why.
    lacks: Vec<(String, String)>,
}

/// One resource of a breakdown.
#[derive(Debug)]
struct Priced {
    address: String,
    kind: String,
    components: Vec<Component>,
}

/// Reads what infracost said of a change. What was before is in the document itself (v0.10), or in one of the base (v2, or a
/// breakdown); without either, everything is new.
pub fn read(text: &str, base: Option<&str>) -> Result<Estimate, InfracostError> {
    let mut document = parse(text)?;
    if let Some(base) = base {
        document.compare(parse(base)?)?;
    }
    let digest = hex::encode(Sha256::digest(format!("{text}{}", base.unwrap_or_default())));
    Ok(document.into_estimate(digest).sorted())
}

/// Reads what infracost said of a plan. What the plan makes or changes and infracost says nothing of is not priced, unless it
/// is known to be free: an answer that leaves something out must not look like one that asks nothing for it.
pub fn read_of_plan(text: &str, plan: &RedactedPlan) -> Result<Estimate, InfracostError> {
    let document = parse(text)?;
    let missing = document.missing(plan);
    let mut estimate = document.into_estimate(hex::encode(Sha256::digest(text)));
    for head in missing {
        let lack = vec![Component::not_priced("price", "infracost says nothing of it")];
        let cost = cost(head.address.clone(), head.kind.clone(), head.operation(), Vec::new(), lack);
        estimate.add(cost, (true, true), true);
    }
    Ok(estimate.sorted())
}

fn parse(text: &str) -> Result<Document, InfracostError> {
    if text.len() > DOCUMENT_CAP {
        return Err(InfracostError::TooLarge(text.len()));
    }
    let json: Json =
        serde_json::from_str(text).map_err(|error| InfracostError::NotJson(error.to_string()))?;
    let document = form(&json)?;
    if document.projects.is_empty() {
        return Err(unrecognised("it has no projects"));
    }
    // A currency is shown in titles.
    let is_currency =
        document.currency.len() == 3 && document.currency.bytes().all(|it| it.is_ascii_uppercase());
    if is_currency { Ok(document) } else { Err(unrecognised("its currency is no three letters")) }
}

fn form(json: &Json) -> Result<Document, InfracostError> {
    if json.get("version").and_then(Json::as_str) == Some("0.2") {
        return v0::document(json);
    }
    if v2::is_v2(json) {
        return v2::document(json);
    }
    Err(unrecognised("neither version 0.2 nor a scan of v2"))
}

fn unrecognised(what: &str) -> InfracostError {
    InfracostError::Unrecognised(what.to_owned())
}

impl Document {
    fn into_estimate(self, digest: String) -> Estimate {
        let id = BookId { version: self.form.to_owned(), sha256: digest };
        let mut estimate = Estimate::new(id, &Options::default());
        estimate.source = Some(self.source.to_owned());
        estimate.currency = self.currency;
        (estimate.usage_before, estimate.usage_after) = (Some(Money::ZERO), Some(Money::ZERO));
        let several = self.projects.len() > 1;
        for project in self.projects {
            project.add_to(&mut estimate, several);
        }
        estimate
    }

    /// What a plan makes or changes and nothing here speaks of: neither of the resource nor of its type.
    fn missing<'p>(&self, plan: &'p RedactedPlan) -> Vec<&'p ChangeHead> {
        let mut named = BTreeSet::new();
        for project in &self.projects {
            named.extend(project.after.iter().map(|priced| priced.address.as_str()));
            named.extend(project.free.iter().map(String::as_str));
            named.extend(project.lacks.iter().map(|(what, _)| what.as_str()));
        }
        let is_made = |head: &&ChangeHead| {
            use Operation as O;
            !head.is_data() && !matches!(head.operation(), O::NoOp | O::Read | O::Delete | O::Forget)
        };
        let is_told = |head: &&ChangeHead| {
            let is_named = named.contains(head.address.as_str()) || named.contains(head.kind.as_str());
            is_named || Book::embedded().is_free(&head.kind)
        };
        let heads = plan.plan().resource_changes.iter();
        heads.filter(is_made).filter(|head| !is_told(head)).collect()
    }

    /// Takes what was before from a document of the base.
    fn compare(&mut self, base: Self) -> Result<(), InfracostError> {
        if base.currency != self.currency || base.form != self.form {
            return Err(unrecognised("base and head have other forms or currencies"));
        }
        let mut known: BTreeMap<String, Project> =
            base.projects.into_iter().map(|project| (project.name.clone(), project)).collect();
        for project in &mut self.projects {
            let base = known.remove(&project.name);
            let (before, lacks) = base.map(|base| (base.after, base.lacks)).unwrap_or_default();
            project.before = before;
            // What could not be priced before may have cost anything.
            for lack in lacks {
                if !project.lacks.contains(&lack) {
                    project.lacks.push(lack);
                }
            }
        }
        // Projects that are gone.
        let gone = known.into_values();
        self.projects.extend(gone.map(|base| Project { before: base.after, after: Vec::new(), ..base }));
        Ok(())
    }
}

impl Project {
    fn add_to(self, estimate: &mut Estimate, several: bool) {
        let named = |address: &str| {
            if several { format!("{}: {address}", self.name) } else { address.to_owned() }
        };
        // Names may come twice; then the first is compared with the first.
        let mut before: BTreeMap<String, Vec<Priced>> = BTreeMap::new();
        for priced in self.before.into_iter().rev() {
            before.entry(priced.address.clone()).or_default().push(priced);
        }
        for after in self.after {
            let was = before.get_mut(&after.address).and_then(Vec::pop);
            let operation = match &was {
                None => Operation::Create,
                Some(was) if was.components == after.components => Operation::NoOp,
                Some(_) => Operation::Update,
            };
            let was = was.map(|was| was.components).unwrap_or_default();
            let cost = cost(named(&after.address), after.kind, operation, was, after.components);
            let changes = operation != Operation::NoOp;
            estimate.add(cost, (true, true), changes);
        }
        for gone in before.into_values().flatten() {
            let cost = cost(named(&gone.address), gone.kind, Operation::Delete, gone.components, Vec::new());
            estimate.add(cost, (true, true), true);
        }
        for (what, why) in &self.lacks {
            let lack = vec![Component::not_priced("price", why.clone())];
            let mut cost = cost(named(what), what.clone(), Operation::Unknown, Vec::new(), lack);
            cost.doubtful = true;
            estimate.add(cost, (true, true), true);
        }
    }
}

fn cost(
    address: String,
    kind: String,
    operation: Operation,
    before: Vec<Component>,
    after: Vec<Component>,
) -> ResourceCost {
    let sum = |components: &[Component]| components.iter().map(Component::counted).sum::<Money>();
    let standing = match standing(if operation == Operation::Delete { &before } else { &after }) {
        // Nothing is asked for it.
        _ if before.is_empty() && after.is_empty() => Standing::Free,
        standing => standing,
    };
    ResourceCost {
        code_address: without_keys(&address),
        address,
        previous_address: None,
        kind,
        operation,
        region: None,
        difference: sum(&after) - sum(&before),
        standing,
        doubtful: operation != Operation::NoOp && after.iter().any(Component::is_doubtful),
        notes: Vec::new(),
        before,
        after,
    }
}

/// An address without the keys of instances.
fn without_keys(address: &str) -> String {
    let (mut kept, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    for character in address.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            character if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept
}

/// A component as infracost tells it.
struct Told<'j> {
    name: String,
    unit: &'j str,
    price: Option<Money>,
    quantity: Option<super::Quantity>,
    monthly: Option<Money>,
    status: Status,
}

impl Told<'_> {
    fn component(self) -> Component {
        Component {
            name: self.name,
            quantity: self.quantity,
            unit: (!self.unit.is_empty()).then(|| self.unit.to_owned()),
            rate: self.price,
            monthly: self.monthly,
            as_of: None,
            label: None,
            status: self.status,
        }
    }
}

fn text<'j>(json: &'j Json, name: &str) -> &'j str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn list<'j>(json: &'j Json, name: &str) -> &'j [Json] {
    json.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
}
