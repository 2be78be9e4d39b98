//! A load generator for webhooks: HTTP/1.1 over kept connections, valid signatures, a fresh delivery id each time.
//!
//! It shares the machine with the server it loads, so what it gives are lower bounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Where deliveries go.
pub(crate) const PATH: &str = "/webhooks/github";

/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Longest wait for one answer: GitHub's own.
const PATIENCE: Duration = Duration::from_secs(10);

/// One signed delivery, sent again and again under new ids.
#[derive(Debug)]
pub(crate) struct Letter {
    event: String,
    body: Vec<u8>,
    signature: String,
    sent: AtomicU64,
}

impl Letter {
    /// Signs a body.
    ///
    /// # Errors
    /// When the secret cannot be a key.
    pub(crate) fn new(event: &str, body: Vec<u8>, secret: &str) -> anyhow::Result<Letter> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("the webhook secret")?;
        mac.update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        Ok(Letter { event: event.to_owned(), body, signature, sent: AtomicU64::new(0) })
    }

    /// Bytes of the body.
    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }

    /// The whole request, with an id that was not used before.
    fn request(&self, host: &str) -> Vec<u8> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nUser-Agent: GitHub-Hookshot/bench\r\nX-GitHub-Event: {}\r\nX-GitHub-Delivery: 00000000-0000-4000-8000-{number:012x}\r\nX-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n",
            self.event,
            self.signature,
            self.body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(&self.body);
        request
    }
}

/// How much is sent: whichever limit is met first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Connections at the same time.
    pub(crate) connections: usize,
    /// Deliveries altogether.
    pub(crate) count: u64,
    /// Time from the first.
    pub(crate) time: Duration,
}

/// What a load gave.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Time of every answer, in seconds.
    pub(crate) latencies: Vec<f64>,
    /// From the first request to the last answer, in seconds.
    pub(crate) elapsed: f64,
}

impl Loaded {
    /// Acknowledged deliveries per second.
    pub(crate) fn rate(&self) -> f64 {
        crate::report::ratio(self.latencies.len() as f64, self.elapsed)
    }
}

/// Sends deliveries until a bound is met.
///
/// # Errors
/// When a delivery is answered with anything but 202: what was not taken is no measure.
pub(crate) async fn run(address: &str, letter: &Arc<Letter>, bounds: Bounds) -> anyhow::Result<Loaded> {
    let left = Arc::new(AtomicU64::new(bounds.count));
    let start = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..bounds.connections {
        let (address, letter, left) = (address.to_owned(), Arc::clone(letter), Arc::clone(&left));
        senders.spawn(async move { send(&address, &letter, &left, start + bounds.time).await });
    }
    let mut loaded = Loaded::default();
    while let Some(sent) = senders.join_next().await {
        loaded.latencies.extend(sent.context("a sender's task")??);
    }
    loaded.elapsed = start.elapsed().as_secs_f64();
    ensure!(!loaded.latencies.is_empty(), "nothing was sent to {address}");
    Ok(loaded)
}

/// One connection's share.
async fn send(address: &str, letter: &Letter, left: &AtomicU64, end: Instant) -> anyhow::Result<Vec<f64>> {
    let mut stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
    stream.set_nodelay(true)?;
    let mut latencies = Vec::new();
    let take = |left: u64| left.checked_sub(1);
    while Instant::now() < end && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
        let request = letter.request(address);
        let start = Instant::now();
        stream.write_all(&request).await.context("sending a delivery")?;
        let status = tokio::time::timeout(PATIENCE, answer(&mut stream)).await;
        let status = status.with_context(|| format!("no answer within {PATIENCE:?}"))??;
        latencies.push(start.elapsed().as_secs_f64());
        ensure!(status == 202, "a delivery was answered with status {status}");
    }
    Ok(latencies)
}

/// Reads one answer to its end and gives its status.
async fn answer(stream: &mut TcpStream) -> anyhow::Result<u16> {
    let mut read = Vec::with_capacity(512);
    loop {
        if let Some((status, length)) = parse(&read)?
            && read.len() >= length
        {
            return Ok(status);
        }
        ensure!(read.len() < LONGEST_ANSWER, "an answer is longer than {LONGEST_ANSWER} bytes");
        if stream.read_buf(&mut read).await.context("reading an answer")? == 0 {
            bail!("the server closed the connection");
        }
    }
}

/// Status and whole length of an answer, once its head is there.
fn parse(read: &[u8]) -> anyhow::Result<Option<(u16, usize)>> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(read.get(..end).unwrap_or_default()).to_ascii_lowercase();
    let status =
        head.split(' ').nth(1).and_then(|word| word.parse().ok()).context("an answer without status")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize =
        length.map_or(Ok(0), |length| length.trim().parse()).context("the answer's length")?;
    Ok(Some((status, end + 4 + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_body() {
        assert_eq!(parse(b"HTTP/1.1 202 Accepted\r\ncontent-le").unwrap(), None);
        let whole = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";
        assert_eq!(parse(whole).unwrap(), Some((401, whole.len())));
        assert!(parse(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn each_request_has_an_id_of_its_own_and_a_signature_that_holds() {
        let letter = Letter::new("ping", b"{}".to_vec(), "hush").unwrap();
        let (first, second) = (letter.request("here"), letter.request("here"));
        assert_ne!(first, second);
        let secrets = [secrecy::SecretString::from("hush")];
        let signed = tfpilot::github::webhook::verify(&secrets, b"{}", Some(&letter.signature));
        assert!(signed.is_ok(), "{signed:?}");
    }
}
