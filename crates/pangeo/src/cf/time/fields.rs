//! Reading short texts piece by piece, and showing them in errors.

/// The text between quotes, cut to a length that fits an error line.
pub(super) fn quote(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("'{}…'", text.get(..end).unwrap_or_default().escape_debug()),
        None => format!("'{}'", text.escape_debug()),
    }
}

/// A place in a text, moving forward only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

/// A run of ASCII digits: its value and how many there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    pub(super) value: u64,
    pub(super) count: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Move past any of `wanted`.
    pub(super) fn eat(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| wanted.contains(c))?;
        self.rest = self.rest.get(found.len_utf8()..)?;
        Some(found)
    }

    /// Move past `word`, whatever its case, unless it goes on with a letter.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let Some((head, tail)) = self.rest.split_at_checked(word.len()) else { return false };
        let matches = head.eq_ignore_ascii_case(word) && !tail.starts_with(char::is_alphabetic);
        if matches {
            self.rest = tail;
        }
        matches
    }

    /// Move past blanks; whether there were any.
    pub(super) fn skip_blanks(&mut self) -> bool {
        let trimmed = self.rest.trim_start();
        let skipped = trimmed.len() < self.rest.len();
        self.rest = trimmed;
        skipped
    }

    /// The run of characters that `wanted` accepts, perhaps empty.
    pub(super) fn run(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (head, tail) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    /// A run of 1 to 18 digits; stays where it is if there is none or it is longer.
    pub(super) fn digits(&mut self) -> Option<Digits> {
        let mut ahead = *self;
        let run = ahead.run(|c| c.is_ascii_digit());
        let value = run.parse().ok().filter(|_| run.len() <= 18)?;
        *self = ahead;
        Some(Digits { value, count: run.len() })
    }

    /// The nanoseconds of a fraction of a second, digits behind the point; digits past the ninth are cut.
    pub(super) fn fraction(&mut self) -> Option<(u32, usize)> {
        let run = self.run(|c| c.is_ascii_digit());
        let nine: String = run.chars().chain("000000000".chars()).take(9).collect();
        (!run.is_empty()).then(|| Some((nine.parse().ok()?, run.len().min(9))))?
    }
}
