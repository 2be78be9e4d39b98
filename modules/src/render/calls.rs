//! The module calls of a stack and the outputs it passes on: values as they are written, references as
//! `module.<call>.<output>`.

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use super::draft::StackDraft;
use super::names::{call_names, identifier, output_names};
use super::write::{Body, Expr, Ident};
use super::{RenderError, vendor};
use crate::inputs::{InputProblem, Inputs};
use crate::references::{Reference, entry, item};
use crate::wiring::{Call, check_references, target};

/// Writes a `module` block for each call, then their outputs.
pub(super) fn write(body: &mut Body, draft: &StackDraft<'_>) -> Result<(), RenderError> {
    let calls = checked(&draft.calls)?;
    let names = call_names(&calls);
    for (at, (call, name)) in calls.iter().zip(&names).enumerate() {
        let follow = |reference: Reference<'_>| {
            let (position, output) =
                target(&calls, at, reference).map_err(|problem| misfit(call, vec![problem]))?;
            let name = names.get(position).map_or("", String::as_str);
            Ok((forwarded(name, &output.name)?, output.is_list))
        };
        let mut arguments = Body::default();
        arguments
            .attribute(Ident::known("source"), Expr::text(draft.source(&vendor::vendor_path(call.module))));
        for variable in &call.module.variables {
            if let Some(value) = call.inputs.get(&variable.name) {
                let value = expression(&variable.ty, value, &follow)?;
                arguments.attribute(identifier("input", &variable.name)?, value);
            }
        }
        identifier("module", name)?;
        // Without it Terraform destroys what has another address now, and makes it anew.
        if let Some(was) = call.was.as_ref().filter(|was| *was != name) {
            let address =
                |name| Ok(Expr::Reference(vec![Ident::known("module"), identifier("module", name)?]));
            let mut moved = Body::default();
            moved.attribute(Ident::known("from"), address(was)?);
            moved.attribute(Ident::known("to"), address(name)?);
            body.block(Ident::known("moved"), &[], moved);
        }
        if let Some(id) = &call.import {
            body.block(Ident::known("import"), &[], import(call, name, id)?);
        }
        body.block(Ident::known("module"), &[name], arguments);
    }
    for ((call, name), outputs) in calls.iter().zip(&names).zip(output_names(&calls, &names)) {
        for (output, label) in call.module.outputs.iter().zip(outputs) {
            let mut forwarding = Body::default();
            if let Some(description) = &output.description {
                forwarding.attribute(Ident::known("description"), Expr::text(description));
            }
            forwarding.attribute(Ident::known("value"), forwarded(name, &output.name)?);
            if output.sensitive {
                forwarding.attribute(Ident::known("sensitive"), Expr::Bool(true));
            }
            body.block(Ident::known("output"), &[&label], forwarding);
        }
    }
    Ok(())
}

/// What exists already becomes the main resource of a call.
fn import(call: &Call<'_>, name: &str, id: &str) -> Result<Body, RenderError> {
    let Some(import) = &call.module.import else {
        return Err(RenderError::Import { module: call.module.id.to_string() });
    };
    let mut to = vec![Ident::known("module"), identifier("module", name)?];
    for part in import.resource().split('.') {
        to.push(identifier("address", part)?);
    }
    let to = Expr::Reference(to);
    let mut body = Body::default();
    body.attribute(Ident::known("to"), if import.is_counted() { Expr::First(Box::new(to)) } else { to });
    body.attribute(Ident::known("id"), Expr::text(id));
    Ok(body)
}

/// The calls with inputs in the types of their modules, when all of them fit and all references lead somewhere.
fn checked<'c>(calls: &[Call<'c>]) -> Result<Vec<Call<'c>>, RenderError> {
    let convert = |call: &Call<'c>| {
        let inputs: Inputs =
            call.module.convert_inputs(&call.inputs).map_err(|problems| misfit(call, problems))?;
        Ok(Call { inputs, ..call.clone() })
    };
    let calls: Vec<Call<'c>> = calls.iter().map(convert).collect::<Result<_, RenderError>>()?;
    let wrong = check_references(&calls);
    let first = wrong.first().and_then(|(at, _)| Some((*at, calls.get(*at)?)));
    match first {
        Some((first, call)) => {
            let of_first = wrong.into_iter().filter(|(at, _)| *at == first).map(|(_, problem)| problem);
            Err(misfit(call, of_first.collect()))
        }
        None => Ok(calls),
    }
}

fn misfit(call: &Call<'_>, problems: Vec<InputProblem>) -> RenderError {
    RenderError::Inputs { module: call.module.id.to_string(), problems }
}

fn forwarded(call: &str, output: &str) -> Result<Expr, RenderError> {
    let path = vec![Ident::known("module"), identifier("module", call)?, identifier("output", output)?];
    Ok(Expr::Reference(path))
}

/// What a reference becomes, and whether that is a list for sure.
type Follow<'f> = dyn Fn(Reference<'_>) -> Result<(Expr, bool), RenderError> + 'f;

/// A value of this type. `flatten` makes a list of one output and of several alike, where a list is wanted and the type of
/// an output is not sure.
fn expression(ty: &Type, value: &Json, follow: &Follow<'_>) -> Result<Expr, RenderError> {
    let is_list = matches!(ty, Type::List(_) | Type::Set(_));
    if let Some(reference) = Reference::at(ty, value) {
        let (output, output_is_list) = follow(reference)?;
        return Ok(if is_list && !output_is_list { flatten(vec![output]) } else { output });
    }
    match value {
        Json::Array(items) => {
            let mut nested = false;
            let mut written = Vec::with_capacity(items.len());
            for (at, inner) in items.iter().enumerate() {
                let ty = item(ty, at);
                let is_one = matches!(ty, Type::String | Type::Number | Type::Bool);
                match Reference::at(ty, inner).filter(|_| is_list && is_one) {
                    Some(reference) => {
                        let (output, output_is_list) = follow(reference)?;
                        nested |= output_is_list;
                        written.push(output);
                    }
                    None => written.push(expression(ty, inner, follow)?),
                }
            }
            Ok(if nested { flatten(written) } else { Expr::List(written) })
        }
        Json::Object(entries) => {
            let written = entries
                .iter()
                .map(|(key, inner)| Ok((key.clone(), expression(entry(ty, key), inner, follow)?)));
            Ok(Expr::Object(written.collect::<Result<_, RenderError>>()?))
        }
        other => Ok(Expr::from(other)),
    }
}

fn flatten(items: Vec<Expr>) -> Expr {
    Expr::Call(Ident::known("flatten"), Box::new(Expr::List(items)))
}
