//! How a child ended without an answer, in the words of whoever has to repair the policy.

use tfpilot_policies::rego::Fault;

use super::Limits;

/// What ended a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It could not be started, or its pipes not be used.
    NotStarted,
    /// It took longer than it may.
    Time,
    /// It computed longer than it may.
    Cpu,
    /// It asked for more memory than it may have.
    Memory,
    /// It called itself too often.
    Depth,
    /// The interpreter has a bug.
    Panic,
    /// It said more than is read.
    Output,
    /// What it said is no answer.
    Unreadable,
    /// It ended with this code.
    Code(i32),
    /// It was ended by this signal.
    Signal(i32),
}

impl Ended {
    /// Whether the same question may be answered another time.
    pub(super) fn is_passing(self) -> bool {
        matches!(self, Self::NotStarted | Self::Time | Self::Signal(_))
    }

    /// A word for the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::Time => "time",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Depth => "recursion",
            Self::Panic => "panic",
            Self::Output => "output",
            Self::Unreadable => "unreadable",
            Self::Code(_) => "exit code",
            Self::Signal(_) => "signal",
        }
    }

    /// What is told.
    pub(super) fn fault(self, limits: &Limits) -> Fault {
        let again = "run `/tfpilot plan` to ask it again; if it happens again, look at the server's log";
        let lighter = "let it look at fewer things, or compare them once instead of each with each";
        let (what, hint) = match self {
            Self::NotStarted => ("it could not be asked: no process could be started".to_owned(), again),
            Self::Time => {
                (format!("it took more than {} seconds, and was ended", limits.time.as_secs()), again)
            }
            Self::Cpu => {
                (format!("it computed for more than {} seconds, and was ended", limits.cpu_seconds), lighter)
            }
            Self::Memory => {
                (format!("it needed more than {} MiB of memory, and was ended", limits.memory_mib), lighter)
            }
            Self::Depth => (
                "it is nested or calls itself too deep, and was ended".to_owned(),
                "write it without recursion and with less nesting",
            ),
            Self::Panic => (
                "the interpreter stumbled over it, and was ended".to_owned(),
                "write it in another way, and report it as a bug of TfPilot",
            ),
            Self::Output => ("it found more than can be read".to_owned(), lighter),
            Self::Unreadable => ("what it found could not be read".to_owned(), again),
            Self::Code(code) => (format!("its process ended with {code}"), again),
            Self::Signal(signal) => (format!("its process was ended by signal {signal}"), again),
        };
        Fault::whole(what, hint)
    }
}
