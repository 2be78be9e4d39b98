//! The little Markdown that our pages use: links, code spans, tables by their heading. Fenced blocks hold none of it.

use crate::{normal, read};

/// A page of the project.
#[derive(Debug, Clone)]
pub struct Page {
    /// Path in the checkout.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// `[text](target)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Line, from 1.
    pub line: usize,
    /// What is shown.
    pub text: String,
    /// Path in the checkout, or an address.
    pub target: String,
}

impl Page {
    /// Reads a page; the error names it.
    pub fn read(path: &str) -> Result<Self, String> {
        Ok(Self { path: path.to_owned(), text: read(path)? })
    }

    /// Lines outside of fenced blocks, with their numbers from 1.
    pub fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines(false)
    }

    /// Lines inside of fenced blocks.
    pub fn blocks(&self) -> impl Iterator<Item = &str> {
        self.lines(true).map(|(_, line)| line)
    }

    fn lines(&self, fenced: bool) -> impl Iterator<Item = (usize, &str)> {
        let mut inside = false;
        self.text.lines().enumerate().filter_map(move |(index, line)| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            (!fence && inside == fenced).then_some((index + 1, line))
        })
    }

    /// Every link; targets inside the checkout are paths from its root.
    pub fn links(&self) -> Vec<Link> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let of_line = |(line, text): (usize, &str)| {
            text.match_indices("](")
                .filter_map(|(middle, _)| {
                    let shown = text.get(..middle)?.rsplit_once('[')?.1;
                    let target = text.get(middle + 2..)?.split_once(')')?.0;
                    let target = if target.contains("://") || target.starts_with('#') {
                        target.to_owned()
                    } else {
                        let path = target.split('#').next().unwrap_or_default();
                        normal(&format!("{folder}/{path}")).unwrap_or_else(|| format!("outside: {target}"))
                    };
                    Some(Link { line, text: shown.to_owned(), target })
                })
                .collect::<Vec<_>>()
        };
        self.prose().flat_map(of_line).collect()
    }

    /// What stands between single backticks, with its line.
    pub fn spans(&self) -> Vec<(usize, &str)> {
        self.prose()
            .flat_map(|(line, text)| text.split('`').skip(1).step_by(2).map(move |span| (line, span)))
            .collect()
    }

    /// Rows of every table whose first heading is `first`, cells trimmed.
    pub fn table(&self, first: &str) -> Vec<Vec<&str>> {
        let mut inside = false;
        let mut rows = Vec::new();
        for (_, line) in self.prose() {
            let cells = cells(line);
            match cells.first() {
                None => inside = false,
                Some(cell) if *cell == first => inside = true,
                Some(cell) if cell.starts_with("--") => {}
                Some(_) if inside => rows.push(cells),
                Some(_) => {}
            }
        }
        rows
    }
}

/// The first code span of a cell.
pub fn code(cell: &str) -> Option<&str> {
    cell.split('`').nth(1)
}

fn cells(line: &str) -> Vec<&str> {
    match line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) {
        Some(inner) => inner.split('|').map(str::trim).collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let text =
            "See [`x`](../app/a.rs#L3) and `b c`.\n\n```sh\n[no](no)\n```\n| a | b |\n|---|---|\n| `1` | |\n";
        Page { path: "docs/p.md".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn links_spans_and_tables_are_read_and_blocks_are_not() {
        let link = Link { line: 1, text: "`x`".to_owned(), target: "app/a.rs".to_owned() };
        assert_eq!(page().links(), [link]);
        assert_eq!(page().spans(), [(1, "x"), (1, "b c"), (8, "1")]);
        assert_eq!(page().table("a"), [["`1`", ""]]);
        assert_eq!(page().blocks().collect::<Vec<_>>(), ["[no](no)"]);
    }
}
