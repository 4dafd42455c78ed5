//! What a paper must not say: codes of cases, auditors and practitioners, by who reads it, and the words of the private
//! list.
//!
//! All words of a paper are looked up in one pass, however many codes there are.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use unicode_normalization::char::{decompose_canonical, decompose_compatible, is_combining_mark};

use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Block, BlockKind, Document, Inline, InlineKind, walk_blocks, walk_inlines};
use crate::model::ServiceData;
use crate::model::audit::Audit;
use crate::model::catalogue::{Catalogue, MissingString};
use crate::model::narrative::Audience;
use crate::source::{Sources, Span};

/// Everything that some paper of a service may not print.
#[derive(Debug, Default)]
pub struct Withheld {
    /// By their first word, folded.
    entries: HashMap<String, Vec<Entry>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    kind: Kind,
    /// Without what is no letter and no digit at its ends.
    letters: Vec<Letter>,
    /// Whether capitals count: initials of up to three letters are words otherwise, `it` or `as`.
    as_written: bool,
    /// Whether it counts only after the word for what it is a code of: `case 12`, `auditor B`.
    bare: bool,
    /// Where a line of the private list stands; the list is never quoted.
    line: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Case,
    Auditor,
    Practitioner,
    Private,
}

/// A number on the private list that has as many digits is found wherever it stands: it counts nothing in a paper.
const NUMBER_DIGITS: usize = 5;

/// The most letters that initials have.
const INITIALS: usize = 3;

impl Kind {
    /// Whether those who read a paper may see such a code. A paper that does not say who reads it is one for a board.
    fn is_for(self, audience: Option<Audience>) -> bool {
        match (audience, self) {
            (_, Kind::Private) => false,
            (Some(Audience::Practitioner), _) | (Some(Audience::Management), Kind::Case) => true,
            _ => false,
        }
    }
}

impl Withheld {
    /// Gathers the codes of all audits of a service, and the lines of its private list.
    pub fn of(service: &ServiceData) -> Withheld {
        let mut withheld = Withheld::default();
        for case in service.quarters.iter().filter_map(|quarter| quarter.audit.as_ref()).flat_map(Audit::cases) {
            withheld.add(Kind::Case, case.code.value.as_str(), None);
            case.auditor.iter().for_each(|auditor| withheld.add(Kind::Auditor, auditor, None));
            case.practitioner.iter().for_each(|code| withheld.add(Kind::Practitioner, code, None));
        }
        if let Some(list) = &service.service.private_list
            && let Some(content) = &list.content
        {
            for (n, line) in content.text.lines().enumerate().filter(|(_, line)| !line.trim().starts_with('#')) {
                withheld.add(Kind::Private, line, Some(format!("line {} of `{}`", n + 1, list.path)));
            }
        }
        withheld
    }

    fn add(&mut self, kind: Kind, text: &str, line: Option<String>) {
        let Some(entry) = Entry::of(kind, text, line) else { return };
        let first = entry.letters.iter().take_while(|letter| letter.is_word()).map(|letter| letter.folded).collect();
        let known = self.entries.entry(first).or_default();
        let is_same = |other: &Entry| other.kind == kind && other.letters.iter().eq(&entry.letters);
        if !known.iter().any(is_same) {
            known.push(entry);
        }
    }
}

impl Entry {
    /// `None` where the text has no letter and no digit.
    fn of(kind: Kind, text: &str, line: Option<String>) -> Option<Entry> {
        let mut letters = Letters::default();
        letters.push(text, None);
        let letters = letters.letters;
        let start = letters.iter().position(|letter| letter.is_word())?;
        let end = letters.iter().rposition(|letter| letter.is_word()).map_or(start, |last| last + 1);
        let letters = &letters[start..end];
        let digits = letters.iter().filter(|letter| letter.folded.is_numeric()).count();
        let is_number = !letters.iter().any(|letter| letter.folded.is_alphabetic());
        let is_long = kind == Kind::Private && digits >= NUMBER_DIGITS;
        Some(Entry {
            kind,
            as_written: letters.len() <= INITIALS && letters.iter().all(|letter| letter.written.is_uppercase()),
            bare: letters.len() == 1 || (is_number && !is_long),
            letters: letters.to_vec(),
            line,
        })
    }
}

/// Who reads a paper.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub audience: Option<Audience>,
    /// Of a document for one practitioner: the codes that it is about. Every other one is withheld, whoever the audience
    /// is.
    pub own: Option<&'a [&'a str]>,
}

/// What goes with a document and does not stand in it.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// What stands on the pages, in the file or in its name.
    pub texts: &'a [(&'a str, Span)],
    /// The name of the folder in which it lies, which a code may happen to look like: `q1`. It may hold no private word.
    pub folder: &'a str,
}

/// A language's words before a code that is only a number or a letter.
#[derive(Debug)]
pub struct CodeWords {
    kinds: Vec<(Kind, String)>,
    /// Words between such codes: `cases 3 and 7`.
    joining: Vec<String>,
}

impl CodeWords {
    /// # Errors
    /// The catalogue does not hold them.
    pub fn of(catalogue: &Catalogue) -> Result<CodeWords, MissingString> {
        let mut kinds = Vec::new();
        for (kind, key) in [
            (Kind::Case, "privacy.case"),
            (Kind::Auditor, "privacy.auditor"),
            (Kind::Practitioner, "privacy.practitioner"),
        ] {
            kinds.extend(catalogue.say(key, &[])?.split_whitespace().map(|word| (kind, word.to_lowercase())));
        }
        let joining = catalogue.say("privacy.joining", &[])?;
        Ok(CodeWords { kinds, joining: joining.split_whitespace().map(str::to_lowercase).collect() })
    }
}

/// Finds every code and every word of the private list that a paper would show to people who must not see it.
///
/// `title` lies in the file that lists the paper.
pub fn privacy(
    document: &Document,
    beside: Beside<'_>,
    withheld: &Withheld,
    reader: Reader<'_>,
    words: &CodeWords,
    sources: &Sources,
    title: Span,
) -> Vec<Diagnostic> {
    if withheld.entries.is_empty() {
        return Vec::new();
    }
    let own = reader.own.unwrap_or_default().iter().filter_map(|code| Entry::of(Kind::Case, code, None)).collect();
    let mut search = Search { withheld, reader, own, words, sources, title, found: Vec::new() };
    search.text(&document.title, title);
    beside.texts.iter().for_each(|(text, span)| search.text(text, *span));
    search.reader = Reader { audience: Some(Audience::Practitioner), own: None };
    search.text(beside.folder, title);
    search.reader = reader;
    for line in &document.header {
        search.text(&line.label, line.value.first().map_or(title, |value| value.span));
        search.line(&line.value);
    }
    for section in &document.sections {
        let span = section.title.first().map_or(title, |text| text.span);
        section.number.iter().for_each(|number| search.text(number, span));
        search.line(&section.title);
        search.blocks(&section.blocks);
        search.blocks(&section.notes);
    }
    search.found
}

/// A character of a text as it is compared.
#[derive(Clone, Copy, Debug)]
struct Letter {
    folded: char,
    written: char,
    /// Of which piece, and where in it: bytes.
    piece: usize,
    at: usize,
}

impl Letter {
    fn is_word(self) -> bool {
        self.folded.is_alphanumeric()
    }
}

impl PartialEq for Letter {
    fn eq(&self, other: &Letter) -> bool {
        self.written == other.written
    }
}

/// Whether a character leaves no mark on paper, and so parts no word (Unicode's `Default_Ignorable_Code_Point`).
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Takes a character apart: a letter from its accents, a ligature into its letters, a digit from its ring. A fraction is
/// no two numbers.
fn parts(c: char, part: impl FnMut(char)) {
    let mut compatible = Vec::new();
    decompose_compatible(c, |part| compatible.push(part));
    if c.is_alphabetic() || compatible.len() == 1 {
        compatible.into_iter().for_each(part);
    } else {
        decompose_canonical(c, part);
    }
}

/// What is typed for a letter, in small, where a keyboard has none such: it has no accent that could be taken off.
fn plain_letters(c: char) -> Result<&'static str, char> {
    Ok(match c {
        'ß' => "ss",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        c => return Err(c),
    })
}

/// A text in one piece or several, without what only markup and typography add: `K61**02**` is `K6102`.
#[derive(Default)]
struct Letters<'a> {
    letters: Vec<Letter>,
    pieces: Vec<(&'a str, Option<Span>)>,
}

impl<'a> Letters<'a> {
    fn push(&mut self, text: &'a str, span: Option<Span>) {
        let piece = self.pieces.len();
        self.pieces.push((text, span));
        self.letters.reserve(text.len());
        for (at, c) in text.char_indices() {
            let written = match c {
                c if is_unseen(c) => continue,
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                '‘' | '’' | '\u{2bc}' | '\u{2032}' | '\u{b4}' | '`' => '\'',
                c if c.is_whitespace() => ' ',
                // The mark of a footnote or a power is no part of the word before it.
                '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}'..='\u{209f}' => ' ',
                // Letters and digits of full width.
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
                c => c,
            };
            if written == ' ' && self.letters.last().is_some_and(|last| last.written == ' ') {
                continue;
            }
            if written.is_ascii() {
                self.letters.push(Letter { folded: written.to_ascii_lowercase(), written, piece, at });
                continue;
            }
            // An accent may be part of a letter, or a character of its own behind it: neither counts.
            parts(written, |part| {
                let folded = part.to_lowercase().next().filter(|&folded| !is_combining_mark(folded));
                let letter = |folded| Letter { folded, written, piece, at };
                match folded.map(plain_letters) {
                    Some(Ok(plain)) => self.letters.extend(plain.chars().map(letter)),
                    Some(Err(folded)) => self.letters.push(letter(folded)),
                    None => {}
                }
            });
        }
    }

    /// Adds a line of text; addresses of links are given back: they are texts of their own.
    fn push_inlines(&mut self, inlines: &'a [Inline], addresses: &mut Vec<(&'a str, Span)>) {
        for inline in inlines {
            let span = Some(inline.span);
            match &inline.kind {
                InlineKind::Text(text) | InlineKind::Code(text) => self.push(text, span),
                InlineKind::Badge(badge) => self.push(&badge.text, span),
                InlineKind::Emphasis(body) | InlineKind::Strong(body) | InlineKind::Strikethrough(body) => {
                    self.push_inlines(body, addresses);
                }
                InlineKind::Link { url, body } => {
                    self.push_inlines(body, addresses);
                    addresses.push((url, inline.span));
                }
                // Words that stand beside each other only because one took the other's place.
                InlineKind::Changed { body, .. } => {
                    self.push(" ", span);
                    self.push_inlines(body, addresses);
                    self.push(" ", span);
                }
                InlineKind::Image { alt, .. } => self.push(alt, span),
                InlineKind::SoftBreak | InlineKind::Break => self.push(" ", span),
                // Its blocks are visited by themselves.
                InlineKind::Footnote(_) | InlineKind::Slot(_) => {}
            }
        }
    }
}

struct Search<'a> {
    withheld: &'a Withheld,
    reader: Reader<'a>,
    /// The codes that the document is about.
    own: Vec<Entry>,
    words: &'a CodeWords,
    sources: &'a Sources,
    title: Span,
    found: Vec<Diagnostic>,
}

impl Search<'_> {
    fn text(&mut self, text: &str, span: Span) {
        let mut letters = Letters::default();
        letters.push(text, Some(span));
        self.letters(&letters);
    }

    /// Looks at text that stands in no block, with its footnotes.
    fn line(&mut self, inlines: &[Inline]) {
        self.inlines(inlines);
        walk_inlines(inlines, &mut |inline| {
            if let InlineKind::Footnote(body) = &inline.kind {
                self.blocks(body);
            }
        });
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        let (mut letters, mut addresses) = (Letters::default(), Vec::new());
        letters.push_inlines(inlines, &mut addresses);
        self.letters(&letters);
        addresses.into_iter().for_each(|(url, span)| self.text(&percent_decode_str(url).decode_utf8_lossy(), span));
    }

    fn blocks(&mut self, blocks: &[Block]) {
        walk_blocks(blocks, &mut |block| {
            match &block.kind {
                BlockKind::Code { language, text } => {
                    language.iter().for_each(|language| self.text(language, block.span));
                    self.text(text, block.span);
                }
                BlockKind::Image { file, alt, .. } => {
                    self.text(alt, block.span);
                    self.text(file, block.span);
                }
                BlockKind::Chart(chart) => {
                    self.text(&chart.alt, block.span);
                    chart.data.texts().into_iter().for_each(|text| self.text(text, block.span));
                }
                _ => {}
            }
            block.inlines().into_iter().for_each(|text| self.inlines(text));
        });
    }

    /// Looks up each word of a text.
    fn letters(&mut self, text: &Letters<'_>) {
        let letters = &text.letters;
        let mut word = String::new();
        // What a number would be the code of here, and whether the word that says so stood just before.
        let mut after: Option<(Kind, bool)> = None;
        let (mut joined, mut at, mut last, mut own_until) = (false, 0, 0, 0);
        while let Some(start) = letters[at..].iter().position(|letter| letter.is_word()).map(|n| at + n) {
            let end = letters[start..].iter().position(|letter| !letter.is_word()).map_or(letters.len(), |n| start + n);
            word.clear();
            word.extend(letters[start..end].iter().map(|letter| letter.folded));
            after = after.filter(|(_, is_next)| leads_on(&letters[last..start], *is_next, joined));
            // What stands inside a code of the reader's own is part of that.
            let owns = self.own.iter().filter_map(|own| own.end_at(letters, start));
            own_until = owns.max().unwrap_or(0).max(own_until);
            for entry in self.withheld.entries.get(&word).into_iter().flatten() {
                let Some(end) = entry.end_at(letters, start) else { continue };
                if self.is_withheld(entry, end <= own_until)
                    && (!entry.bare || entry.is_named(letters, start, after.map(|(kind, _)| kind)))
                {
                    self.found.push(self.diagnostic(entry, text, &letters[start..end]));
                }
            }
            let kind = self.words.kinds.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind);
            let is_bare = end - start == 1 || word.chars().all(char::is_numeric);
            joined = self.words.joining.contains(&word);
            after = match kind {
                Some(kind) => Some((kind, true)),
                None => after.filter(|_| is_bare || joined).map(|(kind, _)| (kind, false)),
            };
            (at, last) = (end, end);
        }
    }

    /// Whether the readers must not see it; `is_own`: it stands in a code that the document is about.
    fn is_withheld(&self, entry: &Entry, is_own: bool) -> bool {
        !entry.kind.is_for(self.reader.audience) || (self.reader.own.is_some() && !is_own)
    }

    fn diagnostic(&self, entry: &Entry, text: &Letters<'_>, found: &[Letter]) -> Diagnostic {
        let code: String = found.iter().map(|letter| letter.written).collect();
        let place = self.place(text, found, &code);
        let readers = match self.reader.audience {
            _ if self.reader.own.is_some() => "one practitioner",
            Some(Audience::Public) => "the public",
            Some(Audience::Management) => "managers",
            Some(Audience::Practitioner) => "a practitioner",
            Some(Audience::Board) | None => "a board",
        };
        let of = |what: &str| format!("the code of {what}, `{code}`, must not stand in a paper for {readers}");
        let diagnostic =
            |message: String| Diagnostic::new(codes::PRIVATE_WORD, message).at(place, "it would be printed");
        match entry.kind {
            Kind::Case | Kind::Auditor | Kind::Practitioner if self.reader.own.is_some() => {
                diagnostic(match entry.kind {
                    Kind::Case => of("another's case"),
                    Kind::Auditor => of("an auditor"),
                    _ => of("another practitioner"),
                })
                .hint("a practitioner reads of the own cases alone: take it out of the comment or the text")
            }
            Kind::Case => diagnostic(of("a case"))
                .hint("say what was seen and leave out in which case; a finding's `cases:` are counted, not printed")
                .hint("a paper that only managers read may name cases: `audience: management`"),
            Kind::Auditor => diagnostic(of("an auditor")).hint("say how many auditors there were, or name a role"),
            Kind::Practitioner => diagnostic(of("a practitioner")).hint(
                "leave out who it was: what one practitioner did well or not is for that practitioner's own feedback",
            ),
            // The word itself is not said: messages are copied to where the list must not be.
            Kind::Private => {
                let line = entry.line.as_deref().unwrap_or("a line");
                diagnostic(format!("this is on the private list ({line}), which no paper may print"))
                    .hint("write who it is to the child, or a role, in place of the name")
            }
        }
    }

    /// Where it was written. What a template printed of a name leads back to the template only: then it is looked for in
    /// the paper's own file and in the service's other ones; not in an audit, where codes have to stand.
    fn place(&self, text: &Letters<'_>, found: &[Letter], code: &str) -> Span {
        let exact = |letter: &Letter| {
            let (piece, span) = text.pieces[letter.piece];
            let span = span?;
            let length = piece[letter.at..].chars().next().map_or(0, char::len_utf8);
            let start = span.start + letter.at;
            (self.sources.slice(span) == piece).then_some(Span { start, end: start + length, ..span })
        };
        let ends = found.first().and_then(exact).zip(found.last().and_then(exact));
        if let Some((first, last)) = ends {
            return first.to(last);
        }
        let own = found.first().and_then(|letter| text.pieces[letter.piece].1).unwrap_or(self.title);
        let others = self.sources.iter().filter(|(_, source)| {
            let name = source.path.rsplit('/').next().unwrap_or_default();
            source.path.starts_with("data/") && name.ends_with(".yaml") && name != "audit.yaml"
        });
        let others = others.map(|(id, _)| self.sources.whole(id));
        let mut places = [own, self.sources.whole(self.title.source)].into_iter().chain(others);
        places.find_map(|place| Some(within(place, whole_word(self.sources.slice(place), code)?))).unwrap_or(own)
    }
}

impl Entry {
    /// Where it ends, if the text has it, whole, at a place where a word begins.
    ///
    /// Between the words of a line of the private list may stand what else parts the words of a name: `rowan.ashby@…`.
    fn end_at(&self, letters: &[Letter], start: usize) -> Option<usize> {
        let is_same = |found: &Letter, own: &Letter| {
            if self.as_written { found.written == own.written } else { found.folded == own.folded }
        };
        let mut at = start;
        let mut own = self.letters.iter().peekable();
        while let Some(wanted) = own.next() {
            if self.kind == Kind::Private && !wanted.is_word() {
                let mut between = vec![wanted];
                while let Some(next) = own.next_if(|next| !next.is_word()) {
                    between.push(next);
                }
                let gap = letters[at..].iter().take_while(|letter| !letter.is_word()).count();
                let found = &letters[at..at + gap];
                let is_own = found.iter().map(|letter| letter.folded).eq(between.iter().map(|own| own.folded));
                let next = own.peek().zip(letters.get(at + gap));
                if !is_own && !parts_words(&letters[start..at], found, next) {
                    return None;
                }
                at += gap;
            } else {
                letters.get(at).filter(|found| is_same(found, wanted))?;
                at += 1;
            }
        }
        (!letters.get(at).is_some_and(|next| next.is_word())).then_some(at)
    }

    /// Whether a number or a letter is a code here, behind the word for what has such codes, and no percentage or part of
    /// a number with a point.
    fn is_named(&self, letters: &[Letter], start: usize, after: Option<Kind>) -> bool {
        let end = start + self.letters.len();
        let sign = |at: usize| letters.get(at).map(|letter| letter.written);
        let is_digit = |at: usize| sign(at).is_some_and(|c| c.is_ascii_digit());
        let is_point = |at: usize| sign(at) == Some('.') && is_digit(at + 1) && at > 0 && is_digit(at - 1);
        let is_part = is_point(end) || (start > 0 && is_point(start - 1));
        let is_kind = after.is_some_and(|kind| self.kind == Kind::Private || self.kind == kind);
        is_kind && sign(end) != Some('%') && !is_part
    }
}

/// Whether words with these characters between them are still those of one name, in words that stand `before` and the `next`
/// letter, as listed and as found: one character, as in `rowan.ashby`; a full stop behind initials or a title, as in `Dr.
/// Smith`; or a few where capitals show that it is a name, as in `Rowan, Ashby`.
fn parts_words(before: &[Letter], between: &[Letter], next: Option<(&&Letter, &Letter)>) -> bool {
    let signs: Vec<char> = between.iter().map(|letter| letter.written).collect();
    let is_short = before.iter().rev().take_while(|letter| letter.is_word()).count() <= TITLE_MAX;
    let is_capital = next.is_some_and(|(own, found)| !own.written.is_uppercase() || found.written.is_uppercase());
    match signs.as_slice() {
        [sign] => !matches!(sign, '!' | '?' | ';' | ':'),
        ['.', ' '] => is_short && is_capital,
        signs => {
            signs.len() <= GAP_MAX
                && is_capital
                && !signs.iter().any(|sign| matches!(sign, '.' | '!' | '?' | ';' | ':'))
        }
    }
}

/// The most characters that stand between two words of a name, `, "` or ` – `.
const GAP_MAX: usize = 3;
/// The most letters of a title or of initials with a full stop behind them: `Mrs.`
const TITLE_MAX: usize = 3;

/// Whether a number behind these characters still goes with the word before them: `case 12`, `cases: 3, 5 and 7`,
/// but not `of the cases. 5 children`.
fn leads_on(between: &[Letter], is_next: bool, joined: bool) -> bool {
    let is_end = |sign: &Letter| matches!(sign.written, '.' | '!' | '?' | ';');
    if is_next {
        between.iter().all(|sign| matches!(sign.written, ' ' | ':' | '#' | '-' | '_' | '\'' | '"' | '“' | '”'))
    } else {
        joined || !between.iter().any(is_end)
    }
}

/// Finds a word in a text, whatever its capitals, where no letter or digit stands beside it.
fn whole_word(text: &str, word: &str) -> Option<std::ops::Range<usize>> {
    let (folded, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut places = folded.match_indices(&word).map(|(at, _)| at..at + word.len());
    places.find(|at| !is_word(text[..at.start].chars().next_back()) && !is_word(text[at.end..].chars().next()))
}

fn within(place: Span, range: std::ops::Range<usize>) -> Span {
    Span { start: place.start + range.start, end: place.start + range.end, ..place }
}
