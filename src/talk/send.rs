//! Sends text or keys to the program of a pane: whole, once, and only if it would arrive.
//!
//! The text is pasted, in brackets if the program asks for that. Enter comes on its own a moment
//! later, because some programs take an Enter that directly follows a paste for a part of it. Then
//! the terminal and the screen show whether the program has taken it. Nothing is ever sent again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::sleep;

use crate::layout::line_reader;
use crate::machine::tty;
use crate::talk::arrival::Arrival;
use crate::talk::look::{Refusal, Sight};
use crate::talk::output;
use crate::talk::picker::picker;
use crate::talk::program::Program;
use crate::talk::request::{Input, Outcome, Request, Sent, Taken};
use crate::tmux::delivery;
use crate::tmux::question::Place;
use crate::tmux::server::ServerError;
use crate::tmux::styled::Row;

/// The pause between a paste and Enter: Codex takes an Enter within 120 ms for a part of it.
const BEFORE_ENTER: Duration = Duration::from_millis(150);
/// How long tmux may take to remove a buffer that may be left.
const CLEAN_UP: Duration = Duration::from_secs(5);

/// Sends to one pane. The caller holds the lock of the pane.
#[derive(Debug)]
pub struct Sender<'a> {
    pub program: Program<'a>,
    pub request: &'a Request,
}

impl Sender<'_> {
    /// Sends, and looks whether it was taken.
    pub async fn send(&self) -> Outcome {
        match self.check().await {
            Ok(None) => {}
            Ok(Some(refusal)) => return Outcome::Refused(refusal),
            Err(error) => return lost(&error),
        }
        let sent = match &self.request.input {
            Input::Text { text, enter } => self.text(&text.text, *enter).await,
            Input::Keys(keys) => self.keys(keys).await,
        };
        let (sent, taken) = match sent {
            Ok(sent) => sent,
            Err(outcome) => return outcome,
        };
        match (&self.request.awaited, taken) {
            (Some(awaited), _) => {
                let echo = match &self.request.input {
                    Input::Text { text, .. } => text.text.as_str(),
                    Input::Keys(_) => "",
                };
                output::wait(self.program.link, self.program.to, &sent, awaited, echo).await
            }
            (None, Ok(())) => Outcome::Confirmed { line: None },
            (None, Err(why)) => Outcome::Delivered { why },
        }
    }

    /// Returns the reason for not sending anything now.
    ///
    /// # Errors
    /// Returns an error if tmux does not answer.
    pub async fn check(&self) -> Result<Option<Refusal>, ServerError> {
        let sights = self.program.look().await?;
        let refusal = sights.refusal(self.program.to.pane, self.program.to.pid, now());
        if let Some(refusal) = refusal.filter(|refusal| self.is_obeyed(refusal)) {
            return Ok(Some(refusal));
        }
        let Some(sight) = sights.panes.get(&self.program.to.pane) else {
            return Ok(Some(Refusal::Gone));
        };
        if let Some(refusal) = self
            .of_terminal(sight)
            .filter(|refusal| self.is_obeyed(refusal))
        {
            return Ok(Some(refusal));
        }
        let refusal = self.of_screen(sight).await?;
        Ok(refusal.filter(|refusal| self.is_obeyed(refusal)))
    }

    fn is_obeyed(&self, refusal: &Refusal) -> bool {
        !(self.request.is_forced && refusal.can_be_forced())
    }

    /// Returns the reason that the terminal of the program gives.
    fn of_terminal(&self, sight: &Sight) -> Option<Refusal> {
        let Input::Text { text, .. } = &self.request.input else {
            return None;
        };
        let modes = tty::modes(&sight.tty).ok()?;
        if !modes.is_canonical {
            return None;
        }
        // Nobody can insist on a line that would be cut, so this comes first.
        let limit = tty::LINE_MAX;
        if let Some((line, length)) = text.line_longer_than(limit) {
            return Some(Refusal::LongLine {
                line,
                length,
                limit,
            });
        }
        (!modes.has_echo).then_some(Refusal::NoEcho)
    }

    /// Returns the reason that the screen gives. Only text would answer a choice by accident: keys
    /// are sent to answer one.
    async fn of_screen(&self, sight: &Sight) -> Result<Option<Refusal>, ServerError> {
        let is_shell = line_reader(sight.foreground.trim_start_matches('-')).is_some();
        if is_shell || matches!(self.request.input, Input::Keys(_)) {
            return Ok(None);
        }
        let Some(capture) = self.program.capture().await? else {
            return Ok(Some(Refusal::Gone));
        };
        let rows: Vec<String> = capture.lines.iter().map(Row::text).collect();
        Ok(picker(&rows).map(Refusal::Choice))
    }

    /// Pastes a text, and presses Enter.
    async fn text(&self, text: &str, enter: bool) -> Result<(Sent, Taken), Outcome> {
        let place = self.paste(text).await?;
        let arrival = Arrival::of(self.program);
        if !enter {
            let sent = Sent { place, rows: None };
            return Ok((sent, arrival.is_read().await));
        }
        arrival.settle().await;
        sleep(BEFORE_ENTER).await;
        let before = self.program.capture().await.ok().flatten();
        let modes = self.program.modes().await;
        let pressed = self.press(&["Enter".to_owned()]).await;
        let place = match pressed {
            Ok(place) => place,
            Err(outcome) => {
                let why = format!("Enter was not pressed: {}", reason(&outcome));
                return Err(Outcome::Delivered { why });
            }
        };
        // In canonical mode the terminal itself echoes, so only what was read counts.
        let reacts = modes.is_none_or(|modes| !modes.is_canonical);
        let taken = match (reacts, &before) {
            (true, Some(before)) => arrival.is_answered(before).await,
            _ => arrival.is_read().await,
        };
        let rows = before.map(|before| before.lines);
        Ok((Sent { place, rows }, taken))
    }

    async fn keys(&self, keys: &[String]) -> Result<(Sent, Taken), Outcome> {
        let before = self.program.capture().await.ok().flatten();
        let place = self.press(keys).await?;
        let rows = before.map(|before| before.lines);
        Ok((
            Sent { place, rows },
            Arrival::of(self.program).is_read().await,
        ))
    }

    async fn paste(&self, text: &str) -> Result<Place, Outcome> {
        let buffer = format!(
            "triad-{}-{}",
            self.program.link.nonce(),
            self.program.to.pane.0
        );
        let commands = delivery::paste(self.program.to, &buffer, self.program.link.nonce());
        let pasted = self.run(&commands, text).await;
        if pasted.is_err() {
            // A server that did not come to the end still has the text.
            let commands = delivery::remove(&buffer);
            let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
            let server = self.program.link.server().clone().within(CLEAN_UP);
            // It is gone already, or so is the server.
            let _ = server.query(&commands).await;
        }
        pasted
    }

    async fn press(&self, keys: &[String]) -> Result<Place, Outcome> {
        let commands = delivery::press(self.program.to, keys, self.program.link.nonce());
        self.run(&commands, "").await
    }

    /// Runs a guarded delivery, and returns where the cursor was.
    async fn run(&self, commands: &[String], input: &str) -> Result<Place, Outcome> {
        let words: Vec<&str> = commands.iter().map(String::as_str).collect();
        let output = self.program.link.server().query_with(&words, input).await;
        let output = output.map_err(|error| lost(&error))?;
        match delivery::read(&output.stdout, self.program.link.nonce()) {
            Some((true, place)) => Ok(Place::parse(place).unwrap_or_default()),
            Some((false, _)) => Err(self.refused().await),
            None => Err(Outcome::Unknown {
                why: match output.stderr.trim() {
                    "" => "tmux gave no reason".to_owned(),
                    said => said.to_owned(),
                },
                is_late: false,
            }),
        }
    }

    /// Returns the reason why the guard did not hold.
    async fn refused(&self) -> Outcome {
        let seen = self.program.look().await;
        let refusal = seen.ok().and_then(|sights| {
            let refusal = sights.refusal(self.program.to.pane, self.program.to.pid, now());
            refusal.filter(|refusal| !refusal.can_be_forced())
        });
        Outcome::Refused(refusal.unwrap_or(Refusal::Replaced))
    }
}

fn lost(error: &ServerError) -> Outcome {
    Outcome::Unknown {
        why: error.to_string(),
        is_late: matches!(error, ServerError::Deadline { .. }),
    }
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.to_string(),
        Outcome::Unknown { why, .. } => why.clone(),
        _ => "the pane has changed".to_owned(),
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
