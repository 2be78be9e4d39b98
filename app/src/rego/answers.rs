//! Answers that are known, by their question.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tfpilot_policies::rego::Answer;

use super::ended::Ended;

/// Answers that are kept.
const KEPT: usize = 256;

/// Answers by the digest of their question: policy, libraries, plan and data.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<BTreeMap<[u8; 32], Result<Answer, Ended>>>);

impl Answers {
    /// Names a question.
    pub(super) fn key(question: &[u8]) -> [u8; 32] {
        Sha256::digest(question).into()
    }

    pub(super) fn get(&self, key: &[u8; 32]) -> Option<Result<Answer, Ended>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps one; when there are too many, all others are forgotten.
    pub(super) fn put(&self, key: [u8; 32], answer: Result<Answer, Ended>) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= KEPT {
            answers.clear();
        }
        answers.insert(key, answer);
    }
}
