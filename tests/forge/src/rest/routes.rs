//! Owns: the table of contents of the API: every endpoint, what it needs and who answers it. Paths are written as in
//! GitHub's OpenAPI description, so that both can be compared; `{*name}` takes the rest of the path.

use crate::rest::auth::Needs;
use crate::state::World;
use crate::state::app::Access::{Read, Write};

use super::{
    Call, Done, actions, app, checks, comments, commits, contents, gitdata, graphql, issues, labels, people,
    pulls, reactions, refs, repos, reviews,
};

/// One endpoint.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(&mut World, &Call) -> Done,
}

const ISSUES: &[&str] = &["issues", "pull_requests"];
const ISSUE: &[&str] = &["issues"];
const PULLS: &[&str] = &["pull_requests"];
const CODE: &[&str] = &["contents"];
const CHECKS: &[&str] = &["checks"];
const META: &[&str] = &["metadata"];
const ACTIONS: &[&str] = &["actions"];

const fn route(
    method: &'static str,
    path: &'static str,
    needs: Needs,
    run: fn(&mut World, &Call) -> Done,
) -> Route {
    Route { method, path, needs, run }
}

/// Every endpoint.
#[rustfmt::skip]
pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/app", Needs::App, app::get),
    route("GET", "/app/installations", Needs::App, app::installations),
    route("GET", "/app/installations/{installation_id}", Needs::App, app::installation),
    route("POST", "/app/installations/{installation_id}/access_tokens", Needs::App, app::access_token),
    route("GET", "/app/hook/config", Needs::App, app::hook_config),
    route("GET", "/app/hook/deliveries", Needs::App, app::deliveries),
    route("GET", "/app/hook/deliveries/{delivery_id}", Needs::App, app::delivery),
    route("POST", "/app/hook/deliveries/{delivery_id}/attempts", Needs::App, app::redeliver),
    route("GET", "/orgs/{org}/installation", Needs::App, app::org_installation),
    route("GET", "/repos/{owner}/{repo}/installation", Needs::App, app::repo_installation),
    route("GET", "/installation/repositories", Needs::Nothing, app::repositories),
    route("GET", "/rate_limit", Needs::Nothing, people::rate_limit),
    route("GET", "/meta", Needs::Nothing, people::meta),
    route("GET", "/user", Needs::Nothing, people::me),
    route("GET", "/user/{account_id}", Needs::Nothing, people::by_id),
    route("GET", "/users/{username}", Needs::Nothing, people::by_login),
    route("GET", "/orgs/{org}/teams", Needs::Org("members", Read), people::teams),
    route("GET", "/orgs/{org}/teams/{team_slug}", Needs::Org("members", Read), people::team),
    route("GET", "/orgs/{org}/teams/{team_slug}/members", Needs::Org("members", Read), people::team_members),
    route("GET", "/orgs/{org}/teams/{team_slug}/memberships/{username}", Needs::Org("members", Read), people::membership),
    route("GET", "/orgs/{org}/members/{username}", Needs::Org("members", Read), people::is_member),
    route("POST", "/graphql", Needs::Nothing, graphql::run),
    route("GET", "/repositories/{repository_id}", Needs::Repo(META, Read), repos::get),
    route("GET", "/repos/{owner}/{repo}", Needs::Repo(META, Read), repos::get),
    route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", Needs::Repo(META, Read), repos::permission),
    route("GET", "/repos/{owner}/{repo}/rules/branches/{*branch}", Needs::Repo(META, Read), repos::rules),
    route("GET", "/repos/{owner}/{repo}/branches", Needs::Repo(CODE, Read), repos::branches),
    route("GET", "/repos/{owner}/{repo}/branches/{*branch}", Needs::Repo(CODE, Read), repos::branch),
    route("GET", "/repos/{owner}/{repo}/contents", Needs::Repo(CODE, Read), contents::get),
    route("GET", "/repos/{owner}/{repo}/contents/{*path}", Needs::Repo(CODE, Read), contents::get),
    route("PUT", "/repos/{owner}/{repo}/contents/{*path}", Needs::Repo(CODE, Write), contents::put),
    route("GET", "/repos/{owner}/{repo}/compare/{*basehead}", Needs::Repo(CODE, Read), commits::compare),
    route("GET", "/repos/{owner}/{repo}/commits", Needs::Repo(CODE, Read), commits::list),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", Needs::Repo(CHECKS, Read), checks::of_ref),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites", Needs::Repo(CHECKS, Read), checks::suites_of_ref),
    route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", Needs::Repo(PULLS, Read), commits::pulls),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", Needs::Repo(&["statuses", "metadata"], Read), commits::status),
    route("GET", "/repos/{owner}/{repo}/commits/{*ref}", Needs::Repo(CODE, Read), commits::get),
    route("GET", "/repos/{owner}/{repo}/git/ref/{*ref}", Needs::Repo(CODE, Read), refs::get_ref),
    route("GET", "/repos/{owner}/{repo}/git/matching-refs/{*ref}", Needs::Repo(CODE, Read), refs::matching_refs),
    route("POST", "/repos/{owner}/{repo}/git/refs", Needs::Repo(CODE, Write), refs::create_ref),
    route("PATCH", "/repos/{owner}/{repo}/git/refs/{*ref}", Needs::Repo(CODE, Write), refs::update_ref),
    route("DELETE", "/repos/{owner}/{repo}/git/refs/{*ref}", Needs::Repo(CODE, Write), refs::delete_ref),
    route("GET", "/repos/{owner}/{repo}/git/commits/{commit_sha}", Needs::Repo(CODE, Read), gitdata::get_commit),
    route("POST", "/repos/{owner}/{repo}/git/commits", Needs::Repo(CODE, Write), gitdata::create_commit),
    route("GET", "/repos/{owner}/{repo}/git/trees/{*tree_sha}", Needs::Repo(CODE, Read), gitdata::get_tree),
    route("POST", "/repos/{owner}/{repo}/git/trees", Needs::Repo(CODE, Write), gitdata::create_tree),
    route("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", Needs::Repo(CODE, Read), gitdata::get_blob),
    route("POST", "/repos/{owner}/{repo}/git/blobs", Needs::Repo(CODE, Write), gitdata::create_blob),
    route("GET", "/repos/{owner}/{repo}/pulls", Needs::Repo(PULLS, Read), pulls::list),
    route("POST", "/repos/{owner}/{repo}/pulls", Needs::Repo(PULLS, Write), pulls::create),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", Needs::Repo(PULLS, Read), pulls::get),
    route("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}", Needs::Repo(PULLS, Write), pulls::update),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", Needs::Repo(PULLS, Read), pulls::files),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", Needs::Repo(PULLS, Read), pulls::commits),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", Needs::Repo(PULLS, Read), pulls::is_merged),
    route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", Needs::Repo(CODE, Write), pulls::merge),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", Needs::Repo(PULLS, Read), reviews::list),
    route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", Needs::Repo(PULLS, Write), reviews::create),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}", Needs::Repo(PULLS, Read), reviews::get),
    route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals", Needs::Repo(PULLS, Write), reviews::dismiss),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", Needs::Repo(PULLS, Read), reviews::requested),
    route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", Needs::Repo(PULLS, Write), reviews::request),
    route("DELETE", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", Needs::Repo(PULLS, Write), reviews::unrequest),
    route("GET", "/repos/{owner}/{repo}/issues", Needs::Repo(ISSUE, Read), issues::list),
    route("POST", "/repos/{owner}/{repo}/issues", Needs::Repo(ISSUE, Write), issues::create),
    route("GET", "/repos/{owner}/{repo}/issues/comments", Needs::Repo(ISSUES, Read), comments::of_repo),
    route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}", Needs::Repo(ISSUES, Read), comments::get),
    route("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}", Needs::Repo(ISSUES, Write), comments::update),
    route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}", Needs::Repo(ISSUES, Write), comments::delete),
    route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", Needs::Repo(ISSUES, Read), reactions::of_comment),
    route("POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", Needs::Repo(ISSUES, Write), reactions::add_to_comment),
    route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}", Needs::Repo(ISSUES, Write), reactions::remove_from_comment),
    route("GET", "/repos/{owner}/{repo}/issues/{issue_number}", Needs::Repo(ISSUES, Read), issues::get),
    route("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}", Needs::Repo(ISSUES, Write), issues::update),
    route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", Needs::Repo(ISSUES, Read), comments::list),
    route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", Needs::Repo(ISSUES, Write), comments::create),
    route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/reactions", Needs::Repo(ISSUES, Read), reactions::of_issue),
    route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/reactions", Needs::Repo(ISSUES, Write), reactions::add_to_issue),
    route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}", Needs::Repo(ISSUES, Write), reactions::remove_from_issue),
    route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/labels", Needs::Repo(ISSUES, Read), labels::of_issue),
    route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/labels", Needs::Repo(ISSUES, Write), labels::add),
    route("PUT", "/repos/{owner}/{repo}/issues/{issue_number}/labels", Needs::Repo(ISSUES, Write), labels::replace),
    route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels", Needs::Repo(ISSUES, Write), labels::clear),
    route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", Needs::Repo(ISSUES, Write), labels::remove),
    route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/assignees", Needs::Repo(ISSUES, Write), issues::assign),
    route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/assignees", Needs::Repo(ISSUES, Write), issues::unassign),
    route("GET", "/repos/{owner}/{repo}/labels", Needs::Repo(ISSUES, Read), labels::list),
    route("POST", "/repos/{owner}/{repo}/labels", Needs::Repo(ISSUES, Write), labels::create),
    route("GET", "/repos/{owner}/{repo}/labels/{name}", Needs::Repo(ISSUES, Read), labels::get),
    route("PATCH", "/repos/{owner}/{repo}/labels/{name}", Needs::Repo(ISSUES, Write), labels::update),
    route("POST", "/repos/{owner}/{repo}/check-runs", Needs::Repo(CHECKS, Write), checks::create),
    route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}", Needs::Repo(CHECKS, Read), checks::get),
    route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", Needs::Repo(CHECKS, Write), checks::update),
    route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", Needs::Repo(CHECKS, Read), checks::annotations),
    route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}", Needs::Repo(CHECKS, Read), checks::suite),
    route("GET", "/repos/{owner}/{repo}/actions/workflows", Needs::Repo(ACTIONS, Read), actions::workflows),
    route("GET", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}", Needs::Repo(ACTIONS, Read), actions::workflow),
    route("GET", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", Needs::Repo(ACTIONS, Read), actions::runs_of),
    route("POST", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", Needs::Repo(ACTIONS, Write), actions::dispatch),
    route("GET", "/repos/{owner}/{repo}/actions/runs", Needs::Repo(ACTIONS, Read), actions::runs),
    route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}", Needs::Repo(ACTIONS, Read), actions::run),
    route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs", Needs::Repo(ACTIONS, Read), actions::jobs),
    route("POST", "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel", Needs::Repo(ACTIONS, Write), actions::cancel),
    route("POST", "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun", Needs::Repo(ACTIONS, Write), actions::rerun),
    route("GET", "/repos/{owner}/{repo}/actions/jobs/{job_id}", Needs::Repo(ACTIONS, Read), actions::job),
    route("GET", "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs", Needs::Repo(ACTIONS, Read), actions::logs),
    route("GET", "/repos/{owner}/{repo}/environments", Needs::Repo(ACTIONS, Read), actions::environments),
    route("GET", "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", Needs::Repo(ACTIONS, Read), actions::branch_policies),
    route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs", Needs::Repo(CHECKS, Read), checks::of_suite),
];

/// The endpoint for a path, with its parameters; the first in the table that fits.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<(String, String)>)> {
    ROUTES
        .iter()
        .filter(|route| route.method == method)
        .find_map(|route| Some((route, fit(route.path, path)?)))
}

/// The parameters of a path that fits a pattern.
fn fit(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut parts = path.trim_matches('/').split('/');
    let mut params = Vec::new();
    for wanted in pattern.trim_matches('/').split('/') {
        let name = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        if let Some(rest) = name.and_then(|name| name.strip_prefix('*')) {
            let tail: Vec<&str> = parts.collect();
            let joined = super::unquoted(&tail.join("/"), false);
            return (!joined.is_empty()).then(|| {
                params.push((rest.to_owned(), joined));
                params
            });
        }
        let part = parts.next()?;
        match name {
            Some(name) => params.push((name.to_owned(), super::unquoted(part, false))),
            None if wanted == part => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, path: &str, expect: Option<(&str, &[(&str, &str)])>) {
        let found = find(method, path).map(|(route, params)| (route.path, params));
        let expect = expect.map(|(path, params)| {
            (path, params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>())
        });
        assert_eq!(found, expect);
    }

    #[test]
    fn paths_find_their_endpoint() {
        check("GET", "/app", Some(("/app", &[])));
        check("GET", "/nothing", None);
        check("DELETE", "/app", None);
        let infra = [("owner", "acme"), ("repo", "infra")];
        let contents = [infra[0], infra[1], ("path", "live/dev/main.tf")];
        check(
            "GET",
            "/repos/acme/infra/contents/live/dev/main.tf",
            Some(("/repos/{owner}/{repo}/contents/{*path}", &contents)),
        );
        check("GET", "/repos/acme/infra/contents/", Some(("/repos/{owner}/{repo}/contents", &infra)));
        let branch = [infra[0], infra[1], ("ref", "a/b")];
        check(
            "GET",
            "/repos/acme/infra/commits/a%2Fb/check-runs",
            Some(("/repos/{owner}/{repo}/commits/{ref}/check-runs", &branch)),
        );
    }
}
