//! A paper → the documents that it is: one, or one a practitioner, and what each is called.

use std::collections::BTreeMap;

use crate::model::Quarter;
use crate::model::audit::Audit;
use crate::model::ids::FileName;
use crate::model::narrative::Paper;
use crate::output;

/// One document of a paper.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PaperDocument<'a> {
    /// Whose it is; `None` where the paper is one document, or where there is nobody to make one for.
    pub practitioner: Option<&'a str>,
    /// How it is called here: the paper's id, and `/` with a name of its own behind it where there are several.
    pub name: String,
    /// The same with the file name that the author asks for.
    pub stem: String,
}

/// Lists the documents of a paper, in the order of their names.
pub(super) fn documents<'a>(quarter: &'a Quarter, paper: &'a Paper) -> Vec<PaperDocument<'a>> {
    let practitioners = match &quarter.audit {
        Some(audit) if paper.each_practitioner => audit.practitioners(),
        _ => Vec::new(),
    };
    if practitioners.is_empty() {
        let name = paper.id.value.to_string();
        return vec![PaperDocument { practitioner: None, name, stem: paper.stem().to_owned() }];
    }
    let of_code = paper.codes_in_filenames.is_some_and(|flag| flag.value);
    let numbers = numbers(quarter.id.as_str(), paper.id.value.as_str(), &practitioners);
    let document = |(number, practitioner): (u32, &'a str)| {
        // A code that can be no file's name was complained of.
        let code = practitioner.parse().ok().filter(|_: &FileName| of_code);
        let own = code.map_or_else(|| number.to_string(), |code| code.to_string());
        PaperDocument {
            practitioner: Some(practitioner),
            name: format!("{}/{own}", paper.id.value),
            stem: format!("{}/{own}", paper.stem()),
        }
    };
    let mut documents: Vec<PaperDocument<'a>> = numbers.into_iter().map(document).collect();
    documents.sort_by(|a, b| a.name.cmp(&b.name));
    documents
}

/// Whether a paper has something to tell: an audit whose cases have answers.
pub(super) fn has_answers(audit: Option<&Audit>) -> bool {
    audit.is_some_and(|audit| audit.cases().iter().any(|case| !case.answers.is_empty()))
}

/// Numbers of four digits that do not follow the order of the codes, and that go with a code whoever else is there: were
/// they counted, one more practitioner would give many others the number of somebody else's document.
///
/// Drawn from the hash of quarter, paper and code, so that nobody has the same number in each quarter. Where two draw the
/// same, the second takes the next that is free.
fn numbers<'a>(quarter: &str, paper: &str, practitioners: &[&'a str]) -> BTreeMap<u32, &'a str> {
    const FIRST: u32 = 1000;
    const COUNT: u32 = 9000;
    let hash = |code: &str| output::sha256(format!("{quarter}\n{paper}\n{}", code.to_lowercase()).as_bytes());
    let mut drawn: Vec<(String, &str)> = practitioners.iter().map(|&code| (hash(code), code)).collect();
    drawn.sort();
    let mut numbers = BTreeMap::new();
    for (hash, code) in drawn {
        let drawn = u32::from_str_radix(&hash[..8], 16).expect("a hash is hexadecimal") % COUNT;
        // More cases than there are numbers go on behind them.
        let mut free = (0..COUNT).map(|step| FIRST + (drawn + step) % COUNT).chain(FIRST + COUNT..);
        let number = free.find(|number| !numbers.contains_key(number)).expect("there is always one more");
        numbers.insert(number, code);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_whoever_comes_or_goes() {
        let codes: Vec<String> = (1..=30).map(|n| format!("PW{n:02}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let all = numbers("2019-20-q3", "feedback", &codes);
        assert_eq!(all.len(), 30);
        let few = numbers("2019-20-q3", "feedback", &codes[10..]);
        assert!(few.iter().all(|(number, code)| all.get(number) == Some(code)));
        // Capitals are typed as they come.
        assert_eq!(numbers("2019-20-q3", "feedback", &["pw04"]).keys().next(), few_of(&all, "PW04"));
        // In the order of the numbers the codes are in none, and another quarter has others.
        assert!(!all.values().is_sorted() && !all.values().rev().is_sorted());
        assert_ne!(all, numbers("2019-20-q4", "feedback", &codes));
    }

    fn few_of<'a>(all: &'a BTreeMap<u32, &str>, code: &str) -> Option<&'a u32> {
        all.iter().find(|(_, other)| **other == code).map(|(number, _)| number)
    }

    #[test]
    fn everybody_has_a_number_though_two_draw_the_same() {
        let codes: Vec<String> = (0..9500).map(|n| format!("P{n}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        assert_eq!(numbers("q", "p", &codes).len(), 9500);
    }
}
