//! Failures of a command: the message, the help and the exit code.

use std::error::Error;
use std::io;

use rustix::io::Errno;

use crate::cli::exit::Exit;
use crate::layout::PatternError;
use crate::live::ObserveError;
use crate::load::LoadError;
use crate::machine::lock::LockError;
use crate::manifest::diagnostic::Diagnostic;
use crate::manifest::source::Sources;
use crate::plan::Refusal;
use crate::preflight::Missing;
use crate::save::SaveError;

/// The reason why a command did not succeed.
#[derive(Debug)]
pub(super) struct Failure {
    pub exit: Exit,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// One or several problems, each with its help.
    Problems(Vec<Problem>),
    /// Mistakes of a manifest.
    Diagnostics(Sources, Vec<Diagnostic>),
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub message: String,
    pub help: Option<String>,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>, help: impl Into<String>) -> Self {
        let help = help.into();
        Failure {
            exit,
            what: What::Problems(vec![Problem {
                message: message.into(),
                help: Some(help).filter(|help| !help.is_empty()),
            }]),
        }
    }

    /// Returns the failure for an error and its causes. `help` says what to do, unless the system
    /// has run out of a resource.
    pub(super) fn of(exit: Exit, error: &(dyn Error + 'static), help: impl Into<String>) -> Self {
        let help = shortage(error).map_or_else(|| help.into(), str::to_owned);
        Failure::new(exit, chain(error), help)
    }
}

/// Returns the help for an error that means the system has run out of a resource.
pub(super) fn shortage(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let Some(error) = error.downcast_ref::<io::Error>() else {
        return shortage(error.source()?);
    };
    match Errno::from_io_error(error)? {
        Errno::MFILE => Some("triad has too many files open: raise the limit (`ulimit -n`)"),
        Errno::NFILE => Some("the system has too many files open: close programs that hold many"),
        Errno::NOMEM => Some("the system is out of memory: close a program and try again"),
        _ => None,
    }
}

/// Joins an error and its causes into one text.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let exit = match error {
            LoadError::Untrusted { .. } | LoadError::UntrustedPlan { .. } => Exit::Refused,
            LoadError::NotUtf8 { .. } => Exit::Error,
            _ => Exit::NoManifest,
        };
        Failure::of(exit, &error, error.help())
    }
}

impl From<SaveError> for Failure {
    fn from(error: SaveError) -> Self {
        Failure::of(Exit::Error, &error, error.help())
    }
}

impl From<ObserveError> for Failure {
    fn from(error: ObserveError) -> Self {
        let help = match &error {
            ObserveError::Unlinked { pid, .. } => {
                let help = format!("run `kill -USR1 {pid}`: tmux creates the socket again");
                return Failure::of(Exit::Refused, &error, help);
            }
            ObserveError::Forged { names } => {
                let name = names.first().map_or("", String::as_str);
                let help = format!(
                    "unset it at the level where it was set: `tmux set -gu {name}`, `tmux set -gwu {name}` or \
                     `tmux set -su {name}`"
                );
                return Failure::of(Exit::Refused, &error, help);
            }
            ObserveError::Server(error) => error.help(),
            ObserveError::TooOld { .. } => {
                "install a newer tmux; a running server keeps its version until it exits"
            }
            ObserveError::OutOfReach { .. } => "check the permissions of the socket",
            ObserveError::NoSocket { .. } => "choose another socket with `-S`, or remove the file",
            ObserveError::Malformed { .. } => "name the tmux program with `--tmux PATH`",
        };
        Failure::of(Exit::NoTmux, &error, help)
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let exit = match &error {
            LockError::Held(_) => Exit::Locked,
            LockError::File { .. } | LockError::NotOurs { .. } => Exit::Error,
        };
        Failure::of(exit, &error, error.help())
    }
}

impl From<Vec<Refusal>> for Failure {
    fn from(refusals: Vec<Refusal>) -> Self {
        let problems = refusals.iter().map(|refusal| Problem {
            message: refusal.to_string(),
            help: Some(refusal.help()),
        });
        Failure {
            exit: Exit::Refused,
            what: What::Problems(problems.collect()),
        }
    }
}

impl From<Vec<PatternError>> for Failure {
    fn from(errors: Vec<PatternError>) -> Self {
        let problems = errors.iter().map(|error| Problem {
            message: error.to_string(),
            help: Some(error.help()),
        });
        Failure {
            exit: Exit::Usage,
            what: What::Problems(problems.collect()),
        }
    }
}

impl From<Vec<Missing>> for Failure {
    fn from(missing: Vec<Missing>) -> Self {
        let problems = missing.iter().map(|missing| Problem {
            message: missing.to_string(),
            help: Some(missing.help()),
        });
        Failure {
            exit: Exit::Error,
            what: What::Problems(problems.collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tmux::server::ServerError;

    #[test]
    fn exhausted_limits_of_the_system_are_told_first() {
        let started = |errno: Errno| {
            let error = ServerError::Start {
                program: "tmux".into(),
                source: errno.into(),
            };
            let What::Problems(problems) = Failure::from(ObserveError::from(error)).what else {
                panic!("it is one problem");
            };
            problems[0].help.clone().unwrap_or_default()
        };
        for (errno, expected) in [
            (Errno::MFILE, "triad has too many files open"),
            (Errno::NFILE, "the system has too many files open"),
            (Errno::NOMEM, "out of memory"),
            (Errno::NOENT, "install tmux"),
            (Errno::ACCESS, "check that you may execute it"),
        ] {
            let help = started(errno);
            assert!(help.contains(expected), "{errno:?}: {help}");
        }
    }
}
