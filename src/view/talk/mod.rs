//! Views of the screens of panes, and of what is sent to them.

pub mod capture;
pub mod html;
pub mod send;
