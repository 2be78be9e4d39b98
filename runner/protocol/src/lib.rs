//! tfpilot-protocol
