//! The JSON of v2, which has no version field and says nothing of what was before.

use serde_json::Value as Json;
use tfpilot_plan::code;

use super::decimal::{money, quantity};
use super::{Document, InfracostError, MAX_DEPTH, Priced, Project, Told, list, text, unrecognised};
use crate::cost::{Component, Status};

/// Whether a document is a scan of v2: its resources have components.
pub(super) fn is_v2(json: &Json) -> bool {
    let resources = list(json, "projects").iter().flat_map(|project| list(project, "resources"));
    resources.into_iter().any(|resource| resource.get("cost_components").is_some())
}

pub(super) fn document(json: &Json) -> Result<Document, InfracostError> {
    let currency = match text(json, "currency") {
        "" => return Err(unrecognised("it names no currency")),
        currency => currency.to_owned(),
    };
    let projects = list(json, "projects").iter().map(project).collect::<Result<_, _>>()?;
    Ok(Document { source: "infracost v2", form: "infracost v2", currency, projects })
}

fn project(json: &Json) -> Result<Project, InfracostError> {
    let after = list(json, "resources").iter().map(resource).collect::<Result<_, _>>()?;
    let name = match text(json, "project_name") {
        "" => text(json, "path"),
        name => name,
    };
    // What could not be read of the code is not among the resources.
    let lacks = list(json, "diagnostics").iter().filter(|it| is_error(it)).map(|diagnostic| {
        let told = [text(diagnostic, "message"), text(diagnostic, "error")];
        let why = told.into_iter().find(|text| !text.is_empty()).unwrap_or("without a reason");
        ("the project".to_owned(), format!("infracost could not read all of it: {}", code(why)))
    });
    Ok(Project { name: name.to_owned(), before: Vec::new(), after, free: Vec::new(), lacks: lacks.collect() })
}

/// Whether a diagnostic is more than a warning; one that does not say is.
fn is_error(diagnostic: &Json) -> bool {
    if diagnostic.get("critical").and_then(Json::as_bool) == Some(false) {
        return false;
    }
    !["warning", "info"].iter().any(|it| text(diagnostic, "severity").eq_ignore_ascii_case(it))
}

fn resource(json: &Json) -> Result<Priced, InfracostError> {
    let address = text(json, "name");
    if address.is_empty() {
        return Err(unrecognised("a resource has no name"));
    }
    let flag = |name: &str| json.get(name).and_then(Json::as_bool);
    let mut components = Vec::new();
    collect(json, "", 0, &mut components)?;
    let components = match (flag("is_supported"), flag("is_free")) {
        (Some(false), _) => vec![Component::not_priced("price", "infracost does not know this type")],
        (_, Some(true)) if components.is_empty() => vec![Component::free()],
        _ if components.is_empty() => vec![Component::not_priced("price", "infracost gave no amount")],
        _ => components,
    };
    Ok(Priced { address: address.to_owned(), kind: text(json, "type").to_owned(), components })
}

fn collect(json: &Json, prefix: &str, depth: usize, all: &mut Vec<Component>) -> Result<(), InfracostError> {
    if depth > MAX_DEPTH {
        return Err(unrecognised("resources are nested too deeply"));
    }
    for component in list(json, "cost_components") {
        components(component, prefix, all)?;
    }
    for inner in list(json, "subresources") {
        collect(inner, &format!("{prefix}{}, ", text(inner, "name")), depth + 1, all)?;
    }
    Ok(())
}

/// A component has an amount that is fixed and one by use, either of which may be missing.
fn components(json: &Json, prefix: &str, all: &mut Vec<Component>) -> Result<(), InfracostError> {
    let name = format!("{prefix}{}", text(json, "name"));
    let (unit, price, quantity) = (text(json, "unit"), money(json, "price")?, quantity(json, "quantity")?);
    let (base, usage) = (money(json, "base_monthly_cost")?, money(json, "usage_monthly_cost")?);
    let some = |amount: &Option<_>| amount.is_some_and(|it: crate::cost::Money| !it.is_zero());
    let told =
        |monthly, status| Told { name: name.clone(), unit, price, quantity, monthly, status }.component();
    if some(&base) {
        all.push(told(base, Status::Priced));
    }
    if some(&usage) {
        all.push(told(usage, Status::UsageDependent));
    }
    if some(&base) || some(&usage) {
        return Ok(());
    }
    // Of nothing at all nobody says whether it is free or was not found.
    all.push(match (price, quantity) {
        (Some(price), None) if !price.is_zero() => told(None, Status::UsageDependent),
        (Some(price), Some(quantity)) if !price.is_zero() && quantity.is_zero() => {
            told(None, Status::UsageDependent)
        }
        _ => Component::not_priced(name, "infracost found no price"),
    });
    Ok(())
}
