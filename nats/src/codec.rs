//! How items travel.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What an encoder or a decoder answers when it cannot.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Turns items into bytes and back. [`Json`] is the default.
///
/// What one process encodes another one decodes, perhaps of another version of the program. Bytes
/// that do not decode go to the [dead letters](crate::Queue::dead_letters), never to a worker.
///
/// ```
/// use forebay_nats::{BoxError, Bytes, Codec};
///
/// /// Text as it is.
/// struct Text;
///
/// impl Codec<String> for Text {
///     fn encode(item: &String) -> Result<Bytes, BoxError> {
///         Ok(Bytes::copy_from_slice(item.as_bytes()))
///     }
///
///     fn decode(bytes: &[u8]) -> Result<String, BoxError> {
///         Ok(str::from_utf8(bytes)?.to_owned())
///     }
/// }
///
/// assert_eq!(Text::decode(&Text::encode(&"dig".to_owned())?)?, "dig");
/// # Ok::<(), BoxError>(())
/// ```
pub trait Codec<T>: 'static {
    /// The bytes of an item.
    ///
    /// # Errors
    /// If the item has no form in bytes. It is not put then.
    fn encode(item: &T) -> Result<Bytes, BoxError>;

    /// The item of these bytes.
    ///
    /// # Errors
    /// If they are not those of an item.
    fn decode(bytes: &[u8]) -> Result<T, BoxError>;
}

/// Items as JSON, by `serde`.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl<T: Serialize + DeserializeOwned> Codec<T> for Json {
    fn encode(item: &T) -> Result<Bytes, BoxError> {
        Ok(serde_json::to_vec(item)?.into())
    }

    fn decode(bytes: &[u8]) -> Result<T, BoxError> {
        Ok(serde_json::from_slice(bytes)?)
    }
}
