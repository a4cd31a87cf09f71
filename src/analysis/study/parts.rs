//! A study taken apart, and put together again.

use super::unfinished::{replicates, scenarios, seed_of};
use super::{Tables, UnfinishedStudy, Variant};
use crate::analysis::family::{Family, FamilyParts};
use crate::population::Population;
use crate::scenario::Settings;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Everything of an [`UnfinishedStudy`] but its variants and its users.
#[derive(Debug, Serialize, Deserialize)]
pub struct StudyParts<'a> {
    rounds_done: u64,
    conversations: u64,
    tables: Cow<'a, Tables>,
    replicate: u32,
    measured: Cow<'a, [Tables]>,
    family: FamilyParts<'a>,
}

impl<'a> UnfinishedStudy<'a> {
    /// Everything but variants and users.
    pub fn parts(&self) -> StudyParts<'_> {
        StudyParts {
            rounds_done: self.rounds_done,
            conversations: self.conversations,
            tables: Cow::Borrowed(&self.tables),
            replicate: self.replicate,
            measured: Cow::Borrowed(&self.measured),
            family: self.family.parts(),
        }
    }

    /// The users of every history that is still needed, in the order in which [`UnfinishedStudy::from_parts`] asks for them.
    pub fn populations(&self) -> impl Iterator<Item = &Population> {
        self.family.populations()
    }

    /// Puts a study of `variants` together again; `users` gives the users of a history that has these settings. `None` if
    /// the parts are of a study with fewer or more variants or replicates.
    ///
    /// # Errors
    /// If `users` fails.
    pub fn from_parts<E>(
        variants: &'a [Variant],
        parts: StudyParts<'_>,
        users: &mut impl FnMut(&Settings) -> Result<Population, E>,
    ) -> Result<Option<Self>, E> {
        if parts.replicate >= replicates(variants) || parts.measured.len() != variants.len() {
            return Ok(None);
        }
        let seed = seed_of(variants, parts.replicate);
        let family = Family::from_parts(scenarios(variants), seed, parts.family, users)?;
        Ok(family.map(|family| Self {
            variants,
            rounds_done: parts.rounds_done,
            conversations: parts.conversations,
            tables: parts.tables.into_owned(),
            replicate: parts.replicate,
            measured: parts.measured.into_owned(),
            family,
            failure: None,
        }))
    }
}
