//! Mistakes in a manifest, for people and for scripts.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::{Source, SourceId, Sources, Span};
use crate::view::json::{JsonDiagnostic, JsonLabel, JsonSpan};
use crate::view::text::excerpt::{Excerpt, LineStarts, excerpt};
use crate::view::text::printable::{Printable, printable, visible};

/// The largest number of mistakes that are shown at once; a count stands for the rest.
pub const SHOWN_MAX: usize = 20;

/// The smallest width of a layout.
const WIDTH_MIN: usize = 40;

/// The width and colours of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    /// In cells.
    pub width: usize,
}

/// Returns the mistakes with their lines, at most [`SHOWN_MAX`] of them.
pub fn text(diagnostics: &[Diagnostic], sources: &Sources, look: Look) -> Printable {
    let width = look.width.max(WIDTH_MIN);
    let theme = GraphicalTheme {
        characters: ThemeCharacters::unicode(),
        styles: if look.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false);
    let starts = starts(sources);
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN_MAX) {
        if !text.is_empty() {
            text.push('\n');
        }
        for report in reports(diagnostic, sources, &starts, width) {
            handler
                .render_report(&mut text, &report)
                .expect("a String takes whatever is written, and every label is in its excerpt");
        }
    }
    // Every text in a report was made visible when it was made.
    let mut text = Printable::keeping_colors(&text);
    if let Some(more @ 1..) = diagnostics.len().checked_sub(SHOWN_MAX) {
        text.push(printable!("\nand {} more\n", more));
    }
    text
}

fn starts(sources: &Sources) -> Vec<LineStarts> {
    let texts = sources.iter().map(|source| source.text.as_str());
    texts.map(LineStarts::new).collect()
}

/// Returns a report of the mistake at its place, and one more for each other file that it concerns,
/// because an excerpt shows lines of one file.
fn reports(
    diagnostic: &Diagnostic,
    sources: &Sources,
    starts: &[LineStarts],
    width: usize,
) -> Vec<Report> {
    let main = diagnostic.labels.first().map(|label| label.span.source);
    let main = main.unwrap_or_default();
    let mut order = vec![main];
    for label in &diagnostic.labels {
        if !order.contains(&label.span.source) {
            order.push(label.span.source);
        }
    }
    let report = |&id: &SourceId| {
        let labels = diagnostic.labels.iter();
        let labels: Vec<&Label> = labels.filter(|label| label.span.source == id).collect();
        let starts = &starts[id.0 as usize];
        Report::new(diagnostic, &labels, sources.get(id), starts, width)
    };
    let mut reports: Vec<Report> = order.iter().map(report).collect();
    // The help comes last.
    let help = reports[0].help.take();
    for other in &mut reports[1..] {
        other.message = None;
    }
    if let Some(last) = reports.last_mut() {
        last.help = help;
    }
    reports
}

/// Returns all mistakes as data.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<JsonDiagnostic> {
    let starts = starts(sources);
    let label = |span: Span, text: &str| {
        let source = sources.of(span);
        let (line, column) = starts[span.source.0 as usize].position(source, span.offset);
        let (offset, length) = (span.offset, span.len);
        JsonLabel {
            file: source.name.clone(),
            line,
            column,
            span: JsonSpan { offset, length },
            text: text.to_owned(),
        }
    };
    let diagnostics = diagnostics.iter();
    diagnostics
        .map(|diagnostic| {
            let labels = diagnostic.labels.iter();
            let labels: Vec<_> = labels.map(|l| label(l.span, &l.text)).collect();
            let place = labels.first().cloned();
            let place = place.unwrap_or_else(|| label(sources.main().span(0..0), ""));
            JsonDiagnostic {
                file: place.file,
                line: place.line,
                column: place.column,
                span: place.span,
                code: diagnostic.code,
                message: diagnostic.message.clone(),
                help: diagnostic.help.clone(),
                labels,
            }
        })
        .collect()
}

/// A diagnostic with its excerpt, for the renderer.
#[derive(Debug)]
struct Report {
    /// `None`: the message of the report before.
    message: Option<String>,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
    name: String,
    /// The place of each label in the excerpt, and its line and column in the source.
    positions: Vec<(usize, (usize, usize))>,
}

impl Report {
    fn new(
        diagnostic: &Diagnostic,
        labels: &[&Label],
        source: &Source,
        starts: &LineStarts,
        width: usize,
    ) -> Self {
        let spans: Vec<Span> = labels
            .iter()
            .map(|label| within(label.span, source))
            .collect();
        let digits = source.text.lines().count().max(1).ilog10() as usize + 1;
        let gutter = digits + " │  ".chars().count() + 1;
        let excerpt = excerpt(source, starts, &spans, width - gutter);
        let places = labels.iter().zip(&excerpt.places).enumerate();
        let labels = places
            .map(|(index, (label, &place))| {
                let text = Some(visible(&label.text));
                if index == 0 {
                    LabeledSpan::new_primary_with_span(text, place)
                } else {
                    LabeledSpan::new_with_span(text, place)
                }
            })
            .collect();
        let places = excerpt.places.iter().zip(&spans);
        let positions = places
            .map(|(place, span)| (place.0, starts.position(source, span.offset)))
            .collect();
        Report {
            message: Some(visible(&diagnostic.message)),
            help: diagnostic.help.as_deref().map(visible),
            labels,
            excerpt,
            name: visible(&source.name),
            positions,
        }
    }
}

/// Returns the span, as far as the text goes.
fn within(span: Span, source: &Source) -> Span {
    let end = source.text.len();
    let start = span.offset.min(end);
    source.span(start..span.end().clamp(start, end))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or("the other place"))
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn severity(&self) -> Option<Severity> {
        self.message.is_none().then_some(Severity::Advice)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Report {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self
            .excerpt
            .text
            .read_span(span, lines_before, lines_after)?;
        let mut line = inner.line() + self.excerpt.lines_before;
        let mut column = inner.column();
        // The heading needs only the place, which must be the one in the source.
        let at = span.offset();
        let known = self.positions.iter().find(|(offset, _)| *offset == at);
        if let (0, Some((_, (true_line, true_column)))) = (lines_before, known) {
            (line, column) = (true_line - 1, true_column - 1);
        }
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            line,
            column,
            inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look {
        color: false,
        width: 80,
    };

    fn mistake(source: &Source, range: std::ops::Range<usize>) -> Diagnostic {
        Diagnostic {
            code: "triad::test",
            message: "it is \u{1b}[31mwrong".to_owned(),
            labels: vec![Label::new(source.span(range), "this")],
            help: Some("write it right".to_owned()),
        }
    }

    #[track_caller]
    fn check(source: &Source, diagnostics: &[Diagnostic], expected: &str) {
        let text = text(diagnostics, &source.clone().into(), PLAIN);
        assert_eq!(text.as_str(), expected);
    }

    #[test]
    fn a_mistake_looks_like_this() {
        let source = Source::new("a\u{7}.kdl", "one\ntwo \u{1b}x\nthree");
        let expected = "  × it is ␛[31mwrong
   ╭─[a␇.kdl:2:6]
 1 │ one
 2 │ two ␛x
   ·      ┬
   ·      ╰── this
 3 │ three
   ╰────
  help: write it right
";
        check(&source, &[mistake(&source, 9..10)], expected);
    }

    #[test]
    fn nothing_wrong_is_nothing_said() {
        check(&Source::new("a", "x"), &[], "");
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        let source = Source::new("a", "x");
        let expected = "  × it is ␛[31mwrong
   ╭─[a:1:2]
 1 │ x
   ·  ▲
   ·  ╰── this
   ╰────
  help: write it right
";
        check(&source, &[mistake(&source, 5..9)], expected);
    }

    #[test]
    fn the_rest_is_counted() {
        let source = Source::new("a", "x");
        let many = vec![mistake(&source, 0..1); SHOWN_MAX + 7];
        let shown = text(&many, &source.clone().into(), PLAIN);
        let shown = shown.as_str();
        assert_eq!(shown.matches("╭─[a:1:1]").count(), SHOWN_MAX);
        assert!(shown.ends_with("\nand 7 more\n"), "{shown}");
        let all = text(&many[..SHOWN_MAX], &source.into(), PLAIN);
        assert!(!all.as_str().contains("more"), "{all:?}");
    }

    #[test]
    fn colour_is_added_around_the_same_text() {
        let source = Source::new("a", "x");
        let diagnostics = [mistake(&source, 0..1)];
        let look = Look {
            color: true,
            ..PLAIN
        };
        let sources = source.into();
        let colored = text(&diagnostics, &sources, look);
        let colored = colored.as_str();
        assert!(colored.contains("\u{1b}["));
        let mut plain = String::new();
        for (index, part) in colored.split("\u{1b}[").enumerate() {
            let shown = if index == 0 {
                Some(part)
            } else {
                part.split_once('m').map(|(_, text)| text)
            };
            plain.push_str(shown.unwrap_or_default());
        }
        assert_eq!(plain, text(&diagnostics, &sources, PLAIN).as_str());
    }

    #[test]
    fn json_has_the_place_in_all_forms() {
        let source = Source::new("a.kdl", "one\n🧠 two");
        let json = json(&[mistake(&source, 9..12)], &source.into());
        let expected = serde_json::json!([{
            "file": "a.kdl",
            "line": 2,
            "column": 3,
            "span": { "offset": 9, "length": 3 },
            "code": "triad::test",
            "message": "it is \u{1b}[31mwrong",
            "help": "write it right",
            "labels": [
                { "file": "a.kdl", "line": 2, "column": 3, "span": { "offset": 9, "length": 3 }, "text": "this" },
            ],
        }]);
        assert_eq!(
            serde_json::to_value(json).expect("the types are plain data"),
            expected
        );
    }
}
