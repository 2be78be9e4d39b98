//! Countries by their names, for lists that take codes: "Germany, Austria and Switzerland".

/// Codes of ISO 3166 with the names that people write, in English and German.
const COUNTRIES: [(&str, &[&str]); 36] = [
    ("AT", &["austria", "österreich"]),
    ("AU", &["australia", "australien"]),
    ("BE", &["belgium", "belgien"]),
    ("BR", &["brazil", "brasilien"]),
    ("CA", &["canada", "kanada"]),
    ("CH", &["switzerland", "schweiz"]),
    ("CN", &["china"]),
    ("CZ", &["czechia", "tschechien"]),
    ("DE", &["germany", "deutschland"]),
    ("DK", &["denmark", "dänemark"]),
    ("EE", &["estonia", "estland"]),
    ("ES", &["spain", "spanien"]),
    ("FI", &["finland", "finnland"]),
    ("FR", &["france", "frankreich"]),
    ("GB", &["britain", "uk", "großbritannien", "england"]),
    ("GR", &["greece", "griechenland"]),
    ("HR", &["croatia", "kroatien"]),
    ("HU", &["hungary", "ungarn"]),
    ("IE", &["ireland", "irland"]),
    ("IN", &["india", "indien"]),
    ("IT", &["italy", "italien"]),
    ("JP", &["japan"]),
    ("LI", &["liechtenstein"]),
    ("LT", &["lithuania", "litauen"]),
    ("LU", &["luxembourg", "luxemburg"]),
    ("LV", &["latvia", "lettland"]),
    ("MX", &["mexico", "mexiko"]),
    ("NL", &["netherlands", "niederlande", "niederlanden", "holland"]),
    ("NO", &["norway", "norwegen"]),
    ("PL", &["poland", "polen"]),
    ("PT", &["portugal"]),
    ("RO", &["romania", "rumänien"]),
    ("SE", &["sweden", "schweden"]),
    ("SI", &["slovenia", "slowenien"]),
    ("SK", &["slovakia", "slowakei"]),
    ("US", &["usa", "america"]),
];

/// The code of a country's name, in lower case.
pub(super) fn code(name: &str) -> Option<&'static str> {
    COUNTRIES.iter().find(|(_, names)| names.contains(&name)).map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_codes() {
        assert_eq!(code("germany"), Some("DE"));
        assert_eq!(code("schweiz"), Some("CH"));
        assert_eq!(code("de"), None);
        assert_eq!(code("office"), None);
    }
}
