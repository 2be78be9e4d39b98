//! Prometheus' text form, written exactly: a HELP and a TYPE line per metric, then its samples.

use std::fmt::Write;

/// What a metric's number does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// A growing text.
#[derive(Debug, Default)]
pub(crate) struct Text(String);

/// One number and its labels.
pub(crate) type Sample<'a> = (&'a [(&'a str, &'a str)], f64);

impl Text {
    /// Adds a metric. One without samples is left out: its number is not known.
    pub(crate) fn metric<'a>(
        &mut self,
        name: &str,
        kind: Kind,
        help: &str,
        samples: impl IntoIterator<Item = Sample<'a>>,
    ) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        for (at, (labels, value)) in samples.into_iter().enumerate() {
            // Writing to a String cannot fail.
            if at == 0 {
                let _ = writeln!(self.0, "# HELP tfpilot_{name} {help}\n# TYPE tfpilot_{name} {kind}");
            }
            let _ = writeln!(self.0, "tfpilot_{name}{} {value}", braced(labels));
        }
    }

    /// Adds a metric of one number without labels, where it is known.
    pub(crate) fn one(&mut self, name: &str, kind: Kind, help: &str, value: Option<f64>) {
        let none: &[(&str, &str)] = &[];
        self.metric(name, kind, help, value.map(|value| (none, value)));
    }

    /// The whole text.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

fn braced(labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let pairs: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_head_and_unknown_ones_none() {
        let mut text = Text::default();
        let (get, odd) = ([("method", "GET")], [("method", "a\"b\\c\nd")]);
        text.metric("requests_total", Kind::Counter, "Requests.", [(&get[..], 3.0), (&odd[..], 0.5)]);
        text.one("average_seconds", Kind::Gauge, "Average.", None);
        text.one("bytes", Kind::Gauge, "Size.", Some(12.0));
        insta::assert_snapshot!(text.finish(), @r#"
        # HELP tfpilot_requests_total Requests.
        # TYPE tfpilot_requests_total counter
        tfpilot_requests_total{method="GET"} 3
        tfpilot_requests_total{method="a\"b\\c\nd"} 0.5
        # HELP tfpilot_bytes Size.
        # TYPE tfpilot_bytes gauge
        tfpilot_bytes 12
        "#);
    }
}
