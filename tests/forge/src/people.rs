//! Owns: what people do, in the words of the tests: `forge.alice().comments(repo, 1, "/tfpilot apply")`. Each verb does
//! what a click or a push would, with that person's permissions.

use crate::git::Ident;
use crate::rest::Reject;
use crate::state::issue::IssueEdit;
use crate::state::merge::Merge;
use crate::state::pull::NewPull;
use crate::state::{Permission, World};
use crate::{Forge, ForgeError};

/// Somebody at the forge.
#[derive(Clone)]
pub struct Person {
    forge: Forge,
    login: String,
}

impl Forge {
    /// May write to repositories of organisations.
    pub fn alice(&self) -> Person {
        self.person("alice")
    }

    /// Maintains them, as a member of `platform`.
    pub fn bob(&self) -> Person {
        self.person("bob")
    }

    /// Administrates them, and owns the organisations.
    pub fn carol(&self) -> Person {
        self.person("carol")
    }

    /// May read them.
    pub fn victor(&self) -> Person {
        self.person("victor")
    }

    /// A stranger: sees public repositories only.
    pub fn mallory(&self) -> Person {
        self.person("mallory")
    }

    /// Somebody by login.
    pub fn person(&self, login: &str) -> Person {
        Person { forge: self.clone(), login: login.to_owned() }
    }
}

impl Person {
    /// The login.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// The id.
    pub fn id(&self) -> Result<u64, ForgeError> {
        self.forge.world("looking somebody up", |world| world.login(&self.login).map(|account| account.id))
    }

    /// A token with which this person speaks to the API and to git.
    pub fn token(&self) -> Result<String, ForgeError> {
        self.forge.world("making a token", |world| {
            let id = world.login(&self.login)?.id;
            Ok(world.issue_user_token(id))
        })
    }

    /// Does something in this person's name that is no matter of one repository.
    pub(crate) fn world<T>(
        &self,
        what: &str,
        act: impl FnOnce(&mut World, u64) -> Result<T, Reject>,
    ) -> Result<T, ForgeError> {
        self.forge.world(what, |world| {
            let who = world.login(&self.login)?.id;
            act(world, who)
        })
    }

    /// Does something in a repository in this person's name, who needs the permission.
    pub(crate) fn act<T>(
        &self,
        what: &str,
        repo: &str,
        least: Permission,
        act: impl FnOnce(&mut World, u64, u64) -> Result<T, Reject>,
    ) -> Result<T, ForgeError> {
        self.forge.world(&format!("{} {what} in {repo}", self.login), |world| {
            let (home, who) = (world.named(repo)?, world.login(&self.login)?.id);
            let may = world.permission(home, who);
            if may < Permission::Read {
                return Err(Reject::not_found());
            }
            if may < least {
                return Err(Reject::new(403, &format!("Must have {} access to Repository.", least.role())));
            }
            let home = home.id;
            act(world, home, who)
        })
    }

    /// Opens an issue; answers its number.
    pub async fn opens_issue(&self, repo: &str, title: &str, body: &str) -> Result<u64, ForgeError> {
        self.act("opens an issue", repo, Permission::Read, |world, repo, who| {
            world.open_issue(repo, who, title, Some(body))
        })
    }

    /// Comments on an issue or pull request; answers the comment's id.
    pub async fn comments(&self, repo: &str, number: u64, text: &str) -> Result<u64, ForgeError> {
        self.act("comments", repo, Permission::Read, |world, repo, who| {
            world.comment(repo, number, who, text)
        })
    }

    /// Changes a comment: one's own, or with write access.
    pub async fn edits_comment(&self, repo: &str, comment: u64, text: &str) -> Result<(), ForgeError> {
        self.act("edits a comment", repo, Permission::Read, |world, repo, who| {
            own(world, repo, who, world.comment_by_id(repo, comment)?.1.author, Permission::Write)?;
            world.edit_comment(repo, comment, who, text)
        })
    }

    /// Removes a comment: one's own, or with write access.
    pub async fn deletes_comment(&self, repo: &str, comment: u64) -> Result<(), ForgeError> {
        self.act("deletes a comment", repo, Permission::Read, |world, repo, who| {
            own(world, repo, who, world.comment_by_id(repo, comment)?.1.author, Permission::Write)?;
            world.delete_comment(repo, comment, who)
        })
    }

    /// Changes the text of an issue or pull request.
    pub async fn edits_issue(&self, repo: &str, number: u64, body: &str) -> Result<(), ForgeError> {
        self.edits(repo, number, IssueEdit { body: Some(Some(body.to_owned())), ..IssueEdit::default() })
    }

    /// Changes the title of an issue or pull request.
    pub async fn renames(&self, repo: &str, number: u64, title: &str) -> Result<(), ForgeError> {
        self.edits(repo, number, IssueEdit { title: Some(title.to_owned()), ..IssueEdit::default() })
    }

    /// Closes an issue or pull request.
    pub async fn closes(&self, repo: &str, number: u64) -> Result<(), ForgeError> {
        self.edits(repo, number, IssueEdit { open: Some(false), ..IssueEdit::default() })
    }

    /// Opens it again.
    pub async fn reopens(&self, repo: &str, number: u64) -> Result<(), ForgeError> {
        self.edits(repo, number, IssueEdit { open: Some(true), ..IssueEdit::default() })
    }

    fn edits(&self, repo: &str, number: u64, edit: IssueEdit) -> Result<(), ForgeError> {
        self.act("edits", repo, Permission::Read, |world, repo, who| {
            own(world, repo, who, world.issue(repo, number)?.author, Permission::Triage)?;
            world.edit_issue(repo, number, who, edit)
        })
    }

    /// Puts a label on an issue or pull request.
    pub async fn labels(&self, repo: &str, number: u64, label: &str) -> Result<(), ForgeError> {
        self.act("labels", repo, Permission::Triage, |world, repo, who| {
            let mut all = world.issue(repo, number)?.labels.clone();
            all.insert(label.to_owned());
            world.set_labels(repo, number, who, all)
        })
    }

    /// Approves a pull request at its head.
    pub async fn approves(&self, repo: &str, number: u64) -> Result<u64, ForgeError> {
        self.reviews(repo, number, "APPROVE", "")
    }

    /// Asks for changes.
    pub async fn requests_changes(&self, repo: &str, number: u64, text: &str) -> Result<u64, ForgeError> {
        self.reviews(repo, number, "REQUEST_CHANGES", text)
    }

    /// Reviews with a comment only.
    pub async fn reviews_with(&self, repo: &str, number: u64, text: &str) -> Result<u64, ForgeError> {
        self.reviews(repo, number, "COMMENT", text)
    }

    fn reviews(&self, repo: &str, number: u64, event: &str, text: &str) -> Result<u64, ForgeError> {
        self.act("reviews", repo, Permission::Read, |world, repo, who| {
            world.review(repo, number, who, event, text, None)
        })
    }

    /// Takes a review back.
    pub async fn dismisses(&self, repo: &str, number: u64, review: u64) -> Result<(), ForgeError> {
        self.act("dismisses a review", repo, Permission::Write, |world, repo, who| {
            world.dismiss(repo, number, review, who)
        })
    }

    /// Pushes a commit with these files to a branch, which starts at the default branch when it is new; answers the
    /// commit. Empty content is an empty file; see [`Person::removes`].
    pub async fn pushes<P: AsRef<str>, C: AsRef<[u8]>>(
        &self,
        repo: &str,
        branch: &str,
        files: &[(P, C)],
        message: &str,
    ) -> Result<String, ForgeError> {
        self.act("pushes", repo, Permission::Write, |world, repo, who| {
            crate::rest::refs::may_move(world, repo, &format!("refs/heads/{branch}"))?;
            let edits: Vec<_> =
                files.iter().map(|(path, bytes)| (path.as_ref(), Some(bytes.as_ref()))).collect();
            world.commit_files(repo, branch, who, message, &edits)
        })
    }

    /// Pushes a commit whose author and committer carry another address, which may be anybody's or nobody's.
    pub async fn pushes_as(
        &self,
        repo: &str,
        branch: &str,
        email: &str,
        files: &[(&str, &str)],
    ) -> Result<String, ForgeError> {
        self.act("pushes under another name", repo, Permission::Write, |world, repo, who| {
            let edits: Vec<_> = files.iter().map(|(path, text)| (*path, Some(text.as_bytes()))).collect();
            let named = Ident { name: "Somebody".into(), email: email.to_owned(), ..world.ident(who) };
            world.commit_named(repo, branch, who, &named, "more", &edits)
        })
    }

    /// Pushes a commit without these files.
    pub async fn removes(
        &self,
        repo: &str,
        branch: &str,
        paths: &[&str],
        message: &str,
    ) -> Result<String, ForgeError> {
        self.act("removes files", repo, Permission::Write, |world, repo, who| {
            crate::rest::refs::may_move(world, repo, &format!("refs/heads/{branch}"))?;
            let edits: Vec<_> = paths.iter().map(|path| (*path, None)).collect();
            world.commit_files(repo, branch, who, message, &edits)
        })
    }

    /// Pushes a branch to a commit that is there, by force where that is not ahead.
    pub async fn branches(&self, repo: &str, branch: &str, commit: &str) -> Result<(), ForgeError> {
        self.act("pushes a branch", repo, Permission::Write, |world, repo, who| {
            world.move_ref(repo, &format!("refs/heads/{branch}"), Some(commit), who)
        })
    }

    /// Deletes a branch.
    pub async fn deletes_branch(&self, repo: &str, branch: &str) -> Result<(), ForgeError> {
        self.act("deletes a branch", repo, Permission::Write, |world, repo, who| {
            world.move_ref(repo, &format!("refs/heads/{branch}"), None, who)
        })
    }

    /// Opens a pull request; `head` is a branch, or `owner:branch` of a fork. Answers its number.
    pub async fn opens_pull(
        &self,
        repo: &str,
        head: &str,
        base: &str,
        title: &str,
        body: &str,
    ) -> Result<u64, ForgeError> {
        self.opens(repo, head, base, title, body, false)
    }

    /// Opens a draft.
    pub async fn opens_draft(
        &self,
        repo: &str,
        head: &str,
        base: &str,
        title: &str,
        body: &str,
    ) -> Result<u64, ForgeError> {
        self.opens(repo, head, base, title, body, true)
    }

    fn opens(
        &self,
        name: &str,
        head: &str,
        base: &str,
        title: &str,
        body: &str,
        draft: bool,
    ) -> Result<u64, ForgeError> {
        self.act("opens a pull request", name, Permission::Read, |world, repo, who| {
            let (head_repo, head) = match head.split_once(':') {
                Some((owner, branch)) => {
                    let short = name.split_once('/').map_or(name, |(_, short)| short);
                    (world.named(&format!("{owner}/{short}"))?.id, branch)
                }
                None => (repo, head),
            };
            world.open_pull(repo, who, &NewPull { head_repo, head, base, title, body: Some(body), draft })
        })
    }

    /// Makes a draft ready for review.
    pub async fn marks_ready(&self, repo: &str, number: u64) -> Result<(), ForgeError> {
        self.act("marks ready", repo, Permission::Read, |world, repo, who| {
            world.set_draft(repo, number, who, false)
        })
    }

    /// Takes back that teams (`acme/platform`) are asked for a review.
    pub async fn asks_no_review(&self, repo: &str, number: u64, teams: &[&str]) -> Result<(), ForgeError> {
        self.act("asks for no review", repo, Permission::Write, |world, repo, who| {
            let id = |team: &&str| {
                let (org, slug) = team.split_once('/').unwrap_or_default();
                world.team(org, slug).map(|team| team.id).ok_or_else(Reject::not_found)
            };
            let teams = teams.iter().map(id).collect::<Result<Vec<u64>, Reject>>()?;
            world.unrequest_review(repo, number, who, &[], &teams)
        })
    }

    /// Changes what a pull request merges into.
    pub async fn changes_base(&self, repo: &str, number: u64, base: &str) -> Result<(), ForgeError> {
        self.act("changes the base", repo, Permission::Read, |world, repo, who| {
            world.change_base(repo, number, who, base)
        })
    }

    /// Presses "Update branch": the base is merged into the head branch.
    pub async fn updates_branch(&self, repo: &str, number: u64) -> Result<(), ForgeError> {
        self.act("updates a branch", repo, Permission::Write, |world, repo, who| {
            world.update_branch(repo, number, who)
        })
    }

    /// Merges a pull request; answers the commit.
    pub async fn merges(&self, repo: &str, number: u64) -> Result<String, ForgeError> {
        self.act("merges", repo, Permission::Write, |world, repo, who| {
            world.merge(repo, number, who, &Merge { method: "merge", sha: None, title: None, message: None })
        })
    }

    /// Presses "Merge when ready": the pull request goes into its base's merge queue.
    pub async fn queues(&self, repo: &str, number: u64) -> Result<(), ForgeError> {
        self.act("queues", repo, Permission::Write, |world, repo, who| {
            world.enqueue(repo, number, who, None).map(drop)
        })
    }

    /// Forks a repository; answers the fork's name.
    pub async fn forks(&self, repo: &str) -> Result<String, ForgeError> {
        self.act("forks", repo, Permission::Read, |world, repo, who| {
            let fork = world.fork(repo, who)?;
            Ok(world.full_name(world.repo(fork)?))
        })
    }

    /// Presses a button (by label or identifier) of the newest check of that name on a pull request's head.
    pub async fn presses(
        &self,
        repo: &str,
        number: u64,
        check: &str,
        button: &str,
    ) -> Result<(), ForgeError> {
        self.act("presses a button", repo, Permission::Write, |world, repo, who| {
            let id = newest(world, repo, number, check)?;
            world.press(repo, id, who, button)
        })
    }

    /// Asks for the newest check of that name again.
    pub async fn reruns(&self, repo: &str, number: u64, check: &str) -> Result<(), ForgeError> {
        self.act("reruns a check", repo, Permission::Write, |world, repo, who| {
            let id = newest(world, repo, number, check)?;
            world.rerequest(repo, id, who)
        })
    }
}

fn own(world: &World, repo: u64, who: u64, author: u64, otherwise: Permission) -> Result<(), Reject> {
    let may = who == author || world.permission(world.repo(repo)?, who) >= otherwise;
    may.then_some(()).ok_or_else(|| Reject::new(403, "Must have admin rights to Repository."))
}

fn newest(world: &World, repo: u64, number: u64, check: &str) -> Result<u64, Reject> {
    let sha = &world.pull(repo, number)?.head_sha;
    let found = world.latest_checks(repo, sha).into_iter().find(|run| run.name == check);
    found.map(|run| run.id).ok_or_else(Reject::not_found)
}
