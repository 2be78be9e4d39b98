//! The configuration's policy rules as the policy crate takes them. Who may override a rule is the engine's.

use std::borrow::Cow;

use tfpilot_policies as policies;
use tfpilot_policies::language::{Exemption, Overriders, Policy};

use super::policies as config;

/// Everything that a repository's plans are asked: the shipped rules with its parameters, and its own policies. A configuration
/// whose rules cannot be used did not come into force.
pub(crate) fn rule_set(config: &config::Policies) -> policies::RuleSet {
    let (rules, _) = policies::RuleSet::new(&rules(&config.rules));
    config.own.add_to(rules.with_policies(shipped(config).map(Cow::into_owned)))
}

/// The shipped policies as a repository wants them.
pub(crate) fn shipped(config: &config::Policies) -> impl Iterator<Item = Cow<'_, Policy>> {
    policies::shipped::policies().iter().map(|policy| {
        let Some(wanted) = config.shipped.get(&*policy.id) else { return Cow::Borrowed(policy) };
        let config::Override { teams, users, count } = wanted.overriders.clone();
        // What cannot be read did not come into force.
        let exempt = wanted.exempt.iter().filter_map(exemption).collect();
        let by = Overriders { teams, users, count };
        Cow::Owned(policy.clone().wanted(wanted.enforcement.map(enforcement), by, exempt))
    })
}

/// What is let off; none where the pattern or the day is none.
pub(crate) fn exemption(exempt: &config::Exempt) -> Option<Exemption> {
    let expires = exempt.expires.parse().ok()?;
    let told = !exempt.reason.trim().is_empty();
    told.then(|| Exemption::new(&exempt.address, &exempt.stacks, &exempt.reason, expires)).flatten()
}

/// The shipped rules with the parameters of a repository.
pub(crate) fn rules(config: &config::Rules) -> policies::Rules {
    policies::Rules {
        required_tags: config.required_tags.as_ref().map(|rule| policies::RequiredTags {
            enforcement: enforcement(rule.enforcement),
            tags: rule.tags.clone(),
            exempt_types: rule.exempt_types.clone(),
            ..policies::RequiredTags::default()
        }),
        allowed_regions: config.allowed_regions.as_ref().map(|rule| policies::AllowedRegions {
            enforcement: enforcement(rule.enforcement),
            regions: rule.regions.clone(),
            ..policies::AllowedRegions::default()
        }),
        naming: config.naming.as_ref().map(|rule| policies::Naming {
            enforcement: enforcement(rule.enforcement),
            pattern: rule.pattern.clone(),
            types: rule.types.clone(),
            ..policies::Naming::default()
        }),
        no_public_access: config.no_public_access.as_ref().map(|rule| policies::NoPublicAccess {
            enforcement: enforcement(rule.enforcement),
            allowed_ports: rule.allowed_ports.clone(),
            ..policies::NoPublicAccess::default()
        }),
        protect_stateful: config.protect_stateful.as_ref().map(|rule| policies::ProtectStateful {
            enforcement: enforcement(rule.enforcement),
            types: rule.types.clone(),
            ..policies::ProtectStateful::default()
        }),
        terraform_checks: None,
    }
}

pub(super) fn enforcement(enforcement: config::Enforcement) -> policies::Enforcement {
    match enforcement {
        config::Enforcement::Off => policies::Enforcement::Off,
        config::Enforcement::Advisory => policies::Enforcement::Advisory,
        config::Enforcement::SoftMandatory => policies::Enforcement::SoftMandatory,
        config::Enforcement::HardMandatory => policies::Enforcement::HardMandatory,
    }
}
