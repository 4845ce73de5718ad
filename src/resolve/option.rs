//! `options` and `tmux-hook`: settings that are written once and set on many objects, each at the
//! level where tmux keeps it.

use std::collections::BTreeMap;

use crate::layout::{Options, SYNCHRONIZE, Titles, TmuxHooks, Window, nearest};
use crate::manifest::ast::{OptionDecl, ScalarValue, TmuxHookDecl};
use crate::manifest::source::Span;
use crate::resolve::error::ResolveError;
use crate::resolve::resolver::Resolver;
use crate::tmux::hook;
use crate::tmux::option::{self, OptionScope, TmuxOption};

/// The level of a node, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Layout,
    Session,
    Window,
    Split,
    Pane,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Level::Layout => "layout",
            Level::Session => "session",
            Level::Window => "window",
            Level::Split => "split",
            Level::Pane => "pane",
        }
    }
}

/// An option as a scope has it.
#[derive(Debug, Clone)]
pub(super) struct InheritedOption {
    pub value: String,
    /// The innermost node around that writes it.
    level: Level,
    /// The place of its name.
    span: Span,
}

/// The options of a scope by name.
pub(super) type Inherited = BTreeMap<String, InheritedOption>;

/// The options that tmux keeps on sessions. An unknown option is set at the level where it is written.
pub(super) fn of_session(options: &Inherited) -> Options {
    picked(options, |known, level| match known {
        Some(known) => known.scope == OptionScope::Session,
        None => level <= Level::Session,
    })
}

/// The options that tmux keeps on windows, and those of panes that apply to all panes of the window.
pub(super) fn of_window(options: &Inherited) -> Options {
    picked(options, |known, level| {
        match known.map(|known| known.scope) {
            Some(OptionScope::Window) => true,
            Some(OptionScope::Pane) => level <= Level::Window,
            Some(_) => false,
            None => level == Level::Window,
        }
    })
}

/// The options of one pane.
pub(super) fn of_pane(options: &Inherited) -> Options {
    picked(options, |known, level| {
        let is_of_pane = known.is_none_or(|known| known.scope == OptionScope::Pane);
        is_of_pane && level >= Level::Split
    })
}

fn picked(
    options: &Inherited,
    is_picked: impl Fn(Option<&'static TmuxOption>, Level) -> bool,
) -> Options {
    let picked = options
        .iter()
        .filter(|(name, option)| is_picked(option::find(name), option.level));
    picked
        .map(|(name, option)| (name.clone(), option.value.clone()))
        .collect()
}

impl Resolver<'_> {
    /// Adds one option written at `level` to those that the nodes inside inherit.
    pub(super) fn option(&mut self, decl: &OptionDecl, level: Level, options: &mut Inherited) {
        let name = &decl.name.text;
        let span = decl.name.span;
        let text = match &decl.value.value {
            ScalarValue::Bool(true) => Some("on".to_owned()),
            ScalarValue::Bool(false) => Some("off".to_owned()),
            _ => self.text(&decl.value),
        };
        if let Some(help) = of_triad(name) {
            let name = name.clone();
            self.errors
                .push(ResolveError::OptionOfTriad { name, help, span });
            return;
        }
        let known = option::find(name);
        if let Some(known) = known.filter(|known| is_misplaced(known.scope, level)) {
            self.errors.push(ResolveError::MisplacedOption {
                name: name.clone(),
                scope: known.scope.as_str(),
                level: level.as_str(),
                span,
            });
            return;
        }
        let Some(text) = text else { return };
        let value = match known.map(|known| known.value(&text)) {
            None => text,
            Some(Ok(value)) => value,
            Some(Err(wrong)) => {
                self.wrong(&text, wrong.expected, &decl.value, Some(wrong.help));
                return;
            }
        };
        let option = InheritedOption { value, level, span };
        options.insert(name.clone(), option);
    }

    /// Reports options of a window that its own attributes set.
    pub(super) fn check_options(&mut self, window: &Window, options: &Inherited) {
        let has_titles = !matches!(window.titles, None | Some(Titles::Off));
        let mut taken: Vec<(&str, &'static str)> = Vec::new();
        if has_titles {
            let help = "the window's `titles` sets it: write `titles=\"off\"` to set it yourself, or \
                        remove the option";
            taken.extend([("pane-border-status", help), ("pane-border-format", help)]);
        }
        if window.synchronize.is_some() {
            taken.push((
                SYNCHRONIZE,
                "the window's `synchronize` sets it: keep one of them",
            ));
        }
        for (name, help) in taken {
            if let Some(option) = options.get(name) {
                self.errors.push(ResolveError::OptionOfTriad {
                    name: name.to_owned(),
                    help,
                    span: option.span,
                });
            }
        }
    }

    /// A session's hooks: those that tmux keeps on sessions, and those that it keeps on windows.
    pub(super) fn tmux_hooks(&mut self, decls: &[TmuxHookDecl]) -> (TmuxHooks, TmuxHooks) {
        let (mut of_session, mut of_windows) = (TmuxHooks::new(), TmuxHooks::new());
        for decl in decls {
            let event = self.text(&decl.event);
            let command = self.text(&decl.command);
            let (Some(event), Some(command)) = (event, command) else {
                continue;
            };
            if let Some(why) = hook::why_never(&event) {
                self.errors.push(ResolveError::HookNeverRuns {
                    name: event,
                    why,
                    span: decl.event.span,
                });
                continue;
            }
            let hooks = match hook::scope(&event) {
                Some(OptionScope::Session) => &mut of_session,
                Some(_) => &mut of_windows,
                None => {
                    self.errors.push(ResolveError::UnknownEvent {
                        nearest: nearest(&event, hook::events()).map(str::to_owned),
                        name: event,
                        span: decl.event.span,
                    });
                    continue;
                }
            };
            hooks.entry(event).or_default().push(command);
        }
        (of_session, of_windows)
    }
}

/// Whether no object at that level, or within it, has options of that scope.
fn is_misplaced(scope: OptionScope, level: Level) -> bool {
    match scope {
        OptionScope::Server => true,
        OptionScope::Session => level > Level::Session,
        OptionScope::Window => level > Level::Window,
        OptionScope::Pane => false,
    }
}

/// The help for an option that triad itself sets, or that would destroy the objects that triad made.
fn of_triad(name: &str) -> Option<&'static str> {
    let name = option::base(name);
    if name.starts_with("@triad_") {
        return Some("names that start with `@triad_` are reserved for triad: choose another one");
    }
    if hook::scope(name).is_some() {
        return Some(
            "this is an event: write `tmux-hook \"event\" \"tmux command\"` in the session",
        );
    }
    Some(match name {
        "remain-on-exit" => "write `on-exit` in the pane: `\"hold\"`, `\"shell\"` or `\"close\"`",
        "window-size" | "default-size" => {
            "remove it: windows follow the size of the terminal, and triad sets it while it builds"
        }
        "automatic-rename" | "allow-rename" => {
            "remove it: a window keeps its `title`, or else its name in the manifest"
        }
        "destroy-unattached" => "remove it: sessions have to stay while nobody is attached",
        _ => return None,
    })
}
