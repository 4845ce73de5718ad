//! What can be wrong with a `needs`.

use crate::manifest::diagnostic::Label;
use crate::manifest::source::Span;

/// A need that cannot be, each variant in its own way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NeedError {
    #[error("`{target}` is not a pane of this layout")]
    Unknown {
        target: String,
        span: Span,
        nearest: Option<String>,
    },
    #[error("`{target}` could be several panes")]
    Ambiguous {
        target: String,
        span: Span,
        candidates: Vec<String>,
    },
    #[error("`{target}` is a pane without a name of its own")]
    Unnamed { target: String, span: Span },
    #[error("`{target}` is not there: its profile is `{profile}`")]
    LeftOut {
        target: String,
        profile: String,
        span: Span,
    },
    #[error("`{target}` is never `{until}`")]
    NeverMet {
        target: String,
        until: &'static str,
        never: Never,
        span: Span,
    },
    #[error("`{pane}` needs `{target}` in two ways")]
    InTwoWays {
        pane: String,
        target: String,
        span: Span,
        first: Span,
    },
    #[error("{}", circle(edges))]
    Cycle { edges: Vec<Edge> },
}

/// Why a need is never met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {
    /// What is started again whenever it ends has never ended for good.
    RestartsAlways,
    /// `apply` does not start it.
    StartsByHand,
    /// Nobody sees how a program ended whose pane is gone with it.
    Closes,
}

/// One edge of a cycle of needs, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub span: Span,
}

/// How many panes of a circle the message names; the labels name all.
const NAMES_MAX: usize = 12;

fn circle(edges: &[Edge]) -> String {
    if let [edge] = edges {
        return format!("`{}` needs itself", edge.from);
    }
    let name = |edge: &Edge| format!("`{}`", edge.from);
    let mut names: Vec<String> = edges.iter().take(NAMES_MAX).map(name).collect();
    if edges.len() > NAMES_MAX {
        names.push(format!("{} more", edges.len() - NAMES_MAX));
    }
    names.extend(edges.first().map(name));
    format!("panes that need each other: {}", names.join(" → "))
}

impl NeedError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            NeedError::Unknown { .. } => "triad::resolve::unknown-need",
            NeedError::Ambiguous { .. } => "triad::resolve::ambiguous-need",
            NeedError::Unnamed { .. } => "triad::resolve::need-unnamed",
            NeedError::LeftOut { .. } => "triad::resolve::need-left-out",
            NeedError::NeverMet { .. } => "triad::resolve::never-met",
            NeedError::InTwoWays { .. } => "triad::resolve::need-in-two-ways",
            NeedError::Cycle { .. } => "triad::resolve::cycle",
        }
    }

    pub(super) fn labels(&self) -> Vec<Label> {
        let one = |span: &Span, text: &str| vec![Label::new(*span, text)];
        match self {
            NeedError::Unknown { span, .. } => one(span, "no such pane"),
            NeedError::Ambiguous { span, .. } => one(span, "which one?"),
            NeedError::Unnamed { span, .. } => one(span, "this name comes from its command"),
            NeedError::LeftOut { span, .. } => one(span, "left out"),
            NeedError::NeverMet { span, never, .. } => match never {
                Never::RestartsAlways => one(span, "restarts always"),
                Never::StartsByHand => one(span, "`apply` does not start it: `start=#false`"),
                Never::Closes => one(span, "its pane closes, and how it ended is gone with it"),
            },
            NeedError::InTwoWays { span, first, .. } => vec![
                Label::new(*span, "this way"),
                Label::new(*first, "and another here"),
            ],
            NeedError::Cycle { edges } => {
                let label = |edge: &Edge| {
                    Label::new(edge.span, format!("`{}` needs `{}`", edge.from, edge.to))
                };
                edges.iter().map(label).collect()
            }
        }
    }

    pub(super) fn help(&self) -> Option<String> {
        match self {
            NeedError::Unknown { nearest, .. } => nearest
                .as_ref()
                .map(|name| format!("did you mean `{name}`?")),
            NeedError::Ambiguous { candidates, .. } => {
                let shown = candidates.iter().map(|name| format!("`{name}`"));
                let shown: Vec<String> = shown.collect();
                Some(format!("write its address: {}", shown.join(" or ")))
            }
            NeedError::Unnamed { .. } => Some(
                "give that pane a name, such as `pane \"server\" { … }`, and need that".to_owned(),
            ),
            NeedError::LeftOut { profile, .. } => {
                let choose = match profile.strip_prefix('!') {
                    Some(name) => format!("leave `--profile {name}` away"),
                    None => format!("choose it with `--profile {profile}`"),
                };
                Some(format!(
                    "{choose}; or give the pane that needs it the same profile: \
                     `profile=\"{profile}\"`; or let it do without: `optional=#true`"
                ))
            }
            NeedError::NeverMet { never, until, .. } => Some(match never {
                // A task is ready when it has ended.
                Never::RestartsAlways if *until == "ready" => {
                    "wait for `started`, or let it restart `on-failure` only".to_owned()
                }
                Never::StartsByHand => "remove that `start=#false`, or this `needs`".to_owned(),
                Never::RestartsAlways => {
                    "wait for `started` or `ready`, or let it restart `on-failure` only".to_owned()
                }
                Never::Closes => {
                    "wait for `exited`, or keep its pane: `on-exit=\"hold\"`".to_owned()
                }
            }),
            NeedError::InTwoWays { .. } => {
                Some("write one `needs` that says all that it needs of it".to_owned())
            }
            NeedError::Cycle { edges } => Some(match edges[..] {
                [_] => "it can never start: take it out".to_owned(),
                _ => "nothing of this can ever start: take one of the needs out".to_owned(),
            }),
        }
    }
}
