//! tfpilot-modules
