//! The run: its state machine fed by hand, without a tmux, a process or a clock; and its driver on a
//! tmux that hangs.

mod driver;
mod ends;
mod random;
mod scene;
mod signals;
mod starts;
mod stops;
mod typing;
