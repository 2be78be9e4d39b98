//! tfpilot-hcl
