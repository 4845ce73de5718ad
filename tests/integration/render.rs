//! `triad render`: a script that builds the same as `triad apply`, without triad.

mod machine;
mod templates;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::hostile::{
    PRINTABLE, UNPRINTABLE, assert_inert, kdl, record_script, recorded, values_manifest,
};
use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::assert_same;

/// The shells that run every script.
const SHELLS: [&str; 2] = ["dash", "bash"];

impl Sandbox {
    /// Runs `triad render` with these arguments.
    #[track_caller]
    pub fn render(&self, arguments: &[&str]) -> String {
        self.triad(&[&["render"][..], arguments].concat())
            .exits(0)
            .stdout
    }

    /// Returns a shell with a script on its standard input, not yet run.
    pub fn shell_command(&self, shell: &str, script: &str) -> Command {
        let path = self.file("script.sh", script);
        let mut command = self.command("/bin/sh");
        command.args(["-c", "cat \"$1\" | \"$0\"", shell]).arg(path);
        command
    }

    /// Pipes a script into a shell.
    #[track_caller]
    pub fn pipe(&self, shell: &str, script: &str) -> Ran {
        run(&mut self.shell_command(shell, script))
    }

    /// Whether a server is running.
    pub fn has_server(&self) -> bool {
        self.try_tmux(&["list-sessions"]).status == 0
    }

    /// Ends the server and waits until it is gone.
    #[track_caller]
    fn end_server(&self) {
        self.tmux(&["kill-server"]);
        eventually("the server is gone", DEADLINE, || !self.has_server());
    }
}

/// Returns everything about a server that is the same on another one: options, tags, geometry, and
/// the words, environment and directory of each program.
#[track_caller]
fn built(sandbox: &Sandbox, sessions: &[&str]) -> Vec<String> {
    let mut built = Vec::new();
    for session in sessions {
        let at = format!("={session}:");
        for show in ["show-options", "show-hooks", "show-environment"] {
            built.push(sandbox.tmux(&[show, "-t", &at]));
        }
        let windows =
            "#{window_id} #{window_index} #{window_active} #{window_layout} #{window_name}";
        let windows = sandbox.listed(&["list-windows", "-t", &at, "-F", windows]);
        built.push(windows.iter().map(|window| unnumbered(window)).collect());
        for window in sandbox.listed(&["list-windows", "-t", &at, "-F", "#{window_id}"]) {
            built.push(sandbox.tmux(&["show-options", "-w", "-t", &window]));
            built.push(sandbox.tmux(&["show-hooks", "-w", "-t", &window]));
        }
        let panes = "#{pane_index} #{pane_active} #{pane_left} #{pane_top}";
        built.push(sandbox.tmux(&["list-panes", "-s", "-t", &at, "-F", panes]));
        for pane in sandbox.listed(&["list-panes", "-s", "-t", &at, "-F", "#{pane_id}"]) {
            let options = sandbox.listed(&["show-options", "-p", "-t", &pane]);
            let is_same = |option: &String| !option.starts_with("@triad_pid ");
            let options: Vec<String> = options.into_iter().filter(is_same).collect();
            built.push(options.join("\n") + "\n");
            let pid = sandbox.tmux(&["display-message", "-p", "-t", &pane, "#{pane_pid}"]);
            built.push(process(pid.trim()));
        }
    }
    let global = sandbox.listed(&["show-environment", "-g"]);
    // A variable with a name that the script uses is given to the sessions alone.
    let is_own = |line: &&String| !line.contains("=of the caller: ");
    let global: Vec<String> = global.iter().filter(is_own).cloned().collect();
    built.push(global.join("\n"));
    let places = "#{pane_id} #{session_name}:#{window_index}.#{pane_index}";
    let places = sandbox.listed(&["list-panes", "-a", "-F", places]);
    let places: BTreeMap<&str, &str> = places
        .iter()
        .filter_map(|line| line.split_once(' '))
        .collect();
    let id = regex_lite::Regex::new(r#"(-t |"TMUX_PANE": ")(%[0-9]+)"#).expect("a regex");
    let placed = built.iter().map(|text| {
        let place =
            |id: &regex_lite::Captures| format!("{}{}", &id[1], places.get(&id[2]).unwrap_or(&"?"));
        id.replace_all(text, place).into_owned()
    });
    placed.collect()
}

/// Returns the words, environment and directory of a process.
fn process(pid: &str) -> String {
    let file = |name: &str| {
        let bytes =
            fs::read(Path::new("/proc").join(pid).join(name)).expect("the process is alive");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let environment: BTreeMap<String, String> = file("environ")
        .split_terminator('\0')
        .filter_map(|line| line.split_once('='))
        // Variables of the server itself, and those that a program's own shell sets.
        .filter(|(name, _)| !["TMUX", "_", "PWD", "OLDPWD", "SHLVL"].contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let directory =
        fs::read_link(Path::new("/proc").join(pid).join("cwd")).expect("the process is alive");
    format!("{:?}\n{environment:#?}\n{directory:?}", file("cmdline"))
}

/// Sets a caller's environment that is code, or a name used by the script.
fn hostile_environment(command: &mut Command) {
    for (at, value) in PRINTABLE.iter().chain(&UNPRINTABLE).enumerate() {
        command.env(format!("CALLER_{at}"), value);
    }
    command.env("CALLER_ALL", PRINTABLE.join("\n").repeat(20));
    for name in [
        "root",
        "said",
        "pane_1",
        "value_1",
        "line",
        "environment",
        "triad",
    ] {
        command.env(name, format!("of the caller: {name}"));
    }
    command.envs([("LC_ALL", "C.UTF-8"), ("E", "")]);
    command.envs([
        ("COLORTERM", "truecolor"),
        ("KITTY_PID", "1"),
        ("SHLVL", "7"),
        ("OLDPWD", "/"),
    ]);
}

#[test]
fn the_script_builds_the_same_as_apply() {
    let sandbox = Sandbox::new();
    let mut values: Vec<String> = PRINTABLE
        .iter()
        .chain(&UNPRINTABLE)
        .map(|text| (*text).to_owned())
        .collect();
    values.push("#(cd;touch canary) '\"`$(x)\\;\n{}~%H\u{1b}🧠 ".repeat(100));
    record_script(&sandbox, values.len());
    let titles = PRINTABLE.iter().enumerate().map(|(at, title)| {
        let title = kdl(title);
        let others = ["", "rows { pane \"q\"; pane \"r\" }"][usize::from(at == 0)];
        format!(
            "window \"w{at}\" title=(raw){title} {{ columns {{ pane \"p{at}\" title=(raw){title} \
             size=\"30%\" {{ run \"cat\" \"-\"; env {{ KITTY_PID from=\"env\"; \
             CALLER_3 from=\"env\"; NOWHERE from=\"env\" optional=#true }} }}; {others} }} }}\n"
        )
    });
    let titles = format!("session \"titles\" {{\n{}}}\n", titles.collect::<String>());
    let names = PRINTABLE.iter().step_by(3).chain(&UNPRINTABLE);
    let directories = names.enumerate().map(|(at, name)| {
        fs::create_dir_all(sandbox.path("in").join(name)).expect("every name is valid");
        let cwd = kdl(&format!("./in/{name}"));
        let pane = format!("pane \"d{at}\" {{ run \"cat\" \"-\" }}");
        format!("session \"d{at}\" cwd=(raw){cwd} {{ window \"w\" {{ {pane} }} }}\n")
    });
    let directories: Vec<String> = directories.collect();
    let sessions: Vec<String> = (0..directories.len()).map(|at| format!("d{at}")).collect();
    let manifest = format!(
        "{}{titles}{}",
        values_manifest(&sandbox, &values),
        directories.concat()
    );
    sandbox.manifest(&manifest);
    let mut names: Vec<&str> = sessions.iter().map(String::as_str).collect();
    names.extend(["s", "titles"]);
    let ways = ["argv", "line", "vars", "quoted"];
    let settled = || {
        for way in ways {
            assert_eq!(recorded(&sandbox, way), [&values[..], &values[..]].concat());
            fs::remove_file(sandbox.path(way)).expect("the file exists");
        }
        eventually("all programs run", DEADLINE, || {
            let panes = sandbox.panes();
            panes.values().all(|pane| pane.command != "record.sh")
        });
    };
    let mut apply = sandbox.triad_command(&["apply", "--yes"]);
    hostile_environment(&mut apply);
    run(&mut apply).exits(0);
    settled();
    let expected = marks_apart(built(&sandbox, &names));
    sandbox.end_server();
    let script = sandbox.render(&[]);
    for shell in SHELLS {
        let mut piped = sandbox.shell_command(shell, &script);
        hostile_environment(&mut piped);
        let ran = run(&mut piped).exits(0);
        assert!(ran.stderr.is_empty(), "{}", ran.stderr);
        settled();
        let found = marks_apart(built(&sandbox, &names));
        for (found, expected) in std::iter::zip(&found, &expected) {
            assert_same(expected, found, shell);
        }
        assert_inert(&sandbox);
        sandbox.end_server();
    }
}

/// Removes the ids of panes from the layout of a window, and so its checksum: they depend on the order
/// in which the panes were created.
fn unnumbered(window: &str) -> String {
    let layout = regex_lite::Regex::new(r"[0-9a-f]{4},([0-9]+x)").expect("a regex");
    // As tmux 3.8 writes it, with the order in which panes were selected.
    let json = regex_lite::Regex::new(r#","l":[0-9]+|"I":"%[0-9]+""#).expect("a regex");
    let window = &json.replace_all(window, "");
    let ids = regex_lite::Regex::new(r"([0-9]+x[0-9]+,[0-9]+,[0-9]+),[0-9]+").expect("a regex");
    ids.replace_all(&layout.replace(window, "$1"), "$1")
        .into_owned()
        + "\n"
}

/// Removes the tags with values of the environment, which a script cannot know, and the key of a
/// session's secrets, which is random and of no use to a script.
fn marks_apart(mut built: Vec<String>) -> Vec<String> {
    for text in &mut built {
        let own = ["@triad_salt", "@triad_since"];
        let is_own = |line: &&str| own.iter().any(|name| line.starts_with(name));
        let kept = text.lines().filter(|line| !is_own(line));
        *text = kept.collect::<Vec<_>>().join("\n");
        if text.contains("@triad_pane \"titles/") && text.contains("/p") {
            // The address and the owner stay.
            let cut = text
                .lines()
                .map(|line| match line.starts_with("@triad_pane ") {
                    true => line.splitn(4, ' ').take(3).collect::<Vec<_>>().join(" "),
                    false => line.to_owned(),
                });
            *text = cut.collect::<Vec<_>>().join("\n");
        }
    }
    built
}
