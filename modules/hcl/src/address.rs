//! Where a module comes from: the `source` of a call, classified as Terraform classifies it.
//! Whether it may be used is decided by the admission crate.

use std::fmt;

/// The `source` of a module call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// `./…` or `../…`: a directory beside the caller.
    Local(String),
    /// A module of a registry.
    Registry {
        /// `host/namespace/name/provider`, with the default host written out.
        module: String,
        /// The directory inside it, after `//`.
        subdir: Option<String>,
    },
    /// A Git repository.
    Git(Git),
    /// An archive or another fetcher: http, s3, gcs, hg, files outside of the tree.
    Other(String),
}

/// A module in a Git repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Git {
    /// The repository's URL, without a query.
    pub url: String,
    /// The directory inside it, after `//`.
    pub subdir: Option<String>,
    /// `ref=`: a branch, a tag or a commit.
    pub reference: Option<String>,
    /// Everything else in the query, such as `depth=1` or `sshkey=…`.
    pub extras: Vec<String>,
}

impl Git {
    /// Whether the reference is a full commit id, which nobody can move.
    pub fn is_pinned(&self) -> bool {
        self.reference.as_deref().is_some_and(|reference| {
            matches!(reference.len(), 40 | 64)
                && reference.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    }
}

impl Address {
    /// Reads a source.
    pub fn parse(source: &str) -> Self {
        if source == "." || source == ".." || source.starts_with("./") || source.starts_with("../") {
            return Self::Local(source.to_owned());
        }
        if let Some(rest) = source.strip_prefix("git::") {
            return Self::Git(git(rest));
        }
        // Names which the fetcher turns into Git by itself.
        if let Some(rest) =
            source.strip_prefix("github.com/").or_else(|| source.strip_prefix("bitbucket.org/"))
        {
            let host = source.strip_suffix(rest).unwrap_or_default();
            return shorthand(host, rest).map_or_else(|| Self::Other(source.to_owned()), Self::Git);
        }
        if source.starts_with("git@") {
            return Self::Git(git(source));
        }
        registry(source).unwrap_or_else(|| Self::Other(source.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) | Self::Other(path) => f.write_str(path),
            Self::Registry { module, subdir: None } => f.write_str(module),
            Self::Registry { module, subdir: Some(subdir) } => write!(f, "{module}//{subdir}"),
            Self::Git(Git { url, subdir, reference, .. }) => {
                write!(f, "git::{url}")?;
                subdir.iter().try_for_each(|subdir| write!(f, "//{subdir}"))?;
                reference.iter().try_for_each(|reference| write!(f, "?ref={reference}"))
            }
        }
    }
}

fn git(source: &str) -> Git {
    let (address, query) = source.split_once('?').unwrap_or((source, ""));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let (head, tail) = address.split_at_checked(scheme).unwrap_or(("", address));
    let (url, subdir) = match tail.split_once("//") {
        Some((url, subdir)) => (format!("{head}{url}"), Some(subdir.to_owned())),
        None => (address.to_owned(), None),
    };
    let mut git = Git { url, subdir, reference: None, extras: Vec::new() };
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match part.strip_prefix("ref=") {
            Some(reference) if git.reference.is_none() => git.reference = Some(reference.to_owned()),
            _ => git.extras.push(part.to_owned()),
        }
    }
    git
}

/// `github.com/owner/repository…`, as the fetcher expands it.
fn shorthand(host: &str, rest: &str) -> Option<Git> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (repository, subdir) = match path.split_once("//") {
        Some((repository, subdir)) => (repository, Some(subdir.to_owned())),
        None => {
            let mut parts = path.splitn(3, '/');
            let repository = format!("{}/{}", parts.next()?, parts.next()?);
            return Some(with_query(host, &repository, parts.next().map(str::to_owned), query));
        }
    };
    Some(with_query(host, repository, subdir, query))
}

fn with_query(host: &str, repository: &str, subdir: Option<String>, query: &str) -> Git {
    let repository = repository.strip_suffix(".git").unwrap_or(repository);
    Git { subdir, ..git(&format!("https://{host}{repository}.git?{query}")) }
}

/// `[host/]namespace/name/provider[//subdir]`.
fn registry(source: &str) -> Option<Address> {
    let (module, subdir) = match source.split_once("//") {
        Some((module, subdir)) => (module, Some(subdir.to_owned())),
        None => (source, None),
    };
    let parts: Vec<_> = module.split('/').collect();
    let name = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let (host, names) = match parts.as_slice() {
        [host, names @ ..] if names.len() == 3 && host.contains('.') => (*host, names),
        names if names.len() == 3 => ("registry.terraform.io", names),
        _ => return None,
    };
    let host_fine =
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'));
    (host_fine && names.iter().all(|part| name(part)))
        .then(|| Address::Registry { module: format!("{host}/{}", names.join("/")), subdir })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_apart() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let shown: Vec<_> = [
            "./net",
            "..",
            "terraform-aws-modules/vpc/aws",
            "app.example.com/acme/vpc/aws//sub",
            "git::https://github.com/acme/net.git//sub/dir?ref=v1&depth=1",
            "github.com/acme/net?ref=main",
            "github.com/acme/net//sub",
            "git@github.com:acme/net.git",
            "https://example.com/net.zip",
            "s3::https://s3.amazonaws.com/b/net.zip",
            "/opt/modules/net",
            "hg::https://example.com/x",
            "acme/net",
            ".\\net",
            "",
        ]
        .iter()
        .map(|source| format!("{:?}", Address::parse(source)))
        .collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        Local("./net")
        Local("..")
        Registry { module: "registry.terraform.io/terraform-aws-modules/vpc/aws", subdir: None }
        Registry { module: "app.example.com/acme/vpc/aws", subdir: Some("sub") }
        Git(Git { url: "https://github.com/acme/net.git", subdir: Some("sub/dir"), reference: Some("v1"), extras: ["depth=1"] })
        Git(Git { url: "https://github.com/acme/net.git", subdir: None, reference: Some("main"), extras: [] })
        Git(Git { url: "https://github.com/acme/net.git", subdir: Some("sub"), reference: None, extras: [] })
        Git(Git { url: "git@github.com:acme/net.git", subdir: None, reference: None, extras: [] })
        Other("https://example.com/net.zip")
        Other("s3::https://s3.amazonaws.com/b/net.zip")
        Other("/opt/modules/net")
        Other("hg::https://example.com/x")
        Other("acme/net")
        Other(".\\net")
        Other("")
        "#);
        let Address::Git(git) = Address::parse(&format!("git::https://github.com/acme/net?ref={sha}")) else {
            panic!("Git")
        };
        assert!(git.is_pinned());
        for reference in ["v1.0.0", "0123456", "", &sha.to_uppercase(), &format!("{sha}%0a")] {
            let Address::Git(git) = Address::parse(&format!("git::https://h/x?ref={reference}")) else {
                panic!("Git")
            };
            assert!(!git.is_pinned(), "{reference}");
        }
    }
}
