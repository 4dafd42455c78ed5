//! Days, months and quarters as the data writes them. The clock is never read.

use std::fmt;
use std::str::FromStr;

/// A day, written `2020-11-02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// From 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// From 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// How many whole months lie between this day and a later one; `None` where the other is earlier.
    pub fn months_until(self, later: Date) -> Option<u32> {
        let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
        let whole = months(later) - months(self) - i32::from(later.day() < self.day());
        u32::try_from(whole).ok()
    }

    pub fn civil(self) -> jiff::civil::Date {
        self.0
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Date, String> {
        const FORM: &str = "a date is written year-month-day, as in 2020-11-02";
        let digits =
            |part: &str, len: usize| (part.len() == len && part.bytes().all(|b| b.is_ascii_digit())).then_some(());
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return Err(FORM.to_owned()) };
        digits(year, 4).and(digits(month, 2)).and(digits(day, 2)).ok_or(FORM)?;
        let number = |part: &str| part.parse::<i16>().expect("checked to be digits");
        jiff::civil::Date::new(number(year), number(month) as i8, number(day) as i8)
            .map(Date)
            .map_err(|_| "there is no such day in the calendar".to_owned())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// When something is due: a day, a month (`2020-12`) or a quarter (`2020-21-q3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Day(Date),
    Month { year: i16, month: u8 },
    Quarter(FinancialQuarter),
}

impl Due {
    /// The last day on which it is not yet overdue.
    pub fn last_day(self) -> Date {
        match self {
            Due::Day(date) => date,
            Due::Month { year, month } => last_of_month(year, month),
            Due::Quarter(quarter) => quarter.last_day(),
        }
    }
}

impl FromStr for Due {
    type Err = String;

    fn from_str(text: &str) -> Result<Due, String> {
        const FORM: &str = "a due date is a day (2020-12-31), a month (2020-12) or a quarter (2020-21-q3)";
        if let Ok(quarter) = text.parse() {
            return Ok(Due::Quarter(quarter));
        }
        match text.split('-').count() {
            2 => {
                let first = format!("{text}-01").parse::<Date>().map_err(|_| FORM.to_owned())?;
                Ok(Due::Month { year: first.year(), month: first.month() })
            }
            3 if text.contains(['q', 'Q']) => {
                Err("a quarter is written 2020-21-q3: two years of which one follows the other, and q1 to q4"
                    .to_owned())
            }
            3 => text.parse().map(Due::Day),
            _ => Err(FORM.to_owned()),
        }
    }
}

/// A quarter of the financial year, which starts on 1 April: `2020-21-q2` is July to September 2020.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FinancialQuarter {
    /// The calendar year in which the financial year starts.
    pub year: i16,
    /// From 1 to 4.
    pub quarter: u8,
}

impl FinancialQuarter {
    /// The calendar year and the first month, from 1 to 12.
    pub fn first_month(self) -> (i16, u8) {
        match self.quarter {
            4 => (self.year + 1, 1),
            quarter => (self.year, 1 + 3 * quarter),
        }
    }

    pub fn last_day(self) -> Date {
        let (year, month) = self.first_month();
        last_of_month(year, month + 2)
    }
}

impl FromStr for FinancialQuarter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<FinancialQuarter, &'static str> {
        const FORM: &str = "a quarter is written 2020-21-q2";
        let (years, quarter) = text.split_once("-q").ok_or(FORM)?;
        let (first, second) = years.split_once('-').ok_or(FORM)?;
        let are_digits = [first, second, quarter].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        if first.len() != 4 || second.len() != 2 || !are_digits {
            return Err(FORM);
        }
        let year: i16 = first.parse().map_err(|_| FORM)?;
        let next: i16 = second.parse().map_err(|_| FORM)?;
        let quarter: u8 = quarter.parse().map_err(|_| FORM)?;
        // The last quarter of 9999 would end in a year of five digits.
        if (year + 1) % 100 != next || !(1..=4).contains(&quarter) || year == 9999 {
            return Err(FORM);
        }
        Ok(FinancialQuarter { year, quarter })
    }
}

fn last_of_month(year: i16, month: u8) -> Date {
    let first = jiff::civil::Date::new(year, month as i8, 1).expect("a month from 1 to 12 of a year of four digits");
    Date(first.last_of_month())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_date_is_a_day_a_month_or_a_quarter() {
        let last = |text: &str| text.parse::<Due>().map(|due| due.last_day().to_string());
        assert_eq!(last("2020-12-30").as_deref(), Ok("2020-12-30"));
        assert_eq!(last("2020-02").as_deref(), Ok("2020-02-29"));
        assert_eq!(last("2020-21-q2").as_deref(), Ok("2020-09-30"));
        assert_eq!(last("2020-21-q4").as_deref(), Ok("2021-03-31"));
        assert!(last("soon").is_err());
        for quarter in ["2020-22-q1", "2020-21-q5", "2020-21-q0", "2020-21-Q3", "9999-00-q4", "+202-03-q1"] {
            assert!(last(quarter).is_err_and(|error| error.contains("a quarter")), "{quarter}");
        }
        assert!(last("31/12/2020").is_err());
    }

    #[test]
    fn months_are_counted_whole() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let between = |from: &str, to: &str| day(from).months_until(day(to));
        assert_eq!(between("2019-04-29", "2020-01-27"), Some(8));
        assert_eq!(between("2019-04-27", "2020-01-27"), Some(9));
        assert_eq!(between("2020-01-27", "2020-01-27"), Some(0));
        assert_eq!(between("2020-01-28", "2020-01-27"), None);
    }

    #[test]
    fn a_day_must_exist() {
        assert!("2020-02-30".parse::<Date>().unwrap_err().contains("no such day"));
        assert!("2/11/2020".parse::<Date>().unwrap_err().contains("year-month-day"));
        assert!("2020-1-2".parse::<Date>().is_err());
    }
}
