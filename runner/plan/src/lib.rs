//! tfpilot-plan
