//! The reference in the READMEs of `report-templates`, made from what it describes: the values from the types of the
//! context and their doc comments, the nodes from the types of `content.json`, the names from the running program.
//!
//! `SNAPSHOTS=overwrite cargo test reference` writes the parts between the markers again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use minijinja::Environment;
use syn::{Attribute, Expr, Field, GenericArgument, Item, Lit, Meta, PathArguments, Type};

use crate::project::{Project, assert_snapshot, files, repository};

const TEMPLATES: &str = "report-templates/README.md";
const STYLES: &str = "report-templates/styles/README.md";

#[test]
fn what_a_template_sees() {
    let values = Types::below("src/render/context").reference("Context");
    same_as_in(TEMPLATES, &[("minijinja", functions_filters_and_tests()), ("values", values)]);
}

#[test]
fn what_a_style_sees() {
    same_as_in(STYLES, &[("content", content()), ("nodes", nodes()), ("charts", charts())]);
}

#[test]
fn every_name_that_a_message_may_suggest() {
    let types = Types::below("src/render/context");
    let names = types.consts.get("NAMES").expect("the list for a did-you-mean");
    let listed: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let reached = types.paths("Context");
    let fields = reached.keys().flat_map(|name| &types.structs[name].fields).filter(|field| !field.is_flat);
    let expected: BTreeSet<&str> = fields.map(|field| field.name.as_str()).collect();
    let missing: Vec<_> = expected.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&expected).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "`NAMES` in src/render/context.rs lacks {missing:?}, has too many {gone:?}"
    );
}

/// `audit.sample.eligible` in prose or in a comment is a value that there is, or a string like `changes.title`.
#[test]
fn every_path_that_the_text_names() {
    let types = Types::below("src/render/context");
    let readme = read(TEMPLATES);
    let code: Vec<&str> = readme.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect();
    let is_path =
        |code: &&&str| code.contains('.') && code.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.');
    let root: BTreeSet<&str> = types.structs["Context"].fields.iter().map(|field| field.name.as_str()).collect();
    let strings = crate::words::yaml(&read("report-templates/strings/en-GB.yaml"));
    let is_string = |path: &str| path.split('.').try_fold(&strings, |of, key| of.get(key)).is_some();
    let mut seen = 0;
    for path in code.iter().filter(is_path).filter(|path| !path.ends_with(".yaml")) {
        let mut parts = path.split('.');
        if !parts.next().is_some_and(|first| root.contains(first)) {
            continue;
        }
        seen += 1;
        assert!(
            types.leads_to("Context", path) || is_string(path),
            "{TEMPLATES} names `{path}`, and there is no such value"
        );
    }
    assert!(seen > 60, "{seen} paths");
}

#[test]
fn the_tables_follow_the_types() {
    let types = Types::of(&["
        /// What a template sees.
        struct Context {
            /// The one.
            one: Option<OneView>,
            /// All of them.
            all: Vec<AllView>,
        }
        /// The one.
        struct OneView {
            /// `Words` | more
            text: TextSlot,
        }
        /// An item.
        ///
        /// With a remark.
        struct AllView {
            #[serde(flatten)]
            one: OneView,
            /// A number
            /// in two lines.
            n: u32,
        }
    "
    .to_owned()]);
    let expected = "\
| name | type | what |
|---|---|---|
| `one` | [one](#the-one) or `none` | The one. |
| `all` | list of [items](#an-item) | All of them. |

### The one

| name | type | what |
|---|---|---|
| `text` | text | `Words` \\| more |

### An item

With a remark.

It has all that [the one](#the-one) has, and

| name | type | what |
|---|---|---|
| `n` | number | A number in two lines. |

";
    assert_eq!(types.reference("Context"), expected);
    assert!(types.leads_to("Context", "one.text") && types.leads_to("Context", "all.text"));
    assert!(!types.leads_to("Context", "one.n") && !types.leads_to("Context", "two"));
}

#[test]
#[should_panic(expected = "`Context.two` has no doc comment")]
fn a_field_without_a_doc_comment_is_refused() {
    let text = "/// What a template sees.\nstruct Context {\n    /// It.\n    one: u32,\n    two: u32,\n}\n";
    Types::of(&[text.to_owned()]).reference("Context");
}

#[test]
#[should_panic(expected = "make it a TextSlot")]
fn a_slot_of_no_kind_is_refused() {
    let text = "/// What a template sees.\nstruct Context {\n    /// It.\n    one: Option<Slot>,\n}\n";
    Types::of(&[text.to_owned()]).reference("Context");
}

/// What a template may call: the program's own names must be described one by one, minijinja's are listed.
fn functions_filters_and_tests() -> String {
    let names = |environment: &str| {
        let part = |from: &str, to: &str| {
            let (_, behind) = environment.split_once(from).expect("the form of minijinja's debug text");
            behind.split_once(to).expect("the form of minijinja's debug text").0.to_owned()
        };
        let quoted = |text: String| -> BTreeSet<String> {
            let is_name = |piece: &&str| !piece.is_empty() && piece.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            text.split('"').filter(is_name).map(str::to_owned).collect()
        };
        [part("globals: ", "tests: "), part("tests: ", "filters: "), part("filters: ", "templates: ")].map(quoted)
    };
    let builtin = names(&format!("{:?}", Environment::new()));
    let own = names(&environment_of_the_program());
    let new = |n: usize| own[n].difference(&builtin[n]).map(String::as_str).collect::<Vec<_>>();
    let mut described: Vec<String> = Vec::new();
    let readme = read(TEMPLATES);
    let (_, table) = readme.split_once("## Functions and filters\n").expect("the heading");
    for row in table.split("\n## ").next().unwrap_or_default().lines().filter(|line| line.starts_with("| `")) {
        let name = row[3..].split(['`', '(']).next().unwrap_or_default();
        if !described.iter().any(|other| other == name) {
            described.push(name.to_owned());
        }
    }
    let mut added = [new(0), new(1), new(2)].concat();
    added.sort_unstable();
    described.sort_unstable();
    assert_eq!(described, added, "the table of functions and filters in {TEMPLATES}");
    assert!((0..3).all(|n| builtin[n].is_subset(&own[n])), "the program takes some of minijinja's away");
    let list = |names: &BTreeSet<String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let [functions, tests, filters] = builtin.each_ref().map(list);
    format!("- Functions: {functions}\n- Filters: {filters}\n- Tests, behind `is` or `is not`: {tests}\n")
}

/// The environment as the program sets it up, in minijinja's own debug text.
fn environment_of_the_program() -> String {
    let project = Project::of_case("plain");
    // Quotes would become curly, so each piece between two of them is a line.
    project.put(
        "report-templates/board-paper/context.md.j2",
        "{% for piece in (debug() | split(\"env: Environment\") | last) | split('\"') %}\n@{{ piece | replace(\"\\n\", \" \") }}\n\n{% endfor %}\n",
    );
    project.build(&["2019-20-q3", "-f", "md"]).exits(0);
    let markdown = project.read("out/2019-20-q3/board-paper.md");
    let (_, behind) = markdown.split_once("\n@").expect("the pieces");
    let mut pieces = Vec::new();
    for line in format!("@{behind}").lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix('@') {
            Some(piece) => pieces.push(piece.replace('\\', "")),
            None => break,
        }
    }
    pieces.join("\"")
}

/// The nodes that a style may draw.
fn nodes() -> String {
    let types = Types::below("src/typeset/content");
    let mut text = "| entry | keys of the node | what they are |\n|---|---|---|\n".to_owned();
    let sections = &types.structs["SectionNode"];
    text.push_str(&types.node("section", &sections.fields, &sections.about));
    for (kind, inline) in [("BlockNode", false), ("InlineNode", true)] {
        for variant in &types.enums[kind] {
            let name = variant.name.to_lowercase();
            let entry = if inline && name == "code" { "inline-code".to_owned() } else { name };
            text.push_str(&types.node(&entry, &variant.fields, &variant.about));
        }
    }
    text
}

/// What a style knows of the paper beside its nodes.
fn content() -> String {
    let types = Types::below("src/typeset/content");
    let mut text = "| key of `content` | type | what |\n|---|---|---|\n".to_owned();
    let fields = ["Setting", "SettingNode", "DocumentNode"].into_iter().flat_map(|name| &types.structs[name].fields);
    for field in fields {
        if !field.is_flat {
            text.push_str(&format!(
                "| `{}` | {} | {} |\n",
                field.name,
                types.plain(&field.kind),
                field.described("Setting")
            ));
        }
    }
    for (name, kind) in [("words", "Words"), ("logo", "Logo")] {
        for field in &types.structs[kind].fields {
            let (key, kind_of) = (&field.name, types.plain(&field.kind));
            text.push_str(&format!("| `{name}.{key}` | {kind_of} | {} |\n", field.described(kind)));
        }
    }
    text
}

/// The keys of each chart's data.
fn charts() -> String {
    let types = Types::below("src/document");
    let mut text = "| entry | draws | keys of `data` |\n|---|---|---|\n".to_owned();
    for variant in &types.enums["ChartData"] {
        let entry = variant.name.to_lowercase();
        let keys = types.keys(&variant.fields);
        text.push_str(&format!("| `{entry}` | {} | {keys} |\n", variant.about));
    }
    text
}

/// The entries of the program's own style are those that the README lists, and no other.
#[test]
fn every_entry_of_the_boards_style() {
    let readme = read(STYLES);
    let listed: BTreeSet<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| line.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2))
        .collect();
    for (file, from) in [("nodes.typ", "#let nodes = (\n"), ("board.typ", "#let looks = (\n")] {
        let text = read(&format!("report-templates/styles/{file}"));
        let (_, inside) = text.split_once(from).expect("the dictionary");
        let (inside, _) = inside.split_once("\n)\n").expect("its end");
        let entry = |line: &str| Some(line.strip_prefix("  ")?.split_once(": (")?.0.trim_matches('"').to_owned());
        let entries: Vec<String> = inside.lines().filter(|line| !line.starts_with("   ")).filter_map(entry).collect();
        assert!(entries.len() > 9, "{file}: {entries:?}");
        for entry in entries {
            assert!(listed.contains(entry.as_str()), "{STYLES} lacks `{entry}` of {file}");
        }
    }
}

// ── READMEs ──

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Demands that a file holds each text between its markers `<!-- name: … -->` and `<!-- end of name -->`.
#[track_caller]
fn same_as_in(path: &str, texts: &[(&str, String)]) {
    let mut readme = read(path);
    for (name, text) in texts {
        let (before, behind) =
            readme.split_once(&format!("<!-- {name}:")).unwrap_or_else(|| panic!("{path} has no `{name}`"));
        let (note, behind) = behind.split_once("-->\n").expect("the end of the marker");
        let end = format!("<!-- end of {name} -->");
        let (_, after) = behind.split_once(&end).unwrap_or_else(|| panic!("{path} has no {end}"));
        readme = format!("{before}<!-- {name}:{note}-->\n\n{}\n\n{end}{after}", text.trim_end());
    }
    assert_snapshot(&repository().join(path), &readme);
}

// ── types ──

/// The types of a module and those below it, as they are written.
#[derive(Default)]
struct Types {
    structs: BTreeMap<String, Struct>,
    enums: BTreeMap<String, Vec<Variant>>,
    /// The constants that are lists of texts.
    consts: BTreeMap<String, Vec<String>>,
}

/// A struct, by its doc comment: the heading is its first sentence, what it says of it all that follows.
struct Struct {
    heading: String,
    about: String,
    fields: Vec<Value>,
}

struct Variant {
    name: String,
    about: String,
    fields: Vec<Value>,
}

/// A field.
struct Value {
    name: String,
    kind: Type,
    doc: String,
    /// Its own fields stand in its place.
    is_flat: bool,
}

impl Value {
    /// Its doc comment, as a cell.
    #[track_caller]
    fn described(&self, of: &str) -> String {
        assert!(!self.doc.is_empty(), "`{of}.{}` has no doc comment: say what a template or a style gets", self.name);
        self.doc.replace('|', "\\|")
    }
}

impl Types {
    /// Reads `path.rs` and every file of the folder `path`.
    fn below(path: &str) -> Types {
        let mut texts = vec![read(&format!("{path}.rs"))];
        let folder = repository().join(path);
        if folder.is_dir() {
            let below = files(&folder).into_iter().filter(|(name, _)| name.ends_with(".rs"));
            texts.extend(below.map(|(_, bytes)| String::from_utf8(bytes).expect("Rust is UTF-8")));
        }
        Types::of(&texts)
    }

    fn of(texts: &[String]) -> Types {
        let mut types = Types::default();
        for text in texts {
            for item in syn::parse_file(text).expect("Rust that compiles").items {
                types.add(item);
            }
        }
        types
    }

    fn add(&mut self, item: Item) {
        match item {
            Item::Struct(item) => {
                let doc = doc(&item.attrs, "\n");
                let (heading, about) = doc.split_once("\n\n").unwrap_or((&doc, ""));
                let heading = heading.trim_end_matches('.').to_owned();
                let (about, fields) = (about.replace('\n', " "), item.fields.iter().map(value).collect());
                let name = item.ident.to_string();
                let other = self.structs.insert(name.clone(), Struct { heading, about, fields });
                let is_clear = other.is_none() || !name.ends_with("View");
                assert!(is_clear, "two structs are called `{name}`, so the reference would mix them up");
            }
            Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| Variant {
                    name: variant.ident.to_string(),
                    about: doc(&variant.attrs, " "),
                    fields: variant.fields.iter().map(value).collect(),
                });
                self.enums.insert(item.ident.to_string(), variants.collect());
            }
            Item::Const(item) => {
                let Expr::Reference(list) = *item.expr else { return };
                let Expr::Array(list) = *list.expr else { return };
                let text = |expr: &Expr| match expr {
                    Expr::Lit(lit) => match &lit.lit {
                        Lit::Str(text) => Some(text.value()),
                        _ => None,
                    },
                    _ => None,
                };
                self.consts.insert(item.ident.to_string(), list.elems.iter().filter_map(text).collect());
            }
            _ => {}
        }
    }

    /// How each struct below `root` is reached: once and never through a list (`audit.sample`), or in other ways.
    fn paths(&self, root: &str) -> BTreeMap<String, Option<String>> {
        let mut paths = BTreeMap::new();
        self.walk(root, Some(String::new()), &mut paths);
        paths
    }

    fn walk(&self, name: &str, path: Option<String>, paths: &mut BTreeMap<String, Option<String>>) {
        if let Some(known) = paths.get_mut(name) {
            *known = None;
            return;
        }
        paths.insert(name.to_owned(), path.clone());
        for field in &self.structs[name].fields {
            let (inner, is_list) = inmost(&field.kind);
            if self.structs.contains_key(&inner) {
                let path = path.as_ref().filter(|_| !is_list && !field.is_flat);
                self.walk(&inner, path.map(|path| join(path, &field.name)), paths);
            }
        }
    }

    /// A table of the values of `root`, then one of each struct below it, in the order in which they are met.
    fn reference(&self, root: &str) -> String {
        let paths = self.paths(root);
        let mut order = vec![root.to_owned()];
        let mut at = 0;
        while at < order.len() {
            // What belongs to a value stands below it, before the next value.
            let inner = self.structs[&order[at]].fields.iter().map(|field| inmost(&field.kind).0);
            let new: Vec<String> =
                inner.filter(|inner| self.structs.contains_key(inner) && !order.contains(inner)).collect();
            let mut place = at + 1;
            for name in new {
                if !order.contains(&name) {
                    order.insert(place, name);
                    place += 1;
                }
            }
            at += 1;
        }
        let mut text = String::new();
        for name in &order {
            let of = &self.structs[name];
            assert!(!of.heading.is_empty(), "`{name}` has no doc comment: its first sentence is its heading");
            if name != root {
                text.push_str(&format!("### {}\n\n", of.heading));
            }
            if !of.about.is_empty() {
                text.push_str(&format!("{}\n\n", of.about));
            }
            for flat in of.fields.iter().filter(|field| field.is_flat) {
                text.push_str(&format!("It has all that {} has, and\n\n", self.one(&inmost(&flat.kind).0)));
            }
            text.push_str("| name | type | what |\n|---|---|---|\n");
            for field in of.fields.iter().filter(|field| !field.is_flat) {
                let path = paths[name].as_ref().map_or(field.name.clone(), |path| join(path, &field.name));
                text.push_str(&format!(
                    "| `{path}` | {} | {} |\n",
                    self.printed(&field.kind, &path),
                    field.described(name)
                ));
            }
            text.push('\n');
        }
        text
    }

    /// `[an action](#an-action)`
    fn one(&self, name: &str) -> String {
        let heading = &self.structs[name].heading;
        let (first, rest) = heading.split_at(1);
        format!("[{}{rest}]({})", first.to_lowercase(), anchor(heading))
    }

    /// A type as a reader of the README knows it.
    fn printed(&self, kind: &Type, path: &str) -> String {
        let (name, inner) = parts(kind);
        let noun = |name: &str| {
            let heading = &self.structs[name].heading;
            let words = heading.strip_prefix("The ").or(heading.strip_prefix("A ")).or(heading.strip_prefix("An "));
            (
                words.unwrap_or_else(|| panic!("`{heading}` of `{name}` starts with no article")).to_owned(),
                anchor(heading),
            )
        };
        match (name.as_str(), inner) {
            ("Option", Some(inner)) => format!("{} or `none`", self.printed(&inner, path)),
            ("Vec", Some(inner)) => {
                let one = inmost(&inner).0;
                if self.structs.contains_key(&one) {
                    let (noun, anchor) = noun(&one);
                    return format!("list of [{}]({anchor})", plural(&noun));
                }
                format!("list of {}", plural(&self.printed(&inner, path)))
            }
            ("BTreeMap", Some(inner)) => format!("{} by name", plural(&self.printed(&inner, path))),
            ("TextSlot", _) => "text".to_owned(),
            ("LineSlot", _) => "line".to_owned(),
            ("ChartSlot", _) => "chart".to_owned(),
            ("BadgeSlot", _) => "badge".to_owned(),
            ("Slot", _) => panic!("`{path}`: make it a TextSlot, a LineSlot, a ChartSlot or a BadgeSlot"),
            (name, _) if self.structs.contains_key(name) => {
                let (noun, anchor) = noun(name);
                format!("[{noun}]({anchor})")
            }
            _ => self.plain(kind),
        }
    }

    fn plain(&self, kind: &Type) -> String {
        let (name, inner) = parts(kind);
        match (name.as_str(), inner) {
            ("String" | "str", _) => "string".to_owned(),
            ("bool", _) => "true or false".to_owned(),
            ("u8" | "u16" | "u32" | "u64" | "usize" | "f64", _) => "number".to_owned(),
            ("Option", Some(inner)) => format!("{} or `none`", self.plain(&inner)),
            ("Vec" | "[]", Some(inner)) => format!("list of {}", plural(&self.plain(&inner))),
            ("BTreeMap", Some(inner)) => format!("{} by name", plural(&self.plain(&inner))),
            ("InlineNode", _) => "inline node".to_owned(),
            ("BlockNode", _) => "block node".to_owned(),
            ("SectionNode", _) => "section".to_owned(),
            ("HeaderNode", _) => "header line".to_owned(),
            ("Words" | "Logo", _) => "see below".to_owned(),
            (name, _) => panic!("no word for the type `{name}`"),
        }
    }

    /// Whether a path of names leads from a struct to a value.
    fn leads_to(&self, from: &str, path: &str) -> bool {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let fields = &self.structs[from].fields;
        let flat = fields.iter().filter(|field| field.is_flat).any(|field| self.leads_to(&inmost(&field.kind).0, path));
        let found = fields.iter().find(|field| field.name == first).is_some_and(|field| {
            let (inner, _) = inmost(&field.kind);
            // What stands in a map by name is named by the data.
            rest.is_empty()
                || parts(&field.kind).0 == "BTreeMap"
                || self.structs.contains_key(&inner) && self.leads_to(&inner, rest)
        });
        flat || found
    }

    /// A row of the table of nodes.
    fn node(&self, entry: &str, fields: &[Value], about: &str) -> String {
        assert!(!about.is_empty(), "the node `{entry}` has no doc comment");
        let keys: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
        for field in fields {
            assert!(
                about.contains(&format!("`{}`", field.name)),
                "the doc of `{entry}` says nothing of `{}`",
                field.name
            );
        }
        let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(" ") };
        format!("| `{entry}` | {keys} | {} |\n", about.replace('|', "\\|"))
    }

    /// The keys of a chart's data, with those below a key in brackets behind it.
    fn keys(&self, fields: &[Value]) -> String {
        let key = |field: &Value| {
            let inner = inmost(&field.kind).0;
            let below = self.structs.get(&inner).map(|inner| self.keys(&inner.fields));
            match below {
                Some(below) if field.is_flat || field.name.is_empty() => below,
                Some(below) => format!("`{}` ({below})", field.name),
                None => format!("`{}`", field.name),
            }
        };
        fields.iter().map(key).collect::<Vec<_>>().join(" ")
    }
}

fn value(field: &Field) -> Value {
    let flat = |attribute: &Attribute| matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("serde") && list.tokens.to_string() == "flatten");
    Value {
        name: field.ident.as_ref().map(ToString::to_string).unwrap_or_default(),
        kind: field.ty.clone(),
        doc: doc(&field.attrs, " "),
        is_flat: field.attrs.iter().any(flat),
    }
}

/// A doc comment, its lines joined.
fn doc(attributes: &[Attribute], between: &str) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(line).collect::<Vec<_>>().join(between)
}

/// A type's last name, and the type inside it: the last one, which is the value of a map.
fn parts(kind: &Type) -> (String, Option<Type>) {
    match kind {
        Type::Reference(reference) => parts(&reference.elem),
        Type::Slice(slice) => ("[]".to_owned(), Some((*slice.elem).clone())),
        Type::Path(path) => {
            let last = path.path.segments.last().expect("a name");
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(list) => list.args.iter().rev().find_map(|argument| match argument {
                    GenericArgument::Type(inner) => Some(inner.clone()),
                    _ => None,
                }),
                _ => None,
            };
            (last.ident.to_string(), inner)
        }
        _ => panic!("a type that no template sees"),
    }
}

/// The name inside all lists and options, and whether there is a list around it.
fn inmost(kind: &Type) -> (String, bool) {
    match parts(kind) {
        (name, Some(inner)) => {
            let (inmost, is_list) = inmost(&inner);
            (inmost, is_list || name != "Option")
        }
        (name, None) => (name, false),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// `audit of the theme` → `audits of the theme`
fn plural(noun: &str) -> String {
    let at = [" of ", " to ", " or "].iter().filter_map(|word| noun.find(word)).min().unwrap_or(noun.len());
    let (noun, rest) = noun.split_at(at);
    match noun.strip_suffix("ix") {
        Some(stem) => format!("{stem}ices{rest}"),
        None => format!("{noun}s{rest}"),
    }
}

/// Where a heading can be linked to.
fn anchor(heading: &str) -> String {
    let kept =
        heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-').collect::<String>();
    format!("#{}", kept.replace(' ', "-"))
}
