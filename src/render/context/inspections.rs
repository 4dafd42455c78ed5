//! The inspections of the service, quoted with what their own ratings add up to.

use serde::Serialize;

use crate::document::Tone;
use crate::model::framework::{Domain, Framework};
use crate::model::ids::StandardId;
use crate::model::inspection::{CompositeRating, Inspection, Recommendation};
use crate::model::narrative::FreeSection;

use super::super::slots::{BadgeSlot, TextSlot};
use super::{ActionView, Made, Making};

/// An inspection.
#[derive(Serialize)]
pub(super) struct InspectionView {
    /// `2018-06`
    id: String,
    /// As in its file.
    title: String,
    /// `18 June 2018 and 22 June 2018`, to stand after "between".
    fieldwork: Option<String>,
    /// The date: `23 August 2018`.
    published: Option<String>,
    /// The rating that it stated itself.
    overall: Option<String>,
    /// Its ratings of single standards, in the order of its framework.
    ratings: Vec<StandardRatingView>,
    /// The same by what they were rated, the best first; those that were not rated come last.
    by_rating: Vec<RatedView>,
    /// What the ratings add up to; `none` where the framework does not say how, or `no_composite` says why not.
    composite: Option<CompositeView>,
    /// Which standards were not rated, so that nothing is added up; mostly `none`.
    no_composite: Option<String>,
    /// Its areas for improvement, in the order of its file.
    recommendations: Vec<RecommendationView>,
}

/// A recommendation.
///
/// An area for improvement, with what is done about it.
#[derive(Serialize)]
pub(super) struct RecommendationView {
    /// `2018-06/R1`
    id: String,
    /// The title of the inspection.
    inspection: String,
    /// The id of its domain; `none` where it names none.
    domain: Option<String>,
    /// The domain's title; `none` also without a framework.
    domain_title: Option<String>,
    /// As the inspection wrote it.
    text: Option<TextSlot>,
    /// The actions that name it as their source, as far as they were opened by the day of the paper, in the order of
    /// the register.
    actions: Vec<ActionView>,
}

/// A rating.
#[derive(Serialize)]
struct StandardRatingView {
    /// The standard's id: `3.1`.
    id: String,
    /// The standard's title; empty without a framework.
    title: String,
    /// The id of the standard's domain; `none` without a framework.
    domain: Option<String>,
    /// `none`: not rated.
    rating: Option<String>,
    /// The rating on its colour, which is grey without a framework.
    badge: BadgeSlot,
}

/// A group of standards.
///
/// The standards that were given one rating.
#[derive(Serialize)]
struct RatedView {
    /// `none`: not rated.
    rating: Option<String>,
    /// The rating on its colour.
    badge: BadgeSlot,
    /// `3.1 Assessment`
    standards: Vec<String>,
}

/// The composite rating.
#[derive(Serialize)]
struct CompositeView {
    /// What the ratings add up to.
    points: u32,
    /// The most that they could.
    of: u32,
    /// What the framework calls it.
    rating: String,
    /// That rating on its colour.
    badge: BadgeSlot,
}

impl Making<'_, '_> {
    pub(super) fn inspections(&mut self) -> Made<Vec<InspectionView>> {
        let day = self.day();
        let known = self.inputs.service.inspections.iter().filter(|inspection| inspection.is_known_on(day));
        known.map(|inspection| self.inspection(inspection)).collect()
    }

    /// The recommendations that a section is about; that they are there is said by the checks.
    pub(super) fn quotes(&mut self, section: &FreeSection) -> Made<Vec<RecommendationView>> {
        let service = self.inputs.service;
        let found = section.quotes.iter().filter_map(|name| service.recommendation(&name.value));
        found
            .map(|(inspection, recommendation)| {
                let framework = inspection.framework.as_ref().and_then(|id| service.framework(&id.value));
                self.recommendation(recommendation, inspection, framework)
            })
            .collect()
    }

    pub(super) fn inspection(&mut self, inspection: &Inspection) -> Made<InspectionView> {
        let framework = inspection.framework.as_ref().and_then(|id| self.inputs.service.framework(&id.value));
        let place = |id: &StandardId| framework.and_then(|all| all.standards().position(|one| one.id.value == *id));
        let mut ids: Vec<&StandardId> = inspection.ratings.keys().collect();
        ids.sort_by_key(|id| place(id));
        let ratings = ids.into_iter().map(|id| self.standard_rating(id, inspection, framework));
        let ratings = ratings.collect::<Made<Vec<_>>>()?;
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
            by_rating: by_rating(&ratings, framework),
            ratings,
            composite,
            no_composite,
            recommendations: inspection
                .recommendations
                .iter()
                .map(|one| self.recommendation(one, inspection, framework))
                .collect::<Made<_>>()?,
        })
    }

    fn recommendation(
        &mut self,
        recommendation: &Recommendation,
        inspection: &Inspection,
        framework: Option<&Framework>,
    ) -> Made<RecommendationView> {
        let domain = recommendation.domain.as_ref().map(|id| &id.value);
        let title = framework.zip(domain).and_then(|(framework, id)| framework.domain(id));
        let name = format!("{}/{}", inspection.id, recommendation.id.value);
        let day = self.day();
        let actions = self.inputs.service.actions.iter().filter(|action| action.opened.value <= day);
        let own = actions.filter(|action| action.source.iter().any(|source| source.value == name));
        Ok(RecommendationView {
            id: recommendation.id.value.to_string(),
            inspection: inspection.title.clone(),
            domain: domain.map(ToString::to_string),
            domain_title: title.map(|domain| domain.title.clone()),
            text: self.prose(Some(&recommendation.text)),
            actions: own.map(|action| self.action(action)).collect::<Made<_>>()?,
        })
    }

    fn standard_rating(
        &mut self,
        id: &StandardId,
        inspection: &Inspection,
        framework: Option<&Framework>,
    ) -> Made<StandardRatingView> {
        let (word, tone) = self.rated(id, inspection, framework)?;
        let title = framework.and_then(|framework| framework.standard(id)).map(|standard| standard.title.clone());
        let holds = |domain: &&Domain| domain.standards.iter().any(|standard| standard.id.value == *id);
        let domain = framework.and_then(|framework| framework.domains.iter().find(holds));
        Ok(StandardRatingView {
            id: id.to_string(),
            title: title.unwrap_or_default(),
            domain: domain.map(|domain| domain.id.value.to_string()),
            rating: inspection.rating(id).map(|rating| rating.value.clone()),
            badge: self.badge(&word, tone),
        })
    }

    /// The word that an inspection gave a standard, and its colour; that it was not rated is a word, too.
    pub(super) fn rated(
        &self,
        id: &StandardId,
        inspection: &Inspection,
        framework: Option<&Framework>,
    ) -> Made<(String, Tone)> {
        let Some(rating) = inspection.rating(id) else {
            return Ok((self.say("inspection.not_rated", &[])?, Tone::Grey));
        };
        let band = framework.and_then(|framework| framework.bands.iter().find(|band| band.rating == rating.value));
        Ok((rating.value.clone(), band.map_or(Tone::Grey, |band| band.tone)))
    }
}

fn by_rating(ratings: &[StandardRatingView], framework: Option<&Framework>) -> Vec<RatedView> {
    // Words that the framework does not know are told by the checks; they stand behind those that it does.
    let place = |rating: &Option<String>| {
        let Some(word) = rating else { return usize::MAX };
        let bands = framework.iter().flat_map(|framework| framework.bands.iter().rev());
        bands.into_iter().position(|band| band.rating == *word).unwrap_or(usize::MAX - 1)
    };
    let mut groups: Vec<RatedView> = Vec::new();
    for one in ratings {
        let standard = format!("{} {}", one.id, one.title).trim_end().to_owned();
        match groups.iter_mut().find(|group| group.rating == one.rating) {
            Some(group) => group.standards.push(standard),
            None => groups.push(RatedView {
                rating: one.rating.clone(),
                badge: one.badge.clone(),
                standards: vec![standard],
            }),
        }
    }
    groups.sort_by_key(|group| place(&group.rating));
    groups
}
