//! Reads back what [`to_csv`](super::to_csv) wrote.

use super::error::OutputError;
use crate::measure::table::{Column, Table, Values};
use std::path::Path;

/// The table in a CSV file. A column is of whole numbers if all its cells are, of real numbers if all are numbers or empty
/// (NaN), else of text. Units and meanings are not in such a file: they are empty.
///
/// # Errors
/// If the file cannot be read or is no CSV with a header.
pub fn read_csv(path: &Path) -> Result<Table, OutputError> {
    let text = std::fs::read(path).map_err(|source| OutputError::io("read", path, source))?;
    decode(&text).map_err(|error| OutputError::unreadable(path, error))
}

fn decode(text: &[u8]) -> Result<Table, csv::Error> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers()?.clone();
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); header.len()];
    for record in reader.records() {
        for (column, cell) in cells.iter_mut().zip(&record?) {
            column.push(cell.to_string());
        }
    }
    let column = |(name, cells): (&str, Vec<String>)| Column {
        name: name.to_string(),
        unit: "",
        meaning: String::new(),
        values: values(cells),
    };
    Ok(Table { columns: header.iter().zip(cells).map(column).collect() })
}

fn values(cells: Vec<String>) -> Values {
    let whole: Option<Vec<i64>> = cells.iter().map(|cell| cell.parse().ok()).collect();
    let real = |cell: &String| if cell.is_empty() { Some(f64::NAN) } else { cell.parse().ok() };
    let real: Option<Vec<f64>> = cells.iter().map(real).collect();
    match (whole, real) {
        (Some(whole), _) if !whole.is_empty() => Values::Integer(whole),
        (_, Some(real)) => Values::Number(real),
        _ => Values::Text(cells),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;
    use crate::output::to_csv;

    #[test]
    fn values_come_back_with_their_types() {
        let mut table = Table::default();
        for (word, round, value) in [("none, \"so\"", 1, 0.1 + 0.2), ("7", -2, f64::NAN), ("", 3, 1e300)] {
            table.push(vec![
                Entry::text("word", "", word),
                Entry::integer("round", "", "", round),
                Entry::number("value", "", "", value),
            ]);
        }
        let read = decode(&to_csv("test", &table).unwrap()).unwrap();
        // NaN differs from itself, so the tables are compared as they print.
        assert_eq!(format!("{read:?}"), format!("{table:?}"));
    }

    #[test]
    fn rows_of_different_length_are_refused() {
        assert!(decode(b"a,b\n1\n").is_err());
    }
}
