//! The rules, one file each. Every rule looks at the whole subject and adds what it does not admit.

mod arguments;
pub mod backend;
pub mod blocks;
pub mod clocks;
pub mod committed;
pub mod data_sources;
pub mod ephemeral;
pub mod file_paths;
pub mod functions;
pub mod links;
pub mod modules;
pub mod provider_arguments;
pub mod providers;
pub mod provisioners;
pub mod remote_state;
pub mod unreadable;
pub mod write_only;

use crate::finding::Findings;
use crate::subject::Subject;

/// A rule.
pub(crate) type Rule = fn(&Subject<'_>, &mut Findings);

/// All rules. Their order does not matter: findings are sorted by place.
pub(crate) const ALL: [Rule; 16] = [
    backend::judge,
    blocks::judge,
    clocks::judge,
    committed::judge,
    data_sources::judge,
    ephemeral::judge,
    file_paths::judge,
    functions::judge,
    links::judge,
    modules::judge,
    provider_arguments::judge,
    providers::judge,
    provisioners::judge,
    remote_state::judge,
    unreadable::judge,
    write_only::judge,
];
