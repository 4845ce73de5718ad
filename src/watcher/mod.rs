//! Looks at what runs, again and again, and tells what has changed.

pub mod wait;
