//! The explanations of the mistakes that resolving reports: text files like those of
//! `manifest/error/explain`, checked by the same tests.

use crate::manifest::explanation::{self, Explanation};

/// The codes, each with its text.
const TEXTS: &[(&str, &str)] = explanation::texts!(
    "resolve",
    [
        "ambiguous-need",
        "bad-value",
        "before-in-shell",
        "cells-and-panes",
        "cells-too-many",
        "cycle",
        "deadline-of-no-task",
        "duplicate-name",
        "env-file-line",
        "env-file-missing",
        "env-file-unreadable",
        "env-file-untrusted",
        "hook-never-runs",
        "misplaced-option",
        "missing-environment",
        "missing-variable",
        "need-in-two-ways",
        "need-left-out",
        "need-unnamed",
        "never-met",
        "no-home",
        "nothing-chosen",
        "nothing-to-run",
        "option-of-triad",
        "ready-in-task",
        "restart-with-secret",
        "secret-in-template",
        "shares-too-large",
        "split-not-alone",
        "still-there",
        "task-closes",
        "template",
        "template-cycle",
        "too-many",
        "type-without-shell",
        "unknown-event",
        "unknown-need",
        "unknown-profile",
        "unknown-template",
        "unknown-variable",
        "unused-variable",
        "uses-too-deep",
        "was-twice",
    ]
);

/// The explanations of every code of [`ResolveError`](super::ResolveError).
pub fn explanations() -> impl Iterator<Item = Explanation> {
    let texts = TEXTS.iter();
    texts.map(|(code, file)| Explanation::read(code, file))
}
