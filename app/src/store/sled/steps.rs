//! What travels between the store's threads: a write to be run, and an answer that waits until it is durable.

use tokio::sync::oneshot;

use super::fault::Fault;
use super::tx::Tx;

/// One write, to be run once and answered when it is durable.
pub(super) trait Step: Send {
    /// Reads and writes; what it wrote is kept unless it fails.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault>;
    /// The other half.
    fn into_reply(self: Box<Self>) -> Box<dyn Reply>;
}

/// An answer that waits until what it rests on is durable.
pub(super) trait Reply: Send {
    /// Answers; a failure to make it durable replaces the answer.
    fn send(self: Box<Self>, durable: &Result<(), Fault>);
}

/// The answer to one call.
pub(super) struct Answer<T> {
    pub(super) value: Result<T, Fault>,
    pub(super) to: oneshot::Sender<Result<T, Fault>>,
}

impl<T: Send> Reply for Answer<T> {
    fn send(self: Box<Self>, durable: &Result<(), Fault>) {
        let answer = match durable {
            Ok(()) => self.value,
            Err(fault) => Err(fault.clone()),
        };
        // A caller who went away needs no answer; the write stands.
        let _gone = self.to.send(answer);
    }
}

/// A write with the answer it is going to give.
pub(super) struct Write<T, F> {
    pub(super) work: Option<F>,
    pub(super) answer: Answer<T>,
}

impl<T, F> Step for Write<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let result = work(tx);
        let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
        self.answer.value = result;
        outcome
    }

    fn into_reply(self: Box<Self>) -> Box<dyn Reply> {
        Box::new(self.answer)
    }
}

/// Answers that may go out once `ticket` is durable.
pub(super) struct Ticketed {
    pub(super) ticket: u64,
    pub(super) replies: Vec<Box<dyn Reply>>,
}
