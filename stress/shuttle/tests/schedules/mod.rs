//! How many schedules.

/// Runs `test` under random schedules. One that fails is printed with its seed; with
/// `SHUTTLE_RANDOM_SEED` set to that, it comes first.
pub(crate) fn explore(test: impl Fn() + Send + Sync + 'static) {
    let schedules =
        std::env::var("SCHEDULES").map_or(20_000, |count| count.parse().expect("a number"));
    shuttle::check_random(test, schedules);
}
