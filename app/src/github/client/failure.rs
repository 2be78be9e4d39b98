//! What can go wrong with GitHub, sorted once: every caller treats these cases and no status codes.
//!
//! Nothing is retried here; the outbox does that, by [`Failure::is_worth_retrying`] and the time that
//! [`Failure::RateLimited`] carries.

use std::fmt;

use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// Wait this long after a limit which names no time: GitHub asks for at least a minute.
const UNNAMED_LIMIT: SignedDuration = SignedDuration::from_secs(60);
/// No limit of GitHub's lasts longer than its hourly window, whatever an answer claims.
const LONGEST_LIMIT: SignedDuration = SignedDuration::from_secs(3600);
/// What is kept of a message from outside.
const MESSAGE_CHARS: usize = 600;

/// The result of speaking with GitHub.
pub type Result<T> = std::result::Result<T, GitHubError>;

/// A call to GitHub that did not succeed: what we were doing, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {failure}")]
pub struct GitHubError {
    /// Such as `posting check tfpilot/plan in acme/infra`.
    pub doing: String,
    /// The cause, by how it is treated.
    pub failure: Failure,
}

impl GitHubError {
    /// An error which is found on our side, before or after the call.
    pub(crate) fn new(doing: impl Into<String>, failure: Failure) -> Self {
        Self { doing: doing.into(), failure }
    }
}

/// The causes that are treated differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The network, a timeout, or GitHub itself failed; the same call may succeed later. Its effect is unknown.
    Transient {
        /// What was seen.
        detail: String,
    },
    /// GitHub asks to wait. The call had no effect.
    RateLimited {
        /// When it may be repeated.
        until: Timestamp,
    },
    /// The thing does not exist, or the app cannot see it.
    Gone,
    /// The app is not allowed to.
    Forbidden {
        /// The permission GitHub names, such as `checks=write`.
        permission: Option<String>,
        /// GitHub's words.
        message: String,
    },
    /// Something else is there already, or moved meanwhile.
    Conflict {
        /// GitHub's words, or ours.
        message: String,
    },
    /// GitHub refuses what we sent; the same call is refused again.
    Invalid {
        /// GitHub's words with the fields it names, or ours.
        message: String,
    },
    /// The app's own credentials are refused.
    Unauthorized,
    /// GitHub gives no token for the installation, as there is none any more.
    NotInstalled,
    /// An owner of the account suspended the installation.
    Suspended,
}

impl Failure {
    /// True when the same call can succeed later without anybody doing anything.
    pub fn is_worth_retrying(&self) -> bool {
        matches!(self, Failure::Transient { .. } | Failure::RateLimited { .. })
    }

    /// The refusal's words, where the failure is one of [`Failure::Invalid`] or [`Failure::Conflict`].
    pub(crate) fn refusal(&self) -> Option<&str> {
        match self {
            Failure::Invalid { message } | Failure::Conflict { message } => Some(message),
            _ => None,
        }
    }

    /// Sorts the answer to the request for an installation's token: what is not found there is the installation itself.
    pub(crate) fn sort_token(status: StatusCode, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Self {
        match Self::sort(status, headers, body, now) {
            Failure::Gone => Failure::NotInstalled,
            other => other,
        }
    }

    /// Sorts an answer that is not a success.
    pub(crate) fn sort(status: StatusCode, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Self {
        let message = message_of(status, body);
        if is_limit(status, headers, &message) {
            return Failure::RateLimited { until: limited_until(headers, now) };
        }
        match status.as_u16() {
            401 => Failure::Unauthorized,
            403 if is_suspended(&message) => Failure::Suspended,
            403 => {
                Failure::Forbidden { permission: header(headers, "x-accepted-github-permissions"), message }
            }
            404 | 410 | 451 => Failure::Gone,
            409 | 412 => Failure::Conflict { message },
            408 | 425 | 500..=599 => Failure::Transient { detail: format!("GitHub answered {message}") },
            _ => Failure::Invalid { message },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Transient { detail } => f.write_str(detail),
            Failure::RateLimited { until } => write!(f, "GitHub limits us until {until}"),
            Failure::Gone => f.write_str("GitHub does not find it, or the app has no access to it"),
            Failure::Forbidden { permission: Some(permission), message } => {
                write!(f, "GitHub forbids it ({message}); the app's installation lacks {permission}")
            }
            Failure::Forbidden { permission: None, message } => write!(f, "GitHub forbids it ({message})"),
            Failure::Conflict { message } => write!(f, "GitHub reports a conflict ({message})"),
            Failure::Invalid { message } => write!(f, "GitHub refuses it ({message})"),
            Failure::Unauthorized => {
                f.write_str("GitHub does not accept the app's credentials; check the app id, its private key and the clock")
            }
            Failure::NotInstalled => f.write_str("the app is not installed there any more"),
            Failure::Suspended => f.write_str("the app's installation is suspended"),
        }
    }
}

fn is_limit(status: StatusCode, headers: &HeaderMap, message: &str) -> bool {
    let spent = || header(headers, "x-ratelimit-remaining").is_some_and(|left| left == "0");
    let said = || message.to_ascii_lowercase().contains("rate limit");
    status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::FORBIDDEN && (headers.contains_key("retry-after") || spent() || said()))
}

/// <https://docs.github.com/en/apps/maintaining-github-apps/suspending-a-github-app-installation>
fn is_suspended(message: &str) -> bool {
    message.contains("installation has been suspended")
}

fn limited_until(headers: &HeaderMap, now: Timestamp) -> Timestamp {
    let seconds = |name| header(headers, name).and_then(|text| text.parse::<i64>().ok());
    let named = match seconds("retry-after") {
        Some(wait) => now.checked_add(SignedDuration::from_secs(wait.clamp(0, 86_400))).ok(),
        // A reset time beside a remainder belongs to the primary limit, which is not the one that was hit.
        None if header(headers, "x-ratelimit-remaining").is_some_and(|left| left == "0") => {
            seconds("x-ratelimit-reset").and_then(|at| Timestamp::from_second(at).ok())
        }
        None => None,
    };
    let plus = |span| now.checked_add(span).unwrap_or(Timestamp::MAX);
    named.unwrap_or_else(|| plus(UNNAMED_LIMIT)).clamp(now, plus(LONGEST_LIMIT))
}

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// GitHub's message with the fields it complains about, on one line and of bounded length.
fn message_of(status: StatusCode, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Body {
        message: Option<String>,
        errors: Option<serde_json::Value>,
    }
    let code = status.as_u16();
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        return format!("{code} {}", status.canonical_reason().unwrap_or("without a reason"));
    };
    let mut text = format!("{code} {}", body.message.as_deref().unwrap_or("without a message"));
    for error in body.errors.as_ref().and_then(|errors| errors.as_array()).into_iter().flatten().take(5) {
        text.push_str("; ");
        text.push_str(&describe(error));
    }
    one_line(&text)
}

fn describe(error: &serde_json::Value) -> String {
    let part = |name: &str| error.get(name).and_then(|value| value.as_str());
    match (error.as_str(), part("message"), part("field"), part("code")) {
        (Some(text), ..) | (None, Some(text), ..) => text.to_owned(),
        (None, None, field, code) => format!(
            "{} {} {}",
            part("resource").unwrap_or_default(),
            field.unwrap_or_default(),
            code.unwrap_or("invalid")
        )
        .trim()
        .to_owned(),
    }
}

/// Text from outside as it may stand in a log line: no control characters, bounded.
pub(crate) fn one_line(text: &str) -> String {
    let mut line: String =
        text.chars().take(MESSAGE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MESSAGE_CHARS).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[track_caller]
    fn check(status: u16, headers: &[(&'static str, &'static str)], body: &str, expect: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, http::HeaderValue::from_static(value));
        }
        let now = Timestamp::from_second(NOW).expect("a time");
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(Failure::sort(status, &map, body.as_bytes(), now).to_string(), expect);
    }

    #[test]
    fn answers_are_sorted_by_what_to_do_about_them() {
        check(502, &[], "<html>", "GitHub answered 502 Bad Gateway");
        check(401, &[], "", &Failure::Unauthorized.to_string());
        check(404, &[], "", &Failure::Gone.to_string());
        check(410, &[], "", &Failure::Gone.to_string());
        check(
            409,
            &[],
            r#"{"message":"Head branch was modified"}"#,
            "GitHub reports a conflict (409 Head branch was modified)",
        );
        check(
            403,
            &[("x-accepted-github-permissions", "checks=write")],
            r#"{"message":"Resource not accessible by integration"}"#,
            "GitHub forbids it (403 Resource not accessible by integration); the app's installation lacks checks=write",
        );
        let suspended = r#"{"message":"This installation has been suspended"}"#;
        check(403, &[], suspended, "the app's installation is suspended");
        check(
            422,
            &[],
            r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid"},"x",{"message":"No commits between a and b"}]}"#,
            "GitHub refuses it (422 Validation Failed; PullRequest base invalid; x; No commits between a and b)",
        );
    }

    #[test]
    fn every_kind_of_limit_names_its_end() {
        let at = |seconds: i64| {
            format!("GitHub limits us until {}", Timestamp::from_second(seconds).expect("a time"))
        };
        check(429, &[("retry-after", "30")], "", &at(NOW + 30));
        check(403, &[("retry-after", "5")], "", &at(NOW + 5));
        check(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000900")],
            "",
            &at(NOW + 900),
        );
        check(
            403,
            &[("x-ratelimit-remaining", "4000"), ("x-ratelimit-reset", "1800000900")],
            r#"{"message":"You have exceeded a secondary rate limit"}"#,
            &at(NOW + 60),
        );
        // Nonsense is bounded on both sides.
        check(429, &[("retry-after", "99999999999")], "", &at(NOW + 3600));
        check(429, &[("retry-after", "-7")], "", &at(NOW));
        check(429, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "5")], "", &at(NOW));
    }

    #[test]
    fn a_hostile_message_is_one_bounded_line() {
        let body = format!(r#"{{"message":"a\n::error::\u001b[31m{}"}}"#, "x".repeat(5_000));
        let failure =
            Failure::sort(StatusCode::BAD_REQUEST, &HeaderMap::new(), body.as_bytes(), Timestamp::UNIX_EPOCH);
        let text = failure.to_string();
        assert!(text.chars().count() < 700 && !text.contains(['\n', '\u{1b}']));
    }
}
