//! The messages of one job, each with its patience.

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tfpilot_protocol::{
    Conclusion, Heartbeat, Job, JobId, JournalAck, JournalBatch, Orders, Secret, StartAnswer, StartRequest,
    path,
};

use super::http::{ANSWER_BYTES, Body, Message};
use super::{App, ClientError, Patience};

/// One job's endpoints, opened by its token.
#[derive(Debug, Clone)]
pub struct JobClient {
    app: App,
    job: JobId,
    token: Secret,
}

impl JobClient {
    pub(super) fn new(app: App, job: &Job) -> Self {
        Self { app, job: job.id, token: job.token.clone() }
    }

    /// Still here. Tried once: the next one comes soon.
    pub async fn heartbeat(&self, beat: &Heartbeat) -> Result<Orders, ClientError> {
        self.post(&path::heartbeat(self.job), beat, Patience::NONE).await
    }

    /// Spends the ticket. Tried again, because the app spends it once: if the answer to the first try was lost,
    /// the second is a refusal, and nothing starts.
    pub async fn start(&self, request: &StartRequest) -> Result<StartAnswer, ClientError> {
        self.post(&path::start(self.job), request, Patience::JOB).await
    }

    /// Makes entries durable. They carry numbers, so a repeated batch does no harm.
    pub async fn journal(&self, batch: &JournalBatch, patience: Patience) -> Result<JournalAck, ClientError> {
        self.post(&path::journal(self.job), batch, patience).await
    }

    /// Stores a bundle.
    pub async fn put_bundle(&self, bytes: &[u8]) -> Result<(), ClientError> {
        self.put(&path::bundle(self.job), bytes).await
    }

    /// Stores what Terraform could not write to the state's backend.
    pub async fn put_errored_state(&self, bytes: &[u8]) -> Result<(), ClientError> {
        self.put(&path::errored_state(self.job), bytes).await
    }

    /// The bundle the job's order names; larger than `most` bytes is refused.
    pub async fn bundle(&self, most: usize) -> Result<Vec<u8>, ClientError> {
        let path = path::bundle(self.job);
        let (method, body, bearer) = (Method::GET, Body::None, &self.token);
        let patience = Patience::JOB;
        self.app.send(Message { method, path: &path, bearer, body, patience, most }).await
    }

    /// The last word on the job.
    pub async fn conclude(&self, conclusion: &Conclusion) -> Result<(), ClientError> {
        self.post(&path::conclude(self.job), conclusion, Patience::CONCLUSION)
            .await
            .map(|_: serde::de::IgnoredAny| ())
    }

    async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        patience: Patience,
    ) -> Result<A, ClientError> {
        self.app.json(Method::POST, path, &self.token, body, patience).await
    }

    async fn put(&self, path: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let body = Body::Bytes(bytes, &sha256);
        let (method, bearer, patience) = (Method::PUT, &self.token, Patience::JOB);
        let message = Message { method, path, bearer, body, patience, most: ANSWER_BYTES };
        self.app.send(message).await.map(drop)
    }
}
