//! What the data means: the vocabulary that all stages share.
//!
//! Values here are already read and well formed; places are kept wherever a later rule may have to point at one.
//! **Invariant:** no rule, no score and no sentence is decided here, and no file is read.

pub mod audit;
pub mod catalogue;
pub mod comparison;
pub mod date;
pub mod difference;
pub mod fonts;
pub mod framework;
pub mod ids;
pub mod inspection;
pub mod narrative;
pub mod points;
pub mod register;
pub mod results;
pub mod service;
pub mod template;

use std::sync::Arc;

use crate::source::SourceId;

use audit::Audit;
use date::Date;
use framework::Framework;
use ids::{ActionId, FindingId, FrameworkId, QuarterId, StandardId};
use inspection::{Inspection, Recommendation};
use narrative::{Finding, Narrative, Paper};
use register::Action;
use service::Service;

/// All that was read: every service of the data folder, even if flawed.
#[derive(Debug, Default)]
pub struct Dataset {
    /// Sorted by folder.
    pub services: Vec<ServiceData>,
}

/// A service with everything that belongs to it.
#[derive(Debug)]
pub struct ServiceData {
    /// The folder's path below the data folder, with `/`; empty where the data folder is itself the service.
    pub folder: String,
    pub service: Service,
    /// Sorted by id: those of the service and those of the folders above it.
    pub frameworks: Vec<Arc<Framework>>,
    pub inspections: Vec<Inspection>,
    pub actions: Vec<Action>,
    /// Sorted by name, which is the order of time.
    pub quarters: Vec<Quarter>,
    /// The sources that every paper of the service rests on: `service.yaml`, frameworks, actions, inspections.
    pub shared: Vec<SourceId>,
}

/// A quarter, or any other occasion for a paper: one folder.
#[derive(Debug)]
pub struct Quarter {
    pub id: QuarterId,
    pub audit: Option<Audit>,
    pub narrative: Option<Narrative>,
    /// `audit.yaml` and the answers: what the results rest on.
    pub audit_sources: Vec<SourceId>,
    pub narrative_source: Option<SourceId>,
}

impl Quarter {
    /// The day on which its paper decides what is overdue; `None` where there is no paper.
    pub fn as_of(&self) -> Option<Date> {
        self.narrative.as_ref().and_then(Narrative::as_of)
    }

    /// The day that the quarter's paper stands on: when overdue is decided, or else when the audit ended.
    pub fn day(&self) -> Option<Date> {
        let audited = || Some(self.audit.as_ref()?.audited?.to?.value);
        self.as_of().or_else(audited)
    }

    pub fn finding(&self, id: &FindingId) -> Option<&Finding> {
        self.narrative.as_ref()?.findings.iter().find(|finding| finding.id.value == *id)
    }

    /// Whether there is a paper, or a whole narrative, that could not be read: nobody knows its name.
    pub fn has_unread_papers(&self) -> bool {
        self.narrative.as_ref().map_or(self.narrative_source.is_some(), |narrative| narrative.papers_broken)
    }
}

impl ServiceData {
    pub fn action(&self, id: &ActionId) -> Option<&Action> {
        self.actions.iter().find(|action| action.id.value == *id)
    }

    /// The recommendation of this name, `2018-06/R1`, with the inspection that made it.
    pub fn recommendation(&self, name: &str) -> Option<(&Inspection, &Recommendation)> {
        let (inspection, id) = name.split_once('/')?;
        let inspection = self.inspections.iter().find(|one| one.id.as_str() == inspection)?;
        Some((inspection, inspection.recommendation(id)?))
    }

    pub fn framework(&self, id: &FrameworkId) -> Option<&Framework> {
        self.frameworks.iter().map(Arc::as_ref).find(|framework| framework.id.value == *id)
    }

    pub fn quarter(&self, id: &QuarterId) -> Option<&Quarter> {
        self.quarters.iter().find(|quarter| quarter.id == *id)
    }

    /// The framework that a quarter's audit uses; `None` for an audit by themes alone.
    pub fn framework_of(&self, quarter: &Quarter) -> Option<&Framework> {
        self.framework(&quarter.audit.as_ref()?.framework.as_ref()?.value)
    }

    /// Earlier quarters with an audit that can be compared with this one, the latest first.
    pub fn earlier_of_theme<'a>(&'a self, quarter: &'a Quarter) -> impl Iterator<Item = &'a Quarter> {
        let earlier = self.quarters.iter().rev().filter(move |other| other.id < quarter.id);
        earlier.filter(move |other| self.is_comparable(quarter, other))
    }

    /// The last quarter before this one that has a paper: actions are compared with it, whatever its theme.
    pub fn last_quarter(&self, quarter: &Quarter) -> Option<&Quarter> {
        self.quarters.iter().rev().find(|other| other.id < quarter.id && other.as_of().is_some())
    }

    /// Whether two audits are of the same theme, and of the same framework or of two editions of which one names the
    /// other under `maps`.
    pub fn is_comparable(&self, a: &Quarter, b: &Quarter) -> bool {
        let (Some(audit), Some(other)) = (&a.audit, &b.audit) else { return false };
        audit.theme.value == other.theme.value
            && match (&audit.framework, &other.framework) {
                (Some(own), Some(theirs)) => {
                    let maps = |from: &FrameworkId, to: &FrameworkId| {
                        self.framework(from).is_some_and(|framework| framework.map_to(to).is_some())
                    };
                    own.value == theirs.value || maps(&own.value, &theirs.value) || maps(&theirs.value, &own.value)
                }
                (own, theirs) => own.is_none() && theirs.is_none(),
            }
    }

    /// The audits whose scores a paper shows, those that can be compared together: each group oldest first, in the order
    /// of their domains and themes. Where the paper names none it shows the quarter's own, if that has scores.
    pub fn shown<'a>(&'a self, quarter: &'a Quarter, paper: &Paper) -> Vec<Vec<&'a Quarter>> {
        let named = &paper.show.scores;
        let is_shown = |other: &&Quarter| match named.as_slice() {
            [] => other.id == quarter.id,
            named => other.id <= quarter.id && named.iter().any(|id| id.value == other.id),
        };
        let scored = self.quarters.iter().filter(is_shown).filter(|other| self.framework_of(other).is_some());
        let mut groups: Vec<Vec<&Quarter>> = Vec::new();
        for other in scored {
            match groups.iter_mut().find(|group| group.iter().all(|one| self.is_comparable(other, one))) {
                Some(group) => group.push(other),
                None => groups.push(vec![other]),
            }
        }
        let place = |group: &Vec<&Quarter>| {
            let audit = group.first()?.audit.as_ref()?;
            Some((audit.domain.as_ref().map(|id| id.value.clone()), audit.theme.value.clone()))
        };
        groups.sort_by_key(place);
        groups
    }

    /// What a standard of one quarter's framework is called in that of another; `None` where it has no counterpart.
    pub fn standard_in<'a>(
        &'a self,
        standard: &'a StandardId,
        of: &Quarter,
        other: &Quarter,
    ) -> Option<&'a StandardId> {
        self.standard_between(standard, self.framework_of(of)?, self.framework_of(other)?)
    }

    /// What a standard of one framework is called in another.
    pub fn standard_between<'a>(
        &'a self,
        standard: &'a StandardId,
        own: &'a Framework,
        theirs: &'a Framework,
    ) -> Option<&'a StandardId> {
        if own.id.value == theirs.id.value {
            return Some(standard);
        }
        match (own.map_to(&theirs.id.value), theirs.map_to(&own.id.value)) {
            (Some(map), _) => {
                map.standards.iter().find(|(own, _)| own.value == *standard).map(|(_, theirs)| &theirs.value)
            }
            (None, Some(map)) => {
                map.standards.iter().find(|(_, own)| own.value == *standard).map(|(theirs, _)| &theirs.value)
            }
            (None, None) => None,
        }
    }

    /// The title of a standard in the framework of a quarter.
    pub fn standard_title(&self, quarter: &Quarter, id: &StandardId) -> Option<&str> {
        self.framework_of(quarter)?.standard(id).map(|standard| standard.title.as_str())
    }
}
