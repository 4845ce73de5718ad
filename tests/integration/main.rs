//! All integration tests, in one binary: one link, and one place to look.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part ends the test"
)]
#![expect(
    unreachable_pub,
    reason = "nothing of a test binary is reached from outside: `pub` is for the other tests"
)]

mod about;
mod attach;
mod bare;
mod capture;
mod cases;
mod conduct;
mod dialect;
mod exec;
mod explain;
mod failed;
mod flags;
mod fmt;
mod found;
mod gallery;
mod geometry;
mod graph;
mod hooks;
mod hostile;
mod includes;
mod init;
mod inside;
mod laws;
mod lifecycle;
mod made;
mod masterclass;
mod moves;
mod needs;
mod neighbours;
mod plans;
mod protect;
mod ps;
mod readme;
mod renames;
mod render;
mod report;
mod robust;
mod run;
mod schema;
mod secrets;
mod send;
mod sent;
mod settings;
mod socket_folder;
mod support;
mod tidy;
mod tmux_program;
mod together;
mod unreachable;
mod upgrade;
mod used_folder;
mod user_config;
mod verbs;
mod wait;
mod watch;
mod written;
