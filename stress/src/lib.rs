//! What several programs of this package share.

pub mod history;
