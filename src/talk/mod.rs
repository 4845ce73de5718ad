//! Talks with the programs in panes: reads their screens, and sends them text and keys.

pub mod capture;
