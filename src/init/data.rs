//! JSON, TOML and YAML as one tree, so that detectors read all project files in the same way. Tolerant:
//! a value of an unexpected type counts as missing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The deepest nesting that is read: more than files of people have, because the readers recurse.
const DEPTH_MAX: usize = 64;
/// The most nodes of a YAML file after expanding its aliases, which can make a small file huge.
const NODES_MAX: usize = 100_000;

/// A value of a project file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Data {
    #[default]
    Nothing,
    /// A text, or a number or boolean as text.
    Text(String),
    List(Vec<Data>),
    /// Entries in the order of the file, if its reader keeps it.
    Table(Vec<(String, Data)>),
}

/// The value of a missing key.
const NOTHING: Data = Data::Nothing;

impl Data {
    /// The value of that key.
    pub(super) fn at(&self, key: &str) -> &Data {
        let entries = self.entries().iter();
        let mut found = entries.filter(|(name, _)| name == key);
        found.next().map_or(&NOTHING, |(_, value)| value)
    }

    /// The value at that path of keys.
    pub(super) fn at_path(&self, keys: &[&str]) -> &Data {
        keys.iter().fold(self, |data, key| data.at(key))
    }

    pub(super) fn entries(&self) -> &[(String, Data)] {
        match self {
            Data::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Data] {
        match self {
            Data::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_there(&self) -> bool {
        *self != Data::Nothing
    }
}

/// Reads a JSON file.
///
/// # Errors
/// The mistake in the file, in one line.
pub(super) fn json(text: &str) -> Result<Data, String> {
    serde_json::from_str(text).map_err(|error| one_line(&error.to_string()))
}

/// Reads a TOML file.
///
/// # Errors
/// The mistake in the file, in one line.
pub(super) fn toml(text: &str) -> Result<Data, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| one_line(error.message()))
}

/// Reads a YAML file.
///
/// # Errors
/// The mistake in the file, in one line.
pub(super) fn yaml(text: &str) -> Result<Data, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: DEPTH_MAX, max_nodes: NODES_MAX },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| one_line(&error.to_string()))
}

/// The first line of a message without control characters, because messages quote any input.
fn one_line(message: &str) -> String {
    const LENGTH_MAX: usize = 160;
    let line = message.lines().next().unwrap_or_default();
    line.chars()
        .filter(|c| !c.is_control())
        .take(LENGTH_MAX)
        .collect()
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Data;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Data, E> {
        Ok(Data::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Data, E> {
        Ok(Data::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Data, E> {
        Ok(Data::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Data, E> {
        Ok(Data::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Nothing)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        Data::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Data, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Data::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Data, Data>()? {
            // YAML allows any value as a key; only texts are names.
            if let Data::Text(key) = key {
                entries.push((key, value));
            }
        }
        Ok(Data::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_languages_say_the_same() {
        let expected = Data::Table(vec![(
            "a".to_owned(),
            Data::Table(vec![(
                "b".to_owned(),
                Data::List(vec![
                    Data::Text("1".to_owned()),
                    Data::Text("x".to_owned()),
                    Data::Text("true".to_owned()),
                ]),
            )]),
        )]);
        assert_eq!(
            json(r#"{"a": {"b": [1, "x", true]}}"#),
            Ok(expected.clone())
        );
        assert_eq!(toml("[a]\nb = [1, 'x', true]"), Ok(expected.clone()));
        assert_eq!(yaml("a:\n  b: [1, x, true]"), Ok(expected));
    }

    #[test]
    fn yaml_is_read_as_compose_files_are_written() {
        let text = "x-base: &base\n  image: db\n  ports: [22:22]\na:\n  <<: *base\n  image: mine\n8080: ~\n";
        let data = yaml(text).unwrap();
        assert_eq!(data.at_path(&["a", "image"]).text(), Some("mine"));
        assert_eq!(
            data.at_path(&["a", "ports"]).items()[0].text(),
            Some("22:22")
        );
        assert!(!data.at("8080").is_there());
        assert!(yaml("").is_ok_and(|data| data.entries().is_empty()));
    }

    #[test]
    fn what_nests_too_deep_or_grows_too_large_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(json(&deep).is_err());
        assert!(toml(&format!("a = {deep}")).is_err());
        assert!(yaml(&deep).is_err());
        let block: String = (0..2_000)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect();
        assert!(yaml(&block).is_err());
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let last = format!("*a{}, ", level - 1).repeat(10);
            laughs.push_str(&format!("a{level}: &a{level} [{last}]\n"));
        }
        assert!(yaml(&laughs).is_err());
    }
}
