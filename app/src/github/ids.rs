//! The names by which GitHub's things are known, each its own type, checked where it enters.
//!
//! A name that passed here is safe in a path, a log and a comparison. What a thing is belongs to its module.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text from outside that is not the name it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct NotAName {
    /// What it should have been, such as `a repository name (owner/name)`.
    pub wanted: &'static str,
    /// The beginning of the text.
    pub text: String,
}

impl NotAName {
    fn new(wanted: &'static str, text: &str) -> Self {
        Self { wanted, text: text.chars().take(80).collect() }
    }
}

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number_id! {
    /// One account's installation of the app.
    InstallationId
    /// A repository: survives renames and transfers.
    RepoId
    /// An account: the identity behind a login, which can change hands.
    UserId
    /// A comment on an issue or pull request.
    CommentId
    /// A check run.
    CheckRunId
    /// A workflow run.
    WorkflowRunId
}

macro_rules! object_id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Accepts 40 (SHA-1) or 64 (SHA-256) hex digits, lower case.
            pub fn parse(text: &str) -> Result<Self, NotAName> {
                let hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                if hex && matches!(text.len(), 40 | 64) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NotAName::new("a Git object id (40 hex digits)", text))
                }
            }

            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// True for the id of nothing, which pushes carry when a branch is created or deleted.
            pub fn is_zero(&self) -> bool {
                self.0.bytes().all(|byte| byte == b'0')
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAName;
            fn try_from(text: String) -> Result<Self, NotAName> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

object_id! {
    /// A commit.
    CommitSha
    /// A tree or a blob.
    ObjectSha
}

/// `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoName {
    owner: String,
    name: String,
}

impl RepoName {
    /// Accepts what GitHub accepts: letters, digits, `-`, `_` and `.`, once divided by a slash.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        match text.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => {
                Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
            }
            _ => Err(NotAName::new("a repository name (owner/name)", text)),
        }
    }

    /// The account it belongs to.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The name inside the account.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn is_part(text: &str) -> bool {
    let clean = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    clean && (1..=100).contains(&text.len()) && text != "." && text != ".."
}

impl TryFrom<String> for RepoName {
    type Error = NotAName;
    fn try_from(text: String) -> Result<Self, NotAName> {
        Self::parse(&text)
    }
}

impl From<RepoName> for String {
    fn from(name: RepoName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// What kind of account speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountKind {
    /// A person.
    User,
    /// An app or another machine.
    Bot,
    /// An organisation.
    Organization,
    /// A kind this version does not know, or none given: never treated as a person.
    #[default]
    #[serde(other)]
    Unknown,
}

/// An account as GitHub shows it in events and answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The identity.
    pub id: UserId,
    /// How we speak of it; not an identity.
    pub login: String,
    /// Person or machine.
    #[serde(rename = "type", default)]
    pub kind: AccountKind,
}

impl Account {
    /// True for people; bots, organisations and unknown kinds are not.
    pub fn is_person(&self) -> bool {
        self.kind == AccountKind::User
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_names_cannot_leave_their_place_in_a_path() {
        for good in ["acme/infra", "a/b", "acme-co/terraform.live_2"] {
            assert_eq!(RepoName::parse(good).expect("a name").to_string(), good);
        }
        for bad in
            ["", "acme", "acme/", "/x", "a/b/c", "a/..", "./b", "a/b?x=1", "a/b%2f", "a b/c", "ä/b", "a/b\n"]
        {
            assert!(RepoName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn object_ids_are_hex_of_a_known_length() {
        let sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";
        assert_eq!(CommitSha::parse(sha).expect("an id").as_str(), sha);
        assert!(CommitSha::parse(&"0".repeat(40)).expect("the zero id").is_zero());
        for bad in ["", "main", "../../x", &sha[..39], &sha.to_uppercase()] {
            assert!(CommitSha::parse(bad).is_err(), "{bad:?}");
        }
        assert!(serde_json::from_str::<CommitSha>("\"HEAD\"").is_err());
    }

    #[test]
    fn an_unknown_kind_of_account_is_not_a_person() {
        let account: Account =
            serde_json::from_str(r#"{"id":1,"login":"m","type":"Mannequin"}"#).expect("an account");
        assert!(!account.is_person());
    }
}
