//! What people call environments, however a repository names them.

use super::RepositoryConfig;
use super::environment::Environment;

/// Words that mean the same environment wherever there is one alone that goes by any of them.
const EVERYDAY: [&[&str]; 3] = [
    &["dev", "devel", "develop", "development", "entwicklung", "développement", "desarrollo", "sviluppo"],
    &["stage", "staging", "stg", "stag", "pre-production", "preproduction", "vorproduktion", "präproduktion"],
    &[
        "prod",
        "prd",
        "production",
        "productive",
        "live",
        "produktion",
        "produktiv",
        "produktive",
        "produktiven",
        "echtbetrieb",
        "echtsystem",
        "wirkbetrieb",
        "producción",
        "produzione",
        "produção",
        "produkcja",
    ],
];

/// The environment that an everyday word means: "production" where there is a `prod` or one of that alias, and no other.
pub(super) fn of_word<'c>(config: &'c RepositoryConfig, word: &str) -> Option<(&'c str, &'c Environment)> {
    let word = word.to_lowercase();
    let same = EVERYDAY.iter().find(|words| words.contains(&word.as_str()))?;
    let mut meant = config.environments.iter().filter(|(name, environment)| {
        let names = std::iter::once(*name).chain(&environment.aliases);
        names.map(|name| name.to_lowercase()).any(|name| same.contains(&name.as_str()))
    });
    let (name, environment) = meant.next()?;
    meant.next().is_none().then_some((name.as_str(), environment))
}

/// Everyday words, each with the environment that it means here.
pub(super) fn words(config: &RepositoryConfig) -> impl Iterator<Item = (&'static str, &str)> {
    EVERYDAY
        .iter()
        .flat_map(|words| words.iter())
        .filter_map(|word| Some((*word, config.environment(word)?.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(yaml: &str) -> RepositoryConfig {
        RepositoryConfig::parse(format!("version: 1\nenvironments: {yaml}\n").as_bytes()).0
    }

    #[track_caller]
    fn check(yaml: &str, word: &str, expect: Option<&str>) {
        assert_eq!(named(yaml).environment(word).map(|(name, _)| name), expect);
    }

    #[test]
    fn environments_go_by_their_everyday_names() {
        check("{dev: {}, prod: {}}", "Production", Some("prod"));
        check("{dev: {}, production: {}}", "prod", Some("production"));
        check("{dev: {}, main: {aliases: [live]}}", "prod", Some("main"));
        check("{dev: {}, prod: {}}", "staging", None);
    }

    #[test]
    fn a_name_of_ones_own_wins_and_two_of_a_kind_are_told_apart() {
        check("{prod: {}, live: {}}", "live", Some("live"));
        check("{prod: {}, live: {}}", "production", None);
        check("{dev: {aliases: [staging]}, stage: {}}", "staging", Some("dev"));
    }
}
