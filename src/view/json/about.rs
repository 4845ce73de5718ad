//! One object from all sides, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FORMAT, JsonStep, json_step};
use crate::view::look::about::{About, Side};

/// What there is to say about an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonAbout {
    pub format: u32,
    pub address: String,
    pub kind: &'static str,
    /// Null: it is not in the manifest. Its place is a line there.
    pub wanted: Option<JsonSide>,
    /// Null: it is not there. Its place is tmux's id.
    pub live: Option<JsonSide>,
    /// Null: nothing was, or it does not read. Its place is the address that it was applied under.
    pub applied: Option<JsonSide>,
    /// The steps of a plan for it, with their numbers in that plan.
    pub steps: Vec<JsonStep>,
    /// Why there is no plan.
    pub refusals: Vec<String>,
    pub notes: Vec<String>,
}

/// An object as one side has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonSide {
    pub place: String,
    pub facts: BTreeMap<String, String>,
}

pub fn about(about: &About) -> JsonAbout {
    let side = |side: &Option<Side>| {
        side.as_ref().map(|side| JsonSide {
            place: side.place.clone(),
            facts: side.facts.iter().cloned().collect(),
        })
    };
    let (steps, refusals) = match about.plan {
        Ok(plan) => {
            let steps = plan.steps.iter().enumerate();
            let steps = steps.filter(|(_, step)| about.concerns(step));
            let steps = steps.map(|(index, step)| json_step(index, step, plan));
            (steps.collect(), Vec::new())
        }
        Err(refusals) => {
            let refusals = refusals.iter().map(ToString::to_string);
            (Vec::new(), refusals.collect())
        }
    };
    JsonAbout {
        format: FORMAT,
        address: about.subject.address.to_string(),
        kind: about.subject.noun.as_str(),
        wanted: side(&about.wanted),
        live: side(&about.live),
        applied: side(&about.applied),
        steps,
        refusals,
        notes: about.notes(),
    }
}
