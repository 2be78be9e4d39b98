//! The server's settings: complete, and with values that can work.

use secrecy::ExposeSecret;

use super::report::Report;
use crate::config::Settings;
use crate::config::settings::{GitHub as GitHubSettings, SettingsError};
use crate::github::{self, GitHub};
use crate::store::MasterKeys;

/// The oldest Terraform that locks a state in S3 without a table, which is what rendered backends do.
const LOCKS_IN_S3: (u32, u32) = (1, 10);

/// Settings that cannot be loaded: a line each.
pub(super) fn incomplete(report: &mut Report, error: &SettingsError) {
    for problem in &error.problems {
        let (what, next) = problem.split_once(": ").unwrap_or((problem, "see the table of settings"));
        report.fail("settings", what, next);
    }
}

/// What loading does not judge.
pub(super) fn examine(report: &mut Report, settings: &Settings) {
    report.ok("settings", "complete");
    if let Err(error) = MasterKeys::parse(settings.store.keys.expose_secret()) {
        let next = "set TFPILOT_STORE_KEYS to 32 bytes in base64, such as `openssl rand -base64 32` prints";
        report.fail("master keys", error.to_string(), next);
    }
    if settings.server.url.starts_with("http://") && !is_local(&settings.server.url) {
        let next = "put a proxy with a certificate before it and set TFPILOT_URL to https://…";
        report.warn("address", "runners and GitHub would reach the server without encryption", next);
    }
    if !settings.server.admin_listen.ip().is_loopback() {
        let next = "set TFPILOT_ADMIN_LISTEN to 127.0.0.1:7801, or keep the port private";
        report.warn("admin listener", "it is not on loopback and asks nobody who they are", next);
    }
    terraform_version(report, "terraform", &settings.runner.terraform_version, "TFPILOT_TERRAFORM_VERSION");
}

/// A version must be exact, else plan and apply could run different ones.
pub(super) fn terraform_version(report: &mut Report, about: &str, version: &str, setting: &str) {
    match parse(version) {
        None => {
            report.fail(
                about,
                format!("{version:?} is no exact version"),
                format!("set {setting} to one such as 1.11.4"),
            );
        }
        Some((major, minor)) if (major, minor) < LOCKS_IN_S3 => report.warn(
            about,
            format!("{version} does not lock states in S3 by itself"),
            format!("set {setting} to 1.10 or newer, or name a `dynamodb_table` in each S3 backend"),
        ),
        Some(_) => report.ok(about, format!("version {version}")),
    }
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [major, minor, _] => Some((*major, *minor)),
        _ => None,
    }
}

/// The client, when the key can be read at all.
pub(super) fn client(report: &mut Report, settings: &Settings) -> Option<GitHub> {
    let GitHubSettings { api_url, app_id, private_key, .. } = settings.github.clone();
    match GitHub::new(github::Settings::new(api_url, app_id, private_key)) {
        Ok(github) => Some(github),
        Err(error) => {
            let next = "set TFPILOT_GITHUB_PRIVATE_KEY_FILE to the PEM file that GitHub offers for download";
            report.fail("key", error.to_string(), next);
            None
        }
    }
}

/// True for addresses that only this machine or network reaches.
pub(super) fn is_local(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => {
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
        }
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known() {
        for local in [
            "http://127.0.0.1:1",
            "http://10.1.2.3",
            "https://localhost/x",
            "http://[::1]:7800",
            "http://192.168.0.1",
        ] {
            assert!(is_local(local), "{local}");
        }
        for public in ["https://tfpilot.example.com", "https://8.8.8.8", "nonsense"] {
            assert!(!is_local(public), "{public}");
        }
    }

    #[test]
    fn versions_are_exact() {
        let said = |version| {
            let mut report = Report::default();
            terraform_version(&mut report, "terraform", version, "X");
            report.text()
        };
        insta::assert_snapshot!([said("1.11.4"), said("1.9.8"), said("~> 1.11"), said("1.11")].concat(), @r#"
        ok    terraform: version 1.11.4
        warn  terraform: 1.9.8 does not lock states in S3 by itself
              Next: set X to 1.10 or newer, or name a `dynamodb_table` in each S3 backend
        fail  terraform: "~> 1.11" is no exact version
              Next: set X to one such as 1.11.4
        fail  terraform: "1.11" is no exact version
              Next: set X to one such as 1.11.4
        "#);
    }
}
