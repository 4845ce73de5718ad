//! `--var`: the values given to an apply are kept, and reported to one that lacks them.

use crate::support::sandbox::{Sandbox, run};
use crate::support::seen::{pids, renewed, words};

const LAYOUT: &str = r#"
vars { time "1001"; unused "" }
env { KEY secret=#true }
session "web" { window "w" { service "db" { run "sleep" "{{time}}" }; pane "api" { run "sleep" "2001" } } }
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox
}

#[track_caller]
fn triad(sandbox: &Sandbox, arguments: &[&str], status: i32) -> String {
    let mut command = sandbox.triad_command(arguments);
    let ran = run(command.env("KEY", "not-to-be-seen")).exits(status);
    words(&ran.stdout)
}

#[test]
fn a_plain_apply_names_the_value_given_last_time() {
    let sandbox = sandbox();
    triad(
        &sandbox,
        &[
            "apply",
            "--var",
            "time=1002",
            "--var",
            "unused=not-to-be-seen",
        ],
        0,
    );
    // The same again changes nothing, and so does an unused value.
    triad(&sandbox, &["plan", "--check", "--var", "time=1002"], 0);
    triad(
        &sandbox,
        &["plan", "--check", "--var", "time=1002", "--var", "unused=x"],
        0,
    );
    let before = pids(&sandbox);
    let said = "note: the last apply used `--var time=1002`; add it to keep it";
    let plan = triad(&sandbox, &["plan", "--check"], 2);
    assert!(plan.contains(said), "{plan}");
    let plan = triad(&sandbox, &["plan", "--json"], 0);
    assert!(plan.contains("--var time=1002"), "{plan}");
    triad(&sandbox, &["apply"], 7);
    // A newly given value needs no note.
    let plan = triad(&sandbox, &["plan", "--var", "time=1003"], 0);
    assert!(!plan.contains("the last apply"), "{plan}");
    // Secret values are not kept.
    assert!(!sandbox.dump_all().contains("not-to-be-seen"));
    let tags = sandbox.tmux(&[
        "show-options",
        "-t",
        "=web:",
        "-v",
        "@triad_session_settings",
    ]);
    let decoded = data_encoding::BASE64URL_NOPAD.decode(tags.trim().as_bytes());
    let kept = String::from_utf8(decoded.expect("base64")).expect("text");
    assert!(
        kept.contains("1002") && !kept.contains("not-to-be-seen"),
        "{kept}"
    );
    assert!(renewed(&before, &sandbox).is_empty());
    // An apply that ends nothing reports it as well.
    let gone = ["kill-pane", "-t", &sandbox.panes()["web/w/db"].id.clone()];
    sandbox.tmux(&gone);
    let applied = triad(&sandbox, &["apply"], 0);
    assert!(applied.contains(said), "{applied}");
    triad(&sandbox, &["apply", "--var", "time=1002", "--yes"], 0);
    // After confirmation the default applies; the former value is not mentioned again.
    triad(&sandbox, &["apply", "--yes"], 0);
    triad(&sandbox, &["plan", "--check"], 0);
    sandbox.manifest(&LAYOUT.replace("2001", "2002"));
    let plan = triad(&sandbox, &["plan"], 0);
    assert!(!plan.contains("the last apply"), "{plan}");
}

#[test]
fn given_values_survive_other_changes_and_odd_ones_are_shown_quoted() {
    let sandbox = sandbox();
    let manifest = LAYOUT.replace(
        "\"sleep\" \"{{time}}\"",
        "\"sh\" \"-c\" \"exec sleep 1001\" \"{{time}}\"",
    );
    sandbox.manifest(&manifest);
    triad(&sandbox, &["apply", "--var", "time=it's $x"], 0);
    // A session's own settings and a part of the layout are applied without it.
    sandbox.manifest(&manifest.replace(
        "session \"web\" {",
        "session \"web\" { options { status-left \"x\" };",
    ));
    triad(&sandbox, &["apply", "--only", "web"], 7);
    triad(&sandbox, &["apply", "--only", "web/w/api"], 0);
    let plan = triad(&sandbox, &["plan"], 0);
    assert!(plan.contains(r"`--var 'time=it'\''s $x'`"), "{plan}");
    triad(&sandbox, &["apply", "--var", "time=it's $x"], 0);
    triad(&sandbox, &["plan", "--check", "--var", "time=it's $x"], 0);
    let plan = triad(&sandbox, &["plan"], 0);
    assert!(plan.contains("the last apply used"), "{plan}");
}
