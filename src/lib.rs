//! A declarative layout runner for tmux.
//!
//! A manifest says which sessions, windows, splits and panes should exist, what runs in each, what
//! needs what, and when it is ready. triad *resolves* it into a layout, compares that with what is
//! *live* into a *plan*, *renders* the plan as tmux commands, and *executes* them. No daemon and no
//! state file: the manifest is the only intent, tmux the only state.
//!
//! ```text
//! manifest text ─parse─▶ Manifest ─resolve─▶ Layout ─┐
//!  (KDL, spans)        (as written)        (wanted)   ├─plan─▶ Plan ─render─▶ Script ─execute─▶ Outcome
//! tmux listing ─parse─▶ Snapshot ────────────────────┘      (why, order)   (tmux text)       (events)
//!  (one process)        (seen)
//! └────── effects: load, observe ──────┘└──────────────── pure ────────────────┘└── effects ──┘
//! ```
//!
//! # The map, in reading order
//!
//! The pure half, one direction:
//!
//! 1. [`manifest`]: text becomes a [`Manifest`](manifest::ast::Manifest), what was written, with
//!    the place of everything. All mistakes at once.
//! 2. [`resolve`]: a manifest becomes a [`Layout`](layout::Layout), what should exist, with
//!    templates filled in, attributes inherited, and needs resolved.
//! 3. [`live`]: one tmux process lists what exists; [`live::parse`] reads it as a
//!    [`Snapshot`](live::Snapshot).
//! 4. [`plan`]: layout and snapshot become a [`Plan`](plan::Plan): what to change, why, in which
//!    order, and which process it costs. A step is named by its [`StepId`](layout::StepId).
//! 5. [`render`]: a plan becomes scripts in tmux's own language, one entry a step, or one shell
//!    script that needs no triad ([`render::standalone`]).
//!
//! The effect half, from below:
//!
//! - [`machine`]: processes and their ends, signals, locks, ports, keys, a line of shell.
//! - [`link`]: the way to one tmux server. A [`Link`](link::Link) sends scripts and asks questions;
//!   it knows ids and no steps.
//! - [`readiness`]: whether panes are ready. Its [`engine`](readiness::engine) is a state machine;
//!   its [`prober`](readiness::prober) makes probes and hears programs.
//! - [`event`]: what happens while a verb is at work, for whoever shows it.
//! - [`execute`]: a plan becomes changes. The run (`execute/run`) is a state machine, the ledger
//!   keeps what became of each step, the driver does what the run asks for.
//! - [`status`]: how every pane stands: one [`Standing`](status::Standing), derived in one place.
//! - [`watcher`]: looks at what runs, again and again, and tells what has changed; waits are built
//!   on it.
//!
//! Beside them: [`layout`] is the vocabulary of what is wanted; [`tmux`] is tmux's language and the
//! only place that starts it; [`pane_text`] has what triad writes into panes; [`template`] fills
//! values into texts; [`load`] finds and reads manifests, [`save`] writes files; [`graph`] says who
//! waits for whom; [`saved`] keeps a plan in a file, and tells what has changed since; [`preflight`]
//! looks whether the machine has what a plan needs; [`survey`] reads what a folder says of itself,
//! and [`init`] makes a first manifest of that; [`view`] turns values into what people and scripts
//! see; [`cli`] has a file for each verb, grouped by run, look, edit and talk, and in `cli/pipeline`
//! the stages that the verbs go through.
//!
//! What comes next has its place: logs, talk, agents, workspaces, remote and dash are rooms of their
//! own above [`link`], [`watcher`] and [`event`]; nothing below names them.
//!
//! # The loops
//!
//! There are three, each with one `select!` in which the interrupt and a deadline stand:
//!
//! - the driver of a run (`execute/driver.rs`): answers, probes, ends of processes, time;
//! - the watcher (`watcher`): looks at the server, paced in one place, for `ps --watch`, `watch` and
//!   `wait`;
//! - `watch` itself (`cli/run/watch`): edits of files, and the watcher's changes.
//!
//! A signal is obeyed at once in each of them; a call of tmux that is under way is given up two
//! seconds later.
//!
//! # The locks
//!
//! Files beside the server's socket, whatever path leads to it ([`machine::lock`]):
//!
//! - the *apply lock* of a layout is held by `apply`, `up` and each round of `watch`, from the
//!   agreement to the end;
//! - the *change lock* of a layout is held around each batch and each ending, by whoever makes it
//!   (`execute/jobs.rs`);
//! - the *server lock* is held, besides, around a batch that starts a server or makes or renames
//!   sessions.
//!
//! None is held while a person is asked or while something is waited for.
//!
//! # Glossary
//!
//! - *address*: `session/window/pane`, triad's name of an object.
//! - *batch*: lines that one tmux process is sent; *wave*: the programs that one batch starts.
//! - *change*: how a live object differs from the wanted one; *drift*: a change that nobody wrote.
//! - *conditions*: what a stage depends on besides its input.
//! - *event*: something that happened, told once; *outcome*: how a step, or a run, ended.
//! - *geometry*: sessions, windows, splits and empty panes, before any program starts.
//! - *job*: one thing that a run asks the driver to do, answered once.
//! - *leaving*: a process that a step ends; *stray*: one that left its pane before.
//! - *need*, *target*: a pane's edge to another, and the pane it points to.
//! - *origin*: where in a manifest an object is written.
//! - *phase*: how far triad came with a pane, as its tag says.
//! - *report*: what came back for a batch, line by line; also what a program says of itself.
//! - *snapshot*: what exists on a server at one moment.
//! - *spec*: the part of a pane that only a restart can change, hashed.
//! - *standing*: how a pane is: its state, why, since when, and from which source.
//! - *step*: one entry of a plan.
//! - *tag*: an option of tmux's in which triad keeps something about an object.
//!
//! # Invariants
//!
//! Each is held by a test in `tests/integration/tidy.rs`.
//!
//! - Arrows point one way: `cli → view, watcher, execute, preflight, live, load → render → plan →
//!   resolve → manifest`, and `watcher, execute → readiness → link → machine`, `execute → preflight`; all may use [`layout`]
//!   and the types of [`tmux`]. A stage sees what the one before it made, and nothing later. No file
//!   names one that names it back, however far around.
//! - No `async`, `tokio`, files, processes, environment, clock or randomness in `manifest`,
//!   `resolve`, `template`, `layout`, `plan`, `graph`, `status`, `render`, `saved`, `init`, `tmux`
//!   (but `tmux/server.rs`), `view`, `event`, `pane_text`, `readiness/engine`, `execute/run` and
//!   `execute/ledger.rs`. Time and environment arrive as arguments.
//! - One owner a library: kdl in `manifest`, handlebars in `template.rs`, petgraph in
//!   `resolve/graph/cycles.rs` and `plan/order.rs`, clap in `cli`, miette, similar and anstyle in `view`,
//!   tokio in `machine`, `link`, `readiness`, `watcher`, `execute`, `live/observe.rs`,
//!   `tmux/server.rs` and `cli`, tempfile in `save.rs`, toml and serde-saphyr in `init/data.rs`,
//!   notify in `cli/run/watch/files.rs`.
//! - Only `tmux` knows tmux's grammar, versions, questions, complaints and hazards; every string
//!   reaches it through [`tmux::quote`]. Only `tmux/server.rs` starts it.
//! - Only `cli/output.rs` prints, by `cli/stdout.rs`, and only what is
//!   [`Printable`](view::text::printable::Printable): every string that is not triad's own is made
//!   visible on the way into one.
//! - Wanted and seen are two types that share an [`Address`](layout::Address):
//!   [`Pane`](layout::Pane) is wanted, [`LivePane`](live::LivePane) is seen,
//!   [`PaneDecl`](manifest::ast::PaneDecl) is written. Spans stay in `manifest`; a layout keeps an
//!   [`Origin`](layout::Origin) for messages.
//! - New ids are the one thing that a plan cannot know: they stay symbolic
//!   ([`Ref`](tmux::script::Ref)) until execution has read them.
//! - A change is a closed enum with its reason; what starts when, and what is given up, is decided
//!   by the run, which has no effects; the code with effects decides nothing.

pub mod manifest;

pub mod resolve;

pub mod live;

pub mod plan;

pub mod render;

pub mod graph;
pub mod saved;
pub mod status;

pub mod event;
pub mod link;
pub mod machine;
pub mod readiness;
pub mod watcher;

pub mod execute;

pub mod layout;
pub mod pane_text;
pub mod template;
pub mod tmux;

pub mod load;
pub mod preflight;
pub mod save;

pub mod init;
pub mod survey;

pub mod view;

pub mod cli;
