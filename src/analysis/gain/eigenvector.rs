//! What a shift of the policy does to behaviours, and in which contexts.

use crate::policy::{Feature, FeatureList, Policy};
use nalgebra::DMatrix;
use serde::Serialize;

/// Change of the mean level of a behaviour in some contexts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The behaviour.
    pub behaviour: String,
    /// The contexts: all, stance visible, stance hidden, ...
    pub context: String,
    /// Change of the level, to first order, relative to the largest of all changes.
    pub change: f64,
}

/// Contexts that a change is taken in: a name, and whether a context feature above this value belongs.
fn groups(features: &FeatureList) -> Vec<(String, Option<(usize, bool)>)> {
    let mut groups = vec![("all".to_string(), None)];
    for (place, feature) in features.iter().enumerate() {
        let names = match feature {
            Feature::Visible => ["stance visible", "stance hidden"],
            Feature::Known => ["user remembered", "user unknown"],
            _ => continue,
        };
        groups.push((names[0].to_string(), Some((place, true))));
        groups.push((names[1].to_string(), Some((place, false))));
    }
    groups
}

/// The changes that `shift` of `policy` makes, relative to the largest; contexts that do not occur are left out.
pub fn changes(
    policy: &Policy,
    shift: &DMatrix<f64>,
    phis: &[Vec<f64>],
    features: &FeatureList,
    behaviours: &[String],
) -> Vec<Change> {
    const STEP: f64 = 1e-4;
    let size = STEP / shift.amax().max(f64::MIN_POSITIVE);
    let moved = |sign: f64| Policy { weights: &policy.weights + shift * (sign * size), ..policy.clone() };
    let (up, down) = (moved(1.0), moved(-1.0));
    let level = |policy: &Policy, j: usize, phi: &[f64]| policy.probabilities(j, phi).moments().mean;
    let mut changes = Vec::new();
    for (context, wanted) in groups(features) {
        let belongs = |phi: &&Vec<f64>| wanted.is_none_or(|(place, above)| (phi[place] > 0.5) == above);
        let members: Vec<&Vec<f64>> = phis.iter().filter(belongs).collect();
        if members.is_empty() {
            continue;
        }
        for (j, behaviour) in behaviours.iter().enumerate() {
            let rise: f64 = members.iter().map(|phi| level(&up, j, phi) - level(&down, j, phi)).sum();
            let change = rise / members.len() as f64;
            changes.push(Change { behaviour: behaviour.clone(), context: context.clone(), change });
        }
    }
    let largest = changes.iter().map(|it| it.change.abs()).fold(f64::MIN_POSITIVE, f64::max);
    changes.iter_mut().for_each(|it| it.change /= largest);
    changes
}
