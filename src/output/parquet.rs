//! Tables as Parquet, with units and meanings in the file's key-value metadata.

use super::error::OutputError;
use crate::measure::table::{Column, Table, Values};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::io::Write;
use std::sync::Arc;

/// The table as a Parquet file. `facts` (version, scenario hash, seed) go into the metadata beside
/// `thumbscale.unit.<column>` and `thumbscale.meaning.<column>`.
///
/// Real numbers are optional columns: NaN becomes null, which every reader treats as missing.
///
/// # Errors
/// If the Parquet library refuses the table.
pub fn to_parquet(name: &str, table: &Table, facts: &[(&str, String)]) -> Result<Vec<u8>, OutputError> {
    let mut stream = ParquetStream::new(Vec::new(), name, table, facts)?;
    stream.write(table)?;
    stream.close()
}

/// A Parquet file that is written piece by piece, for tables that do not fit in memory.
pub struct ParquetStream<W: Write + Send> {
    name: String,
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> ParquetStream<W> {
    /// Begins a file of tables with the columns of `layout`.
    ///
    /// # Errors
    /// As [`to_parquet`].
    pub fn new(to: W, name: &str, layout: &Table, facts: &[(&str, String)]) -> Result<Self, OutputError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("thumbscale {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(metadata(layout, facts)))
            .build();
        let writer = schema(layout).and_then(|it| SerializedFileWriter::new(to, it, Arc::new(properties)));
        let writer = writer.map_err(|error| OutputError::format(name, error))?;
        Ok(Self { name: name.to_string(), writer })
    }

    /// Appends the rows of a table as a row group.
    ///
    /// # Errors
    /// As [`to_parquet`].
    pub fn write(&mut self, table: &Table) -> Result<(), OutputError> {
        write_group(&mut self.writer, table).map_err(|error| OutputError::format(&self.name, error))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`to_parquet`].
    pub fn close(self) -> Result<W, OutputError> {
        let Self { name, writer } = self;
        writer.into_inner().map_err(|error| OutputError::format(&name, error))
    }
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    table: &Table,
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in &table.columns {
        if let Some(mut target) = group.next_column()? {
            write_column(column, &mut target)?;
            target.close()?;
        }
    }
    group.close().map(drop)
}

fn metadata(table: &Table, facts: &[(&str, String)]) -> Vec<KeyValue> {
    let mut entries: Vec<KeyValue> =
        facts.iter().map(|(key, value)| KeyValue::new(format!("thumbscale.{key}"), value.clone())).collect();
    for column in &table.columns {
        entries.push(KeyValue::new(format!("thumbscale.unit.{}", column.name), column.unit.to_string()));
        entries.push(KeyValue::new(format!("thumbscale.meaning.{}", column.name), column.meaning.clone()));
    }
    entries
}

fn schema(table: &Table) -> Result<TypePtr, ParquetError> {
    let fields = table.columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<_, _>>()?;
    Type::group_type_builder("thumbscale").with_fields(fields).build().map(Arc::new)
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, repetition, logical) = match column.values {
        Values::Number(_) => (PhysicalType::DOUBLE, Repetition::OPTIONAL, None),
        Values::Integer(_) => (PhysicalType::INT64, Repetition::REQUIRED, None),
        Values::Text(_) => (PhysicalType::BYTE_ARRAY, Repetition::REQUIRED, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .build()
}

fn write_column(column: &Column, target: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
    match &column.values {
        Values::Number(values) => {
            let present: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(!value.is_nan())).collect();
            target.typed::<DoubleType>().write_batch(&present, Some(&levels), None)?;
        }
        Values::Integer(values) => {
            target.typed::<Int64Type>().write_batch(values, None, None)?;
        }
        Values::Text(values) => {
            let bytes: Vec<ByteArray> = values.iter().map(|text| ByteArray::from(text.as_str())).collect();
            target.typed::<ByteArrayType>().write_batch(&bytes, None, None)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    fn table() -> Table {
        let mut table = Table::default();
        for (variant, round, value) in [("none", 1, 0.25), ("all – ü", i64::MAX, f64::NAN)] {
            table.push(vec![
                Entry::text("variant", "Which factors are on.", variant),
                Entry::integer("round", "rounds", "Update round.", round),
                Entry::number("kl", "nats", "Distance from the reference.", value),
            ]);
        }
        table
    }

    fn reader(bytes: Vec<u8>) -> SerializedFileReader<std::fs::File> {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        SerializedFileReader::new(file).unwrap()
    }

    #[test]
    fn values_come_back_and_nan_is_null() {
        let file = reader(to_parquet("rounds", &table(), &[]).unwrap());
        let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows[0].get_string(0).unwrap(), "none");
        assert_eq!(rows[1].get_string(0).unwrap(), "all – ü");
        assert_eq!(rows[1].get_long(1).unwrap(), i64::MAX);
        assert_eq!(rows[0].get_double(2).unwrap(), 0.25);
        assert!(rows[1].get_double(2).is_err(), "null is no number");
    }

    #[test]
    fn units_and_facts_are_in_the_metadata() {
        let bytes = to_parquet("rounds", &table(), &[("seed", "7".to_string())]).unwrap();
        let file = reader(bytes);
        let entries = file.metadata().file_metadata().key_value_metadata().unwrap();
        let value = |key: &str| entries.iter().find(|entry| entry.key == key).and_then(|e| e.value.clone());
        assert_eq!(value("thumbscale.unit.kl").as_deref(), Some("nats"));
        assert_eq!(value("thumbscale.meaning.round").as_deref(), Some("Update round."));
        assert_eq!(value("thumbscale.seed").as_deref(), Some("7"));
    }
}
