//! What must hold whatever the plan says.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value as Json};

use crate::fixture::{Fixture, context, set};
use tfpilot_plan::RedactedPlan;
use tfpilot_policies::cost::pricelist::PriceList;
use tfpilot_policies::cost::{
    Limit, Options, Prices, Usage, estimate, estimate_with, infracost, judge_limit,
};
use tfpilot_policies::{
    AllowedRegions, Naming, NoPublicAccess, PolicyReport, RequiredTags, RuleSet, Rules, judge_plan,
};

const FOLDERS: [&str; 18] = [
    "allowed-regions",
    "cost",
    "naming",
    "no-public-access",
    "protect-stateful",
    "required-tags",
    "shipped",
    "defaults/cloudtrail",
    "defaults/ec2",
    "defaults/eks",
    "defaults/iam",
    "defaults/keys",
    "defaults/lambda",
    "defaults/lb",
    "defaults/messaging",
    "defaults/rds",
    "defaults/s3",
    "defaults/s3-unknown",
];

fn rules() -> RuleSet {
    set(&Rules {
        required_tags: Some(RequiredTags { tags: vec!["Owner".to_owned()], ..RequiredTags::default() }),
        allowed_regions: Some(AllowedRegions {
            regions: vec!["eu-central-1".to_owned()],
            ..AllowedRegions::default()
        }),
        naming: Some(Naming { pattern: "acme-.*".to_owned(), ..Naming::default() }),
        no_public_access: Some(NoPublicAccess { allowed_ports: vec![443], ..NoPublicAccess::default() }),
        ..Rules::default()
    })
    .with_policies(crate::defaults::all())
}

/// Each folder is read once: a property asks it hundreds of times.
fn fixture(name: &'static str) -> &'static Fixture {
    thread_local! {
        static READ: RefCell<BTreeMap<&'static str, &'static Fixture>> = RefCell::default();
    }
    READ.with_borrow_mut(|read| *read.entry(name).or_insert_with(|| Box::leak(Box::new(Fixture::load(name)))))
}

fn folder() -> impl Strategy<Value = &'static str> {
    prop::sample::select(FOLDERS.to_vec())
}

fn changes(document: &mut Json) -> &mut Vec<Json> {
    document["resource_changes"].as_array_mut().expect("a plan has changes")
}

fn judge(document: Json, fixture: Option<&Fixture>) -> Option<PolicyReport> {
    let plan = RedactedPlan::from_document(document).ok()?;
    Some(judge_plan(&plan, fixture.map(Fixture::code), &rules(), &context()))
}

/// Every place in a document that holds something.
fn places(value: &Json, at: String, found: &mut Vec<String>) {
    match value {
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| places(item, format!("{at}/{n}"), found));
        }
        Json::Object(map) => map.iter().for_each(|(name, item)| {
            places(item, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        _ => {}
    }
    if !at.is_empty() {
        found.push(at);
    }
}

fn anything() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        prop::sample::select(vec!["redacted:string", "0.0.0.0/0", "aws_instance", "aws", "*", "create", "{"])
            .prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::vec((any::<String>(), inner), 0..3)
                .prop_map(|entries| Json::Object(Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// An unknown is never a pass: forgetting a value can take answers away, it cannot add one that passes.
    #[test]
    fn forgetting_a_value_passes_nothing(folder in folder(), at in any::<Index>(), of in any::<Index>(), secret in any::<bool>()) {
        let fixture = fixture(folder);
        let mut document = fixture.plan.document();
        let known = judge(document.clone(), None).expect("a plan");
        let changes = changes(&mut document);
        let at = at.index(changes.len());
        let change = &mut changes[at]["change"];
        let Some(names) = change["after"].as_object().map(|after| after.keys().cloned().collect::<Vec<_>>()) else {
            return Ok(());
        };
        prop_assume!(!names.is_empty());
        let name = &names[of.index(names.len())];
        if secret {
            change["after"][name] = Json::from("redacted:string");
        } else {
            change["after"].as_object_mut().expect("it is one").remove(name);
            change["after_unknown"][name] = Json::Bool(true);
        }
        let unknown = judge(document, None).expect("still a plan");
        prop_assert!(unknown.passed <= known.passed, "{} of {}: {unknown:#?}", name, at);
        prop_assert!(unknown.truth() <= known.truth());
    }

    /// The order in which resources come is nobody's business.
    #[test]
    fn any_order_gives_the_same_bytes(folder in folder(), swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 1..20)) {
        let fixture = fixture(folder);
        let bytes = |document: Json| {
            let plan = RedactedPlan::from_document(document).expect("a plan");
            let report = judge_plan(&plan, Some(fixture.code()), &rules(), &context());
            let cost = estimate(&plan, Some(fixture.code()), &context(), true);
            let json = serde_json::to_string(&(&report, &cost)).expect("plain data");
            (json, report.title(), report.markdown(60_000), cost.markdown(60_000))
        };
        let mut document = fixture.plan.document();
        let before = bytes(document.clone());
        let changes = changes(&mut document);
        for (a, b) in swaps {
            let (a, b) = (a.index(changes.len()), b.index(changes.len()));
            changes.swap(a, b);
        }
        prop_assert_eq!(before, bytes(document));
    }

    /// Whatever stands in a plan: no panic, short titles, texts within their budget.
    #[test]
    fn hostile_plans_are_judged(folder in folder(), edits in prop::collection::vec((any::<Index>(), anything()), 1..6), budget in 200usize..4_000) {
        let fixture = fixture(folder);
        let mut document = fixture.plan.document();
        for (place, value) in edits {
            let mut found = Vec::new();
            places(&document, String::new(), &mut found);
            if let Some(at) = found.get(place.index(found.len().max(1))).and_then(|at| document.pointer_mut(at)) {
                *at = value;
            }
        }
        let Ok(plan) = RedactedPlan::from_document(document) else { return Ok(()) };
        for code in [None, Some(fixture.code())] {
            let report = judge_plan(&plan, code, &rules(), &context());
            let cost = estimate(&plan, code, &context(), true);
            let verdict = judge_limit(&cost, &Limit::default(), "prod\n|@");
            for title in [report.title(), verdict.title] {
                prop_assert!(title.chars().count() <= 60 && !title.contains(['\n', '\u{202e}']), "{title:?}");
            }
            for text in [report.markdown(budget), cost.markdown(budget)] {
                prop_assert!(text.len() <= budget, "{} of {budget}", text.len());
                // A row that was cut at the end of the budget aside, a row has three cells.
                let rows = text.lines().filter(|line| line.starts_with('|') && line.ends_with('|'));
                for row in rows {
                    prop_assert_eq!(row.matches('|').count(), 4, "{}", row);
                }
                prop_assert!(!text.contains(['@', '\r', '\u{1b}', '\u{202e}']), "{text}");
            }
        }
    }
}

/// Texts that are nearly files of ours: lines of good ones, cut, joined and mixed with anything.
fn nearly(good: &'static str) -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = good.lines().collect();
    let line = prop_oneof![
        4 => proptest::sample::select(lines.clone()).prop_map(str::to_owned),
        1 => (proptest::sample::select(lines), any::<Index>()).prop_map(|(line, at)| {
            let cut: Vec<char> = line.chars().collect();
            cut.iter().take(at.index(cut.len() + 1)).collect()
        }),
        1 => "\\PC{0,40}",
    ];
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_usage_file_breaks_anything(text in nearly(USAGE)) {
        if let Ok(usage) = Usage::read(&text) {
            let fixture = fixture("cost");
            let options = Options { usage: Some(&usage), ..Options::default() };
            let with = estimate_with(&fixture.plan, Some(fixture.code()), &context(), &options);
            let without = estimate(&fixture.plan, Some(fixture.code()), &context(), false);
            prop_assert_eq!((with.difference, with.after), (without.difference, without.after));
        }
    }

    #[test]
    fn no_file_of_prices_breaks_anything(text in nearly(PRICES)) {
        if let Ok(prices) = Prices::read(&text) {
            let fixture = fixture("cost");
            let options = Options { prices: Some(&prices), ..Options::default() };
            let estimate = estimate_with(&fixture.plan, Some(fixture.code()), &context(), &options);
            prop_assert!(estimate.markdown(60_000).len() <= 60_000);
        }
    }

    #[test]
    fn no_json_of_others_breaks_anything(
        text in prop_oneof![nearly(include_str!("../../testdata/infracost/v0.10.json")), "\\PC{0,200}"],
        list in nearly(include_str!("../../testdata/pricelist/ec2.json")),
    ) {
        let _ = infracost::read(&text, None);
        let _ = PriceList::read(list.as_bytes());
    }
}

const USAGE: &str = r#"version: 0.1
resource_type_default_usage:
  aws_lb:
    new_connections: 18446744073709551615
    processed_bytes_gb: 99999999999999999999
  aws_dynamodb_table:
    monthly_read_request_units: 1e18
  aws_kms_key:
    monthly_requests: 0.000000001
resource_usage:
  aws_dynamodb_table.events:
    storage_gb: 1000000
  aws_kms_key.key[*]:
    monthly_requests: -1
  aws_nat_gateway.out:
    monthly_data_processed_gb:
"#;

const PRICES: &str = "resource_type,region,component,unit,usd,kind,up_to,source,as_of
aws_nat_gateway,us-east-1,gateway,hours,999999999999999999,fixed,,agreement,2026-01-01
aws_kms_key,us-east-1,requests,10k | requests,0.03,usage,10,agreement,
aws_kms_key,us-east-1,requests,10k requests,0.02,usage,,aws price list,
region,instance_type,usd_per_hour,source,as_of
us-east-1,m7g.large,0,agreement,2026-01-01
provider,service,resource_type,region,percent
aws,ec2,aws_*,us-east-1,100
*,*,*,*,0.000000001
";
