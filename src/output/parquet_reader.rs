//! Reads back what [`to_parquet`](super::to_parquet) wrote.

use super::error::OutputError;
use crate::measure::table::{Column, Table, Values};
use crate::measure::units::known_unit;
use bytes::Bytes;
use parquet::basic::Type as PhysicalType;
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

/// The table in a Parquet file; null becomes NaN, an unknown unit "".
///
/// # Errors
/// If the file cannot be read or holds something else than such a table.
pub fn read_parquet(path: &Path) -> Result<Table, OutputError> {
    let file = File::open(path).map_err(|source| OutputError::io("open", path, source))?;
    decode(SerializedFileReader::new(file)).map_err(|error| OutputError::unreadable(path, error))
}

/// The table in the bytes of the file at `path`, with the facts that [`to_parquet`](super::to_parquet) put beside it.
///
/// # Errors
/// As [`read_parquet`].
pub fn parquet_with_facts(
    path: &Path,
    bytes: Vec<u8>,
) -> Result<(Table, BTreeMap<String, String>), OutputError> {
    let refused = |error: ParquetError| OutputError::unreadable(path, error);
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(refused)?;
    let entries = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let fact = |entry: KeyValue| Some((entry.key.strip_prefix("thumbscale.")?.to_string(), entry.value?));
    let facts = entries.into_iter().filter_map(fact).collect();
    Ok((decode(Ok(reader)).map_err(refused)?, facts))
}

/// The table in the bytes of a Parquet file.
///
/// # Errors
/// As [`read_parquet`].
pub(super) fn decode_parquet(bytes: Vec<u8>) -> Result<Table, ParquetError> {
    decode(SerializedFileReader::new(Bytes::from(bytes)))
}

fn decode<R: ChunkReader + 'static>(
    reader: Result<SerializedFileReader<R>, ParquetError>,
) -> Result<Table, ParquetError> {
    let reader = reader?;
    let description = reader.metadata().file_metadata().schema_descr_ptr();
    let mut table = Table::default();
    for column in description.columns() {
        table.columns.push(empty_column(column, &reader)?);
    }
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        for (index, column) in table.columns.iter_mut().enumerate() {
            append(&mut column.values, group.as_ref(), index)?;
        }
    }
    Ok(table)
}

fn empty_column(column: &ColumnDescriptor, reader: &dyn FileReader) -> Result<Column, ParquetError> {
    let values = match column.physical_type() {
        PhysicalType::DOUBLE => Values::Number(Vec::new()),
        PhysicalType::INT64 => Values::Integer(Vec::new()),
        PhysicalType::BYTE_ARRAY => Values::Text(Vec::new()),
        other => return Err(ParquetError::General(format!("column `{}` is of type {other}", column.name()))),
    };
    let unit = fact(reader, &format!("thumbscale.unit.{}", column.name()));
    let unit = known_unit(&unit).unwrap_or_default();
    let meaning = fact(reader, &format!("thumbscale.meaning.{}", column.name()));
    Ok(Column { name: column.name().to_string(), unit, meaning, values })
}

/// An entry of the file's metadata, "" if absent.
fn fact(reader: &dyn FileReader, key: &str) -> String {
    let entries = reader.metadata().file_metadata().key_value_metadata();
    let found = entries.and_then(|entries| entries.iter().find(|entry| entry.key == key));
    found.and_then(|entry| entry.value.clone()).unwrap_or_default()
}

fn append(values: &mut Values, group: &dyn RowGroupReader, index: usize) -> Result<(), ParquetError> {
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    match (values, group.get_column_reader(index)?) {
        (Values::Number(values), ColumnReader::DoubleColumnReader(mut reader)) => {
            let (mut present, mut levels) = (Vec::new(), Vec::new());
            reader.read_records(rows, Some(&mut levels), None, &mut present)?;
            let mut present = present.into_iter();
            // A required column has no levels: all values are there.
            levels.resize(rows, 1);
            values.extend(
                levels.iter().map(|&level| if level > 0 { present.next() } else { None }.unwrap_or(f64::NAN)),
            );
        }
        (Values::Integer(values), ColumnReader::Int64ColumnReader(mut reader)) => {
            reader.read_records(rows, None, None, values)?;
        }
        (Values::Text(values), ColumnReader::ByteArrayColumnReader(mut reader)) => {
            let mut words: Vec<ByteArray> = Vec::new();
            reader.read_records(rows, None, None, &mut words)?;
            values.extend(words.iter().map(|word| String::from_utf8_lossy(word.data()).into_owned()));
        }
        _ => return Err(ParquetError::General("a column changes its type".into())),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::{run_study, variants};
    use crate::output::to_parquet;
    use crate::scenario::Scenario;
    use std::ops::ControlFlow;

    #[test]
    fn the_tables_of_a_study_come_back() {
        let sets = ["population.users=300", "run.rounds=2", "run.warm_up_rounds=1"].map(String::from);
        let scenario = Scenario::preset("memory-only", &sets).unwrap();
        let study = run_study(&variants(&scenario).unwrap(), |_| ControlFlow::Continue(())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (name, table) in study.tables.named() {
            let path = folder.path().join(name);
            std::fs::write(&path, to_parquet(name, table, &[]).unwrap()).unwrap();
            // NaN differs from itself, so the tables are compared as they print.
            assert_eq!(format!("{:?}", read_parquet(&path).unwrap()), format!("{table:?}"), "{name}");
        }
    }

    #[test]
    fn what_is_no_parquet_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rounds.parquet");
        for bytes in [&b""[..], b"PAR1", b"PAR1 and then nothing that makes sense PAR1"] {
            std::fs::write(&path, bytes).unwrap();
            assert!(matches!(read_parquet(&path), Err(OutputError::Unreadable { .. })));
        }
    }
}
