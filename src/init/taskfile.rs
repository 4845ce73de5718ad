//! `Taskfile.yml`: tasks of well-known names.

use super::data::{self, Data};
use super::draft::Findings;
use super::found::Found;
use super::targets::{self, Target};

pub(super) const FILES: &[&str] = &[
    "Taskfile.yml",
    "taskfile.yml",
    "Taskfile.yaml",
    "taskfile.yaml",
    "Taskfile.dist.yml",
];

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let tasks = match data::yaml(text) {
        Ok(taskfile) => tasks(taskfile.at("tasks")),
        Err(why) => return findings.skip(file, &why),
    };
    targets::take(found, (file, "task"), &tasks, findings);
}

/// The public tasks, with their commands.
fn tasks(tasks: &Data) -> Vec<Target> {
    let entries = tasks.entries().iter();
    let own = entries.filter(|(_, task)| task.at("internal").text() != Some("true"));
    let target = |(name, task): &(String, Data)| {
        let listed = [task, task.at("cmds")].map(Data::items).concat();
        let single = [task, task.at("cmd")].into_iter().filter_map(Data::text);
        let lines = listed
            .iter()
            .filter_map(|line| line.text().or(line.at("cmd").text()));
        let lines: Vec<&str> = single.chain(lines).collect();
        Target {
            name: name.clone(),
            recipe: lines.join("\n"),
        }
    };
    own.map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_have_their_commands_in_several_ways() {
        let text = "version: '3'\ntasks:\n  dev: vite --port 3000\n  test: [go test, x]\n  build:\n    cmds: [a, {cmd: b}]\n  hidden: {internal: true, cmd: c}\n";
        let read = data::yaml(text).unwrap();
        let tasks = tasks(read.at("tasks"));
        let told: Vec<(&str, &str)> = tasks
            .iter()
            .map(|task| (task.name.as_str(), task.recipe.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("dev", "vite --port 3000"),
                ("test", "go test\nx"),
                ("build", "a\nb")
            ]
        );
    }
}
