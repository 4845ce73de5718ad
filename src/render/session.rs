//! What is written on a session that is there.

use crate::plan::change::SessionTags;
use crate::render::geometry;
use crate::tmux::script::{Command, Line};

pub fn tags(index: usize, tags: &SessionTags) -> Line {
    let id = tags.id.to_string();
    let set = || Command::new(["set-option", "-t", &id]);
    let salt = tags.salt.as_ref();
    Line {
        step: index,
        what: "tag the session",
        commands: salt
            .map(|salt| geometry::salt(set(), salt))
            .into_iter()
            .collect(),
    }
}
