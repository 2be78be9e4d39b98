//! A plan that a command is given: the JSON of `terraform show -json`, redacted before anything looks at it, and the code
//! that it was made of, where that is here.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use tfpilot_admission::{Missing, Stack, Tree, disk};
use tfpilot_hcl::Graph;
use tfpilot_plan::{RedactedPlan, Redactor, redact};
use tfpilot_policies::{Code, Context};

/// Which plan, and where it belongs.
#[derive(Debug, Args)]
pub(super) struct Planned {
    /// The plan as `terraform show -json PLAN` prints it.
    #[arg(long = "plan", value_name = "FILE")]
    plan: PathBuf,
    /// The repository's directory, whose code says what the plan does not know and where findings are written.
    #[arg(long, value_name = "DIR", requires = "stack")]
    code: Option<PathBuf>,
    /// The stack's directory in the repository, such as live/prod/orders.
    #[arg(long, value_name = "PATH")]
    stack: Option<String>,
    /// The environment it belongs to.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// The region that its resources are in where neither plan nor code say.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// A stack's code, with what it was read from.
pub(super) struct Sources {
    tree: Tree,
    graph: Graph,
}

impl Planned {
    /// Reads and redacts the plan.
    pub(super) fn plan(&self) -> anyhow::Result<RedactedPlan> {
        read(&self.plan)
    }

    /// The code, where it was named.
    pub(super) fn sources(&self) -> anyhow::Result<Option<Sources>> {
        let (Some(dir), Some(stack)) = (&self.code, &self.stack) else { return Ok(None) };
        let stack = Stack::new(stack.trim_end_matches('/'))?;
        let mut tree = disk::read(dir)?;
        let graph = ask(dir, &mut tree, |tree| Graph::load(tree, &stack, None))?;
        Ok(Some(Sources { tree, graph }))
    }

    /// Where it belongs, and the day.
    pub(super) fn context(&self) -> Context {
        Context {
            environment: self.environment.clone().unwrap_or_default(),
            stack: self.stack.clone().unwrap_or_default(),
            region: self.region.clone(),
            today: Some(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()),
        }
    }
}

impl Sources {
    /// As rules and prices take it.
    pub(super) fn code(&self) -> Code<'_> {
        Code { graph: &self.graph, tree: &self.tree }
    }
}

/// Reads and redacts a plan.
pub(super) fn read(file: &Path) -> anyhow::Result<RedactedPlan> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let redaction = redact(&bytes, None, &Redactor::default())
        .with_context(|| format!("{} is no plan as `terraform show -json` prints it", file.display()))?;
    Ok(redaction.plan)
}

/// Asks a question of a tree, loading the files that it needs.
pub(super) fn ask<T>(
    dir: &Path,
    tree: &mut Tree,
    question: impl Fn(&Tree) -> Result<T, Missing>,
) -> anyhow::Result<T> {
    loop {
        match question(tree) {
            Ok(answer) => return Ok(answer),
            Err(missing) => disk::load(dir, tree, &missing)?,
        }
    }
}
