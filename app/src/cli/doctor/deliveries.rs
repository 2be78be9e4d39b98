//! Recent webhook deliveries: whether they arrive. One that failed and was repeated with success is well.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::report::Report;
use crate::github::deliveries::SentDelivery;

/// How far back is looked.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Judges attempts, newest first.
pub(super) fn judge(report: &mut Report, attempts: &[SentDelivery], now: Timestamp) {
    let mut last: BTreeMap<&str, &SentDelivery> = BTreeMap::new();
    let recent = attempts.iter().filter(|attempt| now.duration_since(attempt.delivered_at) <= RECENT);
    for attempt in recent {
        let known = last.entry(attempt.guid.as_str()).or_insert(attempt);
        if order(attempt) > order(known) {
            *known = attempt;
        }
    }
    let newest = last.values().max_by_key(|attempt| order(attempt));
    let failed: Vec<&&SentDelivery> = last.values().filter(|attempt| !arrived(attempt)).collect();
    let Some(worst) = failed.iter().max_by_key(|attempt| order(attempt)) else {
        report.ok("deliveries", format!("{} in the last 24 hours, all arrived", last.len()));
        return;
    };
    let status = match worst.status_code {
        0 => "no answer".to_owned(),
        code => format!("answer {code}"),
    };
    let what = format!(
        "{} of {} did not arrive in the last 24 hours; last {} with {status}",
        failed.len(),
        last.len(),
        worst.event
    );
    let next = match worst.status_code {
        0 => "make TFPILOT_URL reachable from GitHub; see Advanced in the app's settings",
        401 => "set the same secret in the app's settings and in TFPILOT_GITHUB_WEBHOOK_SECRET",
        404 | 405 => "the webhook URL must end in /webhooks/github and lead to this server",
        _ => "the server's log says why; what is missing is fetched again after its start",
    };
    if newest.is_some_and(|newest| !arrived(newest)) {
        report.fail("deliveries", what, next);
    } else {
        report.warn("deliveries", what, next);
    }
}

/// Times are whole seconds; within one, ids grow.
fn order(attempt: &SentDelivery) -> (Timestamp, u64) {
    (attempt.delivered_at, attempt.id)
}

fn arrived(attempt: &SentDelivery) -> bool {
    (200..300).contains(&attempt.status_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("a time")
    }

    fn attempt(guid: &str, minutes_ago: i64, status_code: u16) -> SentDelivery {
        SentDelivery {
            id: 1,
            guid: guid.to_owned(),
            delivered_at: now() - SignedDuration::from_mins(minutes_ago),
            redelivery: false,
            status_code,
            event: "issues".to_owned(),
            action: None,
            installation_id: None,
            repository_id: None,
        }
    }

    #[track_caller]
    fn check(attempts: &[SentDelivery], expect: &str) {
        let mut report = Report::default();
        judge(&mut report, attempts, now());
        assert_eq!(report.text().lines().next(), Some(expect));
    }

    #[test]
    fn what_arrived_in_the_end_is_well() {
        check(&[], "ok    deliveries: 0 in the last 24 hours, all arrived");
        check(
            &[attempt("a", 1, 202), attempt("a", 5, 500)],
            "ok    deliveries: 1 in the last 24 hours, all arrived",
        );
        check(
            &[attempt("a", 1, 202), attempt("b", 3000, 500)],
            "ok    deliveries: 1 in the last 24 hours, all arrived",
        );
    }

    #[test]
    fn what_fails_now_is_worse_than_what_failed() {
        check(
            &[attempt("a", 1, 202), attempt("b", 5, 0)],
            "warn  deliveries: 1 of 2 did not arrive in the last 24 hours; last issues with no answer",
        );
        let (mut first, mut second) = (attempt("b", 1, 0), attempt("a", 1, 202));
        (first.id, second.id) = (1, 2);
        check(
            &[second, first],
            "warn  deliveries: 1 of 2 did not arrive in the last 24 hours; last issues with no answer",
        );
        check(
            &[attempt("a", 1, 401), attempt("b", 5, 202)],
            "fail  deliveries: 1 of 2 did not arrive in the last 24 hours; last issues with answer 401",
        );
    }
}
