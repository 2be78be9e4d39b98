//! Which attributes a provider's schema calls sensitive. Read from `terraform providers schema -json`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::sensitive::Sensitive;
use crate::model::or_default;
use crate::read::MAX_PLAN_BYTES;
use crate::{MAX_DEPTH, PlanError};

/// Sensitive attributes of every resource, data source and provider, by type.
#[derive(Debug, Clone, Default)]
pub struct ProviderSchemas {
    managed: BTreeMap<String, Sensitive>,
    data: BTreeMap<String, Sensitive>,
    providers: BTreeMap<String, Sensitive>,
}

impl ProviderSchemas {
    /// Reads the schema document; its other content is skipped without being kept.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let what = "provider schema";
        if bytes.len() > MAX_PLAN_BYTES {
            return Err(PlanError::TooLarge { what, bytes: bytes.len(), limit: MAX_PLAN_BYTES });
        }
        let file: File = serde_json::from_slice(bytes).map_err(|error| match error.to_string() {
            text if text.starts_with("recursion limit") => PlanError::TooDeep { what, limit: MAX_DEPTH },
            text => PlanError::Syntax {
                what,
                line: error.line(),
                column: error.column(),
                reason: text.split(" at line ").next().unwrap_or_default().to_owned(),
            },
        })?;
        let mut schemas = Self::default();
        for (source, provider) in file.provider_schemas {
            schemas.providers.insert(source, provider.provider.block.sensitive());
            add(&mut schemas.managed, provider.resource_schemas);
            add(&mut schemas.data, provider.data_source_schemas);
        }
        Ok(schemas)
    }

    pub(super) fn resource(&self, mode: &str, kind: &str) -> Option<&Sensitive> {
        if mode == "data" { self.data.get(kind) } else { self.managed.get(kind) }
    }

    pub(super) fn provider(&self, source: &str) -> Option<&Sensitive> {
        self.providers.get(source)
    }
}

/// Two providers may have a type of one name: what either calls sensitive is.
fn add(known: &mut BTreeMap<String, Sensitive>, types: BTreeMap<String, Schema>) {
    for (name, schema) in types {
        let found = schema.block.sensitive();
        if !found.is_empty() {
            known.entry(name).or_default().merge(found);
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    #[serde(deserialize_with = "or_default")]
    provider_schemas: BTreeMap<String, Provider>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Provider {
    #[serde(deserialize_with = "or_default")]
    provider: Schema,
    #[serde(deserialize_with = "or_default")]
    resource_schemas: BTreeMap<String, Schema>,
    #[serde(deserialize_with = "or_default")]
    data_source_schemas: BTreeMap<String, Schema>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Schema {
    #[serde(deserialize_with = "or_default")]
    block: Block,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Block {
    #[serde(deserialize_with = "or_default")]
    attributes: BTreeMap<String, Attribute>,
    #[serde(deserialize_with = "or_default")]
    block_types: BTreeMap<String, NestedBlock>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attribute {
    #[serde(deserialize_with = "or_default")]
    sensitive: bool,
    #[serde(deserialize_with = "or_default")]
    write_only: bool,
    nested_type: Option<NestedType>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NestedType {
    #[serde(deserialize_with = "or_default")]
    attributes: BTreeMap<String, Attribute>,
    #[serde(deserialize_with = "or_default")]
    nesting_mode: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NestedBlock {
    #[serde(deserialize_with = "or_default")]
    nesting_mode: String,
    #[serde(deserialize_with = "or_default")]
    block: Block,
}

impl Block {
    fn sensitive(self) -> Sensitive {
        let mut found = of_attributes(self.attributes);
        for (name, nested) in self.block_types {
            let below = Sensitive { any_key: nested.nesting_mode == "map", ..nested.block.sensitive() };
            found.put(name, below);
        }
        found
    }
}

fn of_attributes(attributes: BTreeMap<String, Attribute>) -> Sensitive {
    let mut found = Sensitive::default();
    for (name, attribute) in attributes {
        let below = match attribute.nested_type {
            _ if attribute.sensitive || attribute.write_only => {
                Sensitive { all: true, ..Sensitive::default() }
            }
            Some(nested) => {
                Sensitive { any_key: nested.nesting_mode == "map", ..of_attributes(nested.attributes) }
            }
            None => Sensitive::default(),
        };
        found.put(name, below);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_attributes_and_blocks_are_found() {
        let schemas = ProviderSchemas::parse(
            br#"{"provider_schemas":{"example.com/acme/box":{
                "provider":{"block":{"attributes":{"token":{"sensitive":true}}}},
                "resource_schemas":{"box":{"block":{
                    "attributes":{"key":{"sensitive":true},"name":{},
                        "users":{"nested_type":{"nesting_mode":"map","attributes":{"pin":{"write_only":true}}}}},
                    "block_types":{"login":{"nesting_mode":"list","block":{"attributes":{"pw":{"sensitive":true}}}}}
                }},"plain":{"block":{"attributes":{"name":{}}}}}}}}"#,
        )
        .expect("a schema");
        let found = schemas.resource("managed", "box").expect("has sensitive attributes");
        assert!(found.names["key"].all && found.names["login"].names["pw"].all);
        assert!(found.names["users"].any_key && found.names["users"].names["pin"].all);
        assert!(!found.names.contains_key("name"));
        assert!(schemas.resource("managed", "plain").is_none() && schemas.resource("data", "box").is_none());
        assert!(schemas.provider("example.com/acme/box").expect("the provider").names["token"].all);
    }

    #[test]
    fn damage_is_an_error_with_its_place() {
        let error = ProviderSchemas::parse(b"{\"provider_schemas\": 3}").expect_err("damaged").to_string();
        assert!(error.starts_with("the provider schema is not JSON, line 1, column 22"), "{error}");
    }
}
