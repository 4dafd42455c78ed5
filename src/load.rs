//! Folders → [`Sources`], a [`Dataset`], templates, pictures and fonts, and every mistake of structure on the way.
//!
//! What can be read is read, even if flawed; the rest leaves a diagnostic.
//! **Invariant:** the only module that reads files, and it writes none.

mod answers;
mod audit;
mod decode;
mod framework;
mod inspection;
mod narrative;
mod register;
mod service;
mod templates;
mod text;
mod yaml;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;

use crate::diagnostic::{Diagnostic, Severity, closest, codes, listed};
use crate::model::catalogue::Catalogues;
use crate::model::fonts::Fonts;
use crate::model::framework::Framework;
use crate::model::narrative::{Appendix, AppendixContent, Narrative, PaperText};
use crate::model::service::{Language, PrivateContent, PrivateList};
use crate::model::template::TemplateSet;
use crate::model::{Dataset, Quarter, ServiceData};
use crate::source::{SourceId, Sources, Span, Spanned, resolved};

use decode::Decoder;

pub use templates::{own_strings, own_styles};

/// Everything that a run reads.
#[derive(Debug)]
pub struct Loaded {
    pub sources: Sources,
    pub dataset: Dataset,
    pub templates: Arc<TemplateSet>,
    pub catalogues: Arc<Catalogues>,
    pub fonts: Arc<Fonts>,
    /// The bytes of every file that was read, by its path below the project: for the manifest's hashes.
    pub inputs: BTreeMap<String, Arc<[u8]>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The fields of YAML files by their places; each file is parsed once.
pub struct Fields<'a> {
    sources: &'a Sources,
    files: BTreeMap<SourceId, Option<yaml::Node>>,
}

impl<'a> Fields<'a> {
    pub fn of(sources: &'a Sources) -> Fields<'a> {
        Fields { sources, files: BTreeMap::new() }
    }

    /// Finds the path of the field at a place of a YAML file: `findings[2].standard`; `None` elsewhere.
    pub fn at(&mut self, place: Span) -> Option<String> {
        // A place of no width at the start stands for the whole file.
        if place.end == 0 || !self.sources.path(place.source).ends_with(".yaml") {
            return None;
        }
        let parse = || yaml::read(self.sources, place.source).ok();
        yaml::field_at(self.files.entry(place.source).or_insert_with(parse).as_ref()?, place.start)
    }
}

/// Reads a text of an earlier run, such as a manifest; `None` where there is none.
///
/// # Errors
/// The machine refuses to read it.
pub fn earlier(path: &Path) -> anyhow::Result<Option<String>> {
    use std::io::ErrorKind;

    match std::fs::read(path) {
        // What is no text is as good as one that nobody wrote.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("`{}` could not be read", path.display())),
    }
}

/// Reads a file of any kind that was named on the command line.
///
/// # Errors
/// The machine refuses to read it.
pub fn file(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("`{}` could not be read", path.display()))
}

/// Whether a file begins as a PDF does.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// Lists every file of the data folder and of the templates, relative to the project, with `/`; `None` where there is
/// something of which a run that reads them has to tell, such as a link.
///
/// # Errors
/// A folder that the machine refuses to read.
pub fn files(project: &Path) -> anyhow::Result<Option<BTreeSet<String>>> {
    let mut refused = Vec::new();
    let mut files = walked(project, DATA, &mut refused)?;
    files.extend(walked(project, templates::FOLDER, &mut refused)?);
    Ok(refused.is_empty().then_some(files))
}

/// Reads one file of the project as text, as a whole run would.
///
/// # Errors
/// The machine refuses to read it.
pub fn text(project: &Path, path: &str) -> anyhow::Result<String> {
    Ok(text::decode(&file(&project.join(path))?).0)
}

/// The folder, below the project, that holds the services.
pub const DATA: &str = "data";

/// How many bytes of YAML are worth a second thread: with fewer, all is done before it has begun.
const SHARED_MIN: usize = 500_000;

/// The folder of a service below [`DATA`]; empty where that is itself the service.
pub fn below_data(folder: &str) -> &str {
    folder.strip_prefix(DATA).unwrap_or(folder).trim_start_matches('/')
}

/// Reads a whole project: its `data` folder and, where there is one, its `report-templates`.
///
/// # Errors
/// A file or a folder that the machine refuses to read. What is wrong *in* a file is a diagnostic.
pub fn load(project: &Path) -> anyhow::Result<Loaded> {
    let threads = cores();
    let project = open(project, threads)?;
    project.read(project.services(), threads)
}

/// How many threads the machine has.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A project whose services are still to be read: what they share, and where they lie.
#[derive(Debug)]
pub struct Project {
    path: PathBuf,
    /// Every file below `data`, relative to the project, with `/`, and the service that it belongs to: that of the
    /// nearest folder above it which is one.
    files: BTreeMap<String, Option<String>>,
    services: Vec<String>,
    sources: Sources,
    pub templates: Arc<TemplateSet>,
    pub catalogues: Arc<Catalogues>,
    pub fonts: Arc<Fonts>,
    inputs: BTreeMap<String, Arc<[u8]>>,
    diagnostics: Vec<Diagnostic>,
}

/// Reads what the services of a project share, on `threads` threads: templates, styles, strings and fonts.
///
/// # Errors
/// As [`load`].
pub fn open(project: &Path, threads: usize) -> anyhow::Result<Project> {
    anyhow::ensure!(project.is_dir(), "there is no folder `{}`", project.display());
    let mut reader = Reader::new(project);
    let files = walked(project, DATA, &mut reader.diagnostics)?;
    reader.threads = threads;
    let (templates, catalogues) = reader.templates()?;
    let fonts = reader.fonts()?;
    let services: Vec<String> =
        files.iter().filter_map(|file| file.strip_suffix("/service.yaml")).map(str::to_owned).collect();
    let known: BTreeSet<&str> = services.iter().map(String::as_str).collect();
    let owner = |file: &str| {
        let mut above = file.rmatch_indices('/').map(|(at, _)| &file[..at]);
        above.find(|folder| known.contains(folder)).map(str::to_owned)
    };
    Ok(Project {
        path: project.to_owned(),
        files: files.iter().map(|file| (file.clone(), owner(file))).collect(),
        services: services.clone(),
        sources: reader.sources,
        templates: Arc::new(templates),
        catalogues: Arc::new(catalogues),
        fonts: Arc::new(fonts),
        inputs: reader.inputs,
        diagnostics: reader.diagnostics,
    })
}

impl Project {
    /// The folders of the services, below the project, sorted.
    pub fn services(&self) -> &[String] {
        &self.services
    }

    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// How many quarters of a service have a narrative.
    pub fn narratives_count(&self, service: &str) -> usize {
        let own = self.files.iter().filter(|(_, owner)| owner.as_deref() == Some(service));
        own.filter(|(file, _)| file.ends_with("/narrative.yaml")).count()
    }

    /// Every folder that belongs to a service, and the service's own.
    pub fn folders(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.filter_map(|(file, owner)| Some((file.rsplit_once('/')?.0, owner.as_deref()?)))
    }

    /// Reads services and nothing of others, on `threads` threads; what is wrong with what they share is told each time.
    ///
    /// # Errors
    /// As [`load`].
    pub fn read(&self, services: &[String], threads: usize) -> anyhow::Result<Loaded> {
        let mut reader = Reader::new(&self.path);
        reader.threads = threads;
        reader.sources = self.sources.clone();
        reader.inputs = self.inputs.clone();
        reader.templates = self.templates.clone();
        reader.diagnostics = self.diagnostics.clone();
        // A file that lies in no service's folder is looked at with the first.
        let is_own = |owner: &Option<String>| match owner {
            Some(owner) => services.contains(owner),
            None => services.first() == self.services.first(),
        };
        let is_shared = |file: &str| {
            let above = file.rsplit_once("/frameworks/").map(|(above, _)| format!("{above}/"));
            above.is_some_and(|above| services.iter().any(|service| format!("{service}/").starts_with(&above)))
        };
        let files = |is_wanted: &dyn Fn(&str, &Option<String>) -> bool| {
            let files = self.files.iter().filter(|(file, owner)| is_wanted(file, owner));
            files.map(|(file, _)| file.clone()).collect()
        };
        reader.shared =
            files(&|file, owner| is_shared(file) && !owner.as_ref().is_some_and(|own| services.contains(own)));
        reader.unread = files(&|_, owner| is_own(owner));
        reader.files = files(&|file, owner| is_own(owner) || is_shared(file));
        let dataset = reader.dataset(services, &self.services)?;
        Ok(Loaded {
            sources: reader.sources,
            dataset,
            templates: self.templates.clone(),
            catalogues: self.catalogues.clone(),
            fonts: self.fonts.clone(),
            inputs: reader.inputs,
            diagnostics: reader.diagnostics,
        })
    }
}

/// What is gathered while files are read.
struct Reader {
    project: PathBuf,
    /// How many YAML files are parsed at the same time.
    threads: usize,
    /// Every file that may be read, relative to the project, with `/`, sorted.
    files: BTreeSet<String>,
    /// Those that others may read, too, where the services that are read have one of that name themselves.
    shared: BTreeSet<String>,
    /// Those that belong to the services that are read, and that nothing has read yet.
    unread: BTreeSet<String>,
    sources: Sources,
    inputs: BTreeMap<String, Arc<[u8]>>,
    /// Every YAML file of the data folder, parsed; taken out by who reads it.
    parsed: BTreeMap<String, (SourceId, Result<yaml::Node, Box<Diagnostic>>)>,
    /// By path: several services may share one.
    frameworks: BTreeMap<String, (SourceId, Option<Arc<Framework>>)>,
    /// Empty while they are read themselves.
    templates: Arc<TemplateSet>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn new(project: &Path) -> Reader {
        Reader {
            project: project.to_owned(),
            threads: 1,
            shared: BTreeSet::new(),
            unread: BTreeSet::new(),
            files: BTreeSet::new(),
            sources: Sources::default(),
            inputs: BTreeMap::new(),
            parsed: BTreeMap::new(),
            frameworks: BTreeMap::new(),
            templates: Arc::default(),
            diagnostics: Vec::new(),
        }
    }

    /// Reads a file's bytes; `path` is relative to the project.
    fn bytes(&mut self, path: &str) -> anyhow::Result<Arc<[u8]>> {
        self.unread.remove(path);
        if let Some(bytes) = self.inputs.get(path) {
            return Ok(bytes.clone());
        }
        let bytes: Arc<[u8]> =
            std::fs::read(self.project.join(path)).with_context(|| format!("`{path}` could not be read"))?.into();
        self.inputs.insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    /// Reads a file as text, UTF-8 or else Windows-1252, which is said.
    fn text(&mut self, path: &str) -> anyhow::Result<SourceId> {
        let bytes = self.bytes(path)?;
        let (text, note) = text::decode(&bytes);
        let id = self.sources.add(path, text);
        if let Some(at) = note {
            let width = self.sources.source(id).text[at..].chars().next().map_or(0, char::len_utf8);
            self.diagnostics.push(
                Diagnostic::new(
                    codes::READ_AS_WINDOWS_1252,
                    "this file is not UTF-8 and was read as Windows-1252: are accents, dashes and quotes right?",
                )
                .at(Span::new(id, at..at + width), "the first of them")
                .hint("save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\") to be sure of accents and dashes"),
            );
        }
        Ok(id)
    }

    /// Reads a YAML file with the reader of its kind; a file that cannot be read leaves its diagnostics and `None`.
    fn yaml<T>(
        &mut self,
        path: &str,
        read: impl FnOnce(&mut Decoder<'_>, &yaml::Node) -> Option<T>,
    ) -> anyhow::Result<(SourceId, Option<T>)> {
        let (id, parsed) = match self.parsed.remove(path) {
            Some(parsed) => parsed,
            None => {
                let id = self.text(path)?;
                (id, yaml::read(&self.sources, id))
            }
        };
        let value = match parsed {
            Ok(node) => read(&mut Decoder { sources: &self.sources, diagnostics: &mut self.diagnostics }, &node),
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        };
        Ok((id, value))
    }

    fn decoder(&mut self) -> Decoder<'_> {
        Decoder { sources: &self.sources, diagnostics: &mut self.diagnostics }
    }

    /// Parses every YAML file that has a known name.
    fn parse_ahead(&mut self) -> anyhow::Result<()> {
        let folders = ["/frameworks/", "/inspections/"];
        let names = ["service.yaml", "actions.yaml", "audit.yaml", "narrative.yaml"];
        let is_known = |path: &&String| {
            path.ends_with(".yaml")
                && (folders.iter().any(|folder| path.contains(folder))
                    || names.iter().any(|name| path.rsplit('/').next() == Some(name)))
        };
        let paths: Vec<String> = self.files.iter().filter(is_known).cloned().collect();
        let mut ids = Vec::new();
        for path in &paths {
            ids.push(self.text(path)?);
        }
        let parsed = self.parse(ids);
        // Both are in the order of the paths: ids were given in it, and the map is sorted by them.
        self.parsed = paths.into_iter().zip(parsed).collect();
        Ok(())
    }

    /// Parses YAML files at the same time: it is most of what reading takes.
    fn parse(&self, mut ids: Vec<SourceId>) -> BTreeMap<SourceId, Result<yaml::Node, Box<Diagnostic>>> {
        let sources = &self.sources;
        // The longest first, so that no thread is left with one at the end.
        ids.sort_by_key(|&id| (Reverse(sources.source(id).text.len()), id));
        let next = AtomicUsize::new(0);
        let work = || {
            let mut parsed = Vec::new();
            while let Some(&id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                parsed.push((id, yaml::read(sources, id)));
            }
            parsed
        };
        let length: usize = ids.iter().map(|&id| sources.source(id).text.len()).sum();
        let threads = if length < SHARED_MIN { 1 } else { self.threads.min(ids.len()) };
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let own = work();
            let others = others.into_iter().flat_map(|other| other.join().expect("no panic in a parser"));
            own.into_iter().chain(others).collect()
        })
    }

    fn dataset(&mut self, folders: &[String], all: &[String]) -> anyhow::Result<Dataset> {
        self.parse_ahead()?;
        if all.is_empty() {
            let told = Diagnostic::new(
                codes::NO_SERVICE,
                format!("no `service.yaml` was found in `{DATA}` or a folder below it"),
            );
            // `service.yaml.txt`, as an editor may save it.
            let is_near = |file: &&String| {
                file.rsplit('/').next().is_some_and(|name| name.to_lowercase().starts_with("service.y"))
            };
            let near = self.files.iter().find(is_near);
            let told = near.into_iter().fold(told, |told, file| {
                told.hint(format!("rename `{file}` to `service.yaml`; a folder may hide how names end"))
            });
            self.diagnostics.push(
                told.hint("run boardpaper in the folder that holds `data`, or name that folder with `-C`")
                    .hint("a service is a folder with a `service.yaml` in it; it needs no more than `name: …`"),
            );
            // And then nothing is read, whatever it is called.
            return Ok(Dataset { services: Vec::new() });
        }
        let mut services = Vec::new();
        for folder in folders {
            services.extend(self.service(folder, all)?);
        }
        self.complain_of_unread(all)?;
        Ok(Dataset { services })
    }

    fn service(&mut self, folder: &str, all: &[String]) -> anyhow::Result<Option<ServiceData>> {
        let mut shared = Vec::new();
        let (id, service) = self.yaml(&format!("{folder}/service.yaml"), service::read)?;
        shared.push(id);

        let mut frameworks = Vec::new();
        for path in self.frameworks_for(folder) {
            let (id, framework) = self.framework(&path)?;
            shared.push(id);
            frameworks.extend(framework);
        }
        let mut inspections = Vec::new();
        for path in self.below(folder, "inspections", ".yaml") {
            let (id, inspection) = self.yaml(&path, |decoder, node| inspection::read(decoder, node, &path))?;
            shared.push(id);
            if let Some(inspection) = &inspection {
                let texts = inspection.recommendations.iter().flat_map(|one| pictures(&one.text.blocks));
                for (file, span) in texts.collect::<Vec<_>>() {
                    self.picture(folder, &format!("{folder}/inspections"), &file, span)?;
                }
            }
            inspections.extend(inspection);
        }
        let mut actions = Vec::new();
        let register = format!("{folder}/actions.yaml");
        if self.files.contains(&register) {
            let (id, read) = self.yaml(&register, register::read)?;
            shared.push(id);
            actions = read.unwrap_or_default();
        }
        let mut quarters: Vec<Quarter> = Vec::new();
        for path in self.quarter_folders(folder, all) {
            match self.quarter(folder, &path, &frameworks)? {
                Ok(quarter) => match quarters.iter().find(|other| other.id == quarter.id) {
                    // Which of the two is meant is not known: no paper rests on either, and all rest on what is said.
                    Some(first) => {
                        self.diagnostics.push(twice(first, &quarter));
                        shared.extend(quarter.audit_sources.iter().copied().chain(quarter.narrative_source));
                    }
                    None => quarters.push(quarter),
                },
                // It may be any quarter: nothing is sure that compares with earlier ones.
                Err(sources) => shared.extend(sources),
            }
        }
        quarters.sort_by(|a, b| a.id.cmp(&b.id));
        let Some(mut service) = service else { return Ok(None) };
        if let Some(list) = &mut service.private_list {
            self.private_list(folder, list)?;
        }
        if let Some(logo) = &service.look.logo {
            self.picture(folder, folder, &logo.file.value, logo.file.span)?;
        }
        self.check_language(&service.language, service.name.span);
        let folder = below_data(folder).to_owned();
        Ok(Some(ServiceData { folder, service, frameworks, inspections, actions, quarters, shared }))
    }

    /// Reads what must never be printed. It becomes no source and no input: messages show the one, and the manifest lists
    /// the other.
    fn private_list(&mut self, folder: &str, list: &mut PrivateList) -> anyhow::Result<()> {
        use std::io::ErrorKind;

        let Some(path) = resolved(folder, &list.file.value) else {
            self.diagnostics.push(
                Diagnostic::new(codes::NO_PRIVATE_LIST, format!("`{}` does not lie in this project", list.file.value))
                    .at(list.file.span, "so nothing of it is looked for")
                    .hint(format!("put it into `{folder}`, where git ignores it, and write its name alone")),
            );
            return Ok(());
        };
        self.unread.remove(&path);
        match std::fs::read(self.project.join(&path)) {
            Ok(bytes) => {
                let (text, _) = text::decode(&bytes);
                list.content = Some(PrivateContent { bytes: bytes.into(), text });
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                let message = format!("the private list `{path}` is not there");
                self.diagnostics.push(
                    Diagnostic::new(codes::NO_PRIVATE_LIST, message)
                        .at(list.file.span, "so nothing of it is looked for")
                        .hint("it is kept out of git: ask whoever writes these papers for it"),
                );
            }
            Err(error) => return Err(error).with_context(|| format!("`{path}` could not be read")),
        }
        list.path = path;
        Ok(())
    }

    /// Reads a framework once, however many services share it.
    fn framework(&mut self, path: &str) -> anyhow::Result<(SourceId, Option<Arc<Framework>>)> {
        if let Some(known) = self.frameworks.get(path) {
            return Ok(known.clone());
        }
        let (id, framework) = self.yaml(path, |decoder, node| framework::read(decoder, node, path))?;
        let read = (id, framework.map(Arc::new));
        self.frameworks.insert(path.to_owned(), read.clone());
        Ok(read)
    }

    /// The ids of frameworks whose files have mistakes.
    fn broken_frameworks(&self) -> BTreeSet<String> {
        let is_broken = |id: SourceId| {
            let errors = self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
            errors.filter_map(Diagnostic::span).any(|span| span.source == id)
        };
        self.frameworks.iter().filter(|(_, (id, _))| is_broken(*id)).map(|(path, _)| stem(path).to_owned()).collect()
    }

    /// The frameworks of a folder and of those above it; the nearest of a name wins.
    fn frameworks_for(&self, folder: &str) -> Vec<String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut at = Some(folder);
        while let Some(folder) = at {
            for path in self.below(folder, "frameworks", ".yaml") {
                found.entry(stem(&path).to_owned()).or_insert(path);
            }
            at = folder.rsplit_once('/').map(|(parent, _)| parent);
        }
        found.into_values().collect()
    }

    /// The files of `folder/sub` with an ending, sorted.
    fn below(&self, folder: &str, sub: &str, ending: &str) -> Vec<String> {
        let prefix = format!("{folder}/{sub}/");
        let inside = self.files.iter().filter(|file| file.starts_with(&prefix) && file.ends_with(ending));
        inside.filter(|file| !file[prefix.len()..].contains('/')).cloned().collect()
    }

    /// The folders below a service that hold an audit or a narrative.
    fn quarter_folders(&self, service: &str, all: &[String]) -> BTreeSet<String> {
        let prefix = format!("{service}/");
        let folder_of = |file: &String| {
            let (folder, name) = file.rsplit_once('/')?;
            (folder.starts_with(&prefix) && matches!(name, "audit.yaml" | "narrative.yaml")).then(|| folder.to_owned())
        };
        let in_another = |folder: &String| {
            all.iter()
                .any(|other| other.len() > service.len() && format!("{folder}/").starts_with(&format!("{other}/")))
        };
        self.files.iter().filter_map(folder_of).filter(|folder| !in_another(folder)).collect()
    }

    /// Reads the folder of a quarter; where its name is that of none, the sources that stand in it.
    fn quarter(
        &mut self,
        service: &str,
        folder: &str,
        frameworks: &[Arc<Framework>],
    ) -> anyhow::Result<Result<Quarter, Vec<SourceId>>> {
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let mut audit_sources = Vec::new();
        let mut narrative_source = None;
        let mut raw_audit = None;
        let audit_path = format!("{folder}/audit.yaml");
        if self.files.contains(&audit_path) {
            let (id, read) = self.yaml(&audit_path, audit::read)?;
            audit_sources.push(id);
            raw_audit = read;
        }
        let mut audit = None;
        if let Some(mut raw) = raw_audit {
            if let Some(file) = raw.answers_file.take() {
                let path = resolved(folder, &file.value).unwrap_or_else(|| format!("{folder}/{}", file.value));
                if self.files.contains(&path) && is_spreadsheet(&self.bytes(&path)?) {
                    self.diagnostics.push(
                        Diagnostic::new(
                            codes::ANSWERS_LAYOUT,
                            format!("`{}` is a spreadsheet's own file, not CSV", file.value),
                        )
                        .at(file.span, "named here")
                        .hint("open it in the spreadsheet, save it as \"CSV UTF-8\", and name that file here"),
                    );
                    raw.cases_broken = true;
                } else if self.files.contains(&path) {
                    let id = self.text(&path)?;
                    audit_sources.push(id);
                    raw.cases.extend(answers::read(&self.sources, id, &mut self.diagnostics));
                } else {
                    self.missing_file(&path, &file.value, file.span, "answers");
                    raw.cases_broken = true;
                }
            }
            let broken = self.broken_frameworks();
            audit = audit::resolve(&mut self.decoder(), raw, frameworks, &broken);
        }
        let mut narrative = None;
        let narrative_path = format!("{folder}/narrative.yaml");
        if self.files.contains(&narrative_path) {
            let (id, read) = self.yaml(&narrative_path, narrative::read)?;
            narrative_source = Some(id);
            narrative = read;
        }
        if let Some(narrative) = &mut narrative {
            for paper in &mut narrative.papers {
                let template = self.templates.templates.get(&paper.template.value);
                paper.each_practitioner = template.is_some_and(|template| template.each_practitioner);
            }
            self.texts(folder, narrative)?;
            let texts = narrative.texts().filter_map(|(_, text)| text.narrative.as_deref());
            let prose = texts.chain([&*narrative]).flat_map(Narrative::prose);
            // A text that a paper takes over from the quarter is the same text.
            let pictures: BTreeMap<Span, String> =
                prose.flat_map(|prose| pictures(&prose.blocks)).map(|(file, span)| (span, file)).collect();
            self.attachments(service, folder, narrative)?;
            for (span, file) in pictures {
                self.picture(service, folder, &file, span)?;
            }
        }
        match name.parse() {
            Ok(id) => Ok(Ok(Quarter { id, audit, narrative, audit_sources, narrative_source })),
            Err(error) => {
                let source = audit_sources.first().copied().or(narrative_source);
                let diagnostic =
                    Diagnostic::new(codes::BAD_ID, format!("the folder `{folder}` cannot be a quarter: {error}"))
                        .hint(format!("rename it, for example to `{}`", decode::as_id(name)));
                self.diagnostics.push(match source {
                    Some(source) => diagnostic.at(Span::new(source, 0..0), "this file stands in it"),
                    None => diagnostic,
                });
                Ok(Err(audit_sources.into_iter().chain(narrative_source).collect()))
            }
        }
    }

    /// Reads the files that single papers have their texts in; several papers may share one.
    fn texts(&mut self, folder: &str, narrative: &mut Narrative) -> anyhow::Result<()> {
        let mut read: BTreeMap<String, PaperText> = BTreeMap::new();
        for n in 0..narrative.papers.len() {
            let Some(text) = narrative.papers[n].text.clone() else { continue };
            let path = resolved(folder, &text.file.value).unwrap_or_else(|| format!("{folder}/{}", text.file.value));
            if let Some(known) = read.get(&path) {
                narrative.papers[n].text = Some(PaperText { file: text.file, ..known.clone() });
                continue;
            }
            if !self.files.contains(&path) {
                self.missing_file(&path, &text.file.value, text.file.span, "text of a paper");
                continue;
            }
            let base = &*narrative;
            let (source, own) = self.yaml(&path, |decoder, node| narrative::read_text(decoder, node, base))?;
            let text = PaperText { source: Some(source), narrative: own.map(Box::new), ..text };
            read.insert(path, text.clone());
            narrative.papers[n].text = Some(text);
        }
        for file in &narrative.unread_texts {
            let path = resolved(folder, file).unwrap_or_default();
            if self.files.contains(&path) && !read.contains_key(&path) {
                let base = &*narrative;
                self.yaml(&path, |decoder, node| narrative::read_text(decoder, node, base))?;
            }
        }
        Ok(())
    }

    /// Reads the PDFs that come along with papers.
    fn attachments(&mut self, service: &str, folder: &str, narrative: &mut Narrative) -> anyhow::Result<()> {
        let mut found: BTreeMap<Span, Option<String>> = BTreeMap::new();
        let texts = narrative.papers.iter_mut().filter_map(|paper| paper.text.as_mut()?.narrative.as_deref_mut());
        let texts: Vec<&mut Vec<Appendix>> = texts.map(|text| &mut text.appendices).collect();
        for appendix in texts.into_iter().chain([&mut narrative.appendices]).flatten() {
            let AppendixContent::Attachment { name, path } = &mut appendix.content else { continue };
            // What a paper takes over from the quarter is the same file.
            *path = match found.get(&name.span) {
                Some(known) => known.clone(),
                None => self.attachment(service, folder, name)?,
            };
            found.insert(name.span, path.clone());
        }
        Ok(())
    }

    fn attachment(&mut self, service: &str, folder: &str, name: &Spanned<String>) -> anyhow::Result<Option<String>> {
        let refused =
            |message: String, hint: &str| Diagnostic::new(codes::ATTACHMENT, message).at(name.span, "").hint(hint);
        let Some(path) = inside(service, folder, &name.value) else {
            let message = format!("`{}` lies outside the service's folder", name.value);
            self.diagnostics.push(refused(message, &format!("copy it into `{folder}` and write its name alone")));
            return Ok(None);
        };
        if !self.files.contains(&path) {
            self.missing_file(&path, &name.value, name.span, "appendix");
            return Ok(None);
        }
        if !is_pdf(&self.bytes(&path)?) {
            let hint = "save it as a PDF; Word and others do that under \"Save as\"";
            self.diagnostics.push(refused(format!("`{}` is no PDF", name.value), hint));
            return Ok(None);
        }
        Ok(Some(path))
    }

    /// Reads a picture that lies in the service's folder; anything else is refused.
    fn picture(&mut self, service: &str, folder: &str, file: &str, span: Span) -> anyhow::Result<()> {
        if file.is_empty() {
            let diagnostic = Diagnostic::new(codes::IMAGE_FILE, "this picture has no file").at(span, "");
            self.diagnostics.push(diagnostic.hint("name it in the round brackets: `![what it shows](plan.svg)`"));
            return Ok(());
        }
        let Some(path) = inside(service, folder, file) else {
            self.diagnostics.push(
                Diagnostic::new(codes::IMAGE_FILE, format!("the picture `{file}` lies outside the service's folder"))
                    .at(span, "")
                    .hint(format!("copy it into `{folder}` and write its name alone")),
            );
            return Ok(());
        };
        let known = ["svg", "png", "jpg", "jpeg", "gif", "webp"];
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        if !known.contains(&ending.as_str()) {
            self.diagnostics.push(
                Diagnostic::new(codes::IMAGE_FILE, format!("`{file}` is no picture that can be printed"))
                    .at(span, "")
                    .hint(format!("save it as one of these: {}", listed(known))),
            );
        } else if self.files.contains(&path) {
            if !is_picture(&self.bytes(&path)?, &ending) {
                self.diagnostics.push(
                    Diagnostic::new(
                        codes::IMAGE_FILE,
                        format!("what `{file}` holds is no picture of the kind `{ending}`"),
                    )
                    .at(span, "")
                    .hint("open it in a program for pictures and save it again as what its name says"),
                );
            }
        } else {
            self.missing_file(&path, file, span, "picture");
        }
        Ok(())
    }

    fn missing_file(&mut self, path: &str, written: &str, span: Span, what: &str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let siblings: Vec<String> = self
            .files
            .iter()
            .filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/'))
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect();
        self.diagnostics.push(
            Diagnostic::new(codes::MISSING_FILE, format!("the file `{path}` ({what}) is not there"))
                .at(span, "named here")
                .did_you_mean(written, siblings.iter().map(String::as_str)),
        );
    }

    /// A YAML file that nothing reads is most often a slip in its name, or in that of its folder.
    fn complain_of_unread(&mut self, services: &[String]) -> anyhow::Result<()> {
        let read = ["service.yaml", "actions.yaml", "audit.yaml", "narrative.yaml"];
        // What was parsed ahead and never asked for lies where nothing looks for it.
        let unread = self.unread.iter().filter(|path| path.ends_with(".yaml") || path.ends_with(".yml"));
        let unread: BTreeSet<String> =
            unread.chain(self.parsed.keys()).filter(|path| !self.shared.contains(*path)).cloned().collect();
        for path in unread {
            let id = self.text(&path)?;
            let folder = path.rsplit('/').nth(1).unwrap_or_default();
            let near = |written: &str, known: &[&'static str]| closest(written, known.iter().copied());
            let meant = near(stem(&path), &read.map(stem)).map(|stem| format!("{stem}.yaml"));
            let meant = meant.or_else(|| near(folder, &["frameworks", "inspections"]).map(|name| format!("{name}/")));
            let diagnostic =
                Diagnostic::new(codes::UNREAD_FILE, format!("nothing reads `{path}`")).at(Span::new(id, 0..0), "");
            let diagnostic = match meant {
                _ if path.ends_with(".yml") => diagnostic.hint("let its name end in `.yaml`"),
                Some(name) if path.contains(&format!("/{name}")) => {
                    let is_inside = services.iter().any(|service| path.starts_with(&format!("{service}/")));
                    diagnostic.hint(if is_inside {
                        "it has its right name, and lies in another folder than it should"
                    } else {
                        "it lies outside the folder of a service, which is one with a `service.yaml`"
                    })
                }
                Some(name) => diagnostic.hint(format!("did you mean `{name}`?")),
                None => diagnostic.hint("a file for yourself may end in `.txt` or `.md`"),
            };
            let known = "a service's folder holds `service.yaml`, `actions.yaml`, `frameworks/` and `inspections/`, a quarter's `audit.yaml` and `narrative.yaml`";
            self.diagnostics.push(diagnostic.note(known));
        }
        Ok(())
    }

    fn check_language(&mut self, language: &Language, span: Span) {
        let path = templates::catalogue_path(language);
        if !self.sources.iter().any(|(_, source)| source.path.ends_with(&path)) {
            self.diagnostics.push(
                Diagnostic::new(codes::BAD_VALUE, format!("there are no strings for the language `{language}`"))
                    .at(span, "of this service")
                    .hint(format!("add `report-templates/{path}`; `en-GB.yaml` shows what it holds")),
            );
        }
    }
}

/// All files below a folder of the project, relative to the project, with `/`; hidden ones are left out, and so are links
/// and names that are no text.
fn files_below(project: &Path, folder: &str) -> anyhow::Result<BTreeSet<String>> {
    walked(project, folder, &mut Vec::new())
}

/// As [`files_below`], and what is said of links and of names that are no text: were they passed over, what they hold
/// would be lost, and with it every file that was made of it.
fn walked(project: &Path, folder: &str, refused: &mut Vec<Diagnostic>) -> anyhow::Result<BTreeSet<String>> {
    let root = project.join(folder);
    if !root.is_dir() {
        return Ok(BTreeSet::new());
    }
    let visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with(['.', '~']);
    let mut files = BTreeSet::new();
    for entry in walkdir::WalkDir::new(&root).into_iter().filter_entry(visible) {
        let entry = entry.with_context(|| format!("the folder `{folder}` could not be read"))?;
        let path = entry.path().strip_prefix(project).expect("walked from the project");
        let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
        let refuse = |message: String, hint| Diagnostic::new(codes::MISSING_FILE, message).hint(hint);
        match parts.map(|parts| parts.join("/")) {
            Some(path) if entry.path_is_symlink() && entry.depth() > 0 => {
                let hint = "put the file or the folder itself in its place";
                refused.push(refuse(format!("`{path}` is a link, and links are not followed"), hint));
            }
            Some(path) if entry.file_type().is_file() => {
                files.insert(path);
            }
            None if entry.file_type().is_file() => {
                let message = format!("the name of `{}` is not in UTF-8", path.display());
                refused.push(refuse(message, "rename it, in plain letters"));
            }
            _ => {}
        }
    }
    Ok(files)
}

/// A file's name without its ending: `hmip-2.1` of `frameworks/hmip-2.1.yaml`.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Says that two folders are one quarter, as are those in `old/2020-21-q2` and `2020-21-q2`.
fn twice(first: &Quarter, second: &Quarter) -> Diagnostic {
    let place = |quarter: &Quarter| {
        let source = quarter.audit_sources.first().copied().or(quarter.narrative_source);
        Span::new(source.expect("a quarter's folder holds one of the two"), 0..0)
    };
    Diagnostic::new(codes::DUPLICATE_ID, format!("two folders are the quarter `{}`", second.id))
        .at(place(second), "this file stands in the one")
        .at(place(first), "this file in the other")
        .hint("give one of them another name; a copy to keep belongs outside `data/`")
}

/// Whether a file is a workbook as a spreadsheet saves it: `.xlsx` and `.ods` are ZIP files, `.xls` a compound file.
fn is_spreadsheet(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

/// Whether a file begins as pictures of its kind do.
fn is_picture(bytes: &[u8], ending: &str) -> bool {
    match ending {
        "svg" => String::from_utf8_lossy(bytes).contains("<svg"),
        "png" => bytes.starts_with(b"\x89PNG"),
        "gif" => bytes.starts_with(b"GIF8"),
        "webp" => bytes.starts_with(b"RIFF") && bytes[4..].get(4..8) == Some(b"WEBP"),
        _ => bytes.starts_with(b"\xff\xd8\xff"),
    }
}

/// Where a file named from `folder` lies; `None` where that is not inside `root`.
fn inside(root: &str, folder: &str, file: &str) -> Option<String> {
    resolved(folder, file).filter(|path| path.starts_with(&format!("{root}/")))
}

/// The pictures of a text with the places where they are named.
fn pictures(blocks: &[crate::document::Block]) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    crate::document::walk_blocks(blocks, &mut |block| {
        if let crate::document::BlockKind::Image { file, .. } = &block.kind {
            found.push((file.clone(), block.span));
        }
    });
    found
}
