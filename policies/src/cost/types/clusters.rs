//! Clusters that share storage: Aurora, DocumentDB, Neptune. Their instances are fixed, their storage grows by use.

use crate::cost::item::Given;
use crate::cost::{Component, Item, MONTH_HOURS, Status};

/// Storage types whose instances cost more and whose operations cost nothing.
const IO_OPTIMISED: [&str; 2] = ["aurora-iopt1", "iopt1"];

/// An Aurora cluster.
pub(super) fn aurora(item: &Item<'_>) -> Vec<Component> {
    if !matches!(item.text("db_cluster_instance_class"), Given::Default | Given::Unknown) {
        return vec![Component::not_priced("cluster", "clusters of several zones are not in the price book")];
    }
    let mut components = match item.text("storage_type") {
        Given::Known(kind) if IO_OPTIMISED.contains(&kind.as_str()) => {
            vec![Component::unlisted("storage")]
        }
        _ => item.usages(&["storage", "io requests"]),
    };
    if item.text("engine_mode").known().as_deref() == Some("serverless") {
        components.push(item.usage("serverless capacity"));
    }
    components.push(item.usage("backup storage"));
    if item.text("engine").known().is_some_and(|engine| engine.contains("mysql")) {
        components.push(item.usage("backtrack"));
    }
    components.push(item.usage("snapshot export"));
    components
}

/// An instance of an Aurora cluster.
pub(super) fn aurora_instance(item: &Item<'_>) -> Vec<Component> {
    if item.text("instance_class").known().as_deref() == Some("db.serverless") {
        let capacity = "serverless v2 capacity";
        return match storage_of(item, "aws_rds_cluster") {
            Some(Given::Known(kind)) if IO_OPTIMISED.contains(&kind.as_str()) => {
                vec![Component::unlisted(capacity)]
            }
            _ => vec![item.usage(capacity)],
        };
    }
    let mut components = vec![machine(item, "aws_rds_cluster")];
    let kept = item.number("performance_insights_retention_period").or(0);
    if item.flag("performance_insights_enabled").known() == Some(true) && kept.is_none_or(|days| days > 7) {
        components.push(Component::not_priced("performance insights", "kept longer than a week, no price"));
    }
    components.extend(credits(item));
    components
}

/// An instance of a DocumentDB cluster, whose storage is used by way of it.
pub(super) fn document_instance(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![machine(item, "aws_docdb_cluster")];
    match storage_of(item, "aws_docdb_cluster") {
        Some(Given::Known(kind)) if IO_OPTIMISED.contains(&kind.as_str()) => {
            components.push(Component::unlisted("storage"));
        }
        _ => components.extend(item.usages(&["storage", "io requests"])),
    }
    components.extend(credits(item));
    components
}

/// An instance of a Neptune cluster.
pub(super) fn graph_instance(item: &Item<'_>) -> Vec<Component> {
    vec![machine(item, "aws_neptune_cluster")]
}

/// By its class, and at the price of ordinary storage: whether the cluster has that is asked of the cluster.
fn machine(item: &Item<'_>, cluster: &str) -> Component {
    let Given::Known(class) = item.text("instance_class") else {
        return Component::not_priced("instance", "its class is known only after apply");
    };
    let status = match storage_of(item, cluster) {
        Some(Given::Known(kind)) if IO_OPTIMISED.contains(&kind.as_str()) => {
            return Component::not_priced("instance", "no price with storage optimised for I/O");
        }
        Some(Given::Known(_) | Given::Default) => Status::Priced,
        _ => Status::Assumed { input: "the cluster's storage is not optimised for I/O".to_owned() },
    };
    item.of_class(item.kind, "instance", &class, MONTH_HOURS, status)
}

/// The storage type of the cluster that an instance is of.
fn storage_of(item: &Item<'_>, cluster: &str) -> Option<Given<String>> {
    item.ask(&["cluster_identifier"], &[cluster], |cluster| cluster.text("storage_type"))
}

fn credits(item: &Item<'_>) -> Option<Component> {
    let class = item.text("instance_class").known()?;
    (class.starts_with("db.t3.") || class.starts_with("db.t4g.")).then(|| item.usage("cpu credits"))
}

/// A Neptune cluster.
pub(super) fn graph(item: &Item<'_>) -> Vec<Component> {
    match item.text("storage_type") {
        Given::Known(kind) if IO_OPTIMISED.contains(&kind.as_str()) => {
            vec![Component::unlisted("storage"), item.usage("backup storage")]
        }
        _ => item.usages(&["storage", "io requests", "backup storage"]),
    }
}
