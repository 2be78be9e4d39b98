//! AWS's price lists become own prices: small ones made by hand, in the form of the files that AWS publishes.

use serde_json::json;

use crate::fixture::{Fixture, context, made};
use tfpilot_policies::Context;
use tfpilot_policies::cost::pricelist::PriceList;
use tfpilot_policies::cost::{Estimate, Money, Options, Prices, estimate_with};

const RDS: &str = include_str!("../../testdata/pricelist/rds.json");
const LISTS: [&str; 4] = [
    RDS,
    include_str!("../../testdata/pricelist/ec2.json"),
    include_str!("../../testdata/pricelist/cache.json"),
    include_str!("../../testdata/pricelist/search.json"),
];

fn tables() -> String {
    LISTS.iter().map(|text| PriceList::read(text.as_bytes()).expect("a price list").csv()).collect()
}

#[test]
fn what_is_sold_here_is_kept_and_what_is_ambiguous_left_out() {
    let list = PriceList::read(RDS.as_bytes()).expect("a price list");
    // The two Auroras agree on one class and not on the other.
    assert_eq!((list.offer.as_str(), list.published.as_str()), ("AmazonRDS", "2026-07-01"));
    assert_eq!((list.products, list.prices(), list.ambiguous), (15, 7, 1));
    insta::assert_snapshot!(tables());
}

#[test]
fn a_region_that_the_book_does_not_have_is_priced_by_its_list() {
    let prices = Prices::read(&tables()).expect("own prices");
    let plan = made(&json!({
        "aws_db_instance.d": {
            "engine": "postgres", "instance_class": "db.r6g.large", "multi_az": true, "allocated_storage": 100,
            "storage_type": "gp3",
        },
        "aws_instance.i": {"instance_type": "m8g.large", "root_block_device": [{"volume_type": "gp3", "volume_size": 10}]},
        "aws_elasticache_replication_group.c": {"node_type": "cache.m7g.large", "num_cache_clusters": 2},
        "aws_opensearch_domain.s": {"cluster_config": [{"instance_type": "r6g.large.search"}]},
    }));
    let fixture = Fixture::of_text("", &plan);
    let context = Context { region: Some("eu-central-1".to_owned()), ..context() };
    let options = Options { prices: Some(&prices), ..Options::default() };
    let estimate = estimate_with(&fixture.plan, None, &context, &options);
    // 730 x (0.54 + 0.1055 + 2 x 0.19 + 0.2) + 100 x 0.274 + 10 x 0.0952.
    assert_eq!(estimate.difference, Money::parse("922.967").expect("an amount"));
    assert_eq!(estimate.not_priced, 0);
    let label = |estimate: &Estimate| estimate.resources[0].after[0].label.clone();
    assert_eq!(label(&estimate), None);
    // What is off the list is off a newer list too.
    let less = format!("{}\nprovider,service,resource_type,region,percent\naws,*,*,*,10\n", tables());
    let prices = Prices::read(&less).expect("own prices");
    let options = Options { prices: Some(&prices), ..Options::default() };
    let estimate = estimate_with(&fixture.plan, None, &context, &options);
    assert_eq!(estimate.difference, Money::parse("830.6703").expect("an amount"));
    assert_eq!(label(&estimate).as_deref(), Some("10 % off"));
}

#[test]
fn what_is_no_price_list_is_an_error() {
    let reversed = r#"{"offerCode": "AmazonRDS", "terms": {}, "products": {}}"#;
    let told: Vec<String> = [
        "",
        "[]",
        "{}",
        r#"{"offerCode": "AmazonS3", "products": {}, "terms": {"OnDemand": {}}}"#,
        r#"{"offerCode": "AmazonRDS", "products": {}, "terms": {"OnDemand": {}}}"#,
        r#"{"offerCode": "AmazonRDS", "products": 7}"#,
        r#"{"offerCode": "AmazonRDS"} and more"#,
        reversed,
    ]
    .iter()
    .map(|text| PriceList::read(text.as_bytes()).expect_err(text).to_string())
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}
