//! Verification: laws and published results that the simulator must reproduce with its own parts.
//!
//! A [`Case`] states a law or a published figure, where it comes from and what it does not cover; running it gives
//! [`Finding`]s, each an expected number, an obtained one and a tolerance with its reason, and curves to look at. Every case
//! has a negative control: something slightly wrong that must not pass.

mod case;
pub mod exact;
mod finding;
mod laboratory;
pub mod published;
mod run;

pub use case::{Case, Outcome, Tier, Verdict, VerifyError};
pub use finding::{Curve, Expected, Finding, Points, Series};
pub use run::{Checked, UnknownCase, cases_named, run_cases};

/// All cases, in the order of the page that explains them.
pub fn cases() -> Vec<Case> {
    exact::cases().into_iter().chain(published::cases()).collect()
}
