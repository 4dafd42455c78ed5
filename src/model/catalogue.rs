//! The words that the program prints by itself: sentences of caution, months, labels of charts.
//!
//! One file a language, `report-templates/strings/<language>.yaml`. A word that is missing is an error, never English instead.

use std::collections::BTreeMap;

use crate::source::SourceId;

use super::date::{Date, Due, FinancialQuarter};

/// A language's fixed strings, by key.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The file that holds them.
    pub source: SourceId,
    strings: BTreeMap<String, String>,
}

/// A string that the catalogue does not hold, or that names a value which was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingString(pub String);

impl std::fmt::Display for MissingString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Catalogue {
    pub fn new(source: SourceId, strings: BTreeMap<String, String>) -> Catalogue {
        Catalogue { source, strings }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.strings.keys().map(String::as_str)
    }

    /// Returns the string of a key with each `{name}` replaced by its value.
    ///
    /// # Errors
    /// The key is not in the catalogue, or a name in the string has no value.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> Result<String, MissingString> {
        let pattern =
            self.strings.get(key).ok_or_else(|| MissingString(format!("the catalogue of strings has no `{key}`")))?;
        let mut text = String::with_capacity(pattern.len());
        let mut rest = pattern.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| MissingString(format!("the string `{key}` has a `{{` without `}}`")))?;
            let (_, value) = values
                .iter()
                .find(|(known, _)| *known == name)
                .ok_or_else(|| MissingString(format!("the string `{key}` names `{name}`, which is not given to it")))?;
            text.push_str(before);
            text.push_str(value);
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    /// `2 November 2020`
    pub fn date(&self, date: Date) -> Result<String, MissingString> {
        let month = self.month(date.month())?;
        self.say("date.day", &[("day", &date.day().to_string()), ("month", &month), ("year", &date.year().to_string())])
    }

    /// `November 2020`
    pub fn month_of(&self, date: Date) -> Result<String, MissingString> {
        self.due(Due::Month { year: date.year(), month: date.month() })
    }

    /// `31 December 2020`, `December 2020`, `October to December 2020`
    pub fn due(&self, due: Due) -> Result<String, MissingString> {
        match due {
            Due::Day(date) => self.date(date),
            Due::Month { year, month } => {
                self.say("date.month", &[("month", &self.month(month)?), ("year", &year.to_string())])
            }
            Due::Quarter(quarter) => self.quarter(quarter),
        }
    }

    /// `October to December 2020`
    pub fn quarter(&self, quarter: FinancialQuarter) -> Result<String, MissingString> {
        let (year, month) = quarter.first_month();
        let (first, last) = (self.month(month)?, self.month(month + 2)?);
        self.say("date.months", &[("first", &first), ("last", &last), ("year", &year.to_string())])
    }

    /// A number in words up to ten, in digits above: `five`, `12`.
    pub fn number(&self, number: u32) -> Result<String, MissingString> {
        if number > 10 { Ok(number.to_string()) } else { self.say(&format!("number.{number}"), &[]) }
    }

    fn month(&self, month: u8) -> Result<String, MissingString> {
        self.say(&format!("month.{month}"), &[])
    }

    /// `a, b and c`
    pub fn list(&self, items: &[String]) -> Result<String, MissingString> {
        match items {
            [] => Ok(String::new()),
            [one] => Ok(one.clone()),
            [init @ .., last] => self.say("list.and", &[("first", &init.join(", ")), ("last", last)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(strings: &[(&str, &str)]) -> Catalogue {
        let source = crate::source::Sources::default().add("strings/test.yaml", "");
        Catalogue::new(source, strings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn values_stand_where_their_names_are() {
        let words = catalogue(&[("a", "{n} of the {of} cases")]);
        assert_eq!(words.say("a", &[("n", "5"), ("of", "7")]).as_deref(), Ok("5 of the 7 cases"));
        assert!(words.say("a", &[("n", "5")]).unwrap_err().0.contains("`of`"));
        assert!(words.say("b", &[]).unwrap_err().0.contains("`b`"));
    }

    #[test]
    fn a_value_is_never_read_as_a_pattern() {
        let words = catalogue(&[("a", "{n}!")]);
        assert_eq!(words.say("a", &[("n", "{of}")]).as_deref(), Ok("{of}!"));
    }
}
