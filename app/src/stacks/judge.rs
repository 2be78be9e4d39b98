//! Policies and cost of a plan, with the stack's code at the plan's head, under the configuration in force.

use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use tfpilot_engine::{CommitSha, Demand, JudgedFinding, Judgement, Price, Rules, StackPath, Standing, gate};
use tfpilot_hcl::{Graph, Stack};
use tfpilot_plan::RedactedPlan;
use tfpilot_policies as policies;
use tfpilot_policies::cost::infracost::read_of_plan as infracost_of;
use tfpilot_policies::cost::{Book, CostVerdict, Estimate, Limit, Money, estimate_with, judge_limit};
use tfpilot_policies::language::Approvals;
use tfpilot_policies::rego;
use tfpilot_policies::skips::files_with_skips;
use tfpilot_policies::{Code, Conclusion, Context, Demanded, Enforcement, Finding, PolicyReport, judge_plan};

use tfpilot_protocol::Infracost;

use crate::app::App;
use crate::config::RepositoryConfig;
use crate::config::repository::shipped;
use crate::github;
use crate::stacks::lazy::LazyTree;
use crate::stacks::skips;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// Findings kept with the plan; all are in the rendered report.
const KEPT_FINDINGS: usize = 50;

/// Judgements of one plan, and what people read of them.
pub(crate) struct Judged {
    pub(crate) policy: Judgement,
    pub(crate) cost: Judgement,
    /// What it costs, for those who look back.
    pub(crate) price: Price,
    /// Markdown of the policy check.
    pub(crate) policy_text: String,
    /// Markdown of the cost check.
    pub(crate) cost_text: String,
    /// One line on the cost for the plan's summary.
    pub(crate) cost_line: String,
}

/// Names what of a configuration judges plans, as a digest: equal ones judge alike.
pub(crate) fn judged_under(config: &RepositoryConfig, today: Date) -> String {
    let places: Vec<_> = config
        .environments
        .iter()
        .map(|(name, environment)| (name, &environment.path, &environment.region))
        .collect();
    let mut judges =
        serde_json::json!([config.policies, config.cost, places, policies::shipped::digest(), rego::READER]);
    if let Some(judges) = judges.as_array_mut() {
        judges.push(serde_json::json!([config.cost.own.digest(), Book::embedded().id()]));
        judges.push(serde_json::json!(config.policies.own.judges(today)));
        let ended: usize = shipped::shipped(&config.policies).map(|policy| policy.ended(today)).sum();
        judges.push(ended.into());
    }
    hex::encode(Sha256::digest(judges.to_string()))
}

/// Judges a plan.
pub(crate) async fn judge(
    app: &App,
    repository: &Repository,
    head: &CommitSha,
    stack: &StackPath,
    plan: &RedactedPlan,
    infracost: Option<&Infracost>,
) -> Result<Judged, CommandError> {
    let impossible = |error: String| CommandError::Impossible(error);
    let head = github::CommitSha::parse(head.as_str()).map_err(|error| impossible(error.to_string()))?;
    let mut tree = LazyTree::read(&repository.client, &app.objects, &head).await?;
    let root = Stack::new(stack.as_str()).map_err(|error| impossible(error.to_string()))?;
    let context = context(&repository.config, &repository.rules, stack, today(app));
    let policies = &repository.config.policies;
    let mut rules = shipped::rule_set(policies);
    let graph = tree.ask(|tree| Graph::load(tree, &root, None)).await?;
    let code = Code { graph: &graph, tree: tree.tree() };
    let priced = priced(plan, code, &context, &repository.config, infracost);
    let with_skips = files_with_skips(code);
    if !policies.own.rego().is_empty() {
        let data = rego::data(&context, &priced.estimate);
        rules = rules.with_asked(ask(app, &repository.config, plan, &data).await);
    }
    let skips = skips::standing(app, repository, with_skips).await?;
    let code = Code { graph: &graph, tree: tree.tree() };
    let rules = rules.with_skips(skips).with_estimate(Arc::clone(&priced.estimate));
    let estimate = &*priced.estimate;
    let report = judge_plan(plan, Some(code), &rules, &context);
    let verdict = judge_limit(estimate, &limit(&repository.config), &context.environment);
    Ok(Judged {
        policy: policy(&report),
        cost: cost(&verdict),
        price: price(estimate),
        policy_text: report.markdown(crate::surface::TEXT_LIMIT),
        cost_text: cost_text(app, &priced),
        cost_line: estimate.line(),
    })
}

/// What policies in Rego say, each in a process of its own.
async fn ask(
    app: &App,
    config: &RepositoryConfig,
    plan: &RedactedPlan,
    data: &serde_json::Value,
) -> rego::Asked {
    let policies = &config.policies;
    Box::pin(app.rego.ask(policies.own.rego(), plan, data, policies.rego.judging())).await
}

/// Where a stack belongs.
pub(super) fn context(config: &RepositoryConfig, rules: &Rules, stack: &StackPath, today: Date) -> Context {
    let environment = rules.environment_of(stack).map(ToString::to_string).unwrap_or_default();
    let settings = config.environments.get(&environment);
    let region = settings.and_then(|settings| settings.region.clone());
    Context { environment, stack: stack.to_string(), region, today: Some(today) }
}

/// The day on which something is judged.
pub(crate) fn today(app: &App) -> Date {
    app.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A plan's price, and what people are told beside it (Markdown).
struct Priced {
    estimate: Arc<Estimate>,
    notices: Vec<String>,
}

/// What infracost says of the plan where a worker asked it; else by the list's prices and those of the repository.
fn priced(
    plan: &RedactedPlan,
    code: Code<'_>,
    context: &Context,
    config: &RepositoryConfig,
    infracost: Option<&Infracost>,
) -> Priced {
    let own = &config.cost.own;
    let failed = match infracost.filter(|_| config.cost.takes_infracost()) {
        Some(Infracost::Answered(said)) => match infracost_of(said, plan) {
            Ok(estimate) => return Priced { estimate: Arc::new(estimate), notices: Vec::new() },
            Err(error) => Some(error.to_string()),
        },
        Some(Infracost::Failed(why)) => Some(why.clone()),
        None => None,
    };
    let stands_in = failed.map(|why| {
        format!(
            "infracost did not price this plan: {}. The list's prices stand in.",
            crate::surface::prose(&why)
        )
    });
    Priced {
        estimate: Arc::new(estimate_with(plan, Some(code), context, &own.options())),
        notices: stands_in.into_iter().chain(own.notices().iter().cloned()).collect(),
    }
}

fn cost_text(app: &App, priced: &Priced) -> String {
    let notices: Vec<String> =
        priced.notices.iter().cloned().chain(priced.estimate.age_notice(today(app))).collect();
    let room = notices.iter().map(|notice| notice.len() + 2).sum();
    let mut text = priced.estimate.markdown(crate::surface::TEXT_LIMIT.saturating_sub(room));
    for notice in notices {
        text.push_str(&format!("\n{notice}\n"));
    }
    text
}

fn limit(config: &RepositoryConfig) -> Limit {
    let cost = &config.cost;
    // An amount that is none was refused when the configuration was read.
    let monthly = cost.limit_monthly.and_then(|amount| Money::from_dollars(amount).ok());
    Limit { monthly, currency: cost.currency.clone(), allow_unpriced: cost.allows_unpriced() }
}

fn policy(report: &PolicyReport) -> Judgement {
    let rules = report.by_rule();
    Judgement {
        standing: standing(report.conclusion()),
        title: report.title(),
        passed: report.passed,
        advice: report.advice,
        findings: report.findings.iter().take(KEPT_FINDINGS).map(finding).collect(),
        rules: rules.into_iter().map(|(rule, worst)| (rule.to_owned(), standing(worst))).collect(),
        approvals: report.demanded.iter().map(demand).collect(),
    }
}

fn cost(verdict: &CostVerdict) -> Judgement {
    let (standing, title) = (standing(verdict.conclusion), verdict.title.clone());
    let found = standing > Standing::Passed;
    let rules = found.then(|| (gate::COST_RULE.to_owned(), standing)).into_iter().collect();
    Judgement { standing, title, passed: 0, advice: 0, findings: Vec::new(), rules, approvals: Vec::new() }
}

fn price(estimate: &Estimate) -> Price {
    Price {
        currency: estimate.currency.clone(),
        before: estimate.before.to_string(),
        after: estimate.after.to_string(),
        difference: estimate.difference.to_string(),
        not_priced: estimate.not_priced.saturating_add(estimate.unchanged_not_priced),
    }
}

fn demand(demanded: &Demanded) -> Demand {
    let Approvals { teams, users, count } = demanded.approvals.clone();
    Demand { rule: demanded.rule.clone(), teams, users, count }
}

fn standing(conclusion: Conclusion) -> Standing {
    match conclusion {
        Conclusion::Success => Standing::Passed,
        Conclusion::Neutral => Standing::Advice,
        Conclusion::ActionRequired => Standing::OverrideNeeded,
        Conclusion::Failure => Standing::Blocked,
    }
}

pub(super) fn finding(finding: &Finding) -> JudgedFinding {
    JudgedFinding {
        rule: finding.rule.clone(),
        standing: standing_of(finding.enforcement),
        address: finding.address.clone(),
        message: finding.message.clone(),
        hint: finding.hint.clone(),
        path: finding.location.as_ref().map(|location| location.path.clone()),
        line: finding.location.as_ref().map(|location| location.line),
    }
}

fn standing_of(enforcement: Enforcement) -> Standing {
    standing(Conclusion::of(enforcement))
}
