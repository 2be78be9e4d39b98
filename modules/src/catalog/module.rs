//! One module: its id, its files, its interface, and the words of its `module.yml`.
//!
//! The interface comes from `variables.tf` and `outputs.tf` alone. Whether given inputs fit is judged in
//! [`crate::inputs`].

use hcl_edit::expr::Expression;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use tfpilot_hcl::{Diagnostic, Interface, Output, Place, Scope, Validation, Variable, evaluate};

use super::Scrutiny;
use super::files::{METADATA_FILE, ModuleFile, ModuleId};
use super::hints::InputHints;
use super::import::Import;
use super::metadata::{Example, Metadata, Risk};
use super::providers::{self, Provider};

/// A module of the catalog.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its id.
    pub id: ModuleId,
    /// Its version, `X.Y.Z`.
    pub version: String,
    /// What it makes, as a noun: `S3 bucket`.
    pub title: String,
    /// One word that groups modules.
    pub category: String,
    /// One sentence about it.
    pub summary: String,
    /// What its readers must know beyond the inputs, as text; empty where there is nothing.
    pub about: String,
    /// How much harm a mistake with it does.
    pub risk: Risk,
    /// It is among what people ask for most.
    pub common: bool,
    /// Resource types whose loss is a loss of data.
    pub stateful: Vec<String>,
    /// Words people use for it, of all languages.
    pub words: Vec<String>,
    /// What people say who want such a thing and do not name it, in all languages.
    pub uses: Vec<String>,
    /// Words for things it is not, but comes closest to.
    pub related: Vec<String>,
    /// What is known about inputs beyond Terraform, in the order of [`Module::variables`].
    pub hints: Vec<(String, InputHints)>,
    /// How what exists already is taken in; none where it cannot be.
    pub import: Option<Import>,
    /// Requests and what they mean.
    pub examples: Vec<Example>,
    /// Its inputs, in the order they are written.
    pub variables: Vec<Variable>,
    /// Its outputs, in the order they are written.
    pub outputs: Vec<Output>,
    /// The Terraform versions it works with, as a constraint.
    pub required_version: String,
    /// The providers it needs, with the exact versions that stacks get.
    pub providers: Vec<Provider>,
    /// All its files, by path.
    pub files: Vec<ModuleFile>,
    /// SHA-256 over paths and contents of all its files, in hex.
    pub digest: String,
}

impl Module {
    /// Reads a module from its files. There is no module when an interface or `module.yml` cannot be read.
    pub(crate) fn read(
        id: ModuleId,
        mut files: Vec<ModuleFile>,
        scrutiny: Scrutiny,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        files.sort();
        let full = |file: &ModuleFile| format!("{id}/{}", file.path);
        let yaml = files.iter().find(|file| file.path == METADATA_FILE);
        let Some((yaml, text)) = yaml.map(|file| (full(file), file.content.clone())) else {
            let missing = Diagnostic::new(
                Place::start(format!("{id}/{METADATA_FILE}")),
                "the module has no module.yml",
                "add one with version, title, category, summary and words",
            );
            return (None, vec![missing]);
        };
        let configuration = files.iter().filter(|file| file.is_configuration());
        // What was looked at when it was shipped is read only where the words stand.
        let with = |words: &'static [&'static str]| {
            let has = move |file: &&ModuleFile| words.iter().any(|word| file.content.contains(word));
            configuration.clone().filter(move |file| scrutiny == Scrutiny::Full || has(file))
        };
        let (interface, mut diagnostics) = tfpilot_hcl::variables::read(
            with(&["variable \"", "output \""]).map(|file| (full(file), &file.content)),
        );
        // Without a sure interface nothing about inputs could be promised.
        let readable = diagnostics.is_empty();

        let requirements = providers::read(
            with(&["terraform {"]).map(|file| (full(file), file.content.as_str())),
            &mut diagnostics,
        );
        let metadata = Metadata::read(&yaml, &text, &interface, &requirements, scrutiny, &mut diagnostics);
        let module = metadata.filter(|_| readable).and_then(|metadata| {
            let digest = digest(&files);
            let (required_version, providers) =
                requirements.pinned(&yaml, &metadata.providers, &mut diagnostics)?;
            Some(Self::assemble(id.clone(), files, digest, interface, metadata, required_version, providers))
        });
        if let Some(module) = module.as_ref().filter(|_| scrutiny == Scrutiny::Full) {
            diagnostics.extend(module.example_problems());
            diagnostics.extend(module.import.iter().flat_map(|import| import.problems(module)));
        }
        (module, diagnostics)
    }

    fn assemble(
        id: ModuleId,
        files: Vec<ModuleFile>,
        digest: String,
        interface: Interface,
        mut metadata: Metadata,
        required_version: String,
        providers: Vec<Provider>,
    ) -> Self {
        let hints = interface
            .variables
            .iter()
            .filter_map(|variable| Some((variable.name.clone(), metadata.inputs.remove(&variable.name)?)))
            .collect();
        Self {
            id,
            version: metadata.version,
            title: metadata.title,
            category: metadata.category,
            summary: metadata.summary,
            about: metadata.about,
            risk: metadata.risk,
            common: metadata.common,
            stateful: metadata.stateful,
            words: metadata.words.into_values().flatten().collect(),
            uses: metadata.uses.into_values().flatten().collect(),
            related: metadata.related,
            hints,
            import: metadata.import,
            examples: metadata.examples,
            variables: interface.variables,
            outputs: interface.outputs,
            required_version,
            providers,
            files,
            digest,
        }
    }

    /// The variable of a name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// What `module.yml` says about an input.
    pub fn hints(&self, input: &str) -> Option<&InputHints> {
        self.hints.iter().find(|(name, _)| name == input).map(|(_, hints)| hints)
    }

    /// What people call an input: its label, else its name in words.
    pub fn label(&self, input: &str) -> String {
        self.hints(input).and_then(|hints| hints.label.clone()).unwrap_or_else(|| {
            let mut label = input.replace(['_', '-'], " ");
            if let Some(first) = label.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            label
        })
    }

    /// The closed list of values an input takes, when a validation says `contains([…], var.<input>)`.
    pub fn choices(&self, input: &str) -> Option<Vec<Json>> {
        self.variable(input)?.validations.iter().find_map(|validation| choices(validation, input))
    }

    /// Examples are promises about inputs: what they expect has to fit.
    fn example_problems(&self) -> Vec<Diagnostic> {
        let place = Place::start(format!("{}/{METADATA_FILE}", self.id));
        let mut problems = Vec::new();
        for example in &self.examples {
            for problem in self.check_inputs(&example.expect) {
                problems.push(Diagnostic::new(
                    place.clone(),
                    format!("the example {:?}: {}: {}", example.request, problem.what, problem.why),
                    problem.next,
                ));
            }
        }
        problems
    }
}

fn choices(validation: &Validation, input: &str) -> Option<Vec<Json>> {
    let Expression::FuncCall(call) = validation.condition.parse::<Expression>().ok()? else { return None };
    if !call.name.namespace.is_empty() || call.name.name.as_str() != "contains" {
        return None;
    }
    let mut arguments = call.args.iter();
    let list = arguments.next()?;
    if arguments.next()?.to_string().trim() != format!("var.{input}") {
        return None;
    }
    match evaluate(list, &Scope::empty()).to_json()? {
        Json::Array(values) => Some(values),
        _ => None,
    }
}

/// Lengths come first, so that no other list of files gives the same bytes.
pub(super) fn digest(files: &[ModuleFile]) -> String {
    let mut hash = Sha256::new();
    for text in files.iter().flat_map(|file| [&file.path, &file.content]) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::files::ModuleFile;
    use crate::Catalog;

    #[test]
    fn closed_choices_come_from_the_validation() {
        let catalog = Catalog::shipped();
        let bucket = catalog.find("aws/s3-bucket").unwrap();
        assert_eq!(
            bucket.choices("archive_class"),
            Some(vec![
                json!("GLACIER_IR"),
                json!("GLACIER"),
                json!("DEEP_ARCHIVE"),
                json!("INTELLIGENT_TIERING")
            ])
        );
        assert_eq!(bucket.choices("name"), None);
        assert_eq!(bucket.choices("nonsense"), None);
    }

    #[test]
    fn only_terraforms_files_are_for_terraform() {
        let catalog = Catalog::shipped();
        let files = &catalog.find("local/note").unwrap().files;
        let paths: Vec<_> =
            files.iter().filter(|file| file.is_for_terraform()).map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["main.tf", "outputs.tf", "variables.tf", "versions.tf"]);
        let needed = |path: &str| ModuleFile::new(path, "").unwrap().is_for_terraform();
        assert!(needed("policy.json") && needed("inner/main.tf") && needed("user_data.tftpl"));
        assert!(!needed("tests/setup/main.tf") && !needed("a.tftest.hcl") && !needed("examples/x/main.tf"));
    }

    #[test]
    fn every_shipped_input_has_a_label_a_question_and_a_change() {
        for module in Catalog::shipped().modules() {
            for variable in &module.variables {
                let hints = module.hints(&variable.name);
                assert!(
                    hints.is_some_and(|hints| hints.label.is_some()
                        && hints.question.is_some()
                        && hints.change.is_some()),
                    "{} {}",
                    module.id,
                    variable.name
                );
            }
        }
    }

    #[test]
    fn an_input_without_hints_is_called_by_its_name() {
        let catalog = Catalog::shipped();
        let bucket = catalog.find("aws/s3-bucket").unwrap();
        assert_eq!(bucket.label("kms_key_arn"), "KMS key");
        assert_eq!(bucket.label("some_other"), "Some other");
        assert_eq!(bucket.label("über"), "über");
    }
}
