//! Mistakes in `needs`.

use crate::manifest::diagnostic::Label;
use crate::manifest::source::Span;

/// A need that cannot be met or understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NeedError {
    #[error("`{target}` is not a pane of this layout")]
    Unknown {
        target: String,
        span: Span,
        nearest: Option<String>,
    },
    #[error("`{target}` matches several panes")]
    Ambiguous {
        target: String,
        span: Span,
        candidates: Vec<String>,
    },
    #[error("`{target}` is the derived name of an unnamed pane")]
    Unnamed { target: String, span: Span },
    #[error("`{target}` is left out by its profile `{profile}`")]
    LeftOut {
        target: String,
        profile: String,
        span: Span,
    },
    #[error("`{target}` can never be `{until}`")]
    NeverMet {
        target: String,
        until: &'static str,
        never: Never,
        span: Span,
    },
    #[error("`{pane}` needs `{target}` twice, with different settings")]
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
    /// The target is restarted whenever it ends, so it never ends for good.
    RestartsAlways,
    /// `apply` does not start the target.
    StartsByHand,
    /// The target's pane closes with it, so its exit status is lost.
    Closes,
}

/// One edge of a cycle of needs, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub span: Span,
}

/// The number of panes of a cycle that the message names; the labels name all.
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
    format!("panes need each other: {}", names.join(" → "))
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
            NeedError::Unnamed { span, .. } => one(span, "this name changes with its command"),
            NeedError::LeftOut { span, .. } => one(span, "left out by its profile"),
            NeedError::NeverMet { span, never, .. } => match never {
                Never::RestartsAlways => one(span, "always restarts"),
                Never::StartsByHand => {
                    one(span, "has `start=#false`, so `apply` does not start it")
                }
                Never::Closes => one(span, "its pane closes, and its exit status is lost"),
            },
            NeedError::InTwoWays { span, first, .. } => vec![
                Label::new(*span, "second here"),
                Label::new(*first, "first here"),
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
                Some(format!("write the address: {}", shown.join(" or ")))
            }
            NeedError::Unnamed { .. } => {
                Some("give that pane a name, such as `pane \"server\" { … }`".to_owned())
            }
            NeedError::LeftOut { profile, .. } => {
                let choose = match profile.strip_prefix('!') {
                    Some(name) => format!("drop `--profile {name}`"),
                    None => format!("add `--profile {profile}`"),
                };
                Some(format!(
                    "{choose}, give the pane that needs it the same profile \
                     (`profile=\"{profile}\"`), or write `optional=#true`"
                ))
            }
            NeedError::NeverMet { never, until, .. } => Some(match never {
                // A task is ready when it has ended.
                Never::RestartsAlways if *until == "ready" => {
                    "wait for `started`, or let it restart `on-failure` only".to_owned()
                }
                Never::StartsByHand => "remove its `start=#false`, or this `needs`".to_owned(),
                Never::RestartsAlways => {
                    "wait for `started` or `ready`, or let it restart `on-failure` only".to_owned()
                }
                Never::Closes => {
                    "wait for `exited`, or keep its pane: `on-exit=\"hold\"`".to_owned()
                }
            }),
            NeedError::InTwoWays { .. } => Some("combine them in one `needs`".to_owned()),
            NeedError::Cycle { edges } => Some(match edges[..] {
                [_] => "remove the `needs`".to_owned(),
                _ => "remove one of these `needs`".to_owned(),
            }),
        }
    }
}
