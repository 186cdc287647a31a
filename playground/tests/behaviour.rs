//! What the page shows, without the page.

use playground::settings::{Item, Key, Settings};
use playground::simulation::{Action, MEMORY, Simulation};
use playground::world::{Phase, Producing, Working};

const SECOND: u64 = 1_000_000;

fn run(settings: &[(Key, u32)]) -> Simulation {
    let mut all = Settings::default();
    for &(key, value) in settings {
        all.set(key, value);
    }
    Simulation::new(&all).expect("the settings go together")
}

/// Lets seconds pass, looks often, and checks what always holds.
fn watch(simulation: &mut Simulation, seconds: u64, mut look: impl FnMut(&Simulation)) {
    for _ in 0..seconds * 20 {
        simulation.advance(SECOND / 20);
        check(simulation);
        look(simulation);
    }
}

fn check(simulation: &Simulation) {
    let world = simulation.world();
    let counters = &world.counters;
    let gone = counters.done.get()
        + counters.displaced.get()
        + counters.dead.get()
        + counters.left_over.get();
    assert_eq!(counters.put.get() as usize, gone as usize + world.queue.unfinished());
    assert_eq!(world.queue.stats().put, counters.put.get() as usize);
    assert_eq!(world.inside.borrow().len(), world.queue.len());
}

fn producers(simulation: &Simulation, state: Producing) -> usize {
    simulation.world().producers.iter().filter(|producer| producer.state.get() == state).count()
}

fn workers(simulation: &Simulation, state: Working) -> usize {
    simulation.world().workers.iter().filter(|worker| worker.state.get() == state).count()
}

#[test]
fn implicit_holds_the_producers() {
    let mut simulation = run(&[(Key::Kind, 0)]);
    let mut waits = 0;
    watch(&mut simulation, 60, |simulation| {
        assert!(simulation.world().queue.len() <= 12);
        waits += producers(simulation, Producing::Waiting);
    });
    assert!(waits > 500, "{waits}");
    assert_eq!(simulation.world().counters.refused.get(), 0);
    // At the pace of the workers: three, and 0.9 s for each.
    let done = simulation.world().counters.done.get();
    assert!((170..=210).contains(&done), "{done}");
}

#[test]
fn explicit_refuses_and_the_impatient_more() {
    let refused = |impatient| {
        let mut simulation = run(&[(Key::Kind, 1), (Key::Impatient, impatient)]);
        watch(&mut simulation, 60, |simulation| {
            assert_eq!(producers(simulation, Producing::Waiting), 0);
        });
        assert!(simulation.world().retry_after.get() >= SECOND / 5);
        let done = simulation.world().counters.done.get();
        assert!(done > 150, "{done}");
        simulation.world().counters.refused.get()
    };
    let (polite, impatient) = (refused(0), refused(1));
    assert!(polite > 10 && impatient > 5 * polite, "{polite} and {impatient}");
}

#[test]
fn reactive_fills_the_sockets() {
    let mut simulation = run(&[(Key::Kind, 2)]);
    let mut full = 0;
    watch(&mut simulation, 60, |simulation| {
        let world = simulation.world();
        full += world.producers.iter().filter(|producer| producer.socket.get() == 4).count();
    });
    assert!(full > 500 && producers(&simulation, Producing::Waiting) > 0, "{full}");
    assert_eq!(simulation.world().counters.refused.get(), 0);
}

#[test]
fn proactive_never_gets_full() {
    let mut simulation = run(&[(Key::Kind, 3)]);
    let mut slowed = 0;
    watch(&mut simulation, 120, |simulation| {
        assert!(!simulation.world().queue.is_full());
        assert_eq!(producers(simulation, Producing::Waiting), 0);
        slowed += producers(simulation, Producing::Slowed);
    });
    let highs = simulation.world().counters.highs.get();
    assert!(slowed > 100 && (3..40).contains(&highs), "{slowed}, {highs}");
}

#[test]
fn policies() {
    for (policy, kind) in [(1, 0), (2, 0), (3, 0), (2, 3)] {
        let mut simulation = run(&[(Key::Kind, kind), (Key::Overflow, policy), (Key::Rate, 80)]);
        watch(&mut simulation, 30, |simulation| {
            assert_eq!(producers(simulation, Producing::Waiting), 0);
        });
        let counters = &simulation.world().counters;
        assert_eq!(counters.refused.get() > 0, policy == 1);
        assert_eq!(counters.displaced.get() > 0, policy != 1);
    }
}

#[test]
fn without_a_limit_memory_grows_until_the_program_is_killed() {
    let mut simulation = run(&[(Key::Unlimited, 1), (Key::Rate, 100)]);
    simulation.advance(10 * SECOND);
    assert!(simulation.world().queue.len() > 50);
    simulation.advance(60 * SECOND);
    assert_eq!(simulation.world().phase.get(), Phase::Killed);
    assert!(simulation.world().queue.unfinished() * Item::BYTES > MEMORY);
}

#[test]
fn stopped_works_its_job_off() {
    let mut simulation = run(&[]);
    simulation.advance(10 * SECOND);
    for worker in 0..3 {
        simulation.act(Action::StopWorker, worker);
    }
    watch(&mut simulation, 5, |_| {});
    assert_eq!(workers(&simulation, Working::Stopped), 3);
    assert_eq!(simulation.world().counters.returned.get(), 0);
    let done = simulation.world().counters.done.get();
    simulation.advance(10 * SECOND);
    assert_eq!(simulation.world().counters.done.get(), done);
    simulation.act(Action::StartWorker, 1);
    simulation.advance(10 * SECOND);
    assert!(simulation.world().counters.done.get() > done);
}

#[test]
fn crash_brings_the_job_back() {
    let mut simulation = run(&[(Key::Rate, 5)]);
    simulation.advance(10 * SECOND);
    while simulation.world().workers[0].state.get() != Working::Working {
        simulation.advance(SECOND / 20);
    }
    let name = simulation.world().workers[0].holds.get();
    simulation.act(Action::CrashWorker, 0);
    assert_eq!(simulation.world().workers[0].state.get(), Working::Crashed);
    assert_eq!(simulation.world().counters.returned.get(), 1);
    let mut again = 0;
    watch(&mut simulation, 20, |simulation| {
        let world = simulation.world();
        let has = world.workers.iter().find(|worker| worker.holds.get() == name);
        again = again.max(has.map_or(0, |worker| worker.attempt.get()));
    });
    assert_eq!(again, 2);
}

#[test]
fn too_many_crashes_make_a_dead_letter() {
    let mut simulation = run(&[(Key::Retries, 0)]);
    simulation.advance(10 * SECOND);
    simulation.act(Action::CrashWorker, 0);
    check(&simulation);
    assert_eq!(simulation.world().counters.dead.get(), 1);
}

#[test]
fn nothing_is_lost_whatever_is_done() {
    for kind in 0..4 {
        for policy in 0..4 {
            for at_once in [false, true] {
                let mut simulation = run(&[
                    (Key::Kind, kind),
                    (Key::Overflow, policy),
                    (Key::Retries, policy % 3),
                    (Key::Rate, 50),
                ]);
                for step in 0..200 {
                    simulation.advance(170_003);
                    let worker = step as usize * 7 % 5;
                    match step % 6 {
                        0 | 3 => simulation.act(Action::CrashWorker, worker),
                        1 => simulation.act(Action::StopWorker, worker),
                        2 => simulation.act(Action::StartWorker, worker),
                        4 => simulation.set(Key::Workers, 1 + step * 5 % 8),
                        _ => simulation.set(Key::Producers, 1 + step * 3 % 8),
                    }
                    check(&simulation);
                }
                assert!(simulation.world().counters.returned.get() > 0 || policy % 3 == 0);
                let how = if at_once { Action::ShutDownAtOnce } else { Action::ShutDown };
                simulation.act(how, 0);
                watch(&mut simulation, 120, |_| {});
                let world = simulation.world();
                assert_eq!(world.phase.get(), Phase::Ended, "{kind} {policy} {at_once}");
                assert_eq!(world.queue.unfinished(), 0);
            }
        }
    }
}
