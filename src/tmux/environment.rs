//! The variables of the caller's environment for programs and the server.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::ops::{Deref, DerefMut};

/// A process's environment: a map of texts, and separately variables that are not UTF-8, which are
/// passed on byte by byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    texts: BTreeMap<String, String>,
    bytes: BTreeMap<OsString, OsString>,
}

impl Environment {
    pub fn new() -> Self {
        Environment::default()
    }

    /// Returns the variables whose name or value is not UTF-8. A text of the same name overrides
    /// one.
    pub fn bytes(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let is_replaced = |name: &OsString| {
            let name = name.to_str();
            name.is_some_and(|name| self.texts.contains_key(name))
        };
        let bytes = self.bytes.iter();
        let bytes = bytes.filter(move |(name, _)| !is_replaced(name));
        bytes.map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// Returns all variables, as processes take them.
    pub fn all(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let texts = self.texts.iter();
        let texts = texts.map(|(name, value)| (OsStr::new(name), OsStr::new(value)));
        self.bytes().chain(texts)
    }

    /// Removes the variables with these names.
    #[must_use]
    pub fn without(mut self, names: &BTreeSet<String>) -> Self {
        self.texts.retain(|name, _| !names.contains(name));
        self.bytes
            .retain(|name, _| name.to_str().is_none_or(|name| !names.contains(name)));
        self
    }
}

impl Deref for Environment {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.texts
    }
}

impl DerefMut for Environment {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.texts
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        let mut environment = Environment::new();
        for (name, value) in variables {
            match (name.to_str(), value.to_str()) {
                (Some(name), Some(value)) => {
                    environment.insert(name.to_owned(), value.to_owned());
                }
                _ => {
                    environment.bytes.insert(name, value);
                }
            }
        }
        environment
    }
}

impl<const N: usize> From<[(String, String); N]> for Environment {
    fn from(texts: [(String, String); N]) -> Self {
        Environment {
            texts: texts.into(),
            bytes: BTreeMap::new(),
        }
    }
}

/// Prefixes of variables that belong to the caller's tmux or to triad itself.
const OURS: [&str; 2] = ["TMUX", "TRIAD_"];

/// Variables for the caller alone, which may be a system service.
const OF_THE_CALLER: [&str; 1] = ["NOTIFY_SOCKET"];

/// Variables that describe the caller's terminal or shell, and would be wrong in a pane. A trailing
/// `*` stands for any ending.
const OF_THE_TERMINAL: [&str; 33] = [
    "_",
    "SHLVL",
    "PWD",
    "OLDPWD",
    "TERM",
    "TERMCAP",
    "TERMINFO",
    "COLORTERM",
    "COLORFGBG",
    "COLUMNS",
    "LINES",
    "WINDOW",
    "WINDOWID",
    "STY",
    "GPG_TTY",
    "SSH_TTY",
    "TERM_PROGRAM*",
    "TERM_SESSION_ID",
    "TERMINAL_EMULATOR",
    "LC_TERMINAL*",
    "ITERM_*",
    "KITTY_*",
    "ALACRITTY_*",
    "WEZTERM_*",
    "GHOSTTY_*",
    "KONSOLE_*",
    "GNOME_TERMINAL_*",
    "VTE_VERSION",
    "XTERM_*",
    "WT_*",
    "TILIX_ID",
    "ZELLIJ*",
    "VSCODE_*",
];

/// The variables that every call of tmux may get. The server sees the environment of each client,
/// writes it to its log, and anybody who may look at the process sees it, too. So each is named in
/// full: any other may be secret.
const OF_CLIENTS: [&str; 12] = [
    "HOME",
    "PATH",
    "SHELL",
    "TERM",
    "TERMINFO",
    "TERMINFO_DIRS",
    "COLORTERM",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_TIME",
];

/// Returns the caller's environment for a call of tmux that neither starts a server nor creates a
/// session; `also` are the names in the server's `update-environment`, which may end with a `*`.
pub fn for_clients(caller: &Environment, also: &[&str]) -> Environment {
    let mut passed = caller.clone();
    let is_passed = |name: &str| {
        let mut patterns = OF_CLIENTS.iter().chain(also);
        name == "TMUX_TMPDIR" || patterns.any(|pattern| describes(pattern, name))
    };
    passed.texts.retain(|name, _| is_passed(name));
    passed
        .bytes
        .retain(|name, _| is_passed(&name.to_string_lossy()));
    passed
}

/// Whether a pattern is the name, or a prefix of it before a final `*`.
fn describes(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    }
}

/// Returns the caller's environment for programs in panes and for a server that triad starts.
pub fn for_programs(caller: &Environment) -> Environment {
    let mut passed = caller.clone();
    passed.texts.retain(|name, _| is_passed_on(name));
    passed
        .bytes
        .retain(|name, _| is_passed_on(&name.to_string_lossy()));
    passed
}

/// Returns the names that [`for_programs`] leaves out; a trailing `*` stands for any ending.
pub fn left_out() -> impl Iterator<Item = String> {
    let ours = OURS.iter().map(|prefix| format!("{prefix}*"));
    let others = OF_THE_CALLER.iter().chain(&OF_THE_TERMINAL);
    ours.chain(others.map(|name| (*name).to_owned()))
}

/// Whether programs get the caller's variable of that name.
pub fn is_passed_on(name: &str) -> bool {
    !name.is_empty()
        && !OURS.iter().any(|prefix| name.starts_with(prefix))
        && !OF_THE_CALLER.contains(&name)
        && !OF_THE_TERMINAL
            .iter()
            .any(|pattern| describes(pattern, name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn variables_of_the_callers_terminal_are_left_out() {
        let names = [
            "PATH",
            "HOME",
            "TMUX",
            "TMUX_PANE",
            "TRIAD_VAR_X",
            "TERM",
            "KITTY_PID",
            "NOTIFY_SOCKET",
            "LANG",
        ];
        let caller = names.map(|name| (name.to_owned(), String::new())).into();
        let kept = for_programs(&caller);
        let kept: Vec<&String> = kept.keys().collect();
        assert_eq!(kept, ["HOME", "LANG", "PATH"]);
    }

    #[test]
    fn a_client_gets_little_more_than_its_terminal() {
        let names = [
            "HOME",
            "PATH",
            "TERM",
            "LC_ALL",
            "LC_TOKEN",
            "TMUX",
            "TMUX_TMPDIR",
            "TOKEN",
            "SSH_AUTH_SOCK",
            "MY_A",
        ];
        let caller = names.map(|name| (name.to_owned(), String::new())).into();
        let names = |of: Environment| of.keys().cloned().collect::<Vec<_>>();
        let few = ["HOME", "LC_ALL", "PATH", "TERM", "TMUX_TMPDIR"];
        assert_eq!(names(for_clients(&caller, &[])), few);
        let more = for_clients(&caller, &["SSH_AUTH_SOCK", "MY_*"]);
        assert_eq!(more.len(), few.len() + 2);
    }

    #[test]
    fn variables_that_are_not_utf8_are_passed_on_separately() {
        let odd = || OsString::from_vec(b"\xff".to_vec());
        let caller = [
            ("HOME".into(), "/root".into()),
            ("TITLE".into(), odd()),
            ("TMUX_ODD".into(), odd()),
            ("TOKEN".into(), odd()),
            (odd(), "value".into()),
        ];
        let caller: Environment = caller.into_iter().collect();
        assert_eq!(caller.keys().collect::<Vec<_>>(), ["HOME"]);
        let mut passed = for_programs(&caller).without(&["TOKEN".to_owned()].into());
        let names = |of: &Environment| -> Vec<OsString> {
            of.all().map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(&passed), ["TITLE".into(), odd(), "HOME".into()]);
        passed.insert("TITLE".to_owned(), "of the manifest".to_owned());
        assert_eq!(names(&passed), [odd(), "HOME".into(), "TITLE".into()]);
    }
}
