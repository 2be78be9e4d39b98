//! CSV as RFC 4180 has it: rows end with CRLF, a field with a comma, a quote or a line end stands in quotes, and a quote
//! in it is doubled.

use anyhow::{Context, bail};

/// One row, with its end.
pub(super) fn row(values: &[impl AsRef<str>]) -> String {
    let values: Vec<String> = values.iter().map(|value| field(value.as_ref())).collect();
    format!("{}\r\n", values.join(","))
}

fn field(value: &str) -> String {
    if value.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

/// Rows of a text, each with its line. Line ends of either kind are taken.
pub(super) struct Rows<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text, line: 1 }
    }

    /// The rest of the text as one row and what follows it.
    fn row(&mut self) -> anyhow::Result<Vec<String>> {
        let mut values = Vec::new();
        loop {
            values.push(self.field()?);
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
                continue;
            }
            let end = ["\r\n", "\n"].into_iter().find_map(|end| self.rest.strip_prefix(end));
            match end {
                Some(rest) => {
                    self.rest = rest;
                    self.line = self.line.saturating_add(1);
                }
                None if self.rest.is_empty() => {}
                None => bail!("a comma or a line end is missing after a quoted field"),
            }
            return Ok(values);
        }
    }

    fn field(&mut self) -> anyhow::Result<String> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
            let (value, rest) = self.rest.split_at(end);
            let (value, rest) = match value.strip_suffix('\r') {
                // It belongs to the line end.
                Some(value) if rest.starts_with('\n') => {
                    (value, self.rest.get(value.len()..).unwrap_or_default())
                }
                _ => (value, rest),
            };
            self.rest = rest;
            return Ok(value.to_owned());
        };
        let (mut value, mut rest) = (String::new(), quoted);
        loop {
            let (part, after) = rest.split_once('"').context("a quoted field does not end")?;
            value.push_str(part);
            match after.strip_prefix('"') {
                Some(after) => {
                    value.push('"');
                    rest = after;
                }
                None => {
                    self.line = self.line.saturating_add(value.matches('\n').count());
                    self.rest = after;
                    return Ok(value);
                }
            }
        }
    }
}

impl Iterator for Rows<'_> {
    /// The line that the row begins on, and its values.
    type Item = (usize, anyhow::Result<Vec<String>>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let row = self.row();
        if row.is_err() {
            self.rest = "";
        }
        Some((line, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Result<Vec<String>, String>)> {
        Rows::new(text).map(|(line, row)| (line, row.map_err(|error| error.to_string()))).collect()
    }

    #[test]
    fn whatever_is_written_is_read() {
        for values in [
            vec!["a", "b,c", "d\"e", "f\ng", "h\r\ni", ""],
            vec!["", ""],
            vec!["\"", "\"\"", ",", "\r"],
            vec!["ö", "=1+1"],
        ] {
            let text = row(&values) + &row(&["next"]);
            let rows = read(&text);
            assert_eq!(
                rows[0].1.as_deref(),
                Ok(values.as_slice().iter().map(|it| (*it).to_owned()).collect::<Vec<_>>().as_slice())
            );
            assert_eq!(rows[1].1.as_deref(), Ok(["next".to_owned()].as_slice()));
        }
    }

    #[test]
    fn rows_know_their_line_and_what_is_wrong() {
        let rows = read("a,b\n\"c\nd\",e\nf\n\"g");
        assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert_eq!(rows[3].1, Err("a quoted field does not end".to_owned()));
        assert!(read("\"a\"b,c").first().is_some_and(|(_, row)| row.is_err()));
        assert!(read("").is_empty());
    }
}
