//! Which Terraform and which providers a module needs: ranges from its `terraform` block, exact versions from
//! `module.yml`. Writing them into a stack belongs to [`crate::render`].

use std::collections::BTreeMap;

use tfpilot_hcl::{Diagnostic, File, Place, Scope, Value, evaluate};

/// A provider with the exact version that stacks get.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provider {
    /// The name it has in the module, such as `aws`.
    pub name: String,
    /// Where it comes from, such as `hashicorp/aws`.
    pub source: String,
    /// Its version, `X.Y.Z`.
    pub version: String,
}

/// What a module's `terraform` blocks ask for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Requirements {
    required_version: Option<String>,
    /// Source and place, by name.
    providers: BTreeMap<String, (String, Place)>,
}

/// Reads `required_version` and `required_providers`. Files that do not parse were reported with the interface.
pub(crate) fn read<'t>(
    files: impl Iterator<Item = (String, &'t str)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Requirements {
    let mut requirements = Requirements::default();
    for (path, content) in files {
        let Ok(file) = File::parse(&path, content.as_bytes()) else { continue };
        for terraform in file.body.named("terraform") {
            if let Some(version) = terraform.body.get("required_version") {
                requirements.required_version = constant_text(&evaluate(&version.value, &Scope::empty()));
            }
            for attribute in
                terraform.body.named("required_providers").flat_map(|block| &block.body.attributes)
            {
                let source = match evaluate(&attribute.value, &Scope::empty()) {
                    Value::Object(entries) => entries.get("source").and_then(constant_text),
                    _ => None,
                };
                match source {
                    Some(source) => {
                        requirements
                            .providers
                            .insert(attribute.name.clone(), (source, attribute.place.clone()));
                    }
                    None => diagnostics.push(Diagnostic::new(
                        attribute.place.clone(),
                        format!("provider `{}` without a source", attribute.name),
                        "write `{ source = \"hashicorp/aws\", version = \">= …\" }`",
                    )),
                }
            }
        }
    }
    requirements
}

fn constant_text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Requirements {
    /// Whether the module names this provider.
    pub(crate) fn names(&self, provider: &str) -> bool {
        self.providers.contains_key(provider)
    }

    /// The Terraform range and the providers, each with its exact version; `None` when something is missing.
    pub(crate) fn pinned(
        &self,
        yaml: &str,
        versions: &BTreeMap<String, String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<(String, Vec<Provider>)> {
        let mut complete = true;
        let mut providers = Vec::new();
        for (name, (source, place)) in &self.providers {
            match versions.get(name) {
                Some(version) => providers.push(Provider {
                    name: name.clone(),
                    source: source.clone(),
                    version: version.clone(),
                }),
                None => {
                    complete = false;
                    diagnostics.push(Diagnostic::new(
                        place.clone(),
                        format!("no exact version for provider `{name}`"),
                        format!("write `providers: {{{name}: X.Y.Z}}` into {yaml}"),
                    ));
                }
            }
        }
        if self.required_version.is_none() {
            diagnostics.push(Diagnostic::new(
                Place::start(yaml.replace("module.yml", "versions.tf")),
                "the module does not say which Terraform it works with",
                "write `required_version = \">= …\"` into its terraform block",
            ));
        }
        Some((self.required_version.clone()?, providers)).filter(|_| complete)
    }
}
