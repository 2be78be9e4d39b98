//! Owns: commits people and the app make, and whose name stands in them. Leaves to [`super::refs`]: what follows.

use crate::git::{Ident, TreeEdit};
use crate::rest::Reject;

use super::World;

/// A file to write; `None` removes it.
pub(crate) type FileEdit<'a> = (&'a str, Option<&'a [u8]>);

impl World {
    /// How somebody signs commits.
    pub(crate) fn ident(&self, who: u64) -> Ident {
        let login = self.login_of(who);
        let email = format!("{who}+{login}@users.noreply.github.com");
        Ident { name: login, email, seconds: self.now().as_second() }
    }

    /// How GitHub signs the commits it makes itself.
    pub(crate) fn github_ident(&self) -> Ident {
        Ident { name: "GitHub".into(), email: "noreply@github.com".into(), seconds: self.now().as_second() }
    }

    /// The account behind an address in a commit, if there is one.
    pub(crate) fn account_of_email(&self, email: &str) -> Option<u64> {
        let local = email.strip_suffix("@users.noreply.github.com")?;
        let (id, login) = local.split_once('+').map_or((None, local), |(id, login)| (id.parse().ok(), login));
        id.filter(|id| self.accounts.contains_key(id))
            .or_else(|| self.login(login).ok().map(|account| account.id))
    }

    /// Writes files in one commit on top of a branch and pushes it; a missing branch starts at the default branch,
    /// and the first commit of all at nothing.
    pub(crate) fn commit_files(
        &mut self,
        repo: u64,
        branch: &str,
        who: u64,
        message: &str,
        files: &[FileEdit<'_>],
    ) -> Result<String, Reject> {
        let named = self.ident(who);
        self.commit_named(repo, branch, who, &named, message, files)
    }

    /// The same under any name: Git asks nobody whose it is.
    pub(crate) fn commit_named(
        &mut self,
        repo: u64,
        branch: &str,
        who: u64,
        ident: &Ident,
        message: &str,
        files: &[FileEdit<'_>],
    ) -> Result<String, Reject> {
        let home = self.repo(repo)?;
        let parent = home.branch(branch).or_else(|| home.branch(&home.default_branch));
        let mut edits = Vec::new();
        for (path, content) in files {
            check_path(path)?;
            let sha = content.map(|bytes| home.git.write_blob(bytes)).transpose()?;
            edits.push(TreeEdit {
                path: (*path).to_owned(),
                mode: self.mode_of(repo, parent.as_deref(), path),
                sha,
            });
        }
        let base = parent.as_deref().map(|sha| format!("{sha}^{{tree}}"));
        let tree = home.git.write_tree(base.as_deref(), &edits)?;
        let parents: Vec<String> = parent.into_iter().collect();
        let sha = self.repo(repo)?.git.write_commit(&tree, &parents, ident, ident, message)?;
        self.move_ref(repo, &format!("refs/heads/{branch}"), Some(&sha), who)?;
        Ok(sha)
    }

    /// A file keeps its mode; new scripts are executable.
    fn mode_of(&self, repo: u64, parent: Option<&str>, path: &str) -> String {
        let known = parent.and_then(|sha| {
            let git = &self.repo(repo).ok()?.git;
            let out = git.text(&["--literal-pathspecs", "ls-tree", sha, "--", path]).ok()?;
            out.split_whitespace().next().map(str::to_owned)
        });
        let fresh = if path.ends_with(".sh") { "100755" } else { "100644" };
        known.filter(|mode| mode.starts_with("100")).unwrap_or_else(|| fresh.to_owned())
    }
}

/// Refuses paths git would not take or that lead out of the tree.
pub(crate) fn check_path(path: &str) -> Result<(), Reject> {
    let bad = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
    if path.split('/').any(bad) || path.contains(['\0', '\n']) {
        return Err(Reject::unprocessable(&["tree.path contains a malformed path component"]));
    }
    Ok(())
}
