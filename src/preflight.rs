//! The checks before anything starts: directories exist, programs are found, the server has room
//! and knows the options. They look at the machine and change nothing.

mod dialect;
mod tmux;

pub use dialect::{Bashism, bashisms};
pub use tmux::Impossible;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, getrlimit};

use crate::layout::{Command, Pane, SecretSource, Variable};
use crate::live::Snapshot;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::tmux::environment::Environment;
use crate::tmux::server::find_program;

/// The number of file descriptors that a server needs for itself and its clients.
const DESCRIPTORS_SPARE: u64 = 24;

/// The longest argument of a program, and the longest variable with its name: 128 KiB including the
/// byte that ends it.
pub const WORD_MAX: usize = 128 * 1024 - 1;

/// A problem that would make a step fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    #[error("the directory `{}` of `{pane}` does not exist", path.display())]
    Directory {
        pane: String,
        place: String,
        path: PathBuf,
    },
    #[error("the directory of `{pane}` does not exist: `{}` is a file", file.display())]
    NotDirectory {
        pane: String,
        place: String,
        file: PathBuf,
    },
    #[error(
        "{what} of `{pane}` is {length} bytes long, more than the kernel's limit of {WORD_MAX}"
    )]
    TooLong {
        pane: String,
        place: String,
        what: String,
        length: usize,
    },
    #[error("the program `{program}` of `{pane}` was not found")]
    Program {
        pane: String,
        place: String,
        program: String,
        searched: Option<String>,
    },
    #[error("`{pane}` needs the environment variable `{name}`, which is not set")]
    Variable { pane: String, name: String },
    #[error("the environment file `{}` of `{pane}` was not found", path.display())]
    EnvFile { pane: String, path: PathBuf },
    #[error(
        "the tmux server has no room for {wanted} more panes: {open} of at most {limit} files are open"
    )]
    Descriptors { wanted: u64, limit: u64, open: u64 },
    #[error(transparent)]
    Impossible(#[from] Impossible),
}

impl Missing {
    /// Returns the problem and its help in one text, for the pane that fails because of it.
    pub fn told(&self) -> String {
        format!("{self}: {}", self.help())
    }

    /// Returns the help: what to do next.
    pub fn help(&self) -> String {
        match self {
            Missing::EnvFile { .. } => {
                "create it, or let it be missing with `optional=#true`".to_owned()
            }
            Missing::Variable { name, .. } => format!("set {name} before running triad"),
            Missing::Directory { place, .. } => {
                format!("create it, or change `cwd` at {place}")
            }
            Missing::NotDirectory { place, .. } => {
                format!("change `cwd` at {place}, or move the file")
            }
            Missing::TooLong { place, .. } => {
                format!("put it into a file that the program at {place} reads")
            }
            Missing::Program {
                place,
                searched: Some(searched),
                ..
            } => {
                format!("install it, or change `run` at {place}; searched in {searched}")
            }
            Missing::Program {
                place,
                searched: None,
                ..
            } => {
                format!("it must be an executable file; change `run` at {place}")
            }
            Missing::Descriptors { .. } => {
                "start the server from a shell with a higher `ulimit -n`".to_owned()
            }
            Missing::Impossible(impossible) => impossible.help(),
        }
    }
}

/// Returns everything that is missing before the first change, except what a hook or a program of
/// the plan can still create.
pub fn missing(plan: &Plan, snapshot: &Snapshot) -> Vec<Missing> {
    let variables = starts(plan).flat_map(|pane| {
        let names = pane.open_env.keys();
        names.map(|name| Missing::Variable {
            pane: pane.address.to_string(),
            name: name.clone(),
        })
    });
    let mut missing: Vec<Missing> = variables.collect();
    missing.extend(starts(plan).flat_map(|pane| {
        let unread = pane.unread.iter();
        unread.map(|path| Missing::EnvFile {
            pane: pane.address.to_string(),
            path: path.clone(),
        })
    }));
    missing.extend(starts(plan).flat_map(too_long));
    let impossible = tmux::impossible(plan, snapshot);
    missing.extend(impossible.into_iter().map(Missing::from));
    missing.extend(descriptors(plan, snapshot));
    missing
}

/// Returns the missing directories and programs of the panes that start at once.
pub fn missing_at_once(plan: &Plan, environment: &Environment) -> Vec<Missing> {
    let mut directories: BTreeSet<PathBuf> = BTreeSet::new();
    let at_once = starts(plan).filter(|pane| !plan.is_later(pane));
    let mut missing: Vec<Missing> = at_once
        .filter_map(|pane| missing_for(pane, environment))
        .collect();
    missing.retain(|missing| match missing {
        Missing::Directory { path, .. } | Missing::NotDirectory { file: path, .. } => {
            directories.insert(path.clone())
        }
        _ => true,
    });
    missing
}

/// Returns the missing directory or program of a pane.
pub fn missing_for(pane: &Pane, environment: &Environment) -> Option<Missing> {
    if pane.cwd.is_dir() {
        return missing_program(pane, environment);
    }
    let (address, place) = (pane.address.to_string(), place(pane));
    let mut above = pane.cwd.ancestors();
    // A dangling link is not a file.
    let there = above.find(|path| path.exists());
    Some(match there.filter(|there| !there.is_dir()) {
        Some(file) => Missing::NotDirectory {
            pane: address,
            place,
            file: file.to_owned(),
        },
        None => Missing::Directory {
            pane: address,
            place,
            path: pane.cwd.clone(),
        },
    })
}

/// Returns the arguments and variables that are too long for the kernel.
fn too_long(pane: &Pane) -> Vec<Missing> {
    let words = match &pane.command {
        Command::Shell(_) => &[][..],
        Command::Line { line, .. } => std::slice::from_ref(line),
        Command::Argv(words) => words,
    };
    let arguments = words
        .iter()
        .map(|word| ("an argument".to_owned(), word.len()));
    let variables = pane.env.iter().filter_map(|(name, value)| {
        let length = name.len() + "=".len() + value.reveal()?.len();
        Some((format!("the variable `{name}`"), length))
    });
    let long = arguments
        .chain(variables)
        .filter(|(_, length)| *length > WORD_MAX);
    let missing = long.map(|(what, length)| Missing::TooLong {
        pane: pane.address.to_string(),
        place: place(pane),
        what,
        length,
    });
    missing.collect()
}

fn starts(plan: &Plan) -> impl Iterator<Item = &Pane> {
    plan.steps.iter().filter_map(|step| match &step.action {
        Action::Start(start) => Some(&start.pane),
        _ => None,
    })
}

/// Whether a program replaces the shell of a user who must not log in.
pub fn lets_nobody_in(shell: &str) -> bool {
    matches!(shell.rsplit('/').next(), Some("nologin" | "false"))
}

fn place(pane: &Pane) -> String {
    format!("{}:{}", pane.origin.file, pane.origin.line)
}

fn missing_program(pane: &Pane, environment: &Environment) -> Option<Missing> {
    let own = match pane.env.get("PATH") {
        // The PATH is unknown.
        _ if prints_path(pane) => return None,
        Some(own) if own.reveal().is_none() => return None,
        own => own.and_then(Variable::reveal),
    };
    let path = own.or_else(|| environment.get("PATH").map(String::as_str));
    let path = path.unwrap_or_default();
    let needed = match &pane.command {
        // The `before` lines may make the program available, as an activated environment does.
        _ if let Some(before) = &pane.before => vec![before.shell.as_str()],
        Command::Shell(shell) => vec![shell.as_deref()?],
        Command::Argv(words) => vec![words.first()?.as_str()],
        Command::Line { shell, line } => {
            // The builtins of other shells are not known.
            let is_posix = POSIX.contains(&shell.rsplit('/').next().unwrap_or(shell));
            let program = first_program(line).filter(|_| is_posix);
            std::iter::once(shell.as_str()).chain(program).collect()
        }
    };
    let program = needed
        .into_iter()
        .find(|program| find_program(Path::new(program), path, &pane.cwd).is_none())?;
    Some(Missing::Program {
        pane: pane.address.to_string(),
        place: place(pane),
        program: program.to_owned(),
        searched: (!program.contains('/')).then(|| match pane.env.get("PATH") {
            Some(own) if own.is_secret() => "its secret PATH".to_owned(),
            _ => path.to_owned(),
        }),
    })
}

/// Whether a command that the pane runs first says where programs are.
fn prints_path(pane: &Pane) -> bool {
    let mut sources = pane.secret_sources.iter();
    sources.any(|source| matches!(source, SecretSource::Exec { name, .. } if name == "PATH"))
}

/// The shells whose builtins are known here.
const POSIX: [&str; 3] = ["sh", "dash", "bash"];

/// The builtins and keywords of a POSIX shell.
const OF_THE_SHELL: [&str; 49] = [
    ".", ":", "!", "[", "{", "alias", "bg", "break", "case", "cd", "command", "continue", "do",
    "done", "echo", "eval", "exec", "exit", "export", "false", "fc", "fg", "for", "getopts",
    "hash", "if", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set",
    "shift", "test", "then", "time", "times", "trap", "true", "type", "ulimit", "umask", "unset",
    "until", "wait", "while",
];

/// The operators of a POSIX shell: a line with one of them may work without its first program.
const OPERATORS: &str = "|&;<>()\n";

/// Returns the program of a shell line that is a plain command: no operator, no assignment, no
/// expansion, no builtin.
fn first_program(line: &str) -> Option<&str> {
    if line.trim().contains(|c| OPERATORS.contains(c)) {
        return None;
    }
    let mut words = line.split_ascii_whitespace();
    let mut word = words.next()?;
    if word == "exec" {
        word = words.next()?;
    }
    let is_plain = |c: char| c.is_alphanumeric() || "_-./+".contains(c);
    let is_program = word.chars().all(is_plain)
        && !word.starts_with('-')
        && !OF_THE_SHELL.contains(&word)
        && !dialect::OF_BASH.contains(&word);
    is_program.then_some(word)
}

/// Checks the descriptors of the server: one that has run out of them hangs every later client.
fn descriptors(plan: &Plan, snapshot: &Snapshot) -> Option<Missing> {
    let builds = plan.steps.iter().filter_map(|step| match &step.action {
        Action::CreateWindow(build) | Action::ArrangeWindow(build) => Some(build.new_panes.len()),
        _ => None,
    });
    let wanted = builds.sum::<usize>() as u64;
    let (limit, open) = match &snapshot.server {
        Some(server) => (limit_of(server.pid)?, open_of(server.pid)?),
        None => (getrlimit(Resource::Nofile).current?, 0),
    };
    let is_room = open + wanted + DESCRIPTORS_SPARE <= limit;
    (wanted > 0 && !is_room).then_some(Missing::Descriptors {
        wanted,
        limit,
        open,
    })
}

/// Returns the soft limit of a process, if the system shows it.
fn limit_of(pid: i32) -> Option<u64> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    line.split_ascii_whitespace().nth(3)?.parse().ok()
}

fn open_of(pid: i32) -> Option<u64> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    Some(entries.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(first_program(line), expected, "{line}");
    }

    #[test]
    fn the_program_of_a_line_is_seen_where_it_is_plain() {
        check("python3 engine.py --x", Some("python3"));
        check("exec ./bin/run", Some("./bin/run"));
        check("cd x && make", None);
        check("bat x || cat x", None);
        check("bat x; cat x", None);
        check("bat x\ncat x", None);
        check("bat x | cat", None);
        check("\nbat x\n", Some("bat"));
        check("A=1 make", None);
        check("shopt -s nullglob; ls", None);
        check("$TOOL x", None);
        check("\"my tool\"", None);
        check("", None);
    }
}
