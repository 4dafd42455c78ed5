//! The house, on the source text of `src/`: layers only look down, stages never import each other, and each kind of
//! contact with the outside has one door.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::project::{files, repository};

/// Every module at the top of the crate, and its layer from the ground up.
const LAYERS: [(&str, u8); 15] = [
    ("source", 0),
    ("diagnostic", 0),
    ("document", 0),
    ("statistics", 0),
    ("model", 1),
    ("load", STAGE),
    ("assess", STAGE),
    ("compare", STAGE),
    ("check", STAGE),
    ("render", STAGE),
    ("typeset", STAGE),
    ("output", STAGE),
    ("pipeline", 3),
    ("cli", 4),
    ("main", 5),
];

/// The layer whose modules do not know each other.
const STAGE: u8 = 2;

/// Names that reach files. Only `load` reads them, and only `output` writes them.
const FILES: [&str; 5] = ["fs", "File", "OpenOptions", "walkdir", "tempfile"];

/// What writes, of all that `std::fs` has.
const WRITING: [&str; 13] = [
    "write",
    "create",
    "create_new",
    "options",
    "create_dir",
    "create_dir_all",
    "remove_file",
    "remove_dir",
    "remove_dir_all",
    "rename",
    "copy",
    "set_permissions",
    "OpenOptions",
];

/// What asks a clock for the time of day. How long something took is no date: `Instant` may stay.
const CLOCKS: [&[&str]; 6] =
    [&["SystemTime"], &["UNIX_EPOCH"], &["Utc", "now"], &["Local", "now"], &["Zoned", "now"], &["Timestamp", "now"]];

/// Macros that print to where only the shell may.
const PRINTING: [&str; 5] = ["println", "eprintln", "print", "eprint", "dbg"];

#[test]
fn layers_only_look_down_and_each_thing_has_one_door() {
    let found: Vec<String> = sources().iter().flat_map(|(path, text)| violations(path, text)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "these files of src/ do not start with a module doc `//!`: {silent:?}");
}

/// The files of `src/` by their path from there, without those that are tests.
fn sources() -> Vec<(String, String)> {
    let all: Vec<(String, String)> = files(&repository().join("src"))
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("source text is UTF-8")))
        .collect();
    let tests: BTreeSet<String> = all.iter().flat_map(|(path, text)| test_files(path, text)).collect();
    all.into_iter().filter(|(path, _)| !tests.contains(path)).collect()
}

/// Returns what is wrong with a file of `src/`, each with its line.
fn violations(path: &str, text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let module = module(path);
    let top = module.first().copied().unwrap_or("lib");
    let mut found = Vec::new();
    if top != "lib" && layer(top).is_none() {
        found
            .push(format!("src/{path}: the module `{top}` has no layer: say where it belongs in tests/suite/house.rs"));
        return found;
    }
    let mut tell = |line: usize, message: String| found.push(format!("src/{path}:{line}: {message}"));
    for Reference { line, path, in_test } in references(&module, &tokens) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if let ["crate", rest @ ..] = names.as_slice() {
            match rest.first() {
                Some(&"*") | None if top != "lib" => tell(line, "names the whole crate".to_owned()),
                Some(&other) if top != "lib" => {
                    if let Some(message) = looks_wrong(top, other) {
                        tell(line, message);
                    }
                }
                _ => {}
            }
        }
        if in_test {
            continue;
        }
        if names.iter().any(|name| FILES.contains(name)) {
            let writes = names.iter().any(|name| WRITING.contains(name));
            match top {
                "output" => {}
                "load" if !writes => {}
                "load" => tell(line, format!("`{}` writes: only `output` does", names.join("::"))),
                _ => {
                    let door = "only `load` reads files and only `output` writes them";
                    tell(line, format!("`{}`: {door}", names.join("::")));
                }
            }
        }
        if CLOCKS.iter().any(|clock| names.windows(clock.len()).any(|part| part == *clock)) {
            tell(line, format!("`{}`: dates come from the data, never from the clock", names.join("::")));
        }
        if names.starts_with(&["std", "env"]) && !matches!(top, "cli" | "main") {
            tell(line, format!("`{}`: nothing depends on the environment", names.join("::")));
        }
        if names.windows(2).any(|part| part == ["process", "exit"]) && top != "main" {
            tell(line, "`process::exit`: only `main` ends the program".to_owned());
        }
        if names.last().is_some_and(|name| name.ends_with('!') && PRINTING.contains(&name.trim_end_matches('!')))
            && !matches!(top, "cli" | "main")
        {
            tell(line, format!("`{}`: only the shell prints", names.join("::")));
        }
    }
    found
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// Says why one module at the top may not name another.
fn looks_wrong(from: &str, to: &str) -> Option<String> {
    // What is no module is an item of `lib.rs`.
    let (own, other) = (layer(from)?, layer(to)?);
    if own == STAGE && other == STAGE && from != to {
        Some(format!("the stage `{from}` names the stage `{to}`"))
    } else if other > own {
        Some(format!("`{from}` looks up to `{to}`"))
    } else {
        None
    }
}

/// The path of a file's module: `check/dates.rs` is `check::dates`, `lib.rs` the crate itself.
fn module(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    if matches!(parts.last(), Some(&"mod" | &"lib")) {
        parts.pop();
    }
    parts
}

/// A path that a file names, made absolute where it starts with `crate`, `self` or `super`; a macro's ends in `!`.
struct Reference {
    line: usize,
    path: Vec<String>,
    in_test: bool,
}

/// Returns every path of a file with what a `use` brings in behind its braces.
fn references(module: &[&str], tokens: &[Token<'_>]) -> Vec<Reference> {
    let tests = test_ranges(tokens);
    let mut found = Vec::new();
    // The inline modules that are open, each with the depth of its brace.
    let mut inside: Vec<(String, usize)> = Vec::new();
    let mut depth: usize = 0;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let absolute = |path: &[&str]| {
            let inline: Vec<&str> = inside.iter().map(|(name, _)| name.as_str()).collect();
            absolute(&[module, inline.as_slice()].concat(), path)
        };
        let in_test = tests.iter().any(|range| range.contains(&at));
        match token.text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inside.retain(|&(_, open)| open <= depth);
            }
            "mod" if tokens.get(at + 2).is_some_and(|token| token.text == "{") => {
                inside.push((tokens[at + 1].text.to_owned(), depth + 1));
                depth += 1;
                at += 3;
                continue;
            }
            "use" => {
                let end = tokens[at..].iter().position(|token| token.text == ";").map_or(tokens.len(), |n| at + n);
                for path in used(&tokens[at + 1..end]) {
                    found.push(Reference { line: token.line, path: absolute(&path), in_test });
                }
                at = end;
                continue;
            }
            _ if token.is_name() => {
                let mut path = vec![token.text];
                let mut end = at + 1;
                while tokens.get(end).is_some_and(|token| token.text == "::")
                    && tokens.get(end + 1).is_some_and(|token| token.is_name())
                {
                    path.push(tokens[end + 1].text);
                    end += 2;
                }
                let mut path = absolute(&path);
                if tokens.get(end).is_some_and(|token| token.text == "!") {
                    path.last_mut().expect("a path has a name").push('!');
                }
                found.push(Reference { line: token.line, path, in_test });
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Returns the paths of a `use`: `a::{b, c::*}` is `a::b` and `a::c::*`.
fn used<'t>(tokens: &[Token<'t>]) -> Vec<Vec<&'t str>> {
    let mut paths = Vec::new();
    let mut prefixes: Vec<Vec<&str>> = vec![Vec::new()];
    let mut path: Vec<&str> = Vec::new();
    let mut is_alias = false;
    for token in tokens {
        match token.text {
            "{" => prefixes.push(std::mem::take(&mut path)),
            "}" | "," => {
                if !path.is_empty() {
                    paths.push([prefixes.concat(), std::mem::take(&mut path)].concat());
                }
                if token.text == "}" {
                    prefixes.pop();
                }
                is_alias = false;
            }
            "as" => is_alias = true,
            "*" => path.push("*"),
            name if token.is_name() && !is_alias => path.push(name),
            _ => {}
        }
    }
    if !path.is_empty() {
        paths.push([prefixes.concat(), path].concat());
    }
    paths
}

/// Resolves `crate`, `self` and `super` at a path's start; other paths stay as they are.
fn absolute(module: &[&str], path: &[&str]) -> Vec<String> {
    let mut base: Vec<&str> = module.to_vec();
    let mut rest = path;
    match path.first() {
        Some(&"crate") => {
            base.clear();
            rest = &path[1..];
        }
        Some(&"self" | &"super") => {
            while let Some((&first @ ("self" | "super"), behind)) = rest.split_first() {
                if first == "super" {
                    base.pop();
                }
                rest = behind;
            }
        }
        _ => return path.iter().map(|&name| name.to_owned()).collect(),
    }
    let whole = [&["crate"], base.as_slice(), rest].concat();
    whole.into_iter().map(str::to_owned).collect()
}

/// The tokens of each inline module that stands behind `#[cfg(test)]`.
fn test_ranges(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for start in test_modules(tokens) {
        let Some(open) = tokens.get(start + 2).filter(|token| token.text == "{").map(|_| start + 2) else { continue };
        let mut depth = 0;
        let end = tokens[open..].iter().position(|token| {
            match token.text {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        ranges.push(start..end.map_or(tokens.len(), |end| open + end));
    }
    ranges
}

/// The files whose modules a file declares behind `#[cfg(test)]`.
fn test_files(path: &str, text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let folder: String = module(path).iter().map(|part| format!("{part}/")).collect();
    test_modules(&tokens)
        .into_iter()
        .filter(|&at| tokens.get(at + 2).is_some_and(|token| token.text == ";"))
        .map(|at| format!("{folder}{}.rs", tokens[at + 1].text))
        .collect()
}

/// Where the word `mod` stands right behind `#[cfg(test)]`.
fn test_modules(tokens: &[Token<'_>]) -> Vec<usize> {
    let attribute = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let stands = |window: &[Token<'_>]| window.iter().zip(attribute).all(|(token, text)| token.text == text);
    let windows = tokens.windows(attribute.len()).enumerate();
    windows.filter(|(_, window)| stands(window)).map(|(at, _)| at + attribute.len() - 1).collect()
}

#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    text: &'t str,
    line: usize,
}

impl Token<'_> {
    fn is_name(self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Cuts source text into names, `::` and single characters; comments, strings, characters, numbers and lifetimes are
/// left out.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < text.len() {
        let rest = &text[at..];
        let first = rest.chars().next().expect("not at the end");
        let name_length = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let (length, is_token) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with("/*") {
            (comment_length(rest), false)
        } else if let Some(length) = string_length(rest) {
            (length, false)
        } else if first == '\'' {
            (quote_length(rest), false)
        } else if first.is_ascii_digit() {
            (name_length(rest), false)
        } else if first.is_alphabetic() || first == '_' {
            (name_length(rest), true)
        } else if rest.starts_with("::") {
            (2, true)
        } else {
            (first.len_utf8(), !first.is_whitespace())
        };
        if is_token {
            tokens.push(Token { text: &rest[..length], line });
        }
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

/// The length of a comment `/* … */`, which may hold others.
fn comment_length(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a string, raw or not; `None` where none starts.
fn string_length(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| {
            rest.starts_with('"') || prefix.ends_with('r') && rest.trim_start_matches('#').starts_with('"')
        })
    })?;
    let rest = &text[prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if prefix.ends_with('r') {
        let close = format!("\"{}", "#".repeat(hashes));
        let body = &rest[hashes + 1..];
        let end = body.find(&close).map_or(body.len(), |end| end + close.len());
        return Some(prefix.len() + hashes + 1 + end);
    }
    let mut is_escaped = false;
    let end = rest[1..].char_indices().find(|&(_, c)| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    Some(end.map_or(text.len(), |(end, _)| prefix.len() + 1 + end + 1))
}

/// The length of a character `'x'`, or of the quote that starts a lifetime `'a`.
fn quote_length(text: &str) -> usize {
    let body = &text[1..];
    let first = body.chars().next().map_or(0, char::len_utf8);
    if body.starts_with('\\') {
        // The character behind the backslash may itself be a quote.
        return body.char_indices().skip(2).find(|&(_, c)| c == '\'').map_or(text.len(), |(at, _)| at + 2);
    }
    if body[first..].starts_with('\'') { first + 2 } else { 1 }
}

/// The test of the test: each kind of mistake, in a small file, is found at its line.
mod wrong_houses {
    use super::*;

    /// Demands that a file has exactly these mistakes: lines and a piece of each message.
    #[track_caller]
    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        let found = violations(path, text);
        let is_like = |(found, (line, message)): (&String, &(usize, &str))| {
            found.starts_with(&format!("src/{path}:{line}: ")) && found.contains(message)
        };
        let all = found.len() == expected.len() && found.iter().zip(expected).all(is_like);
        assert!(all, "{text}\n{found:#?}");
    }

    #[test]
    fn a_stage_that_imports_a_stage() {
        check(
            "check/dates.rs",
            "//! Dates.\nuse crate::load::Loaded;\n",
            &[(2, "the stage `check` names the stage `load`")],
        );
        check("check.rs", "use crate::{model::Quarter, render::{self, Inputs}};", &[(1, "`render`"), (1, "`render`")]);
        check("check/paper.rs", "fn f() { crate::typeset::pdf(); }", &[(1, "`typeset`")]);
        check("check/paper.rs", "fn f() { super::super::output::write(); }", &[(1, "`output`")]);
        check("check.rs", "use super::assess;", &[(1, "`assess`")]);
        check("check.rs", "mod inner { fn f() { super::super::compare::f() } }", &[(1, "`compare`")]);
        check("check.rs", "mod a { mod b {} fn f() { super::super::load::f() } }", &[(1, "`load`")]);
        check("check.rs", "#[cfg(test)]\nmod tests {\n    use crate::load::load;\n}", &[(3, "`load`")]);
        check("assess/score.rs", "type A = Vec<\ncrate::check::B>;", &[(2, "`check`")]);
        check("assess.rs", "macro_rules! m { () => { $crate::check::x() } }", &[(1, "`check`")]);
    }

    #[test]
    fn a_layer_that_looks_up() {
        check("source.rs", "use crate::model::Quarter;", &[(1, "`source` looks up to `model`")]);
        check("model/ids.rs", "use crate::check::data as look;", &[(1, "`model` looks up to `check`")]);
        check("document/write.rs", "pub(in crate::pipeline) fn f() {}", &[(1, "`document` looks up to `pipeline`")]);
        check("pipeline.rs", "impl crate::cli::Tell for A {}", &[(1, "`pipeline` looks up to `cli`")]);
    }

    #[test]
    fn a_way_around_the_map() {
        check("check.rs", "use crate::*;", &[(1, "whole crate")]);
        check("check.rs", "use super::*;", &[(1, "whole crate")]);
        check("check.rs", "use crate as all;", &[(1, "whole crate")]);
        assert!(violations("utils.rs", "")[0].contains("no layer"));
    }

    #[test]
    fn a_second_door() {
        check("render.rs", "fn f() {\n    std::fs::read(\"a\");\n}", &[(2, "only `load` reads")]);
        check("check.rs", "use std::{fs, io};", &[(1, "only `load` reads")]);
        check("pipeline.rs", "use std::fs::File;", &[(1, "only `load` reads")]);
        check("typeset.rs", "fn f() { walkdir::WalkDir::new(\".\"); }", &[(1, "only `load` reads")]);
        check("load.rs", "fn f() { std::fs::write(\"a\", \"b\"); }", &[(1, "writes")]);
        check("load.rs", "fn f() { std::fs::File::create(\"a\"); }", &[(1, "writes")]);
        check("assess.rs", "fn f() { std::time::SystemTime::now(); }", &[(1, "clock")]);
        check("assess.rs", "fn f() { jiff::Zoned::now(); }", &[(1, "clock")]);
        check("assess.rs", "fn f() { chrono::Utc::now(); }", &[(1, "clock")]);
        check("render.rs", "fn f() { std::env::var(\"LANG\"); }", &[(1, "environment")]);
        check(
            "output.rs",
            "fn f() { println!(\"a\"); std::process::exit(1) }",
            &[(1, "shell prints"), (1, "ends the program")],
        );
    }

    #[test]
    fn what_is_right_is_left_alone() {
        check("lib.rs", "pub mod check;\npub use crate::check::data;", &[]);
        check("main.rs", "fn main() { boardpaper::cli::run(std::env::args_os()); }", &[]);
        check("check/dates.rs", "use crate::model::Quarter;\nuse super::paper;\nuse crate::check::stated;", &[]);
        check(
            "load.rs",
            "fn f() { std::fs::read(\"a\"); }\n#[cfg(test)] mod tests { fn g() { std::fs::write(\"a\", \"\"); } }",
            &[],
        );
        check("typeset.rs", "use std::time::Instant;\nfn f() { Instant::now(); env!(\"A\"); writeln!(a); }", &[]);
        let quoted = r###"
            // use crate::load::Loaded;
            /* crate::load::f() /* nested */ crate::load::f() */
            /// [`crate::load`]
            fn f<'a>(x: &'a str) -> char {
                let _ = ("crate::load::f()", r#"crate::load::" "#, b"crate::load", '"', '\'', '{');
                let _ = "\" crate::load::f()";
                ','
            }
        "###;
        check("check.rs", quoted, &[]);
    }

    #[test]
    fn a_file_of_tests_is_known() {
        assert_eq!(test_files("typeset.rs", "#[cfg(test)]\nmod tests;\nmod world;"), ["typeset/tests.rs"]);
    }
}
