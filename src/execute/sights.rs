//! Looks at the panes that texts are to be typed into: whether what is waited for is there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::execute::prompt::{self, Prompt};
use crate::execute::run::{Recipient, Sight};
use crate::layout::{Address, TypeWhen, expression, file_name, line_reader};
use crate::link::{Link, Since, Start};
use crate::readiness::search::Searches;
use crate::tmux::id::PaneId;
use crate::tmux::question::Terminal;
use crate::tmux::script::Ref;

/// How long a search of the lines of one pane may keep the other panes waiting.
const SEARCH: Duration = Duration::from_secs(1);
/// The answer where a look fails: the pane may be back in a moment.
const NOT_TOLD: &str = "tmux did not tell of it";

/// The searches of each pane, which go on from look to look.
#[derive(Debug, Clone, Default)]
pub(super) struct PaneSearches(Arc<Mutex<BTreeMap<Address, Searches>>>);

impl PaneSearches {
    fn of(&self, address: &Address) -> Searches {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(address.clone()).or_default().clone()
    }
}

/// Looks at each of these panes. A pane that is not there is not in the answer.
pub(super) async fn look(
    link: &Link,
    recipients: Vec<Recipient>,
    searches: &PaneSearches,
) -> BTreeMap<Address, Sight> {
    let Ok(terminals) = link.terminals().await else {
        let sights = recipients.into_iter();
        return sights.map(|of| (of.address, not_told())).collect();
    };
    let found = recipients.into_iter().filter_map(|recipient| {
        let id = link.pane_id(&recipient.address)?;
        let terminal = terminals.iter().find(|terminal| terminal.pane == id)?;
        let awaits = Awaits::of(&recipient, terminal, link);
        Some((recipient, terminal, awaits))
    });
    let found: Vec<(Recipient, &Terminal, Awaits)> = found.collect();
    let reads = found.iter();
    let reads = reads.filter_map(|(_, terminal, awaits)| Some((terminal.pane, awaits.start()?)));
    let reads: Vec<(PaneId, Start)> = reads.collect();
    let mut printed = match reads.is_empty() {
        true => BTreeMap::new(),
        // A pane that is missing in the answer is left out.
        false => link.printed(&reads).await.unwrap_or_default(),
    };
    let mut sights = BTreeMap::new();
    let mut under_way = JoinSet::new();
    for (recipient, terminal, awaits) in found {
        let printed = printed.remove(&terminal.pane);
        match (awaits, printed) {
            (Awaits::Prompt, _) => {
                let prompt = prompt::prompt(terminal.pid, &terminal.tty, &terminal.foreground);
                sights.insert(recipient.address, sight(terminal, prompt));
            }
            (_, None) => {
                let prompt = Err(NOT_TOLD.to_owned());
                sights.insert(recipient.address, sight(terminal, prompt));
            }
            (Awaits::Still, Some(printed)) => {
                let mut sight = sight(terminal, prompt::any(&terminal.tty));
                sight.looks.push_str(&printed.lines.join("\n"));
                sights.insert(recipient.address, sight);
            }
            (Awaits::Line { regex, since }, Some(printed)) => {
                let searches = searches.of(&recipient.address);
                let (address, terminal) = (recipient.address, terminal.clone());
                let lines = since.lines(&printed, recipient.last.as_deref());
                under_way.spawn(async move {
                    let line = matched(regex, lines, &searches).await;
                    (address, after_line(&terminal, line))
                });
            }
        }
    }
    while let Some(searched) = under_way.join_next().await {
        let (address, sight) = searched.expect("a search neither panics nor is cancelled");
        sights.insert(address, sight);
    }
    sights
}

/// The condition that a text waits for in one pane.
enum Awaits {
    Prompt,
    Still,
    Line { regex: String, since: Since },
}

impl Awaits {
    fn of(recipient: &Recipient, terminal: &Terminal, link: &Link) -> Self {
        match &recipient.when {
            TypeWhen::Prompt if recipient.is_default_shell => {
                let shell = Ref::DefaultShell(recipient.address.session());
                let shell = link.bindings().get(&shell);
                let is_known = shell.is_none_or(|shell| line_reader(file_name(shell)).is_some());
                if is_known {
                    Awaits::Prompt
                } else {
                    Awaits::Still
                }
            }
            TypeWhen::Prompt => Awaits::Prompt,
            TypeWhen::Still => Awaits::Still,
            TypeWhen::Line(regex) => Awaits::Line {
                regex: regex.clone(),
                since: Since::of(terminal, recipient.typed),
            },
        }
    }

    /// Where the pane is read from; `None`: it is not.
    fn start(&self) -> Option<Start> {
        match self {
            Awaits::Prompt => None,
            Awaits::Still => Some(Start::Screen),
            Awaits::Line { since, .. } => Some(since.start),
        }
    }
}

/// The first of the lines that matches, or why none does.
async fn matched(regex: String, lines: Vec<String>, searches: &Searches) -> Result<String, String> {
    let none = format!("no line matches `{regex}`");
    let search = searches.search(move || {
        let pattern = expression(&regex).map_err(|error| format!("`{regex}`: {error}"))?;
        // A prompt may end with a space, which not every expression has; tmux 3.2 adds more to a line
        // that is not finished.
        let is_it = |line: &String| {
            let bare = line.trim_end_matches(' ');
            let prompt = line.get(..bare.len() + 1).unwrap_or(bare);
            [line.as_str(), bare, prompt]
                .iter()
                .any(|line| pattern.is_match(line))
        };
        Ok::<_, String>(lines.into_iter().find(is_it))
    });
    match timeout(SEARCH, search).await {
        Ok(found) => found??.ok_or(none),
        Err(_) => Err("the search of its output takes too long: the expression is slow".to_owned()),
    }
}

fn after_line(terminal: &Terminal, line: Result<String, String>) -> Sight {
    let prompt = line
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|_| prompt::after_line(&terminal.tty));
    Sight {
        // Only the matching line counts; the rest of the screen may change.
        looks: line.unwrap_or_default(),
        ..sight(terminal, prompt)
    }
}

fn sight(terminal: &Terminal, prompt: Result<Prompt, String>) -> Sight {
    Sight {
        pid: terminal.pid,
        is_dead: terminal.is_dead,
        looks: format!("{terminal:?}"),
        prompt,
    }
}

fn not_told() -> Sight {
    Sight {
        pid: 0,
        is_dead: false,
        looks: String::new(),
        prompt: Err(NOT_TOLD.to_owned()),
    }
}
