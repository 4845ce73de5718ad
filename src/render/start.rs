//! The lines that make a pane what it is: its tags, its options, its program.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    Address, Command as Wanted, NOTIFY_FOLDER, Pane, Presence, ReadyTag, Variable, encode_tag,
    notify_name,
};
use crate::live::Phase;
use crate::plan::change::{Retag, Start};
use crate::render::{Conditions, ending, held};
use crate::tmux::environment::is_passed_on;
use crate::tmux::script::{Command, Line, Part, Ref, Word};
use crate::tmux::tag;

/// Starts a program in the pane that holds its place, or in the place of another.
///
/// `remain-on-exit` comes first, so that not even a program that ends at once is lost; the phase
/// says `started` only once it is. As little as can be comes after the start: the output of a
/// program that ends while tmux is still at work on the batch can get lost.
pub fn start(index: usize, start: &Start, whose: Whose, conditions: &Conditions) -> Line {
    let program = Program::of(start, whose, conditions);
    let pane = &start.pane;
    let mut environment = program.environment();
    environment.extend(secrets(pane));
    let mut starting = held::clock(pane);
    starting.push(program.in_place(Some("-k"), environment, words(pane)));
    starting.extend(before(start));
    starting.push(phase(&pane.address, Phase::Started));
    line(index, start, &program, starting)
}

/// Starts a program by `words` that give it its secrets; until then the pane is `pending`.
pub fn without_secrets(
    index: usize,
    start: &Start,
    words: Vec<Word>,
    whose: Whose,
    conditions: &Conditions,
) -> Line {
    let program = Program::of(start, whose, conditions);
    let mut starting = held::clock(&start.pane);
    starting.push(program.in_place(Some("-k"), program.environment(), words));
    starting.extend(before(start));
    line(index, start, &program, starting)
}

/// In a new pane nothing has been printed before; that is said only where it is asked for soon.
fn before(start: &Start) -> Option<Command> {
    let pane = &start.pane;
    let is_needed = !start.is_new || ending::is_read(pane);
    is_needed.then(|| ending::before(&pane.address))
}

fn line(index: usize, start: &Start, program: &Program, starting: Vec<Command>) -> Line {
    let pane = &start.pane;
    let applied = &start.applied;
    let mut commands = identity(pane, program.whose.owner, Phase::Pending);
    commands.extend(title(pane, start.is_new));
    let before = start.farewell.as_ref();
    if before.is_some_and(|before| before.is_armed) {
        commands.extend(ending::disarm(&pane.address));
        commands.push(unset(&pane.address, tag::LEFT));
    }
    if before.is_some() {
        commands.push(unset(&pane.address, tag::DONE));
    }
    if !start.is_new {
        commands.extend(held::of_window_of(pane));
    }
    commands.extend(ending::arm(program));
    if start.follows.is_some() {
        commands.push(unset(&pane.address, tag::FOLLOWS));
    }
    if !pane.typed.is_empty() {
        commands.push(option(&pane.address, tag::TYPED, "0"));
    }
    commands.push(option(&pane.address, tag::SPEC, &applied.spec()));
    commands.push(option(&pane.address, tag::APPLIED, &encode_tag(applied)));
    commands.extend(starting);
    if start.takes_focus {
        commands.push(focus(&pane.address));
    }
    commands.push(pid(index, &pane.address, program.conditions.nonce));
    Line {
        step: index,
        what: "start the program",
        commands,
    }
}

/// Writes down what changed about a pane whose process stays as it is.
pub fn retag(index: usize, retag: &Retag, whose: Whose, conditions: &Conditions) -> Line {
    let pane = &retag.pane;
    let applied = &retag.applied;
    let phase = if retag.is_stopped {
        Phase::Stopped
    } else {
        Phase::Started
    };
    let mut commands = identity(pane, whose.owner, phase);
    commands.extend(title(pane, false));
    if retag.rearms {
        let program = Program {
            pane,
            is_in_new_session: false,
            whose,
            conditions,
        };
        commands.extend(ending::disarm(&pane.address));
        commands.extend(held::of_window_of(pane));
        commands.extend(ending::arm(&program));
    }
    if retag.was_typed {
        // What is new of it is for a shell that starts; a person may be at this one.
        let all = pane.typed.len().to_string();
        commands.push(option(&pane.address, tag::TYPED, &all));
    }
    commands.push(option(&pane.address, tag::SPEC, &applied.spec()));
    commands.push(option(&pane.address, tag::APPLIED, &encode_tag(applied)));
    if retag.takes_focus {
        commands.push(focus(&pane.address));
    }
    Line {
        step: index,
        what: "tag the pane",
        commands,
    }
}

/// Writes down whose sockets listened on the pane's ports before its program had a chance to.
pub fn strangers(pane: &Address, sockets: &BTreeSet<u64>) -> Command {
    let inodes: Vec<String> = sockets.iter().map(u64::to_string).collect();
    option(pane, tag::STRANGERS, &inodes.join(":"))
}

/// That the run of a pane's program is ready, and why.
pub fn ready(pane: &Address, tag: &ReadyTag) -> Command {
    option(pane, tag::READY, &tag.encode())
}

/// Which pane it is and whose, and how far it came.
pub fn identity(pane: &Pane, owner: &str, phase: Phase) -> Vec<Command> {
    let address = tag::encode(&pane.address.to_string());
    vec![
        option(&pane.address, tag::PANE, &address),
        option(&pane.address, tag::OWNER, owner),
        option(&pane.address, tag::PHASE, phase.as_str()),
    ]
}

/// What the pane's border says; a pane that had a title and has none now loses it.
pub fn title(pane: &Pane, is_new: bool) -> Option<Command> {
    match &pane.title {
        Some(title) => Some(option(&pane.address, tag::TITLE, title)),
        None if is_new => None,
        None => Some(unset(&pane.address, tag::TITLE)),
    }
}

pub fn phase(pane: &Address, phase: Phase) -> Command {
    option(pane, tag::PHASE, phase.as_str())
}

pub fn unset(pane: &Address, name: &str) -> Command {
    let unset = Command::new(["set-option", "-pu", "-t"]).word(id(pane));
    unset.word(name)
}

pub fn option(pane: &Address, name: &str, value: &str) -> Command {
    let set = Command::new(["set-option", "-p", "-t"]).word(id(pane));
    set.word(name).word(value)
}

fn focus(pane: &Address) -> Command {
    Command::new(["select-pane", "-t"]).word(id(pane))
}

/// The word that opens the record of a started process, after the nonce.
pub const STARTED: &str = "pid";

/// Tells the pid of the program, for whoever watches it.
fn pid(index: usize, pane: &Address, nonce: &str) -> Command {
    let print = Command::new(["display-message", "-p", "-t"]).word(id(pane));
    print.word(format!("{nonce} {STARTED} {index}\t#{{pane_pid}}"))
}

pub fn id(pane: &Address) -> Ref {
    Ref::Pane(pane.clone())
}

/// The caller's environment as assignments, whose values previews do not show.
pub fn of_caller(conditions: &Conditions) -> BTreeMap<String, Word> {
    let hidden = |(name, value): (&String, &String)| {
        let value = Part::Hidden {
            text: value.clone(),
            shown: format!("${{{name}}}"),
        };
        (name.clone(), assigned(name, value))
    };
    conditions.environment.iter().map(hidden).collect()
}

fn assigned(name: &str, value: Part) -> Word {
    Word(vec![Part::Text(format!("{name}=")), value])
}

/// What tells a program where it may say something of itself, as with systemd.
const NOTIFY_SOCKET: &str = "NOTIFY_SOCKET";

/// What runs in a pane, and all that it takes to start it.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    pub pane: &'a Pane,
    /// Its session is made by this plan, with the caller's environment.
    pub is_in_new_session: bool,
    pub whose: Whose<'a>,
    pub conditions: &'a Conditions<'a>,
}

/// Whose the panes of a plan are.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    pub layout: &'a str,
    /// As it is written on them.
    pub owner: &'a str,
}

impl<'a> Program<'a> {
    fn of(start: &'a Start, whose: Whose<'a>, conditions: &'a Conditions) -> Self {
        Program {
            pane: &start.pane,
            is_in_new_session: start.is_in_new_session,
            whose,
            conditions,
        }
    }

    /// Starts it again in its pane, which is empty. A program with secrets is never started so.
    pub fn respawn(&self) -> Command {
        self.in_place(None, self.environment(), words(self.pane))
    }

    /// Starts these words where the program was, without what nobody is to see of its environment.
    pub fn successor(&self, words: Vec<Word>) -> Command {
        self.in_place(None, self.environment(), words)
    }

    /// Starts words in the pane, over what runs there with `-k`.
    fn in_place(&self, over: Option<&str>, environment: Vec<Word>, words: Vec<Word>) -> Command {
        let pane = self.pane;
        let command = Command::new(["respawn-pane"].into_iter().chain(over));
        let mut command = command.word("-t").word(id(&pane.address));
        command = command.word("-c").word(Word::directory(&pane.cwd));
        for assignment in environment {
            command = command.word("-e").word(assignment);
        }
        words.into_iter().fold(command.word("--"), Command::word)
    }

    /// Where it is to say that it is ready, if it is. It is no part of what needs a restart.
    fn notified(&self) -> Option<(String, Word)> {
        let ready = self.pane.ready.as_ref();
        ready.filter(|ready| ready.is_notified())?;
        let name = notify_name(self.whose.owner, &self.pane.address);
        let value = Word(vec![
            Part::Text(format!("{NOTIFY_SOCKET}=")),
            Part::Id(Ref::Socket),
            Part::Text(format!("{NOTIFY_FOLDER}/{name}")),
        ]);
        Some((NOTIFY_SOCKET.to_owned(), value))
    }

    /// What a program's environment needs beyond its session's: the caller's, unless the session
    /// was made with it a moment ago; what triad tells every program; what the manifest sets and
    /// all may see.
    fn environment(&self) -> Vec<Word> {
        let mut environment = BTreeMap::new();
        if !self.is_in_new_session {
            environment = of_caller(self.conditions);
        }
        let pane = self.pane;
        let told = [
            ("TRIAD_LAYOUT", Part::Text(self.whose.layout.to_owned())),
            ("TRIAD_PANE", Part::Text(pane.address.to_string())),
            ("TRIAD_SOCKET", Part::Id(Ref::Socket)),
        ];
        let told = told.map(|(name, value)| (name.to_owned(), assigned(name, value)));
        environment.extend(told);
        environment.extend(self.notified());
        for (name, value) in &pane.env {
            match value.plain() {
                Some(value) => environment.insert(name.clone(), format!("{name}={value}").into()),
                None => environment.remove(name),
            };
        }
        environment.extend(open_environment(pane));
        environment.into_values().collect()
    }
}

/// What the pane runs, as it follows `--`.
pub fn words(pane: &Pane) -> Vec<Word> {
    let mut words = Vec::new();
    // tmux gives every program the PATH of the client that starts it, over what `-e` says.
    if let Some(path) = pane.env.get("PATH").and_then(Variable::plain) {
        words.push("/usr/bin/env".into());
        words.push(format!("PATH={path}").into());
    }
    words.extend(program(pane));
    words
}

/// The secrets of a pane as assignments, for previews and for scripts that stand alone.
fn secrets(pane: &Pane) -> Vec<Word> {
    let secrets = pane.env.iter().filter_map(|(name, value)| match value {
        Variable::Plain(_) => None,
        Variable::Secret(secret) => Some(Word(vec![
            Part::Text(format!("{name}=")),
            Part::Hidden {
                text: secret.reveal().to_owned(),
                shown: format!("${{{name}:?}}"),
            },
        ])),
    });
    secrets.collect()
}

/// What the manifest leaves to the environment of whoever starts the program.
fn open_environment(pane: &Pane) -> impl Iterator<Item = (String, Word)> {
    let open = pane.open_env.iter();
    open.filter_map(|(name, presence)| {
        let outer = pane.env.get(name).and_then(Variable::plain);
        let shown = match (presence, outer) {
            // tmux gives every program the PATH of the client that starts it.
            _ if name == "PATH" => return None,
            (Presence::Required, _) => format!("${{{name}?}}"),
            (Presence::Filled, _) => format!("${{{name}:?}}"),
            (Presence::Optional, Some(outer)) => format!("${{{name}-{}}}", in_expansion(outer)),
            // Its session has it from whoever started it, if there is one.
            (Presence::Optional, None) if is_passed_on(name) => return None,
            (Presence::Optional, None) => format!("${{{name}-}}"),
        };
        let text = String::new();
        let value = assigned(name, Part::Hidden { text, shown });
        Some((name.clone(), value))
    })
}

/// A text as the default of a shell's expansion that stands in double quotes.
fn in_expansion(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '"' | '$' | '`' | '}') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The program's words: always two or more, because tmux gives a single one to the user's shell.
fn program(pane: &Pane) -> Vec<Word> {
    match &pane.command {
        Wanted::Shell(None) => {
            let shell = Ref::DefaultShell(pane.address.session());
            vec![shell.into(), "-l".into()]
        }
        Wanted::Shell(Some(shell)) => vec![shell.as_str().into(), "-l".into()],
        Wanted::Line { shell, line } => {
            vec![shell.as_str().into(), "-c".into(), line.as_str().into()]
        }
        Wanted::Argv(words) => words.iter().map(|word| word.as_str().into()).collect(),
    }
}
