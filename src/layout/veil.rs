//! Hides secrets in texts of other programs.

use std::collections::BTreeMap;

use super::secret::{Salt, Secret, SecretHash};
use super::variable::Variable;

/// Hides secrets in texts of other programs: tmux's messages, the last lines of a pane.
#[derive(Debug, Clone, Default)]
pub struct Veil {
    /// Each text with its replacement, the longest first.
    hidden: Vec<(Secret, String)>,
    /// The variables with known values, and these values.
    known: Vec<(String, Secret)>,
}

/// A secret that cannot be hidden, because the value that a program was started with is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unhidden {
    #[error("not shown: secret `{name}` is not set here")]
    NotSet { name: String },
    #[error("not shown: secret `{name}` has changed since the program was started")]
    Changed { name: String },
}

/// The shortest value that is hidden: a shorter one would match in the middle of any text.
const VEILED_MIN: usize = 4;

impl Veil {
    /// A veil over the secrets among these variables, as far as their values are known.
    pub fn over<'a>(variables: impl Iterator<Item = (&'a String, &'a Variable)>) -> Self {
        let mut hidden: Vec<(Secret, String)> = Vec::new();
        let mut known: Vec<(String, Secret)> = Vec::new();
        for (name, value) in variables {
            let Some(secret) = value.secret() else {
                continue;
            };
            if !known
                .iter()
                .any(|(of, value)| of == name && value == secret)
            {
                known.push((name.clone(), secret.clone()));
            }
            // Texts arrive line by line, so each line of a multi-line value is hidden too.
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
        Veil { hidden, known }
    }

    /// The reason why it cannot hide all secrets of a program, given the hashes of those that the
    /// program was started with; `None` if it hides them all. `salts` are the possible keys.
    pub fn gap(&self, applied: &BTreeMap<String, SecretHash>, salts: &[Salt]) -> Option<Unhidden> {
        applied.iter().find_map(|(name, hash)| {
            let mut values = self.known.iter().filter(|(known, _)| known == name);
            let salt = salts.iter().find(|salt| salt.is_of(hash));
            let is_hash =
                |value: &Secret| salt.is_some_and(|salt| salt.hash(name, value.reveal()) == *hash);
            if values.clone().any(|(_, value)| is_hash(value)) {
                return None;
            }
            let name = name.clone();
            Some(match values.any(|(_, value)| !value.reveal().is_empty()) {
                true => Unhidden::Changed { name },
                false => Unhidden::NotSet { name },
            })
        })
    }

    /// The text with each secret replaced by `${NAME:?}`.
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
