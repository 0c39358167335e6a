//! `^{…}` raised and `_{…}` lowered.

/// A character and how it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) shows: char,
    /// Its size as a part of that of the text.
    pub(super) scale: f64,
    /// Its base line above that of the line, in parts of the size of the text.
    pub(super) rise: f64,
}

/// Sizes and shifts that keep raised figures between the middle and just above the top of capitals.
const SMALLER: f64 = 0.68;
const RAISE: f64 = 0.33;
const LOWER: f64 = -0.15;
/// Further levels are drawn as this one: they would be too small to read.
const DEEPEST: usize = 3;

/// The role of a character of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It shows.
    Letter,
    /// It belongs to a mark that opens a raised part.
    Raise,
    /// It belongs to a mark that opens a lowered part.
    Lower,
    /// It ends a raised or lowered part.
    Close,
}

/// The role of each character of `text`; a brace without its other half is a letter.
pub(super) fn roles(text: &[char]) -> Vec<Role> {
    let mut roles = vec![Role::Letter; text.len()];
    let mut open = Vec::new();
    for (index, c) in text.iter().enumerate() {
        match c {
            '{' => open.push((index, index.checked_sub(1).and_then(|before| text.get(before)))),
            '}' => {
                let role = match open.pop() {
                    Some((at, Some('^'))) => Some((at, Role::Raise)),
                    Some((at, Some('_'))) => Some((at, Role::Lower)),
                    _ => None,
                };
                if let Some((at, role)) = role {
                    for (place, role) in [(at.wrapping_sub(1), role), (at, role), (index, Role::Close)] {
                        if let Some(slot) = roles.get_mut(place) {
                            *slot = role;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    roles
}

/// A text without marks, for where there are no raised letters: digits become raised ones of Unicode, `m s⁻¹`.
pub fn plain(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let (mut raised, mut open) = (0_usize, Vec::new());
    let mut plain = String::new();
    for (&letter, role) in letters.iter().zip(roles(&letters)) {
        match (role, letter) {
            (Role::Letter, _) => plain.push(if raised > 0 { superscript(letter) } else { letter }),
            (Role::Raise | Role::Lower, '{') => {
                raised += usize::from(role == Role::Raise);
                open.push(role);
            }
            (Role::Close, _) => raised -= usize::from(open.pop() == Some(Role::Raise)),
            _ => {}
        }
    }
    plain
}

fn superscript(letter: char) -> char {
    match letter {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '−' | '-' => '⁻',
        '+' => '⁺',
        '0' | '4'..='9' => char::from_u32(0x2070 + (letter as u32 - '0' as u32)).unwrap_or(letter),
        _ => letter,
    }
}

/// The characters of `text` that show, in their order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let text: Vec<char> = text.chars().collect();
    let mut levels = vec![(1.0, 0.0)];
    let mut pieces = Vec::with_capacity(text.len());
    for (index, (c, role)) in text.iter().zip(roles(&text)).enumerate() {
        let (scale, rise) = levels.last().copied().unwrap_or((1.0, 0.0));
        match role {
            Role::Letter => {
                let next = text.get(index + 1);
                let minus = *c == '-' && levels.len() > 1 && next.is_some_and(char::is_ascii_digit);
                pieces.push(Piece { shows: if minus { '−' } else { *c }, scale, rise });
            }
            Role::Close => drop(levels.pop()),
            // Both characters of a mark have its role: the brace alone changes the level.
            Role::Raise | Role::Lower if *c == '{' => {
                let shift = if role == Role::Raise { RAISE } else { LOWER };
                let deep = levels.len() > DEEPEST;
                levels.push(if deep { (scale, rise) } else { (scale * SMALLER, rise + shift * scale) });
            }
            Role::Raise | Role::Lower => {}
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;

    fn shown(text: &str) -> String {
        pieces(text)
            .iter()
            .map(|piece| match piece.rise {
                rise if rise > 0.0 => format!("↑{}", piece.shows),
                rise if rise < 0.0 => format!("↓{}", piece.shows),
                _ => piece.shows.to_string(),
            })
            .collect()
    }

    #[test]
    fn braces_after_a_caret_or_an_underscore_raise_and_lower() {
        for (text, expected) in [
            ("kg m^{-2}", "kg m↑−↑2"),
            ("CO_{2} x", "CO↓2 x"),
            ("a^{b", "a^{b"),
            ("a}b_{c}}", "a}b↓c}"),
            ("x_1 ^2 {y}", "x_1 ^2 {y}"),
            ("e^{x{y}z}", "e↑x↑{↑y↑}↑z"),
            ("e^{x_{i}}", "e↑x↑i"),
            ("^{}", ""),
            ("{", "{"),
            ("m⁻²", "m⁻²"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
