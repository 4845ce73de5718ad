//! `#{window_layout}` from tmux 3.8 on: the cells of a window as JSON.
//! ([`layout_string`](super::layout_string) is the earlier form, which `select-layout` still
//! takes.)

use serde::Deserialize;

use crate::layout::{Direction, Rect};
use crate::tmux::layout_string::{Cell, Inside};

/// The known version. In another, the same words may mean something else.
const VERSION: u32 = 2;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "V")]
    version: u32,
    #[serde(rename = "L")]
    root: JsonCell,
}

#[derive(Deserialize)]
struct JsonCell {
    /// `p` for a pane, `h` for cells side by side, `v` for stacked ones.
    #[serde(rename = "t")]
    kind: char,
    #[serde(rename = "w")]
    width: u32,
    #[serde(rename = "h")]
    height: u32,
    x: u32,
    y: u32,
    #[serde(rename = "c", default)]
    cells: Vec<JsonCell>,
    /// The level of a floating pane, which is not part of the splits.
    #[serde(rename = "z")]
    level: Option<i64>,
}

/// Parses it; `None` if it has another version, floating panes, or excessive nesting.
pub fn parse(text: &str) -> Option<Cell> {
    // The JSON parser limits the nesting.
    let document: Document = serde_json::from_str(text).ok()?;
    (document.version == VERSION)
        .then(|| cell(document.root))
        .flatten()
}

fn cell(read: JsonCell) -> Option<Cell> {
    let direction = match read.kind {
        'h' => Some(Direction::Columns),
        'v' => Some(Direction::Rows),
        'p' => None,
        _ => return None,
    };
    if read.level.is_some() || read.cells.is_empty() == direction.is_some() {
        return None;
    }
    let inside = match direction {
        None => Inside::Pane,
        Some(direction) => {
            let cells: Option<Vec<Cell>> = read.cells.into_iter().map(cell).collect();
            Inside::Split(direction, cells?)
        }
    };
    let rect = Rect {
        x: read.x,
        y: read.y,
        width: read.width,
        height: read.height,
    };
    Some(Cell { rect, inside })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Printed by tmux 3.8.
    const PRINTED: &str = r#"{"V":2,"L":{"t":"v","w":80,"h":24,"x":0,"y":0,"c":[{"t":"h","w":80,"h":12,"x":0,"y":0,"c":[{"t":"p","w":40,"h":12,"x":0,"y":0,"a":true,"i":0,"I":"%0"},{"t":"p","w":39,"h":12,"x":41,"y":0,"i":1,"I":"%2"}]},{"t":"p","w":80,"h":11,"x":0,"y":13,"i":2,"I":"%1"}]}}"#;

    #[test]
    fn json_layouts_match_layout_strings() {
        let read = parse(PRINTED).expect("a layout");
        let string = read.layout_string();
        let body = string.split_once(',').map(|(_, body)| body);
        assert_eq!(
            body,
            Some("80x24,0,0[80x12,0,0{40x12,0,0,0,39x12,41,0,0},80x11,0,13,0]")
        );
    }

    #[test]
    fn invalid_layouts_are_refused() {
        let floating = r#"{"t":"p","w":40,"h":6,"x":4,"y":2,"i":3,"z":0,"I":"%3"}"#;
        let pane = r#"{"t":"p","w":9,"h":9,"x":0,"y":0}"#;
        for text in [
            "",
            "{}",
            &PRINTED[..PRINTED.len() - 1],
            &PRINTED.replace(r#""V":2"#, r#""V":3"#),
            &PRINTED.replace(r#""t":"h""#, r#""t":"q""#),
            &PRINTED.replace(r#""x":41"#, r#""x":-41"#),
            &PRINTED.replace(r#""c":["#, &format!(r#""c":[{floating},"#)),
            r#"{"V":2,"L":{"t":"v","w":9,"h":9,"x":0,"y":0}}"#,
            &format!(r#"{{"V":2,"L":{{"t":"p","w":9,"h":9,"x":0,"y":0,"c":[{pane}]}}}}"#),
            &format!(
                "{}{pane}{}",
                r#"{"V":2,"L":"#.to_owned()
                    + &r#"{"t":"v","w":9,"h":9,"x":0,"y":0,"c":["#.repeat(5000),
                "]}".repeat(5000)
            ),
        ] {
            assert_eq!(parse(text), None, "{}", &text[..text.len().min(300)]);
        }
    }
}
