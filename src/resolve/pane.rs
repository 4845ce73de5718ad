//! A pane's body.

use crate::layout::{Address, Command, Origin, Pane, PaneKind};
use crate::manifest::ast::{PaneDecl, RunDecl};
use crate::resolve::scope::{Resolver, Scope};

/// What a window without panes has.
const DEFAULT_PANE: &str = "shell";
/// What runs a `run` line where no `shell` is named.
const DEFAULT_SHELL: &str = "/bin/sh";

pub fn pane(resolver: &mut Resolver, decl: &PaneDecl, address: Address, outer: &Scope) -> Pane {
    let scope = resolver.inner(outer, &decl.scope);
    let ready = decl.ready.as_ref();
    Pane {
        kind: decl.kind,
        command: command(resolver, decl.run.as_ref(), &scope),
        title: resolver.printable(decl.title.as_ref()),
        focus: resolver.flag(decl.focus.as_ref()),
        needs: Vec::new(),
        ready: ready.and_then(|ready| resolver.ready(ready)),
        origin: resolver.origin(decl.span),
        cwd: scope.cwd,
        env: scope.env,
        address,
    }
}

/// The shell of a window that names no panes.
pub fn bare_shell(window: &Address, scope: &Scope, origin: &Origin) -> Pane {
    Pane {
        address: window.pane(DEFAULT_PANE),
        kind: PaneKind::Pane,
        command: Command::Shell(scope.shell.clone()),
        cwd: scope.cwd.clone(),
        env: scope.env.clone(),
        title: None,
        focus: false,
        needs: Vec::new(),
        ready: None,
        origin: origin.clone(),
    }
}

fn command(resolver: &mut Resolver, run: Option<&RunDecl>, scope: &Scope) -> Command {
    let Some(run) = run else {
        return Command::Shell(scope.shell.clone());
    };
    let words: Vec<Option<String>> = run.words.iter().map(|word| resolver.text(word)).collect();
    // A word that could not be rendered is an error already; what is built is thrown away.
    let mut words: Vec<String> = words.into_iter().flatten().collect();
    if words.len() > 1 {
        return Command::Argv(words);
    }
    Command::Line {
        shell: scope
            .shell
            .clone()
            .unwrap_or_else(|| DEFAULT_SHELL.to_owned()),
        line: words.pop().unwrap_or_default(),
    }
}
