//! The keys of a sweep file that are declared like those of a scenario.

use crate::scenario::parameter::{choice, section};

choice! {
    /// How the points of a sweep are chosen.
    DesignKind {
        /// Every combination of the values of all parameters.
        Grid = "grid",
        /// Every combination of two levels, the ends of each parameter.
        Factorial = "factorial",
        /// Each parameter takes every one of n equal slices once (McKay, Beckman and Conover 1979).
        LatinHypercube = "latin_hypercube",
        /// A scrambled Sobol' sequence (Owen 1995, Burley 2020).
        Sobol = "sobol",
        /// Independent uniform numbers.
        Random = "random",
        /// The blocks of which Sobol' indices are estimated (Saltelli 2002).
        Saltelli = "saltelli",
        /// Trajectories of which elementary effects are estimated (Morris 1991).
        Morris = "morris",
        /// The rows of a CSV or Parquet file.
        FromFile = "from_file",
    }
}

choice! {
    /// Which random numbers the runs of a sweep use.
    RandomNumbers {
        /// Every point has its own, so that errors of points are independent.
        Independent = "independent",
        /// All points have the same, so that differences between points have smaller errors.
        Common = "common",
    }
}

section! {
    /// Which points a sweep has.
    SweepDesign {
        "How points are chosen." kind: DesignKind = DesignKind::LatinHypercube, "", 0..0, "choice of the author";
        "Points of a random, sobol or latin_hypercube design, base samples of saltelli, trajectories of morris." samples: u64 = 256, "points", 1..1_000_000_000_000u64, "convention";
        "Values of every range in a grid, both ends included." steps: u32 = 11, "values", 2..100_000, "convention";
        "Whether a saltelli design is also good for second-order indices, at nearly twice the points." second_order: bool = false, "", 0..0, "convention";
        "CSV or Parquet file with a column per parameter, in the folder of the sweep file or below." file: String = String::new(), "", 0..0, "choice of the author";
        "Whether points have random numbers of their own or share them." random_numbers: RandomNumbers = RandomNumbers::Independent, "", 0..0, "convention; differences between points want common, spreads want independent";
    }
}

section! {
    /// What a sweep keeps of every run.
    SweepOutcomes {
        "Columns of the table of rounds." measures: Vec<String> = vec!["sycophancy_index".to_string()], "", 0..0, "choice of the author";
        "Rounds from one that is kept to the next; 0 keeps the last only, which is always kept." every: u32 = 0, "rounds", 0..100_000, "convention";
        "Whether every point is also run without factors and with each alone, so that each measure has a joint rise, a sum of single rises and an excess." effects: bool = false, "", 0..0, "convention";
    }
}
