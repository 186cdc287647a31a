#![no_std]
pub use forebay::*;
