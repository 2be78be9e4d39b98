//! A server, a runner or a workflow's machine killed at any moment: nothing is lost, nothing is doubled.
//!
//! After a killed server's restart the story ends as it would have without. The server is the real program, killed with
//! SIGKILL and started again on the same store. Where a kill falls is chosen by its calls to GitHub: before one has its effect, or after, with the answer lost. Those are the boundaries
//! between a step outside and its record. The oracle is one story without kills: every other one must end the same, for
//! people, in the state, and in the log.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod runner;
#[cfg(test)]
mod siege;
#[cfg(test)]
mod stories;
