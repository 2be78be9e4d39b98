//! Owns: everything the forge knows, and the lookups all parts share. HTTP answers, pages and webhooks are drawn from
//! here and nowhere else. Each kind of thing is a file of its own; changes are made through their methods, which
//! also send the webhooks, so that an API call, a page and a person's verb cannot differ.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::contract::Contract;
use crate::faults::Faults;
use crate::hooks::Hooks;
use crate::log::Seen;
use crate::oidc::Oidc;
use crate::rest::Reject;

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod check;
pub(crate) mod check_input;
pub(crate) mod closing;
pub(crate) mod commit;
pub(crate) mod installation;
pub(crate) mod issue;
pub(crate) mod merge;
pub(crate) mod moving;
pub(crate) mod pull;
pub(crate) mod queue;
pub(crate) mod refs;
pub(crate) mod repo;
pub(crate) mod run;
pub(crate) mod seed;

pub use account::Permission;
pub(crate) use account::{Account, AccountKind, Team};
pub(crate) use app::{App, Token};
pub(crate) use check::{CheckRun, CheckSuite};
pub(crate) use installation::Installation;
pub(crate) use issue::{Comment, Issue, Label, Reaction};
pub(crate) use pull::{Pull, Review};
pub use repo::BranchRules;
pub(crate) use repo::Repo;

/// Where runs to be played are announced.
pub(crate) type Starts = mpsc::UnboundedSender<(u64, u64)>;

/// Everything there is.
pub(crate) struct World {
    pub(crate) clock: Clock,
    /// `http://127.0.0.1:7800`, no slash at the end.
    pub(crate) base: String,
    /// Where repositories lie.
    pub(crate) root: PathBuf,
    pub(crate) accounts: BTreeMap<u64, Account>,
    pub(crate) teams: Vec<Team>,
    pub(crate) repos: BTreeMap<u64, Repo>,
    /// Names that were left, in lower case, and the repositories they lead to.
    pub(crate) moved: HashMap<String, u64>,
    pub(crate) app: App,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) hooks: Hooks,
    /// The API calls so far.
    pub(crate) log: Vec<Seen>,
    /// How many entries a tree answers with before it says `truncated`; tests lower it.
    pub(crate) tree_limit: usize,
    pub(crate) oidc: Oidc,
    pub(crate) faults: Faults,
    pub(crate) contract: Contract,
    /// What runs on every job's machine: variables its image sets.
    pub(crate) runner_env: BTreeMap<String, String>,
    /// Actions by name (`owner/repo` or `owner/repo/path`): the directory that holds them.
    pub(crate) actions: BTreeMap<String, PathBuf>,
    /// What visitors can have tried.
    pub(crate) attempts: Attempts,
    /// Runs to be played: repository and run.
    pub(crate) starts: Starts,
    /// How many runs are being played.
    pub(crate) playing: watch::Sender<usize>,
    next_id: u64,
}

impl World {
    /// A world with nobody in it but the app.
    pub(crate) fn new(
        clock: Clock,
        base: String,
        root: PathBuf,
        app: App,
        hooks: Hooks,
        starts: Starts,
    ) -> World {
        let (accounts, teams, repos) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        // Above the ids that are fixed (people, organisations, the app), so that snapshots of those stay put.
        World {
            clock,
            base,
            root,
            accounts,
            teams,
            repos,
            moved: HashMap::new(),
            app,
            tokens: HashMap::new(),
            hooks,
            log: Vec::new(),
            tree_limit: usize::MAX,
            oidc: Oidc::default(),
            faults: Faults::default(),
            contract: Contract::default(),
            runner_env: BTreeMap::new(),
            actions: BTreeMap::new(),
            attempts: Attempts::default(),
            starts,
            playing: watch::channel(0).0,
            next_id: 100_000,
        }
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An id nothing else has; GitHub's, too, never tell what they number.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// An account by id.
    pub(crate) fn account(&self, id: u64) -> Result<&Account, Reject> {
        self.accounts.get(&id).ok_or_else(Reject::not_found)
    }

    /// An account by login, case ignored as GitHub does.
    pub(crate) fn login(&self, login: &str) -> Result<&Account, Reject> {
        self.accounts
            .values()
            .find(|account| account.login.eq_ignore_ascii_case(login))
            .ok_or_else(Reject::not_found)
    }

    /// The login of an account, `ghost` when it is gone.
    pub(crate) fn login_of(&self, id: u64) -> String {
        self.accounts.get(&id).map_or_else(|| "ghost".to_owned(), |account| account.login.clone())
    }

    /// A repository by `owner/name`, case ignored.
    pub(crate) fn named(&self, full_name: &str) -> Result<&Repo, Reject> {
        let found = self.repos.values().find(|repo| self.full_name(repo).eq_ignore_ascii_case(full_name));
        found.ok_or_else(Reject::not_found)
    }

    /// A repository by id.
    pub(crate) fn repo(&self, id: u64) -> Result<&Repo, Reject> {
        self.repos.get(&id).ok_or_else(Reject::not_found)
    }

    /// A repository by id, to change it.
    pub(crate) fn repo_mut(&mut self, id: u64) -> Result<&mut Repo, Reject> {
        self.repos.get_mut(&id).ok_or_else(Reject::not_found)
    }

    /// `owner/name`.
    pub(crate) fn full_name(&self, repo: &Repo) -> String {
        format!("{}/{}", self.login_of(repo.owner), repo.name)
    }

    /// An issue or pull request by number.
    pub(crate) fn issue(&self, repo: u64, number: u64) -> Result<&Issue, Reject> {
        self.repo(repo)?.issues.get(&number).ok_or_else(Reject::not_found)
    }

    /// An issue or pull request by number, to change it.
    pub(crate) fn issue_mut(&mut self, repo: u64, number: u64) -> Result<&mut Issue, Reject> {
        self.repo_mut(repo)?.issues.get_mut(&number).ok_or_else(Reject::not_found)
    }

    /// A pull request by number.
    pub(crate) fn pull(&self, repo: u64, number: u64) -> Result<&Pull, Reject> {
        self.issue(repo, number)?.pull.as_ref().ok_or_else(Reject::not_found)
    }

    /// A pull request by number, to change it.
    pub(crate) fn pull_mut(&mut self, repo: u64, number: u64) -> Result<&mut Pull, Reject> {
        self.issue_mut(repo, number)?.pull.as_mut().ok_or_else(Reject::not_found)
    }
}
