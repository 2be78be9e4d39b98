//! The app on GitHub: its key, permissions and events against the manifest, and its webhook.

use std::collections::BTreeMap;

use super::deliveries;
use super::report::Report;
use super::settings::is_local;
use crate::github::GitHub;
use crate::github::hook::HookConfig;
use crate::github::needs::{EVENTS, Level, PERMISSIONS};

/// Who talks to whom.
pub(super) struct Address<'a> {
    /// GitHub's API.
    pub(super) api: &'a str,
    /// The server, as GitHub and runners reach it.
    pub(super) own: &'a str,
}

/// Looks at the app and gives its name in addresses; none when GitHub does not know us, so that nothing else can be
/// asked.
pub(super) async fn examine(report: &mut Report, github: &GitHub, address: &Address<'_>) -> Option<String> {
    let app = match github.app().await {
        Ok(app) => app,
        Err(error) => {
            report.refused("key", &error);
            return None;
        }
    };
    report.ok("key", format!("GitHub knows the app as {} ({})", app.slug, app.id));
    let next = "change it in the app's settings under Permissions & events; owners then accept it";
    permissions(report, "permissions", &app.permissions, next);
    events(report, &app.events);
    match github.hook_config().await {
        Ok(hook) => webhook(report, &hook, address),
        Err(error) => report.refused("webhook", &error),
    }
    match github.deliveries(None).await {
        Ok(page) => deliveries::judge(report, &page.deliveries, github.now()),
        Err(error) => report.refused("deliveries", &error),
    }
    Some(app.slug)
}

/// Compares permissions with those that are needed: what lacks fails, what is too much is pointed out.
pub(super) fn permissions(report: &mut Report, about: &str, granted: &BTreeMap<String, String>, next: &str) {
    let level = |name: &str| granted.get(name).and_then(|word| Level::parse(word));
    let lacking: Vec<String> = PERMISSIONS
        .iter()
        .filter(|(name, needed)| level(name).is_none_or(|level| level < *needed))
        .map(|(name, needed)| format!("{name}: {}", needed.as_str()))
        .collect();
    let needed = |name: &str| PERMISSIONS.iter().find(|(known, _)| *known == name).map(|(_, level)| *level);
    let beyond: Vec<String> = granted
        .iter()
        .filter(|(name, word)| {
            needed(name).is_none_or(|needed| Level::parse(word).is_some_and(|level| level > needed))
        })
        .map(|(name, word)| format!("{name}: {word}"))
        .collect();
    if !lacking.is_empty() {
        report.fail(about, format!("lacking {}", lacking.join(", ")), next);
    }
    if !beyond.is_empty() {
        report.warn(
            about,
            format!("more than is needed: {}", beyond.join(", ")),
            "take it away in the app's settings",
        );
    }
    if lacking.is_empty() && beyond.is_empty() {
        report.ok(about, "as in app-manifest.yml");
    }
}

fn events(report: &mut Report, subscribed: &[String]) {
    let lacking: Vec<&str> =
        EVENTS.into_iter().filter(|event| !subscribed.iter().any(|known| known == event)).collect();
    if lacking.is_empty() {
        report.ok("events", "as in app-manifest.yml");
    } else {
        let next = "subscribe to them in the app's settings under Permissions & events";
        report.fail("events", format!("not subscribed to {}", lacking.join(", ")), next);
    }
}

fn webhook(report: &mut Report, hook: &HookConfig, address: &Address<'_>) {
    let wanted = format!("{}/webhooks/github", address.own.trim_end_matches('/'));
    let set = format!("set the webhook URL in the app's settings to {wanted}");
    let from_outside = address.api.contains("api.github.com");
    if hook.url.is_empty() {
        report.fail("webhook", "no URL is set", set);
    } else if hook.url.trim_end_matches('/') != wanted {
        report.fail(
            "webhook",
            format!("GitHub sends to {}", hook.url),
            format!("{set}, or correct TFPILOT_URL"),
        );
    } else if from_outside && is_local(&hook.url) {
        let next =
            "give the server an address that GitHub reaches, and set TFPILOT_URL and the webhook URL to it";
        report.fail("webhook", format!("github.com cannot reach {}", hook.url), next);
    } else if hook.content_type != "json" {
        report.fail(
            "webhook",
            "its content type is not JSON",
            "choose application/json in the app's settings",
        );
    } else if hook.is_insecure() {
        report.fail(
            "webhook",
            "GitHub does not check the server's certificate",
            "enable SSL verification in the app's settings",
        );
    } else if hook.secret.as_deref().unwrap_or_default().is_empty() {
        let next = "set the same secret in the app's settings and in TFPILOT_GITHUB_WEBHOOK_SECRET";
        report.fail("webhook", "it has no secret, so nothing it sends is believed", next);
    } else {
        report.ok("webhook", format!("GitHub sends to {}", hook.url));
    }
}
