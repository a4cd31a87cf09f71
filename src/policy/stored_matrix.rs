//! A matrix as a checkpoint stores it: its shape, then its numbers column by column.

use nalgebra::DMatrix;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a matrix.
///
/// # Errors
/// If the serialiser fails.
pub fn serialize<S: Serializer>(matrix: &DMatrix<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    (matrix.nrows(), matrix.ncols(), matrix.as_slice()).serialize(serializer)
}

/// Reads a matrix.
///
/// # Errors
/// If there are more or fewer numbers than its shape needs.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DMatrix<f64>, D::Error> {
    let (rows, columns, numbers): (usize, usize, Vec<f64>) = Deserialize::deserialize(deserializer)?;
    match rows.checked_mul(columns) == Some(numbers.len()) {
        true => Ok(DMatrix::from_vec(rows, columns, numbers)),
        false => Err(D::Error::custom("a matrix of another shape")),
    }
}
