//! Shells by the names of their programs: which of them people type into, and how those read that
//! triad knows.

/// How a shell reads a line at its prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineReader {
    /// By its own editor: at its prompt the terminal is never in canonical mode.
    Editor,
    /// As the terminal gives it.
    Terminal,
}

/// How the shell of this name reads; `None` for a program of which triad does not know it.
pub fn line_reader(program: &str) -> Option<LineReader> {
    if EDITORS.contains(&program) {
        return Some(LineReader::Editor);
    }
    READERS.contains(&program).then_some(LineReader::Terminal)
}

/// The file name of a program.
pub fn file_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

const EDITORS: [&str; 6] = ["bash", "zsh", "fish", "ksh", "mksh", "tcsh"];
const READERS: [&str; 4] = ["sh", "dash", "ash", "busybox"];

/// Programs that ignore TERM when interactive, and end on HUP.
pub(super) const SHELLS: [&str; 9] = [
    "sh", "bash", "dash", "zsh", "fish", "ksh", "mksh", "tcsh", "nu",
];
/// Other shells that people type into.
pub(super) const OTHERS: [&str; 3] = ["elvish", "xonsh", "pwsh"];
