//! How long and how often a message is tried again.

use std::time::Duration;

/// Waits between tries: doubling, with an end.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// No new try after this long.
    pub total: Duration,
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Patience {
    /// For messages while a job runs.
    pub const JOB: Self = Self {
        total: Duration::from_secs(120),
        first: Duration::from_millis(300),
        longest: Duration::from_secs(15),
    };
    /// For a journal: an apply waits for it.
    pub const JOURNAL: Self = Self {
        total: Duration::from_secs(600),
        first: Duration::from_millis(200),
        longest: Duration::from_secs(10),
    };
    /// For the last word on a job.
    pub const CONCLUSION: Self = Self {
        total: Duration::from_secs(1800),
        first: Duration::from_millis(300),
        longest: Duration::from_secs(30),
    };
    /// One try.
    pub const NONE: Self = Self { total: Duration::ZERO, first: Duration::ZERO, longest: Duration::ZERO };

    /// The wait before try number `tries + 1`, a bit shorter or longer so that many workers do not come at once;
    /// none when patience is over.
    pub fn wait(&self, tries: u32, since: Duration, asked: Option<Duration>) -> Option<Duration> {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1).min(16)));
        let spread = doubled.min(self.longest).mul_f64(0.75 + f64::from(noise()) / f64::from(u16::MAX) / 2.0);
        let wait = asked.map_or(spread, |asked| asked.max(spread));
        (since + wait < self.total).then_some(wait)
    }
}

/// Not secret, only different on each worker and try.
fn noise() -> u16 {
    use std::hash::{BuildHasher, Hasher};
    let bits = std::collections::hash_map::RandomState::new().build_hasher().finish();
    u16::try_from(bits & 0xffff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let patience = Patience::JOB;
        let wait = |tries, since| patience.wait(tries, Duration::from_secs(since), None);
        assert!(wait(1, 0).unwrap() < wait(5, 0).unwrap());
        assert!(wait(40, 0).unwrap() <= Duration::from_secs(19));
        assert_eq!(wait(1, 120), None);
        assert_eq!(Patience::NONE.wait(1, Duration::ZERO, None), None);
        let asked = Some(Duration::from_secs(60));
        assert_eq!(patience.wait(1, Duration::ZERO, asked), asked);
    }
}
