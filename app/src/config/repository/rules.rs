//! What of the configuration the engine asks for.

use tfpilot_engine::{EnvironmentName, EnvironmentRules, Executor, Rules, Strangers as EngineStrangers};

use super::environment::{Environment, Runner};
use super::{RepositoryConfig, Strangers};

impl RepositoryConfig {
    /// The rules of this configuration.
    pub fn rules(&self) -> Rules {
        Rules {
            environments: self
                .environments
                .iter()
                .map(|(name, environment)| {
                    (EnvironmentName::new(name.as_str()), environment_rules(environment))
                })
                .collect(),
            strangers: match self.requests.strangers {
                Strangers::Answer => EngineStrangers::Answer,
                Strangers::Silent => EngineStrangers::Silent,
            },
        }
    }
}

fn environment_rules(environment: &Environment) -> EnvironmentRules {
    EnvironmentRules {
        path: environment.path.clone(),
        approvals: environment.approvals.count(),
        two_person: environment.approvals.two_person,
        executor: match environment.runner {
            Runner::Actions => Executor::Actions,
            Runner::Sidecar => Executor::Sidecar,
        },
        plan_max_age_hours: environment.plan_max_age_days().saturating_mul(24),
        reviewers: environment.approvals.teams.first().map(|team| team.trim_start_matches('@').to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_reaches_the_engine() {
        let (config, _) = RepositoryConfig::parse(include_bytes!("../../../../docs/tfpilot.example.yml"));
        let rules = config.rules();
        let prod = &rules.environments[&EnvironmentName::new("prod")];
        assert_eq!((prod.approvals, prod.two_person, prod.plan_max_age_hours), (2, true, 72));
        assert_eq!((prod.path.as_str(), prod.reviewers.as_deref()), ("live/prod", Some("acme/platform")));
        assert_eq!(rules.environments[&EnvironmentName::new("dev")].approvals, 0);
    }
}
