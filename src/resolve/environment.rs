//! The environment of a program: what `env` says, and what environment files and commands give, each
//! in its turn: outer before inner, and on each level files before `env`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::dotenv::{self, names};
use crate::layout::{EnvFile, FileSecret, Presence, Secret, SecretSource, Variable};
use crate::resolve::conditions::FromEnv;
use crate::resolve::error::{EnvFileProblem, ResolveError};
use crate::resolve::resolver::Resolver;
use crate::resolve::scope::Inheritance;
use crate::resolve::source::{File, Source};

/// The environment of a program, after files and `env` are merged.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub env: BTreeMap<String, Variable>,
    pub open_env: BTreeMap<String, Presence>,
    pub secret_sources: Vec<SecretSource>,
    pub unread: Vec<PathBuf>,
}

impl Resolver<'_> {
    /// The environment that a node of this scope has, with its files read.
    pub(super) fn environment_of(&mut self, scope: &Inheritance) -> Environment {
        let mut found = Environment {
            env: scope.env.clone(),
            open_env: scope.open_env.clone(),
            ..Environment::default()
        };
        if scope.sources.is_empty() {
            return found;
        }
        let texts = self.texts(&scope.sources, &mut found.unread);
        let sources = scope.sources.iter().cloned().map(Some);
        let mut sources: Vec<Option<Source>> = sources.collect();
        // Plain files come first: their values are set before the pane reads the others.
        self.plain_files(&mut sources, &texts, &mut found);
        self.secret_files(&mut sources, &texts, &mut found);
        let is_open = self.conditions.from_env == FromEnv::Runner;
        for source in sources.into_iter().flatten() {
            match source {
                Source::File(file) if file.is_secret && !is_open => {
                    found.secret_sources.push(SecretSource::File(file.file));
                }
                Source::File(_) => {}
                Source::Exec { name, .. } if is_open => {
                    found.open_env.insert(name, Presence::Filled);
                }
                Source::Exec { name, line } => {
                    found.secret_sources.push(SecretSource::Exec { name, line });
                }
            }
        }
        found
    }

    /// The text of each file, where it has one; what is wrong with it is noted.
    fn texts(&mut self, sources: &[Source], unread: &mut Vec<PathBuf>) -> Vec<Option<String>> {
        let texts = sources.iter().map(|source| match source {
            Source::File(file) => self.file_text(file, unread),
            Source::Exec { .. } => None,
        });
        texts.collect()
    }

    fn file_text(&mut self, file: &File, unread: &mut Vec<PathBuf>) -> Option<String> {
        let path = &file.file.path;
        let problem = match self.conditions.env_files.read.get(path) {
            Some(EnvFile::Text(text)) => return Some(text.reveal().to_owned()),
            Some(EnvFile::Missing) if file.file.optional => return None,
            // Nobody may need it.
            Some(EnvFile::Missing) if self.conditions.from_env != FromEnv::Caller => {
                unread.push(path.clone());
                return None;
            }
            Some(EnvFile::Missing) => EnvFileProblem::Missing,
            Some(EnvFile::Unreadable(why)) => EnvFileProblem::Unreadable(why.clone()),
            Some(EnvFile::Untrusted(why)) => EnvFileProblem::Untrusted(why.clone()),
            // It is asked for which files there are.
            None => return None,
        };
        self.env_file_error(file, problem);
        None
    }

    fn env_file_error(&mut self, file: &File, problem: EnvFileProblem) {
        let (path, span) = (file.file.path.clone(), file.span);
        self.errors.push(ResolveError::EnvFile {
            path,
            problem,
            span,
        });
    }

    /// The values of the files that are not secret.
    fn plain_files(
        &mut self,
        sources: &mut [Option<Source>],
        texts: &[Option<String>],
        found: &mut Environment,
    ) {
        let mut values = BTreeMap::new();
        for (at, text) in texts.iter().enumerate() {
            let file = sources[at].as_ref().and_then(|source| source.file(false));
            let (Some(file), Some(text)) = (file.cloned(), text) else {
                continue;
            };
            let env = &found.env;
            let plain = |name: &str| env.get(name).and_then(Variable::plain).map(str::to_owned);
            let given = self.given(&file, text, &values, &plain);
            for (name, value) in &given {
                for source in &mut sources[..at] {
                    if source
                        .as_mut()
                        .is_some_and(|source| !source.is_left_by(name))
                    {
                        *source = None;
                    }
                }
                let plain = Variable::Plain(value.clone());
                found.env.insert(name.clone(), plain);
                found.open_env.remove(name);
            }
            values.extend(given);
        }
    }

    /// The values of the files that are secret, as the pane will read them.
    fn secret_files(
        &mut self,
        sources: &mut [Option<Source>],
        texts: &[Option<String>],
        found: &mut Environment,
    ) {
        // Values of secret files are not in the environment yet while the files are read.
        let read: Vec<&String> = std::iter::zip(sources.iter(), texts)
            .filter(|(source, _)| source.as_ref().is_some_and(|it| it.file(true).is_some()))
            .filter_map(|(_, text)| text.as_ref())
            .collect();
        let of_files: BTreeSet<String> = read.into_iter().flat_map(|text| names(text)).collect();
        let env = found.env.clone();
        let known = |name: &str| {
            let value = env.get(name).filter(|_| !of_files.contains(name));
            value.and_then(Variable::reveal).map(str::to_owned)
        };
        let is_open = self.conditions.from_env == FromEnv::Runner;
        let mut values = BTreeMap::new();
        for (at, text) in texts.iter().enumerate() {
            let file = sources[at].as_ref().and_then(|source| source.file(true));
            let (Some(file), Some(text)) = (file.cloned(), text) else {
                continue;
            };
            let given = self.given(&file, text, &values, &known);
            for (name, value) in &given {
                let is_it = |source: &Option<Source>| {
                    source.as_ref().is_some_and(|source| source.prints(name))
                };
                if sources[at..].iter().any(is_it) {
                    continue;
                }
                for source in &mut sources[..at] {
                    *source = source.take().filter(|source| !source.prints(name));
                }
                found.env.remove(name);
                found.open_env.remove(name);
                if is_open {
                    found.open_env.insert(name.clone(), Presence::Filled);
                } else {
                    let secret = FileSecret::Known(Secret::new(value.clone()));
                    found.env.insert(name.clone(), Variable::OfFile(secret));
                }
            }
            values.extend(given);
        }
    }

    /// Returns the values of a file that nothing nearer overrides. `around` holds the variables that the
    /// manifest sets; other variables come from the caller, if programs get them.
    fn given(
        &mut self,
        file: &File,
        text: &str,
        earlier: &BTreeMap<String, String>,
        around: &dyn Fn(&str) -> Option<String>,
    ) -> BTreeMap<String, String> {
        let passed = &self.passed;
        let lookup = |name: &str| around(name).or_else(|| passed.get(name).cloned());
        match dotenv::given(&file.file, text, earlier, &lookup) {
            Ok(given) => given,
            Err(error) => {
                self.env_file_error(file, EnvFileProblem::Line(error));
                BTreeMap::new()
            }
        }
    }
}
