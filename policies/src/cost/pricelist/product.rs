//! Which products of a price list are what in the price book.

use serde::Deserialize;

/// Services whose products are known.
pub(super) const OFFERS: [&str; 4] = ["AmazonEC2", "AmazonRDS", "AmazonElastiCache", "AmazonES"];

/// MB per second of a GB per second.
const MB_PER_GB: u64 = 1_024;

/// Something that the price book sells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sold {
    /// A row of `components.csv`.
    Component {
        kind: &'static str,
        region: String,
        component: String,
        unit: &'static str,
        /// `fixed` or `usage`.
        of: &'static str,
    },
    /// A row of `ec2.csv`.
    Instance { region: String, instance_type: String },
}

/// A product, as far as it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product {
    #[serde(default)]
    product_family: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Attributes {
    servicecode: String,
    region_code: String,
    location_type: String,
    instance_type: String,
    usagetype: String,
    // AmazonEC2
    operating_system: String,
    tenancy: String,
    pre_installed_sw: String,
    capacitystatus: String,
    volume_api_name: String,
    // AmazonRDS
    database_engine: String,
    database_edition: String,
    deployment_option: String,
    license_model: String,
    storage: String,
    // AmazonElastiCache
    cache_engine: String,
}

impl Product {
    /// What it is, and how many of its units are one of ours; none for what nobody here buys.
    pub(super) fn sold(&self) -> Option<(Sold, u64)> {
        let it = &self.attributes;
        let is_region = it.location_type == "AWS Region" && is_word(&it.region_code);
        if !is_region {
            return None;
        }
        match it.servicecode.as_str() {
            "AmazonEC2" => self.machine(),
            "AmazonRDS" => self.database().map(|sold| (sold, 1)),
            "AmazonElastiCache" => self.cache().map(|sold| (sold, 1)),
            "AmazonES" => self.search().map(|sold| (sold, 1)),
            _ => None,
        }
    }

    fn component(&self, kind: &'static str, component: &str, unit: &'static str) -> Sold {
        let region = self.attributes.region_code.clone();
        Sold::Component { kind, region, component: component.to_owned(), unit, of: "fixed" }
    }

    /// A usage type without the region that it may begin with: `EUC1-RDS:GP3-Storage` after `RDS:`.
    fn usage(&self, service: &str) -> Option<&str> {
        self.attributes.usagetype.split_once(service).map(|(_, rest)| rest)
    }

    fn machine(&self) -> Option<(Sold, u64)> {
        let it = &self.attributes;
        let volume = it.volume_api_name.as_str();
        let (component, unit) = match self.product_family.as_str() {
            "Compute Instance" => {
                let linux = it.operating_system == "Linux"
                    && it.tenancy == "Shared"
                    && it.pre_installed_sw == "NA"
                    && it.capacitystatus == "Used";
                let (region, instance_type) = (it.region_code.clone(), it.instance_type.clone());
                return (linux && is_word(&instance_type))
                    .then_some((Sold::Instance { region, instance_type }, 1));
            }
            "Storage" if ["gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"].contains(&volume) => {
                (format!("{volume} storage"), "GB-months")
            }
            "System Operation" if ["gp3", "io1"].contains(&volume) && it.usagetype.contains("IOPS") => {
                (format!("{volume} iops"), "IOPS-months")
            }
            "Provisioned Throughput" if volume == "gp3" => {
                let sold = self.component("aws_ebs_volume", "gp3 throughput", "MBps-months");
                return Some((sold, MB_PER_GB));
            }
            "NAT Gateway" if it.usagetype.ends_with("NatGateway-Hours") => {
                return Some((self.component("aws_nat_gateway", "gateway", "hours"), 1));
            }
            _ => return None,
        };
        Some((self.component("aws_ebs_volume", &component, unit), 1))
    }

    fn database(&self) -> Option<Sold> {
        let it = &self.attributes;
        if self.product_family != "Database Instance" {
            return self.database_storage();
        }
        let class = it.instance_type.as_str();
        let zones = match it.deployment_option.as_str() {
            "Single-AZ" => "single-az",
            "Multi-AZ" => "multi-az",
            _ => return None,
        };
        if !is_word(class) {
            return None;
        }
        if it.database_engine.starts_with("Aurora") {
            let ordinary = !it.storage.contains("IO Optimization") && zones == "single-az";
            return ordinary.then(|| self.component("aws_rds_cluster_instance", class, "hours"));
        }
        let included = it.license_model == "License included";
        let engine = match (it.database_engine.as_str(), it.database_edition.as_str(), included) {
            ("MySQL", ..) => "mysql",
            ("MariaDB", ..) => "mariadb",
            ("PostgreSQL", ..) => "postgres",
            ("Oracle", "Enterprise", false) => "oracle-ee",
            ("Oracle", "Standard Two", false) => "oracle-se2 bring-your-own-license",
            ("Oracle", "Standard Two", true) => "oracle-se2 license-included",
            ("SQL Server", "Express", true) => "sqlserver-ex",
            ("SQL Server", "Web", true) => "sqlserver-web",
            ("SQL Server", "Standard", true) => "sqlserver-se",
            ("SQL Server", "Enterprise", true) => "sqlserver-ee",
            _ => return None,
        };
        Some(self.component("aws_db_instance", &format!("{engine} {class} {zones}"), "hours"))
    }

    fn database_storage(&self) -> Option<Sold> {
        let (usage, zones) = match self.usage("RDS:")? {
            usage if usage.starts_with("Multi-AZ-") => (usage.trim_start_matches("Multi-AZ-"), "multi-az"),
            usage => (usage, "single-az"),
        };
        let (component, unit) = match usage {
            "GP2-Storage" => ("gp2 storage", "GB-months"),
            "GP3-Storage" => ("gp3 storage", "GB-months"),
            "PIOPS-Storage" => ("io1 storage", "GB-months"),
            "StorageUsage" => ("standard storage", "GB-months"),
            "GP3-PIOPS" => ("gp3 iops", "IOPS-months"),
            "PIOPS" => ("io1 iops", "IOPS-months"),
            _ => return None,
        };
        Some(self.component("aws_db_instance", &format!("{component} {zones}"), unit))
    }

    fn cache(&self) -> Option<Sold> {
        let it = &self.attributes;
        let known = ["Redis", "Memcached"].contains(&it.cache_engine.as_str());
        let is_node = self.product_family == "Cache Instance" && known && is_word(&it.instance_type);
        is_node.then(|| self.component("aws_elasticache_cluster", &it.instance_type, "hours"))
    }

    fn search(&self) -> Option<Sold> {
        const DOMAIN: &str = "aws_elasticsearch_domain";
        if let Some(usage) = self.usage("ES:") {
            let (component, unit) = match usage {
                "GP2-Storage" => ("gp2 storage", "GB-months"),
                "GP3-Storage" => ("gp3 storage", "GB-months"),
                "PIOPS-Storage" => ("io1 storage", "GB-months"),
                "Magnetic-Storage" => ("standard storage", "GB-months"),
                "PIOPS" => ("io1 iops", "IOPS-months"),
                _ => return None,
            };
            return Some(self.component(DOMAIN, component, unit));
        }
        let class = self.attributes.instance_type.as_str();
        let class = class.trim_end_matches(".search").trim_end_matches(".elasticsearch");
        let is_node = self.usage("ESInstance:").is_some() && is_word(class);
        is_node.then(|| self.component(DOMAIN, class, "hours"))
    }
}

/// Whether a text is a name that can stand in a table.
fn is_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=60).contains(&text.len()) && text.bytes().all(plain)
}
