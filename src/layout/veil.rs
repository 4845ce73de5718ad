//! Hides secrets in what others say.

use std::collections::BTreeSet;

use super::secret::Secret;
use super::variable::Variable;

/// Hides secrets in what others say: tmux's complaints, the last lines of a program.
#[derive(Debug, Clone, Default)]
pub struct Veil {
    /// Each text with what is shown in its place, the longest first.
    hidden: Vec<(Secret, String)>,
    /// The variables whose values are known.
    names: BTreeSet<String>,
}

/// A value that is shorter would be found, and hidden, in the middle of any text.
const VEILED_MIN: usize = 4;

impl Veil {
    /// Over the secrets among these variables, as far as their values are known.
    pub fn over<'a>(variables: impl Iterator<Item = (&'a String, &'a Variable)>) -> Self {
        let mut hidden: Vec<(Secret, String)> = Vec::new();
        let mut names = BTreeSet::new();
        for (name, value) in variables {
            let Variable::Secret(secret) = value else {
                continue;
            };
            if !secret.reveal().is_empty() {
                names.insert(name.clone());
            }
            // What others say is cut into lines: one of a value that has several is hidden too.
            let lines = secret.reveal().lines().map(str::trim);
            for text in std::iter::once(secret.reveal()).chain(lines) {
                let text = Secret::new(text.to_owned());
                let is_known = hidden.iter().any(|(other, _)| *other == text);
                if text.reveal().len() >= VEILED_MIN && !is_known {
                    hidden.push((text, format!("${{{name}:?}}")));
                }
            }
        }
        hidden.sort_by_key(|(text, _)| std::cmp::Reverse(text.reveal().len()));
        Veil { hidden, names }
    }

    /// Whether it hides the secret that a variable of this name holds.
    pub fn is_over(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The text with each secret in it as `${NAME:?}`.
    pub fn hide(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for (secret, name) in &self.hidden {
            shown = shown.replace(secret.reveal(), name);
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_veiled() {
        let secret = |value: &str| Variable::Secret(Secret::new(value.to_owned()));
        let variables = [
            ("PLAIN".to_owned(), Variable::Plain("said".to_owned())),
            ("SHORT".to_owned(), secret("a")),
            ("KEY".to_owned(), secret("hidden")),
            ("PEM".to_owned(), secret("-----\nhidden line\n-----\n")),
        ];
        let veil = Veil::over(variables.iter().map(|(name, value)| (name, value)));
        let said = "a hidden line: it said hidden";
        assert_eq!(veil.hide(said), "a ${PEM:?}: it said ${KEY:?}");
        assert_eq!(format!("{:?}", variables[2].1), "Secret(Secret)");
    }
}
