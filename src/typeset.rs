//! Turns a [`Document`](crate::document::Document) into a PDF and its charts into SVG: through `content.json`, the
//! constant `main.typ` and a style, with Typst in process.
//!
//! What a style may do, it does with the files of its [`Job`]: there is no disk, no network, no package and no clock.
//! All that narrative can get wrong is checked before, so what goes wrong here is a style's mistake.
//! **Invariant:** reads and writes no file; the same job gives the same bytes, whatever was typeset before or beside it.

mod columns;
mod content;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use comemo::Track;
use jiff::civil::Date;
use typst::World;
use typst::diag::{Severity, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Smart};
use typst::layout::{Frame, FrameItem, Point, Size};
use typst::visualize::{ExchangeFormat, RasterImage, SvgImage};
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use typst_svg::SvgOptions;

pub use content::{Content, Logo, Setting, Words};
pub use world::{Styles, Typesetter};

use crate::diagnostic::{Diagnostic, codes};
use crate::document::{BlockKind, Document, walk_blocks};
use crate::model::fonts::Fonts;
use crate::source::{SourceId, Span};
use world::PaperWorld;

/// One paper to be typeset: every file that its style can see.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// `content.json`, as [`Content`] makes it.
    pub content: &'a [u8],
    pub styles: &'a Styles,
    /// Pictures by their name in the paper's world: `images/0.svg`.
    pub images: &'a [(String, Arc<[u8]>)],
    /// Names the paper, `service/quarter/paper`: in messages, and hashed as the PDF's own id.
    pub ident: &'a str,
    /// The day that the PDF says it was made: the meeting's, never today.
    pub date: Option<Date>,
}

/// A file of a style.
#[derive(Clone, Debug)]
pub struct StyleFile {
    /// Its name in the paper's world: `styles/board.typ`.
    pub path: String,
    pub text: String,
    /// Where messages about it point to.
    pub source: SourceId,
}

/// What is to be made of a paper.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    pub pdf: bool,
    /// The charts that are to be drawn by themselves, by name.
    pub charts: &'a [String],
}

/// A paper in type, and how long it took.
#[derive(Debug)]
pub struct Typeset {
    pub pdf: Option<Vec<u8>>,
    /// As SVG, in the order in which they were asked for.
    pub charts: Vec<String>,
    pub pages: usize,
    /// What the style should mend, though the paper was made: a font that is not there.
    pub warnings: Vec<Diagnostic>,
    pub layout: Duration,
    pub export: Duration,
    pub drawing: Duration,
}

/// Typesets a paper once, as PDF/UA-1 and PDF/A-2a, and cuts its charts out of the pages: on the rayon pool that it is called
/// in.
///
/// # Errors
/// What Typst refuses, each at its place in a style; a chart that the style does not draw.
pub fn typeset(typesetter: &Typesetter, job: &Job<'_>, wanted: Wanted<'_>) -> Result<Typeset, Vec<Diagnostic>> {
    let world = PaperWorld::new(typesetter, job);
    let (Warned { output, warnings }, layout) = timed(|| typst::compile::<PagedDocument>(&world));
    let document = output.map_err(|errors| diagnostics(&world, job, &errors))?;
    let export = || timed(|| wanted.pdf.then(|| typst_pdf::pdf(&document, &options(job))).transpose());
    let drawing = || timed(|| wanted.charts.iter().map(|name| draw(&document, job, name)).collect::<Result<_, _>>());
    let ((pdf, export), (charts, drawing)) = rayon::join(export, drawing);
    let (pdf, charts) = (pdf.map_err(|errors| diagnostics(&world, job, &errors))?, charts?);
    let warnings = diagnostics(&world, job, &warnings);
    Ok(Typeset { pdf, charts, pages: document.pages().len(), warnings, layout, export, drawing })
}

/// A short paper: what is in it beyond a paragraph and a footnote takes longer than it saves.
const WARM_UP: &[u8] = include_bytes!("typeset/warm-up.json");

/// Sets a paper that nobody reads, while the data is read: what Typst works out only once is there when the first paper
/// comes, and so are the program's own styles, where the paper's are the same.
pub fn warm_up(styles: &Styles) {
    let typesetter = Typesetter::new(&Fonts::embedded());
    // Whatever comes of it: it is in the way of nothing.
    let _ = typst::compile::<PagedDocument>(&PaperWorld::new(&typesetter, &warm_up_job(styles))).output;
}

fn warm_up_job(styles: &Styles) -> Job<'_> {
    Job { content: WARM_UP, styles, images: &[], ident: "warm-up", date: None }
}

/// Names the pictures of a job that cannot be read: where one is shown, Typst refuses the paper, and points to the style.
pub fn unreadable<'a>(typesetter: &Typesetter, job: &Job<'a>) -> Vec<&'a str> {
    let world = PaperWorld::new(typesetter, job);
    let is_read = |name: &str, bytes: &Arc<[u8]>| {
        let data = Bytes::new(bytes.clone());
        let format = match name.rsplit_once('.').map_or(name, |(_, ending)| ending) {
            "svg" => return SvgImage::with_fonts_images(data, (&world as &dyn World).track(), &[], None).is_ok(),
            "png" => ExchangeFormat::Png,
            "gif" => ExchangeFormat::Gif,
            "webp" => ExchangeFormat::Webp,
            _ => ExchangeFormat::Jpg,
        };
        RasterImage::plain(data, format).is_ok()
    };
    job.images.iter().filter(|(name, bytes)| !is_read(name, bytes)).map(|(name, _)| name.as_str()).collect()
}

/// Runs a step, and says how long it took.
fn timed<T>(step: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let result = step();
    (result, started.elapsed())
}

/// Cuts a chart out of the pages: the block that the style labels `chart-` and the chart's name.
/// Where the block goes on to the next page, its parts stand below each other.
fn draw(document: &PagedDocument, job: &Job<'_>, name: &str) -> Result<String, Vec<Diagnostic>> {
    let label = format!("chart-{name}");
    let pages = document.pages().iter();
    let parts: Vec<(&Page, &Frame)> = pages.filter_map(|page| Some((page, labelled(&page.frame, &label)?))).collect();
    let Some((page, first)) = parts.first() else {
        let message = format!("the style does not draw the chart `{name}`");
        let hint = format!("its entry `chart` must hold a block with the label `{label}`");
        return Err(vec![Diagnostic::new(codes::STYLE_ERROR, message).note(paper_note(job)).hint(hint)]);
    };
    let frame = match parts.as_slice() {
        [_] => (*first).clone(),
        parts => stacked(parts.iter().map(|(_, frame)| *frame)),
    };
    let alone = Page { frame, fill: Smart::Auto, ..(*page).clone() };
    Ok(typst_svg::svg(&alone, &SvgOptions { pretty: true, ..SvgOptions::default() }))
}

/// Puts frames below each other.
fn stacked<'a>(frames: impl Iterator<Item = &'a Frame>) -> Frame {
    let mut whole = Frame::soft(Size::zero());
    for frame in frames {
        let size = whole.size();
        whole.push_frame(Point::with_y(size.y), frame.clone());
        whole.set_size(Size::new(size.x.max(frame.width()), size.y + frame.height()));
    }
    whole
}

/// Finds the frame with a label.
fn labelled<'a>(frame: &'a Frame, label: &str) -> Option<&'a Frame> {
    frame.items().find_map(|(_, item)| match item {
        FrameItem::Group(group) if group.label.is_some_and(|own| own.resolve().as_str() == label) => Some(&group.frame),
        FrameItem::Group(group) => labelled(&group.frame, label),
        _ => None,
    })
}

/// Finds the tables that have more columns than a page has room for, with how many they have.
pub fn wide_tables(document: &Document) -> Vec<(Span, usize)> {
    let mut found = Vec::new();
    for section in &document.sections {
        walk_blocks(&section.blocks, &mut |block| {
            if let BlockKind::Table(table) = &block.kind
                && columns::is_too_wide(table, section.page)
            {
                found.push((block.span, table.columns.len()));
            }
        });
    }
    found
}

/// Drops what Typst remembers of earlier papers, and would keep of every paper of a batch. Each paper calls this once, before
/// it begins: what was used since the last `kept` calls before stays, so that papers which are being made at the same time
/// do not lose what they have worked out.
pub fn forget(kept: usize) {
    comemo::evict(kept);
}

/// Returns every file that the `typst` command needs to make the same paper, by name, in order of name.
///
/// `typst compile --features a11y-extras --font-path fonts --ignore-system-fonts --ignore-embedded-fonts
/// --pdf-standard ua-1,a-2a main.typ`
pub fn world_files(job: &Job<'_>, fonts: &Fonts) -> BTreeMap<String, Vec<u8>> {
    let main = (world::MAIN.to_owned(), world::MAIN_TEXT.as_bytes().to_vec());
    let content = (world::CONTENT.to_owned(), job.content.to_vec());
    let styles = job.styles.files().iter().map(|style| (style.path.clone(), style.text.clone().into_bytes()));
    let images = job.images.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec()));
    let fonts = fonts.faces().map(|(file, bytes)| (format!("fonts/{file}"), bytes.to_vec()));
    [main, content].into_iter().chain(styles).chain(images).chain(fonts).collect()
}

fn options(job: &Job<'_>) -> PdfOptions {
    let midnight = |date: Date| {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        Datetime::from_ymd_hms(i32::from(date.year()), month, day, 0, 0, 0).expect("jiff's dates are dates")
    };
    PdfOptions {
        ident: Smart::Custom(job.ident.to_owned()),
        timestamp: job.date.map(|date| Timestamp::new_utc(midnight(date))),
        standards: PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a]).expect("the two go together"),
        ..PdfOptions::default()
    }
}

/// Turns Typst's errors and warnings into ours, with places in style files where they have one.
///
/// Warnings without a place in a style are left out: nobody could act on them.
fn diagnostics(world: &PaperWorld<'_>, job: &Job<'_>, found: &[SourceDiagnostic]) -> Vec<Diagnostic> {
    found.iter().filter_map(|found| diagnostic(world, job, found)).collect()
}

/// The style that the paper asks for.
fn style_of<'a>(job: &Job<'a>) -> Option<&'a StyleFile> {
    let content: serde_json::Value = serde_json::from_slice(job.content).ok()?;
    let path = format!("styles/{}.typ", content["style"].as_str()?);
    job.styles.files().iter().find(|style| style.path == path)
}

fn diagnostic(world: &PaperWorld<'_>, job: &Job<'_>, found: &SourceDiagnostic) -> Option<Diagnostic> {
    let code = match found.severity {
        Severity::Error => codes::STYLE_ERROR,
        Severity::Warning => codes::STYLE_WARNING,
    };
    let message = found.message.as_str();
    let mut diagnostic = Diagnostic::new(code, message.strip_prefix("assertion failed: ").unwrap_or(message));
    // The place itself, then the calls that led there, inmost first.
    if let Some(span) = world.style_span(found.span) {
        diagnostic = diagnostic.at(span, "");
    }
    for step in &found.trace {
        let span = world.style_span(step.span.into());
        // Of each file the call nearest to the mistake: a style calls `nodes.typ`, which calls itself over and over.
        let is_news = |span: &Span| diagnostic.labels.iter().all(|label| label.span.source != span.source);
        if let Some(span) = span.filter(is_news) {
            diagnostic = diagnostic.at(span, step.v.to_string());
        }
    }
    if diagnostic.labels.is_empty() && found.severity == Severity::Warning {
        return None;
    }
    if message == "unresolved import" && diagnostic.labels.is_empty() {
        diagnostic.message = "the style lacks a function that every style has".to_owned();
        if let Some(style) = style_of(job) {
            diagnostic = diagnostic.at(Span::new(style.source, 0..0), "this style");
        }
        diagnostic = diagnostic.hint("a style defines `paper(content)`");
    }
    if message.starts_with("unknown font family") {
        diagnostic = diagnostic.hint(
            "known here: Noto Sans, DejaVu Sans, DejaVu Sans Mono, and the fonts in `report-templates/styles/fonts`",
        );
    }
    diagnostic = diagnostic.note(paper_note(job));
    for hint in &found.hints {
        diagnostic = match world.style_span(hint.span) {
            Some(span) => diagnostic.at(span, hint.v.as_str()),
            None => diagnostic.hint(hint.v.as_str()),
        };
    }
    Some(diagnostic)
}

fn paper_note(job: &Job<'_>) -> String {
    format!("found while typesetting `{}`", job.ident)
}

#[cfg(test)]
mod tests;
