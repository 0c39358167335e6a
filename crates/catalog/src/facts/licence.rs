//! From what a file says of its licence to an identifier of SPDX.

/// Identifiers of the SPDX licence list (3.27) that data come under and that are recognised as they are written.
const PLAIN: [&str; 14] = [
    "CC0-1.0",
    "PDDL-1.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "OGL-UK-3.0",
    "OGL-Canada-2.0",
    "etalab-2.0",
    "DL-DE-BY-2.0",
    "DL-DE-ZERO-2.0",
    "NLOD-2.0",
    "MIT",
    "Apache-2.0",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
];

/// The identifier, or `other`: a Creative Commons licence by its name, its short name or its address, and licences of
/// which the text is the identifier alone. Texts that name two licences are `other`.
///
/// ```
/// use catalog::facts::licence;
/// assert_eq!(licence("Creative Commons Attribution-ShareAlike 4.0 International License"), "CC-BY-SA-4.0");
/// assert_eq!(licence("https://creativecommons.org/publicdomain/zero/1.0/"), "CC0-1.0");
/// assert_eq!(licence("ask the author"), "other");
/// ```
pub fn licence(text: &str) -> String {
    let plain = text.trim().trim_start_matches("https://spdx.org/licenses/").replace(' ', "-");
    if let Some(found) = PLAIN.iter().find(|id| id.eq_ignore_ascii_case(&plain)) {
        return (*found).to_owned();
    }
    let words: Vec<String> = text
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .map(|word| word.trim_matches('.').to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: Vec<String> = (0..words.len()).filter_map(|at| commons(words.get(at..)?)).collect();
    found.dedup();
    match found.as_slice() {
        [one] => one.clone(),
        _ => "other".to_owned(),
    }
}

/// A licence of Creative Commons that begins with the first of these words.
fn commons(words: &[String]) -> Option<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest = match words.as_slice() {
        ["cc0", ..] | ["creativecommons.org", "publicdomain", "zero", ..] | ["publicdomain", "zero", ..] => {
            return Some("CC0-1.0".to_owned());
        }
        ["creativecommons.org" | "www.creativecommons.org", "licenses", rest @ ..]
        | ["creative", "commons", rest @ ..]
        | ["cc", rest @ ..] => rest,
        _ => return None,
    };
    let [mut by, mut nc, mut nd, mut sa] = [false; 4];
    for word in rest {
        match *word {
            "by" | "attribution" => by = true,
            "nc" | "noncommercial" | "commercial" => nc = true,
            "nd" | "noderivatives" | "noderivs" | "derivatives" => nd = true,
            "sa" | "sharealike" | "alike" => sa = true,
            "non" | "no" | "share" | "licence" | "license" | "public" | "international" | "unported" | "version" => {}
            "4.0" | "3.0" | "2.5" | "2.0" | "1.0" if by => return Some(name([nc, nd, sa], word)),
            "4" if by => return Some(name([nc, nd, sa], "4.0")),
            _ => return None,
        }
    }
    None
}

fn name([nc, nd, sa]: [bool; 3], version: &str) -> String {
    let parts = [(true, "CC-BY"), (nc, "-NC"), (nd, "-ND"), (sa, "-SA")];
    let parts: String = parts.into_iter().filter(|(has, _)| *has).map(|(_, part)| part).collect();
    format!("{parts}-{version}")
}

/// The first web address in a text.
pub(super) fn address(text: &str) -> Option<String> {
    let from = [text.find("https://"), text.find("http://")].into_iter().flatten().min()?;
    let ends = |c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"' | '\'' | ',' | ';' | ']');
    let found = text.get(from..)?.split(ends).next()?;
    Some(found.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_by_name_short_name_and_address() {
        for (text, expected) in [
            ("CC-BY-4.0", "CC-BY-4.0"),
            ("cc by-nc-sa 4.0", "CC-BY-NC-SA-4.0"),
            ("CC BY 4", "CC-BY-4.0"),
            ("cc0-1.0", "CC0-1.0"),
            ("https://spdx.org/licenses/ODbL-1.0", "ODbL-1.0"),
            ("https://creativecommons.org/licenses/by-nc-nd/3.0/", "CC-BY-NC-ND-3.0"),
            (
                "CMIP6 model data produced by NCC is licensed under a Creative Commons Attribution ShareAlike 4.0 \
                 International License (https://creativecommons.org/licenses). Consult https://pcmdi.llnl.gov/CMIP6/",
                "CC-BY-SA-4.0",
            ),
            ("Creative Commons Attribution-NonCommercial 4.0", "CC-BY-NC-4.0"),
            ("Creative Commons Attribution 4.0 (https://creativecommons.org/licenses/by/4.0/)", "CC-BY-4.0"),
            ("CC-BY-4.0 or CC-BY-SA-4.0", "other"),
            ("Creative Commons", "other"),
            ("MIT", "MIT"),
            ("free", "other"),
            ("", "other"),
        ] {
            assert_eq!(licence(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_end_where_sentences_do() {
        assert_eq!(address("see (https://a.b/c) for it").as_deref(), Some("https://a.b/c"));
        assert_eq!(address("see http://a.b/c."), Some("http://a.b/c".to_owned()));
        assert_eq!(address("nothing"), None);
    }
}
