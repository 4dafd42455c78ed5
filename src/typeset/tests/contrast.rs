//! Whether what a style prints can be seen (WCAG 2.2): each text and each mark of laid-out pages against what was painted
//! below it, so that no list of pairs can forget one.

use typst::layout::{Abs, FrameItem, Point, Size, Transform};
use typst::text::TextItem;
use typst::visualize::{Color, Geometry, Paint, Shape};

use super::{
    BOARD, Badge, BlockKind, ChartData, Document, Frame, InlineKind, Material, PagedDocument, PaperWorld, SLIDES,
    Setting, TYPESETTER, Tone, block, chart, history, inline, paper, paragraph, scores, section, setting, table, text,
    timeline,
};
use crate::document::{Block, Change, Page};

/// Text (1.4.3), and what must be seen to understand a picture (1.4.11).
const TEXT: f32 = 4.5;
const MARK: f32 = 3.0;

/// A filled shape that is wider or taller is a ground; a smaller one is a mark.
const MARK_SIZE: f64 = 12.0;

/// Hairlines between rows separate what white space separates already; they may be pale. No other thing has this colour.
const LINE: &str = "#c3cdd7";

/// Relative luminance, 0 to 1, as WCAG 2.2 defines it.
fn luminance(colour: &Color) -> f32 {
    let linear = |part: f32| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let rgb = colour.to_rgb();
    0.2126 * linear(rgb.red) + 0.7152 * linear(rgb.green) + 0.0722 * linear(rgb.blue)
}

/// Contrast ratio, 1 to 21.
fn contrast(one: &Color, other: &Color) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn solid(paint: &Paint) -> Color {
    let Paint::Solid(colour) = paint else { panic!("no gradient and no pattern can be judged: {paint:?}") };
    assert!(colour.alpha().is_none_or(|alpha| alpha > 0.999), "a colour that one can see through: {colour:?}");
    colour.clone()
}

/// What a page shows, in the order in which it is painted.
#[derive(Default)]
struct Seen {
    /// The filled shapes so far: corners and colour.
    grounds: Vec<(Point, Point, Color)>,
    texts: usize,
    /// Each text in its colour, and the colour below it.
    printed: Vec<(String, String, String)>,
    marks: usize,
    /// What is too faint, and how faint.
    faint: Vec<String>,
}

impl Seen {
    fn of(material: &Material) -> Seen {
        let world = PaperWorld::new(&TYPESETTER, &material.job());
        let document = typst::compile::<PagedDocument>(&world).output.unwrap();
        let mut seen = Seen::default();
        for page in document.pages() {
            seen.grounds.clear();
            seen.frame(&page.frame, Transform::identity());
        }
        seen
    }

    fn frame(&mut self, frame: &Frame, outer: Transform) {
        for (at, item) in frame.items() {
            let here = outer.pre_concat(Transform::translate(at.x, at.y));
            match item {
                FrameItem::Group(group) => self.frame(&group.frame, here.pre_concat(group.transform)),
                FrameItem::Text(text) => self.text(text, here),
                FrameItem::Shape(shape, _) => self.shape(shape, here),
                _ => {}
            }
        }
    }

    /// The colour below a point: that of the last shape painted there, or the page's.
    fn ground(&self, at: Point) -> Color {
        let covers = |(from, to, _): &&(Point, Point, Color)| {
            let between = |value: Abs, low: Abs, high: Abs| low <= value && value <= high;
            between(at.x, from.x, to.x) && between(at.y, from.y, to.y)
        };
        self.grounds.iter().rev().find(covers).map_or(Color::WHITE, |(_, _, colour)| colour.clone())
    }

    fn text(&mut self, text: &TextItem, here: Transform) {
        if text.text.trim().is_empty() {
            return;
        }
        self.texts += 1;
        let middle = Point::new(text.width() / 2.0, -text.size * 0.3).transform(here);
        let (ink, ground) = (solid(&text.fill), self.ground(middle));
        self.printed.push((text.text.to_string(), ink.to_hex().to_string(), ground.to_hex().to_string()));
        self.demand(contrast(&ink, &ground), TEXT, || {
            format!("{:?} in {} on {}", text.text, ink.to_hex(), ground.to_hex())
        });
    }

    fn shape(&mut self, shape: &Shape, here: Transform) {
        let (origin, size) = match &shape.geometry {
            Geometry::Line(to) => {
                (Point::new(to.x.min(Abs::zero()), to.y.min(Abs::zero())), Size::new(to.x.abs(), to.y.abs()))
            }
            Geometry::Rect(size) => (Point::zero(), *size),
            Geometry::Curve(curve) => {
                let bounds = curve.bbox(None);
                (bounds.min, bounds.size())
            }
        };
        let corners = [Point::zero(), Point::new(size.x, size.y)].map(|corner| (origin + corner).transform(here));
        let from = Point::new(corners[0].x.min(corners[1].x), corners[0].y.min(corners[1].y));
        let to = Point::new(corners[0].x.max(corners[1].x), corners[0].y.max(corners[1].y));
        let is_small = size.x.to_pt() <= MARK_SIZE && size.y.to_pt() <= MARK_SIZE;
        let fill = shape.fill.as_ref().map(solid);
        let stroke = shape.stroke.as_ref().map(|stroke| solid(&stroke.paint));
        let frames = |(low, high, _): &(Point, Point, Color)| {
            let near = |one: Point, other: Point| {
                (one.x - other.x).abs() < Abs::pt(1.0) && (one.y - other.y).abs() < Abs::pt(1.0)
            };
            near(*low, from) && near(*high, to)
        };
        let is_frame =
            fill.is_none() && matches!(shape.geometry, Geometry::Curve(_)) && self.grounds.iter().any(frames);
        // Of a mark the fill or the frame must be seen; a frame around a ground only repeats the ground's edge.
        let inks: Vec<Color> = match fill {
            Some(_) if !is_small => vec![],
            None if is_frame => vec![],
            _ => {
                fill.clone().into_iter().chain(stroke).filter(|ink| !ink.to_hex().eq_ignore_ascii_case(LINE)).collect()
            }
        };
        let ground = self.ground(Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0));
        if !inks.is_empty() {
            self.marks += 1;
            let best = inks.iter().map(|ink| contrast(ink, &ground)).fold(0.0, f32::max);
            self.demand(best, MARK, || format!("a mark in {} on {}", inks[0].to_hex(), ground.to_hex()));
        }
        if let Some(fill) = fill {
            self.grounds.push((from, to, fill));
        }
    }

    fn demand(&mut self, found: f32, least: f32, what: impl Fn() -> String) {
        if found < least {
            self.faint.push(format!("{found:.2}, not {least}: {}", what()));
        }
    }
}

/// A paper with everything that has a colour: each tone, marks of changes, links on each ground, all charts.
fn colourful() -> Document {
    let link = || inline(InlineKind::Link { url: "https://example.org".to_owned(), body: text("a link") });
    let tones = [Tone::Red, Tone::Amber, Tone::Green, Tone::Blue, Tone::Grey];
    let badge = |tone| inline(InlineKind::Badge(Badge { text: format!("{tone:?}"), tone }));
    let words = |text| block(BlockKind::Paragraph { number: None, text });
    let changed = |change| inline(InlineKind::Changed { change, body: text("words that changed") });
    let mut marked: Vec<_> = [Change::Inserted, Change::Deleted, Change::Moved].map(changed).into();
    marked.push(link());
    let quoted = || -> Vec<Block> { vec![words(marked.clone()), words(tones.map(badge).into())] };
    let mut small = table(2);
    if let BlockKind::Table(table) = &mut small.kind {
        table.rows[0][1] = marked.clone();
    }
    let audits = ["October to December 2018", "October to December 2019", "July to September 2020"];
    let mut blocks = quoted();
    blocks.extend([
        block(BlockKind::Quote(quoted())),
        small,
        block(BlockKind::Code { language: None, text: "code".to_owned() }),
        chart("audits", ChartData::Audits(scores())),
        chart("history", history(&audits, &["3.1 Assessment", "3.2 Planning", "Overall"])),
        chart("timeline", timeline(&audits, 3, &["3.1 Plans were late"])),
        paragraph("After."),
    ]);
    let plain = paper().sections.swap_remove(0);
    Document { sections: vec![plain, section("colours", Page::Portrait, blocks)], ..paper() }
}

const NAMES: [&str; 9] = ["primary", "link", "text", "muted", "red", "amber", "green", "blue", "grey"];

/// The board's style with a service's colours.
fn board(colours: &[(&str, &str)]) -> Seen {
    let own = colours.iter().map(|(name, colour)| ((*name).to_owned(), (*colour).to_owned()));
    let line = [("line".to_owned(), LINE.to_owned())];
    let setting = Setting { colours: own.chain(line).collect(), draft: true, ..setting() };
    Seen::of(&Material::with(&colourful(), &BOARD, &setting))
}

#[test]
fn black_on_white_is_21_to_1() {
    assert!((contrast(&Color::BLACK, &Color::WHITE) - 21.0).abs() < 0.001);
    // The palest grey that may be text on white.
    assert!(contrast(&Color::from_u8(0x76, 0x76, 0x76, 255), &Color::WHITE) >= TEXT);
    assert!(contrast(&Color::from_u8(0x77, 0x77, 0x77, 255), &Color::WHITE) < TEXT);
}

#[test]
fn what_is_too_faint_is_found() {
    let body = "text(fill: rgb(\"#777777\"))[on white]
  block(width: 100%, fill: rgb(\"#eeeeee\"), { text(fill: rgb(\"#737373\"))[on grey]; place(circle(radius: 3pt, fill: rgb(\"#999999\"))) })
  rotate(-90deg, reflow: true, block(fill: black, text(fill: rgb(\"#333333\"))[upright]))";
    let seen = Seen::of(&super::style(body));
    assert_eq!((seen.texts, seen.marks, seen.faint.len()), (3, 1, 4), "{:?}", seen.faint);
}

#[test]
fn the_board_style_can_be_seen() {
    let seen = board(&[]);
    assert_eq!(seen.faint, Vec::<String>::new());
    assert!(seen.texts > 150 && seen.marks > 50, "{} texts, {} marks", seen.texts, seen.marks);
}

/// Slides set text on the service's own colour, too.
#[test]
fn slides_can_be_seen_whatever_colours_a_service_chooses() {
    let styles: Vec<(&str, &str)> = BOARD.into_iter().chain([SLIDES]).collect();
    for colour in ["#1d3d5c", "#ffffff", "#ffe600", "#7fd4c1", "#808080", "#000000"] {
        let colours = NAMES.map(|name| (name, colour)).into_iter().chain([("line", LINE)]);
        let colours = colours.map(|(name, colour)| (name.to_owned(), colour.to_owned())).collect();
        let setting = Setting { style: "slides".to_owned(), colours, draft: true, ..setting() };
        let seen = Seen::of(&Material::with(&colourful(), &styles, &setting));
        assert_eq!(seen.faint, Vec::<String>::new(), "all colours are {colour}");
        assert!(seen.texts > 150 && seen.marks > 50, "{} texts, {} marks", seen.texts, seen.marks);
    }
}

/// A style that a service wrote for itself starts from the same colours, so it can be judged in the same way.
#[test]
fn a_second_style_can_be_seen() {
    let harbour = include_str!("../../../tests/projects/second-style/report-templates/styles/harbour.typ");
    let styles: Vec<(&str, &str)> = BOARD.into_iter().chain([("styles/harbour.typ", harbour)]).collect();
    for primary in ["#5a2348", "#ffe600"] {
        let colours = [("primary", primary), ("line", LINE)].map(|(name, colour)| (name.to_owned(), colour.to_owned()));
        let setting = Setting { style: "harbour".to_owned(), colours: colours.into(), draft: true, ..setting() };
        let seen = Seen::of(&Material::with(&colourful(), &styles, &setting));
        assert_eq!(seen.faint, Vec::<String>::new(), "{primary}");
        assert!(seen.texts > 150 && seen.marks > 50, "{} texts, {} marks", seen.texts, seen.marks);
        // It is the look of its own, not the board's: the heads of tables, and what stands before items.
        let heads: Vec<_> = seen.printed.iter().filter(|(text, ..)| text == "Status").collect();
        let is_own = |ink: &str, ground: &str| ink == "#ffffff" && ground != "#ffffff";
        assert!(!heads.is_empty() && heads.iter().all(|(_, ink, ground)| is_own(ink, ground)), "{heads:?}");
        let begins_items = |sign: &str| seen.printed.iter().any(|(text, ..)| text == sign);
        assert!(begins_items("–") && !begins_items("•"));
    }
}

#[test]
fn the_board_style_can_be_seen_whatever_colours_a_service_chooses() {
    for colour in ["#ffffff", "#ffe600", "#7fd4c1", "#ff00ff", "#808080", "#000000"] {
        let seen = board(&NAMES.map(|name| (name, colour)));
        assert_eq!(seen.faint, Vec::<String>::new(), "all colours are {colour}");
    }
    let seen = board(&[("primary", "#f2c14e"), ("link", "#9bd1f5"), ("muted", "#d0d0d0"), ("amber", "#ffe9b0")]);
    assert_eq!(seen.faint, Vec::<String>::new());
}
