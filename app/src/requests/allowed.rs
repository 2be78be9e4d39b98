//! What a repository's configuration says of inputs: their values where the request says nothing, and which values they
//! may have. A request that wants another is asked about it, with the allowed ones nearest to what it said first.

use std::cmp::Ordering;

use serde_json::Value as Json;
use tfpilot_engine::{Filled, Question, Resource, Source};
use tfpilot_modules::Module;
use tfpilot_modules::lists::{self, List};

use crate::config::RepositoryConfig;
use crate::config::repository::catalog::{SaidBy, is_among};

use super::conclude::plain;
use super::grammar::NAME;

/// How the source of a default begins.
const DEFAULT_OF: &str = "default of ";

/// How the source of a value begins that is the only allowed one.
const ONLY_ALLOWED: &str = "only value allowed ";

/// Choices that are offered; more are not read.
const MOST_CHOICES: usize = 9;

/// Takes back what an earlier reading put in: the environment may be another one now.
pub(super) fn take_back_defaults(resource: &mut Resource) {
    resource.inputs.retain(|_, filled| !is_of_configuration(&filled.source));
}

/// Puts in what the configuration says where the request says nothing.
pub(super) fn add_defaults(
    resource: &mut Resource,
    environment: Option<&str>,
    module: &Module,
    config: &RepositoryConfig,
) {
    let id = module.id.to_string();
    let mut add = |input: &str, value: Json, source: String| {
        if module.variable(input).is_some() && input != NAME {
            resource.inputs.entry(input.to_owned()).or_insert_with(|| Filled {
                value,
                source: Source::Default(source),
                confidence: 100,
            });
        }
    };
    for (input, (value, by)) in config.defaults(environment, &id) {
        add(input, value.clone(), format!("{DEFAULT_OF}{}", place(by)));
    }
    // A region is the environment's affair wherever a module asks for one.
    let settings = environment.and_then(|name| Some((name, config.environments.get(name)?)));
    if let Some((name, region)) = settings.and_then(|(name, settings)| Some((name, settings.region.clone()?)))
    {
        add("region", Json::String(region), format!("{DEFAULT_OF}{name}"));
    }
    for variable in &module.variables {
        let Some(([only], by)) = config.allowed(environment, &id, &variable.name) else { continue };
        let unset = variable.default.as_ref().is_some_and(|default| {
            default.is_null() || is_among(module, &variable.name, default, std::slice::from_ref(only))
        });
        if !unset && module.convert_input(&variable.name, only).is_ok() {
            add(&variable.name, only.clone(), format!("{ONLY_ALLOWED}in {}", place(by)));
        }
    }
}

/// The first input whose value, or whose default where nothing is said, is not allowed here; and what to say about it.
pub(super) fn refused(
    resource: &Resource,
    environment: Option<&str>,
    module: &Module,
    config: &RepositoryConfig,
) -> Option<(String, String)> {
    let id = module.id.to_string();
    module.variables.iter().find_map(|variable| {
        let input = &variable.name;
        let (allowed, by) = config.allowed(environment, &id, input)?;
        let given = resource.inputs.get(input).map(|filled| &filled.value);
        // An input that is left out altogether has no value that could be refused.
        let value = given.or(variable.default.as_ref()).filter(|value| !value.is_null())?;
        if is_among(module, input, value, allowed) {
            return None;
        }
        let label = module.label(input);
        let shown = plain(value);
        let problem = match given {
            Some(_) => format!("{label} {shown} is not allowed in {}", place(by)),
            None => format!("{label} would be {shown}, which is not allowed in {}", place(by)),
        };
        Some((input.clone(), problem))
    })
}

/// The question with the allowed values as its choices, where the input that it is about has such.
pub(super) fn limited(
    mut question: Question,
    resource: &Resource,
    environment: Option<&str>,
    module: &Module,
    config: &RepositoryConfig,
) -> Question {
    let input = question.about.as_str();
    let Some((allowed, _)) = config.allowed(environment, &module.id.to_string(), input) else {
        return question;
    };
    let variable = module.variable(input);
    let given = resource.inputs.get(input).map(|filled| &filled.value);
    let given = given.or_else(|| variable?.default.as_ref());
    let list = module.hints(input).and_then(|hints| lists::find(hints.one_of.as_deref()?));
    let sorted = nearest_first(allowed, given, list);
    question.choices = sorted.into_iter().map(plain).take(MOST_CHOICES).collect();
    if let Some(first) = question.choices.first() {
        question.example = first.clone();
    }
    question
}

fn is_of_configuration(source: &Source) -> bool {
    matches!(source, Source::Default(text) if text.starts_with(DEFAULT_OF) || text.starts_with(ONLY_ALLOWED))
}

fn place(by: SaidBy<'_>) -> &str {
    match by {
        SaidBy::Environment(name) => name,
        SaidBy::Repository => "this repository",
    }
}

/// In the file's order where nothing is like what was said.
fn nearest_first<'v>(allowed: &'v [Json], given: Option<&Json>, list: Option<&List>) -> Vec<&'v Json> {
    let mut sorted: Vec<&Json> = allowed.iter().collect();
    if let Some(given) = given {
        sorted.sort_by(|left, right| {
            let distance = |value: &Json| distance(given, value, list);
            distance(left).partial_cmp(&distance(right)).unwrap_or(Ordering::Equal)
        });
    }
    sorted
}

/// How far a value is from another: of numbers their difference, of machines how much larger one is, of words how
/// differently they are written.
fn distance(given: &Json, value: &Json, list: Option<&List>) -> f64 {
    if let (Some(given), Some(value)) = (given.as_f64(), value.as_f64()) {
        return (given - value).abs();
    }
    let (Some(given), Some(value)) = (given.as_str(), value.as_str()) else { return 1.0 };
    let unlike = 1.0 - strsim::jaro_winkler(given, value);
    let size = |value: &str| {
        let row = list?.rows.iter().find(|row| row.value == value)?;
        Some((row.vcpu.filter(|it| *it > 0.0)?, row.memory_gib.filter(|it| *it > 0.0)?))
    };
    match size(given).zip(size(value)) {
        // Of machines of one size the one that is written alike.
        Some(((cpu, memory), (other_cpu, other_memory))) => {
            (cpu / other_cpu).ln().abs() + (memory / other_memory).ln().abs() + unlike / 100.0
        }
        None => unlike,
    }
}

#[cfg(test)]
mod tests {
    use tfpilot_engine::{Draft, Reading};
    use tfpilot_modules::Catalog;

    use super::super::{read, set};
    use super::*;

    const CONFIG: &str = "version: 1
environments:
  dev:
    catalog:
      defaults:
        aws/rds-postgres: {backup_retention_days: 3}
        aws/s3-bucket: {keep_old_versions_days: 7}
  prod:
    catalog:
      allow:
        aws/rds-postgres: {instance_class: [db.m6g.large, db.m6g.2xlarge]}
catalog:
  defaults:
    aws/s3-bucket: {keep_old_versions_days: 30}
  allow:
    aws/rds-postgres: {instance_class: [db.t4g.micro, db.t4g.small]}
";

    fn config() -> RepositoryConfig {
        let (config, diagnostics) = RepositoryConfig::parse(CONFIG.as_bytes());
        let errors: Vec<String> = diagnostics
            .iter()
            .filter(|it| it.severity == crate::config::Severity::Error)
            .map(ToString::to_string)
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        config
    }

    #[track_caller]
    fn asked(text: &str) -> Question {
        match read("A request", text, &Catalog::shipped(), &config()) {
            Reading::Asks { question, .. } => question,
            other => panic!("{text} asks nothing: {other:#?}"),
        }
    }

    #[track_caller]
    fn complete(text: &str) -> Draft {
        match read("A request", text, &Catalog::shipped(), &config()) {
            Reading::Complete { draft } => draft,
            other => panic!("{text} is not complete: {other:#?}"),
        }
    }

    fn postgres(environment: &str, class: &str) -> String {
        format!(
            "We need a Postgres database called acme-shop in {environment}, instance class {class}, team shop, \
             subnets subnet-0a1b2c3d and subnet-0f9e8d7c"
        )
    }

    #[test]
    fn another_value_is_asked_about_and_the_nearest_is_offered_first() {
        let question = asked(&postgres("dev", "db.m6g.large"));
        assert_eq!((question.about.as_str(), question.example.as_str()), ("instance_class", "db.t4g.small"));
        assert_eq!(question.choices, ["db.t4g.small", "db.t4g.micro"]);
        let problem = question.problem.expect("a problem");
        assert_eq!(problem, "Instance class db.m6g.large is not allowed in this repository");
        // An environment's own list holds there, and the size counts.
        let question = asked(&postgres("prod", "db.r6g.4xlarge"));
        assert_eq!(question.choices, ["db.m6g.2xlarge", "db.m6g.large"]);
        assert_eq!(question.problem.as_deref(), Some("Instance class db.r6g.4xlarge is not allowed in prod"));
    }

    #[test]
    fn each_thing_has_its_own_values() {
        let question = asked(
            "```yaml\nenvironment: dev\nowner: shop\nresources:\n- {module: aws/s3-bucket, name: acme-logs}\n- {module: aws/rds-postgres, name: acme-shop, instance_class: db.m6g.large, subnet_ids: [subnet-0a1b2c3d, subnet-0f9e8d7c]}\n```",
        );
        assert_eq!((question.about.as_str(), question.resource), ("instance_class", 1));
        assert_eq!(question.choices, ["db.t4g.small", "db.t4g.micro"]);
    }

    #[test]
    fn an_allowed_value_is_taken() {
        let draft = complete(&postgres("dev", "db.t4g.small"));
        assert_eq!(draft.resources[0].inputs["instance_class"].value, "db.t4g.small");
        assert_eq!(draft.resources[0].inputs["backup_retention_days"].value, 3);
        assert_eq!(
            draft.resources[0].inputs["backup_retention_days"].source,
            Source::Default("default of dev".to_owned())
        );
    }

    #[test]
    fn defaults_follow_the_environment() {
        let text = "We need an S3 bucket acme-logs in dev, team billing";
        let draft = complete(text);
        assert_eq!(draft.resources[0].inputs["keep_old_versions_days"].value, 7);
        let pairs = [("environment".to_owned(), "prod".to_owned())];
        let Reading::Complete { draft } = set(&draft, &pairs, &Catalog::shipped(), &config()) else {
            panic!("it is not complete")
        };
        assert_eq!(draft.resources[0].inputs["keep_old_versions_days"].value, 30);
        assert_eq!(
            draft.resources[0].inputs["keep_old_versions_days"].source,
            Source::Default("default of this repository".to_owned())
        );
        let said = complete(&format!("{text}, keep old versions for 14 days"));
        assert_eq!(said.resources[0].inputs["keep_old_versions_days"].value, 14);
    }

    #[test]
    fn numbers_are_offered_by_their_difference() {
        let allowed = [1.into(), 7.into(), 30.into()];
        let sorted = nearest_first(&allowed, Some(&25.into()), None);
        assert_eq!(sorted, [&Json::from(30), &Json::from(7), &Json::from(1)]);
        assert_eq!(nearest_first(&allowed, None, None), [&Json::from(1), &Json::from(7), &Json::from(30)]);
    }
}
