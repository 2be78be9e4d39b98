//! Git over HTTP, which emulate does not speak: what its Git Data API shows is written into a bare repository, under the
//! same names, and served from there.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, Request};
use serde_json::Value;
use tfpilot_forge::git_backend::{self, GitRequest};
use tfpilot_tests::REPOSITORY;

use crate::client::Http;

/// The bare repository's name below its root.
const BARE: &str = "infra.git";

/// A copy of the repository that git can serve.
pub(crate) struct Mirror {
    root: PathBuf,
    emulate: String,
    http: Http,
}

/// A request of a git client.
pub(crate) struct Asked {
    /// `GET` or `POST`.
    pub(crate) method: Method,
    /// Git's own part of the path: `info/refs`.
    pub(crate) rest: String,
    /// Its parameters.
    pub(crate) query: String,
    /// Its headers, the token among them.
    pub(crate) headers: HeaderMap,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

impl Mirror {
    /// An empty copy of emulate's repository.
    ///
    /// # Errors
    /// When git cannot make it.
    pub(crate) fn create(root: &Path, emulate: &str) -> Result<Mirror> {
        std::fs::create_dir_all(root)?;
        git(root, &["init", "--quiet", "--bare", BARE], b"")?;
        Ok(Mirror { root: root.to_owned(), emulate: emulate.to_owned(), http: Http::new() })
    }

    /// Answers a git client, with what its token may read at emulate.
    ///
    /// # Errors
    /// When emulate shows an object that is not what its name says, or git fails.
    pub(crate) async fn answer(&self, asked: &Asked) -> Result<Response> {
        let Some(token) = token(&asked.headers) else {
            let refused =
                Response::builder().status(401).header("www-authenticate", "Basic realm=\"GitHub\"");
            return Ok(refused.body(Body::empty())?);
        };
        if asked.rest == "info/refs" {
            self.refresh(&token).await?;
        }
        let request = GitRequest {
            path: format!("/{BARE}/{}", asked.rest),
            method: &asked.method,
            query: &asked.query,
            headers: &asked.headers,
            body: &asked.body,
            hidden: Vec::new(),
        };
        git_backend::answer(&self.root, &request)
    }

    async fn refresh(&self, token: &str) -> Result<()> {
        let mut written = BTreeSet::new();
        for reference in list(&self.read(token, "matching-refs/heads").await?) {
            let (name, tip) = (text(reference, "/ref")?, text(reference, "/object/sha")?);
            let mut open = vec![tip.clone()];
            while let Some(sha) = open.pop() {
                if written.insert(sha.clone()) {
                    open.extend(self.write_commit(token, &sha, &mut written).await?);
                }
            }
            self.git(&["update-ref", &name, &tip], b"")?;
        }
        Ok(())
    }

    /// Writes a commit with its trees, and returns its parents.
    async fn write_commit(
        &self,
        token: &str,
        sha: &str,
        written: &mut BTreeSet<String>,
    ) -> Result<Vec<String>> {
        let commit = self.read(token, &format!("commits/{sha}")).await?;
        let tree = text(&commit, "/tree/sha")?;
        self.write_tree(token, &tree, written).await?;
        let parents: Vec<String> = list(commit.get("parents").unwrap_or(&Value::Null))
            .map(|one| text(one, "/sha"))
            .collect::<Result<_>>()?;
        let mut object = format!("tree {tree}\n");
        parents.iter().for_each(|parent| object.push_str(&format!("parent {parent}\n")));
        for role in ["author", "committer"] {
            let at: jiff::Timestamp = text(&commit, &format!("/{role}/date"))?.parse()?;
            let (name, email) =
                (text(&commit, &format!("/{role}/name"))?, text(&commit, &format!("/{role}/email"))?);
            object.push_str(&format!("{role} {name} <{email}> {} +0000\n", at.as_second()));
        }
        let message = text(&commit, "/message")?;
        object.push_str(&format!("\n{message}{}", if message.ends_with('\n') { "" } else { "\n" }));
        let made = self.git(&["hash-object", "-w", "-t", "commit", "--stdin"], object.as_bytes())?;
        ensure!(made == sha, "the commit that emulate calls {sha} is {made}:\n{object}");
        Ok(parents)
    }

    /// Writes a tree with all below it. Trees are few and shallow here, so each entry is asked for by itself.
    async fn write_tree(&self, token: &str, sha: &str, written: &mut BTreeSet<String>) -> Result<()> {
        let mut open = vec![sha.to_owned()];
        let mut trees = Vec::new();
        while let Some(sha) = open.pop() {
            if !written.insert(sha.clone()) {
                continue;
            }
            let tree = self.read(token, &format!("trees/{sha}")).await?;
            let mut lines = String::new();
            for entry in list(tree.get("tree").unwrap_or(&Value::Null)) {
                let (kind, inner) = (text(entry, "/type")?, text(entry, "/sha")?);
                lines.push_str(&format!(
                    "{} {kind} {inner}\t{}\n",
                    text(entry, "/mode")?,
                    text(entry, "/path")?
                ));
                match kind.as_str() {
                    "tree" => open.push(inner),
                    _ if written.insert(inner.clone()) => self.write_blob(token, &inner).await?,
                    _ => {}
                }
            }
            trees.push((sha, lines));
        }
        // What is inside comes first: git refuses a tree whose entries it does not know.
        for (sha, lines) in trees.into_iter().rev() {
            let made = self.git(&["mktree", "--missing"], lines.as_bytes())?;
            ensure!(made == sha, "the tree that emulate calls {sha} is {made}:\n{lines}");
        }
        Ok(())
    }

    async fn write_blob(&self, token: &str, sha: &str) -> Result<()> {
        let blob = self.read(token, &format!("blobs/{sha}")).await?;
        let bytes = STANDARD.decode(text(&blob, "/content")?.replace('\n', ""))?;
        let made = self.git(&["hash-object", "-w", "--stdin"], &bytes)?;
        ensure!(made == sha, "the blob that emulate calls {sha} is {made}");
        Ok(())
    }

    /// An answer of the Git Data API.
    async fn read(&self, token: &str, what: &str) -> Result<Value> {
        let request = Request::builder()
            .uri(format!("{}/repos/{REPOSITORY}/git/{what}", self.emulate))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())?;
        let answer = self.http.send(request).await?;
        ensure!(answer.status == 200, "{what}: {} {}", answer.status, answer.text());
        Ok(answer.json())
    }

    fn git(&self, args: &[&str], input: &[u8]) -> Result<String> {
        git(&self.root.join(BARE), args, input)
    }
}

/// The password of a git client, which is its token.
fn token(headers: &HeaderMap) -> Option<String> {
    let basic = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
    pair.split_once(':').map(|(_, token)| token.to_owned())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.with_context(|| format!("no {pointer} in {value}"))
}

/// Runs git without the machine's configuration, and returns what it prints.
fn git(dir: &Path, args: &[&str], input: &[u8]) -> Result<String> {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting git")?;
    child.stdin.take().context("git's input")?.write_all(input)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "git {}: {}", args.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}
