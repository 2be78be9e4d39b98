//! What would cost less and do no less: the same resource, priced with one argument altered. Only what is always so is said; a
//! part without a price says nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Number;
use tfpilot_hcl::Value;

use super::item::text_in;
use super::types;
use super::{Component, Item, Money, Values};
use crate::values::elements;

/// Families of EC2 with the newer one of the same sizes and architecture, without disks of their own.
const NEWER: [(&str, &str); 3] = [("m4.", "m5."), ("c4.", "c5."), ("r4.", "r5.")];

/// The same of those that burst. By default the newer one costs more beyond its share of the CPU, the older does not: a sure
/// thing only where the code says which it is.
const NEWER_BURSTING: [(&str, &str); 1] = [("t2.", "t3.")];

/// The same among classes of databases.
const NEWER_CLASSES: [(&str, &str); 2] = [("db.m4.", "db.m5."), ("db.r4.", "db.r5.")];

/// Size in GB up to which a gp2 volume reaches no more than a gp3 volume includes, but for 3 of 128 MB/s.
const SMALL_GB: u64 = 170;

/// Operations per second of a gp2 volume for each GB, and the most of them.
const GP2_IOPS: (u64, u64) = (3, 16_000);

/// MB per second that a larger gp2 volume may reach.
const GP2_THROUGHPUT: u64 = 250;

/// Operations per second that a gp3 volume includes.
const GP3_IOPS: u64 = 3_000;

/// Something that would cost less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The resource's address.
    pub address: String,
    /// `gp2 → gp3 saves $3.20 a month`.
    pub text: String,
    /// How much a month, by the prices of the estimate.
    pub saves: Money,
}

/// A resource with some arguments altered.
struct Altered<'v> {
    values: &'v dyn Values,
    arguments: BTreeMap<&'v str, Value>,
}

impl Values for Altered<'_> {
    fn value(&self, name: &str) -> Value {
        self.arguments.get(name).cloned().unwrap_or_else(|| self.values.value(name))
    }

    fn is_omitted(&self, name: &str) -> bool {
        !self.arguments.contains_key(name) && self.values.is_omitted(name)
    }

    fn is_left_out(&self, name: &str) -> bool {
        !self.arguments.contains_key(name) && self.values.is_left_out(name)
    }

    fn written_in(&self, name: &str) -> Option<(usize, BTreeSet<String>)> {
        if self.arguments.contains_key(name) { None } else { self.values.written_in(name) }
    }

    fn referred_kind(&self, path: &[&str]) -> Option<String> {
        self.values.referred_kind(path)
    }

    fn referred(&self, path: &[&str], kinds: &[&str], look: &mut dyn FnMut(&str, &dyn Values)) -> bool {
        self.values.referred(path, kinds, look)
    }
}

/// What would cost less than a resource does, whose components these are.
pub(super) fn of(item: &Item<'_>, address: &str, components: &[Component]) -> Vec<Suggestion> {
    let mut all = Vec::new();
    let mut look = |arguments: BTreeMap<&str, Value>, what: &str| {
        if let Some(saves) = saved(item, arguments, components) {
            let text = format!("{what} saves {} a month", saves.shown());
            all.push(Suggestion { address: address.to_owned(), text, saves });
        }
    };
    match item.kind {
        "aws_ebs_volume" => {
            let volume = Value::Object(
                ["type", "size", "iops", "throughput"]
                    .into_iter()
                    .map(|name| (name.to_owned(), item.values.value(name)))
                    .collect(),
            );
            if let Some(Value::Object(newer)) = gp3(&volume, "type", "size") {
                let names = ["type", "iops", "throughput"];
                let altered = names.into_iter().filter_map(|name| Some((name, newer.get(name)?.clone())));
                look(altered.collect(), "gp2 → gp3");
            }
        }
        "aws_instance" => {
            for name in ["root_block_device", "ebs_block_device"] {
                if let Some(disks) = disks(&item.values.value(name)) {
                    look([(name, disks)].into(), "gp2 → gp3");
                }
            }
            newer(item, "instance_type", &NEWER, &mut look);
            if text_in(&item.block("credit_specification"), "cpu_credits").known().is_some() {
                newer(item, "instance_type", &NEWER_BURSTING, &mut look);
            }
        }
        "aws_db_instance" => newer(item, "instance_class", &NEWER_CLASSES, &mut look),
        _ => {}
    }
    all
}

/// Kinds that something may be suggested for.
pub(super) fn is_looked_at(kind: &str) -> bool {
    ["aws_db_instance", "aws_ebs_volume", "aws_instance"].contains(&kind)
}

fn newer(
    item: &Item<'_>,
    argument: &'static str,
    families: &[(&str, &str)],
    look: &mut impl FnMut(BTreeMap<&str, Value>, &str),
) {
    let Some(old) = item.text(argument).known() else { return };
    let found = families.iter().find_map(|(from, to)| Some(format!("{to}{}", old.strip_prefix(from)?)));
    if let Some(new) = found {
        // Both have a price of the book, so that neither is a text of somebody's own.
        look([(argument, Value::String(new.clone()))].into(), &format!("{old} → {new}"));
    }
}

/// The disks of an instance with gp3 in the place of gp2; none where there is no gp2, or a size is not known.
fn disks(value: &Value) -> Option<Value> {
    let disks = elements(value)?;
    let altered: Vec<Option<Value>> =
        disks.iter().map(|disk| gp3(disk, "volume_type", "volume_size")).collect();
    if altered.iter().all(Option::is_none) {
        return None;
    }
    let merged =
        altered.into_iter().zip(disks).map(|(altered, disk)| altered.unwrap_or_else(|| disk.clone()));
    Some(Value::List(merged.collect()))
}

/// A gp2 volume as a gp3 volume that does no less; none for others.
fn gp3(volume: &Value, kind: &str, size: &str) -> Option<Value> {
    let Value::Object(members) = volume else { return None };
    if members.get(kind)?.as_str() != Some("gp2") {
        return None;
    }
    let size = super::item::number(members.get(size)?)?;
    let mut members = members.clone();
    let number = |number: u64| Value::Number(Number::from(number));
    let (per_gb, most) = GP2_IOPS;
    let iops = size.saturating_mul(per_gb).clamp(GP3_IOPS, most);
    members.insert(kind.to_owned(), Value::String("gp3".to_owned()));
    members.insert("iops".to_owned(), number(iops));
    members
        .insert("throughput".to_owned(), if size > SMALL_GB { number(GP2_THROUGHPUT) } else { Value::Null });
    Some(Value::Object(members))
}

/// How much less the altered resource costs; none where that is not sure, or it does not.
fn saved(item: &Item<'_>, arguments: BTreeMap<&str, Value>, components: &[Component]) -> Option<Money> {
    let values = &Altered { values: item.values, arguments };
    let altered = types::components(&Item { values, used: None, ..*item });
    let doubtful = |components: &[Component]| components.iter().filter(|it| it.is_doubtful()).count();
    if doubtful(&altered) > doubtful(components) {
        return None;
    }
    let sum = |components: &[Component]| components.iter().map(Component::counted).sum::<Money>();
    let saves = sum(components) - sum(&altered);
    (saves > Money::ZERO).then_some(saves)
}
