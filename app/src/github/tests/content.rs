//! Files, trees and blobs, where GitHub's answers are not the simple ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::github::{Failure, ObjectSha};

/// Git's names of `hello\n`, of `world\n`, of nothing, and of the byte 0xff.
const HELLO: &str = "ce013625030ba8dba906f756967f9e9ca394464a";
const WORLD: &str = "cc628ccd10742baea8241c5924df992b5c019f71";
const EMPTY: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
const BYTE: &str = "ce542efaa5124a0437f0c4db329d7ec4b7ba70a7";

fn blob(server: &Server, sha: &str, bytes: &[u8]) {
    let body = json!({ "content": STANDARD.encode(bytes), "encoding": "base64", "size": bytes.len() });
    server.saves(&format!("GET /repos/acme/infra/git/blobs/{sha}"), 200, body);
}

#[tokio::test]
async fn a_file_is_read_however_github_sends_it() {
    let server = Server::start().await;
    let at = |path: &str| format!("GET /repos/acme/infra/contents/{path}?ref=main");
    let file = |content: &str, encoding: &str| json!({ "type": "file", "sha": HELLO, "content": content, "encoding": encoding });
    server
        .saves(&at(".github/tfpilot.yml"), 200, file("aGVs\nbG8K\n", "base64"))
        .saves(&at("big"), 200, file("", "none"))
        .saves(&at("odd"), 200, file("%%%", "base64"))
        .saves(&at("directory"), 200, json!([file("", "none")]))
        .saves(&at("module"), 200, json!({ "type": "submodule", "sha": HELLO }))
        .saves(&at("absent"), 404, json!({ "message": "Not Found" }));
    blob(&server, HELLO, b"hello\n");
    let repository = infra(&server);
    let read = async |path: &str| repository.file(path, "main").await;
    assert_eq!(read(".github/tfpilot.yml").await.expect("read").expect("a file").bytes, b"hello\n");
    assert_eq!(read("big").await.expect("read").expect("a file").bytes, b"hello\n");
    for nothing in ["directory", "module", "absent"] {
        assert_eq!(read(nothing).await, Ok(None), "{nothing}");
    }
    assert!(matches!(read("odd").await.expect_err("nonsense").failure, Failure::Transient { .. }));
    assert!(matches!(read("../secret").await.expect_err("climbing").failure, Failure::Invalid { .. }));
}

fn entry(path: &str, kind: &str, sha: char) -> Value {
    json!({ "path": path, "mode": if kind == "tree" { "040000" } else { "100644" }, "type": kind, "sha": commit(sha) })
}

#[tokio::test]
async fn a_tree_that_is_cut_short_is_read_in_parts() {
    let server = Server::start().await;
    let tree = |sha: char| format!("GET /repos/acme/infra/git/trees/{}", commit(sha));
    let whole = |entries: Value, truncated: bool| json!({ "tree": entries, "truncated": truncated });
    let top =
        json!([entry("live", "tree", '1'), entry("modules", "tree", '2'), entry("README.md", "blob", '3')]);
    server
        .saves(
            &format!("{}?recursive=1", tree('a')),
            200,
            whole(json!([entry("README.md", "blob", '3')]), true),
        )
        .saves(&tree('a'), 200, whole(top, false))
        .saves(
            &format!("{}?recursive=1", tree('1')),
            200,
            whole(json!([entry("dev/main.tf", "blob", '4')]), false),
        )
        .saves(&format!("{}?recursive=1", tree('2')), 200, whole(json!([]), true))
        .saves(&tree('2'), 200, whole(json!([entry("aws", "tree", '5'), entry("x.tf", "blob", '6')]), false))
        .saves(
            &format!("{}?recursive=1", tree('5')),
            200,
            whole(json!([entry("s3/main.tf", "blob", '7')]), false),
        );
    let entries = infra(&server).tree(&commit('a')).await.expect("a tree");
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let expect = [
        "README.md",
        "live",
        "live/dev/main.tf",
        "modules",
        "modules/aws",
        "modules/aws/s3/main.tf",
        "modules/x.tf",
    ];
    assert_eq!(paths, expect);

    // One directory that does not fit at all is refused, not shortened.
    let server = Server::start().await;
    server.saves(&format!("{}?recursive=1", tree('a')), 200, whole(json!([]), true));
    server.saves(&tree('a'), 200, whole(json!([]), true));
    let error = infra(&server).tree(&commit('a')).await.expect_err("too large");
    assert!(error.to_string().contains("too large"), "{error}");
}

#[tokio::test]
async fn many_blobs_take_one_query_and_what_is_not_exact_is_read_singly() {
    let server = Server::start().await;
    let shas: Vec<ObjectSha> =
        [HELLO, WORLD, EMPTY, BYTE].iter().map(|sha| ObjectSha::parse(sha).expect("an id")).collect();
    // One recoded, one binary, two exact.
    server.saves("POST /graphql", 200, json!({ "data": { "repository": {
        "o0": { "text": "hello\n" }, "o1": { "text": "world\r\n" }, "o2": { "text": "" }, "o3": { "text": null } } } }));
    blob(&server, WORLD, b"world\n");
    blob(&server, BYTE, b"\xff");
    let found = infra(&server).blobs(&shas).await;
    let found = found.expect("blobs");
    let bytes: Vec<&[u8]> = shas.iter().map(|sha| found[sha].as_slice()).collect();
    assert_eq!(bytes, [b"hello\n".as_slice(), b"world\n", b"", b"\xff"]);
    assert_eq!(server.lines().len(), 3);

    // A server without such queries.
    let server = Server::start().await;
    server.saves("POST /graphql", 404, json!({}));
    for (sha, bytes) in [(HELLO, b"hello\n".as_slice()), (WORLD, b"world\n"), (EMPTY, b""), (BYTE, b"\xff")] {
        blob(&server, sha, bytes);
    }
    assert_eq!(infra(&server).blobs(&shas).await.expect("blobs").len(), 4);

    // Content that is not what its name says is never believed.
    let server = Server::start().await;
    blob(&server, HELLO, b"evil\n");
    let error = infra(&server).blobs(&shas[..1]).await.expect_err("another content");
    assert!(error.to_string().contains("not what its name says"), "{error}");
}

#[tokio::test]
async fn a_comparison_names_where_two_commits_parted() {
    let server = Server::start().await;
    let line = format!("GET /repos/acme/infra/compare/{}...{}?per_page=1", commit('a'), commit('c'));
    server.saves(
        &line,
        200,
        json!({ "merge_base_commit": { "sha": commit('b') }, "ahead_by": 2, "behind_by": 1 }),
    );
    let compared = infra(&server).compare(&commit('a'), &commit('c')).await.expect("a comparison");
    assert_eq!((compared.merge_base, compared.ahead_by, compared.behind_by), (commit('b'), 2, 1));
}
