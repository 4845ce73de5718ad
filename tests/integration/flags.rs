//! The flags that ask more of `apply` and `plan` than the manifest says, on a real tmux: which
//! processes they cost, and which not.

mod adopt;
mod only;
mod prune;
mod relayout;
mod replace;
mod vars;
