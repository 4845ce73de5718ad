//! All integration tests, in one binary: one link, and one place to look.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part ends the test"
)]

mod cases;
mod geometry;
mod hostile;
mod readme;
mod robust;
mod sandbox;
mod snapshot;
mod support;
mod tidy;
mod user_config;
