//! A declarative layout runner for tmux.
//!
//! A manifest lists the sessions, windows, splits and panes that should exist, the program of each
//! pane, its dependencies, and the sign that it is ready. triad *resolves* the manifest into a layout,
//! compares it with the *live* state, makes a *plan*, *renders* the plan as tmux commands, and
//! *executes* them. There is no daemon and no state file: the manifest is the only intent, tmux the
//! only state.
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
//! 1. [`manifest`]: text becomes a [`Manifest`](manifest::ast::Manifest), as written, with the place
//!    of every node. It reports all mistakes at once.
//! 2. [`resolve`]: a manifest becomes a [`Layout`](layout::Layout), the wanted state, with templates
//!    filled in, attributes inherited, and needs resolved.
//! 3. [`live`]: one tmux process lists the existing objects; [`live::parse`] reads the list as a
//!    [`Snapshot`](live::Snapshot).
//! 4. [`plan`]: layout and snapshot become a [`Plan`](plan::Plan): the changes, their reasons, their
//!    order, and the processes that they end. A step is named by its [`StepId`](layout::StepId).
//! 5. [`render`]: a plan becomes scripts in tmux's own language, one entry per step, or one shell
//!    script that works without triad ([`render::standalone`]).
//!
//! The effect half, from below:
//!
//! - [`machine`]: processes and their exits, signals, locks, ports, keys, a line of shell.
//! - [`link`]: the connection to one tmux server. A [`Link`](link::Link) sends scripts and queries;
//!   it knows ids, but no steps.
//! - [`readiness`]: the readiness of panes. Its [`engine`](readiness::engine) is a state machine; its
//!   [`prober`](readiness::prober) runs probes and receives reports of programs.
//! - [`event`]: the events of a verb at work, for its display.
//! - [`execute`]: a plan becomes changes. The run (`execute/run`) is a state machine, the ledger
//!   keeps the outcome of each step, the driver carries out the jobs of the run.
//! - [`status`]: the state of every pane: one [`Standing`](status::Standing), derived in one place.
//! - [`watcher`]: looks at the panes repeatedly, and reports changes; waits are built on it.
//! - [`talk`]: reads the screens of panes, and sends them text and keys.
//!
//! Beside them: [`layout`] is the vocabulary of the wanted state; [`tmux`] is tmux's language and the
//! only place that starts it; [`pane_text`] has the texts that triad writes into panes; [`template`]
//! fills values into texts; [`dotenv`] reads environment files; [`load`] finds and reads manifests, [`save`] writes files; [`graph`] has
//! the dependencies of panes and steps; [`saved`] keeps a plan in a file, and finds the changes since;
//! [`preflight`] checks that the machine has everything that a plan needs; [`survey`] reads the files
//! of a folder, and [`init`] makes a first manifest from them; [`view`] turns values into output for
//! people and scripts; [`cli`] has a file for each verb, grouped by run, look, edit and talk, and in
//! `cli/pipeline` the stages that the verbs go through.
//!
//! Future capabilities have their place: logs, agents, workspaces, remote and dash are modules
//! of their own above [`link`], [`watcher`] and [`event`]; nothing below names them.
//!
//! # The loops
//!
//! There are three, each with one `select!` that includes the interrupt and a deadline:
//!
//! - the driver of a run (`execute/driver.rs`): answers, probes, exits of processes, time;
//! - the watcher (`watcher`): looks at the server, paced in one place, for `ps --watch`, `watch` and
//!   `wait`;
//! - `watch` itself (`cli/run/watch`): edits of files, and the watcher's changes.
//!
//! Each of them obeys a signal at once; a running call of tmux is given up two seconds later.
//!
//! # The locks
//!
//! Files beside the server's socket, whatever path leads to it ([`machine::lock`]):
//!
//! - `apply`, `up` and each round of `watch` hold the *apply lock* of a layout, from the approval to
//!   the end;
//! - each batch and each stop of a program holds the *change lock* of a layout (`execute/jobs.rs`);
//! - a batch that starts a server, or creates or renames sessions, also holds the *server lock*.
//!
//! None is held during a question or a wait.
//!
//! # Glossary
//!
//! - *address*: `session/window/pane`, triad's name of an object.
//! - *batch*: lines that are sent to one tmux process; *wave*: the programs that one batch starts.
//! - *change*: a difference between a live object and the wanted one; *drift*: a change made by hand.
//! - *conditions*: the parameters of a stage besides its input.
//! - *event*: something that happened, reported once; *outcome*: the end of a step, or of a run.
//! - *geometry*: sessions, windows, splits and empty panes, before any program starts.
//! - *job*: one request of a run to the driver, answered once.
//! - *leaving*: a process that a step ends; *stray*: a process that runs outside its pane.
//! - *need*, *target*: a pane's edge to another, and the pane it points to.
//! - *origin*: the place of an object in a manifest.
//! - *phase*: triad's progress with a pane, as stored in its tag.
//! - *report*: the answer to a batch, line by line; also the message of a program about itself.
//! - *snapshot*: the objects on a server at one moment.
//! - *spec*: the part of a pane that only a restart can change, hashed.
//! - *standing*: the state of a pane, with its reason, its age and its source.
//! - *step*: one entry of a plan.
//! - *tag*: a tmux option in which triad stores something about an object.
//!
//! # Invariants
//!
//! Each is held by a test in `tests/integration/tidy.rs`.
//!
//! - Arrows point one way: `cli → view, talk, watcher, execute, preflight, live, load → render → plan →
//!   resolve → manifest`, and `watcher, execute → readiness → link → machine`, `talk → link`, `execute →
//!   preflight`; all may use [`layout`] and the types of [`tmux`]. A stage sees the result of the one
//!   before it, and nothing later. No file depends on itself through others.
//! - No `async`, `tokio`, files, processes, environment, clock or randomness in `manifest`,
//!   `resolve`, `template`, `dotenv`, `layout`, `plan`, `graph`, `status`, `render`, `saved`, `init`, `tmux`
//!   (but `tmux/server.rs`), `view`, `event`, `pane_text`, `readiness/engine`, `execute/run` and
//!   `execute/ledger.rs`. Time and environment arrive as arguments.
//! - One owner a library: kdl in `manifest`, handlebars in `template.rs`, petgraph in
//!   `resolve/graph/cycles.rs` and `plan/order.rs`, clap in `cli`, miette, similar and anstyle in `view`,
//!   tokio in `machine`, `link`, `readiness`, `watcher`, `talk`, `execute`, `live/observe.rs`,
//!   `tmux/server.rs` and `cli`, tempfile in `save.rs`, toml and serde-saphyr in `init/data.rs`,
//!   notify in `cli/run/watch/files.rs`.
//! - Only `tmux` knows tmux's grammar, versions, questions, complaints and hazards; every string
//!   reaches it through [`tmux::quote`]. Only `tmux/server.rs` starts it.
//! - Only `cli/output.rs` prints, through `cli/stdout.rs`, and only a
//!   [`Printable`](view::text::printable::Printable), which makes every string visible that is not
//!   triad's own.
//! - Wanted and seen are two types that share an [`Address`](layout::Address):
//!   [`Pane`](layout::Pane) is wanted, [`LivePane`](live::LivePane) is seen,
//!   [`PaneDecl`](manifest::ast::PaneDecl) is written. Spans stay in `manifest`; a layout keeps an
//!   [`Origin`](layout::Origin) for messages.
//! - A plan cannot know new ids: they stay symbolic ([`Ref`](tmux::script::Ref)) until execution has
//!   read them.
//! - A change is a closed enum with its reason. The run, which has no effects, decides when to start
//!   and when to give up; the code with effects decides nothing.

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

pub mod dotenv;
pub mod layout;
pub mod pane_text;
pub mod template;
pub mod tmux;

pub mod load;
pub mod preflight;
pub mod save;

pub mod init;
pub mod survey;

pub mod talk;

pub mod view;

pub mod cli;
