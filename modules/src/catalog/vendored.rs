//! A module in the version that a repository vendored: its interface is that of the files there, and so a stack keeps
//! working with what it has until somebody upgrades it.

use std::collections::BTreeMap;

use tfpilot_hcl::{Diagnostic, File, Scope, Value, evaluate};

use super::files::ModuleFile;
use super::module::{Module, digest};
use super::providers;
use crate::render::SUM_FILE;

impl Module {
    /// This module as it was vendored in `version`: `files` are those below its folder, as `(path, content)`. What
    /// `module.yml` says is today's, as it is not vendored; so are versions of providers that `providers` does not name.
    ///
    /// Errors: what keeps the files from being a module.
    pub fn vendored<P: AsRef<str>, T: AsRef<str>>(
        &self,
        version: &str,
        files: impl IntoIterator<Item = (P, T)>,
        providers: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let files = files.into_iter();
        let mut files: Vec<ModuleFile> = files
            .filter_map(|(path, content)| ModuleFile::new(path.as_ref(), content.as_ref()))
            .filter(|file| file.is_for_terraform() && file.path != SUM_FILE)
            .collect();
        files.sort();
        let full = |file: &ModuleFile| format!("{}/{version}/{}", self.id, file.path);
        let configuration = || files.iter().filter(|file| file.is_configuration());
        let (interface, mut diagnostics) =
            tfpilot_hcl::variables::read(configuration().map(|file| (full(file), &file.content)));
        let requirements = providers::read(
            configuration().map(|file| (full(file), file.content.as_str())),
            &mut diagnostics,
        );
        let today = self.providers.iter().map(|provider| (provider.name.clone(), provider.version.clone()));
        let mut versions: BTreeMap<String, String> = today.collect();
        versions.extend(providers.clone());
        let yaml = format!("{}/{version}/module.yml", self.id);
        let pinned = requirements.pinned(&yaml, &versions, &mut diagnostics);
        let Some((required_version, providers)) = pinned.filter(|_| diagnostics.is_empty()) else {
            return Err(diagnostics);
        };
        let is_input = |name: &str| interface.variables.iter().any(|variable| variable.name == name);
        Ok(Self {
            version: version.to_owned(),
            hints: self.hints.iter().filter(|(input, _)| is_input(input)).cloned().collect(),
            examples: Vec::new(),
            variables: interface.variables,
            outputs: interface.outputs,
            required_version,
            providers,
            digest: digest(&files),
            files,
            ..self.clone()
        })
    }
}

/// The exact versions that a stack's file requires of its providers, by their names in it; nothing of a file that
/// cannot be read.
pub fn required_providers(main: &str) -> BTreeMap<String, String> {
    let Ok(file) = File::parse("main.tf", main.as_bytes()) else { return BTreeMap::new() };
    let blocks =
        file.body.named("terraform").flat_map(|terraform| terraform.body.named("required_providers"));
    let version = |value: &Value| match value {
        Value::Object(entries) => entries.get("version").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    blocks
        .flat_map(|block| &block.body.attributes)
        .filter_map(|attribute| {
            let value = evaluate(&attribute.value, &Scope::empty());
            Some((attribute.name.clone(), version(&value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    const OLD: [(&str, &str); 5] = [
        ("main.tf", "resource \"terraform_data\" \"this\" {\n  input = var.text\n}\n"),
        (
            "variables.tf",
            "variable \"name\" {\n  type = string\n}\nvariable \"text\" {\n  type = string\n}\n",
        ),
        ("outputs.tf", "output \"id\" {\n  value = terraform_data.this.id\n}\n"),
        ("versions.tf", "terraform {\n  required_version = \">= 1.9.0\"\n}\n"),
        ("module.sum", "…  main.tf\n"),
    ];

    #[test]
    fn a_vendored_module_takes_what_it_took_then() {
        let catalog = Catalog::shipped();
        let today = catalog.find("local/note").expect("a shipped module");
        let none = BTreeMap::new();
        let then = today.vendored("0.9.0", OLD, &none).expect("a module");
        assert_eq!((then.version.as_str(), &then.title), ("0.9.0", &today.title));
        let inputs: Vec<_> = then.variables.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(inputs, ["name", "text"]);
        assert!(then.hints.iter().all(|(input, _)| inputs.contains(&input.as_str())));
        assert_eq!(then.required_version, ">= 1.9.0");
        assert_ne!(then.digest, today.digest);
        assert!(then.files.iter().all(|file| file.path != "module.sum"), "it is made anew");
    }

    #[test]
    fn files_without_an_interface_are_told() {
        let catalog = Catalog::shipped();
        let today = catalog.find("local/note").expect("a shipped module");
        let broken = [("main.tf", "variable \"name\" {\n"), ("versions.tf", "")];
        assert!(today.vendored("0.9.0", broken, &BTreeMap::new()).is_err());
        assert!(today.vendored("0.9.0", [("../main.tf", "")], &BTreeMap::new()).is_err());
    }

    #[test]
    fn providers_keep_the_version_that_the_stack_requires() {
        let main = "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\", version = \"5.80.0\" }\n    own = { source = var.x }\n  }\n}\n";
        let required = required_providers(main);
        assert_eq!(required, BTreeMap::from([("aws".to_owned(), "5.80.0".to_owned())]));
        assert_eq!(required_providers("terraform {"), BTreeMap::new());
        let catalog = Catalog::shipped();
        let queue = catalog.find("aws/sqs-queue").expect("a shipped module");
        let files = queue.files.iter().map(|file| (&file.path, &file.content));
        let then = queue.vendored("0.9.0", files, &required).expect("a module");
        assert_eq!(then.providers[0].version, "5.80.0");
    }
}
