//! Answers kept with their ETag, so that reading what did not change costs nothing of the hourly limit.
//!
//! A kept answer is only ever used when GitHub says 304 to the same identity: nothing is served unasked.

use std::collections::HashMap;

use super::Identity;

/// Larger answers are read again.
const MAX_ENTRY_BYTES: usize = 512 * 1024;
/// All kept answers together.
const MAX_TOTAL_BYTES: usize = 16 * 1024 * 1024;

/// What an answer is kept under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) identity: Identity,
    pub(super) path: String,
}

/// An answer which GitHub may confirm by a 304.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) etag: String,
    pub(super) link: Option<String>,
    pub(super) body: Vec<u8>,
    used: u64,
}

/// A bounded memory of answers; the least recently used goes first.
#[derive(Debug, Default)]
pub(super) struct EtagCache {
    entries: HashMap<Key, Kept>,
    bytes: usize,
    ticks: u64,
}

impl EtagCache {
    /// The kept answer, now the most recently used.
    pub(super) fn get(&mut self, key: &Key) -> Option<Kept> {
        self.ticks += 1;
        let kept = self.entries.get_mut(key)?;
        kept.used = self.ticks;
        Some(kept.clone())
    }

    /// Keeps an answer, if it is small enough, instead of an older one under the same key.
    pub(super) fn put(&mut self, key: Key, etag: String, link: Option<String>, body: &[u8]) {
        self.forget(&key);
        if body.len() > MAX_ENTRY_BYTES {
            return;
        }
        self.ticks += 1;
        self.bytes += body.len();
        self.entries.insert(key, Kept { etag, link, body: body.to_vec(), used: self.ticks });
        while self.bytes > MAX_TOTAL_BYTES {
            let Some(oldest) =
                self.entries.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| key.clone())
            else {
                break;
            };
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, key: &Key) {
        if let Some(kept) = self.entries.remove(key) {
            self.bytes -= kept.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: usize) -> Key {
        Key { identity: Identity::App, path: path.to_string() }
    }

    #[test]
    fn the_memory_is_bounded_and_drops_what_was_not_used() {
        let mut cache = EtagCache::default();
        let body = vec![0; MAX_ENTRY_BYTES];
        let fit = MAX_TOTAL_BYTES / MAX_ENTRY_BYTES;
        for n in 0..fit {
            cache.put(key(n), n.to_string(), None, &body);
        }
        assert!(cache.get(&key(0)).is_some());
        cache.put(key(fit), "x".into(), None, &body);
        assert!(cache.get(&key(0)).is_some() && cache.get(&key(1)).is_none());
        assert!(cache.bytes <= MAX_TOTAL_BYTES);
        cache.put(key(0), "y".into(), None, &vec![0; MAX_ENTRY_BYTES + 1]);
        assert!(cache.get(&key(0)).is_none(), "an answer that grew too large is not kept in its old form");
    }
}
