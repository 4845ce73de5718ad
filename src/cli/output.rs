//! The streams: data goes to standard output, messages to standard error, and with `--json` only
//! JSON to standard output. Views make the texts; this module writes them.
//!
//! Nothing else writes to these streams, and a terminal gets only a [`Printable`] or a [`Drawing`],
//! so that no text of others controls it. The same holds for pipes and files, except for results
//! that other programs read: `fmt`, `fmt --diff`, `init`, `render`, `schema`, `capture`, `graph` as DOT
//! and Mermaid, and `--commands` are exact there, byte by byte ([`Output::data`]). `attach` hands the
//! terminal over to tmux.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal, Write};

use rustix::fs::FileType;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, What};
use crate::cli::global::Color;
use crate::cli::global::Global;
use crate::cli::progress::{Shown, Watched};
use crate::cli::stdout;
use crate::event::Event;
use crate::layout::Address;
use crate::machine::lock::Held;
use crate::view::edit::diff;
use crate::view::json::{self, FORMAT, JsonError};
use crate::view::look::explain;
use crate::view::run::hook::HookOutput;
use crate::view::run::region::{Drawing, Size};
use crate::view::text::diagnostic::{self, Look};
use crate::view::text::paint::{Paint, Tone, wrapped};
use crate::view::text::printable::{Piece, Printable, printable};

/// The width if none is known.
const WIDTH: usize = 100;
/// A width that cuts nothing.
const UNCUT: usize = 1 << 24;
/// The height if none is known.
const HEIGHT: usize = 24;
/// The size of a terminal that does not report it.
const SIZE: Size = Size {
    columns: 80,
    rows: 24,
};

/// Writes the output of a command.
#[derive(Debug)]
pub(super) struct Output {
    pub is_json: bool,
    is_quiet: bool,
    pub is_verbose: bool,
    color: Color,
    /// The waits that are shown while a plan is carried out.
    watched: RefCell<Option<Watched>>,
    /// Whether a write to standard output has failed.
    is_cut: Cell<bool>,
    /// The output of the hook that runs.
    hook: RefCell<HookOutput>,
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        Output {
            is_json: global.json,
            is_quiet: global.quiet,
            is_verbose: global.verbose,
            color: global.color,
            ..Output::unasked()
        }
    }

    /// Returns an output with the default flags, for use before the command line is parsed.
    pub(super) fn unasked() -> Self {
        Output {
            is_json: false,
            is_quiet: false,
            is_verbose: false,
            color: Color::Auto,
            watched: RefCell::new(None),
            is_cut: Cell::new(false),
            hook: RefCell::default(),
        }
    }

    /// Returns the exit code of a command: success only if everything it printed was written.
    pub(super) fn exit(&self, exit: Exit) -> Exit {
        match exit {
            Exit::Success | Exit::Changes if self.is_cut.get() => Exit::Error,
            exit => exit,
        }
    }

    /// Writes to standard output. A closed pipe is no error, as in `triad plan | head`. Any other
    /// error is reported once, and nothing more is written, because there would be a gap before it.
    fn put(&self, text: &str) {
        if self.is_cut.get() {
            return;
        }
        match stdout::write(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.is_cut.set(true);
                self.failure(&unwritten(&error));
            }
            _ => {}
        }
    }

    /// Returns the width and colours of standard output.
    pub(super) fn look(&self) -> Look {
        let is_terminal = io::stdout().is_terminal();
        Look {
            color: self.is_colored(is_terminal),
            width: width(rustix::stdio::stdout()),
        }
    }

    /// The same for a table, which is cut only on a terminal.
    pub(super) fn table_look(&self) -> Look {
        let look = self.look();
        match io::stdout().is_terminal() {
            true => look,
            false => Look {
                width: UNCUT,
                ..look
            },
        }
    }

    /// The same for drawings that are refreshed, with the exact width. The last column stays empty,
    /// because clearing the rest of a line would erase it.
    pub(super) fn drawn_look(&self) -> Look {
        let look = self.look();
        let told = rustix::termios::tcgetwinsize(rustix::stdio::stdout());
        let columns = told.map_or(0, |told| usize::from(told.ws_col));
        let width = match columns {
            0 => look.width,
            columns => columns.saturating_sub(1).max(1),
        };
        Look { width, ..look }
    }

    fn error_look(&self) -> Look {
        let is_terminal = io::stderr().is_terminal();
        Look {
            color: self.is_colored(is_terminal),
            width: width(rustix::stdio::stderr()),
        }
    }

    fn is_colored(&self, is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_colored(is_terminal),
        }
    }

    /// Prints the result of the command for people; JSON has its own.
    pub(super) fn text(&self, text: impl Piece) {
        if !self.is_json {
            self.clear();
            self.put(printable!("{}\n", text.into_printable()).as_str());
        }
    }

    /// Prints a text that is the command's result: byte by byte to pipes and files, and made
    /// visible on a terminal.
    pub(super) fn data(&self, text: &str) {
        if self.is_json {
            return;
        }
        self.clear();
        match io::stdout().is_terminal() {
            true => self.put(Printable::lines(text).as_str()),
            false => self.put(text),
        }
    }

    /// The same for a text with escape sequences for colours, which stay.
    pub(super) fn colored(&self, text: &str) {
        if self.is_json {
            return;
        }
        self.clear();
        match io::stdout().is_terminal() {
            true => self.put(Printable::keeping_colors(text).as_str()),
            false => self.put(text),
        }
    }

    /// The same for a patch.
    pub(super) fn patch(&self, patch: &str) {
        if self.is_json {
            return;
        }
        self.clear();
        let look = self.look();
        match look.color || io::stdout().is_terminal() {
            true => self.put(diff::shown(patch, look).as_str()),
            false => self.put(patch),
        }
    }

    /// Prints help or the version to standard output, or a mistake in the command line to standard
    /// error. `text` makes it, with or without colours.
    pub(super) fn of_command_line(&self, is_wrong: bool, text: &dyn Fn(bool) -> Printable) {
        match is_wrong {
            true => {
                print(io::stderr(), &text(is_colored(io::stderr().is_terminal())));
            }
            false => self.put(text(is_colored(io::stdout().is_terminal())).as_str()),
        }
    }

    /// Prints information that a script has not asked for.
    pub(super) fn news(&self, text: impl Piece) {
        if !self.is_quiet {
            self.text(text);
        }
    }

    /// Prints the output of a hook to standard error.
    pub(super) fn of_hook(&self, bytes: &[u8]) {
        self.clear();
        print(io::stderr(), &self.hook.borrow_mut().take(bytes));
    }

    /// Prints the rest of a hook's output.
    pub(super) fn end_hook(&self) {
        let rest = self.hook.borrow_mut().end();
        if !rest.is_empty() {
            self.clear();
            print(io::stderr(), &rest);
        }
    }

    pub(super) fn json<T: Serialize>(&self, value: &T) {
        if self.is_json {
            self.put(&format!("{}\n", json::line(value)));
        }
    }

    /// Shows what is waited for, until [`Output::unwatch`].
    pub(super) fn watch(&self, addresses: Vec<Address>) {
        *self.watched.borrow_mut() = Some(Watched::new(addresses, self.shown()));
    }

    /// Returns the way in which waits are shown.
    fn shown(&self) -> Shown {
        if self.is_json {
            Shown::Json
        } else if self.is_quiet {
            Shown::Nothing
        } else if io::stderr().is_terminal() && !is_dumb() && !is_piped() {
            Shown::Lines {
                is_shared: io::stdout().is_terminal(),
            }
        } else {
            Shown::Heartbeat
        }
    }

    /// Whether the last lines of panes are shown while they are waited for.
    pub(super) fn shows_last_lines(&self) -> bool {
        matches!(self.shown(), Shown::Lines { .. })
    }

    /// Takes in an event; [`Output::refresh`] shows it.
    pub(super) fn note(&self, event: &Event) {
        if let Some(watched) = self.watched.borrow_mut().as_mut() {
            watched.note(event);
        }
    }

    /// Whether standard output is a terminal that can be refreshed.
    pub(super) fn is_watched(&self) -> bool {
        !self.is_json && io::stdout().is_terminal()
    }

    /// Draws a text over the one before. `text` makes it for the given number of rows.
    pub(super) fn redraw(&self, text: impl FnOnce(usize) -> Printable) {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout());
        let rows = size.map_or(HEIGHT, |size| usize::from(size.ws_row));
        let text = text(Drawing::room(rows));
        self.put(Drawing::over_all(&text, rows).as_str());
    }

    /// Whether an event is worth a line of JSON: waits are repeated.
    pub(super) fn is_told(&self, event: &Event) -> bool {
        let mut watched = self.watched.borrow_mut();
        watched
            .as_mut()
            .is_none_or(|watched| watched.is_told(event))
    }

    /// Keeps a line that a later line is expected to replace.
    pub(super) fn hold(&self, event: &Event, line: &Printable) {
        let mut watched = self.watched.borrow_mut();
        let is_held = watched
            .as_mut()
            .is_some_and(|watched| watched.hold(event, line));
        drop(watched);
        if !is_held {
            self.news(line);
        }
    }

    /// Refreshes the waits that are shown.
    pub(super) fn refresh(&self) {
        if let Some(watched) = self.watched.borrow_mut().as_mut() {
            let look = self.error_look();
            let paint = Paint { color: look.color };
            if let Some(drawing) = watched.refresh(size(), look.width, paint) {
                draw(io::stderr(), &drawing);
            }
        }
    }

    /// Ends the waits that are shown.
    pub(super) fn unwatch(&self) {
        self.clear();
        let watched = self.watched.borrow_mut().take();
        for line in watched.into_iter().flat_map(Watched::held) {
            self.news(line);
        }
    }

    /// Clears the waits from the terminal, before anything else is printed.
    fn clear(&self) {
        let mut watched = self.watched.borrow_mut();
        if let Some(drawing) = watched.as_mut().and_then(|watched| watched.clear(size())) {
            draw(io::stderr(), &drawing);
        }
    }

    /// Asks a question that `y` confirms. Only on a terminal.
    pub(super) fn is_confirmed(&self, question: &str) -> bool {
        self.question(question) && is_yes()
    }

    /// Asks such a question, and leaves reading the answer to [`is_yes`]. Returns whether it could
    /// be asked.
    pub(super) fn question(&self, question: &str) -> bool {
        self.clear();
        print(io::stderr(), &printable!("{} [y/N] ", question))
    }

    /// Prints text that belongs to a question. Only on a terminal.
    pub(super) fn talk(&self, text: impl Piece) {
        self.clear();
        say(io::stderr(), text);
    }

    /// Asks a question and returns the answer without surrounding blanks; `None` at the end of
    /// input. Only on a terminal.
    pub(super) fn answer(&self, question: &str) -> Option<String> {
        self.clear();
        if !print(io::stderr(), &printable!("{} ", question)) {
            return None;
        }
        let mut answer = String::new();
        match io::stdin().read_line(&mut answer) {
            Ok(0) | Err(_) => {
                // The line of the question is still open.
                say(io::stderr(), "");
                None
            }
            Ok(_) => Some(answer.trim().to_owned()),
        }
    }

    /// Prints a warning: unexpected, but no reason to stop.
    pub(super) fn warning(&self, text: &str) {
        if !self.is_quiet {
            self.clear();
            let look = self.error_look();
            let name = Paint { color: look.color }.paint(Tone::Change, "triad:");
            let text = wrapped(text, look.width, "triad: ".len());
            say(io::stderr(), printable!("{} {}", name, text));
        }
    }

    /// Reports that another triad holds a lock.
    pub(super) fn held(&self, held: &Held) {
        self.json(&json::locked(&held.holder));
        self.warning(&format!("waiting for another triad: {}", held.holder));
    }

    /// Returns the width of text that belongs to a question.
    pub(super) fn talk_width(&self) -> usize {
        self.error_look().width
    }

    /// Whether a question can be asked.
    pub(super) fn is_interactive(&self) -> bool {
        !self.is_json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints why a command failed.
    pub(super) fn failure(&self, failure: &Failure) {
        self.clear();
        let look = self.error_look();
        let paint = Paint { color: look.color };
        match &failure.what {
            What::Diagnostics(sources, diagnostics) => {
                let text = diagnostic::text(diagnostics, sources, look);
                say(io::stderr(), text.trim_end());
                let hint = explain::hint(diagnostics, look).filter(|_| !self.is_quiet);
                if let Some(hint) = hint {
                    say(io::stderr(), printable!("\n{}", hint));
                }
                self.json(&JsonError {
                    format: FORMAT,
                    event: "error",
                    exit: failure.exit.code(),
                    message: "the manifest is invalid".to_owned(),
                    help: None,
                    diagnostics: diagnostic::json(diagnostics, sources),
                });
            }
            What::Problems(problems) => {
                for problem in problems {
                    let name = paint.paint(Tone::Bad, "triad:");
                    let message = wrapped(&problem.message, look.width, "triad: ".len());
                    let mut text = printable!("{} {}", name, message);
                    if let Some(help) = &problem.help {
                        let name = paint.paint(Tone::Move, "help:");
                        let help = wrapped(help, look.width, "  help: ".len());
                        text.push(printable!("\n  {} {}", name, help));
                    }
                    say(io::stderr(), text);
                    self.json(&JsonError {
                        format: FORMAT,
                        event: "error",
                        exit: failure.exit.code(),
                        message: problem.message.clone(),
                        help: problem.help.clone(),
                        diagnostics: Vec::new(),
                    });
                }
            }
        }
    }
}

/// Returns the failure for output that could not be written. The work of the command is done all
/// the same.
fn unwritten(error: &io::Error) -> Failure {
    let message = format!("the output is incomplete: cannot write to standard output: {error}");
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free space on the disk that standard output is written to"
        }
        io::ErrorKind::FileTooLarge => "raise the limit on the size of a file (`ulimit -f`)",
        _ => "check where standard output is redirected to",
    };
    Failure::new(Exit::Error, message, help)
}

/// Whether the next line of input agrees.
pub(super) fn is_yes() -> bool {
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// Whether the terminal cannot move its cursor.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether standard output is a pipe, whose reader may print to the same terminal at any time:
/// nothing can be refreshed there.
fn is_piped() -> bool {
    let found = rustix::fs::fstat(rustix::stdio::stdout());
    let kind = found.map(|found| FileType::from_raw_mode(found.st_mode));
    kind.is_ok_and(|kind| matches!(kind, FileType::Fifo | FileType::Socket))
}

/// Returns the size of the terminal that waits are shown on.
fn size() -> Size {
    let told = rustix::termios::tcgetwinsize(rustix::stdio::stderr());
    let told = told.map(|told| (usize::from(told.ws_col), usize::from(told.ws_row)));
    match told {
        Ok((columns, rows)) if columns > 0 && rows > 0 => Size { columns, rows },
        _ => SIZE,
    }
}

fn width(of: impl std::os::fd::AsFd) -> usize {
    let size = rustix::termios::tcgetwinsize(of);
    let columns = size.map(|size| usize::from(size.ws_col)).unwrap_or(0);
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    match columns {
        0 => told.unwrap_or(WIDTH).clamp(40, 1_000),
        columns => columns.max(40),
    }
}

/// Whether a stream gets colours by default.
fn is_colored(is_terminal: bool) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_terminal && !is_set("NO_COLOR") && !is_dumb()
}

fn say(to: impl Write, text: impl Piece) {
    print(to, &printable!("{}\n", text.into_printable()));
}

fn print(to: impl Write, text: &Printable) -> bool {
    write(to, text.as_str())
}

fn draw(to: impl Write, drawing: &Drawing) {
    write(to, drawing.as_str());
}

/// Writes a text, and returns whether it could. A closed pipe is no error of triad's.
fn write(mut to: impl Write, text: &str) -> bool {
    to.write_all(text.as_bytes())
        .and_then(|()| to.flush())
        .is_ok()
}
