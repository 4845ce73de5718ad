//! The explanation of the rule behind a diagnostic, for people and for scripts.

use crate::manifest::diagnostic::Diagnostic;
use crate::manifest::explanation::Explanation;
use crate::view::json::{FORMAT, JsonExplanation};
use crate::view::text::diagnostic::{Look, SHOWN_MAX};
use crate::view::text::paint::{Paint, Tone, wrapped};
use crate::view::text::printable::{Printable, printable};

/// The indentation of an example.
const INDENT: &str = "    ";

/// Returns the rule with its examples.
pub fn text(explanation: &Explanation, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let mut text = printable!("{}\n", paint.paint(Tone::Strong, explanation.code));
    let rule = wrapped(&explanation.text, look.width, 0);
    text.push(printable!("\n{}\n", rule));
    let examples = [
        ("Wrong:", Tone::Bad, &explanation.wrong),
        ("Right:", Tone::Good, &explanation.right),
    ];
    for (name, tone, example) in examples {
        let Some(example) = example else { continue };
        text.push(printable!("\n{}\n\n", paint.paint(tone, name)));
        for line in example.lines() {
            text.push(printable!("{}{}\n", INDENT, line));
        }
    }
    text
}

/// Returns the same as data.
pub fn json(explanation: &Explanation) -> JsonExplanation {
    JsonExplanation {
        format: FORMAT,
        code: explanation.code,
        text: explanation.text.clone(),
        wrong: explanation.wrong.clone(),
        right: explanation.right.clone(),
    }
}

/// Returns the command that explains these mistakes; `None` without any.
pub fn hint(diagnostics: &[Diagnostic], look: Look) -> Option<Printable> {
    let mut names: Vec<&str> = Vec::new();
    for diagnostic in diagnostics.iter().take(SHOWN_MAX) {
        let name = own_name(diagnostic.code);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let hint = match names[..] {
        [] => return None,
        [only] => format!("for more: triad check --explain {only}"),
        [ref first @ .., last] => format!(
            "for more: triad check --explain CODE, with {} or {last}",
            first.join(", ")
        ),
    };
    let hint = wrapped(&hint, look.width, 0);
    Some(Paint { color: look.color }.paint(Tone::Faint, hint))
}

/// Returns a code without its stage: `unknown-node` of `triad::manifest::unknown-node`.
pub fn own_name(code: &str) -> &str {
    code.rsplit("::").next().unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look {
        color: false,
        width: 60,
    };

    #[track_caller]
    fn check_hint(codes: &[&'static str], expected: Option<&str>) {
        let diagnostics = codes.iter().map(|code| Diagnostic {
            code,
            message: String::new(),
            labels: Vec::new(),
            help: None,
        });
        let diagnostics: Vec<Diagnostic> = diagnostics.collect();
        let hint = hint(&diagnostics, LOOK);
        assert_eq!(hint.as_ref().map(Printable::as_str), expected);
    }

    #[test]
    fn a_hint_names_each_code_once() {
        check_hint(&[], None);
        let once = "for more: triad check --explain comma";
        check_hint(&["triad::manifest::comma"; 3], Some(once));
        let several = "for more: triad check --explain CODE, with comma, null or\ncycle";
        let codes = ["triad::a::comma", "triad::a::null", "triad::b::cycle"];
        check_hint(&codes, Some(several));
    }

    #[test]
    fn an_explanation_is_a_paragraph_and_two_examples() {
        let explanation = Explanation {
            code: "triad::test",
            text: "Sessions have a name that is a word, because all of them are found by it."
                .to_owned(),
            wrong: Some("session \"a\u{7}\"".to_owned()),
            right: Some("session \"a\"\nsession \"b\"".to_owned()),
        };
        assert_eq!(
            text(&explanation, LOOK).as_str(),
            "triad::test\n\n\
             Sessions have a name that is a word, because all of them are\n\
             found by it.\n\n\
             Wrong:\n\n    session \"a␇\"\n\n\
             Right:\n\n    session \"a\"\n    session \"b\"\n"
        );
    }
}
