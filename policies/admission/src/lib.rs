//! tfpilot-admission
