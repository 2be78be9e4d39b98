//! The plan within a report: a document of up to a hundred megabytes, which is passed on as the text it is. As values it
//! would take eight times that.
//!
//! A conclusion says which one it is in one of its own members, and serde keeps all of them as values until it has found it.
//! So the members are kept as text here, and only then read as what they are.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{ApplyOutcome, Conclusion, Diagnostic, NotAdmitted, Phase, PlanReport};

/// The JSON of a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanDocument(Box<RawValue>);

impl PlanDocument {
    /// Of anything that is written as the JSON of a plan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn of(plan: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(plan).map(Self)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for PlanDocument {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// The conclusions without a plan.
#[derive(Deserialize)]
#[serde(tag = "conclusion", rename_all = "kebab-case")]
enum WithoutPlan {
    Applied(ApplyOutcome),
    Failed {
        phase: Phase,
        diagnostics: Vec<Diagnostic>,
        #[serde(default)]
        cancelled: bool,
        #[serde(default)]
        stale: bool,
    },
    NotAdmitted {
        findings: Vec<NotAdmitted>,
    },
}

impl From<WithoutPlan> for Conclusion {
    fn from(conclusion: WithoutPlan) -> Self {
        match conclusion {
            WithoutPlan::Applied(outcome) => Self::Applied(outcome),
            WithoutPlan::Failed { phase, diagnostics, cancelled, stale } => {
                Self::Failed { phase, diagnostics, cancelled, stale }
            }
            WithoutPlan::NotAdmitted { findings } => Self::NotAdmitted { findings },
        }
    }
}

impl<'de> Deserialize<'de> for Conclusion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = BTreeMap::<String, Box<RawValue>>::deserialize(deserializer)?;
        fn read<T: serde::de::DeserializeOwned, E: Error>(text: &RawValue) -> Result<T, E> {
            serde_json::from_str(text.get()).map_err(E::custom)
        }
        let Some(which) = members.get("conclusion") else {
            return Err(D::Error::missing_field("conclusion"));
        };
        if read::<Value, D::Error>(which)? != "planned" {
            let rest = members.iter().map(|(name, text)| Ok((name.clone(), read(text)?)));
            let rest: Value = rest.collect::<Result<serde_json::Map<_, _>, D::Error>>()?.into();
            return WithoutPlan::deserialize(rest).map(Self::from).map_err(D::Error::custom);
        }
        let missing = |name: &'static str| D::Error::missing_field(name);
        let plan = PlanDocument(members.remove("plan").ok_or_else(|| missing("plan"))?);
        let optional = |name: &str| members.get(name).map(|text| text.as_ref());
        let needed = |name: &'static str| optional(name).ok_or_else(|| missing(name));
        Ok(Self::Planned(Box::new(PlanReport {
            manifest: read(needed("manifest")?)?,
            bundle_sha256: read(needed("bundle_sha256")?)?,
            plan,
            warnings: optional("warnings").map_or(Ok(Vec::new()), read)?,
            lock_file: optional("lock_file").map_or(Ok(None), read)?,
            infracost: optional("infracost").map_or(Ok(None), read)?,
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_stays_the_text_it_is() {
        let kept = include_str!("../testdata/v1/conclusion.planned.json");
        let Ok(Conclusion::Planned(report)) = serde_json::from_str(kept) else { panic!("a plan's report") };
        assert!(kept.contains(report.plan.as_str()), "{}", report.plan.as_str());
        let again: Conclusion =
            serde_json::from_slice(&serde_json::to_vec(&Conclusion::Planned(report.clone())).expect("plain"))
                .expect("its own form");
        assert_eq!(again, Conclusion::Planned(report));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (text, expect) in [
            ("{}", "missing field `conclusion`"),
            (r#"{"conclusion":"planned"}"#, "missing field `plan`"),
            (r#"{"conclusion":"planned","plan":{}}"#, "missing field `manifest`"),
            (r#"{"conclusion":"failed"}"#, "missing field `phase`"),
            (r#"{"conclusion":"exploded"}"#, "unknown variant `exploded`"),
            (r#"{"conclusion":3}"#, "invalid type"),
        ] {
            let error = serde_json::from_str::<Conclusion>(text).expect_err("not a conclusion").to_string();
            assert!(error.starts_with(expect), "{text}: {error}");
        }
    }
}
