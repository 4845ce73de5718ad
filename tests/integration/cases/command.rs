//! The command line of a case: `triad plan manifest.kdl --only web/main --var port=80`, after `env
//! -u HOME` if HOME is unset. Words are not quoted.

use triad::plan::Request;
use triad::resolve::FromEnv;

use crate::cases::graph::Drawing;
use crate::support::resolved::Given;

/// A command line.
pub struct CommandLine {
    pub verb: Verb,
    pub given: Given,
}

/// The verbs that need no tmux.
pub enum Verb {
    Check,
    Plan(Request),
    Fmt,
    Render,
    Graph(Drawing),
}

impl CommandLine {
    /// Parses a line in which every word is known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_end();
        if text.lines().count() != 1 {
            return Err("not one line".to_owned());
        }
        let mut given = Given::default();
        let text = match text.strip_prefix("env -u HOME ") {
            Some(rest) => {
                given.is_homeless = true;
                rest
            }
            None => text,
        };
        let mut words = text.split_whitespace();
        if words.next() != Some("triad") {
            return Err(format!("`{text}` does not run triad"));
        }
        let mut verb = match words.next().unwrap_or_default() {
            "check" => Verb::Check,
            "plan" => Verb::Plan(Request::default()),
            "fmt" => Verb::Fmt,
            "render" => Verb::Render,
            "graph" => Verb::Graph(Drawing::default()),
            verb => return Err(format!("no case runs `triad {verb}`")),
        };
        let mut words = words.skip_while(|word| *word == "manifest.kdl");
        while let Some(word) = words.next() {
            if !given.take(word, &mut words)? && !verb.take(word, &mut words)? {
                return Err(format!("`{word}` is not known here"));
            }
        }
        Ok(CommandLine { verb, given })
    }

    /// Returns the environment to resolve the manifest in.
    pub fn environment(&self) -> FromEnv {
        match self.verb {
            Verb::Render => FromEnv::Runner,
            _ => FromEnv::Caller,
        }
    }
}

/// The words after a flag.
type Rest<'a> = dyn Iterator<Item = &'a str> + 'a;

/// Returns the value of a flag.
fn value<'a>(flag: &str, rest: &mut Rest<'a>) -> Result<&'a str, String> {
    rest.next().ok_or(format!("`{flag}` without a value"))
}

impl Given {
    /// Parses a flag of all verbs; returns whether it is one.
    fn take<'a>(&mut self, word: &str, rest: &mut Rest<'a>) -> Result<bool, String> {
        match word {
            "--var" => {
                let pair = value(word, rest)?
                    .split_once('=')
                    .ok_or("no `NAME=VALUE`")?;
                self.vars.insert(pair.0.to_owned(), pair.1.to_owned());
            }
            "--env-file" => self.env_files.push(value(word, rest)?.to_owned()),
            "--profile" => {
                self.profiles.insert(value(word, rest)?.to_owned());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Verb {
    /// Parses a word of this verb; returns whether it is one.
    fn take<'a>(&mut self, word: &str, rest: &mut Rest<'a>) -> Result<bool, String> {
        let pattern = |text: &str| text.parse().map_err(|_| format!("`{text}` is no pattern"));
        match (self, word) {
            (Verb::Plan(wishes), "--replace") => wishes.replace.push(pattern(value(word, rest)?)?),
            (Verb::Plan(wishes), "--only") => wishes.only.push(pattern(value(word, rest)?)?),
            (Verb::Plan(wishes), "--no-prune") => wishes.keeps_unwanted = true,
            (Verb::Plan(wishes), "--adopt") => wishes.adopts = true,
            (Verb::Plan(wishes), "--relayout") => wishes.relays_out = true,
            (Verb::Graph(drawing), "--live") => drawing.shows_live = true,
            (Verb::Graph(drawing), "--of") => drawing.of = value(word, rest)?.to_owned(),
            (Verb::Graph(drawing), "--format") => drawing.format = value(word, rest)?.to_owned(),
            (Verb::Graph(drawing), address) if !address.starts_with('-') => {
                drawing.addresses.push(pattern(address)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
