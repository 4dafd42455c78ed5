//! What an earlier paper printed, held against what is computed: a total that was pasted from another audit went to a
//! real public board.

use crate::project::{Project, assert_snapshot, case, without_times};

const AUDIT: &str = "data/2018-19-q3/audit.yaml";
const PASTED: &str = "overall: {points: 296.5, of: 416, percent: 82, rating: Outstanding}";

#[test]
fn a_total_pasted_from_another_audit_is_one_error_that_says_so() {
    let project = Project::of_case("total-pasted");
    let run = project.run(&["check"]).exits(1);
    assert_snapshot(&case("total-pasted").join("expected/messages.txt"), &without_times(&run.stderr));
    let short = project.check().exits(1);
    assert_eq!(short.problems().len(), 1, "{}", short.stderr);
    assert!(short.stderr.starts_with("data/2018-19-q3/audit.yaml:16:21: error[total-disagrees]"), "{}", short.stderr);
    for what in ["207.5/253", "2018-19-q4"] {
        assert!(run.stderr.contains(what), "{what} is not named:\n{}", run.stderr);
    }
}

/// Demands the codes of the problems with another overall statement.
#[track_caller]
fn check(overall: &str, expected: &[&str]) {
    let project = Project::of_case("total-pasted");
    project.edit(AUDIT, PASTED, overall);
    let run = project.check().exits(i32::from(!expected.is_empty()));
    let codes: Vec<&str> = run
        .problems()
        .into_iter()
        .filter_map(|line| line.split_once('[')?.1.split_once(']'))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, expected, "{overall}\n{}", run.stderr);
}

#[test]
fn the_right_total_is_passed_over_in_silence() {
    check("overall: {points: 207.5, of: 253, percent: 82, rating: Outstanding}", &[]);
    check("overall: {percent: 82}", &[]);
    check("overall: {points: 207.50, of: 253}", &[]);
}

#[test]
fn each_part_of_a_statement_is_held_to() {
    check("overall: {points: 207, of: 253, percent: 82, rating: Outstanding}", &["total-disagrees"]);
    check("overall: {points: 207.5, of: 416}", &["total-disagrees"]);
    check("overall: {points: 207.5, of: 253, percent: 81}", &["stated-disagrees"]);
    check("overall: {points: 207.5, of: 253, percent: 82, rating: Good}", &["stated-disagrees"]);
    check("overall: {percent: 83, rating: Good}", &["stated-disagrees"]);
}

#[test]
fn a_standard_is_held_to_as_well() {
    let project = Project::of_case("total-pasted");
    project.edit(AUDIT, PASTED, "overall: {percent: 82}");
    project.edit(AUDIT, "\"2.2\", percent: 80, rating: Outstanding", "\"2.2\", percent: 79, rating: Good");
    let run = project.check().exits(1);
    assert_eq!(run.problems().len(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with("data/2018-19-q3/audit.yaml:13:34: error[stated-disagrees]"), "{}", run.stderr);
}

#[test]
fn a_total_of_nobody_is_not_blamed_on_another_audit() {
    let project = Project::of_case("total-pasted");
    project.edit(AUDIT, PASTED, "overall: {points: 296, of: 416}");
    let run = project.run(&["check"]).exits(1);
    assert!(run.stderr.contains("207.5/253") && !run.stderr.contains("pasted"), "{}", run.stderr);
}
