//! Where nothing has changed since a run that made everything: nothing is read but hashes, and that run's remarks are
//! made again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use crate::diagnostic::{Code, Diagnostic, Label, Severity, codes};
use crate::load::{self, Loaded};
use crate::model::service::PrivateList;
use crate::output::{self, Manifest, Remark, RemarkLabel};
use crate::source::{SourceId, Sources, Span};

use super::{Effect, Outcome, PaperReport, Report, Request, Timings, joined, place};

/// Endings of files that count wherever they stand in the project, once they are there.
const COUNTS: [&str; 7] = [".yaml", ".yml", ".j2", ".typ", ".ttf", ".otf", ".ttc"];

/// Reports what a whole build would, if it would change nothing; `None`: build.
///
/// # Errors
/// A file or a folder that the machine refuses to read.
pub(super) fn report(request: &Request) -> anyhow::Result<Option<Report>> {
    let is_whole = request.selection.is_empty()
        && request.share.is_none()
        && request.formats.markdown
        && request.formats.pdf
        && request.effect == Effect::Write;
    if !is_whole || request.draft || request.force {
        return Ok(None);
    }
    let started = Instant::now();
    let mut manifests = Vec::new();
    let Some(files) = load::files(&request.project)? else { return Ok(None) };
    for folder in files.iter().filter_map(|file| file.strip_prefix(load::DATA)?.strip_suffix("/service.yaml")) {
        let folder = folder.trim_start_matches('/');
        let text = load::earlier(&place(request, &joined(folder, "manifest.json")))?;
        let Some(manifest) = text.and_then(|text| Manifest::read(&text).ok()) else { return Ok(None) };
        if !manifest.whole || standing(request, folder, &manifest)?.is_ours != Some(true) {
            return Ok(None);
        }
        if manifest.private_list && !has_list_as_before(request, folder)? {
            return Ok(None);
        }
        manifests.push(manifest);
    }
    let known: BTreeSet<&String> = manifests.iter().flat_map(|manifest| manifest.inputs.keys()).collect();
    let counts = |file: &&String| COUNTS.iter().any(|ending| file.to_lowercase().ends_with(ending));
    if manifests.is_empty() || files.iter().filter(counts).any(|file| !known.contains(file)) {
        return Ok(None);
    }
    let mut hashes: BTreeMap<&String, &String> = BTreeMap::new();
    for (path, hash) in manifests.iter().flat_map(|manifest| &manifest.inputs) {
        if hashes.insert(path, hash).is_none_or(|other| other != hash)
            && !output::has_hash(&request.project.join(path), hash)
        {
            return Ok(None);
        }
    }
    let outputs = || manifests.iter().flat_map(|manifest| &manifest.outputs);
    if !outputs().all(|(path, output)| output::has_hash(&place(request, path), &output.sha256)) {
        return Ok(None);
    }
    let Some((sources, diagnostics)) = remade(request, &manifests)? else { return Ok(None) };
    let weighed: Vec<Diagnostic> = diagnostics.into_iter().filter_map(|one| request.weigh(one)).collect();
    if weighed.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Ok(None);
    }
    // What comes along as it is was made by nobody here.
    let papers = outputs().filter(|(_, output)| output.content.is_some());
    let papers = papers.filter_map(|(path, _)| path.strip_suffix(".pdf"));
    let paper = |stem: &str| {
        let made = Outcome::Made { pages: None };
        PaperReport { name: stem.to_owned(), stem: stem.to_owned(), outcome: made }
    };
    Ok(Some(Report {
        sources,
        diagnostics: weighed,
        papers: papers.map(paper).collect(),
        files_written: 0,
        files_unchanged: outputs().count() + manifests.len(),
        failures: Vec::new(),
        stale: Vec::new(),
        causes: Vec::new(),
        timings: Timings { total: started.elapsed(), ..Timings::default() },
    }))
}

/// The folder beside a manifest that no repository takes: it ignores itself.
const PRIVATE: &str = ".private";

/// The file in it that says which program made all that a manifest lists, and of what. A version is not enough: between
/// two of them the program changes as well.
const MADE: &str = ".private/made";

/// The version and a hash of the sources that this program was built of.
const THIS_PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("BOARDPAPER_SOURCES"));

/// What is known of the outputs that lie here, beside what their manifest says: that may come from elsewhere.
#[derive(Clone, Copy, Default)]
pub(super) struct Standing {
    /// Whether this very program made all of them, and not another, even one of this version; `None` where nothing is
    /// remembered.
    pub is_ours: Option<bool>,
    /// Whether all of them were made of the inputs that the manifest lists: after a run for a part some may be older.
    pub is_settled: bool,
}

/// Finds what is known of the outputs of a manifest.
pub(super) fn standing(request: &Request, folder: &str, manifest: &Manifest) -> anyhow::Result<Standing> {
    let text = load::earlier(&place(request, &joined(folder, MADE)))?;
    let Some((program, inputs)) = text.as_deref().and_then(|text| text.split_once('\n')) else {
        return Ok(Standing::default());
    };
    let is_ours = program == THIS_PROGRAM;
    Ok(Standing { is_ours: Some(is_ours), is_settled: is_ours && inputs == line_of(manifest) })
}

/// Remembers what is known of the outputs of a manifest.
pub(super) fn remember_made(
    request: &Request,
    folder: &str,
    manifest: &Manifest,
    standing: Standing,
) -> anyhow::Result<()> {
    let file = place(request, &joined(folder, MADE));
    if standing.is_ours != Some(true) {
        return forget(&file);
    }
    ignore(request, folder)?;
    let inputs = if standing.is_settled { line_of(manifest) } else { String::new() };
    output::write(&file, format!("{THIS_PROGRAM}\n{inputs}").as_bytes()).map(drop)
}

/// One hash over all inputs, as a line.
fn line_of(manifest: &Manifest) -> String {
    let inputs: String = manifest.inputs.iter().map(|(path, hash)| format!("{hash}  {path}\n")).collect();
    format!("{}\n", output::sha256(inputs.as_bytes()))
}

/// Removes a file of what is remembered, where it is there.
fn forget(file: &Path) -> anyhow::Result<()> {
    load::earlier(file)?.map_or(Ok(()), |text| output::remove(file, &output::sha256(text.as_bytes())))
}

/// Keeps the folder of what is remembered out of git.
fn ignore(request: &Request, folder: &str) -> anyhow::Result<()> {
    output::write(&place(request, &joined(folder, &format!("{PRIVATE}/.gitignore"))), b"*\n").map(drop)
}

/// The file in it that says which private list a service's papers were held against, as `sha256sum` would.
const LIST: &str = ".private/list.sha256";

/// Remembers the private list that all papers of a service were held against; `None`: forgets it.
pub(super) fn remember(request: &Request, folder: &str, list: Option<&PrivateList>) -> anyhow::Result<()> {
    let file = place(request, &joined(folder, LIST));
    let content = list.and_then(|list| Some((list, list.content.as_ref()?)));
    let Some((list, content)) = content else {
        return forget(&file);
    };
    ignore(request, folder)?;
    let line = format!("{}  {}\n", output::sha256(&content.bytes), list.path);
    output::write(&file, line.as_bytes()).map(drop)
}

/// Whether the private list is the one that the papers were held against.
fn has_list_as_before(request: &Request, folder: &str) -> anyhow::Result<bool> {
    let text = load::earlier(&place(request, &joined(folder, LIST)))?;
    let known = text.as_deref().and_then(|text| text.trim_end().split_once("  "));
    Ok(known.is_some_and(|(hash, path)| output::has_hash(&request.project.join(path), hash)))
}

/// Makes the remarks of manifests into diagnostics again; `None` where one cannot be understood.
fn remade(request: &Request, manifests: &[Manifest]) -> anyhow::Result<Option<(Sources, Vec<Diagnostic>)>> {
    let mut sources = Sources::default();
    let mut ids: BTreeMap<String, SourceId> = BTreeMap::new();
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for remark in manifests.iter().flat_map(|manifest| &manifest.remarks) {
        let Some(code) = Code::find(&remark.code) else { return Ok(None) };
        let mut diagnostic = Diagnostic::new(code, remark.message.clone());
        for label in &remark.labels {
            let id = match ids.get(&label.file) {
                Some(id) => *id,
                None => {
                    let id = sources.add(label.file.clone(), load::text(&request.project, &label.file)?);
                    ids.insert(label.file.clone(), id);
                    id
                }
            };
            let span = Span::new(id, label.start..label.end);
            if sources.source(id).text.get(label.start..label.end).is_none() {
                return Ok(None);
            }
            diagnostic.labels.push(Label { span, text: label.text.clone() });
        }
        diagnostic.field.clone_from(&remark.field);
        diagnostic.notes.clone_from(&remark.notes);
        diagnostic.hints.clone_from(&remark.hints);
        // A file that several services share is remarked on once.
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
    crate::diagnostic::sort(&mut diagnostics, &sources);
    Ok(Some((sources, diagnostics)))
}

/// What a manifest keeps of a run's diagnostics: those on its inputs; `None` where one is on something else.
pub(super) fn remarks(
    diagnostics: &[Diagnostic],
    loaded: &Loaded,
    inputs: &BTreeMap<String, String>,
) -> Option<Vec<Remark>> {
    let path = |span: Span| loaded.sources.path(span.source);
    let is_own = |diagnostic: &&Diagnostic| diagnostic.span().is_none_or(|span| inputs.contains_key(path(span)));
    // Whether the private list is there is found anew each time, and a manifest is the same with it and without.
    let diagnostics: Vec<&Diagnostic> = diagnostics.iter().filter(|one| one.code != codes::NO_PRIVATE_LIST).collect();
    // What is said of the program's own files, or of nothing, is said by making everything again.
    let is_kept = |diagnostic: &&Diagnostic| {
        !diagnostic.labels.is_empty()
            && diagnostic.labels.iter().all(|label| loaded.inputs.contains_key(path(label.span)))
    };
    if !diagnostics.iter().all(is_kept) {
        return None;
    }
    let label = |label: &Label| RemarkLabel {
        file: path(label.span).to_owned(),
        start: label.span.start,
        end: label.span.end,
        text: label.text.clone(),
    };
    let remark = |diagnostic: &Diagnostic| Remark {
        code: diagnostic.code.name().to_owned(),
        message: diagnostic.message.clone(),
        labels: diagnostic.labels.iter().map(label).collect(),
        field: diagnostic.field.clone(),
        notes: diagnostic.notes.clone(),
        hints: diagnostic.hints.clone(),
    };
    Some(diagnostics.into_iter().filter(is_own).map(remark).collect())
}
