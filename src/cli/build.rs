//! `build` and `check`: one pipeline, with and without writing.

use std::path::Path;

use crate::diagnostic::{self, Severity};
use crate::pipeline::{self, Effect, Formats, Levels, Outcome, Report, Request, Stale, Why};

use super::arguments::{Build, Check, Deny, Format, Global, LevelArguments, MessageFormat};
use super::message::StaleFile;
use super::{Exit, message, progress, refuse, tell};

pub(super) fn build(global: &Global, build: &Build) -> Exit {
    let share = match build.shard.map(|shard| shard.resolve(|name| std::env::var(name).ok())).transpose() {
        Ok(share) => share,
        Err(trouble) => {
            tell!("error: {trouble}");
            return Exit::Usage;
        }
    };
    let request = Request {
        out: build.out.clone(),
        selection: build.selection.names.clone(),
        share,
        formats: Formats { markdown: build.format.contains(&Format::Md), pdf: build.format.contains(&Format::Pdf) },
        threads: build.jobs.map(usize::from),
        levels: levels(&build.levels),
        draft: build.draft,
        fail_fast: build.fail_fast,
        force: build.force,
        effect: if build.check { Effect::Compare } else { Effect::Write },
        ..Request::of(&global.directory)
    };
    run(global, &request)
}

pub(super) fn check(global: &Global, check: &Check) -> Exit {
    let request = Request {
        selection: check.selection.names.clone(),
        levels: levels(&check.levels),
        ..Request::of(&global.directory)
    };
    run(global, &request)
}

fn levels(arguments: &LevelArguments) -> Levels {
    let denied = arguments.deny.iter().filter_map(|deny| match deny {
        Deny::Code(code) => Some(*code),
        Deny::Warnings => None,
    });
    Levels {
        deny_warnings: arguments.deny.contains(&Deny::Warnings),
        deny: denied.collect(),
        warn: arguments.warn.clone(),
        allow: arguments.allow.clone(),
    }
}

fn run(global: &Global, request: &Request) -> Exit {
    let progress = progress::Progress::new(global.quiet);
    let result = pipeline::run(request, &|event| progress.tell(&event));
    progress.finish();
    let report = match result {
        Ok(report) => report,
        Err(error) => return refuse(&error),
    };
    let refused = print(global, request, &report);
    if !report.failures.is_empty() || refused.is_some() {
        Exit::Machine
    } else if report.count(Severity::Error) > 0 {
        Exit::Problems
    } else if !report.stale.is_empty() {
        Exit::Stale
    } else {
        Exit::Done
    }
}

/// Prints what came of a run; returns what to end with where the machine refuses it.
pub(super) fn print(global: &Global, request: &Request, report: &Report) -> Option<Exit> {
    let least = if global.quiet { Severity::Error } else { Severity::Note };
    let shown = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity >= least);
    let stale_files: Vec<StaleFile> = report.stale.iter().map(|stale| stale_file(request, stale)).collect();
    let refused = message::print_all(shown, &stale_files, &report.sources, global.message_format);
    for failure in &report.failures {
        tell!("error: {failure:#}");
    }
    let human = global.message_format == MessageFormat::Human;
    if human && !global.quiet && report.papers.is_empty() && report.count(Severity::Error) == 0 {
        match request.share {
            Some(share) => tell!("there is no paper to make in part {share}: other parts have all the services"),
            None => tell!(
                "there is no paper to make: papers stand in a `narrative.yaml`, in a folder of its own below the service's"
            ),
        }
    }
    for paper in &report.papers {
        match &paper.outcome {
            Outcome::Made { pages } if global.verbose => match pages {
                Some(pages) => tell!("made {} ({pages} {})", paper.name, plural(*pages, "page", "pages")),
                None => tell!("made {}", paper.name),
            },
            Outcome::Blocked { old } if human => {
                let names: Vec<String> = old.iter().map(|file| shown_path(&request.out.join(file))).collect();
                let left = match names.len() {
                    0 => String::new(),
                    1 => format!("; {} is of an earlier run and was left as it is", listed(&names)),
                    _ => format!("; {} are of an earlier run and were left as they are", listed(&names)),
                };
                tell!("not made: {}, because of the errors above{left}", paper.name);
            }
            Outcome::Skipped if human => tell!("not made: {}, since another paper failed first", paper.name),
            _ => {}
        }
    }
    if human {
        stale(global, &stale_files, report);
    }
    if global.verbose {
        for (stage, took) in &report.timings.stages {
            tell!("time: {} {:.1} ms", stage.name(), took.as_secs_f64() * 1000.0);
        }
        tell!("time: total {:.1} ms", report.timings.total.as_secs_f64() * 1000.0);
    }
    if !global.quiet {
        tell!("{}", summary(request, report));
    }
    refused
}

fn stale_file(request: &Request, stale: &Stale) -> StaleFile {
    let what = match stale.why {
        Why::Missing => "is missing",
        Why::Changed => "is stale",
        Why::Edited => "was edited by hand, or is damaged",
        Why::Orphan => "is made by no paper any more",
    };
    StaleFile { path: shown_path(&request.out.join(&stale.path)), what, lines: stale.lines.clone() }
}

/// How many stale files and changed inputs are named.
const STALE_MAX: usize = 20;

/// Says which files a build would change, service by service, and what has changed since they were made.
fn stale(global: &Global, files: &[StaleFile], report: &Report) {
    let limit = if global.verbose { usize::MAX } else { STALE_MAX };
    for stale in files.iter().take(limit) {
        tell!("{} {}", stale.path, stale.what);
        stale.lines.iter().for_each(|line| tell!("    {line}"));
    }
    if report.stale.len() > limit {
        tell!("… and {} more; -v lists all", report.stale.len() - limit);
    }
    for cause in &report.causes {
        let service = if cause.folder.is_empty() { String::new() } else { format!("{}: ", cause.folder) };
        if cause.unknown {
            tell!("{service}there is no manifest that says what the files were made of");
            continue;
        }
        if let Some(program) = &cause.program {
            tell!("{service}the files were made by {program}, and this is another version or has other sources");
        }
        if !cause.inputs.is_empty() {
            let mut names = cause.inputs.clone();
            let more = names.len().saturating_sub(limit);
            names.truncate(limit);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            tell!("{service}changed since they were made: {}{more}", listed(&names));
        } else if cause.partly && cause.program.is_none() {
            tell!("{service}a part of the papers was made since: what the others were made of is not known");
        }
    }
}

fn listed(names: &[String]) -> String {
    diagnostic::listed(names.iter().map(String::as_str))
}

fn shown_path(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// The last line: what was made, how long it took, how many problems there are.
fn summary(request: &Request, report: &Report) -> String {
    let made = report.papers.iter().filter(|paper| matches!(paper.outcome, Outcome::Made { .. })).count();
    let all = report.papers.len();
    let papers = plural(all, "paper", "papers");
    let count = if made == all { format!("{all} {papers}") } else { format!("{made} of {all} {papers}") };
    let seconds = report.timings.total.as_secs_f64();
    // What the machine refused to do was printed as an error, too.
    let errors = report.count(Severity::Error) + report.failures.len();
    let warnings = report.count(Severity::Warning);
    let problems = match (errors, warnings) {
        (0, 0) => "no problems".to_owned(),
        (0, warnings) => format!("{warnings} {}", plural(warnings, "warning", "warnings")),
        (errors, 0) => format!("{errors} {}", plural(errors, "error", "errors")),
        (errors, warnings) => format!(
            "{errors} {} and {warnings} {}",
            plural(errors, "error", "errors"),
            plural(warnings, "warning", "warnings")
        ),
    };
    match request.effect {
        Effect::Compare if report.stale.is_empty() => {
            let (out, as_before) = (shown_path(&request.out), "as a build would make it");
            match made {
                0 if all > 0 => format!("compared nothing with `{out}`, as no paper could be made; {problems}"),
                _ if made < all => {
                    format!("compared {count} with `{out}` in {seconds:.1} s: these are {as_before}; {problems}")
                }
                _ => format!("compared {count} with `{out}` in {seconds:.1} s: everything is {as_before}; {problems}"),
            }
        }
        Effect::Compare => {
            let files = report.stale.len();
            format!(
                "{files} {} in `{}` {} stale: run `boardpaper build`; {problems}",
                plural(files, "file", "files"),
                shown_path(&request.out),
                plural(files, "is", "are")
            )
        }
        Effect::Check => format!("checked {count} in {seconds:.1} s: {problems}"),
        Effect::Write => {
            let files = match (report.files_written, report.files_unchanged) {
                (0, 0) => "no files".to_owned(),
                (written, 0) => format!("{written} {} written", plural(written, "file", "files")),
                (0, unchanged) => format!("{unchanged} {} as before", plural(unchanged, "file", "files")),
                (written, unchanged) => {
                    format!("{written} {} written, {unchanged} as before", plural(written, "file", "files"))
                }
            };
            let out = shown_path(&request.out);
            format!("made {count} in `{out}` ({files}) in {seconds:.1} s: {problems}")
        }
    }
}

fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
