//! The built-in templates: the manifests of `layouts/`, with the files that they run or include.

/// A manifest of `layouts/` and its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    pub name: &'static str,
    pub text: &'static str,
    /// The files that it needs.
    pub companions: &'static [Companion],
}

/// A file beside a template's manifest, or in a folder beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Companion {
    /// The path from the folder of the manifest.
    pub path: &'static str,
    pub text: &'static str,
}

/// The text of a file of `layouts/`.
macro_rules! file {
    ($($path:expr),+) => {
        include_str!(concat!("../../layouts/", $($path),+))
    };
}

/// `layouts/NAME.kdl` and its files.
macro_rules! template {
    ($name:literal, [$($companion:literal),* $(,)?]) => {
        Template {
            name: $name,
            text: file!($name, ".kdl"),
            companions: &[$(Companion { path: $companion, text: file!($companion) }),*],
        }
    };
}

/// All templates, in the order of `--list`.
#[rustfmt::skip]
pub const GALLERY: &[Template] = &[
    template!("masterclass", ["masterclass/view.kdl", "masterclass/common.py", "masterclass/engine.py", "masterclass/state.py", "masterclass/worker.py"]),
    template!("masterclass-live", ["masterclass/view.kdl"]),
    template!("webapp", []),
    template!("agents", ["agents/worktree.sh"]),
    template!("monitoring", []),
    template!("remote-dev", []),
];

/// The template of that name.
pub fn template(name: &str) -> Option<&'static Template> {
    GALLERY.iter().find(|template| template.name == name)
}

impl Template {
    /// Its description: the first sentence of its opening comment.
    pub fn about(&self) -> String {
        let lines = self.text.lines().map_while(|line| line.strip_prefix("//"));
        let paragraph: Vec<&str> = lines
            .map(str::trim)
            .skip_while(|line| line.is_empty())
            .take_while(|line| !line.is_empty())
            .collect();
        let text = paragraph.join(" ");
        let sentence = text.split(". ").next().unwrap_or_default();
        sentence.trim_end_matches('.').to_owned()
    }

    /// The name of the layout in its text.
    pub fn layout(&self) -> &'static str {
        let mut lines = self.text.lines();
        let name = lines.find_map(|line| line.strip_prefix("layout \"")?.strip_suffix('"'));
        name.unwrap_or(self.name)
    }

    /// Its text for a file of another name, and for another layout name if one is given. Comments refer
    /// to the file as `layouts/NAME.kdl`.
    pub fn text_for(&self, file: Option<&str>, layout: Option<&str>) -> String {
        let own_file = format!("layouts/{}.kdl", self.name);
        let mut text = String::new();
        for line in self.text.lines() {
            let line = match (line.trim_start().starts_with("//"), file, layout) {
                (true, Some(file), _) => line.replace(&own_file, file),
                _ => line.to_owned(),
            };
            let line = match layout {
                Some(layout) => renamed(&line, self.layout(), layout),
                None => line,
            };
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// A template's text for a manifest in the project's own folder instead of `layouts/`.
pub fn at_the_root(text: &str) -> String {
    text.replacen("\nroot \"..\"\n", "\n", 1)
}

/// The line with the name of the layout or session replaced.
fn renamed(line: &str, from: &str, to: &str) -> String {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") {
        // As a word at the end: `triad attach NAME`.
        let command = line.strip_suffix(from).filter(|rest| rest.ends_with(' '));
        return command.map_or_else(|| line.to_owned(), |command| format!("{command}{to}"));
    }
    let is_named = ["layout ", "session "]
        .iter()
        .any(|node| trimmed.starts_with(node));
    // In an address, a session's name comes first.
    let line = line.replace(&format!("\"{from}/"), &format!("\"{to}/"));
    if is_named {
        line.replacen(&format!("\"{from}\""), &format!("\"{to}\""), 1)
    } else {
        line
    }
}
