//! A plan as long as one wants: the resources of the plans that the policies are tested with, again and again under names of
//! their own. The same number of resources gives the same bytes.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// Plans of `policies/testdata` that Terraform made.
const FOLDERS: [&str; 16] = [
    "allowed-regions",
    "cost",
    "defaults/cloudtrail",
    "defaults/ec2",
    "defaults/eks",
    "defaults/iam",
    "defaults/keys",
    "defaults/lambda",
    "defaults/lb",
    "defaults/messaging",
    "defaults/rds",
    "defaults/s3",
    "naming",
    "no-public-access",
    "protect-stateful",
    "required-tags",
];

/// Where the number of a round is written.
const ROUND: &str = "~round~";

/// Arguments whose texts name an object, so that no two rounds may share them.
const NAMES: [&str; 14] = [
    "arn",
    "bucket",
    "cluster_identifier",
    "cluster_name",
    "db_name",
    "function_name",
    "id",
    "identifier",
    "name",
    "Name",
    "queue_url",
    "role",
    "topic_arn",
    "url",
];

/// The texts of one resource in every list that it stands in, with [`ROUND`] for its number.
struct Stamp {
    change: String,
    planned: Option<String>,
    prior: Option<String>,
    configuration: Option<String>,
}

/// The JSON of a plan with so many resources, as `terraform show -json` writes it.
///
/// # Errors
/// When the plans it is made of are not there.
pub(crate) fn plan(resources: usize) -> anyhow::Result<String> {
    let stamps = stamps()?;
    ensure!(!stamps.is_empty(), "there are no resources to repeat");
    let of = |text: fn(&Stamp) -> Option<&String>| -> String {
        let texts = (0..resources).filter_map(|at| {
            let text = text(stamps.get(at % stamps.len())?)?;
            Some(text.replace(ROUND, &format!("{:05}", at / stamps.len())))
        });
        texts.collect::<Vec<_>>().join(",")
    };
    let provider = json!({"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws",
        "version_constraint": "5.100.0", "expressions": {"region": {"constant_value": "eu-central-1"}}}});
    Ok(format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{{"root_module":{{"resources":[{}]}}}},"resource_changes":[{}],"prior_state":{{"format_version":"1.0","terraform_version":"1.11.4","values":{{"root_module":{{"resources":[{}]}}}}}},"configuration":{{"provider_config":{provider},"root_module":{{"resources":[{}]}}}},"timestamp":"2026-11-30T12:00:00Z","applyable":true,"complete":true,"errored":false}}"#,
        of(|stamp| stamp.planned.as_ref()),
        of(|stamp| Some(&stamp.change)),
        of(|stamp| stamp.prior.as_ref()),
        of(|stamp| stamp.configuration.as_ref()),
    ))
}

fn stamps() -> anyhow::Result<Vec<Stamp>> {
    let mut stamps = Vec::new();
    for folder in FOLDERS {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/testdata").join(folder).join("plan.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let plan: Value =
            serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
        stamps.extend(stamps_of(&folder.replace(['/', '-'], "_"), &plan));
    }
    Ok(stamps)
}

/// Those of the resources of the root module; what is in modules would need their calls.
fn stamps_of(folder: &str, plan: &Value) -> Vec<Stamp> {
    let list = |pointer: &str| plan.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let changes = list("/resource_changes");
    let changes = changes.iter().filter(|change| {
        change.get("module_address").is_none()
            && change.get("type").is_some_and(|kind| kind != "terraform_data")
    });
    let written = list("/configuration/root_module/resources");
    let addresses: BTreeSet<&str> = written.iter().filter_map(|it| it.get("address")?.as_str()).collect();
    let mut written_once = BTreeSet::new();
    let stamp = |change: &Value| {
        let renamed = |item: &Value| Rename { folder, addresses: &addresses }.of(None, item).to_string();
        let address = change.get("address").and_then(Value::as_str).unwrap_or_default();
        let address = address.split('[').next().unwrap_or_default().to_owned();
        let is_first = written_once.insert(address.clone());
        let resource =
            written.iter().find(|it| is_first && it.get("address").and_then(Value::as_str) == Some(&address));
        Stamp {
            change: renamed(change),
            planned: values(change, "after").map(|item| renamed(&item)),
            prior: values(change, "before").map(|item| renamed(&item)),
            configuration: resource.map(renamed),
        }
    };
    changes.map(stamp).collect()
}

/// The item of `planned_values` or of the state; none where the resource is not there.
fn values(change: &Value, side: &str) -> Option<Value> {
    let values = change.get("change")?.get(side).filter(|values| values.is_object())?;
    let marks = change.get("change")?.get(format!("{side}_sensitive")).filter(|marks| marks.is_object());
    let marks = marks.cloned().unwrap_or_else(|| json!({}));
    let names = ["address", "mode", "type", "name", "index", "provider_name"].into_iter();
    let mut item: serde_json::Map<String, Value> =
        names.filter_map(|name| Some((name.to_owned(), change.get(name)?.clone()))).collect();
    item.insert("schema_version".to_owned(), json!(0));
    item.insert("values".to_owned(), values.clone());
    item.insert("sensitive_values".to_owned(), marks);
    Some(Value::Object(item))
}

/// Gives what one folder has names of its own, in every round other ones.
struct Rename<'a> {
    folder: &'a str,
    addresses: &'a BTreeSet<&'a str>,
}

impl Rename<'_> {
    fn of(&self, key: Option<&str>, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(key, text)),
            Value::Array(items) => items.iter().map(|item| self.of(None, item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, item)| (name.clone(), self.of(Some(name), item))).collect()
            }
            scalar => scalar.clone(),
        }
    }

    fn text(&self, key: Option<&str>, text: &str) -> String {
        // `aws_s3_bucket.full.id`, `aws_s3_bucket.many["a"]`
        let address = self.addresses.iter().find(|address| {
            text.strip_prefix(**address).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        });
        match address {
            Some(address) => {
                let rest = text.strip_prefix(*address).unwrap_or_default();
                format!("{address}_{}_{ROUND}{rest}", self.folder)
            }
            _ if key.is_some_and(|key| NAMES.contains(&key)) && !text.is_empty() => {
                format!("{text}_{}_{ROUND}", self.folder)
            }
            _ => text.to_owned(),
        }
    }
}
