//! Papers made with the style that the program brings along, and with small ones that misbehave.

mod contrast;

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::thread;

use jiff::civil::date;
use typst::layout::{Frame, FrameItem, Point};

use super::*;
use crate::document::{
    Align, Badge, Block, BlockKind, Chart, ChartBand, ChartData, ChartLegend, ChartRow, ChartScale, ChartScore, Column,
    Document, HeaderLine, HistoryChart, HistoryGroup, HistoryLegend, HistoryPoint, Inline, InlineKind, List, Numbering,
    Page, ScoreChart, Section, Table, TimelineCell, TimelineChart, TimelineKey, TimelineRow, Tone,
};
use crate::document::{changes, parse};
use crate::source::{Sources, Span, Text};

fn pdf(typesetter: &Typesetter, job: &Job<'_>) -> Result<Typeset, Vec<Diagnostic>> {
    typeset(typesetter, job, Wanted { pdf: true, ..Wanted::default() })
}

fn charts(typesetter: &Typesetter, job: &Job<'_>, names: &[&str]) -> Result<Vec<String>, Vec<Diagnostic>> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    typeset(typesetter, job, Wanted { charts: &names, ..Wanted::default() }).map(|made| made.charts)
}

static TYPESETTER: LazyLock<Typesetter> = LazyLock::new(|| Typesetter::new(&Fonts::embedded()));

/// Text that would be markup, code, maths, a comment or another node, were it not a plain value.
const HOSTILE: [&str; 12] = [
    "#panic(1)",
    "$x^2$ *b* _e_ `r` <l> @r",
    "= Heading",
    "#read(\"/etc/passwd\")",
    "\\u{23}eval(\"1\")",
    "// comment /* open",
    "\"}], \"kind\": \"rule\"",
    "#{ while true {} }",
    "- item + item / term: x",
    "https://example.org ~ -- --- ...",
    "]#[ ](#) ```typ #panic() ```",
    "#import \"@preview/x:0.1.0\"",
];

fn span() -> Span {
    let mut sources = Sources::default();
    Span::new(sources.add("narrative.yaml", ""), 0..0)
}

fn inline(kind: InlineKind) -> Inline {
    Inline { span: span(), kind }
}

fn text(text: &str) -> Vec<Inline> {
    vec![inline(InlineKind::Text(text.to_owned()))]
}

fn block(kind: BlockKind) -> Block {
    Block { span: span(), kind }
}

fn paragraph(words: &str) -> Block {
    block(BlockKind::Paragraph { number: None, text: text(words) })
}

fn section(id: &str, page: Page, blocks: Vec<Block>) -> Section {
    Section {
        id: id.to_owned(),
        number: Some("1".to_owned()),
        numbering: Numbering::Heading,
        title: text(id),
        level: 2,
        page,
        new_page: false,
        blocks,
        notes: Vec::new(),
    }
}

fn table(rows: usize) -> Block {
    let badge = Badge { text: "Requires improvement".to_owned(), tone: Tone::Amber };
    let row = |n| {
        let action = "Review the plan with the child, the family and the police, and record what was agreed";
        vec![text(&format!("row-{n}")), text(action), vec![inline(InlineKind::Badge(badge.clone()))], text("44 of 95")]
    };
    block(BlockKind::Table(Table {
        caption: Some(text("Actions")),
        columns: [Align::Left, Align::Left, Align::Left, Align::Right].map(|align| Column { align }).into(),
        head: ["Id", "Action", "Status", "Points"].map(text).into(),
        row_header: true,
        rows: (1..=rows).map(row).collect(),
    }))
}

fn chart(name: &str, data: ChartData) -> Block {
    block(BlockKind::Chart(Box::new(Chart {
        name: name.to_owned(),
        alt: "3.1 Assessment: 67%, Good".to_owned(),
        caption: Some(text("Scores")),
        file: "charts/board-paper-scores.svg".to_owned(),
        data,
    })))
}

fn scale() -> ChartScale {
    let band = |rating: &str, from, to, tone| ChartBand { rating: rating.to_owned(), from, to, tone };
    ChartScale {
        bands: vec![
            band("Inadequate", 0, 50, Tone::Red),
            band("Requires improvement", 50, 65, Tone::Amber),
            band("Good", 65, 80, Tone::Green),
            band("Outstanding", 80, 100, Tone::Blue),
        ],
        axis: "Score, as a percentage of the points available".to_owned(),
    }
}

fn score(percent: f64) -> ChartScore {
    ChartScore {
        percent,
        printed: format!("{percent:.0}%"),
        rating: "Good".to_owned(),
        tone: Tone::Green,
        low: Some(percent - 12.0),
        high: Some(percent + 12.0),
    }
}

fn scores() -> ScoreChart {
    let row = |label: &str, percent, current| ChartRow {
        label: label.to_owned(),
        note: Some("5 cases".to_owned()),
        score: score(percent),
        current,
    };
    ScoreChart {
        scale: scale(),
        rows: vec![row("3.1 Assessment", 67.4342, false), row("3.2 Planning", 52.1, true)],
        legend: ChartLegend { dot: "score".to_owned(), line: "where the score could reasonably be".to_owned() },
    }
}

/// Each group's scores of each audit; the last audit is the current one. The first audit kept only totals, and did not
/// look at the first group.
fn history(audits: &[&str], groups: &[&str]) -> ChartData {
    let point = |group: usize, audit: usize| {
        let score = ChartScore { rating: String::new(), ..score(30.0 + ((group * 37 + audit * 23) % 58) as f64) };
        let score = if audit == 0 { ChartScore { low: None, high: None, ..score } } else { score };
        let score = (group + audit > 0).then_some(score);
        HistoryPoint {
            label: audits[audit].to_owned(),
            note: (audit > 0).then(|| format!("{} cases", audit + 3)),
            current: audit + 1 == audits.len(),
            printed: score.as_ref().map_or("–".to_owned(), |score| score.printed.clone()),
            score,
        }
    };
    let group = |(place, label): (usize, &&str)| HistoryGroup {
        label: (*label).to_owned(),
        rows: (0..audits.len()).map(|audit| point(place, audit)).collect(),
    };
    let scale = scale();
    ChartData::History(HistoryChart {
        legend: HistoryLegend {
            current: "This audit".to_owned(),
            earlier: "Earlier audit".to_owned(),
            line: Some("Where the score could reasonably be".to_owned()),
            no_line: Some("No line: range not known".to_owned()),
            no_score: Some("No score".to_owned()),
            bands: scale.bands.iter().map(|band| format!("{} from {}%", band.rating, band.from)).collect(),
        },
        scale,
        groups: groups.iter().enumerate().map(group).collect(),
    })
}

/// So many findings with these labels in turn; each is new in some column, and then goes through all states.
fn timeline(columns: &[&str], findings: usize, labels: &[&str]) -> ChartData {
    const STATES: [(&str, &str, Tone); 7] = [
        ("●", "Again", Tone::Red),
        ("✓", "Not found", Tone::Green),
        ("↺", "Back", Tone::Red),
        ("○", "Not looked at", Tone::Grey),
        ("–", "Not seen", Tone::Blue),
        ("●", "New", Tone::Amber),
        ("✕", "With\u{ad}drawn", Tone::Grey),
    ];
    let cell =
        |(sign, word, tone): (&str, &str, Tone)| TimelineCell { sign: sign.to_owned(), word: word.to_owned(), tone };
    let state = |finding: usize, column: usize| match column.checked_sub(finding % columns.len())? {
        0 => Some(cell(STATES[5])),
        later => Some(cell(STATES[(finding + later) % 5])),
    };
    let row = |finding: usize| TimelineRow {
        id: format!("F-2019-{:03}", finding + 1),
        label: labels[finding % labels.len()].to_owned(),
        cells: (0..columns.len()).map(|column| state(finding, column)).collect(),
    };
    let key = |&(sign, word, tone): &(&str, &str, Tone)| TimelineKey {
        sign: sign.to_owned(),
        word: word.to_owned(),
        tone: (tone != Tone::Red).then_some(tone),
        means: "what it means".to_owned(),
    };
    ChartData::Timeline(TimelineChart {
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        rows: (0..findings).map(row).collect(),
        key: STATES.iter().map(key).collect(),
    })
}

const MONTHS: [&str; 8] = [
    "March 2017",
    "December 2017",
    "June 2018",
    "March 2019",
    "December 2019",
    "June 2020",
    "March 2021",
    "September 2021",
];

const STANDARDS: [&str; 5] =
    ["3.1 Assessment", "3.2 Planning", "3.3 Implementation and delivery", "3.4 Joint working", "Overall"];

const FINDINGS: [&str; 3] = ["3.1 Plans were late", "3.2 Contact with the victim was not recorded", "Child’s voice"];

/// A paper that holds one chart on a page.
fn charted(data: ChartData) -> Material {
    let blocks = vec![paragraph("Before."), chart("one", data), paragraph("After.")];
    Material::new(&Document { sections: vec![section("chart", Page::Portrait, blocks)], ..paper() }, &BOARD)
}

/// A paper with a node of each kind.
fn paper() -> Document {
    let list = |start, items: &[&str]| {
        let items = items.iter().map(|item| vec![paragraph(item)]).collect();
        block(BlockKind::List(List { start, labels: None, tight: true, items }))
    };
    let marked = vec![
        inline(InlineKind::Text("Plain, ".to_owned())),
        inline(InlineKind::Emphasis(text("emphasis"))),
        inline(InlineKind::SoftBreak),
        inline(InlineKind::Strong(text("strong"))),
        inline(InlineKind::Break),
        inline(InlineKind::Strikethrough(text("struck"))),
        inline(InlineKind::Code("code".to_owned())),
        inline(InlineKind::Link { url: "https://example.org".to_owned(), body: text("a link") }),
        inline(InlineKind::Footnote(vec![paragraph("A note.")])),
        inline(InlineKind::Badge(Badge { text: "Good".to_owned(), tone: Tone::Green })),
    ];
    let blocks = vec![
        block(BlockKind::Paragraph { number: Some("1.1".to_owned()), text: marked }),
        block(BlockKind::Heading { number: None, level: 3, text: text("Deeper") }),
        list(None, &["one", "two"]),
        list(Some(3), &["three", "four"]),
        block(BlockKind::Quote(vec![paragraph("What this means")])),
        block(BlockKind::Code { language: None, text: "let x = 1;\nx".to_owned() }),
        block(BlockKind::Image { file: "map.svg".to_owned(), alt: "a map".to_owned(), caption: Some(text("Map")) }),
        chart("standards", ChartData::Standards(scores())),
        block(BlockKind::Rule),
        block(BlockKind::Quote(vec![chart("audits", ChartData::Audits(scores()))])),
    ];
    let hostile = HOSTILE.map(paragraph).into();
    Document {
        title: "Audit of out-of-court work".to_owned(),
        header: vec![HeaderLine { label: "Agenda item".to_owned(), value: text("5.1") }],
        sections: vec![
            section("context", Page::Portrait, blocks),
            section("findings", Page::Portrait, hostile),
            section("actions", Page::Landscape, vec![table(120)]),
        ],
    }
}

fn setting() -> Setting {
    Setting {
        style: "board".to_owned(),
        title: "Audit of out-of-court work".to_owned(),
        organisation: "Eastmere Youth Justice Service".to_owned(),
        board: Some("Eastmere Youth Justice Partnership Board".to_owned()),
        date: "2 November 2020".to_owned(),
        authors: vec!["Quality assurance manager".to_owned()],
        description: "An audit".to_owned(),
        keywords: vec!["audit".to_owned()],
        id: None,
        language: "en".to_owned(),
        region: Some("GB".to_owned()),
        marking: Some("OFFICIAL".to_owned()),
        draft: false,
        page_numbers: true,
        words: Words {
            page: "Page".to_owned(),
            of: "of".to_owned(),
            draft: "DRAFT".to_owned(),
            moved: "moved".to_owned(),
            continued: "(continued)".to_owned(),
        },
        colours: BTreeMap::from([("primary".to_owned(), "#1d3d5c".to_owned())]),
        logo: Some(Logo { file: "images/0.svg".to_owned(), alt: "Eastmere Council".to_owned() }),
    }
}

const MAP: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20' fill='#1d3d5c'/></svg>";

/// What a [`Job`] borrows.
struct Material {
    content: Vec<u8>,
    styles: Styles,
    images: Vec<(String, Arc<[u8]>)>,
    sources: Sources,
}

impl Material {
    fn new(document: &Document, styles: &[(&str, &str)]) -> Material {
        Material::with(document, styles, &setting())
    }

    fn with(document: &Document, styles: &[(&str, &str)], setting: &Setting) -> Material {
        let mut sources = Sources::default();
        let style = |&(path, text): &(&str, &str)| StyleFile {
            path: path.to_owned(),
            text: text.to_owned(),
            source: sources.add(path, text),
        };
        let images = BTreeMap::from([("map.svg".to_owned(), "images/1.svg".to_owned())]);
        Material {
            content: Content::new(document, &images).json(setting),
            styles: Styles::new(styles.iter().map(style).collect()),
            images: ["images/0.svg", "images/1.svg"].map(|path| (path.to_owned(), Arc::from(MAP.as_bytes()))).into(),
            sources,
        }
    }

    fn job(&self) -> Job<'_> {
        Job {
            content: &self.content,
            styles: &self.styles,
            images: &self.images,
            ident: "eastmere/2020-21-q2/board-paper",
            date: Some(date(2020, 11, 2)),
        }
    }

    /// Returns the text of the paper's pages, in reading order, without spaces.
    fn text(&self) -> String {
        self.pages().concat()
    }

    fn set(&self) -> PagedDocument {
        typst::compile(&PaperWorld::new(&TYPESETTER, &self.job())).output.unwrap()
    }

    /// Returns the text of each page.
    fn pages(&self) -> Vec<String> {
        let document = self.set();
        let pages = document.pages().iter().map(|page| {
            let mut text = String::new();
            gather(&page.frame, &mut text);
            text.retain(|c| !c.is_whitespace());
            text
        });
        pages.collect()
    }
}

fn gather(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => gather(&group.frame, text),
            FrameItem::Text(item) => text.push_str(&item.text),
            _ => {}
        }
    }
}

const BOARD: [(&str, &str); 5] = [
    ("styles/board.typ", include_str!("../../report-templates/styles/board.typ")),
    ("styles/charts.typ", include_str!("../../report-templates/styles/charts.typ")),
    ("styles/colours.typ", include_str!("../../report-templates/styles/colours.typ")),
    ("styles/nodes.typ", include_str!("../../report-templates/styles/nodes.typ")),
    ("styles/scale.typ", include_str!("../../report-templates/styles/scale.typ")),
];

const SLIDES: (&str, &str) = ("styles/slides.typ", include_str!("../../report-templates/styles/slides.typ"));

fn board() -> Material {
    Material::new(&paper(), &BOARD)
}

/// A style of its own that prints nothing but `body`.
fn style(body: &str) -> Material {
    let style = format!("#let paper(content) = {{\n  set document(title: content.title)\n  {body}\n}}\n");
    Material::new(&paper(), &[("styles/board.typ", &style)])
}

/// Checks that a style's mistake is reported with this message, and at this place.
fn refused(material: &Material, message: &str, place: &str) {
    let errors = pdf(&TYPESETTER, &material.job()).unwrap_err();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!((error.code, error.message.as_str()), (codes::STYLE_ERROR, message));
    assert_eq!(error.span().map(|span| material.sources.slice(span)), Some(place));
    assert_eq!(error.notes, ["found while typesetting `eastmere/2020-21-q2/board-paper`"]);
}

#[test]
fn a_paper_is_made_without_warnings() {
    let pdf = pdf(&TYPESETTER, &board().job()).unwrap();
    assert!(pdf.pdf.unwrap().starts_with(b"%PDF-1.7"));
    assert_eq!(pdf.warnings, []);
}

/// Where it failed, papers would be made all the same, only later.
#[test]
fn the_warm_up_is_a_paper_and_changes_no_other() {
    let before = pdf(&TYPESETTER, &board().job()).unwrap();
    let own = board();
    let warm = typeset(&TYPESETTER, &warm_up_job(&own.styles), Wanted::default()).unwrap();
    assert_eq!((warm.pages, warm.warnings), (1, vec![]));
    warm_up(&own.styles);
    assert!(pdf(&TYPESETTER, &board().job()).unwrap().pdf == before.pdf);
}

#[test]
fn hostile_text_is_printed_as_it_is() {
    let text = board().text();
    for hostile in HOSTILE {
        let hostile: String = hostile.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains(&hostile), "{hostile}");
    }
}

#[test]
fn a_long_table_keeps_all_its_rows() {
    let text = board().text();
    for row in 1..=120 {
        assert!(text.contains(&format!("row-{row}Review")), "row {row}");
    }
}

#[test]
fn the_same_job_gives_the_same_bytes_in_any_thread_and_order() {
    let material = board();
    let names = ["standards".to_owned(), "audits".to_owned()];
    let make = |typesetter: &Typesetter| {
        let made = typeset(typesetter, &material.job(), Wanted { pdf: true, charts: &names }).unwrap();
        (made.pdf, made.charts)
    };
    let expected = make(&TYPESETTER);
    thread::scope(|scope| {
        // Each with a typesetter of its own.
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| make(&Typesetter::new(&Fonts::embedded())))).collect();
        for thread in threads {
            assert!(thread.join().unwrap() == expected);
        }
    });
}

#[test]
fn each_chart_is_a_picture_of_its_own() {
    let material = board();
    let svgs = charts(&TYPESETTER, &material.job(), &["standards", "audits"]).unwrap();
    assert!(svgs.iter().all(|svg| svg.starts_with("<svg ")), "{}", &svgs[0][..200]);
    assert_ne!(svgs[0], svgs[1]);
    let errors = charts(&TYPESETTER, &material.job(), &["standards", "nowhere"]).unwrap_err();
    assert_eq!(errors[0].message, "the style does not draw the chart `nowhere`");
}

#[test]
fn charts_through_time_are_set_and_exported_whatever_they_hold() {
    let long = "Donaudampfschifffahrtsgesellschaft".repeat(4);
    let mut hostile = HOSTILE.to_vec();
    hostile.push(&long);
    let cases = [
        history(&MONTHS[..2], &STANDARDS),
        history(&MONTHS, &STANDARDS),
        history(&MONTHS[..3], &STANDARDS[4..]),
        history(&hostile[5..], &hostile),
        timeline(&MONTHS[..2], 3, &FINDINGS),
        timeline(&MONTHS, 30, &FINDINGS),
        timeline(&hostile[5..], 13, &hostile),
        timeline(&hostile[11..], 13, &hostile),
    ];
    for (place, data) in cases.into_iter().enumerate() {
        let texts: Vec<String> = data.texts().into_iter().map(str::to_owned).collect();
        let material = charted(data);
        let made = typeset(&TYPESETTER, &material.job(), Wanted { pdf: true, charts: &["one".to_owned()] });
        let made = made.unwrap_or_else(|errors| panic!("case {place}: {:?}", errors[0]));
        assert_eq!(made.warnings, [], "case {place}");
        // Words may be parted, with a hyphen that is not theirs.
        let bare = |text: &str| text.replace(|c: char| c.is_whitespace() || "-\u{ad}\u{2010}".contains(c), "");
        let printed = bare(&material.text());
        for text in texts {
            assert!(printed.contains(&bare(&text)), "case {place}: {text}");
        }
    }
}

/// How tall a chart is, in pt.
fn height(data: ChartData) -> f64 {
    let svgs = charts(&TYPESETTER, &charted(data).job(), &["one"]).unwrap();
    let (_, height) = svgs[0].split_once("height=\"").unwrap();
    let (height, _) = height.split_once(['p', '"']).unwrap();
    height.parse().unwrap()
}

#[test]
fn a_chart_over_two_pages_is_one_picture() {
    let height = |findings| height(timeline(&MONTHS, findings, &FINDINGS));
    let page = 842.0 - 2.0 * 56.7;
    assert!(height(10) < page && height(60) > 1.5 * page, "{} {}", height(10), height(60));
}

#[test]
fn a_name_that_fits_beside_its_chart_takes_no_more_room_than_a_short_one() {
    let height = |label: &str| {
        let mut data = scores();
        data.rows[0].label = label.to_owned();
        height(ChartData::Standards(data))
    };
    let short = height("3.1");
    assert!((height("October to December 2019") - short).abs() < 0.01);
    assert!(height("October to December 2019, and what came of it") > short + 5.0);
}

/// Every piece of text with its line, where it starts and where it ends, in pt.
fn placed(frame: &Frame, at: Point, pieces: &mut Vec<(f64, f64, f64, String)>) {
    for (offset, item) in frame.items() {
        let at = at + *offset;
        match item {
            FrameItem::Group(group) => placed(&group.frame, at, pieces),
            FrameItem::Text(item) => {
                pieces.push((at.y.to_pt(), at.x.to_pt(), (at.x + item.width()).to_pt(), item.text.to_string()));
            }
            _ => {}
        }
    }
}

#[test]
fn words_wider_than_their_column_are_parted_and_no_others_are() {
    let prose = "Organisations understanding circumstances acknowledge responsibilities, collaborate";
    let words = ["Responsibilities", "Acknowledgements", "Understanding"].repeat(2);
    let cells = |words: &[&str]| words.iter().map(|word| text(word)).collect::<Vec<_>>();
    let table = |columns: usize, head: Vec<Vec<Inline>>, row: Vec<Vec<Inline>>| {
        let columns = vec![Column { align: Align::Left }; columns];
        block(BlockKind::Table(Table { caption: None, columns, head, row_header: true, rows: vec![row; 2] }))
    };
    let narrow = table(6, cells(&words), cells(&words));
    let wide = table(2, cells(&["Name", "What"]), cells(&["One", &[prose; 4].join(" ")]));
    for style in [&BOARD[..], &[&BOARD[..], &[SLIDES]].concat()] {
        let setting =
            Setting { style: if style.len() > BOARD.len() { "slides" } else { "board" }.to_owned(), ..setting() };
        let pieces = |table: &Block| {
            let document =
                Document { sections: vec![section("table", Page::Portrait, vec![table.clone()])], ..paper() };
            let document = Material::with(&document, style, &setting).set();
            let mut all = Vec::new();
            for page in document.pages() {
                let mut pieces = Vec::new();
                placed(&page.frame, Point::zero(), &mut pieces);
                pieces.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
                for pair in pieces.windows(2) {
                    let overlaps = (pair[0].0 - pair[1].0).abs() < 0.5 && pair[1].1 < pair[0].2 - 0.5;
                    assert!(!overlaps, "{} {pair:?}", setting.style);
                }
                all.extend(pieces.into_iter().map(|(.., text)| text));
            }
            all
        };
        let parted = pieces(&narrow);
        assert!(!parted.iter().any(|piece| piece.contains("Responsibilities")), "{} {parted:?}", setting.style);
        let whole = pieces(&wide).join(" ");
        for word in prose.split(' ') {
            assert_eq!(whole.matches(word).count(), 8, "{} {word} in {whole}", setting.style);
        }
    }
}

#[test]
fn a_chart_that_fits_on_a_page_stays_on_one() {
    for data in [history(&MONTHS, &STANDARDS), timeline(&MONTHS, 12, &FINDINGS)] {
        let mut blocks: Vec<Block> = (0..30).map(|n| paragraph(&format!("Paragraph {n}."))).collect();
        blocks.push(chart("one", data));
        let document = Document { sections: vec![section("chart", Page::Portrait, blocks)], ..paper() };
        let document = Material::new(&document, &BOARD).set();
        let parts = document.pages().iter().filter(|page| labelled(&page.frame, "chart-one").is_some());
        assert_eq!(parts.count(), 1);
    }
}

#[test]
fn what_leads_into_a_list_or_a_table_stands_on_the_page_of_its_first_item_or_row() {
    let list = |items: Vec<Vec<Block>>| block(BlockKind::List(List { start: None, labels: None, tight: true, items }));
    let inner = || list(vec![vec![paragraph("One.")], vec![paragraph("Two.")]]);
    let nested = || list(vec![vec![paragraph("What leads:"), inner()]]);
    let mut turned = 0;
    for lines in 24..44 {
        let lead = || paragraph("What leads:");
        for (first, last) in
            [("One.", vec![lead(), inner()]), ("One.", vec![nested()]), ("row-1", vec![lead(), table(3)])]
        {
            let mut blocks: Vec<Block> = (0..lines).map(|n| paragraph(&format!("Paragraph {n}."))).collect();
            blocks.extend(last);
            let document = Document { sections: vec![section("list", Page::Portrait, blocks)], ..paper() };
            let pages = Material::new(&document, &BOARD).pages();
            let of = |words: &str| pages.iter().position(|page| page.contains(words));
            assert!(of("Whatleads:").is_some());
            assert_eq!(of("Whatleads:"), of(first), "{lines} and {first}");
            turned += usize::from(of("Whatleads:") != of(&format!("Paragraph{}.", lines - 1)));
        }
    }
    assert!(turned > 0, "no page ended there");
}

#[test]
fn a_head_that_cannot_be_repeated_stands_once() {
    let link = InlineKind::Link { url: "https://example.org/".to_owned(), body: text("Source") };
    let note = InlineKind::Footnote(vec![paragraph("A note.")]);
    for head in [vec![inline(link)], vec![inline(note)], text(&"Many words of a head. ".repeat(90))] {
        let BlockKind::Table(mut table) = table(80).kind else { panic!("a table") };
        table.head[0] = head;
        let table = block(BlockKind::Table(table));
        let document = Document { sections: vec![section("table", Page::Portrait, vec![table])], ..paper() };
        let material = Material::new(&document, &BOARD);
        pdf(&TYPESETTER, &material.job()).unwrap_or_else(|found| panic!("{found:?}"));
        let text = material.text();
        assert!(text.contains("row-80"));
        let words = text.matches("Manywordsofahead.").count();
        assert!(words == 0 || words == 90, "{words}");
    }
}

#[test]
fn sizes_of_type_stand_in_one_place() {
    for (path, text) in BOARD.iter().chain([&SLIDES]).filter(|(path, _)| *path != "styles/scale.typ") {
        let sized =
            |line: &&str| line.split("size: ").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        // What grows with the text around it is no size of its own.
        let own: Vec<&str> = text.lines().filter(sized).filter(|line| !line.contains("em")).collect();
        assert!(own.is_empty(), "{path}: {own:?}");
    }
}

#[test]
fn a_mistake_in_a_style_is_reported_at_its_place() {
    refused(&style("nothing-there"), "unknown variable: nothing-there", "nothing-there");
    refused(&style("content.colour"), "dictionary does not contain key \"colour\"", "colour");
}

#[test]
fn a_style_that_is_not_there_is_an_error_without_a_place() {
    let material = Material::new(&paper(), &[]);
    let errors = pdf(&TYPESETTER, &material.job()).unwrap_err();
    assert_eq!(errors[0].message, "file not found (searched at styles/board.typ)");
    assert_eq!(errors[0].labels, []);
}

#[test]
fn what_the_export_refuses_is_reported_too() {
    let material = style("text(lang: \"en\", image(\"/images/0.svg\"))");
    let errors = pdf(&TYPESETTER, &material.job()).unwrap_err();
    assert!(errors[0].message.contains("missing alt text"), "{errors:?}");
    assert_eq!(errors[0].span().map(|span| material.sources.slice(span)), Some("image(\"/images/0.svg\")"));
}

#[test]
fn a_style_sees_its_own_files_only() {
    let passwd = "\"/etc/passwd\"";
    refused(&style("read(\"/etc/passwd\")"), "file not found (searched at etc/passwd)", passwd);
    refused(&style("image(\"/etc/passwd\", alt: \"\")"), "file not found (searched at etc/passwd)", passwd);
    refused(
        &style("import \"@preview/x:0.1.0\""),
        "failed to load package (a style may use its own files only)",
        "\"@preview/x:0.1.0\"",
    );
    refused(
        &style("read(\"../../secret\")"),
        "path `\"../../secret\"` would escape the project root",
        "\"../../secret\"",
    );
    refused(&style("datetime.today().display()"), "unable to get the current date", "datetime.today()");
}

#[test]
fn a_font_that_is_not_there_is_a_warning() {
    let material = style("text(font: (\"Garamond\", \"Noto Sans\"))[x]");
    let pdf = pdf(&TYPESETTER, &material.job()).unwrap();
    let [warning] = pdf.warnings.as_slice() else { panic!("{:?}", pdf.warnings) };
    assert_eq!((warning.code, warning.message.as_str()), (codes::STYLE_WARNING, "unknown font family: garamond"));
    assert_eq!(warning.span().map(|span| material.sources.slice(span)), Some("(\"Garamond\", \"Noto Sans\")"));
}

#[test]
fn characters_that_fonts_cover_are_set_and_exported() {
    let fonts = Fonts::embedded();
    let covered: String = ('\u{a0}'..='\u{1ffff}').filter(|&c| fonts.covers(c)).collect();
    let words: String = covered.chars().flat_map(|c| [c, ' ']).collect();
    let kinds = [
        InlineKind::Text(words.clone()),
        InlineKind::Strong(vec![inline(InlineKind::Emphasis(text(&words)))]),
        InlineKind::Code(words),
    ];
    let blocks = kinds.map(|kind| block(BlockKind::Paragraph { number: None, text: vec![inline(kind)] })).into();
    let document = Document { sections: vec![section("all", Page::Portrait, blocks)], ..paper() };
    let result = pdf(&TYPESETTER, &Material::new(&document, &BOARD).job());
    assert!(result.is_ok(), "{:?}", result.unwrap_err()[0]);
}

#[test]
fn an_ejected_paper_has_every_file() {
    let material = board();
    let files = world_files(&material.job(), &Fonts::embedded());
    for name in ["main.typ", "content.json", "styles/nodes.typ", "images/1.svg", "fonts/NotoSans-Bold.ttf"] {
        assert!(files.contains_key(name), "{name}");
    }
    assert_eq!(files["content.json"], material.content);
}

/// Returns a paper with what changed between two texts.
fn changed(old: &str, new: &str) -> Material {
    let mut sources = Sources::default();
    let [old, new] = [old, new].map(|text| {
        let id = sources.add("a.md", text);
        parse::blocks(&Text::opaque(text, sources.whole(id))).0
    });
    let blocks = changes::blocks(&old, &new);
    let document = Document { sections: vec![section("changes", Page::Portrait, blocks)], ..paper() };
    Material::new(&document, &BOARD)
}

#[test]
fn changes_are_set_with_signs_in_the_text() {
    let material = changed(
        "We saw 9 cases.[^1]\n\nWe thank the police.\n\nAll was well.\n\n1. Train all\n2. Tell _each_ parent\n3. Audit\n\n\
         | Action | Status |\n|---|---|\n| Train | not started |\n| Audit | late |\n| Ask | late |\n\n### Old heading\n\n\
         ```\nlet x\n```\n\n![a map](map.svg)\n\n[^1]: In May.",
        "We saw 11 cases of [that kind](https://example.org).[^1]\n\nAll was well.\n\nWe thank the police.\n\n\
         1. Train all\n2. Audit in June\n\n\
         | Action | Status |\n|---|---|\n| Ask | late |\n| Train | on track |\n| Hear | new |\n| Audit | late |\n\n\
         ### New words\n\n```\nlet y\n```\n\n![a plan](map.svg)\n\n[^1]: In June.",
    );
    let made = pdf(&TYPESETTER, &material.job()).unwrap();
    assert_eq!(made.warnings, []);
    let text = material.text();
    for words in [
        "Wesaw[−9−][+11+]cases[−.1−][+ofthatkind.2+][moved:Allwaswell.]Wethankthepolice.",
        "1.Trainall[−Telleachparent−]2.Audit[+inJune+]",
        "[moved:Ask]lateTrain[−notstarted−][+ontrack+][+Hear+][+new+]Auditlate",
        "[−Oldheading−][+Newwords+]",
        "[−letx−]",
        "[+lety+]",
        "[−amap−]",
        "[+aplan+]",
        "[−InMay.−]",
        "[+InJune.+]",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
