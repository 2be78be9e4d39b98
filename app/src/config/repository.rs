//! A repository's own configuration: `.github/tfpilot.yml` on its default branch.
//!
//! This file owns the top of the document; its sections are files of `repository/`. Which version is in force
//! when a new one is broken is the caller's decision.

pub mod backend;
pub mod catalog;
mod check;
pub mod environment;
mod everyday;
pub mod freeze;
pub mod limits;
pub mod own_costs;
pub mod own_policies;
pub mod policies;
pub mod rego_files;
pub mod roles;
mod rules;
pub(crate) mod shipped;
pub mod templates;

pub(crate) use self::check::words::{is_called, objection};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfpilot_modules::Catalog;

use self::catalog::CatalogRules;
use self::environment::Environment;
use self::freeze::Window;
use self::limits::Limits;
use self::policies::{Admission, Cost, Policies};
use self::roles::Roles;
use self::templates::Template;
use super::document::Document;
use super::{Diagnostic, shape};

/// Where the file lies in a repository.
pub const FILE: &str = ".github/tfpilot.yml";

/// TfPilot's configuration of one repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "TfPilot repository configuration")]
pub struct RepositoryConfig {
    /// Version of this file's format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: Option<u32>,
    /// Branches whose pull requests are managed. Default: the default branch.
    pub branches: Vec<String>,
    /// Environments in the order in which people should see them.
    pub environments: IndexMap<String, Environment>,
    /// Time zone of freeze windows, such as `Europe/Berlin`. Default: UTC.
    pub timezone: Option<String>,
    /// Stretches of time in which nothing is applied anywhere.
    pub freeze: Vec<Window>,
    /// Who has which role.
    pub roles: Roles,
    /// How requests are received.
    pub requests: Requests,
    /// File name of the workflow in `.github/workflows`. Default: `tfpilot.yml`.
    pub workflow: Option<String>,
    /// Terraform's exact version. Default: the server's.
    pub terraform_version: Option<String>,
    /// What requests may ask for.
    pub catalog: CatalogRules,
    /// What may run beyond the shipped allow-lists.
    pub admission: Admission,
    /// Parameters of the shipped policy rules.
    pub policies: Policies,
    /// Limits on what changes may cost.
    pub cost: Cost,
    /// How much may be asked for within an hour.
    pub limits: Limits,
    /// How plans are shown.
    pub plans: Plans,
}

/// How plans are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Plans {
    /// Ask the server's language model, where it has one, to explain each redacted plan in words below its summary. Nothing is
    /// decided by it. Default: false.
    pub explain: bool,
}

/// How requests are received.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Requests {
    /// What somebody without a role gets. Default: answer.
    pub strangers: Strangers,
    /// Which issues are read. Default: all in private repositories, addressed in public ones.
    pub listen: Option<Listen>,
    /// Ask the server's language model, where it has one, for what a request in free text leaves open. Its values are shown
    /// as suggested. Default: false.
    pub model: bool,
    /// Named presets of modules that requests may ask for.
    pub templates: IndexMap<String, Template>,
    /// File of the default branch with the text of pull requests, such as `.github/tfpilot/pull_request.md`. Default: the
    /// shipped text.
    pub pull_request: Option<String>,
}

/// What a stranger's request gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strangers {
    /// One answer.
    #[default]
    Answer,
    /// Nothing.
    Silent,
}

/// Which issues are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Listen {
    /// Every issue.
    All,
    /// Issues with our form, label or mention.
    Addressed,
}

impl RepositoryConfig {
    /// dev, stage and prod under their everyday names: what requests speak of where no repository is known.
    pub fn everyday() -> Self {
        let text = "version: 1\nenvironments:\n  dev: {aliases: [development, entwicklung, développement, desarrollo, sviluppo]}\n  \
            stage: {aliases: [staging]}\n  prod: {aliases: [production, live, produktion, producción, produzione]}\n";
        Self::parse(text.as_bytes()).0
    }

    /// Reads the file: what of it is understood, and what is to be repaired. With an error among the
    /// diagnostics ([`super::diagnostic::has_errors`]) the value must not come into force.
    pub fn parse(bytes: &[u8]) -> (Self, Vec<Diagnostic>) {
        let document = match Document::parse(FILE, bytes) {
            Ok(document) => document,
            Err(diagnostic) => return (Self::default(), vec![*diagnostic]),
        };
        let (mut config, mut diagnostics) = shape::read::<Self>(&document);
        let written = document.value().get("environments").and_then(serde_yaml::Value::as_mapping);
        config.environments.sort_by_cached_key(|name, _| {
            written.and_then(|mapping| mapping.keys().position(|key| key.as_str() == Some(name.as_str())))
        });
        for (name, environment) in &mut config.environments {
            if environment.path.is_empty() {
                environment.path = format!("live/{name}");
            }
        }
        diagnostics.extend(check::check(&config, &document));
        diagnostics.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        (config, diagnostics)
    }

    /// What is to be repaired in a good file once its own modules were read: what it says of them, and of shipped ones
    /// that they take the place of.
    pub(crate) fn check_modules(&self, bytes: &[u8], catalog: &Catalog) -> Vec<Diagnostic> {
        let Ok(document) = Document::parse(FILE, bytes) else { return Vec::new() };
        check::check_modules(self, &document, catalog)
    }

    /// The environment of a name or alias, else of what people call one everywhere; case does not matter.
    pub fn environment(&self, word: &str) -> Option<(&str, &Environment)> {
        self.environments
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .or_else(|| {
                self.environments.iter().find(|(_, environment)| {
                    environment.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
                })
            })
            .map(|(name, environment)| (name.as_str(), environment))
            .or_else(|| everyday::of_word(self, word))
    }

    /// What people call environments everywhere, and which one each word means here.
    pub(crate) fn everyday_words(&self) -> impl Iterator<Item = (&'static str, &str)> {
        everyday::words(self)
    }

    /// Which issues are read, given the repository's visibility.
    pub fn listen(&self, private: bool) -> Listen {
        self.requests.listen.unwrap_or(if private { Listen::All } else { Listen::Addressed })
    }

    /// File name of the workflow.
    pub fn workflow(&self) -> &str {
        self.workflow.as_deref().unwrap_or("tfpilot.yml")
    }

    /// The JSON Schema of the file, as published.
    pub fn json_schema() -> String {
        let schema = shape::schema_of::<Self>();
        let mut text = serde_json::to_string_pretty(schema.as_value()).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::diagnostic::has_errors;

    const EXAMPLE: &str = include_str!("../../../docs/tfpilot.example.yml");

    #[track_caller]
    fn diagnostics(text: &str) -> String {
        let (_, diagnostics) = RepositoryConfig::parse(text.as_bytes());
        diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
    }

    /// The keys of the file's top.
    fn properties() -> Vec<String> {
        let schema: serde_json::Value =
            serde_json::from_str(&RepositoryConfig::json_schema()).expect("is JSON");
        schema["properties"].as_object().expect("has properties").keys().cloned().collect()
    }

    #[test]
    fn the_example_is_understood_entirely() {
        let (config, diagnostics) = RepositoryConfig::parse(EXAMPLE.as_bytes());
        assert_eq!(diagnostics, []);
        assert_eq!(config.environments.keys().collect::<Vec<_>>(), ["dev", "stage", "prod"]);
        assert_eq!(config.environments["stage"].path, "live/stage");
        assert_eq!(config.environments["prod"].approvals.count(), 2);
        assert_eq!(config.roles.approver.len(), 2);
        assert_eq!(config.environment("Production").map(|(name, _)| name), Some("prod"));
        assert_eq!(config.catalog.defaults["aws/s3-bucket"]["keep_old_versions_days"], 30);
    }

    #[test]
    fn the_example_shows_every_key() {
        let (config, _) = RepositoryConfig::parse(EXAMPLE.as_bytes());
        let shown = serde_json::to_value(&config).expect("serialises");
        let defaults = serde_json::to_value(RepositoryConfig::default()).expect("serialises");
        for key in properties() {
            // The two whose example is their default.
            if !matches!(key.as_str(), "requests" | "version") {
                assert_ne!(shown[&key], defaults[&key], "{key}");
            }
        }
    }

    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tfpilot.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&path, RepositoryConfig::json_schema()).expect("docs/ is writable");
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == RepositoryConfig::json_schema(),
            "docs/tfpilot.schema.json is not that of the types; run this test with UPDATE_SCHEMA=1"
        );
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        insta::assert_snapshot!(diagnostics(
            r#"version: 2
brnches: [main]
enviroments:
  dev: {}
environments:
  dev:
    path: ../live
    regin: eu-central-1
    account: 111122223333
    runner: sidcar
    approvals: {count: 99, two_person: "yes", teams: [platform]}
    backend:
      s3: {key: state}
  Prod:
    path: live/prod
    region: eu-central-1
    backend:
      local: {path: "state/{stack}"}
  qa:
    path: live/prod
    region: eu-central-1
    aliases: [prod, 7]
    backend:
      local: {path: state/x.tfstate}
      s3: {bucket: b}
roles:
  admin: carol
  approver:
    teams: [platform]
    environments: [prd]
terraform_version: 1.11
workflow: ../evil.yml
policies:
  rules:
    requierd-tags: {}
    allowed-regions: {}
    naming: {enforcement: hard}
"#
        ));
    }

    #[test]
    fn parameters_that_a_rule_cannot_use_are_named_with_their_place() {
        insta::assert_snapshot!(diagnostics(
            "version: 1\npolicies:\n  rules:\n    naming:\n      enforcement: advisory\n      pattern: 'acme-('\n    allowed-regions:\n      regions: ['']\n    required-tags: {enforcement: off}\n"
        ), @r"
        tfpilot.yml:6:7 naming: the pattern cannot be read: unclosed group | write a regular expression without look-around, such as acme-[a-z0-9-]+
        tfpilot.yml:8:7 allowed-regions: no region, or an empty one | name the regions, such as eu-central-1
        ");
    }

    #[test]
    fn what_modules_refuse_is_named_with_its_place() {
        insta::assert_snapshot!(diagnostics(
            r#"version: 1
environments:
  dev:
    backend: {local: {path: "/state/{stack}"}}
    catalog:
      defaults:
        aws/rds-postgres: {instance_class: db.m6g.large}
      allow:
        aws/s3-bucket: {tags: [{Team: shop}], versionning: [true]}
catalog:
  hide: [aws/sqs-quue]
  defaults:
    aws/s3-buckets: {versioning: true}
    aws/s3-bucket:
      name: acme-x
      keep_old_versions_days: soon
    aws/rds-postgres: {backup_retention_days: 90}
  allow:
    aws/rds-postgres:
      instance_class: [db.t4g.micro, db.t4g.mikro]
      backup_retention_days: []
"#
        ));
    }

    #[test]
    fn templates_that_do_not_fit_are_named_with_their_place() {
        insta::assert_snapshot!(diagnostics(
            r#"version: 1
environments:
  dev: {backend: {local: {path: "/state/{stack}"}}}
catalog:
  hide: [aws/sqs-queue]
  allow:
    aws/rds-postgres: {instance_class: [db.t4g.micro]}
requests:
  templates:
    small-postgres:
      module: aws/rds-postgres
      environment: devv
      inputs: {instance_class: db.m6g.large, engine_version: best, storage: 3}
      words: [Small Database, "", S3-Bucket]
    Small Database:
      module: aws/rds-postgress
    queue:
      module: aws/sqs-queue
      inputs: {name: acme-q}
    nothing: {title: Nothing}
"#
        ));
    }

    #[test]
    fn a_little_is_enough() {
        let (config, found) = RepositoryConfig::parse(b"version: 1\nenvironments:\n  dev:\n");
        assert_eq!(config.environments["dev"].path, "live/dev");
        assert_eq!(config.environments["dev"].plan_max_age_days(), 7);
        assert!(!has_errors(&found), "{found:?}");
        let (config, found) = RepositoryConfig::parse(b"");
        assert_eq!((config, has_errors(&found)), (RepositoryConfig::default(), false));
    }

    #[test]
    fn a_public_repository_listens_to_what_is_addressed() {
        let config = RepositoryConfig::default();
        assert_eq!((config.listen(true), config.listen(false)), (Listen::All, Listen::Addressed));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            RepositoryConfig::parse(&bytes);
        }

        #[test]
        fn no_values_make_it_panic(key in "[a-z_]{0,12}", value in "\\PC{0,40}") {
            for text in [
                format!("{key}: {value}"),
                format!("environments: {{{key}: {value}}}"),
                format!("environments:\n  dev:\n    path: {value}\n    backend: {value}\n    {key}: {value}"),
                format!("roles:\n  admin: {value}\n  approver: [{value}]"),
            ] {
                RepositoryConfig::parse(text.as_bytes());
            }
        }
    }
}
