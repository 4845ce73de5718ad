//! The display of waits: a line per pane on a terminal, a line from time to time elsewhere. Events,
//! times and the terminal's size go in, bytes come out; times are counted from the beginning of the
//! execution.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::{Event, Waiting, Waits};
use crate::layout::Address;
use crate::view::run::region::{Drawing, Region, Size, Strip};
use crate::view::text::paint::{Paint, Tone, fitted, padded, width, wrapped};
use crate::view::text::printable::Printable;
use crate::view::text::words;

/// A shorter wait is not shown.
const PATIENCE: Duration = Duration::from_millis(300);
/// The shortest time between two drawings.
const REDRAW: Duration = Duration::from_millis(80);
/// The age after which a drawing is not replaced: triad was suspended, and others have written
/// since.
const STALE: Duration = Duration::from_secs(3);
/// Without a terminal, a wait is reported after this time, and then every `HEARTBEAT`.
const FIRST_BEAT: Duration = Duration::from_secs(1);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// The number of panes in such a line.
const BEAT_PANES: usize = 8;

/// The smallest width of the column of names, as in the lines of events.
const NAME_MIN: usize = 10;
/// The end of the column of times, after the names: as in the lines of events.
const TIMES: usize = 48;
/// The width of a time.
const TIME: usize = 8;
/// The room below which nothing is shown.
const TEXT_MIN: usize = 8;

/// The waits, and their lines on the terminal.
#[derive(Debug)]
pub struct Progress {
    /// The address of each step of the plan.
    addresses: Vec<Address>,
    /// The place of each address in the order of the lines: that of its first step.
    places: BTreeMap<Address, usize>,
    name: usize,
    on: Vec<Waiting>,
    /// The time at which `on` was reported.
    told: Duration,
    /// The number of processes that were asked to exit, and when.
    ending: Option<(usize, Duration)>,
    region: Region,
    drawn: Option<Duration>,
    beat: Duration,
}

impl Progress {
    pub fn new(addresses: Vec<Address>) -> Self {
        let names = addresses.iter().map(|address| width(address.name()));
        let places = addresses.iter().cloned().enumerate().rev();
        Progress {
            places: places.map(|(place, address)| (address, place)).collect(),
            name: names.max().unwrap_or(0).max(NAME_MIN),
            addresses,
            on: Vec::new(),
            told: Duration::ZERO,
            ending: None,
            region: Region::default(),
            drawn: None,
            beat: FIRST_BEAT,
        }
    }

    /// Takes in an event.
    pub fn note(&mut self, event: &Event, at: Duration) {
        match event {
            Event::Waiting { on, .. } => {
                self.on = self.in_order(on);
                self.told = at;
                self.ending = None;
            }
            Event::Ready { address, .. }
            | Event::Died { address, .. }
            | Event::NotReady { address, .. } => self.on.retain(|on| on.address != *address),
            Event::Started { step }
            | Event::Done { step }
            | Event::Failed { step, .. }
            | Event::Skipped { step, .. } => {
                let address = self.addresses.get(step.0);
                self.on.retain(|on| Some(&on.address) != address);
                self.ending = None;
            }
            Event::Ending { count } => self.ending = Some((*count, at)),
            // Other events do not change the waits.
            _ => {}
        }
    }

    /// Returns the panes that work, then those that wait for their turn, each once, in the plan's
    /// order.
    fn in_order(&self, on: &[Waiting]) -> Vec<Waiting> {
        let place = |on: &Waiting| {
            let place = self.places.get(&on.address);
            (
                on.state == Waits::Needs,
                place.copied().unwrap_or(usize::MAX),
            )
        };
        let mut sorted: Vec<_> = on.iter().map(|on| (place(on), &on.address, on)).collect();
        sorted.sort_by_key(|(place, address, _)| (*place, *address));
        sorted.dedup_by_key(|(_, address, _)| *address);
        sorted.into_iter().map(|(_, _, on)| on.clone()).collect()
    }

    /// Returns the drawing that updates the terminal; `None` if nothing must be drawn now.
    pub fn draw(&mut self, at: Duration, size: Size, paint: Paint) -> Option<Drawing> {
        let is_early = self.drawn.is_some_and(|drawn| at < drawn + REDRAW);
        if at < PATIENCE || is_early {
            return None;
        }
        if self.drawn.is_some_and(|drawn| at > drawn + STALE) {
            self.region = Region::default();
        }
        let lines = self.lines(at, size);
        if lines.is_empty() {
            return self.clear(size);
        }
        self.drawn = Some(at);
        Some(self.region.draw(&lines, size, paint))
    }

    /// Returns the drawing that clears the lines; `None` if there are none.
    pub fn clear(&mut self, size: Size) -> Option<Drawing> {
        self.region.is_drawn().then(|| self.region.clear(size))
    }

    fn lines(&self, at: Duration, size: Size) -> Vec<Strip> {
        let room = Region::room(size);
        let on: Vec<&Waiting> = self.on.iter().filter(|on| self.is_shown(on, at)).collect();
        let ending = self.ending.map(|(count, since)| {
            let text = format!("asking {} to exit", words::processes(count));
            let took = seconds(at.saturating_sub(since));
            let mut strip = Strip::default();
            strip.push(Some(Tone::Faint), &format!("  … {text}  {took}"));
            strip
        });
        let room = room - usize::from(ending.is_some() && room > 1);
        let fits = if on.len() > room { room - 1 } else { on.len() };
        let times = self.times(&on[..fits], size);
        let shown = on
            .iter()
            .take(fits)
            .map(|on| self.line(on, at, size, times));
        let more = (fits < on.len()).then(|| {
            let mut strip = Strip::default();
            let text = match fits {
                0 => format!("  … {} waiting", on.len()),
                _ => format!("  … and {} more waiting", on.len() - fits),
            };
            strip.push(Some(Tone::Faint), &text);
            strip
        });
        shown.chain(more).chain(ending).collect()
    }

    /// Whether a wait is shown: the first moments of a program are no news.
    fn is_shown(&self, on: &Waiting, at: Duration) -> bool {
        on.state != Waits::Starting || self.waited(on, at) >= PATIENCE
    }

    fn waited(&self, on: &Waiting, at: Duration) -> Duration {
        on.since + at.saturating_sub(self.told)
    }

    fn name(&self, size: Size) -> usize {
        self.name.min((size.columns / 3).max(4))
    }

    /// Returns the end of the column of times: as far to the right as the texts need, but leaving
    /// room for lines of output.
    fn times(&self, on: &[&Waiting], size: Size) -> usize {
        let columns = size.columns.saturating_sub(1);
        let name = self.name(size);
        let texts = on.iter().map(|on| width(&state(on)));
        let needed = 4 + name + 2 + texts.max().unwrap_or(0) + TIME;
        let has_lines = on.iter().any(|on| on.line.is_some());
        let most = match has_lines {
            true => (columns * 3 / 4).max(name + 30),
            false => columns,
        };
        let usual = (name + TIMES).min((columns * 3 / 4).max(name + 30));
        needed.max(usual).min(most).min(columns)
    }

    /// Returns the line of a pane: name, state, reason, time, and the last line of output, as far
    /// as there is room.
    fn line(&self, on: &Waiting, at: Duration, size: Size, times: usize) -> Strip {
        let columns = size.columns.saturating_sub(1);
        let name = self.name(size);
        let took = seconds(self.waited(on, at));
        let mut strip = Strip::default();
        strip.push(Some(Tone::Faint), "  … ");
        strip.push(None, &padded(&fitted(on.address.name(), name), name));
        let room = times.saturating_sub(4 + name + 2 + TIME);
        if room < TEXT_MIN {
            strip.push(Some(Tone::Faint), &format!("  {took}"));
            return strip;
        }
        let text = padded(&fitted(&state(on), room), room);
        strip.push(None, &format!("  {text}"));
        strip.push(Some(Tone::Faint), &format!("{took:>TIME$}"));
        let rest = columns.saturating_sub(times + 4);
        if let Some(line) = on.line.as_ref().filter(|_| rest >= TEXT_MIN) {
            let line = fitted(line.trim(), rest);
            strip.push(Some(Tone::Faint), &format!("  │ {line}"));
        }
        strip
    }

    /// Returns the line that reports the waits without a terminal, when it is due.
    pub fn heartbeat(&mut self, at: Duration, width: usize) -> Option<Printable> {
        if at < self.beat || self.on.is_empty() && self.ending.is_none() {
            return None;
        }
        let beats = at.as_secs() / HEARTBEAT.as_secs() + 1;
        self.beat = HEARTBEAT.saturating_mul(u32::try_from(beats).unwrap_or(u32::MAX));
        let shown = self.on.iter().take(BEAT_PANES).map(|on| {
            let took = words::time(self.waited(on, at));
            format!("{} ({}, {took})", on.address.name(), state(on))
        });
        let rest = self.on.len().saturating_sub(BEAT_PANES);
        let more = (rest > 0).then(|| format!("and {rest} more"));
        let ending = self.ending.map(|(count, since)| {
            let took = words::time(at.saturating_sub(since));
            format!("{} to exit (asked {took} ago)", words::processes(count))
        });
        let all: Vec<String> = shown.chain(more).chain(ending).collect();
        let text = format!("  … {}: waiting for {}", words::time(at), all.join(", "));
        Some(wrapped(&text, width, 4))
    }
}

/// Returns what a pane does or waits for; in the words of its program, if that has reported
/// something.
fn state(on: &Waiting) -> String {
    match on.state {
        Waits::Probing | Waits::Running if on.says.is_some() => {
            let verb = on.state.as_str();
            format!("{verb}: {}", on.says.as_deref().unwrap_or_default())
        }
        Waits::Needs => format!("needs {}", on.what),
        Waits::Starting => "starting".to_owned(),
        Waits::Restarting => "restarting".to_owned(),
        Waits::Probing => format!("probing: {}", on.what),
        Waits::Typing => format!("waits for {}", on.what),
        Waits::Running => "running until it exits".to_owned(),
        Waits::Otherwise => on.what.clone(),
    }
}

/// Returns a time that is shown growing.
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..600 => format!("{:.1} s", time.as_secs_f64()),
        long => format!("{} min", long / 60),
    }
}

#[cfg(test)]
mod tests;
