//! `plan`: the services and their papers, for whoever spreads them over machines.

use serde::Serialize;

use crate::pipeline::{self, PlannedService, Request};

use super::arguments::{Global, Plan, PlanFormat};
use super::{Exit, print, refuse};

/// `plan -f json`: schema 1.
#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    papers: usize,
    services: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct Service<'a> {
    /// Empty where `data` is itself the service.
    service: &'a str,
    /// How much work it is, to be compared with the others'.
    weight: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    papers: Option<&'a [String]>,
}

/// `plan -f github-matrix`: a line for `strategy: matrix: ${{ fromJSON(…) }}`.
#[derive(Serialize)]
struct Matrix<'a> {
    include: Vec<Service<'a>>,
}

pub(super) fn plan(global: &Global, plan: &Plan) -> Exit {
    let request = Request::of(&global.directory);
    let services = match pipeline::plan(&request) {
        Ok(services) => services,
        Err(error) => return refuse(&error),
    };
    let text = match plan.format {
        PlanFormat::Json => {
            let papers = services.iter().map(|service| service.papers.len()).sum();
            let services = services.iter().map(|one| service(one, true)).collect();
            serde_json::to_string_pretty(&Whole { schema: 1, papers, services })
        }
        PlanFormat::GithubMatrix => {
            let include = services.iter().map(|one| service(one, false)).collect();
            serde_json::to_string(&Matrix { include })
        }
    };
    let text = text.expect("plain data has a JSON form");
    print(&format!("{text}\n")).unwrap_or(Exit::Done)
}

fn service(service: &PlannedService, with_papers: bool) -> Service<'_> {
    let papers = with_papers.then_some(service.papers.as_slice());
    Service { service: &service.service, weight: service.weight(), papers }
}
