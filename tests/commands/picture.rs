//! The picture of a session in the documentation: a real one, drawn from the screen of a terminal.
//!
//! `cargo test -p holt --test commands -- --ignored picture` renews `docs/repl.svg`.

use std::fmt::Write as _;

use crate::common::Sandbox;
use crate::terminal::Terminal;

/// The size of a character.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 19.0;
const BORDER: f32 = 16.0;

#[test]
#[ignore = "writes docs/repl.svg"]
fn picture_of_a_session() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::of_size(&sandbox, &[], 40, 112);
    for (line, answer) in [
        ("log.severity_number == \"ERROR\"", "all 5: false×5"),
        (
            "set(log.cache, ParseJSON(log.body)) where IsMatch(log.body, \"^\\\\{\")",
            "nothing changed",
        ),
        (
            "set(log.attributes[\"user\"], log.cache[\"user\"]) where log.cache[\"user\"] != nil",
            "\"eve\"",
        ),
        (".why 3", "└ log.cache"),
    ] {
        terminal.press(line);
        terminal.press("\r");
        terminal.wait_for(answer);
        terminal.wait_for_line("log[1]>");
    }
    terminal.press("delete_key(log.attributes, \"stream\") where log.attributes[\"\t");
    terminal.wait_for("string · 100 %");
    let svg = terminal.look(draw);
    let path = format!("{}/docs/repl.svg", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, svg).unwrap();
}

/// A screen as SVG, as far as something is on it.
fn draw(screen: &vt100::Screen) -> String {
    let size = screen.size();
    let (rows, columns): (u16, u16) = (size.0.into(), size.1.into());
    let lines: Vec<String> = screen.rows(0, columns).collect();
    let used = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |row| row + 1);
    let (width, height) =
        (f32::from(columns) * WIDTH + 2.0 * BORDER, used as f32 * HEIGHT + 2.0 * BORDER);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1f27\"/>\n"
    );
    for row in 0..rows.min(used as u16) {
        let mut column = 0;
        while column < columns {
            let look = |column: u16| screen.cell(row, column).map(Look::of);
            let Some(first) = look(column) else { break };
            let start = column;
            let mut text = String::new();
            while column < columns && look(column).as_ref() == Some(&first) {
                let cell = screen.cell(row, column).map_or("", vt100::Cell::contents);
                text.push_str(if cell.is_empty() { " " } else { cell });
                column += 1;
            }
            first.draw(&mut out, &text, row, start, column - start);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// How a character looks.
#[derive(PartialEq)]
struct Look {
    color: &'static str,
    behind: Option<&'static str>,
    bold: bool,
    dim: bool,
    underline: bool,
}

impl Look {
    fn of(cell: &vt100::Cell) -> Self {
        let (color, behind) = (named(cell.fgcolor()), named(cell.bgcolor()));
        let (color, behind) = match cell.inverse() {
            true => (behind.unwrap_or("#1b1f27"), color.or(Some("#d6dbe5"))),
            false => (color.unwrap_or("#d6dbe5"), behind),
        };
        let (bold, dim, underline) = (cell.bold(), cell.dim(), cell.underline());
        Self { color, behind, bold, dim, underline }
    }

    fn draw(&self, out: &mut String, text: &str, row: u16, column: u16, columns: u16) {
        let x = f32::from(column) * WIDTH + BORDER;
        let y = f32::from(row) * HEIGHT + BORDER;
        let width = f32::from(columns) * WIDTH;
        if let Some(color) = self.behind {
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{color}\"/>"
            );
        }
        if text.trim().is_empty() {
            return;
        }
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let mut style = format!("fill=\"{}\"", self.color);
        for (set, attribute) in [
            (self.bold, " font-weight=\"bold\""),
            (self.dim, " opacity=\"0.6\""),
            (self.underline, " text-decoration=\"underline\""),
        ] {
            style.push_str(if set { attribute } else { "" });
        }
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" xml:space=\"preserve\" {style}>{escaped}</text>",
            y + 14.0
        );
    }
}

/// The colours of the picture.
const fn named(color: vt100::Color) -> Option<&'static str> {
    match color {
        vt100::Color::Idx(0) => Some("#3b4252"),
        vt100::Color::Idx(1 | 9) => Some("#f07178"),
        vt100::Color::Idx(2 | 10) => Some("#a5d67f"),
        vt100::Color::Idx(3 | 11) => Some("#f2c572"),
        vt100::Color::Idx(4 | 12) => Some("#7aa8f2"),
        vt100::Color::Idx(5 | 13) => Some("#c792ea"),
        vt100::Color::Idx(6 | 14) => Some("#7fd1d8"),
        vt100::Color::Idx(7 | 15) => Some("#d6dbe5"),
        vt100::Color::Idx(8) => Some("#7a8394"),
        _ => None,
    }
}
