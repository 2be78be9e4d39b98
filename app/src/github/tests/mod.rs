//! The client against saved answers, with every request counted.

mod checks;
mod client;
mod commit;
mod content;
mod others;
mod pulls;
mod server;

use super::{CommitSha, GitHub, InstallationId, RepoClient, RepoName, Settings};
pub(super) use server::{Server, pem_key};

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
