//! The fuzz target without a fuzzer: programs of random bytes, which any toolchain can run.

use arbitrary::{Arbitrary, Unstructured};

#[test]
fn random_programs_agree_with_the_model() {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut input = [0; 600];
    for _ in 0..20_000 {
        rng.fill(&mut input);
        let mut input = Unstructured::new(&input[..rng.usize(..600)]);
        fuzz::Program::arbitrary(&mut input).expect("all bytes make a program").run();
    }
}
