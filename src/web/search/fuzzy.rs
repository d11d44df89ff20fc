//! How well a word answers a word that somebody types.

/// Points for each way to answer, the best first.
const EXACT: u32 = 100;
const PREFIX: u32 = 80;
const INSIDE: u32 = 50;
const ONE_TYPO: u32 = 30;
const TWO_TYPOS: u32 = 15;

/// A word somebody typed, prepared to be compared with many.
#[derive(Debug)]
pub struct Wanted {
    text: String,
    letters: Vec<char>,
    signature: u64,
    typos: usize,
}

impl Wanted {
    /// Prepares a plain word.
    pub fn new(text: &str) -> Self {
        let letters: Vec<_> = text.chars().collect();
        Self {
            signature: signature(text),
            typos: typos_in(&letters),
            text: text.to_owned(),
            letters,
        }
    }

    /// How well a plain word answers, given its [`signature`]; none when it does not.
    pub fn score(&self, word: &str, signature: u64) -> Option<u32> {
        let missing = (self.signature & !signature).count_ones() as usize;
        if missing > self.typos {
            return None;
        }
        if missing == 0 {
            if word == self.text {
                return Some(EXACT);
            }
            if word.starts_with(&self.text) {
                return Some(PREFIX);
            }
            if self.letters.len() > 1 && word.contains(&self.text) {
                return Some(INSIDE);
            }
        }
        if self.typos == 0 {
            return None;
        }
        match self.distance(word) {
            1 => Some(ONE_TYPO),
            2 if self.typos > 1 => Some(TWO_TYPOS),
            _ => None,
        }
    }

    /// The least number of letters to add, drop, replace or swap so that this becomes the beginning
    /// of `word` (Damerau-Levenshtein, optimal string alignment, over all beginnings).
    fn distance(&self, word: &str) -> usize {
        let word: Vec<char> = word.chars().take(self.letters.len() + self.typos).collect();
        let width = word.len() + 1;
        let mut before: Vec<usize> = vec![0; width];
        let mut above: Vec<usize> = (0..width).collect();
        for (row, letter) in self.letters.iter().enumerate() {
            let mut line = vec![row + 1; width];
            for column in 1..width {
                let other = word[column - 1];
                let replaced = above[column - 1] + usize::from(*letter != other);
                let mut best = replaced.min(above[column] + 1).min(line[column - 1] + 1);
                let swapped = row > 0
                    && column > 1
                    && *letter == word[column - 2]
                    && self.letters[row - 1] == other;
                if swapped {
                    best = best.min(before[column - 2] + 1);
                }
                line[column] = best;
            }
            before = std::mem::replace(&mut above, line);
        }
        above.into_iter().min().unwrap_or(usize::MAX)
    }
}

/// Typos that are forgiven: none in short words and in numbers, where another one means another thing.
fn typos_in(letters: &[char]) -> usize {
    match letters.len() {
        _ if letters.iter().any(char::is_ascii_digit) => 0,
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// Which letters a word has, as bits: a word that lacks too many of the wanted ones is not looked at.
pub fn signature(word: &str) -> u64 {
    word.chars().fold(0, |bits, letter| {
        let bit = match letter {
            'a'..='z' => letter as u32 - 'a' as u32,
            '0'..='9' => 26 + letter as u32 - '0' as u32,
            other => 36 + other as u32 % 28,
        };
        bits | 1 << bit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(wanted: &str, word: &str) -> Option<u32> {
        Wanted::new(wanted).score(word, signature(word))
    }

    #[test]
    fn the_whole_word_is_better_than_its_beginning_and_that_than_its_inside() {
        assert_eq!(score("pack", "pack"), Some(EXACT));
        assert_eq!(score("pa", "pack"), Some(PREFIX));
        assert_eq!(score("ack", "pack"), Some(INSIDE));
        assert_eq!(score("a", "pack"), None);
    }

    #[test]
    fn a_typo_of_each_kind_is_forgiven_while_one_types() {
        for typed in ["voltge", "voltagee", "voltsge", "votlage", "volatg"] {
            assert_eq!(score(typed, "voltage"), Some(ONE_TYPO), "{typed}");
        }
        assert_eq!(score("tempreaturr", "temperature"), Some(TWO_TYPOS));
    }

    #[test]
    fn short_words_and_numbers_are_taken_at_their_word() {
        assert_eq!(score("b07", "b08"), None);
        assert_eq!(score("abc", "abd"), None);
        assert_eq!(score("general", "meter"), None);
    }
}
