//! Turns a [`Job`] into what Typst sees of the world: files in memory, the embedded library, fonts.
//!
//! **Invariant:** what is not in the job does not exist; there is no disk, no package, no network and no clock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use typst::diag::{FileError, FileResult, PackageError};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_kit::fonts::FontStore;

use super::{Job, StyleFile};
use crate::model::fonts::{FaceData, Fonts};
use crate::source::Span;

/// The name of the paper's content in its world.
pub(super) const CONTENT: &str = "content.json";
/// The constant file that hands the content to its style.
pub(super) const MAIN: &str = "main.typ";
pub(super) const MAIN_TEXT: &str = include_str!("main.typ");

/// Typst's library.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    // Without this feature a table's row headers are tagged as plain cells.
    let features = [Feature::A11yExtras].into_iter().collect();
    LazyHash::new(Library::builder().with_features(features).build())
});

/// The fonts, and Typst ready to use them: what every paper shares. Made once, and only when something must be typeset.
pub struct Typesetter {
    fonts: FontStore,
    main: Source,
}

impl Typesetter {
    pub fn new(fonts: &Fonts) -> Typesetter {
        let mut store = FontStore::new();
        for data in fonts.data() {
            store.extend(faces(data));
        }
        LazyLock::force(&LIBRARY);
        let main = Source::new(id(MAIN).expect("a constant path"), MAIN_TEXT.to_owned());
        Typesetter { fonts: store, main }
    }
}

/// The faces of a font file. Those in the program itself are parsed once for as long as it runs: `watch` makes a typesetter
/// for each change.
fn faces(data: FaceData) -> Vec<(Font, FontInfo)> {
    static EMBEDDED: Mutex<BTreeMap<usize, Vec<(Font, FontInfo)>>> = Mutex::new(BTreeMap::new());
    let parsed =
        |data: FaceData| Font::iter(Bytes::new(data)).map(|font| (font.clone(), font.info().clone())).collect();
    match data {
        FaceData::User(_) => parsed(data),
        FaceData::Embedded(bytes) => {
            let mut known = EMBEDDED.lock().expect("no thread panics while it holds the lock");
            known.entry(bytes.as_ptr().addr()).or_insert_with(|| parsed(data)).clone()
        }
    }
}

/// The files of styles, each parsed once, when the first paper asks for it.
#[derive(Debug)]
pub struct Styles {
    files: Vec<StyleFile>,
    /// By the id that Typst knows them by: where they stand in `files`, and what they are parsed to.
    parsed: HashMap<FileId, (usize, OnceLock<Source>)>,
}

impl Styles {
    pub fn new(files: Vec<StyleFile>) -> Styles {
        let entry = |(at, file): (usize, &StyleFile)| Some((id(&file.path)?, (at, OnceLock::new())));
        let parsed = files.iter().enumerate().filter_map(entry).collect();
        Styles { files, parsed }
    }

    pub fn files(&self) -> &[StyleFile] {
        &self.files
    }

    fn get(&self, id: FileId) -> Option<(&StyleFile, &OnceLock<Source>)> {
        let (at, parsed) = self.parsed.get(&id)?;
        Some((&self.files[*at], parsed))
    }

    fn source(&self, id: FileId) -> Option<Source> {
        let (file, parsed) = self.get(id)?;
        Some(parsed.get_or_init(|| source(id, &file.text)).clone())
    }
}

/// Parses a file of a style, unless the last of its name had the same text: that of the warm-up, or of the run before.
fn source(id: FileId, text: &str) -> Source {
    static LAST: LazyLock<Mutex<HashMap<FileId, Source>>> = LazyLock::new(Mutex::default);
    let last = || LAST.lock().expect("no thread panics while it holds the lock");
    if let Some(same) = last().get(&id).filter(|last| last.text() == text) {
        return same.clone();
    }
    let source = Source::new(id, text.to_owned());
    last().insert(id, source.clone());
    source
}

/// One paper's files, all in memory.
pub(super) struct PaperWorld<'a> {
    typesetter: &'a Typesetter,
    main: &'a Source,
    styles: &'a Styles,
    files: HashMap<FileId, Bytes>,
}

impl<'a> PaperWorld<'a> {
    pub(super) fn new(typesetter: &'a Typesetter, job: &Job<'a>) -> PaperWorld<'a> {
        let image = |(path, bytes): &(String, Arc<[u8]>)| Some((id(path)?, Bytes::new(bytes.clone())));
        let content = (id(CONTENT).expect("a constant path"), Bytes::new(job.content.to_vec()));
        PaperWorld {
            typesetter,
            main: &typesetter.main,
            styles: job.styles,
            files: job.images.iter().filter_map(image).chain([content]).collect(),
        }
    }

    /// Returns our place of Typst's where it lies in a style's file.
    pub(super) fn style_span(&self, span: DiagSpan) -> Option<Span> {
        let (file, _) = self.styles.get(span.id()?)?;
        Some(Span::new(file.source, self.range(span)?))
    }
}

impl World for PaperWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.typesetter.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        self.styles.source(id).ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.typesetter.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Returns the id of a path in a paper's world; `None` for a file that Typst cannot name, as one with a `\\` in its name.
///
/// An id is a number of 16 bits that the process never frees, so all papers use the same few names.
fn id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

fn absent(id: FileId) -> FileError {
    match id.get().root() {
        VirtualRoot::Project => FileError::NotFound(id.get().vpath().get_without_slash().into()),
        VirtualRoot::Package(_) => {
            FileError::Package(PackageError::Other(Some("a style may use its own files only".into())))
        }
    }
}
