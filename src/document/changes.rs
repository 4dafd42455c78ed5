//! Two texts → the new one with what changed since the old one marked, word by word.
//!
//! A word is a run without white space; punctuation at its edges counts by itself, so `plan` and `plan.` differ by the
//! stop only. White space, numbers of paragraphs and where a text came from never count as changes.
//! **Invariant:** taking every change away gives the words of the new text, and undoing every change those of the old
//! one. The same two texts give the same marks: no step depends on the time it takes, each is bounded instead.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::mem::{Discriminant, discriminant, take};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Block, BlockKind, Change, Chart, Inline, InlineKind, List, Table};
use crate::source::Span;

/// How alike, in percent, two texts must be to be compared inside; others are one deleted and one inserted.
const ALIKE_MIN: u32 = 50;

/// The same for lists, quotes and tables, whose parts find their own counterparts.
const ALIKE_MIN_CONTAINER: u32 = 25;

/// How alike two things with one name are at least: tables with one head, rows with one first cell.
const ALIKE_NAMED: u32 = 75;

/// The most pairs that are compared with each other at once; a longer stretch is cut in half before.
const PAIRS_MAX: usize = 40_000;

/// Returns the new text with its changes marked as [`InlineKind::Changed`]; `new` as it is where nothing changed.
///
/// Blocks of one kind that are alike are compared inside: lines by words, lists by items, tables with the same columns
/// by rows and then cell by cell. What has no words that could be marked in place is shown whole:
///
/// - a deleted heading is a paragraph, so that the headings are those of the new text, and what is deleted has no number;
/// - a deleted picture or chart is a paragraph of its alternative text, an inserted one has a marked caption, or else
///   its alternative text as one;
/// - code that changed is a paragraph of marked lines; rules, slots and line breaks are never marked;
/// - what only moved among its neighbours stands once, at its new place: a list's items, a quote and a table say so at
///   their first words.
///
/// Marks that `old` or `new` already bear are taken as accepted.
pub fn blocks(old: &[Block], new: &[Block]) -> Vec<Block> {
    let steps = align(&parts(old), &parts(new));
    let marked = steps.into_iter().flat_map(|step| match step {
        Step::Same(n) => vec![new[n].clone()],
        Step::Pair(o, n) => inside(&old[o], &new[n]),
        Step::Moved(n) => whole(&new[n], Change::Moved),
        Step::Inserted(n) => whole(&new[n], Change::Inserted),
        Step::Deleted(o) => whole(&old[o], Change::Deleted),
    });
    marked.collect()
}

/// Returns a new line of text with its changes marked; `new` as it is where no word changed.
///
/// White space stands beside a mark, never at its edges.
pub fn lines(old: &[Inline], new: &[Inline]) -> Vec<Inline> {
    let (old, tokens_new) = (tokens(old), tokens(new));
    let keys = [&old, &tokens_new].map(|tokens| tokens.iter().map(|token| &token.key).collect::<Vec<_>>());
    if keys[0] == keys[1] {
        return new.to_vec();
    }
    let mut line = Line::default();
    for run in runs(&keys[0], &keys[1], |key| key.atom.length()) {
        if run.is_same {
            line.unmarked(&tokens_new[run.new]);
            continue;
        }
        let before = run.old.start.checked_sub(1).map(|before| !old[before].gap.is_empty());
        line.deleted(&old[run.old], before, !run.new.is_empty(), tokens_new.is_empty());
        line.marked(&tokens_new[run.new], Change::Inserted);
    }
    line.inlines
}

/// A stretch of one text, or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As the new text writes it.
    Same(&'a str),
    Inserted(&'a str),
    Deleted(&'a str),
}

/// Returns both texts as one: what they share and, at each change, what is deleted before what is inserted.
///
/// What is the same or inserted is, put together, the new text. A word takes the white space behind it along.
pub fn words<'a>(old: &'a str, new: &'a str) -> Vec<Piece<'a>> {
    let (words_old, words_new) = (split(old), split(new));
    let keys = [(old, &words_old), (new, &words_new)]
        .map(|(text, words)| words.iter().map(|word| &text[word.word.clone()]).collect::<Vec<_>>());
    let slice = |text: &'a str, words: &[Word]| match words {
        [] => "",
        [first, ..] => &text[first.start..words[words.len() - 1].end],
    };
    let mut pieces = Vec::new();
    for run in runs(&keys[0], &keys[1], |word| word.chars().count()) {
        let (was, is) = (&words_old[run.old.clone()], slice(new, &words_new[run.new.clone()]));
        if run.is_same {
            pieces.push(Piece::Same(is));
            continue;
        }
        if !was.is_empty() {
            let mut was = slice(old, was);
            // The space before it, where the new text ends without one.
            if let (Some(o), Some(n)) = (run.old.start.checked_sub(1), run.new.start.checked_sub(1))
                && words_new[n].word.end == words_new[n].end
            {
                was = &old[words_old[o].word.end..words_old[run.old.end - 1].end];
            }
            pieces.push(Piece::Deleted(was));
        }
        if !is.is_empty() {
            pieces.push(Piece::Inserted(is));
        }
    }
    if words_new.is_empty() && !new.is_empty() {
        pieces.push(Piece::Same(new));
    }
    pieces
}

/// Returns how alike two texts are, from 0 to 100: twice the words that both have, in percent of all words of both,
/// rounded down; 100 where neither has any.
///
/// A word counts as often as it stands in both, wherever it stands; case and the punctuation around it do not count.
pub fn likeness(a: &str, b: &str) -> u32 {
    common_share(&bag(a), &bag(b))
}

/// Returns a text's words in small letters, in their order as words.
fn bag(text: &str) -> Vec<String> {
    let words = split(text).into_iter().map(|word| &text[word.word]);
    let mut words: Vec<String> =
        words.filter(|word| !word.chars().all(is_punctuation)).map(str::to_lowercase).collect();
    words.sort_unstable();
    words
}

/// Returns twice the elements that two sorted lists share, in percent of all their elements.
fn common_share<T: Ord>(a: &[T], b: &[T]) -> u32 {
    let (mut at, mut other, mut common) = (0, 0, 0_usize);
    while at < a.len() && other < b.len() {
        match a[at].cmp(&b[other]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => other += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                at += 1;
                other += 1;
            }
        }
    }
    (200 * common).checked_div(a.len() + b.len()).map_or(100, |share| share as u32)
}

// ── words of a text ──

/// A word of a text: `word` without the white space around it; `start` is where the one before ends.
struct Word {
    start: usize,
    word: Range<usize>,
    end: usize,
}

/// Splits a text into its words, each with the white space behind it; the first takes also that before it.
fn split(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut push = |word: Range<usize>| {
        let start = words.last_mut().map_or(0, |last| {
            last.end = word.start;
            last.end
        });
        words.push(Word { start, end: word.end, word });
    };
    let mut at = 0;
    for run in text.split(char::is_whitespace) {
        let start = at;
        at += run.len();
        let inner = run.trim_matches(is_punctuation);
        let (from, to) = if inner.is_empty() {
            (run.len(), run.len())
        } else {
            let from = inner.as_ptr() as usize - run.as_ptr() as usize;
            (from, from + inner.len())
        };
        let single = |n: usize, c: char| start + n..start + n + c.len_utf8();
        run[..from].char_indices().for_each(|(n, c)| push(single(n, c)));
        if from < to {
            push(start + from..start + to);
        }
        run[to..].char_indices().for_each(|(n, c)| push(single(to + n, c)));
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    if let Some(last) = words.last_mut() {
        last.end = text.len();
    }
    words
}

/// Returns whether a character at the edge of a word is no part of it. Signs that belong to a number are: `£5`, `67%`.
fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '…' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | '\'' | '/' | '–' | '—'
    ) || ('\u{2018}'..='\u{201f}').contains(&c)
}

// ── what two sequences share ──

/// A stretch of two sequences: the same in both, or in one place different.
struct Run {
    old: Range<usize>,
    new: Range<usize>,
    is_same: bool,
}

/// Cuts two sequences into what is the same and what changed.
///
/// Little that is the same between two longer changes counts as changed: phrases are easier to read than single words.
fn runs<K: Ord + Hash>(old: &[K], new: &[K], length: impl Fn(&K) -> usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut o, mut n) = (0, 0);
    let end = std::iter::once((old.len(), new.len()));
    for (to_old, to_new) in common(old, new).into_iter().chain(end) {
        if (o, n) != (to_old, to_new) {
            runs.push(Run { old: o..to_old, new: n..to_new, is_same: false });
        }
        (o, n) = (to_old + 1, to_new + 1);
        if to_old == old.len() {
            break;
        }
        match runs.last_mut() {
            Some(last) if last.is_same => (last.old.end, last.new.end) = (o, n),
            _ => runs.push(Run { old: to_old..o, new: to_new..n, is_same: true }),
        }
    }
    let sizes = |keys: &[K]| keys.iter().map(&length).sum::<usize>();
    let size = |run: &Run| sizes(&old[run.old.clone()]).max(sizes(&new[run.new.clone()]));
    let mut joined: Vec<Run> = Vec::new();
    // The size of the last of `joined`, measured once.
    let mut before = 0;
    for run in runs {
        let own = size(&run);
        if let [.., change, same] = joined.as_slice()
            && !run.is_same
            && same.is_same
            && !change.is_same
            && 2 * size(same) <= before.min(own)
        {
            before += size(same) + own;
            joined.pop();
            let change = joined.last_mut().expect("two runs were there");
            (change.old.end, change.new.end) = (run.old.end, run.new.end);
            continue;
        }
        if !run.is_same {
            before = own;
        }
        joined.push(run);
    }
    joined
}

/// Returns the places of what two sequences have in common, in order.
///
/// Which of several equally good answers is found depends on which sequence comes first, so they are put in order:
/// the way back then has the same answer.
fn common<K: Ord + Hash>(old: &[K], new: &[K]) -> Vec<(usize, usize)> {
    if old > new {
        return common(new, old).into_iter().map(|(new, old)| (old, new)).collect();
    }
    let mut ids = HashMap::new();
    let [old, new] = [old, new].map(|keys| numbers(keys, &mut ids));
    let mut places = Vec::new();
    // Bounded as Git's is: where the search grows costly, a good answer is taken for the best.
    for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = operation {
            places.extend((0..len).map(|n| (old_index + n, new_index + n)));
        }
    }
    places
}

/// Returns a number for each key, the same for equal ones.
fn numbers<'a, K: Eq + Hash>(keys: &'a [K], ids: &mut HashMap<&'a K, u32>) -> Vec<u32> {
    let number = |key| {
        let next = ids.len() as u32;
        *ids.entry(key).or_insert(next)
    };
    keys.iter().map(number).collect()
}

// ── lines ──

/// Markup around a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Markup {
    Emphasis,
    Strong,
    Strikethrough,
    Link(String),
}

/// What stands in a line and cannot be divided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Atom {
    Word(String),
    Code(String),
    Image {
        file: String,
        alt: String,
    },
    Break,
    Badge {
        text: String,
        tone: u8,
    },
    /// What the note's blocks say, as [`describe`] puts it.
    Footnote(String),
    Slot(u32),
}

impl Atom {
    fn length(&self) -> usize {
        match self {
            Atom::Word(text) | Atom::Code(text) | Atom::Badge { text, .. } | Atom::Image { alt: text, .. } => {
                text.chars().count()
            }
            Atom::Break | Atom::Footnote(_) | Atom::Slot(_) => 4,
        }
    }
}

/// All that counts when two words are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    around: Vec<Markup>,
    atom: Atom,
}

/// A word or the like, and the white space behind it; a line feed stands for a soft break.
struct Token<'a> {
    key: Key,
    /// Which markup it stands in, outermost first: two links to one address are two.
    nodes: Vec<usize>,
    inline: &'a Inline,
    gap: String,
}

/// Returns a line's words, each with the markup around it.
fn tokens(inlines: &[Inline]) -> Vec<Token<'_>> {
    let mut reader = Reader::default();
    reader.read(inlines);
    reader.tokens
}

#[derive(Default)]
struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    around: Vec<Markup>,
    nodes: Vec<usize>,
    nodes_count: usize,
}

impl<'a> Reader<'a> {
    fn read(&mut self, inlines: &'a [Inline]) {
        let mut rest = inlines.iter().peekable();
        while let Some(inline) = rest.next() {
            match &inline.kind {
                InlineKind::Text(text) => {
                    let mut text = text.clone();
                    while let Some(Inline { kind: InlineKind::Text(more), .. }) = rest.peek() {
                        text.push_str(more);
                        rest.next();
                    }
                    self.text(&text, inline);
                }
                InlineKind::SoftBreak => self.gap("\n"),
                InlineKind::Emphasis(body) => self.inside(Markup::Emphasis, body),
                InlineKind::Strong(body) => self.inside(Markup::Strong, body),
                InlineKind::Strikethrough(body) => self.inside(Markup::Strikethrough, body),
                InlineKind::Link { url, body } => self.inside(Markup::Link(url.clone()), body),
                InlineKind::Changed { change: Change::Deleted, .. } => {}
                InlineKind::Changed { body, .. } => self.read(body),
                InlineKind::Code(text) => self.push(Atom::Code(text.clone()), inline),
                InlineKind::Image { file, alt } => {
                    self.push(Atom::Image { file: file.clone(), alt: alt.clone() }, inline);
                }
                InlineKind::Break => self.push(Atom::Break, inline),
                InlineKind::Badge(badge) => {
                    self.push(Atom::Badge { text: badge.text.clone(), tone: badge.tone as u8 }, inline);
                }
                InlineKind::Footnote(blocks) => self.push(Atom::Footnote(describe(blocks)), inline),
                InlineKind::Slot(n) => self.push(Atom::Slot(*n), inline),
            }
        }
    }

    fn inside(&mut self, markup: Markup, body: &'a [Inline]) {
        self.around.push(markup);
        self.nodes.push(self.nodes_count);
        self.nodes_count += 1;
        self.read(body);
        self.around.pop();
        self.nodes.pop();
    }

    fn text(&mut self, text: &str, inline: &'a Inline) {
        let words = split(text);
        self.gap(&text[..words.first().map_or(text.len(), |first| first.word.start)]);
        for word in words {
            self.push(Atom::Word(text[word.word.clone()].to_owned()), inline);
            self.gap(&text[word.word.end..word.end]);
        }
    }

    fn push(&mut self, atom: Atom, inline: &'a Inline) {
        let key = Key { around: self.around.clone(), atom };
        self.tokens.push(Token { key, nodes: self.nodes.clone(), inline, gap: String::new() });
    }

    fn gap(&mut self, gap: &str) {
        if let Some(last) = self.tokens.last_mut() {
            last.gap.push_str(gap);
        }
    }
}

/// A line with marks that is being written.
#[derive(Default)]
struct Line {
    inlines: Vec<Inline>,
    /// The white space to be written before the next word.
    gap: String,
}

impl Line {
    fn unmarked(&mut self, tokens: &[Token<'_>]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        self.space(first.inline.span);
        for inline in nested(tokens, 0, None) {
            push(inline, &mut self.inlines);
        }
        self.gap.clone_from(&last.gap);
    }

    /// Appends words that all changed in one way; line breaks among them stay outside the marks.
    fn marked(&mut self, tokens: &[Token<'_>], change: Change) {
        for part in tokens.chunk_by(|a, b| (a.key.atom == Atom::Break) == (b.key.atom == Atom::Break)) {
            if part[0].key.atom == Atom::Break {
                self.unmarked(part);
                continue;
            }
            let span = part[0].inline.span;
            self.space(span);
            let body = nested(part, 0, Some(change));
            self.inlines.push(Inline { span, kind: InlineKind::Changed { change, body } });
            self.gap.clone_from(&part[part.len() - 1].gap);
        }
    }

    /// Appends deleted words. `was_apart` says whether white space stood before them, `None` at the line's start;
    /// `is_replaced` whether other words follow in their place; `is_all` whether nothing is left of the line.
    fn deleted(&mut self, tokens: &[Token<'_>], was_apart: Option<bool>, is_replaced: bool, is_all: bool) {
        if is_all {
            return self.marked(tokens, Change::Deleted);
        }
        let parts: Vec<&[Token<'_>]> =
            tokens.split(|token| token.key.atom == Atom::Break).filter(|part| !part.is_empty()).collect();
        let Some(last) = parts.last().and_then(|part| part.last()) else {
            // Without the line break the words on both sides of it stay apart.
            if !tokens.is_empty() && self.gap.is_empty() && !self.inlines.is_empty() && is_replaced {
                " ".clone_into(&mut self.gap);
            }
            return;
        };
        // `a, b` → `a b`: the stop goes, and the space behind `a` stays, behind the stop.
        let held = if was_apart == Some(false) { take(&mut self.gap) } else { String::new() };
        if was_apart == Some(true) && self.gap.is_empty() {
            " ".clone_into(&mut self.gap);
        }
        for part in &parts {
            self.marked(part, Change::Deleted);
            " ".clone_into(&mut self.gap);
        }
        self.gap = match held {
            held if !held.is_empty() => held,
            _ if is_replaced || !last.gap.is_empty() => " ".to_owned(),
            held => held,
        };
    }

    /// Writes the white space that is due, unless the line has not begun.
    fn space(&mut self, span: Span) {
        let gap = take(&mut self.gap);
        if !self.inlines.is_empty() {
            push_gap(&gap, span, &mut self.inlines);
        }
    }
}

/// Returns tokens as inlines again, from the markup of this depth inwards, without the white space behind the last.
///
/// What stands in the footnotes of marked words is marked too.
fn nested(tokens: &[Token<'_>], depth: usize, change: Option<Change>) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for part in tokens.chunk_by(|a, b| a.nodes.get(depth).is_some() && a.nodes.get(depth) == b.nodes.get(depth)) {
        let first = &part[0];
        let span = first.inline.span;
        let kind = match (first.key.around.get(depth), &first.key.atom, &first.inline.kind) {
            (Some(markup), ..) => {
                let body = nested(part, depth + 1, change);
                match markup {
                    Markup::Emphasis => InlineKind::Emphasis(body),
                    Markup::Strong => InlineKind::Strong(body),
                    Markup::Strikethrough => InlineKind::Strikethrough(body),
                    Markup::Link(url) => InlineKind::Link { url: url.clone(), body },
                }
            }
            (None, Atom::Word(word), _) => InlineKind::Text(word.clone()),
            (None, _, InlineKind::Footnote(blocks)) => InlineKind::Footnote(match change {
                Some(change @ (Change::Inserted | Change::Deleted)) => {
                    blocks.iter().flat_map(|block| whole(block, change)).collect()
                }
                _ => blocks.clone(),
            }),
            (None, _, kind) => kind.clone(),
        };
        push(Inline { span, kind }, &mut inlines);
        let last = &part[part.len() - 1];
        if !std::ptr::eq(last, &raw const tokens[tokens.len() - 1]) {
            push_gap(&last.gap, span, &mut inlines);
        }
    }
    inlines
}

/// Appends an inline; text goes to the text before it.
fn push(inline: Inline, inlines: &mut Vec<Inline>) {
    match (inlines.last_mut(), inline) {
        (Some(Inline { kind: InlineKind::Text(before), .. }), Inline { kind: InlineKind::Text(text), .. }) => {
            before.push_str(&text);
        }
        (_, inline) => inlines.push(inline),
    }
}

fn push_gap(gap: &str, span: Span, inlines: &mut Vec<Inline>) {
    if gap.contains('\n') {
        inlines.push(Inline { span, kind: InlineKind::SoftBreak });
    } else if !gap.is_empty() {
        push(Inline { span, kind: InlineKind::Text(gap.to_owned()) }, inlines);
    }
}

// ── which parts belong together ──

/// A block, an item or a row, as it is compared with others.
struct Part {
    /// All that it says; equal for parts in which nothing changed.
    key: String,
    /// Its words in their order as words.
    bag: Vec<String>,
    /// Parts of different kinds are never compared inside.
    kind: Option<Discriminant<BlockKind>>,
    /// What makes two parts of one name more alike than their words.
    name: Option<String>,
    alike_min: u32,
}

fn parts(blocks: &[Block]) -> Vec<Part> {
    let part = |block: &Block| {
        let one = std::slice::from_ref(block);
        let (name, alike_min) = match &block.kind {
            BlockKind::Table(table) => (Some(describe_cells(&table.head)), ALIKE_MIN_CONTAINER),
            BlockKind::List(_) | BlockKind::Quote(_) => (None, ALIKE_MIN_CONTAINER),
            BlockKind::Image { file, .. } => (Some(file.clone()), ALIKE_MIN),
            BlockKind::Chart(chart) => (Some(chart.name.clone()), ALIKE_MIN),
            _ => (None, ALIKE_MIN),
        };
        let kind = Some(discriminant(&block.kind));
        Part { key: describe(one), bag: bag(&text_of(one)), kind, name, alike_min }
    };
    blocks.iter().map(part).collect()
}

fn item_parts(items: &[Vec<Block>]) -> Vec<Part> {
    let part = |item: &Vec<Block>| Part {
        key: describe(item),
        bag: bag(&text_of(item)),
        kind: None,
        name: None,
        alike_min: ALIKE_MIN,
    };
    items.iter().map(part).collect()
}

fn row_parts(rows: &[Vec<Vec<Inline>>]) -> Vec<Part> {
    let part = |row: &Vec<Vec<Inline>>| {
        let mut text = String::new();
        row.iter().for_each(|cell| text_of_line(cell, &mut text));
        let first = row.first().map(|cell| describe_cells(std::slice::from_ref(cell)));
        let name = first.filter(|_| row.first().is_some_and(|cell| !tokens(cell).is_empty()));
        Part { key: describe_cells(row), bag: bag(&text), kind: None, name, alike_min: ALIKE_MIN }
    };
    rows.iter().map(part).collect()
}

/// One part of the marked text, in its order, by its place in the old or the new text.
enum Step {
    /// Nothing changed; as the new text has it.
    Same(usize),
    /// To be compared inside: old, new.
    Pair(usize, usize),
    Moved(usize),
    Inserted(usize),
    Deleted(usize),
}

fn align(old: &[Part], new: &[Part]) -> Vec<Step> {
    let keys = [old, new].map(|parts| parts.iter().map(|part| &part.key).collect::<Vec<_>>());
    // As in `common`: the way back has the same answer.
    let (pairs, moved) = if keys[0] > keys[1] {
        let (pairs, moved) = counterparts(new, &keys[1], old, &keys[0]);
        let back = |places: Vec<(usize, usize)>| places.into_iter().map(|(new, old)| (old, new)).collect::<Vec<_>>();
        (back(pairs), back(moved))
    } else {
        counterparts(old, &keys[0], new, &keys[1])
    };
    let (moved_old, moved_new): (BTreeSet<usize>, BTreeSet<usize>) = moved.into_iter().unzip();
    let mut steps = Vec::new();
    let (mut o, mut n) = (0, 0);
    for (to_old, to_new) in pairs.into_iter().chain([(old.len(), new.len())]) {
        steps.extend((o..to_old).filter(|o| !moved_old.contains(o)).map(Step::Deleted));
        steps.extend((n..to_new).map(|n| if moved_new.contains(&n) { Step::Moved(n) } else { Step::Inserted(n) }));
        if to_old < old.len() {
            let is_same = keys[0][to_old] == keys[1][to_new];
            steps.push(if is_same { Step::Same(to_new) } else { Step::Pair(to_old, to_new) });
        }
        (o, n) = (to_old + 1, to_new + 1);
    }
    steps
}

/// Returns the places of parts that belong together, in order, and of those that are the same but moved.
#[expect(clippy::type_complexity, reason = "two lists of places")]
fn counterparts(
    old: &[Part],
    keys_old: &[&String],
    new: &[Part],
    keys_new: &[&String],
) -> (Vec<(usize, usize)>, Vec<(usize, usize)>) {
    let same = in_place(old, keys_old, new, keys_new);
    let (placed_old, placed_new): (BTreeSet<usize>, BTreeSet<usize>) = same.iter().copied().unzip();
    let mut waiting: HashMap<&String, Vec<usize>> = HashMap::new();
    for o in (0..old.len()).rev().filter(|o| !placed_old.contains(o) && !old[*o].bag.is_empty()) {
        waiting.entry(keys_old[o]).or_default().push(o);
    }
    let moved: Vec<(usize, usize)> = (0..new.len())
        .filter(|n| !placed_new.contains(n))
        .filter_map(|n| Some((waiting.get_mut(keys_new[n])?.pop()?, n)))
        .collect();
    let (moved_old, moved_new): (BTreeSet<usize>, BTreeSet<usize>) = moved.iter().copied().unzip();
    let mut ids = HashMap::new();
    let mut bags = |parts: &'_ [Part]| -> Vec<Vec<u32>> {
        let bag = |part: &Part| {
            let number = |word: &String| {
                let next = ids.len() as u32;
                *ids.entry(word.clone()).or_insert(next)
            };
            let mut bag: Vec<u32> = part.bag.iter().map(number).collect();
            bag.sort_unstable();
            bag
        };
        parts.iter().map(bag).collect()
    };
    let (bags_old, bags_new) = (bags(old), bags(new));
    let alike = |o: usize, n: usize| {
        let (a, b) = (&old[o], &new[n]);
        if a.kind != b.kind {
            return 0;
        }
        let share = common_share(&bags_old[o], &bags_new[n]);
        let share = if a.name.is_some() && a.name == b.name { share.max(ALIKE_NAMED) } else { share };
        if share < a.alike_min { 0 } else { share }
    };
    let mut pairs = Vec::new();
    let (mut o, mut n) = (0, 0);
    for (to_old, to_new) in same.into_iter().chain([(old.len(), new.len())]) {
        let left_old: Vec<usize> = (o..to_old).filter(|o| !moved_old.contains(o)).collect();
        let left_new: Vec<usize> = (n..to_new).filter(|n| !moved_new.contains(n)).collect();
        likest(&left_old, &left_new, &alike, &mut pairs);
        if to_old < old.len() {
            pairs.push((to_old, to_new));
        }
        (o, n) = (to_old + 1, to_new + 1);
    }
    (pairs, moved)
}

/// Returns the places of equal parts that kept their order: those with the most words, so that the least has moved.
fn in_place(old: &[Part], keys_old: &[&String], new: &[Part], keys_new: &[&String]) -> Vec<(usize, usize)> {
    if old.len() * new.len() > PAIRS_MAX {
        return common(keys_old, keys_new);
    }
    let mut ids = HashMap::new();
    let [ids_old, ids_new] = [keys_old, keys_new].map(|keys| numbers(keys, &mut ids));
    let weight = |o: usize, n: usize| if ids_old[o] == ids_new[n] { 1 + old[o].bag.len() as u32 } else { 0 };
    let [old, new] = [old.len(), new.len()].map(|length| (0..length).collect::<Vec<usize>>());
    let mut pairs = Vec::new();
    likest(&old, &new, &weight, &mut pairs);
    pairs
}

/// Appends the pairs that are together the most alike, in order.
fn likest(old: &[usize], new: &[usize], alike: &impl Fn(usize, usize) -> u32, pairs: &mut Vec<(usize, usize)>) {
    if old.is_empty() || new.is_empty() {
        return;
    }
    if old.len() * new.len() > PAIRS_MAX {
        let (old, new) = (old.split_at(old.len() / 2), new.split_at(new.len() / 2));
        likest(old.0, new.0, alike, pairs);
        likest(old.1, new.1, alike, pairs);
        return;
    }
    // best[o][n]: how alike what is left from there can be made.
    let mut best = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    let mut shares = vec![vec![0_u32; new.len()]; old.len()];
    for o in (0..old.len()).rev() {
        for n in (0..new.len()).rev() {
            let share = alike(old[o], new[n]);
            shares[o][n] = share;
            let paired = if share > 0 { best[o + 1][n + 1] + share } else { 0 };
            best[o][n] = paired.max(best[o + 1][n]).max(best[o][n + 1]);
        }
    }
    let (mut o, mut n) = (0, 0);
    while o < old.len() && n < new.len() {
        if shares[o][n] > 0 && best[o][n] == best[o + 1][n + 1] + shares[o][n] {
            pairs.push((old[o], new[n]));
            (o, n) = (o + 1, n + 1);
        } else if best[o][n] == best[o + 1][n] {
            o += 1;
        } else {
            n += 1;
        }
    }
}

/// Returns all that blocks say, without what never counts: equal for blocks in which nothing changed.
fn describe(blocks: &[Block]) -> String {
    let mut text = String::new();
    for Block { kind, .. } in blocks {
        text.push_str(&sized(&match kind {
            BlockKind::Paragraph { text, .. } => format!("paragraph {}", describe_line(text)),
            BlockKind::Heading { level, text, .. } => format!("heading {level} {}", describe_line(text)),
            BlockKind::List(list) => {
                let items: String = list.items.iter().map(|item| sized(&describe(item))).collect();
                format!("list {} {:?} {items}", list.start.is_some(), list.labels)
            }
            BlockKind::Quote(blocks) => format!("quote {}", describe(blocks)),
            BlockKind::Code { language, text } => format!("code {language:?} {text}"),
            BlockKind::Table(table) => {
                let rows: String = table.rows.iter().map(|row| sized(&describe_cells(row))).collect();
                let caption = sized(&describe_caption(&table.caption));
                format!("table {caption}{}{rows}", sized(&describe_cells(&table.head)))
            }
            BlockKind::Image { file, alt, caption } => format!("image {file:?} {alt:?} {}", describe_caption(caption)),
            BlockKind::Chart(chart) => format!("chart {} {}", describe_chart(chart), describe_caption(&chart.caption)),
            BlockKind::Rule => "rule".to_owned(),
            BlockKind::Slot(n) => format!("slot {n}"),
        }));
    }
    text
}

/// Returns a text after its length: so it cannot be taken for more or for less, however deep it stands in others.
fn sized(text: &str) -> String {
    format!("{}:{text}", text.len())
}

fn describe_line(line: &[Inline]) -> String {
    let mut text = String::new();
    for Token { key: Key { around, atom }, .. } in tokens(line) {
        // No word has white space, so what is no plain word starts with some.
        if !around.is_empty() {
            text.push_str(&format!("\n{around:?}"));
        }
        match &atom {
            Atom::Word(word) => text.push_str(word),
            Atom::Footnote(note) => text.push_str(&format!("\nfootnote {}", sized(note))),
            atom => text.push_str(&format!("\n{atom:?}")),
        }
        text.push(' ');
    }
    text
}

fn describe_cells(cells: &[Vec<Inline>]) -> String {
    cells.iter().map(|cell| sized(&describe_line(cell))).collect()
}

fn describe_caption(caption: &Option<Vec<Inline>>) -> String {
    describe_line(caption.as_deref().unwrap_or_default())
}

/// Returns all that a chart shows, without its caption.
fn describe_chart(chart: &Chart) -> String {
    format!("{:?} {:?} {:?}", chart.name, chart.alt, chart.data)
}

/// Returns the words of blocks, footnotes too.
fn text_of(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        match &block.kind {
            BlockKind::List(list) => list.items.iter().for_each(|item| text.push_str(&text_of(item))),
            BlockKind::Quote(blocks) => text.push_str(&text_of(blocks)),
            BlockKind::Code { text: code, .. } => text.push_str(code),
            BlockKind::Image { alt, .. } => text.push_str(alt),
            BlockKind::Chart(chart) => text.push_str(&chart.alt),
            _ => {}
        }
        text.push(' ');
        block.inlines().into_iter().for_each(|line| text_of_line(line, &mut text));
    }
    text
}

fn text_of_line(line: &[Inline], text: &mut String) {
    for token in tokens(line) {
        match (token.key.atom, &token.inline.kind) {
            (Atom::Word(word) | Atom::Code(word) | Atom::Badge { text: word, .. }, _) => text.push_str(&word),
            (Atom::Image { alt, .. }, _) => text.push_str(&alt),
            (_, InlineKind::Footnote(blocks)) => text.extend([" ", &text_of(blocks)]),
            _ => {}
        }
        text.push_str(if token.gap.is_empty() { "" } else { " " });
    }
    text.push(' ');
}

// ── blocks ──

/// Returns a block with what changed inside it marked, or both whole.
fn inside(old: &Block, new: &Block) -> Vec<Block> {
    let kind = match (&old.kind, &new.kind) {
        (BlockKind::Paragraph { text: was, .. }, BlockKind::Paragraph { number, text }) => {
            BlockKind::Paragraph { number: number.clone(), text: lines(was, text) }
        }
        (BlockKind::Heading { text: was, .. }, BlockKind::Heading { number, level, text }) => {
            BlockKind::Heading { number: number.clone(), level: *level, text: lines(was, text) }
        }
        (BlockKind::List(was), BlockKind::List(list)) => BlockKind::List(items(was, list)),
        (BlockKind::Quote(was), BlockKind::Quote(body)) => BlockKind::Quote(blocks(was, body)),
        (BlockKind::Table(was), BlockKind::Table(table)) if has_same_columns(was, table) => {
            BlockKind::Table(cells(was, table))
        }
        (
            BlockKind::Image { file: file_was, alt: alt_was, caption: was },
            BlockKind::Image { file, alt, caption: is },
        ) if (file_was, alt_was) == (file, alt) => {
            BlockKind::Image { file: file.clone(), alt: alt.clone(), caption: caption(was, is) }
        }
        (BlockKind::Chart(was), BlockKind::Chart(chart)) if describe_chart(was) == describe_chart(chart) => {
            let caption = caption(&was.caption, &chart.caption);
            BlockKind::Chart(Box::new(Chart { caption, ..Chart::clone(chart) }))
        }
        _ => return [whole(old, Change::Deleted), whole(new, Change::Inserted)].concat(),
    };
    vec![Block { span: new.span, kind }]
}

fn caption(old: &Option<Vec<Inline>>, new: &Option<Vec<Inline>>) -> Option<Vec<Inline>> {
    let caption = lines(old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
    (new.is_some() || !caption.is_empty()).then_some(caption)
}

/// Returns a list with its changes marked. Where an item of a numbered list is deleted, the numbers of the others
/// become labels, and it has an empty one.
fn items(old: &List, new: &List) -> List {
    let mut items = Vec::new();
    let mut labels = Vec::new();
    let mut has_deleted = false;
    let label = |n: usize| match (&new.labels, new.start) {
        (Some(labels), _) => labels.get(n).cloned().unwrap_or_default(),
        (None, Some(start)) => format!("{}.", start.saturating_add(n as u64)),
        (None, None) => String::new(),
    };
    for step in align(&item_parts(&old.items), &item_parts(&new.items)) {
        let (item, label) = match step {
            Step::Same(n) => (new.items[n].clone(), label(n)),
            Step::Pair(o, n) => (blocks(&old.items[o], &new.items[n]), label(n)),
            Step::Moved(n) => (first_moved(&new.items[n]), label(n)),
            Step::Inserted(n) => {
                (new.items[n].iter().flat_map(|block| whole(block, Change::Inserted)).collect(), label(n))
            }
            Step::Deleted(o) => {
                let item: Vec<Block> = old.items[o].iter().flat_map(|block| whole(block, Change::Deleted)).collect();
                if item.is_empty() {
                    continue;
                }
                has_deleted = true;
                (item, String::new())
            }
        };
        items.push(item);
        labels.push(label);
    }
    let is_labelled = new.labels.is_some() || has_deleted && new.start.is_some();
    List { items, labels: is_labelled.then_some(labels), ..new.clone() }
}

/// Returns whether two tables can be compared cell by cell: as many columns, half of them at least with one head.
fn has_same_columns(old: &Table, new: &Table) -> bool {
    let same = old.head.iter().zip(&new.head).filter(|(old, new)| describe_line(old) == describe_line(new)).count();
    old.columns.len() == new.columns.len() && 2 * same >= new.columns.len()
}

fn cells(old: &Table, new: &Table) -> Table {
    let row = |old: &[Vec<Inline>], new: &[Vec<Inline>]| -> Vec<Vec<Inline>> {
        let width = old.len().max(new.len());
        let cell = |row: &[Vec<Inline>], n: usize| row.get(n).cloned().unwrap_or_default();
        (0..width).map(|n| lines(&cell(old, n), &cell(new, n))).collect()
    };
    let rows = align(&row_parts(&old.rows), &row_parts(&new.rows)).into_iter().map(|step| match step {
        Step::Same(n) => new.rows[n].clone(),
        Step::Pair(o, n) => row(&old.rows[o], &new.rows[n]),
        Step::Moved(n) => {
            let mut cells = new.rows[n].clone();
            move_first(&mut cells);
            cells
        }
        Step::Inserted(n) => row(&[], &new.rows[n]),
        Step::Deleted(o) => row(&old.rows[o], &[]),
    });
    Table {
        rows: rows.collect(),
        caption: caption(&old.caption, &new.caption),
        head: row(&old.head, &new.head),
        ..new.clone()
    }
}

/// Marks the first cell that has words as moved.
fn move_first<'a>(cells: impl IntoIterator<Item = &'a mut Vec<Inline>>) {
    if let Some(cell) = cells.into_iter().find(|cell| !tokens(cell).is_empty()) {
        *cell = all(cell, Change::Moved);
    }
}

fn first_moved(blocks: &[Block]) -> Vec<Block> {
    let Some((first, rest)) = blocks.split_first() else { return Vec::new() };
    [whole(first, Change::Moved), rest.to_vec()].concat()
}

/// Returns a line with all its words marked.
fn all(line: &[Inline], change: Change) -> Vec<Inline> {
    let mut marked = Line::default();
    marked.marked(&tokens(line), change);
    marked.inlines
}

/// Returns a block with all of it marked; nothing for a deleted one that has no words.
fn whole(block: &Block, change: Change) -> Vec<Block> {
    let span = block.span;
    // A line without a word has nothing to mark, and stays what it is.
    let marked = |line: &[Inline]| Some(all(line, change)).filter(|it| !it.is_empty()).unwrap_or_else(|| line.to_vec());
    let text = |text: &str| Inline { span, kind: InlineKind::Text(text.to_owned()) };
    let paragraph = |text: Vec<Inline>| Block { span, kind: BlockKind::Paragraph { number: None, text } };
    let is_deleted = change == Change::Deleted;
    let pictured = |alt: &str, caption: &Option<Vec<Inline>>| match caption {
        Some(caption) if !caption.is_empty() => marked(caption),
        _ => marked(&[text(alt)]),
    };
    let kind = match &block.kind {
        BlockKind::Paragraph { number, text } => {
            BlockKind::Paragraph { number: number.clone().filter(|_| !is_deleted), text: marked(text) }
        }
        BlockKind::Heading { text, .. } if is_deleted => {
            let strong = Inline { span, kind: InlineKind::Strong(text.clone()) };
            return vec![paragraph(marked(&[strong]))];
        }
        BlockKind::Heading { number, level, text } => {
            BlockKind::Heading { number: number.clone(), level: *level, text: marked(text) }
        }
        BlockKind::List(list) => {
            let item = |item: &Vec<Block>| match change {
                Change::Moved => first_moved(item),
                _ => item.iter().flat_map(|block| whole(block, change)).collect(),
            };
            let items: Vec<Vec<Block>> = list.items.iter().map(item).collect();
            if items.iter().all(Vec::is_empty) {
                return Vec::new();
            }
            BlockKind::List(List { items, ..list.clone() })
        }
        BlockKind::Quote(blocks) if change == Change::Moved => BlockKind::Quote(first_moved(blocks)),
        BlockKind::Quote(blocks) => {
            let blocks: Vec<Block> = blocks.iter().flat_map(|block| whole(block, change)).collect();
            if blocks.is_empty() {
                return Vec::new();
            }
            BlockKind::Quote(blocks)
        }
        BlockKind::Code { text: code, .. } => {
            let mut text = Vec::new();
            for line in code.lines().filter(|line| !line.trim().is_empty()) {
                if !text.is_empty() {
                    text.push(Inline { span, kind: InlineKind::Break });
                }
                text.push(Inline { span, kind: InlineKind::Code(line.to_owned()) });
            }
            return if text.is_empty() { Vec::new() } else { vec![paragraph(marked(&text))] };
        }
        BlockKind::Table(table) => {
            let mut table = table.clone();
            let lines = table.caption.iter_mut().chain(&mut table.head).chain(table.rows.iter_mut().flatten());
            match change {
                Change::Moved => move_first(lines),
                _ => lines.for_each(|line| *line = marked(line)),
            }
            BlockKind::Table(table)
        }
        BlockKind::Image { alt, caption, .. } if is_deleted => {
            let lines = [Some(vec![text(alt)]), caption.clone()].into_iter().flatten();
            return lines.map(|line| paragraph(marked(&line))).collect();
        }
        BlockKind::Chart(chart) if is_deleted => {
            let lines = [Some(vec![text(&chart.alt)]), chart.caption.clone()].into_iter().flatten();
            return lines.map(|line| paragraph(marked(&line))).collect();
        }
        BlockKind::Image { file, alt, caption } => {
            BlockKind::Image { file: file.clone(), alt: alt.clone(), caption: Some(pictured(alt, caption)) }
        }
        BlockKind::Chart(chart) => {
            let caption = Some(pictured(&chart.alt, &chart.caption));
            BlockKind::Chart(Box::new(Chart { caption, ..Chart::clone(chart) }))
        }
        BlockKind::Rule | BlockKind::Slot(_) if is_deleted => return Vec::new(),
        kind @ (BlockKind::Rule | BlockKind::Slot(_)) => kind.clone(),
    };
    vec![Block { span, kind }]
}

#[cfg(test)]
mod tests;
