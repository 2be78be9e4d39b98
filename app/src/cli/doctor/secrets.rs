//! Secrets on this machine: files that others may read, and a webhook secret that can be guessed.

use std::path::Path;

use secrecy::ExposeSecret;

use super::report::Report;
use crate::config::Settings;

/// Shortest webhook secret that is no invitation, in bytes.
const SHORTEST: usize = 20;

/// Looks at the secret files that the environment names, at the settings file, and at the webhook secret.
pub(super) fn examine(report: &mut Report, file: Option<&Path>, settings: &Settings) {
    let mut named: Vec<(String, std::path::PathBuf)> = Settings::secret_variables()
        .into_iter()
        .map(|variable| format!("{variable}_FILE"))
        .filter_map(|variable| Some((variable.clone(), std::env::var_os(&variable)?.into())))
        .collect();
    named.extend(file.map(|file| ("the settings file".to_owned(), file.to_path_buf())));
    let read: Vec<String> =
        named.iter().filter(|(_, path)| is_open_to_others(path)).map(|(name, _)| name.clone()).collect();
    if !read.is_empty() {
        let what = format!("everybody on this machine may read {}", read.join(", "));
        report.warn("secrets", what, "chmod 600, with the server's user as the owner");
    }
    let length = settings.github.webhook_secret.expose_secret().len();
    if length < SHORTEST {
        let next = "make one with `openssl rand -hex 32`, and set it in the app's settings too";
        report.fail("secrets", format!("the webhook secret has only {length} characters"), next);
    }
    if read.is_empty() && length >= SHORTEST {
        report.ok("secrets", "no file is open to others, and the webhook secret is long enough");
    }
}

/// Whether any user may read it. A group may be the server's own.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o007 != 0)
}
