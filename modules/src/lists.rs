//! Lists of values that a cloud accepts, as data: instance classes, engine versions, regions. An input names its list in
//! `module.yml` (`one_of`), so that a wrong value is told before a pull request, with the nearest right one.
//!
//! A list is a CSV file in `lists/` whose first column is `value`; classes of machines also have `vcpu` and `memory_gib`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The files of the shipped lists, as `(name.csv, content)`.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/lists.rs"));

static LISTS: LazyLock<BTreeMap<&str, List>> = LazyLock::new(|| {
    SHIPPED.iter().filter_map(|(file, text)| Some((file.strip_suffix(".csv")?, read(text)?))).collect()
});

/// How alike a wrong value and a right one must be for the right one to be suggested, from 0 to 1.
const ALIKE: f64 = 0.8;

/// The values of a list, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Its rows.
    pub rows: Vec<Row>,
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The value as the cloud writes it.
    pub value: String,
    /// Processors of the machine, where it is one.
    pub vcpu: Option<f64>,
    /// Its memory in GiB.
    pub memory_gib: Option<f64>,
}

/// The list of a name such as `rds-instance-classes`.
pub fn find(name: &str) -> Option<&'static List> {
    LISTS.get(name)
}

/// The names of all lists.
pub fn names() -> impl Iterator<Item = &'static str> {
    LISTS.keys().copied()
}

impl List {
    /// Whether a value is one of the list.
    pub fn has(&self, value: &str) -> bool {
        self.rows.iter().any(|row| row.value == value)
    }

    /// The value nearest to a wrong one: written alike, and of those that are equally alike the first.
    pub fn nearest(&self, value: &str) -> Option<&str> {
        let asked = value.to_lowercase();
        let mut best: Option<(f64, &str)> = None;
        for row in &self.rows {
            let alike = strsim::jaro_winkler(&asked, &row.value.to_lowercase());
            if alike >= ALIKE && best.is_none_or(|(known, _)| alike > known) {
                best = Some((alike, &row.value));
            }
        }
        best.map(|(_, value)| value)
    }
}

/// None for a file whose first column is not `value`.
fn read(text: &str) -> Option<List> {
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next()?.split(',').map(str::trim).collect();
    if columns.first() != Some(&"value") {
        return None;
    }
    let number = |cells: &[&str], column: &str| {
        let at = columns.iter().position(|known| *known == column)?;
        cells.get(at)?.parse::<f64>().ok().filter(|number| number.is_finite())
    };
    let rows = lines.filter(|line| !line.trim().is_empty()).filter_map(|line| {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let value = cells.first().filter(|value| !value.is_empty())?;
        Some(Row {
            value: (*value).to_owned(),
            vcpu: number(&cells, "vcpu"),
            memory_gib: number(&cells, "memory_gib"),
        })
    });
    Some(List { rows: rows.collect() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_shipped_list_is_one_and_says_nothing_twice() {
        assert_eq!(names().count(), SHIPPED.len());
        for name in names() {
            let list = find(name).expect("is shipped");
            assert!(!list.rows.is_empty(), "{name}");
            let values: BTreeSet<_> = list.rows.iter().map(|row| &row.value).collect();
            assert_eq!(values.len(), list.rows.len(), "{name}");
            let machines =
                list.rows.iter().filter(|row| row.vcpu.is_some() && row.memory_gib.is_some()).count();
            assert!(
                machines == 0 || machines == list.rows.len(),
                "{name}: {machines} of {}",
                list.rows.len()
            );
        }
    }

    #[test]
    fn the_nearest_is_found() {
        let list = read("value,vcpu,memory_gib\ndb.t4g.small,2,2\ndb.t4g.large,2,8\ndb.t4g.xlarge,4,16\ndb.r6g.large,2,16\n").expect("a list");
        assert!(list.has("db.t4g.small") && !list.has("db.t4g"));
        assert_eq!(list.nearest("t4g.large"), Some("db.t4g.large"));
        assert_eq!(list.nearest("db.t4g.lagre"), Some("db.t4g.large"));
        assert_eq!(list.nearest("blue"), None);
        assert_eq!(read("name\nx\n"), None);
    }
}
