//! What of the configuration the engine and admission ask for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tfpilot_admission::{AllowList, ProviderRule};
use tfpilot_engine::{
    EnvironmentName, EnvironmentRules, Executor, Grave, Overriders, Reviewers, Rules,
    Strangers as EngineStrangers, gate,
};

use tfpilot_policies::language::Overriders as Own;

use super::backend::Backend;
use super::environment::{Environment, RiskApprovals, Runner};
use super::policies::Override;
use super::{RepositoryConfig, Strangers, freeze};

impl RepositoryConfig {
    /// The rules of this configuration at a moment, with the freeze windows around it.
    pub fn rules_at(&self, now: Timestamp) -> Rules {
        let mut rules = self.rules();
        let zone = self.timezone();
        rules.freezes = freeze::around(&self.freeze, zone, now);
        for (name, environment) in &self.environments {
            if let Some(of_name) = rules.environments.get_mut(&EnvironmentName::new(name.as_str())) {
                of_name.freezes = freeze::around(&environment.freeze, zone, now);
            }
        }
        rules
    }

    /// The rules of this configuration without its freeze windows, which depend on the time.
    pub fn rules(&self) -> Rules {
        Rules {
            environments: self
                .environments
                .iter()
                .map(|(name, environment)| {
                    let mut rules = environment_rules(environment);
                    rules.asks = self.asks(name, environment);
                    rules.roles = self.roles.sources(Some(name));
                    (EnvironmentName::new(name.as_str()), rules)
                })
                .collect(),
            strangers: match self.requests.strangers {
                Strangers::Answer => EngineStrangers::Answer,
                Strangers::Silent => EngineStrangers::Silent,
            },
            overrides: self.overrides(),
            model: self.requests.model,
            explains: self.plans.explain,
            roles: self.roles.sources(None),
            freezes: Vec::new(),
        }
    }

    /// Who is asked for a review: the teams that are named for it, else whoever has the role by team or by name. Who has
    /// it by a permission in the repository is not known by name.
    fn asks(&self, name: &str, environment: &Environment) -> Reviewers {
        let plain = |names: &[String]| names.iter().map(|it| it.trim_start_matches('@').to_owned()).collect();
        let teams = &environment.approvals.teams;
        if !teams.is_empty() {
            return Reviewers { teams: plain(teams), ..Reviewers::default() };
        }
        let mut asks = Reviewers::default();
        for grant in self.roles.approver.iter().filter(|grant| grant.reaches(Some(name))) {
            asks.teams.extend::<BTreeSet<String>>(plain(&grant.teams));
            asks.users.extend::<BTreeSet<String>>(plain(&grant.users));
        }
        asks
    }

    /// Every rule of policies and cost, with who may override it.
    fn overrides(&self) -> BTreeMap<String, Overriders> {
        let rules = &self.policies.rules;
        let policies = tfpilot_policies::rules::IDS.iter().map(|rule| (*rule, rules.overriders(rule)));
        let all = policies.chain([(gate::COST_RULE, Some(&self.cost.overriders))]);
        let shipped = all.map(|(rule, written)| (rule.to_owned(), overriders(written)));
        let policies = super::shipped::shipped(&self.policies)
            .chain(self.policies.own.policies().iter().map(Cow::Borrowed));
        let own = policies.map(|policy| {
            let Own { teams, users, count } = policy.overriders.clone();
            (policy.id.to_string(), Overriders { count: count.unwrap_or(1), teams, users })
        });
        let rego = self.policies.own.rego().iter().flat_map(tfpilot_policies::rego::Policy::ids);
        let rego = rego.map(|id| (id, overriders(Some(&self.policies.rego.overriders))));
        let freeze = [(gate::FREEZE_RULE.to_owned(), self.freeze_overriders())];
        shipped.chain(own).chain(rego).chain(freeze).collect()
    }

    /// Everybody whom a freeze window names; which of them may let a change pass which one, the window says.
    fn freeze_overriders(&self) -> Overriders {
        let windows = self.environments.values().flat_map(|environment| &environment.freeze);
        let mut all = Overriders { count: 1, ..Overriders::default() };
        for named in self.freeze.iter().chain(windows).map(|window| &window.overriders) {
            all.teams.extend(named.teams.iter().cloned());
            all.users.extend(named.users.iter().cloned());
        }
        all.teams.sort();
        all.teams.dedup();
        all
    }

    /// What may run beyond the shipped allow-lists, on a runner that keeps its disk or on one that does not.
    pub fn allow_list(&self, persistent: bool) -> AllowList {
        let admission = &self.admission;
        let providers = admission
            .providers
            .iter()
            .map(|(source, rule)| (source.clone(), ProviderRule { arguments: rule.arguments.clone() }));
        // The default branch says where state is kept; a pull request may name the same place.
        let backends = self.environments.values().filter_map(|environment| match &environment.backend {
            Some(Backend::S3(s3)) => origin(s3.endpoint.as_deref()?),
            _ => None,
        });
        let mut endpoints: Vec<String> = admission.endpoints.iter().cloned().chain(backends).collect();
        endpoints.sort();
        endpoints.dedup();
        AllowList {
            providers: providers.collect(),
            backends: admission
                .backends
                .iter()
                .map(|(kind, arguments)| (kind.clone(), arguments.clone()))
                .collect(),
            data_sources: admission.data_sources.clone(),
            ephemeral_resources: admission.ephemeral_resources.clone(),
            registry_modules: admission.registry_modules.clone(),
            endpoints,
            persistent,
        }
    }
}

pub(super) fn overriders(written: Option<&Override>) -> Overriders {
    let written = written.cloned().unwrap_or_default();
    Overriders { count: written.count.unwrap_or(1), teams: written.teams, users: written.users }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty() && !host.contains('@'))?;
    Some(format!("{scheme}://{host}"))
}

fn environment_rules(environment: &Environment) -> EnvironmentRules {
    EnvironmentRules {
        path: environment.path.clone(),
        approvals: environment.approvals.count(),
        approvals_by_risk: by_risk(&environment.approvals.risk),
        code_owners: environment.approvals.code_owners,
        two_person: environment.approvals.two_person,
        executor: match environment.runner {
            Runner::Actions => Executor::Actions,
            Runner::Sidecar => Executor::Sidecar,
        },
        plan_max_age_hours: environment.plan_max_age_days().saturating_mul(24),
        reviewers: environment.approvals.teams.first().map(|team| team.trim_start_matches('@').to_owned()),
        asks: Reviewers::default(),
        roles: BTreeMap::new(),
        freezes: Vec::new(),
    }
}

fn by_risk(risk: &RiskApprovals) -> BTreeMap<Grave, u32> {
    let wanted = [
        (Grave::DataLoss, Some(risk.data_loss.unwrap_or(1))),
        (Grave::Exposed, risk.exposed),
        (Grave::Iam, risk.iam),
    ];
    wanted.into_iter().filter_map(|(grave, count)| Some((grave, count?))).collect()
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
        assert_eq!(rules.overrides["required-tags"].teams, ["acme/finops"]);
        assert_eq!(rules.overrides["cost"].users, ["carol"]);
        let policies = tfpilot_policies::shipped::policies().len();
        assert_eq!((rules.overrides["plan-complete"].count, rules.overrides.len()), (1, 9 + policies));
    }

    #[test]
    fn admission_gets_its_allow_list() {
        let text = "version: 1\nenvironments:\n  dev:\n    region: eu-west-1\n    backend: {s3: {bucket: b, endpoint: 'http://127.0.0.1:5000/x'}}\nadmission:\n  providers: {hashicorp/random: }\n  endpoints: ['https://s3.example.com']\n";
        let (config, diagnostics) = RepositoryConfig::parse(text.as_bytes());
        assert_eq!(diagnostics, []);
        let list = config.allow_list(true);
        assert_eq!(list.endpoints, ["http://127.0.0.1:5000", "https://s3.example.com"]);
        assert_eq!(list.providers.keys().collect::<Vec<_>>(), ["hashicorp/random"]);
        assert!(list.persistent && !config.allow_list(false).persistent);
        assert_eq!(origin("http://user@host/"), None);
    }
}
