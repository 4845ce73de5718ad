//! A program as a detector describes it, before it has its final name in the layout.

use crate::layout::PaneKind;

/// The role of a program. A Makefile is only used for roles that nothing else fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The project's own server or program.
    Run,
    Test,
    Build,
    Migrate,
    Watch,
}

/// The command of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// A line for the shell.
    Line(String),
    /// A program and its arguments, run directly; two words or more.
    Words(Vec<String>),
}

/// One program that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The name in its file.
    pub name: String,
    /// A more telling name, if there is one.
    pub called: Option<String>,
    /// The path from the folder that is examined.
    pub file: String,
    /// The folder of the file, if it is another one.
    pub cwd: Option<String>,
    /// The program that reads the file; it distinguishes two drafts of the same name.
    pub tool: &'static str,
    pub role: Role,
    pub kind: PaneKind,
    pub run: Run,
    pub env: Vec<(String, String)>,
    /// Names from the same file, and whether they only have to be started.
    pub needs: Vec<(String, bool)>,
    pub port: Option<u16>,
    /// Whether it holds the data that migrations change.
    pub is_database: bool,
    /// Whether it runs other people's software, which waits for no migration.
    pub is_foreign: bool,
}

/// The results of the detectors.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub drafts: Vec<Draft>,
    pub skipped: Vec<Skipped>,
}

/// A part of a file that the proposal leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub file: String,
    pub why: String,
}

impl Run {
    pub fn words(words: &[&str]) -> Self {
        Run::Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// The words of a text, followed by more words.
    pub fn of(prefix: &str, words: &[&str]) -> Self {
        let all: Vec<&str> = prefix
            .split_whitespace()
            .chain(words.iter().copied())
            .collect();
        Run::words(&all)
    }

    /// The command roughly as a person would type it.
    pub fn text(&self) -> String {
        match self {
            Run::Line(line) => line.clone(),
            Run::Words(words) => words.join(" "),
        }
    }
}

impl Draft {
    pub fn new(file: &str, tool: &'static str, name: &str, role: Role, run: Run) -> Self {
        Draft {
            name: name.to_owned(),
            called: None,
            file: file.to_owned(),
            cwd: None,
            tool,
            role,
            kind: match role {
                Role::Run => PaneKind::Service,
                Role::Watch => PaneKind::Pane,
                Role::Test | Role::Build | Role::Migrate => PaneKind::Task,
            },
            run,
            env: Vec::new(),
            needs: Vec::new(),
            port: None,
            is_database: false,
            is_foreign: false,
        }
    }

    /// Possible names, the best first.
    pub fn names(&self) -> [String; 2] {
        let first = self.called.as_ref().unwrap_or(&self.name);
        [first.clone(), format!("{}-{first}", self.tool)]
    }

    /// The same draft, seen from the folder around its own.
    pub fn in_folder(mut self, folder: &str) -> Self {
        self.file = format!("{folder}/{}", self.file);
        self.cwd = Some(folder.to_owned());
        let last = folder.rsplit('/').next().unwrap_or(folder);
        self.called = match self.role {
            Role::Run => Some(last.to_owned()),
            _ => Some(format!("{last}-{}", self.name)),
        };
        self
    }
}

impl Findings {
    pub(super) fn skip(&mut self, file: &str, why: &str) {
        self.skipped.push(Skipped {
            file: file.to_owned(),
            why: why.to_owned(),
        });
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.drafts.iter().any(|draft| draft.role == role)
    }
}

/// Whether a command starts containers, which a compose file describes better.
pub(super) fn runs_compose(command: &str) -> bool {
    command.contains("docker compose") || command.contains("docker-compose")
}

/// The port that a command line names: `--port 3000`, `--port=3000`, `PORT=3000`.
pub(super) fn port_of(command: &str) -> Option<u16> {
    let mut words = command
        .split(|c: char| c.is_whitespace() || c == '"' || c == '\'' || c == ';')
        .filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let value = match word {
            "--port" => words.next(),
            _ => word
                .strip_prefix("--port=")
                .or_else(|| word.strip_prefix("PORT=")),
        };
        let port = value.and_then(|value| value.parse().ok());
        if let Some(port) = port.filter(|port| *port > 0) {
            return Some(port);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_what_a_command_says() {
        assert_eq!(port_of("vite --port 3000"), Some(3000));
        assert_eq!(port_of("concurrently \"vite --port=3001\" x"), Some(3001));
        assert_eq!(port_of("PORT=4000 node ."), Some(4000));
        assert_eq!(port_of("next dev -p 3000"), None);
        assert_eq!(port_of("x --port $PORT --port"), None);
        assert_eq!(port_of("x --port 0 --port 99999"), None);
    }
}
