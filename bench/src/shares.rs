//! What `fairness` found, for who reads throughputs: one that starves is no advantage.

use crate::capacity::Capacity;
use crate::executor::Executor;
use crate::load::contest::{Calls, Pace, Side};
use crate::load::flow::Shape;
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The least share of an equal one that counts as fair.
pub const FAIR: f64 = 0.8;

/// The sides whose tasks wait in rivalry. To an unbounded channel nobody waits to send.
pub fn rivals(shape: Shape, capacity: Capacity) -> impl Iterator<Item = Side> {
    [Side::Senders, Side::Receivers]
        .into_iter()
        .filter(move |&side| side.tasks(shape) > 1)
        .filter(move |&side| side == Side::Receivers || !capacity.is_unbounded())
}

/// The least shares of tasks that send and receive futures in tight loops, as the matrix lets them.
#[derive(Default)]
pub struct Shares(Vec<Share>);

struct Share {
    executor: String,
    shape: Shape,
    side: String,
    capacity: Capacity,
    channel: String,
    least: f64,
}

impl Shares {
    /// Reads the CSV of `fairness`.
    pub fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(file)
    }

    fn parse(csv: impl Read) -> Result<Self, Box<dyn Error>> {
        let mut reader = csv::Reader::from_reader(csv);
        let header = reader.headers()?.clone();
        let mut shares = Vec::new();
        for record in reader.records() {
            let record = record?;
            let field = |name: &str| {
                let column = header.iter().position(|it| it == name);
                let field = column.and_then(|column| record.get(column));
                field.ok_or_else(|| format!("the CSV of fairness has no {name}"))
            };
            let (calls, pace) = (field("calls")?, field("pace")?);
            if calls != Calls::Async.to_string() || pace != Pace::Tight.to_string() {
                continue;
            }
            shares.push(Share {
                executor: field("executor")?.into(),
                shape: Shape {
                    senders: field("senders")?.parse()?,
                    receivers: field("receivers")?.parse()?,
                },
                side: field("side")?.into(),
                capacity: field("capacity")?.parse()?,
                channel: field("channel")?.into(),
                least: field("least_share")?.parse()?,
            });
        }
        Ok(Self(shares))
    }

    /// The least share of a task, on the side where it is less: 1 where there are no rivals, and
    /// `None` where it was not measured.
    pub fn least(
        &self,
        executor: Executor,
        shape: Shape,
        capacity: Capacity,
        channel: &str,
    ) -> Option<f64> {
        rivals(shape, capacity).try_fold(1.0, |least: f64, side| {
            let (executor, side) = (executor.to_string(), side.to_string());
            let like_this = self.0.iter().filter(|share| {
                share.executor == executor
                    && share.shape == shape
                    && share.side == side
                    && share.channel == channel
            });
            // Few capacities are measured: the next lower one stands for those between.
            let nearest = like_this
                .filter(|share| share.capacity <= capacity)
                .max_by_key(|share| share.capacity)?;
            Some(least.min(nearest.least))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Capacity::{Bounded, Unbounded};

    const CSV: &str = "\
executor,calls,pace,senders,receivers,side,capacity,channel,least_share
smol 2 threads,async,tight,4,4,send,1,a,0.9
smol 2 threads,async,tight,4,4,recv,1,a,0.7
smol 2 threads,async,tight,4,4,send,100,a,0.5
smol 2 threads,async,tight,4,4,recv,100,a,0.6
smol 2 threads,async,work,4,4,send,100,a,0.1
smol 2 threads,blocking,tight,4,4,send,100,a,0.1
tokio 2 workers,async,tight,4,4,send,1,a,0.1
";

    #[test]
    fn the_least_share_of_the_rivals_at_the_next_lower_capacity() {
        let shares = Shares::parse(CSV.as_bytes()).unwrap();
        let least = |shape, capacity| shares.least(Executor::Smol, shape, capacity, "a");
        assert_eq!(least(Shape::MANY, Bounded(1)), Some(0.7));
        assert_eq!(least(Shape::MANY, Bounded(10)), Some(0.7));
        assert_eq!(least(Shape::MANY, Bounded(1024)), Some(0.5));
        assert_eq!(least(Shape::MANY, Unbounded), Some(0.6));
        assert_eq!(least(Shape::ONE, Bounded(1)), Some(1.0));
        assert_eq!(least(Shape::FAN_IN, Unbounded), Some(1.0));
        assert_eq!(least(Shape::FAN_IN, Bounded(1)), None);
        let other = shares.least(Executor::Smol, Shape::MANY, Bounded(1), "b");
        assert_eq!(other, None);
    }

    #[test]
    fn a_csv_of_something_else_is_refused() {
        assert!(Shares::parse("executor,shape\nthreads,4x4\n".as_bytes()).is_err());
    }
}
