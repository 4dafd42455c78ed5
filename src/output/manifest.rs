//! `manifest.json`: what a service's papers were made of, and the hashes that prove it.
//!
//! It holds no time, no host and nothing of the private list, so that the same inputs give the same manifest.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The manifest of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this format.
    pub schema: u32,
    /// `boardpaper 0.1.0`
    pub program: String,
    /// Each file that the run read, relative to the project with `/`, and its hash.
    pub inputs: BTreeMap<String, String>,
    /// Each file that was made, relative to the output folder with `/`.
    pub outputs: BTreeMap<String, Output>,
    /// Whether the outputs are all that these inputs make, and were made without an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// Whether the service names a private list; that it does stands in `service.yaml`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private_list: bool,
    /// What was said while they were made: sorted, and nothing twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

/// A warning or a note, to be said again where nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    pub labels: Vec<RemarkLabel>,
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// A place in an input, in bytes of its text as UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemarkLabel {
    pub file: String,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// One file that was made: its hash, and the hashes of what it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fonts: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<String>,
    /// Whether the style had something to say: such a file is typeset each time, so that it is said each time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub warned: bool,
}

impl Output {
    /// Whether two files were made of the same; what they hold is not asked.
    pub fn is_made_of_the_same_as(&self, other: &Output) -> bool {
        self.content == other.content
            && self.style == other.style
            && self.fonts == other.fonts
            && self.images == other.images
            && self.warned == other.warned
    }
}

impl Manifest {
    /// The version of the format that this program reads and writes.
    pub const SCHEMA: u32 = 1;

    /// Returns the manifest of this program's version, without any file.
    pub fn empty() -> Manifest {
        Manifest {
            schema: Manifest::SCHEMA,
            program: concat!("boardpaper ", env!("CARGO_PKG_VERSION")).to_owned(),
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
            whole: false,
            private_list: false,
            remarks: Vec::new(),
        }
    }

    /// Reads a manifest; fails where it is none, or one of a later program.
    pub fn read(text: &str) -> anyhow::Result<Manifest> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        // The version first: the keys of a later format are not ours to call unknown.
        let Version { schema } = serde_json::from_str(text)?;
        anyhow::ensure!(
            schema == Manifest::SCHEMA,
            "the manifest has schema {schema}, but this program reads schema {}",
            Manifest::SCHEMA
        );
        Ok(serde_json::from_str(text)?)
    }

    /// Returns the manifest as JSON that is good to read and to compare: indented, sorted, with a line feed at its end.
    pub fn json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("strings and maps of strings are JSON");
        json.push('\n');
        json
    }
}

/// Returns the SHA-256 of bytes as `sha256sum` prints it: 64 hexadecimal digits in lower case.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes all text");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_agree_with_sha256sum() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    const MANIFEST: &str = r#"{
  "schema": 1,
  "program": "boardpaper 0.1.0",
  "inputs": {
    "data/2020-21-q2/audit.yaml": "aa",
    "data/service.yaml": "bb"
  },
  "outputs": {
    "2020-21-q2/board-paper.md": {
      "sha256": "cc"
    },
    "2020-21-q2/board-paper.pdf": {
      "sha256": "dd",
      "content": "ee",
      "style": "ff",
      "fonts": "00"
    }
  }
}
"#;

    #[test]
    fn is_written_sorted_and_read_back() {
        let manifest = Manifest::read(MANIFEST).unwrap();
        assert_eq!(manifest.outputs["2020-21-q2/board-paper.pdf"].style.as_deref(), Some("ff"));
        assert_eq!(
            manifest.outputs["2020-21-q2/board-paper.md"],
            Output { sha256: "cc".to_owned(), ..Output::default() }
        );
        assert_eq!(manifest.json(), MANIFEST);
    }

    #[test]
    fn a_later_format_is_said_to_be_one() {
        let message =
            Manifest::read(r#"{"schema": 2, "program": "boardpaper 9.0.0", "made": []}"#).unwrap_err().to_string();
        assert_eq!(message, "the manifest has schema 2, but this program reads schema 1");
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for text in ["", "{}", "[]", r#"{"schema": 1, "program": "", "inputs": {}, "outputs": {}, "time": 0}"#] {
            assert!(Manifest::read(text).is_err(), "{text}");
        }
    }
}
