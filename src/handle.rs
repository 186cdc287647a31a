//! What the handles of a channel have in common, written once.
//!
//! Each macro takes the handle, its name in the examples, and the line of the examples that makes
//! it where `bounded` does not.

macro_rules! looks {
    ($handle:ident, $name:literal, $made:literal) => {
        impl<T> $handle<T> {
            /// Whether the channel is closed. Once `true` it stays so. There may still be messages
            /// inside.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded::<i32>(1);
            #[doc = $made]
            #[doc = concat!("assert!(!", $name, ".is_closed());")]
            /// sender.close();
            #[doc = concat!("assert!(", $name, ".is_closed());")]
            /// ```
            pub fn is_closed(&self) -> bool {
                self.channel.is_closed()
            }

            /// Whether there was no message inside at some moment during the call.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded(1);
            #[doc = $made]
            #[doc = concat!("assert!(", $name, ".is_empty());")]
            /// sender.try_send(1).unwrap();
            #[doc = concat!("assert!(!", $name, ".is_empty());")]
            /// ```
            pub fn is_empty(&self) -> bool {
                self.channel.len() == 0
            }

            /// Whether there was no room at some moment during the call. An unbounded channel
            /// always has room.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded(1);
            #[doc = $made]
            #[doc = concat!("assert!(!", $name, ".is_full());")]
            /// sender.try_send(1).unwrap();
            #[doc = concat!("assert!(", $name, ".is_full());")]
            /// ```
            pub fn is_full(&self) -> bool {
                self.channel.is_full()
            }

            /// How many messages were inside at some moment during the call.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded(2);
            #[doc = $made]
            /// sender.try_send(1).unwrap();
            #[doc = concat!("assert_eq!(", $name, ".len(), 1);")]
            /// ```
            pub fn len(&self) -> usize {
                self.channel.len()
            }

            /// How many messages the channel can hold; `None` if there is no limit.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded::<i32>(5);
            #[doc = $made]
            #[doc = concat!("assert_eq!(", $name, ".capacity(), Some(5));")]
            /// ```
            pub fn capacity(&self) -> Option<usize> {
                self.channel.capacity()
            }

            /// How many receivers the channel has.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded::<i32>(1);
            #[doc = $made]
            /// let another = receiver.clone();
            #[doc = concat!("assert_eq!(", $name, ".receiver_count(), 2);")]
            /// ```
            pub fn receiver_count(&self) -> usize {
                self.channel.receiver_count()
            }

            /// How many senders the channel has.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded::<i32>(1);
            #[doc = $made]
            /// let another = sender.clone();
            #[doc = concat!("assert_eq!(", $name, ".sender_count(), 2);")]
            /// ```
            pub fn sender_count(&self) -> usize {
                self.channel.sender_count()
            }

            /// What is inside, what went through, and who is there. [`Stats`](crate::Stats) says
            /// how far it is consistent.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded(2);
            #[doc = $made]
            /// sender.try_send(1).unwrap();
            /// sender.try_send(2).unwrap();
            /// assert_eq!(receiver.try_recv(), Ok(1));
            #[doc = concat!("let stats = ", $name, ".stats();")]
            /// assert_eq!((stats.sent, stats.received, stats.len), (2, 1, 1));
            /// ```
            pub fn stats(&self) -> crate::Stats {
                self.channel.stats()
            }

            /// The level by the [`watermarks`](crate::Builder::watermarks);
            /// [`Low`](crate::Pressure::Low) in a channel without them.
            ///
            /// ```
            /// use forebay::{Builder, Pressure};
            ///
            /// let (sender, receiver) = Builder::new().capacity(4).watermarks(1, 2).build()?;
            #[doc = $made]
            /// for number in 0..3 {
            #[doc = concat!("    assert_eq!(", $name, ".pressure(), Pressure::Low);")]
            ///     sender.try_send(number).unwrap();
            /// }
            #[doc = concat!("assert_eq!(", $name, ".pressure(), Pressure::High);")]
            #[doc = concat!("while ", $name, ".pressure() == Pressure::High {")]
            ///     receiver.try_recv().unwrap();
            /// }
            #[doc = concat!("assert!(", $name, ".is_empty());")]
            /// # Ok::<(), forebay::BuildError>(())
            /// ```
            pub fn pressure(&self) -> crate::Pressure {
                crate::pressure::Watched::pressure(&*self.channel)
            }

            /// Waits until the level is `level`: at once if it is. Gives that level, or the one at
            /// hand if the channel is closed, or gets closed while this waits.
            ///
            /// Any number of tasks may wait. All of them are woken by each change of the level, and
            /// by nothing else. One that comes too late, when the level has changed back already,
            /// goes on waiting.
            ///
            /// # Cancel safety
            /// Dropping the future has no effect.
            ///
            /// ```
            /// # futures_lite::future::block_on(async {
            /// use forebay::{Builder, Pressure};
            /// use futures_lite::future;
            ///
            /// let (sender, receiver) = Builder::new().capacity(10).watermarks(3, 7).build().unwrap();
            #[doc = $made]
            /// let producer = async {
            ///     for number in 0..100 {
            #[doc = concat!("        if ", $name, ".pressure() == Pressure::High {")]
            #[doc = concat!("            ", $name, ".until(Pressure::Low).await;")]
            ///         }
            ///         sender.try_send(number).unwrap(); // never full
            ///     }
            ///     sender.close();
            /// };
            /// let consumer = async {
            ///     while receiver.recv().await.is_ok() {}
            /// };
            /// future::zip(producer, consumer).await;
            /// # });
            /// ```
            pub fn until(&self, level: crate::Pressure) -> crate::Until<'_, T> {
                crate::Until::new(&self.channel, level)
            }

            /// As [`until`](Self::until), on a thread, which sleeps.
            ///
            /// Don't call it in async code: it blocks the executor.
            #[cfg(all(feature = "std", not(target_family = "wasm")))]
            pub fn until_blocking(&self, level: crate::Pressure) -> crate::Pressure {
                self.until(level).block()
            }

            /// The level, and each change of it, as a stream that does not keep the channel open.
            ///
            /// ```
            /// # futures_lite::future::block_on(async {
            /// use forebay::{Builder, Pressure};
            /// use futures_lite::StreamExt;
            ///
            /// let (sender, receiver) = Builder::new().watermarks(1, 2).build().unwrap();
            #[doc = $made]
            #[doc = concat!("let mut changes = ", $name, ".pressure_changes();")]
            /// assert_eq!(changes.next().await, Some(Pressure::Low));
            /// for number in 0..3 {
            ///     sender.send(number).await.unwrap();
            /// }
            /// assert_eq!(changes.next().await, Some(Pressure::High));
            /// sender.close();
            /// assert_eq!(changes.next().await, None);
            /// # });
            /// ```
            pub fn pressure_changes(&self) -> crate::PressureChanges<T> {
                crate::PressureChanges::new(&self.channel)
            }
        }
    };
}

macro_rules! closes {
    ($handle:ident, $name:literal) => {
        impl<T> $handle<T> {
            /// Closes the channel. `true` if this call did it, `false` if it was closed already.
            ///
            /// Every later send fails, and everything that waits is woken. The messages inside can
            /// still be received.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded(1);
            /// sender.try_send(1).unwrap();
            #[doc = concat!("assert!(", $name, ".close());")]
            #[doc = concat!("assert!(!", $name, ".close());")]
            /// assert!(sender.try_send(2).is_err());
            /// assert_eq!(receiver.try_recv(), Ok(1));
            /// assert!(receiver.try_recv().is_err());
            /// ```
            pub fn close(&self) -> bool {
                self.channel.close()
            }
        }
    };
}

pub(crate) use closes;
pub(crate) use looks;
