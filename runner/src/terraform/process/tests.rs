//! Children that behave and misbehave.

use super::*;
use crate::cancel::channel;

fn shell(script: &str) -> Invocation {
    Invocation {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        cwd: "/".into(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
    }
}

fn bounds() -> Bounds {
    Bounds {
        time: None,
        grace: Duration::from_millis(300),
        memory_mib: 1024,
        line_bytes: 1000,
        stops_at: Level::Drain,
    }
}

#[tokio::test]
async fn lines_come_one_by_one_and_long_ones_are_cut() {
    let (_stopper, cancel) = channel();
    let what = shell("printf 'a\\nb\\r\\n\\n'; printf '%2000s\\n' x; printf end");
    let mut run = Running::start(&what, bounds(), cancel).unwrap();
    let mut lines = Vec::new();
    while let Some(line) = run.next_line().await.unwrap() {
        lines.push(line);
    }
    assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [1, 1, 0, 1000, 3]);
    assert!(run.end().await.unwrap().ok());
}

#[tokio::test]
async fn a_child_that_ignores_its_interrupt_is_killed_with_its_children() {
    let (stopper, cancel) = channel();
    let what = shell("trap '' INT; sleep 60 & echo $!; wait; sleep 60");
    let mut run = Running::start(&what, bounds(), cancel).unwrap();
    let child: i32 = run.next_line().await.unwrap().unwrap().parse().unwrap();
    stopper.raise(Level::Drain);
    let ended = run.end().await.unwrap();
    assert_eq!((ended.code, ended.interrupted), (None, Some(Interrupted::Cancelled)));
    let pid = Pid::from_raw(child).unwrap();
    for _ in 0..100 {
        if rustix::process::test_kill_process(pid).is_err() {
            return;
        }
        // A zombie whose new parent has not collected it yet is dead all the same.
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the grandchild {child} outlived its group");
}

#[tokio::test]
async fn time_is_limited_and_one_interrupt_is_enough_for_the_willing() {
    let (_stopper, cancel) = channel();
    let what = shell("trap 'echo saved; exit 1' INT; while :; do sleep 0.05; done");
    let limits =
        Bounds { time: Some(Duration::from_millis(200)), grace: Duration::from_secs(20), ..bounds() };
    let mut run = Running::start(&what, limits, cancel).unwrap();
    assert_eq!(run.next_line().await.unwrap().as_deref(), Some("saved"));
    let ended = run.end().await.unwrap();
    assert_eq!((ended.code, ended.interrupted), (Some(1), Some(Interrupted::TimedOut)));
}

#[tokio::test]
async fn memory_is_limited() {
    let (_stopper, cancel) = channel();
    let what = shell("sleep 0.2; ulimit -d");
    let limits = Bounds { memory_mib: 100, ..bounds() };
    let mut run = Running::start(&what, limits, cancel).unwrap();
    assert_eq!(run.next_line().await.unwrap().as_deref(), Some("102400"));
}
