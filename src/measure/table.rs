//! Tidy tables: named, typed columns with units, one observation per row.

use serde::Serialize;

/// The values of one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Values {
    /// Real numbers; NaN means "not applicable in this row".
    Number(Vec<f64>),
    /// Counts and indices.
    Integer(Vec<i64>),
    /// Words.
    Text(Vec<String>),
}

/// One variable of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// Name, the same in Parquet, CSV, JSON and on every page.
    pub name: String,
    /// Unit, "" for pure numbers and words.
    pub unit: &'static str,
    /// What it is, in one sentence.
    pub meaning: String,
    /// One value per row.
    pub values: Values,
}

/// A tidy table. All columns have the same number of rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// Columns in reading order.
    pub columns: Vec<Column>,
}

/// One value of a row under construction.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A real number.
    Number(f64),
    /// A count or index.
    Integer(i64),
    /// A word.
    Text(String),
}

/// A named value with its unit and meaning: one entry of a row that knows its own column.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Column name.
    pub name: String,
    /// Unit.
    pub unit: &'static str,
    /// Meaning.
    pub meaning: String,
    /// Value.
    pub cell: Cell,
}

impl Entry {
    /// A real number.
    pub fn number(
        name: impl Into<String>,
        unit: &'static str,
        meaning: impl Into<String>,
        value: f64,
    ) -> Self {
        Self { name: name.into(), unit, meaning: meaning.into(), cell: Cell::Number(value) }
    }

    /// A count or index.
    pub fn integer(
        name: impl Into<String>,
        unit: &'static str,
        meaning: impl Into<String>,
        value: i64,
    ) -> Self {
        Self { name: name.into(), unit, meaning: meaning.into(), cell: Cell::Integer(value) }
    }

    /// A word.
    pub fn text(name: impl Into<String>, meaning: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), unit: "", meaning: meaning.into(), cell: Cell::Text(value.into()) }
    }
}

/// A row: entries in column order.
pub type Row = Vec<Entry>;

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Column::rows)
    }

    /// Appends a row. The first row defines the columns.
    ///
    /// # Panics
    /// If a later row has other columns: rows of one table come from one function.
    pub fn push(&mut self, row: Row) {
        if self.columns.is_empty() {
            self.columns = row.iter().map(Column::empty_like).collect();
        }
        assert_eq!(self.columns.len(), row.len(), "a row has the columns of its table");
        for (column, entry) in self.columns.iter_mut().zip(row) {
            column.push(entry);
        }
    }

    /// Appends all rows of a table with the same columns.
    ///
    /// # Panics
    /// If the columns differ.
    pub fn append(&mut self, other: Table) {
        if self.columns.is_empty() {
            *self = other;
        } else if !other.columns.is_empty() {
            assert_eq!(self.columns.len(), other.columns.len(), "both tables have the same columns");
            for (column, other) in self.columns.iter_mut().zip(other.columns) {
                column.append(other);
            }
        }
    }

    /// A row again as entries.
    pub fn row(&self, row: usize) -> Row {
        self.columns.iter().map(|column| column.entry(row)).collect()
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The numbers of the column called `name` (integers converted); `None` if absent or text.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        match &self.column(name)?.values {
            Values::Number(values) => Some(values.clone()),
            Values::Integer(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Values::Text(_) => None,
        }
    }

    /// The words of the column called `name`; `None` if absent or not text.
    pub fn words(&self, name: &str) -> Option<&[String]> {
        match &self.column(name)?.values {
            Values::Text(values) => Some(values),
            _ => None,
        }
    }
}

impl Column {
    /// Number of values.
    pub fn rows(&self) -> usize {
        match &self.values {
            Values::Number(values) => values.len(),
            Values::Integer(values) => values.len(),
            Values::Text(values) => values.len(),
        }
    }

    fn empty_like(entry: &Entry) -> Self {
        let values = match entry.cell {
            Cell::Number(_) => Values::Number(Vec::new()),
            Cell::Integer(_) => Values::Integer(Vec::new()),
            Cell::Text(_) => Values::Text(Vec::new()),
        };
        Self { name: entry.name.clone(), unit: entry.unit, meaning: entry.meaning.clone(), values }
    }

    fn entry(&self, row: usize) -> Entry {
        let cell = match &self.values {
            Values::Number(values) => Cell::Number(values[row]),
            Values::Integer(values) => Cell::Integer(values[row]),
            Values::Text(values) => Cell::Text(values[row].clone()),
        };
        Entry { name: self.name.clone(), unit: self.unit, meaning: self.meaning.clone(), cell }
    }

    fn append(&mut self, other: Column) {
        assert_eq!(self.name, other.name, "both tables have the same columns");
        match (&mut self.values, other.values) {
            (Values::Number(values), Values::Number(mut more)) => values.append(&mut more),
            (Values::Integer(values), Values::Integer(mut more)) => values.append(&mut more),
            (Values::Text(values), Values::Text(mut more)) => values.append(&mut more),
            _ => panic!("column `{}` holds one type", self.name),
        }
    }

    fn push(&mut self, entry: Entry) {
        assert_eq!(self.name, entry.name, "entries come in column order");
        match (&mut self.values, entry.cell) {
            (Values::Number(values), Cell::Number(value)) => values.push(value),
            (Values::Integer(values), Cell::Integer(value)) => values.push(value),
            (Values::Text(values), Cell::Text(value)) => values.push(value),
            _ => panic!("column `{}` holds one type", self.name),
        }
    }
}
