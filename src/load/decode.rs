//! [`Node`]s → values, collecting every mistake on the way.
//!
//! A reader of a kind of file names its keys one by one through [`Fields`]; whatever was not asked for is an unknown key.
//! A field that cannot be read is `None` and has left a diagnostic: the caller goes on with the next one.
//! **Invariant:** knows the shapes of values, not what they mean.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use crate::diagnostic::{Code, Diagnostic, closest, codes, either, field_in_words, listed};
use crate::source::{Sources, Span, Spanned, Text};

use super::yaml::{Key, Node, NodeKind, ScalarStyle};

/// The longest name, title or address, in characters: a PDF holds no more than 32,767 bytes of one, of several joined.
const NAME_LENGTH_MAX: usize = 1_000;
/// The longest marking, in characters: what stands in a line or two above and below each page.
const MARKING_LENGTH_MAX: usize = 80;

/// Where the mistakes of a file are collected.
pub(super) struct Decoder<'a> {
    pub sources: &'a Sources,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

/// What reads one value: the node, the path of its field, and where to complain.
pub(super) type Read<'a, T> = fn(&mut Decoder<'a>, &Node, &str) -> Option<T>;

impl<'a> Decoder<'a> {
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn wrong_type(&mut self, node: &Node, path: &str, wanted: &str) {
        let found = node.noun();
        let message = match found {
            "empty" => format!("{} is empty, {wanted} is wanted", named(path)),
            found => format!("{} is {found}, {wanted} is wanted", named(path)),
        };
        let diagnostic =
            Diagnostic::new(codes::WRONG_TYPE, message).at(node.span, format!("{wanted} is wanted")).field(path);
        self.report(match (wanted, &node.kind) {
            ("a list", NodeKind::Scalar(_) | NodeKind::Mapping(_)) => {
                diagnostic.hint("put `- ` before each item, also where there is only one")
            }
            ("a text", NodeKind::Sequence(_) | NodeKind::Mapping(_)) => diagnostic
                .hint("a text that YAML reads as a list or a mapping needs quotes around it, or `|` before it"),
            _ => diagnostic,
        });
    }

    /// Reads the scalar of a node as it was written.
    fn scalar<'n>(&mut self, node: &'n Node, path: &str, wanted: &str) -> Option<(&'n Text, ScalarStyle)> {
        match &node.kind {
            NodeKind::Scalar(scalar) => Some((&scalar.text, scalar.style)),
            _ => {
                self.wrong_type(node, path, wanted);
                None
            }
        }
    }

    /// Reads a mapping's fields; `None` and a diagnostic where it is not one. An empty file is a mapping without fields.
    pub fn fields<'n>(&mut self, node: &'n Node, path: &str) -> Option<Fields<'n>> {
        let entries: &[(Key, Node)] = match &node.kind {
            NodeKind::Mapping(entries) => entries,
            NodeKind::Null if path.is_empty() => &[],
            _ => {
                self.wrong_type(node, path, "a mapping (`key: value` lines)");
                return None;
            }
        };
        let mut seen: Vec<(&Key, &Node)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match seen.iter().find(|(earlier, _)| earlier.name == key.name) {
                Some((earlier, _)) => self.report(
                    Diagnostic::new(codes::DUPLICATE_KEY, format!("the key `{}` stands twice", key.name))
                        .at(key.span, "again here")
                        .at(earlier.span, "first here")
                        .field(join(path, &key.name))
                        .hint("remove one of the two; YAML would keep only the last"),
                ),
                None => seen.push((key, value)),
            }
            if matches!(value.kind, NodeKind::Null) {
                self.swallowed(key, &join(path, &key.name));
            }
        }
        Some(Fields {
            span: node.span,
            path: path.to_owned(),
            entries: seen,
            known: BTreeSet::new(),
            required: BTreeSet::new(),
        })
    }

    /// Reads the entries of a mapping whose keys are data: ids, names.
    pub fn entries<'n>(&mut self, node: &'n Node, path: &str) -> Option<Vec<(&'n Key, &'n Node)>> {
        let mut entries = self.fields(node, path)?.entries;
        entries.retain(|(key, _)| match key.name.chars().find(|&c| is_forbidden(c)) {
            Some(c) => {
                self.report(forbidden(c, &named(path)).at(key.span, "this key holds it").field(path));
                false
            }
            None => true,
        });
        Some(entries)
    }

    /// Reads a list; items that cannot be read are left out, with their diagnostics.
    pub fn list<T>(&mut self, node: &Node, path: &str, read: Read<'a, T>) -> Option<Vec<T>> {
        let NodeKind::Sequence(items) = &node.kind else {
            self.wrong_type(node, path, "a list");
            return None;
        };
        let mut values = Vec::with_capacity(items.len());
        for (n, item) in items.iter().enumerate() {
            let path = format!("{path}[{n}]");
            match item.to_write() {
                Some(place) => self.report(to_write(codes::TO_WRITE, place, &path)),
                None => values.extend(read(self, item, &path)),
            }
        }
        Some(values)
    }

    /// Reads a list, or one value that stands for a list of one.
    pub fn one_or_list<T>(&mut self, node: &Node, path: &str, read: Read<'a, T>) -> Option<Vec<T>> {
        match &node.kind {
            NodeKind::Sequence(_) => self.list(node, path, read),
            _ => read(self, node, path).map(|one| vec![one]),
        }
    }

    /// Reads a mapping whose keys are ids of one kind; entries that are empty or cannot be read are left out.
    pub fn by_id<I: FromStr<Err: Display>, T>(
        &mut self,
        node: &Node,
        path: &str,
        read: Read<'a, T>,
    ) -> Option<Vec<(Spanned<I>, T)>> {
        let mut values = Vec::new();
        for (key, value) in self.entries(node, path)? {
            let path = format!("{path}.{}", key.name);
            let id = self.key_id(key, &path);
            match value.to_write() {
                Some(place) => self.report(to_write(codes::TO_WRITE, place, &path)),
                None if matches!(value.kind, NodeKind::Null) => {}
                None => values.extend(id.zip(read(self, value, &path))),
            }
        }
        Some(values)
    }

    /// Reads a short text without markup: a name, a title, an address.
    pub fn string(&mut self, node: &Node, path: &str) -> Option<Spanned<String>> {
        let (text, style) = self.scalar(node, path, "a text")?;
        self.whole(node, text, style, path)?;
        self.allowed(text, path)?;
        let value = text.value.trim();
        if value.is_empty() {
            self.wrong_type(&Node { span: node.span, kind: NodeKind::Null }, path, "a text");
            return None;
        }
        let hint = "shorten it; a long text belongs into `context` or another part of the narrative";
        self.fits(value, node, path, NAME_LENGTH_MAX, hint)?;
        Some(Spanned::new(value.replace('\t', " "), node.span))
    }

    /// Reads what stands at the top and foot of each page: `OFFICIAL`.
    pub fn marking(&mut self, node: &Node, path: &str) -> Option<String> {
        let marking = self.string(node, path)?;
        let hint = "a marking is a word or two: `OFFICIAL`, `OFFICIAL-SENSITIVE`";
        self.fits(&marking.value, node, path, MARKING_LENGTH_MAX, hint)?;
        Some(marking.value)
    }

    /// Reports a text of more characters than there is room for.
    fn fits(&mut self, text: &str, node: &Node, path: &str, most: usize, hint: &str) -> Option<()> {
        let length = text.chars().count();
        if length > most {
            self.report(
                Diagnostic::new(codes::BAD_VALUE, format!("{} has {length} characters", named(path)))
                    .at(node.span, format!("{most} at most"))
                    .field(path)
                    .hint(hint),
            );
            return None;
        }
        Some(())
    }

    /// Reads the name of a file: a comment may follow it.
    pub fn file(&mut self, node: &Node, path: &str) -> Option<Spanned<String>> {
        let (text, _) = self.scalar(node, path, "a file's name")?;
        self.allowed(text, path)?;
        Some(Spanned::new(text.value.trim().to_owned(), node.span))
    }

    /// Reads Markdown: narrative in any length.
    pub fn prose(&mut self, node: &Node, path: &str) -> Option<Text> {
        let (text, style) = self.scalar(node, path, "a text")?;
        self.whole(node, text, style, path)?;
        self.allowed(text, path)?;
        Some(text.clone())
    }

    /// Complains of a key whose only value is a word with `!` or `&` before it, which YAML takes for itself.
    fn swallowed(&mut self, key: &Key, path: &str) {
        let line = self.sources.source(key.span.source).text[key.span.end..].lines().next().unwrap_or_default();
        let value = line.trim_start_matches([':', ' ']);
        if value.starts_with(['!', '&']) {
            let word = value.split([' ', ',', '}', ']']).next().unwrap_or_default();
            let start = key.span.end + line.len() - value.len();
            self.lost(Span::new(key.span.source, start..start + word.len()), path);
        }
    }

    fn lost(&mut self, word: Span, path: &str) {
        let written = self.sources.slice(word).to_owned();
        let what = if written.starts_with('&') { "a name for what follows" } else { "the type of what follows" };
        self.report(
            Diagnostic::new(codes::CUT_SHORT, format!("{} would lose `{written}`", named(path)))
                .at(word, format!("YAML takes this for {what}"))
                .field(path)
                .hint("put `|` after the key and the text on the next line, indented, or put the text in quotes"),
        );
    }

    /// Complains of a plain text that YAML cut short: at a `#`, for a comment, or after a first word with `&` or `!`.
    fn whole(&mut self, node: &Node, text: &Text, style: ScalarStyle, path: &str) -> Option<()> {
        if style != ScalarStyle::Plain {
            return Some(());
        }
        let source = &self.sources.source(node.span.source).text;
        let before = source[..node.span.start].trim_end();
        let word = before.rsplit([' ', '\n', ',', '[', '{']).next().unwrap_or_default();
        if word.starts_with(['&', '!']) {
            self.lost(Span::new(node.span.source, before.len() - word.len()..before.len()), path);
            return None;
        }
        let rest = source[node.span.end..].lines().next().unwrap_or_default();
        let lost = rest.trim_start();
        if rest.len() == lost.len() || !lost.starts_with('#') {
            return Some(());
        }
        let start = node.span.end + rest.len() - lost.len();
        let span = Span::new(node.span.source, start..start + lost.trim_end().len());
        self.report(
            Diagnostic::new(codes::CUT_SHORT, format!("{} is cut short at `#`", named(path)))
                .at(span, "YAML takes this for a comment")
                .at(node.span, "all that is left of the text")
                .field(path)
                .note(format!("what is read: {:?}", shortened(&text.value)))
                .hint("put `|` after the key and the text on the next line, indented; if it is a comment, put it on a line of its own"),
        );
        None
    }

    /// Refuses characters that no paper can print, and those that templates use for themselves.
    fn allowed(&mut self, text: &Text, path: &str) -> Option<()> {
        if text.value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
            return Some(()); // as most texts are
        }
        let Some((at, c)) = text.value.char_indices().find(|&(_, c)| is_forbidden(c)) else { return Some(()) };
        let place = text.span_of(at..at + c.len_utf8());
        self.report(forbidden(c, &named(path)).at(place, "it cannot be printed, or would hide text").field(path));
        None
    }

    /// Reads anything that is written as a word: an id, a date, a keyword. `code` is given for what its grammar refuses.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, node: &Node, path: &str, code: Code) -> Option<Spanned<T>> {
        let (text, _) = self.scalar(node, path, "a text")?;
        let written = text.value.trim();
        match written.parse() {
            Ok(value) => Some(Spanned::new(value, node.span)),
            Err(error) => {
                let diagnostic =
                    Diagnostic::new(code, format!("`{}`: {error}", shortened(written))).at(node.span, "").field(path);
                let meant = if code == codes::BAD_DATE { year_first(written) } else { Some(as_id(written)) };
                let meant = meant.filter(|meant| code != codes::BAD_VALUE && meant.parse::<T>().is_ok());
                self.report(match meant {
                    Some(meant) => diagnostic.hint(format!("did you mean `{meant}`?")),
                    None => diagnostic,
                });
                None
            }
        }
    }

    pub fn id<T: FromStr<Err: Display>>(&mut self, node: &Node, path: &str) -> Option<Spanned<T>> {
        self.parsed(node, path, codes::BAD_ID)
    }

    /// Reads the id that a key of a mapping is.
    pub fn key_id<T: FromStr<Err: Display>>(&mut self, key: &Key, path: &str) -> Option<Spanned<T>> {
        match key.name.parse() {
            Ok(id) => Some(Spanned::new(id, key.span)),
            Err(error) => {
                let message = format!("`{}`: {error}", shortened(&key.name));
                self.report(Diagnostic::new(codes::BAD_ID, message).at(key.span, "").field(path));
                None
            }
        }
    }

    /// Reads the id that a file or a folder has by its name.
    pub fn id_of_name<T: FromStr<Err: Display>>(&mut self, name: &str, what: &str, node: &Node) -> Option<Spanned<T>> {
        match name.parse() {
            Ok(id) => Some(Spanned::new(id, node.span.before())),
            Err(error) => {
                let message = format!("the name `{name}` is the {what}'s id: {error}");
                self.report(Diagnostic::new(codes::BAD_ID, message).at(node.span.before(), ""));
                None
            }
        }
    }

    pub fn date<T: FromStr<Err: Display>>(&mut self, node: &Node, path: &str) -> Option<Spanned<T>> {
        self.parsed(node, path, codes::BAD_DATE)
    }

    pub fn value<T: FromStr<Err: Display>>(&mut self, node: &Node, path: &str) -> Option<Spanned<T>> {
        self.parsed(node, path, codes::BAD_VALUE)
    }

    pub fn flag(&mut self, node: &Node, path: &str) -> Option<bool> {
        self.choice(node, path, &[("true", true), ("false", false)])
    }

    /// Reads a count: a whole number from 0.
    pub fn count(&mut self, node: &Node, path: &str) -> Option<Spanned<u32>> {
        let (text, _) = self.scalar(node, path, "a whole number")?;
        match text.value.trim().parse() {
            Ok(value) => Some(Spanned::new(value, node.span)),
            Err(_) => {
                self.report(
                    Diagnostic::new(codes::WRONG_TYPE, format!("`{}` is not a whole number", shortened(&text.value)))
                        .at(node.span, "a whole number, 0 or more, is wanted")
                        .field(path)
                        .hint("write it in digits, with nothing before or after"),
                );
                None
            }
        }
    }

    /// Reads one of a few words.
    pub fn choice<T: Copy>(&mut self, node: &Node, path: &str, choices: &[(&str, T)]) -> Option<T> {
        let (text, _) = self.scalar(node, path, "a word")?;
        let written = text.value.trim();
        if let Some(&(_, value)) = choices.iter().find(|(name, _)| *name == written) {
            return Some(value);
        }
        let names = choices.iter().map(|(name, _)| *name);
        self.report(
            Diagnostic::new(codes::BAD_VALUE, format!("{} cannot be `{}`", named(path), shortened(written)))
                .at(node.span, "")
                .field(path)
                .did_you_mean(written, names.clone())
                .hint(format!("it can be {}", either(names))),
        );
        None
    }
}

/// Characters that no paper can print, that would hide text, or that templates use for themselves.
pub(super) fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{7f}'..='\u{9f}')
        || (c < ' ' && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn forbidden(c: char, what: &str) -> Diagnostic {
    Diagnostic::new(codes::FORBIDDEN_CHARACTER, format!("{what} holds the character U+{:04X}", c as u32))
        .hint("delete it; it often comes along when text is pasted")
}

/// The fields of one mapping. Each is asked for by name; [`Fields::finish`] complains of the rest.
pub(super) struct Fields<'n> {
    pub span: Span,
    path: String,
    entries: Vec<(&'n Key, &'n Node)>,
    known: BTreeSet<&'static str>,
    /// Those that must be there and are still to be written, which is said.
    required: BTreeSet<&'static str>,
}

impl<'n> Fields<'n> {
    pub fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// The node of a field; a null one, and one that is still to be written, is as good as absent.
    pub fn node(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.insert(name);
        let is_absent = |value: &Node| matches!(value.kind, NodeKind::Null) || value.to_write().is_some();
        self.entries.iter().find(|(key, value)| key.name == name && !is_absent(value)).map(|(_, value)| *value)
    }

    /// The place of a field's text that says that it is still to be written.
    pub fn to_write(&self, name: &str) -> Option<Span> {
        self.entries.iter().find(|(key, _)| key.name == name)?.1.to_write()
    }

    /// The place of a field's key, where the key is there.
    pub fn key_span(&self, name: &str) -> Option<Span> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(key, _)| key.span)
    }

    pub fn optional<'a, T>(&mut self, decoder: &mut Decoder<'a>, name: &'static str, read: Read<'a, T>) -> Option<T> {
        let node = self.node(name)?;
        read(decoder, node, &self.path(name))
    }

    pub fn required<'a, T>(&mut self, decoder: &mut Decoder<'a>, name: &'static str, read: Read<'a, T>) -> Option<T> {
        match self.node(name) {
            Some(node) => read(decoder, node, &self.path(name)),
            None => {
                if let Some(place) = self.to_write(name) {
                    // Without it nothing can be made, not even a draft; an item of a list is left out of one.
                    let is_paper = self.path.strip_prefix("papers[").is_some_and(|rest| !rest.contains('.'));
                    let is_item = self.path.contains('[') && !self.path.starts_with('[') && !is_paper;
                    let code = if is_item { codes::TO_WRITE } else { codes::MISSING_KEY };
                    decoder.report(to_write(code, place, &self.path(name)));
                    self.required.insert(name);
                    return None;
                }
                let place = match self.key_span(name) {
                    Some(key) => Diagnostic::new(codes::MISSING_KEY, format!("the key `{name}` is empty"))
                        .at(key, "nothing follows"),
                    None => Diagnostic::new(codes::MISSING_KEY, format!("the key `{name}` is missing"))
                        .at(self.first_line(decoder), format!("`{name}` is wanted here")),
                };
                let diagnostic = place.field(self.path(name)).hint(format!("add `{name}: …`"));
                decoder.report(diagnostic);
                None
            }
        }
    }

    pub fn list<'a, T>(&mut self, decoder: &mut Decoder<'a>, name: &'static str, read: Read<'a, T>) -> Vec<T> {
        match self.node(name) {
            Some(node) => decoder.list(node, &self.path(name), read).unwrap_or_default(),
            None => Vec::new(),
        }
    }

    pub fn one_or_list<'a, T>(&mut self, decoder: &mut Decoder<'a>, name: &'static str, read: Read<'a, T>) -> Vec<T> {
        match self.node(name) {
            Some(node) => decoder.one_or_list(node, &self.path(name), read).unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// Complains of every key that was not asked for.
    pub fn finish(self, decoder: &mut Decoder<'_>) {
        let mut previous: Option<&Node> = None;
        let mut in_pieces = false;
        for (key, value) in &self.entries {
            let place = value.to_write().filter(|_| !self.required.contains(key.name.as_str()));
            if let Some(place) = place.filter(|_| self.known.contains(key.name.as_str())) {
                decoder.report(to_write(codes::TO_WRITE, place, &join(&self.path, &key.name)));
            }
            let is_piece = matches!(value.kind, NodeKind::Null);
            in_pieces &= is_piece;
            if !self.known.contains(key.name.as_str()) {
                let diagnostic = match previous {
                    // The next piece of the same text.
                    _ if in_pieces => continue,
                    Some(before) if is_piece && splits(decoder.sources, before, key) => {
                        in_pieces = true;
                        Diagnostic::new(codes::CUT_SHORT, "a comma cuts this text short")
                            .at(key.span, "YAML takes this for a key of its own")
                            .at(before.span, "all that is left of the text")
                            .field(join(&self.path, &key.name))
                            .hint("put the text in quotes, or after `|` on a line of its own")
                    }
                    _ => Diagnostic::new(codes::UNKNOWN_KEY, format!("unknown key `{}`", key.name))
                        .at(key.span, "")
                        .field(join(&self.path, &key.name))
                        .did_you_mean(&key.name, self.known.iter().copied())
                        .note(format!("known here: {}", listed(self.known.iter().copied()))),
                };
                if let Some(name) = closest(&key.name, self.known.iter().copied()) {
                    self.withdraw_missing(decoder, name);
                }
                decoder.report(diagnostic);
            }
            previous = Some(value);
        }
    }

    /// Takes back that a key is missing: it is there, misspelt, and one mistake is told once.
    fn withdraw_missing(&self, decoder: &mut Decoder<'_>, name: &str) {
        let path = self.path(name);
        decoder.diagnostics.retain(|diagnostic| {
            diagnostic.code != codes::MISSING_KEY
                || diagnostic.field.as_ref() != Some(&path)
                || diagnostic.span().is_none_or(|span| span.source != self.span.source)
        });
    }

    /// The first line of the mapping: the place to point at for what is not there.
    fn first_line(&self, decoder: &Decoder<'_>) -> Span {
        let text = &decoder.sources.source(self.span.source).text;
        let line = text[self.span.start..self.span.end].lines().next().unwrap_or_default();
        Span { end: self.span.start + line.len(), ..self.span }
    }
}

/// What is said of a text that starts with `TODO`.
pub(super) fn to_write(code: Code, place: Span, path: &str) -> Diagnostic {
    let or_not = if code == codes::TO_WRITE { ", or take it away with its key" } else { "" };
    Diagnostic::new(code, format!("{} is still to be written", named(path)))
        .at(place, "")
        .field(path)
        .hint(format!("write it in the place of `TODO` and of what follows it{or_not}"))
}

/// Whether a comma, and no line break, stands between a plain text and what follows it.
fn splits(sources: &Sources, before: &Node, key: &Key) -> bool {
    let NodeKind::Scalar(scalar) = &before.kind else { return false };
    scalar.style == ScalarStyle::Plain
        && before.span.source == key.span.source
        && before.span.end <= key.span.start
        && sources.slice(Span { start: before.span.end, end: key.span.start, ..key.span }).trim() == ","
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The field itself, without what it lies in: `findings[0].kind` is "`kind`".
fn named(path: &str) -> String {
    field_in_words(path).pop().unwrap_or_else(|| "the file".to_owned())
}

/// What was written as an id could be: `F/2020 1` becomes `F-2020-1`.
pub(super) fn as_id(written: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let words = written.split(|c| !allowed(c)).map(|word| word.trim_matches('-')).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A date written day first, as people do, in the order that dates are read in: `31/12/2020` becomes `2020-12-31`.
fn year_first(written: &str) -> Option<String> {
    let parts: Vec<&str> = written.split(['/', '.', '-', ' ']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let day: u8 = day.trim_end_matches(char::is_alphabetic).parse().ok()?;
    let month = match month.parse::<usize>() {
        Ok(month) => month,
        Err(_) => 1 + MONTHS.iter().position(|name| month.to_lowercase().starts_with(name))?,
    };
    let year: u16 = year.parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// The first words of a text, for a message.
pub(super) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}
