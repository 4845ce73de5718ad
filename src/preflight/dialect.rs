//! Shell lines with bash syntax that are run by a `sh` that is not bash.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::layout::{Command, Layout, Pane, Probe, StopHow};
use crate::tmux::environment::Environment;
use crate::tmux::server::find_program;

/// The shell for the lines of hooks, probes and stops.
const SH: &str = "/bin/sh";

/// The builtins and keywords of bash that POSIX does not require.
pub(super) const OF_BASH: [&str; 26] = [
    "[[",
    "bind",
    "builtin",
    "caller",
    "compgen",
    "complete",
    "compopt",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "enable",
    "function",
    "help",
    "history",
    "let",
    "logout",
    "mapfile",
    "popd",
    "pushd",
    "readarray",
    "select",
    "shopt",
    "source",
    "suspend",
    "typeset",
];

/// The words after which a command begins.
const OPENING: [&str; 12] = [
    "", "!", "do", "elif", "else", "exec", "if", "then", "time", "until", "while", "{",
];

/// A word of bash in a line that another shell runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bashism {
    pub word: &'static str,
    /// The line: of which hook or pane.
    pub line: String,
    pub shell: String,
    /// The shell that it really is.
    pub is: String,
}

impl fmt::Display for Bashism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bashism {
            word,
            line,
            shell,
            is,
        } = self;
        write!(
            f,
            "`{word}` in {line} is a word of bash, but `{shell}` is {is} here: "
        )?;
        match *word {
            "source" => f.write_str("use `.` instead, or run the line with bash"),
            "[[" => f.write_str("use `[` instead, or run the line with bash"),
            _ => f.write_str("run the line with bash"),
        }
    }
}

/// Returns the words of bash in all lines that are run by a `sh` that is not bash.
pub fn bashisms(layout: &Layout, environment: &Environment) -> Vec<Bashism> {
    let hooks = &layout.hooks;
    let hooks = [
        ("before-apply", &hooks.before_apply),
        ("after-apply", &hooks.after_apply),
        ("before-down", &hooks.before_down),
        ("after-down", &hooks.after_down),
    ];
    let hooks = hooks.into_iter().filter_map(|(name, line)| {
        let line = line.as_deref()?;
        Some((
            format!("the hook `{name}`"),
            SH,
            line,
            layout.root.as_path(),
        ))
    });
    let of_panes = layout.panes().flat_map(lines);
    let all = hooks.chain(of_panes);
    all.filter_map(|(name, shell, line, cwd)| {
        let word = word_of_bash(line)?;
        let path = environment.get("PATH").map_or("", String::as_str);
        Some(Bashism {
            word,
            line: name,
            shell: shell.to_owned(),
            is: other_than_bash(shell, path, cwd)?,
        })
    })
    .collect()
}

/// Returns the lines of a pane: their names, their shells, and their directories.
fn lines(pane: &Pane) -> Vec<(String, &str, &str, &Path)> {
    let of_pane = |what: &str| {
        let origin = &pane.origin;
        let (address, file, line) = (&pane.address, &origin.file, origin.line);
        format!("the {what} of `{address}` ({file}:{line})")
    };
    let cwd = pane.cwd.as_path();
    let mut lines = Vec::new();
    if let Command::Line { shell, line } = &pane.command {
        lines.push((of_pane("command"), shell.as_str(), line.as_str(), cwd));
    }
    if let Some(before) = &pane.before {
        let shell = before.shell.as_str();
        let before = before.lines.iter();
        lines.extend(before.map(|line| (of_pane("`before`"), shell, line.as_str(), cwd)));
    }
    let probes = pane.ready.as_ref().map_or(&[][..], |ready| &ready.probes);
    for probe in probes {
        if let Probe::Exec(line) = probe {
            lines.push((of_pane("`exec` probe"), SH, line, cwd));
        }
    }
    if let StopHow::Run(line) = &pane.stop.how {
        lines.push((of_pane("`stop` command"), SH, line, cwd));
    }
    lines
}

/// Returns the shell that is named `sh`, unless it is bash.
fn other_than_bash(shell: &str, path: &str, cwd: &Path) -> Option<String> {
    if shell.rsplit('/').next() != Some("sh") {
        return None;
    }
    let found: PathBuf = find_program(Path::new(shell), path, cwd)?;
    let real = fs::canonicalize(found).ok()?;
    let name = real.file_name()?.to_string_lossy().into_owned();
    (name != "bash").then_some(name)
}

/// Returns the first word of bash at the beginning of a command. Quoted text is skipped.
fn word_of_bash(line: &str) -> Option<&'static str> {
    let (mut quote, mut begins) = (None, true);
    let mut word = String::new();
    for c in line.chars().chain(['\n']) {
        match quote {
            Some(open) => {
                word.push(c);
                quote = quote.filter(|_| c != open);
            }
            None if matches!(c, '\'' | '"') => {
                word.push(c);
                quote = Some(c);
            }
            None if c.is_whitespace() || "|&;()".contains(c) => {
                let of_bash = OF_BASH.iter().find(|of_bash| **of_bash == word);
                if let Some(of_bash) = of_bash.filter(|_| begins) {
                    return Some(of_bash);
                }
                let opens = OPENING.contains(&word.as_str()) || word.contains('=');
                begins = begins && opens || "|&;(\n".contains(c);
                word.clear();
            }
            None => word.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(word_of_bash(line), expected, "{line}");
    }

    #[test]
    fn words_of_bash_are_seen_where_a_command_begins() {
        check("source venv/bin/activate && make", Some("source"));
        check("cd x && source y", Some("source"));
        check("A=1 source x", Some("source"));
        check("if [[ -e x ]]; then y; fi", Some("[["));
        check("(pushd x; make)", Some("pushd"));
        check("x | while read y; do let z=1; done", Some("let"));
        check("make\nsource x", Some("source"));
        check("echo source; make source", None);
        check("bash -c 'source x'", None);
        check("echo \"a; source x\"", None);
        check("./source x", None);
        check("[ -e x ] && . ./x", None);
        check("", None);
    }
}
