//! The narrator: lines on stdout, complaints on stderr.

use std::io::Write;
use std::time::Instant;

pub(crate) struct Narrator {
    started: Instant,
}

impl Narrator {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now() }
    }

    /// Times count from here.
    pub(crate) fn restart(&mut self) {
        self.started = Instant::now();
    }

    pub(crate) fn line(&self, text: &str) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// One step of the story: where it happens, what happens, and how long it took.
    pub(crate) fn step(&self, number: usize, of: usize, what: &str, detail: &str) {
        let seconds = self.started.elapsed().as_secs_f32();
        self.line(&format!("{number}/{of} {what:<28} {detail}  [{seconds:.1} s]"));
    }

    pub(crate) fn complain(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "demo: {text}");
    }
}
