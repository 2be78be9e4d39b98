//! The static gate, asked twice: on the checkout before any Terraform process, and on the modules that `init`
//! downloaded.

use tfpilot_protocol::{Job, NotAdmitted, Phase};

use super::{Shop, Stop};
use crate::source::Checkout;

/// Judges code. An error means it could not be judged, which admits nothing.
pub trait Gate: Send + Sync {
    /// The stack and everything it reaches in the checkout.
    fn checkout(&self, checkout: &Checkout, job: &Job) -> Result<Vec<NotAdmitted>, String>;
    /// The modules that `init` downloaded into the stack.
    fn downloaded(&self, checkout: &Checkout, job: &Job) -> Result<Vec<NotAdmitted>, String>;
}

/// Before any Terraform process.
pub(super) fn checkout(shop: &Shop<'_>, checkout: &Checkout) -> Result<(), Stop> {
    refuse(shop.worker.gate.checkout(checkout, shop.job))
}

/// After `init`.
pub(super) fn downloaded(shop: &Shop<'_>, checkout: &Checkout) -> Result<(), Stop> {
    refuse(shop.worker.gate.downloaded(checkout, shop.job))
}

fn refuse(judged: Result<Vec<NotAdmitted>, String>) -> Result<(), Stop> {
    match judged {
        Ok(findings) if findings.is_empty() => Ok(()),
        Ok(findings) => Err(Stop::NotAdmitted(findings)),
        Err(why) => Err(Stop::new(Phase::Admission, format!("the code could not be judged: {why}"), "")),
    }
}
