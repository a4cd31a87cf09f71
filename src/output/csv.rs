//! Tables as CSV: real numbers in their shortest form that reads back to the same bits, NaN as an empty cell.

use super::error::OutputError;
use crate::measure::table::{Table, Values};

/// The table as CSV with a header line.
///
/// # Errors
/// If the CSV library refuses the table.
pub fn to_csv(name: &str, table: &Table) -> Result<Vec<u8>, OutputError> {
    encode(table).map_err(|error| OutputError::format(name, error))
}

fn encode(table: &Table) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(|column| &column.name))?;
    for row in 0..table.rows() {
        writer.write_record(table.columns.iter().map(|column| cell(&column.values, row)))?;
    }
    Ok(writer.into_inner()?)
}

/// One cell as text.
pub(crate) fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Number(values) if values[row].is_nan() => String::new(),
        // `{:?}` is the shortest decimal that round-trips; `{}` would write 1e300 as 301 digits.
        Values::Number(values) => format!("{:?}", values[row]),
        Values::Integer(values) => values[row].to_string(),
        Values::Text(values) => values[row].clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        let numbers = [0.1 + 0.2, -0.0, 1e300, f64::MIN_POSITIVE, f64::NAN, 1.0 / 3.0];
        let mut table = Table::default();
        for value in numbers {
            table.push(vec![
                Entry::text("reason", "Why.", "held, \"because\"\nof\ttests"),
                Entry::number("value", "", "A number.", value),
            ]);
        }
        let bytes = to_csv("test", &table).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for (record, expected) in reader.records().zip(numbers) {
            let record = record.unwrap();
            assert_eq!(&record[0], "held, \"because\"\nof\ttests");
            match &record[1] {
                "" => assert!(expected.is_nan()),
                text => assert_eq!(text.parse::<f64>().unwrap().to_bits(), expected.to_bits()),
            }
        }
    }
}
