//! The secret variables. A variable that is secret anywhere in the manifest is secret everywhere;
//! otherwise one node would show the value that another hides.

use std::collections::BTreeSet;

use crate::manifest::ast::{BodyDecl, EnvDecl, EnvValue, Manifest, NodeDecl, ScopeDecl};

/// The names that are `secret=#true` in any `env` of the manifest.
pub(super) fn names(manifest: &Manifest) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    of_scope(&manifest.scope, &mut names);
    for template in &manifest.templates {
        of_body(&template.body, &mut names);
    }
    for session in &manifest.sessions {
        of_scope(&session.scope, &mut names);
        for window in &session.windows {
            of_scope(&window.scope, &mut names);
            of_nodes(&window.body, &mut names);
        }
    }
    names
}

fn of_nodes(nodes: &[NodeDecl], names: &mut BTreeSet<String>) {
    for node in nodes {
        match node {
            NodeDecl::Pane(pane) => of_body(&pane.body, names),
            NodeDecl::Split(split) => {
                of_scope(&split.scope, names);
                of_nodes(&split.children, names);
            }
        }
    }
}

fn of_body(body: &BodyDecl, names: &mut BTreeSet<String>) {
    of_scope(&body.scope, names);
}

fn of_scope(scope: &ScopeDecl, names: &mut BTreeSet<String>) {
    let is_secret = |decl: &&EnvDecl| matches!(decl.value, EnvValue::Secret { .. });
    let secrets = scope.env.iter().filter(is_secret);
    names.extend(secrets.map(|decl| decl.key.text.clone()));
}
