//! The binary `tfpilot`: the server and its tools.

use std::process::ExitCode;

fn main() -> ExitCode {
    tfpilot::cli::main()
}
