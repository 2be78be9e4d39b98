//! Estimates that infracost made, as ours: its JSON of v0.10 and of v2, told apart by what they hold. What it found no price for
//! is not priced, never nothing. `v0` and `v2` read the two forms.

mod decimal;
mod v0;
mod v2;

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tfpilot_plan::Operation;

use super::resource::standing;
use super::{BookId, Component, Estimate, Money, Options, ResourceCost, Standing, Status};

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
    let id = BookId { version: document.form.to_owned(), sha256: digest };
    let mut estimate = Estimate::new(id, &Options::default());
    estimate.source = Some(document.source.to_owned());
    estimate.currency = document.currency;
    (estimate.usage_before, estimate.usage_after) = (Some(Money::ZERO), Some(Money::ZERO));
    let several = document.projects.len() > 1;
    for project in document.projects {
        project.add_to(&mut estimate, several);
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
