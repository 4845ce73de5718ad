//! Whatever others call, write or print, triad prints nothing that a terminal obeys. Each round
//! puts one hostile text into every place that others can write to, and reads byte by byte what
//! each verb sends to its terminal.
//!
//! `TRIAD_HOSTILE` sets the number of rounds: a number, or `all` for every text in every place.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::strings::{self, FORGED};
use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};

/// The rounds in the usual suite; together they put each text somewhere.
const ROUNDS: usize = 2;

/// Runs a program on its own terminal, answers no to each question, and prints the terminal's
/// output. The first word is a text at which to interrupt it, if there is one.
const ON_TERMINAL: &str = r#"
import fcntl, os, select, signal, struct, subprocess, sys, termios, time
awaited, words = sys.argv[1].encode(), sys.argv[2:]
ours, theirs = os.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
modes = termios.tcgetattr(theirs)
modes[3] &= ~termios.ECHO
termios.tcsetattr(theirs, termios.TCSANOW, modes)
program = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs)
os.close(theirs)
os.write(ours, b"n\n1\nname\nn\n")
told, until = b"", time.monotonic() + 15
while time.monotonic() < until:
    if not select.select([ours], [], [], 0.1)[0]:
        continue
    try:
        read = os.read(ours, 65536)
    except OSError:
        break
    told += read
    if awaited and awaited in told:
        awaited = b""
        program.send_signal(signal.SIGINT)
else:
    program.kill()
    told += b"\nNEVER ENDED\n"
sys.stdout.buffer.write(told)
sys.exit(program.wait() & 255)
"#;

/// The sandbox of one round.
struct Round<'a> {
    sandbox: &'a Sandbox,
    texts: Vec<String>,
    number: usize,
    /// All output so far, to check that every place was reached.
    said: RefCell<String>,
    /// The places that have a text.
    used: RefCell<Vec<(usize, String)>>,
}

impl Round<'_> {
    /// Returns the text for a place: a word for the place, and the hostile text.
    fn text(&self, place: usize) -> String {
        let count = self.texts.len();
        let at = self.number * count.div_ceil(ROUNDS) + place;
        let text = format!("{}{}", mark(place), self.texts[at % count]);
        self.used.borrow_mut().push((place, text.clone()));
        text
    }

    /// Returns the same as a file name.
    fn file_name(&self, place: usize) -> String {
        let name = self.text(place).replace('/', "_");
        name.chars().take(40).collect()
    }

    /// Returns the output of triad on its terminal.
    #[track_caller]
    fn on_terminal(&self, until: &str, words: &[&str], environment: &[(&str, &str)]) -> String {
        let mut command = self.sandbox.command("python3");
        command.arg(self.sandbox.path("on-terminal.py")).arg(until);
        command.arg(env!("CARGO_BIN_EXE_triad"));
        command.arg("-L").arg(self.sandbox.socket_name());
        command.args(words).envs(environment.iter().copied());
        let Ran { status, stdout, .. } = run(&mut command);
        assert!(
            status != 101 && !stdout.contains("NEVER ENDED"),
            "{words:?} ended with {status}:\n{stdout}"
        );
        self.said.borrow_mut().push_str(&stdout);
        stdout
    }

    /// Checks that the terminal obeys nothing, and no line is forged.
    #[track_caller]
    fn shows(&self, words: &[&str]) {
        self.shows_with(words, &[]);
    }

    #[track_caller]
    fn shows_with(&self, words: &[&str], environment: &[(&str, &str)]) {
        let said = self.on_terminal("", words, environment);
        self.assert_tame(words, &said);
    }

    #[track_caller]
    fn assert_tame(&self, words: &[&str], said: &str) {
        let number = self.number;
        let obeyed = strings::obeyed(said);
        assert_eq!(
            obeyed, None,
            "round {number}: {words:?} printed it:\n{said:?}"
        );
        let is_forged = said.lines().any(|line| line.starts_with(FORGED));
        assert!(
            !is_forged,
            "round {number}: {words:?} printed a line:\n{said}"
        );
    }

    /// Checks the same for a file or a script that is shown with its lines and tabs.
    #[track_caller]
    fn shows_file(&self, words: &[&str]) {
        let said = self.on_terminal("", words, &[]);
        let obeyed = strings::obeyed(&said.replace('\t', " "));
        assert_eq!(obeyed, None, "{words:?} printed it:\n{said:?}");
    }

    /// Checks the same for JSON, a document a line.
    #[track_caller]
    fn shows_json(&self, words: &[&str]) {
        let words = [words, &["--json"]].concat();
        let said = self.on_terminal("", &words, &[]);
        self.assert_tame(&words, &said);
        for line in said.lines().filter(|line| line.starts_with('{')) {
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
            assert!(parsed.is_ok(), "{parsed:?}: {line}");
        }
    }

    /// Checks that some verb has shown every place.
    #[track_caller]
    fn assert_reached(&self) {
        let said = self.said.borrow();
        let used = self.used.borrow();
        let unseen: Vec<_> = used
            .iter()
            .filter(|(place, _)| !said.contains(&mark(*place)))
            .collect();
        assert!(unseen.is_empty(), "places never shown: {unseen:?}");
    }
}

fn mark(place: usize) -> String {
    format!("Q{place:02}Q")
}

/// Writes a string of KDL with only ASCII unescaped.
fn kdl(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    });
    format!("(raw)\"{}\"", escaped.collect::<String>())
}

#[test]
fn a_terminal_obeys_nothing_in_wrong_arguments() {
    each_round(mistakes);
}

#[test]
fn a_terminal_obeys_nothing_in_files_and_their_names() {
    each_round(files);
}

#[test]
fn a_terminal_obeys_nothing_in_running_programs() {
    each_round(life);
}

#[test]
fn the_name_of_an_ended_program_is_only_a_name() {
    let sandbox = Sandbox::new();
    let named = |name: &str| {
        let start = "import os, sys; os.execv(sys.argv[1], sys.argv[2:])";
        let (start, sleep, name) = (kdl(start), sleep().display().to_string(), kdl(name));
        let run = format!("run \"python3\" \"-c\" {start} \"{sleep}\" {name} \"1000\"");
        format!("session \"s\" {{ window \"w\" {{ pane \"p\" {{ {run} }} }} }}\n")
    };
    sandbox.apply(&named("\u{1b}]2;x\u{7}\u{1b}[31m"));
    let pid = sandbox.panes()["s/w/p"].pid;
    sandbox.manifest(&named("other"));
    // Later releases of tmux escape such a name, and the latest show none at all.
    let names = ["␛]2;x␇␛[31m", r"\033]2;x\a\033[31m", "its program"];
    let expected = names.map(|name| format!("ends {name}, pid {pid}"));
    eventually("the program runs under its name", DEADLINE, || {
        let ran = sandbox.triad(&["apply"]).exits(7);
        assert_eq!(strings::obeyed(&ran.stdout), None, "{:?}", ran.stdout);
        expected.iter().any(|ends| ran.stdout.contains(ends))
    });
}

#[test]
fn output_for_programs_is_exact_without_a_terminal() {
    let sandbox = Sandbox::new();
    let unseen = "a\u{ad}b\u{202e}";
    let run = kdl(&format!("echo {unseen}"));
    let text = "session \"s\"  { window \"w\" { pane \"p\" title=\"a\u{ad}b\" { run RUN } } }\n";
    sandbox.manifest(&text.replace("RUN", &run));
    for words in [&["render"][..], &["plan", "--commands"]] {
        let ran = sandbox.triad(words).exits(0);
        assert!(ran.stdout.contains(unseen), "{words:?}: {}", ran.stdout);
    }
    let patch = sandbox.triad(&["fmt", "--diff"]).exits(0).stdout;
    assert!(patch.contains("title=\"a\u{ad}b\""), "{patch}");
    // Everything else is for people, wherever it goes.
    let plan = sandbox.triad(&["explain", "p"]).exits(0).stdout;
    assert!(plan.contains("a‹U+00AD›b‹U+202E›"), "{plan}");
    let json = sandbox.triad(&["explain", "p", "--json"]).exits(0).stdout;
    assert!(json.contains(r"a\u00adb\u202e"), "{json}");
}

/// Runs each round in its own sandbox.
#[track_caller]
fn each_round(play: fn(&Round)) {
    let count = strings::all().len();
    let rounds = match std::env::var("TRIAD_HOSTILE").as_deref() {
        Ok("all") => count,
        Ok(number) => number.parse().expect("TRIAD_HOSTILE is `all` or a number"),
        Err(_) => ROUNDS,
    };
    for number in 0..rounds {
        let sandbox = Sandbox::new();
        sandbox.file("on-terminal.py", ON_TERMINAL);
        let mut texts = strings::all();
        // Additional rounds give each place another text.
        texts.rotate_left(number / ROUNDS);
        let round = Round {
            sandbox: &sandbox,
            texts,
            number: number % ROUNDS,
            said: RefCell::default(),
            used: RefCell::default(),
        };
        play(&round);
        round.assert_reached();
    }
}

/// Covers the command line, triad's environment, and an invalid manifest.
fn mistakes(round: &Round) {
    for (place, verb) in [(1, "plan"), (2, "attach")] {
        round.shows(&[verb, &round.text(place)]);
    }
    let flag = format!("--{}", round.text(4));
    round.shows(&["plan", &flag]);
    round.shows(&[&round.text(5)]);
    round.shows(&["wait", "--timeout", &round.text(6)]);
    round.shows(&["wait", "--line", &format!("({}", round.text(7))]);
    round.shows(&["check", "--explain", &round.text(8)]);
    round.shows(&["init", "--from", &round.text(9)]);
    // No name contains a slash.
    round.shows(&["init", "--name", &format!("{}/", round.text(10))]);
    round.shows_with(&["plan"], &[("TRIAD_COLOR", &round.text(11))]);
    round.shows_with(&["plan"], &[("TRIAD_DIRECTORY", &round.text(12))]);
    round.shows_with(&["--help"], &[("TRIAD_TMUX", &mark(11))]);
    let (name, other) = (kdl(&round.text(13)), kdl(&round.text(14)));
    let key = kdl(&round.text(36)).replace("(raw)", "");
    let wrong = format!(
        "env {{ {key} \"x\" }}\nsession {name} {{ window \"w\" {{ pane \"p\" {{ needs {other} }} }} }}\n"
    );
    round.sandbox.manifest(&wrong);
    round.shows(&["check"]);
    round.shows_json(&["check"]);
    let raw = round.text(15).replace('\n', " ");
    round
        .sandbox
        .manifest(&format!("session \"s\" // {raw}\n{raw} 1 // {raw}\n"));
    round.shows(&["check"]);
    let unknown = format!(
        "session \"s\" {{ window \"w\" cwd=\"{{{{{}}}}}\" }}",
        mark(16)
    );
    round.sandbox.manifest(&unknown);
    round.shows(&["plan", "--var", &format!("{}=x", round.text(16))]);
}

/// Covers names of files, and the content of files that are shown.
fn files(round: &Round) {
    let sandbox = round.sandbox;
    let name = format!("{}.kdl", round.file_name(20));
    round.shows(&["plan", &name]);
    sandbox.file(&name, "session \"s\"   {\n window \"w\" }\n");
    round.shows(&["fmt", "--check", &name]);
    round.shows(&["fmt", "--diff", &name]);
    round.shows(&["fmt", &name]);
    round.shows(&["check", "--verbose", &name]);
    let first = format!("{}.kdl", round.file_name(21));
    round.shows(&["init", "--yes", &first]);
    round.shows(&["init", "--yes", &first]);
    sandbox.file("Procfile", &format!("web: echo {}\n", kdl(&round.text(22))));
    let scripts =
        serde_json::json!({ "scripts": { "dev": round.text(22), "start": round.text(22) } });
    sandbox.file("package.json", &scripts.to_string());
    round.shows_file(&["init", "--stdout"]);
    round.shows_file(&["init", "asked.kdl"]);
    round.shows_json(&["init", "--stdout"]);
    for file in ["Procfile", "package.json"] {
        fs::remove_file(sandbox.path(file)).expect("the file exists");
    }
    let bad = sandbox.script("bad-tmux", "cat \"$HOME/../work/says\" >&2; exit 1\n");
    sandbox.file("says", &round.text(23));
    sandbox.manifest("session \"s\" { window \"w\" }");
    let bad = bad.display().to_string();
    for verb in ["plan", "ps", "apply", "down"] {
        round.shows(&["--tmux", &bad, verb]);
    }
    round.shows(&["--tmux", &round.file_name(24), "plan"]);
}

/// Covers programs with any output and reports, and a person's changes.
fn life(round: &Round) {
    let sandbox = round.sandbox;
    let folder = round.file_name(30);
    fs::create_dir(sandbox.path(&folder)).expect("every name is valid");
    // Sequences that the text begins in the pane itself end with `ST`. Below it are more lines than
    // a pane has, so that the place is shown even if the text has filled or cleared the pane.
    sandbox.file("last", &format!("{}\u{1b}\\\n", round.text(32)));
    sandbox.file("marks", &format!("{}\n", mark(32)).repeat(60));
    // Colours of a hook stay; `view/run/hook.rs` tests them.
    let of_hook = round.text(33).replace('\n', " ");
    let of_hook = if of_hook.contains("\u{1b}[") {
        mark(33)
    } else {
        of_hook
    };
    sandbox.file("of-hook", &of_hook);
    let status = round.text(34);
    sandbox.file("status", &status);
    let manifest = |change: &str| manifest(round, &folder, change);
    sandbox.manifest(&manifest("1"));
    sandbox.triad(&["check"]).exits(0);
    for words in [
        &["check", "--verbose"][..],
        &["plan"],
        &["explain", "s/w/named"],
        &["graph", "--of", "plan"],
    ] {
        round.shows(words);
    }
    round.shows_file(&["plan", "--commands"]);
    round.shows_file(&["render"]);
    let saved = round.file_name(35);
    round.shows(&["plan", "--out", &saved]);
    round.shows(&["show", &saved]);
    round.shows_file(&["show", "--commands", &saved]);
    round.shows(&["apply", "--yes", "--verbose"]);
    sandbox.file("go", "");
    eventually("the status is told", DEADLINE, || {
        sandbox.read("told").is_some()
    });
    by_hand(round);
    alive(round);
    sandbox.manifest(&manifest("2"));
    locked(round);
    for words in [
        &["plan"][..],
        &["apply"],
        &["restart", "s/w/*"],
        &["stop", "s/w/*"],
        &["down"],
        &["graph", "--of", "removal", "--live"],
        &["graph", "--of", "plan", "--format", "dot"],
    ] {
        round.shows(words);
    }
    for words in [
        &["plan"][..],
        &["ps"],
        &["apply", "--yes"],
        &["explain", "s/w/named"],
    ] {
        round.shows_json(words);
    }
    let watched = round.on_terminal("until Ctrl-C", &["watch", "--yes", "--no-wait"], &[]);
    round.assert_tame(&["watch"], &watched);
    round.shows(&["down", "--yes", "--verbose"]);
    round.sandbox.try_tmux(&["kill-server"]);
}

/// A layout with a text in each place; `change` makes a different one.
fn manifest(round: &Round, folder: &str, change: &str) -> String {
    let text = |place: usize| kdl(&format!("{}{change}", round.text(place)));
    let triad = env!("CARGO_BIN_EXE_triad");
    let tmux = round.sandbox.tmux_path().display().to_string();
    let report = format!(
        "cat last marks; until test -e go; do sleep 0.01; done; \
         TRIAD_TMUX={tmux} {triad} report ready --status \"$(cat status)\"; touch told; exec sleep 1000"
    );
    let name = "import os, sys; os.execv(sys.argv[1], sys.argv[2:])";
    let sleep = sleep().display().to_string();
    format!(
        "hooks {{ before-apply \"cat of-hook; echo\" }}\n\
         session \"s\" {{ window \"w\" {{\n\
         pane \"named\" {{ run \"python3\" \"-c\" {} \"{sleep}\" {} \"1000\"; env {{ KEY {} }} }}\n\
         pane \"placed\" cwd={} {{ run \"sleep\" \"1{change}00\" }}\n\
         pane \"set\" {{ run \"sleep\" \"1000\"; options {{ \"@own\" \"plain\"; \"@text\" {} }} }}\n\
         pane \"dead\" {{ run \"sh\" \"-c\" \"cat last; exit 3\" }}\n\
         service \"told\" {{ run \"sh\" \"-c\" {}; ready deadline=\"300ms\" {{ notify }} }}\n\
         service \"url\" {{ run \"sleep\" \"1000\"; ready deadline=\"300ms\" every=\"20ms\" {{ exec {} }} }}\n\
         }} }}\n",
        kdl(name),
        text(31),
        text(37),
        kdl(folder),
        text(38),
        kdl(&report),
        kdl(&format!("cat probe{change}; exit 1 # {}", round.text(39))),
    )
}

/// The program that the panes run under another name.
fn sleep() -> PathBuf {
    let found = Command::new("sh").args(["-c", "command -v sleep"]).output();
    let found = found.expect("a shell");
    PathBuf::from(String::from_utf8_lossy(&found.stdout).trim())
}

/// Makes a person's changes to a server: names, titles, options, sessions of their own.
fn by_hand(round: &Round) {
    let sandbox = round.sandbox;
    let named = pane(sandbox, "s/w/named");
    sandbox.try_tmux(&["select-pane", "-t", &named, "-T", &round.text(30)]);
    let name = round.text(40);
    let renamed = sandbox.try_tmux(&["rename-window", "-t", &named, &name]);
    if renamed.status != 0 {
        // From tmux 3.7 on, names are printable.
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        sandbox.tmux(&["rename-window", "-t", &named, &name]);
    }
    let set = pane(sandbox, "s/w/set");
    let own = round.text(41);
    sandbox.try_tmux(&["set-option", "-p", "-t", &set, "@own", &own]);
    sandbox.try_tmux(&["new-session", "-d", "-s", &round.text(30), "--", "cat"]);
    for words in [&["plan"][..], &["explain", "s/w"], &["explain", "s/w/set"]] {
        round.shows(words);
    }
}

/// Returns the id of a pane, whatever it runs.
fn pane(sandbox: &Sandbox, address: &str) -> String {
    let filter = format!("#{{==:#{{s/ .*//:@triad_pane}},{address}}}");
    let found = sandbox.tmux(&["list-panes", "-a", "-f", &filter, "-F", "#{pane_id}"]);
    found.trim().to_owned()
}

/// Covers the output about running panes.
fn alive(round: &Round) {
    for words in [
        &["ps"][..],
        &["ps", "--all"],
        &["ps", "--check"],
        &["explain", "s/w/named"],
        &["explain", "s/w/placed"],
        &["explain", "s/w/told"],
        &["explain", "s/w/url"],
        &["graph", "--live"],
        &["graph", "--live", "--format", "dot"],
        &["graph", "--live", "--format", "mermaid"],
        &["wait", "s/w/dead", "--timeout", "100ms"],
        &["wait", "s/w/url", "--timeout", "100ms"],
        &["wait", "s/w/told", "--line", "x", "--timeout", "100ms"],
    ] {
        round.shows(words);
    }
    for (place, verb) in [(3, "explain"), (17, "ps"), (18, "stop")] {
        round.shows(&[verb, &round.text(place)]);
    }
    round.shows_json(&["ps"]);
    round.shows_json(&["wait", "s/w/dead"]);
    let drawn = round.on_terminal("/told", &["ps", "--watch"], &[]);
    round.assert_tame(&["ps", "--watch"], &drawn);
}

/// Covers the manifest named by an apply that holds its lock.
fn locked(round: &Round) {
    let sandbox = round.sandbox;
    let name = format!("{}.kdl", round.file_name(42));
    let text = "layout \"held\"\n\
                hooks { before-apply \"touch held; until test -e free; do sleep 0.01; done\" }\n\
                session \"h\" { window \"w\" { pane \"p\" { run \"sleep\" \"1000\" } } }\n";
    sandbox.file(&name, text);
    let mut holder = sandbox.triad_command(&["apply", "--yes", "--no-wait", &name]);
    holder
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut holder = holder.spawn().expect("triad runs");
    eventually("the lock is held", DEADLINE, || {
        sandbox.read("held").is_some()
    });
    round.shows(&["apply", "--yes", "--lock-timeout", "300ms", &name]);
    sandbox.file("free", "");
    let ended = holder.wait().expect("the child of this process");
    assert!(ended.success(), "{ended}");
    round.shows(&["down", "--yes", &name]);
}
