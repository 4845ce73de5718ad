//! The run: its state machine driven by hand, without a tmux, a process or a clock; and its driver
//! on a hanging tmux.

mod driver;
mod ends;
mod random;
mod scene;
mod signals;
mod starts;
mod stops;
mod typing;
