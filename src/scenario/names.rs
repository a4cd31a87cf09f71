//! Key paths, names and the nearest valid name.

/// Longest accepted name.
const LONGEST_NAME: usize = 64;
/// Names longer than this are not worth comparing.
const LONGEST_COMPARED: usize = 200;

/// `path.key`, with quotes around a key that is no plain name.
pub fn join(path: &str, key: &str) -> String {
    let key = if is_name_like(key) { key.to_string() } else { format!("{key:?}") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Whether `name` may name a prompt, behaviour, segment, signal or factor.
pub fn is_name(name: &str) -> bool {
    is_name_like(name) && name.len() <= LONGEST_NAME
}

fn is_name_like(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The candidate most like `word`, if any is like it at all.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if word.len() > LONGEST_COMPARED {
        return None;
    }
    let word = word.to_lowercase();
    let alike = |candidate: &str| strsim::jaro_winkler(&word, candidate);
    let scored = candidates.into_iter().map(|candidate| (alike(candidate), candidate));
    let best = scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, candidate)| candidate.to_string())
}

/// `"a", "b" and "c"`, for messages.
pub fn list(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        None => "none".to_string(),
        Some((last, [])) => last.to_string(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_alike_or_none() {
        let keys = ["weight", "window_rounds", "rows"];
        assert_eq!(nearest("wieght", keys).as_deref(), Some("weight"));
        assert_eq!(nearest("Weight", keys).as_deref(), Some("weight"));
        assert_eq!(nearest("zzz", keys), None);
    }

    #[test]
    fn odd_keys_are_quoted_in_paths() {
        assert_eq!(join("a", "b-c"), "a.b-c");
        assert_eq!(join("a", "b.c\n"), "a.\"b.c\\n\"");
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&[] as &[&str]), "none");
    }
}
