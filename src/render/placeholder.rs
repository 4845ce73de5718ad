//! What a pane shows while it waits for what it needs.

use crate::layout::StepId;
use crate::live::Phase;
use crate::pane_text;
use crate::plan::change::Start;
use crate::render::pane::{id, identity, option, title};
use crate::tmux::script::{Command, Line};
use crate::tmux::tag;

/// Prints its arguments, one a line, and waits without an echo of what is typed. The texts are
/// arguments, so that nothing in them is code.
const SAY: &str = "stty -echo 2>/dev/null; printf '%s\\n' \"$@\"; exec cat >/dev/null";

/// Gives a waiting pane its identity and its message. A restart that has to wait keeps its old
/// process until then, so nothing is said in it.
pub fn wait(step: StepId, start: &Start, owner: &str) -> Line {
    let needs = start.pane.needs.iter().map(|need| {
        let (target, until) = (&need.target, need.until.as_str());
        let optional = if need.optional { ", optional" } else { "" };
        format!("{target} ({until}{optional})")
    });
    let message = pane_text::waits(start.pane.address.name(), needs);
    let what = "show what the pane waits for";
    say(step, start, owner, what, message)
}

/// Says in the pane that it was not started after all.
pub fn given_up(step: StepId, start: &Start, owner: &str, why: &str) -> Line {
    let message = pane_text::not_started(start.pane.address.name(), why);
    let what = "show why the pane was not started";
    say(step, start, owner, what, message)
}

fn say(step: StepId, start: &Start, owner: &str, what: &'static str, message: Vec<String>) -> Line {
    let pane = &start.pane;
    let mut commands = Vec::new();
    if let Some(target) = &start.follows {
        // What it follows may be started by then, and a later run would not know any more.
        let target = tag::encode(&target.to_string());
        commands.push(option(&pane.address, tag::FOLLOWS, &target));
    }
    if start.replaces.is_none() {
        commands.extend(identity(pane, owner, Phase::Pending));
        commands.extend(title(pane, start.is_new));
        commands.push(option(&pane.address, "remain-on-exit", "on"));
        let respawn = Command::new(["respawn-pane", "-k", "-t"]).word(id(&pane.address));
        let respawn = respawn.word("-c").word("/").word("--");
        let say = respawn.word("/bin/sh").word("-c").word(SAY).word("triad");
        commands.push(message.into_iter().fold(say, Command::word));
    }
    Line {
        step: Some(step),
        what,
        commands,
    }
}
