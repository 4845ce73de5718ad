//! Any text as a template within a manifest: a text, or a reason at a place within it.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use triad::manifest;
use triad::manifest::source::{Source, Sources};
use triad::resolve::{self, Conditions, EnvFiles, FromEnv};

fuzz_target!(|text: &str| {
    // As KDL writes any string, so that all of the input reaches the template.
    let quoted: String = text
        .chars()
        .filter(|c| *c != '\0')
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() || ('\u{2000}'..='\u{206f}').contains(&c) || c == '\u{feff}' => {
                format!("\\u{{{:x}}}", u32::from(c))
            }
            c => c.to_string(),
        })
        .collect();
    let manifest = format!(
        "vars {{ a \"one\"; b 2; c \"{{{{a}}}}-x\" }}\nsession \"s\" {{ window \"w\" {{ pane \"p\" {{ \
         each \"i\" n=1 m=\"two\"\n run \"x\" \"{quoted}\" }} }} }}"
    );
    let sources = Sources::new(Source::new("t", manifest));
    let parsed = manifest::parse(sources.main());
    let resolved = resolve::resolve(
        &parsed.manifest,
        &sources,
        &Conditions {
            vars: &BTreeMap::new(),
            profiles: &BTreeSet::new(),
            from_env: FromEnv::Caller,
            env_files: &EnvFiles::default(),
            environment: &BTreeMap::from([("HOME".to_owned(), "/home/me".to_owned())]),
            home: None,
            manifest: "/project/t.kdl",
            folder: Path::new("/project"),
            stem: "t",
        },
    );
    if let Err(errors) = &resolved {
        for label in errors.iter().flat_map(|error| error.diagnostic().labels) {
            let text = &sources.of(label.span).text;
            assert!(text.get(label.span.offset..label.span.end()).is_some(), "{label:?}");
        }
    }
});
