//! Requests as a fenced YAML block: `module`, `environment`, `name` and inputs, flat or under `inputs:`.

use serde_json::Value as Json;

use crate::config::RepositoryConfig;
use crate::config::document::Document;

use super::pairs::Given;
use super::template;

/// The pairs of the first YAML block that names a module or a template; none when there is no such block.
pub(super) fn pairs_of(body: &str, config: &RepositoryConfig) -> Option<Vec<(String, Given)>> {
    blocks(body).into_iter().find_map(|block| {
        let document = Document::parse("request", block.as_bytes()).ok()?;
        let value = serde_json::to_value(document.value()).ok()?;
        pairs(&value, config)
    })
}

fn pairs(value: &Json, config: &RepositoryConfig) -> Option<Vec<(String, Given)>> {
    let keys = value.as_object().filter(|keys| template::names_thing(keys, config))?;
    let mut pairs = Vec::new();
    for (key, value) in keys {
        match value {
            Json::Object(inputs) if key == "inputs" => {
                pairs.extend(inputs.iter().map(|(key, value)| (key.clone(), Given::Value(value.clone()))));
            }
            value => pairs.push((key.clone(), Given::Value(value.clone()))),
        }
    }
    Some(pairs)
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
        pairs_of(body, &RepositoryConfig::default())
            .map(|pairs| pairs.into_iter().map(|(key, _)| key).collect())
    }

    #[test]
    fn blocks_that_name_a_module_are_requests() {
        let body = "Hi\n```yaml\nmodule: aws/s3-bucket\nname: x\ninputs:\n  owner: a\n```\n";
        assert_eq!(keys(body), Some(vec!["owner".into(), "module".into(), "name".into()]));
        assert_eq!(keys("```\nfoo: bar\n```\n~~~yml\nmodule: x\n~~~"), Some(vec!["module".into()]));
    }

    #[test]
    fn other_blocks_are_not() {
        for body in [
            "module: x",
            "```json\n{\"module\": \"x\"}\n```",
            "```yaml\nmodule: [\n```",
            "```yaml\nmodule: x",
            "```yaml\nkind: Pod\n```",
        ] {
            assert_eq!(keys(body), None, "{body}");
        }
    }
}
