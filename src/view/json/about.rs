//! One object from all sides, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FORMAT, JsonStep, json_step};
use crate::view::look::about::{About, Side};

/// The description of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonAbout {
    pub format: u32,
    pub address: String,
    pub kind: &'static str,
    /// Null if it is not in the manifest. Its place is a line there.
    pub wanted: Option<JsonSide>,
    /// Null if it does not exist. Its place is tmux's id.
    pub live: Option<JsonSide>,
    /// Null if nothing was applied, or it cannot be read. Its place is the address that it was
    /// applied under.
    pub applied: Option<JsonSide>,
    /// The steps of a plan for it, with their numbers in that plan.
    pub steps: Vec<JsonStep>,
    /// The reasons why there is no plan.
    pub refusals: Vec<String>,
    pub notes: Vec<String>,
}

/// An object from one side.
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
