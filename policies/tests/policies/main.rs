//! The rules and the price book on real plans, and what must hold whatever comes.

mod fixture;
mod rules;
