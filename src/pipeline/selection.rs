//! What was typed to name papers → the papers.

use std::collections::BTreeSet;

use crate::diagnostic::closest;
use crate::load::{self, Project};
use crate::model::{Dataset, Quarter, ServiceData};

use super::RunError;
use super::documents::{PaperDocument, documents};
use super::share::{self, Share};

/// A name that nothing has, and one that may have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSelection {
    pub written: String,
    pub meant: Option<String>,
    /// What is wrong with a name that something has; `None`: nothing has it.
    pub trouble: Option<String>,
    /// What was looked for: `paper, quarter or service`.
    pub what: &'static str,
}

impl UnknownSelection {
    pub(super) fn troubled(written: &str, trouble: String) -> UnknownSelection {
        UnknownSelection { written: written.to_owned(), meant: None, trouble: Some(trouble), what: "quarter" }
    }

    pub(super) fn several(written: &str, names: Vec<String>) -> UnknownSelection {
        let names = crate::diagnostic::listed(names.iter().map(String::as_str));
        UnknownSelection::troubled(written, format!("`{written}` may be {names}: put the service before it"))
    }

    pub(super) fn of_other_services(written: &str, other: &str) -> UnknownSelection {
        UnknownSelection::troubled(written, format!("`{written}` and `{other}` are quarters of different services"))
    }

    pub(super) fn without_paper(written: &str) -> UnknownSelection {
        let trouble = format!("`{written}` has no paper, so there is no board to tell; `diff` without `-f` needs none");
        UnknownSelection::troubled(written, trouble)
    }
}

/// Finds the quarters of a name: `2020-21-q2`, or `north/2020-21-q2`; several services may have one.
pub(super) fn quarters<'a>(
    dataset: &'a Dataset,
    written: &str,
) -> Result<Vec<(&'a ServiceData, &'a Quarter)>, RunError> {
    let name = plain(written);
    let all = || {
        let services = dataset.services.iter();
        services.flat_map(|service| service.quarters.iter().map(move |quarter| (service, quarter)))
    };
    let full = |service: &ServiceData, quarter: &Quarter| super::joined(&service.folder, quarter.id.as_str());
    let found: Vec<_> = all()
        .filter(|(service, quarter)| {
            let full = full(service, quarter);
            full == name || full.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
        })
        .collect();
    if found.is_empty() {
        let known: BTreeSet<String> =
            all().flat_map(|(service, quarter)| [full(service, quarter), quarter.id.to_string()]).collect();
        let meant = closest(name, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(RunError::Usage(UnknownSelection {
            written: written.to_owned(),
            meant,
            trouble: None,
            what: "quarter",
        }));
    }
    Ok(found)
}

/// The papers that were asked for.
pub(super) struct Wanted {
    /// By their whole names; `None`: all.
    names: Option<BTreeSet<String>>,
    /// The folders of the services of this machine's part; `None`: all.
    services: Option<BTreeSet<String>>,
}

/// The papers of one service that were asked for.
#[derive(Clone, Debug)]
pub(super) struct WantedOfService(Option<BTreeSet<String>>);

impl Wanted {
    pub fn of(&self, service: &ServiceData) -> WantedOfService {
        if self.services.as_ref().is_some_and(|services| !services.contains(&service.folder)) {
            return WantedOfService(Some(BTreeSet::new()));
        }
        let prefix = super::joined(&service.folder, "");
        let own = |names: &BTreeSet<String>| {
            names.iter().filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect()
        };
        WantedOfService(self.names.as_ref().map(own))
    }
}

impl WantedOfService {
    pub fn all(&self) -> bool {
        self.0.is_none()
    }

    /// Whether anything of the service was asked for.
    pub fn any(&self) -> bool {
        self.0.as_ref().is_none_or(|names| !names.is_empty())
    }

    pub fn quarter(&self, quarter: &Quarter) -> bool {
        let prefix = format!("{}/", quarter.id);
        self.0.as_ref().is_none_or(|names| names.iter().any(|name| name.starts_with(&prefix)))
    }

    /// Whether every paper of a quarter was asked for, and is known.
    pub fn whole(&self, quarter: &Quarter) -> bool {
        let papers = quarter.narrative.iter().flat_map(|narrative| &narrative.papers);
        let mut documents = papers.flat_map(|paper| documents(quarter, paper));
        !quarter.has_unread_papers() && (self.all() || documents.all(|document| self.document(quarter, &document.name)))
    }

    /// Whether a document was asked for; `name` is the paper's id, with its own behind it where there are several.
    pub fn document(&self, quarter: &Quarter, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(&format!("{}/{name}", quarter.id)))
    }
}

/// The folders of the services that a selection can mean, as far as folders tell; `None`: any, since a name is that of a
/// paper alone, or of nothing.
pub(super) fn services(selection: &[String], project: &Project) -> Option<Vec<String>> {
    let mut meant = BTreeSet::new();
    for written in selection {
        let name = plain(written);
        let is_meant = |folder: &str| {
            let full = load::below_data(folder);
            matches(full, name) || begins(full, name)
        };
        let own: Vec<&str> =
            project.folders().filter(|(folder, _)| is_meant(folder)).map(|(_, service)| service).collect();
        if own.is_empty() {
            return None;
        }
        meant.extend(own);
    }
    Some(meant.into_iter().map(str::to_owned).collect())
}

/// Finds the papers that were named: `[SERVICE/]QUARTER` or `[SERVICE/]QUARTER/PAPER`, or a whole `SERVICE`.
pub(super) fn resolve(
    selection: &[String],
    share: Option<Share>,
    dataset: &Dataset,
) -> Result<Wanted, UnknownSelection> {
    let services = share.map(|share| share::services_of(share, dataset));
    if selection.is_empty() {
        return Ok(Wanted { names: None, services });
    }
    let mut wanted = BTreeSet::new();
    let all = names(dataset);
    for written in selection {
        let name = plain(written);
        let before = wanted.len();
        // Where several services have the quarter, its name alone means all of them.
        wanted.extend(all.iter().filter(|full| matches(full, name)).cloned());
        if wanted.len() == before && !all.iter().any(|full| matches(full, name)) {
            // It may be a paper that could not be read: then its quarter says why.
            let quarter = name.rsplit_once('/').map_or(name, |(quarter, _)| quarter);
            wanted.extend(unread(dataset).filter(|full| matches(full, quarter)));
        }
        if wanted.len() == before && !all.iter().any(|full| matches(full, name)) {
            let known: BTreeSet<&str> = all.iter().flat_map(|full| parts(full.trim_end_matches('/'))).collect();
            let meant = closest(name, known).map(str::to_owned);
            return Err(UnknownSelection {
                written: written.clone(),
                meant,
                trouble: None,
                what: "paper, quarter or service",
            });
        }
    }
    Ok(Wanted { names: Some(wanted), services })
}

/// A name as typed, perhaps completed by a shell, without what every one could have.
pub(super) fn plain(written: &str) -> &str {
    written.trim_end_matches('/').trim_start_matches("data/")
}

/// Whether a name begins with the last parts of a folder, and goes on.
fn begins(folder: &str, name: &str) -> bool {
    let ends = std::iter::once(0).chain(folder.match_indices('/').map(|(at, _)| at + 1));
    ends.map(|at| &folder[at..]).any(|last| name.strip_prefix(last).is_some_and(|rest| rest.starts_with('/')))
}

fn matches(full: &str, name: &str) -> bool {
    let inside = |full: &str| full == name || full.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    !name.is_empty() && (inside(full) || full.match_indices('/').any(|(at, _)| inside(&full[at + 1..])))
}

/// Every name that means a paper: each run of its parts, `north`, `2020-21-q2`, `2020-21-q2/board-paper` …
fn parts(full: &str) -> Vec<&str> {
    let ends = || full.match_indices('/').map(|(at, _)| at);
    let starts = std::iter::once(0).chain(ends().map(|at| at + 1));
    starts
        .flat_map(|start| ends().chain([full.len()]).filter(move |&end| end > start).map(move |end| &full[start..end]))
        .collect()
}

/// `[service/]quarter/paper` of every document, and `[service/]quarter/` of every quarter, whose papers may be unread.
fn names(dataset: &Dataset) -> Vec<String> {
    let mut names = Vec::new();
    for service in &dataset.services {
        for quarter in &service.quarters {
            names.push(super::joined(&service.folder, &format!("{}/", quarter.id)));
            for paper in quarter.narrative.iter().flat_map(|narrative| &narrative.papers) {
                let documents = documents(quarter, paper).into_iter();
                let name = |document: PaperDocument<'_>| format!("{}/{}", quarter.id, document.name);
                names.extend(documents.map(|document| super::joined(&service.folder, &name(document))));
            }
        }
    }
    names
}

/// `[service/]quarter/` of every quarter with a paper that could not be read.
fn unread(dataset: &Dataset) -> impl Iterator<Item = String> {
    dataset.services.iter().flat_map(|service| {
        let quarters = service.quarters.iter().filter(|quarter| quarter.has_unread_papers());
        quarters.map(|quarter| super::joined(&service.folder, &format!("{}/", quarter.id)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_named_with_or_without_its_service() {
        let full = "north/2020-21-q2/board-paper";
        for name in ["north", "north/2020-21-q2", "2020-21-q2", "2020-21-q2/board-paper", full] {
            assert!(matches(full, name), "{name}");
        }
        for name in ["2020-21", "south", "q2", "north/2020-21-q2/board"] {
            assert!(!matches(full, name), "{name}");
        }
    }

    #[test]
    fn only_the_services_that_a_name_can_mean_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for service in ["north", "south", "islands/north"] {
            let quarter = folder.path().join("data").join(service).join("2020-21-q2");
            std::fs::create_dir_all(&quarter).unwrap();
            std::fs::write(quarter.with_file_name("service.yaml"), "").unwrap();
            std::fs::write(quarter.join("narrative.yaml"), "").unwrap();
        }
        let project = load::open(folder.path(), 1).unwrap();
        let meant = |names: &[&str]| services(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>(), &project);
        let all = ["data/islands/north", "data/north", "data/south"];
        let some = |folders: &[&str]| Some(folders.iter().map(|&folder| folder.to_owned()).collect());
        assert_eq!(meant(&["south"]), some(&all[2..]));
        assert_eq!(meant(&["data/south/2020-21-q2/"]), some(&all[2..]));
        assert_eq!(meant(&["south/2020-21-q2/board-paper"]), some(&all[2..]));
        assert_eq!(meant(&["south/2020-21-q9"]), some(&all[2..]), "so that the nearest quarter of it is named");
        assert_eq!(meant(&["north/2020-21-q2"]), some(&all[..2]), "both end in it");
        assert_eq!(meant(&["islands", "south"]), some(&["data/islands/north", "data/south"]));
        assert_eq!(meant(&["2020-21-q2"]), some(&all));
        assert_eq!(meant(&["board-paper"]), None);
        assert_eq!(meant(&["south", "nowhere"]), None);
    }
}
