//! The store's own threads: one writes, one makes durable, two read. No sled call runs anywhere else, so none
//! blocks an async worker.
//!
//! The writer takes the steps that wait (up to [`BATCH`]), runs them one after another, commits them in one sled
//! transaction and draws a ticket. The committer takes all tickets drawn so far, flushes and syncs once, and
//! only then answers everybody up to the highest. Meanwhile the writer works on the next batch. Reads are
//! answered the same way: what a caller has seen is on disk.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::fault::{Fault, Health, panic_text};
use super::mark::Mark;
use super::steps::{Answer, Reply, Step, Ticketed, Write};
use super::tables::Tables;
use super::tx::Tx;
use crate::store::StoreError;

/// Most steps in one transaction.
const BATCH: usize = 64;
/// Bytes of values after which a transaction takes no further step: its memory is bounded by this and one step.
const BATCH_BYTES: usize = 1024 * 1024;
/// Steps that may wait for the writer before callers wait to hand theirs in.
const QUEUE: usize = 1024;
/// Threads that read.
const READERS: usize = 2;

type ReadJob = Box<dyn FnOnce() + Send>;

/// What the threads share.
struct Shared {
    tables: Tables,
    /// Own handle of sled's file, open since start: sled itself never calls fdatasync.
    file: File,
    mark: Mark,
    health: Arc<Health>,
    /// Highest ticket drawn: how many transactions there were, ever.
    written: AtomicU64,
    /// Held for writing while a transaction is applied, so that a read sees all of it or none.
    gate: RwLock<()>,
}

/// The running threads; dropping it lets them finish what was handed in, and waits for that.
pub(super) struct Threads {
    shared: Arc<Shared>,
    steps: Option<tokio::sync::mpsc::Sender<Box<dyn Step>>>,
    reads: Option<mpsc::Sender<ReadJob>>,
    tickets: Option<mpsc::Sender<Ticketed>>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    pub(super) fn start(tables: Tables, file: File, mark: Mark, health: Arc<Health>) -> Result<Self, Fault> {
        let durable = Tx::new(&tables).transactions()?;
        let written = AtomicU64::new(durable);
        let shared = Arc::new(Shared { tables, file, mark, health, written, gate: RwLock::new(()) });
        let (steps, step_queue) = tokio::sync::mpsc::channel(QUEUE);
        let (tickets, ticket_queue) = mpsc::channel();
        let (reads, read_queue) = mpsc::channel::<ReadJob>();
        let read_queue = Arc::new(Mutex::new(read_queue));
        let mut threads = Self {
            shared: Arc::clone(&shared),
            steps: Some(steps),
            reads: Some(reads),
            tickets: Some(tickets.clone()),
            handles: Vec::new(),
        };
        let writer = Arc::clone(&shared);
        threads.spawn("store-writer", move || write_loop(&writer, step_queue, &tickets))?;
        threads.spawn("store-committer", move || commit_loop(&shared, &ticket_queue, durable))?;
        for _ in 0..READERS {
            let queue = Arc::clone(&read_queue);
            threads.spawn("store-reader", move || read_loop(&queue))?;
        }
        Ok(threads)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Fault> {
        let handle = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .map_err(|error| Fault::failed("starting the store's threads", &error))?;
        self.handles.push(handle);
        Ok(())
    }

    /// Runs a step on the writer; resolves when it is durable.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.shared.health.check()?;
        let (to, answer) = oneshot::channel();
        let step = Write { work: Some(work), answer: Answer { value: Err(stopped()), to } };
        if let Some(steps) = &self.steps {
            steps.send(Box::new(step)).await.map_err(|_| stopped())?;
        }
        Ok(answer.await.map_err(|_| stopped())??)
    }

    /// Reads a consistent state of all tables; resolves when that state is durable.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.shared.health.check()?;
        let (to, answer) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        if let (Some(reads), Some(tickets)) = (&self.reads, self.tickets.clone()) {
            let job: ReadJob = Box::new(move || {
                let (value, ticket) = shared.look(work);
                let replies: Vec<Box<dyn Reply>> = vec![Box::new(Answer { value, to })];
                // The committer is gone only while the store is dropped: nobody waits then.
                let _gone = tickets.send(Ticketed { ticket, replies });
            });
            reads.send(job).map_err(|_| stopped())?;
        }
        Ok(answer.await.map_err(|_| stopped())??)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.steps = None;
        self.reads = None;
        self.tickets = None;
        for handle in self.handles.drain(..) {
            // The loops catch panics; one that got through was printed by the panic hook.
            let _panicked = handle.join();
        }
    }
}

impl Shared {
    fn look<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Fault>) -> (Result<T, Fault>, u64) {
        let _shut = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let value = caught("reading", || work(&Tx::new(&self.tables)));
        if let Err(fault) = &value {
            self.health.note(fault);
        }
        (value, self.written.load(Ordering::SeqCst))
    }

    /// Runs a batch and commits it, in several transactions when it is large.
    fn write(&self, steps: &mut [Box<dyn Step>]) -> Result<(), Fault> {
        self.health.check()?;
        let mut tx = Tx::new(&self.tables);
        for step in steps {
            match step.run(&mut tx) {
                Ok(()) => tx.keep(),
                Err(fault) if fault.sticks() => return Err(fault),
                Err(_) => tx.forget(),
            }
            if tx.size() >= BATCH_BYTES {
                self.apply(std::mem::replace(&mut tx, Tx::new(&self.tables)))?;
            }
        }
        self.apply(tx)
    }

    fn apply(&self, tx: Tx<'_>) -> Result<(), Fault> {
        let _shut = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        let ticket = self.written.load(Ordering::SeqCst).saturating_add(1);
        if tx.apply(ticket)? {
            self.written.store(ticket, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Puts everything up to `ticket` on disk, and marks that it is there.
    fn sync(&self, ticket: u64) -> Result<(), Fault> {
        self.tables.db().flush()?;
        self.file.sync_data().map_err(|error| Fault::failed("syncing the embedded database", &error))?;
        self.mark.set(ticket)
    }
}

fn write_loop(
    shared: &Shared,
    mut queue: tokio::sync::mpsc::Receiver<Box<dyn Step>>,
    tickets: &mpsc::Sender<Ticketed>,
) {
    while let Some(first) = queue.blocking_recv() {
        let mut steps = vec![first];
        while steps.len() < BATCH
            && let Ok(step) = queue.try_recv()
        {
            steps.push(step);
        }
        let outcome = caught("writing", || shared.write(&mut steps));
        if let Err(fault) = &outcome {
            shared.health.note(fault);
        }
        let ticket = shared.written.load(Ordering::SeqCst);
        let replies: Vec<_> = steps.into_iter().map(Step::into_reply).collect();
        if outcome.is_err() {
            replies.into_iter().for_each(|reply| reply.send(&outcome));
        } else if tickets.send(Ticketed { ticket, replies }).is_err() {
            return;
        }
    }
}

fn commit_loop(shared: &Shared, queue: &mpsc::Receiver<Ticketed>, mut durable: u64) {
    while let Ok(first) = queue.recv() {
        let waiting: Vec<Ticketed> = std::iter::once(first).chain(queue.try_iter()).collect();
        let highest = waiting.iter().map(|ticketed| ticketed.ticket).max().unwrap_or(durable);
        let mut outcome = shared.health.check();
        if outcome.is_ok() && highest > durable {
            outcome = caught("syncing", || shared.sync(highest));
            match &outcome {
                Ok(()) => durable = highest,
                Err(fault) => shared.health.note(fault),
            }
        }
        for reply in waiting.into_iter().flat_map(|ticketed| ticketed.replies) {
            reply.send(&outcome);
        }
    }
}

fn read_loop(queue: &Mutex<mpsc::Receiver<ReadJob>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(mpsc::RecvError) => return,
        }
    }
}

/// Runs what may call sled; sled meets damage with a panic.
fn caught<T>(doing: &str, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Fault::damaged(&format!("{doing} the embedded database failed with `{}`", panic_text(&*panic))))
    })
}

fn stopped() -> Fault {
    Fault::Failed("the store is closed".to_owned())
}
