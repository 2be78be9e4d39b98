//! Rules beyond the shape: what the values of `.github/tfpilot.yml` mean together.

mod catalog;
mod freeze;
mod sources;
mod templates;
pub(super) mod words;

use tfpilot_modules::Catalog;
use tfpilot_policies::RuleSet;

use super::RepositoryConfig;
use super::backend::Backend;
use super::environment::Environment;
use super::shipped;
use crate::config::document::Document;
use crate::config::suggest::{list_or, nearest};
use crate::config::{Diagnostic, Severity};

/// Placeholders of a backend's template.
const PLACEHOLDERS: [&str; 2] = ["{stack}", "{environment}"];

pub(super) fn check(config: &RepositoryConfig, document: &Document) -> Vec<Diagnostic> {
    let knows_all = !config.has_own_modules();
    let mut checking = Checking { config, document, knows_all, found: Vec::new() };
    checking.version();
    for (name, environment) in &config.environments {
        checking.environment(name, environment);
    }
    checking.names_differ();
    checking.grants();
    checking.freezes();
    checking.policy_repository();
    checking.shipped_policies();
    checking.overriders();
    checking.parameters();
    checking.top();
    checking.pull_request();
    checking.sources();
    checking.catalog(&Catalog::shipped());
    checking.words(&Catalog::shipped());
    checking.templates(&Catalog::shipped());
    checking.found
}

/// What the file says about modules, once all of them are known.
pub(super) fn check_modules(
    config: &RepositoryConfig,
    document: &Document,
    catalog: &Catalog,
) -> Vec<Diagnostic> {
    let mut checking = Checking { config, document, knows_all: true, found: Vec::new() };
    checking.catalog(catalog);
    checking.words(catalog);
    checking.templates(catalog);
    checking.found
}

struct Checking<'a> {
    config: &'a RepositoryConfig,
    document: &'a Document,
    /// False while modules of the repository's own are still to be read.
    knows_all: bool,
    found: Vec<Diagnostic>,
}

impl Checking<'_> {
    fn error(&mut self, path: &[&str], what: impl Into<String>, hint: impl Into<String>) {
        let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
        self.found.push(self.document.diagnostic(&path, what, hint));
    }

    fn warning(&mut self, path: &[&str], what: impl Into<String>, hint: impl Into<String>) {
        self.error(path, what, hint);
        if let Some(last) = self.found.last_mut() {
            last.severity = Severity::Warning;
        }
    }

    /// Whether a key is in the file, even when its value was refused.
    fn writes(&self, path: &[&str]) -> bool {
        let value = path.iter().try_fold(self.document.value(), |value, step| value.get(step));
        value.is_some_and(|value| !value.is_null())
    }

    fn version(&mut self) {
        if !self.writes(&["version"]) {
            self.warning(&[], "has no version", "add version: 1");
        }
    }

    fn environment(&mut self, name: &str, environment: &Environment) {
        let at = |key: &'static str| ["environments", name, key];
        if !is_slug(name) {
            self.error(
                &["environments", name],
                "the name of an environment has 1 to 39 lower case letters, digits and hyphens",
                "rename it, and keep the old name in aliases",
            );
        }
        if let Err(why) = relative(&environment.path) {
            self.error(&at("path"), format!("path {why}"), format!("write a directory such as live/{name}"));
        }
        if let Some(region) = &environment.region
            && !is_slug(region)
        {
            self.error(&at("region"), "region is no region", "write one such as eu-central-1");
        }
        match &environment.backend {
            None if self.writes(&at("backend")) => {}
            None => self.warning(
                &["environments", name],
                format!("{name} has no backend, so nothing new can be requested there"),
                "add backend: with s3: or local:",
            ),
            Some(Backend::Local(local)) => {
                let at = ["environments", name, "backend", "local", "path"];
                if !local.path.starts_with('/') || local.path.split('/').any(|step| step == "..") {
                    self.error(
                        &at,
                        "a local backend needs an absolute path",
                        "write one such as /var/lib/tfpilot/{stack}.tfstate",
                    );
                }
                self.template(&at, &local.path);
            }
            Some(Backend::S3(s3)) => {
                self.template(&["environments", name, "backend", "s3", "key"], s3.key());
                if s3.region.is_none() && environment.region.is_none() {
                    self.error(
                        &["environments", name, "backend", "s3"],
                        "the backend has no region",
                        "add region to s3 or to the environment",
                    );
                }
            }
        }
        if environment.account.as_deref().is_some_and(|account| !is_plain(account)) {
            self.error(
                &at("account"),
                "account is no account id",
                "write the id in quotes, such as \"111122223333\"",
            );
        }
        if environment.apply_environment.as_deref().is_some_and(|name| name.trim().is_empty()) {
            self.error(
                &at("apply_environment"),
                "apply_environment is empty",
                "write the GitHub Environment's name",
            );
        }
        for (index, team) in environment.approvals.teams.iter().enumerate() {
            self.team(&["environments", name, "approvals", "teams", &index.to_string()], team);
        }
    }

    fn template(&mut self, at: &[&str], template: &str) {
        if !template.contains("{stack}") {
            self.error(at, "every stack would share one state", "put {stack} into it");
        }
        let rest = PLACEHOLDERS.iter().fold(template.to_owned(), |text, known| text.replace(known, ""));
        if rest.contains(['{', '}', '$', '%', '"', '\\']) || rest.chars().any(char::is_control) {
            self.error(at, "only the placeholders {stack} and {environment} are known", "remove the others");
        }
    }

    /// A word that may mean two environments means none.
    fn names_differ(&mut self) {
        let environments = &self.config.environments;
        let mut paths: Vec<(&str, &str)> = Vec::new();
        let mut words: Vec<(String, &str)> =
            environments.keys().map(|name| (name.to_lowercase(), name.as_str())).collect();
        for (name, environment) in environments {
            for (index, alias) in environment.aliases.iter().enumerate() {
                let alias = alias.to_lowercase();
                let at = ["environments", name, "aliases", &index.to_string()];
                match words.iter().find(|(word, _)| *word == alias) {
                    Some((_, owner)) if *owner != name => {
                        let what = format!("{alias} already means {owner}");
                        self.error(&at, what, "choose another alias");
                    }
                    Some(_) => {}
                    None if alias.trim().is_empty() => self.error(&at, "the alias is empty", "remove it"),
                    None => words.push((alias, name)),
                }
            }
            let path = environment.path.trim_end_matches('/');
            match paths.iter().find(|(known, _)| *known == path) {
                Some((_, owner)) => {
                    let what = format!("{name} and {owner} have the same path");
                    self.error(
                        &["environments", name, "path"],
                        what,
                        "give each environment its own directory",
                    );
                }
                None => paths.push((path, name)),
            }
        }
    }

    fn grants(&mut self) {
        let config = self.config;
        for (role, index, grant) in config.roles.grants() {
            let index = index.to_string();
            // A single grant may be written without a list; its place is then found without the index.
            let list = self
                .document
                .value()
                .get("roles")
                .and_then(|roles| roles.get(role))
                .is_some_and(|it| it.is_sequence());
            let under = |rest: &[&str]| -> Vec<String> {
                let mut path = vec!["roles".to_owned(), role.to_owned()];
                path.extend(list.then(|| index.clone()));
                path.extend(rest.iter().map(|step| (*step).to_owned()));
                path
            };
            for (nth, name) in grant.environments.iter().enumerate() {
                if config.environments.contains_key(name) {
                    continue;
                }
                let names = || config.environments.keys().map(String::as_str);
                let hint = match nearest(name, names()) {
                    Some(word) => format!("write {word}"),
                    None => format!("write {}", list_or(names())),
                };
                let path = under(&["environments", &nth.to_string()]);
                let what = format!("unknown environment {}", name.escape_debug());
                self.found.push(self.document.diagnostic(&path, what, hint));
            }
            for (nth, team) in grant.teams.iter().enumerate() {
                let path = under(&["teams", &nth.to_string()]);
                self.team(&path.iter().map(String::as_str).collect::<Vec<_>>(), team);
            }
        }
    }

    fn overriders(&mut self) {
        let config = self.config;
        for rule in tfpilot_policies::rules::IDS {
            let teams = config.policies.rules.overriders(rule).map(|it| it.teams.as_slice());
            for (index, team) in teams.unwrap_or_default().iter().enumerate() {
                let index = index.to_string();
                self.team(&["policies", "rules", rule, "override", "teams", &index], team);
            }
        }
        for (index, team) in config.policies.rego.overriders.teams.iter().enumerate() {
            self.team(&["policies", "rego", "override", "teams", &index.to_string()], team);
        }
        for (index, package) in config.policies.rego.packages.iter().enumerate() {
            let plain =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if package != "*" && !package.split('.').all(plain) {
                self.error(
                    &["policies", "rego", "packages", &index.to_string()],
                    format!("{} is no package", package.escape_debug()),
                    "write one such as main or terraform.security, or * for all",
                );
            }
        }
        for (index, team) in config.cost.overriders.teams.iter().enumerate() {
            self.team(&["cost", "override", "teams", &index.to_string()], team);
        }
    }

    fn team(&mut self, at: &[&str], team: &str) {
        let well = team.trim_start_matches('@').split_once('/').is_some_and(|(organisation, slug)| {
            !organisation.is_empty()
                && !slug.is_empty()
                && !slug.contains('/')
                && !team.contains(char::is_whitespace)
        });
        if !well {
            self.error(
                at,
                format!("{} is no team", team.escape_debug()),
                "write organisation/team, such as acme/platform",
            );
        }
    }

    fn top(&mut self) {
        let config = self.config;
        if let Some(workflow) = &config.workflow
            && (!(workflow.ends_with(".yml") || workflow.ends_with(".yaml"))
                || workflow.contains(['/', '\\', '?', '#', '%']))
        {
            self.error(&["workflow"], "workflow is no file name", "write one such as tfpilot.yml");
        }
        if let Some(version) = &config.terraform_version
            && !is_exact_version(version)
        {
            self.error(
                &["terraform_version"],
                "terraform_version is not exact",
                "write three numbers, such as 1.11.4",
            );
        }
        if let Some(currency) = &config.cost.currency
            && (currency.len() != 3 || !currency.chars().all(|letter| letter.is_ascii_uppercase()))
        {
            self.error(&["cost", "currency"], "currency is no currency", "write three capitals, such as USD");
        }
    }

    /// The template of pull requests lies in the repository, wherever that is.
    fn pull_request(&mut self) {
        let Some(path) = &self.config.requests.pull_request else { return };
        let plain = path.split('/').all(|step| !matches!(step, "" | "." | ".." | ".git"));
        if !plain || !path.ends_with(".md") || path.contains('\\') || path.chars().any(char::is_control) {
            self.error(
                &["requests", "pull_request"],
                format!("{} is no Markdown file of the repository", path.escape_debug()),
                "write one such as .github/tfpilot/pull_request.md",
            );
        }
    }

    /// Parameters that the rules themselves cannot use.
    fn parameters(&mut self) {
        let (_, problems) = RuleSet::new(&shipped::rules(&self.config.policies.rules));
        for problem in problems {
            let steps = problem.parameter.split('.');
            let at: Vec<&str> = ["policies", "rules", problem.rule].into_iter().chain(steps).collect();
            self.error(&at, format!("{}: {}", problem.rule, problem.what), problem.hint);
        }
    }
}

/// A directory inside the repository, written plainly.
fn relative(path: &str) -> Result<(), &'static str> {
    if path.starts_with('/') || path.contains('\\') {
        return Err("is not inside the repository");
    }
    if path.chars().any(|letter| letter.is_control() || matches!(letter, '*' | '?' | '"' | '$' | '{' | '}')) {
        return Err("holds characters that directories here do not have");
    }
    match path
        .trim_end_matches('/')
        .split('/')
        .find(|step| matches!(*step, "" | "." | ".." | ".git" | ".github"))
    {
        Some(_) => Err("holds an empty step, a dot or a folder that is not for stacks"),
        None => Ok(()),
    }
}

fn is_slug(text: &str) -> bool {
    (1..=39).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_plain(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_exact_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}
