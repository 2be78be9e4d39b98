//! A process killed at any moment: what it acknowledged is there afterwards, and the tables agree.
//!
//! The test runs its own binary again as the victim. The victim works on one store and says on standard output
//! what was acknowledged; the test kills it after a random time, opens the store, compares, and goes on in the
//! same directory. The seed is printed, and taken from `TFPILOT_KILL_SEED` when that is set.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::store::conformance::{at, command, decision, delivery, event, stream};
use crate::store::{Accepted, Commit, Lane, SledStore, Store, View, ViewChange};

const KILLS: u32 = 30;
/// Tasks that commit at the same time in the victim.
const TASKS: u64 = 8;
/// Longest life of a victim, in milliseconds; opening takes some tens.
const LONGEST: u64 = 400;
const THIS_TEST: &str = "store::sled::tests::kill::what_was_acknowledged_survives_kills";
/// Makes the test the victim and says which store to work on.
const VICTIM: &str = "TFPILOT_KILL_VICTIM";
const SEED: &str = "TFPILOT_KILL_SEED";

/// Numbers that look random enough to choose moments (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// What the victims acknowledged so far: version by stream, and deliveries.
#[derive(Default)]
struct Acknowledged {
    versions: BTreeMap<String, u64>,
    deliveries: Vec<String>,
}

#[test]
fn what_was_acknowledged_survives_kills() {
    if let Some(dir) = std::env::var_os(VICTIM) {
        return tokio::runtime::Runtime::new().unwrap().block_on(live(Path::new(&dir)));
    }
    let clock = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = std::env::var(SEED).ok().map_or_else(clock, |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    let mut random = Random(seed);
    let dir = TempDir::new().unwrap();
    let mut acknowledged = Acknowledged::default();
    for kill in 0..KILLS {
        let mut victim = start(dir.path());
        let mut said = BufReader::new(victim.stdout.take().unwrap());
        if kill % 2 == 0 {
            // Often while it opens the store, or before.
            std::thread::sleep(Duration::from_millis(random.below(LONGEST)));
        } else {
            // In the middle of its work, however slow the machine is.
            listen(&mut said, &mut acknowledged, true);
            std::thread::sleep(Duration::from_millis(random.below(LONGEST / 2)));
        }
        victim.kill().unwrap();
        listen(&mut said, &mut acknowledged, false);
        assert_eq!(victim.wait().unwrap().code(), None, "the victim ended by itself");
        println!(
            "kill {kill}: {} streams, {} deliveries",
            acknowledged.versions.len(),
            acknowledged.deliveries.len()
        );
        tokio::runtime::Runtime::new().unwrap().block_on(compare(dir.path(), &acknowledged));
    }
    let commits: u64 = acknowledged.versions.values().sum();
    assert!(commits >= u64::from(KILLS / 2), "only {commits} commits in all: this proves nothing");
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", THIS_TEST, "--nocapture"])
        .env(VICTIM, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads what the victim said, up to its first commit or its end; a half line was not acknowledged.
fn listen(said: &mut impl BufRead, acknowledged: &mut Acknowledged, first_commit: bool) {
    let mut line = String::new();
    while said.read_line(&mut line).unwrap() > 0 {
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        match words.as_slice() {
            ["commit", stream, version] if line.ends_with('\n') => {
                acknowledged.versions.insert((*stream).to_owned(), version.parse().unwrap());
                if first_commit {
                    return;
                }
            }
            ["accept", id] if line.ends_with('\n') => acknowledged.deliveries.push((*id).to_owned()),
            _ => {}
        }
        line.clear();
    }
}

fn say(line: &str) {
    // Not `println!`: one write, so that a kill cannot mix two lines.
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// The victim: commits on a few streams, takes deliveries, executes commands, until it is killed.
async fn live(dir: &Path) {
    let store = Arc::new(SledStore::open(dir).unwrap());
    let tasks: Vec<_> = (0..TASKS).map(|number| tokio::spawn(work(Arc::clone(&store), number))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn work(store: Arc<SledStore>, number: u64) {
    let name = format!("s{number}");
    let mut version = store.load(&stream(&name)).await.unwrap().len() as u64;
    loop {
        let id = format!("{name}-{version}");
        let body = vec![b'x'; 3000 * number as usize];
        let accepted = store.accept(crate::store::Delivery { body, ..delivery(&id, 0) }).await.unwrap();
        say(&format!("accept {id}"));
        // Known but not yet handled when the victim before was killed between the two.
        let _known = accepted == Accepted::Duplicate;
        let item = store.claim_delivery(at(0), 0).await.unwrap().unwrap();
        let key = format!("k{version}");
        let views = vec![
            ViewChange {
                view: View::Changes,
                key: name.clone(),
                value: Some((version + 1).to_be_bytes().to_vec()),
            },
            ViewChange { view: View::Runs, key: format!("{name}/{version}"), value: Some(vec![b'r'; 6000]) },
        ];
        let commit = Commit {
            events: vec![event(version)],
            commands: vec![command(&key, Lane::Act, 0), command(&key, Lane::Show, 0)],
            views,
            ..decision(&name, version)
        };
        version = store.commit(commit).await.unwrap().version;
        say(&format!("commit {name} {version}"));
        // Another task may have been faster: all of them claim without holding.
        store.finish_delivery(item.seq).await.unwrap();
        if let Some(item) = store.claim_command(at(0), 60).await.unwrap() {
            store.finish_command(item.id).await.unwrap();
        }
    }
}

async fn compare(dir: &Path, acknowledged: &Acknowledged) {
    let store = SledStore::open(dir).unwrap();
    store.check().await.unwrap();
    for (name, version) in &acknowledged.versions {
        let records = store.load(&stream(name)).await.unwrap();
        assert!(
            records.len() as u64 >= *version,
            "{name}: {version} was acknowledged, {} are there",
            records.len()
        );
        // The view was written in the same transaction as the last record.
        let row = store.view(View::Changes, name).await.unwrap();
        assert_eq!(row, Some((records.len() as u64).to_be_bytes().to_vec()), "{name}");
        let runs = store.scan(View::Runs, &format!("{name}/"), usize::MAX).await.unwrap();
        assert_eq!(runs.len(), records.len(), "{name}");
    }
    for id in &acknowledged.deliveries {
        assert_eq!(store.accept(delivery(id, 0)).await.unwrap(), Accepted::Duplicate, "{id}");
    }
}
