//! What GitHub sent us, as it remembers it, to find what did not arrive. GitHub keeps deliveries for three days and
//! never repeats one by itself.

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::client::{Call, GitHub, Identity, Result, Route};
use super::{InstallationId, RepoId};

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentDelivery {
    /// The attempt's id, by which it is repeated.
    pub id: u64,
    /// The delivery's name (`X-GitHub-Delivery`): the same for every attempt.
    pub guid: String,
    /// When.
    pub delivered_at: Timestamp,
    /// Not the first attempt.
    #[serde(default)]
    pub redelivery: bool,
    /// What we answered; 0 when nobody did.
    #[serde(default)]
    pub status_code: u16,
    /// The event's name.
    pub event: String,
    /// Such as `opened`.
    pub action: Option<String>,
    /// The installation it is about.
    pub installation_id: Option<InstallationId>,
    /// The repository it is about.
    pub repository_id: Option<RepoId>,
}

/// A page of deliveries, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<SentDelivery>,
    /// Where older ones begin; none at the end.
    pub next: Option<String>,
}

impl GitHub {
    /// One page of deliveries to the app, from a cursor of an earlier page or from the newest.
    pub async fn deliveries(&self, cursor: Option<&str>) -> Result<DeliveryPage> {
        let mut route = Route::new("/app/hook/deliveries", &[])?.query("per_page", 100);
        if let Some(cursor) = cursor {
            route = route.query("cursor", cursor);
        }
        let answer = self.send(Identity::App, &Call::get(route, "listing webhook deliveries")).await?;
        let next = answer.next_link().as_deref().and_then(cursor_of);
        Ok(DeliveryPage { deliveries: answer.read()?, next })
    }

    /// Asks GitHub to repeat a delivery. It arrives later, under the same name.
    pub async fn redeliver(&self, id: u64) -> Result<()> {
        let route = Route::new("/app/hook/deliveries/{delivery}/attempts", &[&id])?;
        let call = Call::write(Method::POST, route, format!("asking GitHub to repeat delivery {id}"));
        self.send(Identity::App, &call).await.map(drop)
    }
}

fn cursor_of(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let raw = query.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    percent_encoding::percent_decode_str(raw).decode_utf8().ok().map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_way_through_an_address() {
        let link = "https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_12%2B3%3D";
        assert_eq!(cursor_of(link).as_deref(), Some("v1_12+3="));
        assert_eq!(cursor_of("https://api.github.com/app/hook/deliveries?per_page=100"), None);
        assert_eq!(cursor_of("nonsense"), None);
    }
}
