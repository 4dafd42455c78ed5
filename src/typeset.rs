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

use jiff::civil::Date;
use typst::diag::{Severity, SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use typst_svg::SvgOptions;

pub use content::{Logo, Setting, Words, content};
pub use world::Typesetter;

use crate::diagnostic::{Diagnostic, codes};
use crate::model::fonts::Fonts;
use crate::source::SourceId;
use world::{Main, PaperWorld};

/// One paper to be typeset: every file that its style can see.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// `content.json`, as [`content`] makes it.
    pub content: &'a [u8],
    pub styles: &'a [StyleFile],
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

/// A paper as PDF, and how long it took.
#[derive(Debug)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    pub pages: usize,
    /// What the style should mend, though the paper was made: a font that is not there.
    pub warnings: Vec<Diagnostic>,
    pub layout: Duration,
    pub export: Duration,
}

/// Typesets a paper as PDF/UA-1 and PDF/A-2a.
pub fn pdf(typesetter: &Typesetter, job: &Job<'_>) -> Result<Pdf, Vec<Diagnostic>> {
    let _eviction = Eviction;
    typeset(typesetter, job)
}

/// Draws a paper's charts as SVG, in the order of the document; `count` says how many there are.
///
/// A style's warnings are those of [`pdf`]; they are not given twice.
pub fn charts(typesetter: &Typesetter, job: &Job<'_>, count: usize) -> Result<Vec<String>, Vec<Diagnostic>> {
    let _eviction = Eviction;
    draw(typesetter, job, count)
}

/// Does what [`pdf`] and [`charts`] do, and evaluates the style once for both.
pub fn pdf_and_charts(
    typesetter: &Typesetter,
    job: &Job<'_>,
    count: usize,
) -> Result<(Pdf, Vec<String>), Vec<Diagnostic>> {
    let _eviction = Eviction;
    Ok((typeset(typesetter, job)?, draw(typesetter, job, count)?))
}

fn typeset(typesetter: &Typesetter, job: &Job<'_>) -> Result<Pdf, Vec<Diagnostic>> {
    let world = PaperWorld::new(typesetter, job, Main::Paper);
    let started = Instant::now();
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&world);
    let document = output.map_err(|errors| diagnostics(&world, job, &errors))?;
    let layout = started.elapsed();

    let started = Instant::now();
    let bytes = typst_pdf::pdf(&document, &options(job)).map_err(|errors| diagnostics(&world, job, &errors))?;
    let export = started.elapsed();
    let warnings = diagnostics(&world, job, &warnings);
    Ok(Pdf { bytes, pages: document.pages().len(), warnings, layout, export })
}

fn draw(typesetter: &Typesetter, job: &Job<'_>, count: usize) -> Result<Vec<String>, Vec<Diagnostic>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let world = PaperWorld::new(typesetter, job, Main::Charts);
    let document =
        typst::compile::<PagedDocument>(&world).output.map_err(|errors| diagnostics(&world, job, &errors))?;
    let pages = document.pages();
    if pages.len() != count {
        let message = format!("the style draws {} pages for {count} charts", pages.len());
        let hint = "its `chart-page` must draw each chart on one page";
        return Err(vec![Diagnostic::new(codes::STYLE_ERROR, message).note(paper_note(job)).hint(hint)]);
    }
    let options = SvgOptions { pretty: true, ..SvgOptions::default() };
    Ok(pages.iter().map(|page| typst_svg::svg(page, &options)).collect())
}

/// Returns every file that the `typst` command needs to make the same paper, by name, in order of name.
///
/// `typst compile --features a11y-extras --font-path fonts --ignore-system-fonts --ignore-embedded-fonts
/// --pdf-standard ua-1,a-2a main.typ`
pub fn world_files(job: &Job<'_>, fonts: &Fonts) -> BTreeMap<String, Vec<u8>> {
    let mains = [Main::Paper, Main::Charts].map(|main| (main.path().to_owned(), main.text().as_bytes().to_vec()));
    let content = (world::CONTENT.to_owned(), job.content.to_vec());
    let styles = job.styles.iter().map(|style| (style.path.clone(), style.text.clone().into_bytes()));
    let images = job.images.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec()));
    let fonts = fonts.faces().map(|(file, bytes)| (format!("fonts/{file}"), bytes.to_vec()));
    mains.into_iter().chain([content]).chain(styles).chain(images).chain(fonts).collect()
}

/// Drops what Typst remembers once a paper is made, or failed; it would keep every paper of a batch in memory.
struct Eviction;

impl Drop for Eviction {
    fn drop(&mut self) {
        comemo::evict(0);
    }
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

fn diagnostic(world: &PaperWorld<'_>, job: &Job<'_>, found: &SourceDiagnostic) -> Option<Diagnostic> {
    let code = match found.severity {
        Severity::Error => codes::STYLE_ERROR,
        Severity::Warning => codes::STYLE_WARNING,
    };
    let mut diagnostic = Diagnostic::new(code, found.message.as_str());
    // The place itself, then the calls that led there, inmost first.
    if let Some(span) = world.style_span(found.span) {
        diagnostic = diagnostic.at(span, "");
    }
    for step in &found.trace {
        let span = world.style_span(step.span.into());
        if let Some(span) = span.filter(|&span| diagnostic.labels.iter().all(|label| label.span != span)) {
            diagnostic = diagnostic.at(span, step.v.to_string());
        }
    }
    if diagnostic.labels.is_empty() && found.severity == Severity::Warning {
        return None;
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
