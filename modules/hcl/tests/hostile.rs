//! Hostile texts end in an error or an unknown: no panic, no overflowing stack, no endless work.

use proptest::prelude::*;
use std::collections::BTreeMap;
use tfpilot_hcl::reads::reads;
use tfpilot_hcl::{
    Expression, File, Graph, Missing, Mode, Scope, Stack, Tree, TreePath, closure, evaluate, variables,
};

/// Less than half of what a thread of the app has.
const SMALL_STACK: usize = 896 * 1024;

/// Runs where deep recursion would be noticed.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(SMALL_STACK).spawn(test).expect("a thread starts");
    thread.join().expect("the thread ends");
}

fn tree(files: &[(&str, String)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in files {
        let path = TreePath::parse(path).expect("the test's path is inside");
        tree.insert_loaded(path, Mode::File, "b", text.as_bytes());
    }
    tree
}

fn follow(tree: &Tree) -> Result<(), Missing> {
    let graph = Graph::load(tree, &Stack::default(), None)?;
    reads(tree, &graph)?;
    closure(tree, &Stack::default()).map(|_| ())
}

#[test]
fn the_deepest_texts_that_parse_fit_a_small_stack() {
    on_a_small_stack(|| {
        for depth in [31, 62, 63, 64, 200] {
            for (open, close) in [
                ("[", "]"),
                ("(", ")"),
                ("{a=", "}"),
                ("upper(", ")"),
                ("-", ""),
                ("x[", "]"),
                ("[for x in y : ", "]"),
                ("true ? 1 : ", ""),
            ] {
                let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                let file = format!("locals {{\n  a = file({text})\n}}\n");
                if let Ok(file) = File::parse("main.tf", file.as_bytes()) {
                    file.body.nested().iter().flat_map(|block| &block.body.attributes).for_each(
                        |attribute| {
                            evaluate(&attribute.value, &Scope::empty());
                        },
                    );
                }
                follow(&tree(&[("main.tf", file)])).expect("all is loaded");
            }
        }
        let sum = format!("1{}", " + 1".repeat(120));
        let expr = sum.parse::<Expression>().expect("a flat text needs little stack");
        assert_eq!(evaluate(&expr, &Scope::empty()).to_json(), Some(121.into()));
    });
}

#[test]
fn long_chains_of_deep_locals_fit_a_small_stack() {
    on_a_small_stack(|| {
        let deep = |at: usize| format!("  l{at} = {}local.l{}{}\n", "[".repeat(40), at + 1, "]".repeat(40));
        let locals: String = (0..200).map(deep).collect();
        let text = format!("locals {{\n{locals}  l200 = 1\n  f = [for x in local.l0 : file(x)]\n}}\n");
        follow(&tree(&[("main.tf", text)])).expect("all is loaded");
    });
}

#[test]
fn deep_json_fits_a_small_stack() {
    on_a_small_stack(|| {
        for depth in [20, 28, 31, 32, 100_000] {
            let (open, close) = ("{\"b\":[".repeat(depth / 2), "]}".repeat(depth / 2));
            let text = format!("{{\"locals\": {{\"a\": {open}1{close}}}}}");
            assert_eq!(File::parse("a.tf.json", text.as_bytes()).is_ok(), depth < 32, "{depth}");
        }
    });
}

#[test]
fn work_is_bounded_however_the_code_multiplies() {
    // Every element of every loop would be one more path; every module instance all of them again.
    let loops = "variable \"v\" {\n  default = 0\n}\nlocals {\n  a = [for a in range(1000) : \
        [for b in range(1000) : file(\"${a}${b}${var.v}\")]]\n}\n";
    let call = |at: usize| format!("module \"m{at}\" {{\n  source = \"./m\"\n  v = {at}\n}}\n");
    let tree = tree(&[("main.tf", (0..300).map(call).collect()), ("m/main.tf", loops.to_owned())]);
    let graph = Graph::load(&tree, &Stack::default(), None).expect("all is loaded");
    reads(&tree, &graph).expect("all is loaded");
    assert!(graph.fuel.is_empty(), "the answer is marked as incomplete");
    let closure = closure(&tree, &Stack::default()).expect("all is loaded");
    assert!(closure.unreadable.iter().any(|diagnostic| diagnostic.what.contains("too long")));
}

/// Pieces of code that fit together by chance.
const PIECES: [&str; 44] = [
    "a",
    " = ",
    "\n",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "%{",
    "$${",
    "<<EOT\n",
    "\nEOT\n",
    "<<-E\n",
    "E\n",
    "#",
    "//",
    "/*",
    "*/",
    "for x in y : ",
    "if ",
    "endif",
    "endfor",
    "else",
    "~",
    ".",
    ",",
    "...",
    "1",
    "1e5",
    "-",
    "?",
    ":",
    "=>",
    "\\",
    "\r\n",
    "variable \"v\" {\n",
    "locals {\n",
    "module \"m\" {\n",
    "source = \"./m\"\n",
    "file(",
    "\u{a0}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(File::parse("a.tf", &bytes));
        drop(File::parse("a.tf.json", &bytes));
        drop(TreePath::parse(&bytes));
    }

    #[test]
    fn anything_that_looks_like_code_is_read_or_refused(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.as_slice()), 0..40)
    ) {
        let text = pieces.concat();
        drop(variables::read([("a.tf", &text), ("b.tf.json", &text)]));
        prop_assert!(follow(&tree(&[("main.tf", text)])).is_ok());
    }

    #[test]
    fn any_expression_has_a_value_or_none(text in "[a-z0-9\\[\\](){}\".,:?&|!=<>+*/% -]{0,60}") {
        if let Ok(expr) = text.parse::<Expression>() {
            let variables = BTreeMap::new();
            evaluate(&expr, &Scope::with_variables(&variables));
        }
    }
}
