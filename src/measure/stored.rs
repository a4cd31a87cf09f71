//! Tables as a checkpoint stores them: with the type of every column, and numbers bit for bit.

use super::table::{Column, Table, Values};
use super::units::known_unit;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct StoredColumn<'a> {
    name: Cow<'a, str>,
    unit: Cow<'a, str>,
    meaning: Cow<'a, str>,
    values: StoredValues<'a>,
}

/// As [`Values`], but for formats that do not say of themselves which kind they hold.
#[derive(Serialize, Deserialize)]
enum StoredValues<'a> {
    Number(Cow<'a, [f64]>),
    Integer(Cow<'a, [i64]>),
    Text(Cow<'a, [String]>),
}

/// Writes a table.
///
/// # Errors
/// If the serialiser fails.
pub fn serialize<S: Serializer>(table: &Table, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(table.columns.iter().map(StoredColumn::of))
}

/// Reads a table.
///
/// # Errors
/// If it is none.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table, D::Error> {
    let stored: Vec<StoredColumn> = Deserialize::deserialize(deserializer)?;
    let table = Table { columns: stored.into_iter().map(StoredColumn::into_column).collect() };
    match table.columns.iter().all(|column| column.rows() == table.rows()) {
        true => Ok(table),
        false => Err(D::Error::custom("columns of different lengths")),
    }
}

impl<'a> StoredColumn<'a> {
    fn of(column: &'a Column) -> Self {
        let values = match &column.values {
            Values::Number(values) => StoredValues::Number(Cow::Borrowed(values)),
            Values::Integer(values) => StoredValues::Integer(Cow::Borrowed(values)),
            Values::Text(values) => StoredValues::Text(Cow::Borrowed(values)),
        };
        let (name, meaning) = (Cow::Borrowed(&*column.name), Cow::Borrowed(&*column.meaning));
        Self { name, unit: Cow::Borrowed(column.unit), meaning, values }
    }

    fn into_column(self) -> Column {
        // A unit that is missing in the list is kept for the life of the program: a word per column at most.
        let unit = known_unit(&self.unit).unwrap_or_else(|| self.unit.into_owned().leak());
        let values = match self.values {
            StoredValues::Number(values) => Values::Number(values.into_owned()),
            StoredValues::Integer(values) => Values::Integer(values.into_owned()),
            StoredValues::Text(values) => Values::Text(values.into_owned()),
        };
        Column { name: self.name.into_owned(), unit, meaning: self.meaning.into_owned(), values }
    }
}
