//! Tables as JSON: a list of rows, each an object by column name; NaN as null.

use crate::measure::table::{Column, Table, Values};
use serde_json::{Map, Value};

/// The table as a JSON value.
pub fn to_json(table: &Table) -> Value {
    let row = |row: usize| {
        let fields = table.columns.iter().map(|column| (column.name.clone(), cell(column, row)));
        Value::Object(fields.collect::<Map<String, Value>>())
    };
    Value::Array((0..table.rows()).map(row).collect())
}

/// One cell. JSON has no NaN and no infinity; both become null.
fn cell(column: &Column, row: usize) -> Value {
    match &column.values {
        Values::Number(values) => Value::from(values[row]),
        Values::Integer(values) => Value::from(values[row]),
        Values::Text(values) => Value::from(values[row].clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;

    #[test]
    fn rows_are_objects_and_nan_is_null() {
        let mut table = Table::default();
        table.push(vec![
            Entry::text("variant", "", "all"),
            Entry::integer("round", "", "", 1),
            Entry::number("x", "", "", f64::NAN),
        ]);
        assert_eq!(to_json(&table).to_string(), r#"[{"variant":"all","round":1,"x":null}]"#);
    }
}
