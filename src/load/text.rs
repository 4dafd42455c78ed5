//! Bytes → text: UTF-8 with or without a byte-order mark, UTF-16 with one, or else Windows-1252.

/// Decodes a file. The second value is the byte of the text where Windows-1252 had to be assumed, `None` for UTF-8.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<usize>) {
    // A spreadsheet's "Unicode text" is UTF-16.
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text.into_owned(), None);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            let (before, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes[..error.valid_up_to()]);
            (text.into_owned(), Some(before.len()))
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
    fn utf_16_is_known_by_its_mark() {
        assert_eq!(decode(b"\xff\xfea\0\xe9\0"), ("aé".to_owned(), None));
    }

    #[test]
    fn a_dash_from_an_old_spreadsheet_is_kept() {
        assert_eq!(decode(b"a \x96 \xe9"), ("a – é".to_owned(), Some(2)));
        assert_eq!(decode(b"\xc2\xa3 \x96"), ("Â£ –".to_owned(), Some("Â£ ".len())));
    }
}
