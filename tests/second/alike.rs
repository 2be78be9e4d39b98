//! The same requests to emulate and to the forge, and what GitHub documents of each. Where the two differ, the
//! documentation decides: the forge answers as documented, always; emulate where it is not listed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use http::Request;
use serde_json::Value;
use tfpilot_forge::{Forge, ForgeOptions};
use tfpilot_tests::REPOSITORY;

use crate::client::Http;
use crate::differences;
use crate::emulate::{Emulate, Registered, installation_token};
use crate::requests::{Asked, REQUESTS};
use crate::world::APP;

/// One of the two, with the tokens of those who ask.
struct Server {
    name: &'static str,
    base: String,
    tokens: BTreeMap<&'static str, String>,
}

impl Server {
    async fn forge(forge: &Forge) -> Result<Server> {
        let mut tokens =
            BTreeMap::from([("app", forge.installation_token()), ("nobody", "wrong".to_owned())]);
        for who in ["alice", "bob", "carol", "mallory"] {
            tokens.insert(who, forge.person(who).token()?);
        }
        forge.repository(REPOSITORY, &[("README.md", "# infra\n")]).await?;
        forge.set_private(REPOSITORY, true)?;
        Ok(Server { name: "the forge", base: forge.api_url(), tokens })
    }

    async fn emulate(emulate: &Emulate, key: &str) -> Result<Server> {
        let token = installation_token(emulate, APP, key).await?;
        let mut tokens = BTreeMap::from([("app", token), ("nobody", "wrong".to_owned())]);
        for who in ["alice", "bob", "carol", "mallory"] {
            tokens.insert(who, crate::emulate::token(who));
        }
        Ok(Server { name: "emulate", base: emulate.address().to_owned(), tokens })
    }

    /// Asks everything in turn; what is kept of an answer fills the requests after it.
    async fn answers(&self) -> Result<Vec<String>> {
        let (http, mut kept) = (Http::new(), BTreeMap::from([("none", "0".repeat(40))]));
        let mut unlike = Vec::new();
        for asked in REQUESTS {
            let path = format!("/repos/{REPOSITORY}/{}", filled(asked.path, &kept));
            let path = path.trim_end_matches('/');
            let token = self.tokens.get(asked.who).context(asked.who)?;
            let request = Request::builder()
                .method(asked.method)
                .uri(format!("{}{path}", self.base))
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(Body::from(filled(asked.body, &kept)))?;
            let answer = http.send(request).await?;
            let body = answer.json();
            for (name, pointer) in asked.keeps {
                let found = body
                    .pointer(pointer)
                    .map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
                let words = || format!("{}: {}: no {pointer} in {body}", self.name, asked.says);
                kept.insert(name, found.with_context(words)?);
            }
            if let Some(difference) = difference(asked, answer.status, &body) {
                unlike.push(format!("{}: {difference}", asked.says));
            }
        }
        Ok(unlike)
    }
}

/// A text with `<name>` replaced by what was kept under that name.
fn filled(text: &str, kept: &BTreeMap<&str, String>) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<{name}>"), value))
}

/// In what an answer is not as documented.
fn difference(asked: &Asked, status: u16, body: &Value) -> Option<String> {
    if status != asked.status {
        return Some(format!(
            "answers {status}, not {}: {}",
            asked.status,
            body.get("message").unwrap_or(body)
        ));
    }
    let (pointer, wanted) = asked.shows?;
    let found = body.pointer(pointer).map(Value::to_string).unwrap_or_default();
    (found != wanted).then(|| format!("{pointer} is {found}, not {wanted}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forge_answers_as_documented_and_emulate_where_it_is_not_listed() -> Result<()> {
    let forge = Forge::start(ForgeOptions::default()).await?;
    let unlike = Server::forge(&forge).await?.answers().await?;
    ensure!(unlike.is_empty(), "the forge:\n{}", unlike.join("\n"));

    let Some(library) = crate::library()? else { return Ok(()) };
    let dir = tempfile::tempdir()?;
    let key = tfpilot_forge::app_key_pem()?;
    let registered = Registered { id: APP, key: &key, webhook: None };
    let emulate = Emulate::start(&library, &registered, "http://localhost", dir.path()).await?;
    let unlike = Server::emulate(&emulate, &key).await?.answers().await?;
    let said: BTreeSet<&str> =
        unlike.iter().filter_map(|text| text.split_once(':')).map(|(says, _)| says).collect();
    let listed: BTreeSet<&str> = differences::OF_ANSWERS.iter().copied().collect();
    let fresh: Vec<&String> =
        unlike.iter().filter(|text| !listed.iter().any(|one| text.starts_with(one))).collect();
    ensure!(fresh.is_empty(), "differences that are not listed: {fresh:#?}");
    let closed: Vec<&&str> = listed.difference(&said).collect();
    ensure!(closed.is_empty(), "emulate answers as documented now; take these off the list: {closed:#?}");
    Ok(())
}
