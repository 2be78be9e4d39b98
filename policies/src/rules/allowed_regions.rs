//! Is everything made in these regions only?
//!
//! Asked of the region a resource will be in, and of the regions it keeps replicas in. Types that are in no region
//! (`defaults/global.txt`) are not asked.

use tfpilot_hcl::Value;
use tfpilot_plan::code;

use crate::finding::{Answer, Remark};
use crate::region;
use crate::settings::{AllowedRegions, ParameterProblem};
use crate::subject::Subject;
use crate::values::{elements, member};

/// The rule's id.
pub const ID: &str = "allowed-regions";

/// Blocks that name regions of copies, and the argument in them.
const REPLICAS: &[(&str, &str)] = &[("replica", "region_name"), ("replica", "region")];

/// The rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    regions: Vec<String>,
}

impl Asked {
    pub(crate) fn new(parameters: &AllowedRegions) -> Result<Self, Vec<ParameterProblem>> {
        let regions = parameters.regions.clone();
        if !regions.is_empty() && regions.iter().all(|region| !region.trim().is_empty()) {
            return Ok(Self { regions });
        }
        Err(vec![ParameterProblem {
            rule: ID,
            parameter: "regions".to_owned(),
            what: "no region, or an empty one".to_owned(),
            hint: "name the regions, such as eu-central-1".to_owned(),
        }])
    }

    /// Asks it of one resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        if !subject.is_made() {
            return None;
        }
        let mut answer = Answer::passed();
        let home = region::place(subject)?;
        answer.remarks.extend(self.remark(home.0, &home.1));
        for (block, argument) in REPLICAS {
            if subject.has(block) {
                answer.remarks.extend(self.replicas(subject, block, argument));
            }
        }
        Some(answer)
    }

    fn replicas(&self, subject: &Subject<'_, '_>, block: &str, argument: &str) -> Vec<Remark> {
        let value = subject.after(block);
        let Some(replicas) = elements(&value) else {
            // A block that the code leaves out is none, however computed the provider calls it.
            let none = subject.is_left_out(block) || !subject.is_set(block);
            return if none { Vec::new() } else { self.remark(block, &Value::Unknown).into_iter().collect() };
        };
        let has = |replica: &&Value| !matches!(replica, Value::Object(it) if !it.contains_key(argument));
        replicas.into_iter().filter(has).filter_map(|it| self.remark(block, &member(it, argument))).collect()
    }

    fn remark(&self, argument: &str, region: &Value) -> Option<Remark> {
        let allowed = self.regions.join(", ");
        match region {
            Value::String(region) if self.regions.iter().any(|it| it.eq_ignore_ascii_case(region)) => None,
            Value::String(region) => Some(Remark::violated(
                argument,
                format!("{} is not among the allowed regions", code(region)),
                format!("use one of {}", code(&allowed)),
            )),
            _ => Some(Remark::unknown(
                argument,
                "its region cannot be told from plan and code",
                format!("write the provider's `region` as one of {}", code(&allowed)),
            )),
        }
    }
}
