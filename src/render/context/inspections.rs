//! The inspections of the service, quoted with what their own ratings add up to.

use serde::Serialize;

use crate::document::Tone;
use crate::model::framework::{Band, Framework};
use crate::model::ids::StandardId;
use crate::model::inspection::{CompositeRating, Inspection};

use super::super::slots::Slot;
use super::{Made, Making};

#[derive(Serialize)]
pub(super) struct InspectionView {
    id: String,
    title: String,
    /// `18 June 2018 and 22 June 2018`
    fieldwork: Option<String>,
    /// `23 August 2018`
    published: Option<String>,
    /// As the inspection states it.
    overall: Option<String>,
    /// In the order of the framework, where the inspection names one.
    ratings: Vec<StandardRatingView>,
    /// What the ratings add up to; `none` where the framework does not say how, or `no_composite` says why not.
    composite: Option<CompositeView>,
    no_composite: Option<String>,
}

#[derive(Serialize)]
struct StandardRatingView {
    id: String,
    title: String,
    /// `none`: not rated.
    rating: Option<String>,
    badge: Slot,
}

#[derive(Serialize)]
struct CompositeView {
    points: u32,
    of: u32,
    rating: String,
    badge: Slot,
}

impl Making<'_, '_> {
    pub(super) fn inspections(&mut self) -> Made<Vec<InspectionView>> {
        let service = self.inputs.service;
        service.inspections.iter().map(|inspection| self.inspection(inspection)).collect()
    }

    fn inspection(&mut self, inspection: &Inspection) -> Made<InspectionView> {
        let framework = inspection.framework.as_ref().and_then(|id| self.inputs.service.framework(&id.value));
        let place = |id: &StandardId| framework.and_then(|all| all.standards().position(|one| one.id.value == *id));
        let mut ids: Vec<&StandardId> = inspection.ratings.keys().collect();
        ids.sort_by_key(|id| place(id));
        let ratings = ids.into_iter().map(|id| self.standard_rating(id, inspection, framework)).collect::<Made<_>>()?;
        let (composite, no_composite) = match self.inputs.composites.get(&inspection.id) {
            Some(CompositeRating::Rated { points, of, rating }) => {
                let badge = self.badge(&rating.word, rating.tone);
                (Some(CompositeView { points: *points, of: *of, rating: rating.word.clone(), badge }), None)
            }
            Some(CompositeRating::NotRated(standards)) => {
                let ids: Vec<String> = standards.iter().map(ToString::to_string).collect();
                let catalogue = self.inputs.catalogue;
                let standards = catalogue.list(&ids)?;
                let values = [("standards", standards.as_str())];
                (None, Some(catalogue.say_of("inspection.no_composite", ids.len() as u32, &values)?))
            }
            None => (None, None),
        };
        Ok(InspectionView {
            id: inspection.id.to_string(),
            title: inspection.title.clone(),
            fieldwork: self.period(inspection.fieldwork)?,
            published: inspection.published.map(|day| self.inputs.catalogue.date(day.value)).transpose()?,
            overall: inspection.overall.as_ref().map(|rating| rating.value.clone()),
            ratings,
            composite,
            no_composite,
        })
    }

    fn standard_rating(
        &mut self,
        id: &StandardId,
        inspection: &Inspection,
        framework: Option<&Framework>,
    ) -> Made<StandardRatingView> {
        let rating = inspection.rating(id).map(|rating| rating.value.clone());
        let band = |word: &String| framework?.bands.iter().find(|band: &&Band| band.rating == *word);
        let badge = match &rating {
            Some(word) => self.badge(word, band(word).map_or(Tone::Grey, |band| band.tone)),
            None => self.badge(&self.say("inspection.not_rated", &[])?, Tone::Grey),
        };
        let title = framework.and_then(|framework| framework.standard(id)).map(|standard| standard.title.clone());
        Ok(StandardRatingView { id: id.to_string(), title: title.unwrap_or_default(), rating, badge })
    }
}
