//! All words of page and demo, in English and Chinese: `web/strings.json`.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Languages that there are words in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    #[value(name = "en")]
    English,
    /// Chinese, in simplified characters
    #[value(name = "zh")]
    Chinese,
}

/// The same in every language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    pub en: String,
    pub zh: String,
}

impl Phrase {
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }
}

/// A prompt, and the pieces that answers to it are made of. Pieces go from a low level of their behaviour to a high one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    pub id: String,
    /// Kind of prompt, as in a scenario.
    pub kind: String,
    /// Whether the user states a stance, so that there is something to defer to.
    pub stance: bool,
    pub ask: Phrase,
    /// By flattery.
    pub praise: Vec<Phrase>,
    /// By deference, then by substance.
    pub answer: Vec<Vec<Phrase>>,
    /// By amplification.
    pub urge: Vec<Phrase>,
}

/// The words that are needed outside the browser.
#[derive(Debug, Deserialize)]
pub struct Words {
    pub conversations: Vec<Conversation>,
    /// What the demo in the terminal says, by name.
    pub demo: BTreeMap<String, Phrase>,
}

const TEXT: &str = include_str!("../../web/strings.json");

/// The words.
pub fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| serde_json::from_str(TEXT).expect("web/strings.json is tested"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_conversation_has_all_its_pieces_in_both_languages() {
        let all = &words().conversations;
        assert!(all.len() >= 6, "{} conversations", all.len());
        assert!(all.iter().any(|it| it.id == "sky" && it.ask.en == "Why is the sky blue?"));
        for it in all {
            let rows = if it.stance { 3 } else { 1 };
            assert_eq!(it.answer.len(), rows, "{}", it.id);
            assert!(it.answer.iter().all(|row| row.len() >= 3), "{}", it.id);
            assert!(it.praise.len() >= 3 && it.urge.len() >= 3, "{}", it.id);
            for grades in [&it.praise, &it.urge] {
                assert!(
                    grades[0].en.is_empty() && grades[0].zh.is_empty(),
                    "{}: the lowest level adds nothing",
                    it.id
                );
            }
            let graded =
                it.praise.iter().chain(&it.urge).filter(|piece| {
                    !std::ptr::eq(*piece, &it.praise[0]) && !std::ptr::eq(*piece, &it.urge[0])
                });
            for piece in graded.chain(it.answer.iter().flatten()).chain([&it.ask]) {
                assert!(!piece.en.is_empty() && !piece.zh.is_empty(), "{}: {piece:?}", it.id);
            }
        }
    }
}
