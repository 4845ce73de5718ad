//! The commands that deliver text and keys to the program of a pane, each as the arguments of one
//! tmux process.
//!
//! The text itself is no argument, which anybody could read: tmux reads it from standard input into
//! a buffer. A command in a script would stay in tmux's log of messages.
//!
//! Each delivery is guarded within the same turn of the server: it happens only if this is the
//! server, the process runs in the pane, and no mode of tmux's would take the keys. (Pasting into a
//! dead pane ends the server before tmux 3.4.)

use crate::layout::SYNCHRONIZE;
use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::script::{Command, Word};
use crate::tmux::tag::TYPED_AT_FORMAT;

/// The record of a delivery, after the nonce.
pub const DONE: &str = "done";
/// The record in its place if the guard did not hold.
pub const NOT_DONE: &str = "not-done";

/// A program that is to be sent something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    pub server: ServerId,
    pub pane: PaneId,
    /// The process of the pane.
    pub pid: i32,
}

/// Returns the commands that paste standard input. The buffer has a name of its own, so that the
/// person's buffers stay as they are, and it is gone afterwards.
pub fn paste(to: Recipient, buffer: &str, nonce: &str) -> Vec<String> {
    let pane = to.pane.to_string();
    let load = ["load-buffer", "-b", buffer, "-", ";"].map(str::to_owned);
    let paste = ["paste-buffer", "-p", "-r", "-d", "-b", buffer, "-t", &pane];
    let commands = [Command::new(paste), done(&pane, nonce)];
    let drop = Command::new(["delete-buffer", "-b", buffer]);
    load.into_iter()
        .chain(guarded(to, &commands, Some(drop), nonce))
        .collect()
}

/// Returns the commands that press keys. The record has the place of the cursor just before.
pub fn press(to: Recipient, keys: &[String], nonce: &str) -> Vec<String> {
    let pane = to.pane.to_string();
    let press = Command::new(["send-keys", "-t", &pane, "--"]);
    let press = keys
        .iter()
        .fold(press, |press, key| press.word(key.as_str()));
    let commands = [done(&pane, nonce), alone(pane.as_str(), press)];
    guarded(to, &commands, None, nonce)
}

/// Returns the command that removes a buffer that may be left.
pub fn remove(buffer: &str) -> Vec<String> {
    ["delete-buffer", "-b", buffer].map(str::to_owned).to_vec()
}

/// Leaves copy mode, then runs `commands` if the guard holds, else `otherwise`.
fn guarded(
    to: Recipient,
    commands: &[Command],
    otherwise: Option<Command>,
    nonce: &str,
) -> Vec<String> {
    let pane = to.pane.to_string();
    let is_copying = "#{m/r:^(copy|view)-mode$,#{pane_mode}}";
    let cancel = format!("send-keys -t {pane} -X cancel");
    let leave = ["if-shell", "-F", "-t", &pane, is_copying, &cancel, ";"].map(str::to_owned);
    let pid = to.pid;
    // A mode may lie over another one.
    let lives = format!("#{{&&:#{{==:#{{pane_dead}},0}},#{{==:#{{pane_pid}},{pid}}}}}");
    let reads = "#{&&:#{==:#{pane_in_mode},0},#{==:#{pane_input_off},0}}";
    let holds = format!("#{{&&:{},#{{&&:{lives},{reads}}}}}", to.server.format());
    // It names no pane: it may be gone.
    let not_done = Command::new(["display-message", "-p", &format!("{nonce} {NOT_DONE} -")]);
    let failed: Vec<Command> = otherwise.into_iter().chain([not_done]).collect();
    let test = ["if-shell", "-F", "-t", &pane, &holds].map(str::to_owned);
    let both = [Word::sequence(commands), Word::sequence(&failed)];
    let twice = leave.clone().into_iter().chain(leave);
    let both = both.map(|commands| commands.argument());
    twice.chain(test).chain(both).collect()
}

/// Returns the command that prints the record of a delivery, with the place of the cursor.
fn done(pane: &str, nonce: &str) -> Command {
    let text = format!("{nonce} {DONE} {TYPED_AT_FORMAT}");
    Command::new(["display-message", "-p", "-t", pane, &text])
}

/// Presses keys in one pane, although a person's keys go to all panes of a synchronized window.
pub fn alone(pane: impl Into<Word>, press: Command) -> Command {
    let pane = pane.into();
    let own = |set: &str| Command::new(["set-option", set, "-t"]).word(pane.clone());
    let apart = own("-p").word(SYNCHRONIZE).word("off");
    let again = own("-pu").word(SYNCHRONIZE);
    let test = Command::new(["if-shell", "-F", "-t"]).word(pane.clone());
    let test = test.word(format!("#{{{SYNCHRONIZE}}}"));
    let test = test.word(Word::sequence(&[apart, press.clone(), again]));
    test.word(Word::sequence(&[press]))
}

/// Reads the record of a delivery: whether it was done, and the place of the cursor.
pub fn read<'o>(output: &'o str, nonce: &str) -> Option<(bool, &'o str)> {
    output.lines().find_map(|line| {
        let record = line.strip_prefix(nonce)?.strip_prefix(' ')?;
        let (kind, place) = record.split_once(' ')?;
        match kind {
            DONE => Some((true, place)),
            NOT_DONE => Some((false, place)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: Recipient = Recipient {
        server: ServerId {
            pid: 7,
            start_time: 99,
        },
        pane: PaneId(3),
        pid: 41,
    };

    #[test]
    fn the_text_is_no_argument_and_the_guard_names_the_process() {
        let words = paste(TO, "triad-x", "N");
        assert_eq!(words[..5], ["load-buffer", "-b", "triad-x", "-", ";"]);
        let [guard, then, otherwise] = &words[words.len() - 3..] else {
            panic!("{words:?}");
        };
        for part in [
            "#{pid},7}",
            "#{start_time},99}",
            "#{pane_pid},41}",
            "#{pane_dead},0}",
        ] {
            assert!(guard.contains(part), "{guard}");
        }
        assert!(then.starts_with("paste-buffer -p -r -d -b triad-x -t \"%3\" ; display-message"));
        assert!(otherwise.starts_with("delete-buffer -b triad-x ; display-message"));
    }

    #[test]
    fn keys_are_words_and_the_place_is_read_before_them() {
        let words = press(TO, &["C-c".to_owned(), "\"".to_owned()], "N");
        let then = &words[words.len() - 2];
        let (record, pressed) = then.split_once(" ; ").expect("two commands");
        assert!(record.contains("N done"), "{record}");
        assert!(pressed.contains("send-keys -t "), "{pressed}");
        assert_eq!(read("x\nN done 1:2:80:0\n", "N"), Some((true, "1:2:80:0")));
        assert_eq!(read("N not-done -\n", "N"), Some((false, "-")));
        assert_eq!(read("M done 1\n", "N"), None);
    }
}
