//! Texts are typed into shells at their prompts, each once; otherwise their pane is reported.

use std::time::Duration;

use triad::event::StepOutcome;
use triad::execute::run::{Input, Output, Prompt, Recipient, Sight};
use triad::layout::TypeWhen;
use triad::link::Report;
use triad::tmux::script::Line;

use super::scene::{MS, Planned, Scene, lose, refuse, sight, sights};

const TWO: &str = r#"
    pane "a" { type "one"; type "two" }
    pane "b" { type "three" }
"#;

/// Both panes are at their prompts at the first look.
fn started(planned: &Planned) -> Scene<'_> {
    let mut scene = Scene::new(planned);
    scene.all_well();
    scene.log();
    scene
}

impl Scene<'_> {
    /// Answers the look at prompts that is open, or comes next.
    fn see(&mut self, sight: &Sight) {
        for _ in 0..100 {
            let mut open = self.open.iter();
            let look = open.position(|output| matches!(output, Output::LookAtPrompts(_)));
            let Some(at) = look else {
                self.pass(50 * MS);
                continue;
            };
            let Some(Output::LookAtPrompts(asked)) = self.open.remove(at) else {
                unreachable!("found above");
            };
            let names: Vec<&str> = asked.iter().map(|of| of.address.name()).collect();
            self.take(Input::Prompts(sights(&names, sight)));
            return;
        }
        panic!("no prompt is looked at");
    }

    /// Shows an unchanged prompt for as long as needed, until something is typed.
    fn stand_still(&mut self, looks: &str) {
        for _ in 0..20 {
            self.see(&sight(looks, Ok(Prompt::Edited)));
            let mut open = self.open.iter();
            if open.any(|output| matches!(output, Output::Type(_))) {
                return;
            }
        }
        panic!("no text is typed: {:?}", self.log());
    }

    fn typed(&mut self) -> Vec<String> {
        let mut log = self.log();
        log.retain(|line| !line.starts_with("look at"));
        log
    }
}

#[test]
fn each_text_is_typed_once_and_in_order() {
    let planned = Planned::fresh(TWO);
    let mut scene = started(&planned);
    scene.stand_still("$");
    scene.well();
    scene.stand_still("$ one");
    scene.well();
    assert_eq!(scene.typed(), ["type a b", "type a"]);
    scene.pass_all(MS * 500);
    let (end, _) = scene.end();
    assert!(end.unready.is_empty());
}

#[test]
fn nothing_is_typed_while_the_screen_changes() {
    let planned = Planned::fresh(TWO);
    let mut scene = started(&planned);
    for at in 0..10 {
        scene.see(&sight(&format!("$ {at}"), Ok(Prompt::Edited)));
        assert_eq!(scene.typed(), [] as [&str; 0]);
    }
    // A shell without an editor has to be unchanged for longer.
    let begun = scene.now;
    while scene.typed().is_empty() {
        scene.see(&sight("$", Ok(Prompt::Lines)));
    }
    assert!(scene.now >= begun + 400 * MS);
}

/// A program that is typed into, and a shell.
const PROGRAM: &str = r#"
    pane "a" { run "repl"; type "one" after="^>"; type "two" into="any" }
    pane "b" { type "three" }
"#;

impl Scene<'_> {
    /// Answers looks until something is typed, and says how long that took.
    fn typed_after(&mut self, sight: &Sight) -> Duration {
        let begun = self.now;
        while self.typed().is_empty() {
            self.see(sight);
            assert!(
                self.now < begun + Duration::from_secs(60),
                "nothing is typed"
            );
        }
        self.now - begun
    }

    /// The pane `a`, as the look that is open or comes next asks for it.
    fn asked(&mut self) -> Recipient {
        for _ in 0..100 {
            for output in &self.open {
                if let Output::LookAtPrompts(asked) = output {
                    let mut asked = asked.iter();
                    let asked = asked.find(|of| of.address.pane_name() == Some("a"));
                    return asked.expect("it is looked at").clone();
                }
            }
            self.pass(50 * MS);
        }
        panic!("no pane is looked at");
    }
}

#[test]
fn each_text_waits_for_what_it_says() {
    let planned = Planned::fresh(PROGRAM);
    let mut scene = started(&planned);
    let asked = scene.asked();
    let first = (asked.when, asked.is_default_shell, asked.typed, asked.last);
    assert_eq!(first, (TypeWhen::Line("^>".to_owned()), false, 0, None));
    let is_canonical = false;
    let line = sight("> ", Ok(Prompt::Line { is_canonical }));
    assert!(scene.typed_after(&line) < 300 * MS);
    scene.well();
    let asked = scene.asked();
    let second = (asked.when, asked.typed, asked.last.as_deref());
    assert_eq!(second, (TypeWhen::Still, 1, Some("one")));
    let any = sight("> one", Ok(Prompt::Any { is_canonical }));
    let still = scene.typed_after(&any);
    assert!(
        still >= Duration::from_secs(1) && still < Duration::from_secs(2),
        "{still:?}"
    );
    scene.all_well();
    scene.pass_all(MS * 500);
    let (end, _) = scene.end();
    assert!(end.unready.is_empty());
}

#[test]
fn a_screen_that_moves_or_reads_without_echo_is_not_typed_into() {
    let planned = Planned::fresh(r#"pane "a" { run "repl"; type "one" into="any" }"#);
    let mut scene = started(&planned);
    let any = Ok(Prompt::Any { is_canonical: true });
    for at in 0..30 {
        scene.see(&sight(&format!("spinner {at}"), any.clone()));
    }
    for _ in 0..30 {
        scene.see(&sight("Password:", Err("it reads without echo".to_owned())));
    }
    assert_eq!(scene.typed(), [] as [&str; 0]);
    // A second counts from when it shows what is typed.
    assert!(scene.typed_after(&sight("Password:", any)) >= Duration::from_secs(1));
}

#[test]
fn a_line_that_never_comes_is_not_waited_for_for_ever() {
    let planned = Planned::fresh(PROGRAM);
    let mut scene = started(&planned);
    let begun = scene.now;
    let mut log = Vec::new();
    while !log.iter().any(|line: &String| line.starts_with("* a")) {
        // The shell beside it gets its text.
        let a = sight("", Err("no line matches `^>`".to_owned()));
        let mut sights = sights(&["a"], &a);
        sights.extend(super::scene::sights(
            &["b"],
            &sight("$", Ok(Prompt::Edited)),
        ));
        let mut open = scene.open.iter();
        match open.position(|output| matches!(output, Output::LookAtPrompts(_))) {
            Some(at) => {
                scene.open.remove(at);
                scene.take(Input::Prompts(sights));
                scene.all_well();
            }
            None => scene.pass(50 * MS),
        }
        log.extend(scene.typed());
        assert!(scene.now < begun + Duration::from_secs(70), "{log:?}");
    }
    assert!(scene.now >= begun + Duration::from_secs(60));
    let told = "* a not ready: `one` was not typed, text 1 of 2: no line matches `^>`";
    assert_eq!(log, ["type b", told]);
    scene.pass_all(MS * 500);
    let (end, _) = scene.end();
    assert_eq!(end.unready.len(), 1);
}

#[test]
fn panes_without_a_prompt_are_reported() {
    let long = format!(
        r#"pane "a" {{ type "{}" }}; pane "b" {{ type "short" }}"#,
        "x".repeat(5000)
    );
    let dead = Sight {
        is_dead: true,
        ..sight("", Ok(Prompt::Edited))
    };
    let busy = sight("", Err("`vi` is running in it".to_owned()));
    let lines = sight("$", Ok(Prompt::Lines));
    let cases: [(&str, &str, &Sight, &[&str]); 3] = [
        (
            "a dead shell",
            TWO,
            &dead,
            &[
                "* a not ready: nothing was typed: its shell has ended",
                "* b not ready: nothing was typed: its shell has ended",
            ],
        ),
        (
            "no prompt in time",
            TWO,
            &busy,
            &[
                "* a not ready: nothing was typed: `vi` is running in it",
                "* b not ready: nothing was typed: `vi` is running in it",
            ],
        ),
        (
            "a line too long",
            &long,
            &lines,
            &[
                "* a not ready: nothing was typed: a line is longer than 4095 bytes, the limit of a \
               terminal for a program without a line editor",
                "type b",
            ],
        ),
    ];
    for (what, panes, sight, told) in cases {
        let planned = Planned::fresh(panes);
        let mut scene = started(&planned);
        let mut log = Vec::new();
        for _ in 0..400 {
            if log.len() >= told.len() {
                break;
            }
            scene.see(sight);
            log.extend(scene.typed());
        }
        assert_eq!(log, told, "{what}");
        scene.all_well();
        scene.pass_all(MS * 500);
        let (end, _) = scene.end();
        assert!(!end.unready.is_empty(), "{what}");
    }
}

#[test]
fn a_missing_pane_is_reported() {
    let planned = Planned::fresh(TWO);
    let mut scene = started(&planned);
    scene.take(Input::Prompts(sights(
        &["b"],
        &sight("$", Ok(Prompt::Edited)),
    )));
    scene.open.clear();
    let told = "* a not ready: nothing was typed: its pane is gone";
    assert_eq!(scene.typed(), [told]);
}

#[test]
fn a_failed_batch_loses_no_pane() {
    type Spoil<'a> = (&'a str, &'a dyn Fn(&[Line], &mut Report), &'a [&'a str]);
    let planned = Planned::fresh(TWO);
    let refused = refuse(planned.step("a"), "no buffer");
    let not_done = |_: &[Line], report: &mut Report| report.records.clear();
    let half = |lines: &[Line], report: &mut Report| {
        let records = report.records.clone();
        lose(lines, report);
        report.records = records;
    };
    let cases: [Spoil; 4] = [
        (
            "one is refused",
            &refused,
            &["* a not ready: nothing was typed: no buffer"],
        ),
        (
            "nothing is known",
            &lose,
            &[
                "* a not ready: nothing was typed: tmux did not answer",
                "* b not ready: nothing was typed: tmux did not answer",
            ],
        ),
        (
            "only the records are known",
            &half,
            &["* a not ready: 1 of 2 texts were typed: tmux did not answer"],
        ),
        ("it went to no shell", &not_done, &[]),
    ];
    for (what, spoil, told) in cases {
        let mut scene = started(&planned);
        scene.stand_still("$");
        scene.typed();
        scene.badly(spoil);
        assert_eq!(scene.typed(), told, "{what}");
        // The others get all of theirs.
        let left = 2 - told.len() - usize::from(what.starts_with("only"));
        for text in ["$ one", "$ two"] {
            if left > 0 && !scene.run.is_over() {
                let is_left = (0..10).any(|_| {
                    scene.pass(50 * MS);
                    scene
                        .open
                        .iter()
                        .any(|open| matches!(open, Output::LookAtPrompts(_)))
                });
                if is_left {
                    scene.stand_still(text);
                    scene.all_well();
                }
            }
        }
        scene.pass_all(MS * 500);
        let (end, _) = scene.end();
        assert_eq!(end.unready.len(), told.len(), "{what}");
        assert_eq!(
            end.steps
                .iter()
                .filter(|step| **step != StepOutcome::Done)
                .count(),
            0
        );
    }
}

#[test]
fn a_shell_that_starts_during_a_look_is_typed_at() {
    let planned = Planned::fresh(
        r#"service "db" { run "db"; ready { port 1 } }
           pane "a" { type "one" }
           pane "b" { type "two"; needs "db" }"#,
    );
    let mut scene = Scene::new(&planned);
    scene.all_well();
    let mut open = scene.open.iter();
    assert!(open.any(|output| matches!(output, Output::LookAtPrompts(_))));
    scene.probe("db", Ok("open"));
    scene.all_well();
    assert_eq!(scene.outcome("b"), StepOutcome::Done);
    scene.log();
    // The answer to the look from before `b` existed.
    let at = scene
        .open
        .iter()
        .position(|output| matches!(output, Output::LookAtPrompts(asked) if asked.len() == 1));
    scene.open.remove(at.expect("one look is open"));
    let up = sight("$", Ok(Prompt::Edited));
    scene.take(Input::Prompts(sights(&["a"], &up)));
    assert_eq!(scene.typed(), [] as [&str; 0]);
    scene.stand_still("$");
    scene.all_well();
    while !scene.run.is_over() {
        let open = scene
            .open
            .iter()
            .any(|output| matches!(output, Output::LookAtPrompts(_)));
        if open {
            scene.see(&up);
            scene.all_well();
        } else {
            scene.pass(50 * MS);
        }
    }
    let (end, log) = scene.end();
    assert!(end.unready.is_empty(), "{log:?}");
    let texts: Vec<&str> = log
        .iter()
        .filter_map(|line| line.strip_prefix("type "))
        .collect();
    assert_eq!(texts.join(" ").len(), 3, "{log:?}");
}

#[test]
fn a_text_that_never_arrives_is_given_up() {
    let planned = Planned::fresh(r#"pane "a" { type "one" }"#);
    let mut scene = started(&planned);
    let begun = scene.now;
    while !scene.run.is_over() {
        assert!(scene.now < begun + Duration::from_secs(60));
        let is_typing = scene
            .open
            .iter()
            .any(|output| matches!(output, Output::Type(_)));
        if is_typing {
            scene.badly(|_, report| report.records.clear());
        } else if scene.open.is_empty() {
            scene.pass(50 * MS);
        } else {
            scene.see(&sight("$", Ok(Prompt::Edited)));
        }
    }
    let (end, _) = scene.end();
    assert_eq!(end.unready.len(), 1);
}

#[test]
fn remaining_texts_of_an_earlier_run_are_their_own_step() {
    let planned = Planned::changed(TWO, "typed s/w/a 1\ntyped s/w/b 1", TWO, &[]);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.stand_still("$");
    scene.badly(lose);
    scene.pass_all(MS * 500);
    let why = "1 of 2 texts were typed: tmux did not answer";
    assert_eq!(scene.outcome("a"), StepOutcome::Skipped(why.to_owned()));
    let (end, _) = scene.end();
    assert_eq!(end.unready.len(), 1);
}
