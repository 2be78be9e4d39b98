//! Requests as a fenced YAML block: `module`, `environment`, `name` and inputs, flat or under `inputs:`; several of them as a
//! list, or under `resources:` with what they have in common beside it.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Reading, Resource, Source};
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::config::document::Document;

use super::conclude::{Doubts, conclude};
use super::pairs::{self, Given, Target};
use super::text::Text;
use super::{free, template};

/// The key of a list of things.
const RESOURCES: &str = "resources";

/// Most things of one request: a plan of more is not reviewed.
const MOST: usize = 20;

/// Keys and values, in the order of the block.
type Pairs = Vec<(String, Given)>;

/// What a block asks for.
#[derive(Debug, Default)]
struct Block {
    /// What counts for all things.
    common: Pairs,
    /// Each thing.
    things: Vec<Pairs>,
}

/// Reads the first YAML block that names a module or a template; none when there is no such block.
pub(super) fn read(title: &str, body: &str, catalog: &Catalog, config: &RepositoryConfig) -> Option<Reading> {
    let Block { common, mut things } = block_of(body, catalog, config)?;
    let (mut draft, mut doubts) = (Draft::default(), Doubts::default());
    if things.len() > MOST {
        let why = format!("one request makes at most {MOST} things, so write several issues");
        doubts.object(MOST, "module", why);
        things.truncate(MOST);
        things.push(Pairs::new());
    }
    draft.resources = vec![Resource::default(); things.len()];
    let source = |key: &str| Source::Yaml(key.to_owned());
    let mut named = Vec::new();
    let mut apply = |target: Target, pairs: &[(String, Given)]| {
        pairs::apply(&mut draft, &mut doubts, target, pairs, &source, catalog, config);
        named.extend(draft.environment.take());
    };
    // Modules say which of the common keys a thing has; what a thing says itself is said last.
    for (at, thing) in things.iter().enumerate() {
        let is_kind = |key: &str| pairs::is_module(key) || template::is_key(key, config);
        let module: Pairs = thing.iter().filter(|(key, _)| is_kind(key)).cloned().collect();
        apply(Target::Only(at), &module);
    }
    apply(Target::Every(0), &common);
    for (at, thing) in things.iter().enumerate() {
        apply(Target::Only(at), thing);
    }
    draft.environment = one_of(named, &mut doubts);
    free::around(&mut draft, &mut doubts, &Text::of_issue(title, body), catalog, config);
    Some(conclude(draft, &doubts, catalog, config))
}

/// All of a request goes to one environment: where none is said, to that of its templates.
fn one_of(mut named: Vec<Filled<EnvironmentName>>, doubts: &mut Doubts) -> Option<Filled<EnvironmentName>> {
    if named.iter().any(|named| !template::is_preset(&named.source)) {
        named.retain(|named| !template::is_preset(&named.source));
    }
    let mut names: Vec<String> = named.iter().map(|named| named.value.to_string()).collect();
    names.sort();
    names.dedup();
    if names.len() > 1 {
        doubts.offer(0, "environment", names);
        doubts.object(0, "environment", "one request goes to one environment".to_owned());
        return None;
    }
    named.pop()
}

fn block_of(body: &str, catalog: &Catalog, config: &RepositoryConfig) -> Option<Block> {
    blocks(body).into_iter().chain(unfenced(body)).find_map(|mut block| {
        let first = block.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        if first.is_some_and(|line| line.starts_with("- ")) {
            // A document has keys; the list gets the one it would have beside others.
            block.insert_str(0, &format!("{RESOURCES}:\n"));
        }
        let document = Document::parse("request", block.as_bytes()).ok()?;
        let mut value = serde_json::to_value(document.value()).ok()?;
        name_modules(&mut value, catalog, config);
        read_block(&value, config)
    })
}

/// Writes `module:` where people write `type: s3`, `what: iam role` or `bucket:` with the keys below it.
fn name_modules(value: &mut Json, catalog: &Catalog, config: &RepositoryConfig) {
    match value {
        Json::Array(things) => things.iter_mut().for_each(|thing| name_module(thing, catalog, config)),
        Json::Object(keys) if keys.contains_key(RESOURCES) => {
            if let Some(things) = keys.get_mut(RESOURCES) {
                name_modules(things, catalog, config);
            }
        }
        thing => name_module(thing, catalog, config),
    }
}

fn name_module(thing: &mut Json, catalog: &Catalog, config: &RepositoryConfig) {
    if template::names_thing(thing, config) {
        return;
    }
    let Some(keys) = thing.as_object_mut() else { return };
    // A manifest of Kubernetes has kinds of its own.
    if keys.contains_key("apiVersion") || keys.contains_key("jobs") {
        return;
    }
    if let (Some((word, below)), 1) = (keys.iter().next(), keys.len())
        && let (Some(module), Some(below)) = (pairs::module_of(word, catalog, config), below.as_object())
    {
        let mut named = below.clone();
        named.insert("module".to_owned(), Json::String(module.id.to_string()));
        *keys = named;
        return;
    }
    let kind = KINDS.iter().find_map(|known| {
        let key = keys.keys().find(|key| key.eq_ignore_ascii_case(known))?;
        pairs::module_of(keys.get(key)?.as_str()?, catalog, config)?;
        Some(key.clone())
    });
    if let Some(value) = kind.and_then(|key| keys.remove(&key)) {
        keys.insert("module".to_owned(), value);
    }
}

/// Keys under which people say what they want.
const KINDS: &[&str] =
    &["type", "typ", "kind", "what", "was", "resource", "ressource", "service", "thing", "art"];

fn read_block(value: &Json, config: &RepositoryConfig) -> Option<Block> {
    match value {
        Json::Object(keys) if !template::names_thing(value, config) => {
            let things = things_of(keys.get(RESOURCES)?.as_array()?, config)?;
            let common = pairs_of(value)?.into_iter().filter(|(key, _)| key != RESOURCES).collect();
            Some(Block { common, things })
        }
        one => Some(Block { things: things_of(std::slice::from_ref(one), config)?, ..Block::default() }),
    }
}

/// The pairs of each thing, when all are keys with values and one names a module or a template.
fn things_of(things: &[Json], config: &RepositoryConfig) -> Option<Vec<Pairs>> {
    let read = || things.iter().map(pairs_of).collect();
    if things.iter().any(|thing| template::names_thing(thing, config)) { read() } else { None }
}

fn pairs_of(value: &Json) -> Option<Pairs> {
    let mut pairs = Vec::new();
    for (key, value) in value.as_object()? {
        match value {
            Json::Object(inputs) if holds_inputs(key) => {
                pairs.extend(inputs.iter().map(|(key, value)| (key.clone(), Given::Value(value.clone()))));
            }
            value => pairs.push((key.clone(), Given::Value(value.clone()))),
        }
    }
    Some(pairs)
}

/// A key under which people gather the inputs of a thing.
fn holds_inputs(key: &str) -> bool {
    const GATHER: [&str; 9] =
        ["inputs", "input", "settings", "config", "configuration", "options", "spec", "params", "details"];
    GATHER.iter().any(|known| key.eq_ignore_ascii_case(known))
}

/// The lines from `resources:` on, with the pairs around it, where nobody put a fence around them.
fn unfenced(body: &str) -> Option<String> {
    let is_list = |line: &str| line.trim_end().eq_ignore_ascii_case(&format!("{RESOURCES}:"));
    let lines: Vec<&str> = body.lines().collect();
    let at = lines.iter().position(|line| is_list(line))?;
    let is_pair = |line: &&&str| {
        let line = line.trim_start().trim_start_matches("- ");
        line.is_empty() || line.split_once(':').is_some_and(|(key, _)| key.split_whitespace().count() <= 3)
    };
    let before = lines.iter().take(at).rev().take_while(is_pair).count();
    let block: Vec<&str> = lines.iter().skip(at - before).take_while(is_pair).copied().collect();
    Some(block.join("\n"))
}

/// The contents of fenced blocks that are YAML or say nothing about their language.
fn blocks(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(&str, Option<String>)> = None;
    for line in body.lines() {
        let text = line.trim_start();
        match &mut open {
            Some((fence, content)) => {
                if text.starts_with(*fence) && text.trim_end().trim_start_matches(['`', '~']).is_empty() {
                    found.extend(open.take().and_then(|(_, content)| content));
                } else if let Some(content) = content {
                    content.push_str(line);
                    content.push('\n');
                }
            }
            None => {
                let Some(fence) = ["```", "~~~"].into_iter().find(|fence| text.starts_with(*fence)) else {
                    continue;
                };
                let language = text.trim_start_matches(['`', '~']).trim().to_lowercase();
                let is_yaml = matches!(language.as_str(), "" | "yaml" | "yml" | "tfpilot");
                open = Some((fence, is_yaml.then(String::new)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(body: &str) -> Option<Vec<String>> {
        let block = block_of(body, &Catalog::shipped(), &RepositoryConfig::default())?;
        let common = block.common.into_iter().map(|(key, _)| key);
        Some(common.chain(block.things.into_iter().flatten().map(|(key, _)| key)).collect())
    }

    #[test]
    fn blocks_that_name_a_module_are_requests() {
        let body = "Hi\n```yaml\nmodule: aws/s3-bucket\nname: x\ninputs:\n  owner: a\n```\n";
        assert_eq!(keys(body), Some(vec!["owner".into(), "module".into(), "name".into()]));
        assert_eq!(keys("```\nfoo: bar\n```\n~~~yml\nmodule: x\n~~~"), Some(vec!["module".into()]));
    }

    #[test]
    fn lists_ask_for_several_things() {
        let things = |body: &str| {
            let block = block_of(body, &Catalog::shipped(), &RepositoryConfig::default());
            block.map(|block| (block.common.len(), block.things.len()))
        };
        assert_eq!(things("```yaml\n- module: x\n- module: y\n  name: b\n```"), Some((0, 2)));
        let shared =
            "```yaml\nenvironment: dev\nowner: a\nresources:\n  - {module: x}\n  - {module: x, name: b}\n```";
        assert_eq!(things(shared), Some((2, 2)));
    }

    #[test]
    fn inputs_may_be_gathered_and_a_list_needs_no_fence() {
        assert_eq!(
            keys("```yaml\nmodule: x\nsettings:\n  delay: 2 minutes\n```"),
            Some(vec!["module".into(), "delay".into()])
        );
        let body = "Hi all\n\nresources:\n  - module: x\n    name: a\nowner: shop\n\nThanks";
        assert_eq!(keys(body), Some(vec!["owner".into(), "module".into(), "name".into()]));
    }

    #[test]
    fn other_blocks_are_not() {
        for body in [
            "module: x",
            "```json\n{\"module\": \"x\"}\n```",
            "```yaml\nmodule: [\n```",
            "```yaml\nmodule: x",
            "```yaml\nkind: Pod\n```",
            "```yaml\n- name: x\n- kind: Pod\n```",
            "```yaml\n- module: x\n- just a word\n```",
            "```yaml\nresources: 3\n```",
            "```yaml\nresources:\n- limits: {cpu: 1}\n```",
        ] {
            assert_eq!(keys(body), None, "{body}");
        }
    }
}
