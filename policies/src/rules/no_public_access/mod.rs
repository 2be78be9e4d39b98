//! Is nothing reachable from the whole internet?
//!
//! Asked of doors: address ranges (`network`), policies that let anybody in (`policies`), switches and words
//! (`switches`), and of the public access block of S3. A load balancer is made to be reached: its security group is judged.

mod known_as;
mod network;
mod policies;
mod statement;
mod switches;

use tfpilot_hcl::Value;
use tfpilot_plan::Operation;

use crate::finding::{Answer, Remark};
use crate::settings::NoPublicAccess;
use crate::subject::Subject;

/// The rule's id.
pub const ID: &str = "no-public-access";

/// Ids of Checkov for the doors that are asked of: address ranges on any port (24, 25, 260, 277), ACLs (20, 57), the four
/// switches of S3's block (53–56), policies that let anybody in (33, 60, 70, and 301 for functions), databases and clusters
/// in public (17, 38, 87), function URLs (258).
pub const ALIASES: &[&str] = &[
    "CKV_AWS_17",
    "CKV_AWS_20",
    "CKV_AWS_24",
    "CKV_AWS_25",
    "CKV_AWS_33",
    "CKV_AWS_38",
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "CKV_AWS_57",
    "CKV_AWS_60",
    "CKV_AWS_70",
    "CKV_AWS_87",
    "CKV_AWS_258",
    "CKV_AWS_260",
    "CKV_AWS_277",
    "CKV_AWS_301",
];

/// Resources that hold doors shut.
const BLOCKS: &[&str] = &["aws_s3_account_public_access_block", "aws_s3_bucket_public_access_block"];

/// Their switches.
const BLOCK_SWITCHES: [&str; 4] =
    ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/// The rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    allowed_ports: Vec<u16>,
}

impl Asked {
    pub(crate) fn new(parameters: &NoPublicAccess) -> Self {
        Self { allowed_ports: parameters.allowed_ports.clone() }
    }

    /// Asks it of one resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        if BLOCKS.contains(&subject.kind) && subject.operation == Operation::Delete {
            return Some(shut_door_removed(subject));
        }
        if !subject.is_made() {
            return None;
        }
        let mut asked = [
            network::ask(subject, &self.allowed_ports),
            policies::ask(subject),
            switches::ask(subject),
            shut_door(subject),
        ]
        .into_iter()
        .flatten();
        let first = asked.next()?;
        let mut all = asked.fold(first, |mut all, more| {
            all.remarks.extend(more.remarks);
            all
        });
        for remark in all.remarks.iter_mut().filter(|remark| remark.ids.is_empty()) {
            remark.ids = known_as::ids(subject.kind, remark.argument.as_deref());
        }
        Some(all)
    }
}

fn shut_door(subject: &Subject<'_, '_>) -> Option<Answer> {
    if !BLOCKS.contains(&subject.kind) {
        return None;
    }
    let remarks = BLOCK_SWITCHES.into_iter().filter_map(|switch| {
        let hint = format!("write `{switch} = true`");
        match subject.after(switch) {
            Value::Bool(true) => None,
            Value::Unknown if !subject.is_omitted(switch) => {
                Some(Remark::unknown(switch, format!("`{switch}` is not known before apply"), hint))
            }
            _ => Some(Remark::violated(switch, format!("`{switch}` is off"), hint)),
        }
    });
    Some(Answer { remarks: remarks.collect(), ..Answer::default() })
}

/// The block goes. Together with its bucket that opens nothing.
fn shut_door_removed(subject: &Subject<'_, '_>) -> Answer {
    let bucket = subject.before("bucket");
    if bucket.as_str().is_some_and(|bucket| subject.world.plans.is_bucket_gone(bucket)) {
        return Answer::passed();
    }
    Answer::one(Remark::violated("", "the block on public access is removed", "keep it with all switches on"))
}
