//! What a detector says of one program, before it has a name of its own in the layout.

use crate::layout::PaneKind;

/// What a program is for. A Makefile is asked only for what nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is what the project is about: its server, its program.
    Run,
    Test,
    Build,
    Migrate,
    Watch,
}

/// How a program is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// By the shell.
    Line(String),
    /// Directly; two words or more.
    Words(Vec<String>),
}

/// One program that a file speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As its file calls it.
    pub name: String,
    /// What to call it instead, where that says more.
    pub called: Option<String>,
    /// From the folder that is looked at.
    pub file: String,
    /// The folder of the file, where it is another one.
    pub cwd: Option<String>,
    /// The program that reads the file; it tells two drafts of one name apart.
    pub tool: &'static str,
    pub role: Role,
    pub kind: PaneKind,
    pub run: Run,
    pub env: Vec<(String, String)>,
    /// Names of the same file, and whether their having started is enough.
    pub needs: Vec<(String, bool)>,
    pub port: Option<u16>,
    /// It keeps the data that migrations change.
    pub is_database: bool,
    /// It runs what others wrote: it waits for no migration.
    pub is_foreign: bool,
}

/// What detectors find.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub drafts: Vec<Draft>,
    pub skipped: Vec<Skipped>,
}

/// What is in a file and not in the proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub file: String,
    pub why: String,
}

impl Run {
    pub fn words(words: &[&str]) -> Self {
        Run::Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// Words that stand apart in a text, and more of them.
    pub fn of(prefix: &str, words: &[&str]) -> Self {
        let all: Vec<&str> = prefix
            .split_whitespace()
            .chain(words.iter().copied())
            .collect();
        Run::words(&all)
    }

    /// As a person would type it, near enough to read.
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

    /// What to call it, the best first.
    pub fn names(&self) -> [String; 2] {
        let first = self.called.as_ref().unwrap_or(&self.name);
        [first.clone(), format!("{}-{first}", self.tool)]
    }

    /// The same, from the folder around its own.
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

/// Whether a command brings up containers, which a compose file says better.
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
