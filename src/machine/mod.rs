//! The machine: processes, signals, locks, ports, keys, a line of shell.

pub mod exits;
pub mod interrupt;
pub mod keys;
pub mod left_behind;
pub mod lock;
mod pidfd;
pub mod port_owner;
pub mod process;
mod process_table;
pub mod process_tree;
pub mod shell;
mod stopping;
pub mod terminal;
pub mod tty;
