//! The units of all tables. A table borrows its units, so what reads a table back looks them up here.

const UNITS: [&str; 21] = [
    "",
    "days",
    "rounds",
    "level",
    "nats",
    "log-odds",
    "share",
    "approval",
    "probability",
    "stance sd",
    "conversations",
    "per million conversations",
    "users",
    "people",
    "rows",
    "steps",
    "share of users",
    "user-days",
    "see metric_unit",
    "unit of the measure",
    "unit of the quantity",
];

/// The unit of that name, if tables have it.
pub fn known_unit(name: &str) -> Option<&'static str> {
    UNITS.into_iter().find(|known| *known == name)
}
