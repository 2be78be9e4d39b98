//! Whatever stands in a policy file: reading it and asking it never panics, and what is read in part is not asked.

use std::cell::OnceCell;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_yaml::Value as Yaml;
use tfpilot_policies::language::read;
use tfpilot_policies::{RuleSet, judge_draft, judge_plan, shipped};

use crate::fixture::{Fixture, context};
use crate::rules::quiet;

const EXAMPLE: &str = include_str!("../../../docs/policies.example.yml");

/// Texts to begin with: the documentation's example and everything that is shipped.
fn texts() -> Vec<&'static str> {
    let shipped = shipped::policies().iter().filter_map(|policy| shipped::source(&policy.id));
    std::iter::once(EXAMPLE).chain(shipped).collect()
}

/// Pieces that mean something to the language.
const PIECES: &[&str] = &[
    "item",
    "item.x[*]",
    "json(policy)",
    "json(item)",
    "entries(tags)[*].key",
    "related(aws_s3_bucket_versioning.bucket)",
    "related(aws_s3_bucket.bucket).x",
    "literals(user_data)",
    "reference(policy_arn)",
    "config.policy",
    "before.bucket",
    "tags_effective.Owner",
    "region",
    "cost.diff_monthly",
    "plan.delete",
    "module.source",
    "provider.region",
    "[*]",
    ".*",
    "(",
    ")",
    "\"",
    "'",
    "{",
    "each: ",
    "assert: ",
    "not: ",
    "default: ",
    "quantifier: some",
    "op: subset_of",
    "op: cidr_in",
    "op: changed",
    "kind: cost",
    "types: [\"*\"]",
    "\u{0}",
    "\u{202e}",
    "99999999999999999999",
    "(?:a{1000}){1000}",
    "&a [*a]",
];

fn judged(text: &str) {
    let Ok(file) = serde_yaml::from_str::<Yaml>(text) else { return };
    let (policies, problems) = read(&file);
    for problem in &problems {
        assert!(!problem.what.is_empty());
    }
    let rules = RuleSet::new(&quiet()).0.with_policies(policies);
    thread_local! {
        static FIXTURES: OnceCell<[Fixture; 2]> = const { OnceCell::new() };
    }
    FIXTURES.with(|fixtures| {
        let fixtures = fixtures.get_or_init(|| ["defaults/s3", "defaults/iam"].map(Fixture::load));
        for fixture in fixtures {
            for report in [
                judge_plan(&fixture.plan, Some(fixture.code()), &rules, &context()),
                judge_plan(&fixture.plan, None, &rules, &context()),
                judge_draft(fixture.code(), &rules, &context()),
            ] {
                assert!(report.title().chars().count() <= 60);
                assert!(report.markdown(4_000).len() <= 4_000);
            }
        }
    });
}

/// Every scalar of a file, in order.
fn scalars<'y>(value: &'y mut Yaml, found: &mut Vec<&'y mut Yaml>) {
    match value {
        Yaml::Sequence(items) => items.iter_mut().for_each(|item| scalars(item, found)),
        Yaml::Mapping(members) => members.iter_mut().for_each(|(_, member)| scalars(member, found)),
        scalar => found.push(scalar),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// Characters are taken out and put in.
    #[test]
    fn mangled_texts_are_read(text in any::<Index>(), edits in prop::collection::vec((any::<Index>(), 0usize..12, prop::sample::select(PIECES)), 1..6)) {
        let texts = texts();
        let mut text: Vec<char> = texts[text.index(texts.len())].chars().collect();
        for (at, taken, piece) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + taken).min(text.len());
            text.splice(at..end, piece.chars());
        }
        judged(&text.into_iter().collect::<String>());
    }

    /// Values change places with others that mean something elsewhere; most of these files are read in whole.
    #[test]
    fn files_with_other_values_are_judged(text in any::<Index>(), edits in prop::collection::vec((any::<Index>(), prop::sample::select(PIECES)), 1..4)) {
        let texts = texts();
        let mut file: Yaml = serde_yaml::from_str(texts[text.index(texts.len())]).expect("it is YAML");
        for (at, piece) in edits {
            let mut found = Vec::new();
            scalars(&mut file, &mut found);
            let count = found.len();
            *found.remove(at.index(count)) = Yaml::from(piece);
        }
        judged(&serde_yaml::to_string(&file).expect("plain data"));
    }
}
