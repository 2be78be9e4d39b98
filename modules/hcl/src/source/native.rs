//! HCL's own syntax into blocks. Depth is bounded by the parser; that Terraform reads the same is checked by
//! [`super::agree`].

use super::{Attribute, Block, Body, Lines, agree, parse};
use crate::Diagnostic;
use hcl_edit::Span;
use hcl_edit::structure::{self, Structure};

/// Reads a whole file.
pub(super) fn body(lines: &Lines) -> Result<Body, Diagnostic> {
    let parsed = parse::body(lines.text()).map_err(|fault| {
        let place = lines.at(fault.offset);
        Diagnostic::new(
            place,
            format!("this is not HCL: {}", fault.what),
            "run `terraform fmt`, it shows the same place",
        )
    })?;
    agree::check(lines, &parsed)?;
    Ok(convert(lines, parsed))
}

fn convert(lines: &Lines, body: structure::Body) -> Body {
    let mut converted = Body::default();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => converted.attributes.push(Attribute {
                place: lines.at(attribute.key.span().or(attribute.value.span()).map_or(0, |span| span.start)),
                name: attribute.key.value().to_string(),
                value: attribute.value,
            }),
            Structure::Block(block) => converted.blocks.push(Block {
                place: lines.at(block.ident.span().or(block.span()).map_or(0, |span| span.start)),
                end: lines.at(block.span().map_or(0, |span| span.end.saturating_sub(1))).line,
                kind: block.ident.value().to_string(),
                labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
                body: convert(lines, block.body),
            }),
        }
    }
    converted
}

#[cfg(test)]
mod tests {
    use crate::File;

    #[test]
    fn blocks_begin_and_end_on_lines_and_comments_stand_on_theirs() {
        let text =
            "# a\nresource \"x\" \"y\" {\n  a = \"# no\" // b\n  n {\n  }\n}\n\nlocals { }\n/* c\n d */\n";
        let file = File::parse("a.tf", text.as_bytes()).expect("it is HCL");
        let ends: Vec<(u32, u32)> = file.body.nested().iter().map(|it| (it.place.line, it.end)).collect();
        assert_eq!(ends, [(2, 6), (4, 5), (8, 8)]);
        assert_eq!(file.comments(), [(1, "# a"), (3, "// b"), (9, "/* c\n d */")]);
    }
}
