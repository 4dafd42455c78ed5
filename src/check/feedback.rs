//! Papers that are one document a practitioner: whose the cases are, and what the documents may be called.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::Quarter;
use crate::model::audit::Audit;
use crate::model::ids::FileName;

pub(super) fn check(quarter: &Quarter, found: &mut Vec<Diagnostic>) {
    let Some(narrative) = &quarter.narrative else { return };
    let audit = quarter.audit.as_ref();
    let practitioners = audit.map(Audit::practitioners).unwrap_or_default();
    for paper in &narrative.papers {
        let Some(flag) = paper.codes_in_filenames.filter(|flag| flag.value) else { continue };
        if !paper.each_practitioner {
            found.push(
                Diagnostic::new(codes::BAD_VALUE, "this paper is one document, and nobody's code is in its name")
                    .at(flag.span, "")
                    .field("papers.codes_in_filenames")
                    .hint("it is for papers that are one document a practitioner: `template: practitioner-feedback`"),
            );
            continue;
        }
        for code in &practitioners {
            let Err(why) = code.parse::<FileName>() else { continue };
            found.push(
                Diagnostic::new(codes::BAD_VALUE, format!("the code `{code}` can be no file's name: {why}"))
                    .at(flag.span, "it would stand in one")
                    .field("papers.codes_in_filenames")
                    .hint("take this line out: the files are numbered then"),
            );
        }
    }
    // Where nobody is named at all, the paper says so.
    if practitioners.is_empty() || !narrative.papers.iter().any(|paper| paper.each_practitioner) {
        return;
    }
    let without: Vec<_> = audit.into_iter().flat_map(Audit::cases).filter(|case| case.practitioner.is_none()).collect();
    // The code of a case stands in no message that a manifest keeps.
    let message = match without.as_slice() {
        [] => return,
        [_] => "a case does not say whose it is, so nobody gets feedback on it".to_owned(),
        many => format!("{} cases do not say whose they are, so nobody gets feedback on them", many.len()),
    };
    let diagnostic = Diagnostic::new(codes::NO_PRACTITIONER, message);
    let told = without.into_iter().fold(diagnostic, |all, case| all.at(case.code.span, "this case"));
    found.push(told.hint("write the code of a `practitioner` beside each case"));
}
