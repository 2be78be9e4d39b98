//! Names of things, each its own type, made where they enter.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Wraps a text that was validated where it entered.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The first seven characters, as people quote it.
            pub fn short(&self) -> &str {
                self.0.get(..7).unwrap_or(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A Git commit, 40 hex digits.
    CommitSha
);
text_id!(
    /// A Terraform root module directory inside the repository.
    StackPath
);
text_id!(
    /// A named target such as `dev`.
    EnvironmentName
);
text_id!(
    /// Digest of a redacted plan (hex).
    PlanDigest
);
text_id!(
    /// Digest of everything a stack's plan depends on (hex).
    InputsDigest
);
text_id!(
    /// Digest over stack, inputs digest and plan digest of every stack of a change: what people review (hex).
    ReviewedDigest
);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// One operation on a change in one environment.
    RunId
);
uuid_id!(
    /// One stack's share of a run.
    JobId
);
uuid_id!(
    /// The single-use permission to apply one bundle.
    TicketId
);

/// Makes ids inside one decision. They follow from stream, version and count, so that deciding the same
/// thing twice names it the same; what must be secret (a job's token) is not made here.
#[derive(Debug, Clone)]
pub(crate) struct IdMaker {
    seed: [u8; 32],
    made: u32,
}

impl IdMaker {
    pub(crate) fn new(stream: &str, version: u64) -> Self {
        let seed = Sha256::new().chain_update(stream).chain_update([0]).chain_update(version.to_be_bytes());
        Self { seed: seed.finalize().into(), made: 0 }
    }

    pub(crate) fn next(&mut self) -> Uuid {
        self.made += 1;
        let digest: [u8; 32] =
            Sha256::new().chain_update(self.seed).chain_update(self.made.to_be_bytes()).finalize().into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}
