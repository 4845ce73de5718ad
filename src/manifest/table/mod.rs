//! The language as data, which drives the decoder.
//!
//! A node is described once, in [`nodes`](nodes()): the blocks it is allowed in, its values and its own
//! block. The value of a scalar node may also be written as a property of the node around it.

mod foreign;
mod nodes;
mod spec;

pub use foreign::{Foreign, foreign};
pub use nodes::{NOT_SUPPORTED, OPTION, SIGNALS, VARIABLE, VARIABLE_OF_ENVIRONMENT, nodes};
pub use spec::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

impl NodeSpec {
    /// The type of a property, whether its own or a scalar of its block.
    pub fn property(&self, name: &str) -> Option<(&'static str, Value)> {
        let own = self
            .properties
            .iter()
            .find(|property| property.name == name);
        if let Some(own) = own {
            return Some((own.name, own.value));
        }
        let scalar = find(self.block?, name).filter(|spec| spec.is_scalar)?;
        Some((scalar.name, scalar.argument()?))
    }

    /// The names of all its properties.
    pub fn property_names(&self) -> impl Iterator<Item = &'static str> {
        let own = self.properties.iter().map(|property| property.name);
        let block = self.block.into_iter().flat_map(inside);
        own.chain(block.filter(|spec| spec.is_scalar).map(|spec| spec.name))
    }
}

/// The nodes that are allowed in a block.
pub fn inside(place: Place) -> impl Iterator<Item = &'static NodeSpec> {
    nodes().filter(move |spec| spec.places.contains(&place))
}

/// The node of this name, if it is allowed in this block.
pub fn find(place: Place, name: &str) -> Option<&'static NodeSpec> {
    match place {
        Place::Vars => Some(&VARIABLE),
        Place::Env => Some(&VARIABLE_OF_ENVIRONMENT),
        Place::Options => Some(&OPTION),
        _ => inside(place).find(|spec| spec.name == name),
    }
}

/// All blocks in which a node of this name is allowed.
pub fn places(name: &str) -> Vec<Place> {
    let named = nodes().filter(|spec| spec.name == name);
    named.flat_map(|spec| spec.places).copied().collect()
}

/// Whether the language reserves this node or property here, without this version supporting it.
pub fn is_not_supported(place: Place, name: &str) -> bool {
    let mut known = NOT_SUPPORTED.iter();
    known.any(|(known, places)| *known == name && places.contains(&place))
}

#[cfg(test)]
mod tests {
    use super::foreign::FOREIGN;
    use super::*;

    #[test]
    fn every_node_is_described_once_in_each_place() {
        for place in [
            Place::Top,
            Place::Session,
            Place::Window,
            Place::Split,
            Place::Pane,
            Place::Ready,
            Place::Http,
            Place::Template,
            Place::Hooks,
            Place::Stop,
        ] {
            let mut names: Vec<&str> = inside(place).map(|spec| spec.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{place:?}");
            for name in names {
                assert!(!is_not_supported(place, name), "{name} in {place:?}");
            }
        }
    }

    #[test]
    fn a_word_of_other_tools_is_none_of_ours_and_leads_to_one() {
        for foreign in FOREIGN {
            for &place in foreign.places {
                let node = find(place, foreign.node);
                assert!(node.is_some(), "{} in {place:?}", foreign.node);
                for word in foreign.words {
                    assert_eq!(find(place, word), None, "{word} in {place:?}");
                }
            }
            assert!(foreign.usage.starts_with(foreign.node), "{}", foreign.usage);
        }
    }

    #[test]
    fn scalars_are_the_nodes_with_one_value() {
        for spec in nodes().filter(|spec| spec.is_scalar) {
            assert!(matches!(spec.arguments, Arguments::One(_)), "{}", spec.name);
            assert!(spec.block.is_none() && !spec.is_repeatable, "{}", spec.name);
        }
    }

    #[test]
    fn documentation_is_one_line_and_usage_names_the_node() {
        for spec in nodes() {
            assert!(
                !spec.doc.is_empty() && !spec.doc.contains('\n'),
                "{}",
                spec.name
            );
            assert!(spec.usage.starts_with(spec.name), "{}", spec.name);
        }
    }
}
