//! A table of answers as it leaves a spreadsheet → raw cases.
//!
//! Long: a row an answer, under the heads `case`, `prompt`, `answer` (and `auditor`, `practitioner`, `comment`).
//! Wide: prompts down, cases across: the first head is `prompt`, a head `question` is passed over, every other is a case,
//! or its code with `comment` behind it; the rows `auditor` and `practitioner` say who.
//! **Invariant:** knows the table, not the framework: what an answer means is decided by the audit.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, codes};
use crate::model::audit::is_same_person;
use crate::model::ids::CaseCode;
use crate::source::{SourceId, Sources, Span, Spanned};

use super::audit::{RawAnswer, RawCase};
use super::decode::{forbidden, is_forbidden};

/// Reads a table of answers, long or wide; rows and columns that are blank throughout are passed over.
pub(super) fn read(sources: &Sources, id: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Vec<RawCase> {
    let table = match Table::read(sources, id) {
        Ok(table) => table,
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            return Vec::new();
        }
    };
    let Some(head) = table.rows.first() else {
        diagnostics.push(layout(Span::new(id, 0..0), "the table of answers is empty"));
        return Vec::new();
    };
    if table.rows.len() == 1 {
        diagnostics.push(layout(head.span, "the table has a first row and no answers below it"));
        return Vec::new();
    }
    let too_long = |row: &Row| {
        let beyond = row.cells.iter().skip(head.cells.len()).find(|cell| !cell.value.is_empty())?;
        let message = format!("row {} has more cells than the first row has columns", row.number);
        let diagnostic = Diagnostic::new(codes::ANSWERS_LAYOUT, message).at(beyond.span, "beyond the last column");
        Some(diagnostic.hint(
            "a text that holds a comma needs quotes around it, with no space before the first, and an answer may stand twice",
        ))
    };
    let cells =
        table.rows.iter().flat_map(|row| row.cells.iter().enumerate().map(move |(n, cell)| (row.number, n, cell)));
    diagnostics.extend(cells.filter_map(|(row, column, cell)| {
        let c = cell.value.chars().find(|&c| is_forbidden(c))?;
        Some(forbidden(c, &format!("the cell in row {row}, column {}", column + 1)).at(cell.span, "in this cell"))
    }));
    let found: Vec<Diagnostic> = table.rows[1..].iter().filter_map(too_long).collect();
    if !found.is_empty() {
        // Which cell of a row is one too many cannot be known, so that no answer is counted.
        diagnostics.extend(found);
        return Vec::new();
    }
    let column = |name: &str| head.cells.iter().position(|cell| cell.value.eq_ignore_ascii_case(name));
    match (column("case"), column("prompt"), column("answer")) {
        (Some(case), Some(prompt), Some(answer)) => {
            let columns = Long {
                case,
                prompt,
                answer,
                auditor: column("auditor"),
                practitioner: column("practitioner"),
                comment: column("comment"),
            };
            long(&table, &columns, diagnostics)
        }
        (None, Some(0), None) => wide(&table, column("question"), diagnostics),
        _ => {
            diagnostics.push(layout(head.span, "the first row does not say what the columns hold"));
            Vec::new()
        }
    }
}

fn layout(span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(codes::ANSWERS_LAYOUT, message)
        .at(span, "")
        .hint("a row an answer: the first row is `case,prompt,answer`, and `auditor`, `practitioner`, `comment` if you like")
        .hint("or a column a case: the first row is `prompt` and then the code of each case")
}

struct Long {
    case: usize,
    prompt: usize,
    answer: usize,
    auditor: Option<usize>,
    practitioner: Option<usize>,
    comment: Option<usize>,
}

fn long(table: &Table, columns: &Long, diagnostics: &mut Vec<Diagnostic>) -> Vec<RawCase> {
    let mut cases: Vec<RawCase> = Vec::new();
    let mut by_code: BTreeMap<CaseCode, usize> = BTreeMap::new();
    for row in &table.rows[1..] {
        let code = row.cell(columns.case);
        let code = match code.value.parse::<CaseCode>() {
            Ok(value) => Spanned::new(value, code.span),
            Err(error) => {
                diagnostics.push(layout(row.span, &format!("row {} has no case: {error}", row.number)));
                continue;
            }
        };
        let at = *by_code.entry(code.value.clone()).or_insert_with(|| {
            cases.push(RawCase::new(code.clone()));
            cases.len() - 1
        });
        let case = &mut cases[at];
        let filled = |column: Option<usize>| column.map(|n| row.cell(n)).filter(|cell| !cell.value.is_empty());
        if case.auditor.is_none() {
            case.auditor = filled(columns.auditor).map(|name| name.value);
        }
        match (filled(columns.practitioner), &case.practitioner) {
            // Feedback on the case would be read by one who was not meant.
            (Some(name), Some(first)) if !is_same_person(&name.value, first) => {
                let message =
                    format!("case `{code}` has another practitioner in row {}", row.number, code = code.value);
                diagnostics.push(
                    Diagnostic::new(codes::ANSWERS_LAYOUT, message)
                        .at(name.span, format!("the rows before have `{first}`"))
                        .hint("a case has one practitioner: write the one that the feedback on it is for"),
                );
            }
            (Some(name), None) => case.practitioner = Some(name.value),
            _ => {}
        }
        let prompt = row.cell(columns.prompt);
        let answer = row.cell(columns.answer);
        let place = (row.number, columns.answer + 1);
        case.answers.push(RawAnswer { prompt, answer, comment: filled(columns.comment), place: Some(place) });
    }
    cases
}

fn wide(table: &Table, question: Option<usize>, diagnostics: &mut Vec<Diagnostic>) -> Vec<RawCase> {
    let head = &table.rows[0];
    let mut cases = Vec::new();
    // `K6102 comment` beside `K6102`.
    let comment_on = |column: usize| {
        let (code, last) = head.cells[column].value.rsplit_once(' ')?;
        let is_comment = last.eq_ignore_ascii_case("comment");
        head.cells.iter().position(|cell| cell.value == code.trim_end()).filter(|&at| is_comment && at > 0)
    };
    let comments: BTreeMap<usize, usize> =
        (1..head.cells.len()).filter_map(|column| Some((comment_on(column)?, column))).collect();
    for (column, cell) in head.cells.iter().enumerate().skip(1) {
        if Some(column) == question || comments.values().any(|&comment| comment == column) {
            continue;
        }
        let filled = table.rows[1..].iter().find(|row| !row.cell(column).value.is_empty());
        let code = match (cell.value.parse::<CaseCode>(), filled) {
            (Ok(code), _) => Spanned::new(code, cell.span),
            (Err(_), None) => continue,
            (Err(error), Some(row)) => {
                let message = format!("column {} has answers and no head: {error}", column + 1);
                diagnostics.push(layout(row.cell(column).span, &message));
                continue;
            }
        };
        let mut case = RawCase::new(code);
        for row in &table.rows[1..] {
            let first = row.cell(0);
            let cell = row.cell(column);
            match first.value.to_lowercase().as_str() {
                "auditor" => case.auditor = Some(cell.value).filter(|name| !name.is_empty()),
                "practitioner" => case.practitioner = Some(cell.value).filter(|name| !name.is_empty()),
                _ => {
                    let place = (row.number, column + 1);
                    let comment = comments.get(&column).map(|&n| row.cell(n)).filter(|cell| !cell.value.is_empty());
                    case.answers.push(RawAnswer { prompt: first, answer: cell, comment, place: Some(place) });
                }
            }
        }
        cases.push(case);
    }
    cases
}

/// A CSV file as cells with their places; blank rows are left out.
struct Table {
    rows: Vec<Row>,
}

struct Row {
    /// From 1, as a spreadsheet counts.
    number: usize,
    cells: Vec<Spanned<String>>,
    span: Span,
}

impl Row {
    /// A cell, trimmed; an empty one at the row's end where the row is shorter.
    fn cell(&self, column: usize) -> Spanned<String> {
        let end = Span { start: self.span.end, ..self.span };
        self.cells.get(column).cloned().unwrap_or_else(|| Spanned::new(String::new(), end))
    }
}

impl Table {
    fn read(sources: &Sources, id: SourceId) -> Result<Table, Box<Diagnostic>> {
        let whole = &sources.source(id).text;
        // A spreadsheet may say in a line of its own what stands between cells, and counts the rows below it.
        let said = whole.strip_prefix("sep=").and_then(|rest| rest.lines().next()).filter(|said| said.len() == 1);
        let first = said.map_or(0, |_| whole.find('\n').map_or(whole.len(), |at| at + 1));
        let text = &whole[first..];
        let delimiter = said.map_or_else(|| delimiter(text), |said| said.as_bytes()[0]);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut records = Vec::new();
        for record in reader.records() {
            let record =
                record.map_err(|error| Box::new(layout(Span::new(id, 0..0), &format!("this is not CSV: {error}"))))?;
            let start = record.position().map_or(0, |position| position.byte() as usize);
            records.push((start, record));
        }
        let mut rows = Vec::new();
        // Lines that are no rows of their own: those inside a cell.
        let mut lines_inside = usize::from(said.is_some());
        for (n, (start, record)) in records.iter().enumerate() {
            let end = records.get(n + 1).map_or(text.len(), |(next, _)| *next);
            let start = start + text[*start..end].len() - text[*start..end].trim_start_matches(['\n', '\r']).len();
            let end = start + text[start..end].trim_end_matches(['\n', '\r']).len();
            // The reader passes over rows without any cell, and a spreadsheet counts them.
            let number = (sources.source(id).line_column(first + start).line - lines_inside).max(n + 1);
            lines_inside += text[start..end].matches('\n').count();
            let span = |range: Range<usize>| Span::new(id, first + range.start..first + range.end);
            let (ranges, open) = ranges(&text[start..end], delimiter);
            if let Some(quote) = open {
                let at = start + quote;
                let message = format!("row {number} has a quotation mark that is never closed");
                return Err(Box::new(
                    Diagnostic::new(codes::ANSWERS_LAYOUT, message)
                        .at(span(at..at + 1), "the rest of the file would be one cell")
                        .hint("close it at the cell's end; a quotation mark inside a cell is written twice: `\"\"`"),
                ));
            }
            let cells: Vec<Spanned<String>> = record
                .iter()
                .zip(ranges)
                .map(|(value, range)| {
                    Spanned::new(value.trim().to_owned(), span(start + range.start..start + range.end))
                })
                .collect();
            if cells.iter().any(|cell| !cell.value.is_empty()) {
                rows.push(Row { number, cells, span: span(start..end) });
            }
        }
        Ok(Table { rows })
    }
}

/// The character between cells: spreadsheets of other countries write `;`.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| head.bytes().filter(|&b| b == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

/// Finds where the cells of one record stand, each without the spaces and the quotes around it, and the quotation mark
/// that opens a cell and is never closed.
///
/// As the reader does: a quotation mark opens a cell where it comes first in it, and is one of its characters elsewhere.
fn ranges(record: &str, delimiter: u8) -> (Vec<Range<usize>>, Option<usize>) {
    /// Where in a cell a byte stands.
    enum At {
        Start,
        Plain,
        /// Behind the quotation mark at this place, which opens the cell.
        Quoted(usize),
        /// Behind one that closes it, or is the first of two that stand for one.
        Closed(usize),
    }
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut state = At::Start;
    for (at, byte) in record.bytes().enumerate() {
        state = match (state, byte) {
            (At::Start, b'"') => At::Quoted(at),
            (At::Quoted(open), b'"') => At::Closed(open),
            (At::Closed(open), b'"') | (At::Quoted(open), _) => At::Quoted(open),
            (_, byte) if byte == delimiter => {
                ranges.push(start..at);
                start = at + 1;
                At::Start
            }
            _ => At::Plain,
        };
    }
    ranges.push(start..record.len());
    let open = match state {
        At::Quoted(open) => Some(open),
        _ => None,
    };
    let trim = |range: Range<usize>| {
        let cell = &record[range.clone()];
        let start = range.start + cell.len() - cell.trim_start_matches([' ', '"']).len();
        let end = range.end - (cell.len() - cell.trim_end_matches([' ', '"']).len());
        if start < end { start..end } else { range.start..range.start.max(range.end) }
    };
    (ranges.into_iter().map(trim).collect(), open)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cases(text: &str) -> (Vec<(String, Vec<String>)>, usize) {
        let mut sources = Sources::default();
        let id = sources.add("answers.csv", text);
        let mut diagnostics = Vec::new();
        let cases = read(&sources, id, &mut diagnostics);
        let shown = |case: &RawCase| {
            let answers = case.answers.iter().map(|answer| {
                assert_eq!(sources.slice(answer.answer.span).trim(), answer.answer.value, "the place of the answer");
                format!("{}={}", answer.prompt.value, answer.answer.value)
            });
            (case.code.value.to_string(), answers.collect())
        };
        (cases.iter().map(shown).collect(), diagnostics.len())
    }

    #[test]
    fn long_and_wide_say_the_same() {
        let long = cases("case,prompt,answer\nC1,a,Yes\nC2,a,No\nC1,b, P \n\n,,\n");
        let wide = cases("prompt,question,C1,C2\r\nauditor,,A1,A2\r\na,\"What, now?\",Yes,No\r\nb,,P,\r\n");
        assert_eq!(long.0[0], ("C1".to_owned(), vec!["a=Yes".to_owned(), "b=P".to_owned()]));
        assert_eq!(wide.0[0], long.0[0]);
        assert_eq!(wide.0[1].1, ["a=No", "b="]);
        assert_eq!((long.1, wide.1), (0, 0));
    }

    #[test]
    fn a_wide_table_has_comments_in_columns_of_their_own() {
        let mut sources = Sources::default();
        let id =
            sources.add("answers.csv", "prompt,C1,C1 comment,C2\npractitioner,P1,,P2\na,Yes,\"Good, and brief\",No\n");
        let mut diagnostics = Vec::new();
        let cases = read(&sources, id, &mut diagnostics);
        let comment = |case: &RawCase| case.answers[0].comment.as_ref().map(|comment| comment.value.clone());
        assert_eq!(cases.iter().map(comment).collect::<Vec<_>>(), [Some("Good, and brief".to_owned()), None]);
        assert_eq!(diagnostics.len(), 0);
    }

    #[test]
    fn a_case_has_one_practitioner() {
        let table =
            |second: &str| cases(&format!("case,prompt,answer,practitioner\nC1,a,Yes,P1\nC1,b,No,{second}\n")).1;
        assert_eq!(["P1", "p1", "", "P2"].map(table), [0, 0, 0, 1]);
    }

    #[test]
    fn semicolons_are_known() {
        assert_eq!(cases("case;prompt;answer\nC1;a;Yes\n").0[0].1, ["a=Yes"]);
        assert_eq!(cases("sep=;\r\ncase;prompt;answer\r\nC1;a,b;Yes\r\n").0[0].1, ["a,b=Yes"]);
    }

    #[test]
    fn a_quotation_mark_counts_where_it_comes_first_in_a_cell() {
        // A space before it makes it a character of the cell, so that the comma behind it ends the cell.
        assert_eq!(cases("case,prompt,answer,comment\nC1,a,Yes, \"One, two\"\n"), (vec![], 1));
        assert_eq!(cases("prompt,C1,C1 comment,C2\na,Yes, \"Asked,No, then\",Yes\n"), (vec![], 1));
        // One inside opens nothing.
        let measure = cases("prompt,question,C1,C2\na,Is the 12\" rule met?,Yes,No\n");
        assert_eq!((measure.0[0].1.as_slice(), measure.1), (["a=Yes".to_owned()].as_slice(), 0));
        assert_eq!(cases("prompt,question,C1\na,\"The \"\"12, or so\"\" rule\",Yes\n").0[0].1, ["a=Yes"]);
        assert_eq!(cases("prompt,question,C1\na,\"Met?,Yes\nb,So?,No\n"), (vec![], 1));
    }

    #[test]
    fn a_cell_holds_no_character_that_hides_text() {
        assert_eq!(cases("case,prompt,answer,comment\nC1,a,Yes,see \u{202e}60WP\u{202c} x\n").1, 1);
        assert_eq!(cases("case,prompt,answer\nC1,a,Yes\0\n").1, 1);
    }

    proptest! {
        #[test]
        fn cells_stand_where_the_reader_finds_them(text in "[a\", \n]{0,24}") {
            let mut sources = Sources::default();
            let id = sources.add("answers.csv", text.clone());
            let Ok(table) = Table::read(&sources, id) else { return Ok(()) };
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            let filled = records.iter().filter(|record| record.iter().any(|cell| !cell.trim().is_empty()));
            let expected: Vec<Vec<&str>> = filled.map(|record| record.iter().map(str::trim).collect()).collect();
            let found: Vec<Vec<&str>> =
                table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.value.as_str()).collect()).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_table_without_heads_is_refused() {
        assert_eq!(cases("C1,a,Yes\n"), (vec![], 1));
        assert_eq!(cases(""), (vec![], 1));
        assert_eq!(cases("prompt,C1,\na,Yes,No\n").1, 1);
    }
}
