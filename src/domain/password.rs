//! What a password that a person chooses must be: long, and not the first that is guessed.
//!
//! After NIST SP 800-63B, 3.1.1.2: a length and a list of known ones, no rules about signs.

/// The fewest characters.
pub const SHORTEST_PASSWORD: usize = 10;
/// The most characters; hashing more would only cost time.
pub const LONGEST_PASSWORD: usize = 200;

/// Known passwords of at least ten characters, without digits and signs at their end.
const KNOWN: &[&str] = &[
    "password",
    "motdepasse",
    "qwertyuiop",
    "azertyuiop",
    "administrator",
    "administrateur",
    "welcome",
    "bienvenue",
    "changeme",
    "iloveyou",
    "letmein",
    "superman",
    "football",
    "starwars",
    "princess",
    "sunshine",
    "correcthorsebatterystaple",
    "qwerty",
    "azerty",
    "vigie",
    "admin",
];

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`SHORTEST_PASSWORD`] characters.
    #[error("a password wants at least {SHORTEST_PASSWORD} characters")]
    TooShort,
    /// More than [`LONGEST_PASSWORD`] characters.
    #[error("a password has at most {LONGEST_PASSWORD} characters")]
    TooLong,
    /// One of the first that are tried.
    #[error("this password is among the first that are guessed")]
    Guessable,
}

/// Whether somebody with this address may use this password.
pub fn check_password(password: &str, email: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(PasswordFault::TooShort);
    }
    if length > LONGEST_PASSWORD {
        return Err(PasswordFault::TooLong);
    }
    if is_guessable(&password.to_lowercase(), &email.to_lowercase()) {
        return Err(PasswordFault::Guessable);
    }
    Ok(())
}

fn is_guessable(password: &str, email: &str) -> bool {
    let stem = password.trim_end_matches(|sign: char| !sign.is_alphabetic());
    let mut signs = password.chars();
    let first = signs.next();
    let local = email.split('@').next().unwrap_or_default();
    password == email
        || stem == local
        || KNOWN.contains(&stem)
        || signs.all(|sign| Some(sign) == first)
        || "01234567890123456789".contains(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_phrase_is_fine_whatever_its_signs() {
        for good in [
            "correct horse battery staple",
            "été à la mer",
            "xkcd-936-yes",
        ] {
            assert_eq!(check_password(good, "ada@acme.example"), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for bad in [
            "Password123!",
            "1234567890",
            "aaaaaaaaaaaa",
            "ada@acme.example",
            "qwertyuiop",
            "bienvenue2026",
        ] {
            let refused = check_password(bad, "ada@acme.example");
            assert_eq!(refused, Err(PasswordFault::Guessable), "{bad}");
        }
    }

    #[test]
    fn the_length_counts_characters_not_bytes() {
        assert_eq!(check_password("éééé", "a@b"), Err(PasswordFault::TooShort));
        let long = "ab".repeat(LONGEST_PASSWORD);
        assert_eq!(check_password(&long, "a@b"), Err(PasswordFault::TooLong));
    }
}
