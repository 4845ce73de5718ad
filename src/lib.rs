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
//! 1. [`manifest`]: text becomes a [`Manifest`](manifest::ast::Manifest), what was written, with
//!    the place of everything. All mistakes at once.
//! 2. [`resolve`]: a manifest becomes a [`Layout`](layout::Layout), what should exist, with
//!    templates filled in, attributes inherited, and needs resolved.
//! 3. [`live`]: one tmux process lists what exists; [`live::parse`] reads it as a
//!    [`Snapshot`](live::Snapshot).
//! 4. [`plan`]: layout and snapshot become a [`Plan`](plan::Plan): what to change, why, in which
//!    order, and which process it costs.
//! 5. [`render`]: a plan becomes scripts in tmux's own language, or one shell script that needs no
//!    triad ([`render::standalone`]).
//! 6. [`execute`]: the scripts are sent, programs started as what they need comes up, and what
//!    happened is told.
//!
//! Beside them: [`layout`] is the vocabulary of what is wanted; [`tmux`] is tmux's language and the
//! only place that starts it; [`template`] fills values into texts; [`load`] finds and reads
//! manifests, [`save`] writes files; [`graph`] says who waits for whom, [`status`] how every pane
//! stands; [`saved`] keeps a plan in a file, and tells what has changed since; [`preflight`] looks
//! whether the machine has what a plan needs; [`survey`] reads what a folder says of itself, and
//! [`init`] makes a first manifest of that; [`view`] turns values into what people and scripts see;
//! [`cli`] has a file for each verb, which calls the stages from top to bottom.
//!
//! # Invariants
//!
//! Each is held by a test in `tests/integration/tidy.rs`.
//!
//! - Arrows point one way: `cli → view, execute, preflight, live, load → render → plan → resolve →
//!   manifest`; all may use [`layout`] and the types of [`tmux`]. A stage sees what the one before
//!   it made, and nothing later.
//! - No `async`, `tokio`, files, processes, environment, clock or randomness in `manifest`,
//!   `resolve`, `template`, `layout`, `plan`, `graph`, `status`, `render`, `init`, `tmux` (but
//!   `tmux/server.rs`), `view` and `execute/engine`, which decides about waits. Time and environment
//!   arrive as arguments.
//! - One owner a library: kdl in `manifest`, handlebars in `template.rs`, petgraph in
//!   `resolve/graph/cycles.rs` and `plan/order.rs`, clap in `cli`, miette and similar in `view`, tokio in
//!   `execute`, `live/observe.rs`, `tmux/server.rs` and `cli`, tempfile in `save.rs`, toml and
//!   serde-saphyr in `init/data.rs`, notify in `cli/watch/files.rs`.
//! - Only `tmux` knows tmux's grammar, versions and hazards; every string reaches it through
//!   [`tmux::quote`]. Only `tmux/server.rs` starts it. Only `cli/output.rs` prints.
//! - Wanted and seen are two types that share an [`Address`](layout::Address):
//!   [`Pane`](layout::Pane) is wanted, [`LivePane`](live::LivePane) is seen,
//!   [`PaneDecl`](manifest::ast::PaneDecl) is written. Spans stay in `manifest`; a layout keeps an
//!   [`Origin`](layout::Origin) for messages.
//! - New ids are the one thing that a plan cannot know: they stay symbolic
//!   ([`Ref`](tmux::script::Ref)) until execution has read them.
//! - A change is a closed enum with its reason; the code that executes decides nothing.

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
