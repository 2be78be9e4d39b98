//! Owns: git by argv over one bare repository: objects, refs, merges, differences. Nothing passes a shell, and no
//! configuration of the machine is read. Leaves to [`crate::git_http`]: serving fetch and push.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub(crate) use crate::commit_object::{Commit, Ident};
use crate::git_memory::Memory;

/// The object id git uses for "nothing" in ref updates.
pub(crate) const ZERO: &str = "0000000000000000000000000000000000000000";

/// A git command that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The process could not be started or fed.
    #[error("git {command} did not run in {dir}: {source}; is git on PATH?")]
    Spawn {
        /// The subcommand.
        command: String,
        /// The repository.
        dir: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The process ended with an error.
    #[error("git {command} failed with status {status}: {stderr}")]
    Failed {
        /// The subcommand.
        command: String,
        /// Its exit status, -1 after a signal.
        status: i32,
        /// What it said.
        stderr: String,
        /// What it printed.
        stdout: Vec<u8>,
    },
    /// An answer that could not be read.
    #[error("git answered something unreadable: {0}")]
    Unreadable(String),
}

/// One entry of a tree.
#[derive(Debug, Clone)]
pub(crate) struct TreeEntry {
    pub(crate) mode: String,
    pub(crate) kind: String,
    pub(crate) sha: String,
    pub(crate) size: Option<u64>,
    pub(crate) path: String,
}

/// A change of one entry on top of a tree; `sha: None` removes it.
pub(crate) struct TreeEdit {
    pub(crate) path: String,
    pub(crate) mode: String,
    pub(crate) sha: Option<String>,
}

/// One repository.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    dir: PathBuf,
    memory: Memory,
}

/// A git process with nothing of the machine's configuration in it.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(program());
    command.env_clear().current_dir(dir);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("HOME", dir)
        .env("LC_ALL", "C");
    command
}

/// Git with its whole path: a name to look up in a changed environment makes the standard library fork, and
/// copying a large process's page tables took a seventh of all time of the stories.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found =
            std::env::split_paths(&folders).map(|folder| folder.join("git")).find(|file| file.is_file());
        found.unwrap_or_else(|| "git".into())
    })
}

/// What every repository here is set to, as a configuration file says it.
const SETTINGS: &str = "\
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\tdenyDeleteCurrent = true
\tfsckObjects = true
[transfer]
\thideRefs = refs/hidden
[gc]
\tauto = 0
[core]
\tlogAllRefUpdates = false
";

impl Git {
    /// Makes a bare repository whose `HEAD` is `branch`, from which any reachable commit may be fetched.
    pub(crate) fn init(dir: &Path, branch: &str) -> Result<Git, GitError> {
        let failed = |source| GitError::Spawn { command: "init".into(), dir: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(failed)?;
        let git = Git { dir: dir.to_owned(), memory: Memory::default() };
        git.text(&["init", "--bare", "--quiet", &format!("--initial-branch={branch}"), "."])?;
        let mut config = std::fs::File::options().append(true).open(dir.join("config")).map_err(failed)?;
        config.write_all(SETTINGS.as_bytes()).map_err(failed)?;
        Ok(git)
    }

    /// Where the repository lies.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs git with bytes in and bytes out. What says the same for ever is asked once.
    pub(crate) fn run<A: AsRef<OsStr>>(
        &self,
        args: &[A],
        input: Option<&[u8]>,
        env: &[(&str, &OsStr)],
    ) -> Result<Vec<u8>, GitError> {
        let Some(key) = Memory::key(args).filter(|_| input.is_none() && env.is_empty()) else {
            return self.start(args, input, env);
        };
        if let Some(answer) = self.memory.find(&key) {
            return Ok(answer);
        }
        let answer = self.start(args, input, env)?;
        self.memory.keep(key, &answer);
        Ok(answer)
    }

    fn start<A: AsRef<OsStr>>(
        &self,
        args: &[A],
        input: Option<&[u8]>,
        env: &[(&str, &OsStr)],
    ) -> Result<Vec<u8>, GitError> {
        let name = args.first().map(|arg| arg.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
        let failed = |source| GitError::Spawn { command: name.clone(), dir: self.dir.clone(), source };
        let mut command = command(&self.dir);
        command.args(args).envs(env.iter().copied());
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
        // Fed from a thread of its own: git may fill its output before it has read all of its input.
        let output = match (child.stdin.take(), input) {
            (Some(mut stdin), Some(bytes)) => std::thread::scope(|scope| {
                scope.spawn(move || stdin.write_all(bytes));
                child.wait_with_output()
            }),
            _ => child.wait_with_output(),
        }
        .map_err(failed)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(GitError::Failed {
            command: name,
            status: output.status.code().unwrap_or(-1),
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            stdout: output.stdout,
        })
    }

    /// Runs git and trims what it prints.
    pub(crate) fn text<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.run(args, None, &[])?).trim_end_matches('\n').to_owned())
    }

    /// Stores a blob.
    pub(crate) fn write_blob(&self, bytes: &[u8]) -> Result<String, GitError> {
        let out = self.run(&["hash-object", "-w", "--stdin"], Some(bytes), &[])?;
        Ok(String::from_utf8_lossy(&out).trim().to_owned())
    }

    /// Reads a blob; `None` when there is no such blob.
    pub(crate) fn blob(&self, sha: &str) -> Option<Vec<u8>> {
        is_sha(sha).then(|| self.run(&["cat-file", "blob", sha], None, &[]).ok()).flatten()
    }

    /// The kind of an object (`commit`, `tree`, `blob`, `tag`).
    pub(crate) fn kind(&self, sha: &str) -> Option<String> {
        is_sha(sha).then(|| self.text(&["cat-file", "-t", sha]).ok()).flatten()
    }

    /// Resolves a branch, tag, full ref or sha to a commit.
    pub(crate) fn commit_sha(&self, name: &str) -> Option<String> {
        if is_sha(name) {
            return (self.kind(name)? == "commit").then(|| name.to_owned());
        }
        let full = match name.starts_with("refs/") {
            true => Some(name.to_owned()),
            false => {
                (name.starts_with("heads/") || name.starts_with("tags/")).then(|| format!("refs/{name}"))
            }
        };
        let guesses = [full, Some(format!("refs/heads/{name}")), Some(format!("refs/tags/{name}"))];
        let found = guesses
            .into_iter()
            .flatten()
            .find_map(|guess| self.loose_ref(&guess).or_else(|| self.verify(&format!("{guess}^{{commit}}"))));
        let short = name.len() >= 7 && name.bytes().all(|b| b.is_ascii_hexdigit());
        found.or_else(|| short.then(|| self.verify(&format!("{name}^{{commit}}"))).flatten())
    }

    /// A ref that lies in a file of its own and names a commit; most do, and a file is read quicker than git started.
    fn loose_ref(&self, name: &str) -> Option<String> {
        let inside = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        let text = inside.then(|| std::fs::read_to_string(self.dir.join(name)).ok()).flatten()?;
        let sha = text.trim_end();
        (is_sha(sha) && self.kind(sha)? == "commit").then(|| sha.to_owned())
    }

    fn verify(&self, name: &str) -> Option<String> {
        self.text(&["rev-parse", "--verify", "--quiet", "--end-of-options", name]).ok()
    }

    /// Resolves `<commit-ish>:<path>` to an object.
    pub(crate) fn at(&self, commit: &str, path: &str) -> Option<String> {
        self.verify(&format!("{commit}:{path}"))
    }

    /// Reads a commit.
    pub(crate) fn commit(&self, sha: &str) -> Option<Commit> {
        if !is_sha(sha) {
            return None;
        }
        let raw = self.run(&["cat-file", "commit", sha], None, &[]).ok()?;
        Commit::parse(sha, &String::from_utf8_lossy(&raw))
    }

    /// Writes a commit with exactly this message.
    pub(crate) fn write_commit(
        &self,
        tree: &str,
        parents: &[String],
        author: &Ident,
        committer: &Ident,
        message: &str,
    ) -> Result<String, GitError> {
        let mut raw = format!("tree {tree}\n");
        for parent in parents {
            raw.push_str(&format!("parent {parent}\n"));
        }
        raw.push_str(&format!("author {}\ncommitter {}\n\n{message}", author.line(), committer.line()));
        let out = self.run(&["hash-object", "-t", "commit", "-w", "--stdin"], Some(raw.as_bytes()), &[])?;
        Ok(String::from_utf8_lossy(&out).trim().to_owned())
    }

    /// The entries of a tree, with all below it when `recursive`.
    pub(crate) fn tree(&self, sha: &str, recursive: bool) -> Result<Vec<TreeEntry>, GitError> {
        let mut args = vec!["ls-tree", "-l", "-z"];
        if recursive {
            args.extend(["-r", "-t"]);
        }
        args.push(sha);
        let out = self.run(&args, None, &[])?;
        let text = String::from_utf8_lossy(&out).into_owned();
        Ok(text.split('\0').filter_map(parse_entry).collect())
    }

    /// A tree made of `base` (or nothing) with `edits` on top.
    pub(crate) fn write_tree(&self, base: Option<&str>, edits: &[TreeEdit]) -> Result<String, GitError> {
        let index = self.dir.join(format!("index-{}", uuid::Uuid::new_v4()));
        let env: [(&str, &OsStr); 1] = [("GIT_INDEX_FILE", index.as_os_str())];
        let made = self.write_tree_in(base, edits, &env);
        // A missing file is what we want anyway.
        let _ = std::fs::remove_file(&index);
        made
    }

    fn write_tree_in(
        &self,
        base: Option<&str>,
        edits: &[TreeEdit],
        env: &[(&str, &OsStr)],
    ) -> Result<String, GitError> {
        self.run(&["read-tree", base.unwrap_or("--empty")], None, env)?;
        let mut lines = Vec::new();
        for edit in edits {
            match &edit.sha {
                Some(sha) if edit.mode == "040000" => {
                    self.run(&["read-tree", &format!("--prefix={}/", edit.path), sha], None, env)?;
                }
                Some(sha) => lines.extend(format!("{} {sha}\t{}\0", edit.mode, edit.path).into_bytes()),
                None => lines.extend(format!("0 {ZERO}\t{}\0", edit.path).into_bytes()),
            }
        }
        self.run(&["update-index", "-z", "--index-info"], Some(&lines), env)?;
        let tree = self.run(&["write-tree"], None, env)?;
        Ok(String::from_utf8_lossy(&tree).trim().to_owned())
    }

    /// All refs below a prefix, as (name, object).
    pub(crate) fn refs(&self, prefix: &str) -> Vec<(String, String)> {
        let format = "--format=%(refname) %(objectname)";
        let text = self.text(&["for-each-ref", format, "--end-of-options", prefix]).unwrap_or_default();
        text.lines().filter_map(|l| l.split_once(' ')).map(|(n, s)| (n.to_owned(), s.to_owned())).collect()
    }

    /// Points a ref at an object, from `old` when given ([`ZERO`]: it must not exist).
    pub(crate) fn set_ref(&self, name: &str, new: &str, old: Option<&str>) -> Result<(), GitError> {
        let mut args = vec!["update-ref", name, new];
        args.extend(old);
        self.text(&args).map(drop)
    }

    /// Removes a ref.
    pub(crate) fn delete_ref(&self, name: &str) -> Result<(), GitError> {
        self.text(&["update-ref", "-d", name]).map(drop)
    }

    /// The best common ancestor.
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        self.text(&["merge-base", one, other]).ok().filter(|sha| !sha.is_empty())
    }

    /// Whether `old` can be reached from `new`.
    pub(crate) fn is_ancestor(&self, old: &str, new: &str) -> bool {
        self.text(&["merge-base", "--is-ancestor", old, new]).is_ok()
    }

    /// The tree of a merge without conflicts; `None` when there are some.
    pub(crate) fn merge_tree(
        &self,
        base: Option<&str>,
        ours: &str,
        theirs: &str,
    ) -> Result<Option<String>, GitError> {
        let mut args = vec!["merge-tree".to_owned(), "--write-tree".into(), "--no-messages".into()];
        args.extend(base.map(|base| format!("--merge-base={base}")));
        args.extend([ours.to_owned(), theirs.to_owned()]);
        match self.text(&args) {
            Ok(tree) => Ok(Some(tree)),
            Err(GitError::Failed { status: 1, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Commits reachable from `to` and not from `from`, oldest first.
    pub(crate) fn between(&self, from: &str, to: &str) -> Vec<String> {
        let list = self.text(&["rev-list", "--reverse", "--topo-order", to, &format!("^{from}")]);
        list.unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

/// Whether this is a full object id.
pub(crate) fn is_sha(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn parse_entry(line: &str) -> Option<TreeEntry> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split_whitespace();
    let (mode, kind, sha, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    Some(TreeEntry {
        mode: mode.to_owned(),
        kind: kind.to_owned(),
        sha: sha.to_owned(),
        size: size.parse().ok(),
        path: path.to_owned(),
    })
}
