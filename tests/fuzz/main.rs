//! Inputs of others, changed by chance: nothing panics, and what must hold of any input holds.
//!
//! A fixed number of cases with a printed seed here; `TFPILOT_FUZZ_CASES` and `TFPILOT_FUZZ_SEED` choose others, `make fuzz`
//! many. Nothing is timed.

#[cfg(test)]
mod chance;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod targets;
