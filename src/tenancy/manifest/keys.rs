//! Keys: how they may be spelled, and ranges of them.

/// The most keys one range may stand for.
const LONGEST_RANGE: u64 = 10_000;

/// Why a slug is refused.
pub(super) const SLUG_RULE: &str = "a slug is 1 to 40 lower-case letters, digits and single dashes, a letter first: [a-z][a-z0-9]*(-[a-z0-9]+)*";

/// Whether a text may be the slug of a client, and so a label of a host name.
pub(super) fn is_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(plain)
        && !text.ends_with('-')
        && !text.contains("--")
}

/// Whether a text is a host name, RFC 1123; neither `localhost` nor an address, whose last
/// part is a number.
pub(super) fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let named = text != "localhost" && !last.starts_with(|first: char| first.is_ascii_digit());
    named && text.len() <= 253 && text.split('.').all(label)
}

/// `A01..A20` as its keys; the number of digits is kept where both ends have it.
pub(super) fn expand(range: &str) -> Result<Vec<String>, String> {
    let wanted = || format!("`{range}` is not a range: write it like A01..A20 or pack-1..pack-12");
    let (first, last) = range.split_once("..").ok_or_else(wanted)?;
    let ((prefix, from), (same, to)) = (split_number(first), split_number(last));
    let (Ok(low), Ok(high)) = (from.parse::<u64>(), to.parse::<u64>()) else {
        return Err(wanted());
    };
    if prefix != same {
        return Err(format!("both ends of `{range}` must start alike"));
    }
    if low > high || high - low >= LONGEST_RANGE {
        return Err(format!(
            "`{range}` must go up and hold at most {LONGEST_RANGE} keys"
        ));
    }
    let width = if from.len() == to.len() {
        from.len()
    } else {
        0
    };
    Ok((low..=high)
        .map(|number| format!("{prefix}{number:0width$}"))
        .collect())
}

/// The digits at the end, and what stands before them.
fn split_number(text: &str) -> (&str, &str) {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    text.split_at(text.len() - digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_keeps_its_leading_zeros() {
        assert_eq!(expand("A08..A11").unwrap(), ["A08", "A09", "A10", "A11"]);
    }

    #[test]
    fn a_range_without_leading_zeros_grows() {
        assert_eq!(expand("p-9..p-11").unwrap(), ["p-9", "p-10", "p-11"]);
    }

    #[test]
    fn a_range_that_is_none_is_refused_with_the_reason() {
        for (range, reason) in [
            ("A1", "not a range"),
            ("A..B", "not a range"),
            ("A1..B2", "start alike"),
            ("A9..A1", "go up"),
            ("A0..A99999999", "at most"),
            ("A1..A99999999999999999999", "not a range"),
        ] {
            let message = expand(range).unwrap_err();
            assert!(message.contains(reason), "{range}: {message}");
        }
    }

    #[test]
    fn a_slug_is_a_host_label() {
        for good in ["a", "demo-parking", "acme2"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in [
            "",
            "Acme",
            "2acme",
            "a--b",
            "a-",
            "a.b",
            "é",
            &"a".repeat(41),
        ] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
