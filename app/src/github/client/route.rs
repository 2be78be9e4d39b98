//! Paths of the REST API, always relative: octocrab sends credentials to relative paths only, and the base URL
//! of a GitHub Enterprise Server has a path of its own.
//!
//! The template is also the route's kind in the metrics, so no user text becomes a label.

use std::fmt::{Display, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::failure::{Failure, GitHubError, Result};

/// What may stand unescaped in a path segment or a query value.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path and the template it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// Such as `/repos/{owner}/{repo}/issues/{number}`.
    pub(super) template: &'static str,
    /// The filled and escaped path, with its query.
    pub(super) path: String,
}

impl Route {
    /// Fills the template's placeholders in order. `{name}` takes one segment, `{name*}` a path of several.
    pub(crate) fn new(template: &'static str, values: &[&(dyn Display + Sync)]) -> Result<Self> {
        let mut path = String::new();
        let mut values = values.iter();
        for segment in template.split('/').skip(1) {
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                None => push_segment(&mut path, segment),
                Some(name) => {
                    let value = values.next().map(|value| value.to_string()).unwrap_or_default();
                    let parts: Vec<&str> =
                        if name.ends_with('*') { value.split('/').collect() } else { vec![value.as_str()] };
                    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
                        return Err(misplaced(template, &value));
                    }
                    parts.into_iter().for_each(|part| push_segment(&mut path, part));
                }
            }
        }
        Ok(Self { template, path })
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl Display) -> Self {
        let divider = if self.path.contains('?') { '&' } else { '?' };
        let value = value.to_string();
        // Writing to a String cannot fail.
        let _ = write!(self.path, "{divider}{name}={}", utf8_percent_encode(&value, ESCAPED));
        self
    }
}

fn push_segment(path: &mut String, segment: &str) {
    path.push('/');
    path.extend(utf8_percent_encode(segment, ESCAPED));
}

/// GitHub and proxies on the way resolve `..`: such a value would address something else than it says.
fn misplaced(template: &str, value: &str) -> GitHubError {
    let message = format!("{:?} cannot stand in a path", value.chars().take(80).collect::<String>());
    GitHubError::new(format!("addressing {template}"), Failure::Invalid { message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &'static str, values: &[&(dyn Display + Sync)], expect: &str) {
        assert_eq!(Route::new(template, values).expect("a route").path, expect);
    }

    #[test]
    fn values_stay_in_their_segment() {
        check("/repos/{o}/{r}/issues/{n}", &[&"acme", &"infra", &12], "/repos/acme/infra/issues/12");
        check("/x/{a}", &[&"a/b?c#d%2e &"], "/x/a%2Fb%3Fc%23d%252e%20%26");
        check("/c/{path*}", &[&"live/dev/ä b.tf"], "/c/live/dev/%C3%A4%20b.tf");
    }

    #[test]
    fn values_cannot_climb() {
        for bad in ["..", ".", "", "a/../b", "a//b", "/a", "a/"] {
            assert!(Route::new("/c/{path*}", &[&bad]).is_err(), "{bad:?}");
        }
        assert!(Route::new("/c/{name}", &[&".."]).is_err());
    }

    #[test]
    fn queries_are_escaped() {
        let route =
            Route::new("/pulls", &[]).expect("a route").query("head", "acme:a&state=x").query("page", 2);
        assert_eq!(route.path, "/pulls?head=acme%3Aa%26state%3Dx&page=2");
    }
}
