//! Rego policies as users of conftest write them, asked in this process: what ends a process is tested where there is one to end.

use serde_json::{Value as Json, json};
use tfpilot_plan::RedactedPlan;
use tfpilot_policies::rego::{
    Answer, Arranged, Asked, Fault, Files, Judging, Module, Question, Source, answer, arrange, judge,
};
use tfpilot_policies::{
    Context, Enforcement, Finding, OnUnknown, PolicyReport, RuleSet, Rules, Truth, judge_plan,
};

const JUDGING: Judging = Judging { enforcement: Enforcement::HardMandatory, on_unknown: OnUnknown::Warn };

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

fn read(path: &str, text: &str) -> Result<Module, Fault> {
    match answer(&Question::Read(source(path, text))) {
        Answer::Read(read) => read,
        Answer::Asked(_) => unreachable!("it was read"),
    }
}

#[track_caller]
fn arranged(files: &[(&str, &str)]) -> Arranged {
    let modules: Vec<Module> =
        files.iter().map(|(path, text)| read(path, text).expect("it is read")).collect();
    let all: Files<'_> =
        files.iter().zip(&modules).map(|((path, text), module)| (*path, (*text, module))).collect();
    arrange(&all, &["main".to_owned()])
}

fn plan(resources: Json) -> RedactedPlan {
    let document = json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": resources,
        "variables": {"region": {"value": "eu-central-1"}}});
    RedactedPlan::from_document(document).expect("a plan")
}

fn bucket(name: &str, after: Json, unknown: Json) -> Json {
    json!({"address": format!("aws_s3_bucket.{name}"), "mode": "managed", "type": "aws_s3_bucket", "name": name,
        "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
}

fn public() -> RedactedPlan {
    plan(json!([
        bucket("a", json!({"acl": "public-read"}), json!({})),
        bucket("b", json!({"acl": "private"}), json!({}))
    ]))
}

/// All files asked of a plan.
#[track_caller]
fn asked(files: &[(&str, &str)], plan: &RedactedPlan) -> Asked {
    let arranged = arranged(files);
    assert_eq!(arranged.unasked, []);
    let data = json!({"tfpilot": {"environment": "prod", "cost": {"diff_monthly": 700.5}}});
    let mut all = Asked::default();
    for policy in &arranged.policies {
        let Answer::Asked(answered) =
            answer(&Question::Ask(Box::new(policy.asking(&plan.document(), &data))))
        else {
            unreachable!("it was asked")
        };
        let one = judge(policy, &answered, plan, JUDGING);
        all.findings.extend(one.findings);
        all.broken.extend(one.broken);
        all.excepted.extend(one.excepted);
        all.passed += one.passed;
    }
    all
}

fn told(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|it| format!("{} {}: {}: {}", it.enforcement.word(), it.rule, it.address, it.message))
        .collect()
}

/// Finds the public bucket, once, as a violation of `s3.deny`.
#[track_caller]
fn finds_the_public_one(text: &str) {
    let found = asked(&[("s3.rego", text)], &public());
    assert_eq!(found.broken, []);
    assert_eq!(told(&found.findings), ["hard-mandatory s3.deny: aws_s3_bucket.a: aws_s3_bucket.a is public"]);
    let report = report(found);
    assert!(report.findings.iter().all(|finding| finding.truth == Truth::False));
}

fn report(asked: Asked) -> PolicyReport {
    let rules = RuleSet::new(&Rules::default()).0.with_asked(asked);
    let mut report = judge_plan(&public(), None, &rules, &Context::default());
    report.findings.retain(|finding| finding.rule.contains('.'));
    report
}

#[test]
fn version_one_and_zero_run_unchanged() {
    finds_the_public_one(
        "package main\n\nimport rego.v1\n\ndeny contains msg if {\n  some rc in input.resource_changes\n  rc.change.after.acl == \"public-read\"\n  msg := sprintf(\"%s is public\", [rc.address])\n}\n",
    );
    finds_the_public_one(
        "package main\n\ndeny[msg] {\n  rc := input.resource_changes[_]\n  rc.type == \"aws_s3_bucket\"\n  rc.change.after.acl == \"public-read\"\n  msg := sprintf(\"%s is public\", [rc.address])\n}\n",
    );
    let version = |text: &str| read("a.rego", text).map(|module| module.version.word());
    assert_eq!(version("package main\ndeny contains \"x\" if { input.a }\n"), Ok("v1"));
    assert_eq!(version("package main\ndeny[\"x\"] { input.a }\n"), Ok("v0"));
}

#[test]
fn the_plan_is_given_in_the_form_that_is_read() {
    for (before, path) in [
        ("", "input.resource_changes[_]"),
        ("", "input[\"resource_changes\"][_]"),
        ("", "object.get(input, \"resource_changes\", [])[_]"),
        ("", "input.tfplan.resource_changes[_]"),
        ("", "input.plan.resource_changes[_]"),
        ("", "object.get(input, \"tfplan\", {}).resource_changes[_]"),
        ("import input as tfplan\n", "tfplan.resource_changes[_]"),
        ("import input.tfplan as p\n", "p.resource_changes[_]"),
        ("import input.plan\n", "plan.resource_changes[_]"),
    ] {
        finds_the_public_one(&format!(
            "package main\n{before}deny[msg] {{\n  rc := {path}\n  rc.change.after.acl == \"public-read\"\n  msg := sprintf(\"%s is public\", [rc.address])\n}}\n"
        ));
    }
    let other = "package main\ndeny[msg] { input.kind == \"Deployment\"; msg := \"no\" }\n";
    let unasked = arranged(&[("k8s.rego", other)]).unasked;
    assert_eq!(
        unasked[0].fault.to_string(),
        "it reads `input.kind`, which no plan has; read `input.resource_changes`, `input.tfplan` or `input.plan`"
    );
}

#[test]
fn results_carry_what_they_know() {
    let text = "package main
violation_tags[{\"msg\": msg, \"address\": rc.address, \"severity\": \"high\", \"details\": {\"hint\": \"add Owner\"}}] {
  rc := input.resource_changes[_]
  not rc.change.after.tags.Owner
  msg := sprintf(\"%v has no owner\", [rc.name])
}
warn_cost[msg] { data.tfpilot.cost.diff_monthly > 500; msg := \"dear\" }
deny { data.tfpilot.environment == \"prod\"; input.terraform_version }
";
    let found = asked(&[("house.rego", text)], &public());
    assert_eq!(
        told(&found.findings),
        [
            "hard-mandatory house.violation_tags: aws_s3_bucket.a: a has no owner",
            "hard-mandatory house.violation_tags: aws_s3_bucket.b: b has no owner",
            "advisory house.warn_cost: the plan: dear",
            "hard-mandatory house.deny: the plan: deny is true",
        ]
    );
    assert_eq!(found.findings[0].hint, "add Owner");
}

#[test]
fn files_use_libraries_helpers_and_exceptions_of_each_other() {
    let lib = "package lib.terraform\nimport rego.v1\nbuckets contains rc if {\n  some rc in input.resource_changes\n  is_bucket(rc)\n}\nis_bucket(rc) if rc.type == \"aws_s3_bucket\"\n";
    let helpers = "package main\nimport data.lib.terraform as tf\npublic[rc] { rc := tf.buckets[_]; rc.change.after.acl == \"public-read\" }\ndeny_old[msg] { input.terraform_version == \"0.1\"; msg := \"old\" }\n";
    let s3 = "package main\nimport rego.v1\ndeny_public contains msg if {\n  some rc in public\n  msg := sprintf(\"%s is public\", [rc.address])\n}\n";
    let files = [("helpers.rego", helpers), ("lib.rego", lib), ("s3.rego", s3)];
    let found = asked(&files, &public());
    assert_eq!(
        told(&found.findings),
        ["hard-mandatory s3.deny_public: aws_s3_bucket.a: aws_s3_bucket.a is public"]
    );
    assert_eq!((found.passed, arranged(&files).libraries), (1, 1));

    let exception = "package main\nimport rego.v1\nexception contains rules if {\n  data.tfpilot.environment == \"prod\"\n  rules := [\"public\"]\n}\n";
    let with = [files[0], files[1], files[2], ("exceptions.rego", exception)];
    let found = asked(&with, &public());
    assert_eq!((told(&found.findings), &found.excepted), (Vec::new(), &vec!["s3.deny_public".to_owned()]));
    let exempted = report(found).exempted.into_iter().map(|it| (it.rule, it.address, it.until));
    assert_eq!(
        exempted.collect::<Vec<_>>(),
        [("s3.deny_public".to_owned(), "the plan".to_owned(), None)],
        "what is let off is told"
    );
}

#[test]
fn rules_of_other_packages_and_tests_are_told_or_left_out() {
    let other = "package terraform.s3\ndeny[msg] { input.resource_changes; msg := \"x\" }\n";
    let unasked = arranged(&[("s3.rego", other)]).unasked;
    assert_eq!(
        unasked[0].fault.to_string(),
        "line 2: deny is in the package terraform.s3, which is not asked; add terraform.s3 to policies.rego.packages, or write package main"
    );
    let main = "package main\ndeny[msg] { msg := data.terraform.s3.deny[_] }\n";
    let found = asked(&[("main.rego", main), ("s3.rego", other)], &public());
    assert_eq!(told(&found.findings), ["hard-mandatory main.deny: the plan: x"]);
    assert_eq!(
        arranged(&[("a_test.rego", "package main\ntest_a { deny }\ndeny[m] { m := \"x\" }\n")]).policies,
        []
    );
}

/// What OPA 1.x says of each: whether a body with this statement holds where `input.missing` is not there.
const NEGATIONS: [(&str, bool); 22] = [
    ("not startswith(lower(input.missing), \"i\")", false),
    ("not startswith(input.missing, \"i\")", false),
    ("not input.missing == \"x\"", true),
    ("not input.missing = \"x\"", true),
    ("not input.missing", true),
    ("not input.missing.x.y", true),
    ("not count(input.missing) > 0", false),
    ("not input.missing > 3", false),
    ("not input.missing + 1 == 2", false),
    ("not input.list[lower(input.missing)]", false),
    ("not input.list[input.missing]", false),
    ("not is_one(input.missing)", false),
    ("not \"x\" in input.missing", false),
    ("not input.missing in {\"a\"}", false),
    ("not {x | x := input.missing[_]} == {1}", true),
    ("not [input.missing] == [1]", false),
    ("not helper", true),
    ("not startswith(lower(\"ab\"), \"i\")", true),
    ("not lower(input.missing) == \"a\"", false),
    ("not \"a\" == lower(input.missing)", false),
    ("not \"\" == lower(\"A\")", true),
    ("not startswith(concat(\"\", [\"a\", \"b\"]), `i`)", true),
];

#[test]
fn negations_mean_what_they_mean_in_opa() {
    for (statement, holds) in NEGATIONS {
        let forms = [
            format!("deny contains \"found\" if {{\n  {statement}\n}}"),
            format!("deny contains \"found\" if {statement}"),
            format!("ok if {statement}\ndeny contains \"found\" if ok"),
            format!("deny contains \"found\" if {{ x := [1 | {statement}]; x == [1] }}"),
            format!("deny contains \"found\" if {{ every y in [1] {{ y == 1; {statement} }} }}"),
            format!(
                "fine if {statement}\ndeny contains \"found\" if {{ not not_fine }}\nnot_fine if not fine"
            ),
        ];
        for form in forms {
            let text = format!(
                "package main\nimport rego.v1\nreads := input.resource_changes\nis_one(x) if x == 1\nhelper if input.missing == 1\n{form}\n"
            );
            let found = asked(&[("a.rego", &text)], &public());
            assert_eq!((found.findings.len(), &found.broken), (usize::from(holds), &Vec::new()), "{text}");
        }
    }
}

/// `import future.keywords.not` of newer versions: what cannot be looked up inside of `not` does not hold.
#[test]
fn with_its_import_not_is_about_all_that_stands_in_it() {
    let body = "deny contains \"found\" if {\n  input.resource_changes\n  not startswith(lower(input.missing), \"i\")\n}\n";
    for (import, found) in [("", 0), ("import future.keywords.not\n", 1)] {
        let text = format!("package main\nimport rego.v1\n{import}{body}");
        assert_eq!(asked(&[("a.rego", &text)], &public()).findings.len(), found, "{import}");
    }
}

#[test]
fn a_deny_that_rests_on_a_negation_does_not_go_missing() {
    // Called true, the helper would let everything off.
    let text = "package main\nimport rego.v1\nlet_off(rc) if not startswith(lower(rc.change.after.missing), \"i\")\ndeny contains msg if {\n  some rc in input.resource_changes\n  not let_off(rc)\n  msg := rc.address\n}\n";
    assert_eq!(asked(&[("a.rego", text)], &public()).findings.len(), 2);
    let with = "package main\nimport rego.v1\nok if not startswith(lower(input.missing), \"i\") with input.missing as \"ice\"\ndeny contains \"x\" if { input.resource_changes; not ok }\n";
    let found = asked(&[("a.rego", with)], &public());
    assert_eq!((found.findings.len(), found.broken), (1, Vec::new()));
}

/// What OPA 1.x finds with each: `a` has tags, `b` has none, those of `c` are null.
const HEADS: [(&str, &[&str]); 14] = [
    (
        "deny contains {\"msg\": rc.address, \"tags\": rc.change.after.tags} if { some rc in input.resource_changes }",
        &["aws_s3_bucket.a", "aws_s3_bucket.c"],
    ),
    (
        "deny contains {\n  # one\n  \"msg\": rc.address,\n  \"tags\": rc.change.after.tags\n} if {\n  some rc in input.resource_changes # all\n}",
        &["aws_s3_bucket.a", "aws_s3_bucket.c"],
    ),
    ("deny contains rc.change.after.tags.Owner if { some rc in input.resource_changes }", &["me"]),
    (
        "deny contains sprintf(\"%v\", [rc.change.after.tags.Owner]) if some rc in input.resource_changes",
        &["me"],
    ),
    ("deny contains upper(input.resource_changes[_].change.after.tags.Owner) if true", &["ME"]),
    (
        "g[rc.address] := rc.change.after.tags if { some rc in input.resource_changes }\ndeny contains m if { some m, _ in g }",
        &["aws_s3_bucket.a", "aws_s3_bucket.c"],
    ),
    (
        "g[rc.change.after.tags.Owner] := 1 if { some rc in input.resource_changes }\ndeny contains m if { some m, _ in g }",
        &["me"],
    ),
    (
        "g[rc.type] contains rc.change.after.tags if { some rc in input.resource_changes }\ndeny contains m if { some m, _ in g }",
        &["aws_s3_bucket"],
    ),
    (
        "owner(rc) := rc.change.after.tags.Owner if true\nelse := \"nobody\"\ndeny contains owner(rc) if { some rc in input.resource_changes }",
        &["me", "nobody"],
    ),
    (
        "owner(rc) := rc.change.after.tags.Owner if { rc.type } else := \"nobody\" if { rc.name }\ndeny contains owner(rc) if { some rc in input.resource_changes }",
        &["me", "nobody"],
    ),
    ("deny contains \"x\" if { input.resource_changes }", &["x"]),
    (
        "deny contains m if { m := {rc.change.after.tags.Owner | some rc in input.resource_changes}[_] }",
        &["me"],
    ),
    (
        "owners := {\"b\": 1}\ndeny contains m if { m := input.resource_changes[_].name; not owners[m] }",
        &["a", "c"],
    ),
    (
        "owners := {\"B\": 1}\ndeny contains m if { m := input.resource_changes[_].name; not owners[upper(m)] }",
        &["a", "c"],
    ),
];

#[test]
fn heads_mean_what_they_mean_in_opa() {
    let tagged = plan(json!([
        bucket("a", json!({"tags": {"Owner": "me"}}), json!({})),
        bucket("b", json!({}), json!({})),
        bucket("c", json!({"tags": null}), json!({})),
    ]));
    for (text, expected) in HEADS {
        let text = format!("package main\nimport rego.v1\n{text}\n");
        let found = asked(&[("a.rego", &text)], &tagged);
        assert_eq!(found.broken, [], "{text}");
        let denied: Vec<&str> = found.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(denied, expected, "{text}");
    }
    let old = "package main\ndeny[{\"msg\": rc.address, \"tags\": rc.change.after.tags}] { rc := input.resource_changes[_] }\n";
    assert_eq!(asked(&[("a.rego", old)], &tagged).findings.len(), 2);
}

#[test]
fn lines_stay_where_they_are() {
    let text = "package main\nimport rego.v1\ndeny contains {\n  \"msg\": rc.address,\n  \"x\": lower(rc.name)\n} if {\n  some rc in input.resource_changes\n  not startswith(lower(rc.name), \"z\")\n  to_number(rc.name)\n}\n";
    let found = asked(&[("a.rego", text)], &public());
    assert_eq!(
        found.broken[0].1,
        "line 9: could not parse string as number; repair the policy; nothing is applied before"
    );
}

#[test]
fn what_is_unknown_or_redacted_is_told_and_no_pass() {
    let text = "package main\ndeny[msg] {\n  rc := input.resource_changes[_]\n  rc.type == \"aws_s3_bucket\"\n  rc.change.after.acl == \"public-read\"\n  msg := rc.address\n}\n";
    let unknown = plan(json!([
        bucket("a", json!({"bucket": "x"}), json!({"acl": true, "id": true})),
        bucket("b", json!({"acl": "redacted:string"}), json!({})),
        bucket("c", json!({"acl": "private"}), json!({"id": true})),
    ]));
    let found = asked(&[("s3.rego", text)], &unknown);
    assert_eq!(
        told(&found.findings),
        [
            "advisory s3.unknown: aws_s3_bucket.a: `acl` is not known before apply, and `s3.rego` reads it",
            "advisory s3.unknown: aws_s3_bucket.b: `acl` is redacted, and `s3.rego` reads it",
        ]
    );
    assert!(found.findings.iter().all(|finding| finding.truth == Truth::Unknown));
    let tags = "package main\ndeny_tags[msg] { rc := input.resource_changes[_]; not rc.change.after.tags; msg := rc.address }\n";
    let both = asked(&[("s3.rego", text), ("tags.rego", tags)], &unknown);
    let of = |id: &str| both.findings.iter().filter(|finding| finding.rule == id).count();
    assert_eq!((of("s3.unknown"), of("tags.unknown")), (2, 0));
    let open = text.replace("rc.change.after.acl ==", "a := rc.change.after\n  a[\"acl\"] ==");
    assert_eq!(asked(&[("s3.rego", &open)], &unknown).findings.len(), 2);
}

#[test]
fn what_cannot_be_asked_fails_and_says_where() {
    let fault = |text: &str| read("a.rego", text).map(|_| ()).expect_err("it is wrong").to_string();
    insta::assert_snapshot!([
        "package main\nimport rego.v1\ndeny contains msg if {\n  msg := \n}\n",
        "package main\n\ndeny[msg] {\n  msg = = 1\n}\n",
        "package main\ndeny[msg] { msg := http.send({\"method\": \"get\", \"url\": \"http://evil\"}).body }\n",
        "deny[msg] { msg := \"no package\" }\n",
        "package main\ndeny.x := 1\n",
        "package main\ndeny[msg] { msg := \"a\" }\nwarn contains msg if { msg := \"mixed\" }\n",
        "",
    ].map(fault).join("\n"));
    let broken = |text: &str| {
        let found = asked(&[("a.rego", text)], &public());
        assert_eq!(found.findings, []);
        found.broken.iter().map(|(file, why)| format!("{file} {why}")).collect::<Vec<_>>().join(", ")
    };
    insta::assert_snapshot!([
        "package main\ndeny[msg] { input.resource_changes; msg := to_number(\"x\") }\n",
        "package main\ndeny[msg] { input.resource_changes; msg := 7 }\n",
        "package main\ndeny[msg] {\n  input.resource_changes\n  msg := nobody_knows(1)\n}\n",
        "package main\ndeny[msg] {\n  input.resource_changes\n  msg := nobody.knows\n}\n",
        "package main\ndeny[{\"message\": \"x\"}] { input.resource_changes }\n",
        "package main\na := 1 { input.resource_changes }\na := 2 { input.resource_changes }\ndeny[msg] { a == 1; msg := \"x\" }\n",
    ].map(broken).join("\n"));
}

#[test]
fn a_broken_file_stops_the_apply_in_the_report() {
    let asked = Asked { broken: vec![("s3.rego".to_owned(), "line 2: no".to_owned())], ..Asked::default() };
    let report = report(asked);
    assert_eq!(report.conclusion(), tfpilot_policies::Conclusion::Failure);
    assert_eq!(report.title(), "s3.rego cannot be evaluated");
}

#[test]
fn an_id_says_file_and_rule_and_never_the_message() {
    let of = |message: &str| {
        let text = format!("package main\ndeny_x[msg] {{ input.resource_changes; msg := \"{message}\" }}\n");
        asked(&[("policies/a.rego", &text)], &public())
            .findings
            .into_iter()
            .map(|it| it.rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("one"), ["a.deny_x"]);
    assert_eq!(of("one"), of("another"));
}
