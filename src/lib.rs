//! boardpaper turns audit results and narrative YAML into board papers: Markdown and accessible PDF, correct to the last
//! half-point, the same bytes every time.
//!
//! # The map
//!
//! | layer | modules | knows |
//! |---|---|---|
//! | ground | [`source`], [`diagnostic`], [`document`], [`statistics`] | texts and places, problems as data, Markdown as a tree, numbers; nothing of audits |
//! | model | [`model`] | what the data means: services, audits, findings, actions, results |
//! | stages | [`load`], [`assess`], [`compare`], [`check`], [`render`], [`typeset`], [`output`] | one step each; they never import each other |
//! | assembly | [`pipeline`] | the order of the stages, and the batch over threads |
//! | shell | [`cli`] | what was typed, what is printed, exit codes |
//!
//! ```text
//! folders ─load→ Dataset ─assess→ Results ─check→ diagnostics
//!                   │               ├─compare→ Comparison with the last audit of the theme
//!                   └───────────────┴─render→ Document ─check→ diagnostics
//!                                                ├─document::write→ Markdown
//!                                                └─typeset→ content.json → Typst → PDF, charts as SVG ─output→ files
//!
//! two quarters ─pipeline::difference→ Difference ┬→ text, JSON
//!                                                └─render→ Document: the template `changes`, as Markdown or PDF
//! ```
//!
//! # What always holds
//!
//! - Layers look down only, and stages never import each other: what two of them need lives in `model` or the ground.
//! - Only [`load`] reads files and only [`output`] writes them. Between the two there is no clock, no environment, no
//!   network and no global state but what was read once of the program's own files: the same input gives the same bytes,
//!   whatever the number of threads and whatever was made before.
//! - A user's mistake is a [`diagnostic::Diagnostic`], collected and never a panic. What the machine refuses is `anyhow`
//!   with the path. A panic is a bug of ours.
//! - Points are whole half-points ([`model::points`]); no float decides a rating. Floats describe only how certain a score
//!   or a change is ([`statistics`]), and what is drawn there is drawn from a fixed seed.
//! - Data is never a template and text is never markup: templates get *slots* that are replaced by parsed Markdown, and
//!   Typst gets the paper as JSON.
//! - What is flawed is not printed: a paper that rests on a file with errors is not made.
//!
//! # Words
//!
//! One name each, in YAML, code, templates and documentation.
//!
//! | word | means |
//! |---|---|
//! | service | a youth justice service: a folder with `service.yaml` |
//! | quarter | a folder with an audit or a narrative: the occasion for papers; quarters sort by name |
//! | framework, domain, standard, key question, prompt | what is audited, from the whole down to one question answered on a case |
//! | audit | which cases were looked at in a quarter, and the answers |
//! | theme | the kind of case an audit is about; scores and findings are compared within a theme only |
//! | results | what was computed from an audit; a standard's is an [`model::results::Assessment`] |
//! | rating, band | the word for a score, and the percentages that give it |
//! | sufficient | of a key question on a case: the work was good enough; what ratings by the lowest key question count |
//! | composite | what an inspection's own ratings of the standards add up to |
//! | fragile | one answer would move the rating |
//! | narrative | what a person wrote for a quarter; *prose* is Markdown in any length, a *line* takes one |
//! | finding | something an audit found: a strength or an improvement; the same id for as long as it is seen |
//! | state | where a finding stands against the last audit of its theme: new, repeat, recurring, still there, resolved, not seen, not tested, withdrawn |
//! | silent | of a finding: that an audit's narrative leaves it out |
//! | comparison, verdict | an audit's scores against those of an earlier one of the theme, on the prompts that applied in both; what may be concluded |
//! | action | an entry of the register, with owners, a due date and dated updates |
//! | promise | an action, seen from a later quarter: what became of it since the last one with a paper |
//! | ask, decision | what a paper asks the board to do; what the board decided, as a later narrative records it |
//! | paper | one document for one reader; its *template* says what it holds, its *style* how it looks |
//! | document | beside the tree below: what one reader gets; a paper is one, or one a practitioner |
//! | recipient | the practitioner whose document it is; its *own* codes are the only ones that it holds |
//! | catalogue, string | the fixed words of a language with its forms of dates and numbers; one of them |
//! | section, free section | a part of a paper under one heading: the template's; one of the author's own |
//! | appendix, own file | a part behind the paper's end; one that is a document of its own, and stands nowhere in the paper |
//! | shown | of other audits and of an inspection: what a paper names and prints beside its own, nothing later than itself |
//! | quote | a recommendation of an inspection that a free section is about, by its name |
//! | slide, note | a section, or a heading right below its own, on a screen; what the speaker says meanwhile |
//! | figure, chart | a number in prose `(=3.1.percent)`; a picture of numbers |
//! | document, section, block, inline | a paper as a tree |
//! | difference | what changed between any two quarters: findings, scores, promises, words ([`model::difference`]) |
//! | change | one step of a score, an action or a text from then to now; a text's is inserted, deleted, or moved and otherwise the same |
//! | source, span, diagnostic, code | a text that was read, a place in it, a problem there, and its kind |

pub mod assess;
pub mod check;
pub mod cli;
pub mod compare;
pub mod diagnostic;
pub mod document;
pub mod load;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod render;
pub mod source;
pub mod statistics;
pub mod typeset;
