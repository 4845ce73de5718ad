//! The tmux options and hooks that a manifest sets on one object.

use std::collections::BTreeMap;

/// tmux options that a manifest owns on one object, by name; values as `set-option` takes them.
pub type Options = BTreeMap<String, String>;

/// A tmux hook of a session: the event, and the commands that follow it, in order.
pub type TmuxHooks = BTreeMap<String, Vec<String>>;
