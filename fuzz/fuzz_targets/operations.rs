//! The programs are libFuzzer's.

#![no_main]

libfuzzer_sys::fuzz_target!(|program: fuzz::Program| program.run());
