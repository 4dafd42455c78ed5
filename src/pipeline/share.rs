//! Many services on several machines: which are there, and which part is whose.
//!
//! The parts are balanced, the same on every machine, and together the whole: no machine has to know of another.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::load::{self, Project};
use crate::model::{Dataset, ServiceData};

use super::documents::documents;
use super::{Request, RunError, joined};

/// One part of several: `2/8`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    part: usize,
    of: usize,
}

impl Share {
    /// `None` unless `part` is one of `1..=of`.
    pub fn new(part: usize, of: usize) -> Option<Share> {
        (1..=of).contains(&part).then_some(Share { part, of })
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Share, String> {
        let parts = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        let (part, of) = parts.ok_or("a part is written `2/8`: the second of eight")?;
        Share::new(part, of).ok_or_else(|| format!("there is no part {part} of {of}: parts count from 1"))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

/// A service with its papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedService {
    /// The folder below `data`; empty where `data` is itself the service.
    pub service: String,
    /// `quarter/paper` of each document, in the order of the quarters.
    pub papers: Vec<String>,
}

impl PlannedService {
    fn of(service: &ServiceData) -> PlannedService {
        let mut papers = Vec::new();
        for quarter in &service.quarters {
            let of_quarter = quarter.narrative.iter().flat_map(|narrative| &narrative.papers);
            let documents = of_quarter.flat_map(|paper| documents(quarter, paper));
            papers.extend(documents.map(|document| joined(quarter.id.as_str(), &document.name)));
        }
        PlannedService { service: service.folder.clone(), papers }
    }

    /// How much work it is: its papers, and one for reading it.
    pub fn weight(&self) -> usize {
        self.papers.len() + 1
    }
}

/// Lists every service with its papers, sorted by folder.
///
/// # Errors
/// A file or a folder that the machine refuses to read.
pub fn plan(request: &Request) -> Result<Vec<PlannedService>, RunError> {
    let loaded = load::load(&request.project)?;
    Ok(planned(&loaded.dataset))
}

fn planned(dataset: &Dataset) -> Vec<PlannedService> {
    dataset.services.iter().map(PlannedService::of).collect()
}

/// The folders of the services that are a part's.
///
/// The heaviest first, each to the part that has the least so far: no part has more than a third above the best
/// (Graham, *SIAM Journal on Applied Mathematics*, 1969).
pub(super) fn services_of(share: Share, dataset: &Dataset) -> BTreeSet<String> {
    part_of(share, planned(dataset))
}

/// The folders below the project of the services that are a part's, sorted; they are read one by one, to weigh them.
///
/// # Errors
/// A file that the machine refuses to read.
pub(super) fn folders(share: Share, project: &Project) -> anyhow::Result<Vec<String>> {
    let mut services = Vec::new();
    for folder in project.services() {
        services.extend(planned(&project.read(std::slice::from_ref(folder), 1)?.dataset));
    }
    let part = part_of(share, services);
    let below_project = |service: &String| joined(load::DATA, service).trim_end_matches('/').to_owned();
    Ok(part.iter().map(below_project).collect())
}

fn part_of(share: Share, mut services: Vec<PlannedService>) -> BTreeSet<String> {
    services.sort_by(|a, b| b.weight().cmp(&a.weight()).then_with(|| a.service.cmp(&b.service)));
    let mut parts = vec![(0, BTreeSet::new()); share.of];
    for service in services {
        let least = parts.iter().enumerate().min_by_key(|(at, (weight, _))| (*weight, *at)).map_or(0, |(at, _)| at);
        parts[least].0 += service.weight();
        parts[least].1.insert(service.service);
    }
    parts.swap_remove(share.part - 1).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_counts_from_one() {
        assert_eq!("2/8".parse(), Ok(Share { part: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "1/0", "1", "a/b", ""] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }
}
