//! A design: one row per point, one column per parameter.

/// Numbers in rows of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix without rows.
    pub fn new(columns: usize) -> Self {
        Self { columns, values: Vec::new() }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// If it has another length than the others.
    pub fn push(&mut self, row: impl IntoIterator<Item = f64>) {
        let before = self.values.len();
        self.values.extend(row);
        assert_eq!(self.values.len() - before, self.columns, "a row has a value for every column");
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// A column.
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..self.rows()).map(|row| self.row(row)[column]).collect()
    }

    /// Every value put through the function of its column.
    pub fn map(&self, by_column: impl Fn(usize, f64) -> f64) -> Self {
        let values = self.values.iter().enumerate();
        let values = values.map(|(index, &value)| by_column(index % self.columns, value)).collect();
        Self { columns: self.columns, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_where_they_were_put() {
        let mut matrix = Matrix::new(2);
        matrix.push([1.0, 2.0]);
        matrix.push([3.0, 4.0]);
        assert_eq!((matrix.rows(), matrix.row(1), matrix.column(0)), (2, &[3.0, 4.0][..], vec![1.0, 3.0]));
        assert_eq!(matrix.map(|column, value| value + column as f64).row(0), [1.0, 3.0]);
        assert_eq!(Matrix::default().rows(), 0);
    }
}
