//! A TOML text as an ordered tree in which every key and value remembers where it was written.

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::source::{Layer, Origin, Source};
use indexmap::IndexMap;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Most syntax errors reported of one text.
const SYNTAX_ERRORS: usize = 100;

/// Entries in the order written.
pub type Table = IndexMap<String, Node>;

/// A key, its value, and where both were written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the key was written (for items of a list: the item).
    pub key: Origin,
    /// Where the value was written.
    pub at: Origin,
    /// The value.
    pub value: Value,
}

/// A TOML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text in quotes.
    Text(String),
    /// A whole number; `None` if it does not fit 64 bits.
    Integer(Option<i64>),
    /// A number with a point or exponent, `inf` or `nan`.
    Number(f64),
    /// `true` or `false`.
    Switch(bool),
    /// A date or time, which no key uses.
    Date,
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

impl Value {
    /// The TOML type, in words.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Integer(_) => "a whole number",
            Value::Number(_) => "a number with a decimal point",
            Value::Switch(_) => "true or false",
            Value::Date => "a date without quotes",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

impl Node {
    /// The entries, if it is a table.
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Whether it is the `false` that removes a list entry.
    pub fn is_removal(&self) -> bool {
        self.value == Value::Switch(false)
    }
}

/// The deepest node along the dotted `path` that the tree holds.
pub fn nearest_node<'a>(root: &'a Table, path: &str) -> Option<&'a Node> {
    let mut found = None;
    let mut table = Some(root);
    for step in path.split('.') {
        let Some(node) = table.and_then(|entries| entries.get(step)) else { break };
        found = Some(node);
        table = node.table();
    }
    found
}

/// The node at exactly the dotted `path`.
pub fn node_at<'a>(root: &'a Table, path: &str) -> Option<&'a Node> {
    let mut steps = path.split('.');
    let first = root.get(steps.next()?)?;
    steps.try_fold(first, |node, step| node.table()?.get(step))
}

/// Parses `text`, reporting every syntax error that the parser can recover from.
pub fn parse(source: &Arc<Source>) -> Result<Table, Vec<Diagnostic>> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        return Ok(table(source, root.get_ref()));
    }
    Err(errors.iter().take(SYNTAX_ERRORS).map(|error| syntax_error(source, error)).collect())
}

fn syntax_error(source: &Arc<Source>, error: &toml::de::Error) -> Diagnostic {
    let end = source.text.len();
    let origin = Origin::new(source, error.span().unwrap_or(end..end));
    Diagnostic::new(Code::Syntax, "", format!("not valid TOML: {}", error.message())).at(&origin)
}

fn table(source: &Arc<Source>, parsed: &DeTable<'_>) -> Table {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        (name.to_string(), node(source, key.span(), value))
    };
    parsed.iter().map(entry).collect()
}

fn node(source: &Arc<Source>, key: std::ops::Range<usize>, parsed: &toml::Spanned<DeValue<'_>>) -> Node {
    let at = Origin::new(source, parsed.span());
    Node { key: Origin::new(source, key), at, value: value(source, parsed.get_ref()) }
}

fn value(source: &Arc<Source>, parsed: &DeValue<'_>) -> Value {
    match parsed {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(digits) => Value::Integer(i64::from_str_radix(digits.as_str(), digits.radix()).ok()),
        DeValue::Float(digits) => Value::Number(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(on) => Value::Switch(*on),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| node(source, item.span(), item)).collect())
        }
        DeValue::Table(entries) => Value::Table(table(source, entries)),
    }
}

/// Reads one `--set key=value`. The value is TOML; a word that is not is taken as text.
pub fn parse_set(set: &str) -> Result<Table, Box<Diagnostic>> {
    let malformed = |source: &Arc<Source>| {
        let problem = Diagnostic::new(Code::BadSet, "", format!("--set {set:?} is not KEY=VALUE"));
        let problem = problem.at(&Origin::new(source, 0..source.text.len()));
        Box::new(problem.help("write one key and one value, as in --set policy.kl_strength=0.2"))
    };
    let source = set_source(set.to_string());
    let Some((key, word)) = set.split_once('=').filter(|_| !set.contains('\n')) else {
        return Err(malformed(&source));
    };
    if let Ok(table) = parse(&source) {
        return Ok(table);
    }
    let word = word.trim();
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_:. ".contains(c));
    let quoted = set_source(format!("{}=\"{word}\"", key.trim()));
    match parse(&quoted) {
        Ok(table) if is_word => Ok(table),
        _ => Err(malformed(&source)),
    }
}

fn set_source(text: String) -> Arc<Source> {
    Arc::new(Source { name: "--set".into(), text, layer: Layer::CommandLine })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source { name: "a.toml".into(), text: text.into(), layer: Layer::File })
    }

    #[test]
    fn every_key_and_value_knows_its_place() {
        let root = parse(&source("[memory]\nenabled = true\nsignals.thumbs.weight = 0x1F")).unwrap();
        let enabled = node_at(&root, "memory.enabled").unwrap();
        assert_eq!((enabled.key.line(), enabled.key.column()), (2, 1));
        assert_eq!((enabled.at.column(), &enabled.value), (11, &Value::Switch(true)));
        assert_eq!(node_at(&root, "memory.signals.thumbs.weight").unwrap().value, Value::Integer(Some(31)));
    }

    #[test]
    fn whole_numbers_beyond_64_bits_are_kept_as_such() {
        let root = parse(&source("a = 9223372036854775808\nb = -9_223\nc = 1_0.5e1\nd = -inf")).unwrap();
        assert_eq!(root["a"].value, Value::Integer(None));
        assert_eq!(root["b"].value, Value::Integer(Some(-9223)));
        assert_eq!(root["c"].value, Value::Number(105.0));
        assert_eq!(root["d"].value, Value::Number(f64::NEG_INFINITY));
    }

    #[test]
    fn several_syntax_errors_are_reported_at_once() {
        let errors = parse(&source("a = \nb = 1\nc 2\n")).unwrap_err();
        let mut lines: Vec<usize> =
            errors.iter().map(|error| error.origin.as_ref().unwrap().line()).collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn nesting_is_bounded() {
        let dotted = vec!["a"; 100_000].join(".");
        assert!(parse(&source(&format!("{dotted} = 1"))).is_err());
        assert!(parse(&source(&format!("a = {}", "[".repeat(100_000)))).is_err());
    }

    #[test]
    fn a_set_takes_toml_or_a_bare_word() {
        assert_eq!(node_at(&parse_set("a.b = 2").unwrap(), "a.b").unwrap().value, Value::Integer(Some(2)));
        assert_eq!(parse_set("a=exact").unwrap()["a"].value, Value::Text("exact".into()));
        for bad in ["", "a", "=1", "a=", "a=1\nb=2", "a=[1", "a=\"x", "[a]"] {
            assert_eq!(parse_set(bad).unwrap_err().code, Code::BadSet, "{bad}");
        }
    }
}
