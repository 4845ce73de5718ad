//! Panes with their own scrollback length.
//!
//! tmux gives a pane the `history-limit` of its session at creation, and never another. So the
//! session's limit is changed while such panes are created, and then restored. If a change affects
//! all panes of the session ([`SHARED_HISTORY`]), the limit is only raised, and stays: otherwise
//! existing output would be cut.

use crate::layout::StepId;
use crate::plan::change::{Insertion, WindowBuild};
use crate::tmux::option::HISTORY_LIMIT;
use crate::tmux::script::{Command, Line, Word};
use crate::tmux::tag;
use crate::tmux::version::SHARED_HISTORY;

/// The limits of a session while the panes of one window are created.
pub(super) struct Limits {
    session: String,
    /// `None`: the session's own limit, not changed yet or restored.
    now: Option<u32>,
    is_saved: bool,
}

impl Limits {
    pub(super) fn of(build: &WindowBuild) -> Self {
        Limits {
            session: session(build),
            now: None,
            is_saved: false,
        }
    }

    /// Returns the commands to run before a pane is created.
    pub(super) fn before(&mut self, insertion: &Insertion) -> Vec<Command> {
        if insertion.moved.is_some() || insertion.history == self.now {
            return Vec::new();
        }
        let mut commands = Vec::new();
        if !self.is_saved {
            let saved = format!("#{{{HISTORY_LIMIT}}}");
            commands.push(Command::new([
                "set-option",
                "-F",
                "-t",
                &self.session,
                tag::HISTORY,
                &saved,
            ]));
            self.is_saved = true;
        }
        let (is_larger, value) = match insertion.history {
            Some(lines) => (
                format!("#{{e|>:{lines},#{{{HISTORY_LIMIT}}}}}"),
                lines.to_string(),
            ),
            None => ("0".to_owned(), format!("#{{{}}}", tag::HISTORY)),
        };
        let is_due = format!("#{{?{},{is_larger},1}}", SHARED_HISTORY.format);
        let set = Command::new([
            "set-option",
            "-F",
            "-t",
            &self.session,
            HISTORY_LIMIT,
            &value,
        ]);
        let due = Command::new(["if-shell", "-F", "-t", &self.session, &is_due]);
        commands.push(due.word(Word::sequence(&[set])));
        self.now = insertion.history;
        commands
    }
}

/// Restores the session's limit, in a line of its own, so that it is restored even if creating the
/// panes fails. A session without its own value gets none.
pub(super) fn put_back(step: StepId, build: &WindowBuild) -> Option<Line> {
    let mut made = build.insertions.iter();
    made.find(|insertion| insertion.moved.is_none() && insertion.history.is_some())?;
    let session = session(build);
    let saved = tag::HISTORY;
    let commands = format!(
        "if-shell -F '#{{?{shared},,1}}' {{ \
         set-option -u -t '{session}' {HISTORY_LIMIT} ; \
         if-shell -F -t '{session}' '#{{!=:#{{{HISTORY_LIMIT}}},#{{{saved}}}}}' \
         {{ set-option -F -t '{session}' {HISTORY_LIMIT} '#{{{saved}}}' }} }} ; \
         set-option -u -t '{session}' {saved}",
        shared = SHARED_HISTORY.format,
    );
    let is_saved = format!("#{{{saved}}}");
    Some(Line {
        step: Some(step),
        what: "restore the history limit",
        commands: vec![Command::new([
            "if-shell", "-F", "-t", &session, &is_saved, &commands,
        ])],
    })
}

fn session(build: &WindowBuild) -> String {
    format!("={}:", build.window.address.session_name())
}
