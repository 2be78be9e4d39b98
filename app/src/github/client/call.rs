//! One request and its answer, as plain data.

use http::{HeaderMap, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::{Failure, GitHubError, Result, header, one_line};
use super::route::Route;

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(super) method: Method,
    pub(super) route: Route,
    pub(super) body: Option<Vec<u8>>,
    /// What a person reads when it fails.
    pub(super) doing: String,
    /// Ask with the ETag of the answer we have.
    pub(super) conditional: bool,
}

impl Call {
    /// Reads, by ETag where an earlier answer is kept.
    pub(crate) fn get(route: Route, doing: impl Into<String>) -> Self {
        Self { method: Method::GET, route, body: None, doing: doing.into(), conditional: true }
    }

    /// Reads something that never changes under its name, so an ETag would only take memory.
    pub(crate) fn get_once(route: Route, doing: impl Into<String>) -> Self {
        Self { conditional: false, ..Self::get(route, doing) }
    }

    /// Writes without a body.
    pub(crate) fn write(method: Method, route: Route, doing: impl Into<String>) -> Self {
        Self { method, route, body: None, doing: doing.into(), conditional: false }
    }

    /// Writes with a JSON body.
    pub(crate) fn json(
        method: Method,
        route: Route,
        body: &impl Serialize,
        doing: impl Into<String>,
    ) -> Result<Self> {
        let doing = doing.into();
        match serde_json::to_vec(body) {
            Ok(body) => Ok(Self { method, route, body: Some(body), doing, conditional: false }),
            Err(error) => Err(GitHubError::new(doing, Failure::Invalid { message: error.to_string() })),
        }
    }
}

/// A successful answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(super) doing: String,
}

impl Answer {
    /// Reads the body. One that is not as documented is a proxy's or a version's fault, not the caller's.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let detail = format!("GitHub's answer cannot be read ({})", one_line(&error.to_string()));
            GitHubError::new(self.doing.clone(), Failure::Transient { detail })
        })
    }

    /// True when GitHub says that there is another page.
    pub(crate) fn has_next_page(&self) -> bool {
        self.next_link().is_some()
    }

    /// The address of the next page. Only its parameters are ever used: octocrab sends no credentials to
    /// absolute addresses of other hosts than api.github.com.
    pub(crate) fn next_link(&self) -> Option<String> {
        let links = header(&self.headers, "link")?;
        links.split(',').find_map(|link| {
            let (address, relation) = link.split_once(';')?;
            let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
            relation.contains("rel=\"next\"").then(|| address.to_owned())
        })
    }
}
