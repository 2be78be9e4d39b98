//! Requests that name a template of the repository: its module, and its presets where the request says nothing itself.
//!
//! A template is named by `template=small-postgres` in a command, a YAML block or a form, by the same word where a module
//! is named, and in free text by any of its words.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Resource, Source};
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;
use crate::config::repository::templates::Template;
use crate::config::suggest::nearest;

use super::conclude::Doubts;
use super::pairs::Given;
use super::phrases::{Claims, Phrase};
use super::text::{Kind, Text};

/// How the source of a preset begins.
const TEMPLATE: &str = "template ";

/// Templates that are offered; more are not read.
const MOST_CHOICES: usize = 9;

/// The key that is written in documentation and forms.
pub(super) const TEMPLATE_KEY: &str = "template";

/// Whether a key names a template, where there are any.
pub(super) fn is_key(key: &str, config: &RepositoryConfig) -> bool {
    let named = matches!(key.trim().to_lowercase().as_str(), TEMPLATE_KEY | "vorlage");
    named && !config.requests.templates.is_empty()
}

/// The word for a thing's module in what is given for its `module` and `template`. The presets of a template that is named
/// are put in; those of an earlier one go.
pub(super) fn module_of(
    draft: &mut Draft,
    at: usize,
    doubts: &mut Doubts,
    given: &[(&str, &Given)],
    config: &RepositoryConfig,
) -> Option<String> {
    if let Some((name, template)) = given.iter().find_map(|(_, given)| config.template(&given.text())) {
        preset(draft, at, doubts, name, template);
        return Some(template.module.clone());
    }
    let thing = draft.resources.get_mut(at).filter(|_| !given.is_empty())?;
    // Another module has no use for the presets, and an empty template takes them back.
    thing.inputs.retain(|_, filled| !is_preset(&filled.source));
    if let Some((_, given)) = given.iter().find(|(key, given)| is_key(key, config) && !given.is_empty()) {
        unknown(thing, at, doubts, &given.text(), config);
    }
    let module = given.iter().rfind(|(key, _)| !is_key(key, config));
    module.map(|(_, given)| given.text())
}

/// Nothing is known of a thing whose template there is not, unless its module is named besides.
fn unknown(thing: &mut Resource, at: usize, doubts: &mut Doubts, word: &str, config: &RepositoryConfig) {
    let word: String = word.chars().filter(|letter| !letter.is_control()).take(80).collect();
    let names = || config.requests.templates.keys().map(String::as_str);
    let choices: Vec<String> = match nearest(&word, names()) {
        Some(name) => vec![name.to_owned()],
        None => names().map(str::to_owned).take(MOST_CHOICES).collect(),
    };
    thing.module = None;
    thing.module_version = None;
    doubts.offer(at, "module", choices);
    doubts.object(at, "module", format!("there is no template {word}"));
}

/// Puts the presets into a thing. What the request itself says stays, whatever an earlier template set goes.
pub(super) fn preset(draft: &mut Draft, at: usize, doubts: &Doubts, name: &str, template: &Template) {
    let source = || Source::Default(format!("{TEMPLATE}{name}"));
    let is_said = |source: &Source| !matches!(source, Source::Default(_) | Source::Suggested(_));
    let of_others = |source: &Source| {
        let mut others = draft.resources.iter().enumerate().filter(|(other, _)| *other != at);
        is_preset(source)
            && others.any(|(_, thing)| thing.inputs.values().any(|filled| filled.source == *source))
    };
    let kept = draft.environment.clone().filter(|it| is_said(&it.source) || of_others(&it.source));
    // A word for an environment that is not clear is asked about.
    let environment = template.environment.as_ref().filter(|_| doubts.problem(0, "environment").is_none());
    draft.environment = kept.or_else(|| {
        let value = EnvironmentName::new(environment?.as_str());
        Some(Filled { value, source: source(), confidence: 100 })
    });
    let Some(thing) = draft.resources.get_mut(at) else { return };
    thing.inputs.retain(|_, filled| !is_preset(&filled.source));
    for (input, value) in &template.inputs {
        if thing.inputs.get(input).is_none_or(|filled| !is_said(&filled.source)) {
            let filled = Filled { value: value.clone(), source: source(), confidence: 100 };
            thing.inputs.insert(input.clone(), filled);
        }
    }
}

/// Whether a value was set by a template.
pub(super) fn is_preset(source: &Source) -> bool {
    matches!(source, Source::Default(text) if text.starts_with(TEMPLATE))
}

/// The nouns that templates add to those of the catalog, each with its module.
pub(super) fn nouns(catalog: &Catalog, config: &RepositoryConfig) -> Vec<(String, String)> {
    let offered = config.requests.templates.iter().filter(|(_, template)| {
        catalog.find(&template.module).is_some() && !config.catalog.hide.contains(&template.module)
    });
    offered
        .flat_map(|(name, template)| {
            template.words(name).map(|word| (word.to_owned(), template.module.clone()))
        })
        .collect()
}

/// The template whose words a free text uses for a thing: its noun, else words elsewhere; with the tokens of the words.
/// They are claimed as a whole: "small" of "small postgres" is no instance class.
pub(super) fn read<'c>(
    text: &Text,
    module: &Module,
    noun: &Range<usize>,
    config: &'c RepositoryConfig,
    claims: &mut Claims,
) -> Option<(Range<usize>, &'c str, &'c Template)> {
    let id = module.id.to_string();
    let of_module = |template: &&Template| template.module == id;
    let phrases: Vec<(Phrase, &str, &Template)> = config
        .requests
        .templates
        .iter()
        .filter(|(_, template)| of_module(template))
        .flat_map(|(name, template)| {
            template.words(name).map(move |word| (Phrase::new(word), name.as_str(), template))
        })
        .filter(|(phrase, _, _)| phrase.len() > 0)
        .collect();
    if phrases.is_empty() {
        return None;
    }
    let at = |index: usize| {
        let found = phrases.iter().filter_map(|(phrase, name, template)| {
            Some((phrase.at(text, index)?, phrase.len(), *name, *template))
        });
        found.max_by_key(|(_, length, _, _)| *length)
    };
    let quoted = |index: usize| {
        let token = text.get(index).filter(|token| token.kind == Kind::Quoted)?;
        let (name, template) = config.template(&token.text).filter(|(_, template)| of_module(template))?;
        Some((index..index + 1, 1, name, template))
    };
    let found = at(noun.start).filter(|_| !noun.is_empty()).or_else(|| {
        let elsewhere = (0..text.tokens.len()).filter(|index| !noun.contains(index));
        let mut free = elsewhere.filter(|index| claims.is_free(*index));
        free.find_map(|index| at(index).or_else(|| quoted(index)))
    });
    let (tokens, _, name, template) = found?;
    claims.take(tokens.clone());
    Some((tokens, name, template))
}

/// Whether a part of a YAML block is a thing: it names a module, or a template of the repository.
pub(super) fn names_thing(keys: &Json, config: &RepositoryConfig) -> bool {
    let text = |key: &str| keys.get(key).and_then(Json::as_str);
    text("module").is_some() || text(TEMPLATE_KEY).is_some_and(|name| config.template(name).is_some())
}

#[cfg(test)]
mod tests {
    use tfpilot_engine::Reading;

    use super::super::{Address, command, read, read_as, read_new, set};
    use super::*;

    const CONFIG: &str = "version: 1
environments: {dev: {}, prod: {}}
requests:
  templates:
    small-postgres:
      title: Small PostgreSQL
      module: aws/rds-postgres
      environment: dev
      inputs: {instance_class: db.t4g.micro, multi_az: false}
      words: [tiny database, kleine Datenbank]
    archive:
      module: aws/s3-bucket
      inputs: {versioning: false, expire_after_days: 365}
";

    /// What every database needs besides.
    const REST: &str = "called acme-shop, team shop, subnets subnet-0a1b2c3d and subnet-0f9e8d7c";

    fn config() -> RepositoryConfig {
        let (config, diagnostics) = RepositoryConfig::parse(CONFIG.as_bytes());
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        assert!(!crate::config::diagnostic::has_errors(&diagnostics), "{told:?}");
        config
    }

    #[track_caller]
    fn complete(reading: Reading) -> Draft {
        match reading {
            Reading::Complete { draft } => draft,
            other => panic!("it is not complete: {other:#?}"),
        }
    }

    #[track_caller]
    fn is_small_postgres(draft: &Draft, class: &str, source: &Source) {
        assert_eq!(draft.module(), Some("aws/rds-postgres"));
        assert_eq!(draft.resources[0].inputs["instance_class"].value, class);
        assert_eq!(draft.resources[0].inputs["instance_class"].source, *source);
        assert_eq!(draft.resources[0].inputs["owner"].value, "shop");
        assert_eq!(draft.name().map(|name| name.value.as_str()), Some("acme-shop"));
    }

    fn of_template() -> Source {
        Source::Default("template small-postgres".to_owned())
    }

    #[test]
    fn its_words_select_module_and_presets() {
        for words in ["small postgres", "Small PostgreSQL", "tiny database", "small-postgres"] {
            let text = format!("We need a {words} {REST}");
            let draft = complete(read("A request", &text, &Catalog::shipped(), &config()));
            is_small_postgres(&draft, "db.t4g.micro", &of_template());
            assert_eq!(draft.environment.as_ref().map(|it| it.value.as_str()), Some("dev"), "{words}");
        }
        let text = format!("We need a Postgres database from template `small-postgres` {REST}");
        let draft = complete(read("A request", &text, &Catalog::shipped(), &config()));
        is_small_postgres(&draft, "db.t4g.micro", &of_template());
    }

    #[test]
    fn what_the_request_says_wins() {
        let text = format!("We need a small postgres in prod {REST}, instance class db.t4g.large");
        let draft = complete(read("A request", &text, &Catalog::shipped(), &config()));
        assert_eq!(draft.resources[0].inputs["instance_class"].value, "db.t4g.large");
        assert_eq!(draft.resources[0].inputs["multi_az"].source, of_template());
        assert_eq!(draft.environment.as_ref().map(|it| it.value.as_str()), Some("prod"));
        // Nothing of a template without its words.
        let text = format!("We need a Postgres database in dev {REST}");
        let draft = complete(read("A request", &text, &Catalog::shipped(), &config()));
        assert!(!draft.resources[0].inputs.contains_key("instance_class"), "{draft:?}");
    }

    #[test]
    fn its_words_alone_are_no_request() {
        let text = "The small postgres is down again, errors everywhere";
        assert_eq!(read("Outage", text, &Catalog::shipped(), &config()), Reading::NotForUs);
    }

    #[test]
    fn commands_blocks_and_forms_name_it() {
        let catalog = Catalog::shipped();
        let inputs = "owner=shop subnet_ids=subnet-0a1b2c3d,subnet-0f9e8d7c";
        let body = format!("/tfpilot new template=small-postgres name=acme-shop {inputs}");
        let draft = complete(read("", &body, &catalog, &config()));
        is_small_postgres(&draft, "db.t4g.micro", &of_template());
        let body = format!(
            "/tfpilot new instance_class=db.t4g.small name=acme-shop {inputs} template=small-postgres"
        );
        let draft = complete(read("", &body, &catalog, &config()));
        let said = Source::Command("new instance_class=…".to_owned());
        is_small_postgres(&draft, "db.t4g.small", &said);

        let block = "```yaml\ntemplate: small-postgres\nname: acme-shop\nowner: shop\nsubnet_ids: [subnet-0a1b2c3d, subnet-0f9e8d7c]\n```";
        is_small_postgres(&complete(read("", block, &catalog, &config())), "db.t4g.micro", &of_template());
        let other = block.replace("small-postgres", "something-else");
        assert_eq!(read("", &other, &catalog, &config()), Reading::NotForUs);

        let postgres = catalog.find("aws/rds-postgres").expect("is shipped");
        let label = |input: &str| postgres.label(input);
        let form = format!(
            "### Template\n\nsmall-postgres\n\n### Module\n\naws/rds-postgres\n\n### Environment\n\ndev\n\n### {}\n\nacme-shop\n\n### {}\n\nshop\n\n### {}\n\nsubnet-0a1b2c3d\nsubnet-0f9e8d7c\n",
            label("name"),
            label("owner"),
            label("subnet_ids")
        );
        is_small_postgres(&complete(read("", &form, &catalog, &config())), "db.t4g.micro", &of_template());
    }

    #[test]
    fn each_thing_of_a_block_may_name_its_own() {
        let block = "```yaml\nowner: shop\nresources:\n- {template: small-postgres, name: acme-shop, subnet_ids: [subnet-0a1b2c3d, subnet-0f9e8d7c]}\n- {template: archive, name: acme-logs, expire_after_days: 30}\n```";
        let environment = |draft: &Draft| draft.environment.as_ref().map(|it| it.value.to_string());
        let draft = complete(read("", block, &Catalog::shipped(), &config()));
        is_small_postgres(&draft, "db.t4g.micro", &of_template());
        assert_eq!(environment(&draft).as_deref(), Some("dev"));
        assert_eq!(draft.resources[1].inputs["versioning"].value, false);
        assert_eq!(draft.resources[1].inputs["expire_after_days"].value, 30);
        // A place that is said wins over a template's.
        let block = block.replace("owner: shop", "owner: shop\nenvironment: prod");
        let draft = complete(read("", &block, &Catalog::shipped(), &config()));
        assert_eq!(environment(&draft).as_deref(), Some("prod"));
        let pairs = [("acme-logs.template".to_owned(), String::new())];
        let draft = complete(set(&draft, &pairs, &Catalog::shipped(), &config()));
        is_small_postgres(&draft, "db.t4g.micro", &of_template());
        assert!(!draft.resources[1].inputs.contains_key("versioning"), "{draft:?}");
    }

    #[test]
    fn a_template_that_there_is_not_is_asked_about() {
        let request = command::Request {
            pairs: vec![("template".to_owned(), "smal-postgres".to_owned())],
            text: String::new(),
        };
        let reading = read_new(&request, "", "", &Catalog::shipped(), &config());
        let Reading::Asks { draft, question } = reading else { panic!("{reading:?}") };
        assert_eq!(
            (question.about.as_str(), question.choices.as_slice()),
            ("module", &["small-postgres".to_owned()][..])
        );
        assert_eq!(question.problem.as_deref(), Some("there is no template smal-postgres"));
        for answer in ["1", "tiny database", "template: small-postgres"] {
            let answered = super::super::answer(&draft, &question, answer, &Catalog::shipped(), &config());
            let Reading::Asks { draft, .. } = answered else { panic!("{answered:?}") };
            assert_eq!(draft.resources[0].inputs["instance_class"].source, of_template(), "{answer}");
        }
    }

    #[test]
    fn another_template_takes_the_place_of_the_first() {
        let text = "We need an archive acme-logs in dev, team billing";
        let draft = complete(read_as(Address::ToUs, "", text, &Catalog::shipped(), &config()));
        assert_eq!(draft.resources[0].inputs["expire_after_days"].value, 365);
        let pairs = [("template".to_owned(), "small-postgres".to_owned())];
        let Reading::Asks { draft, question } = set(&draft, &pairs, &Catalog::shipped(), &config()) else {
            panic!("it asks for subnets")
        };
        assert_eq!(question.about, "subnet_ids");
        assert!(!draft.resources[0].inputs.contains_key("expire_after_days"), "{draft:?}");
        let Reading::Asks { draft: plain, .. } =
            set(&draft, &[("template".to_owned(), String::new())], &Catalog::shipped(), &config())
        else {
            panic!("it asks for subnets")
        };
        assert!(
            !plain.resources[0].inputs.contains_key("instance_class") && plain.module() == draft.module(),
            "{plain:?}"
        );
        assert_eq!(draft.environment.map(|it| it.value.to_string()).as_deref(), Some("dev"));
    }
}
