//! The flags of `apply` and `plan` beyond the manifest, on a real tmux: which processes they end,
//! and which not.

mod adopt;
mod only;
mod prune;
mod relayout;
mod replace;
mod vars;
