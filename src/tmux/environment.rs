//! Which of the caller's environment reaches programs and the server.

use std::collections::BTreeMap;

/// A process's environment: only what is valid UTF-8.
pub type Environment = BTreeMap<String, String>;

/// Prefixes of variables that belong to the caller's tmux or to triad itself.
const OURS: [&str; 2] = ["TMUX", "TRIAD_"];

/// What is meant for the caller alone, who may be a service of the system's.
const OF_THE_CALLER: [&str; 1] = ["NOTIFY_SOCKET"];

/// What describes the terminal or the shell that triad was called from, and would be untrue in a
/// pane. A trailing `*` stands for any ending.
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

/// The caller's environment for programs in panes and for a server that triad starts.
pub fn for_programs(caller: &Environment) -> Environment {
    caller
        .iter()
        .filter(|(name, _)| is_passed_on(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The names that [`for_programs`] leaves out; a trailing `*` stands for any ending.
pub fn left_out() -> impl Iterator<Item = String> {
    let ours = OURS.iter().map(|prefix| format!("{prefix}*"));
    let others = OF_THE_CALLER.iter().chain(&OF_THE_TERMINAL);
    ours.chain(others.map(|name| (*name).to_owned()))
}

/// Whether programs get the caller's variable of that name.
pub fn is_passed_on(name: &str) -> bool {
    let describes = |pattern: &str| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    };
    !name.is_empty()
        && !OURS.iter().any(|prefix| name.starts_with(prefix))
        && !OF_THE_CALLER.contains(&name)
        && !OF_THE_TERMINAL.iter().any(|pattern| describes(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_describes_the_callers_terminal_stays_behind() {
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
        let kept: Vec<String> = for_programs(&caller).into_keys().collect();
        assert_eq!(kept, ["HOME", "LANG", "PATH"]);
    }
}
