//! Clients: crowds that want more than the server can do, with good manners and with bad ones.

use core::net::SocketAddr;
use core::time::Duration;
use std::thread;

use ureq::Agent;
use ureq::http::StatusCode;
use ureq::http::header::RETRY_AFTER;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    Accepted,
    /// Full: come back after this time.
    Refused(Duration),
}

/// One client, which keeps its connection.
pub(crate) struct Client {
    agent: Agent,
    url: String,
}

impl Client {
    pub(crate) fn new(server: SocketAddr) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        Self { agent: config.into(), url: format!("http://{server}/jobs") }
    }

    /// Hands a job in.
    ///
    /// # Errors
    /// If there was no answer, or one that is neither 202 nor 429 with the time to come back.
    pub(crate) fn submit(&self, job: u64) -> Result<Answer, ureq::Error> {
        let answer = self.agent.post(&self.url).send(job.to_string())?;
        let seconds = |text: &ureq::http::HeaderValue| text.to_str().ok()?.parse().ok();
        match (answer.status(), answer.headers().get(RETRY_AFTER).and_then(seconds)) {
            (StatusCode::ACCEPTED, _) => Ok(Answer::Accepted),
            (StatusCode::TOO_MANY_REQUESTS, Some(seconds)) => {
                Ok(Answer::Refused(Duration::from_secs(seconds)))
            }
            (status, _) => Err(ureq::Error::StatusCode(status.as_u16())),
        }
    }
}

/// What a client does when it is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Manners {
    /// Tries again after so long, whatever the server says.
    Impatient(Duration),
    /// Comes back when it was told to.
    Polite,
}

/// So many clients at a time, each with so many jobs, handed in as fast as it goes until all are
/// accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) clients: u32,
    pub(crate) jobs: u32,
    pub(crate) manners: Manners,
}

/// The answers that a crowd got.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Answers {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
}

impl Answers {
    /// The share of the answers that were refusals.
    #[allow(clippy::cast_precision_loss, reason = "a share")]
    pub(crate) fn refusals(self) -> f64 {
        self.refused as f64 / (self.accepted + self.refused).max(1) as f64
    }
}

impl Crowd {
    /// Job `n` of client `c` is number `c * jobs + n`: every number from 0 to `clients * jobs`
    /// once.
    ///
    /// # Errors
    /// The first of those that a client met.
    pub(crate) fn visit(self, server: SocketAddr) -> Result<Answers, ureq::Error> {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..self.clients)
                .map(|client| scope.spawn(move || self.one(client, server)))
                .collect();
            clients.into_iter().try_fold(Answers::default(), |all, client| {
                let one = client.join().expect("a client does not panic")?;
                Ok(Answers {
                    accepted: all.accepted + one.accepted,
                    refused: all.refused + one.refused,
                })
            })
        })
    }

    fn one(self, number: u32, server: SocketAddr) -> Result<Answers, ureq::Error> {
        let client = Client::new(server);
        let first = u64::from(number) * u64::from(self.jobs);
        let mut answers = Answers::default();
        for job in first..first + u64::from(self.jobs) {
            while let Answer::Refused(wait) = client.submit(job)? {
                answers.refused += 1;
                thread::sleep(match self.manners {
                    Manners::Impatient(wait) => wait,
                    Manners::Polite => wait,
                });
            }
            answers.accepted += 1;
        }
        Ok(answers)
    }
}
