//! Lines of a list on a terminal: columns under each other, the last one cut to fit.

use clap::builder::styling::{AnsiColor, Style};

use crate::document::Tone;

/// How wide a line is at most, where the terminal does not say.
pub(super) const WIDTH: usize = 120;

/// Cuts a text to some characters, at a word's end where that is near.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let short: String = text.chars().take(width.saturating_sub(1)).collect();
    let end = short.rfind(' ').filter(|&at| at * 2 > short.len()).unwrap_or(short.len());
    format!("{}…", short[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// A row of a list: a coloured word, columns, a text that takes what is left of the line, and what stands behind it.
pub(super) struct Row {
    pub word: String,
    pub tone: Tone,
    pub columns: Vec<String>,
    pub text: String,
    pub tail: String,
}

/// Sets rows in columns as wide as their widest cell.
pub(super) fn rows(rows: &[Row]) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let word = rows.iter().map(|row| length(&row.word)).max().unwrap_or(0);
    let count = rows.iter().map(|row| row.columns.len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|n| rows.iter().filter_map(|row| row.columns.get(n)).map(|cell| length(cell)).max().unwrap_or(0))
        .collect();
    let tail = rows.iter().map(|row| length(&row.tail)).max().unwrap_or(0);
    let used = 2 + word + 2 + widths.iter().map(|width| width + 2).sum::<usize>() + if tail > 0 { tail + 2 } else { 0 };
    let room = WIDTH.saturating_sub(used).max(30);
    rows.iter()
        .map(|row| {
            let style = style(row.tone);
            let pad = " ".repeat(word - length(&row.word));
            let mut line = format!("  {style}{}{style:#}{pad}", row.word);
            for (cell, width) in row.columns.iter().zip(&widths) {
                line.push_str(&format!("  {cell}{}", " ".repeat(width - length(cell))));
            }
            let text = cut(&row.text, room);
            let pad = if row.tail.is_empty() { 0 } else { room - length(&text) };
            format!("{line}  {text}{}  {}", " ".repeat(pad), row.tail).trim_end().to_owned()
        })
        .collect()
}

pub(super) fn heading(text: &str) -> String {
    let bold = Style::new().bold();
    format!("{bold}{text}{bold:#}")
}

pub(super) fn style(tone: Tone) -> Style {
    match tone {
        Tone::Red => Style::new().fg_color(Some(AnsiColor::Red.into())),
        Tone::Amber => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        Tone::Green => Style::new().fg_color(Some(AnsiColor::Green.into())),
        Tone::Blue => Style::new().fg_color(Some(AnsiColor::Blue.into())),
        Tone::Grey => Style::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_word() {
        assert_eq!(cut("Risks to the child", 18), "Risks to the child");
        assert_eq!(cut("Risks to the child", 14), "Risks to the…");
        assert_eq!(cut("Unverwechselbarkeit", 8), "Unverwe…");
    }
}
