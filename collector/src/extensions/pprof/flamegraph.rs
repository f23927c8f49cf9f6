//! A profile as a picture: every function is a bar over those that called it, as wide as the share of
//! samples that it was in.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::profiler::Profile;

/// Width of the picture in pixels.
const WIDTH: f64 = 1200.0;
/// Height of a bar.
const HEIGHT: usize = 17;
/// Bars that are narrower are left out.
const NARROWEST: f64 = 0.4;
/// Width of a letter.
const LETTER: f64 = 6.6;

#[derive(Default)]
struct Bar<'p> {
    samples: u64,
    inside: BTreeMap<&'p str, Bar<'p>>,
}

impl Bar<'_> {
    fn depth(&self) -> usize {
        1 + self.inside.values().map(Bar::depth).max().unwrap_or_default()
    }
}

/// The picture as SVG.
pub(super) fn draw(profile: &Profile) -> String {
    let mut root = Bar::default();
    for (stack, count) in &profile.stacks {
        root.samples += count;
        let mut bar = &mut root;
        for function in stack.iter().rev() {
            bar = bar.inside.entry(&function.name).or_default();
            bar.samples += count;
        }
    }
    let height = root.depth() * HEIGHT + 40;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"monospace\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"4\" y=\"18\" font-size=\"14\">CPU, {} samples in {:.1} s</text>\n",
        root.samples,
        profile.duration.as_secs_f64()
    );
    let total = root.samples;
    let place = Place { left: 0.0, depth: 0, height, total };
    bars(&mut out, "all", &root, &place);
    out.push_str("</svg>\n");
    out
}

struct Place {
    left: f64,
    depth: usize,
    height: usize,
    total: u64,
}

#[expect(clippy::cast_precision_loss, reason = "pixels need not be exact")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn bars(out: &mut String, name: &str, bar: &Bar<'_>, place: &Place) {
    let part = share(bar.samples, place.total);
    let width = part * WIDTH;
    if width < NARROWEST {
        return;
    }
    let bottom = place.height - 10 - place.depth * HEIGHT;
    let (left, top) = (place.left, bottom.saturating_sub(HEIGHT));
    let text = escape(name);
    let colour = colour(name);
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "<g><title>{text} ({} samples, {:.2} %)</title>\
         <rect x=\"{left:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>\
         <text x=\"{:.1}\" y=\"{}\">{}</text></g>",
        bar.samples,
        part * 100.0,
        HEIGHT - 1,
        left + 3.0,
        top + 12,
        escape(&shortened(name, width)),
    );
    let mut left = place.left;
    for (name, inside) in &bar.inside {
        let place = Place { left, depth: place.depth + 1, ..*place };
        bars(out, name, inside, &place);
        left += share(inside.samples, place.total) * WIDTH;
    }
}

/// As much of a name as fits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small number of letters"
)]
fn shortened(name: &str, width: f64) -> String {
    let letters = ((width - 6.0) / LETTER).max(0.0) as usize;
    if name.chars().count() <= letters {
        return name.to_owned();
    }
    if letters < 4 {
        return String::new();
    }
    name.chars().take(letters - 2).chain("..".chars()).collect()
}

/// A warm colour that a name always has.
fn colour(name: &str) -> String {
    let hash = name.bytes().fold(5381u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte));
    format!("hsl({},{}%,{}%)", 15 + hash % 40, 70 + (hash >> 8) % 20, 60 + (hash >> 16) % 15)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
