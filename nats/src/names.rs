//! What a queue is called on the server.

/// The stream of its jobs.
pub(crate) fn jobs(name: &str) -> String {
    format!("FOREBAY_JOBS_{name}")
}

/// The stream of its dead letters.
pub(crate) fn dead(name: &str) -> String {
    format!("FOREBAY_DEAD_{name}")
}

/// Where items are published.
pub(crate) fn subject(name: &str) -> String {
    format!("forebay.jobs.{name}")
}

/// The subject of a stream that takes no items any more: a stream has at least one.
pub(crate) fn closed(name: &str) -> String {
    format!("forebay.closed.{name}")
}

/// Where dead letters are published.
pub(crate) fn letters(name: &str) -> String {
    format!("forebay.dead.{name}")
}

/// The stream of what is noted of attempts.
pub(crate) fn attempts(name: &str) -> String {
    format!("FOREBAY_ATTEMPTS_{name}")
}

/// Where all notes are published.
pub(crate) fn notes(name: &str) -> String {
    format!("forebay.attempts.{name}.*")
}

/// Where that of one item is. A queue that was deleted and made anew counts its items again: the
/// time tells them apart.
pub(crate) fn note(name: &str, sequence: u64, put_at: u64) -> String {
    format!("forebay.attempts.{name}.{sequence}-{put_at}")
}

/// The consumer that all workers share.
pub(crate) const WORKERS: &str = "workers";

/// Whether a name can be part of the names above.
pub(crate) fn is_valid(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
