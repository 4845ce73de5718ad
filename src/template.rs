//! Templates: Handlebars in strict mode, without escaping and without running anything. The only
//! engine, for values in manifests and for documents made from a layout.

use std::collections::BTreeSet;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason, no_escape,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::layout::nearest;

/// The longest template, in bytes.
const LENGTH_MAX: usize = 1 << 20;
/// The most tags in one template.
const TAGS_MAX: usize = 1_000;
/// The limit of nested blocks and parentheses: the engine recurses on both.
const NESTING_MAX: usize = 16;

/// The most mistakes that are reported for one template.
const MISTAKES_MAX: usize = 10;

/// Renders templates over one set of values.
#[derive(Debug)]
pub struct Templates {
    engine: Handlebars<'static>,
    context: Context,
}

/// The reason why a template could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateError {
    /// The name as written, with its byte range in the template where that is known.
    Unknown {
        name: String,
        at: Option<std::ops::Range<usize>>,
    },
    Other {
        why: String,
    },
}

impl Default for Templates {
    fn default() -> Self {
        Self::new()
    }
}

impl Templates {
    /// Creates an engine without any values.
    pub fn new() -> Self {
        let mut engine = Handlebars::new();
        engine.set_strict_mode(true);
        engine.register_escape_fn(no_escape);
        engine.register_helper("sh", Box::new(Text(shell_quoted)));
        engine.register_helper("lower", Box::new(Text(str::to_lowercase)));
        engine.register_helper("upper", Box::new(Text(str::to_uppercase)));
        engine.register_helper("slug", Box::new(Text(slug)));
        engine.register_helper("basename", Box::new(Text(basename)));
        engine.register_helper("default", Box::new(DefaultHelper));
        Templates {
            engine,
            context: Context::wraps(Value::Object(Map::new())).expect("an empty object"),
        }
    }

    /// Binds a name. A value that is an object is reached as `name.key`.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Value::Object(values) = self.context.data_mut() {
            values.insert(name.to_owned(), value);
        }
    }

    /// Binds a name, and returns its former value.
    pub fn replace(&mut self, name: &str, value: Value) -> Option<Value> {
        match self.context.data_mut() {
            Value::Object(values) => values.insert(name.to_owned(), value),
            _ => None,
        }
    }

    /// Restores the former value of a name, or unbinds it.
    pub fn restore(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => self.set(name, value),
            None => self.unset(name),
        }
    }

    /// Unbinds a name.
    pub fn unset(&mut self, name: &str) {
        if let Value::Object(values) = self.context.data_mut() {
            values.remove(name);
        }
    }

    /// The names that are bound.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let values = self.context.data().as_object();
        values
            .into_iter()
            .flat_map(|values| values.keys().map(String::as_str))
    }

    /// The text of a template.
    ///
    /// # Errors
    /// If it is not a valid template, uses an unbound name, or exceeds the limits.
    pub fn render(&self, template: &str) -> Result<String, TemplateError> {
        if !template.contains("{{") {
            return Ok(template.to_owned());
        }
        bounded(template)?;
        let rendered = self
            .engine
            .render_template_with_context(template, &self.context);
        rendered.map_err(|error| self.explained(&error, template))
    }

    /// Every unbound name in a template, each with its place, and all other mistakes.
    pub fn mistakes(&self, template: &str) -> Vec<TemplateError> {
        let mut trial = Templates::new();
        trial.context = self.context.clone();
        let mut mistakes = Vec::new();
        while mistakes.len() < MISTAKES_MAX {
            let Err(mistake) = trial.render(template) else {
                break;
            };
            let name = match &mistake {
                TemplateError::Unknown { name, .. } => name.clone(),
                TemplateError::Other { .. } => {
                    mistakes.push(mistake);
                    break;
                }
            };
            if mistakes.contains(&mistake) {
                break;
            }
            mistakes.push(mistake);
            trial.pretend(&name);
        }
        mistakes
    }

    /// Binds a name, so that rendering reaches the next unbound one.
    fn pretend(&mut self, name: &str) {
        let filler = || Value::String(String::new());
        match name.strip_prefix("env.") {
            None => self.set(name, filler()),
            Some(name) => {
                let values = self.context.data_mut().get_mut("env");
                if let Some(Value::Object(values)) = values {
                    values.insert(name.to_owned(), filler());
                }
            }
        }
    }

    fn explained(&self, error: &RenderError, template: &str) -> TemplateError {
        match error.reason() {
            RenderErrorReason::MissingVariable(Some(name)) => TemplateError::Unknown {
                at: place_of(name, template),
                name: name.clone(),
            },
            RenderErrorReason::HelperNotFound(name) => TemplateError::Unknown {
                at: place_of(name, template),
                name: name.clone(),
            },
            RenderErrorReason::TemplateError(error) => TemplateError::Other {
                why: first_line(&error.reason().to_string()),
            },
            reason => TemplateError::Other {
                why: first_line(&reason.to_string()),
            },
        }
    }
}

/// The reason why a template produced no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct DocumentError {
    pub why: String,
    /// Counted from 1, where it is known.
    pub line: Option<usize>,
    /// The nearest existing name, for an unknown one.
    pub nearest: Option<String>,
}

/// Renders a document from a template and values.
///
/// # Errors
/// If it is not a valid template, uses an unknown name, or exceeds the limits.
pub fn document(template: &str, values: &impl Serialize) -> Result<String, DocumentError> {
    let mut templates = Templates::new();
    let failed = |why: String| DocumentError {
        why,
        line: None,
        nearest: None,
    };
    bounded(template).map_err(|error| match error {
        TemplateError::Other { why } => failed(why),
        TemplateError::Unknown { name, .. } => failed(format!("unknown name `{name}`")),
    })?;
    templates.context = Context::wraps(values).map_err(|error| failed(error.to_string()))?;
    let rendered = templates
        .engine
        .render_template_with_context(template, &templates.context);
    rendered.map_err(|error| {
        let place = match error.reason() {
            RenderErrorReason::TemplateError(error) => error.pos().map(|(line, _)| line),
            _ => error.line_no,
        };
        let explained = templates.explained(&error, template);
        match explained {
            TemplateError::Unknown { name, .. } => {
                let mut names = BTreeSet::new();
                collect_names(templates.context.data(), &mut names);
                DocumentError {
                    nearest: nearest_path(&name, &names),
                    why: format!("unknown name `{name}`"),
                    line: place,
                }
            }
            TemplateError::Other { why } => DocumentError {
                why,
                line: place,
                nearest: None,
            },
        }
    })
}

/// The helpers of both kinds of template.
const HELPERS: [&str; 6] = ["sh", "lower", "upper", "slug", "basename", "default"];

/// The name with its first unknown part corrected; if all parts are known, with a suggestion for the
/// last one.
fn nearest_path(name: &str, names: &BTreeSet<&str>) -> Option<String> {
    let known = || names.iter().copied().chain(HELPERS);
    let parts: Vec<&str> = name.split(['.', '/']).collect();
    let is_strange = |part: &&str| !part.is_empty() && *part != "this" && !names.contains(part);
    let index = parts.iter().position(is_strange);
    let index = index.unwrap_or(parts.len() - 1);
    let start: usize = parts[..index].iter().map(|part| part.len() + 1).sum();
    let right = nearest(parts[index], known())?;
    let rest = &name[start + parts[index].len()..];
    Some(format!("{}{right}{rest}", &name[..start]))
}

fn collect_names<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(values) => {
            for (name, value) in values {
                names.insert(name);
                collect_names(value, names);
            }
        }
        Value::Array(values) => {
            for value in values {
                collect_names(value, names);
            }
        }
        _ => {}
    }
}

/// Refuses templates that would make the engine recurse endlessly or run out of memory.
fn bounded(template: &str) -> Result<(), TemplateError> {
    let too = |why: &str| {
        Err(TemplateError::Other {
            why: why.to_owned(),
        })
    };
    if template.len() > LENGTH_MAX {
        return too("it is longer than 1 MB");
    }
    if template.matches("{{").count() > TAGS_MAX {
        return too("it has more than 1,000 tags");
    }
    if template.matches("{{#").count() + template.matches("{{~#").count() > NESTING_MAX {
        return too("it has more than 16 blocks");
    }
    let mut depth = 0usize;
    for c in template.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING_MAX * 8 {
            return too("its parentheses are nested too deep");
        }
    }
    let tags = template.split("{{").skip(1);
    for tag in tags {
        let tag = tag.trim_start_matches(['~', '{']).trim_start();
        if ['>', '*'].iter().any(|c| tag.starts_with(*c))
            || tag.starts_with("#>")
            || tag.starts_with("#*")
        {
            return too("partials and decorators are not supported");
        }
    }
    Ok(())
}

/// The place of a name in a tag.
pub fn place_of(name: &str, template: &str) -> Option<std::ops::Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut from = 0;
    while let Some(open) = template[from..].find("{{").map(|at| from + at) {
        let close = template[open..]
            .find("}}")
            .map_or(template.len(), |at| open + at);
        let tag = &template[open..close];
        let found = tag.match_indices(name).find(|(at, _)| {
            let before = tag[..*at].chars().next_back();
            let after = tag[at + name.len()..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        });
        if let Some((at, _)) = found {
            return Some(open + at..open + at + name.len());
        }
        from = close;
    }
    None
}

/// The engine's message without its list of grammar rules, which does not help people.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or("not valid Handlebars").trim();
    let line = line.split(": expected").next().unwrap_or(line);
    line.to_lowercase()
}

/// A helper that takes one text.
struct Text(fn(&str) -> String);

impl HelperDef for Text {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let parameter = helper
            .param(0)
            .ok_or_else(|| RenderErrorReason::ParamNotFoundForIndex("helper", 0))?;
        if parameter.is_value_missing() {
            let name = parameter.relative_path().cloned();
            return Err(RenderErrorReason::MissingVariable(name).into());
        }
        out.write(&(self.0)(&plain(parameter.value())))?;
        Ok(())
    }
}

/// `default VALUE FALLBACK`: the value where it is bound and not empty.
struct DefaultHelper;

impl HelperDef for DefaultHelper {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        for index in 0..2 {
            let parameter = helper
                .param(index)
                .ok_or_else(|| RenderErrorReason::ParamNotFoundForIndex("default", index))?;
            let text = plain(parameter.value());
            if !parameter.is_value_missing() && !text.is_empty() {
                out.write(&text)?;
                return Ok(());
            }
        }
        Ok(())
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// One word for a POSIX shell.
pub fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Lower-case letters and digits, with single `-` between.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

fn basename(text: &str) -> String {
    let trimmed = text.trim_end_matches('/');
    trimmed.rsplit('/').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(template: &str, expected: Result<&str, TemplateError>) {
        let mut templates = Templates::new();
        templates.set("model", json!("llama"));
        templates.set("quoted", json!("it's <b>"));
        templates.set("env", json!({"HOME": "/home/x"}));
        let expected = expected.map(str::to_owned);
        assert_eq!(templates.render(template), expected, "{template}");
    }

    fn unknown(name: &str, at: std::ops::Range<usize>) -> Result<&'static str, TemplateError> {
        Err(TemplateError::Unknown {
            name: name.to_owned(),
            at: Some(at),
        })
    }

    #[test]
    fn values_are_put_in_as_they_are() {
        check("plain } {", Ok("plain } {"));
        check("a {{model}} b", Ok("a llama b"));
        check("{{quoted}}", Ok("it's <b>"));
        check("{{sh quoted}}", Ok(r"'it'\''s <b>'"));
        check("{{env.HOME}}", Ok("/home/x"));
        check("{{default env.NOPE \"x\"}}", Ok("x"));
        check("{{default model \"x\"}}", Ok("llama"));
        check(
            "{{upper model}} {{slug quoted}} {{basename env.HOME}}",
            Ok("LLAMA it-s-b x"),
        );
    }

    #[test]
    fn unknown_names_are_errors_at_their_place() {
        check("a {{modle}}", unknown("modle", 4..9));
        check("{{env.NOPE}}", unknown("env.NOPE", 2..10));
        check("{{sh nope}}", unknown("nope", 5..9));
        check("{{nope model}}", unknown("nope", 2..6));
    }

    #[test]
    fn what_would_never_end_is_refused() {
        for template in [
            "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}".to_owned(),
            "{{#if model}}".repeat(5_000),
            format!("{{{{model {} }}}}", "(".repeat(100_000)),
            "{{.Names}}".to_owned(),
            "{{range x}}{{end}".to_owned(),
        ] {
            let mut templates = Templates::new();
            templates.set("model", json!("llama"));
            assert!(templates.render(&template).is_err(), "{template:.40}");
        }
    }
}
