//! A PDF → which paper it is, what made it, and whether the same comes out now.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Severity};
use crate::load;
use crate::output;
use crate::source::Sources;

use super::paper::{self, ID, ID_LENGTH, Plan, Shared};
use super::stale::Cause;
use super::{Request, RunError, Timings, below, service, stale};

/// What is known of a PDF.
#[derive(Debug)]
pub struct Verified {
    pub sources: Sources,
    /// What keeps its paper from being made again.
    pub diagnostics: Vec<Diagnostic>,
    pub sha256: String,
    /// The id that it carries.
    pub id: Option<String>,
    /// `[service/]quarter/paper`; `None`: no paper of the project makes it.
    pub paper: Option<String>,
    /// The program that the manifest names, where the manifest lists these very bytes.
    pub program: Option<String>,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Made again, it has the same bytes.
    Same,
    /// It is as the manifest says, and what it is made of has changed since.
    Outdated(Cause),
    /// It is not what was made: it was changed if it is `of_these_data`, by its id, or else made of something else.
    /// `at` is the first byte that differs, from 0.
    Other { at: usize, of_these_data: bool },
    /// It came along with a paper as it is; this input it is.
    CameAlong(String),
    /// No paper of the project makes it.
    Unknown,
    /// Its paper cannot be made now.
    Blocked,
}

/// Finds out which paper a PDF is, `file` from the project's folder, and makes that again to compare.
///
/// # Errors
/// A file or a folder that the machine refuses to read.
pub fn verify(request: &Request, file: &Path) -> Result<Verified, RunError> {
    let file = &below(request, file);
    let bytes = load::file(file)?;
    if !load::is_pdf(&bytes) {
        return Err(RunError::Machine(anyhow::anyhow!("`{}` is no PDF", file.display())));
    }
    let loaded = load::load(&request.project)?;
    let super::Prepared { mut services, diagnostics, .. } = super::prepare(request, &loaded, &mut Timings::default())?;
    for run in &mut services {
        service::recall(request, run)?;
    }
    let plans: Vec<Plan<'_>> = services.iter().flat_map(|run| paper::plans(&loaded, run)).collect();
    let (sha256, id) = (output::sha256(&bytes), carried(&bytes));
    let is_listed = |plan: &&Plan<'_>| {
        plan.run.earlier.outputs.get(&plan.path("pdf")).is_some_and(|output| output.sha256 == sha256)
    };
    let is_named = |plan: &&Plan<'_>| {
        let name = file.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let path = plan.path("pdf");
        name == path || name.ends_with(&format!("/{path}"))
    };
    let shared = Shared::of_loaded(&loaded);
    let listed = plans.iter().find(is_listed);
    let found = listed
        .or_else(|| {
            id.as_ref().and_then(|id| {
                plans.iter().find(|plan| paper::id(request, &loaded, &shared, plan).as_ref() == Some(id))
            })
        })
        .or_else(|| plans.iter().find(is_named));
    // What comes along is an input and an output with the same bytes.
    let has_hash = |hash: &String| *hash == sha256;
    let manifests = services.iter().map(|run| &run.earlier);
    let along = manifests.into_iter().find_map(|manifest| {
        manifest.outputs.values().any(|output| has_hash(&output.sha256)).then_some(())?;
        manifest.inputs.iter().find(|(_, hash)| has_hash(hash)).map(|(file, _)| file.clone())
    });
    let mut errors: Vec<Diagnostic> = Vec::new();
    let verdict = match (along, found) {
        (Some(file), _) => Verdict::CameAlong(file),
        (None, None) => Verdict::Unknown,
        (None, Some(plan)) if plan.blocked => {
            errors.extend(diagnostics.iter().filter(|one| one.severity == Severity::Error).cloned());
            Verdict::Blocked
        }
        (None, Some(plan)) => match paper::pdf(request, &loaded, &shared, plan) {
            (_, Some((again, _))) if again == bytes => Verdict::Same,
            (_, Some(_)) if listed.is_some() => {
                let inputs = service::inputs(plan.run.service, &loaded);
                Verdict::Outdated(stale::cause(plan.run, &inputs))
            }
            (_, Some((again, _))) => {
                let same = again.iter().zip(&bytes).take_while(|(a, b)| a == b).count();
                let own = paper::id(request, &loaded, &shared, plan);
                Verdict::Other { at: same, of_these_data: id.is_some() && own == id }
            }
            (found, None) => {
                errors.extend(found);
                Verdict::Blocked
            }
        },
    };
    let paper = found.map(|plan| plan.name.clone());
    let program = listed.map(|plan| plan.run.earlier.program.clone());
    drop(shared);
    drop(plans);
    drop(services);
    crate::diagnostic::sort(&mut errors, &loaded.sources);
    super::name_fields(&mut load::Fields::of(&loaded.sources), &mut errors);
    Ok(Verified { sources: loaded.sources, diagnostics: errors, sha256, id, paper, program, verdict })
}

/// Finds the id in a PDF's metadata, which is not compressed.
fn carried(pdf: &[u8]) -> Option<String> {
    let at = pdf.windows(ID.len()).position(|window| window == ID.as_bytes())? + ID.len();
    let id = std::str::from_utf8(pdf.get(at..at + ID_LENGTH)?).ok()?;
    id.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| id.to_owned())
}
