//! The secret variables. A variable that is secret anywhere in the manifest is secret everywhere;
//! otherwise one node would show the value that another hides.

use std::collections::BTreeSet;

use crate::dotenv;
use crate::layout::EnvFile;
use crate::manifest::ast::{EnvDecl, EnvValue, Manifest, NodeDecl, ScopeDecl};
use crate::resolve::conditions::Conditions;

/// The names that any `env` of the manifest has as `secret=#true`, and those of the caller's variables
/// that are what a secret file says: the value would be seen there.
pub(super) fn names(manifest: &Manifest, conditions: &Conditions) -> BTreeSet<String> {
    let is_secret =
        |decl: &&EnvDecl| matches!(decl.value, EnvValue::Secret { .. } | EnvValue::Exec(_));
    let secrets = scopes(manifest).into_iter().flat_map(|scope| &scope.env);
    let secrets = secrets.filter(is_secret).map(|decl| decl.key.text.clone());
    let mut names: BTreeSet<String> = secrets.collect();
    let files = &conditions.env_files;
    for path in &files.secret {
        if let Some(EnvFile::Text(text)) = files.read.get(path) {
            let is_callers = |(name, value): &(String, String)| {
                !value.is_empty() && conditions.environment.get(name) == Some(value)
            };
            let literals = dotenv::literals(text.reveal()).into_iter();
            names.extend(literals.filter(is_callers).map(|(name, _)| name));
        }
    }
    names
}

/// Whether the manifest names environment files.
pub(super) fn has_files(manifest: &Manifest) -> bool {
    let mut scopes = scopes(manifest).into_iter();
    scopes.any(|scope| !scope.env_files.is_empty())
}

/// Every scope of a manifest.
fn scopes(manifest: &Manifest) -> Vec<&ScopeDecl> {
    let mut scopes = vec![&manifest.scope];
    scopes.extend(manifest.templates.iter().map(|it| &it.body.scope));
    for session in &manifest.sessions {
        scopes.push(&session.scope);
        for window in &session.windows {
            scopes.push(&window.scope);
            of_nodes(&window.body, &mut scopes);
        }
    }
    scopes
}

fn of_nodes<'m>(nodes: &'m [NodeDecl], scopes: &mut Vec<&'m ScopeDecl>) {
    for node in nodes {
        match node {
            NodeDecl::Pane(pane) => scopes.push(&pane.body.scope),
            NodeDecl::Split(split) => {
                scopes.push(&split.scope);
                of_nodes(&split.children, scopes);
            }
        }
    }
}
