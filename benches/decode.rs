//! What reading a manifest costs beyond the KDL parser: a ratio, measured in one run.
//!
//! `cargo bench --bench decode` prints the medians of alternating runs over a manifest of 1,000
//! panes. The bound is 1.5: scanning the text and decoding it may cost half of what the parser
//! does.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::time::{Duration, Instant};

use triad::manifest;
use triad::manifest::source::Source;

/// How many pairs are measured.
const PAIRS: usize = 31;
const SESSIONS: usize = 4;
const WINDOWS: usize = 25;
const PANES: usize = 10;

fn main() {
    let text = manifest_of_panes();
    let source = Source::new("bench.kdl", text.as_str());
    let decoded = manifest::parse(&source);
    assert!(decoded.errors.is_empty(), "{:?}", decoded.errors);
    let (mut parser, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        parser.push(time(|| {
            let document = kdl::KdlDocument::parse_v2(&text);
            assert!(document.is_ok());
        }));
        whole.push(time(|| {
            let parsed = manifest::parse(&source);
            assert!(parsed.errors.is_empty());
        }));
    }
    let (parser, whole) = (median(parser), median(whole));
    let ratio = whole.as_secs_f64() / parser.as_secs_f64();
    println!(
        "{} panes, {} KB: parser {parser:.2?}, decoded {whole:.2?}, ratio {ratio:.2}",
        SESSIONS * WINDOWS * PANES,
        text.len() / 1024
    );
}

fn time(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn manifest_of_panes() -> String {
    let mut text = "layout \"bench\"\nvars { port 8080 }\n".to_owned();
    for session in 0..SESSIONS {
        text += &format!("session \"s{session}\" cwd=\"project\" {{\n");
        for window in 0..WINDOWS {
            text += &format!("    window \"w{window}\" {{\n        columns {{\n");
            for pane in 0..PANES {
                text += &format!(
                    "            service \"p{window}-{pane}\" title=\"pane {pane}\" size=\"10%\" {{\n\
                     \x20               run \"./serve --port {{{{port}}}} --number {pane}\"\n\
                     \x20               ready {{ port {} }}\n            }}\n",
                    8000 + pane
                );
            }
            text += "        }\n    }\n";
        }
        text += "}\n";
    }
    text
}
