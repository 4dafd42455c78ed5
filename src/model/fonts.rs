//! The faces that a paper may use, and which characters they can show.
//!
//! **Invariant:** knows font files as bytes only; how text is set with them is decided elsewhere.

use std::sync::Arc;

use ttf_parser::{RawFace, Tag, cmap};

/// The faces that a paper may use: a user's own, then the embedded ones.
#[derive(Clone, Debug)]
pub struct Fonts {
    faces: Vec<Face>,
}

/// One font file.
#[derive(Clone, Debug)]
struct Face {
    file: String,
    data: FaceData,
}

/// The bytes of a font file, cheap to clone.
#[derive(Clone, Debug)]
pub enum FaceData {
    Embedded(&'static [u8]),
    User(Arc<[u8]>),
}

impl AsRef<[u8]> for FaceData {
    fn as_ref(&self) -> &[u8] {
        match self {
            FaceData::Embedded(bytes) => bytes,
            FaceData::User(bytes) => bytes,
        }
    }
}

impl Fonts {
    /// Returns the faces in the program itself: Noto Sans for text, DejaVu Sans for symbols, DejaVu Sans Mono for code.
    pub fn embedded() -> Fonts {
        let faces = [
            ("NotoSans-Regular.ttf", notosans::REGULAR_TTF),
            ("NotoSans-Bold.ttf", notosans::BOLD_TTF),
            ("NotoSans-Italic.ttf", notosans::ITALIC_TTF),
            ("NotoSans-BoldItalic.ttf", notosans::BOLD_ITALIC_TTF),
            ("DejaVuSans.ttf", dejavu::sans::regular()),
            ("DejaVuSans-Bold.ttf", dejavu::sans::bold()),
            ("DejaVuSansMono.ttf", dejavu::sans_mono::regular()),
            ("DejaVuSansMono-Bold.ttf", dejavu::sans_mono::bold()),
        ];
        let faces = faces.map(|(file, bytes)| Face { file: file.to_owned(), data: FaceData::Embedded(bytes) });
        Fonts { faces: faces.into() }
    }

    /// Adds a user's own font files, each a file's name and its bytes; they win over embedded faces of the same name.
    ///
    /// Fails with the names of the files that are not fonts, in their order.
    pub fn with_user(self, files: impl IntoIterator<Item = (String, Arc<[u8]>)>) -> Result<Fonts, Vec<String>> {
        let mut faces = Vec::new();
        let mut broken = Vec::new();
        for (file, bytes) in files {
            match ttf_parser::Face::parse(&bytes, 0) {
                Ok(_) => faces.push(Face { file, data: FaceData::User(bytes) }),
                Err(_) => broken.push(file),
            }
        }
        if !broken.is_empty() {
            return Err(broken);
        }
        let embedded = self.faces.into_iter().filter(|face| faces.iter().all(|user| user.file != face.file));
        let embedded: Vec<Face> = embedded.collect();
        faces.extend(embedded);
        Ok(Fonts { faces })
    }

    /// Returns the name and bytes of each font file of the user's: the embedded ones are as the program's version says.
    pub fn user_faces(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let user = self.faces.iter().filter(|face| matches!(face.data, FaceData::User(_)));
        user.map(|face| (face.file.as_str(), face.data.as_ref()))
    }

    /// Returns each font file's name and bytes.
    pub fn faces(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.faces.iter().map(|face| (face.file.as_str(), face.data.as_ref()))
    }

    /// Returns each font file's bytes to be shared, in the order of [`Fonts::faces`].
    pub fn data(&self) -> impl Iterator<Item = FaceData> {
        self.faces.iter().map(|face| face.data.clone())
    }

    /// Whether `c` can be printed: some face has a glyph for it, or it needs none, as a line feed or a tab.
    ///
    /// Characters that PDF/UA and PDF/A refuse are not covered: the byte order mark, and the private use area.
    pub fn covers(&self, c: char) -> bool {
        match c {
            '\n' | '\t' | ' '..='~' => true,
            // DejaVu has glyphs for some of these.
            '\0'..='\u{7f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => false,
            _ => self.faces().any(|(_, bytes)| has_glyph(bytes, c)),
        }
    }
}

/// Whether a font file, or some face of a font collection, has a glyph for `c`.
fn has_glyph(bytes: &[u8], c: char) -> bool {
    let has_glyph = |face| {
        let characters = RawFace::parse(bytes, face).ok()?.table(Tag::from_bytes(b"cmap"))?;
        let tables = cmap::Table::parse(characters)?.subtables;
        Some(
            tables
                .into_iter()
                .filter(cmap::Subtable::is_unicode)
                .any(|table| table.glyph_index(c.into()).is_some_and(|glyph| glyph.0 != 0)),
        )
    };
    (0..ttf_parser::fonts_in_collection(bytes).unwrap_or(1)).any(|face| has_glyph(face) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_what_papers_use() {
        let fonts = Fonts::embedded();
        for c in "aZ0~ \n\t£é–—‘’“”…•→✔▲≥½ŵ€\u{a0}\u{ad}".chars() {
            assert!(fonts.covers(c), "{c:?}");
        }
    }

    #[test]
    fn does_not_cover_what_no_face_has() {
        let fonts = Fonts::embedded();
        for c in "漢🦀\u{e000}\u{f001}\0\u{7}\u{7f}\u{feff}\u{ffff}".chars() {
            assert!(!fonts.covers(c), "{c:?}");
        }
    }

    #[test]
    fn a_users_file_wins_over_an_embedded_one_of_its_name() {
        let own: Arc<[u8]> = Arc::from(dejavu::sans::oblique());
        let fonts = Fonts::embedded()
            .with_user([("NotoSans-Bold.ttf".to_owned(), own.clone()), ("Own.ttf".to_owned(), own.clone())])
            .unwrap();
        assert_eq!(fonts.faces().count(), Fonts::embedded().faces().count() + 1);
        let (file, bytes) = fonts.faces().next().unwrap();
        assert_eq!((file, bytes), ("NotoSans-Bold.ttf", &*own));
    }

    #[test]
    fn a_file_that_is_no_font_is_named() {
        let not_a_font: Arc<[u8]> = Arc::from(&b"<html>"[..]);
        assert_eq!(Fonts::embedded().with_user([("a.ttf".to_owned(), not_a_font)]).unwrap_err(), ["a.ttf"]);
    }
}
