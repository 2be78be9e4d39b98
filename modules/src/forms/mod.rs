//! Issue forms: rendered from a module, and read back out of the issue that GitHub makes of a submitted form.
//!
//! Both sides share `field`, so a label that is asked for is a label that is understood. Reading any other text of
//! an issue belongs to the app.

mod answers;
mod field;
mod issue;

pub use answers::{FormAnswers, parse_form};
pub use issue::{Offer, Preset, REQUEST_LABEL, render_form, render_issue_form};
