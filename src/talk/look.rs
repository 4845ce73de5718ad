//! Looks at panes before something is sent to them: whether it would arrive, and whether it should.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::script::{Bindings, Command, Line, Script};
use crate::tmux::server::{Server, ServerError};

/// How recently a person may not have typed, in seconds.
const TYPED_WITHIN: u64 = 3;

/// The record of a pane, after the nonce.
const PANE: &str = "pane";
/// The record of a client.
const CLIENT: &str = "client";

/// Panes and clients at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sights {
    pub panes: BTreeMap<PaneId, Sight>,
    /// The time of the last key of each person, in seconds since the epoch, and the pane that got it.
    typed: Vec<(PaneId, u64)>,
}

/// A pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The process of the pane; 0 if it never had one.
    pub pid: i32,
    pub is_dead: bool,
    /// The mode of tmux's that the pane is in; empty for none.
    pub mode: String,
    pub is_input_off: bool,
    pub tty: PathBuf,
    /// The program in the foreground.
    pub foreground: String,
}

/// A reason why nothing is sent to a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was never created, or is gone.
    Gone,
    /// Its program was never started.
    NotStarted,
    /// Its program has ended.
    Dead,
    /// Its program is not ready yet.
    Starting,
    /// Another process has taken the place of the one that was meant.
    Replaced,
    /// A mode of tmux's takes the keys.
    InMode(String),
    InputOff,
    /// A person typed in it, so many seconds ago.
    Typed {
        ago: u64,
    },
    /// Its program offers a choice, with this entry chosen.
    Choice(String),
    /// Its terminal's echo is off.
    NoEcho,
    /// This line, counted from 1, has more bytes than its terminal takes.
    LongLine {
        line: usize,
        length: usize,
        limit: usize,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Gone => f.write_str("it does not exist"),
            Refusal::NotStarted => f.write_str("its program has not been started yet"),
            Refusal::Dead => f.write_str("its program has exited"),
            Refusal::Starting => f.write_str("its program is not ready yet"),
            Refusal::Replaced => f.write_str("another program has been started in it meanwhile"),
            Refusal::InMode(mode) => write!(f, "tmux shows its own `{mode}` there"),
            Refusal::InputOff => f.write_str("its input is switched off"),
            Refusal::Typed { ago: 0 | 1 } => f.write_str("somebody is typing in it"),
            Refusal::Typed { ago } => write!(f, "somebody typed in it {ago} s ago"),
            Refusal::Choice(entry) => {
                write!(f, "its program offers a choice, with `{entry}` selected")
            }
            Refusal::NoEcho => f.write_str("its terminal's echo is off, as for a password"),
            Refusal::LongLine {
                line,
                length,
                limit,
            } => write!(
                f,
                "line {line} of the text has {length} bytes, and its program reads lines of at most \
                 {limit} bytes (canonical mode)"
            ),
        }
    }
}

impl Refusal {
    /// Whether a person may insist.
    pub fn can_be_forced(&self) -> bool {
        matches!(
            self,
            Refusal::Starting | Refusal::Typed { .. } | Refusal::Choice(_) | Refusal::NoEcho
        )
    }
}

impl Sights {
    /// Returns the reason for not sending anything to a process in a pane, as far as tmux knows.
    /// `now` is in seconds since the epoch.
    pub fn refusal(&self, pane: PaneId, pid: i32, now: u64) -> Option<Refusal> {
        let Some(sight) = self.panes.get(&pane) else {
            return Some(Refusal::Gone);
        };
        if sight.is_dead {
            return Some(Refusal::Dead);
        }
        if sight.pid != pid {
            return Some(Refusal::Replaced);
        }
        // Text leaves copy mode first.
        if !matches!(sight.mode.as_str(), "" | "copy-mode" | "view-mode") {
            return Some(Refusal::InMode(sight.mode.clone()));
        }
        if sight.is_input_off {
            return Some(Refusal::InputOff);
        }
        let of_pane = self.typed.iter().filter(|(typed, _)| *typed == pane);
        let ago = of_pane.map(|(_, at)| now.saturating_sub(*at)).min()?;
        (ago <= TYPED_WITHIN).then_some(Refusal::Typed { ago })
    }
}

const PANE_FORMAT: [&str; 8] = [
    "#{pane_id}",
    "#{pane_pid}",
    "#{pane_dead}",
    "#{?pane_in_mode,1,0}",
    "#{pane_mode}",
    "#{pane_input_off}",
    "#{pane_tty}",
    "#{pane_current_command}",
];

/// The pane of a client is the active one in the window that it shows.
const CLIENT_FORMAT: &str = "#{client_activity} #{client_control_mode} #{pane_id}";

/// Looks at panes, all in one call. A pane that is gone is not in the answer.
///
/// # Errors
/// Returns an error if tmux cannot be run or does not answer.
pub async fn look(
    server: &Server,
    id: ServerId,
    panes: &[PaneId],
    nonce: &str,
) -> Result<Sights, ServerError> {
    let format = format!("{nonce} {PANE} {}", PANE_FORMAT.join("\t"));
    let line = |commands| Line {
        step: None,
        what: "look at a pane",
        commands,
    };
    let looks = panes.iter().map(|pane| {
        let pane = pane.to_string();
        let filter = format!("#{{==:#{{pane_id}},{pane}}}");
        line(vec![Command::new([
            "list-panes",
            "-t",
            &pane,
            "-f",
            &filter,
            "-F",
            &format,
        ])])
    });
    let clients = format!("{nonce} {CLIENT} {CLIENT_FORMAT}");
    let clients = line(vec![Command::new(["list-clients", "-F", &clients])]);
    let script = Script {
        lines: looks.chain([clients]).collect(),
    };
    let sources = script.sources(nonce, Some(id), &Bindings::new());
    let sources = sources.expect("the ids of panes are known");
    let output = server.source(&sources).await?;
    Ok(read(&output.stdout, nonce))
}

fn read(text: &str, nonce: &str) -> Sights {
    let mut sights = Sights::default();
    for line in text.lines() {
        let record = line
            .strip_prefix(nonce)
            .and_then(|rest| rest.strip_prefix(' '));
        match record.and_then(|record| record.split_once(' ')) {
            Some((PANE, fields)) => sights.panes.extend(sight(fields)),
            Some((CLIENT, fields)) => sights.typed.extend(typed(fields)),
            _ => {}
        }
    }
    sights
}

fn sight(fields: &str) -> Option<(PaneId, Sight)> {
    let fields: Vec<&str> = fields.splitn(PANE_FORMAT.len(), '\t').collect();
    let [pane, pid, dead, in_mode, mode, input_off, tty, foreground] = fields[..] else {
        return None;
    };
    let mode = match (in_mode, mode) {
        ("0", _) => "",
        (_, "") => "mode",
        (_, mode) => mode,
    };
    let sight = Sight {
        pid: pid.parse().unwrap_or_default(),
        is_dead: dead == "1",
        mode: mode.to_owned(),
        is_input_off: input_off == "1",
        tty: PathBuf::from(tty),
        foreground: foreground.to_owned(),
    };
    Some((pane.parse().ok()?, sight))
}

/// Reads the client of a person; programs attach in control mode.
fn typed(fields: &str) -> Option<(PaneId, u64)> {
    let fields: Vec<&str> = fields.split(' ').collect();
    let [activity, "0", pane] = fields[..] else {
        return None;
    };
    Some((pane.parse().ok()?, activity.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "N pane %1\t41\t0\t0\t\t0\t/dev/pts/1\tbash\nN ok 0\n\
        N pane %2\t42\t1\t0\t\t0\t/dev/pts/2\tcat\n\
        N pane %3\t43\t0\t1\tcopy-mode\t0\t/dev/pts/3\tcat\n\
        N pane %4\t44\t0\t1\ttree-mode\t0\t/dev/pts/4\tcat\n\
        N pane %5\t45\t0\t0\t\t1\t/dev/pts/5\ta\tb\n\
        N client 100 0 %1\nN client 100 1 %3\nN ok 5\n";

    #[track_caller]
    fn check(pane: u32, pid: i32, now: u64, expected: Option<&str>) {
        let sights = read(TEXT, "N");
        let refusal = sights.refusal(PaneId(pane), pid, now);
        let said = refusal.map(|refusal| refusal.to_string());
        assert_eq!(said.as_deref(), expected, "%{pane}");
    }

    #[test]
    fn a_pane_that_text_would_not_reach_is_refused() {
        check(1, 41, 200, None);
        check(9, 41, 200, Some("it does not exist"));
        check(2, 42, 200, Some("its program has exited"));
        check(
            1,
            7,
            200,
            Some("another program has been started in it meanwhile"),
        );
        check(3, 43, 200, None);
        check(4, 44, 200, Some("tmux shows its own `tree-mode` there"));
        check(5, 45, 200, Some("its input is switched off"));
        assert_eq!(read(TEXT, "N").panes[&PaneId(5)].foreground, "a\tb");
    }

    #[test]
    fn a_person_who_types_is_not_disturbed() {
        check(1, 41, 100, Some("somebody is typing in it"));
        check(1, 41, 103, Some("somebody typed in it 3 s ago"));
        check(1, 41, 104, None);
        // A program that watches is no person.
        check(3, 43, 100, None);
    }
}
