//! What the disk itself can do, and how much of it is taken: the measure for a durable acknowledgement.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

/// Size of an append, in bytes: a page.
const BLOCK: usize = 4096;

/// How long one run appends.
const RUN: Duration = Duration::from_secs(2);

/// Appends of a page with `fdatasync` behind each, per second.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn syncs_per_second(dir: &Path) -> anyhow::Result<f64> {
    let path = dir.join("fdatasync");
    let mut file = std::fs::File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    let block = [0x5a_u8; BLOCK];
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < RUN {
        file.write_all(&block).context("appending")?;
        file.sync_data().context("fdatasync")?;
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
    Ok(rate)
}

/// Bytes allocated on the disk by all files below a directory, as `du` counts; what vanishes meanwhile counts nothing.
pub(crate) fn allocated(dir: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => allocated(&entry.path()),
            // Linux counts blocks of 512 bytes, whatever the filesystem's own are.
            Ok(data) => data.blocks() * 512,
            Err(_) => 0,
        })
        .sum()
}
