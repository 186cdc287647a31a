//! What can be chosen on the page.

use alloc::boxed::Box;
use forebay::queue::{Builder, Queue};
use forebay::{BuildError, Overflow};

/// The numbers that the page knows the settings by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Key {
    Kind,
    Overflow,
    Unlimited,
    Capacity,
    Low,
    High,
    Retries,
    Producers,
    Workers,
    Rate,
    Work,
    Impatient,
}

impl Key {
    pub const ALL: [Self; 12] = [
        Self::Kind,
        Self::Overflow,
        Self::Unlimited,
        Self::Capacity,
        Self::Low,
        Self::High,
        Self::Retries,
        Self::Producers,
        Self::Workers,
        Self::Rate,
        Self::Work,
        Self::Impatient,
    ];
}

/// What a producer does with a full queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// It waits.
    Implicit,
    /// It is refused, and told when to come back.
    Explicit,
    /// Its socket is not read.
    Reactive,
    /// It has slowed down before.
    Proactive,
}

#[derive(Clone, Debug)]
pub struct Settings([u32; Key::ALL.len()]);

impl Default for Settings {
    fn default() -> Self {
        let mut settings = Self([0; Key::ALL.len()]);
        for (key, value) in [
            (Key::Capacity, 12),
            (Key::Low, 3),
            (Key::High, 7),
            (Key::Retries, 3),
            (Key::Producers, 3),
            (Key::Workers, 3),
            (Key::Rate, 20),
            (Key::Work, 900),
        ] {
            settings.set(key, value);
        }
        settings
    }
}

impl Settings {
    pub fn set(&mut self, key: Key, value: u32) {
        self.0[key as usize] = value;
    }

    pub fn get(&self, key: Key) -> u32 {
        self.0[key as usize]
    }

    pub fn kind(&self) -> Kind {
        match self.get(Key::Kind) {
            0 => Kind::Implicit,
            1 => Kind::Explicit,
            2 => Kind::Reactive,
            _ => Kind::Proactive,
        }
    }

    pub fn overflow(&self) -> Overflow {
        match (self.kind(), self.get(Key::Overflow)) {
            // Each of the two has its own answer to a full queue.
            (Kind::Explicit, _) => Overflow::Refuse,
            (Kind::Reactive, _) | (_, 0) => Overflow::Wait,
            (_, 1) => Overflow::Refuse,
            (_, 2) => Overflow::DropOldest,
            (_, _) => Overflow::DropNewest,
        }
    }

    pub fn unlimited(&self) -> bool {
        self.get(Key::Unlimited) != 0
    }

    /// Microseconds between two items of a producer; the page gives tenths of items per second.
    pub fn gap(&self) -> u64 {
        10_000_000 / u64::from(self.get(Key::Rate).max(1))
    }

    /// Microseconds that a worker needs for an item.
    pub fn work(&self) -> u64 {
        u64::from(self.get(Key::Work)) * 1000
    }

    pub fn queue(&self) -> Result<Queue<Item>, BuildError> {
        let size = |key| self.get(key) as usize;
        let mut builder = Builder::new().overflow(self.overflow());
        if self.kind() == Kind::Proactive {
            builder = builder.watermarks(size(Key::Low), size(Key::High));
        }
        if !self.unlimited() {
            builder = builder.maxsize(size(Key::Capacity));
        }
        builder.fifo()
    }
}

/// What the producers make: large enough for memory to be seen to grow.
#[derive(Debug)]
pub struct Item {
    pub name: Name,
    /// 1, and one more after each crash.
    pub attempt: u32,
    /// When it was put, in microseconds.
    pub since: u64,
    _payload: Box<[u8]>,
}

impl Item {
    pub const BYTES: usize = 128 * 1024;

    pub fn new(name: Name) -> Self {
        let payload = alloc::vec![0; Self::BYTES].into_boxed_slice();
        Self { name, attempt: 1, since: 0, _payload: payload }
    }
}

/// Who made an item, and its number among theirs: from 1, so that a zero is no item.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Name(pub u32);

impl Name {
    pub fn new(producer: usize, number: u32) -> Self {
        Self(u32::try_from(producer).map_or(0, |producer| producer << 24) | number)
    }
}
