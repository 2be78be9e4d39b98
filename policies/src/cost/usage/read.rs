//! Reading a usage file, with places. Keys of types that are priced here must be known.

use marked_yaml::types::{MarkedMappingNode, MarkedScalarNode, Marker};
use marked_yaml::{LoaderOptions, Node};
use sha2::{Digest, Sha256};

use super::{Usage, UsageError, Values, keys, pattern};
use crate::cost::Quantity;

/// Largest file that is read, in bytes.
const FILE_CAP: usize = 1 << 20;

/// How alike two keys must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.6;

/// The keys of the file.
const FILE: [&str; 3] = ["version", "resource_type_default_usage", "resource_usage"];

/// The only version of the form that there is.
const VERSIONS: [&str; 2] = ["0.1", "v0.1"];

pub(super) fn read(text: &str) -> Result<Usage, UsageError> {
    if text.len() > FILE_CAP {
        let what = format!("the file has {} bytes, more than the {FILE_CAP} that are read", text.len());
        return Err(UsageError { line: 0, column: 0, what, hint: "split it by stack".to_owned() });
    }
    // First the reader that refuses what is nested too deeply.
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |place| (place.line(), place.column()));
        let told = error.to_string();
        let what = format!("is not YAML: {}", told.split(" at line ").next().unwrap_or(&told));
        UsageError { line, column, what, hint: "repair the YAML there".to_owned() }
    })?;
    let mut usage = Usage { digest: hex::encode(Sha256::digest(text.as_bytes())), ..Usage::default() };
    if value.is_null() {
        return Ok(usage);
    }
    let options = LoaderOptions::default().error_on_duplicate_keys(true).toplevel_mapping();
    let root = marked_yaml::parse_yaml_with_options(0, text, options).map_err(|error| UsageError {
        line: 1,
        column: 1,
        what: format!("cannot be read: {error}"),
        hint: "write key: value lines, each key once and without anchors".to_owned(),
    })?;
    let Some(root) = root.as_mapping() else {
        return Err(UsageError { line: 1, column: 1, what: "holds no keys".to_owned(), hint: form() });
    };
    for (name, node) in root.iter() {
        match name.as_str() {
            "version" => {
                let version = node.as_scalar().map(MarkedScalarNode::as_str).unwrap_or_default();
                if !VERSIONS.contains(&version) {
                    return Err(refuse(
                        name,
                        format!("version {version:?} is not known"),
                        "write version: 0.1",
                    ));
                }
            }
            "resource_type_default_usage" => {
                for (kind, node) in mapping(name, node)?.into_iter().flat_map(|mapping| mapping.iter()) {
                    let values = values(&mut usage, kind.as_str(), kind, node)?;
                    usage.defaults.insert(kind.as_str().to_owned(), values);
                }
            }
            "resource_usage" => {
                for (address, node) in mapping(name, node)?.into_iter().flat_map(|mapping| mapping.iter()) {
                    resource(&mut usage, address, node)?;
                }
            }
            other => {
                return Err(refuse(
                    name,
                    format!("unknown key {}", shown(other)),
                    &suggest(other, FILE.into_iter()),
                ));
            }
        }
    }
    Ok(usage)
}

fn resource(usage: &mut Usage, address: &MarkedScalarNode, node: &Node) -> Result<(), UsageError> {
    let Some(kind) = pattern::kind(address.as_str()) else {
        let what = format!("{} is no address", shown(address.as_str()));
        return Err(refuse(address, what, "write a resource's address, such as aws_lambda_function.f"));
    };
    let values = values(usage, kind, address, node)?;
    let address = address.as_str().to_owned();
    if address.contains("[*]") {
        usage.patterns.push((address, values));
    } else {
        usage.resources.insert(address, values);
    }
    Ok(())
}

/// What is said of a resource or type.
fn values(usage: &mut Usage, kind: &str, at: &MarkedScalarNode, node: &Node) -> Result<Values, UsageError> {
    let mut values = Values::new();
    let Some(mapping) = mapping(at, node)? else { return Ok(values) };
    let Some(known) = keys::of_kind(kind) else {
        usage.ignored.insert(kind.to_owned());
        return Ok(values);
    };
    let known: Vec<&str> = known.collect();
    for (name, node) in mapping.iter() {
        value(kind, &known, name.as_str().to_owned(), name, node, &mut values)?;
    }
    Ok(values)
}

/// One value, or those of a map below a key.
fn value(
    kind: &str,
    known: &[&'static str],
    key: String,
    name: &MarkedScalarNode,
    node: &Node,
    values: &mut Values,
) -> Result<(), UsageError> {
    if let Node::Mapping(mapping) = node {
        let below = format!("{key}.");
        // Deeper maps are those of things that are not priced here.
        if known.contains(&key.as_str()) {
            return Ok(());
        }
        if known.iter().any(|it| it.starts_with(&below)) {
            for (inner, node) in mapping.iter() {
                value(kind, known, format!("{below}{}", inner.as_str()), inner, node, values)?;
            }
            return Ok(());
        }
    }
    let group = key.rsplit_once('.').map(|(group, _)| format!("{group}."));
    let is_let_be = group.is_some_and(|group| known.contains(&group.as_str()));
    if !known.contains(&key.as_str()) {
        if is_let_be {
            return Ok(());
        }
        let what = format!("{} has no key {}", shown(kind), shown(&key));
        return Err(refuse(name, what, &suggest(&key, known.iter().copied())));
    }
    let text = node.as_scalar().map(MarkedScalarNode::as_str).unwrap_or_default();
    // Digits may be grouped.
    let plain = text.replace('_', "");
    match Quantity::parse(&plain) {
        Some(quantity) => drop(values.insert(key, quantity)),
        None if text.is_empty() || matches!(text, "null" | "~") => {}
        None if keys::is_text(&key) => {}
        None => {
            let what = format!("{} is no amount: {}", shown(&key), shown(text));
            return Err(refuse(name, what, "write a number that is not negative"));
        }
    }
    Ok(())
}

/// A mapping; none where nothing is written below a key.
fn mapping<'n>(name: &MarkedScalarNode, node: &'n Node) -> Result<Option<&'n MarkedMappingNode>, UsageError> {
    match node {
        Node::Mapping(mapping) => Ok(Some(mapping)),
        Node::Scalar(scalar) if matches!(scalar.as_str(), "" | "~" | "null" | "{}") => Ok(None),
        _ => Err(refuse(
            name,
            format!("{} must hold keys", shown(name.as_str())),
            "write key: value lines below it",
        )),
    }
}

fn refuse(name: &MarkedScalarNode, what: String, hint: &str) -> UsageError {
    let at = |marker: &Marker| (marker.line(), marker.column());
    let (line, column) = name.span().start().map_or((0, 0), at);
    UsageError { line, column, what, hint: hint.to_owned() }
}

fn form() -> String {
    "write version, resource_type_default_usage or resource_usage".to_owned()
}

/// The key that was probably meant, or some that are known.
fn suggest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.filter(|key| !key.ends_with('.')).collect();
    let alike = |key: &&str| strsim::jaro_winkler(written, key);
    let best = known.iter().copied().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    match best.filter(|key| alike(key) >= ALIKE) {
        Some(key) => format!("did you mean {}", shown(key)),
        None => {
            let some: Vec<String> = known.iter().take(6).map(|key| shown(key)).collect();
            format!("write {}", some.join(", "))
        }
    }
}

fn shown(text: &str) -> String {
    tfpilot_plan::code(text)
}
