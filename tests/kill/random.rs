//! Chance that can be repeated: its seed is printed, and taken from `TFPILOT_KILL_SEED`.

/// A stream of numbers (SplitMix64).
pub(crate) struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// From the seed of the environment, else from the time; says which.
    pub(crate) fn seeded() -> Self {
        let seed = std::env::var("TFPILOT_KILL_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| jiff::Timestamp::now().as_nanosecond() as u64);
        println!("seed {seed}");
        Self { seed, state: seed }
    }

    /// What brings the same numbers again.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// How many kills are wanted: the variable's number, else the usual one.
pub(crate) fn wanted(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
