//! The static gate, asked twice: on the commit before any Terraform process, and again with the modules that
//! `init` downloaded. What it admits is [`tfpilot_admission`]'s to say; rules which an admin overrode for this
//! head come with the job.

use serde::Deserialize;
use tfpilot_admission::{
    Admission, AllowList, Missing, Mode, Stack, Tree, TreePath, disk, judge_stack, secrets,
};
use tfpilot_plan::is_secret_name;
use tfpilot_protocol::{Job, NotAdmitted, Phase};

use super::{Shop, Stop};
use crate::source::{Checkout, Kind};

/// More rounds of loading contents would be a loop.
const ROUNDS: usize = 10_000;

/// What cannot be read is not admitted, whoever says what.
const UNREADABLE: &str = "admission/unreadable";

/// The job's `admission`: the allow-list, and beside its keys what was overridden.
struct Rules {
    allow: AllowList,
    overridden: Vec<String>,
    stack: Stack,
}

/// The commit, from the same bytes as were laid out. What it calls secret is hidden from here on, whatever a provider
/// says of it in an error, long before there is a plan to redact.
pub(super) fn checkout(shop: &mut Shop<'_>, checkout: &Checkout) -> Result<(), Stop> {
    let rules = Rules::of(shop.job)?;
    let mut tree = tree(checkout)?;
    rules.verdict(answer(&mut tree, checkout, |tree| judge_stack(tree, &rules.stack, &rules.allow))?)?;
    let known = answer(&mut tree, checkout, |tree| secrets(tree, &rules.stack, None, &is_secret_name))?;
    shop.mask = shop.mask.extended(known);
    Ok(())
}

/// Asks until every content is loaded that the answer needs.
fn answer<T>(
    tree: &mut Tree,
    checkout: &Checkout,
    ask: impl Fn(&Tree) -> Result<T, Missing>,
) -> Result<T, Stop> {
    for _ in 0..ROUNDS {
        match ask(tree) {
            Ok(answer) => return Ok(answer),
            Err(missing) => {
                for path in &missing.paths {
                    let content = checkout.read(path.as_bytes());
                    if !content.is_some_and(|content| tree.load(path, content)) {
                        return Err(unjudged(format!("{path} cannot be read")));
                    }
                }
            }
        }
    }
    Err(unjudged("its files are never all there".to_owned()))
}

/// The checkout with what `init` downloaded into it.
pub(super) fn downloaded(shop: &Shop<'_>) -> Result<(), Stop> {
    let rules = Rules::of(shop.job)?;
    let admission = disk::admit_downloaded(&shop.dir.checkout(), &rules.stack, &rules.allow);
    rules.verdict(admission.map_err(|error| unjudged(error.to_string()))?)
}

impl Rules {
    fn of(job: &Job) -> Result<Self, Stop> {
        let mut value = job.admission.clone();
        let overridden = value.as_object_mut().and_then(|map| map.remove("overridden"));
        let overridden = overridden.map_or_else(|| Ok(Vec::new()), Vec::<String>::deserialize);
        let read =
            |error: serde_json::Error| unjudged(format!("the app's allow-list is not understood: {error}"));
        Ok(Self {
            allow: AllowList::deserialize(value).map_err(read)?,
            overridden: overridden.map_err(read)?,
            stack: Stack::new(&job.stack).map_err(|error| unjudged(error.to_string()))?,
        })
    }

    fn verdict(&self, admission: Admission) -> Result<(), Stop> {
        let omitted = admission.omitted;
        let overridden = |rule: &String| rule != UNREADABLE && self.overridden.contains(rule);
        let open = admission.findings.into_iter().filter(|finding| !overridden(&finding.rule));
        let findings: Vec<NotAdmitted> = open
            .map(|finding| NotAdmitted {
                rule: finding.rule,
                path: finding.path,
                line: finding.line,
                what: finding.what,
                why: finding.why,
                next: finding.next,
            })
            .collect();
        match (findings.is_empty(), omitted) {
            (true, 0) => Ok(()),
            (true, more) => {
                Err(unjudged(format!("{more} more findings are not listed, and may not be overridden")))
            }
            (false, _) => Err(Stop::NotAdmitted(findings)),
        }
    }
}

/// Every entry of the commit, also what was not laid out.
fn tree(checkout: &Checkout) -> Result<Tree, Stop> {
    let mut tree = Tree::new();
    for (path, entry) in &checkout.entries {
        let path = TreePath::parse(path).map_err(|error| unjudged(error.to_string()))?;
        let mode = match entry.kind {
            Kind::File => Mode::File,
            Kind::Executable => Mode::Executable,
            Kind::Symlink => Mode::Symlink,
            Kind::Submodule => Mode::Submodule,
        };
        tree.insert(path, mode, entry.blob.as_str());
    }
    Ok(tree)
}

fn unjudged(why: String) -> Stop {
    Stop::new(
        Phase::Admission,
        format!("the code could not be judged: {why}"),
        "What cannot be read is not admitted.",
    )
}
