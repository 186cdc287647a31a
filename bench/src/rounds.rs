//! Rounds in which everybody is measured once, so that whatever else the machine does meets all.

/// The samples of each contender. Every round begins with another contender, and every second one
/// runs backwards, so that nobody always follows the same neighbour.
pub fn interleave<T>(
    rounds: usize,
    contenders: usize,
    mut measure: impl FnMut(usize) -> T,
) -> Vec<Vec<T>> {
    let mut samples: Vec<Vec<T>> = (0..contenders)
        .map(|_| Vec::with_capacity(rounds))
        .collect();
    for round in 0..rounds {
        for step in 0..contenders {
            let turn = (round + step) % contenders;
            let index = if round % 2 == 0 {
                turn
            } else {
                contenders - 1 - turn
            };
            samples[index].push(measure(index));
        }
    }
    samples
}
