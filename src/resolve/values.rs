//! Typed values: checks values after their templates are filled in.

use std::time::Duration;

use crate::layout::{Arrangement, Ratio, Size, Titles, Until, is_name};
use crate::manifest::ast::{PlaceDecl, Scalar, ScalarValue};
use crate::manifest::value;
use crate::resolve::drawn;
use crate::resolve::error::ResolveError;
use crate::resolve::resolver::Resolver;
use crate::tmux::layout_string::Cell;

/// The arrangement of the panes of a window without a split.
pub(super) enum Arranged {
    ByName(Arrangement),
    ByCells(Cell),
}

impl Resolver<'_> {
    pub(super) fn bad<T>(
        &mut self,
        value: &str,
        expected: &'static str,
        scalar: &Scalar,
    ) -> Option<T> {
        self.bad_with(value, expected, scalar, None)
    }

    /// Reports an unexpected value.
    pub(super) fn wrong(
        &mut self,
        value: &str,
        expected: &'static str,
        scalar: &Scalar,
        help: Option<String>,
    ) {
        self.errors.push(ResolveError::BadValue {
            value: value.chars().take(80).collect(),
            expected,
            span: scalar.span,
            help,
        });
    }

    pub(super) fn bad_with<T>(
        &mut self,
        value: &str,
        expected: &'static str,
        scalar: &Scalar,
        help: Option<String>,
    ) -> Option<T> {
        self.wrong(value, expected, scalar, help);
        None
    }

    /// A name; the decoder has checked literal ones already.
    pub(super) fn name(&mut self, scalar: &Scalar) -> Option<String> {
        let text = self.text(scalar)?;
        let is_template =
            matches!(&scalar.value, ScalarValue::Template(text) if text.contains("{{"));
        if is_template && !is_name(&text) {
            let help = "use 1 to 64 letters and digits of any script, `_` and `-`; `{{slug …}}` makes a \
                        name";
            return self.bad_with(&text, "a name", scalar, Some(help.to_owned()));
        }
        Some(text)
    }

    /// Text that is shown on a line of its own: no control characters.
    pub(super) fn printable(&mut self, scalar: Option<&Scalar>) -> Option<String> {
        let scalar = scalar?;
        let text = self.text(scalar)?;
        if text.chars().any(char::is_control) {
            let shown: String = text.escape_debug().take(80).collect();
            return self.bad(&shown, "printable text", scalar);
        }
        Some(text)
    }

    pub(super) fn flag(&mut self, scalar: Option<&Scalar>) -> bool {
        let Some(scalar) = scalar else { return false };
        let Some(text) = self.text(scalar) else {
            return false;
        };
        match text.as_str() {
            "true" | "#true" => true,
            "false" | "#false" | "" => false,
            _ => self.bad(&text, "true or false", scalar).unwrap_or(false),
        }
    }

    /// The same, for a value whose absence does not mean `false`.
    pub(super) fn optional_flag(&mut self, scalar: Option<&Scalar>) -> Option<bool> {
        scalar.map(|scalar| self.flag(Some(scalar)))
    }

    /// A whole number within `range`.
    pub(super) fn number(
        &mut self,
        scalar: Option<&Scalar>,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let scalar = scalar?;
        let text = self.text(scalar)?;
        match text.parse() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                let help = format!("from {} to {}", range.start(), range.end());
                self.bad_with(&text, "a whole number in its range", scalar, Some(help))
            }
        }
    }

    pub(super) fn bytes(&mut self, scalar: Option<&Scalar>) -> Option<u64> {
        let scalar = scalar?;
        let text = self.text(scalar)?;
        let bytes = value::bytes(&text);
        bytes.or_else(|| self.bad(&text, "a size such as `500K`, `10M` or `1G`", scalar))
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &mut self,
        scalar: Option<&Scalar>,
        words: &[(&str, T)],
        expected: &'static str,
    ) -> Option<T> {
        let scalar = scalar?;
        let text = self.text(scalar)?;
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Some(*value),
            None => self.bad(&text, expected, scalar),
        }
    }

    pub(super) fn arrangement(&mut self, scalar: Option<&Scalar>) -> Arranged {
        let by_name = Arranged::ByName(Arrangement::default());
        let Some(scalar) = scalar else {
            return by_name;
        };
        let Some(text) = self.text(scalar) else {
            return by_name;
        };
        let found = Arrangement::parse(&text).map(Arranged::ByName);
        let found = found.or_else(|| drawn::parse(&text).map(Arranged::ByCells));
        if found.is_none() {
            self.wrong(
                &text,
                "one of tmux's layouts, such as `tiled`, or a layout string",
                scalar,
                None,
            );
        }
        found.unwrap_or(by_name)
    }

    pub(super) fn titles(&mut self, scalar: &Scalar) -> Option<Titles> {
        let text = self.text(scalar)?;
        match text.as_str() {
            "top" => Some(Titles::Top),
            "bottom" => Some(Titles::Bottom),
            "off" => Some(Titles::Off),
            _ => self.bad(&text, "`top`, `bottom` or `off`", scalar),
        }
    }

    pub(super) fn ratio(&mut self, scalar: Option<&Scalar>) -> Ratio {
        let Some(scalar) = scalar else {
            return Ratio::Keep;
        };
        match self.text(scalar).as_deref() {
            Some("free") => Ratio::Free,
            Some("keep") | None => Ratio::Keep,
            Some(other) => {
                let other = other.to_owned();
                self.bad(&other, "`keep` or `free`", scalar)
                    .unwrap_or(Ratio::Keep)
            }
        }
    }

    /// The size of a split's child; `grow=1` by default.
    pub(super) fn size(&mut self, place: &PlaceDecl) -> Size {
        if let Some(scalar) = &place.size {
            let Some(text) = self.text(scalar) else {
                return Size::Grow(1);
            };
            let size = value::size(&text);
            let expected = "a share such as `30%` or a number of cells";
            return size
                .or_else(|| self.bad(&text, expected, scalar))
                .unwrap_or(Size::Grow(1));
        }
        let Some(scalar) = &place.grow else {
            return Size::Grow(1);
        };
        let Some(text) = self.text(scalar) else {
            return Size::Grow(1);
        };
        match text.parse() {
            Ok(weight @ 1..=10_000) => Size::Grow(weight),
            _ => self
                .bad(&text, "a weight of 1 to 10000", scalar)
                .unwrap_or(Size::Grow(1)),
        }
    }

    pub(super) fn until(&mut self, scalar: Option<&Scalar>) -> Option<Until> {
        let Some(scalar) = scalar else {
            return Some(Until::Ready);
        };
        let text = self.text(scalar)?;
        let all = [Until::Started, Until::Ready, Until::ExitedOk, Until::Exited];
        let found = all.into_iter().find(|until| until.as_str() == text);
        found.or_else(|| self.bad(&text, "`started`, `ready`, `exited-ok` or `exited`", scalar))
    }

    pub(super) fn duration(&mut self, scalar: Option<&Scalar>) -> Option<Duration> {
        let scalar = scalar?;
        let text = self.text(scalar)?;
        let duration = value::duration(&text);
        duration.or_else(|| self.bad(&text, "a time such as `250ms`, `2s` or `1m`", scalar))
    }

    /// A time, or `none`.
    pub(super) fn deadline(
        &mut self,
        scalar: Option<&Scalar>,
        default: Option<Duration>,
    ) -> Option<Duration> {
        let Some(scalar) = scalar else { return default };
        if self.templates_is(scalar, "none") {
            return None;
        }
        self.duration(Some(scalar)).or(default)
    }

    fn templates_is(&self, scalar: &Scalar, word: &str) -> bool {
        match &scalar.value {
            ScalarValue::Template(text) => {
                self.templates.render(text).is_ok_and(|text| text == word)
            }
            ScalarValue::Raw(text) => text == word,
            _ => false,
        }
    }
}
