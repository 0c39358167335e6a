//! Patterns of texts, and what makes texts alike.

use super::node::Fold;

/// A pattern of `LIKE`: `%` is any text, `_` one character, `\` takes the next as it is.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Any,
    One,
    Just(char),
}

impl Pattern {
    pub(super) fn of(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let piece = match c {
                '%' => Piece::Any,
                '_' => Piece::One,
                '\\' => Piece::Just(rest.next().unwrap_or('\\')),
                c => Piece::Just(c),
            };
            if piece != Piece::Any || pieces.last() != Some(&Piece::Any) {
                pieces.push(piece);
            }
        }
        Self(pieces)
    }

    /// Whether the whole text is so. Each `%` takes as little as it must: what follows the last one decides, so that it
    /// never needs to go back further.
    pub(super) fn fits(&self, text: &str) -> bool {
        let (mut pieces, mut rest) = (self.0.as_slice(), text.chars());
        let mut retry: Option<(&[Piece], std::str::Chars)> = None;
        loop {
            match (pieces.split_first(), rest.clone().next()) {
                (None, None) => return true,
                (Some((Piece::Any, after)), _) => {
                    retry = Some((after, rest.clone()));
                    pieces = after;
                    continue;
                }
                (Some((piece, after)), Some(c)) if *piece == Piece::One || *piece == Piece::Just(c) => {
                    pieces = after;
                    rest.next();
                    continue;
                }
                _ => {}
            }
            let Some((after, mut from)) = retry.take() else { return false };
            if from.next().is_none() {
                return false;
            }
            retry = Some((after, from.clone()));
            (pieces, rest) = (after, from);
        }
    }
}

/// A text without the differences that do not count.
pub(super) fn folded(fold: Fold, text: &str) -> String {
    match fold {
        Fold::Case => text.to_lowercase(),
        Fold::Accents => unaccent::unaccent(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("landsat%", "landsat-8", true),
            ("landsat%", "a landsat", false),
            ("%sat%8", "landsat-8 and sat-8", true),
            ("%sat%8", "landsat-8x", false),
            ("_b", "éb", true),
            ("_", "", false),
            ("a\\%", "a%", true),
            ("a\\%", "ab", false),
            ("%%a%%", "bab", true),
            ("%ab%ab", "abab", true),
            ("%ab%ab", "abaab ab", true),
            ("a_c%", "abcde", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::of(pattern).fits(text), expected, "{pattern} {text}");
        }
        let long = "a".repeat(20_000);
        assert!(!Pattern::of(&"%a".repeat(200)).fits(&format!("{long}b")));
    }
}
