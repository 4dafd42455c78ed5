//! Marks in whole texts, and what always holds of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::document::parse::{self, tests::hostile_markdown};
use crate::document::write::blocks_markdown;
use crate::document::{Badge, Tone, plain};
use crate::source::{Sources, Text};

fn parsed(markdown: &str) -> Vec<Block> {
    let mut sources = Sources::default();
    let id = sources.add("a.md", markdown);
    parse::blocks(&Text::opaque(markdown, sources.whole(id))).0
}

fn marked(old: &str, new: &str) -> String {
    blocks_markdown(&blocks(&parsed(old), &parsed(new)), "moved").trim_end().to_owned()
}

/// Each folder of `tests/changes` holds an old and a new text, and the new one with marks.
///
/// `SNAPSHOTS=overwrite` accepts what is marked now.
#[test]
fn changes_are_marked_as_expected() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/changes"));
    let mut cases_count = 0;
    for entry in folder.read_dir().unwrap() {
        let case = entry.unwrap().path();
        let [old, new] = ["old.md", "new.md"].map(|name| parsed(&fs::read_to_string(case.join(name)).unwrap()));
        let written = blocks_markdown(&blocks(&old, &new), "moved");
        let expected = case.join("expected.md");
        if std::env::var("SNAPSHOTS").is_ok_and(|snapshots| snapshots == "overwrite") {
            fs::write(&expected, &written).unwrap();
        }
        assert_eq!(written, fs::read_to_string(&expected).unwrap_or_default(), "{}", case.display());
        assert_eq!(blocks_markdown(&parsed(&written), "moved"), written, "{}, written again", case.display());
        holds(&old, &new).unwrap();
        cases_count += 1;
    }
    assert!(cases_count > 0, "no cases in {}", folder.display());
}

#[test]
fn white_space_stands_beside_marks() {
    assert_eq!(marked("The cat sat.", "The dog sat."), "The [− ~~cat~~ −] [+ **dog** +] sat.");
    assert_eq!(marked("A cat sat", "A cat sat down"), "A cat sat [+ **down** +]");
    assert_eq!(marked("A cat sat down", "A cat sat"), "A cat sat [− ~~down~~ −]");
    assert_eq!(marked("A cat sat down.", "A cat sat down"), "A cat sat down[− ~~.~~ −]");
    assert_eq!(marked("A cat, a dog", "A cat a dog"), "A cat[− ~~,~~ −] a dog");
    assert_eq!(marked("A cat a dog", "A cat, a dog"), "A cat[+ **,** +] a dog");
    assert_eq!(marked("One  two\nthree", "One two three"), "One two three");
}

#[test]
fn plain_text_is_the_new_one() {
    for (old, new) in [("The cat sat.", "The dog sat."), ("A cat sat down", "A cat"), ("Now we act", "We act")] {
        let [old, new] = [parsed(old), parsed(new)];
        let marked = lines(text_in(&old), text_in(&new));
        assert_eq!(plain(&marked).trim_end(), plain(text_in(&new)));
    }
}

#[test]
fn markup_that_changed_is_a_change() {
    assert_eq!(marked("A good plan here", "A **good** plan here"), "A [− ~~good~~ −] [+ **good** +] plan here");
    assert_eq!(marked("_one two three_", "_one four three_"), "_one_ [− ~~_two_~~ −] [+ **_four_** +] _three_");
    assert_eq!(
        marked("See [the old plan](https://a.example) now", "See [the new plan](https://a.example) now"),
        "See [the](https://a.example) [− ~~[old](https://a.example)~~ −] [+ **[new](https://a.example)** +] [plan](https://a.example) now"
    );
}

#[test]
fn little_that_is_the_same_between_long_changes_is_no_anchor() {
    assert_eq!(
        marked(
            "In March we quickly reviewed the assessments, and all went well for every child.",
            "In March managers checked the interventions, and all went well for every child."
        ),
        "In March [− ~~we quickly reviewed the assessments~~ −] [+ **managers checked the interventions** +], \
         and all went well for every child."
    );
}

#[test]
fn hostile_words_stay_text() {
    let new = "Pay `a|b` \\*now\\* +] \\~\\~ \\[x\\] <b> $1$ #1 to us all";
    let written = marked("Pay to us all", new);
    let again = parsed(&written);
    assert_eq!(blocks_markdown(&again, "moved").trim_end(), written);
    assert_eq!(plain(&lines(&[], text_in(&parsed(new)))), plain(text_in(&parsed(new))));
}

fn text_in(blocks: &[Block]) -> &[Inline] {
    let BlockKind::Paragraph { text, .. } = &blocks[0].kind else { panic!("{blocks:?}") };
    text
}

#[test]
fn badges_change_as_a_whole() {
    let cell = |text: &str, tone| {
        let span = parsed("a")[0].span;
        vec![Inline { span, kind: InlineKind::Badge(Badge { text: text.to_owned(), tone }) }]
    };
    let table = |badge| {
        let mut blocks = parsed("| Action | Status |\n|---|---|\n| Train | x |");
        let BlockKind::Table(table) = &mut blocks[0].kind else { panic!("{blocks:?}") };
        table.rows[0][1] = badge;
        blocks
    };
    let marked = blocks(&table(cell("At risk", Tone::Amber)), &table(cell("On track", Tone::Green)));
    assert!(
        blocks_markdown(&marked, "moved").contains("| Train  | [− ~~**At risk**~~ −] [+ **On track** +] |"),
        "{}",
        blocks_markdown(&marked, "moved")
    );
}

#[test]
fn a_numbered_list_keeps_its_numbers_beside_a_deleted_item() {
    assert_eq!(
        marked("1. First step\n2. Second thing\n3. Third way", "1. First step\n2. Third way"),
        "- 1\\. First step\n- [− ~~Second thing~~ −]\n- 2\\. Third way"
    );
}

#[test]
fn words_for_a_terminal() {
    use Piece::{Deleted, Inserted, Same};
    assert_eq!(words("", ""), []);
    assert_eq!(words("a b", "a b"), [Same("a b")]);
    assert_eq!(words("the cat sat", "the dog sat"), [Same("the "), Deleted("cat "), Inserted("dog "), Same("sat")]);
    assert_eq!(words("x", "x."), [Same("x"), Inserted(".")]);
    assert_eq!(words("a cat sat", "a cat"), [Same("a cat"), Deleted(" sat")]);
    assert_eq!(words("67% of 3.1", "70% of 3.1"), [Deleted("67% "), Inserted("70% "), Same("of 3.1")]);
    assert_eq!(words("", " a "), [Inserted(" a ")]);
}

#[test]
fn how_alike_texts_are() {
    assert_eq!(likeness("", ""), 100);
    assert_eq!(likeness("", "a"), 0);
    assert_eq!(likeness("Plans were late.", "plans, late, were"), 100);
    assert_eq!(likeness("one two three", "one two four"), 66);
    assert_eq!(likeness("a a a", "a"), 50);
}

#[test]
fn deep_texts_are_compared_too() {
    for marker in ["> ", "- "] {
        let deep = |words: &str| format!("{}{words}", marker.repeat(15));
        let written = marked(&deep("**a** \\\\ \"plan\" here"), &deep("**a** \\\\ \"plan\" there"));
        assert!(written.ends_with("[− ~~here~~ −] [+ **there** +]"), "{written}");
    }
}

/// Words that mean nothing, out of so many, the same ones for a seed.
fn unrelated(seed: u64, words_count: u64, end: &str) -> String {
    let mut text = String::new();
    let mut state = seed;
    while text.len() < 100_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(text, "w{}{end}", (state >> 33) % words_count).unwrap();
    }
    text
}

#[test]
fn long_unrelated_texts_are_compared_in_time() {
    // Three words are more alike than any text; they cost the most.
    for (words_count, seconds_max) in [(3, 5), (3000, 2)] {
        for end in [". ", "\n\n", " |\n| "] {
            let [old, new] = [1, 2].map(|seed| format!("| a |\n|---|\n| {}", unrelated(seed, words_count, end)));
            let [blocks_old, blocks_new] = [&old, &new].map(|text| parsed(text));
            let in_time = |step: &dyn Fn()| {
                let started = Instant::now();
                step();
                let taken = started.elapsed();
                assert!(taken < Duration::from_secs(seconds_max), "{words_count} words, {end:?}: {taken:?}");
            };
            in_time(&|| drop(words(&old, &new)));
            in_time(&|| drop(blocks(&blocks_old, &blocks_new)));
            in_time(&|| assert!(likeness(&old, &new) > 0));
        }
    }
}

// ── what always holds ──

/// Returns the words that blocks say without those of one change, in order.
fn said(blocks: &[Block], without: Change) -> Vec<String> {
    let mut out = Vec::new();
    for block in blocks {
        match &block.kind {
            BlockKind::List(list) => list.items.iter().for_each(|item| out.extend(said(item, without))),
            BlockKind::Quote(blocks) => out.extend(said(blocks, without)),
            BlockKind::Code { text, .. } => out.extend(words_of(text)),
            BlockKind::Image { alt, caption, .. } => match caption.as_deref() {
                // A whole picture's mark.
                Some([Inline { kind: InlineKind::Changed { change, body }, .. }]) => {
                    if *change != without {
                        out.extend(words_of(alt));
                        if words_of(&plain(body)) != words_of(alt) {
                            out.extend(said_in(body, without));
                        }
                    }
                    continue;
                }
                _ => out.extend(words_of(alt)),
            },
            _ => {}
        }
        block.inlines().into_iter().for_each(|line| out.extend(said_in(line, without)));
    }
    out
}

fn said_in(line: &[Inline], without: Change) -> Vec<String> {
    let mut out = Vec::new();
    for Inline { kind, .. } in line {
        match kind {
            InlineKind::Changed { change, .. } if *change == without => {}
            InlineKind::Emphasis(body)
            | InlineKind::Strong(body)
            | InlineKind::Strikethrough(body)
            | InlineKind::Link { body, .. }
            | InlineKind::Changed { body, .. } => out.extend(said_in(body, without)),
            InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Image { alt: text, .. } => {
                out.extend(words_of(text));
            }
            InlineKind::Badge(badge) => out.extend(words_of(&badge.text)),
            InlineKind::Footnote(blocks) => out.extend(said(blocks, without)),
            InlineKind::SoftBreak | InlineKind::Break | InlineKind::Slot(_) => {}
        }
    }
    out
}

fn words_of(text: &str) -> Vec<String> {
    split(text).into_iter().map(|word| text[word.word].to_owned()).collect()
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}

/// Returns the words of all marks of one kind, in the order of words.
fn of_change(blocks: &[Block], wanted: Change) -> Vec<String> {
    let mut out = Vec::new();
    let mut look = |line: &[Inline]| {
        for inline in line {
            if let InlineKind::Changed { change, body } = &inline.kind
                && *change == wanted
            {
                // Marks in the footnotes of marked words say what the words around say.
                out.extend(said_in(body, if wanted == Change::Deleted { Change::Inserted } else { Change::Deleted }));
            }
        }
    };
    fn walk(blocks: &[Block], look: &mut impl FnMut(&[Inline])) {
        for block in blocks {
            match &block.kind {
                BlockKind::List(list) => list.items.iter().for_each(|item| walk(item, look)),
                BlockKind::Quote(blocks) => walk(blocks, look),
                _ => {}
            }
            block.inlines().into_iter().for_each(&mut *look);
        }
    }
    walk(blocks, &mut look);
    sorted(out)
}

fn holds(old: &[Block], new: &[Block]) -> Result<(), TestCaseError> {
    let marked = blocks(old, new);
    prop_assert_eq!(said(&marked, Change::Deleted), said(new, Change::Deleted), "accepted: {:#?}", marked);
    prop_assert_eq!(sorted(said(&marked, Change::Inserted)), sorted(said(old, Change::Inserted)), "{:#?}", marked);
    prop_assert_eq!(&blocks(new, new), new);
    let back = blocks(new, old);
    if of_change(&marked, Change::Moved).is_empty() {
        prop_assert_eq!(of_change(&marked, Change::Inserted), of_change(&back, Change::Deleted));
        prop_assert_eq!(of_change(&marked, Change::Deleted), of_change(&back, Change::Inserted));
    }
    Ok(())
}

/// A text of few words, so that two of them have much in common.
fn any_markdown() -> impl Strategy<Value = String> {
    let word = || {
        select(vec!["the", "plan", "plan.", "child", "(was", "late)", "**good**", "_not_", "`x`", "[a](b:c)", "~~no~~"])
    };
    let line = || proptest::collection::vec(word(), 1..7).prop_map(|words| words.join(" "));
    let row = || (line(), line()).prop_map(|(one, other)| format!("| {one} | {other} |"));
    let block = prop_oneof![
        6 => line(),
        2 => line().prop_map(|line| format!("## {line}")),
        3 => proptest::collection::vec(line(), 1..4).prop_map(|lines| format!("- {}", lines.join("\n- "))),
        1 => proptest::collection::vec(line(), 1..4).prop_map(|lines| format!("1. {}", lines.join("\n1. "))),
        1 => line().prop_map(|line| format!("> {line}")),
        1 => line().prop_map(|line| format!("```\n{line}\n\n{line}\n```")),
        1 => select(vec!["![a plan](b.svg)", "![a child](c.svg)", "***", "the plan  \nwas late"]).prop_map(str::to_owned),
        3 => (row(), proptest::collection::vec(row(), 0..4))
            .prop_map(|(head, rows)| format!("{head}\n|---|---|\n{}", rows.join("\n"))),
    ];
    (proptest::collection::vec(block, 0..6), line(), any::<bool>()).prop_map(|(blocks, note, has_note)| {
        let mut text = blocks.join("\n\n");
        if has_note {
            write!(text, "\n\nthe child[^1] was\n\n[^1]: {note}").unwrap();
        }
        text
    })
}

#[test]
fn a_heading_without_a_word_stays_as_it_is() {
    let new = parsed("\u{a0}\n-   \n");
    assert_eq!(blocks(&[], &new), new);
}

#[test]
fn what_holds_no_word_leaves_no_trace() {
    for old in ["***", ">***", "- ***", "> - ***\n> - ***"] {
        assert_eq!(marked(old, ""), "", "{old}");
    }
    for new in ["> ~~~", "- ~~~"] {
        assert_eq!(marked("", new), "", "{new}");
    }
}

#[test]
fn code_after_a_sign_defines_no_link() {
    let written = marked("", "`]:`\naa");
    assert_eq!(blocks_markdown(&parsed(&written), "moved"), written.clone() + "\n");
    assert_eq!(written, "\\[+ **`]:`\naa** +]");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_is_lost_between_two_texts(old in any_markdown(), new in any_markdown()) {
        holds(&parsed(&old), &parsed(&new))?;
    }

    #[test]
    fn nothing_is_lost_between_hostile_texts(old in hostile_markdown(), new in hostile_markdown()) {
        // A slot's token is refused in data, and no slot leaves a template.
        let [old, new] = [old, new].map(|text| text.replace(crate::document::SLOT_OPEN, ""));
        let (old, new) = (parsed(&old), parsed(&new));
        prop_assert_eq!(&blocks(&new, &new), &new);
        let marked = blocks(&old, &new);
        let written = blocks_markdown(&marked, "moved");
        prop_assert_eq!(blocks_markdown(&parsed(&written), "moved"), written);
    }

    #[test]
    fn pieces_are_both_texts(old in "[ab .,]{0,20}", new in "[ab .,]{0,20}") {
        let pieces = words(&old, &new);
        let text = |wanted: fn(&Piece<'_>) -> bool| -> String {
            let text = |piece: &Piece<'_>| match *piece {
                Piece::Same(text) | Piece::Inserted(text) | Piece::Deleted(text) => text.to_owned(),
            };
            pieces.iter().filter(|piece| wanted(piece)).map(text).collect()
        };
        prop_assert_eq!(text(|piece| !matches!(piece, Piece::Deleted(_))), new.clone());
        let was: Vec<String> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Same(text) | Piece::Deleted(text) => Some(words_of(text)),
                Piece::Inserted(_) => None,
            })
            .flatten()
            .collect();
        prop_assert_eq!(was.concat(), words_of(&old).concat());
        prop_assert_eq!(likeness(&old, &new), likeness(&new, &old));
    }
}
