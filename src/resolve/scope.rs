//! The settings that inner nodes inherit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::layout::{Log, Presence, Secret, Variable};
use crate::manifest::ast::{EnvDecl, EnvFileDecl, EnvValue, LogDecl, Scalar, ScopeDecl};
use crate::manifest::source::Span;
use crate::resolve::conditions::FromEnv;
use crate::resolve::error::ResolveError;
use crate::resolve::option::{Inherited, Level};
use crate::resolve::resolver::Resolver;
use crate::resolve::source::Source;

/// The settings that a node inherits from the nodes around it.
#[derive(Debug, Clone)]
pub(super) struct Inheritance {
    pub cwd: PathBuf,
    pub env: BTreeMap<String, Variable>,
    /// The variables left to the environment of the person who starts the programs; not in `env`.
    pub open_env: BTreeMap<String, Presence>,
    /// Files and commands that give more of it, in the order in which they count.
    pub sources: Vec<Source>,
    pub shell: Option<String>,
    pub log: Option<Log>,
    /// The `before` lines, outer ones first, each with its place.
    pub before: Vec<(String, Span)>,
    /// Options by name, to be set on the objects inside that have such options.
    pub options: Inherited,
}

impl Inheritance {
    /// The scope of the whole layout.
    pub(super) fn outermost(root: PathBuf) -> Self {
        Inheritance {
            cwd: root,
            env: BTreeMap::new(),
            open_env: BTreeMap::new(),
            sources: Vec::new(),
            shell: None,
            log: None,
            before: Vec::new(),
            options: Inherited::new(),
        }
    }
}

impl Inheritance {
    /// A nearer node says what this variable is: files and commands before it do not.
    fn overrule(&mut self, name: &str) {
        self.sources.retain_mut(|source| source.is_left_by(name));
    }
}

impl Resolver<'_> {
    /// The scope inside a node of this level that has settings of its own.
    pub(super) fn inner(
        &mut self,
        outer: &Inheritance,
        decl: &ScopeDecl,
        level: Level,
    ) -> Inheritance {
        let mut scope = outer.clone();
        if let Some(cwd) = &decl.cwd
            && let Some(path) = self.path(&outer.cwd, cwd)
        {
            scope.cwd = path;
        }
        if let Some(shell) = self.optional(decl.shell.as_ref()) {
            scope.shell = Some(shell);
        }
        if let Some(log) = &decl.log {
            scope.log = self.log(log);
        }
        for line in &decl.before {
            scope
                .before
                .extend(self.text(line).map(|text| (text, line.span)));
        }
        for file in &decl.env_files {
            self.env_file(file, &mut scope);
        }
        if let Level::Layout = level {
            self.last_env_files(&mut scope);
        }
        for entry in &decl.env {
            self.environment(entry, &mut scope);
        }
        for option in &decl.options {
            self.option(option, level, &mut scope.options);
        }
        scope
    }

    /// `None` if it is turned off.
    fn log(&mut self, decl: &LogDecl) -> Option<Log> {
        let default = Log::default();
        let log = Log {
            max_size: self
                .bytes(decl.max_size.as_ref())
                .unwrap_or(default.max_size),
            keep: self
                .number(decl.keep.as_ref(), 0..=1_000)
                .unwrap_or(default.keep),
        };
        let is_on = decl.enabled.is_none() || self.flag(decl.enabled.as_ref());
        is_on.then_some(log)
    }

    fn environment(&mut self, decl: &EnvDecl, scope: &mut Inheritance) {
        let key = &decl.key;
        let is_missing = !self.conditions.environment.contains_key(&key.text);
        let is_open = |presence: &Presence| match self.conditions.from_env {
            FromEnv::Caller => false,
            FromEnv::Found => is_missing && *presence != Presence::Optional,
            FromEnv::Runner => true,
        };
        if let Some(presence) = asked(&decl.value).filter(is_open) {
            // As with an existing value, the value of an outer node is overridden.
            if presence != Presence::Optional {
                scope.env.remove(&key.text);
            }
            scope.open_env.insert(key.text.clone(), presence);
            scope.overrule(&key.text);
            return;
        }
        let value = match &decl.value {
            EnvValue::Given(scalar) => self.text(scalar).map(Variable::Plain),
            EnvValue::Exec(line) => return self.exec(&key.text, line, scope),
            EnvValue::FromCaller { optional } => {
                let is_secret = self.secret_names.contains(&key.text);
                let value = self.of_caller(decl, *optional);
                value.map(|value| match is_secret {
                    true => Variable::Secret(Secret::new(value)),
                    false => Variable::Plain(value),
                })
            }
            EnvValue::Secret { optional } => {
                let value = self.of_caller(decl, *optional);
                value.map(|value| Variable::Secret(Secret::new(value)))
            }
        };
        if let Some(value) = value {
            scope.open_env.remove(&key.text);
            scope.overrule(&key.text);
            scope.env.insert(key.text.clone(), value);
        }
    }

    /// Adds a file to what flows inwards.
    fn env_file(&mut self, decl: &EnvFileDecl, scope: &mut Inheritance) {
        let is_secret = self.optional_flag(decl.secret.as_ref()) != Some(false);
        let optional = self.flag(decl.optional.as_ref());
        let Some(path) = self.path(&scope.cwd, &decl.path) else {
            return;
        };
        *self.wanted_files.entry(path.clone()).or_default() |= is_secret;
        let span = Some(decl.path.span);
        let file = Source::of_file(path, (is_secret, optional), span);
        scope.sources.push(file);
    }

    /// Adds the files of the command line.
    fn last_env_files(&mut self, scope: &mut Inheritance) {
        for path in &self.conditions.env_files.last {
            self.wanted_files.insert(path.clone(), true);
            let file = Source::of_file(path.clone(), (true, false), None);
            scope.sources.push(file);
        }
    }

    /// Adds a command that prints a variable.
    fn exec(&mut self, name: &str, line: &Scalar, scope: &mut Inheritance) {
        let Some(line) = self.text(line) else { return };
        scope.overrule(name);
        scope.env.remove(name);
        scope.open_env.remove(name);
        let name = name.to_owned();
        scope.sources.push(Source::Exec { name, line });
    }

    fn of_caller(&mut self, decl: &EnvDecl, is_optional: bool) -> Option<String> {
        let key = &decl.key;
        let value = self.conditions.environment.get(&key.text).cloned();
        if value.is_none() && !is_optional {
            self.errors.push(ResolveError::MissingEnvironment {
                name: key.text.clone(),
                span: key.span,
                is_secret: matches!(decl.value, EnvValue::Secret { .. }),
            });
        }
        value
    }
}

/// The requirement that a value taken from an environment places on it.
fn asked(value: &EnvValue) -> Option<Presence> {
    match value {
        EnvValue::Given(_) | EnvValue::Exec(_) => None,
        EnvValue::FromCaller { optional: true } | EnvValue::Secret { optional: true } => {
            Some(Presence::Optional)
        }
        EnvValue::FromCaller { optional: false } => Some(Presence::Required),
        EnvValue::Secret { optional: false } => Some(Presence::Filled),
    }
}
