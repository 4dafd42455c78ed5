//! Answers as they leave a spreadsheet: however the table is laid out and encoded, the results are those of the same
//! answers written into the audit.

use crate::project::Project;

const AUDIT: &str = "data/2019-20-q3/audit.yaml";
const TABLE: &str = "data/2019-20-q3/answers.csv";
const RESULTS: &str = "out/2019-20-q3/results.json";

const LONG: &str = "\
case,prompt,answer,auditor,practitioner,comment
C1,3.1.1.a,Yes,A1,P1,
C1,3.1.1.b,Partly,A1,P1,\"Seen once, said little\"
C1,3.1.2.a,N/A,A1,P1,
C1,3.2.1.a,Yes,A1,P1,
C1,3.2.1.b,No,A1,P1,
C2,3.1.1.a,Yes,A2,P1,
C2,3.1.1.b,No,A2,P1,
C2,3.1.2.a,Yes,A2,P1,
C2,3.2.1.a,Yes,A2,P1,
C2,3.2.1.b,Yes,A2,P1,
C3,3.1.1.a,Partly,A1,P2,
C3,3.1.1.b,Yes,A1,P2,
C3,3.1.2.a,Yes,A1,P2,
C3,3.2.1.a,Partly,A1,P2,
C3,3.2.1.b,Yes,A1,P2,
";

const WIDE: &str = "\
prompt,question,C1,C2,C3
auditor,,A1,A2,A1
practitioner,,P1,P1,P2
3.1.1.a,Are attitudes assessed?,Yes,Yes,Partly
3.1.1.b,Is the family heard?,Partly,No,Yes
3.1.2.a,\"Risks to the child, analysed?\",N/A,Yes,Yes
3.2.1.a,Does the plan set out services?,Yes,Yes,Partly
3.2.1.b,Does the plan build on strengths?,No,Yes,Yes
";

/// `plain`, with the answers of its case-level audit in a table.
fn project(table: &[u8]) -> Project {
    let project = Project::of_case("plain");
    let audit = project.read(AUDIT);
    let (head, _) = audit.split_once("cases:\n").expect("answers in the audit");
    project.put(AUDIT, format!("{head}answers: answers.csv\n"));
    project.put(TABLE, table);
    project
}

/// Demands the results of the answers in the audit, and these problems, each by a piece of its line.
#[track_caller]
fn same(table: impl AsRef<[u8]>, expected: &[&str]) {
    let inline = Project::of_case("plain");
    inline.build(&["-f", "md", "2019-20-q3"]).exits(0);
    let project = project(table.as_ref());
    let run = project.build(&["-f", "md", "2019-20-q3"]).exits(0);
    let problems = run.problems();
    let all =
        problems.len() == expected.len() && problems.iter().zip(expected).all(|(line, piece)| line.contains(piece));
    assert!(all, "{problems:#?}");
    assert_eq!(project.read(RESULTS), inline.read(RESULTS));
}

/// Demands that a table is refused with exactly these lines.
#[track_caller]
fn refused(table: &str, expected: &[&str]) {
    let run = project(table.as_bytes()).build(&["-f", "md", "2019-20-q3"]).exits(1);
    let problems: Vec<&str> = run.problems();
    let is_like = |(line, piece): (&&str, &&str)| line.starts_with(*piece);
    assert!(problems.len() == expected.len() && problems.iter().zip(expected).all(is_like), "{problems:#?}");
}

#[test]
fn a_row_an_answer() {
    same(LONG, &[]);
}

#[test]
fn a_column_a_case() {
    same(WIDE, &[]);
}

#[test]
fn rows_and_columns_in_any_order() {
    let (head, rows) = LONG.split_once('\n').expect("a head");
    let backwards: Vec<&str> = rows.lines().rev().collect();
    same(format!("{head}\n{}", backwards.join("\n")), &[]);
    same("answer,comment,prompt,case\n".to_owned() + &only(LONG, &[2, 5, 1, 0]), &[]);
    same(WIDE.replace(",question,", ",C0,").replace("prompt,C0", "prompt,question"), &[]);
}

/// The columns of a table's rows, without quotes, since no cell that stays needs them.
fn only(table: &str, columns: &[usize]) -> String {
    let row = |row: &str| {
        let cells: Vec<&str> = row.splitn(6, ',').collect();
        columns.iter().map(|&column| cells[column]).collect::<Vec<_>>().join(",") + "\n"
    };
    table.lines().skip(1).map(row).collect()
}

#[test]
fn a_byte_order_mark() {
    same(format!("\u{feff}{LONG}"), &[]);
    same(format!("\u{feff}{WIDE}"), &[]);
}

#[test]
fn the_line_ends_of_another_system() {
    same(LONG.replace('\n', "\r\n"), &[]);
    same(WIDE.replace('\n', "\r\n"), &[]);
    same(LONG.trim_end(), &[]);
}

#[test]
fn windows_1252_is_read_and_said() {
    for table in [LONG.replace("said little", "said \u{96} little"), WIDE.replace("child,", "child\u{96}")] {
        // Each character of these is one byte in Windows-1252, where 0x96 is a dash.
        let bytes: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).expect("one byte")).collect();
        same(bytes, &["answers.csv:"]);
    }
    let run = project(b"case,prompt,answer,comment\nC1,3.1.1.a,Yes,\nC1,3.1.1.b,No,caf\xe9\n").check();
    let note = "answers.csv:3:18: note[read-as-windows-1252]";
    assert!(run.stderr.contains(note), "{}", run.stderr);
}

#[test]
fn other_delimiters() {
    let unquoted = LONG.replace("\"Seen once, said little\"", "Seen once");
    same(unquoted.replace(',', ";"), &[]);
    same(unquoted.replace(',', "\t"), &[]);
    same(WIDE.replace("\"Risks to the child, analysed?\"", "Risks").replace(',', ";"), &[]);
}

#[test]
fn spaces_and_quotes_around_cells() {
    same(LONG.replace("Yes,", " Yes ,").replace("C2,", "C2  ,").replace("3.2.1.a", " 3.2.1.a\u{a0}"), &[]);
    same(LONG.replace("Yes,", "\"Yes\",").replace("C2,", "\"C2\","), &[]);
    same(WIDE.replace(",Yes", ", Yes ").replace("C3\n", "C3 \n"), &[]);
}

#[test]
fn blank_rows_and_columns() {
    let between = |blank: &str| LONG.replace("C2,3.1.1.a", &format!("{blank}C2,3.1.1.a"));
    same(between("\n"), &[]);
    same(between(",,,,,\n"), &[]);
    same(between(" , ,,\n\n"), &[]);
    same(format!("{LONG},,,,,\n\n\n"), &[]);
    let wide: String = WIDE.lines().map(|line| format!("{line},,\n")).collect();
    same(wide + ",,,,,,\n", &[]);
}

#[test]
fn answers_as_people_type_them() {
    let table = LONG
        .replace("3.1.1.a,Yes", "3.1.1.a,Y")
        .replace("3.1.1.b,Partly", "3.1.1.b,P")
        .replace("N/A", "n.a.")
        .replace("3.2.1.b,No", "3.2.1.b,n")
        .replace("3.2.1.b,Yes", "3.2.1.b,YES")
        .replace("3.2.1.a,Partly", "3.2.1.a,PARTLY");
    same(&table, &[]);
    same(table.replace("n.a.", "NA"), &[]);
    same(WIDE.replace("N/A", "na").replace("Yes", "yes"), &[]);
    same(LONG.replace("case,prompt,answer", "Case,Prompt,Answer"), &[]);
    same(WIDE.replace("prompt,question", "Prompt,Question").replace("auditor,", "Auditor,"), &[]);
}

#[test]
fn a_blank_is_missing_data() {
    refused(
        &LONG.replace("C2,3.1.1.b,No", "C2,3.1.1.b,"),
        &[
            "data/2019-20-q3/answers.csv:8:12: error[missing-answer]: case `C2` has no answer to `3.1.1.b` (row 8, column 3)",
        ],
    );
    refused(
        &WIDE.replace("Partly,No,Yes", "Partly,,Yes"),
        &[
            "data/2019-20-q3/answers.csv:5:37: error[missing-answer]: case `C2` has no answer to `3.1.1.b` (row 5, column 4)",
        ],
    );
    // A row that is not there at all.
    refused(
        &LONG.replace("C2,3.1.1.b,No,A2,P1,\n", ""),
        &["data/2019-20-q3/answers.csv:7:1: error[missing-answer]: case `C2` has no answer to `3.1.1.b`"],
    );
    // A row that ends early.
    refused(
        &WIDE.replace("No,Yes,Yes\n", "No,Yes\n"),
        &[
            "data/2019-20-q3/answers.csv:8:49: error[missing-answer]: case `C3` has no answer to `3.2.1.b` (row 8, column 5)",
        ],
    );
}

#[test]
fn an_unknown_answer_is_named_with_row_and_column() {
    refused(
        &LONG.replace("C2,3.1.1.b,No", "C2,3.1.1.b,Mostly"),
        &[
            "data/2019-20-q3/answers.csv:8:12: error[unknown-answer]: `Mostly` is no answer: case `C2`, prompt `3.1.1.b` (row 8, column 3)",
        ],
    );
    refused(
        &WIDE.replace("Partly,No,Yes", "Partly,Not sure,Yes"),
        &[
            "data/2019-20-q3/answers.csv:5:37: error[unknown-answer]: `Not sure` is no answer: case `C2`, prompt `3.1.1.b` (row 5, column 4)",
        ],
    );
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let error = |line: usize| {
        format!(
            "data/2019-20-q3/answers.csv:{line}:12: error[unknown-answer]: `Mostly` is no answer: case `C2`, prompt `3.1.1.b` (row {line}, column 3)"
        )
    };
    let table = LONG.replace("C2,3.1.1.b,No", "C2,3.1.1.b,Mostly");
    // Rows without any cell count as well.
    refused(&table.replace("C2,3.1.1.a", "\n\nC2,3.1.1.a"), &[&error(10)]);
    refused(&table.replace("C2,3.1.1.a", ",,,,,\nC2,3.1.1.a"), &[&error(9)]);
    refused(&table.replace("C2,3.1.1.a", "\n\nC2,3.1.1.a").replace('\n', "\r\n"), &[&error(10)]);
    // A cell of two lines is one row.
    let two_lines = table.replace("Seen once, said little", "Seen once,\nsaid little");
    refused(&two_lines, &[&error(9).replace("row 9", "row 8")]);
}

#[test]
fn other_mistakes_of_a_table_have_their_place() {
    refused(
        &LONG.replace("C2,3.1.1.b", "C2,3.1.1.z"),
        &["data/2019-20-q3/answers.csv:8:4: error[unknown-id]: there is no prompt `3.1.1.z` (did you mean `3.1.1.b`?)"],
    );
    refused(
        &format!("{LONG}C1,3.1.1.a,No,A1,P1,\n"),
        &[
            "data/2019-20-q3/answers.csv:17:12: error[duplicate-id]: case `C1` answers `3.1.1.a` twice (row 17, column 3)",
        ],
    );
    refused(
        &WIDE.replace("C1,C2,C3", "C1,C2,C2"),
        &["data/2019-20-q3/answers.csv:1:23: error[duplicate-id]: the case `C2` stands twice"],
    );
    refused(
        &LONG.replace("\"Seen once, said little\"", "Seen once, said little"),
        &[
            "data/2019-20-q3/answers.csv:3:36: error[answers-layout]: row 3 has more cells than the first row has columns",
        ],
    );
    refused(
        &WIDE.replace("heard?,Partly,No,Yes", "heard?,Partly,Partly,No,Yes"),
        &[
            "data/2019-20-q3/answers.csv:5:47: error[answers-layout]: row 5 has more cells than the first row has columns",
        ],
    );
    refused("C1,3.1.1.a,Yes\n", &["data/2019-20-q3/answers.csv:1:1: error[answers-layout]"]);
    refused("", &["data/2019-20-q3/answers.csv:1:1: error[answers-layout]"]);
}

#[test]
fn empty_cells_behind_the_last_column_are_nothing() {
    same(WIDE.replace('\n', ",,\n"), &[]);
}

#[test]
fn a_workbook_is_no_csv() {
    let project = project(b"PK\x03\x04\x14\0\xff\xfe");
    project.edit("data/2019-20-q3/narrative.yaml", "prompts: [3.1.1.b]", "cases: [C1]");
    let problems = project.check().exits(1).problems().join("\n");
    assert!(problems.contains("`answers.csv` is a spreadsheet's own file, not CSV"), "{problems}");
    assert!(!problems.contains("there is no case"), "{problems}");
}
