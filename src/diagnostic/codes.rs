//! The register: every code that a diagnostic can carry, each described once.
//!
//! The doc comment of a code is its page in the manual: `boardpaper explain CODE` prints it.
//! First line: what it finds. Then why it matters, an example, and how to mend it.

use std::fmt;

use super::Severity;

/// A kind of diagnostic: a stable name, how much it weighs unless told otherwise, and its page.
#[derive(Clone, Copy)]
pub struct Code(&'static Entry);

struct Entry {
    name: &'static str,
    severity: Severity,
    page: &'static str,
}

impl Code {
    /// The name that is printed and typed: words in lower case, joined by `-`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// The page of the manual, in Markdown.
    pub fn page(self) -> String {
        self.0.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// The page's first line: what the code finds.
    pub fn summary(self) -> String {
        self.page().lines().next().unwrap_or_default().to_owned()
    }

    pub fn find(name: &str) -> Option<Code> {
        ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! register {
    ($( $(#[doc = $line:literal])+ $constant:ident = $name:literal, $severity:ident; )+) => {
        $(
            $(#[doc = $line])+
            pub const $constant: Code =
                Code(&Entry { name: $name, severity: Severity::$severity, page: concat!($($line, "\n"),+) });
        )+

        /// Every code, in the order of the register.
        pub const ALL: &[Code] = &[$($constant),+];
    };
}

register! {
    // ── Files and their structure ──

    /// The file is not YAML.
    ///
    /// Nothing in such a file can be read, so no paper that rests on it is made. Nearly always
    /// one character is to blame: a colon, a bracket, a quotation mark or a tab.
    ///
    /// Example: the second colon makes YAML look for a key.
    ///
    /// ```yaml
    /// context: The result: good, on the whole.
    /// ```
    ///
    /// How to mend it: Look at the place that the message shows, and at the line above it. Put
    /// `|` after a key and its text on the next line, indented: in such a block every character
    /// is only a character.
    YAML_SYNTAX = "yaml-syntax", Error;

    /// A key stands twice in one mapping.
    ///
    /// YAML would keep the last of the two and drop the other without a word, so a whole
    /// paragraph could be missing from a paper.
    ///
    /// Example:
    ///
    /// ```yaml
    /// context: |
    ///   Written in October.
    /// context: |
    ///   Written in November.
    /// ```
    ///
    /// How to mend it: Join the two texts under one key, or remove the one that is out of date.
    DUPLICATE_KEY = "duplicate-key", Error;

    /// A key that the file's format does not have.
    ///
    /// A misspelt key would be passed over, and the paper would go to the board without what
    /// stands under it.
    ///
    /// Example:
    ///
    /// ```yaml
    /// contxt: |
    ///   A few words.
    /// ```
    ///
    /// How to mend it: Correct the spelling; the message offers the nearest key and names all
    /// that are known at this place. A note to yourself goes behind a `#` on a line of its own,
    /// outside of every text.
    UNKNOWN_KEY = "unknown-key", Error;

    /// A key that must be there is missing or empty.
    ///
    /// A paper without its title or its meeting, an audit without its theme or a finding
    /// without its kind could not be made, or would mislead.
    ///
    /// Example: a paper needs a `meeting`.
    ///
    /// ```yaml
    /// papers:
    ///   - template: board-paper
    ///     title: Case audit of out-of-court disposals
    /// ```
    ///
    /// How to mend it: Add the key and its value at the place shown. Few keys are required; all
    /// others may stay away until there is something to say.
    MISSING_KEY = "missing-key", Error;

    /// A text is still to be written: it starts with the word `TODO`.
    ///
    /// `boardpaper new` starts a quarter with a `TODO` at each place that only you can fill, and
    /// you may leave one for yourself anywhere. A board should never read it.
    ///
    /// Example:
    ///
    /// ```yaml
    /// why: |
    ///   TODO Who asked for this report, and why now.
    /// ```
    ///
    /// How to mend it: Write the text in the place of `TODO` and the words behind it. What you
    /// have nothing to say on you take away with its key. Until then `boardpaper build --draft`
    /// makes the paper with each gap marked.
    TO_WRITE = "to-write", Error;

    /// A value of the wrong shape: a list where a text is wanted, or the like.
    ///
    /// What does not come in the shape that is wanted would have to be guessed, and nobody
    /// should guess in a board paper.
    ///
    /// Example: what was learned is a list, even where it is one thing.
    ///
    /// ```yaml
    /// learning: |
    ///   Children are heard.
    /// ```
    ///
    /// How to mend it: For a list put `- ` before each item. For a text put quotation marks
    /// around it, or `|` before it. For a number write digits alone: 83, not 83%.
    WRONG_TYPE = "wrong-type", Error;

    /// A value of the right shape that is not allowed here.
    ///
    /// Words such as the kind of a finding or the status of an action decide how it is counted
    /// and printed, so only those that are known are taken.
    ///
    /// Example: a finding is a `strength` or an `improvement`.
    ///
    /// ```yaml
    /// findings:
    ///   - id: F-2020-001
    ///     kind: weakness
    /// ```
    ///
    /// How to mend it: Take one of the values that the message names, spelt as it is there:
    /// capitals count. Where the message speaks of numbers, correct the one that cannot be.
    BAD_VALUE = "bad-value", Error;

    /// A date that is not one, or is not written year first.
    ///
    /// Dates decide what is overdue and which audit came first. 03/04/2020 is a day in April to
    /// some and in March to others, so a date has one way to be written.
    ///
    /// Example:
    ///
    /// ```yaml
    /// due: 31/12/2020
    /// ```
    ///
    /// How to mend it: Write `2020-12-31`. When an action is due, or reviewed, may also be a
    /// month, `2020-12`, or a quarter of the financial year, `2020-21-q3`. For an action
    /// without an end leave `due` away and set a `review`.
    BAD_DATE = "bad-date", Error;

    /// An id that is not written as ids are.
    ///
    /// Ids join a finding to its actions and one quarter to the next, and some become the names
    /// of files. They keep to characters that are safe everywhere.
    ///
    /// Example:
    ///
    /// ```yaml
    /// findings:
    ///   - id: F/2020/001
    /// ```
    ///
    /// How to mend it: Use letters, digits, `.`, `-` and `_`, with a letter or a digit first
    /// and 64 characters at most: `F-2020-001`. The name of a quarter's folder is its id, too,
    /// and so is the name of a framework's or an inspection's file.
    BAD_ID = "bad-id", Error;

    /// Two things have the same id.
    ///
    /// Whatever names this id could mean either of the two: the board's decision on an ask, the
    /// finding behind an action, the answers on a case.
    ///
    /// Example:
    ///
    /// ```yaml
    /// asks:
    ///   board:
    ///     - {id: Q-2020-01, text: Note the findings}
    ///     - {id: Q-2020-01, text: Agree the next steps}
    /// ```
    ///
    /// How to mend it: Give one of the two an id of its own, or remove what stands there by
    /// mistake. Ids of actions and asks are used once in a service and never again. A finding
    /// that is seen again in a later quarter keeps its id: that is how it is known.
    DUPLICATE_ID = "duplicate-id", Error;

    /// An id that nothing has.
    ///
    /// A finding that rests on a question that does not exist has no evidence, and an action
    /// that names no finding cannot be traced to its reason.
    ///
    /// Example: the framework has `3.1.1.a` and `3.1.1.b`.
    ///
    /// ```yaml
    /// findings:
    ///   - id: F-2020-001
    ///     prompts: [3.1.1.c]
    /// ```
    ///
    /// How to mend it: Correct the id; the message offers the nearest one, or lists those there
    /// are. If the thing itself is missing, add it: an action in `actions.yaml`, a question in
    /// the framework's file, a theme under `rotation` or `themes` in `service.yaml`.
    UNKNOWN_ID = "unknown-id", Error;

    /// YAML cut a text short.
    ///
    /// In a text that follows its key in the same line ` #` begins a comment, a comma inside
    /// `{…}` begins the next key, and a first word with `&` or `!` is taken away. The paper
    /// would print half a sentence, and nobody would notice.
    ///
    /// Example: two texts that lose their ends.
    ///
    /// ```yaml
    /// context: We audited theme #2 this year.
    /// asks:
    ///   board:
    ///     - {id: Q-2020-01, text: Note the findings, and the learning}
    /// ```
    ///
    /// How to mend it: Put `|` after the key and the text on the next line, indented; there
    /// every character is kept. A short text may have quotation marks around it instead. A
    /// comment goes on a line of its own.
    CUT_SHORT = "cut-short", Error;

    /// A line of narrative starts with `#`.
    ///
    /// Such a line is often a note to oneself that was to be taken out. Markdown makes a
    /// heading of it, and the board reads it.
    ///
    /// Example:
    ///
    /// ```yaml
    /// context: |
    ///   Most children were seen.
    ///
    ///   # ask Priya for the number
    /// ```
    ///
    /// How to mend it: Delete the line. For a heading inside a text write `##`; for the
    /// character itself write `\#`.
    NOTE_TO_SELF = "note-to-self", Warning;

    /// A file was not UTF-8 and was read as Windows-1252.
    ///
    /// These are two ways to store text, and older spreadsheets use the second. They agree on
    /// plain letters, but not on accents, dashes, curly quotes and pound signs: those would be
    /// wrong if the guess is wrong.
    ///
    /// Example: a table that was saved as "CSV (comma delimited)", with a dash in it.
    ///
    /// ```csv
    /// case,prompt,answer,comment
    /// C1,3.1.1.a,Partly,no plan – see the file
    /// ```
    ///
    /// How to mend it: Look whether those characters are right. Then save the file again as
    /// UTF-8: a spreadsheet calls it "CSV UTF-8", an editor has it among its encodings.
    READ_AS_WINDOWS_1252 = "read-as-windows-1252", Note;

    /// A file that another file names is not there.
    ///
    /// An audit without its answers has no scores, and a paper without its picture has a hole.
    ///
    /// Example: the file is called `answers.csv`.
    ///
    /// ```yaml
    /// answers: answer.csv
    /// ```
    ///
    /// How to mend it: Correct the name, with its ending and its capitals, or put the file
    /// there. It is looked for in the folder of the file that names it; what a `template.yaml`
    /// names, in the folder of that template.
    MISSING_FILE = "missing-file", Error;

    /// A YAML file in the data folder that nothing reads.
    ///
    /// A slip in the name of a file or a folder is enough to leave a whole quarter out of the
    /// board's papers.
    ///
    /// Example: the second `r` is missing.
    ///
    /// ```text
    /// data/2020-21-q2/narative.yaml
    /// ```
    ///
    /// How to mend it: Rename it; the message offers the nearest name. A service's folder holds
    /// `service.yaml`, `actions.yaml`, `frameworks/` and `inspections/`, a quarter's folder
    /// `audit.yaml` and `narrative.yaml`. What is for you alone may end in `.txt` or `.md`.
    UNREAD_FILE = "unread-file", Warning;

    /// No service was found.
    ///
    /// All that boardpaper reads belongs to a service: a folder with a `service.yaml` in it,
    /// which is `data` itself or a folder below it.
    ///
    /// Example: run in a folder that holds no `data`, or a `data` with no `service.yaml`.
    ///
    /// ```text
    /// $ boardpaper check
    /// error[no-service]: no `service.yaml` was found in `data` or a folder below it
    /// ```
    ///
    /// How to mend it: Run boardpaper in the folder that holds `data`, or name that folder:
    /// `boardpaper -C papers check`. To begin with, a `data/service.yaml` of one line will do:
    /// `name: Eastmere Youth Justice Service`.
    NO_SERVICE = "no-service", Error;

    // ── Answers, scores and the sample ──

    /// The table of answers has a layout that is not known.
    ///
    /// If the columns had to be guessed, answers could be counted for the wrong case or the
    /// wrong question.
    ///
    /// Example: the first cell should say `prompt`.
    ///
    /// ```csv
    /// number,C1,C2,C3
    /// 3.1.1.a,Yes,No,Partly
    /// ```
    ///
    /// How to mend it: Write a row an answer, with `case,prompt,answer` as the first row (and
    /// `auditor`, `practitioner` and `comment` if you like). Or write a column a case, with
    /// `prompt` and the codes of the cases as the first row; a column `question` is passed
    /// over. Remove titles above the first row. Commas, semicolons and tabs are all known.
    ANSWERS_LAYOUT = "answers-layout", Error;

    /// An answer that the scale does not have.
    ///
    /// Every answer earns points, and nobody has said how many this one earns.
    ///
    /// Example: with a scale of Yes, Partly and No.
    ///
    /// ```yaml
    /// cases:
    ///   - case: C1
    ///     answers: {3.1.1.a: Mostly, 3.1.1.b: Yes}
    /// ```
    ///
    /// How to mend it: Use the words of the `scale` in the framework's file, or `N/A`. Capitals
    /// do not matter, and a first letter is enough: `y`, `P`, `n.a.`.
    UNKNOWN_ANSWER = "unknown-answer", Error;

    /// A question that was asked has no answer.
    ///
    /// A blank is not N/A. N/A takes the question out of the maximum; a blank is missing data,
    /// and to pass over it would change the score for no reason.
    ///
    /// Example: the second case lacks an answer.
    ///
    /// ```csv
    /// case,prompt,answer
    /// C1,3.1.1.b,Yes
    /// C2,3.1.1.b,
    /// ```
    ///
    /// How to mend it: Ask the auditor and fill the answer in. Write `N/A` where the question
    /// did not apply to this case. A question that no case was asked belongs under `not_asked:`
    /// in `audit.yaml`.
    MISSING_ANSWER = "missing-answer", Error;

    /// A question has an answer although the audit says that it was not asked.
    ///
    /// Either the list or the answer is wrong, and the score depends on which of them it is.
    ///
    /// Example:
    ///
    /// ```yaml
    /// not_asked: [3.1.1.b]
    /// cases:
    ///   - case: C1
    ///     answers: {3.1.1.a: Yes, 3.1.1.b: No}
    /// ```
    ///
    /// How to mend it: If the question was asked, take it out of `not_asked:` and give every
    /// case an answer to it. If it was not, remove its answers, or leave their cells blank.
    NOT_ASKED = "not-asked", Error;

    /// Points that cannot be: more than the maximum.
    ///
    /// They would print a score above 100% for the board to see.
    ///
    /// Example:
    ///
    /// ```yaml
    /// totals:
    ///   - {standard: "3.1", points: 40.5, of: 40}
    /// ```
    ///
    /// How to mend it: Hold both numbers against the table that they come from. `points` were
    /// earned; `of` is what could have been earned, with N/A taken out.
    IMPOSSIBLE_POINTS = "impossible-points", Error;

    /// A stated total is not the sum of its parts.
    ///
    /// A paper that went to a public board gave 296.5/416 as its overall score where its four
    /// rows sum to 207.5/253: the total of another audit had been pasted in. The percentage
    /// beside it was right, so nobody looked.
    ///
    /// Example:
    ///
    /// ```yaml
    /// stated:
    ///   overall: {points: 296.5, of: 416, percent: 82}
    /// ```
    ///
    /// How to mend it: Correct what is stated in `audit.yaml`, or the answers or totals that it
    /// is held against. The message gives the computed score and, where it can, the audit that
    /// the number belongs to. If the paper has gone out, tell the board.
    TOTAL_DISAGREES = "total-disagrees", Error;

    /// A stated percentage or rating is not the computed one.
    ///
    /// A percentage is rounded half up to a whole one, and a rating follows from the bands of
    /// the framework. One that differs was miscounted or mistyped, and a board may have acted
    /// on it.
    ///
    /// Example: 33 of 40 are 82.5%, which is printed as 83%.
    ///
    /// ```yaml
    /// totals:
    ///   - {standard: "3.1", points: 33, of: 40}
    /// stated:
    ///   standards:
    ///     - {standard: "3.1", percent: 82, rating: Outstanding}
    /// ```
    ///
    /// How to mend it: Correct it under `stated:` in `audit.yaml`, which is checked and never
    /// printed. If your framework gives ratings by exact percentages, say `band_on: exact` in
    /// its file. If the paper has gone out, tell the board.
    STATED_DISAGREES = "stated-disagrees", Error;

    /// The sample's numbers do not agree with each other or with the cases.
    ///
    /// The board reads how many cases were picked and how many were looked at. If these
    /// contradict each other, nobody can say what the scores rest on.
    ///
    /// Example: three cases have answers.
    ///
    /// ```yaml
    /// sample: {eligible: 12, selection: random, selected: 4, completed: 4}
    /// ```
    ///
    /// How to mend it: Count again. No more cases are selected than were eligible, and none
    /// completed that was not selected; as many are completed as have answers; and the reasons
    /// under `shortfall:` add up to those that are missing.
    SAMPLE_DISAGREES = "sample-disagrees", Error;

    /// Cases were picked and not completed, and nobody says why.
    ///
    /// A board will ask whether the cases that dropped out were the difficult ones. The reason
    /// is printed with the sample.
    ///
    /// Example:
    ///
    /// ```yaml
    /// sample: {eligible: 41, selection: random, selected: 7, completed: 5}
    /// ```
    ///
    /// How to mend it: Give the reasons and how many cases each explains: `shortfall: [{cases:
    /// 2, reason: essential work came first}]`.
    SHORTFALL_UNEXPLAINED = "shortfall-unexplained", Warning;

    /// An inspection's overall rating is not what its ratings of the standards add up to.
    ///
    /// The framework says what each rating earns and from how many points on an overall rating
    /// is given. A board that reads one rating beside twelve others which do not give it will
    /// ask, and most often one of them was typed wrongly.
    ///
    /// Example: the twelve ratings earn 18 points, and Good starts at 19.
    ///
    /// ```yaml
    /// framework: hmip-2018
    /// overall: Good
    /// ratings: {"1.1": Good, "1.2": Good, …}
    /// ```
    ///
    /// How to mend it: Hold `ratings` and `overall` against the published report. If the report
    /// itself differs, since inspectors may decide otherwise, leave it and
    /// `--allow composite-disagrees`. If the framework's `composite` is wrong, correct it there.
    COMPOSITE_DISAGREES = "composite-disagrees", Warning;

    /// Two words of the RAG scale claim one status.
    ///
    /// An action has one word. With two to choose from, the key under the plan would contradict
    /// the word beside the action, and green could be printed where the service means amber.
    ///
    /// Example: both words are for actions that are at risk.
    ///
    /// ```yaml
    /// rag:
    ///   - {word: Amber, means: may be late, statuses: [at risk, risk accepted]}
    ///   - {word: Red, means: late, statuses: [overdue, at risk]}
    /// ```
    ///
    /// How to mend it: Leave the status with the word that such actions are to have, and take it
    /// from the other. A status that no word has is printed by itself.
    RAG_TWICE = "rag-twice", Error;

    // ── Dates, findings and actions ──

    /// Dates stand in an order that cannot be.
    ///
    /// Papers have been dated a year before the inspection that they report. A wrong date also
    /// makes an action overdue that is not, or hides one that is.
    ///
    /// Example: the audit ended after the meeting.
    ///
    /// ```yaml
    /// audited: {from: 2020-09-07, to: 2020-09-11}    # in audit.yaml
    /// meeting: 2020-09-04                            # in narrative.yaml
    /// ```
    ///
    /// How to mend it: Correct the date that is wrong; the message shows both. A period ends
    /// after it begins, an audit before its meeting; a background paper is older than the
    /// meeting; an action is opened before it is updated or due, and before a paper lists it as
    /// a next step.
    DATE_ORDER = "date-order", Error;

    /// A paper shows an audit or an inspection that is later than itself.
    ///
    /// Each paper says what was known on its day. A score or a rating that came later would make
    /// it say something else whenever it is built again, and nobody saw it at the meeting.
    ///
    /// Example: the paper is of `2020-21-q1`.
    ///
    /// ```yaml
    /// papers:
    ///   - template: progress-slides
    ///     show: {scores: [2019-20-q3, 2020-21-q2]}
    /// ```
    ///
    /// How to mend it: Take it out, or make the paper in the later quarter. An inspection counts
    /// from the day on which it was `published`, or else from the end of its `fieldwork`.
    SHOWS_LATER = "shows-later", Error;

    /// An audit or an inspection lies outside the dates of its framework.
    ///
    /// Standards are replaced every few years. An audit by standards that no longer hold, or do
    /// not hold yet, cannot be set beside an inspection, and is most often a file copied from
    /// the last audit.
    ///
    /// Example: the standards of 2018 were in force until June 2021.
    ///
    /// ```yaml
    /// framework: hmip-2018
    /// audited: {from: 2021-09-06, to: 2021-09-17}
    /// ```
    ///
    /// How to mend it: Name the framework that was in force, or correct the date that is wrong,
    /// here or under `in_force` in the framework's file. What counts is when the cases were
    /// looked at, `audited`, not when they began; an inspection goes by its `fieldwork`.
    NOT_IN_FORCE = "not-in-force", Warning;

    /// A finding has no evidence in the answers.
    ///
    /// The paper says in how many cases a finding was seen. None at all means that it names the
    /// wrong question, or is the wrong finding.
    ///
    /// Example: every case was answered Yes on this question.
    ///
    /// ```yaml
    /// findings:
    ///   - id: F-2020-001
    ///     kind: improvement
    ///     text: |
    ///       Children were not heard.
    ///     prompts: [3.1.1.b]
    /// ```
    ///
    /// How to mend it: List under `prompts:` the questions whose answers show the finding:
    /// below the best answer for an improvement, the best one for a strength. If only the cases
    /// are known, list them under `cases:`. If nothing shows it, take it out.
    NO_EVIDENCE = "no-evidence", Warning;

    /// An action has no owner, no due date or no measure.
    ///
    /// Nobody can be held to such an action. One published plan had 15 recommendations without
    /// an owner or a date. The paper prints "not yet set" in their place.
    ///
    /// Example:
    ///
    /// ```yaml
    /// - id: A-2020-001
    ///   opened: 2020-07-06
    ///   what: Train all workers in risk assessment
    /// ```
    ///
    /// How to mend it: Say who leads (`owners`), by when (`due`), and how it will be known to
    /// be done (`measure`). A due date may also come with a later update of the action.
    NOT_SET = "not-set", Warning;

    /// A finding has a history that cannot be.
    ///
    /// Findings are followed by their id through all audits of a theme, and the paper says of
    /// each whether it is new, seen again or gone. A withdrawn finding that comes back, one that
    /// turns from an improvement into a strength, or one that stands in an audit of another
    /// kind of case would make that history false. Nearly always an id was copied.
    ///
    /// Example: the finding was withdrawn in the quarter before.
    ///
    /// ```yaml
    /// - id: F-2020-001      # withdrawn in 2020-21-q1
    ///   kind: improvement
    /// ```
    ///
    /// How to mend it: Give what was found now an id of its own. If the old entry is wrong, mend
    /// that: a finding that was never in a paper is left out, not withdrawn.
    IMPOSSIBLE_HISTORY = "impossible-history", Error;

    /// Folders sort in another order than their audits took place.
    ///
    /// Quarters sort by name, and what is new, what came back and what is overdue goes by that
    /// order. `2020-spring` sorts behind `2020-autumn`, so the spring's paper would say what
    /// became of the autumn's findings.
    ///
    /// Example: a folder `2020-spring` beside a folder `2020-autumn`.
    ///
    /// ```yaml
    /// audited: {from: 2020-03-02, to: 2020-03-13}    # in 2020-spring/audit.yaml
    /// ```
    ///
    /// How to mend it: Call the folders so that they sort, as `2019-20-q4` and `2020-21-q2` do.
    /// If the names are right, correct the date that is wrong.
    QUARTER_ORDER = "quarter-order", Warning;

    /// An audit is not compared with the last one of its theme.
    ///
    /// The two used different frameworks, and neither says which of its standards are the same
    /// in the other. So no score is compared, and findings of the older one are not followed.
    /// Or they rate in different ways, by points and by the lowest key question: then findings
    /// are followed, and scores are not compared. Or only one of them has a framework: an audit
    /// by themes alone has nothing to hold scores against.
    ///
    /// Example: the framework was replaced by a new edition between the two audits.
    ///
    /// ```yaml
    /// framework: hmip-2021      # the last audit of this theme used hmip-2018
    /// ```
    ///
    /// How to mend it: Write into the newer framework which standards are the same, as
    /// `maps: {hmip-2018: {"3.1": "3.1"}}`. If nothing is the same, or one has no framework, give
    /// the newer audit a `theme` of its own, or `--allow not-compared`.
    NOT_COMPARED = "not-compared", Warning;

    /// A finding is not there any more, though its prompts still lack the best answer.
    ///
    /// The paper tells the board that it was "not named this time, though cases still show it".
    /// The board may ask why it has gone.
    ///
    /// Example: last time's finding rests on the prompt 3.1.1.a, and this time it is left out.
    ///
    /// ```yaml
    /// # in audit.yaml
    /// - {case: C4, answers: {3.1.1.a: Partly}}
    /// ```
    ///
    /// How to mend it: List the finding again under `findings:` with the same id. If what is left
    /// is too little for a finding, leave it out and `--allow still-answered`.
    STILL_ANSWERED = "still-answered", Warning;

    /// A new finding reads very much like one that has gone.
    ///
    /// Findings are matched by id and never by their words. If the same thing gets a new id,
    /// the board is told of one finding that is new and one that was not found again, and
    /// neither is true.
    ///
    /// Example: the words are the same, the id is not.
    ///
    /// ```yaml
    /// - id: F-2020-009      # last year's F-2019-004
    ///   text: |
    ///     Risks to the child were not thought through.
    /// ```
    ///
    /// How to mend it: Use the old id if it is the same finding. If it is another one, there is
    /// nothing to do.
    LIKELY_TWIN = "likely-twin", Note;

    // ── The text of a paper ──

    /// A file that should come along as an appendix is no PDF of the service's own.
    ///
    /// A clerk can only pass on what opens, and what lies elsewhere may not be meant for others.
    ///
    /// Example: a file of a word processor.
    ///
    /// ```yaml
    /// appendices:
    ///   - {id: B, title: Letter of the inspectorate, file: letter.docx}
    /// ```
    ///
    /// How to mend it: Save it as a PDF in the quarter's folder and name that. It is passed on
    /// byte by byte: whether a screen reader can read it is for whoever made it.
    ATTACHMENT = "attachment", Error;

    /// Two papers of a quarter would be written to the same file.
    ///
    /// The second would take the first one's place, and a clerk would get one paper instead of
    /// two. Capital letters make no difference: many systems take `Item 5` and `item 5` for one.
    ///
    /// Example: the second paper's name is the first one's id.
    ///
    /// ```yaml
    /// papers:
    ///   - {template: board-paper, title: …, meeting: 2020-11-02}
    ///   - {template: audit-report, filename: Board-paper, title: …, meeting: 2020-11-02}
    /// ```
    ///
    /// How to mend it: Give one of the two another `filename`, or another `id` where it has no
    /// `filename`.
    SAME_FILE = "same-file", Error;

    /// A part of the paper that must be there has no text.
    ///
    /// The board's own form asks for it, and a paper without it would be sent back. An appendix
    /// or a section of your own without text would be a heading over nothing.
    ///
    /// Example: a board paper says what outcomes are expected; here is nothing.
    ///
    /// ```yaml
    /// outcomes:
    ///   expected:
    ///   monitoring:
    /// ```
    ///
    /// How to mend it: Write the text under the key that the message names. While it is still
    /// to come, `boardpaper build --draft` makes the paper with each gap marked. Which parts
    /// must be there stands in the template's `template.yaml`, as `required: true`.
    MISSING_SECTION = "missing-section", Error;

    /// A figure in prose names nothing that was computed.
    ///
    /// Figures are looked up so that no number is retyped. A name that leads nowhere would
    /// leave a hole in the sentence.
    ///
    /// Example:
    ///
    /// ```yaml
    /// context: |
    ///   Assessment scored (=3.1.percnt).
    /// ```
    ///
    /// How to mend it: Write a name, a dot and what is wanted of it, as in `(=3.1.percent)`.
    /// The name is a standard's id, `overall`, `sample` or one of your `figures:`. For another
    /// audit write its quarter first, `(=2020-21-q1/overall.percent)`, or `previous.` for the
    /// last one. For the characters themselves write `\(=`.
    UNKNOWN_FIGURE = "unknown-figure", Error;

    /// A heading skips a level or is too deep.
    ///
    /// Somebody who listens to a paper moves through it by its headings, and a level that is
    /// left out sounds like a part that is missing.
    ///
    /// Example:
    ///
    /// ```yaml
    /// context: |
    ///   ## How we worked
    ///
    ///   #### Who took part
    /// ```
    ///
    /// How to mend it: Use at most one `#` more than the heading above has, and begin with
    /// `##`. The headings of a text come below that of its section, and the sixth level is the
    /// last.
    HEADING_LEVEL = "heading-level", Error;

    /// A picture has no alternative text.
    ///
    /// Public bodies must publish papers that people who do not see can read. The alternative
    /// text is all that they get of a picture.
    ///
    /// Example:
    ///
    /// ```markdown
    /// ![](plan.svg)
    /// ```
    ///
    /// How to mend it: Say in the square brackets what the picture shows: `![The four steps
    /// from referral to review](plan.svg)`.
    MISSING_ALT = "missing-alt", Error;

    /// A picture stands inside a line of text.
    ///
    /// In a sentence or in the cell of a table a picture would tear the text apart, and nobody
    /// who listens to the paper could tell where it belongs.
    ///
    /// Example:
    ///
    /// ```markdown
    /// The steps are these: ![The four steps](plan.svg)
    /// ```
    ///
    /// How to mend it: Put the picture on a line of its own, with a blank line before and after
    /// it. A picture that is a link cannot be printed: write the link as text below it.
    IMAGE_IN_TEXT = "image-in-text", Error;

    /// A link that is neither a web address nor an e-mail address, or has no text.
    ///
    /// A file on your computer or a place in another paper opens for nobody else, and a link
    /// without text can be neither seen nor heard.
    ///
    /// Example:
    ///
    /// ```markdown
    /// Read the [guidance](guidance.docx).
    /// ```
    ///
    /// How to mend it: Give the full address, with `https://`, `http://` or `mailto:` first. To
    /// mention a file write its name without a link. What the board should have read belongs
    /// under `background_papers:`.
    LINK_SCHEME = "link-scheme", Error;

    /// A picture's file lies outside the service's folder, or cannot be read or printed.
    ///
    /// A paper is made of what lies in the data folder and nothing else, so that it can be made
    /// again on any machine, the same to the last byte.
    ///
    /// Example:
    ///
    /// ```markdown
    /// ![The four steps](../../pictures/plan.svg)
    /// ```
    ///
    /// How to mend it: Copy the picture into the service's folder and name it from the folder
    /// of the file that shows it. Pictures of the kinds svg, png, jpg, gif and webp can be
    /// printed; save any other as one of these. A picture on the web must be saved first.
    IMAGE_FILE = "image-file", Error;

    /// Lists or quotes are nested too deep.
    ///
    /// Nobody can follow so many levels, and each takes a strip off the page. Most often an
    /// e-mail was pasted, with all the answers that it quotes.
    ///
    /// Example: the limit is 16.
    ///
    /// ```markdown
    /// > > > > > > > > > > > > > > > > > Thank you for your message.
    /// ```
    ///
    /// How to mend it: Take levels away, or say it in sentences.
    NESTED_TOO_DEEP = "nested-too-deep", Error;

    /// A character that no font of the paper has.
    ///
    /// It would be printed as an empty box, and nobody could tell what it was.
    ///
    /// Example:
    ///
    /// ```markdown
    /// Most children did well 🎉 this year.
    /// ```
    ///
    /// How to mend it: Write it in words, or use a plainer character. Where a name needs it,
    /// put a font that has it (a `.ttf` or `.otf` file) into `report-templates/styles/fonts`.
    MISSING_GLYPH = "missing-glyph", Error;

    /// A character that a text must not hold.
    ///
    /// Some characters cannot be seen, and still turn the order of the letters round, hide a
    /// piece of the text or stand for something else in the program. They come along when text
    /// is pasted from a web page or a PDF.
    ///
    /// Example: the place of the character U+202E is marked.
    ///
    /// ```text
    /// The score<U+202E> rose.
    /// ```
    ///
    /// How to mend it: Delete the character at the place shown; if it cannot be seen, delete
    /// the word and type it again. Accents, dashes, curly quotes and no-break spaces are
    /// welcome.
    FORBIDDEN_CHARACTER = "forbidden-character", Error;

    /// A code block is never closed.
    ///
    /// All that follows in the text would be printed as code, in the letters of a typewriter,
    /// its lists and tables with it.
    ///
    /// Example:
    ///
    /// ````markdown
    /// ```
    /// refer, assess, plan, review
    ///
    /// Then we begin again.
    /// ````
    ///
    /// How to mend it: Close it with the characters that open it, on a line of their own. If no
    /// code was meant, remove the line that opens it.
    UNCLOSED_FENCE = "unclosed-fence", Error;

    /// HTML in narrative is printed as it is written.
    ///
    /// The board would read `<b>` instead of bold letters. What is written as a comment of HTML
    /// is printed, too.
    ///
    /// Example:
    ///
    /// ```markdown
    /// A child under <b>sixteen</b> was seen.
    /// ```
    ///
    /// How to mend it: Write Markdown: `**bold**`, `*emphasis*`, `[text](address)`. For the
    /// character itself write `\<`. In the cell of a table `<br>` begins a new line; it is the
    /// only HTML that is understood.
    HTML_AS_TEXT = "html-as-text", Warning;

    /// A figure stands in the title of a paper, where none is looked up.
    ///
    /// Titles stand in lists of papers, in the PDF's own data and in the names of files: they are
    /// printed as they are written. The board would read `(=overall.percent)`.
    ///
    /// Example:
    ///
    /// ```yaml
    /// - {template: board-paper, title: "Case audit, (=overall.percent)", meeting: 2020-11-02}
    /// ```
    ///
    /// How to mend it: Take it out of the title, and say it in the text.
    FIGURE_AS_TEXT = "figure-as-text", Warning;

    /// A footnote is referred to and not written, written and not referred to, or used twice.
    ///
    /// A number that leads to no note sends the reader looking, and a note that no number leads
    /// to is read by nobody.
    ///
    /// Example: the note itself is missing.
    ///
    /// ```markdown
    /// The score rose.[^1]
    /// ```
    ///
    /// How to mend it: Write `[^1]` in the sentence, once, and `[^1]: From 46% to 67%.` on a
    /// line of its own in the same field. Each footnote of a field needs a name of its own. A
    /// footnote inside a footnote has to become part of its text.
    FOOTNOTE = "footnote", Error;

    /// A link definition that no link uses.
    ///
    /// Such a line is not printed. Either the link was forgotten, or the line was meant as text
    /// and would be lost.
    ///
    /// Example:
    ///
    /// ```markdown
    /// Read the guidance.
    ///
    /// [guidance]: https://www.example.org/guidance
    /// ```
    ///
    /// How to mend it: Use it, as in `Read the [guidance].`, or delete it. If the line is text,
    /// write `\[` for its first character.
    UNUSED_DEFINITION = "unused-definition", Warning;

    /// A text that the paper has no place for, such as the title of a link.
    ///
    /// On a web page it would appear under the mouse; on paper it would be lost.
    ///
    /// Example:
    ///
    /// ```markdown
    /// Read the [guidance](https://www.example.org/guidance "of March 2020").
    /// ```
    ///
    /// How to mend it: Write it as part of the sentence. The title of a picture that stands
    /// alone is printed: it is the caption.
    NOT_PRINTED = "not-printed", Warning;

    /// A line starts with a bullet that makes no list.
    ///
    /// A list that is pasted from a word processor comes with bullets of its own. Markdown does
    /// not know them, and its items are printed one behind the other, as one paragraph.
    ///
    /// Example:
    ///
    /// ```markdown
    /// • Children were heard.
    /// • Plans fitted the child.
    /// ```
    ///
    /// How to mend it: Write `- ` for each bullet, with a blank line before the first.
    PASTED_LIST = "pasted-list", Warning;

    /// A text of the narrative stands in no paper of its quarter.
    ///
    /// Each kind of paper has its own sections: a board paper has no place for a `summary`. What
    /// you wrote would reach nobody, and nobody would notice. A quarter is looked at when all of
    /// its papers are made, so that the papers are there even where `--deny` makes it an error. A
    /// key of which nothing is printed is told once.
    ///
    /// Example:
    ///
    /// ```yaml
    /// papers:
    ///   - {template: board-paper, title: …, meeting: 2020-11-02}
    /// summary: |
    ///   Assessments are better than in March.
    /// ```
    ///
    /// How to mend it: Write it under a key that one of the quarter's papers prints, ask for a
    /// paper of a kind that has a place for it, or take it out.
    UNUSED_TEXT = "unused-text", Warning;

    /// A text for one line holds more than one paragraph.
    ///
    /// An ask, a line of an action or a finding in a table is printed in a line or a cell,
    /// where paragraphs, lists and headings have no room.
    ///
    /// Example:
    ///
    /// ```yaml
    /// asks:
    ///   board:
    ///     - id: Q-2020-01
    ///       text: |
    ///         Note this paper.
    ///
    ///         Agree the next steps.
    /// ```
    ///
    /// How to mend it: Write it as one paragraph; it may run over several lines. Two asks are
    /// two items of the list, each with an id.
    ONE_LINE_ONLY = "one-line-only", Error;

    /// A row of a table has more cells than its head.
    ///
    /// What stands in them would be lost. Most often a `|` was meant as a character, or the
    /// head lacks a column.
    ///
    /// Example:
    ///
    /// ```markdown
    /// | Who    | When   |
    /// |:-------|:-------|
    /// | Police | weekly | by e-mail |
    /// ```
    ///
    /// How to mend it: For a `|` inside a cell write `\|`, inside code, too. Otherwise give the
    /// head and the line below it one more column.
    EXTRA_CELLS = "extra-cells", Error;

    /// A table has more columns than a page has room for.
    ///
    /// Long words are broken between their syllables, and then there is nothing left that could
    /// give way: the words of one column run into those of the next, and nobody can read them.
    ///
    /// Example: a column for each of twelve standards, with a word like "Outstanding" in each.
    ///
    /// ```yaml
    /// context: |
    ///   | Year | 1.1 | 1.2 | 1.3 | 2.1 | (and eight more)
    /// ```
    ///
    /// How to mend it: Make two tables of it, or turn it round: a row for each standard and a
    /// column for each year. About eight columns of words fit; of figures alone, twice as many.
    WIDE_TABLE = "wide-table", Warning;

    /// A text runs on for more than a thousand characters without a space.
    ///
    /// No line could hold it, and the paper would take minutes to make. It is most often
    /// something that was pasted by mistake: a picture's data, a web address with a whole form
    /// in it.
    ///
    /// Example:
    ///
    /// ```yaml
    /// context: |
    ///   data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA… (and thousands of letters more)
    /// ```
    ///
    /// How to mend it: Take the word out. A picture belongs into a file beside the narrative,
    /// named as `![what it shows](picture.png)`.
    LONG_WORD = "long-word", Error;

    /// A paper would print a code, or a word of the private list, that its readers must not see.
    ///
    /// In a small area a code is enough to know a child or a colleague by. Codes are those of all
    /// audits of the service. A board and the public see none; managers see those of cases, and
    /// practitioners all; a document for one practitioner holds the own code and those of the
    /// own cases in this audit, and no other. Nobody sees what stands on the private list. A
    /// paper of no stated audience is one for a board.
    ///
    /// Example: `K6102` is a case of the audit.
    ///
    /// ```yaml
    /// context: |
    ///   In K6102 the plan was late.
    /// ```
    ///
    /// How to mend it: Say it without the code or the name, or say who reads the paper, as in
    /// `audience: management`. Whole words count, in small letters or capitals; initials as they
    /// are written; a code that is a number or one letter after "case", "auditor" or
    /// "practitioner" only. Pictures, and PDFs that come along, are not read: look yourself.
    PRIVATE_WORD = "private-word", Error;

    /// The private list that `service.yaml` names is not there.
    ///
    /// It holds the names and codes that no paper may print. Without it papers are made, and
    /// nobody has looked for them. It is kept out of git, so a fresh copy of the project, and
    /// CI, do not have it.
    ///
    /// Example: no `privacy.txt` lies beside `service.yaml`.
    ///
    /// ```yaml
    /// privacy: {never_print: privacy.txt}
    /// ```
    ///
    /// How to mend it: Put the file there, one name or code a line, and build once where it is
    /// before papers are sent. Where it can never be, `--allow no-private-list` says so.
    NO_PRIVATE_LIST = "no-private-list", Warning;

    /// A case does not say whose it is, so nobody gets feedback on it.
    ///
    /// Feedback goes to the practitioner of a case. The others' documents are made.
    ///
    /// Example:
    ///
    /// ```csv
    /// case,prompt,answer,practitioner
    /// K6102,3.1.1.a,Yes,
    /// ```
    ///
    /// How to mend it: Write the code of the practitioner beside the case. Where nobody is to
    /// get feedback, the worker has left, run with `--allow no-practitioner`.
    NO_PRACTITIONER = "no-practitioner", Warning;

    /// A paper for each practitioner cannot be made for anybody.
    ///
    /// Such a paper is one document a practitioner, of what was answered on the own cases. An
    /// audit of which only totals were kept, one by themes alone, or one whose cases do not say
    /// whose they are has nothing to put into it.
    ///
    /// Example: the audit has `totals:`.
    ///
    /// ```yaml
    /// papers:
    ///   - {template: practitioner-feedback, title: Your feedback, meeting: 2020-11-02}
    /// ```
    ///
    /// How to mend it: Give the answers on each case (`cases:` or `answers:`) and a
    /// `practitioner` with each, or take the paper out.
    NO_FEEDBACK = "no-feedback", Error;

    // ── Templates and styles ──

    /// A template cannot be filled.
    ///
    /// Templates are the files in `report-templates` that say how a paper is put together. One
    /// that asks for something that is not there would leave a hole, so its papers are not
    /// made.
    ///
    /// Example: the value is called `context`.
    ///
    /// ```jinja
    /// {{ contxt }}
    /// ```
    ///
    /// How to mend it: Correct the place shown; `report-templates/README.md` lists what a
    /// template sees. To go back to the program's own template, take your file of that name
    /// away.
    TEMPLATE_ERROR = "template-error", Error;

    /// A style cannot be drawn.
    ///
    /// A style is the Typst file that says how papers look. With a mistake in it no paper of
    /// that look can be made.
    ///
    /// Example: the function is called `strong`.
    ///
    /// ```typst
    /// #let draw = (
    ///   badge: (node, cx) => stong(node.text),
    /// )
    /// ```
    ///
    /// How to mend it: Correct the place shown in your file below `report-templates/styles`;
    /// the message is Typst's own. `boardpaper eject` writes all that the `typst` command needs
    /// to try a style by hand. To go back to the standard look, remove `style` from `look:` in
    /// `service.yaml`.
    STYLE_ERROR = "style-error", Error;

    /// A style asks for something that is not there.
    ///
    /// The paper is made, but it may not look as it was meant to: where a font is missing,
    /// another one takes its place.
    ///
    /// Example:
    ///
    /// ```typst
    /// badge: (node, cx) => text(font: "Garamond", node.text)
    /// ```
    ///
    /// How to mend it: Put the font's file (`.ttf` or `.otf`) into
    /// `report-templates/styles/fonts`, or name one that is there: Noto Sans, DejaVu Sans or
    /// DejaVu Sans Mono.
    STYLE_WARNING = "style-warning", Warning;
}
