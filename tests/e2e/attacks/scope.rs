//! A sidecar outside its scope is given nothing, however long it waits.

use anyhow::{Result, ensure};
use serde_json::json;
use tfpilot_protocol::{Operation, SidecarScope};

use super::hand::{Hand, queued, sidecar, without_runner};
use super::tokens::opens;

#[tokio::test(flavor = "multi_thread")]
async fn a_sidecar_outside_its_scope_is_given_nothing() -> Result<()> {
    let world = without_runner().await?;
    let number = opens(&world, "notes").await?;
    queued(&world, 1).await?;
    let all = SidecarScope { persistent: true, ..SidecarScope::default() };
    let some = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let outside = [
        SidecarScope { repositories: some(&["acme/other", "acme/infra-2", "infra"]), ..all.clone() },
        SidecarScope { environments: some(&["prod", "de"]), ..all.clone() },
        SidecarScope { operations: vec![Operation::Apply], ..all.clone() },
        SidecarScope { repositories: some(&["acme/infra"]), environments: some(&["prod"]), ..all.clone() },
    ];
    let hand = Hand::of(&world);
    let mut asked = Vec::new();
    for scope in outside {
        let (hand, token) = (hand.clone(), sidecar(&world, scope.clone()).await?);
        asked.push((scope, tokio::spawn(async move { hand.asks(&token, None).await })));
    }
    for (scope, answer) in asked {
        let (status, answer) = answer.await??;
        ensure!((status, &answer["answer"]) == (200, &json!("nothing")), "{scope:?}: {status} {answer}");
    }
    let inside = SidecarScope {
        repositories: some(&["acme/infra"]),
        environments: some(&["dev"]),
        operations: vec![Operation::Plan],
        persistent: true,
    };
    let token = sidecar(&world, inside).await?;
    let job = hand.claims(&token, None).await?;
    hand.plans(&job, 1).await?;
    world.bob().approves(tfpilot_tests::REPOSITORY, number).await?;
    world.settle().await?;
    world.finish().await
}
