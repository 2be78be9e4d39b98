//! Where the numbers were taken: processor, memory, kernel, filesystem, load. Read from Linux's own files.

use std::path::Path;

/// The machine in a few lines; `store` lies on the filesystem that is named.
pub(crate) fn describe(store: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let memory: f64 = memory.split(' ').next().and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0.0);
    [
        format!("date: {}", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC")),
        format!("cpu: {cores} cores, {}", field("/proc/cpuinfo", "model name").unwrap_or_else(unknown)),
        format!("memory: {:.1} GiB", memory / 1024.0 / 1024.0),
        format!("kernel: {}", text("/proc/sys/kernel/osrelease")),
        format!("filesystem of the stores: {}", filesystem(store)),
        format!("load at the start: {}", load()),
    ]
    .join("\n")
}

/// The machine's load averages: what else kept it busy.
pub(crate) fn load() -> String {
    let all = text("/proc/loadavg");
    let words: Vec<&str> = all.split(' ').take(3).collect();
    format!("{} (over 1, 5 and 15 minutes, this benchmark included)", words.join(" "))
}

/// Type and options of the filesystem that holds a path: the mount with the longest matching name.
fn filesystem(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let mounts = text("/proc/self/mounts");
    let mut best: Option<(usize, String)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (Some(device), Some(at), Some(kind), Some(options)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        if path.starts_with(at) && best.as_ref().is_none_or(|(length, _)| at.len() >= *length) {
            best = Some((at.len(), format!("{kind} on {device} ({options})")));
        }
    }
    best.map_or_else(unknown, |(_, said)| said)
}

/// The value behind the first `name:` of a file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = text(file);
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn text(file: &str) -> String {
    std::fs::read_to_string(file).map(|text| text.trim().to_owned()).unwrap_or_else(|_| unknown())
}

fn unknown() -> String {
    "unknown".to_owned()
}
