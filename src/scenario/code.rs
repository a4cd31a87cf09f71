//! The closed list of things that can be wrong with a scenario, each with its documentation.

use serde::Serialize;

macro_rules! codes {
    ($( $variant:ident = $word:literal, $doc:literal; )*) => {
        /// What is wrong, as one word that `thumbscale explain` documents.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $( #[doc = $doc] $variant, )*
        }

        impl Code {
            /// Every code, in the order documented.
            pub const ALL: &[Code] = &[$( Code::$variant ),*];

            /// The word shown in messages.
            pub fn word(self) -> &'static str {
                match self { $( Code::$variant => $word, )* }
            }

            /// What it means and what to do about it.
            pub fn documentation(self) -> &'static str {
                match self { $( Code::$variant => $doc, )* }
            }
        }
    };
}

codes! {
    Unreadable = "unreadable", "The file cannot be read: it does not exist, is a folder, or may not be opened. Check the path; `thumbscale presets` lists the scenarios that need no file.";
    TooLarge = "too_large", "A scenario file is at most 1 MiB. A larger file is refused before it is read, because it is almost surely not a scenario.";
    NotUtf8 = "not_utf8", "Scenario files are UTF-8 text. The message names the first byte that is not; save the file again as UTF-8.";
    Syntax = "syntax", "The text is not TOML. Strings need quotes, tables are written as `[name]`, a key is given once. See toml.io.";
    BadBase = "bad_base", "`base` names the scenario that this one starts from: a path in the folder of this file or below: not an absolute one, without `..`, and no link that leads elsewhere. `base = false` starts from nothing, without the built-in prompts, behaviours, segments and signals.";
    BaseCycle = "base_cycle", "A file inherits from itself, directly or through others. Remove one `base`.";
    BadSet = "bad_set", "`--set` takes one key and one TOML value, as in `--set policy.kl_strength=0.2`. Words need no quotes. `base` cannot be set this way.";
    SetWithoutEffect = "set_without_effect", "A `--set` changes a key that an active factor sets as well, from round 1 on: the factor wins and the `--set` would do nothing after the warm-up. Set the factor's own value (`factors.NAME.set.KEY=...`) or switch the factor off.";
    UnknownKey = "unknown_key", "No such key here. Unknown keys are refused so that a misspelt one cannot be ignored. `thumbscale explain` lists all keys.";
    UnknownName = "unknown_name", "The name of a behaviour, factor or prompt kind that the scenario does not declare.";
    UnknownWord = "unknown_word", "The key accepts only the words of a closed list.";
    BadName = "bad_name", "Names of prompts, behaviours, segments, signals and factors become column and folder names: letters, digits, '-' and '_', at most 64.";
    NothingToRemove = "nothing_to_remove", "`name = false` removes an inherited entry of a list, but no such entry is inherited.";
    WrongType = "wrong_type", "The value has another type than the key: numbers, true and false are written without quotes, words with quotes, whole numbers without a decimal point. Values are never converted.";
    OutOfRange = "out_of_range", "The number lies outside the range that the key accepts. `thumbscale explain KEY` prints the range and where the default comes from.";
    NotFinite = "not_finite", "Infinities and NaN are no quantities of the model.";
    BadDate = "bad_date", "Dates are written \"YYYY-MM-DD\" and must exist in the calendar.";
    Shares = "shares", "The shares of all prompts, and of all segments, sum to 1. An inherited entry counts too: change its share or remove it with `name = false`.";
    Empty = "empty", "A scenario needs at least one kind of prompt, one behaviour and one segment; and one signal with a positive weight, unless nothing is learned (policy.learning_rate = 0).";
    TooMany = "too_many", "The scenario declares more than the program handles: at most 24 behaviours, 24 features (\"tastes\" counts one per behaviour), 64 prompt kinds, 32 segments, 16 signals, 32 factors.";
    Duplicate = "duplicate", "The same word is listed twice.";
    Inconsistent = "inconsistent", "Two values contradict each other; the message says which.";
    ChangesDuringRun = "changes_during_run", "A run starts with a warm-up in which no factor holds, and a factor changes something that is fixed for the whole run: its length and seeds, the clock, the number of users or topics, the levels and features of the policy, the names of prompts, behaviours, segments and signals, or the shares of segments. Give it outside the factor; a signal with weight 0 does nothing.";
}

impl Code {
    /// The code with this name.
    pub fn from_word(word: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_one_in_json() {
        for &code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.word());
            assert_eq!(Code::from_word(code.word()), Some(code));
        }
    }
}
