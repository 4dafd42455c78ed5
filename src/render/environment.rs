//! The minijinja environment: strict, escaping for Markdown, bounded, with the few functions that templates need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use crate::diagnostic::{Diagnostic, codes};
use crate::model::catalogue::Catalogue;
use crate::model::ids::TemplateId;
use crate::model::template::TemplateSet;
use crate::source::{SourceId, Sources, Span};

use super::{Inputs, capitalised};

/// Steps that a template may take: a thousand times what the largest paper needs, and still under a second.
const FUEL: u64 = 20_000_000;

/// The templates of a run in one language: each is compiled when a paper first needs it, and once for all papers.
pub struct Engine {
    environment: Environment<'static>,
}

impl Engine {
    /// Keeps the texts of all templates, and the words of the language; compiles nothing yet.
    pub fn new(templates: &TemplateSet, sources: &Sources, catalogue: &Catalogue) -> Engine {
        let text = |(name, &id): (&String, &SourceId)| (name.clone(), sources.source(id).text.clone());
        let texts: BTreeMap<String, String> = templates.files.iter().map(text).collect();
        let mut environment = Environment::new();
        environment.set_loader(move |name| Ok(texts.get(name).cloned()));
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.expect("the usual delimiters"));
        environment.set_fuel(Some(FUEL));
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
        let words = Arc::new(catalogue.clone());
        let catalogue = Arc::clone(&words);
        environment.set_formatter(move |output, _, value| {
            if value.is_undefined() {
                return Err(Error::from(ErrorKind::UndefinedError));
            }
            if value.is_none() {
                let detail = "there is no value here: test it with `{% if … is not none %}` first";
                return Err(Error::new(ErrorKind::InvalidOperation, detail));
            }
            let text = printed(&catalogue, value)?;
            let result = if value.is_safe() { output.write_str(&text) } else { output.write_str(&escaped(&text)) };
            result.map_err(Error::from)
        });
        let catalogue = Arc::clone(&words);
        environment.add_function("say", move |key: &str, values: Kwargs| say(&catalogue, key, &values));
        let catalogue = Arc::clone(&words);
        let in_words = move |number: u32| catalogue.number(number).map_err(|missing| invalid(&missing.0));
        environment.add_filter("words", in_words);
        environment.add_filter("capfirst", |text: &str| capitalised(text));
        environment.add_filter("percent", move |value: Value| match u32::try_from(value.clone()) {
            Ok(percent) => words.percent(percent).map_err(|missing| invalid(&missing.0)),
            Err(_) if value.is_none() => Ok("–".to_owned()),
            Err(_) => Err(invalid("`percent` takes a whole number")),
        });
        Engine { environment }
    }

    /// Compiles every template that a paper of the kind may use, so that a mistake in any is found.
    pub(super) fn compile(&self, inputs: Inputs<'_>) -> Result<(), Box<Diagnostic>> {
        let folder = format!("{}/", inputs.paper.template.value);
        let needed = |name: &str| name.starts_with(&folder) || name.starts_with("partials/");
        for (name, &id) in inputs.templates.files.iter().filter(|(name, _)| needed(name)) {
            self.environment.get_template(name).map_err(|error| Box::new(diagnostic(&error, inputs, id)))?;
        }
        Ok(())
    }

    /// Whether a kind of paper reads a value that templates have by this name, `learning` or `asks.board`, or something of
    /// it, in its own files or in those that they include.
    pub fn reads(&self, templates: &TemplateSet, kind: &TemplateId, name: &str) -> bool {
        let folder = format!("{kind}/");
        let mut open: Vec<String> = templates.files.keys().filter(|file| file.starts_with(&folder)).cloned().collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(file) = open.pop() {
            let Ok(template) = self.environment.get_template(&file) else { continue };
            let is_below =
                |read: &String| read.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if template.undeclared_variables(true).iter().any(is_below) {
                return true;
            }
            let included = template.source().split("include \"").skip(1).filter_map(|rest| rest.split('"').next());
            open.extend(included.filter(|file| seen.insert((*file).to_owned())).map(str::to_owned));
        }
        false
    }

    /// Fills a template.
    pub(super) fn fill(&self, name: &str, context: &Value) -> Result<String, Error> {
        self.environment.get_template(name)?.render(context)
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.to_owned())
}

/// A plain value as it is printed: a whole number in the language's way.
fn printed(catalogue: &Catalogue, value: &Value) -> Result<String, Error> {
    match i64::try_from(value.clone()) {
        Ok(number) if value.is_integer() => catalogue.digits(number).map_err(|missing| invalid(&missing.0)),
        _ => Ok(value.to_string()),
    }
}

/// A string of the catalogue; with `count=`, in the form for that number.
fn say(catalogue: &Catalogue, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut given: Vec<(&str, String)> = Vec::new();
    let mut count: Option<u32> = None;
    for name in values.args() {
        let value: Value = values.get(name)?;
        if value.is_none() || value.is_undefined() {
            return Err(invalid(&format!("`{name}` has no value")));
        }
        if name == "count" {
            count = Some(u32::try_from(value).map_err(|_| invalid("`count` takes a whole number"))?);
            continue;
        }
        given.push((name, printed(catalogue, &value)?));
    }
    let borrowed: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let said = match count {
        Some(count) => catalogue.say_of(key, count, &borrowed),
        None => catalogue.say(key, &borrowed),
    };
    said.map_err(|missing| invalid(&missing.0))
}

/// Escapes a plain value so that Markdown prints it as it is.
///
/// Quotes are left to smart punctuation, which makes them curly as it does in prose.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '\'' | '"' | '%' | ',' | '/' | '?' | ';' => escaped.push(c),
            c if c.is_ascii_punctuation() => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Turns a template's error into a diagnostic in the template's file.
pub(super) fn diagnostic(error: &Error, inputs: Inputs<'_>, id: SourceId) -> Diagnostic {
    let error = inmost(error);
    let source = error.name().and_then(|name| inputs.templates.files.get(name)).copied().unwrap_or(id);
    let file = inputs.sources.source(source);
    let span = match (error.range(), error.line()) {
        (Some(range), _) if range.end <= file.text.len() => Span::new(source, range),
        (_, Some(line)) => {
            let start = file.line_start(line);
            let end = file.text[start..].find('\n').map_or(file.text.len(), |at| start + at);
            Span::new(source, start..end)
        }
        _ => Span::new(source, 0..0),
    };
    let written = file.text.get(span.start..span.end).unwrap_or_default();
    let message = match error.kind() {
        ErrorKind::UndefinedError if written.is_empty() => "the template names a value that does not exist".to_owned(),
        ErrorKind::UndefinedError => format!("the template names `{written}`, which does not exist"),
        ErrorKind::SyntaxError => "the template cannot be read".to_owned(),
        ErrorKind::OutOfFuel => "the template does not come to an end".to_owned(),
        ErrorKind::TemplateNotFound => "the template includes a file that is not there".to_owned(),
        ErrorKind::InvalidOperation => "the template asks for something that cannot be done".to_owned(),
        kind => kind.to_string(),
    };
    // A line a problem has no labels, so what matters stands in the message.
    let message = match innermost(error) {
        Some(detail) if !matches!(error.kind(), ErrorKind::UndefinedError) => format!("{message}: {detail}"),
        _ => message,
    };
    let diagnostic = Diagnostic::new(codes::TEMPLATE_ERROR, message).at(span, "");
    if matches!(error.kind(), ErrorKind::UndefinedError) {
        let name = written.rsplit(['.', ' ', '{', '(']).find(|part| !part.trim_matches(['}', ' ']).is_empty());
        let name = name.unwrap_or_default().trim_matches(['}', ' ', ')']);
        return diagnostic
            .did_you_mean(name, super::context::NAMES.iter().copied())
            .note("`report-templates/README.md` lists every value that a template sees");
    }
    diagnostic
}

/// The error in an included file, which the error of the `include` only wraps.
fn inmost(error: &Error) -> &Error {
    let sources = std::iter::successors(std::error::Error::source(error), |error| error.source());
    let errors = sources.filter_map(|error| error.downcast_ref::<Error>());
    errors.filter(|error| error.name().is_some()).last().unwrap_or(error)
}

fn innermost(error: &Error) -> Option<String> {
    let mut detail = error.detail().map(str::to_owned);
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(inner) = inner.downcast_ref::<Error>() {
            detail = inner.detail().map(str::to_owned).or(detail);
        }
        source = inner.source();
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_value_cannot_become_markup() {
        assert_eq!(escaped("*a* <b> `c` [d](e)"), r"\*a\* \<b\> \`c\` \[d\]\(e\)");
        assert_eq!(escaped("Children's work, 50%"), "Children's work, 50%");
        assert_eq!(escaped("a\n# b"), r"a \# b");
    }
}
