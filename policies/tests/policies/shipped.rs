//! What people see most: a bucket from the shipped module, with every rule on.

use crate::fixture::{Fixture, context, told};
use tfpilot_policies::cost::{Limit, estimate, judge_limit};
use tfpilot_policies::{AllowedRegions, Conclusion, Enforcement, Naming, RequiredTags, Rules, Truth};

fn rules() -> Rules {
    Rules {
        required_tags: Some(RequiredTags {
            tags: vec!["Owner".to_owned(), "CostCenter".to_owned()],
            ..RequiredTags::default()
        }),
        allowed_regions: Some(AllowedRegions {
            regions: vec!["eu-central-1".to_owned()],
            ..AllowedRegions::default()
        }),
        naming: Some(Naming { pattern: "acme-[a-z0-9-]+".to_owned(), ..Naming::default() }),
        ..Rules::default()
    }
}

#[test]
fn a_bucket_passes_every_rule() {
    let fixture = Fixture::load("shipped");
    let report = fixture.judge(&rules());
    assert_eq!(report.conclusion(), Conclusion::Success);
    assert_eq!(report.truth(), Truth::True);
    assert_eq!(report.title(), "12 passed");
    assert_eq!(fixture.judge_draft(&rules()).title(), "11 passed, 5 after the plan");
}

#[test]
fn a_bucket_outside_of_the_rules_is_told_at_the_call() {
    let mut rules = rules();
    rules.naming = Some(Naming { pattern: "corp-.*".to_owned(), ..Naming::default() });
    if let Some(regions) = &mut rules.allowed_regions {
        regions.regions = vec!["eu-west-1".to_owned()];
        regions.enforcement = Enforcement::Advisory;
    }
    insta::assert_snapshot!(told(&Fixture::load("shipped").judge(&rules)));
}

#[test]
fn a_bucket_costs_what_is_put_into_it() {
    let fixture = Fixture::load("shipped");
    let estimate = estimate(&fixture.plan, Some(fixture.code()), &context(), false);
    let verdict = judge_limit(&estimate, &Limit::default(), "dev");
    assert_eq!((verdict.truth, verdict.conclusion), (Truth::True, Conclusion::Success));
    assert_eq!(verdict.title, "+$0.00/mo, 5 of 6 priced");
    insta::assert_snapshot!(estimate.markdown(60_000));
}
