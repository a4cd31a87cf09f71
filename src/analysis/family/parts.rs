//! A family taken apart, and put together again: where in its tree it is, and every history that is still needed.

use super::{Branch, Family, Fork};
use crate::population::Population;
use crate::scenario::{Scenario, Settings};
use crate::simulation::{Parts, Simulation};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Everything of a [`Family`] but its versions and its users.
#[derive(Debug, Serialize, Deserialize)]
pub struct FamilyParts<'a> {
    unstarted: Cow<'a, [Vec<usize>]>,
    forks: Vec<(Cow<'a, [Vec<usize>]>, Parts<'a>)>,
    branch: Option<(Cow<'a, [usize]>, Parts<'a>)>,
}

impl<'a> Family<'a> {
    /// Everything but versions and users.
    pub fn parts(&self) -> FamilyParts<'_> {
        FamilyParts {
            unstarted: Cow::Borrowed(&self.unstarted),
            forks: self
                .forks
                .iter()
                .map(|it| (Cow::Borrowed(&it.groups[..]), it.simulation.parts()))
                .collect(),
            branch: self.branch.as_ref().map(|it| (Cow::Borrowed(&it.members[..]), it.simulation.parts())),
        }
    }

    /// The users of every history that is still needed, in the order in which [`Family::from_parts`] asks for them.
    pub fn populations(&self) -> impl Iterator<Item = &Population> {
        let forks = self.forks.iter().map(|fork| &fork.simulation);
        forks.chain(self.branch.iter().map(|branch| &branch.simulation)).map(|it| &it.population)
    }

    /// Puts a family together again; `users` gives the users of a history that has these settings. `None` if the parts
    /// name versions that there are not.
    ///
    /// # Errors
    /// If `users` fails.
    pub fn from_parts<E>(
        versions: Vec<&'a Scenario>,
        seed: u64,
        parts: FamilyParts<'_>,
        users: &mut impl FnMut(&Settings) -> Result<Population, E>,
    ) -> Result<Option<Self>, E> {
        if !parts.fit(versions.len()) {
            return Ok(None);
        }
        let mut history = |member: usize, parts| -> Result<Simulation, E> {
            let scenario = versions[member];
            Ok(Simulation::from_parts(scenario, parts, users(scenario.settings_in(0))?))
        };
        let mut forks = Vec::new();
        for (groups, parts) in parts.forks {
            forks.push(Fork { simulation: history(groups[0][0], parts)?, groups: groups.into_owned() });
        }
        let mut branch = None;
        if let Some((members, parts)) = parts.branch {
            branch = Some(Branch { simulation: history(members[0], parts)?, members: members.into_owned() });
        }
        Ok(Some(Self { versions, seed, unstarted: parts.unstarted.into_owned(), forks, branch }))
    }
}

impl FamilyParts<'_> {
    /// Whether every group has members and they are among so many versions.
    fn fit(&self, versions: usize) -> bool {
        let branch = self.branch.iter().map(|(members, _)| &members[..]);
        let groups = self.forks.iter().flat_map(|(groups, _)| groups.iter()).chain(self.unstarted.iter());
        let known = |members: &[usize]| !members.is_empty() && members.iter().all(|&it| it < versions);
        self.forks.iter().all(|(groups, _)| !groups.is_empty())
            && groups.map(|members| &members[..]).chain(branch).all(known)
    }
}
