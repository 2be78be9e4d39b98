//! The module calls of a stack and the outputs it passes on: values as they are written, references as
//! `module.<call>.<output>`.

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use super::alike::{NAME, blocks, key};
use super::draft::StackDraft;
use super::names::{addresses, identifier, labels, output_names, reference};
use super::write::{Body, Expr, Ident};
use super::{RenderError, vendor};
use crate::catalog::Module;
use crate::inputs::{InputProblem, Inputs};
use crate::references::{Reference, entry, item};
use crate::wiring::{Call, CallAddress, check_references, target};

/// Writes the `module` blocks, one for all things that are alike, then their outputs.
pub(super) fn write(body: &mut Body, draft: &StackDraft<'_>) -> Result<(), RenderError> {
    let calls = checked(&draft.calls)?;
    let blocks = blocks(&calls, draft.alike);
    let labels = labels(&calls, &blocks);
    let addresses = addresses(&calls, &blocks, &labels);
    for (block, label) in blocks.iter().zip(&labels) {
        for at in block {
            let (Some(call), Some(address)) = (calls.get(*at), addresses.get(*at)) else { continue };
            // Without it Terraform destroys what has another address now, and makes it anew.
            if let Some(was) = call.was.as_ref().filter(|was| *was != address) {
                let mut moved = Body::default();
                moved.attribute(Ident::known("from"), reference(was)?);
                moved.attribute(Ident::known("to"), reference(address)?);
                body.block(Ident::known("moved"), &[], moved);
            }
            if let Some(id) = &call.import {
                body.block(Ident::known("import"), &[], import(call, address, id)?);
            }
        }
        body.block(Ident::known("module"), &[label], arguments(draft, &calls, &addresses, block)?);
    }
    let makers: Vec<(&Module, bool)> = blocks
        .iter()
        .filter_map(|block| Some((calls.get(*block.first()?)?.module, block.len() > 1)))
        .collect();
    let modules: Vec<&Module> = makers.iter().map(|(module, _)| *module).collect();
    for (((module, several), label), outputs) in
        makers.iter().zip(&labels).zip(output_names(&modules, &labels))
    {
        let block = CallAddress { label: label.clone(), key: None };
        for (output, name) in module.outputs.iter().zip(outputs) {
            let mut forwarding = Body::default();
            if let Some(description) = &output.description {
                forwarding.attribute(Ident::known("description"), Expr::text(description));
            }
            let value = if *several {
                Expr::OfEach(Box::new(reference(&block)?), identifier("output", &output.name)?)
            } else {
                forwarded(&block, &output.name)?
            };
            forwarding.attribute(Ident::known("value"), value);
            if output.sensitive {
                forwarding.attribute(Ident::known("sensitive"), Expr::Bool(true));
            }
            body.block(Ident::known("output"), &[&name], forwarding);
        }
    }
    Ok(())
}

/// What a block says: of one thing its inputs, of several that are alike what they share, with each name in its turn.
fn arguments(
    draft: &StackDraft<'_>,
    calls: &[Call<'_>],
    addresses: &[CallAddress],
    block: &[usize],
) -> Result<Body, RenderError> {
    let mut arguments = Body::default();
    let Some((at, call)) = block.first().and_then(|at| Some((*at, calls.get(*at)?))) else {
        return Ok(arguments);
    };
    let several = block.len() > 1;
    if several {
        let names = block.iter().filter_map(|at| key(calls.get(*at)?)).map(Expr::text).collect();
        let set = Expr::Call(Ident::known("toset"), Box::new(Expr::List(names)));
        arguments.attribute(Ident::known("for_each"), set);
    }
    arguments.attribute(Ident::known("source"), Expr::text(draft.source(&vendor::vendor_path(call.module))));
    let follow = |reference: Reference<'_>| {
        let (position, output) =
            target(calls, at, reference).map_err(|problem| misfit(call, vec![problem]))?;
        let Some(address) = addresses.get(position) else { return Ok((Expr::Null, false)) };
        Ok((forwarded(address, &output.name)?, output.is_list))
    };
    for variable in &call.module.variables {
        let Some(value) = call.inputs.get(&variable.name) else { continue };
        let value = if several && variable.name == NAME {
            Expr::Reference(vec![Ident::known("each"), Ident::known("key")])
        } else {
            expression(&variable.ty, value, &follow)?
        };
        arguments.attribute(identifier("input", &variable.name)?, value);
    }
    Ok(arguments)
}

/// What exists already becomes the main resource of a call.
fn import(call: &Call<'_>, address: &CallAddress, id: &str) -> Result<Body, RenderError> {
    let Some(import) = &call.module.import else {
        return Err(RenderError::Import { module: call.module.id.to_string() });
    };
    let mut to = vec![Ident::known("module"), identifier("module", &address.label)?];
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

fn forwarded(call: &CallAddress, output: &str) -> Result<Expr, RenderError> {
    let output = identifier("output", output)?;
    Ok(match reference(call)? {
        Expr::Reference(mut path) => {
            path.push(output);
            Expr::Reference(path)
        }
        instance => Expr::Attribute(Box::new(instance), output),
    })
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
