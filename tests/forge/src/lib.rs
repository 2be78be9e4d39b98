//! tfpilot-forge
