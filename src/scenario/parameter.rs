//! How a scenario key is declared: once, with its meaning, unit, range, default and source.
//!
//! `section!` turns that declaration into the typed struct the engine reads, into the list that
//! `thumbscale explain` prints, into the JSON Schema that editors check against and into the reader
//! that turns a TOML table into the struct while collecting every error.

use super::document::Value;
use super::names::list;
pub use super::per_name::{PerBehaviour, PerSignal};
use super::read::{At, Notes, TableAt, bounds, read_number, read_whole};
use serde::{Deserialize, Serialize};

/// Everything a user may want to know about one scenario key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Name within its section, as written in the file.
    pub key: &'static str,
    /// What it is in the world, one or two sentences.
    pub meaning: &'static str,
    /// Unit, or "" for pure numbers and words.
    pub unit: &'static str,
    /// What values are accepted.
    pub kind: Kind,
    /// Default, as it would be written in TOML; `None` if the key must be given or is optional.
    pub default: Option<String>,
    /// Where the default comes from: a citation, or "assumed" with the range worth sweeping.
    pub source: &'static str,
}

/// The values a key accepts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A finite number within inclusive bounds.
    Number {
        /// Smallest accepted value.
        min: f64,
        /// Largest accepted value.
        max: f64,
    },
    /// A whole number within inclusive bounds.
    Integer {
        /// Smallest accepted value.
        min: f64,
        /// Largest accepted value.
        max: f64,
    },
    /// `true` or `false`.
    Switch,
    /// Free text.
    Text,
    /// One of a closed list of words.
    Choice(&'static [&'static str]),
    /// A list of words.
    Words,
    /// A table from behaviour name to number within inclusive bounds.
    PerBehaviour {
        /// Smallest accepted value.
        min: f64,
        /// Largest accepted value.
        max: f64,
    },
    /// A table from signal name to number within inclusive bounds.
    PerSignal {
        /// Smallest accepted value.
        min: f64,
        /// Largest accepted value.
        max: f64,
    },
}

impl Kind {
    /// The inclusive bounds, where there are any.
    pub fn range(&self) -> (f64, f64) {
        match *self {
            Kind::Number { min, max }
            | Kind::Integer { min, max }
            | Kind::PerBehaviour { min, max }
            | Kind::PerSignal { min, max } => (min, max),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// What is accepted, in words.
    pub fn words(&self) -> String {
        match self {
            Kind::Number { min, max } => format!("a number, {}", bounds(*min, *max, false)),
            Kind::Integer { min, max } => format!("a whole number, {}", bounds(*min, *max, true)),
            Kind::Switch => "true or false".into(),
            Kind::Text => "text".into(),
            Kind::Choice(words) => format!("one of {}", list(words)),
            Kind::Words => "a list of words".into(),
            Kind::PerBehaviour { min, max } => {
                format!("a table from behaviour to number, {}", bounds(*min, *max, false))
            }
            Kind::PerSignal { min, max } => {
                format!("a table from signal to number, {}", bounds(*min, *max, false))
            }
        }
    }
}

/// A type that can stand behind a scenario key.
pub trait ParameterType: Sized {
    /// What the type accepts, given the declared range (ignored by types without one).
    fn kind(min: f64, max: f64) -> Kind;
    /// The value as TOML text, `None` if there is nothing to write.
    fn to_toml(&self) -> Option<String>;
    /// The value as written, or `None` and a note of what is wrong with it.
    fn read(at: At<'_>, kind: &Kind, notes: &mut Notes) -> Option<Self>;
}

impl ParameterType for f64 {
    fn kind(min: f64, max: f64) -> Kind {
        Kind::Number { min, max }
    }
    fn to_toml(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
    fn read(at: At<'_>, kind: &Kind, notes: &mut Notes) -> Option<Self> {
        read_number(at, kind.range(), notes)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl ParameterType for $number {
            fn kind(min: f64, max: f64) -> Kind {
                Kind::Integer { min, max }
            }
            fn to_toml(&self) -> Option<String> {
                Some(self.to_string())
            }
            fn read(at: At<'_>, kind: &Kind, notes: &mut Notes) -> Option<Self> {
                let (min, max) = kind.range();
                let fitting = (min.max(0.0), max.min(<$number>::MAX as f64));
                <$number>::try_from(read_whole(at, fitting, notes)?).ok()
            }
        }
    )*};
}
whole_numbers!(u32, u64, usize);

impl ParameterType for bool {
    fn kind(_: f64, _: f64) -> Kind {
        Kind::Switch
    }
    fn to_toml(&self) -> Option<String> {
        Some(self.to_string())
    }
    fn read(at: At<'_>, _: &Kind, notes: &mut Notes) -> Option<Self> {
        match at.node.value {
            Value::Switch(on) => Some(on),
            _ => {
                notes.push(at.wrong_type("true or false"));
                None
            }
        }
    }
}

impl ParameterType for String {
    fn kind(_: f64, _: f64) -> Kind {
        Kind::Text
    }
    fn to_toml(&self) -> Option<String> {
        Some(quoted(self))
    }
    fn read(at: At<'_>, _: &Kind, notes: &mut Notes) -> Option<Self> {
        match &at.node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                notes.push(at.wrong_type("text in quotes"));
                None
            }
        }
    }
}

/// `text` as a TOML string.
pub fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

impl ParameterType for Vec<String> {
    fn kind(_: f64, _: f64) -> Kind {
        Kind::Words
    }
    fn to_toml(&self) -> Option<String> {
        let words: Vec<String> = self.iter().map(|word| quoted(word)).collect();
        Some(format!("[{}]", words.join(", ")))
    }
    fn read(at: At<'_>, _: &Kind, notes: &mut Notes) -> Option<Self> {
        let Value::List(items) = &at.node.value else {
            notes.push(at.wrong_type("a list of words in quotes"));
            return None;
        };
        let items: Vec<Option<String>> =
            items.iter().map(|node| String::read(At { path: at.path, node }, &Kind::Text, notes)).collect();
        items.into_iter().collect()
    }
}

/// A section of a scenario: a table with known keys.
pub trait Section: Default + Serialize + for<'de> Deserialize<'de> {
    /// Its keys, in the order declared.
    fn parameters() -> Vec<Parameter>;
    /// Reads a table, noting every problem; a key that is missing or wrong has its default.
    fn read(table: &TableAt<'_>, notes: &mut Notes) -> Self;
    /// Its keys and values as TOML.
    fn to_toml(&self) -> Vec<(&'static str, String)>;
}

/// Declares a section. Each key reads
/// `"meaning" key: type = default, "unit", min..max, "source";` (bounds are inclusive).
macro_rules! section {
    ($(#[$doc:meta])* $name:ident {
        $( $meaning:literal $key:ident : $kind:ty = $default:expr, $unit:literal, $min:literal .. $max:literal, $source:literal; )*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( #[doc = $meaning] pub $key: $kind, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $key: $default, )* }
            }
        }

        impl $crate::scenario::parameter::Section for $name {
            fn parameters() -> Vec<$crate::scenario::parameter::Parameter> {
                use $crate::scenario::parameter::ParameterType;
                let defaults = Self::default();
                vec![ $( $crate::scenario::parameter::Parameter {
                    key: stringify!($key),
                    meaning: $meaning,
                    unit: $unit,
                    kind: <$kind as ParameterType>::kind($min as f64, $max as f64),
                    default: defaults.$key.to_toml(),
                    source: $source,
                }, )* ]
            }

            fn read(
                table: &$crate::scenario::read::TableAt<'_>,
                notes: &mut $crate::scenario::read::Notes,
            ) -> Self {
                table.refuse_unknown(&[$( stringify!($key) ),*], notes);
                let defaults = Self::default();
                Self { $(
                    $key: table.value(stringify!($key), $min as f64, $max as f64, notes).unwrap_or(defaults.$key),
                )* }
            }

            fn to_toml(&self) -> Vec<(&'static str, String)> {
                use $crate::scenario::parameter::ParameterType;
                let values = [$( (stringify!($key), self.$key.to_toml()) ),*];
                values.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
            }
        }
    };
}
pub(crate) use section;

/// Declares a closed list of words as an enum that can stand behind a key.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident = $word:literal, )* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[$vdoc])* #[serde(rename = $word)] $variant, )*
        }

        impl $name {
            /// The word in scenario files and tables.
            pub fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }

        impl $crate::scenario::parameter::ParameterType for $name {
            fn kind(_: f64, _: f64) -> $crate::scenario::parameter::Kind {
                $crate::scenario::parameter::Kind::Choice(&[$($word),*])
            }
            fn to_toml(&self) -> Option<String> {
                Some(format!("{:?}", self.word()))
            }
            fn read(
                at: $crate::scenario::read::At<'_>,
                _: &$crate::scenario::parameter::Kind,
                notes: &mut $crate::scenario::read::Notes,
            ) -> Option<Self> {
                match $crate::scenario::read::read_word(at, &[$($word),*], notes)? {
                    $( $word => Some(Self::$variant), )*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use choice;
