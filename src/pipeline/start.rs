//! A quarter to be started: what is known already, and a `TODO` at each place that only a person can fill.
//!
//! What the last audit of the theme found, what is promised and open, and what the board has not decided yet is
//! written down with its ids, so that nothing has to be looked up.

use std::collections::BTreeMap;

use crate::assess;
use crate::diagnostic::{Diagnostic, Severity, closest, codes};
use crate::document::{plain, write};
use crate::load::{self, Loaded};
use crate::model::audit::Audit;
use crate::model::date::Date;
use crate::model::ids::{QuarterId, ThemeId};
use crate::model::narrative::{
    Appendix, Ask, Audience, Finding, FreeSection, Implication, Narrative, Paper, PaperText, Prose, Show,
};
use crate::model::results::FindingResult;
use crate::model::service::Contact;
use crate::model::{Quarter, ServiceData};
use crate::source::Span;

use super::{Request, RunError, UnknownSelection, joined, selection};

/// A quarter's first files.
#[derive(Debug)]
pub struct Started {
    /// `[service/]quarter`
    pub name: String,
    /// By path below the project.
    pub files: BTreeMap<String, String>,
    /// Whether a file has errors, so that something of it may not have been carried forward.
    pub is_partial: bool,
}

/// Writes the files of a quarter that is not there yet: `[SERVICE/]QUARTER`.
///
/// # Errors
/// A service that there is not, a quarter that there is or that would not be the last one, or a file that the machine
/// refuses to read.
pub fn started(request: &Request, written: &str) -> Result<Started, RunError> {
    let loaded = load::load(&request.project)?;
    let (service, id) = place(&loaded, written).map_err(RunError::Usage)?;
    let name = joined(&service.folder, id.as_str());
    let folder = joined(load::DATA, &name);
    let start = Start::new(service, &id);
    let own = [("audit.yaml".to_owned(), start.audit()), ("narrative.yaml".to_owned(), start.narrative())];
    let files = own.into_iter().chain(start.texts());
    let files = files.map(|(file, text)| (format!("{folder}/{file}"), text)).collect();
    let is_error = |one: &Diagnostic| one.severity == Severity::Error && one.code != codes::TO_WRITE;
    Ok(Started { name, files, is_partial: loaded.diagnostics.iter().any(is_error) })
}

/// Finds the service, and the quarter's id, which comes behind all that it has.
fn place<'a>(loaded: &'a Loaded, written: &str) -> Result<(&'a ServiceData, QuarterId), UnknownSelection> {
    let trouble = |trouble: String| UnknownSelection::troubled(written, trouble);
    let name = selection::plain(written);
    let services = &loaded.dataset.services;
    let (folder, quarter) = name.rsplit_once('/').map_or((None, name), |(folder, quarter)| (Some(folder), quarter));
    let service = match (folder, services.as_slice()) {
        (_, []) => {
            let help = "`boardpaper init` writes a project to start from";
            return Err(trouble(format!("there is no service in `{}` that can be read: {help}", load::DATA)));
        }
        (None, [one]) => one,
        (None, several) => {
            let names = several.iter().map(|service| joined(&service.folder, quarter));
            return Err(UnknownSelection::several(written, names.collect()));
        }
        (Some(folder), services) => {
            let found = services.iter().find(|service| service.folder == folder);
            let known = services.iter().map(|service| service.folder.as_str());
            found.ok_or_else(|| UnknownSelection {
                written: folder.to_owned(),
                meant: closest(folder, known).map(str::to_owned),
                trouble: None,
                what: "service",
            })?
        }
    };
    let id: QuarterId =
        quarter.parse().map_err(|error| trouble(format!("`{quarter}` cannot be a quarter's name: {error}")))?;
    if service.quarter(&id).is_some() {
        return Err(trouble(format!("the quarter `{name}` is there already")));
    }
    if let Some(last) = service.quarters.last().filter(|last| last.id > id) {
        let small = id.as_str().to_lowercase();
        let meant =
            if small.as_str() > last.id.as_str() { format!("; did you mean `{small}`?") } else { String::new() };
        return Err(trouble(format!(
            "`{id}` would come before `{}`: quarters count as earlier or later by name{meant}",
            last.id
        )));
    }
    Ok((service, id))
}

struct Start<'a> {
    service: &'a ServiceData,
    id: &'a QuarterId,
    theme: Option<&'a ThemeId>,
    /// The last audit of any theme.
    last_audit: Option<(&'a Quarter, &'a Audit)>,
    /// The last audit of the theme.
    of_theme: Option<(&'a Quarter, &'a Audit)>,
}

impl<'a> Start<'a> {
    fn new(service: &'a ServiceData, id: &'a QuarterId) -> Start<'a> {
        let audits = || service.quarters.iter().rev().filter_map(|quarter| Some((quarter, quarter.audit.as_ref()?)));
        let last_audit = audits().next();
        let is_in_turn = |theme: &ThemeId| service.service.rotation.iter().any(|known| known.value == *theme);
        let last_in_turn = audits().map(|(_, audit)| &audit.theme.value).find(|theme| is_in_turn(theme));
        let theme = next_theme(service, last_in_turn);
        let of_theme = theme.and_then(|theme| audits().find(|(_, audit)| audit.theme.value == *theme));
        Start { service, id, theme, last_audit, of_theme }
    }

    fn audit(&self) -> String {
        let mut text = String::new();
        let mut line = |line: &str| text.push_str(&format!("{line}\n"));
        line(&format!(
            "# The audit of {}. Write your own in the place of each TODO; what you have nothing to say on,",
            self.id
        ));
        line("# take away. `boardpaper check` lists what is left.");
        line("");
        match self.theme {
            Some(theme) => line(&format!("theme: {}", value(theme.as_str()))),
            None => {
                line("# The kind of case. With a `rotation` in service.yaml this is filled in.");
                line("theme: TODO");
            }
        }
        // An audit by themes alone has no framework, and neither has the next one.
        let framework = self.of_theme.or(self.last_audit).map(|(quarter, audit)| (quarter, audit.framework.as_ref()));
        match framework {
            Some((_, None)) => {}
            Some((quarter, Some(framework))) => {
                line(&format!("# As in {}.", quarter.id));
                line(&format!("framework: {}", value(framework.value.as_str())));
            }
            None => {
                line("# The name of a file in the folder `frameworks`.");
                line("framework: TODO");
            }
        }
        let is_scored = framework.is_none_or(|(_, framework)| framework.is_some());
        match self.of_theme.and_then(|(_, audit)| audit.domain.as_ref()) {
            Some(domain) => line(&format!("domain: {}", value(domain.value.as_str()))),
            None if is_scored => {
                line("# The domain of the framework that the cases belong to.");
                line("domain: TODO");
            }
            None => {}
        }
        line("");
        line("# When the cases began, and when they were read, as in {from: 2020-04-01, to: 2020-06-30}.");
        line("commenced: TODO");
        line("audited: TODO");
        line("");
        line(
            "# How many could have been picked; how they were picked (random, chosen or all); how many were picked, and how",
        );
        line("# many of these were looked at. Where the last two differ, add `shortfall`: how many, and the reason.");
        line("sample:");
        for key in ["eligible", "selection", "selected", "completed"] {
            line(&format!("  {key}: TODO"));
        }
        if let Some((quarter, audit)) = self.of_theme.filter(|(_, audit)| !audit.not_asked.is_empty()) {
            let ids: Vec<&str> = audit.not_asked.iter().map(|id| id.value.as_str()).collect();
            line("");
            line(&format!("# Questions that nobody was asked. In {} these were left out:", quarter.id));
            line(&format!("# not_asked: [{}]", ids.join(", ")));
        }
        if is_scored {
            line("");
            line("# The name of a CSV file in this folder with the answers: a row a question, a column a case.");
            line("answers: TODO");
        }
        text
    }

    fn narrative(&self) -> String {
        let mut text = format!(
            "# The papers of {}. Write your own in the place of each TODO; what you have nothing to say on, take away.\n\
             # `boardpaper check` lists what is left, and `boardpaper build --draft` makes the paper with each gap marked.\n\n",
            self.id
        );
        self.papers(&mut text);
        for (key, what) in [("why", WHY), ("context", CONTEXT), ("method", METHOD)] {
            text.push_str(&format!("\n{key}: |\n  {what}\n"));
        }
        self.findings(&mut text);
        text.push_str(&format!("\nlearning:\n  - |\n    {LEARNING}\n"));
        if let Some(narrative) = self.last_papers().and_then(|(quarter, _)| quarter.narrative.as_ref()) {
            further(narrative, &|_| true, None, &mut text);
        }
        self.next_steps(&mut text);
        text.push_str(&format!("\noutcomes:\n  expected: |\n    {EXPECTED}\n  monitoring: |\n    {MONITORING}\n\n"));
        text.push_str(
            "\
             # What the board is to do, each with an id that was never used: {id: …, text: …}; and what each partner is\n\
             # to do, {partner: …, text: …}, or `none`.\n\
             asks:\n  board: TODO\n  partners: TODO\n",
        );
        self.decisions(&mut text);
        self.behind(&mut text);
        text
    }

    /// The papers as those of the last audit of the theme were set up.
    fn papers(&self, text: &mut String) {
        text.push_str("papers:\n");
        let Some((quarter, papers)) = self.last_papers() else {
            text.push_str("  - template: board-paper\n    title: TODO\n");
            text.push_str("    # The day of the meeting, as in 2020-11-02.\n    meeting: TODO\n    authors: TODO\n");
            return;
        };
        for paper in papers {
            self.paper(quarter, paper, text);
        }
    }

    fn paper(&self, quarter: &Quarter, paper: &Paper, text: &mut String) {
        let template = paper.template.value.as_str();
        text.push_str(&format!("  - template: {}\n", value(template)));
        if paper.id.value.as_str() != template {
            text.push_str(&format!("    id: {}\n", value(paper.id.value.as_str())));
        }
        text.push_str(&format!("    # In {}: {}\n    title: TODO\n", quarter.id, in_a_line(&paper.title.value)));
        text.push_str("    # The day of the meeting, as in 2020-11-02.\n    meeting: TODO\n");
        let audience = paper.audience.map(|audience| match audience {
            Audience::Board => "board",
            Audience::Management => "management",
            Audience::Practitioner => "practitioner",
            Audience::Public => "public",
        });
        if let Some(audience) = audience {
            text.push_str(&format!("    audience: {audience}\n"));
        }
        let authors: Vec<String> = paper.authors.iter().map(|author| value(author)).collect();
        let authors = if authors.is_empty() { "TODO".to_owned() } else { format!("[{}]", authors.join(", ")) };
        text.push_str(&format!("    authors: {authors}\n"));
        if paper.version.is_some() {
            text.push_str("    version: {number: \"0.1\", state: draft}\n");
        }
        if let Some(own) = &paper.text {
            text.push_str(&format!("    text: {}\n", value(&own.file.value)));
        }
        if paper.codes_in_filenames.is_some_and(|flag| flag.value) {
            text.push_str("    codes_in_filenames: true\n");
        }
        if !paper.page_numbers {
            text.push_str("    page_numbers: false\n");
        }
        let Show { scores, inspection } = &paper.show;
        let mut shown = Vec::new();
        if !scores.is_empty() {
            let own = [self.id.as_str()];
            let ids: Vec<String> = scores.iter().map(|id| id.value.as_str()).chain(own).map(value).collect();
            shown.push(format!("scores: [{}]", ids.join(", ")));
        }
        shown.extend(inspection.iter().map(|id| format!("inspection: {}", value(id.value.as_str()))));
        if !shown.is_empty() {
            text.push_str(&format!("    show: {{{}}}\n", shown.join(", ")));
        }
        if !paper.header.is_empty() {
            text.push_str("    header:\n");
            for line in &paper.header {
                text.push_str(&format!("      - {{label: {}, value: TODO}}\n", value(&line.label)));
            }
        }
    }

    /// The files that single papers had their texts in, each with the keys that it had.
    fn texts(&self) -> BTreeMap<String, String> {
        let narrative = self.last_papers().and_then(|(quarter, _)| quarter.narrative.as_ref());
        let texts = narrative.iter().flat_map(|narrative| narrative.texts().map(move |(_, text)| (*narrative, text)));
        // One that lies elsewhere is no quarter's own.
        let texts = texts.filter(|(_, text)| !text.file.value.contains('/'));
        texts.filter_map(|(base, text)| Some((text.file.value.clone(), own_text(base, text)?))).collect()
    }

    /// The papers of the last audit of the theme, or else of the last quarter that has any.
    fn last_papers(&self) -> Option<(&'a Quarter, &'a [Paper])> {
        let papers = |quarter: &'a Quarter| {
            let papers = quarter.narrative.as_ref()?.papers.as_slice();
            (!papers.is_empty()).then_some((quarter, papers))
        };
        let of_theme = self.of_theme.and_then(|(quarter, _)| papers(quarter));
        of_theme.or_else(|| self.service.quarters.iter().rev().find_map(papers))
    }

    /// The findings of the last audit of the theme, to be looked for again.
    fn findings(&self, text: &mut String) {
        text.push_str("\nfindings:\n");
        let last = self.of_theme.map(|(quarter, _)| quarter);
        let open = last.map_or_else(Vec::new, |last| self.open_findings(last));
        if let Some(last) = last.filter(|_| !open.is_empty()) {
            text.push_str(&format!(
                "  # To be looked for again: what stood in {}. Found again? Take one `# ` away from each line and write what is\n  \
                 # true now, under the same id. Not found any more? Take the entry away: the answers to its prompts show who looked.\n",
                last.id
            ));
        }
        for (finding, result) in open {
            let mut entry = format!("- id: {}\n", value(finding.id.value.as_str()));
            if let Some(standard) = &finding.standard {
                entry.push_str(&format!("  standard: {}\n", value(standard.value.as_str())));
            }
            entry.push_str(&format!("  kind: {}\n  text: |\n", finding.kind.word()));
            let words = write::prose(&finding.text.blocks);
            words.lines().for_each(|line| entry.push_str(&format!("    {line}\n")));
            if let Some((n, of)) = result.count.or(result.count_before) {
                entry.push_str(&format!("  # {n} of {of} cases\n"));
            }
            let prompts: Vec<&str> = finding.evidence.prompts().iter().map(|id| id.value.as_str()).collect();
            if prompts.is_empty() {
                entry.push_str("  prompts: TODO\n");
            } else {
                entry.push_str(&format!("  prompts: [{}]\n", prompts.join(", ")));
            }
            for line in entry.lines() {
                // A blank line stays one, so that `# ` can be taken away from every line that has it.
                let comment = if line.trim().is_empty() { String::new() } else { format!("  # {line}") };
                text.push_str(&format!("{comment}\n"));
            }
        }
        text.push_str("  - TODO\n");
    }

    /// What stood at an audit or could not be looked for there, as it was written last.
    fn open_findings(&self, last: &'a Quarter) -> Vec<(&'a Finding, FindingResult)> {
        let mut past: Vec<&Quarter> = self.service.earlier_of_theme(last).collect();
        past.reverse();
        let open = assess::findings(self.service, &past, last).into_iter().filter(|result| result.state.is_open());
        open.filter_map(|result| {
            let seen = result.last_seen.as_ref().and_then(|id| self.service.quarter(id));
            let finding = last.finding(&result.id).or_else(|| seen?.finding(&result.id))?;
            Some((finding, result))
        })
        .collect()
    }

    /// Every open action of the register, to be kept in the paper or not.
    fn next_steps(&self, text: &mut String) {
        let Some(day) = self.last_day() else {
            text.push_str("\n# The ids of actions in actions.yaml.\nnext_steps: TODO\n");
            return;
        };
        let open = assess::actions(self.service, None, day).into_iter().filter(|action| action.status.is_open());
        let mut lines = String::new();
        for result in open {
            let Some(action) = self.service.actions.iter().find(|action| action.id.value == result.id) else {
                continue;
            };
            let what: Vec<String> = action.what.iter().map(|line| plain(&line.inlines)).collect();
            let what = in_a_line(&what.join(" "));
            let due = result.due.map_or_else(|| "no date set".to_owned(), |due| format!("due by {}", due.last_day()));
            let owner = action.owners.first().map_or_else(|| "nobody yet".to_owned(), |owner| in_a_line(owner));
            lines.push_str(&format!("  # {what} ({owner}, {due})\n  - {}\n", value(action.id.value.as_str())));
        }
        if lines.is_empty() {
            text.push_str("\n# The ids of actions in actions.yaml.\nnext_steps: TODO\n");
            return;
        }
        text.push_str(
            "\n# Actions of this paper, by their ids in actions.yaml. These are open. Add what is new; of those that you take\n\
             # away the paper says by itself how they stand.\nnext_steps:\n",
        );
        text.push_str(&lines);
        text.push_str("  - TODO\n");
    }

    /// The last day that the data of the service tells of.
    fn last_day(&self) -> Option<Date> {
        let papers = self.service.quarters.iter().filter_map(Quarter::day);
        let actions = self.service.actions.iter();
        let updates =
            actions.flat_map(|action| action.updates.iter().map(|update| update.on.value).chain([action.opened.value]));
        papers.chain(updates).max()
    }

    /// What the board was asked and has not decided, as far as is recorded.
    fn decisions(&self, text: &mut String) {
        let narratives = || self.service.quarters.iter().filter_map(|quarter| quarter.narrative.as_ref());
        let is_decided =
            |ask: &Ask| narratives().any(|one| one.decisions.iter().any(|decision| decision.ask.value == ask.id.value));
        let open: Vec<&Ask> =
            narratives().flat_map(|narrative| &narrative.asks.board).filter(|ask| !is_decided(ask)).collect();
        if open.is_empty() {
            return;
        }
        text.push_str("\n# What the board decided. Nothing is recorded yet on these: take one `# ` away from\n# each line and write what it said, and when.\ndecisions:\n");
        for ask in open {
            let id = value(ask.id.value.as_str());
            text.push_str(&format!(
                "  # # {}\n  # - {{ask: {id}, decided: TODO, date: TODO}}\n",
                in_a_line(&plain(&ask.text.inlines))
            ));
        }
    }

    /// What stands behind the paper's end.
    fn behind(&self, text: &mut String) {
        let Some((quarter, papers)) = self.last_papers() else { return };
        text.push('\n');
        // What one practitioner was told is nobody else's background.
        if let Some(paper) = papers.iter().find(|paper| !paper.each_practitioner) {
            let title = value(&paper.title.value);
            text.push_str(&format!("background_papers:\n  - {{title: {title}, date: {}}}\n", paper.meeting.value));
        }
        appendices(quarter.narrative.iter().flat_map(|narrative| &narrative.appendices), text);
    }
}

const WHY: &str = "TODO Who asked for this report, and why now.";
const CONTEXT: &str = "TODO What a reader must know of the cases, and what has changed since last time.";
const METHOD: &str =
    "TODO Who looked, at what, and what was done otherwise than last time. The sample is told by itself.";
const LEARNING: &str = "TODO What was learned; one item a hyphen.";
const EXPECTED: &str = "TODO What will be better for children.";
const MONITORING: &str = "TODO Who will see whether it is, how and how often.";

/// Writes the keys that only some kinds of paper have, as far as a narrative had them and `is_own` says so. Who it is to
/// and from, and who can be asked, comes along where it is not as in `base`.
fn further(narrative: &Narrative, is_own: &dyn Fn(Span) -> bool, base: Option<&Narrative>, text: &mut String) {
    let has = |prose: &Option<Prose>| prose.as_ref().is_some_and(|prose| is_own(prose.span));
    for (key, prose, what) in [
        ("summary", &narrative.summary, "What a reader must know who reads no further."),
        ("conclusion", &narrative.conclusion, "What it comes to."),
    ] {
        if has(prose) {
            text.push_str(&format!("\n{key}: |\n  TODO {what}\n"));
        }
    }
    if narrative.recommendations.iter().any(|prose| is_own(prose.span)) {
        text.push_str("\nrecommendations:\n  - |\n    TODO What should be done; one item a hyphen.\n");
    }
    let given: Vec<&str> = Implication::ALL
        .iter()
        .filter(|(_, kind)| narrative.implications.iter().any(|(own, prose)| own == kind && is_own(prose.span)))
        .map(|(name, _)| *name)
        .collect();
    if !given.is_empty() {
        text.push_str("\n# What a decision would mean; what is taken away is \"to be completed by\" whoever can say it.\nimplications:\n");
        given.iter().for_each(|name| text.push_str(&format!("  {name}: |\n    TODO\n")));
    }
    let sections: Vec<&FreeSection> = narrative.sections.iter().filter(|section| is_own(section.id.span)).collect();
    if !sections.is_empty() {
        text.push_str("\nsections:\n");
        sections.into_iter().for_each(|section| free_section(section, "  ", text));
    }
    let mut lines = String::new();
    if let Some(to) = narrative.to.as_ref().filter(|to| base.is_none_or(|base| base.to.as_ref() != Some(*to))) {
        lines.push_str(&format!("to: {}\n", value(to)));
    }
    if !narrative.from.is_empty() && base.is_none_or(|base| base.from != narrative.from) {
        let from: Vec<String> = narrative.from.iter().map(|name| value(name)).collect();
        lines.push_str(&format!("from: [{}]\n", from.join(", ")));
    }
    let roles = |narrative: &Narrative| -> Vec<String> { narrative.contacts.iter().map(contact).collect() };
    if !narrative.contacts.is_empty() && base.is_none_or(|base| roles(base) != roles(narrative)) {
        lines.push_str("contacts:\n");
        roles(narrative).iter().for_each(|contact| lines.push_str(&format!("  - {contact}\n")));
    }
    if narrative.circulated_to.iter().any(|line| is_own(line.span)) {
        lines.push_str("circulated_to:\n");
        narrative
            .circulated_to
            .iter()
            .for_each(|line| lines.push_str(&format!("  - {}\n", value(&plain(&line.inlines)))));
    }
    if !lines.is_empty() {
        text.push_str(&format!("\n# As last time.\n{lines}"));
    }
}

fn contact(contact: &Contact) -> String {
    let keys =
        [("role", Some(&contact.role)), ("email", contact.email.as_ref()), ("telephone", contact.telephone.as_ref())];
    let keys: Vec<String> =
        keys.iter().filter_map(|(key, text)| Some(format!("{key}: {}", value(text.as_ref()?)))).collect();
    format!("{{{}}}", keys.join(", "))
}

fn free_section(section: &FreeSection, indent: &str, text: &mut String) {
    text.push_str(&format!("{indent}- id: {}\n", value(section.id.value.as_str())));
    text.push_str(&format!("{indent}  title: {}\n", value(&plain(&section.title.inlines))));
    if let Some(after) = &section.after {
        text.push_str(&format!("{indent}  after: {}\n", value(after.value.as_str())));
    }
    if !section.quotes.is_empty() {
        let quotes: Vec<String> = section.quotes.iter().map(|quote| value(&quote.value)).collect();
        text.push_str(&format!("{indent}  quotes: [{}]\n", quotes.join(", ")));
    }
    if section.text.is_some() {
        text.push_str(&format!("{indent}  text: |\n{indent}    TODO\n"));
    }
    if !section.sections.is_empty() {
        text.push_str(&format!("{indent}  sections:\n"));
        section.sections.iter().for_each(|below| free_section(below, &format!("{indent}    "), text));
    }
}

fn appendices<'a>(appendices: impl Iterator<Item = &'a Appendix>, text: &mut String) {
    // A PDF that came along was of that quarter.
    let sections = appendices.filter_map(|appendix| Some((appendix, appendix.section()?)));
    for (n, (appendix, section)) in sections.enumerate() {
        if n == 0 {
            text.push_str("appendices:\n");
        }
        let mut keys = vec![
            format!("id: {}", value(appendix.id.value.as_str())),
            format!("title: {}", value(&plain(&appendix.title.inlines))),
            format!("section: {}", value(section.value.as_str())),
        ];
        keys.extend(appendix.own_file.then(|| "own_file: true".to_owned()));
        keys.extend(appendix.marking.iter().map(|marking| format!("marking: {}", value(marking))));
        keys.extend(appendix.reason.iter().map(|reason| format!("reason: {}", value(&plain(&reason.inlines)))));
        text.push_str(&format!("  - {{{}}}\n", keys.join(", ")));
    }
}

/// A paper's own text with a `TODO` under each key that its file had; `None` where that was not read.
fn own_text(base: &Narrative, text: &PaperText) -> Option<String> {
    let (source, own) = (text.source?, text.narrative.as_deref()?);
    let is_own = |span: Span| span.source == source;
    let mut file =
        "# What one paper says in place of narrative.yaml. Take a key away, and the paper says what that file does.\n"
            .to_owned();
    for (key, prose, what) in
        [("why", &own.why, WHY), ("context", &own.context, CONTEXT), ("method", &own.method, METHOD)]
    {
        if prose.as_ref().is_some_and(|prose| is_own(prose.span)) {
            file.push_str(&format!("\n{key}: |\n  {what}\n"));
        }
    }
    if own.findings.iter().any(|finding| is_own(finding.id.span)) {
        file.push_str("\n# Other words for findings of narrative.yaml, under their ids: {id: …, kind: …, text: …}.\nfindings:\n  - TODO\n");
    }
    if own.learning.iter().any(|prose| is_own(prose.span)) {
        file.push_str(&format!("\nlearning:\n  - |\n    {LEARNING}\n"));
    }
    further(own, &is_own, Some(base), &mut file);
    if own.next_steps.iter().any(|id| is_own(id.span)) {
        file.push_str("\n# The ids of actions in actions.yaml.\nnext_steps: TODO\n");
    }
    let outcomes =
        [("expected", &own.outcomes.expected, EXPECTED), ("monitoring", &own.outcomes.monitoring, MONITORING)];
    let outcomes = outcomes.into_iter().filter(|(_, prose, _)| prose.as_ref().is_some_and(|prose| is_own(prose.span)));
    for (n, (key, _, what)) in outcomes.enumerate() {
        file.push_str(if n == 0 { "\noutcomes:\n" } else { "" });
        file.push_str(&format!("  {key}: |\n    {what}\n"));
    }
    let asks_board = own.asks.board.iter().any(|ask| is_own(ask.id.span));
    let asks_partners = own.asks.partners.iter().flatten().any(|ask| is_own(ask.text.span));
    if asks_board || asks_partners {
        file.push_str("\nasks:\n");
        file.push_str(if asks_board { "  board: TODO\n" } else { "" });
        file.push_str(if asks_partners { "  partners: TODO\n" } else { "" });
    }
    if own.background_papers.iter().any(|paper| is_own(paper.title.span)) {
        file.push_str("\n# Each {title: …, date: …}.\nbackground_papers: TODO\n");
    }
    file.push('\n');
    appendices(own.appendices.iter().filter(|appendix| is_own(appendix.id.span)), &mut file);
    Some(file.trim_end().to_owned() + "\n")
}

/// The theme behind the last one in the rotation, which starts again at its end; `None` without a rotation.
fn next_theme<'a>(service: &'a ServiceData, last: Option<&ThemeId>) -> Option<&'a ThemeId> {
    let rotation = &service.service.rotation;
    let at = rotation.iter().position(|theme| Some(&theme.value) == last);
    let next = at.map_or(0, |at| (at + 1) % rotation.len());
    rotation.get(next).map(|theme| &theme.value)
}

/// A text for a comment, which a new line would end.
fn in_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A short text as a value of YAML: in quotes wherever it could be read otherwise.
fn value(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '_'))
        && !text.ends_with(' ')
        && !["true", "false", "yes", "no", "null", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { serde_json::to_string(text).expect("a text has a JSON form") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_quoted_where_it_could_be_read_otherwise() {
        let values = ["Head of service", "3.1", "Yes", "a: b", "# a", "it's", "2020-21-q2"].map(value);
        assert_eq!(
            values,
            ["Head of service", "\"3.1\"", "\"Yes\"", "\"a: b\"", "\"# a\"", "\"it's\"", "\"2020-21-q2\""]
        );
    }
}
