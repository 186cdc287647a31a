//! How much a channel holds.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capacity {
    Bounded(usize),
    Unbounded,
}

impl Capacity {
    pub fn bounded(self) -> Option<usize> {
        match self {
            Self::Bounded(capacity) => Some(capacity),
            Self::Unbounded => None,
        }
    }

    pub fn is_unbounded(self) -> bool {
        self == Self::Unbounded
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bounded(capacity) => f.pad(&capacity.to_string()),
            Self::Unbounded => f.pad("unbounded"),
        }
    }
}

impl FromStr for Capacity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(0) => Err("a capacity is at least 1".into()),
            Ok(capacity) => Ok(Self::Bounded(capacity)),
            Err(_) if text == "unbounded" => Ok(Self::Unbounded),
            Err(_) => Err("a capacity is a number or `unbounded`".into()),
        }
    }
}
