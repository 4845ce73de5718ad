//! `triad send`: types a text, or presses keys, in the program of a pane.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use regex_lite::Regex;
use tokio::task::JoinSet;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Problem, What};
use crate::cli::global::{Global, some_time};
use crate::cli::output::Output;
use crate::cli::pipeline::act::listen;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::request::LockFlags;
use crate::cli::pipeline::target::{self, Count, Targets};
use crate::layout::{Address, PaneKind, expression};
use crate::link::Link;
use crate::link::batch::Destination;
use crate::live::{LiveProcess, ObserveError};
use crate::machine::interrupt::Interrupt;
use crate::machine::lock::{Lock, LockFile};
use crate::status::{PaneStatus, State};
use crate::talk::look::Refusal;
use crate::talk::program::Program;
use crate::talk::request::{Awaited, Input, Outcome, Request};
use crate::talk::send::Sender;
use crate::talk::text::Text;
use crate::tmux::delivery::Recipient;
use crate::tmux::key;
use crate::tmux::script::Bindings;
use crate::view::json;
use crate::view::talk::send as view;

/// Type a text into the program of a pane
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad send [OPTIONS] [MANIFEST|NAME] <ADDRESS>... <TEXT|->",
    before_help = "triad send worker \"run the tests\"",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest or the name of a layout, unless the pane is found from here, then addresses:
    /// `session/window/pane`, `*` for any name, or a pane's name if it is unique; then the text, or
    /// `-` to read it from standard input
    #[arg(value_name = "ADDRESS", num_args = 1.., required = true)]
    words: Vec<String>,
    /// Read the text from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Press this key in place of a text, such as `C-c`, `Enter` or `y`; may be given several times
    #[arg(long = "key", value_name = "KEY", value_parser = key, conflicts_with = "file")]
    keys: Vec<String>,
    /// Do not press Enter after the text
    #[arg(long, conflicts_with = "keys")]
    no_enter: bool,
    /// Send although somebody is typing there, the program is not ready or offers a choice, or its
    /// echo is off
    #[arg(long)]
    force: bool,
    /// Then wait for a line of output that matches this regular expression
    #[arg(long, value_name = "REGEX", value_parser = regex)]
    wait_for: Option<Regex>,
    /// How long to wait for that line
    #[arg(
        long,
        value_name = "TIME",
        value_parser = some_time,
        default_value = "60s",
        requires = "wait_for"
    )]
    timeout: Duration,
    #[command(flatten)]
    lock: LockFlags,
}

const DETAILS: &str = "\
The text arrives whole and once: as one paste if the program supports that, then Enter. Exits with \
0 when the program has taken it, 10 when it was delivered but not taken within 5 seconds, 7 when \
nothing was sent, and 4 when no line matched in time. If one of several panes refuses, nothing is \
sent to any of them.";

/// The most bytes of a text.
const TEXT_MAX: u64 = 16 << 20;

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let (words, input) = input(own, &world)?;
    if let Input::Text { text, .. } = &input
        && text.removed > 0
    {
        output.warning(&view::removed(text.removed));
    }
    let request = Request {
        input,
        is_forced: own.force,
        awaited: own.wait_for.clone().map(|regex| Awaited {
            regex,
            limit: own.timeout,
        }),
    };
    let found = target::targets(&world, global, words, Count::OneUnlessGlob).await?;
    let interrupt = listen()?;
    let sending = Sending {
        found: &found,
        request: &request,
        interrupt: &interrupt,
    };
    let recipients = sending.recipients()?;
    sending.check(&recipients).await?;
    if let Some(regex) = own.wait_for.as_ref().filter(|_| output.is_interactive()) {
        output.talk(view::waiting(regex.as_str(), own.timeout));
    }
    let locks = sending
        .locks(&recipients, own.lock.lock_timeout, output)
        .await?;
    let outcomes = sending.send(&recipients, locks).await;
    report(&recipients, &outcomes, &found, output, &interrupt)
}

/// Reports what became of each pane.
fn report(
    recipients: &[(&Address, Recipient)],
    outcomes: &[Outcome],
    found: &Targets,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<Exit, Failure> {
    let mut problems = Vec::new();
    let mut exit = Exit::Success;
    for ((address, to), outcome) in std::iter::zip(recipients, outcomes) {
        output.json(&json::sent::sent(address, to.pane, outcome));
        if let Outcome::Confirmed { line } = outcome {
            output.news(view::confirmed(address, line.as_deref(), output.look()));
            continue;
        }
        let of_this = exit_of(outcome);
        if rank(of_this) > rank(exit) {
            exit = of_this;
        }
        problems.push(problem(address, outcome, found));
    }
    let exit = interrupt.received().map_or(exit, Exit::Signal);
    match problems.is_empty() {
        true => Ok(exit),
        false => Err(Failure {
            exit,
            what: What::Problems(problems),
        }),
    }
}

fn exit_of(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Confirmed { .. } => Exit::Success,
        Outcome::Delivered { .. } => Exit::Unconfirmed,
        Outcome::Refused(_) => Exit::Refused,
        Outcome::TimedOut { .. } | Outcome::Unknown { is_late: true, .. } => Exit::NotReady,
        Outcome::Ended => Exit::Unhealthy,
        Outcome::Unknown { .. } => Exit::NoTmux,
    }
}

/// Orders the ends of several panes: the one that a caller has to know about most is the last.
fn rank(exit: Exit) -> usize {
    let order = [
        Exit::Success,
        Exit::Unconfirmed,
        Exit::Unhealthy,
        Exit::NotReady,
        Exit::NoTmux,
        Exit::Refused,
    ];
    let place = order.iter().position(|other| *other == exit);
    place.unwrap_or(order.len())
}

/// Returns what happened to a pane, and what to do next.
fn problem(address: &Address, outcome: &Outcome, found: &Targets) -> Problem {
    let written = address.to_string();
    let capture = advice::command(&found.server, &["capture", &written]);
    let mut panes = found.panes.iter();
    let is_task = panes.any(|pane| pane.address == *address && pane.kind == PaneKind::Task);
    let verb = if is_task { "restart" } else { "start" };
    let start = advice::command(&found.server, &[verb, &written]);
    let look = format!("`{capture}` shows its screen");
    let help = match outcome {
        Outcome::Refused(refusal) => match refusal {
            Refusal::Gone => format!(
                "`{}` shows what runs",
                advice::command(&found.server, &["ps"])
            ),
            Refusal::NotStarted | Refusal::Dead => format!("`{start}` starts it"),
            Refusal::InMode(_) => "press `q` in that pane, which leaves it".to_owned(),
            Refusal::InputOff => "`tmux select-pane -e` switches it on".to_owned(),
            Refusal::Replaced => look,
            Refusal::LongLine { .. } => "break the line, or send the path of a file".to_owned(),
            Refusal::Choice(_) => {
                format!("`--key` answers it, `--force` types all the same; {look}")
            }
            _ => "wait until that has changed, or use `--force`".to_owned(),
        },
        Outcome::Unknown { .. } | Outcome::Delivered { .. } => {
            format!("look before you send it again: `{capture}`")
        }
        _ => look,
    };
    Problem {
        message: view::not_confirmed(address, outcome),
        help: Some(help),
    }
}

/// Takes a name that tmux would type as text for a mistake.
fn key(text: &str) -> Result<String, String> {
    if key::is_key(text) {
        return Ok(text.to_owned());
    }
    Err(match key::meant(text) {
        Some(meant) => format!("no such key; did you mean `{meant}`?"),
        None => {
            "no such key: expected a name such as `Enter`, `Escape`, `Up`, `C-c` or `F1`, or one \
                 character"
                .to_owned()
        }
    })
}

fn regex(text: &str) -> Result<Regex, String> {
    expression(text).map_err(|error| error.to_string())
}

/// Splits the words into those that name panes and the text, and reads the text.
fn input<'a>(own: &'a Arguments, world: &World) -> Result<(&'a [String], Input), Failure> {
    if !own.keys.is_empty() {
        return Ok((&own.words, Input::Keys(own.keys.clone())));
    }
    let (words, bytes) = match (&own.file, &own.words[..]) {
        (Some(file), words) => (words, read_file(file, world)?),
        (None, [words @ .., text]) if !words.is_empty() => match text.as_str() {
            "-" => (words, read(io::stdin(), "standard input")?),
            text => (words, text.as_bytes().to_vec()),
        },
        (None, words) if io::stdin().is_terminal() => {
            let address = words.first().map_or("ADDRESS", String::as_str);
            let help = format!("write it after the address: `triad send {address} TEXT`");
            return Err(Failure::new(Exit::Usage, "no text given", help));
        }
        (None, words) => (words, read(io::stdin(), "standard input")?),
    };
    let text = Text::new(&bytes).map_err(|error| {
        let help = "send text in UTF-8, which `iconv -t UTF-8` converts to";
        Failure::new(Exit::Usage, error.to_string(), help)
    })?;
    let enter = !own.no_enter;
    let text = if enter { text.without_end() } else { text };
    if text.text.is_empty() {
        let help = "`--key Enter` presses Enter alone";
        return Err(Failure::new(Exit::Usage, "the text is empty", help));
    }
    Ok((words, Input::Text { text, enter }))
}

fn read_file(path: &Path, world: &World) -> Result<Vec<u8>, Failure> {
    if path.as_os_str() == "-" {
        return read(io::stdin(), "standard input");
    }
    let name = format!("`{}`", path.display());
    let file = File::open(world.current.join(path)).map_err(|error| unreadable(&name, &error))?;
    read(file, &name)
}

fn read(from: impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = from.take(TEXT_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > TEXT_MAX {
        let message = format!("{name} has more than {} MiB", TEXT_MAX >> 20);
        let help = "send the path of a file that the program can read";
        return Err(Failure::new(Exit::Usage, message, help));
    }
    Ok(bytes)
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    let message = format!("cannot read {name}: {error}");
    Failure::new(Exit::Error, message, "check the path and its permissions")
}

/// A request to the panes that were found.
struct Sending<'a> {
    found: &'a Targets,
    request: &'a Request,
    interrupt: &'a Interrupt,
}

impl Sending<'_> {
    /// Returns the programs of the panes.
    fn recipients(&self) -> Result<Vec<(&Address, Recipient)>, Failure> {
        let panes = &self.found.panes;
        let mut refused = Vec::new();
        let mut recipients = Vec::new();
        for pane in panes {
            match self.recipient(pane) {
                Ok(recipient) => recipients.push((&pane.address, recipient)),
                Err(refusal) => refused.push((&pane.address, refusal)),
            }
        }
        match refused.is_empty() {
            true => Ok(recipients),
            false => Err(self.refused(&refused)),
        }
    }

    fn recipient(&self, pane: &PaneStatus) -> Result<Recipient, Refusal> {
        let snapshot = &self.found.snapshot;
        let (Some(server), Some(id)) = (&snapshot.server, pane.id) else {
            return Err(Refusal::Gone);
        };
        let live = snapshot.pane(id).ok_or(Refusal::Gone)?;
        let pid = match &live.process {
            LiveProcess::Running { pid, .. } => *pid,
            LiveProcess::Ended(_) => return Err(Refusal::Dead),
            LiveProcess::Empty => return Err(Refusal::NotStarted),
        };
        match pane.standing.state {
            // What runs there only shows a text of triad's.
            State::Pending => return Err(Refusal::NotStarted),
            _ if live.is_unstarted() => return Err(Refusal::NotStarted),
            State::Starting if !self.request.is_forced => return Err(Refusal::Starting),
            _ => {}
        }
        Ok(Recipient {
            server: server.id(),
            pane: id,
            pid,
        })
    }

    /// Checks all panes before anything is sent to one of them.
    async fn check(&self, recipients: &[(&Address, Recipient)]) -> Result<(), Failure> {
        let mut refused = Vec::new();
        for (address, to) in recipients {
            let link = self.link(*to);
            let sender = Sender {
                program: Program {
                    link: &link,
                    to: *to,
                },
                request: self.request,
            };
            let refusal = sender.check().await;
            let refusal = refusal.map_err(ObserveError::from)?;
            refused.extend(refusal.map(|refusal| (*address, refusal)));
        }
        match refused.is_empty() {
            true => Ok(()),
            false => Err(self.refused(&refused)),
        }
    }

    /// Takes the locks of all panes, always in the same order.
    async fn locks(
        &self,
        recipients: &[(&Address, Recipient)],
        patience: Duration,
        output: &Output,
    ) -> Result<Vec<Lock>, Failure> {
        let mut panes: Vec<_> = recipients.iter().map(|(_, to)| to.pane).collect();
        panes.sort_unstable();
        let socket = self.found.server.socket_path();
        let mut locks = Vec::new();
        for pane in panes {
            let lock = LockFile::pane(&socket, pane);
            let mut tell = |held: &_| output.held(held);
            let taken = lock.take_telling("triad send", patience, &mut tell);
            locks.push(taken.await?);
        }
        Ok(locks)
    }

    /// Sends to all panes at the same time.
    async fn send(&self, recipients: &[(&Address, Recipient)], locks: Vec<Lock>) -> Vec<Outcome> {
        let mut tasks = JoinSet::new();
        for (at, (_, to)) in recipients.iter().enumerate() {
            let (to, link, request) = (*to, self.link(*to), self.request.clone());
            tasks.spawn(async move {
                let program = Program { link: &link, to };
                let request = &request;
                (at, Sender { program, request }.send().await)
            });
        }
        let mut outcomes = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            outcomes.push(ended.expect("sending neither panics nor is cancelled"));
        }
        drop(locks);
        outcomes.sort_by_key(|(at, _)| *at);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn link(&self, to: Recipient) -> Link {
        Link::new(
            self.found.server.clone(),
            Destination::Running(to.server),
            Bindings::new(),
            nonce(),
            self.interrupt.clone(),
        )
    }

    fn refused(&self, refused: &[(&Address, Refusal)]) -> Failure {
        let problems = refused.iter().map(|(address, refusal)| {
            problem(address, &Outcome::Refused(refusal.clone()), self.found)
        });
        Failure {
            exit: Exit::Refused,
            what: What::Problems(problems.collect()),
        }
    }
}
