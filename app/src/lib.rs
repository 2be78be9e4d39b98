//! tfpilot
