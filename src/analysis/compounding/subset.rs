//! Which factors are on.

/// A set of factors, as bits in declared order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subset(pub u32);

impl Subset {
    /// All subsets of so many factors; the number of a subset is its place.
    pub fn all(factors: usize) -> impl Iterator<Item = Subset> {
        (0..1 << factors).map(Subset)
    }

    /// Whether a factor is on.
    pub fn has(self, factor: usize) -> bool {
        self.0 >> factor & 1 == 1
    }

    /// How many are on.
    pub fn size(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The names of those that are on.
    pub fn names(self, factors: &[String]) -> Vec<&str> {
        let on = factors.iter().enumerate().filter(|(index, _)| self.has(*index));
        on.map(|(_, name)| name.as_str()).collect()
    }

    /// `none`, `thumbs`, `thumbs+memory` or `all`: the variant of that name in other tables.
    pub fn label(self, factors: &[String]) -> String {
        match self.size() {
            0 => "none".to_string(),
            size if size == factors.len() && size > 1 => "all".to_string(),
            _ => self.names(factors).join("+"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_are_named_after_their_factors() {
        let factors = ["thumbs", "memory", "fresh_data"].map(String::from);
        let labels: Vec<String> = Subset::all(3).map(|it| it.label(&factors)).collect();
        let expected = ["none", "thumbs", "memory", "thumbs+memory", "fresh_data", "thumbs+fresh_data"];
        assert_eq!(labels[..6], expected);
        assert_eq!(labels[7], "all");
        assert_eq!(Subset(1).label(&factors[..1]), "thumbs", "one factor alone is not all of several");
    }
}
