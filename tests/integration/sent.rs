//! What a first apply sends to tmux: how many processes, commands and bytes.

use std::fs;

use crate::support::sandbox::{Sandbox, run};

/// Panes, and the bytes of all scripts for each of them, as they are today. Most of them are in the
/// lines of a window, which four panes share.
const SIZES: [(usize, usize); 3] = [(3, 2018), (60, 1580), (400, 1580)];
/// Commands for each pane and its share of a window, with their acknowledgements.
const COMMANDS_A_PANE: usize = 17;

#[test]
fn a_first_apply_is_three_processes_and_few_bytes_a_pane() {
    for (panes, bytes) in SIZES {
        let sandbox = Sandbox::new();
        sandbox.manifest(&layout(panes));
        let sent = sandbox.root().join("sent");
        // Sources are files that exist as long as triad waits for tmux.
        let body = format!(
            "echo call >>'{calls}'\n\
             for word; do case $word in /proc/*) cat \"$word\" >>'{sent}' ;; esac; done\n\
             case \"$*\" in *' source-file -') tee -a '{sent}' | \"$real\" \"$@\" ;; *) exec \"$real\" \"$@\" ;; esac\n",
            calls = sandbox.root().join("calls").display(),
            sent = sent.display(),
        );
        let mut triad = sandbox.triad_command(&["apply"]);
        triad.env("TRIAD_TMUX", sandbox.script("tmux-that-counts", &body));
        run(&mut triad).exits(0);
        assert_eq!(sandbox.panes().len(), panes);
        let calls = fs::read_to_string(sandbox.root().join("calls")).expect("tmux was called");
        // The look, the panes with their programs, the tags of windows.
        assert_eq!(calls.lines().count(), 3, "{panes} panes");
        let script = fs::read_to_string(&sent).expect("scripts were sent");
        let commands = script.matches(" ; ").count() + script.lines().count();
        assert!(
            commands <= COMMANDS_A_PANE * panes + 40,
            "{panes} panes: {commands} commands"
        );
        let each = script.len() / panes;
        assert!(
            each <= bytes + bytes / 4 && each >= bytes - bytes / 4,
            "{panes} panes: {each} bytes a pane instead of {bytes}"
        );
    }
}

/// Returns a layout of panes in windows of four.
fn layout(panes: usize) -> String {
    let pane = |at: usize| format!("pane \"p{at}\" {{ run \"sleep\" \"1001\" }}");
    let window = |first: usize| {
        let panes: Vec<String> = (first..panes.min(first + 4)).map(pane).collect();
        format!("window \"w{first}\" {{ {} }}", panes.join("; "))
    };
    let windows: Vec<String> = (0..panes).step_by(4).map(window).collect();
    format!("session \"s\" {{ {} }}", windows.join("\n"))
}
