//! What only the embedded store can do wrong: files, locks, damage, memory. The suite for all backends runs here.

mod files;
mod full;
mod kill;
mod take_over;

use tempfile::TempDir;

use super::SledStore;
use crate::store::conformance::{self, Backend};

/// A directory that lives as long as the test.
struct Dir(TempDir);

impl Dir {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }
}

impl Backend for Dir {
    type Store = SledStore;

    async fn open(&self) -> SledStore {
        SledStore::open(self.0.path().join("store")).unwrap()
    }

    async fn audit(&self) {
        self.open().await.check().await.unwrap();
    }
}

mod suite {
    use super::{Dir, conformance};

    conformance::suite!(Dir::new());
}
