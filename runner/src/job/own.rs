//! The worker's own token, such as a workflow's: which repository may see it.

use tfpilot_protocol::{Secret, Source};

/// A token that is shown to one repository's address only, whatever a job names.
#[derive(Debug, Clone)]
pub struct OwnRepository {
    /// Its web address, such as `https://github.com/acme/infra`.
    pub url: String,
    /// Reads it.
    pub token: Secret,
}

impl OwnRepository {
    /// `source` with this token, if it has none and is this repository.
    pub(crate) fn complete(&self, source: &Source) -> Source {
        let own = source.clone_url.strip_suffix(".git").unwrap_or(&source.clone_url) == self.url;
        let token = source.token.clone().or_else(|| own.then(|| self.token.clone()));
        Source { token, ..source.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workers_own_token_is_shown_to_its_repository_alone() {
        let own = OwnRepository { url: "https://github.com/acme/infra".into(), token: Secret::new("own") };
        let token = |clone_url: &str, token: Option<&str>| {
            let source =
                Source { clone_url: clone_url.into(), head: String::new(), token: token.map(Secret::new) };
            own.complete(&source).token.map(|token| token.expose().to_owned())
        };
        assert_eq!(token("https://github.com/acme/infra.git", None).as_deref(), Some("own"));
        assert_eq!(token("https://github.com/acme/infra", Some("job's")).as_deref(), Some("job's"));
        assert_eq!(token("https://github.com.evil.org/acme/infra.git", None), None);
        assert_eq!(token("https://github.com/acme/infra-2.git", None), None);
    }
}
