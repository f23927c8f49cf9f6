//! The picture as SVG, complete in itself: no scripts, no fonts from elsewhere, light or dark as
//! the viewer is.

use std::fmt::Write as _;

use holt_collector::config::model::ComponentKind;
use holt_grammar::diag::Severity;

use super::layout::{HEIGHT, layout};
use super::topology::{Kind, Node, Topology};

/// Space at both sides of a text.
const PADDING: usize = 12;

const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1b1b1f}\
rect{fill:#fff;stroke:#8a8a93}\
path{fill:none;stroke:#8a8a93}\
.pipeline rect{fill:#eef;stroke:#66a}\
.receiver rect{fill:#e9f6ea;stroke:#4a8f52}\
.processor rect{fill:#fff}\
.exporter rect{fill:#fdf1e3;stroke:#b8803a}\
.connector rect{fill:#f3e9fb;stroke:#8a5fb0}\
.shared rect{stroke-width:2.5}\
.error rect{stroke:#c62828;stroke-width:2.5;stroke-dasharray:6 3}\
.warning rect{stroke:#d9822b;stroke-width:2.5;stroke-dasharray:6 3}\
@media(prefers-color-scheme:dark){\
text{fill:#eee}rect{fill:#26262b}\
.pipeline rect{fill:#2a2a45}.receiver rect{fill:#1f3323}.processor rect{fill:#26262b}\
.exporter rect{fill:#3a2d1c}.connector rect{fill:#33264a}}";

/// Draws.
pub(super) fn draw(topology: &Topology) -> String {
    let widths: Vec<usize> =
        topology.nodes.iter().map(|node| text_width(&node.label) + 2 * PADDING).collect();
    let layout = layout(topology, &widths);
    let (width, height) = (layout.width, layout.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>Pipelines</title>\n\
         <style>{STYLE}</style>\n"
    );
    for points in &layout.edges {
        let _ = writeln!(out, "<path d=\"{}\"/>", curve(points));
    }
    for (node, place) in topology.nodes.iter().zip(&layout.nodes) {
        let (x, y, width) = (place.x, place.y, place.width);
        let corner = if node.kind == Kind::Pipeline { HEIGHT / 2 } else { 5 };
        let _ = writeln!(
            out,
            "<g class=\"{}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" \
             height=\"{HEIGHT}\" rx=\"{corner}\"/><text x=\"{}\" y=\"{}\" \
             text-anchor=\"middle\">{}</text></g>",
            class(node),
            escaped(&title(node)),
            x + width / 2,
            y + HEIGHT / 2 + 4,
            escaped(&node.label),
        );
    }
    out.push_str("</svg>\n");
    out
}

fn class(node: &Node) -> String {
    let mut class = match node.kind {
        Kind::Pipeline => "pipeline".to_owned(),
        Kind::Component(kind) => kind.as_str().to_owned(),
    };
    if node.is_shared() {
        class.push_str(" shared");
    }
    match node.weight() {
        Some(Severity::Error) => class.push_str(" error"),
        Some(_) => class.push_str(" warning"),
        None => {}
    }
    class
}

/// What is shown when the pointer rests on a node.
fn title(node: &Node) -> String {
    let mut lines = vec![format!("{} {}", node.kind.word(), node.label)];
    if node.is_shared() {
        lines.push(format!("used by {} pipelines", node.uses));
    }
    if node.kind == Kind::Component(ComponentKind::Connector) {
        lines.push("joins pipelines".to_owned());
    }
    lines.extend(node.remarks());
    lines.join("\n")
}

/// A line through points that leaves and reaches each of them level.
fn curve(points: &[(usize, usize)]) -> String {
    let mut out = String::new();
    let mut before: Option<(usize, usize)> = None;
    for (x, y) in points.iter().copied() {
        let _ = match before {
            None => write!(out, "M{x} {y}"),
            Some((_, level)) if level == y => write!(out, " L{x} {y}"),
            Some((from, level)) => {
                let middle = from.midpoint(x);
                write!(out, " C{middle} {level} {middle} {y} {x} {y}")
            }
        };
        before = Some((x, y));
    }
    out
}

/// About how wide a text is, without knowing the font.
fn text_width(text: &str) -> usize {
    let letter = |letter: char| match letter {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '/' | '.' | ':' | '-' | 'I' => 5,
        'm' | 'w' | 'M' | 'W' | '@' => 11,
        'A'..='Z' => 9,
        letter if letter.is_ascii() => 7,
        _ => 13,
    };
    text.chars().map(letter).sum()
}

/// Text as XML has it; characters that XML has not become question marks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            letter if letter.is_control() => out.push('?'),
            letter => out.push(letter),
        }
    }
    out
}
