//! What came of an evaluation, as people and programs read it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::score::{Comparison, Miss};

/// A share: how many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// So many.
    pub hits: usize,
    /// Of so many.
    pub of: usize,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    /// From 0 to 1; none of nothing.
    #[expect(clippy::cast_precision_loss, reason = "a corpus has fewer lines than 2^52")]
    pub fn ratio(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ratio() {
            Some(ratio) => write!(f, "{:5.1} %  ({} of {})", ratio * 100.0, self.hits, self.of),
            None => f.write_str("    –"),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut share = serializer.serialize_struct("Share", 3)?;
        share.serialize_field("hits", &self.hits)?;
        share.serialize_field("of", &self.of)?;
        share.serialize_field("ratio", &self.ratio())?;
        share.end()
    }
}

/// The numbers of an evaluation.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// All of a request is right: intent, place, things, values, and what is asked.
    pub whole: Share,
    /// The intent is right.
    pub intent: Share,
    /// The modules are right.
    pub modules: Share,
    /// The environment is right.
    pub environment: Share,
    /// Values that are right, by input.
    pub inputs: BTreeMap<String, Share>,
    /// It is asked, of those that have to be.
    pub asks_when_it_should: Share,
    /// And about the right thing.
    pub asks_the_right_thing: Share,
    /// It is asked though everything was said.
    pub asked_though_complete: Share,
    /// Something else than what was meant would be made, without a question.
    pub drafted_wrongly: Share,
    /// Intents: expected, then understood, then how often.
    pub confusion: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    /// Values that are right, by how sure they were: tenths.
    pub calibration: BTreeMap<String, Share>,
    /// Public prompts whose modules are of the right kind.
    pub right_family: Share,
    /// Vague prompts about which something is asked.
    pub vague_asked: Share,
    /// Requests that were not understood as they were meant.
    #[serde(skip)]
    pub misses: Vec<Miss>,
}

impl Report {
    pub(super) fn take(&mut self, comparison: Comparison) {
        let (expected, understood) = comparison.intent;
        self.whole.add(comparison.whole);
        self.intent.add(expected == understood);
        *self.confusion.entry(expected.as_str()).or_default().entry(understood.as_str()).or_default() += 1;
        if let Some(right) = comparison.modules {
            self.modules.add(right);
        }
        if let Some(right) = comparison.environment {
            self.environment.add(right);
        }
        for (input, right) in comparison.inputs {
            self.inputs.entry(input).or_default().add(right);
        }
        for (confidence, right) in comparison.confidence {
            self.calibration.entry(tenth(confidence)).or_default().add(right);
        }
        if comparison.must_ask {
            self.asks_when_it_should.add(comparison.asked);
            self.asks_the_right_thing.add(comparison.asked_right);
        } else {
            self.asked_though_complete.add(comparison.asked);
        }
        self.drafted_wrongly.add(comparison.miss.as_ref().is_some_and(|miss| miss.drafted_wrongly));
        self.misses.extend(comparison.miss);
    }

    pub(super) fn take_public(&mut self, right: bool) {
        self.right_family.add(right);
    }

    pub(super) fn take_vague(&mut self, asked: bool) {
        self.vague_asked.add(asked);
    }

    /// The numbers as lines. Inputs that are seldom spoken of come last.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut say = |what: &str, share: Share| {
            if share.of > 0 {
                lines.push(format!("{what:28} {share}"));
            }
        };
        say("whole draft", self.whole);
        say("intent", self.intent);
        say("modules", self.modules);
        say("environment", self.environment);
        say("asks when it should", self.asks_when_it_should);
        say("  about the right thing", self.asks_the_right_thing);
        say("asked though complete", self.asked_though_complete);
        say("drafted wrongly, not asked", self.drafted_wrongly);
        say("public: right family", self.right_family);
        say("public: asks when vague", self.vague_asked);
        let mut inputs: Vec<_> = self.inputs.iter().collect();
        inputs.sort_by(|left, right| right.1.of.cmp(&left.1.of).then_with(|| left.0.cmp(right.0)));
        for (input, share) in inputs {
            say(&format!("input {input}"), *share);
        }
        for (sure, share) in &self.calibration {
            say(&format!("right where sure {sure}"), *share);
        }
        for (expected, understood) in &self.confusion {
            let others: Vec<String> =
                understood.iter().map(|(intent, count)| format!("{intent} {count}")).collect();
            lines.push(format!("intent {expected:21} read as {}", others.join(", ")));
        }
        lines
    }
}

fn tenth(confidence: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 9")]
    let tenth = (confidence * 10.0).floor().clamp(0.0, 9.0) as u8;
    format!("0.{tenth}")
}
