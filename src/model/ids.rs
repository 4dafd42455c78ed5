//! Names of things. Each kind is a type of its own, and its grammar is the only way in.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

macro_rules! ids {
    ($( $(#[$doc:meta])* $name:ident )+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<$name, &'static str> {
                grammar(text).map(|()| $name(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

/// The grammar of all ids: letters, digits, `.`, `-` and `_`, beginning with a letter or a digit, at most 64 characters.
fn grammar(text: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if text.is_empty() {
        Err("an id cannot be empty")
    } else if text.len() > 64 {
        Err("an id has at most 64 characters")
    } else if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        Err("an id starts with a letter or a digit")
    } else if !text.chars().all(allowed) {
        Err("an id holds only letters a to z, digits, `.`, `-` and `_`")
    } else {
        Ok(())
    }
}

ids! {
    /// A folder with an audit or a narrative: `2020-21-q2`. Quarters sort by name.
    QuarterId
    /// A framework's file name without its ending: `hmip-2018`.
    FrameworkId
    /// An inspection's file name without its ending: `2018-06`.
    InspectionId
    /// A domain of a framework: `3`.
    DomainId
    /// A standard: `3.1`.
    StandardId
    /// A key question: `3.1.1`.
    KeyQuestionId
    /// A prompt, a question answered on a case: `3.1.1.a`.
    PromptId
    /// A theme of audits: `out-of-court`.
    ThemeId
    /// A finding, unique in a service and the same for as long as it is seen: `F-2020-003`.
    FindingId
    /// An action of the register: `A-2020-007`.
    ActionId
    /// Something asked of the board: `Q-2020-02`.
    AskId
    /// A paper, unique in its quarter, and its file name: `board-paper`.
    PaperId
    /// A number from elsewhere that prose refers to: `looked-after`.
    FigureId
    /// An appendix as the paper names it: `Di`.
    AppendixId
    /// A section of a template: `key-findings`.
    SectionId
    /// An inspection's recommendation: `R1`.
    RecommendationId
    /// A style's file name without its ending: `board`.
    StyleId
    /// A kind of paper: the name of a folder of templates, `board-paper`.
    TemplateId
}

/// What a paper's files are called, without their endings: a name that every system takes, and that sorts and mails well.
///
/// Letters, digits, spaces and `. - _ ( ) ,`, beginning with a letter or a digit and not ending in a space or a `.`, at
/// most 100 characters, and none of the names that Windows keeps for itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

impl FileName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<FileName, &'static str> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '(' | ')' | ',');
        let first = text.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
        let is_device = matches!(first.as_str(), "con" | "prn" | "aux" | "nul")
            || first.len() == 4
                && (first.starts_with("com") || first.starts_with("lpt"))
                && first.ends_with(char::is_numeric);
        if text.len() > 100 {
            Err("a file's name has at most 100 characters")
        } else if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            Err("a file's name starts with a letter or a digit")
        } else if !text.chars().all(allowed) {
            Err("a file's name holds only letters a to z, digits, spaces, `.`, `-`, `_`, `,` and round brackets")
        } else if text.ends_with(['.', ' ']) {
            Err("a file's name does not end in a full stop")
        } else if [".md", ".pdf"].iter().any(|ending| text.to_ascii_lowercase().ends_with(ending)) {
            Err("the ending is added to a file's name: leave it out")
        } else if is_device {
            Err("Windows keeps this name for itself")
        } else {
            Ok(FileName(text.to_owned()))
        }
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The code of a case, unique in an audit. Never printed in a board paper.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseCode(String);

impl CaseCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CaseCode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<CaseCode, &'static str> {
        match text.trim() {
            "" => Err("a case needs a code"),
            code if code.chars().count() > 40 => Err("a case's code has at most 40 characters"),
            code => Ok(CaseCode(code.to_owned())),
        }
    }
}

impl fmt::Display for CaseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_one_that_every_system_takes() {
        for good in ["Item 5 Youth justice audit", "5.1 (a), audit_2020", "v1.0", "comet"] {
            assert_eq!(good.parse::<FileName>().map(|name| name.to_string()).as_deref(), Ok(good));
        }
        for bad in
            ["", " a", "a ", "a.", "../a", "a/b", "a\\b", "a:b", "a*", "caf\u{e9}", "Audit.PDF", "con", "COM1.x", ".a"]
        {
            assert!(bad.parse::<FileName>().is_err(), "{bad:?}");
        }
        assert!("a".repeat(101).parse::<FileName>().is_err());
    }
}
