//! How fast a plan is judged: a plan of 10,000 resources through everything that is done with it, one of 100 MB for its
//! memory, and checkov on the same plan.

mod made;
mod policies;

use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tfpilot_plan::{MARKDOWN_BUDGET, RedactedPlan, Redactor, redact};
use tfpilot_policies::{Context, Enforcement, RuleSet, Rules, cost, judge_plan, language, rules, shipped};
use tokio::process::Command;

use crate::report::{Report, median, ratio, size, spread, time, times};
use crate::{PLAN_CHILD, process, progress};

/// Resources of the plan that is timed.
const RESOURCES: usize = 10_000;

/// Resources of one of 100 MB.
const LARGE: usize = 40_700;

/// Policies beside the shipped ones.
const OWN: usize = 50;

/// Variable with the checkov to compare with, where it is not on the path.
const CHECKOV: &str = "TFPILOT_CHECKOV";

/// How long checkov may take.
const DEADLINE: Duration = Duration::from_secs(900);

/// Measures and reports all of it.
///
/// # Errors
/// When a plan cannot be made or read, or a process does not end well.
pub(crate) async fn measure(report: &mut Report, runs: usize, dir: &Path) -> anyhow::Result<()> {
    let json = made::plan(RESOURCES)?;
    report.section(&format!("a plan of {RESOURCES} resources, {}", size(json.len() as f64)));
    let judged = speed(report, runs, &json)?;
    memory(report, dir).await?;
    against_checkov(report, dir, &json, judged).await
}

/// Every step on its own; the seconds of redaction and judgement together.
fn speed(report: &mut Report, runs: usize, json: &str) -> anyhow::Result<f64> {
    progress(&format!("plans: {RESOURCES} resources"));
    let (rules, context) = (rule_set()?, context());
    let plan = redact(json.as_bytes(), None, &Redactor::default())?.plan;
    let text = serde_json::to_vec(&plan)?;
    let redacted = timed(runs, || redact(json.as_bytes(), None, &Redactor::default()));
    let rate = format!("{}, {:.0} MB/s", spread(&redacted), json.len() as f64 / 1e6 / median(&redacted));
    report.wanted("redact", &rate, "≥ 40 MB/s");
    report.number("read what is stored", &spread(&timed(runs, || RedactedPlan::parse(&text))));
    report.number("digest", &spread(&timed(runs, || plan.digest())));
    report.number("summary", &spread(&timed(runs, || plan.summary())));
    let summary = plan.summary();
    report.number("its Markdown", &spread(&timed(runs, || summary.markdown(&[], MARKDOWN_BUDGET))));
    let judged = timed(runs, || judge_plan(&plan, None, &rules, &context));
    let shipped = shipped_policies().count();
    report.wanted(
        &format!("judge: {shipped} shipped policies, {OWN} own, {} rules", rules::IDS.len()),
        &spread(&judged),
        "< 500 ms",
    );
    let estimated = timed(runs, || cost::estimate(&plan, None, &context, false));
    report.wanted("cost", &spread(&estimated), "< 100 ms");

    let twice = redact(made::plan(2 * RESOURCES)?.as_bytes(), None, &Redactor::default())?.plan;
    let longer = median(&timed(runs, || judge_plan(&twice, None, &rules, &context)));
    let grown = ratio(longer, median(&judged));
    report.row("judge twice as many resources", &time(longer), &time(median(&judged)), &times(grown));
    Ok(median(&redacted) + median(&judged))
}

/// The most memory of a process that redacts a plan of 100 MB, as the runner does, and of one that judges it, as the server
/// does.
async fn memory(report: &mut Report, dir: &Path) -> anyhow::Result<()> {
    progress("plans: memory");
    let (raw, stored) = (dir.join("plan.json"), dir.join("redacted.json"));
    std::fs::write(&raw, made::plan(LARGE)?).context("writing a plan")?;
    for (what, from, to) in
        [("redact", &raw, Some(&stored)), ("read what is stored, judge, summarise", &stored, None)]
    {
        let program = std::env::current_exe().context("finding the running program")?;
        let files = std::iter::once(from).chain(to);
        let output = Command::new(program).arg(PLAN_CHILD).args(files).output().await?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let peak: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().context("a size")?;
        let length = std::fs::metadata(from).context("the plan")?.len() as f64;
        let what = format!("peak memory: {what}");
        report.row(&what, &size(peak), &format!("plan of {}", size(length)), &times(ratio(peak, length)));
    }
    Ok(())
}

/// What this program does when it starts itself: redacts the first file into the second one, or judges the first one. Says
/// the most memory that it took, in bytes.
///
/// # Errors
/// When a file cannot be read or is no plan.
pub(crate) fn child(files: &[String]) -> anyhow::Result<()> {
    let [from, to @ ..] = files else { anyhow::bail!("no plan is given") };
    let bytes = std::fs::read(from).with_context(|| format!("reading {from}"))?;
    match to.first() {
        Some(to) => {
            let plan = redact(&bytes, None, &Redactor::default())?.plan;
            let file = std::fs::File::create(to).with_context(|| format!("creating {to}"))?;
            serde_json::to_writer(std::io::BufWriter::new(file), &plan)?;
        }
        None => {
            let plan = RedactedPlan::parse(&bytes)?;
            drop(bytes);
            black_box(judge_plan(&plan, None, &rule_set()?, &context()));
            black_box(plan.summary().markdown(&[], MARKDOWN_BUDGET));
        }
    }
    writeln!(std::io::stdout(), "{}", process::resident_peak(std::process::id())?)?;
    Ok(())
}

/// The same plan judged by checkov with its checks for what the shipped policies ask, against redaction and judgement here;
/// it has nothing beside the own policies.
async fn against_checkov(report: &mut Report, dir: &Path, json: &str, ours: f64) -> anyhow::Result<()> {
    progress("plans: checkov");
    let program = std::env::var_os(CHECKOV).map_or_else(|| PathBuf::from("checkov"), PathBuf::from);
    if Command::new(&program).arg("--version").output().await.is_err() {
        report.number(
            "checkov on the same plan",
            &format!("not found: put it on the path, or name it in {CHECKOV}"),
        );
        return Ok(());
    }
    let path = dir.join("checkov.json");
    std::fs::write(&path, json).context("writing a plan")?;
    let doors = rules::aliases(rules::no_public_access::ID).iter().map(|id| (*id).to_owned());
    let checks: Vec<String> =
        shipped_policies().flat_map(|policy| policy.aliases.iter().cloned()).chain(doors).collect();
    let mut command = Command::new(&program);
    command.args(["--framework", "terraform_plan", "--compact", "--quiet", "--skip-download", "-o", "json"]);
    command.args(["--check", &checks.join(","), "-f"]).arg(&path).kill_on_drop(true);
    let start = Instant::now();
    let what = format!("redact and judge, against checkov with {} checks", checks.len());
    match tokio::time::timeout(DEADLINE, command.output()).await {
        Ok(output) => {
            // It ends with 1 where something fails.
            let output = output.context("running checkov")?;
            ensure!(output.stdout.starts_with(b"{"), "{}", String::from_utf8_lossy(&output.stderr));
            let theirs = start.elapsed().as_secs_f64();
            report.row(&what, &time(ours), &time(theirs), &times(ratio(ours, theirs)));
        }
        Err(_) => report.row(&what, &time(ours), &format!("more than {DEADLINE:?}"), ""),
    }
    Ok(())
}

/// Seconds of every run.
fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> Vec<f64> {
    let run = |_| {
        let start = Instant::now();
        let made = black_box(work());
        let taken = start.elapsed().as_secs_f64();
        drop(made);
        taken
    };
    (0..runs).map(run).collect()
}

/// Those that are on as they are shipped.
fn shipped_policies() -> impl Iterator<Item = &'static language::Policy> {
    shipped::policies().iter().filter(|policy| policy.enforcement != Enforcement::Off)
}

fn rule_set() -> anyhow::Result<RuleSet> {
    let parameters = "{required-tags: {tags: [Owner]}, allowed-regions: {regions: [eu-central-1]}, \
        naming: {pattern: '[a-z0-9_.-]+'}, no-public-access: {}, protect-stateful: {}, terraform-checks: {}}";
    let parameters: Rules = serde_yaml::from_str(parameters).context("the parameters of the rules")?;
    let (rules, problems) = RuleSet::new(&parameters);
    ensure!(problems.is_empty(), "{problems:?}");
    let (own, problems) = language::read(&serde_yaml::from_str(&policies::yaml(OWN))?);
    ensure!(problems.is_empty(), "{problems:?}");
    Ok(rules.with_policies(shipped_policies().cloned().chain(own)))
}

fn context() -> Context {
    Context {
        environment: "production".to_owned(),
        stack: "live/production/large".to_owned(),
        ..Context::default()
    }
}
