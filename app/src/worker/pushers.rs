//! Who moved the head of a pull request. Author and committer are whatever a commit says of itself; who pushed it is
//! GitHub's own word, which its webhook alone carries.

use tfpilot_engine::Person;

use crate::app::App;
use crate::github::webhook::Webhook;
use crate::store::{StoreError, View, ViewChange};
use crate::worker::{actors, views};

/// More people than push to one pull request.
const LOOKED_AT: usize = 1_000;

/// Keeps who pushed, if that is what the webhook says.
pub(crate) async fn remember(
    app: &App,
    repository: u64,
    number: u64,
    webhook: &Webhook,
) -> Result<(), StoreError> {
    let pushed = webhook.action.as_deref() == Some("synchronize");
    let Some(who) = webhook.sender.as_ref().filter(|who| pushed && who.is_person()) else { return Ok(()) };
    let person = actors::person(who);
    let key = format!("{}{}", prefix(repository, number), person.id);
    let change = ViewChange { view: View::Marks, key, value: Some(views::write(&person)?) };
    app.store.put_views(vec![change], Vec::new()).await
}

/// Everybody who pushed to a pull request since it was opened.
pub(crate) async fn of(app: &App, repository: u64, number: u64) -> Result<Vec<Person>, StoreError> {
    let rows = app.store.scan(View::Marks, &prefix(repository, number), LOOKED_AT).await?;
    rows.iter().map(|(key, row)| views::read(View::Marks, key, row)).collect()
}

fn prefix(repository: u64, number: u64) -> String {
    format!("pushed/{repository}/{number}/")
}
