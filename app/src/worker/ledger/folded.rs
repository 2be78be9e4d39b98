//! Facts as far as they were folded: a stream only grows, so that what is known of it needs its newer events alone.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tfpilot_engine::Facts;

use crate::store::StreamId;

/// Most streams remembered: those at work, since a change is looked at many times in a row and then for long not.
const STREAMS: usize = 32;

/// The facts of the streams folded last, the latest first, without what is not folded but handed in.
#[derive(Debug, Default)]
pub(super) struct FoldedFacts(Mutex<VecDeque<(StreamId, Facts)>>);

impl FoldedFacts {
    /// The facts of a stream as they were kept.
    pub(super) fn get(&self, stream: &StreamId) -> Option<Facts> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, _)| of == stream).map(|(_, facts)| facts.clone())
    }

    /// Keeps facts that were folded from the store, unless newer ones are kept; forgets what was kept least lately.
    pub(super) fn keep(&self, stream: &StreamId, facts: &Facts) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(of, _)| of == stream) {
            if kept.get(at).is_some_and(|(_, known)| known.version >= facts.version) {
                return;
            }
            kept.remove(at);
        }
        kept.push_front((stream.clone(), facts.clone()));
        kept.truncate(STREAMS);
    }
}

#[cfg(test)]
mod tests {
    use tfpilot_engine::Rules;

    use super::*;

    fn facts(stream: &StreamId, version: u64) -> Facts {
        let mut facts = Facts::new(stream.0.clone(), Rules::default());
        facts.version = version;
        facts
    }

    #[test]
    fn the_newest_facts_stay_and_the_oldest_streams_go() {
        let kept = FoldedFacts::default();
        let streams: Vec<_> = (0..=STREAMS).map(|number| StreamId(format!("s{number}"))).collect();
        for stream in &streams {
            kept.keep(stream, &facts(stream, 3));
            kept.keep(stream, &facts(stream, 2));
        }
        assert!(kept.get(&streams[0]).is_none(), "the oldest is forgotten");
        assert_eq!(kept.get(&streams[1]).map(|facts| facts.version), Some(3), "older facts replace nothing");
        kept.keep(&streams[1], &facts(&streams[1], 4));
        assert_eq!(kept.get(&streams[1]).map(|facts| facts.version), Some(4));
    }
}
