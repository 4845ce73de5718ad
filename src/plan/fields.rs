//! The fields of a pane by name, with their values in words: one list, used by plans for
//! differences and by `triad explain` for everything.

use crate::layout::{
    AppliedPane, Before, Command, Log, Need, OnExit, Ready, Restart, RestartWhen, SecretSource,
    Stop, StopHow, TypeWhen, Typed,
};

/// A name and a value; `None` if it is not set.
pub type Field = (&'static str, Option<String>);

/// Returns the fields that need a restart to change, besides the environment.
pub fn of_program(pane: &AppliedPane) -> [Field; 4] {
    let shell = match &pane.command {
        Command::Line { shell, .. } => Some(shell.clone()),
        Command::Shell(_) | Command::Argv(_) => None,
    };
    [
        ("run", Some(shown(&pane.command))),
        ("shell", shell),
        ("cwd", Some(pane.cwd.display().to_string())),
        ("before", Some(before(pane.before.as_ref()))),
    ]
}

fn before(before: Option<&Before>) -> String {
    match before {
        Some(before) => before.lines.join("; "),
        None => "nothing".to_owned(),
    }
}

/// Returns the fields that only need new tags.
pub fn of_tag(pane: &AppliedPane) -> [Field; 16] {
    let name = if pane.unnamed { "derived" } else { "written" };
    [
        ("name", Some(name.to_owned())),
        ("title", pane.title.clone()),
        ("kind", Some(pane.kind.as_str().to_owned())),
        ("focus", Some(yes_no(pane.focus).to_owned())),
        ("needs", Some(needs(&pane.needs))),
        ("ready", Some(readiness(pane.ready.as_ref()))),
        ("protect", Some(yes_no(pane.protect).to_owned())),
        ("log", Some(log(pane.log.as_ref()))),
        ("history", pane.history.map(|lines| lines.to_string())),
        ("type", Some(typed(&pane.typed))),
        ("restart", Some(restart(pane.restart.as_ref()))),
        ("stop", Some(stop(&pane.stop))),
        ("on-exit", Some(on_exit(pane.exit()).to_owned())),
        ("start", Some(yes_no(!pane.start_by_hand).to_owned())),
        ("env-file", Some(env_files(&pane.secret_sources))),
        ("deadline", pane.deadline.map(|time| format!("{time:?}"))),
    ]
}

/// Writes a command on one line.
pub fn shown(command: &Command) -> String {
    match command {
        Command::Shell(None) => "a login shell".to_owned(),
        Command::Shell(Some(shell)) => shell.clone(),
        Command::Line { line, .. } => line.clone(),
        Command::Argv(words) => {
            let quoted: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
            quoted.join(" ")
        }
    }
}

/// Writes a word as people type it in a shell: quoted only if necessary.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

pub fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn needs(needs: &[Need]) -> String {
    let shown = needs.iter().map(|need| {
        let restart = if need.restart {
            ", restarts with it"
        } else {
            ""
        };
        let optional = if need.optional { ", optional" } else { "" };
        let until = need.until.as_str();
        format!("{} {until}{restart}{optional}", need.target)
    });
    or_none(&shown.collect::<Vec<_>>())
}

fn readiness(ready: Option<&Ready>) -> String {
    let probes = ready.map_or(&[][..], |ready| &ready.probes);
    let mut shown: Vec<String> = probes.iter().map(ToString::to_string).collect();
    if let Some(ready) = ready {
        let deadline = ready
            .pace
            .deadline
            .map_or("none".to_owned(), |time| format!("{time:?}"));
        shown.push(format!(
            "every {:?}, timeout {:?}, deadline {deadline}",
            ready.pace.every, ready.pace.timeout
        ));
    }
    or_none(&shown)
}

fn or_none(shown: &[String]) -> String {
    if shown.is_empty() {
        return "none".to_owned();
    }
    shown.join(", ")
}

/// The secret files that the pane reads, each with the names that it leaves to others.
fn env_files(sources: &[SecretSource]) -> String {
    let files = sources.iter().filter_map(|source| match source {
        SecretSource::File(file) => Some(file),
        SecretSource::Exec { .. } => None,
    });
    let shown = files.map(|file| {
        let optional = if file.optional { ", optional" } else { "" };
        let except: Vec<&str> = file.except.iter().map(String::as_str).collect();
        let except = match &except[..] {
            [] => String::new(),
            names => format!(", without {}", names.join(" ")),
        };
        format!("{}{optional}{except}", file.path.display())
    });
    or_none(&shown.collect::<Vec<_>>())
}

fn log(log: Option<&Log>) -> String {
    log.map_or("off".to_owned(), |log| {
        format!("{} bytes, {} kept", log.max_size, log.keep)
    })
}

fn typed(texts: &[Typed]) -> String {
    let shown = texts.iter().map(|typed| {
        let enter = if typed.enter { "" } else { " without Enter" };
        let when = match &typed.when {
            TypeWhen::Prompt => String::new(),
            TypeWhen::Still => " into any program".to_owned(),
            TypeWhen::Line(regex) => format!(" after `{regex}`"),
        };
        format!("{}{enter}{when}", typed.text)
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() {
        return "nothing".to_owned();
    }
    shown.join(", ")
}

fn restart(restart: Option<&Restart>) -> String {
    let Some(restart) = restart else {
        return "never".to_owned();
    };
    let when = match restart.when {
        RestartWhen::OnFailure => "on-failure",
        RestartWhen::Always => "always",
    };
    let within = restart.within.map(|time| format!(" within {time:?}"));
    let within = within.unwrap_or_default();
    let longest = restart.longest_delay();
    let growing = (longest > restart.delay).then(|| format!(" growing to {longest:?}"));
    let growing = growing.unwrap_or_default();
    let (max, delay) = (restart.max, restart.delay);
    format!("{when}, max {max}{within}, delay {delay:?}{growing}")
}

fn stop(stop: &Stop) -> String {
    let how = match &stop.how {
        StopHow::Default => "default".to_owned(),
        StopHow::Signal(name) => format!("signal {name}"),
        StopHow::Keys(keys) if keys.len() > 1 => {
            format!("keys {}, pause {:?}", keys.join(" "), stop.pause)
        }
        StopHow::Keys(keys) => format!("keys {}", keys.join(" ")),
        StopHow::Run(line) if stop.always => format!("run {line}, always"),
        StopHow::Run(line) => format!("run {line}"),
    };
    format!("{how}, timeout {:?}", stop.timeout)
}

fn on_exit(exit: OnExit) -> &'static str {
    match exit {
        OnExit::Hold => "hold",
        OnExit::Shell => "shell",
        OnExit::Close => "close",
    }
}
