//! The real Terraform as judge: where closed evaluation gives a value, Terraform gives the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use tfpilot_hcl::{Expression, Files, Fuel, Graph, Mode, Scope, Stack, Tree, TreePath, evaluate};

/// Runs Terraform without any configuration of the machine.
fn terraform(directory: &Path, args: &[&str]) -> Output {
    let config = directory.join("cli.tfrc");
    std::fs::write(&config, "").expect("the file can be written");
    let mut command = Command::new("terraform");
    command
        .current_dir(directory)
        .args(args)
        .env("TF_CLI_CONFIG_FILE", &config)
        .env("CHECKPOINT_DISABLE", "1");
    command.output().expect("terraform runs")
}

/// What Terraform makes of files: the values of the outputs, or what it says instead.
fn outputs(files: &[(&str, &str)]) -> Result<BTreeMap<String, serde_json::Value>, String> {
    let directory = tempfile::tempdir().expect("a directory can be made");
    for (path, text) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file lies in a directory"))
            .expect("the directory can be made");
        std::fs::write(path, text).expect("the file can be written");
    }
    for args in [&["init", "-input=false"][..], &["plan", "-input=false", "-out=plan"]] {
        let output = terraform(directory.path(), args);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    let shown = terraform(directory.path(), &["show", "-json", "plan"]).stdout;
    let plan: serde_json::Value = serde_json::from_slice(&shown).expect("a plan is JSON");
    let outputs = plan.pointer("/planned_values/outputs").and_then(|outputs| outputs.as_object());
    let value = |output: &serde_json::Value| output.get("value").cloned().unwrap_or_default();
    Ok(outputs
        .expect("a plan has outputs")
        .iter()
        .map(|(name, output)| (name.clone(), value(output)))
        .collect())
}

/// Numbers alike whether written as `1` or `1.0`.
fn alike(left: &serde_json::Value, right: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| alike(left, right)))
        }
        _ => left == right,
    }
}

const EXPRESSIONS: &str = r#"
1 + 2 * 3 - 4 / 8
7 % 4
-7 % 4
7.5 % 2
!true || false && true
1 < 2 == true
"1" == 1
"1" + 1
1 == 1.0
[1, 2] == [1, 2]
{ a = 1 } == { a = 1 }
null == null
true ? "a" : "b"
"${1 + 1}"
"a ${~ 1 ~} b"
"  ${ "x" }  ${~ "y" }"
"$${x} %%{y} $ %"
"\t\"\\\u00e9"
"%{ if true }a%{ else }b%{ endif }"
"%{ for k, v in { a = 1, b = 2 } }${k}=${v};%{ endfor }"
"%{ for x in [1, 2] ~}  ${x}  %{~ endfor }"
"${[1, 2]}"
[for x in ["a", "b"] : upper(x)]
[for i, x in ["a", "b"] : "${i}${x}" if i > 0]
{ for k, v in { a = 1, b = 2 } : v => k }
{ for x in ["a", "b", "a"] : x => x... }
[for x in [{ a = 1 }, { a = 2 }] : x.a]
[{ a = 1 }, { a = 2 }][*].a
[{ a = [1] }, { a = [2] }][*].a[0]
{ a = { b = [1, 2] } }.a.b[1]
{ "a b" = 1, (1 + 1) = 2 }
lower("ÀBC")
upper("straße")
title("hello wOrld it's a_b")
trimspace(" \n a\t ")
chomp("a\r\n\n")
trim("?!hello?!", "!?")
trimprefix("aaab", "a")
trimsuffix("baa", "a")
replace("a.b.c", ".", "-")
replace("hello world", "/w.*d/", "x")
replace("ab12", "/([a-z]+)([0-9]+)/", "$2-$1")
replace("ab", "/(?P<n>a)/", "x")
substr("hello", 1, 4)
substr("hello", -3, 2)
substr("hello", 0, -1)
substr("hello", 2, 100)
split(",", "a,b,,c")
split(",", "")
join("-", ["a", "b"], ["c"])
join("-", [])
format("%s %d %v %05d %5s|", "a", 3, true, 42, "x")
format("%s", 1.5)
format("%v", 100000000)
startswith("abc", "ab")
endswith("abc", "bc")
strcontains("abc", "d")
basename("a/b.txt")
dirname("a/b.txt")
dirname("b.txt")
basename("../x/y")
dirname("../x")
jsonencode({ b = [1, 2.5, null, true], a = "<&>\n\u2028" })
jsonencode("x")
jsondecode("{\"a\": [1, 1.5, null]}")
tostring(1.0)
tostring(0.1)
tostring(123456789012)
tostring(true)
tonumber("1e3")
tonumber("-0.5")
tobool("false")
length("hello")
length([1, 2])
length({ a = 1 })
contains(["a", "b"], "b")
contains([1, 2], "1")
concat(["a"], ["b", "c"], [])
merge({ a = 1 }, { b = 2 }, { a = 3 })
keys({ b = 1, a = 2 })
values({ b = 1, a = 2 })
lookup({ a = "x" }, "b", "y")
element(["a", "b", "c"], 5)
index(["a", "b"], "b")
flatten([[1, [2]], [], [[[3]]]])
distinct(["a", "b", "a"])
compact(["a", "", "b"])
sort(["b", "a", "B"])
reverse([1, 2, 3])
tolist(toset(["b", "a", "b"]))
tolist(toset([3, 20, 1]))
slice(["a", "b", "c"], 1, 3)
zipmap(["a", "b"], [1, 2])
setunion(["a"], ["b", "a"])
setintersection(["a", "b"], ["b"])
setsubtract(["a", "b"], ["b"])
coalesce("", null, "c")
coalesce(null, 0, 2)
coalescelist([], ["a"])
one([])
one([5])
alltrue([])
alltrue([true, "true"])
anytrue([false, true])
alltrue([true, null])
anytrue([false, null])
min(3, 1, 2)
max(3, 1, 2)
sum([1, 2.5])
abs(-3.5)
floor(-1.5)
ceil(-1.5)
parseint("-7f", 16)
range(3)
range(1, 4)
range(0, 1, 0.25)
can(regex("^[a-z]+$", "abc"))
can(regex("^[a-z]+$", "Abc"))
can(tonumber("x"))
try(tonumber("x"), "fallback")
try({ a = 1 }.b, "none")
regex("[a-z]+", "12abc3")
regex("([a-z]+)([0-9]+)?", "abc")
regex("(?P<a>[a-z])(?P<b>[0-9])", "x1")
regexall("[a-z]", "a1b2")
regexall("(\\w)-(\\d)", "a-1 b-2")
can(regex("\\bfoo\\b", "a foo b"))
can(regex("^\\S+@[\\w.-]+$", "a@b-c.d"))
can(regex("^.{3}$", "aéb"))
can(regex("[[:alpha:]]", "1"))
can(regex("[]a]", "]"))
can(regex("[^]a]", "]"))
can(regex("a{2,3}", "aa"))
can(regex("^(?:a|b)+$", "abab"))
can(regex("a\\.b", "axb"))
can(regex("[\\d-]", "-"))
can(regex("[a\\-z]", "-"))
can(regex("(", "a"))
cidrhost("10.12.112.0/20", 16)
cidrhost("10.12.112.0/20", -1)
cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)
cidrsubnet("172.16.0.0/12", 4, 2)
cidrsubnet("10.1.2.3/16", 8, 255)
cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)
cidrnetmask("172.16.0.0/12")
true ? 1 : "a"
false ? null : 2
coalesce(1, "a")
tolist(toset(["a", 1]))
tolist(toset([true, false]))
setunion([1], [2])
distinct(["1", 1])
compact(["a", 1])
format("%v", 99999)
lower("ÄÖ Σ")
length(toset([1, 1]))
can(cidrhost("10.0.0.0", 0))
can(cidrhost("10.0.0.0/8", 99999999999))
can(cidrsubnet("10.0.0.0/30", 4, 0))
can(cidrnetmask("fd00::/8"))
can(cidrhost("010.0.0.0/8", 1))
tolist(fileset(path.module, "*.txt"))
tolist(fileset(path.module, "**/*.txt"))
tolist(fileset("${path.module}/d", "**"))
tolist(fileset(path.module, "{a,b}.txt"))
tolist(fileset(path.module, "?.txt"))
tolist(fileset(path.module, "d/*"))
tolist(fileset(path.module, "**/b.txt"))
tolist(fileset(path.module, ".*.txt"))
fileexists("${path.module}/a.txt")
fileexists("none.txt")
path.module
path.root
core::upper("a")
max([1, 5, 3]...)
"#;

const FILES: [(&str, &str); 5] =
    [("a.txt", ""), ("b.txt", ""), (".h.txt", ""), ("d/b.txt", ""), ("d/e/f.txt", "")];

#[test]
fn values_are_terraforms_values() {
    let lines = EXPRESSIONS.lines().filter(|line| !line.is_empty());
    let expressions: Vec<_> = lines.map(str::to_owned).collect();
    let names: Vec<_> = (0..expressions.len()).map(|at| format!("o{at:03}")).collect();
    let output = |(name, text): (&String, &String)| format!("output \"{name}\" {{\n  value = {text}\n}}\n");
    let code: String = names.iter().zip(&expressions).map(output).collect();
    let files: Vec<_> = FILES.iter().copied().chain([("main.tf", code.as_str())]).collect();
    let theirs = outputs(&files).unwrap_or_else(|error| panic!("{error}"));
    let mut tree = Tree::new();
    for (path, text) in &files {
        tree.insert_loaded(TreePath::parse(path).expect("inside"), Mode::File, "b", text.as_bytes());
    }
    let graph = Graph::load(&tree, &Stack::default(), None).expect("all is loaded");
    let root = &graph.instances[0];
    let (root_path, fuel) = (TreePath::root(), Fuel::default());
    let files = Files { tree: &tree, directory: &root_path, fuel: &fuel };
    let (mut wrong, mut known) = (Vec::new(), 0);
    for (name, text) in names.iter().zip(&expressions) {
        let expr = text.parse::<Expression>().expect("what Terraform reads is HCL");
        let scope = root.scope(&root.roots, files);
        let theirs = theirs.get(name).unwrap_or(&serde_json::Value::Null);
        match evaluate(&expr, &scope).to_json() {
            Some(ours) if !alike(&ours, theirs) => {
                wrong.push(format!("{text}\n  ours   {ours}\n  theirs {theirs}"))
            }
            Some(_) => known += 1,
            None => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(known * 10 > expressions.len() * 9, "only {known} of {} are known", expressions.len());
    // The scope is the root's own.
    assert!(
        evaluate(&"path.module".parse::<Expression>().expect("HCL"), &Scope::empty()).to_json().is_none()
    );
}

#[test]
fn values_of_variables_come_in_terraforms_order() {
    let files = [
        (
            "main.tf",
            "variable \"v\" {\n  type = number\n  default = 1\n}\nvariable \"w\" {\n  default = \"d\"\n}\nlocals {\n  l = 1\n}\noutput \"v\" {\n  value = var.v\n}\noutput \"w\" {\n  value = var.w\n}\noutput \"l\" {\n  value = local.l\n}\nmodule \"m\" {\n  source = \"./m\"\n  p = var.w\n}\noutput \"p\" {\n  value = module.m.p\n}\n",
        ),
        ("z_override.tf", "locals {\n  l = 2\n}\nvariable \"w\" {\n  default = \"e\"\n}\n"),
        ("terraform.tfvars", "v = \"2\"\n"),
        ("terraform.tfvars.json", "{\"v\": 3}"),
        ("a.auto.tfvars", "v = 5\n"),
        ("a.auto.tfvars.json", "{\"v\": 4}"),
        ("b.auto.tfvars.json", "{\"v\": \"6\"}"),
        ("other.tfvars", "v = 7\n"),
        // Hidden files of values are loaded, hidden configuration is not.
        (".u.auto.tfvars", "u = 8\n"),
        (".hidden.tf", "variable \"u\" {\n  default = 9\n}\n"),
        ("#x.tf#", "variable \"u\" {\n  default = 9\n}\n"),
        ("u.tf", "variable \"u\" {\n  default = 0\n}\noutput \"u\" {\n  value = var.u\n}\n"),
        (
            "m/main.tf",
            "variable \"p\" {}\nlocals {\n  where = path.module\n}\noutput \"p\" {\n  value = \"${var.p} ${local.where}\"\n}\n",
        ),
    ];
    let theirs = outputs(&files).unwrap_or_else(|error| panic!("{error}"));
    let mut tree = Tree::new();
    for (path, text) in &files {
        tree.insert_loaded(TreePath::parse(path).expect("inside"), Mode::File, "b", text.as_bytes());
    }
    let graph = Graph::load(&tree, &Stack::default(), None).expect("all is loaded");
    let (root_path, fuel) = (TreePath::root(), Fuel::default());
    let files = Files { tree: &tree, directory: &root_path, fuel: &fuel };
    for (instance, expr, output) in [
        (0, "var.v", "v"),
        (0, "var.w", "w"),
        (0, "local.l", "l"),
        (0, "var.u", "u"),
        (1, "\"${var.p} ${local.where}\"", "p"),
    ] {
        let instance = &graph.instances[instance];
        let ours =
            evaluate(&expr.parse::<Expression>().expect("HCL"), &instance.scope(&instance.roots, files));
        assert_eq!(ours.to_json().as_ref(), theirs.get(output), "{expr}");
    }
}

#[test]
fn what_terraform_reads_is_read() {
    // Pieces at the edges of the syntax. Where Terraform reads one, so do we, with the same value; where we refuse what it
    // reads, that is named here.
    for (text, ours) in [
        ("<<EOT\nx\n  EOT\n", true),
        ("<<-EOT\n    x\n      y\n    EOT\n", true),
        ("<<EOT\n$${a} %%{b} 100%\n$\nEOT\n", true),
        ("<<EOT\n${\"a\"}EOT\nEOT\n", true),
        ("<<EOT\n\u{a0}EOT\n", false),
        ("<<E-1\nx\nE-1\n", true),
        ("\"a\" # \"comment\n", true),
        ("\"a\" /* \" */\n", true),
        ("[\n  1, # one\n  2,\n]\n", true),
        ("{\n  a = 1, b = 2\n  c : 3\n}\n", true),
        ("\"${\"${\"a\"}\"}\"\n", true),
        ("\"$$${1}\"\n", true),
        ("\"$${1}\"\n", true),
        ("\"%$${1}\"\n", true),
        ("(\n  1\n  + 2\n)\n", true),
    ] {
        let code = format!("locals {{\n  a = {text}}}\noutput \"o\" {{\n  value = local.a\n}}\n");
        let theirs = outputs(&[("main.tf", &code)]).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let file = tfpilot_hcl::File::parse("main.tf", code.as_bytes());
        assert_eq!(file.is_ok(), ours, "{text} {file:?}");
        if let Ok(file) = file {
            let local = &file.body.blocks[0].body.attributes[0];
            let ours = evaluate(&local.value, &Scope::empty()).to_json();
            assert_eq!(ours.as_ref(), theirs.get("o"), "{text}");
        }
    }
}
