//! tfpilot-engine
