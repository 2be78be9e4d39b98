//! The classes of risk and which one a change falls into.

use serde::{Deserialize, Serialize};

use super::kinds::{is_iam, is_network, is_stateful};
use super::why::Reason;
use crate::{Operation, ResourceChange};

/// Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Something that keeps data is destroyed, or what happens is not known.
    DataLoss,
    /// Something becomes reachable from everywhere, or may.
    Exposed,
    /// Rights change.
    Iam,
    /// Something is destroyed.
    Destroy,
    /// Something stays in the cloud, unmanaged.
    Forget,
    /// Connections change.
    Network,
    /// Changed in place.
    Update,
    /// New.
    Create,
    /// Taken under management as it is.
    Import,
    /// Another address, the same object.
    Move,
}

impl Risk {
    /// The word in tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::DataLoss => "DATA-LOSS",
            Self::Exposed => "EXPOSED",
            Self::Iam => "IAM",
            Self::Destroy => "DESTROY",
            Self::Forget => "FORGET",
            Self::Network => "NETWORK",
            Self::Update => "UPDATE",
            Self::Create => "CREATE",
            Self::Import => "IMPORT",
            Self::Move => "MOVE",
        }
    }

    /// Shown whatever else has to be cut.
    pub fn is_grave(self) -> bool {
        self <= Self::Iam
    }
}

/// The first class that applies.
pub(super) fn of(change: &ResourceChange, exposures: &[Reason]) -> Risk {
    use Operation as O;
    let kind = change.kind.as_str();
    let operation = change.operation();
    let destroys = matches!(operation, O::Delete | O::Replace);
    match operation {
        O::Unknown => Risk::DataLoss,
        _ if destroys && is_stateful(kind) => Risk::DataLoss,
        _ if !exposures.is_empty() => Risk::Exposed,
        O::NoOp if change.is_import() => Risk::Import,
        O::NoOp => Risk::Move,
        _ if is_iam(kind) => Risk::Iam,
        _ if destroys => Risk::Destroy,
        O::Forget | O::ForgetAndCreate => Risk::Forget,
        _ if is_network(kind) => Risk::Network,
        O::Create => Risk::Create,
        _ => Risk::Update,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(kind: &str, actions: &[&str], expect: Risk) {
        let change = json!({"address": "x.y", "type": kind, "change": {"actions": actions}});
        assert_eq!(of(&serde_json::from_value(change).expect("a change"), &[]), expect);
    }

    #[test]
    fn classes() {
        check("aws_db_instance", &["delete"], Risk::DataLoss);
        check("aws_db_instance", &["create", "delete"], Risk::DataLoss);
        check("aws_db_instance", &["forget"], Risk::Forget);
        check("aws_db_instance", &["update"], Risk::Update);
        check("aws_iam_role", &["create"], Risk::Iam);
        check("aws_iam_role", &["delete"], Risk::Iam);
        check("aws_instance", &["delete", "create"], Risk::Destroy);
        check("aws_subnet", &["create"], Risk::Network);
        check("aws_subnet", &["delete"], Risk::Destroy);
        check("terraform_data", &["create"], Risk::Create);
        check("terraform_data", &["explode"], Risk::DataLoss);
        check("terraform_data", &[], Risk::DataLoss);
    }

    #[test]
    fn the_order_is_worst_first() {
        assert!(Risk::DataLoss < Risk::Exposed && Risk::Exposed < Risk::Iam && Risk::Update < Risk::Create);
        assert!(Risk::Iam.is_grave() && !Risk::Destroy.is_grave());
    }
}
