//! Terraform's plan file, a zip: the state it was made from, and proof that no name stands in it twice.
//!
//! A reader of our own, because the common ones hide a second entry of one name. Only what Terraform writes is
//! understood: stored and deflated entries without encryption, no zip64.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::DeflateDecoder;
use serde::Deserialize;
use tfpilot_protocol::StateMark;

use super::BundleError;

/// The state inside a plan may be this large, in bytes.
const STATE_BYTES: u64 = 512 * 1024 * 1024;

/// One entry of the zip's directory.
struct Entry {
    name: String,
    method: u16,
    packed: usize,
    local: usize,
}

/// Lineage and serial of the state which the plan was made from; none where there was no state yet.
pub fn state_mark(plan: &[u8]) -> Result<Option<StateMark>, BundleError> {
    let entries = directory(plan)?;
    let state =
        entries.iter().find(|entry| entry.name == "tfstate").ok_or_else(|| bad("it holds no tfstate"))?;
    parse_state(&content(plan, state)?)
}

/// Lineage and serial of a state file's text.
pub(crate) fn parse_state(text: &[u8]) -> Result<Option<StateMark>, BundleError> {
    #[derive(Deserialize)]
    struct State {
        #[serde(default)]
        lineage: String,
        #[serde(default)]
        serial: u64,
    }
    let state: State = serde_json::from_slice(text).map_err(|error| bad(&format!("its state: {error}")))?;
    let exists = !state.lineage.is_empty();
    Ok(exists.then_some(StateMark { lineage: state.lineage, serial: state.serial }))
}

fn directory(zip: &[u8]) -> Result<Vec<Entry>, BundleError> {
    const END: &[u8] = b"PK\x05\x06";
    // The end record is the last one; a comment behind it is at most 64 KiB.
    let from = zip.len().saturating_sub(22 + 0xffff);
    let tail = zip.get(from..).unwrap_or_default();
    let at = tail.windows(4).rposition(|window| window == END).ok_or_else(|| bad("it is no zip"))? + from;
    let count = u16_at(zip, at + 10)?;
    let mut at = u32_at(zip, at + 16)?;
    let mut names = BTreeSet::new();
    let mut entries = Vec::new();
    for _ in 0..count {
        if zip.get(at..at + 4) != Some(b"PK\x01\x02") {
            return Err(bad("its directory is broken"));
        }
        let (name, extra, comment) = (u16_at(zip, at + 28)?, u16_at(zip, at + 30)?, u16_at(zip, at + 32)?);
        let bytes =
            zip.get(at + 46..at + 46 + usize::from(name)).ok_or_else(|| bad("its directory ends early"))?;
        let entry = Entry {
            name: String::from_utf8_lossy(bytes).into_owned(),
            method: u16_at(zip, at + 10)?,
            packed: u32_at(zip, at + 20)?,
            local: u32_at(zip, at + 42)?,
        };
        if !names.insert(entry.name.clone()) {
            return Err(BundleError::Twice { archive: "plan file", name: entry.name });
        }
        entries.push(entry);
        at += 46 + usize::from(name) + usize::from(extra) + usize::from(comment);
    }
    Ok(entries)
}

fn content(zip: &[u8], entry: &Entry) -> Result<Vec<u8>, BundleError> {
    let at = entry.local;
    if zip.get(at..at + 4) != Some(b"PK\x03\x04") {
        return Err(bad("an entry is missing"));
    }
    let begin = at + 30 + usize::from(u16_at(zip, at + 26)?) + usize::from(u16_at(zip, at + 28)?);
    let packed =
        zip.get(begin..begin.saturating_add(entry.packed)).ok_or_else(|| bad("an entry ends early"))?;
    match entry.method {
        0 => Ok(packed.to_vec()),
        8 => {
            let mut text = Vec::new();
            let read = DeflateDecoder::new(packed).take(STATE_BYTES + 1).read_to_end(&mut text);
            read.map_err(|error| bad(&format!("its state: {error}")))?;
            if text.len() as u64 > STATE_BYTES { Err(bad("its state is too large")) } else { Ok(text) }
        }
        method => Err(bad(&format!("packing method {method}"))),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, BundleError> {
    match bytes.get(at..at.saturating_add(2)) {
        Some(&[a, b]) => Ok(u16::from_le_bytes([a, b])),
        _ => Err(bad("it ends early")),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, BundleError> {
    let (low, high) = (u16_at(bytes, at)?, u16_at(bytes, at.saturating_add(2))?);
    Ok(usize::from(high) << 16 | usize::from(low))
}

fn bad(why: &str) -> BundleError {
    BundleError::PlanFile(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A zip of stored entries, as a careless or hostile writer makes it.
    fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in entries {
            let at = u32::try_from(out.len()).unwrap();
            let sizes: Vec<u8> =
                [text.len() as u32, text.len() as u32].iter().flat_map(|n| n.to_le_bytes()).collect();
            let name_len = (name.len() as u16).to_le_bytes();
            out.extend(
                [b"PK\x03\x04", &[0; 14][..], &sizes, &name_len, &[0; 2], name.as_bytes(), text.as_bytes()]
                    .concat(),
            );
            directory.extend(
                [
                    b"PK\x01\x02",
                    &[0; 16][..],
                    &sizes,
                    &name_len,
                    &[0; 12],
                    &at.to_le_bytes(),
                    name.as_bytes(),
                ]
                .concat(),
            );
        }
        let count = (entries.len() as u16).to_le_bytes();
        let (size, at) = ((directory.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes());
        out.extend(directory);
        out.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &size, &at, &[0; 2]].concat());
        out
    }

    #[test]
    fn the_state_of_a_plan_is_known() {
        let plan = zip(&[("tfplan", "x"), ("tfstate", r#"{"lineage":"l","serial":7}"#)]);
        assert_eq!(state_mark(&plan).unwrap(), Some(StateMark { lineage: "l".into(), serial: 7 }));
        let plan = zip(&[("tfstate", r#"{"lineage":"","serial":0}"#)]);
        assert_eq!(state_mark(&plan).unwrap(), None);
    }

    #[test]
    fn two_entries_of_one_name_are_refused() {
        let plan = zip(&[("tfplan", "reviewed"), ("tfstate", "{}"), ("tfplan", "other")]);
        let refused = state_mark(&plan).unwrap_err().to_string();
        assert_eq!(refused, r#"the plan file has two entries named "tfplan""#);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut plan in Just(zip(&[("tfstate", "{}")])), at in 0..200_usize, byte: u8) {
            let at = at % plan.len();
            plan[at] = byte;
            let _ = state_mark(&plan);
            let _ = state_mark(&plan[..at]);
        }
    }
}
