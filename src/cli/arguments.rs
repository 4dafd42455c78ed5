//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Code;
use crate::pipeline::Share;

/// Turns audit results and narrative YAML into board papers: Markdown and accessible PDF.
#[derive(Debug, Parser)]
#[command(name = "boardpaper", version, after_help = EXAMPLES, max_term_width = 100, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  boardpaper init ourtown                  write a small project that works
  boardpaper build                         make every paper of the folder `data` into `out`
  boardpaper build 2020-21-q2              make the papers of one quarter
  boardpaper check                         find what is wrong, write nothing
  boardpaper diff 2019-20-q3 2020-21-q2    what changed between two quarters
  boardpaper status                        every open action and finding
  boardpaper explain total-disagrees       what a message means and how to mend it

Exit codes: 0 done, 1 the content has problems, 2 wrong usage, 3 `build --check` found what a build would change,
65 quarters cannot be compared since the content has problems, 74 a file could not be read or written.";

/// Keeps the options of a command together, above those that every command has.
const EVERYWHERE: &str = "Options of every command";

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Run as if started in DIR: the folder that holds `data`
    #[arg(short = 'C', value_name = "DIR", global = true, default_value = ".", hide_default_value = true, help_heading = EVERYWHERE)]
    pub directory: PathBuf,
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Say more: each paper and how long each stage took; in `diff` every word that changed
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub verbose: bool,
    /// Colours in messages; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t = Color::Auto, help_heading = EVERYWHERE)]
    pub color: Color,
    /// How problems are printed
    #[arg(long, value_name = "FORMAT", global = true, value_enum, default_value_t = MessageFormat::Human, help_heading = EVERYWHERE)]
    pub message_format: MessageFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Sets what every later message does.
    pub fn set(self) {
        let choice = match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    /// For people, with the lines of the file
    Human,
    /// A line each, for editors
    Short,
    /// A line of JSON each, on stdout
    Json,
    /// Annotations of GitHub Actions, on stdout
    Github,
    /// A code quality report of GitLab, on stdout
    Gitlab,
    /// A table for a comment on a pull request, on stdout
    Markdown,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a small project that works, to start your own from
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// Start the next quarter: what is known is filled in, what is to be written is marked
    #[command(after_help = NEW_EXAMPLES)]
    New(New),
    /// Make papers: Markdown, charts, PDF, results and a manifest
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Build),
    /// Find everything that is wrong, and write nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Say what changed between two quarters: findings, scores, promises, words
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// List every open action and finding, overdue first, with the place to edit
    #[command(after_help = STATUS_EXAMPLES)]
    Status(Status),
    /// Make papers again whenever a file changes, and show what is wrong until it is mended
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(Watch),
    /// Say which paper a PDF is, and whether the same data still make it, byte for byte
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    /// List the services and their papers, to spread them over machines
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(Plan),
    /// Write what the `typst` command needs to make a paper, to try a look by hand
    #[command(after_help = EJECT_EXAMPLES)]
    Eject(Eject),
    /// Say what the code of a message means and how to mend it
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
}

const INIT_EXAMPLES: &str = "\
Examples:
  boardpaper init                      in this folder
  boardpaper init ourtown              in a folder that is made
  boardpaper -C ourtown build          makes its first paper

The files say in their notes what each line is for. Nothing that is there is overwritten: a folder
with a `data` in it is refused, and other files are left alone.";

const NEW_EXAMPLES: &str = "\
Examples:
  boardpaper new 2020-21-q3            the next quarter
  boardpaper new north/2020-21-q3      of one of several services
  boardpaper check 2020-21-q3          lists what is still to be written
  boardpaper build --draft 2020-21-q3  makes the paper with each gap marked

The theme is the next of the `rotation`; framework, domain and papers are set up as at its last
audit. Open actions are carried forward, and what that audit found is listed, to be looked for
again. Nothing is overwritten.";

const BUILD_EXAMPLES: &str = "\
Examples:
  boardpaper build                          every paper, into `out`
  boardpaper build 2020-21-q2               one quarter
  boardpaper build north/2020-21-q2 -f md   one service's quarter, Markdown and charts only
  boardpaper build --draft                  gaps are marked, and each page says DRAFT
  boardpaper build --deny warnings          a warning stops its paper, too
  boardpaper build --shard 2/8              the second of eight parts of all services
  boardpaper build --check                  in CI: is what is committed what would be made?

A paper with errors is not written; an older one is left as it is, and the other papers are made.";

const CHECK_EXAMPLES: &str = "\
Examples:
  boardpaper check
  boardpaper check 2020-21-q2 --deny warnings
  boardpaper check --allow not-set --message-format short";

const DIFF_EXAMPLES: &str = "\
Examples:
  boardpaper diff 2019-20-q3 2020-21-q2              a summary for the terminal
  boardpaper diff 2019-20-q3 2020-21-q2 -v           and every word that changed
  boardpaper diff 2019-20-q3 2020-21-q2 -f md        a comment for a pull request
  boardpaper diff 2019-20-q3 2020-21-q2 -f pdf       a page for the board, into `out`

Findings and scores are compared where both quarters audited the same theme; promises and words always are.
Exit codes: 0 done, 1 with --exit-code: something changed, 2 wrong usage, 65 the content has problems.";

const STATUS_EXAMPLES: &str = "\
Examples:
  boardpaper status
  boardpaper status --as-of 2020-21-q1       as it stood at that quarter's paper";

const WATCH_EXAMPLES: &str = "\
Examples:
  boardpaper watch                      every paper
  boardpaper watch 2020-21-q2 --open    one quarter, and the PDF in its viewer

Only what would come out otherwise is made, and a viewer that has the PDF open never sees half of one. Ctrl-C ends.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  boardpaper verify out/2020-21-q2/board-paper.pdf
  boardpaper verify ~/Downloads/agenda-item-5.pdf      whatever it is called now

Ends with 1 where it does not come out the same.";

const PLAN_EXAMPLES: &str = "\
Examples:
  boardpaper plan                      every service with its papers, as JSON
  boardpaper plan -f github-matrix     a line for a matrix of GitHub's, one job a service

Where a part a machine is enough, `boardpaper build --shard 2/8` needs no plan.";

const EJECT_EXAMPLES: &str = "\
Example:
  boardpaper eject 2020-21-q2/board-paper /tmp/paper
  cd /tmp/paper && typst compile --features a11y-extras --font-path fonts \\
      --ignore-system-fonts --ignore-embedded-fonts --pdf-standard ua-1,a-2a main.typ";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  boardpaper explain total-disagrees
  boardpaper explain                    lists every code";

#[derive(Debug, Args)]
pub(super) struct Selection {
    /// A quarter, a paper as `QUARTER/PAPER`, or a service; every paper where nothing is named
    #[arg(value_name = "[SERVICE/]QUARTER")]
    pub names: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct LevelArguments {
    /// Treat a warning as an error: a code, or `warnings` for all
    #[arg(long, value_name = "CODE", value_parser = deniable)]
    pub deny: Vec<Deny>,
    /// Treat a note as a warning, or a denied warning as a warning
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub warn: Vec<Code>,
    /// Say nothing of a warning
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub allow: Vec<Code>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deny {
    Warnings,
    Code(Code),
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder of the project
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The quarter, whose name comes behind those of all that are there
    #[arg(value_name = "[SERVICE/]QUARTER")]
    pub quarter: String,
}

#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    pub selection: Selection,
    /// What to make, separated by commas
    #[arg(short, long, value_enum, value_delimiter = ',', default_value = "md,pdf")]
    pub format: Vec<Format>,
    /// The folder for papers
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// How many papers to make at the same time [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Mark gaps instead of failing, and print DRAFT on each page
    #[arg(long)]
    pub draft: bool,
    /// Stop at the first paper that cannot be made
    #[arg(long)]
    pub fail_fast: bool,
    /// Make one of N balanced parts of the services, counted from 1; `auto` takes GitLab's variables, `auto/N` Kubernetes'
    #[arg(long, value_name = "M/N", conflicts_with = "names")]
    pub shard: Option<Shard>,
    /// Write nothing; say which files a build would change, and why, and exit with 3 if there are any
    #[arg(long, conflicts_with = "force")]
    pub check: bool,
    /// Make every paper again, also one that would be as it is
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub levels: LevelArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Md,
    Pdf,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub levels: LevelArguments,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The quarter to compare with: `[SERVICE/]QUARTER`
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The quarter that is compared
    #[arg(value_name = "NEW")]
    pub new: String,
    /// What to make of it
    #[arg(short, long, value_enum, default_value = "text")]
    pub format: DiffFormat,
    /// Where to write it: a file [default: the terminal]; for pdf a folder [default: out]
    #[arg(short, long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Exit with 1 if anything changed
    #[arg(long)]
    pub exit_code: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    Text,
    Md,
    Json,
    Pdf,
}

#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    pub selection: Selection,
    /// The folder for papers
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Mark gaps instead of failing, and print DRAFT on each page
    #[arg(long)]
    pub draft: bool,
    /// Open the last paper when it is made for the first time
    #[arg(long)]
    pub open: bool,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The PDF
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The folder with the manifests
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// What to print
    #[arg(short, long, value_enum, default_value = "json")]
    pub format: PlanFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    Json,
    GithubMatrix,
}

/// Which part of the services this machine makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shard {
    Named(Share),
    /// As the engine's variables say; how many there are, where it does not.
    Auto(Option<usize>),
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        match text.split_once('/').unwrap_or((text, "")) {
            ("auto", "") if text == "auto" => Ok(Shard::Auto(None)),
            ("auto", of) => match of.parse() {
                Ok(of) if of > 0 => Ok(Shard::Auto(Some(of))),
                _ => Err("write `auto/8` for eight parts".to_owned()),
            },
            _ => text.parse().map(Shard::Named),
        }
    }
}

impl Shard {
    /// Finds the part, with the variables of GitLab (`parallel:`, which counts from 1) and of Kubernetes (an Indexed Job,
    /// which counts from 0 and does not say how many there are).
    pub fn resolve(self, variable: impl Fn(&str) -> Option<String>) -> Result<Share, String> {
        let of = match self {
            Shard::Named(share) => return Ok(share),
            Shard::Auto(of) => of,
        };
        let number = |name: &str| -> Result<Option<usize>, String> {
            let Some(text) = variable(name) else { return Ok(None) };
            text.parse().map(Some).map_err(|_| format!("the variable {name} is `{text}`, and a number is wanted"))
        };
        let (part, total, names) = match (number("CI_NODE_INDEX")?, number("JOB_COMPLETION_INDEX")?) {
            (Some(part), _) => (part, number("CI_NODE_TOTAL")?, "CI_NODE_INDEX and CI_NODE_TOTAL"),
            (None, Some(index)) => (index + 1, None, "JOB_COMPLETION_INDEX"),
            (None, None) => {
                return Err("`--shard auto` needs CI_NODE_INDEX and CI_NODE_TOTAL (GitLab's `parallel:`) or \
                            JOB_COMPLETION_INDEX (a Kubernetes Indexed Job); elsewhere write `--shard 2/8`"
                    .to_owned());
            }
        };
        let of =
            of.or(total).ok_or("JOB_COMPLETION_INDEX does not say how many parts there are: write `--shard auto/8`")?;
        Share::new(part, of).ok_or_else(|| format!("{names} ask for part {part} of {of}, which there is not"))
    }
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// As it stood at a quarter's paper: `[SERVICE/]QUARTER` [default: the latest]
    #[arg(long, value_name = "QUARTER")]
    pub as_of: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Eject {
    /// The paper: `[SERVICE/]QUARTER/PAPER`
    #[arg(value_name = "[SERVICE/]QUARTER/PAPER")]
    pub paper: String,
    /// The folder to write to
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code in the brackets of a message; all codes are listed where none is given
    #[arg(value_name = "CODE", value_parser = code)]
    pub code: Option<Code>,
}

fn code(written: &str) -> Result<Code, String> {
    Code::find(written).ok_or_else(|| {
        let known = crate::diagnostic::codes::ALL.iter().map(|code| code.name());
        match crate::diagnostic::closest(written, known) {
            Some(name) => format!("there is no such code; did you mean `{name}`?"),
            None => "there is no such code; `boardpaper explain` lists them".to_owned(),
        }
    })
}

fn deniable(written: &str) -> Result<Deny, String> {
    if written == "warnings" { Ok(Deny::Warnings) } else { code(written).map(Deny::Code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        text.parse::<Shard>()?.resolve(variable).map(|share| share.to_string())
    }

    #[test]
    fn each_engine_counts_in_its_own_way() {
        let gitlab = [("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "7")];
        assert_eq!(resolved("auto", &gitlab).as_deref(), Ok("1/7"));
        assert_eq!(resolved("auto/8", &[("JOB_COMPLETION_INDEX", "0")]).as_deref(), Ok("1/8"));
        assert_eq!(resolved("auto/8", &[("JOB_COMPLETION_INDEX", "7")]).as_deref(), Ok("8/8"));
        assert_eq!(resolved("3/4", &gitlab).as_deref(), Ok("3/4"));
    }

    #[test]
    fn what_no_engine_says_is_asked_for() {
        assert!(resolved("auto", &[]).unwrap_err().contains("--shard 2/8"));
        assert!(resolved("auto", &[("JOB_COMPLETION_INDEX", "0")]).unwrap_err().contains("auto/8"));
        assert!(
            resolved("auto", &[("CI_NODE_INDEX", "8"), ("CI_NODE_TOTAL", "7")]).unwrap_err().contains("part 8 of 7")
        );
        assert!(resolved("auto", &[("CI_NODE_INDEX", "x")]).unwrap_err().contains("CI_NODE_INDEX"));
        assert!(resolved("auto/0", &[]).is_err());
    }
}
