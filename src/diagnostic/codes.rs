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
    /// The file is not YAML.
    YAML_SYNTAX = "yaml-syntax", Error;
    /// A key stands twice in one mapping.
    DUPLICATE_KEY = "duplicate-key", Error;
    /// A key that the file's format does not have.
    UNKNOWN_KEY = "unknown-key", Error;
    /// A key that must be there is not.
    MISSING_KEY = "missing-key", Error;
    /// A value of the wrong shape: a list where a text is wanted, or the like.
    WRONG_TYPE = "wrong-type", Error;
    /// A value of the right shape that is not allowed here.
    BAD_VALUE = "bad-value", Error;
    /// A date that is not one.
    BAD_DATE = "bad-date", Error;
    /// An id that is not written as ids are.
    BAD_ID = "bad-id", Error;
    /// Two things have the same id.
    DUPLICATE_ID = "duplicate-id", Error;
    /// An id that nothing has.
    UNKNOWN_ID = "unknown-id", Error;
    /// YAML cut a text short.
    CUT_SHORT = "cut-short", Error;
    /// A line of narrative starts with `#`.
    NOTE_TO_SELF = "note-to-self", Warning;
    /// A file was not UTF-8 and was read as Windows-1252.
    READ_AS_WINDOWS_1252 = "read-as-windows-1252", Note;
    /// A file that another file names is not there.
    MISSING_FILE = "missing-file", Error;
    /// A YAML file in the data folder that nothing reads.
    UNREAD_FILE = "unread-file", Warning;
    /// No service was found.
    NO_SERVICE = "no-service", Error;
    /// The table of answers has a layout that is not known.
    ANSWERS_LAYOUT = "answers-layout", Error;
    /// An answer that the scale does not have.
    UNKNOWN_ANSWER = "unknown-answer", Error;
    /// A question that was asked has no answer.
    MISSING_ANSWER = "missing-answer", Error;
    /// A question has an answer although the audit says that it was not asked.
    NOT_ASKED = "not-asked", Error;
    /// Points that cannot be.
    IMPOSSIBLE_POINTS = "impossible-points", Error;
    /// A stated total is not the sum of its parts.
    TOTAL_DISAGREES = "total-disagrees", Error;
    /// A stated percentage or rating is not the computed one.
    STATED_DISAGREES = "stated-disagrees", Error;
    /// The sample's numbers do not agree with each other or with the cases.
    SAMPLE_DISAGREES = "sample-disagrees", Error;
    /// Cases were picked and not completed, and nobody says why.
    SHORTFALL_UNEXPLAINED = "shortfall-unexplained", Warning;
    /// Dates stand in an order that cannot be.
    DATE_ORDER = "date-order", Error;
    /// A finding has no evidence in the answers.
    NO_EVIDENCE = "no-evidence", Warning;
    /// An action has no owner, no due date or no measure.
    NOT_SET = "not-set", Warning;
    /// A part of the paper that must be there has no text.
    MISSING_SECTION = "missing-section", Error;
    /// A figure in prose names nothing that was computed.
    UNKNOWN_FIGURE = "unknown-figure", Error;
    /// A heading skips a level or is too deep.
    HEADING_LEVEL = "heading-level", Error;
    /// A picture has no alternative text.
    MISSING_ALT = "missing-alt", Error;
    /// A picture stands inside a line of text.
    IMAGE_IN_TEXT = "image-in-text", Error;
    /// A link that is neither a web address nor an e-mail address.
    LINK_SCHEME = "link-scheme", Error;
    /// A picture's file lies outside the data folder, or is of a kind that cannot be printed.
    IMAGE_FILE = "image-file", Error;
    /// Lists or quotes are nested too deep.
    NESTED_TOO_DEEP = "nested-too-deep", Error;
    /// A character that no font of the paper has.
    MISSING_GLYPH = "missing-glyph", Error;
    /// A character that a text must not hold.
    FORBIDDEN_CHARACTER = "forbidden-character", Error;
    /// A code block is never closed.
    UNCLOSED_FENCE = "unclosed-fence", Error;
    /// HTML in narrative is printed as it is written.
    HTML_AS_TEXT = "html-as-text", Warning;
    /// A footnote is referred to and not written, written and not referred to, or used twice.
    FOOTNOTE = "footnote", Error;
    /// A link definition that no link uses.
    UNUSED_DEFINITION = "unused-definition", Warning;
    /// A text that the paper has no place for, such as the title of a link.
    NOT_PRINTED = "not-printed", Warning;
    /// A text for one line holds more than one paragraph.
    ONE_LINE_ONLY = "one-line-only", Error;
    /// A row of a table has more cells than its head.
    EXTRA_CELLS = "extra-cells", Error;
    /// A template cannot be filled.
    TEMPLATE_ERROR = "template-error", Error;
    /// A style cannot be drawn.
    STYLE_ERROR = "style-error", Error;
    /// A style asks for something that is not there.
    STYLE_WARNING = "style-warning", Warning;
}
