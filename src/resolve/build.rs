//! Walks a manifest from the outside in and resolves sessions, windows and splits.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::layout::{
    Address, Arrangement, Child, Direction, Hooks, Layout, Node, Pane, Ratio, ServerChoice,
    Session, Size, Split, Titles, TmuxHooks, Variable, Window, arranged,
};
use crate::manifest::ast::{
    HooksDecl, Manifest, NodeDecl, PaneDecl, PresenceDecl, Scalar, ServerDecl, SessionDecl,
    SplitDecl, WindowDecl,
};
use crate::manifest::source::{Sources, Span};
use crate::manifest::syntax::ERRORS_MAX;
use crate::manifest::value;
use crate::resolve::body::Bodies;
use crate::resolve::conditions::Conditions;
use crate::resolve::error::ResolveError;
use crate::resolve::former::{self, Claims, Former};
use crate::resolve::graph::{self, WrittenNeed};
use crate::resolve::option::{self, Level};
use crate::resolve::presence::Presence;
use crate::resolve::resolver::Resolver;
use crate::resolve::scope::Inheritance;
use crate::resolve::values::Arranged;
use crate::resolve::{drawn, naming, pane, secrets, variables};
use crate::tmux::environment;
use crate::tmux::layout_string::Cell;

/// The name of the window of a session without windows.
const DEFAULT_WINDOW: &str = "main";
/// The sizes of tmux's main panes: `main-pane-width` and `main-pane-height`.
const MAIN: (u32, u32) = (80, 24);

pub(super) fn layout(
    manifest: &Manifest,
    sources: &Sources,
    conditions: &Conditions,
) -> Result<Layout, Vec<ResolveError>> {
    let (layout, resolver) = built(manifest, sources, conditions);
    let mut errors: Vec<ResolveError> = Vec::new();
    for error in resolver.errors {
        // A mistake in a copied node is in every copy, and reported once.
        if errors.len() < ERRORS_MAX && !errors.contains(&error) {
            errors.push(error);
        }
    }
    if errors.is_empty() {
        Ok(layout)
    } else {
        Err(errors)
    }
}

/// The environment files of a manifest, and whether the values of each are secret.
pub(super) fn env_files(
    manifest: &Manifest,
    sources: &Sources,
    conditions: &Conditions,
) -> BTreeMap<PathBuf, bool> {
    built(manifest, sources, conditions).1.wanted_files
}

fn built<'a>(
    manifest: &'a Manifest,
    sources: &'a Sources,
    conditions: &'a Conditions<'a>,
) -> (Layout, Resolver<'a>) {
    let mut resolver = Resolver::new(sources, conditions);
    resolver.secret_names = secrets::names(manifest, conditions);
    let passed = environment::for_programs(conditions.environment);
    resolver.passed = passed.without(&resolver.secret_names);
    let bodies = Bodies::new(&manifest.templates, &mut resolver.errors);
    let mut builder = Builder {
        resolver,
        bodies,
        presence: Presence::default(),
        needs: Vec::new(),
        names: BTreeMap::new(),
        claims: Claims::default(),
        unnamed: 0,
    };
    let layout = builder.layout(manifest);
    (layout, builder.resolver)
}

/// Drops values of the caller that contain a secret, because they are stored in the clear.
fn without_secret_vars(mut layout: Layout) -> Layout {
    let veil = layout.veil();
    let given = &mut layout.vars.given;
    given.retain(|_, value| veil.hide(value) == *value);
    layout
}

/// The variables of an environment that are not secret.
fn plain(env: &BTreeMap<String, Variable>) -> BTreeMap<String, String> {
    let plain = env
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), value.plain()?.to_owned())));
    plain.collect()
}

struct Builder<'a> {
    resolver: Resolver<'a>,
    bodies: Bodies<'a>,
    presence: Presence,
    /// The needs of every pane, to resolve once all panes are known.
    needs: Vec<WrittenNeed>,
    /// The place of every name and its copy, by the scope in which the name has to be unique.
    names: BTreeMap<(String, &'static str), (Span, Vec<Span>)>,
    claims: Claims,
    /// The number of panes without a name.
    unnamed: usize,
}

impl<'a> Builder<'a> {
    fn layout(&mut self, manifest: &'a Manifest) -> Layout {
        let vars = variables::bind(&mut self.resolver, manifest);
        let conditions = self.resolver.conditions;
        let stem = conditions.stem.to_owned();
        let name = manifest
            .layout
            .as_ref()
            .and_then(|layout| self.resolver.name(&layout.name));
        let name = name.unwrap_or(stem);
        let was = manifest
            .layout
            .as_ref()
            .and_then(|layout| former::of_layout(&mut self.resolver, &name, layout.was.as_ref()));
        self.resolver.bind("layout", &name);
        let folder = conditions.folder.to_path_buf();
        let root = manifest.root.as_ref();
        let root = root
            .and_then(|root| self.resolver.path(&folder, root))
            .unwrap_or(folder);
        self.resolver.bind("root", &root.to_string_lossy());
        let outermost = Inheritance::outermost(root.clone());
        let scope = self
            .resolver
            .inner(&outermost, &manifest.scope, Level::Layout);
        let server = manifest
            .server
            .as_ref()
            .and_then(|server| self.server(server, &root));
        let hooks = self.hooks(&manifest.hooks);
        let mut sessions: Vec<Session> = Vec::new();
        for decl in &manifest.sessions {
            self.copies(&decl.presence, &[&decl.name], |builder| {
                sessions.extend(builder.session(decl, &scope));
            });
        }
        self.finish(manifest, &mut sessions);
        let environment = self.resolver.environment_of(&scope);
        let layout = Layout {
            name,
            was,
            manifest: conditions.manifest.to_owned(),
            root,
            used: None,
            server,
            hooks,
            env: environment.env,
            secret_sources: environment.secret_sources,
            secret_names: self.resolver.secret_names.clone(),
            vars,
            sessions,
        };
        without_secret_vars(layout)
    }

    /// Runs the checks that need the whole layout.
    fn finish(&mut self, manifest: &'a Manifest, sessions: &mut [Session]) {
        let needs = std::mem::take(&mut self.needs);
        let errors = &mut self.resolver.errors;
        graph::connect(sessions, &needs, self.presence.left_out(), errors);
        let wanted = self.names.keys();
        let wanted = wanted.map(|(name, what)| (name.replace('\0', "/"), *what));
        self.claims.check(&wanted.collect(), errors);
        if !manifest.sessions.is_empty() && sessions.is_empty() && errors.is_empty() {
            let span = manifest.sessions[0].span;
            errors.push(ResolveError::NothingChosen { span });
        }
        let unknown = self.presence.unknown_profiles(&self.resolver);
        self.resolver.errors.extend(unknown);
        // Unused templates are resolved as well, only to report their mistakes.
        self.bodies.check(&mut self.resolver);
    }

    fn hooks(&mut self, decl: &HooksDecl) -> Hooks {
        let mut command = |scalar: &Option<Scalar>| self.resolver.optional(scalar.as_ref());
        Hooks {
            before_apply: command(&decl.before_apply),
            after_apply: command(&decl.after_apply),
            before_down: command(&decl.before_down),
            after_down: command(&decl.after_down),
        }
    }

    fn server(&mut self, decl: &ServerDecl, root: &std::path::Path) -> Option<ServerChoice> {
        Some(match decl {
            ServerDecl::Socket(name) => ServerChoice::Name(self.resolver.name(name)?),
            ServerDecl::Path(path) => ServerChoice::Path(self.resolver.path(root, path)?),
        })
    }

    /// Resolves a session, unless its name is taken.
    fn session(&mut self, decl: &'a SessionDecl, outer: &Inheritance) -> Option<Session> {
        let name = self.name(&decl.name);
        self.resolver.bind("session", &name);
        let address = Address::of_session(&name);
        let is_unique = self.is_unique("session", "", &name, &decl.name);
        let former = Former::of_session(
            &mut self.resolver,
            &mut self.claims,
            &address,
            decl.was.as_ref(),
        );
        let scope = self.resolver.inner(outer, &decl.scope, Level::Session);
        let mut windows: Vec<Window> = Vec::new();
        for decl in &decl.windows {
            self.copies(&decl.presence, &[&decl.name], |builder| {
                windows.extend(builder.window(decl, &former, &scope));
            });
        }
        let origin = self.resolver.origin(decl.span);
        if windows.is_empty() {
            windows.push(default_window(
                &mut self.resolver,
                &address,
                &scope,
                &origin,
            ));
        }
        let (hooks, of_windows) = self.resolver.tmux_hooks(&decl.hooks);
        for window in &mut windows {
            window.hooks.clone_from(&of_windows);
        }
        let environment = self.resolver.environment_of(&scope);
        let session = Session {
            options: option::of_session(&scope.options),
            cwd: scope.cwd,
            env: plain(&environment.env),
            open_env: environment.open_env.into_keys().collect(),
            hooks,
            protect: self.resolver.flag(decl.protect.as_ref()),
            former: former.addresses,
            windows,
            origin,
            address,
        };
        self.resolver.templates.unset("session");
        is_unique.then_some(session)
    }

    fn window(
        &mut self,
        decl: &'a WindowDecl,
        session: &Former,
        outer: &Inheritance,
    ) -> Option<Window> {
        let name = self.name(&decl.name);
        self.resolver.bind("window", &name);
        let address = session.now.window(&name);
        let is_unique = self.is_unique("window", &session.now.to_string(), &name, &decl.name);
        let (resolver, claims) = (&mut self.resolver, &mut self.claims);
        let was = decl.was.as_ref();
        let former = Former::of_window(resolver, claims, session, &address, was);
        let scope = self.resolver.inner(outer, &decl.scope, Level::Window);
        let origin = self.resolver.origin(decl.span);
        let (root, gives_way) = self.inside(decl, &former, &scope).unwrap_or_else(|| {
            let mut shell = pane::bare_shell(&mut self.resolver, &address, &scope, &origin);
            // If the window ran a command itself, the pane had its name.
            shell.former.push(address.pane(&name));
            (Node::Pane(Box::new(shell)), false)
        });
        let mut root = root;
        if self.resolver.flag(decl.protect.as_ref()) {
            for pane in root.panes_mut() {
                pane.body.protect = true;
            }
        }
        let renamed = naming::name(root.panes_mut());
        if !renamed.is_empty() {
            for need in &mut self.needs {
                if let Some(address) = renamed.get(&need.pane) {
                    need.pane = address.clone();
                }
            }
        }
        let has_titles = root.panes().iter().any(|pane| pane.title.is_some());
        let titles = match &decl.titles {
            Some(titles) => self.resolver.titles(titles),
            None => has_titles.then_some(Titles::Top),
        };
        if titles.is_some_and(|titles| titles != Titles::Off) {
            // No border is empty.
            for pane in root.panes_mut() {
                let name = pane.address.name().to_owned();
                pane.body.title.get_or_insert(name);
            }
        }
        let resolver = &mut self.resolver;
        let window = Window {
            title: resolver.printable(decl.title.as_ref()).unwrap_or(name),
            titles,
            focus: resolver.flag(decl.focus.as_ref()),
            zoom: resolver.flag(decl.zoom.as_ref()),
            synchronize: resolver.optional_flag(decl.synchronize.as_ref()),
            options: option::of_window(&scope.options),
            hooks: TmuxHooks::new(),
            former: former.addresses,
            ratio: resolver.ratio(decl.ratio.as_ref()),
            gives_way,
            root,
            origin,
            address,
        };
        resolver.check_options(&window, &scope.options);
        resolver.templates.unset("window");
        is_unique.then_some(window)
    }

    /// A window's split, or its panes in one of tmux's arrangements; and whether the cells of the
    /// outermost split come from tmux's options and not from the manifest.
    fn inside(
        &mut self,
        decl: &'a WindowDecl,
        window: &Former,
        scope: &Inheritance,
    ) -> Option<(Node, bool)> {
        let arranged_by = self.resolver.arrangement(decl.layout.as_ref());
        let mut main = None;
        let mut panes = Vec::new();
        let mut splits = Vec::new();
        for decl in &decl.body {
            for child in self.children(decl, window, scope) {
                match child.node {
                    Node::Pane(pane) => {
                        main.get_or_insert(child.size);
                        panes.push(*pane);
                    }
                    split @ Node::Split(_) => splits.push(split),
                }
            }
        }
        if splits.len() == 1 && panes.is_empty() {
            return splits.pop().map(|split| (split, false));
        }
        if !splits.is_empty() && decl.body.iter().any(NodeDecl::is_conditional) {
            let error = ResolveError::SplitNotAlone { span: decl.span };
            self.resolver.errors.push(error);
        }
        // Otherwise the decoder has reported that a split has to be alone.
        for split in &splits {
            panes.extend(split.panes().into_iter().cloned());
        }
        let arrangement = match arranged_by {
            Arranged::ByName(arrangement) => arrangement,
            Arranged::ByCells(cell) => return self.drawn(decl, &cell, panes),
        };
        let written = main.filter(|main| *main != Size::Grow(1));
        // Sizes from tmux's options give way in a small window, as in tmux itself.
        let gives_way = written.is_none();
        let written = written.or_else(|| main_option(arrangement, scope));
        let main = written.unwrap_or(match arrangement.main_direction() {
            Some(Direction::Columns) => Size::Cells(MAIN.0),
            _ => Size::Cells(MAIN.1),
        });
        (!panes.is_empty()).then(|| (arranged(panes, arrangement, main), gives_way))
    }

    /// Puts the panes of a window into the cells of its layout string.
    fn drawn(&mut self, decl: &WindowDecl, cell: &Cell, panes: Vec<Pane>) -> Option<(Node, bool)> {
        let (cells, count) = (cell.leaves().len(), panes.len());
        if cells == count {
            return drawn::node(cell, panes).map(|node| (node, false));
        }
        let span = decl.layout.as_ref().map_or(decl.span, |layout| layout.span);
        self.resolver.errors.push(ResolveError::CellsAndPanes {
            cells,
            panes: count,
            span,
        });
        None
    }

    /// Resolves a node of a window or split to itself, its copies, or nothing.
    fn children(&mut self, decl: &'a NodeDecl, window: &Former, scope: &Inheritance) -> Vec<Child> {
        let mut children = Vec::new();
        match decl {
            NodeDecl::Split(split) => {
                let names = pane_names(&split.children);
                self.copies(&split.presence, &names, |builder| {
                    let size = builder.resolver.size(&split.place);
                    let node = builder.split(split, window, scope);
                    children.extend(node.map(|node| Child { size, node }));
                });
            }
            NodeDecl::Pane(pane) => {
                let names: Vec<&Scalar> = pane.name.iter().collect();
                self.copies(&pane.presence, &names, |builder| {
                    children.extend(builder.pane(pane, window, scope));
                });
            }
        }
        children
    }

    /// Runs `make` once for each copy of a node, with the variables of the copy in scope, or not at all
    /// if a profile leaves the node out. `names` are the panes that would then be missing.
    fn copies(
        &mut self,
        presence: &PresenceDecl,
        names: &[&Scalar],
        mut make: impl FnMut(&mut Self),
    ) {
        let profile = presence.profile.as_ref();
        if !self.presence.is_chosen(&mut self.resolver, profile, names) {
            return;
        }
        if presence.each.is_empty() {
            if self.presence.has_room(names, &mut self.resolver.errors) {
                make(self);
            }
            return;
        }
        for each in &presence.each {
            if !self.presence.has_room(names, &mut self.resolver.errors) {
                return;
            }
            let outer = self.presence.enter(&mut self.resolver, each);
            make(self);
            self.presence.leave(&mut self.resolver, outer);
        }
    }

    fn split(&mut self, decl: &'a SplitDecl, window: &Former, outer: &Inheritance) -> Option<Node> {
        let scope = self.resolver.inner(outer, &decl.scope, Level::Split);
        let mut children = Vec::new();
        for child in &decl.children {
            children.extend(self.children(child, window, &scope));
        }
        self.check_sizes(decl, &children);
        match children.len() {
            0 => None,
            // A split with one child has no border, and tmux has no cell for it.
            1 => children.pop().map(|child| child.node),
            _ => Some(Node::Split(Split {
                direction: decl.direction,
                children,
            })),
        }
    }

    /// Reports splits that fit into no window.
    fn check_sizes(&mut self, decl: &SplitDecl, children: &[Child]) {
        let span = decl.span;
        let shares = children.iter().map(|child| match child.size {
            Size::Percent(share) => share,
            Size::Cells(_) | Size::Grow(_) => 0,
        });
        let total: u32 = shares.sum();
        if total > 100 {
            let error = ResolveError::SharesTooLarge { total, span };
            self.resolver.errors.push(error);
        }
        let misfit = crate::layout::never_fits(decl.direction, children);
        if let Some(misfit) = misfit.filter(|_| total <= 100) {
            let error = ResolveError::CellsTooMany { misfit, span };
            self.resolver.errors.push(error);
        }
    }

    fn pane(&mut self, decl: &'a PaneDecl, window: &Former, scope: &Inheritance) -> Option<Child> {
        let name = decl.name.as_ref();
        let name = name.map(|written| (self.name(written), written));
        let is_unique = name.as_ref().is_none_or(|(name, written)| {
            self.resolver.bind("pane", name);
            self.is_unique("pane", &window.now.to_string(), name, written)
        });
        let address = match &name {
            Some((name, _)) => window.now.pane(name),
            None => window.now.pane(&self.made_up()),
        };
        let (resolver, claims) = (&mut self.resolver, &mut self.claims);
        let was = decl.was.as_ref();
        let former = Former::of_pane(resolver, claims, window, &address, was);
        let body = self.bodies.merged(&mut self.resolver, &decl.body);
        let size = self.resolver.size(&body.place);
        let mut pane: Pane = pane::pane(&mut self.resolver, decl, &body, address, scope);
        pane.former = former.addresses;
        pane.body.unnamed = name.is_none();
        if decl.is_window {
            // It had the window's former name too, and was a shell before the window had a command.
            let names = window.addresses.iter().map(|was| was.pane(was.name()));
            pane.former.extend(names);
            pane.former.push(window.now.pane(pane::DEFAULT_PANE));
        }
        for need in &body.needs {
            let target = self.resolver.text(&need.target);
            let until = self.resolver.until(need.until.as_ref());
            let restart = self.resolver.flag(need.restart.as_ref());
            let optional = self.resolver.flag(need.optional.as_ref());
            if let (Some(target), Some(until)) = (target, until) {
                let (pane, span) = (pane.address.clone(), need.target.span);
                self.needs.push(WrittenNeed {
                    pane,
                    target,
                    until,
                    restart,
                    optional,
                    span,
                });
            }
        }
        self.resolver.templates.unset("pane");
        let node = Node::Pane(Box::new(pane));
        is_unique.then_some(Child { size, node })
    }

    /// A temporary name that no manifest contains.
    fn made_up(&mut self) -> String {
        self.unnamed += 1;
        format!("unnamed-{}", self.unnamed)
    }

    /// A name, or a unique replacement for a wrong one, so that the contents are read too.
    fn name(&mut self, scalar: &Scalar) -> String {
        let name = self.resolver.name(scalar);
        name.unwrap_or_else(|| format!("unnamed-at-{}", scalar.span.offset))
    }

    /// Registers a name, or reports that it is taken within `scope`.
    fn is_unique(&mut self, what: &'static str, scope: &str, name: &str, at: &Scalar) -> bool {
        let key = (format!("{scope}\0{name}"), what);
        let copy = self.presence.copy().to_vec();
        match self.names.get(&key) {
            Some((first, of_first)) => {
                // For copies, point at the `each` nodes that tell them apart.
                let pairs = std::iter::zip(&copy, of_first);
                let mut apart = pairs.filter(|(a, b)| a != b).map(|(a, b)| (*a, *b));
                let (span, first) = apart.next_back().unwrap_or((at.span, *first));
                self.resolver.errors.push(ResolveError::Duplicate {
                    what,
                    name: name.to_owned(),
                    span,
                    first,
                });
                false
            }
            None => {
                self.names.insert(key, (at.span, copy));
                true
            }
        }
    }
}

/// The size of a main pane according to the options.
fn main_option(arrangement: Arrangement, scope: &Inheritance) -> Option<Size> {
    let name = match arrangement.main_direction()? {
        Direction::Columns => "main-pane-width",
        Direction::Rows => "main-pane-height",
    };
    value::size(&scope.options.get(name)?.value)
}

fn default_window(
    resolver: &mut Resolver,
    session: &Address,
    scope: &Inheritance,
    origin: &crate::layout::Origin,
) -> Window {
    let address = session.window(DEFAULT_WINDOW);
    let shell = pane::bare_shell(resolver, &address, scope, origin);
    Window {
        options: option::of_window(&scope.options),
        title: DEFAULT_WINDOW.to_owned(),
        titles: None,
        focus: false,
        zoom: false,
        synchronize: None,
        hooks: TmuxHooks::new(),
        gives_way: false,
        former: Vec::new(),
        ratio: Ratio::Keep,
        root: Node::Pane(Box::new(shell)),
        origin: origin.clone(),
        address,
    }
}

/// The names of all panes in a split.
fn pane_names(nodes: &[NodeDecl]) -> Vec<&Scalar> {
    let mut names = Vec::new();
    for node in nodes {
        match node {
            NodeDecl::Pane(pane) => names.extend(&pane.name),
            NodeDecl::Split(split) => names.extend(pane_names(&split.children)),
        }
    }
    names
}
