//! How a scenario key is declared: once, with its meaning, unit, range, default and source.
//!
//! [`section!`] turns that declaration into the typed struct the engine reads, into the list that
//! `thumbscale explain` prints, into the JSON Schema that editors check against and into the reader
//! that turns a TOML table into the struct while collecting every error.

use indexmap::IndexMap;
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
}

/// A type that can stand behind a scenario key.
pub trait ParameterType: Sized {
    /// What the type accepts, given the declared range (ignored by types without one).
    fn kind(min: f64, max: f64) -> Kind;
    /// The value as TOML text, `None` if there is nothing to write.
    fn to_toml(&self) -> Option<String>;
}

impl ParameterType for f64 {
    fn kind(min: f64, max: f64) -> Kind {
        Kind::Number { min, max }
    }
    fn to_toml(&self) -> Option<String> {
        Some(format!("{self:?}"))
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
}

impl ParameterType for String {
    fn kind(_: f64, _: f64) -> Kind {
        Kind::Text
    }
    fn to_toml(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

impl ParameterType for Vec<String> {
    fn kind(_: f64, _: f64) -> Kind {
        Kind::Words
    }
    fn to_toml(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

/// Numbers per behaviour, in the order written.
pub type PerBehaviour = IndexMap<String, f64>;

impl ParameterType for PerBehaviour {
    fn kind(min: f64, max: f64) -> Kind {
        Kind::PerBehaviour { min, max }
    }
    fn to_toml(&self) -> Option<String> {
        let entries: Vec<String> = self.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
        Some(format!("{{ {} }}", entries.join(", ")))
    }
}

/// A section of a scenario: a table with known keys.
pub trait Section: Default + Serialize + for<'de> Deserialize<'de> {
    /// Its keys, in the order declared.
    fn parameters() -> Vec<Parameter>;
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

        impl $crate::scenario::parameter::ParameterType for $name {
            fn kind(_: f64, _: f64) -> $crate::scenario::parameter::Kind {
                $crate::scenario::parameter::Kind::Choice(&[$($word),*])
            }
            fn to_toml(&self) -> Option<String> {
                Some(match self { $( Self::$variant => format!("{:?}", $word), )* })
            }
        }
    };
}
pub(crate) use choice;
