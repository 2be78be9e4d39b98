//! The static gate as the runner asks it.

use tfpilot_protocol::{Job, NotAdmitted};

use crate::job::Gate;
use crate::source::Checkout;

/// Judges by the admission crate.
#[derive(Debug, Clone, Copy)]
pub struct Admission;

impl Gate for Admission {
    fn checkout(&self, _: &Checkout, _: &Job) -> Result<Vec<NotAdmitted>, String> {
        Err("this build judges no code".into())
    }

    fn downloaded(&self, _: &Checkout, _: &Job) -> Result<Vec<NotAdmitted>, String> {
        Err("this build judges no code".into())
    }
}
