//! Settings that inner nodes inherit (directory, environment, options, shell and log), and `each` and
//! `profile`, which copy a node or leave it out.

use std::collections::HashMap;

use super::decoder::{Decoder, is_true};
use super::names::RESERVED;
use super::node::Checked;

use crate::manifest::ast::{
    EachDecl, EnvDecl, EnvFileDecl, EnvValue, LogDecl, Name, OptionDecl, PresenceDecl, Scalar,
    ScopeDecl,
};
use crate::manifest::error::ManifestError;

impl Decoder<'_> {
    /// Reads the scalars of a scope; nodes with a block follow with [`Decoder::scoped`].
    pub(super) fn scope(&mut self, checked: &mut Checked) -> ScopeDecl {
        ScopeDecl {
            cwd: checked.take("cwd"),
            shell: checked.take("shell"),
            ..ScopeDecl::default()
        }
    }

    /// Reads a node that belongs to the scope or the presence of the node around it; returns it if it
    /// does not.
    pub(super) fn scoped<'k>(
        &mut self,
        checked: Checked<'k>,
        scope: &mut ScopeDecl,
        presence: &mut PresenceDecl,
    ) -> Option<Checked<'k>> {
        match checked.spec.name {
            "env" => scope.env = self.env(checked),
            "env-file" => scope.env_files.extend(env_file(checked)),
            "options" => scope.options = self.options(checked),
            "before" => scope.before.extend(checked.into_argument()),
            "log" => scope.log = Some(self.log(checked)),
            "each" => presence.each.extend(self.each(checked)),
            _ => return Some(checked),
        }
        None
    }

    pub(super) fn env(&mut self, checked: Checked) -> Vec<EnvDecl> {
        let mut seen = HashMap::new();
        let mut env = Vec::new();
        for child in checked.children {
            let key = self.name_of(child.node);
            let line = self.check(child);
            if !is_key(&key.text) {
                self.report(ManifestError::BadKey {
                    span: key.span,
                    name: key.text,
                });
                continue;
            }
            let value = self.env_value(&key, line);
            let is_new = self.is_new_name("environment variable", &key, &mut seen);
            if let (Some(value), true) = (value, is_new) {
                env.push(EnvDecl { key, value });
            }
        }
        env
    }

    fn env_value(&mut self, key: &Name, mut line: Checked) -> Option<EnvValue> {
        let from = line.take("from");
        let secret = line.take("secret").filter(is_true);
        let optional = line.take("optional");
        if line.has("exec") {
            // One that is no text was reported.
            let exec = line.take("exec")?;
            let others = [line.into_argument(), from].into_iter().flatten();
            let others = others.chain(optional);
            return Some(self.exec_value(key, exec, secret.is_some(), others));
        }
        let is_faulty = line.is_faulty;
        let is_optional = optional.as_ref().is_some_and(is_true);
        let key_text = || key.text.clone();
        match (line.into_argument(), from, secret) {
            (Some(value), Some(other), _) | (Some(value), None, Some(other)) => {
                self.report(ManifestError::EnvWithBoth {
                    value: value.span,
                    from: other.span,
                    key: key_text(),
                });
                Some(EnvValue::Given(value))
            }
            (Some(value), None, None) => {
                if let Some(Scalar { span, .. }) = optional {
                    self.report(ManifestError::OptionalWithoutFrom { span });
                }
                Some(EnvValue::Given(value))
            }
            (None, _, Some(_)) => Some(EnvValue::Secret {
                optional: is_optional,
            }),
            (None, Some(_), None) => Some(EnvValue::FromCaller {
                optional: is_optional,
            }),
            (None, None, None) => {
                if let Some(Scalar { span, .. }) = optional {
                    self.report(ManifestError::OptionalWithoutFrom { span });
                } else if !is_faulty {
                    self.report(ManifestError::EnvWithoutValue {
                        span: key.span,
                        key: key_text(),
                    });
                }
                None
            }
        }
    }

    /// The value that a line of shell prints; nothing else may be said of it than that it is secret.
    fn exec_value(
        &mut self,
        key: &Name,
        exec: Scalar,
        is_secret: bool,
        mut others: impl Iterator<Item = Scalar>,
    ) -> EnvValue {
        if let Some(other) = others.next() {
            self.report(ManifestError::ExecWithOther {
                exec: exec.span,
                other: other.span,
            });
        } else if !is_secret {
            self.report(ManifestError::ExecWithoutSecret {
                span: exec.span,
                key: key.text.clone(),
            });
        }
        EnvValue::Exec(exec)
    }

    pub(super) fn options(&mut self, checked: Checked) -> Vec<OptionDecl> {
        let mut seen = HashMap::new();
        let mut options = Vec::new();
        for child in checked.children {
            let name = self.name_of(child.node);
            let line = self.check(child);
            let is_faulty = line.is_faulty;
            let span = line.head;
            let value = line.into_argument();
            if !is_option(&name.text) {
                self.report(ManifestError::BadOptionName {
                    span: name.span,
                    name: name.text,
                });
            } else if self.is_new_name("option", &name, &mut seen) {
                match value {
                    Some(value) => options.push(OptionDecl { name, value }),
                    None if is_faulty => {}
                    None => self.report(ManifestError::OptionWithoutValue {
                        span,
                        name: name.text,
                    }),
                }
            }
        }
        options
    }

    pub(super) fn log(&mut self, mut checked: Checked) -> LogDecl {
        LogDecl {
            max_size: checked.take("max-size"),
            keep: checked.take("keep"),
            span: checked.head,
            enabled: checked.into_argument(),
        }
    }

    fn each(&mut self, mut checked: Checked) -> Option<EachDecl> {
        let mut seen = HashMap::new();
        let mut bindings = Vec::new();
        for (name, value) in std::mem::take(&mut checked.free) {
            let (span, text) = (name.span, name.text.clone());
            if !crate::layout::is_name(&text) {
                self.report(ManifestError::BadName {
                    span,
                    name: text,
                    node: "",
                });
            } else if RESERVED.contains(&text.as_str()) {
                self.report(ManifestError::ReservedName { span, name: text });
            } else if self.is_new_name("binding", &name, &mut seen)
                && let Some(value) = value
            {
                bindings.push((name, value));
            }
        }
        let span = checked.head;
        let value = checked.into_argument()?;
        Some(EachDecl {
            value,
            bindings,
            span,
        })
    }
}

/// An environment file.
pub(super) fn env_file(mut checked: Checked) -> Option<EnvFileDecl> {
    let optional = checked.take("optional");
    let secret = checked.take("secret");
    let path = checked.into_argument()?;
    Some(EnvFileDecl {
        path,
        optional,
        secret,
    })
}

/// Whether a shell can set an environment variable of this name.
fn is_key(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// Whether tmux can have an option of this name, with or without an index. tmux expands formats in
/// names, so nothing else is allowed.
fn is_option(text: &str) -> bool {
    let (name, index) = match text.split_once('[') {
        Some((name, index)) => (name, index.strip_suffix(']')),
        None => (text, Some("0")),
    };
    let name = name.strip_prefix('@').unwrap_or(name);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_index =
        |index: &str| (1..=9).contains(&index.len()) && index.chars().all(|c| c.is_ascii_digit());
    (1..=crate::layout::NAME_MAX).contains(&name.len())
        && name.chars().all(is_letter)
        && index.is_some_and(is_index)
}
