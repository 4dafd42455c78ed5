//! A user's own templates, strings, styles, fonts and look: a file of the same name wins, and a broken one is an error
//! with its place, never a quiet fallback to the program's own.

use std::fs;

use crate::project::{Project, assert_snapshot, case, repository};
use crate::words::of_pdf;

const CONTEXT: &str = "report-templates/board-paper/context.md.j2";
const SERVICE: &str = "data/service.yaml";

/// The repository's own file of this name, which is also the program's.
fn own(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Markdown of the case-level paper of `plain` with these files.
#[track_caller]
fn markdown(files: &[(&str, &str)]) -> String {
    let project = Project::of_case("plain");
    for (path, text) in files {
        project.put(path, text);
    }
    project.build(&["2019-20-q3", "-f", "md"]).exits(0);
    project.read("out/2019-20-q3/board-paper.md")
}

mod wins {
    use super::*;

    #[test]
    fn a_section() {
        let text = markdown(&[(CONTEXT, "Our own words.\n\n{{ context }}\n")]);
        let section = "### 2.1 Context\n\nOur own words.\n\nOut-of-court disposals deal with an offence without going to court.\n\n### 2.2 Method";
        assert!(text.contains(section), "{text}");
        // The other sections are the program's.
        assert!(text.contains("This is our own score, not an HMIP rating."), "{text}");
    }

    #[test]
    fn a_partial() {
        let text = markdown(&[(
            "report-templates/partials/score-table.md.j2",
            "Overall: {{ scores.overall.percent | percent }}.\n",
        )]);
        assert!(text.contains("\nOverall: 75%.\n") && !text.contains("| 3.1 Assessment"), "{text}");
    }

    #[test]
    fn strings() {
        let strings = own("report-templates/strings/en-GB.yaml");
        let strings =
            strings.replace("own: This is our own score, not an HMIP rating.", "own: Nobody else gave this score.");
        let text = markdown(&[("report-templates/strings/en-GB.yaml", &strings)]);
        assert!(text.contains("Nobody else gave this score.") && !text.contains("HMIP"), "{text}");
    }

    #[test]
    fn another_language() {
        let strings = own("report-templates/strings/en-GB.yaml").replace("1: January", "1: Ionawr");
        let project = Project::of_case("plain");
        project.put("report-templates/strings/cy.yaml", strings);
        project.put(SERVICE, format!("{}language: cy\n", project.read(SERVICE)));
        project.build(&["2019-20-q3"]).exits(0);
        assert!(project.read("out/2019-20-q3/board-paper.md").contains("13 Ionawr 2020"));
        project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
        assert_eq!(project.json("ejected/content.json")["language"], "cy");
    }

    #[test]
    fn the_list_of_sections() {
        let sections = "header: header.md.j2\nsections:\n  - {id: why, title: The reason, file: why.md.j2, numbering: heading}\n  - {id: learning, title: What we learned, file: learning.md.j2}\n";
        let text = markdown(&[("report-templates/board-paper/template.yaml", sections)]);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, ["# Audit of out-of-court disposals", "## 1 The reason", "## What we learned"]);
    }

    /// The standard paper does not hold this chart, but any template may.
    #[test]
    fn a_section_with_the_history_of_the_theme() {
        let project = Project::of_example();
        project.put(CONTEXT, "{{ context }}\n\n{{ charts.history }}\n");
        project.build(&["2020-21-q2"]).exits(0);
        let text = project.read("out/2020-21-q2/board-paper.md");
        let (_, chart) = text.split_once("![Chart of the scores of all audits of out-of-court disposals").expect(&text);
        let (alt, _) = chart.split_once("](charts/board-paper-history.svg)").expect(chart);
        // Three audits, in each four standards and the overall score; of the first only totals were kept.
        assert_eq!(alt.matches("January to March 2019").count(), 5, "{alt}");
        assert_eq!(alt.matches("July to September 2020 (8 cases)").count(), 5, "{alt}");
        assert!(alt.contains("Overall. January to March 2019"), "{alt}");
        assert!(project.read("out/2020-21-q2/charts/board-paper-history.svg").starts_with("<svg "));
        let Some(pdf) = of_pdf(&project.bytes("out/2020-21-q2/board-paper.pdf"), &[]) else { return };
        assert!(pdf.contains("Requires improvement from 50%") && pdf.contains("Earlier audit"), "{pdf}");
    }

    #[test]
    fn a_kind_of_paper_of_ones_own() {
        let project = Project::of_case("plain");
        project.put(
            "report-templates/note/template.yaml",
            "header: header.md.j2\nsections:\n  - {id: context, file: body.md.j2}\n",
        );
        project.put("report-templates/note/header.md.j2", "To: {{ service.board }}\n");
        project.put("report-templates/note/body.md.j2", "{{ context }}\n");
        project.edit("data/2019-20-q3/narrative.yaml", "template: board-paper", "template: note");
        project.build(&["2019-20-q3"]).exits(0);
        assert_eq!(
            project.read("out/2019-20-q3/board-paper.md"),
            "# Audit of out-of-court disposals\n\n**To:** Northby Partnership Board\n\nOut-of-court disposals deal with an offence without going to court.\n"
        );
    }

    #[test]
    fn a_style_of_the_same_name() {
        let project = Project::of_case("plain");
        let style = own("report-templates/styles/board.typ")
            .replace("      title(", "      [A look of our own ]\n      title(");
        project.put("report-templates/styles/board.typ", style);
        project.build(&["2019-20-q3"]).exits(0);
        project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
        assert!(project.read("ejected/styles/board.typ").contains("A look of our own"));
        // A style decides looks: the Markdown is the same.
        assert_eq!(project.read("out/2019-20-q3/board-paper.md"), markdown(&[]));
        let Some(pdf) = of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf"), &[]) else { return };
        assert!(pdf.contains("A look of our own"), "{pdf}");
    }

    /// What the README of styles tells a user to write.
    #[test]
    fn a_style_of_ones_own() {
        let readme = own("report-templates/styles/README.md");
        let (_, behind) = readme.split_once("```typst\n").expect("an example in the README");
        let (style, _) = behind.split_once("```").expect("the end of the example");
        let project = Project::of_case("plain");
        project.put("report-templates/styles/ours.typ", style);
        project.put(SERVICE, format!("{}look: {{style: ours}}\n", project.read(SERVICE)));
        project.build(&["2019-20-q3"]).exits(0);
        let Some(pdf) = of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf"), &[]) else { return };
        assert!(pdf.contains("(Good)") && pdf.contains("(Not started)"), "{pdf}");
    }

    #[test]
    fn a_font() {
        let project = Project::of_case("plain");
        // No font of the program has this letter; a font of the user's would. Any font file shows that it is taken along.
        project.put("report-templates/styles/fonts/Ours.ttf", dejavu::sans::oblique());
        project.build(&["2019-20-q3"]).exits(0);
        project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
        assert_eq!(project.bytes("ejected/fonts/Ours.ttf"), dejavu::sans::oblique());
    }
}

mod look {
    use super::*;

    /// A second service with a second style: other page, title, headings, tables, badges and a font of its own.
    #[test]
    fn a_style_and_a_font_of_a_services_own() {
        let project = Project::of_case("second-style");
        project.put("report-templates/styles/fonts/DejaVuSerif-Bold.ttf", dejavu::serif::bold());
        let run = project.build(&[]).exits(0);
        assert_eq!(run.problems(), [""; 0]);
        let paper = "out/2022-23-q1/board-paper";
        // A style decides looks, and no word.
        assert_snapshot(&case("second-style").join("expected/board-paper.md"), &project.read(&format!("{paper}.md")));
        let pdf = project.bytes(&format!("{paper}.pdf"));
        let chart = project.read("out/2022-23-q1/charts/board-paper-standards.svg");
        assert!(chart.contains("#5a2348") && !chart.contains("#1d3d5c"), "the chart has the service's colour");
        project.run(&["eject", "2022-23-q1", "ejected"]).exits(0);
        let content = project.json("ejected/content.json");
        assert_eq!(content["style"], "harbour");
        assert_eq!(content["logo"]["alt"], "Lighthouse of Gullhaven and Saltmarsh");
        // The board's look of the same paper has the same words on other pages, and knows nothing of the font.
        project.edit("data/service.yaml", "  style: harbour\n", "");
        project.build(&[]).exits(0);
        let board = project.bytes(&format!("{paper}.pdf"));
        let embeds = |pdf: &[u8]| pdf.windows(11).any(|bytes| bytes == b"DejaVuSerif");
        assert_eq!((embeds(&pdf), embeds(&board)), (true, false));
        // Lines break elsewhere and bullets are others, so letters and digits are counted.
        let sorted = |pdf: &[u8]| {
            let mut letters: Vec<char> = of_pdf(pdf, &[])?.chars().filter(|c| c.is_alphanumeric()).collect();
            letters.sort_unstable();
            Some(letters)
        };
        assert!(sorted(&pdf) == sorted(&board), "the two looks have other words");
        // Without its font the style says so.
        std::fs::remove_file(project.path("report-templates/styles/fonts/DejaVuSerif-Bold.ttf")).expect("the font");
        project.edit("data/service.yaml", "look:\n", "look:\n  style: harbour\n");
        let run = project.build(&[]).exits(0);
        assert!(run.stderr.contains("warning[style-warning]: unknown font family: dejavu serif"), "{}", run.stderr);
    }

    #[test]
    fn colours_and_logo_arrive_in_the_content() {
        let project = Project::of_case("plain");
        let logo = own("data/logo.svg");
        project.put("data/pictures/ours.svg", &logo);
        let look = "look:\n  colours: {primary: \"#0B5D4B\", red: \"#aa0000\"}\n  logo: {file: pictures/ours.svg, alt: Northby Council}\n";
        project.put(SERVICE, format!("{}{look}", project.read(SERVICE)));
        project.build(&["2019-20-q3"]).exits(0);
        project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
        let content = project.json("ejected/content.json");
        assert_eq!(content["colours"], serde_json::json!({"primary": "#0b5d4b", "red": "#aa0000"}));
        assert_eq!(content["logo"], serde_json::json!({"file": "look/logo.svg", "alt": "Northby Council"}));
        assert_eq!(project.read("ejected/look/logo.svg"), logo);
        let plain = Project::of_case("plain");
        plain.build(&["2019-20-q3"]).exits(0);
        let pdf = "out/2019-20-q3/board-paper.pdf";
        assert_ne!(project.bytes(pdf), plain.bytes(pdf), "the look of the PDF is the same");
        let chart = "out/2019-20-q3/charts/board-paper-standards.svg";
        assert_ne!(project.bytes(chart), plain.bytes(chart), "the look of the chart is the same");
    }

    #[test]
    fn page_numbers_can_be_switched_off() {
        let project = Project::of_case("plain");
        project.edit(
            "data/2019-20-q3/narrative.yaml",
            "    meeting: 2020-01-13\n",
            "    meeting: 2020-01-13\n    page_numbers: false\n",
        );
        project.build(&["2019-20-q3"]).exits(0);
        let Some(pdf) = crate::words::pages_of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf")) else { return };
        assert!(pdf.iter().all(|page| !page.contains("Page ")), "{pdf:?}");
    }
}

mod broken {
    use super::*;

    /// Demands that a file with this text is one error, which starts like this, and that no paper is made.
    #[track_caller]
    fn check(path: &str, text: &str, error: &str) {
        let project = Project::of_case("plain");
        project.put(path, text);
        refused(&project, error);
    }

    #[track_caller]
    fn refused(project: &Project, error: &str) {
        let run = project.build(&["2019-20-q3"]).exits(1);
        let problems = run.problems();
        assert!(problems.len() == 1 && problems[0].starts_with(error), "{}", run.stderr);
        assert!(!project.exists("out/2019-20-q3/board-paper.md"), "a paper was made all the same");
        assert!(!project.exists("out/2019-20-q3/board-paper.pdf"), "a paper was made all the same");
    }

    #[test]
    fn a_template() {
        let at = |place: &str| format!("{CONTEXT}:{place}: error[template-error]: ");
        check(CONTEXT, "Hello {% if %}\n", &at("1:13"));
        check(CONTEXT, "First.\n\nHello {{ contxt }}\n", &at("3:10"));
        check(CONTEXT, "Hello {{ service.nme }}\n", &at("1:10"));
        check(CONTEXT, "Hello {{ none }}\n", &at("1:10"));
        check(CONTEXT, "Hello {{ say(\"nope\") }}\n", &at("1:10"));
        check(CONTEXT, "Hello {{ context | nope }}\n", &at("1:20"));
        check(CONTEXT, "Hello {% include \"partials/nope.md.j2\" %}\n", &at("1:10"));
        check(CONTEXT, "```\nnever closed\n", &at("1:1"));
        check(CONTEXT, "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", &at("1:1"));
    }

    #[test]
    fn an_undefined_name_is_told_with_the_one_that_was_meant() {
        let project = Project::of_case("plain");
        project.put(CONTEXT, "Hello {{ contxt }}\n");
        let run = project.build(&["2019-20-q3"]).exits(1);
        assert!(run.stderr.contains("did you mean `context`?"), "{}", run.stderr);
    }

    #[test]
    fn a_partial_is_named_itself() {
        let partial = "report-templates/partials/score-table.md.j2";
        check(partial, "A\n\n{{ scors.overall.percent }}\n", &format!("{partial}:3:4: error[template-error]: "));
    }

    #[test]
    fn the_list_of_sections() {
        let list = "report-templates/board-paper/template.yaml";
        check(list, "header: header.md.j2\nsections: [\n", &format!("{list}:2:11: error[yaml-syntax]"));
        check(list, "header: header.md.j2\nsections: []\nsectons: []\n", &format!("{list}:3:1: error[unknown-key]"));
        let missing = "header: header.md.j2\nsections:\n  - {id: context, file: contxt.md.j2}\n";
        check(list, missing, &format!("{list}:3:25: error[missing-file]"));
    }

    #[test]
    fn strings() {
        let path = "report-templates/strings/en-GB.yaml";
        check(path, "not_set: [\n", &format!("{path}:1:10: error[yaml-syntax]"));
        let strings = own(path);
        let line = strings.lines().position(|line| line.starts_with("gap:")).expect("a string") + 1;
        check(
            path,
            &strings.replace("gap: Still", "gap: [Still]\nignored: Still"),
            &format!("{path}:{line}:6: error[wrong-type]"),
        );
    }

    #[test]
    fn a_string_that_is_not_there() {
        let path = "report-templates/strings/en-GB.yaml";
        let project = Project::of_case("plain");
        project.put(path, own(path).replace("  own: This is our own score, not an HMIP rating.\n", ""));
        let run = project.build(&["2019-20-q3"]).exits(1);
        assert!(run.stderr.contains("no `scores.own`"), "{}", run.stderr);
        assert!(!project.exists("out/2019-20-q3/board-paper.md"));
    }

    #[test]
    fn a_style() {
        let style = "report-templates/styles/board.typ";
        check(style, "#let paper(content) = [\n", &format!("{style}:1:23: error[style-error]: unclosed delimiter"));
        check(
            style,
            "#let paper(content) = nope\n",
            &format!("{style}:1:23: error[style-error]: unknown variable: nope"),
        );
        check(style, "#let page = 1\n", &format!("{style}:1:1: error[style-error]: the style lacks a function"));
        check(style, "#let paper(content) = read(\"/etc/passwd\")\n", &format!("{style}:1:"));
        check(style, "#import \"@preview/cetz:0.3.0\"\n", &format!("{style}:1:"));
    }

    #[test]
    fn a_font() {
        let font = "report-templates/styles/fonts/ours.ttf";
        check(font, "no font", &format!("error[style-error]: `{font}` is no font"));
    }

    #[test]
    fn the_look_of_a_service() {
        let with = |look: &str| {
            let project = Project::of_case("plain");
            project.put(SERVICE, format!("{}look: {look}\n", project.read(SERVICE)));
            project
        };
        refused(&with("{colours: {primry: \"#0b5d4b\"}}"), &format!("{SERVICE}:6:"));
        refused(&with("{colours: {primary: green}}"), &format!("{SERVICE}:6:27: error[bad-value]"));
        refused(&with("{style: nope}"), &format!("{SERVICE}:6:15: error[unknown-id]"));
        refused(&with("{logo: {file: nope.svg, alt: Ours}}"), &format!("{SERVICE}:6:21: error[missing-file]"));
        refused(&with("{logo: {file: ../../secret.svg, alt: Ours}}"), &format!("{SERVICE}:6:21: error[image-file]"));
        let broken = with("{logo: {file: ours.svg, alt: Ours}}");
        broken.put("data/ours.svg", "<svg");
        refused(&broken, &format!("{SERVICE}:6:21: error[image-file]: the picture `ours.svg` cannot be read"));
        refused(&with("{logo: {file: nope.svg}}"), &format!("{SERVICE}:6:14: error[missing-key]"));
    }
}
