//! The parser, given room: unoptimised it takes well over a megabyte of stack for the deepest texts it accepts, more than a
//! caller may have left. So texts that could be deep are parsed on a thread of their own.

use hcl_edit::expr::Expression;
use hcl_edit::parser;
use hcl_edit::structure::Body;
use hcl_edit::template::Template;

/// Stack of a parsing thread, in bytes.
const STACK: usize = 8 * 1024 * 1024;

/// Signs that open a level of nesting which any caller's stack bears.
const SHALLOW: usize = 12;

/// Why a text is not HCL, and the byte offset where.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) what: String,
}

pub(super) fn body(text: &str) -> Result<Body, Fault> {
    roomy(text, parser::parse_body)
}

pub(super) fn template(text: &str) -> Result<Template, Fault> {
    roomy(text, parser::parse_template)
}

pub(super) fn expression(text: &str) -> Result<Expression, Fault> {
    roomy(text, parser::parse_expr)
}

fn roomy<T: Send>(text: &str, parse: fn(&str) -> Result<T, parser::Error>) -> Result<T, Fault> {
    let parse = || {
        parse(text)
            .map_err(|error| Fault { offset: error.location().offset(), what: error.message().to_owned() })
    };
    let openings = text.bytes().filter(|byte| matches!(byte, b'[' | b'(' | b'{' | b'?' | b'-' | b'!'));
    if openings.take(SHALLOW + 1).count() <= SHALLOW {
        return parse();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parse);
        // A parser that panics is a text that cannot be read; so is one when the system has no thread to give.
        let unread = |what: &str| Fault { offset: 0, what: what.to_owned() };
        match thread.map(|thread| thread.join()) {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(_)) => Err(unread("the parser gave up")),
            Err(_) => Err(unread("the system has no thread to parse it on")),
        }
    })
}
