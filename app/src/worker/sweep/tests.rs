//! The sweep against saved answers: what is asked for, how often, and where it goes on.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Swept, step};
use crate::app::tests::app_in;
use crate::github::Settings;
use crate::github::tests::{Server, pem_key};
use crate::store::Delivery;
use crate::{App, Clock};

const LIST: &str = "GET /app/hook/deliveries?per_page=100";

struct Bench {
    app: Arc<App>,
    server: Server,
    started: Timestamp,
    _dir: tempfile::TempDir,
}

impl Bench {
    /// An app that is installed nowhere and has swept once.
    async fn start() -> Self {
        let (dir, server, clock) =
            (tempfile::tempdir().expect("a directory"), Server::start().await, Clock::default());
        server.saves("GET /app/installations?per_page=100&page=1", 200, json!([]));
        let mut settings = Settings::new(server.url(), 7, pem_key(0).into());
        let time = clock.clone();
        settings.clock = Arc::new(move || time.now());
        let app = app_in(dir.path(), settings, clock);
        let bench = Self { started: app.clock.now(), app, server, _dir: dir };
        assert_eq!(step(&bench.app).await, Some(Swept::default()), "nothing is installed");
        bench
    }

    /// An attempt at a delivery, some minutes before the start.
    fn attempt(&self, id: u64, guid: &str, minutes: i64) -> Value {
        let at = self.started - SignedDuration::from_mins(minutes);
        json!({ "id": id, "guid": guid, "delivered_at": at.to_string(), "status_code": 502, "event": "issues",
                "action": "opened", "installation_id": 1, "repository_id": 11 })
    }

    fn lists(&self, attempts: &[Value]) {
        self.server.saves(LIST, 200, json!(attempts));
    }

    fn repeats(&self, id: u64, status: u16) {
        self.server.saves(&format!("POST /app/hook/deliveries/{id}/attempts"), status, json!({}));
    }

    /// The attempts that GitHub was asked to repeat, in order.
    fn asked(&self) -> Vec<String> {
        let seen = self.server.seen("POST /app/hook/deliveries/").into_iter();
        seen.map(|seen| seen.line.split('/').nth(4).unwrap_or_default().to_owned()).collect()
    }

    async fn arrives(&self, guid: &str) {
        let (id, kind) = (format!("github/{guid}"), "github/issues".to_owned());
        let delivery = Delivery { id, kind, body: b"{}".to_vec(), received_at: self.app.clock.now() };
        self.app.store.accept(delivery).await.expect("accepted");
    }

    async fn sweeps(&self) -> Swept {
        step(&self.app).await.expect("a sweep")
    }
}

fn asked_again(asked_again: usize) -> Swept {
    Swept { asked_again, ..Swept::default() }
}

#[tokio::test]
async fn attempts_of_one_delivery_are_one_and_old_pages_are_not_read() {
    let bench = Bench::start().await;
    bench.arrives("here").await;
    let attempts = [
        bench.attempt(14, "here", 0),
        bench.attempt(13, "twice", 0),
        bench.attempt(12, "twice", 1),
        bench.attempt(11, "once", 2),
        bench.attempt(10, "long-ago", 60),
    ];
    let next = "<https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_10>; rel=\"next\"";
    bench.server.saves_with(LIST, 200, &[("link", next)], json!(attempts));
    bench.repeats(13, 202);
    bench.repeats(11, 202);
    assert_eq!(bench.sweeps().await, asked_again(2));
    assert_eq!(bench.asked(), ["11", "13"], "oldest first");
    assert!(bench.server.seen("GET /app/hook/deliveries?per_page=100&cursor").is_empty());

    // What was asked for gets time to come; what came is not asked for again.
    assert_eq!(bench.sweeps().await, Swept::default());
    bench.arrives("twice").await;
    bench.app.clock().advance(300);
    assert_eq!(bench.sweeps().await, asked_again(1));
    assert_eq!(bench.asked(), ["11", "13", "11"]);
}

#[tokio::test]
async fn what_never_comes_is_given_up_once() {
    let bench = Bench::start().await;
    bench.lists(&[bench.attempt(11, "never", 0)]);
    bench.lists(&[]);
    bench.repeats(11, 202);
    for _ in 0..5 {
        assert_eq!(bench.sweeps().await, asked_again(1), "also when GitHub lists it no more");
        bench.app.clock().advance(300);
    }
    assert_eq!(bench.sweeps().await, Swept { given_up: 1, ..Swept::default() });
    bench.app.clock().advance(300);
    assert_eq!(bench.sweeps().await, Swept::default());
    assert_eq!(bench.asked().len(), 5);
    let counts = bench.app.metrics().counts();
    assert_eq!((counts.deliveries_asked_again, counts.deliveries_given_up), (5, 1));
}

#[tokio::test]
async fn one_refusal_stops_nobody_and_a_failure_is_made_up_for() {
    let bench = Bench::start().await;
    bench.lists(&[bench.attempt(12, "second", 0), bench.attempt(11, "first", 1)]);
    bench.repeats(11, 404);
    bench.repeats(12, 502);
    bench.repeats(12, 202);
    assert_eq!(step(&bench.app).await, None, "GitHub fails");
    assert_eq!(bench.app.metrics().counts().sweeps_failed, 1);
    assert_eq!(bench.sweeps().await, asked_again(1));
    assert_eq!(bench.asked(), ["11", "12", "12"], "what was asked for is not asked for again at once");
}

#[tokio::test]
async fn so_much_is_asked_for_as_github_takes_and_the_rest_soon() {
    let bench = Bench::start().await;
    let attempts: Vec<Value> =
        (0..70).rev().map(|n| bench.attempt(100 + n, &format!("guid-{n:02}"), 0)).collect();
    bench.lists(&attempts);
    (0..70).for_each(|n| bench.repeats(100 + n, 202));
    assert_eq!(bench.sweeps().await, Swept { asked_again: 60, more: true, ..Swept::default() });
    bench.app.clock().advance(60);
    assert_eq!(bench.sweeps().await, asked_again(10));
    let asked = bench.asked();
    assert_eq!(
        (asked.len(), asked.first().map(String::as_str), asked.last().map(String::as_str)),
        (70, Some("100"), Some("169"))
    );
}

#[tokio::test]
async fn a_mark_older_than_githubs_memory_asks_for_nothing() {
    let bench = Bench::start().await;
    bench.lists(&[bench.attempt(11, "gone", 0)]);
    bench.app.clock().advance(4 * 24 * 3_600);
    assert_eq!(bench.sweeps().await, Swept::default());
    assert!(bench.server.seen(LIST).is_empty(), "what is open is read instead");
    assert_eq!(bench.server.seen("GET /app/installations").len(), 2);
}
