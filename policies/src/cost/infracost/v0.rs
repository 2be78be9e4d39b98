//! The JSON of v0.10, `version: "0.2"`.

use serde_json::Value as Json;
use tfpilot_plan::code;

use super::decimal::{money, quantity};
use super::{Document, InfracostError, MAX_DEPTH, Priced, Project, Told, list, text, unrecognised};
use crate::cost::{Component, Status};

pub(super) fn document(json: &Json) -> Result<Document, InfracostError> {
    let Some(projects) = json.get("projects").and_then(Json::as_array) else {
        return Err(unrecognised("it has no projects"));
    };
    let currency = match text(json, "currency") {
        "" => "USD",
        currency => currency,
    };
    Ok(Document {
        source: "infracost v0.10",
        form: "infracost 0.2",
        currency: currency.to_owned(),
        projects: projects.iter().map(project).collect::<Result<_, _>>()?,
    })
}

fn project(json: &Json) -> Result<Project, InfracostError> {
    let errors = json.get("metadata").map(|metadata| list(metadata, "errors")).unwrap_or_default();
    let failed = errors.iter().map(|error| {
        let why = format!("infracost could not price it: {}", code(text(error, "message")));
        ("the project".to_owned(), why)
    });
    let counts = json.get("summary").and_then(|it| it.get("unsupportedResourceCounts"));
    let unsupported = counts.and_then(Json::as_object).into_iter().flatten();
    let unsupported = unsupported.filter(|(_, count)| count.as_u64() != Some(0)).map(|(kind, count)| {
        (
            kind.clone(),
            format!("infracost does not know this type, of which there are {}", code(&count.to_string())),
        )
    });
    let lacks: Vec<_> = failed.chain(unsupported).collect();
    if lacks.is_empty() && !json.get("breakdown").is_some_and(Json::is_object) {
        return Err(unrecognised("a project has no breakdown"));
    }
    Ok(Project {
        name: text(json, "name").to_owned(),
        before: breakdown(json.get("pastBreakdown"))?,
        after: breakdown(json.get("breakdown"))?,
        free: free(json.get("breakdown")),
        lacks,
    })
}

/// The addresses of what is listed as free.
fn free(json: Option<&Json>) -> Vec<String> {
    let free = json.map(|json| list(json, "freeResources")).unwrap_or_default();
    free.iter().map(|resource| text(resource, "name").to_owned()).collect()
}

fn breakdown(json: Option<&Json>) -> Result<Vec<Priced>, InfracostError> {
    let resources = json.map(|json| list(json, "resources")).unwrap_or_default();
    resources.iter().map(resource).collect()
}

fn resource(json: &Json) -> Result<Priced, InfracostError> {
    let address = text(json, "name");
    if address.is_empty() {
        return Err(unrecognised("a resource has no name"));
    }
    let mut components = Vec::new();
    collect(json, "", 0, &mut components)?;
    if components.is_empty() {
        components.push(match money(json, "monthlyCost")? {
            Some(monthly) if !monthly.is_zero() => {
                let status = Status::Priced;
                let name = "price".to_owned();
                Told { name, unit: "", price: None, quantity: None, monthly: Some(monthly), status }
                    .component()
            }
            Some(_) => Component::free(),
            None => Component::not_priced("price", "infracost gave no amount"),
        });
    }
    let kind = match text(json, "resourceType") {
        "" => crate::address::split(address).iter().rev().nth(1).copied().unwrap_or_default(),
        kind => kind,
    };
    Ok(Priced { address: address.to_owned(), kind: kind.to_owned(), components })
}

/// The components of a resource and of what is in it.
fn collect(json: &Json, prefix: &str, depth: usize, all: &mut Vec<Component>) -> Result<(), InfracostError> {
    if depth > MAX_DEPTH {
        return Err(unrecognised("resources are nested too deeply"));
    }
    for component in list(json, "costComponents") {
        all.push(self::component(component, prefix)?);
    }
    for inner in list(json, "subresources") {
        collect(inner, &format!("{prefix}{}, ", text(inner, "name")), depth + 1, all)?;
    }
    Ok(())
}

fn component(json: &Json, prefix: &str) -> Result<Component, InfracostError> {
    let name = format!("{prefix}{}", text(json, "name"));
    let flag = |name: &str| json.get(name).and_then(Json::as_bool) == Some(true);
    if flag("priceNotFound") {
        return Ok(Component::not_priced(name, "infracost found no price"));
    }
    let (monthly, quantity) = (money(json, "monthlyCost")?, quantity(json, "monthlyQuantity")?);
    let status = match (flag("usageBased"), monthly) {
        (true, _) => Status::UsageDependent,
        (false, Some(_)) => Status::Priced,
        // Before there was a word for it, what depends on use had no quantity.
        (false, None) if quantity.is_none() => Status::UsageDependent,
        (false, None) => return Ok(Component::not_priced(name, "infracost gave no amount")),
    };
    let (unit, price) = (text(json, "unit"), money(json, "price")?);
    Ok(Told { name, unit, price, quantity, monthly, status }.component())
}
