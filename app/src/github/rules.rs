//! What a branch demands of whoever wants to merge into it: rulesets and classic protection, put together.
//!
//! Whether a pull request fulfils them is the gate's; `mergeable_state` is never read, as our own pending check
//! blocks it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::CommitSha;
use super::client::{RepoClient, Result};
use super::pulls::{MergeMethod, PullRequest};

/// A check or status that must succeed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequiredCheck {
    /// Its name.
    pub context: String,
    /// The app it must come from; none means anybody.
    pub app_id: Option<u64>,
}

/// What a branch demands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchRules {
    /// The commit at its tip.
    pub tip: Option<CommitSha>,
    /// Checks that must succeed.
    pub required_checks: BTreeSet<RequiredCheck>,
    /// The head must contain the base's tip.
    pub up_to_date: bool,
    /// Changes come by pull request.
    pub pull_request: bool,
    /// Approving reviews.
    pub approvals: u64,
    /// One of them by a code owner.
    pub code_owners: bool,
    /// One of them by somebody else than who pushed last.
    pub last_push_approval: bool,
    /// Discussions are resolved.
    pub threads_resolved: bool,
    /// Merges go through a queue.
    pub merge_queue: bool,
    /// Ways to merge; none means all that the repository allows.
    pub merge_methods: Option<Vec<MergeMethod>>,
    /// Classic protection is on: its reviews cannot be read, see [`RepoClient::review_decision`].
    pub classic: bool,
    /// Other rules by their names.
    pub others: BTreeSet<String>,
}

/// What GitHub makes of a pull request's reviews, under rules we can and cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewDecision {
    /// Enough approvals.
    Approved,
    /// Somebody wants changes.
    ChangesRequested,
    /// Not enough approvals, or a word this version does not know.
    #[serde(other)]
    ReviewRequired,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    parameters: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Checks {
    required_status_checks: Vec<RulesetCheck>,
    strict_required_status_checks_policy: bool,
}

#[derive(Deserialize)]
struct RulesetCheck {
    context: String,
    integration_id: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reviews {
    required_approving_review_count: u64,
    require_code_owner_review: bool,
    require_last_push_approval: bool,
    required_review_thread_resolution: bool,
    allowed_merge_methods: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct ClassicBranch {
    commit: Option<Tip>,
    protection: Option<Classic>,
}

#[derive(Deserialize)]
struct Tip {
    sha: CommitSha,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Classic {
    enabled: bool,
    required_status_checks: Option<ClassicChecks>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ClassicChecks {
    contexts: Vec<String>,
    checks: Vec<ClassicCheck>,
}

#[derive(Deserialize)]
struct ClassicCheck {
    context: String,
    app_id: Option<i64>,
}

impl RepoClient {
    /// What the branch demands, now.
    pub async fn branch_rules(&self, branch: &str) -> Result<BranchRules> {
        let doing = format!("reading the rules of branch {branch} of {}", self.name());
        let route = self.route("/repos/{owner}/{repo}/rules/branches/{branch*}", &[&branch])?;
        let rulesets = self.list::<Rule>(route, doing.clone());
        let route = self.route("/repos/{owner}/{repo}/branches/{branch*}", &[&branch])?;
        let classic = self.get::<ClassicBranch>(route, doing);
        let (rulesets, classic) = tokio::try_join!(rulesets, classic)?;
        let tip = classic.commit.map(|commit| commit.sha);
        Ok(BranchRules { tip, ..together(rulesets, classic.protection.unwrap_or_default()) })
    }

    /// What GitHub makes of the reviews; none when no rule asks for any.
    pub async fn review_decision(&self, pull: &PullRequest) -> Result<Option<ReviewDecision>> {
        #[derive(Deserialize)]
        struct Found {
            node: Option<Node>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Node {
            review_decision: Option<ReviewDecision>,
        }
        const QUERY: &str = "query($pull: ID!) { node(id: $pull) { ... on PullRequest { reviewDecision } } }";
        let doing = format!("reading the review decision of {}#{}", self.name(), pull.number);
        let found: Found = self.graphql(QUERY, json!({ "pull": pull.node_id }), doing).await?;
        // A pull request that cannot be seen is not one without rules.
        Ok(found.node.map_or(Some(ReviewDecision::ReviewRequired), |node| node.review_decision))
    }
}

fn together(rulesets: Vec<Rule>, classic: Classic) -> BranchRules {
    let mut rules = BranchRules { classic: classic.enabled, ..BranchRules::default() };
    for rule in rulesets {
        match rule.kind.as_str() {
            "required_status_checks" => add_checks(&mut rules, read(rule)),
            "pull_request" => add_reviews(&mut rules, read(rule)),
            "merge_queue" => rules.merge_queue = true,
            _ => rules.others.extend([rule.kind]),
        }
    }
    let ClassicChecks { contexts, checks } =
        classic.required_status_checks.filter(|_| classic.enabled).unwrap_or_default();
    let named: BTreeSet<String> = checks.iter().map(|check| check.context.clone()).collect();
    let with_app = checks.into_iter().map(|check| (check.context, check.app_id));
    let without =
        contexts.into_iter().filter(|context| !named.contains(context)).map(|context| (context, None));
    rules.required_checks.extend(with_app.chain(without).map(required));
    rules
}

/// A rule whose parameters cannot be read is kept by its name among the others, so that it is not taken for none.
fn read<T: for<'de> Deserialize<'de>>(rule: Rule) -> std::result::Result<T, String> {
    serde_json::from_value(rule.parameters.unwrap_or(json!({}))).map_err(|_| rule.kind)
}

fn add_checks(rules: &mut BranchRules, read: std::result::Result<Checks, String>) {
    match read {
        Ok(checks) => {
            rules.up_to_date |= checks.strict_required_status_checks_policy;
            let all =
                checks.required_status_checks.into_iter().map(|check| (check.context, check.integration_id));
            rules.required_checks.extend(all.map(required));
        }
        Err(kind) => rules.others.extend([kind]),
    }
}

/// Several rules hold together, so each demand is the strictest of them.
fn add_reviews(rules: &mut BranchRules, read: std::result::Result<Reviews, String>) {
    rules.pull_request = true;
    let reviews: Reviews = match read {
        Ok(reviews) => reviews,
        Err(kind) => {
            rules.others.insert(kind);
            return;
        }
    };
    rules.approvals = rules.approvals.max(reviews.required_approving_review_count);
    rules.code_owners |= reviews.require_code_owner_review;
    rules.last_push_approval |= reviews.require_last_push_approval;
    rules.threads_resolved |= reviews.required_review_thread_resolution;
    if let Some(words) = reviews.allowed_merge_methods {
        let allowed: Vec<MergeMethod> =
            words.into_iter().filter_map(|word| serde_json::from_value(Value::from(word)).ok()).collect();
        let both =
            |before: Vec<MergeMethod>| before.into_iter().filter(|method| allowed.contains(method)).collect();
        rules.merge_methods = Some(rules.merge_methods.take().map_or(allowed.clone(), both));
    }
}

/// GitHub writes -1 or nothing for "any app".
fn required((context, app): (String, Option<i64>)) -> RequiredCheck {
    RequiredCheck { context, app_id: app.and_then(|id| u64::try_from(id).ok()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulesets_and_classic_protection_hold_together() {
        let rulesets: Vec<Rule> = serde_json::from_value(json!([
            { "type": "required_status_checks", "parameters": {
                "strict_required_status_checks_policy": true,
                "required_status_checks": [{ "context": "tfpilot/apply", "integration_id": 7 }, { "context": "ci" }] } },
            { "type": "pull_request", "parameters": {
                "required_approving_review_count": 1, "allowed_merge_methods": ["squash", "rebase", "octopus"] } },
            { "type": "pull_request", "parameters": {
                "required_approving_review_count": 2, "require_code_owner_review": true, "allowed_merge_methods": ["squash"] } },
            { "type": "merge_queue", "parameters": {} },
            { "type": "required_signatures" },
            { "type": "pull_request", "parameters": { "required_approving_review_count": "many" } },
        ]))
        .expect("rules");
        let classic = serde_json::from_value(json!({ "enabled": true, "required_status_checks": {
            "contexts": ["ci", "lint"], "checks": [{ "context": "ci", "app_id": -1 }, { "context": "lint", "app_id": 5 }] } }))
        .expect("protection");
        insta::assert_json_snapshot!(together(rulesets, classic));
    }

    #[test]
    fn protection_that_is_off_demands_nothing() {
        let off = serde_json::from_value(
            json!({ "enabled": false, "required_status_checks": { "contexts": ["ci"] } }),
        )
        .expect("protection");
        assert_eq!(together(Vec::new(), off), BranchRules::default());
    }
}
