//! Running a model in all its interleavings.

use super::message;
use loom::model::Builder;
use std::any::type_name_of_val;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Preemptions per execution, unless `LOOM_MAX_PREEMPTIONS` says otherwise.
const BOUND: usize = 2;

/// Explores `model`, and fails if it has fewer than `floor` executions: a model that the checker
/// cannot interleave proves nothing.
///
/// With `LOOM_UNBOUNDED` set, the number of preemptions is not bounded.
pub(crate) fn explore(floor: usize, model: impl Fn() + Send + Sync + 'static) {
    let progress = Arc::new(Progress::of(&model));
    let mut builder = Builder::new();
    builder.max_branches = 20_000;
    builder.preemption_bound = match std::env::var_os("LOOM_UNBOUNDED") {
        Some(_) => None,
        None => builder.preemption_bound.or(Some(BOUND)),
    };
    assert!(
        builder.max_duration.is_none() && builder.max_permutations.is_none(),
        "an exploration that is cut off passes: limit the time from outside"
    );
    builder.check({
        let progress = Arc::clone(&progress);
        move || {
            progress.iterations.fetch_add(1, Ordering::Relaxed);
            model();
            message::audit();
        }
    });
    let iterations = progress.iterations.load(Ordering::Relaxed);
    assert!(iterations >= floor, "vacuous: fewer than {floor} iterations");
}

/// Prints how far a model came, passed or not.
struct Progress {
    model: &'static str,
    iterations: AtomicUsize,
}

impl Progress {
    fn of<M>(model: &M) -> Self {
        // The function that the closure is written in.
        let closure = type_name_of_val(model);
        let function = closure.split("::{{closure}}").next().unwrap_or(closure);
        Self {
            model: function.rsplit("models::").next().unwrap_or(function),
            iterations: AtomicUsize::new(0),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Self { model, iterations } = self;
        println!("model {model}: {} iterations", *iterations.get_mut());
    }
}
