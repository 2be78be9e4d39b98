//! What GitHub's limits let through: one pause for everything of an installation once a limit was hit, and before that
//! what is left of the hour goes to what runs already rather than to courtesies and new work.

use jiff::Timestamp;
use tfpilot_engine::{Command, Facts, Operation, Wake};

use crate::github::Allowance;

/// Below this share of the hourly limit, in percent, courtesies wait for the next hour.
const COURTESY_SHARE: u64 = 10;

/// Below this share, in percent, nothing new is begun: applies, merges and what people see of them take the rest.
const NEW_WORK_SHARE: u64 = 2;

/// What a command asks of GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing at all.
    Nothing,
    /// What nobody misses for an hour.
    Courtesy,
    /// New work: a branch, a pull request, a plan.
    NewWork,
    /// What runs, and what is seen of it.
    Running,
}

/// What the command asks of GitHub.
pub(crate) fn need_of(command: &Command, facts: impl FnOnce() -> Option<Facts>) -> Need {
    match command {
        Command::Suggest { .. }
        | Command::Explain { .. }
        | Command::Wake { what: Wake::Start { .. } | Wake::Lease { .. } | Wake::Freeze { .. }, .. } => {
            Need::Nothing
        }
        Command::React { .. } | Command::CancelRun { .. } | Command::Minimize { .. } => Need::Courtesy,
        Command::CommitBranch | Command::OpenPull | Command::Learn { .. } => Need::NewWork,
        Command::Dispatch { run } => {
            let plans = facts()
                .and_then(|facts| facts.run(*run).map(|run| run.operation == Operation::Plan))
                .unwrap_or(false);
            if plans { Need::NewWork } else { Need::Running }
        }
        _ => Need::Running,
    }
}

/// When it may be tried; none means now.
pub(crate) fn wait_until(
    need: Need,
    paused: Option<Timestamp>,
    allowance: Option<Allowance>,
    now: Timestamp,
) -> Option<Timestamp> {
    if need == Need::Nothing {
        return None;
    }
    let low = || {
        let share = match need {
            Need::Courtesy => COURTESY_SHARE,
            Need::NewWork => NEW_WORK_SHARE,
            Need::Running | Need::Nothing => 0,
        };
        let allowance = allowance.filter(|allowance| allowance.resets_at > now)?;
        let is_low = allowance.remaining.saturating_mul(100) < allowance.limit.saturating_mul(share);
        is_low.then_some(allowance.resets_at)
    };
    paused.filter(|until| *until > now).or_else(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(NOW + seconds).expect("a time")
    }

    #[track_caller]
    fn check(need: Need, paused: Option<i64>, remaining: u64, resets: i64, expect: Option<i64>) {
        let allowance = Some(Allowance { limit: 5_000, remaining, resets_at: at(resets) });
        assert_eq!(wait_until(need, paused.map(at), allowance, at(0)), expect.map(at));
    }

    #[test]
    fn a_pause_holds_back_everything_that_asks_github() {
        check(Need::Running, Some(30), 5_000, 900, Some(30));
        check(Need::NewWork, Some(30), 0, 900, Some(30));
        check(Need::Nothing, Some(30), 0, 900, None);
        check(Need::Running, Some(0), 5_000, 900, None);
        check(Need::Running, Some(-30), 5_000, 900, None);
    }

    #[test]
    fn what_is_left_goes_to_what_runs() {
        check(Need::Courtesy, None, 500, 900, None);
        check(Need::Courtesy, None, 499, 900, Some(900));
        check(Need::NewWork, None, 499, 900, None);
        check(Need::NewWork, None, 100, 900, None);
        check(Need::NewWork, None, 99, 900, Some(900));
        check(Need::Running, None, 0, 900, None);
        // What was said of an hour that is over says nothing.
        check(Need::Courtesy, None, 0, 0, None);
        assert_eq!(wait_until(Need::Courtesy, None, None, at(0)), None);
    }
}
