//! Ports for servers that are started again: none but theirs while nobody listens there.

use std::net::TcpListener;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::Context;

/// Below what kernels give to connections by themselves (Linux: 32768 and more), and above what services have.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// Tests of several processes begin at different places.
static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
    let place = std::process::id().wrapping_mul(64) % u32::from(COUNT);
    AtomicU16::new(u16::try_from(place).unwrap_or_default())
});

/// A port of the loopback that is free, and that no connection takes between two starts.
///
/// # Errors
/// When all are taken.
pub(crate) fn kept() -> anyhow::Result<u16> {
    let ports = (0..COUNT).map(|_| FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT);
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().context("a port for a server")
}
