//! All integration tests, in one binary: one link, and one place to look.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part ends the test"
)]

mod cases;
mod robust;
mod snapshot;
mod support;
mod tidy;
