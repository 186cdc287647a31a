//! Why an operation failed, with the item given back wherever there is one.

mod get;
mod open;
mod put;

pub use get::{GetError, ShutdownError, TryGetError};
pub use open::{ConnectError, OpenError};
pub use put::{PutAllError, PutError, TryPutError};
