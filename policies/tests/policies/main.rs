//! The rules and the price book on real plans, and what must hold whatever comes.

mod cost;
mod counted;
mod defaults;
mod fixture;
mod infracost;
mod language;
mod own;
mod pitfalls;
mod pricelist;
mod prices;
mod properties;
mod quantities;
mod rego;
mod rules;
mod shipped;
mod skips;
mod suggestions;
mod texts;
mod usage;
