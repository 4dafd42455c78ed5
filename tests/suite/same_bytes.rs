//! The same data give the same bytes: on any number of threads, in any environment, wherever the project lies.

use std::collections::BTreeMap;
use std::process::Command;

use crate::example::out;
use crate::project::{PROGRAM, Project, Run, assert_same};

/// Builds the example with a command that may differ, and demands the same folder.
fn check(what: &str, project: &Project, command: &mut Command) {
    Run::of(command).exits(0);
    assert_same(what, out(), &project.files("out"));
}

#[test]
fn any_number_of_threads() {
    let project = Project::of_example();
    for jobs in ["1", "2", "8"] {
        let folder = format!("out-{jobs}");
        project.build(&["-j", jobs, "-o", &folder]).exits(0);
        assert_same(&format!("-j {jobs}"), out(), &project.files(&folder));
    }
}

#[test]
fn another_time_zone_home_and_language() {
    let project = Project::of_example();
    let mut command = project.command(["build"]);
    let environment =
        [("TZ", "Pacific/Kiritimati"), ("HOME", "/nonexistent"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "de_DE.UTF-8")];
    command.envs(environment).env("SOURCE_DATE_EPOCH", "1").env("RAYON_NUM_THREADS", "3");
    check("another environment", &project, &mut command);
}

#[test]
fn an_empty_environment() {
    let project = Project::of_example();
    let mut command = project.command(["build"]);
    command.env_clear();
    check("an empty environment", &project, &mut command);
}

#[test]
fn another_working_folder() {
    let project = Project::of_example();
    let mut command = Command::new(PROGRAM);
    command.current_dir(std::env::temp_dir()).arg("-C").arg(project.root()).arg("build");
    check("-C with a whole path", &project, &mut command);

    let project = Project::of_example();
    let mut command = project.command(["build", "-C", ".."]);
    command.current_dir(project.path("data"));
    check("-C with a path from here", &project, &mut command);
}

#[test]
fn a_copy_elsewhere_on_the_disk() {
    let (first, second) = (Project::of_example(), Project::empty());
    for (path, bytes) in first.files("") {
        second.put(&format!("a longer/way from/the root – é/{path}"), bytes);
    }
    let mut command = second.command(["build"]);
    command.current_dir(second.path("a longer/way from/the root – é"));
    Run::of(&mut command).exits(0);
    assert_same("a copy", out(), &second.files("a longer/way from/the root – é/out"));
}

#[test]
fn a_second_run_writes_nothing_and_a_fresh_one_the_same() {
    let project = Project::of_example();
    project.build(&[]).exits(0);
    let times = |project: &Project| -> BTreeMap<String, std::time::SystemTime> {
        let modified = |path: &str| project.path(path).metadata().and_then(|file| file.modified()).expect("a file");
        project.files("out").into_keys().map(|path| (path.clone(), modified(&format!("out/{path}")))).collect()
    };
    let before = times(&project);
    let run = project.build(&[]).exits(0);
    assert!(run.last_line().contains(&format!("({} files as before)", before.len())), "{}", run.stderr);
    assert_eq!(before, times(&project), "a file that did not change was written again");
    assert_same("a second run", out(), &project.files("out"));
}

#[test]
fn quarters_one_by_one_or_all_together() {
    let project = Project::of_example();
    for quarter in ["2020-21-q2", "2018-19-q3", "2019-20-q3", "2019-20-q1", "2019-20-q4", "2018-19-q1", "2018-19-q4"] {
        project.build(&[quarter]).exits(0);
    }
    project.build(&["2019-20-q2", "2020-21-q1"]).exits(0);
    assert_same("quarters one by one", out(), &project.files("out"));
}
