//! Names and values that would be code somewhere on their way: none of it runs, and all of it
//! arrives byte for byte; through create, change and down.
//!
//! Code that runs writes a file `canary` in the sandbox's home. Each test ends by showing that the
//! server would have run such code ([`assert_inert`]), so that its absence proves something.

mod strings;
mod terminal;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::assert_same;

/// Printable text that is code, or syntax, to tmux's parser, its formats, a shell or strftime.
pub const PRINTABLE: [&str; 37] = [
    "#(cd;touch canary)",
    "##(cd;touch canary)",
    "###(cd;touch canary)",
    "x #(cd;touch canary) #(cd;touch canary)",
    "#{E:#(cd;touch canary)}",
    "#{?1,#(cd;touch canary),}",
    "$(cd;touch canary)",
    "`cd;touch canary`",
    "; run-shell 'cd;touch canary'",
    "; run-shell 'cd;touch canary' ;",
    "x;",
    "x\\;",
    ";",
    "'; cd;touch canary; '",
    "\"; run-shell \"cd;touch canary\" ; \"",
    "\\\"; run-shell \"cd;touch canary\" ; \\\"",
    "}; run-shell 'cd;touch canary'; {",
    "{ run-shell 'cd;touch canary' }",
    "{} }{ {",
    "%if 1",
    "~",
    "~root",
    "#{pane_id} #D #S",
    "#[fg=red]x#[default]",
    "#",
    "##",
    "%H:%M %% %d%",
    "$HOME ${HOME} $$",
    "\\",
    "\\n\\x41\\e\\033 \\u{1b}",
    "a,b:c}#,#}d",
    "-x",
    "--",
    "-",
    "=s: @1 %1",
    "größe e\u{301} 🧠 👩\u{200d}🔬 日本語",
    "it's \"quoted\" 'twice'",
];

/// Text that only values and directories may contain.
pub const UNPRINTABLE: [&str; 9] = [
    "a\nb\n",
    "\n",
    "\n; cd;touch canary\n",
    "\"\nrun-shell \"cd;touch canary\"\n\"",
    "\t",
    "\r\n",
    "\u{1b}[31m\u{1b}]2;x\u{7}\u{1b}\\",
    "\u{7f}\u{1}\u{1f}\u{9b}",
    "\u{202e}x\u{feff}\u{85}\u{2028}",
];

#[test]
fn values_arrive_byte_for_byte() {
    let sandbox = Sandbox::new();
    let mut values: Vec<String> = PRINTABLE
        .iter()
        .chain(&UNPRINTABLE)
        .map(|text| (*text).to_owned())
        .collect();
    values.push(String::new());
    values.push("#(cd;touch canary) '\"`$(x)\\;\n{}~%H\u{1b}🧠 ".repeat(600));
    assert!(values.last().is_some_and(|value| value.len() > 20_000));
    record_script(&sandbox, values.len());
    for _ in 0..3 {
        sandbox.apply(&values_manifest(&sandbox, &values));
        for way in ["argv", "line", "vars", "quoted"] {
            assert_eq!(
                recorded(&sandbox, way),
                [&values[..], &values[..]].concat(),
                "{way}"
            );
            fs::remove_file(sandbox.path(way)).expect("the file exists");
        }
        sandbox.triad(&["plan", "--check"]).exits(0);
        values.rotate_left(7);
        assert_clean_output(&sandbox, &values_manifest(&sandbox, &values));
    }
    assert_inert(&sandbox);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.panes().is_empty());
    assert_no_canary(&sandbox);
}

/// Four panes that get all values in all ways: as words, in a shell's line, from variables, and
/// quoted by the manifest; and each as environment.
pub fn values_manifest(sandbox: &Sandbox, values: &[String]) -> String {
    let script = sandbox.path("record.sh").display().to_string();
    let each = |make: &dyn Fn(usize, &str) -> String| -> String {
        values
            .iter()
            .enumerate()
            .map(|(at, value)| make(at, value))
            .collect()
    };
    let vars = each(&|at, value| format!("    v{at} (raw){}\n", kdl(value)));
    let env = each(&|at, value| format!("    H{at} (raw){}\n", kdl(value)));
    let argv = each(&|_, value| format!(" (raw){}", kdl(value)));
    let from_vars = each(&|at, _| format!(" \"{{{{v{at}}}}}\""));
    let quoted = each(&|at, _| format!(" {{{{sh v{at}}}}}"));
    let line = each(&|_, value| format!(" '{}'", value.replace('\'', "'\\''")));
    let line = kdl(&format!("sh {script} line{line}"));
    format!(
        "vars {{\n{vars}}}\nenv {{\n{env}}}\nsession \"s\" {{ window \"w\" {{\n\
         pane \"argv\" {{ run \"sh\" \"{script}\" \"argv\"{argv} }}\n\
         pane \"line\" {{ run (raw){line} }}\n\
         pane \"vars\" {{ run \"sh\" \"{script}\" \"vars\"{from_vars} }}\n\
         pane \"quoted\" {{ run \"sh {script} quoted{quoted}\" }}\n}} }}\n"
    )
}

#[test]
fn directories_with_hostile_names_are_only_directories() {
    let sandbox = Sandbox::new();
    let long = "#(cd;touch canary)".repeat(12);
    let mut names: Vec<&str> = PRINTABLE.iter().chain(&UNPRINTABLE).copied().collect();
    names.push(&long);
    for name in &names {
        fs::create_dir_all(sandbox.path("in").join(name)).expect("every name is valid");
    }
    record_script(&sandbox, 0);
    for _ in 0..2 {
        sandbox.apply(&directories_manifest(&sandbox, &names));
        for (at, name) in names.iter().enumerate() {
            let path = sandbox.path("in").join(name);
            for pane in ["of-session", "of-pane"] {
                let file = format!("{pane}-{at}");
                let seen = recorded(&sandbox, &file);
                assert_eq!(seen, [format!("{}\n", path.display())], "{name:?}");
                fs::remove_file(sandbox.path(file)).expect("the file exists");
            }
        }
        sandbox.triad(&["plan", "--check"]).exits(0);
        names.rotate_left(1);
        assert_clean_output(&sandbox, &directories_manifest(&sandbox, &names));
    }
    assert_inert(&sandbox);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.panes().is_empty());
    assert_no_canary(&sandbox);
}

/// A session in each directory, with a pane that inherits it and one that names it.
fn directories_manifest(sandbox: &Sandbox, names: &[&str]) -> String {
    let script = sandbox.path("record.sh").display().to_string();
    let run = |name: &str| format!("run \"sh\" \"{script}\" \"{name}\" \"--cwd\"");
    let sessions = names.iter().enumerate().map(|(at, name)| {
        let cwd = kdl(&format!("./in/{name}"));
        let (first, second) = (format!("of-session-{at}"), format!("of-pane-{at}"));
        format!(
            "session \"s{at}\" cwd=(raw){cwd} {{ window \"w\" {{\n\
             pane \"{first}\" {{ {} }}\n\
             pane \"{second}\" cwd=(raw){} {{ {} }}\n}} }}\n",
            run(&first),
            kdl(&format!("../{name}")),
            run(&second),
        )
    });
    sessions.collect()
}

#[test]
fn titles_are_only_titles() {
    let sandbox = Sandbox::new();
    sandbox.config("set -g status-left 'at=#{window_id};'\n");
    let long = "#(cd;touch canary) #{pane_id} %H \\ 🧠 ".repeat(600);
    assert!(long.len() > 20_000);
    let mut titles: Vec<&str> = PRINTABLE.to_vec();
    titles.push(&long);
    let mut processes = BTreeMap::new();
    for turn in 0..3 {
        sandbox.apply(&titles_manifest(&titles));
        let names = sandbox.tmux(&["list-windows", "-t", "=s:", "-F", "#{window_name}"]);
        let names = names.lines();
        let names = names.map(|name| unescaped(&sandbox.without_escapes(name)));
        assert_eq!(names.collect::<Vec<String>>(), titles);
        for (address, pane) in sandbox.panes() {
            let at: usize = address
                .rsplit('p')
                .next()
                .and_then(|at| at.parse().ok())
                .expect("p7");
            let show = ["display-message", "-p", "-t", &pane.id, "#{@triad_title}"];
            let shown = sandbox.tmux(&show);
            let shown = shown.trim_end_matches('\n');
            // 3.4 writes `\$` for `$`.
            assert_eq!(shown.replace("\\$", "$"), titles[at]);
            let process = *processes.entry(address).or_insert(pane.pid);
            assert_eq!(process, pane.pid, "a title changes in place");
        }
        if turn == 0 {
            sandbox.attach((80, 24), "s");
        }
        sandbox.triad(&["plan", "--check"]).exits(0);
        titles.rotate_left(5);
        assert_clean_output(&sandbox, &titles_manifest(&titles));
    }
    // The client draws the borders of windows, and the status line with their names.
    for id in sandbox
        .tmux(&["list-windows", "-t", "=s:", "-F", "#{window_id}"])
        .lines()
    {
        sandbox.tmux(&["select-window", "-t", id]);
        eventually("the window is drawn", DEADLINE, || {
            sandbox
                .terminal(&["capture-pane", "-p"])
                .contains(&format!("at={id};"))
        });
    }
    assert_inert(&sandbox);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_no_canary(&sandbox);
}

fn titles_manifest(titles: &[&str]) -> String {
    let windows = titles.iter().enumerate().map(|(at, title)| {
        let title = kdl(title);
        format!(
            "window \"w{at}\" title=(raw){title} {{\n\
             pane \"p{at}\" title=(raw){title} {{ run \"cat\" \"-\" }}\n}}\n"
        )
    });
    format!("session \"s\" {{\n{}}}\n", windows.collect::<String>())
}

/// tmux keeps a window's name in the form of vis(3), with a backslash before some characters.
fn unescaped(name: &str) -> String {
    let mut plain = String::new();
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let escaped = rest.next_if(|next| c == '\\' && matches!(next, '\\' | '$'));
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

#[test]
fn a_manifest_in_a_hostile_folder_is_only_a_manifest() {
    let sandbox = Sandbox::new();
    record_script(&sandbox, 0);
    let script = sandbox.path("record.sh").display().to_string();
    for (at, name) in PRINTABLE.iter().chain(&UNPRINTABLE).enumerate() {
        let folder = sandbox.path("in").join(name);
        fs::create_dir_all(&folder).expect("every name is valid");
        let manifest = folder.join("#(cd;touch canary);.kdl");
        let text = format!(
            "layout \"l{at}\"\nsession \"s{at}\" {{ window \"w\" {{ \
             pane \"p{at}\" {{ run \"sh\" \"{script}\" \"p{at}\" \"--cwd\" }} }} }}\n"
        );
        fs::write(&manifest, text).expect("the sandbox is writable");
        let triad =
            |verb: &str, flag: &str| sandbox.triad(&[Path::new(verb), &manifest, Path::new(flag)]);
        triad("apply", "--yes").exits(0);
        assert_eq!(
            recorded(&sandbox, &format!("p{at}")),
            [format!("{}\n", folder.display())]
        );
        triad("plan", "--check").exits(0);
        if at % 2 == 0 {
            triad("down", "--yes").exits(0);
        } else {
            sandbox
                .triad(&["down", &format!("l{at}"), "--yes"])
                .exits(0);
        }
        assert_eq!(sandbox.panes().len(), 0, "{name:?}");
    }
    assert_no_canary(&sandbox);
}

#[test]
fn invalid_names_and_titles_are_rejected() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    let names = PRINTABLE
        .iter()
        .filter(|name| !["-x", "--", "-"].contains(name));
    let names = names
        .chain(&UNPRINTABLE)
        .copied()
        .chain(["", "a.b", "a:b", "a/b", "a\u{0}"]);
    for name in names {
        let name = kdl(name);
        let pane = "pane \"p\" { run \"sh\" \"-c\" \"cd; touch canary\" }";
        for text in [
            format!("layout (raw){name}\nsession \"s\" {{ window \"w\" {{ {pane} }} }}"),
            format!("session (raw){name} {{ window \"w\" {{ {pane} }} }}"),
            format!("session \"s\" {{ window (raw){name} {{ {pane} }} }}"),
            format!("session \"s\" {{ window \"w\" {{ pane (raw){name}; {pane} }} }}"),
            format!(
                "session \"s\" {{ window \"w\" {{ {pane}; pane \"q\" {{ needs (raw){name} }} }} }}"
            ),
        ] {
            assert_rejected(&sandbox, &text);
        }
    }
    for title in [
        "a\nb",
        "\u{1b}]2;x\u{7}",
        "\t",
        "\r",
        "\u{7f}",
        "\u{9b}31m",
        "\u{85}",
        "\u{0}",
    ] {
        let title = kdl(title);
        for text in [
            format!("session \"s\" {{ window \"w\" title=(raw){title} {{ pane \"p\" }} }}"),
            format!("session \"s\" {{ window \"w\" {{ pane \"p\" title=(raw){title} }} }}"),
            format!("session \"s\" {{ window \"w\" {{ pane \"p\" title={title} }} }}"),
            format!(
                "vars {{ t (raw){title} }}\nsession \"s\" {{ window \"w\" title=\"{{{{t}}}}\" {{ pane \"p\" }} }}"
            ),
        ] {
            assert_rejected(&sandbox, &text);
        }
    }
    for text in [
        "session \"s\" { window \"w\" { pane \"p\" { run \"echo\" \"a\\u{0}b\" } } }",
        "session \"s\" { window \"w\" { pane \"p\" { run \"a\u{1b}[2Jb\" } } }",
        "session \"s\" { window \"w\" { pane \"p\" { run \"a\u{202e}b\" } } }",
        "env { \"A=B\" \"x\" }\nsession \"s\"",
        "env { \"\" \"x\" }\nsession \"s\"",
        "env { A \"a\\u{0}b\" }\nsession \"s\"",
    ] {
        assert_rejected(&sandbox, text);
    }
    assert_no_canary(&sandbox);
}

/// Checks that a manifest is rejected before tmux is called, with a harmless message.
#[track_caller]
fn assert_rejected(sandbox: &Sandbox, text: &str) {
    sandbox.manifest(text);
    for verb in [&["check"][..], &["apply", "--yes"]] {
        let ran = sandbox.triad(verb);
        assert_eq!(ran.status, 65, "{text}\n{}{}", ran.stdout, ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.is_empty() && is_harmless(&said), "{said:?}");
    }
    assert_eq!(sandbox.take_calls(), []);
}

/// Checks that triad's output on a change is harmless to a terminal.
#[track_caller]
fn assert_clean_output(sandbox: &Sandbox, manifest: &str) {
    sandbox.manifest(manifest);
    for arguments in [&["plan"][..], &["plan", "--commands"], &["check"]] {
        let ran = sandbox.triad(arguments).exits(0);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let bad: String = said
            .chars()
            .filter(|c| c.is_control() && *c != '\n')
            .collect();
        assert!(is_harmless(&said), "{arguments:?} prints {bad:?}");
    }
    for line in sandbox.triad(&["plan", "--json"]).exits(0).stdout.lines() {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(parsed.is_ok(), "{parsed:?}: {line}");
    }
}

fn is_harmless(said: &str) -> bool {
    !said.chars().any(|c| c.is_control() && c != '\n')
}

/// Checks that no code has run, although code in a format would have by now.
#[track_caller]
pub fn assert_inert(sandbox: &Sandbox) {
    // The client stays until then: the jobs of its formats end with it.
    let wait = "cd; until [ -e control ]; do :; done";
    sandbox.tmux(&[
        "display-message",
        "-p",
        "#(cd;touch control)",
        ";",
        "run-shell",
        wait,
    ]);
    assert_no_canary(sandbox);
}

#[track_caller]
fn assert_no_canary(sandbox: &Sandbox) {
    assert!(
        !sandbox.root().join("home/canary").exists(),
        "a value was run"
    );
    assert!(!sandbox.path("canary").exists(), "a value was run");
}

/// Writes the program that records its words and the environment's `H0`…, or its directory.
pub fn record_script(sandbox: &Sandbox, count: usize) {
    let variables: String = (0..count).map(|at| format!(" \"$H{at}\"")).collect();
    let script = format!(
        "out=${{0%/*}}/$1\nshift\n\
         if [ \"$1\" = --cwd ]; then pwd -P >\"$out.new\"; else\n\
         printf '%s\\000' \"$@\"{variables} >\"$out.new\"; fi\n\
         mv \"$out.new\" \"$out\"\nexec cat\n"
    );
    sandbox.file("record.sh", &script);
}

/// Returns the output of a recording program, once it has written it.
#[track_caller]
pub fn recorded(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let mut text = None;
    eventually(&format!("{name} is recorded"), DEADLINE, || {
        text = sandbox.read(name);
        text.is_some()
    });
    let text = text.unwrap_or_default();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Writes a string of KDL, with everything escaped that a document must not contain raw.
pub fn kdl(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' ' => c.to_string(),
        c if c.is_control() || c.is_whitespace() || "\u{202e}\u{feff}".contains(c) => {
            format!("\\u{{{:x}}}", u32::from(c))
        }
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[test]
fn global_tags_are_refused_by_name() {
    let sandbox = Sandbox::new();
    let layout = "layout \"shop\"\nsession \"s\" { window \"w\" { service \"db\" { run \"sleep\" \"1001\" } } }";
    sandbox.apply(layout);
    sandbox.foreign("mine");
    let tag = |of: &str, name: &str| {
        let target = if of == "pane" { "s:w.0" } else { "s:" };
        sandbox.tmux(&[
            "display-message",
            "-p",
            "-t",
            target,
            &format!("#{{{name}}}"),
        ])
    };
    let before = sandbox.dump_all();
    for (scope, unset, name, of) in [
        ("-g", "-gu", "@triad_layout", "session"),
        ("-g", "-gu", "@triad_manifest", "session"),
        ("-gw", "-gwu", "@triad_pane", "pane"),
        ("-gw", "-gwu", "@triad_owner", "pane"),
        ("-s", "-su", "@triad_session", "session"),
        ("-s", "-su", "@triad_owner", "pane"),
    ] {
        let value = tag(of, name);
        sandbox.tmux(&["set-option", scope, name, value.trim()]);
        for verb in [
            &["apply", "--yes"][..],
            &["down", "--yes"],
            &["ps"],
            &["stop", "db"],
        ] {
            let ran = sandbox.triad(verb).exits(7);
            assert!(
                ran.stderr
                    .contains(&format!("`{name}` is set for the whole server")),
                "{verb:?}: {}",
                ran.stderr
            );
        }
        sandbox.tmux(&["set-option", unset, name]);
        assert_same(&before, &sandbox.dump_all(), name);
    }
    sandbox.triad(&["plan", "--check"]).exits(0);
}
