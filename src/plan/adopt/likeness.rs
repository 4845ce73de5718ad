//! Compares the program in a live pane with the wanted command.

use crate::layout::Command;
use crate::live::{LivePane, LiveProcess};
use crate::plan::adopt::machine::Machine;
use crate::plan::diff;

/// The certainty of a match, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The pane's own process is the command, or an idle shell if a shell is wanted.
    Same,
    /// The pane's process is a shell that started the command.
    Inside,
    /// The program is the same; its arguments are unknown, because the machine does not tell them
    /// or only a shell could expand the wanted line.
    Program,
    /// A shell that is running something, if a shell is wanted.
    Busy,
}

/// All levels, in the order of matching.
pub(super) const LEVELS: [Level; 4] = [Level::Same, Level::Inside, Level::Program, Level::Busy];

/// The program of a pane that matches a wanted one.
#[derive(Debug)]
pub(super) struct Likeness {
    /// The command line, for display.
    pub runs: String,
    /// Its command, if it differs from the wanted one in any word.
    pub other: Option<Command>,
}

/// Returns the program in the pane, if it matches the wanted command on this level.
pub(super) fn likeness(
    wanted: &Command,
    live: &LivePane,
    level: Level,
    machine: &Machine,
) -> Option<Likeness> {
    let LiveProcess::Running { pid, program } = &live.process else {
        return None;
    };
    let known = machine.programs.get(pid).filter(|known| !known.is_empty());
    let unknown = [vec![program.clone()]];
    let lines: &[Vec<String>] = known.map_or(&unknown, Vec::as_slice);
    let (own, inner) = lines.split_first()?;
    let found = if wanted.is_interactive_shell() {
        let is_it = is_shell(wanted, own);
        let is_idle = inner.is_empty() && is_shell(wanted, std::slice::from_ref(program));
        match level {
            Level::Same => Some(own).filter(|_| is_it && is_idle),
            Level::Busy => inner.last().or(Some(own)).filter(|_| is_it && !is_idle),
            Level::Inside | Level::Program => None,
        }
    } else {
        match level {
            Level::Same => Some(own).filter(|own| is_command(wanted, own)),
            Level::Inside => {
                let line = inner.iter().find(|line| is_command(wanted, line))?;
                // The pane's process is not what would end: worth a word.
                let shell = shown(std::slice::from_ref(own.first()?));
                return Some(Likeness {
                    runs: format!("{} in {shell}", shown(line)),
                    other: None,
                });
            }
            Level::Program => return of_program(wanted, program, known),
            Level::Busy => None,
        }
    };
    found.map(|line| Likeness {
        runs: shown(line),
        other: None,
    })
}

/// Matches by program name alone. Known arguments that differ make it another command.
fn of_program(
    wanted: &Command,
    program: &str,
    known: Option<&Vec<Vec<String>>>,
) -> Option<Likeness> {
    let name = program_of(wanted)?;
    let Some(lines) = known else {
        return (program == name).then(|| Likeness {
            runs: format!("{program} with unknown arguments"),
            other: None,
        });
    };
    let is_open = matches!(wanted, Command::Line { line, .. } if plain_words(line).is_none());
    let mut lines = lines.iter().filter(|line| file_name(&line[0]) == name);
    let line = lines.next().filter(|_| is_open)?;
    Some(Likeness {
        runs: shown(line),
        other: Some(Command::Argv(line.clone())),
    })
}

/// Writes the arguments on one line.
fn shown(line: &[String]) -> String {
    let shown = diff::shown(&Command::Argv(line.to_vec()));
    shown.replace(|c: char| c.is_control(), " ")
}

/// Whether these are the arguments of an interactive shell, of the wanted one if it is named.
fn is_shell(wanted: &Command, line: &[String]) -> bool {
    let Some((program, options)) = line.split_first() else {
        return false;
    };
    // The first word of a login shell begins with `-`.
    let name = file_name(program.trim_start_matches('-')).to_owned();
    let is_meant = match wanted {
        Command::Shell(Some(shell)) => file_name(shell) == name,
        Command::Shell(None) => true,
        Command::Line { .. } | Command::Argv(_) => program_of(wanted) == Some(&name),
    };
    let words = std::iter::once(name).chain(options.iter().cloned());
    is_meant && Command::Argv(words.collect()).is_interactive_shell()
}

fn is_command(wanted: &Command, line: &[String]) -> bool {
    // `SHELL -c LINE`
    let given = match line {
        [shell, flag, given] if flag == "-c" => Some((file_name(shell), given)),
        _ => None,
    };
    match wanted {
        Command::Shell(_) => false,
        Command::Argv(words) => {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let of_shell = given.and_then(|(_, given)| plain_words(given));
            has_words(line, &words) || of_shell.as_ref() == Some(&words)
        }
        Command::Line {
            shell,
            line: written,
        } => {
            let words = plain_words(written);
            given.is_some_and(|given| given == (file_name(shell), written))
                || words.is_some_and(|words| has_words(line, &words))
        }
    }
}

/// Whether these words started a process with these arguments: itself, or as a script, its
/// interpreter.
fn has_words(line: &[String], words: &[&str]) -> bool {
    let (Some((program, arguments)), Some((name, rest))) =
        (line.split_first(), words.split_first())
    else {
        return false;
    };
    let of_script = arguments.split_first();
    file_name(program) == file_name(name) && arguments == rest
        || of_script.is_some_and(|(script, arguments)| {
            file_name(script) == file_name(name) && arguments == rest
        })
}

/// Returns the words of a shell line that needs no shell to expand it.
fn plain_words(line: &str) -> Option<Vec<&str>> {
    if line.contains(|c: char| "'\"\\$`;&|<>()*?[]#~{}!\n".contains(c)) {
        return None;
    }
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let words = words.strip_prefix(&["exec"]).unwrap_or(&words);
    let is_assignment = words.first().is_none_or(|word| word.contains('='));
    (!is_assignment).then(|| words.to_vec())
}

/// Returns the file name of the program that a command starts with.
fn program_of(wanted: &Command) -> Option<&str> {
    let word = match wanted {
        Command::Shell(shell) => shell.as_deref()?,
        Command::Argv(words) => words.first()?,
        Command::Line { line, .. } => {
            let mut words = line.split_ascii_whitespace();
            words.find(|word| *word != "exec")?
        }
    };
    Some(file_name(word))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(wanted: &str, line: &[&str], expected: bool) {
        let line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        let shell = "/bin/sh".to_owned();
        let text = wanted.to_owned();
        let of_line = Command::Line { shell, line: text };
        assert_eq!(is_command(&of_line, &line), expected, "{wanted}");
        if !wanted.contains(['|', '\'']) {
            let of_words = Command::Argv(words(wanted));
            assert_eq!(is_command(&of_words, &line), expected, "{wanted}");
        }
    }

    #[test]
    fn commands_are_recognised_by_their_arguments() {
        check("python3 engine.py", &["python3", "engine.py"], true);
        check(
            "python3 engine.py",
            &["/usr/bin/python3", "engine.py"],
            true,
        );
        check(
            "python3 engine.py",
            &["sh", "-c", "python3 engine.py"],
            true,
        );
        check("python3 engine.py", &["python3", "other.py"], false);
        check("python3 engine.py", &["python3", "engine.py", "--x"], false);
        check("./run.sh --x", &["/bin/sh", "./run.sh", "--x"], true);
        check("a | b 'c'", &["/bin/sh", "-c", "a | b 'c'"], true);
        check("npm run dev", &["node", "/usr/bin/npm", "run", "dev"], true);
        check(
            "npm run dev",
            &["node", "/usr/bin/npm", "run", "build"],
            false,
        );
        check("a | b 'c'", &["a", "|", "b", "'c'"], false);
        check("a | b 'c'", &["/bin/bash", "-c", "a | b 'c'"], false);
    }

    #[test]
    fn only_interactive_shells_count_as_shells() {
        let any = Command::Shell(None);
        let fish = Command::Shell(Some("/usr/bin/fish".to_owned()));
        assert!(is_shell(&any, &words("-bash")));
        assert!(is_shell(&any, &words("/bin/zsh -l")));
        assert!(!is_shell(&any, &words("sh script.sh")));
        assert!(!is_shell(&any, &words("vim")));
        assert!(is_shell(&fish, &words("fish")));
        assert!(!is_shell(&fish, &words("bash")));
    }
}
