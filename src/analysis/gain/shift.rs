//! A shift of everything that a lab trains: the deployed policy and the reference policy.

use super::metric::Metric;
use nalgebra::DMatrix;

/// A shift of the policy's parameters, each (2 J) x F.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Of the deployed policy.
    pub policy: DMatrix<f64>,
    /// Of the reference policy that training pulls to.
    pub reference: DMatrix<f64>,
}

impl Shift {
    /// A shift of the deployed policy alone.
    pub fn of_policy(policy: DMatrix<f64>) -> Self {
        let (rows, columns) = policy.shape();
        Self { policy, reference: DMatrix::zeros(rows, columns) }
    }

    /// No shift of policies like `other`'s.
    pub fn zero_like(other: &Self) -> Self {
        Self { policy: &other.policy * 0.0, reference: &other.reference * 0.0 }
    }

    /// This shift `size` times.
    pub fn scaled(&self, size: f64) -> Self {
        Self { policy: &self.policy * size, reference: &self.reference * size }
    }

    /// Adds `other`, `size` times.
    pub fn add(&mut self, other: &Self, size: f64) {
        self.policy += &other.policy * size;
        self.reference += &other.reference * size;
    }

    /// The inner product in a metric: both policies count alike.
    pub fn dot(&self, other: &Self, metric: &Metric) -> f64 {
        metric.dot(&self.policy, &other.policy) + metric.dot(&self.reference, &other.reference)
    }

    /// Length in a metric: the square root of twice the KL divergence that the shift makes, both policies added.
    pub fn length(&self, metric: &Metric) -> f64 {
        self.dot(self, metric).max(0.0).sqrt()
    }
}
