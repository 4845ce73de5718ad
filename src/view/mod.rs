//! The output for people and scripts: values in, strings out. Nothing here prints.

pub mod edit;
pub mod json;
pub mod look;
pub mod run;
pub mod talk;
pub mod text;
