//! Between the watch and tmux: asks what became of a process, tells the news, and writes down on a
//! pane that it is ready.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::event::Event;
use crate::execute::last_words::{last_lines, last_words};
use crate::execute::run::Execution;
use crate::layout::{Address, ReadyTag};
use crate::live::Exit;
use crate::readiness::engine::News;
use crate::readiness::prober::{Found, Watch};
use crate::render::start;
use crate::tmux::script::{Line, Ref};

/// Looks at the panes once, and tells what has happened.
pub(super) async fn look(watch: &mut Watch, execution: &mut Execution<'_>) {
    let mut notes = Vec::new();
    if execution.gone_server.is_some() {
        return;
    }
    for found in watch.look(Instant::now()) {
        let news = match found {
            Found::News(news) => Some(news),
            Found::Gone { address } => gone(watch, execution, &address).await,
        };
        if execution.gone_server.is_some() {
            // All that is waited for went with it: that is one thing to tell, not one of each.
            return;
        }
        let Some(news) = news else { continue };
        if let News::Ready { address, why, .. } = &news {
            notes.extend(note(watch, execution, address, why));
        }
        tell(execution, news).await;
    }
    if !notes.is_empty() {
        // The panes are ready, whether that can be written down or not.
        execution.tell(&notes).await;
    }
}

/// The process of a pane has ended: for good, or until tmux starts it again.
async fn gone(watch: &mut Watch, execution: &mut Execution<'_>, address: &Address) -> Option<News> {
    let fate = last_words(execution, address, watch.last_pid(address)).await;
    if fate.exit == Exit::Unknown && fate.successor.is_none() && execution.is_server_gone().await {
        execution.gone_server = execution.server_pid();
        return None;
    }
    let now = Instant::now();
    match fate.successor {
        Some(pid) => {
            let id = execution.bindings.get(&Ref::Pane(address.clone()));
            watch.started(address, id, pid, now)
        }
        None => watch.ended(address, fate.exit, fate.is_final, now),
    }
}

/// What is written on a pane that has become ready, unless it is there already.
fn note(watch: &Watch, execution: &Execution, address: &Address, why: &str) -> Option<Line> {
    let mut targets = execution.plan.targets.iter();
    let is_known = targets.any(|target| target.is_known_ready && target.pane.address == *address);
    let id = Ref::Pane(address.clone());
    if is_known || !execution.bindings.contains_key(&id) {
        return None;
    }
    let pid = watch.last_pid(address)?;
    Some(ready(address, pid, &execution.veil.hide(why)))
}

/// Writes down on a pane that this process of its is ready, as of now.
pub fn ready(address: &Address, pid: i32, why: &str) -> Line {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let at = since_epoch.unwrap_or_default().as_secs();
    let tag = ReadyTag::new(pid, at, why);
    Line {
        step: 0,
        what: "write down that a pane is ready",
        commands: vec![start::ready(address, &tag)],
    }
}

async fn tell(execution: &mut Execution<'_>, news: News) {
    let event = match news {
        News::Ready { address, why, took } => Event::Ready { address, why, took },
        News::Restarted { address } => Event::Restarted { address },
        News::Ended { address, exit } => Event::Ready {
            address,
            why: format!("ended with {exit}"),
            took: Duration::ZERO,
        },
        News::Died { address, exit } => {
            let fate = last_words(execution, &address, None).await;
            let is_closed = exit == Exit::Unknown && fate.is_closed;
            execution.unready.push(address.clone());
            Event::Died {
                address,
                exit: (!is_closed).then_some(exit),
                lines: fate.lines,
            }
        }
        News::NotReady {
            address,
            answer,
            after,
        } => {
            // It may run: there is no end of it to wait for, and there may be hundreds.
            let id = execution.bindings.get(&Ref::Pane(address.clone()));
            let lines = match id {
                Some(id) => last_lines(execution.server, id).await,
                None => Vec::new(),
            };
            execution.unready.push(address.clone());
            Event::NotReady {
                address,
                answer,
                after,
                lines,
            }
        }
    };
    (execution.events)(event);
}
