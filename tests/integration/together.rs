//! triad is not alone: another triad at the same time, and a person who splits, renames, kills,
//! resizes and zooms fifty times a second.

mod locked;
mod person;
