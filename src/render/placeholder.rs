//! The message of a pane that is waiting for its needs.

use crate::layout::StepId;
use crate::live::Phase;
use crate::pane_text;
use crate::plan::change::{Reserve, Start};
use crate::render::pane::{id, on, option, phase, since_0_2, tagged, title};
use crate::render::program::PaneOwner;
use crate::render::{held, start};
use crate::tmux::script::{Command, Line};
use crate::tmux::tag;
use crate::tmux::version::DEAD_PANE_TEXT;

/// Prints its arguments, one a line, and waits without echoing what is typed. The texts are
/// arguments, so that nothing in them is code.
const SAY: &str = "stty -echo 2>/dev/null; printf '%s\\n' \"$@\"; exec cat >/dev/null";

/// Gives a waiting pane its identity and its message. A restart that has to wait keeps its old
/// process until then, so no message is shown.
pub fn wait(step: StepId, start: &Start, whose: PaneOwner) -> Line {
    let needs = start.pane.needs.iter().map(|need| {
        let (target, until) = (&need.target, need.until.as_str());
        let optional = if need.optional { ", optional" } else { "" };
        format!("{target} ({until}{optional})")
    });
    let message = pane_text::waits(start.pane.address.name(), needs);
    let what = "show what the pane is waiting for";
    say(step, start, whose, what, message)
}

/// Shows in the pane why it was not started.
pub fn given_up(step: StepId, start: &Start, whose: PaneOwner, why: &str) -> Line {
    let message = pane_text::not_started(start.pane.address.name(), why);
    let what = "show why the pane was not started";
    say(step, start, whose, what, message)
}

/// Creates a pane in which nothing runs until somebody starts it. It is dead from the start and
/// shows the text of a dead pane; where tmux uses its own words for that, a program prints the text.
pub fn reserve(step: StepId, reserve: &Reserve, whose: PaneOwner) -> Line {
    let pane = &reserve.pane;
    let text = pane_text::by_hand(pane.address.name());
    let mut commands = vec![
        since_0_2(&pane.address, whose.layout),
        tagged(pane, whose.owner, Some(&reserve.applied)),
        phase(&pane.address, Phase::Unstarted),
    ];
    commands.extend(title(pane, true));
    commands.push(option(&pane.address, "remain-on-exit", "on"));
    commands.extend(held::instead(pane, &text));
    let respawn = |words: &[&str]| {
        let respawn = Command::new(["respawn-pane", "-k", "-t"]).word(id(&pane.address));
        let respawn = respawn.word("-c").word("/").word("--");
        words.iter().copied().fold(respawn, Command::word)
    };
    let end = respawn(&["/bin/sh", "-c", "exit"]);
    let say = respawn(&["/bin/sh", "-c", PRINT, "triad", &text]);
    commands.push(on(&pane.address, DEAD_PANE_TEXT.format, &[end], &[say]));
    if reserve.takes_focus {
        commands.push(start::focus(&pane.address));
    }
    Line {
        step: Some(step),
        what: "create the pane without starting it",
        commands,
    }
}

/// Prints its argument. tmux can lose output that is printed right before the end.
const PRINT: &str = "printf '\\n%s\\n' \"$1\"; sleep 0.1";

fn say(
    step: StepId,
    start: &Start,
    whose: PaneOwner,
    what: &'static str,
    message: Vec<String>,
) -> Line {
    let pane = &start.pane;
    let mut commands = Vec::new();
    if let Some(target) = &start.follows {
        // The pane it follows may have started by then, and a later run would not know.
        let target = tag::encode(&target.to_string());
        commands.push(option(&pane.address, tag::FOLLOWS, &target));
    }
    if start.replaces.is_none() {
        if !start.is_in_new_session {
            commands.push(since_0_2(&pane.address, whose.layout));
        }
        commands.push(tagged(pane, whose.owner, None));
        commands.push(phase(&pane.address, Phase::Pending));
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
