//! Many samples, one figure.

/// The value below which `share` of the samples lie.
///
/// # Panics
/// Without samples.
pub fn quantile(samples: &mut [f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "share is 0 to 1"
    )]
    let index = ((samples.len() - 1) as f64 * share).round() as usize;
    *samples.select_nth_unstable_by(index, f64::total_cmp).1
}

pub fn median(samples: &mut [f64]) -> f64 {
    quantile(samples, 0.5)
}

/// `None` of nothing.
pub fn geometric_mean(ratios: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (count, logarithms) = ratios
        .into_iter()
        .fold((0_u32, 0.0), |(count, sum), ratio| {
            (count + 1, sum + ratio.ln())
        });
    (count > 0).then(|| (logarithms / f64::from(count)).exp())
}
