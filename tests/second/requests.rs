//! Requests at the edges of what the product asks of GitHub, each with the answer that GitHub documents. They are asked
//! in this order, of a private repository with a README, where alice may write, bob and carol more, and mallory nothing.

/// A request and its documented answer.
pub(crate) struct Asked {
    /// What it shows, as the list of differences names it.
    pub(crate) says: &'static str,
    /// Whose token is sent.
    pub(crate) who: &'static str,
    /// The method.
    pub(crate) method: &'static str,
    /// The path below the repository's; `<name>` is what was kept under that name.
    pub(crate) path: &'static str,
    /// The body, as JSON, filled in the same way.
    pub(crate) body: &'static str,
    /// The documented status.
    pub(crate) status: u16,
    /// What the body shows: a pointer, and the value there as JSON.
    pub(crate) shows: Option<(&'static str, &'static str)>,
    /// What is kept for later requests: a name, and a pointer.
    pub(crate) keeps: &'static [(&'static str, &'static str)],
}

/// A request without anything to look at but its status.
const fn ask(
    says: &'static str,
    who: &'static str,
    call: (&'static str, &'static str),
    body: &'static str,
    status: u16,
) -> Asked {
    let (method, path) = call;
    Asked { says, who, method, path, body, status, shows: None, keeps: &[] }
}

impl Asked {
    const fn shows(self, pointer: &'static str, value: &'static str) -> Asked {
        Asked { shows: Some((pointer, value)), ..self }
    }

    const fn keeps(self, keeps: &'static [(&'static str, &'static str)]) -> Asked {
        Asked { keeps, ..self }
    }
}

/// Every request, in its order.
#[rustfmt::skip]
pub(crate) static REQUESTS: &[Asked] = &[
    // Who asks.
    ask("a wrong token", "nobody", ("GET", ""), "", 401),
    ask("a private repository is not there for a stranger", "mallory", ("GET", ""), "", 404),
    ask("what somebody may do", "app", ("GET", "collaborators/alice/permission"), "", 200).shows("/permission", "\"write\""),

    // Git objects and refs.
    ask("a branch", "app", ("GET", "git/ref/heads/main"), "", 200).keeps(&[("main", "/object/sha")]),
    ask("a branch is not found by its beginning", "app", ("GET", "git/ref/heads/ma"), "", 404),
    ask("a commit", "app", ("GET", "git/commits/<main>"), "", 200).keeps(&[("tree", "/tree/sha")]),
    ask("a tree", "app", ("POST", "git/trees"),
        r#"{"base_tree": "<tree>", "tree": [{"path": "a.txt", "mode": "100644", "type": "blob", "content": "a\n"}]}"#, 201)
        .keeps(&[("grown", "/sha")]),
    ask("a tree whose entry has no type", "app", ("POST", "git/trees"),
        r#"{"base_tree": "<tree>", "tree": [{"path": "b.txt", "mode": "100644", "content": "b\n"}]}"#, 201),
    ask("a tree's entry with content and name", "app", ("POST", "git/trees"),
        r#"{"tree": [{"path": "b.txt", "mode": "100644", "type": "blob", "content": "b\n", "sha": "<none>"}]}"#, 422),
    ask("a commit of a tree that is not there", "app", ("POST", "git/commits"),
        r#"{"message": "m", "tree": "<none>", "parents": ["<main>"]}"#, 422),
    ask("a commit of the app", "app", ("POST", "git/commits"),
        r#"{"message": "Add a", "tree": "<grown>", "parents": ["<main>"]}"#, 201).keeps(&[("commit", "/sha")])
        .shows("/verification/verified", "true"),
    ask("a new branch", "app", ("POST", "git/refs"), r#"{"ref": "refs/heads/a", "sha": "<commit>"}"#, 201),
    ask("a branch that is there", "app", ("POST", "git/refs"), r#"{"ref": "refs/heads/a", "sha": "<commit>"}"#, 422),
    ask("a branch at no commit", "app", ("POST", "git/refs"), r#"{"ref": "refs/heads/b", "sha": "<none>"}"#, 422),
    ask("a branch that is not there is not moved", "app", ("PATCH", "git/refs/heads/z"), r#"{"sha": "<commit>"}"#, 422),
    ask("a branch is not moved back", "app", ("PATCH", "git/refs/heads/a"), r#"{"sha": "<main>"}"#, 422),
    ask("a second branch", "app", ("POST", "git/refs"), r#"{"ref": "refs/heads/b", "sha": "<commit>"}"#, 201),
    ask("a comparison", "app", ("GET", "compare/main...a"), "", 200).shows("/ahead_by", "1"),

    // Pull requests.
    ask("a pull request of a branch that is not there", "app", ("POST", "pulls"),
        r#"{"title": "Z", "head": "z", "base": "main"}"#, 422),
    ask("a pull request", "app", ("POST", "pulls"), r#"{"title": "A", "head": "a", "base": "main"}"#, 201)
        .keeps(&[("pull", "/number"), ("head", "/head/sha")]),
    ask("a pull request is an issue", "app", ("GET", "issues/<pull>"), "", 200).shows("/title", "\"A\""),
    ask("a second pull request of a branch", "app", ("POST", "pulls"),
        r#"{"title": "A", "head": "a", "base": "main"}"#, 422),
    ask("a pull request's files", "app", ("GET", "pulls/<pull>/files"), "", 200).shows("/0/filename", "\"a.txt\""),
    ask("a pull request of alice", "alice", ("POST", "pulls"), r#"{"title": "B", "head": "b", "base": "main"}"#, 201)
        .keeps(&[("own", "/number")]),
    ask("nobody approves their own pull request", "alice", ("POST", "pulls/<own>/reviews"), r#"{"event": "APPROVE"}"#, 422),
    ask("a review that comments says something", "bob", ("POST", "pulls/<pull>/reviews"), r#"{"event": "COMMENT"}"#, 422),
    ask("a review without an event is pending", "carol", ("POST", "pulls/<own>/reviews"), r#"{"body": "Later"}"#, 200)
        .shows("/state", "\"PENDING\""),
    ask("an approval", "bob", ("POST", "pulls/<pull>/reviews"), r#"{"event": "APPROVE"}"#, 200).shows("/state", "\"APPROVED\""),
    ask("no review is asked of the author", "app", ("POST", "pulls/<own>/requested_reviewers"), r#"{"reviewers": ["alice"]}"#, 422),

    // Checks.
    ask("a check of a person", "alice", ("POST", "check-runs"), r#"{"name": "c", "head_sha": "<head>"}"#, 403),
    ask("a check of no commit", "app", ("POST", "check-runs"), r#"{"name": "c", "head_sha": "<none>"}"#, 422),
    ask("a completed check without a conclusion", "app", ("POST", "check-runs"),
        r#"{"name": "c", "head_sha": "<head>", "status": "completed"}"#, 422),
    ask("a conclusion completes a check", "app", ("POST", "check-runs"),
        r#"{"name": "c", "head_sha": "<head>", "conclusion": "success"}"#, 201).shows("/status", "\"completed\""),
    ask("a check names its app", "app", ("POST", "check-runs"),
        r#"{"name": "c", "head_sha": "<head>", "output": {"title": "t", "summary": "s", "annotations": [
            {"path": "a.txt", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "one"}]}}"#, 201)
        .keeps(&[("check", "/id")]).shows("/app/slug", "\"tfpilot\""),
    ask("remarks are added to a check", "app", ("PATCH", "check-runs/<check>"),
        r#"{"output": {"title": "t", "summary": "s", "annotations": [
            {"path": "a.txt", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "two"}]}}"#, 200)
        .shows("/output/annotations_count", "2"),

    // Issues.
    ask("an issue", "alice", ("POST", "issues"), r#"{"title": "I"}"#, 201).keeps(&[("issue", "/number")]),
    ask("a comment says something", "alice", ("POST", "issues/<issue>/comments"), r#"{"body": ""}"#, 422),
    ask("a label", "app", ("POST", "labels"), r#"{"name": "l", "color": "ededed"}"#, 201),
    ask("a label that is there", "app", ("POST", "labels"), r#"{"name": "l", "color": "ededed"}"#, 422),
    ask("a label that is not on an issue", "app", ("DELETE", "issues/<issue>/labels/l"), "", 404),

    // Merging.
    ask("a merge of another head", "app", ("PUT", "pulls/<pull>/merge"), r#"{"sha": "<main>"}"#, 409),
    ask("a pull request that is not merged", "app", ("GET", "pulls/<pull>/merge"), "", 404),
    ask("a merge", "app", ("PUT", "pulls/<pull>/merge"), r#"{"sha": "<head>"}"#, 200).shows("/merged", "true"),
    ask("a merge of what is merged", "app", ("PUT", "pulls/<pull>/merge"), r#"{"sha": "<head>"}"#, 405),
    ask("a pull request that is merged", "app", ("GET", "pulls/<pull>/merge"), "", 204),
];
