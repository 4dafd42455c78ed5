//! What the data means: the vocabulary that all stages share.
//!
//! Values here are already read and well formed; places are kept wherever a later rule may have to point at one.
//! **Invariant:** no rule, no score and no sentence is decided here, and no file is read.

pub mod audit;
pub mod catalogue;
pub mod date;
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
use framework::Framework;
use ids::{FrameworkId, QuarterId, StandardId};
use inspection::Inspection;
use narrative::Narrative;
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
    /// Whether there is a paper, or a whole narrative, that could not be read: nobody knows its name.
    pub fn has_unread_papers(&self) -> bool {
        self.narrative.as_ref().map_or(self.narrative_source.is_some(), |narrative| narrative.papers_broken)
    }
}

impl ServiceData {
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

    /// Earlier quarters with an audit of the same theme and framework, the latest first.
    pub fn earlier_of_theme<'a>(&'a self, quarter: &'a Quarter) -> impl Iterator<Item = &'a Quarter> {
        let audit = quarter.audit.as_ref();
        self.quarters.iter().rev().filter(move |other| {
            other.id < quarter.id
                && other.audit.as_ref().zip(audit).is_some_and(|(other, this)| {
                    other.theme.value == this.theme.value
                        && other.framework.as_ref().map(|id| &id.value) == this.framework.as_ref().map(|id| &id.value)
                })
        })
    }

    /// The title of a standard in the framework of a quarter.
    pub fn standard_title(&self, quarter: &Quarter, id: &StandardId) -> Option<&str> {
        self.framework_of(quarter)?.standard(id).map(|standard| standard.title.as_str())
    }
}
