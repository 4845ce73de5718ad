//! Walks a manifest from the outside in and spells out sessions, windows and splits.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::layout::{
    Address, Child, Layout, Node, Pane, ServerChoice, Session, Size, Split, Titles, Window,
    nearest, tiled,
};
use crate::manifest::ast::{
    Manifest, NodeDecl, Scalar, ServerDecl, SessionDecl, SplitDecl, WindowDecl,
};
use crate::manifest::source::{Source, Span};
use crate::resolve::error::environment_name;
use crate::resolve::graph::{self, Asked};
use crate::resolve::scope::{Resolver, Scope};
use crate::resolve::{Conditions, ResolveError, pane};

/// What a session without windows, and a window without panes, has.
const DEFAULT_WINDOW: &str = "main";

pub fn layout(
    manifest: &Manifest,
    source: &Source,
    conditions: &Conditions,
) -> Result<Layout, Vec<ResolveError>> {
    let mut builder = Builder {
        resolver: Resolver::new(source, conditions),
        asked: Vec::new(),
        names: BTreeMap::new(),
    };
    let layout = builder.layout(manifest);
    let errors = builder.resolver.errors;
    if errors.is_empty() {
        Ok(layout)
    } else {
        Err(errors)
    }
}

struct Builder<'a> {
    resolver: Resolver<'a>,
    /// The needs of every pane, to be resolved when all panes are known.
    asked: Vec<Asked>,
    /// The place of every name, by what it must be unique in.
    names: BTreeMap<(String, &'static str), Span>,
}

impl Builder<'_> {
    fn layout(&mut self, manifest: &Manifest) -> Layout {
        self.bind_variables(manifest);
        let conditions = self.resolver.conditions;
        let stem = conditions.stem.to_owned();
        let name = manifest
            .layout
            .as_ref()
            .and_then(|name| self.resolver.name(name));
        let name = name.unwrap_or(stem);
        self.bind("layout", &name);
        let folder = conditions.folder.to_path_buf();
        let root = manifest.root.as_ref();
        let root = root
            .and_then(|root| self.resolver.path(&folder, root))
            .unwrap_or(folder);
        self.bind("root", &root.to_string_lossy());
        let outermost = Scope {
            cwd: root.clone(),
            env: BTreeMap::new(),
            shell: None,
        };
        let scope = self.resolver.inner(&outermost, &manifest.scope);
        let server = manifest
            .server
            .as_ref()
            .and_then(|server| self.server(server, &root));
        let mut sessions: Vec<Session> = Vec::new();
        for decl in &manifest.sessions {
            sessions.extend(self.session(decl, &scope));
        }
        let asked = std::mem::take(&mut self.asked);
        graph::connect(&mut sessions, &asked, &mut self.resolver.errors);
        Layout {
            name,
            manifest: conditions.manifest.to_owned(),
            root,
            server,
            sessions,
        }
    }

    fn bind(&mut self, name: &str, value: &str) {
        self.resolver
            .templates
            .set(name, Value::String(value.to_owned()));
    }

    /// Variables in the order written, so that a default can use those before it.
    fn bind_variables(&mut self, manifest: &Manifest) {
        let conditions = self.resolver.conditions;
        let environment: Map<String, Value> = conditions
            .environment
            .iter()
            .map(|(name, value)| (name.clone(), Value::String(value.clone())))
            .collect();
        self.resolver
            .templates
            .set("env", Value::Object(environment));
        for decl in &manifest.vars {
            let name = decl.name.text.as_str();
            let span = decl.name.span;
            let variable = format!("TRIAD_VAR_{}", environment_name(name));
            let given = conditions
                .vars
                .get(name)
                .or_else(|| conditions.environment.get(&variable));
            let value = match (given, &decl.default) {
                (Some(given), _) => Some(given.clone()),
                (None, Some(default)) => self.resolver.text(default),
                (None, None) => {
                    let name = name.to_owned();
                    self.resolver
                        .errors
                        .push(ResolveError::MissingVariable { name, span });
                    None
                }
            };
            // Bound even so, or each use of it would be one more message.
            self.bind(name, &value.unwrap_or_default());
        }
        let declared = || manifest.vars.iter().map(|decl| decl.name.text.as_str());
        for given in conditions.vars.keys() {
            if !declared().any(|name| name == given) {
                self.resolver.errors.push(ResolveError::UnusedVariable {
                    name: given.clone(),
                    nearest: nearest(given, declared()).map(str::to_owned),
                });
            }
        }
    }

    fn server(&mut self, decl: &ServerDecl, root: &std::path::Path) -> Option<ServerChoice> {
        Some(match decl {
            ServerDecl::Socket(name) => ServerChoice::Name(self.resolver.name(name)?),
            ServerDecl::Path(path) => ServerChoice::Path(self.resolver.path(root, path)?),
        })
    }

    /// A session, unless another has its name.
    fn session(&mut self, decl: &SessionDecl, outer: &Scope) -> Option<Session> {
        let name = self.name(&decl.name);
        self.bind("session", &name);
        let address = Address::of_session(&name);
        let is_unique = self.is_unique("session", "", &name, &decl.name);
        let scope = self.resolver.inner(outer, &decl.scope);
        let mut windows: Vec<Window> = Vec::new();
        for decl in &decl.windows {
            windows.extend(self.window(decl, &address, &scope));
        }
        let origin = self.resolver.origin(decl.span);
        if windows.is_empty() {
            let address = address.window(DEFAULT_WINDOW);
            let shell = pane::bare_shell(&address, &scope, &origin);
            windows.push(Window {
                title: DEFAULT_WINDOW.to_owned(),
                titles: None,
                focus: false,
                ratio: crate::layout::Ratio::Keep,
                root: Node::Pane(Box::new(shell)),
                origin: origin.clone(),
                address,
            });
        }
        self.resolver.templates.unset("session");
        is_unique.then_some(Session {
            address,
            cwd: scope.cwd,
            windows,
            origin,
        })
    }

    fn window(&mut self, decl: &WindowDecl, session: &Address, outer: &Scope) -> Option<Window> {
        let name = self.name(&decl.name);
        self.bind("window", &name);
        let address = session.window(&name);
        let is_unique = self.is_unique("window", &session.to_string(), &name, &decl.name);
        let scope = self.resolver.inner(outer, &decl.scope);
        let origin = self.resolver.origin(decl.span);
        let root = self.inside(&decl.body, &address, &scope);
        let root = root
            .unwrap_or_else(|| Node::Pane(Box::new(pane::bare_shell(&address, &scope, &origin))));
        let has_titles = root.panes().iter().any(|pane| pane.title.is_some());
        let titles = match &decl.titles {
            Some(titles) => self.resolver.titles(titles),
            None => has_titles.then_some(Titles::Top),
        };
        let window = Window {
            title: self.resolver.printable(decl.title.as_ref()).unwrap_or(name),
            titles,
            focus: self.resolver.flag(decl.focus.as_ref()),
            ratio: self.resolver.ratio(decl.ratio.as_ref()),
            root,
            origin,
            address,
        };
        self.resolver.templates.unset("window");
        is_unique.then_some(window)
    }

    /// A window's one split, or its panes, tiled.
    fn inside(&mut self, body: &[NodeDecl], window: &Address, scope: &Scope) -> Option<Node> {
        if let [NodeDecl::Split(split)] = body {
            return self.split(split, window, scope);
        }
        let mut panes = Vec::new();
        for decl in body {
            match self.node(decl, window, scope) {
                Some(Node::Pane(pane)) => panes.push(*pane),
                // The decoder has said that a split stands alone.
                Some(Node::Split(split)) => {
                    panes.extend(Node::Split(split).panes().into_iter().cloned());
                }
                None => {}
            }
        }
        (!panes.is_empty()).then(|| tiled(panes))
    }

    fn split(&mut self, decl: &SplitDecl, window: &Address, outer: &Scope) -> Option<Node> {
        let scope = self.resolver.inner(outer, &decl.scope);
        let mut children = Vec::new();
        for child in &decl.children {
            let place = match child {
                NodeDecl::Split(split) => &split.place,
                NodeDecl::Pane(pane) => &pane.place,
            };
            let size = self.resolver.size(place);
            if let Some(node) = self.node(child, window, &scope) {
                children.push(Child { size, node });
            }
        }
        let shares = children.iter().map(|child| match child.size {
            Size::Percent(share) => share,
            Size::Cells(_) | Size::Grow(_) => 0,
        });
        let total: u32 = shares.sum();
        if total > 100 {
            let span = decl.span;
            self.resolver
                .errors
                .push(ResolveError::SharesTooLarge { total, span });
        }
        match children.len() {
            0 => None,
            // A split of one child has no border, and tmux no cell for it.
            1 => children.pop().map(|child| child.node),
            _ => Some(Node::Split(Split {
                direction: decl.direction,
                children,
            })),
        }
    }

    fn node(&mut self, decl: &NodeDecl, window: &Address, scope: &Scope) -> Option<Node> {
        match decl {
            NodeDecl::Split(split) => self.split(split, window, scope),
            NodeDecl::Pane(decl) => {
                let name = self.name(&decl.name);
                self.bind("pane", &name);
                let session = window.session_name();
                let is_unique = self.is_unique("pane", session, &name, &decl.name);
                let pane: Pane = pane::pane(&mut self.resolver, decl, window.pane(&name), scope);
                for need in &decl.needs {
                    let target = self.resolver.text(&need.target);
                    let until = self.resolver.until(need.until.as_ref());
                    if let (Some(target), Some(until)) = (target, until) {
                        let (pane, span) = (pane.address.clone(), need.target.span);
                        self.asked.push(Asked {
                            pane,
                            target,
                            until,
                            span,
                        });
                    }
                }
                self.resolver.templates.unset("pane");
                is_unique.then(|| Node::Pane(Box::new(pane)))
            }
        }
    }

    /// A name; where it is wrong, one that nothing else has, so that what is inside is read too.
    fn name(&mut self, scalar: &Scalar) -> String {
        let name = self.resolver.name(scalar);
        name.unwrap_or_else(|| format!("unnamed-at-{}", scalar.span.offset))
    }

    /// Notes a name, or that it was taken already within `scope`.
    fn is_unique(&mut self, what: &'static str, scope: &str, name: &str, at: &Scalar) -> bool {
        let key = (format!("{scope}\0{name}"), what);
        match self.names.get(&key) {
            Some(&first) => {
                self.resolver.errors.push(ResolveError::Duplicate {
                    what,
                    name: name.to_owned(),
                    span: at.span,
                    first,
                });
                false
            }
            None => {
                self.names.insert(key, at.span);
                true
            }
        }
    }
}
