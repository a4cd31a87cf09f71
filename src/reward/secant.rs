//! Newton steps with a curvature that was right elsewhere, corrected by how gradients changed along the steps since.
//!
//! The BFGS update of the inverse curvature, applied to a vector by the two-loop recursion.
//! Source: Nocedal and Wright 2006, Numerical Optimization, equation 6.17 and algorithm 7.4.

use nalgebra::{Cholesky, DVector, Dyn};

/// A curvature and what was learned about it.
pub(super) struct Secants {
    /// The curvature as it was before anything was learned.
    pub factor: Cholesky<f64, Dyn>,
    pairs: Vec<Pair>,
}

/// A step and how the gradient changed along it.
struct Pair {
    step: DVector<f64>,
    change: DVector<f64>,
    /// Their product, positive where the objective is convex.
    product: f64,
}

impl Secants {
    pub fn new(factor: Cholesky<f64, Dyn>) -> Self {
        Self { factor, pairs: Vec::new() }
    }

    /// The step to take where `descent` is the negative gradient.
    pub fn step(&self, descent: &DVector<f64>) -> DVector<f64> {
        let mut step = descent.clone();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = pair.step.dot(&step) / pair.product;
            step.axpy(-share, &pair.change, 1.0);
            shares.push(share);
        }
        self.factor.solve_mut(&mut step);
        for (pair, share) in self.pairs.iter().zip(shares.iter().rev()) {
            let excess = share - pair.change.dot(&step) / pair.product;
            step.axpy(excess, &pair.step, 1.0);
        }
        step
    }

    /// Takes in that the negative gradient was `before` at `from` and is `after` at `to`.
    pub fn learn(&mut self, from: &[f64], to: &[f64], before: &DVector<f64>, after: &DVector<f64>) {
        let step = DVector::from_iterator(to.len(), to.iter().zip(from).map(|(to, from)| to - from));
        let change = before - after;
        let product = step.dot(&change);
        if product > 0.0 {
            self.pairs.push(Pair { step, change, product });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    // A parabola in n dimensions: exact steps along n independent directions leave nothing to be learned
    // (Nocedal and Wright 2006, theorem 6.4).
    #[test]
    fn as_many_steps_as_dimensions_teach_a_parabola() {
        let curvature = DMatrix::from_row_slice(3, 3, &[5.0, 1.0, 0.5, 1.0, 3.0, -0.2, 0.5, -0.2, 2.0]);
        let descent = |x: &DVector<f64>| DVector::from_vec(vec![1.0, -2.0, 3.0]) - &curvature * x;
        let mut secants = Secants::new(DMatrix::identity(3, 3).cholesky().expect("definite"));
        let mut x = DVector::zeros(3);
        for _ in 0..3 {
            let here = descent(&x);
            let step = secants.step(&here);
            let length = step.dot(&here) / step.dot(&(&curvature * &step));
            let next = &x + step * length;
            secants.learn(x.as_slice(), next.as_slice(), &here, &descent(&next));
            x = next;
        }
        assert!(descent(&x).amax() < 1e-12);
        let any = DVector::from_vec(vec![0.3, 0.7, -1.1]);
        assert!((&curvature * secants.step(&any) - any).amax() < 1e-12);
    }

    #[test]
    fn what_contradicts_convexity_is_not_learned() {
        let one = DVector::from_element(1, 1.0);
        let mut secants = Secants::new(DMatrix::identity(1, 1).cholesky().expect("definite"));
        secants.learn(&[0.0], &[1.0], &one, &(2.0 * &one));
        assert_eq!(secants.step(&one), one);
    }
}
