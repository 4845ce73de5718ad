//! Checks a value against its type.

use kdl::{KdlEntry, KdlValue};

use super::decoder::Decoder;
use crate::layout::{Size, host_and_port, nearest};
use crate::manifest::ast::{Scalar, ScalarValue};
use crate::manifest::error::ManifestError;
use crate::manifest::source::Span;
use crate::manifest::syntax::Correction;
use crate::manifest::table::Value;
use crate::manifest::value;

/// A string that is not a template.
pub(super) fn literal(scalar: &Scalar) -> Option<&str> {
    match &scalar.value {
        ScalarValue::Raw(text) => Some(text),
        ScalarValue::Template(text) if !is_template(text) => Some(text),
        _ => None,
    }
}

/// Whether the string has to be rendered first.
fn is_template(text: &str) -> bool {
    text.contains("{{")
}

/// A difference between a value and its type.
enum Misfit {
    Type,
    Value { nearest: Option<String> },
}

impl Decoder<'_> {
    /// Reads the value of an argument or property; `None` after reporting a mistake.
    pub(super) fn value(
        &mut self,
        entry: &KdlEntry,
        expected: Value,
        subject: &str,
    ) -> Option<Scalar> {
        let span = self.value_span(entry);
        let value = match self.corrections.get(&span.offset) {
            Some(Correction::Value(value)) => value.clone(),
            Some(Correction::Unknown) => return None,
            None => self.written(entry, span)?,
        };
        if let Some(text) = text(&value).filter(|text| text.contains('\0')) {
            let text = text.replace('\0', "\\u{0}");
            self.report(ManifestError::NulInText { span, text });
            return None;
        }
        if let Err(misfit) = fits(&value, expected) {
            let subject = subject.to_owned();
            self.report(match misfit {
                Misfit::Type => ManifestError::WrongType {
                    span,
                    subject,
                    expected: expected.expected(),
                    found: kind(&value),
                    write: converted(&value, expected),
                },
                Misfit::Value { nearest } => ManifestError::BadValue {
                    span,
                    subject,
                    expected: expected.expected(),
                    found: shown(&value),
                    nearest,
                },
            });
            return None;
        }
        Some(Scalar { value, span })
    }

    fn written(&mut self, entry: &KdlEntry, span: Span) -> Option<ScalarValue> {
        let is_raw = match entry.ty() {
            None => false,
            Some(ty) if ty.value() == "raw" => true,
            Some(ty) => {
                self.report(ManifestError::TypeAnnotation {
                    span: self.name_span(ty),
                    name: ty.value().to_owned(),
                });
                false
            }
        };
        if is_raw && !entry.value().is_string() {
            self.report(ManifestError::RawNotText { span });
            return None;
        }
        Some(match entry.value() {
            KdlValue::String(text) if is_raw => ScalarValue::Raw(text.clone()),
            KdlValue::String(text) => ScalarValue::Template(text.clone()),
            KdlValue::Integer(number) => ScalarValue::Integer(*number),
            KdlValue::Float(number) => ScalarValue::Float(*number),
            KdlValue::Bool(value) => ScalarValue::Bool(*value),
            KdlValue::Null => {
                self.report(ManifestError::Null { span });
                return None;
            }
        })
    }

    /// The value alone: an entry's span holds a property's name and a type annotation too.
    fn value_span(&self, entry: &KdlEntry) -> Span {
        let span = self.entry_span(entry);
        let written = entry.format().map_or("", |format| &format.value_repr);
        let len = written.len().min(span.len);
        self.source.span(span.end() - len..span.end())
    }
}

fn fits(value: &ScalarValue, expected: Value) -> Result<(), Misfit> {
    use ScalarValue as S;
    if matches!(value, S::Template(text) if is_template(text)) {
        return Ok(());
    }
    let is_possible = match (expected, value) {
        (Value::Any, S::Float(number)) => number.is_finite(),
        (Value::Any, _) | (Value::Bool, S::Bool(_)) => true,
        (Value::Name | Value::Text, S::Template(_) | S::Raw(_)) => true,
        (Value::Integer { min, max }, S::Integer(number)) => (min..=max).contains(number),
        (Value::Port, S::Integer(number)) => (1..=65_535).contains(number),
        (Value::Port, S::Template(text) | S::Raw(text)) => match text.parse::<u16>() {
            Ok(_) => return Err(Misfit::Type),
            Err(_) => host_and_port(text).is_some(),
        },
        (Value::Size, S::Integer(number)) => value::cells(*number).is_some(),
        (Value::Size, S::Template(text) | S::Raw(text)) => match value::size(text) {
            Some(Size::Cells(_)) => return Err(Misfit::Type),
            None => {
                let joined: String = text.split_whitespace().collect();
                let nearest = matches!(value::size(&joined), Some(Size::Percent(_)));
                let nearest = nearest.then_some(joined);
                return Err(Misfit::Value { nearest });
            }
            Some(_) => true,
        },
        (Value::DurationOrNone, S::Template(text) | S::Raw(text)) if text == "none" => true,
        (Value::Duration | Value::DurationOrNone, S::Template(text) | S::Raw(text)) => {
            value::duration(text).is_some()
        }
        (Value::Bytes, S::Template(text) | S::Raw(text)) => value::bytes(text).is_some(),
        // Whether it is one shows when the panes are known.
        (Value::Arrangement(_), S::Template(text) | S::Raw(text)) if text.contains(',') => true,
        (Value::Word(words) | Value::Arrangement(words), S::Template(text) | S::Raw(text)) => {
            return if words.contains(&text.as_str()) {
                Ok(())
            } else {
                let bare = text.to_uppercase();
                let bare = bare.strip_prefix("SIG").unwrap_or(&bare);
                let same = words
                    .iter()
                    .copied()
                    .find(|word| word.to_uppercase() == bare);
                let nearest = same.or_else(|| nearest(text, words.iter().copied()));
                Err(Misfit::Value {
                    nearest: nearest.map(str::to_owned),
                })
            };
        }
        _ => return Err(Misfit::Type),
    };
    if is_possible {
        Ok(())
    } else {
        Err(Misfit::Value { nearest: None })
    }
}

/// A value of the wrong type converted to the right one, where the meaning is clear.
fn converted(value: &ScalarValue, expected: Value) -> Option<String> {
    let shown = shown(value);
    let converted = match (expected, value) {
        (
            Value::Integer { .. } | Value::Size | Value::Port,
            ScalarValue::Template(_) | ScalarValue::Raw(_),
        ) => {
            let number: i128 = shown.parse().ok()?;
            fits(&ScalarValue::Integer(number), expected).ok()?;
            let share = format!("\"{number}%\"");
            let is_share = expected == Value::Size && (1..=100).contains(&number);
            return Some(match is_share {
                true => format!("{number}` for cells, or `{share}"),
                false => number.to_string(),
            });
        }
        (Value::Bool, _) => match shown.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => "#true".to_owned(),
            "false" | "no" | "off" | "0" => "#false".to_owned(),
            _ => return None,
        },
        (Value::Word(words), ScalarValue::Bool(is_wanted)) if words.contains(&"on-failure") => {
            return Some(match is_wanted {
                true => "\"always\"` or `\"on-failure\"".to_owned(),
                false => "\"never\"".to_owned(),
            });
        }
        (Value::Duration | Value::DurationOrNone, ScalarValue::Integer(_)) => {
            format!("\"{shown}s\"")
        }
        (Value::Bytes, ScalarValue::Integer(_)) => format!("\"{shown}M\""),
        _ => format!("\"{shown}\""),
    };
    let is_text = converted.starts_with('"');
    let text = ScalarValue::Template(converted.trim_matches('"').to_owned());
    (!is_text || fits(&text, expected).is_ok()).then_some(converted)
}

fn text(value: &ScalarValue) -> Option<&str> {
    match value {
        ScalarValue::Template(text) | ScalarValue::Raw(text) => Some(text),
        _ => None,
    }
}

fn kind(value: &ScalarValue) -> &'static str {
    match value {
        ScalarValue::Template(_) | ScalarValue::Raw(_) => "a string",
        ScalarValue::Integer(_) => "a number",
        ScalarValue::Float(_) => "a number with a fraction",
        ScalarValue::Bool(_) => "a boolean",
    }
}

fn shown(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Template(text) | ScalarValue::Raw(text) => text.clone(),
        ScalarValue::Integer(number) => number.to_string(),
        ScalarValue::Float(number) if number.is_nan() => "#nan".to_owned(),
        ScalarValue::Float(number) if number.is_infinite() => {
            let sign = if *number < 0.0 { "-" } else { "" };
            format!("#{sign}inf")
        }
        ScalarValue::Float(number) => number.to_string(),
        ScalarValue::Bool(value) => value.to_string(),
    }
}
