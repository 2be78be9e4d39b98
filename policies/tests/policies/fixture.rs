//! A folder of `testdata/`: a stack's code and the plan that Terraform made of it (`testdata/make.sh`).

use std::path::{Path, PathBuf};

use tfpilot_hcl::{Graph, Mode, Stack, Tree, TreePath};
use tfpilot_plan::{RedactedPlan, Redactor, redact};
use tfpilot_policies::{Code, Context, Finding, PolicyReport, RuleSet, Rules, judge_draft, judge_plan};

/// A stack at `live/dev/x`, with its plan.
pub(crate) struct Fixture {
    pub(crate) tree: Tree,
    pub(crate) graph: Graph,
    pub(crate) plan: RedactedPlan,
}

impl Fixture {
    pub(crate) fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
        let json = std::fs::read(folder.join("plan.json")).expect("make.sh has made it");
        let mut files = Vec::new();
        collect(&folder, "live/dev/x", &mut files);
        Self::beside_the_catalog(files, &json)
    }

    /// The same with something written behind a line of its code, as it stands in the file.
    pub(crate) fn with(name: &str, line: &str, written: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
        let json = std::fs::read(folder.join("plan.json")).expect("make.sh has made it");
        let mut files = Vec::new();
        collect(&folder, "live/dev/x", &mut files);
        for (_, bytes) in files.iter_mut().filter(|(path, _)| path == "live/dev/x/main.tf") {
            let main = String::from_utf8_lossy(bytes).into_owned();
            assert!(main.contains(line), "{name} has no line {line}");
            *bytes = main.replacen(line, &format!("{line}\n{written}"), 1).into_bytes();
        }
        Self::beside_the_catalog(files, &json)
    }

    /// The bytes of its only file.
    pub(crate) fn main(&self) -> &[u8] {
        let path = TreePath::parse("live/dev/x/main.tf").expect("it is inside");
        self.tree.entry(&path).and_then(|entry| entry.content()).expect("it is loaded")
    }

    /// A stack of one file that calls modules of the catalog, before its plan.
    pub(crate) fn draft(main: &str) -> Self {
        let files = vec![("live/dev/x/main.tf".to_owned(), main.as_bytes().to_vec())];
        Self::beside_the_catalog(files, br#"{"format_version": "1.2"}"#)
    }

    fn beside_the_catalog(mut files: Vec<(String, Vec<u8>)>, json: &[u8]) -> Self {
        let catalog = Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules/catalog");
        collect(&catalog, "modules/catalog", &mut files);
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        Self::of(&files, json)
    }

    /// A stack of one file.
    pub(crate) fn of_text(main: &str, plan: &serde_json::Value) -> Self {
        Self::of(&[("live/dev/x/main.tf", main.as_bytes())], plan.to_string().as_bytes())
    }

    fn of(files: &[(&str, &[u8])], plan: &[u8]) -> Self {
        let mut tree = Tree::new();
        for (path, bytes) in files {
            let path = TreePath::parse(path).expect("it is inside");
            tree.insert_loaded(path, Mode::File, "blob", *bytes);
        }
        let stack = Stack::new("live/dev/x").expect("it is inside");
        let graph = Graph::load(&tree, &stack, None).expect("all is loaded");
        let plan = redact(plan, None, &Redactor::default()).expect("a plan").plan;
        Self { tree, graph, plan }
    }

    pub(crate) fn code(&self) -> Code<'_> {
        Code { graph: &self.graph, tree: &self.tree }
    }

    pub(crate) fn judge(&self, rules: &Rules) -> PolicyReport {
        judge_plan(&self.plan, Some(self.code()), &set(rules), &context())
    }

    pub(crate) fn judge_without_code(&self, rules: &Rules) -> PolicyReport {
        judge_plan(&self.plan, None, &set(rules), &context())
    }

    pub(crate) fn judge_draft(&self, rules: &Rules) -> PolicyReport {
        judge_draft(self.code(), &set(rules), &context())
    }
}

/// A plan of resources in us-east-1 that are made, by their addresses.
pub(crate) fn made(resources: &serde_json::Value) -> serde_json::Value {
    let changes = resources.as_object().expect("addresses").iter().map(|(address, after)| {
        let (module, local) = address.rsplit_once("].").map_or((None, address.as_str()), |(module, local)| {
            if module.starts_with("module.") { (Some(format!("{module}]")), local) } else { (None, address.as_str()) }
        });
        let (kind, name) = local.split_once('.').expect("an address");
        let (name, index) = match name.split_once('[') {
            Some((name, key)) => (name, serde_json::from_str(key.trim_end_matches(']')).expect("a key")),
            None => (name, serde_json::Value::Null),
        };
        serde_json::json!({
            "address": address, "module_address": module, "mode": "managed", "type": kind, "name": name, "index": index,
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": {}},
        })
    });
    serde_json::json!({"format_version": "1.2", "resource_changes": changes.collect::<Vec<_>>()})
}

pub(crate) fn set(rules: &Rules) -> RuleSet {
    let (set, problems) = RuleSet::new(rules);
    assert!(problems.is_empty(), "{problems:?}");
    set
}

pub(crate) fn context() -> Context {
    Context {
        environment: "dev".to_owned(),
        stack: "live/dev/x".to_owned(),
        region: None,
        ..Context::default()
    }
}

/// A report as lines, for snapshots.
pub(crate) fn told(report: &PolicyReport) -> String {
    let mut text = format!("{:?}: {}\n", report.conclusion(), report.title());
    text.push_str(&format!(
        "{} passed, {} advice, {} unknown, {} deferred\n",
        report.passed, report.advice, report.unknown, report.deferred
    ));
    for finding in &report.findings {
        text.push_str(&line(finding));
    }
    text
}

fn line(finding: &Finding) -> String {
    let Finding { rule, truth, enforcement, address, attribute, message, hint, instances, .. } = finding;
    let at = finding.location.as_ref().map_or_else(String::new, |it| format!(" at {it}"));
    let inner = finding.inner.as_ref().map_or_else(String::new, |it| format!(" ({it})"));
    let moved = finding.previous_address.as_ref().map_or_else(String::new, |it| format!(" from {it}"));
    let also = if finding.also.is_empty() { String::new() } else { format!(" and {}", finding.also.len()) };
    let attribute = attribute.as_deref().unwrap_or("-");
    format!(
        "{rule} {truth:?} {}: {address}{also}{moved} x{instances}{at}{inner}\n    {attribute}: {message}; {hint}\n",
        enforcement.word()
    )
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &format!("{prefix}/{name}"), files);
        } else if !name.ends_with(".json") {
            files.push((format!("{prefix}/{name}"), std::fs::read(&path).expect("readable")));
        }
    }
}
