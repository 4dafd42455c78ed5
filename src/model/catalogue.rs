//! The words that the program prints by itself: sentences of caution, months, labels of charts.
//!
//! One file a language, `report-templates/strings/<language>.yaml`, with the forms of dates and numbers. A word that is
//! missing is an error, never English instead.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::source::SourceId;

use super::date::{Date, Due, FinancialQuarter};
use super::points::HalfPoints;

/// A language's fixed strings, by key.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The file that holds them.
    pub source: SourceId,
    strings: Cow<'static, Strings>,
}

/// The strings of a language by their keys.
pub type Strings = HashMap<String, String>;

/// Catalogues by language tag, each read when it is first asked for: most runs need one.
pub type Catalogues = BTreeMap<String, LazyLock<Catalogue, Box<dyn FnOnce() -> Catalogue + Send>>>;

/// The endings of the keys that hold another form of a string for exactly this number: `findings.seen_one`.
///
/// Languages differ in the numbers that need a form of their own: English has one, Welsh changes the word after two,
/// three and six as well. A catalogue gives those that it needs; all other numbers take the key without an ending.
pub const NUMBER_FORMS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// A string that the catalogue does not hold, or that names a value which was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingString(pub String);

impl std::fmt::Display for MissingString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Catalogue {
    pub fn new(source: SourceId, strings: Cow<'static, Strings>) -> Catalogue {
        Catalogue { source, strings }
    }

    /// The keys, in no order.
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

    /// Returns the string of a key in the form for a number: `findings.seen_one` for 1 where there is one, or else
    /// `findings.seen`.
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn say_of(&self, key: &str, count: u32, values: &[(&str, &str)]) -> Result<String, MissingString> {
        let form = NUMBER_FORMS.get(count as usize).map(|form| format!("{key}_{form}"));
        let own = form.filter(|form| self.strings.contains_key(form));
        self.say(own.as_deref().unwrap_or(key), values)
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
        // Whole sentences, since the name of a month may change after the word for "to".
        let (year, _) = quarter.first_month();
        self.say(&format!("date.quarter.{}", quarter.quarter), &[("year", &year.to_string())])
    }

    /// A number in words up to ten, in digits above: `five`, `12`.
    pub fn number(&self, number: u32) -> Result<String, MissingString> {
        if number > 10 { Ok(number.to_string()) } else { self.say(&format!("number.{number}"), &[]) }
    }

    /// A whole number in digits: `1,234,567`.
    pub fn digits(&self, number: i64) -> Result<String, MissingString> {
        let digits = number.unsigned_abs().to_string();
        let mark = self.say("number.thousands", &[])?;
        let mut grouped = if number < 0 { self.say("number.minus", &[])? } else { String::new() };
        for (n, digit) in digits.chars().enumerate() {
            if n > 0 && (digits.len() - n).is_multiple_of(3) {
                grouped.push_str(&mark);
            }
            grouped.push(digit);
        }
        Ok(grouped)
    }

    /// `46%`
    pub fn percent(&self, percent: u32) -> Result<String, MissingString> {
        self.say("number.percent", &[("n", &percent.to_string())])
    }

    /// `44`, `102.5`
    pub fn points(&self, points: HalfPoints) -> Result<String, MissingString> {
        self.decimal(&points.to_string())
    }

    /// A number that is written with `.` in the language's own way.
    pub fn decimal(&self, number: &str) -> Result<String, MissingString> {
        let Some((whole, part)) = number.split_once('.') else { return Ok(number.to_owned()) };
        Ok(format!("{whole}{}{part}", self.say("number.decimal", &[])?))
    }

    fn month(&self, month: u8) -> Result<String, MissingString> {
        self.say(&format!("month.{month}"), &[])
    }

    /// Puts items behind each other with a string that joins two: `a, b, c` with `list.comma`.
    pub fn joined(&self, key: &str, items: &[String]) -> Result<String, MissingString> {
        let Some((first, others)) = items.split_first() else { return Ok(String::new()) };
        others.iter().try_fold(first.clone(), |first, next| self.say(key, &[("first", &first), ("next", next)]))
    }

    /// `a, b and c`
    pub fn list(&self, items: &[String]) -> Result<String, MissingString> {
        match items {
            [] => Ok(String::new()),
            [one] => Ok(one.clone()),
            [init @ .., last] => {
                let first = self.joined("list.comma", init)?;
                self.say("list.and", &[("first", &first), ("last", last)])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(strings: &[(&str, &str)]) -> Catalogue {
        let source = crate::source::Sources::default().add("strings/test.yaml", "");
        let strings = strings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        Catalogue::new(source, Cow::Owned(strings.collect()))
    }

    #[test]
    fn values_stand_where_their_names_are() {
        let words = catalogue(&[("a", "{n} of the {of} cases")]);
        assert_eq!(words.say("a", &[("n", "5"), ("of", "7")]).as_deref(), Ok("5 of the 7 cases"));
        assert!(words.say("a", &[("n", "5")]).unwrap_err().0.contains("`of`"));
        assert!(words.say("b", &[]).unwrap_err().0.contains("`b`"));
    }

    #[test]
    fn a_number_has_the_form_that_the_language_gives_it() {
        let words = catalogue(&[("a", "{n} achos"), ("a_two", "{n} achos ill dau"), ("b", "b")]);
        let say = |key, n: u32| words.say_of(key, n, &[("n", &n.to_string())]).unwrap();
        assert_eq!([say("a", 1), say("a", 2), say("a", 11)], ["1 achos", "2 achos ill dau", "11 achos"]);
        assert_eq!(say("b", 2), "b");
        assert!(words.say_of("c", 1, &[]).unwrap_err().0.contains("`c`"));
    }

    #[test]
    fn numbers_are_written_in_the_languages_way() {
        let words = catalogue(&[
            ("number.thousands", "."),
            ("number.decimal", ","),
            ("number.minus", "−"),
            ("number.percent", "{n} %"),
        ]);
        let digits = |number| words.digits(number).unwrap();
        assert_eq!([digits(999), digits(1000), digits(-1234567)], ["999", "1.000", "−1.234.567"]);
        assert_eq!(words.points(HalfPoints(205)).as_deref(), Ok("102,5"));
        assert_eq!(words.percent(46).as_deref(), Ok("46 %"));
    }

    #[test]
    fn a_value_is_never_read_as_a_pattern() {
        let words = catalogue(&[("a", "{n}!")]);
        assert_eq!(words.say("a", &[("n", "{of}")]).as_deref(), Ok("{of}!"));
    }
}
