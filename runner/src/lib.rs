//! tfpilot-runner
