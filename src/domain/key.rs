//! Keys: what sites, equipment, points and devices are called by manifests and by devices.

use std::borrow::Cow;

/// Why a key is refused.
pub const KEY_RULE: &str = "a key is 1 to 128 characters without blanks at its ends and \
     without / + # { } or invisible characters, since topics and paths are made of it";

/// Whether a text may be the key of anything.
pub fn is_key(text: &str) -> bool {
    let forbidden = |c: char| is_invisible(c) || "/+#{}".contains(c);
    (1..=128).contains(&text.chars().count()) && text.trim() == text && !text.contains(forbidden)
}

/// A text that a stranger sent, fit to be shown: what cannot be seen, or turns what
/// follows it around, is replaced.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_invisible) {
        Cow::Owned(text.replace(is_invisible, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Control characters, separators of lines, marks of zero width and of direction (Unicode, UAX 9).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_can_be_read_and_is_one_level_of_a_topic() {
        for good in [
            "A01",
            "pack-1",
            "Étage 2",
            "機器",
            "a.b:c",
            &"a".repeat(128),
        ] {
            assert!(is_key(good), "{good}");
        }
        for bad in [
            "",
            " a",
            "a/b",
            "a#",
            "{x}",
            "a\nb",
            "');alert(1);//",
            "x\u{2028}y\u{7}",
            "a\u{202e}b",
            "\u{feff}a",
            &"a".repeat(129),
        ] {
            assert!(!is_key(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_such() {
        assert_eq!(visible("a\u{202e}b\u{7}\n"), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert!(matches!(visible("plain é"), Cow::Borrowed(_)));
    }
}
