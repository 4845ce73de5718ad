//! A manifest's text and the places in it.

/// The text that a [`Span`] belongs to: a manifest may consist of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Span {
    pub source: SourceId,
    pub offset: usize,
    pub len: usize,
}

impl Span {
    /// The first byte after the span.
    pub fn end(self) -> usize {
        self.offset + self.len
    }

    /// From the start of this span to the end of another of the same source.
    pub fn to(self, last: Span) -> Span {
        Span {
            len: last.end().saturating_sub(self.offset),
            ..self
        }
    }
}

/// A text with its name for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    /// The name as the user wrote it on the command line.
    pub name: String,
    pub text: String,
}

/// The texts that a manifest was read from; never empty, the first is the manifest itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

impl Sources {
    pub fn new(main: Source) -> Self {
        Sources(vec![main])
    }

    /// The manifest itself.
    pub fn main(&self) -> &Source {
        &self.0[0]
    }

    /// The text that a span belongs to.
    pub fn of(&self, span: Span) -> &Source {
        self.get(span.source)
    }

    /// # Panics
    /// If the id belongs to another manifest.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// The id of the next text.
    pub fn next_id(&self) -> SourceId {
        SourceId(u32::try_from(self.0.len()).expect("fewer texts than that"))
    }

    /// Adds a text.
    ///
    /// # Panics
    /// If its id is not the next one.
    pub fn add(&mut self, source: Source) {
        assert_eq!(source.id, self.next_id(), "texts are numbered in order");
        self.0.push(source);
    }
}

impl From<Source> for Sources {
    fn from(main: Source) -> Self {
        Sources::new(main)
    }
}

impl Source {
    /// The only text of a manifest.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Source {
            id: SourceId::default(),
            name: name.into(),
            text: text.into(),
        }
    }

    /// The span of a range of this text's bytes.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span {
            source: self.id,
            offset: range.start,
            len: range.end - range.start,
        }
    }

    /// The text of a span of this source; empty where the span is not within it.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.offset..span.end()).unwrap_or_default()
    }

    /// Line and column of a byte, both counted from 1, the column in characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: usize, expected: (usize, usize)) {
        assert_eq!(Source::new("t", text).position(offset), expected);
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        check("", 0, (1, 1));
        check("ab\ncd", 4, (2, 2));
        check("🧠x", 4, (1, 2));
        check("a\n", 2, (2, 1));
        check("a", 99, (1, 2));
    }
}
