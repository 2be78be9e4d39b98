//! A stack's modules, followed through calls.

use tfpilot_hcl::{Graph, Mode, Stack, Tree, TreePath, Unresolved, resolve};

/// A tree of loaded files.
fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in files {
        let path = TreePath::parse(path).expect("the test's path is inside");
        tree.insert_loaded(path, Mode::File, "b", text.as_bytes());
    }
    tree
}

/// The graph of the root directory.
fn load(files: &[(&str, &str)]) -> Graph {
    Graph::load(&tree(files), &Stack::default(), None).expect("all is loaded")
}

#[test]
fn modules_are_followed_with_their_values() {
    let tree = tree(&[
        (
            "live/x/main.tf",
            "variable \"env\" { default = \"dev\" }\nlocals { n = \"net-${var.env}\" }\n\
            module \"net\" {\n  source = \"../../modules/net\"\n  name = local.n\n  size = aws_x.y.z\n}\n",
        ),
        ("live/x/terraform.tfvars", "env = \"prod\"\n"),
        ("live/x/z.auto.tfvars.json", "{\"env\": \"stage\"}"),
        (
            "modules/net/main.tf",
            "variable \"name\" {}\nvariable \"size\" {}\nvariable \"more\" { default = [1] }\n\
            module \"sub\" {\n  for_each = toset([\"a\", \"b\"])\n  source = \"./sub\"\n  key = each.key\n}\n",
        ),
        ("modules/net/sub/main.tf", "variable \"key\" {}\n"),
    ]);
    let graph = Graph::load(&tree, &Stack::new("live/x").unwrap(), None).unwrap();
    let shown: Vec<_> = graph
        .instances
        .iter()
        .map(|instance| format!("[{}] {} {:?}", instance.key, instance.module.directory, instance.variables))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    [] live/x {"env": String("stage")}
    [net] modules/net {"more": List([Number(Number(1))]), "name": String("net-stage"), "size": Unknown}
    [net.sub] modules/net/sub {"key": String("a")}
    [net.sub] modules/net/sub {"key": String("b")}
    "#);
    assert_eq!(graph.unreadable, []);
}

#[test]
fn overrides_are_laid_over() {
    let tree = tree(&[
        (
            "main.tf",
            "variable \"a\" { default = 1 }\nlocals { b = var.a }\nmodule \"m\" {\n  source = \"./m\"\n  v = local.b\n}\n",
        ),
        ("m_override.tf", "variable \"a\" { default = 2 }\nmodule \"m\" { source = \"./n\" }\n"),
        ("m/main.tf", "variable \"v\" {}\n"),
        ("n/main.tf", "variable \"v\" {}\n"),
    ]);
    let graph = Graph::load(&tree, &Stack::default(), None).unwrap();
    let seen: Vec<_> = graph
        .instances
        .iter()
        .skip(1)
        .map(|instance| (instance.module.directory.to_string(), instance.variables["v"].to_json()))
        .collect();
    assert_eq!(seen, [("m".to_owned(), Some(2.into())), ("n".to_owned(), Some(2.into()))]);
}

#[test]
fn contents_are_asked_for_in_rounds() {
    let mut tree = tree(&[("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n")]);
    let path = TreePath::parse("m/main.tf").unwrap();
    tree.insert(path.clone(), Mode::File, "blob");
    let missing = Graph::load(&tree, &Stack::default(), None).unwrap_err();
    assert_eq!(missing.paths, [path.clone()].into());
    tree.load(&path, *b"");
    assert_eq!(Graph::load(&tree, &Stack::default(), None).unwrap().instances.len(), 2);
}

#[test]
fn cycles_and_explosions_end() {
    let cycle = load(&[
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
        ("a/main.tf", "module \"b\" {\n  source = \"../\"\n}\n"),
    ]);
    assert_eq!(cycle.unreadable[0].what, "module `b` calls itself");
    let call = |at: usize| {
        format!(
            "variable \"v\" {{\n default = 0\n}}\nmodule \"l\" {{\n source = \"../m{at}\"\n v = var.v * 2\n}}\nmodule \"r\" {{\n source = \"../m{at}\"\n v = var.v * 2 + 1\n}}\n"
        )
    };
    let files: Vec<_> = (0..20).map(|at| (format!("m{at}/main.tf"), call(at + 1))).collect();
    let mut tree = tree(&[("main.tf", "module \"m\" {\n  source = \"./m0\"\n}\n"), ("m20/main.tf", "")]);
    for (path, text) in &files {
        tree.insert_loaded(TreePath::parse(path).unwrap(), Mode::File, "b", text.as_bytes());
    }
    let graph = Graph::load(&tree, &Stack::default(), None).unwrap();
    assert!(graph.unreadable[0].what.contains("module instances"));
}

#[test]
fn a_call_that_cannot_be_followed_says_why() {
    let mut tree = tree(&[("live/x/main.tf", "")]);
    tree.insert(TreePath::parse("live/x/link").unwrap(), Mode::Symlink, "b");
    tree.insert(TreePath::parse("live/x/sub").unwrap(), Mode::Submodule, "b");
    for (source, expected) in [
        ("\"../../..\"", Unresolved::Outside),
        ("\"./none\"", Unresolved::NoDirectory(TreePath::parse("live/x/none").unwrap())),
        ("\"./link/m\"", Unresolved::Detour(TreePath::parse("live/x/link").unwrap(), Mode::Symlink)),
        ("\"./sub\"", Unresolved::Detour(TreePath::parse("live/x/sub").unwrap(), Mode::Submodule)),
        ("\"a/b/c\"", Unresolved::Remote),
        ("var.x", Unresolved::Computed),
    ] {
        tree.insert_loaded(
            TreePath::parse("live/x/main.tf").unwrap(),
            Mode::File,
            "b",
            format!("module \"m\" {{\n  source = {source}\n}}\n").into_bytes(),
        );
        let graph = Graph::load(&tree, &Stack::new("live/x").unwrap(), None).unwrap();
        let root = &graph.instances[0];
        assert_eq!(resolve(&tree, root, &root.module.calls[0], None), Err(expected), "{source}");
    }
}
