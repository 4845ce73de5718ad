//! A stand-in for tmux that goes wrong in a chosen way, the n-th time it is called.
//!
//! It stands between triad and the real program. Standard input is read whole before anything
//! happens, so that what arrives does not depend on who is faster.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// triad is killed before the server hears anything.
    KillBefore,
    /// triad is killed with the batch on its way: it is done, and nobody hears of it.
    KillWithin,
    /// triad is killed after the batch and before it can do anything with the answer.
    KillAfter,
    /// Half of the script arrives.
    Cut,
    /// Nothing arrives.
    Fail,
    /// All is done, and nobody hears of it.
    Mute,
    /// All is done and said, and the exit status says failure.
    Shout,
    /// The server is ended before, within or after the batch.
    EndBefore,
    EndWithin,
    EndAfter,
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

    pub fn kills_triad(self) -> bool {
        matches!(
            self,
            Fault::KillBefore | Fault::KillWithin | Fault::KillAfter
        )
    }

    pub fn ends_server(self) -> bool {
        matches!(self, Fault::EndBefore | Fault::EndWithin | Fault::EndAfter)
    }

    /// What the shell does; `$1…` are tmux's arguments, `$real` and `$server` are given, and the
    /// input is in `input`.
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
        }
    }
}

impl Sandbox {
    /// Writes the stand-in that fails at the `at`-th call, counted from 1; returns its path.
    pub fn stand_in(&self, fault: Fault, at: usize) -> PathBuf {
        let folder = self.root().join("stand-in");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("the sandbox is writable");
        let body = format!(
            "folder='{folder}'\n\
             echo call >>\"$folder/calls\"\n\
             [ $(wc -l <\"$folder/calls\") -eq {at} ] || exec \"$real\" \"$@\"\n\
             cd \"$folder\"\n\
             trap 'echo >done' EXIT\n\
             cat >input\n\
             {what}\n",
            folder = folder.display(),
            what = fault.shell(),
        );
        self.script("stand-in/tmux", &body)
    }

    /// Runs `triad ARGUMENTS` with a stand-in that fails at the `at`-th call. `None` if there
    /// were fewer calls.
    #[track_caller]
    pub fn with_fault(&self, fault: Fault, at: usize, arguments: &[&str]) -> Option<Ran> {
        let tmux = self.stand_in(fault, at);
        let ran = run(self.triad_command(arguments).env("TRIAD_TMUX", tmux));
        let calls = fs::read_to_string(self.root().join("stand-in/calls")).unwrap_or_default();
        if calls.lines().count() < at {
            return None;
        }
        let done = self.root().join("stand-in/done");
        eventually("the stand-in has ended", DEADLINE, || done.exists());
        Some(ran)
    }

    /// A stand-in that refuses everything but questions.
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

    /// A stand-in whose client and server claim to be of that version; before 3.1 there was no
    /// `source-file -`.
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
             \x20   sed \"s/ server$tab[^$tab]*/ server$tab$version/\" \"$0.out\"\n\
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
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is our file");
        path
    }
}

/// The program that tests run on.
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
