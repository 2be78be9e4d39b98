//! What people see, from facts that the engine itself made.

mod calls;
mod freeze;
mod group;
mod hostile;
mod looks;
mod overrides;
mod prejudged;
mod pull_text;
mod refusals;
mod rows;
mod several;
mod shared;
mod show;
mod stories;
mod stories_apply;
mod suggested;
mod tale;
mod titles;
