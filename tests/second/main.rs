//! A second opinion: the story of the main path against emulate, a GitHub that others wrote. What it lacks, or does
//! unlike GitHub's documentation, is listed in `docs/second-opinion.md` and kept true here; the product bends to none
//! of it.

#[cfg(test)]
mod alike;
#[cfg(test)]
mod client;
#[cfg(test)]
mod differences;
#[cfg(test)]
mod emulate;
#[cfg(test)]
mod front;
#[cfg(test)]
mod git;
#[cfg(test)]
mod lent;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod story;
#[cfg(test)]
mod world;

/// emulate's library, where the set-up could have it. It says so where not; where `CI` is set it must be there.
#[cfg(test)]
fn library() -> anyhow::Result<Option<std::path::PathBuf>> {
    let found = std::env::var_os("TFPILOT_EMULATE").map(std::path::PathBuf::from);
    anyhow::ensure!(found.is_some() || std::env::var_os("CI").is_none(), "TFPILOT_EMULATE is not set");
    Ok(found)
}
