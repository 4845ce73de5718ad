//! A stand-in for tmux that fails in a chosen way, the n-th time it is called.
//!
//! It is between triad and the real program. Standard input is read completely before anything
//! happens, so that the result does not depend on timing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// triad is killed before the server hears anything.
    KillBefore,
    /// triad is killed while the batch is sent: it is done, and the answer is lost.
    KillWithin,
    /// triad is killed after the batch, before it can use the answer.
    KillAfter,
    /// Half of the script arrives.
    Cut,
    /// Nothing arrives.
    Fail,
    /// Everything is done, and the answer is lost.
    Mute,
    /// Everything is done and reported, and the exit status says failure.
    Shout,
    /// The server is ended before, within or after the batch.
    EndBefore,
    EndWithin,
    EndAfter,
    /// Nothing arrives, and the call never ends.
    Hang,
    /// Everything is done, and half of the answer arrives.
    Clip,
    /// Everything is done, and the answer is garbage.
    Garble,
    /// One line of the script is not done, and fails.
    LineFails,
    /// Only the first command of one line is done, and the line fails. Not for lines that create a
    /// session, a window, or a pane with its program: tmux itself guarantees that they are tagged at
    /// creation.
    LineHalf,
    /// One line is done, and reports failure.
    LineMute,
    /// triad is killed, or the server ended, once that line is done.
    LineKill,
    LineEnd,
}

impl Fault {
    pub const ALL: [Fault; 10] = [
        Fault::KillBefore,
        Fault::KillWithin,
        Fault::KillAfter,
        Fault::Cut,
        Fault::Fail,
        Fault::Mute,
        Fault::Shout,
        Fault::EndBefore,
        Fault::EndWithin,
        Fault::EndAfter,
    ];

    /// Faults of answers: triad survives and has to handle them.
    pub const ANSWERS: [Fault; 3] = [Fault::Hang, Fault::Clip, Fault::Garble];

    /// Faults at one line of a script.
    pub const LINES: [Fault; 5] = [
        Fault::LineFails,
        Fault::LineHalf,
        Fault::LineMute,
        Fault::LineKill,
        Fault::LineEnd,
    ];

    pub fn kills_triad(self) -> bool {
        matches!(
            self,
            Fault::KillBefore | Fault::KillWithin | Fault::KillAfter | Fault::LineKill
        )
    }

    pub fn ends_server(self) -> bool {
        matches!(
            self,
            Fault::EndBefore | Fault::EndWithin | Fault::EndAfter | Fault::LineEnd
        )
    }

    /// Returns the shell code; `$1…` are tmux's arguments, `$real`, `$server` and `$line` are set,
    /// and the input is in `input`.
    fn shell(self) -> &'static str {
        match self {
            Fault::KillBefore => "kill -9 $PPID",
            Fault::KillWithin => "kill -9 $PPID; \"$real\" \"$@\" <input >said 2>&1",
            Fault::KillAfter => "\"$real\" \"$@\" <input; kill -9 $PPID",
            Fault::Cut => "head -c $(( $(wc -c <input) / 2 )) input >half; \"$real\" \"$@\" <half",
            Fault::Fail => "echo broken >&2; exit 1",
            Fault::Mute => "\"$real\" \"$@\" <input >said 2>&1; exit 1",
            Fault::Shout => "\"$real\" \"$@\" <input; echo broken >&2; exit 1",
            Fault::EndBefore => "\"$real\" -L $server kill-server; \"$real\" \"$@\" <input",
            Fault::EndWithin => {
                "lines=$(wc -l <input); awk -v half=$((lines / 2)) \
                 '{ print } NR == half { print \"kill-server\" }' input >mixed; \
                 \"$real\" \"$@\" <mixed"
            }
            Fault::EndAfter => {
                "\"$real\" \"$@\" <input; status=$?; \"$real\" -L $server kill-server; exit $status"
            }
            // The same process, so that its end ends all of it.
            Fault::Hang => "echo >done; exec sleep 1000",
            Fault::Clip => {
                "\"$real\" \"$@\" <input >said; status=$?; \
                 head -c $(( $(wc -c <said) / 2 )) said; exit $status"
            }
            Fault::Garble => {
                "\"$real\" \"$@\" <input >said; status=$?; \
                 tr 'a-z0-9\\t' 'b-za1-90_' <said; printf '\\377\\000%%if'; exit $status"
            }
            Fault::LineFails
            | Fault::LineHalf
            | Fault::LineMute
            | Fault::LineKill
            | Fault::LineEnd => {
                "awk -v line=$line -v triad=$PPID -f line.awk input >mixed; \
                 \"$real\" \"$@\" <mixed"
            }
        }
    }

    /// Returns the awk code for the one line; `broken` is a failing command.
    fn on_line(self) -> &'static str {
        match self {
            Fault::LineFails => "print broken",
            Fault::LineHalf => {
                "if (!/^(new-|split-window .* -- |respawn-pane )/) \
                 sub(/ ; /, \" ; \" broken \" ; \"); print"
            }
            Fault::LineMute => {
                "sub(/ ; display-message -p( -t [^ ]+)? \"[^\"]*\"$/, \" ; \" broken); print"
            }
            Fault::LineKill => "print; print \"run-shell \\\"kill -9 \" triad \"\\\"\"",
            Fault::LineEnd => "print; print \"kill-server\"",
            _ => "print",
        }
    }
}

/// A fault, and when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    pub fault: Fault,
    /// The call of tmux, counted from 1.
    pub at: usize,
    /// The line of its script, counted from 1, for a fault of one line.
    pub line: usize,
    /// Whether all later calls fail, too.
    pub lasts: bool,
}

impl Sandbox {
    /// Writes the stand-in that fails in that way; returns its path.
    pub fn stand_in(&self, how: Break) -> PathBuf {
        let Break {
            fault, at, line, ..
        } = how;
        let folder = self.new_stand_in();
        let program = format!(
            "BEGIN {{ broken = \"set-option -g no-such-option x\" }}\n\
             / ok [0-9]+( [^\"]*)?\"$/ && ++count == line {{ print >\"met\"; {}; next }}\n\
             {{ print }}\n",
            fault.on_line()
        );
        fs::write(folder.join("line.awk"), program).expect("the sandbox is writable");
        let body = format!(
            "folder='{folder}' line={line}\n\
             echo call >>\"$folder/calls\"\n\
             n=1; while ! mkdir \"$folder/call-$n\" 2>/dev/null; do n=$((n+1)); done\n\
             [ $n {is} {at} ] || exec \"$real\" \"$@\"\n\
             cd \"$folder\"\n\
             trap 'echo >done' EXIT\n\
             cat >input\n\
             {what}\n",
            folder = folder.display(),
            is = if how.lasts { "-ge" } else { "-eq" },
            what = fault.shell(),
        );
        self.script("stand-in/tmux", &body)
    }

    fn new_stand_in(&self) -> PathBuf {
        let folder = self.root().join("stand-in");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("the sandbox is writable");
        folder
    }

    /// Runs `triad ARGUMENTS` with a stand-in that fails at the `at`-th call. `None` if there were
    /// fewer calls.
    #[track_caller]
    pub fn with_fault(&self, fault: Fault, at: usize, arguments: &[&str]) -> Option<Ran> {
        let how = Break {
            fault,
            at,
            line: 0,
            lasts: false,
        };
        self.with_break(how, self.triad_command(arguments))
    }

    /// Runs a triad on a failing stand-in. `None` if the fault was never reached.
    #[track_caller]
    pub fn with_break(&self, how: Break, mut triad: Command) -> Option<Ran> {
        let tmux = self.stand_in(how);
        let ran = run(triad.env("TRIAD_TMUX", tmux));
        let calls = fs::read_to_string(self.root().join("stand-in/calls")).unwrap_or_default();
        if calls.lines().count() < how.at {
            return None;
        }
        let done = self.root().join("stand-in/done");
        let ended = format!("the stand-in has ended: {:?} at call {}", how.fault, how.at);
        eventually(&ended, DEADLINE, || done.exists());
        // The assignment of lines to calls depends on timing, too.
        let is_met = how.line == 0 || self.root().join("stand-in/met").exists();
        is_met.then_some(ran)
    }

    /// Returns the number of lines in each script that triad sends, call by call; it sends them.
    #[track_caller]
    pub fn scripts(&self, mut triad: Command) -> Vec<usize> {
        let folder = self.new_stand_in();
        let body = format!(
            "cd '{}'\n\
             n=1; while ! mkdir call-$n 2>/dev/null; do n=$((n+1)); done\n\
             cat >input.$n; exec \"$real\" \"$@\" <input.$n\n",
            folder.display()
        );
        let tmux = self.script("stand-in/tmux", &body);
        run(triad.env("TRIAD_TMUX", tmux)).exits(0);
        let script = |call: usize| fs::read_to_string(folder.join(format!("input.{call}"))).ok();
        let is_told = |line: &&str| {
            let index = line
                .strip_suffix('"')
                .and_then(|line| line.rsplit_once(" ok "));
            // A record may follow it.
            let number = index.and_then(|(_, rest)| rest.split(' ').next());
            number.is_some_and(|number| number.parse::<usize>().is_ok())
        };
        let scripts = (1..).map_while(script);
        scripts
            .map(|text| text.lines().filter(is_told).count())
            .collect()
    }

    /// Writes a stand-in that refuses everything except questions.
    pub fn stand_in_that_only_reads(&self) -> PathBuf {
        let body = "\
            expects=command; skips=\n\
            for word; do\n\
            \x20   if [ -n \"$skips\" ]; then skips=; continue; fi\n\
            \x20   case $expects:$word in\n\
            \x20   command:-[LSf]) skips=1 ;;\n\
            \x20   command:-*) ;;\n\
            \x20   command:list-*|command:display-message|command:show-*|command:capture-pane)\n\
            \x20       expects=more ;;\n\
            \x20   command:*) echo \"it writes: $word\" >>\"${0%/*}/wrote\"; exit 1 ;;\n\
            \x20   more:\\;) expects=command ;;\n\
            \x20   esac\n\
            done\n\
            exec \"$real\" \"$@\"\n";
        self.script("tmux-that-only-reads", body)
    }

    /// Writes a stand-in whose client and server claim to be of that version; before 3.1 there was
    /// no `source-file -`, and 3.4 prints a `\` before the `$` of a name.
    pub fn stand_in_of_version(&self, version: &str) -> PathBuf {
        let body = format!(
            "tab=$(printf '\\t') version='{version}'\n\
             case \"$*\" in\n\
             *-V) echo \"tmux $version\" ;;\n\
             *source-file*)\n\
             \x20   case $version in [0-2].*|3.0*) echo 'No such file or directory: -' >&2; exit 1 ;; esac\n\
             \x20   sed \"s/#{{version}}/$version/\" | \"$real\" \"$@\" ;;\n\
             *)\n\
             \x20   \"$real\" \"$@\" >\"$0.out\"; status=$?\n\
             \x20   case $version in\n\
             \x20   3.4*) dollar='s/[$]\\([A-Za-z_{{]\\)/\\\\$\\1/g' ;;\n\
             \x20   *) dollar= ;;\n\
             \x20   esac\n\
             \x20   sed \"s/ server$tab[^$tab]*/ server$tab$version/\" \"$0.out\" | sed \"$dollar\"\n\
             \x20   exit $status ;;\n\
             esac\n"
        );
        self.script("tmux-of-another-version", &body)
    }

    /// Writes a shell script that knows the real tmux as `$real` and the server as `$server`.
    pub fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.root().join(name);
        let text = format!(
            "#!/bin/sh\nreal='{}' server='{}'\n{body}",
            real_tmux(),
            self.socket_name()
        );
        fs::write(&path, text).expect("the sandbox is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the test owns it");
        path
    }
}

/// Returns the tmux program of the tests.
fn real_tmux() -> String {
    match std::env::var("TRIAD_TMUX") {
        Ok(path) if path.contains('/') => {
            let path = fs::canonicalize(path).expect("TRIAD_TMUX names a program");
            path.display().to_string()
        }
        Ok(name) => name,
        Err(_) => "tmux".to_owned(),
    }
}
