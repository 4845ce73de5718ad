//! `go.mod`: the program and the tests of a Go module.

use super::draft::{Draft, Findings, Role, Run};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["go.mod"];
pub(super) const MARKS: &[&str] = &["main.go"];

/// A module that depends on one of these is a server.
const SERVERS: &[&str] = &[
    "github.com/gin-gonic/gin",
    "github.com/go-chi/chi",
    "github.com/gofiber/fiber",
    "github.com/gorilla/mux",
    "github.com/labstack/echo",
    "google.golang.org/grpc",
];

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    if !findings.has(Role::Run) && found.has("main.go") {
        let name = module(text).unwrap_or("run");
        let run = Run::words(&["go", "run", "."]);
        let mut draft = Draft::new(file, "go", name, Role::Run, run);
        if !SERVERS.iter().any(|server| text.contains(server)) {
            // It may be a program that ends.
            draft.kind = PaneKind::Pane;
        }
        findings.drafts.push(draft);
    }
    if !findings.has(Role::Test) {
        let run = Run::words(&["go", "test", "./..."]);
        findings
            .drafts
            .push(Draft::new(file, "go", "test", Role::Test, run));
    }
}

/// The last part of the module's path, without its version.
fn module(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("module "))?;
    let mut parts = line.trim().trim_matches('"').rsplit('/');
    let last = parts.next()?;
    let is_version = last
        .strip_prefix('v')
        .is_some_and(|rest| rest.parse::<u32>().is_ok());
    if is_version { parts.next() } else { Some(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_called_by_the_last_part_of_its_path() {
        assert_eq!(
            module("// x\nmodule example.com/a/shop\n\ngo 1.24\n"),
            Some("shop")
        );
        assert_eq!(module("module example.com/a/shop/v2\n"), Some("shop"));
        assert_eq!(module("go 1.24\n"), None);
    }
}
