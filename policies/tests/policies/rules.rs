//! Each rule on its folder, with and without the code.

use crate::fixture::{Fixture, told};
use tfpilot_policies::{
    AllowedRegions, Enforcement, Naming, NoPublicAccess, ProtectStateful, RequiredTags, Rules,
};

/// Only the rules of a test.
pub(crate) fn quiet() -> Rules {
    let off = Enforcement::Off;
    Rules {
        no_public_access: Some(NoPublicAccess { enforcement: off, ..NoPublicAccess::default() }),
        protect_stateful: Some(ProtectStateful { enforcement: off, ..ProtectStateful::default() }),
        ..Rules::default()
    }
}

fn required_tags() -> Rules {
    let rule = RequiredTags {
        enforcement: Enforcement::SoftMandatory,
        tags: vec!["Owner".to_owned()],
        patterns: [("CostCenter".to_owned(), "\\d{2,6}".to_owned())].into(),
        ..RequiredTags::default()
    };
    Rules { required_tags: Some(rule), ..quiet() }
}

fn allowed_regions() -> Rules {
    let regions = vec!["eu-central-1".to_owned(), "eu-west-1".to_owned()];
    Rules { allowed_regions: Some(AllowedRegions { regions, ..AllowedRegions::default() }), ..quiet() }
}

fn naming() -> Rules {
    let rule = Naming { pattern: "acme-dev-[a-z0-9-]+".to_owned(), ..Naming::default() };
    Rules { naming: Some(rule), ..quiet() }
}

fn no_public_access() -> Rules {
    let rule = NoPublicAccess { allowed_ports: vec![443], ..NoPublicAccess::default() };
    Rules { no_public_access: Some(rule), ..quiet() }
}

fn protect_stateful() -> Rules {
    Rules { protect_stateful: Some(ProtectStateful::default()), ..quiet() }
}

#[test]
fn required_tags_on_plan_and_code() {
    insta::assert_snapshot!(told(&Fixture::load("required-tags").judge(&required_tags())));
}

#[test]
fn required_tags_on_the_plan_alone() {
    insta::assert_snapshot!(told(&Fixture::load("required-tags").judge_without_code(&required_tags())));
}

#[test]
fn required_tags_before_the_plan() {
    insta::assert_snapshot!(told(&Fixture::load("required-tags").judge_draft(&required_tags())));
}

#[test]
fn allowed_regions_on_plan_and_code() {
    insta::assert_snapshot!(told(&Fixture::load("allowed-regions").judge(&allowed_regions())));
}

#[test]
fn allowed_regions_on_the_plan_alone() {
    insta::assert_snapshot!(told(&Fixture::load("allowed-regions").judge_without_code(&allowed_regions())));
}

#[test]
fn allowed_regions_before_the_plan() {
    insta::assert_snapshot!(told(&Fixture::load("allowed-regions").judge_draft(&allowed_regions())));
}

#[test]
fn naming_on_plan_and_code() {
    insta::assert_snapshot!(told(&Fixture::load("naming").judge(&naming())));
}

#[test]
fn naming_before_the_plan() {
    insta::assert_snapshot!(told(&Fixture::load("naming").judge_draft(&naming())));
}

#[test]
fn no_public_access_on_plan_and_code() {
    insta::assert_snapshot!(told(&Fixture::load("no-public-access").judge(&no_public_access())));
}

#[test]
fn no_public_access_on_the_plan_alone() {
    insta::assert_snapshot!(told(&Fixture::load("no-public-access").judge_without_code(&no_public_access())));
}

#[test]
fn no_public_access_before_the_plan() {
    insta::assert_snapshot!(told(&Fixture::load("no-public-access").judge_draft(&no_public_access())));
}

#[test]
fn protect_stateful_on_plan_and_code() {
    insta::assert_snapshot!(told(&Fixture::load("protect-stateful").judge(&protect_stateful())));
}

#[test]
fn protect_stateful_as_markdown() {
    insta::assert_snapshot!(Fixture::load("protect-stateful").judge(&protect_stateful()).markdown(60_000));
}
