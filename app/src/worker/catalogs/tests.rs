//! Modules of a repository's own against saved answers: what is asked for, and how often.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::github::content::blob_name;
use crate::github::tests::{Server, pem_key};
use crate::github::{InstallationId, Settings};
use crate::store::DirBlobs;

/// The files of a module that needs no provider.
pub(super) fn widget(id: &str, word: &str) -> Vec<(String, String)> {
    let files = [
        ("main.tf", "resource \"terraform_data\" \"this\" {\n  input = var.name\n}\n".to_owned()),
        ("variables.tf", "variable \"name\" {\n  type = string\n}\n".to_owned()),
        ("outputs.tf", "output \"name\" {\n  value = var.name\n}\n".to_owned()),
        ("versions.tf", "terraform {\n  required_version = \">= 1.11.0, < 2.0.0\"\n}\n".to_owned()),
        (
            "module.yml",
            format!(
                "version: 1.0.0\ntitle: Widget\ncategory: things\nsummary: A widget.\nrisk: low\nwords: {{en: [{word}]}}\n"
            ),
        ),
    ];
    files.into_iter().map(|(name, text)| (format!("{id}/{name}"), text)).collect()
}

const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const PINNED: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const INFRA: &str = "1111111111111111111111111111111111111111";
const MODULES: &str = "2222222222222222222222222222222222222222";

struct Bench {
    server: Server,
    catalogs: Catalogs,
    client: RepoClient,
    dir: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        let (server, dir) = (Server::start().await, tempfile::tempdir().expect("a directory"));
        let settings = Settings::new(server.url(), 7, pem_key(0).into());
        let github = GitHub::new(settings).expect("a client");
        let name = RepoName::parse("acme/infra").expect("a name");
        let client = github.repository(InstallationId(1), name);
        let catalogs = Self::catalogs(&github, &dir);
        server.saves("POST /graphql", 404, json!({}));
        Self { server, catalogs, client, dir }
    }

    fn catalogs(github: &GitHub, dir: &tempfile::TempDir) -> Catalogs {
        let blobs = DirBlobs::open(dir.path()).expect("blobs");
        Catalogs::new(Arc::new(Catalog::shipped()), github.clone(), Arc::new(blobs))
    }

    fn asking(&self) -> Asking<'_> {
        Asking { id: 11, client: &self.client, branch: "main" }
    }

    /// A tree, of entries as path, kind, name.
    fn tree(&self, repository: &str, tree: &str, query: &str, entries: &[(String, &str, String)]) {
        let entries: Vec<Value> = entries
            .iter()
            .map(|(path, kind, sha)| {
                let mode = if *kind == "tree" { "040000" } else { "100644" };
                json!({ "path": path, "mode": mode, "type": kind, "sha": sha, "size": 10 })
            })
            .collect();
        let line = format!("GET /repos/{repository}/git/trees/{tree}{query}");
        self.server.saves(&line, 200, json!({ "sha": tree, "tree": entries, "truncated": false }));
    }

    /// The files below a tree, and their contents.
    fn files(&self, repository: &str, tree: &str, files: &[(String, String)]) {
        let mut entries = Vec::new();
        for (path, text) in files {
            let sha = blob_name(text.as_bytes(), 40);
            let body = json!({ "content": STANDARD.encode(text), "encoding": "base64", "sha": sha });
            self.server.saves(&format!("GET /repos/{repository}/git/blobs/{sha}"), 200, body);
            entries.push((path.clone(), "blob", sha));
        }
        self.tree(repository, tree, "?recursive=1", &entries);
    }

    /// `infra/modules` on main with these files.
    fn directory(&self, files: &[(String, String)]) {
        let head = json!({ "ref": "refs/heads/main", "object": { "sha": HEAD, "type": "commit" } });
        self.server.saves("GET /repos/acme/infra/git/ref/heads/main", 200, head);
        self.tree("acme/infra", HEAD, "", &[("infra".to_owned(), "tree", INFRA.to_owned())]);
        self.tree("acme/infra", INFRA, "", &[("modules".to_owned(), "tree", MODULES.to_owned())]);
        self.files("acme/infra", MODULES, files);
    }
}

fn config(catalog: &str) -> RepositoryConfig {
    let (config, diagnostics) =
        RepositoryConfig::parse(format!("version: 1\ncatalog:\n{catalog}").as_bytes());
    assert_eq!(diagnostics, []);
    config
}

fn told(problems: &[Diagnostic]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_directory_is_read_once_for_each_of_its_trees() {
    let bench = Bench::start().await;
    bench.directory(&widget("acme/widget", "widget"));
    let config = config("  directories: [infra/modules/]\n");
    let (found, problems) = bench.catalogs.look(&bench.asking(), &config, &[]).await.expect("it is there");
    assert_eq!((told(&problems), found.len()), (Vec::new(), 1));
    let offered = bench.catalogs.offered(&bench.asking(), &config, &found).await.expect("a catalog");
    assert!(offered.catalog.find("acme/widget").is_some());

    // The same tree again, in a new process too: where it is is asked, its files are not.
    let read = || bench.server.seen("GET /repos/acme/infra/git/blobs/").len();
    assert_eq!(read(), 5);
    let again = Bench::catalogs(bench.client.github(), &bench.dir);
    let (same, _) = again.look(&bench.asking(), &config, &found).await.expect("it is there");
    let offered = again.offered(&bench.asking(), &config, &same).await.expect("a catalog");
    assert!(same == found && offered.catalog.find("acme/widget").is_some());
    assert_eq!(
        (read(), bench.server.seen(&format!("GET /repos/acme/infra/git/trees/{MODULES}")).len()),
        (5, 1)
    );

    // What is not used any more is forgotten.
    let (none, _) = again.look(&bench.asking(), &RepositoryConfig::default(), &same).await.expect("nothing");
    assert!(none.is_empty() && again.blobs.get(&key(11, &found[0])).await.expect("the store").is_none());
}

#[tokio::test]
async fn another_repository_is_read_at_its_commit_and_asked_for_once() {
    let bench = Bench::start().await;
    bench.files("acme/modules", PINNED, &widget("acme/gadget", "gadget"));
    let config = config(&format!("  repositories: [{{repository: acme/modules, commit: {PINNED}}}]\n"));
    let (found, problems) = bench.catalogs.look(&bench.asking(), &config, &[]).await.expect("it is there");
    assert_eq!((told(&problems), found[0].place().as_str()), (Vec::new(), "acme/modules@bbbbbbb"));
    let asked = bench.server.lines().len();
    let again = Bench::catalogs(bench.client.github(), &bench.dir);
    let (same, _) = again.look(&bench.asking(), &config, &found).await.expect("it is there");
    let offered = again.offered(&bench.asking(), &config, &same).await.expect("a catalog");
    assert!(offered.catalog.find("acme/gadget").is_some());
    assert_eq!(bench.server.lines().len(), asked);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_the_rest_works() {
    let bench = Bench::start().await;
    bench.directory(&widget("acme/widget", "widget"));
    bench.server.saves(
        &format!("GET /repos/acme/secret/git/trees/{PINNED}"),
        404,
        json!({ "message": "Not Found" }),
    );
    let config = config(&format!(
        "  directories: [infra/modules, infra/nothing]\n  repositories: [{{repository: acme/secret, commit: {PINNED}, path: catalog}}]\n"
    ));
    let (found, problems) = bench.catalogs.look(&bench.asking(), &config, &[]).await.expect("one is there");
    assert_eq!(found.len(), 1);
    assert_eq!(
        told(&problems),
        [
            "tfpilot.yml catalog.directories, entry 2: there is no directory infra/nothing on main | repair it, and push to the default branch to have it read again",
            "tfpilot.yml catalog.repositories, entry 1: acme/secret@bbbbbbb/catalog cannot be read; the App has to be installed on acme/secret too | repair it, and push to the default branch to have it read again",
        ]
    );
}
