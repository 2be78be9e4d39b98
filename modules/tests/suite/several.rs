//! Stacks of several things: what they are called, what they take from each other, and what does not go together.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tfpilot_hcl::{File, Scope};
use tfpilot_modules::render::{Alike, HandEdits};
use tfpilot_modules::{
    Call, CallAddress, Catalog, RenderError, StackDraft, call_names, check_references, edit_stack,
    render_stack,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::support::{aws_environment, call, local_environment};

fn stack(calls: Vec<Call<'_>>) -> StackDraft<'_> {
    StackDraft {
        request: 41,
        name: "several".to_owned(),
        directory: "live/dev/several".to_owned(),
        calls,
        environment: aws_environment(),
        lock_file: None,
        alike: Alike::Together,
    }
}

fn queue<'c>(catalog: &'c Catalog, name: &str, more: Value) -> Call<'c> {
    let mut queue = call(catalog, "aws/sqs-queue", name, json!({"name": name, "owner": "shop"}));
    queue.inputs.extend(crate::support::inputs(more));
    queue
}

/// A topic with two queues, one of them with a queue by ARN beside it.
pub fn topic(catalog: &Catalog) -> StackDraft<'_> {
    let arn = "arn:aws:sqs:eu-central-1:111122223333:audit";
    let queues = json!([
        {"from": "price-changed-search", "output": "arn"}, {"from": "price-changed-mail", "output": "arn"}, arn,
    ]);
    let given = json!({"name": "price-changed", "owner": "shop", "queue_arns": queues});
    stack(vec![
        call(catalog, "aws/sns-topic", "price-changed", given),
        queue(catalog, "price-changed-search", json!({"fifo": false})),
        queue(catalog, "price-changed-mail", json!({})),
    ])
}

/// A function and a database in a network, with lists of outputs, an output for a list, and outputs in a map.
pub fn network(catalog: &Catalog) -> StackDraft<'_> {
    let function = json!({
        "name": "orders", "owner": "shop", "code": "s3://acme-code/orders.zip", "code_version": "1",
        "runtime": "python3.13", "handler": "main.handle",
        "subnet_ids": {"from": "net", "output": "private_subnet_ids"},
        "security_group_ids": {"from": "door", "output": "id"},
        "environment_variables": {"QUEUE": {"from": "jobs", "output": "url"}, "MODE": "fast"},
    });
    let database = json!({
        "name": "orders-db", "owner": "shop",
        "subnet_ids": [{"from": "net", "output": "private_subnet_ids"}, "subnet-0123456789abcdef0"],
    });
    let door = json!({"name": "door", "owner": "shop", "vpc_id": {"from": "net", "output": "id"}});
    stack(vec![
        call(catalog, "aws/lambda-function", "orders", function),
        call(catalog, "aws/rds-postgres", "orders-db", database),
        call(catalog, "aws/vpc", "net", json!({"name": "net", "owner": "shop"})),
        call(catalog, "aws/security-group", "door", door),
        queue(catalog, "jobs", json!({})),
    ])
}

#[track_caller]
fn main_tf(draft: &StackDraft<'_>) -> String {
    let files = render_stack(draft).unwrap_or_else(|error| panic!("{error}"));
    files.into_iter().find(|file| file.path == "live/dev/several/main.tf").expect("a stack").content
}

/// The lines of a stack from its first module call to its first output.
fn calls_of(text: &str) -> &str {
    let from = text.find("module \"").expect("a call");
    let to = text.find("output \"").expect("an output");
    text[from..to].trim_end()
}

#[test]
fn a_topic_with_its_queues() {
    assert_snapshot!(main_tf(&topic(&Catalog::shipped())));
}

#[test]
fn outputs_fit_lists_and_maps() {
    assert_snapshot!(calls_of(&main_tf(&network(&Catalog::shipped()))));
}

#[test]
fn each_module_is_vendored_once() {
    let catalog = Catalog::shipped();
    let files = render_stack(&topic(&catalog)).unwrap();
    let sums: Vec<&str> =
        files.iter().map(|file| file.path.as_str()).filter(|path| path.ends_with("module.sum")).collect();
    assert_eq!(sums, ["modules/aws/sns-topic/1.0.0/module.sum", "modules/aws/sqs-queue/1.0.0/module.sum"]);
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    paths.dedup();
    assert_eq!(paths.len(), files.len());
}

#[test]
fn calls_have_names_of_their_own() {
    let catalog = Catalog::shipped();
    let names = |calls: &[(&str, &str)]| {
        let of = |(module, name): &(&str, &str)| call(&catalog, module, name, json!({}));
        call_names(&calls.iter().map(of).collect::<Vec<_>>()).join(" ")
    };
    assert_eq!(names(&[("aws/sqs-queue", "7-up")]), "sqs_queue");
    assert_eq!(names(&[("aws/sqs-queue", "in"), ("aws/sns-topic", "in")]), "sqs_queue sns_topic");
    assert_eq!(
        names(&[("aws/sqs-queue", "orders-in"), ("aws/sqs-queue", "7-up")]),
        "sqs_queue_orders_in sqs_queue_7_up"
    );
    assert_eq!(
        names(&[("aws/sqs-queue", "a-b"), ("aws/sqs-queue", "a_b"), ("aws/sqs-queue", "a.b\" {ü}")]),
        "sqs_queue_a_b sqs_queue_a_b_2 sqs_queue_a_b_____"
    );
}

#[track_caller]
fn refused(draft: &StackDraft<'_>) -> String {
    match render_stack(draft) {
        Err(RenderError::Inputs { problems, .. }) => {
            problems.iter().map(|it| format!("{}: {}. {}\n", it.what, it.why, it.next)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    let catalog = Catalog::shipped();
    let with = |queues: Value| {
        let mut draft = topic(&catalog);
        draft.calls[0].inputs.insert("queue_arns".to_owned(), queues);
        refused(&draft)
    };
    assert_snapshot!(with(json!([
        {"from": "price-changed-serch", "output": "arn"}, {"from": "price-changed-mail", "output": "arm"},
        {"from": "x\u{1b}[1m", "output": "arn"}, {"from": "price-changed", "output": "arn"},
    ])), @r"
    Input `queue_arns` takes `arn` from `price-changed-serch`: nothing in this request is called that. did you mean `price-changed-search`?
    Input `queue_arns` takes `arm` from `price-changed-mail`: aws/sqs-queue gives name, arn, url, dead_letter_arn, dead_letter_url. did you mean `arn`?
    Input `queue_arns` takes `arn` from `x[1m`: nothing in this request is called that. there is price-changed-search, price-changed-mail
    Input `queue_arns` takes `arn` from the very thing that it makes: a thing cannot come before itself. did you mean `price-changed-mail`?
    ");
    let mut twice = topic(&catalog);
    twice.calls[2].name = "price-changed-search".to_owned();
    assert_snapshot!(refused(&twice), @r"
    Input `queue_arns` takes `arn` from `price-changed-search`: several things of this request are called that. give each of them a name of its own
    Input `queue_arns` takes `arn` from `price-changed-mail`: nothing in this request is called that. did you mean `price-changed-search`?
    ");
    let mut list = network(&catalog);
    let inputs = &mut list.calls[3].inputs;
    inputs.insert("vpc_id".to_owned(), json!({"from": "net", "output": "private_subnet_ids"}));
    assert_snapshot!(refused(&list), @"Input `vpc_id` takes `private_subnet_ids` from `net`: that is a list, and this takes one value. name another output: id, arn, cidr, private_subnet_id, public_route_table_id, flow_log_group");
    // What is written beside references is checked as ever, and a reference has two parts.
    assert_snapshot!(with(json!([{"from": "price-changed-mail", "output": "arn"}, "audit"])), @r#"Input `queue_arns` is [{"from":"price-changed-mail","output":"arn"},"audit"]: Each queue is an ARN such as arn:aws:sqs:eu-central-1:111122223333:acme-orders.. set queue_arns=arn:aws:sqs:eu-central-1:111122223333:acme-orders"#);
    assert_snapshot!(with(json!([{"from": "price-changed-mail"}])), @"Input `queue_arns` has the wrong type: at `[0]`: expected string, found an object. set queue_arns=arn:aws:sqs:eu-central-1:111122223333:acme-orders");
}

#[test]
fn things_that_need_each_other_are_refused() {
    let catalog = Catalog::shipped();
    let key = |from: &str| json!({"kms_key_arn": {"from": from, "output": "arn"}});
    let draft = stack(vec![
        queue(&catalog, "a", key("b")),
        queue(&catalog, "b", key("c")),
        queue(&catalog, "c", key("a")),
    ]);
    assert_snapshot!(refused(&draft), @"Input `kms_key_arn` of `c` needs `a`, which needs it too: neither can be made before the other. leave `kms_key_arn` out, or what needs it");
    let chain =
        [queue(&catalog, "a", key("b")), queue(&catalog, "b", key("c")), queue(&catalog, "c", json!({}))];
    assert_eq!(check_references(&chain), []);
}

#[test]
fn what_a_type_takes_itself_is_no_reference() {
    let catalog = Catalog::shipped();
    let draft = stack(vec![queue(&catalog, "a", json!({"tags": {"from": "b", "output": "arn"}}))]);
    assert!(main_tf(&draft).contains("    from   = \"b\"\n    output = \"arn\"\n"), "{}", main_tf(&draft));
}

#[test]
fn a_secret_input_takes_a_reference_and_nothing_else() {
    let (catalog, diagnostics) = Catalog::load(files(&[
        "variable \"token\" {\n  type = string\n  sensitive = true\n  default = \"\"\n}\n",
    ]));
    assert_eq!(diagnostics, []);
    let note = call(&catalog, "test/m0", "a", json!({"token": {"from": "b", "output": "o"}}));
    assert_eq!(note.module.check_inputs(&note.inputs), []);
    let given = call(&catalog, "test/m0", "a", json!({"token": "hunter2"}));
    assert_eq!(given.module.check_inputs(&given.inputs)[0].what, "Input `token` is secret");
}

#[test]
fn requirements_are_put_together() {
    let terraform = |range: &str, version: &str| {
        format!(
            "terraform {{\n  required_version = \"{range}\"\n  required_providers {{\n    aws = {{\n      source = \"hashicorp/aws\"\n      version = \"{version}\"\n    }}\n  }}\n}}\n"
        )
    };
    let catalog = |second: &str| {
        let mut all = Vec::new();
        for (id, range, version) in
            [("one", ">= 1.11.0, < 2.0.0", "5.100.0"), ("two", "< 2.0.0, >= 1.12.0", second)]
        {
            let words = format!(
                "{{version: 1.0.0, title: T {id}, category: tests, summary: It., risk: low, providers: {{aws: {version}}}, words: {{en: [{id}]}}}}"
            );
            all.push((format!("test/{id}/module.yml"), words));
            all.push((format!("test/{id}/versions.tf"), terraform(range, ">= 5.0.0")));
        }
        let (catalog, diagnostics) =
            Catalog::load(all.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        assert_eq!(diagnostics, []);
        catalog
    };
    let draft = |catalog: &Catalog| {
        let calls = ["one", "two"].map(|id| (format!("test/{id}"), id));
        let calls = calls.iter().map(|(id, name)| Call {
            name: (*name).to_owned(),
            module: catalog.find(id).expect("loaded"),
            inputs: Default::default(),
            import: None,
            was: None,
        });
        render_stack(&stack(calls.collect())).map(|files| files[0].content.clone())
    };
    let text = draft(&catalog("5.100.0")).unwrap();
    assert!(text.contains("required_version = \">= 1.11.0, < 2.0.0, >= 1.12.0\"\n"), "{text}");
    assert_eq!(text.matches("provider \"aws\"").count(), 1);
    assert_snapshot!(draft(&catalog("5.99.0")).unwrap_err(), @"provider `aws` has one version in a stack, but test/one wants hashicorp/aws 5.100.0 and test/two wants hashicorp/aws 5.99.0: ask for them in two requests");
    assert!(matches!(render_stack(&stack(Vec::new())), Err(RenderError::Nothing { request: 41 })));
}

/// Files of modules `test/m0`, `test/m1` … with these variables.
fn files(variables: &[&str]) -> Vec<(&'static str, String)> {
    let yaml = "{version: 1.0.0, title: M, category: tests, summary: It., risk: low, words: {en: [things]}}";
    let of = |(at, text): (usize, &&str)| {
        let path = |file: &str| -> &'static str { Box::leak(format!("test/m{at}/{file}").into_boxed_str()) };
        [
            (path("variables.tf"), (*text).to_owned()),
            (path("versions.tf"), "terraform {\n  required_version = \">= 1.11.0\"\n}\n".to_owned()),
            (path("module.yml"), yaml.to_owned()),
        ]
    };
    variables.iter().enumerate().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever names and outputs say: it is refused, or the file has exactly the blocks it should have.
    #[test]
    fn references_never_become_syntax(
        name in "[a-z\"{}$%.\\\\\n #-]{0,20}|[a-z0-9-]{1,12}|\\PC{0,12}",
        from in "[a-z\"{}$%.\\\\\n #-]{0,20}|\\PC{0,12}",
        output in "arn|url|[a-z\"{}$%.()\\[\\]\n#-]{0,20}|\\PC{0,12}",
        same in any::<bool>(),
    ) {
        let catalog = Catalog::shipped();
        let from = if same { name.clone() } else { from };
        let composed = |text: &str| text.nfc().collect::<String>();
        let mut draft = topic(&catalog);
        draft.calls[1].name = name.clone();
        draft.calls[0].inputs.insert("queue_arns".to_owned(), json!([{"from": from, "output": output}]));
        let queues = ["arn", "url", "name", "dead_letter_arn", "dead_letter_url"];
        let leads = (composed(&from) == composed(&name) || from == "price-changed-mail") && from != "price-changed";
        match render_stack(&draft) {
            Ok(files) => {
                prop_assert!(leads && queues.contains(&output.as_str()), "{from:?} {output:?}");
                let text = &files.iter().find(|file| file.path.ends_with("several/main.tf")).unwrap().content;
                let file = File::parse("main.tf", text.as_bytes()).unwrap();
                prop_assert_eq!(file.body.named("module").count(), 3);
                prop_assert_eq!(file.body.blocks.len(), 1 + 1 + 3 + 2 + 5 + 5);
                prop_assert!(text.contains("queue_arns = [module.sqs_queue_"), "{}", text);
            }
            Err(RenderError::Inputs { .. }) => prop_assert!(!leads || name == "price-changed-mail" || !queues.contains(&output.as_str())),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

/// A topic that two of four queues listen to, three of them alike.
pub fn alike(catalog: &Catalog) -> StackDraft<'_> {
    let queues = json!([{"from": "mail", "output": "arn"}, {"from": "audit", "output": "arn"}]);
    let given = json!({"name": "prices", "owner": "shop", "queue_arns": queues});
    stack(vec![
        queue(catalog, "search", json!({"fifo": false})),
        call(catalog, "aws/sns-topic", "prices", given),
        queue(catalog, "mail", json!({"fifo": false})),
        queue(catalog, "audit", json!({"delay_seconds": 5})),
        queue(catalog, "7-up", json!({"fifo": false})),
    ])
}

#[test]
fn what_is_alike_has_one_block() {
    let catalog = Catalog::shipped();
    let mut draft = alike(&catalog);
    let text = main_tf(&draft);
    let outputs =
        text.split("\n\n").filter(|block| block.contains("_arn\" {\n")).collect::<Vec<_>>().join("\n");
    assert_snapshot!(format!("{}\n\n{outputs}", calls_of(&text)));

    draft.alike = Alike::Apart;
    assert_eq!(main_tf(&draft).matches("module \"").count(), 5);
    // What is taken in has a block of its own, and so has what nothing tells apart.
    let mut taken = alike(&catalog);
    taken.calls[2].import = Some("https://sqs.x/mail".to_owned());
    let text = main_tf(&taken);
    assert!(text.contains("for_each = toset([\"search\", \"7-up\"])\n"), "{text}");
    assert!(text.contains("to = module.sqs_queue_mail.aws_sqs_queue.this\n"), "{text}");
    let twice = stack(vec![queue(&catalog, "a", json!({})), queue(&catalog, "a", json!({}))]);
    assert!(!main_tf(&twice).contains("for_each"), "{}", main_tf(&twice));
}

#[test]
fn a_module_with_a_provider_of_its_own_takes_no_for_each() {
    let named = "variable \"name\" {\n  type = string\n  description = \"Its name.\"\n}\n";
    let blocks = |more: &str| {
        let (catalog, diagnostics) = Catalog::load(files(&[&format!("{named}{more}")]));
        assert_eq!(diagnostics, []);
        let one = |name: &str| call(&catalog, "test/m0", name, json!({"name": name}));
        main_tf(&stack(vec![one("a"), one("b")])).matches("module \"").count()
    };
    assert_eq!(blocks(""), 1);
    assert_eq!(blocks("provider \"aws\" {\n  region = \"eu-west-1\"\n}\n"), 2);
}

/// What a main file makes, by name, and its moves.
fn made(text: &str) -> (BTreeMap<String, String>, Vec<(String, String)>) {
    let file = File::parse("main.tf", text.as_bytes()).expect("it can be read");
    let evaluated = |expr, scope: &Scope<'_>| tfpilot_hcl::evaluate(expr, scope).to_json();
    let mut things = BTreeMap::new();
    for block in file.body.named("module") {
        let label = &block.labels[0];
        match block.body.get("for_each") {
            Some(over) => {
                let names = evaluated(&over.value, &Scope::empty()).expect("it is written out");
                for name in names.as_array().expect("a set").iter().map(|name| name.as_str().expect("a text"))
                {
                    things.insert(name.to_owned(), format!("module.{label}[{name:?}]"));
                }
            }
            None => {
                let name = block.body.get("name").and_then(|name| evaluated(&name.value, &Scope::empty()));
                let name = name.expect("it is written out");
                things.insert(name.as_str().expect("a text").to_owned(), format!("module.{label}"));
            }
        }
    }
    let moves = text.split("moved {\n").skip(1).map(|moved| {
        let side = |side: &str| {
            let line = moved.lines().find(|line| line.trim_start().starts_with(side)).expect("a side");
            line.split_once("= ").expect("a value").1.to_owned()
        };
        (side("from"), side("to"))
    });
    (things, moves.collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// However a stack is changed: what stays has its address, or is moved from where it was to where it is.
    #[test]
    fn what_stays_is_never_made_anew(
        before in prop::collection::btree_map("[a-e]", 0..3_u8, 1..6),
        after in prop::collection::btree_map("[a-e]", 0..3_u8, 1..6),
        first in any::<bool>(),
    ) {
        let catalog = Catalog::shipped();
        let draft = |things: &BTreeMap<String, u8>, alike: Alike| {
            let calls = things.iter().map(|(name, delay)| queue(&catalog, name, json!({"delay_seconds": delay})));
            StackDraft { alike, ..stack(calls.collect()) }
        };
        // Stacks that were committed before things shared blocks are changed as others are.
        let existing = main_tf(&draft(&before, if first { Alike::Apart } else { Alike::Together }));
        let text = edit_stack(&existing, &draft(&after, Alike::Together), HandEdits::Kept).unwrap();
        let (had, _) = made(&existing);
        let (has, moves) = made(&text);
        prop_assert_eq!(has.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        let expected: BTreeSet<_> = has
            .iter()
            .filter_map(|(name, to)| Some((had.get(name)?.clone(), to.clone())))
            .filter(|(from, to)| from != to)
            .collect();
        prop_assert_eq!(moves.into_iter().collect::<BTreeSet<_>>(), expected, "{}\n{}", existing, text);
    }
}

/// A local stack of notes; those of one text are alike.
pub fn board<'c>(catalog: &'c Catalog, folder: &std::path::Path, notes: &[(&str, &str)]) -> StackDraft<'c> {
    let note = |(name, text): &(&str, &str)| {
        call(catalog, "local/note", name, json!({"name": name, "owner": "platform", "text": text}))
    };
    StackDraft { environment: local_environment(folder), ..stack(notes.iter().map(note).collect()) }
}

/// A local stack of two notes, one of which tells the other's text.
pub fn notes<'c>(catalog: &'c Catalog, folder: &std::path::Path) -> StackDraft<'c> {
    let given = |name: &str, text: Value| json!({"name": name, "owner": "platform", "text": text});
    let mut draft = stack(vec![
        call(catalog, "local/note", "copy", given("copy", json!({"from": "first", "output": "text"}))),
        call(catalog, "local/note", "first", given("first", json!("Hello"))),
    ]);
    draft.environment = local_environment(folder);
    draft
}

/// A queue and a zone that exist already, and a note whose call had another name.
pub fn taken_in(catalog: &Catalog) -> StackDraft<'_> {
    let mut taken = queue(catalog, "orders", json!({}));
    taken.import = Some("https://sqs.x/${path}\"%{if}".to_owned());
    let mut moved = call(catalog, "local/note", "hello", json!({"name": "hello", "owner": "shop"}));
    moved.was = Some(CallAddress { label: "note_hello".to_owned(), key: None });
    let mut zone = call(
        catalog,
        "aws/route53-zone-and-record",
        "zone",
        json!({"name": "zone", "owner": "web", "domain": "acme.example"}),
    );
    zone.import = Some("Z0123".to_owned());
    // The same name needs no words.
    zone.was = Some(CallAddress { label: "route53_zone_and_record".to_owned(), key: None });
    stack(vec![taken, moved, zone])
}

#[test]
fn what_exists_is_taken_in_and_what_has_another_name_is_moved() {
    let catalog = Catalog::shipped();
    let files = render_stack(&taken_in(&catalog)).unwrap();
    let main = &files.iter().find(|file| file.path.ends_with("several/main.tf")).unwrap().content;
    let blocks: Vec<&str> = main
        .split("\n\n")
        .filter(|block| block.starts_with("import {") || block.starts_with("moved {"))
        .collect();
    assert_snapshot!(blocks.join("\n"), @r#"
    import {
      to = module.sqs_queue.aws_sqs_queue.this
      id = "https://sqs.x/$${path}\"%%{if}"
    }
    moved {
      from = module.note_hello
      to   = module.note
    }
    import {
      to = module.route53_zone_and_record.aws_route53_zone.this[0]
      id = "Z0123"
    }
    "#);
    assert!(File::parse("main.tf", main.as_bytes()).is_ok());

    let mut vpc = call(&catalog, "aws/vpc", "net", json!({"name": "net", "owner": "shop"}));
    vpc.import = Some("vpc-1".to_owned());
    assert!(matches!(render_stack(&stack(vec![vpc])), Err(RenderError::Import { .. })));
}
