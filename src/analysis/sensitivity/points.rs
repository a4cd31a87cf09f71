//! Design points with their outcomes, as a table and back.

use super::Matrix;
use crate::measure::table::{Column, Table, Values};

/// One outcome at every point.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsOutcome {
    /// Its name.
    pub name: String,
    /// Unit.
    pub unit: &'static str,
    /// What it is.
    pub meaning: String,
    /// Mean over replicates, NaN where the point failed.
    pub values: Vec<f64>,
    /// Standard deviation over replicates, NaN with one.
    pub sd: Vec<f64>,
}

/// Points and what came of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// Name of every column of the design.
    pub parameters: Vec<String>,
    /// One row per point.
    pub design: Matrix,
    /// Outcomes.
    pub outcomes: Vec<PointsOutcome>,
    /// Why a point failed, "" for the others.
    pub errors: Vec<String>,
}

/// Results that cannot be read as points.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PointsError {
    /// No such column.
    #[error("there is no column {name:?} with numbers; there are: {}", known.join(", "))]
    NoColumn {
        /// Column wanted.
        name: String,
        /// Columns with numbers.
        known: Vec<String>,
    },
    /// Nothing that could be a parameter.
    #[error("no column is left for parameters: every column with numbers is an outcome")]
    NoParameters,
    /// A parameter without a value.
    #[error("parameter {name:?} has no value in row {row}")]
    NoValue {
        /// The parameter.
        name: String,
        /// Row, from 1.
        row: usize,
    },
}

/// Columns of a table of points that are neither parameter nor outcome.
const OTHER: [&str; 2] = ["point", "error"];

impl Points {
    /// The points as a table: `point`, a column per parameter, two per outcome, `error`.
    pub fn table(&self) -> Table {
        let numbers = |name: String, unit, meaning: String, values: Vec<f64>| Column {
            name,
            unit,
            meaning,
            values: Values::Number(values),
        };
        let rows = (1..=self.design.rows() as i64).collect();
        let mut columns = vec![Column {
            name: "point".into(),
            unit: "",
            meaning: "Number of the point, from 1".into(),
            values: Values::Integer(rows),
        }];
        columns.extend(self.design_table().columns);
        for it in &self.outcomes {
            let sd = format!("Standard deviation of {} over replicates", it.name);
            columns.push(numbers(it.name.clone(), it.unit, it.meaning.clone(), it.values.clone()));
            columns.push(numbers(format!("{}_sd", it.name), it.unit, sd, it.sd.clone()));
        }
        columns.push(Column {
            name: "error".into(),
            unit: "",
            meaning: "Why the point has no outcome, empty for the others".into(),
            values: Values::Text(self.errors.clone()),
        });
        Table { columns }
    }

    /// The design alone: a column per parameter.
    pub fn design_table(&self) -> Table {
        design_table(&self.parameters, &self.design)
    }

    /// Reads points from a table. Columns named in `outcomes` are outcomes; parameters are those named, or else all other
    /// columns with numbers but `point` and standard deviations of outcomes.
    ///
    /// # Errors
    /// If a column is missing, or a parameter has no value in some row.
    pub fn read(
        table: &Table,
        parameters: Option<&[String]>,
        outcomes: &[String],
    ) -> Result<Self, PointsError> {
        let known: Vec<String> = table
            .columns
            .iter()
            .filter(|column| !matches!(column.values, Values::Text(_)))
            .map(|column| column.name.clone())
            .collect();
        let parameters = match parameters {
            Some(named) => named.to_vec(),
            None => known.iter().filter(|name| is_parameter(name, outcomes)).cloned().collect(),
        };
        if parameters.is_empty() {
            return Err(PointsError::NoParameters);
        }
        let numbers = |name: &String| {
            table
                .numbers(name)
                .ok_or_else(|| PointsError::NoColumn { name: name.clone(), known: known.clone() })
        };
        outcomes.iter().map(numbers).collect::<Result<Vec<_>, _>>()?;
        let columns = parameters.iter().map(numbers).collect::<Result<Vec<_>, _>>()?;
        refuse_gaps(&parameters, &columns)?;
        let mut design = Matrix::new(parameters.len());
        (0..table.rows()).for_each(|row| design.push(columns.iter().map(|column| column[row])));
        let outcome = |name: &String| -> Result<PointsOutcome, PointsError> {
            let values = numbers(name)?;
            let column = table.column(name);
            Ok(PointsOutcome {
                name: name.clone(),
                unit: column.map_or("", |it| it.unit),
                meaning: column.map_or(String::new(), |it| it.meaning.clone()),
                sd: table.numbers(&format!("{name}_sd")).unwrap_or_else(|| vec![f64::NAN; values.len()]),
                values,
            })
        };
        let outcomes = outcomes.iter().map(outcome).collect::<Result<_, _>>()?;
        let errors = table.words("error").map_or_else(|| vec![String::new(); design.rows()], <[_]>::to_vec);
        Ok(Self { parameters, design, outcomes, errors })
    }
}

/// A design as a table: a column per parameter.
pub(super) fn design_table(parameters: &[String], design: &Matrix) -> Table {
    let column = |(index, name): (usize, &String)| Column {
        name: name.clone(),
        unit: "",
        meaning: "Value of this parameter".into(),
        values: Values::Number(design.column(index)),
    };
    Table { columns: parameters.iter().enumerate().map(column).collect() }
}

fn is_parameter(name: &str, outcomes: &[String]) -> bool {
    let of_outcome = |outcome: &String| name == outcome || name.strip_suffix("_sd") == Some(outcome);
    !OTHER.contains(&name) && !outcomes.iter().any(of_outcome)
}

fn refuse_gaps(parameters: &[String], columns: &[Vec<f64>]) -> Result<(), PointsError> {
    for (name, column) in parameters.iter().zip(columns) {
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(PointsError::NoValue { name: name.clone(), row: row + 1 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Points {
        let mut design = Matrix::new(2);
        design.push([0.1, 2.0]);
        design.push([0.2, 3.0]);
        let outcome = PointsOutcome {
            name: "y".into(),
            unit: "level",
            meaning: "An outcome".into(),
            values: vec![1.0, f64::NAN],
            sd: vec![0.5, f64::NAN],
        };
        Points {
            parameters: vec!["a.b".into(), "c".into()],
            design,
            outcomes: vec![outcome],
            errors: vec![String::new(), "it diverged".into()],
        }
    }

    #[test]
    fn points_come_back_from_their_table() {
        let read = Points::read(&points().table(), None, &["y".to_string()]).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", points()));
    }

    #[test]
    fn missing_columns_and_values_are_named() {
        let table = points().table();
        let unknown = Points::read(&table, None, &["z".to_string()]).unwrap_err();
        assert!(unknown.to_string().contains("a.b, c, y"), "{unknown}");
        let gap = Points::read(&table, Some(&["y".to_string()]), &["c".to_string()]);
        assert_eq!(gap, Err(PointsError::NoValue { name: "y".into(), row: 2 }));
    }
}
