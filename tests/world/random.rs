//! Chance that can be repeated: the same seed brings the same numbers.

/// A stream of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// From the seed in an environment variable, else from the time.
    pub fn seeded(variable: &str) -> Self {
        let seed = number(variable).unwrap_or_else(|| jiff::Timestamp::now().as_nanosecond() as u64);
        Self::new(seed)
    }

    /// What brings the same numbers again.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.any() % end.max(1) as u64).unwrap_or_default()
    }
}

/// The number in an environment variable.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// How many of something: the variable's number, else the usual one.
pub fn wanted(variable: &str, usual: usize) -> usize {
    number(variable).and_then(|number| usize::try_from(number).ok()).unwrap_or(usual)
}
