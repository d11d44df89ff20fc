//! The line: `$#g00152.3$#g002-1.20$`, fields of a letter, three digits and a value between `$`.

/// Longest value of a field.
const MAX_VALUE: usize = 32;
/// Fields of one message that are looked at.
const MAX_FIELDS: usize = 4_096;
/// What the field of the password begins with.
const SECRET: &[u8] = b"p002";

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) letter: char,
    pub(super) number: usize,
    pub(super) text: &'a str,
}

impl Field<'_> {
    pub(super) fn value(&self) -> Result<f64, String> {
        let number = self
            .text
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite());
        number.ok_or_else(|| format!("`{}{:03}` has no number", self.letter, self.number))
    }
}

/// All fields of some lines; what is none is told in words, without what it holds.
pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = Result<Field<'_>, &'static str>> {
    line.split(|byte| b"$\r\n".contains(byte))
        .filter(|field| !field.trim_ascii().is_empty())
        .take(MAX_FIELDS)
        .map(|field| {
            read(field.trim_ascii()).ok_or("a field is `#`, a letter, three digits and a value")
        })
}

fn read(field: &[u8]) -> Option<Field<'_>> {
    let text = std::str::from_utf8(field.strip_prefix(b"#").unwrap_or(field)).ok()?;
    let letter = text.chars().next().filter(char::is_ascii_lowercase)?;
    let number = text
        .get(1..4)
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let text = text.get(4..)?.trim();
    (text.len() <= MAX_VALUE).then_some(Field {
        letter,
        number: number.parse().ok()?,
        text,
    })
}

/// The same bytes without any password in them: every field that could be one is cut out, however
/// it is framed.
pub(crate) fn without_secrets(line: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest
        .windows(SECRET.len())
        .position(|some| some.eq_ignore_ascii_case(SECRET))
    {
        clean.extend_from_slice(&rest[..at]);
        // The `#` before it is a field without a name else.
        if clean.last() == Some(&b'#') {
            clean.pop();
        }
        let value = &rest[at + SECRET.len()..];
        let end = value.iter().position(|byte| b"$#\r\n".contains(byte));
        rest = &value[end.unwrap_or(value.len())..];
    }
    clean.extend_from_slice(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_fields() {
        let line = b"$#g00152.3$#g002-1.20$#z003000100$\r\n$#i0017$\r\n";
        let fields: Vec<_> = fields(line).map(Result::unwrap).collect();
        let read: Vec<_> = fields
            .iter()
            .map(|field| (field.letter, field.number, field.text))
            .collect();
        assert_eq!(
            read,
            [
                ('g', 1, "52.3"),
                ('g', 2, "-1.20"),
                ('z', 3, "000100"),
                ('i', 1, "7")
            ]
        );
    }

    #[test]
    fn a_password_is_gone_however_it_is_framed() {
        for line in [
            "$#p0021234$",
            "$#g00152.3$#p0021234$#g00380$",
            "#p0021234",
            "$#P0021234\r\n",
            "x#p0021234#g00152.3",
            "$#p002p0021234$",
        ] {
            let clean = String::from_utf8(without_secrets(line.as_bytes())).unwrap();
            assert!(!clean.contains("1234"), "{line} -> {clean}");
        }
        assert_eq!(without_secrets(b"$#g00152.3$#p0029$"), b"$#g00152.3$$");
    }
}
