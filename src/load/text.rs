//! Bytes → text: UTF-8 with or without a byte-order mark, or else Windows-1252.

/// Decodes a file. The second value is the byte of the text where Windows-1252 had to be assumed, `None` for UTF-8.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<usize>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            (text.into_owned(), Some(error.valid_up_to()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_needs_no_mark_and_may_have_one() {
        assert_eq!(decode("é".as_bytes()), ("é".to_owned(), None));
        assert_eq!(decode(b"\xef\xbb\xbfa"), ("a".to_owned(), None));
    }

    #[test]
    fn a_dash_from_an_old_spreadsheet_is_kept() {
        assert_eq!(decode(b"a \x96 \xe9"), ("a – é".to_owned(), Some(2)));
    }
}
