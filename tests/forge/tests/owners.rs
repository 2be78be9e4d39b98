//! What owners do: repositories renamed and transferred, the app suspended, removed, installed again, with fewer or more
//! permissions; as GitHub answers and tells it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test says what it expects"
)]

mod common;

use std::process::Command;

use common::{Api, REPO, conforms, forge, jwt};
use serde_json::{Value, json};
use tfpilot_forge::Forge;

/// The app speaking for itself.
fn app(forge: &Forge) -> Api {
    Api { base: forge.api_url(), token: jwt(forge, forge.now().as_second(), 60) }
}

/// A token for an installation, as the app gets it.
async fn token(forge: &Forge, installation: u64) -> common::Got {
    app(forge).post(&format!("/app/installations/{installation}/access_tokens"), json!({})).await
}

/// What webhooks said so far, as `event.action` with the payload.
fn told(forge: &Forge) -> Vec<(String, Value)> {
    let deliveries = forge.deliveries().into_iter();
    let name = |event: &str, action: Option<String>| format!("{event}.{}", action.unwrap_or_default());
    deliveries.map(|one| (name(&one.event, one.action), one.payload)).collect()
}

fn last(forge: &Forge, name: &str) -> Value {
    let found = told(forge).into_iter().rev().find(|(known, _)| known == name);
    found
        .unwrap_or_else(|| {
            panic!("no {name} in {:?}", told(forge).into_iter().map(|one| one.0).collect::<Vec<_>>())
        })
        .1
}

#[tokio::test]
async fn an_old_name_leads_to_the_repository_until_another_takes_it() {
    let forge = forge().await;
    let api = Api::app(&forge);
    let number = forge.alice().opens_issue(REPO, "a bucket", "please").await.unwrap();
    let id = forge.repository_id(REPO).unwrap();
    assert_eq!(forge.carol().renames_repository(REPO, "platform").await.unwrap(), "acme/platform");
    let renamed = last(&forge, "repository.renamed");
    assert_eq!(renamed["changes"]["repository"]["name"]["from"], "infra");
    assert_eq!(renamed["repository"]["full_name"], "acme/platform");

    let read = api.get(&format!("/repos/acme/infra/issues/{number}?x=1")).await;
    assert_eq!(read.is(301)["message"], "Moved Permanently");
    assert_eq!(read.header("location"), format!("{}/repositories/{id}/issues/{number}?x=1", forge.api_url()));
    assert_eq!(api.get(&format!("/repositories/{id}/issues/{number}")).await.is(200)["number"], number);
    assert_eq!(
        api.get("/repos/acme/infra").await.header("location"),
        format!("{}/repositories/{id}", forge.api_url())
    );
    let comments = format!("/repos/acme/infra/issues/{number}/comments");
    let sent = api.post(&comments, json!({"body": "here"})).await;
    assert_eq!(
        sent.is(307)["url"],
        format!("{}/repositories/{id}/issues/{number}/comments", forge.api_url())
    );
    api.post(&format!("/repositories/{id}/issues/{number}/comments"), json!({"body": "here"})).await.is(201);
    let nobody = Api { base: forge.api_url(), token: forge.mallory().token().unwrap() };
    nobody.get("/repos/acme/infra").await.is(404);

    // git finds its way, too.
    let token = forge.alice().token().unwrap();
    let old = forge.base_url().replace("http://", &format!("http://x-access-token:{token}@"));
    let listed = Command::new("git").args(["ls-remote", &format!("{old}/acme/infra.git")]).output().unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains("refs/heads/main"), "{listed:?}");

    // The name is free: whoever takes it gets what is asked of it.
    forge.repository(REPO, &[("a.tf", "")]).await.unwrap();
    assert_ne!(api.get("/repos/acme/infra").await.is(200)["id"], id);
    conforms(&forge);
}

#[tokio::test]
async fn a_transferred_repository_leaves_its_installation() {
    let forge = forge().await;
    let before = Api::app(&forge);
    let id = forge.repository_id(REPO).unwrap();
    assert_eq!(forge.carol().transfers_repository(REPO, "umbrella").await.unwrap(), "umbrella/infra");
    let removed = last(&forge, "installation_repositories.removed");
    assert_eq!(removed["repositories_removed"][0]["id"], id);
    assert_eq!(removed["installation"]["account"]["login"], "acme");
    let transferred = last(&forge, "repository.transferred");
    assert_eq!(transferred["changes"]["owner"]["from"]["organization"]["login"], "acme");
    assert_eq!(
        transferred["installation"]["id"],
        last(&forge, "installation_repositories.added")["installation"]["id"]
    );
    before.get(&format!("/repositories/{id}")).await.is(404);
    before.get("/repos/acme/infra").await.is(404);

    // To an account without the app nobody is told more than that it is gone.
    forge.carol().uninstalls_app("umbrella").await.unwrap();
    forge.repository("acme/other", &[("a.tf", "")]).await.unwrap();
    let count = told(&forge).len();
    forge.carol().transfers_repository("acme/other", "umbrella").await.unwrap();
    let kinds: Vec<String> = told(&forge).into_iter().skip(count).map(|one| one.0).collect();
    assert_eq!(kinds, ["installation_repositories.removed"]);
    conforms(&forge);
}

#[tokio::test]
async fn an_installation_is_suspended_removed_and_made_again() {
    let forge = forge().await;
    let (api, installation) = (Api::app(&forge), forge.installation_id());
    forge.carol().suspends_app("acme").await.unwrap();
    assert!(last(&forge, "installation.suspend")["installation"]["suspended_at"].is_string());
    let refused = token(&forge, installation).await;
    assert_eq!(refused.is(403)["message"], "This installation has been suspended");
    api.get("/repos/acme/infra").await.is(403);
    let count = told(&forge).len();
    forge.alice().opens_issue(REPO, "a bucket", "please").await.unwrap();
    assert_eq!(told(&forge).len(), count, "a suspended installation hears nothing");
    forge.carol().unsuspends_app("acme").await.unwrap();
    assert!(last(&forge, "installation.unsuspend")["installation"]["suspended_at"].is_null());
    token(&forge, installation).await.is(201);
    api.get("/repos/acme/infra").await.is(200);

    forge.carol().uninstalls_app("acme").await.unwrap();
    assert_eq!(last(&forge, "installation.deleted")["repositories"][0]["full_name"], REPO);
    token(&forge, installation).await.is(404);
    api.get("/repos/acme/infra").await.is(401);
    app(&forge).get("/repos/acme/infra/installation").await.is(404);
    let again = forge.carol().installs_app("acme").await.unwrap();
    assert_ne!(again, installation);
    assert_eq!(last(&forge, "installation.created")["installation"]["id"], again);
    token(&forge, again).await.is(201);
    token(&forge, installation).await.is(404);
    assert!(forge.alice().uninstalls_app("acme").await.is_err(), "no owner");
    conforms(&forge);
}

#[tokio::test]
async fn what_the_app_gives_up_is_gone_at_once_and_comes_back_when_accepted() {
    let forge = forge().await;
    let api = Api::app(&forge);
    let sha = api.get("/repos/acme/infra/branches/main").await.is(200)["commit"]["sha"].clone();
    let check = json!({"name": "tfpilot/plan", "head_sha": sha});
    api.post("/repos/acme/infra/check-runs", check.clone()).await.is(201);
    forge.app_gives_up("checks");
    let refused = api.post("/repos/acme/infra/check-runs", check.clone()).await;
    assert_eq!(refused.is(403)["message"], "Resource not accessible by integration");
    assert_eq!(refused.header("x-accepted-github-permissions"), "checks=write");

    forge.app_asks_for("checks");
    api.post("/repos/acme/infra/check-runs", check.clone()).await.is(403);
    forge.carol().accepts_permissions("acme").await.unwrap();
    let accepted = last(&forge, "installation.new_permissions_accepted");
    assert_eq!(accepted["installation"]["permissions"]["checks"], "write");
    api.post("/repos/acme/infra/check-runs", check).await.is(201);

    // A repository that is not among the chosen ones is not seen.
    forge.carol().withdraws_repository(REPO).await.unwrap();
    assert_eq!(last(&forge, "installation_repositories.removed")["repository_selection"], "selected");
    api.get("/repos/acme/infra").await.is(404);
    forge.carol().adds_repository(REPO).await.unwrap();
    api.get("/repos/acme/infra").await.is(200);
    conforms(&forge);
}
