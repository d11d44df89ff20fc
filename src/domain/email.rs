//! E-mail addresses: what people sign in with.

use super::visible;
use std::borrow::Cow;

/// The address as it is kept, in lower case; none when it is no address. Only its shape is
/// looked at: whether somebody reads it, a mail tells.
pub fn normal_email(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let complete = !local.is_empty() && !domain.is_empty() && text.len() <= 254;
    let plain = matches!(visible(text), Cow::Borrowed(_)) && !text.contains(char::is_whitespace);
    (complete && plain).then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case_and_anything_else_is_refused() {
        assert_eq!(
            normal_email("Ada@Acme.example").unwrap(),
            "ada@acme.example"
        );
        for bad in [
            "",
            "ada",
            "@acme.example",
            "ada@",
            "a da@b",
            "a@b\n",
            "a\u{202e}@b",
        ] {
            assert!(normal_email(bad).is_none(), "{bad:?}");
        }
    }
}
