//! The mark: how many transactions were durable, kept outside sled.
//!
//! sled takes damage inside its newest segments for the torn end of its log: it opens, drops everything behind
//! and says nothing, in the worst case down to an empty store. So after every sync the number of transactions
//! goes into a small file of its own, and a store that opens with fewer is refused. The file is written after
//! the sync and not synced itself: it can be behind what is durable, never ahead, so no power cut raises a false
//! alarm.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::fault::Fault;

/// The mark's file.
const FILE: &str = "tfpilot.mark";
/// Distance of the two places that are written in turn, in bytes: a write cut short spoils one of them only.
const PLACE: u64 = 4096;
/// A number and its checksum.
const LENGTH: usize = 8 + 32;

/// The open file.
#[derive(Debug)]
pub(super) struct Mark(File);

impl Mark {
    /// Opens the mark in `dir`, creating an empty one when there is none.
    pub(super) fn open(dir: &Path) -> Result<Self, Fault> {
        let path = dir.join(FILE);
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map(Self)
            .map_err(|error| Fault::failed(&format!("opening {}", path.display()), &error))
    }

    /// The highest number that was set and can be read; 0 without one.
    pub(super) fn get(&self) -> Result<u64, Fault> {
        let mut highest = 0;
        for place in 0..2 {
            let mut slot = [0; LENGTH];
            let mut file = &self.0;
            let read = file.seek(SeekFrom::Start(place * PLACE)).and_then(|_| file.read_exact(&mut slot));
            match read {
                Ok(()) => highest = highest.max(parse(&slot).unwrap_or(0)),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => return Err(Fault::failed("reading the store's mark", &error)),
            }
        }
        Ok(highest)
    }

    /// Says that so many transactions are durable.
    pub(super) fn set(&self, transactions: u64) -> Result<(), Fault> {
        let mut file = &self.0;
        file.seek(SeekFrom::Start((transactions % 2) * PLACE))
            .and_then(|_| file.write_all(&slot(transactions)))
            .map_err(|error| Fault::failed("writing the store's mark", &error))
    }
}

fn slot(transactions: u64) -> Vec<u8> {
    let number = transactions.to_be_bytes();
    let sum: [u8; 32] = Sha256::digest(number).into();
    [number.as_slice(), &sum].concat()
}

fn parse(bytes: &[u8; LENGTH]) -> Option<u64> {
    let number = u64::from_be_bytes(*bytes.first_chunk()?);
    (slot(number) == bytes).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_readable_number_counts() {
        let dir = tempfile::TempDir::new().unwrap();
        assert_eq!(Mark::open(dir.path()).unwrap().get().unwrap(), 0);
        for number in [1, 2, 3, 70_000, 70_001] {
            Mark::open(dir.path()).unwrap().set(number).unwrap();
            assert_eq!(Mark::open(dir.path()).unwrap().get().unwrap(), number);
        }
        // A write cut short: the number before it is still known.
        let file = dir.path().join(FILE);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[PLACE as usize + 3] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(Mark::open(dir.path()).unwrap().get().unwrap(), 70_000);
    }
}
