//! The client against saved answers, with every request counted.

mod checks;
mod client;
mod commit;
mod content;
mod others;
mod pulls;
mod server;

use std::collections::BTreeMap;

use super::commit::CommitContent;
use super::issues::MinimizeReason;
use super::pulls::{MergeMethod, NewPull};
use super::{
    Account, AccountKind, CommentId, CommitSha, GitHub, InstallationId, RepoClient, RepoId, RepoName,
    Settings, UserId, WorkflowRunId,
};
pub(crate) use server::{Server, pem_key};

/// The commit of this digit, forty times.
fn commit(digit: char) -> CommitSha {
    CommitSha::parse(&digit.to_string().repeat(40)).expect("a commit id")
}

fn github(server: &Server) -> GitHub {
    GitHub::new(Settings::new(server.url(), 7, pem_key(0).into())).expect("usable settings")
}

/// `acme/infra` through installation 1.
fn infra(server: &Server) -> RepoClient {
    github(server).repository(InstallationId(1), RepoName::parse("acme/infra").expect("a name"))
}

/// Workers run calls as tasks of their own: what stops one from being sent between threads is found here.
#[tokio::test]
async fn calls_can_be_tasks() {
    fn task<T: Send>(call: impl Future<Output = T> + Send) {
        drop(call);
    }
    let server = Server::start().await;
    let repository = infra(&server);
    let account = Account { id: UserId(1), login: "a".into(), kind: AccountKind::User };
    task(repository.permission(&account));
    task(repository.dispatch("w", "b", &BTreeMap::new()));
    task(repository.cancel_run(WorkflowRunId(1)));
    task(repository.pull_commits(1));
    task(repository.compare(&commit('a'), &commit('b')));
    task(repository.create_comment(1, "b"));
    task(repository.delete_comment(CommentId(1)));
    task(repository.statuses(&commit('a')));
    task(repository.github().installation_for(repository.name()));
    task(repository.github().user(InstallationId(1), UserId(1)));
    task(repository.github().redeliver(1));
    task(repository.issue(1));
    task(repository.comments(1));
    task(repository.ensure_pull(&NewPull {
        title: String::new(),
        body: String::new(),
        head: String::new(),
        base: String::new(),
        draft: true,
    }));
    task(repository.branch_rules("main"));
    task(repository.file("a", "main"));
    task(repository.tree(&commit('a')));
    task(repository.blobs(&[]));
    task(repository.checks(&commit('a')));
    task(repository.delete_branch("a", &commit('a')));
    let content = CommitContent { files: Vec::new(), deletions: Vec::new(), message: String::new() };
    task(repository.commit_branch(&commit('a'), "a", &content));
    task(repository.update_branch("a", &commit('a'), &content));
    task(repository.merge(1, &commit('a'), MergeMethod::Merge, None));
    task(repository.workflow_run(WorkflowRunId(1)));
    task(repository.minimize_comment("c", MinimizeReason::Resolved));
    task(repository.github().git_read_token(InstallationId(1), RepoId(1), repository.name()));
    task(repository.github().is_team_member(InstallationId(1), "o", "t", "l"));
    task(repository.github().deliveries(None));
    task(repository.github().hook_config());
    task(repository.environments());
    task(repository.environment_refs("prod"));
}
