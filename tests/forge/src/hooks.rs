//! Owns: webhook deliveries: recording, signing, sending in order, redelivery. The record is what `GET
//! /app/hook/deliveries` shows. Leaves to [`crate::payload`]: what is said.

use std::collections::BTreeMap;

use axum::body::Body;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use sha2::Sha256;
use tokio::sync::{mpsc, watch};

use crate::faults::HookFault;

/// What is said of a delivery while there is nowhere to send it.
pub(crate) const NO_TARGET: &str = "failed to connect to host";
/// How long GitHub waits for an answer.
const ANSWER_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// One webhook sent, or to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    /// The same for each attempt of one event.
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) payload: String,
    pub(crate) repository: Option<u64>,
    pub(crate) installation: Option<u64>,
    pub(crate) redelivery: bool,
    pub(crate) at: Timestamp,
    /// `None` until it was tried.
    pub(crate) outcome: Option<Outcome>,
}

/// How a delivery ended.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The status answered, 0 when there was no answer.
    pub(crate) status: u16,
    /// What GitHub calls it.
    pub(crate) said: String,
    pub(crate) seconds: f64,
    pub(crate) answer: String,
}

/// A delivery on its way, with all the sender needs.
#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) id: u64,
    pub(crate) target: String,
    pub(crate) secret: String,
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) payload: String,
    pub(crate) installation_target: u64,
}

/// The deliveries and where they go.
pub(crate) struct Hooks {
    pub(crate) target: Option<String>,
    pub(crate) deliveries: BTreeMap<u64, Delivery>,
    /// A parcel that waits for the next one to overtake it.
    held: Option<Parcel>,
    outbox: mpsc::UnboundedSender<Parcel>,
    pending: watch::Sender<usize>,
}

impl Hooks {
    /// An empty record; parcels go to the receiver's end.
    pub(crate) fn new(target: Option<String>) -> (Hooks, mpsc::UnboundedReceiver<Parcel>) {
        let (outbox, parcels) = mpsc::unbounded_channel();
        let (pending, _) = watch::channel(0);
        (Hooks { target, deliveries: BTreeMap::new(), held: None, outbox, pending }, parcels)
    }

    /// How many deliveries are on their way.
    pub(crate) fn pending(&self) -> watch::Receiver<usize> {
        self.pending.subscribe()
    }

    /// Records a delivery and sends it on its way; without a target it is recorded as failed, as GitHub would.
    pub(crate) fn post(&mut self, mut delivery: Delivery, secret: &str, app: u64, fault: Option<HookFault>) {
        let Some(target) = self.target.clone() else {
            let said = NO_TARGET.to_owned();
            delivery.outcome = Some(Outcome { status: 0, said, seconds: 0.0, answer: String::new() });
            self.deliveries.insert(delivery.id, delivery);
            return;
        };
        let parcel = Parcel {
            id: delivery.id,
            target,
            secret: secret.to_owned(),
            guid: delivery.guid.clone(),
            event: delivery.event.clone(),
            payload: delivery.payload.clone(),
            installation_target: app,
        };
        if fault == Some(HookFault::Lost) {
            let said = "lost on the way".to_owned();
            delivery.outcome = Some(Outcome { status: 0, said, seconds: 0.0, answer: String::new() });
        }
        self.deliveries.insert(delivery.id, delivery);
        match fault {
            Some(HookFault::Lost) => {}
            Some(HookFault::Doubled) => {
                self.dispatch(parcel.clone());
                self.dispatch(parcel);
            }
            Some(HookFault::Swapped) if self.held.is_none() => self.held = Some(parcel),
            Some(HookFault::Swapped) | None => {
                self.dispatch(parcel);
                self.flush();
            }
        }
    }

    /// Sends what was held back.
    pub(crate) fn flush(&mut self) {
        if let Some(parcel) = self.held.take() {
            self.dispatch(parcel);
        }
    }

    fn dispatch(&mut self, parcel: Parcel) {
        self.pending.send_modify(|count| *count += 1);
        if self.outbox.send(parcel).is_err() {
            // Only while shutting down: nobody waits any more.
            self.pending.send_modify(|count| *count = count.saturating_sub(1));
        }
    }

    /// Records how a delivery ended.
    pub(crate) fn ended(&mut self, id: u64, outcome: Outcome) {
        if let Some(delivery) = self.deliveries.get_mut(&id) {
            delivery.outcome = Some(outcome);
        }
        self.pending.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// The value of `X-Hub-Signature-256`.
pub(crate) fn signature(secret: &str, payload: &[u8]) -> String {
    // HMAC takes keys of any length; an empty secret means unsigned, which nobody should test against.
    match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(payload);
            format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
        }
        Err(_) => String::new(),
    }
}

/// Sends webhooks.
#[derive(Clone)]
pub(crate) struct Sender {
    client: Client<HttpConnector, Body>,
}

impl Sender {
    /// A sender over plain HTTP.
    pub(crate) fn new() -> Sender {
        Sender { client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Sends one delivery with GitHub's headers and waits for its answer.
    pub(crate) async fn send(&self, parcel: &Parcel) -> Outcome {
        let start = std::time::Instant::now();
        let sent = tokio::time::timeout(ANSWER_WITHIN, self.request(parcel)).await;
        let seconds = start.elapsed().as_secs_f64();
        let failed = |said: String| Outcome { status: 0, said, seconds, answer: String::new() };
        match sent {
            Err(_) => failed("timed out".to_owned()),
            Ok(Err(error)) => failed(error.to_string()),
            Ok(Ok((status, answer))) => {
                let said = if (200..300).contains(&status) {
                    "OK".to_owned()
                } else {
                    format!("Invalid HTTP Response: {status}")
                };
                Outcome { status, said, seconds, answer }
            }
        }
    }

    async fn request(&self, parcel: &Parcel) -> anyhow::Result<(u16, String)> {
        let request = Request::post(&parcel.target)
            .header("Accept", "*/*")
            .header("Content-Type", "application/json")
            .header("User-Agent", "GitHub-Hookshot/f0r9e00")
            .header("X-GitHub-Delivery", &parcel.guid)
            .header("X-GitHub-Event", &parcel.event)
            .header("X-GitHub-Hook-ID", "1")
            .header("X-GitHub-Hook-Installation-Target-ID", parcel.installation_target)
            .header("X-GitHub-Hook-Installation-Target-Type", "integration")
            .header("X-Hub-Signature-256", signature(&parcel.secret, parcel.payload.as_bytes()))
            .body(Body::from(parcel.payload.clone()))?;
        let answer = self.client.request(request).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(body.get(..4096).unwrap_or(&body)).into_owned()))
    }
}
