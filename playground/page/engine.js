"use strict";
// The wasm, and what it shows as objects: the order of numbers is that of src/view.rs.

const KEYS = ["kind", "overflow", "unlimited", "capacity", "low", "high", "retries", "producers", "workers", "rate", "work", "impatient"];
const ACTIONS = ["stop", "start", "crash", "graceful", "immediate", "burst"];
const PRODUCING = ["gone", "making", "waiting", "slowed", "refused", "closed"];
const WORKING = ["gone", "waiting", "working", "stopped", "crashed", "ended"];
const PHASES = ["running", "closing", "ended", "killed"];
const MOST = 8;
const HEAD = ["time", "phase", "len", "capacity", "high", "inHand", "put", "done", "refused", "displaced", "dead",
  "leftOver", "returned", "highs", "closed", "retryAfter", "waited", "memory", "agrees", "burst"];
const PRODUCER = ["state", "holds", "from", "until", "socket", "made"];
const WORKER = ["state", "holds", "from", "until", "attempt", "done", "stops"];

/** `A12`: the twelfth item of the first producer. */
const nameOf = (item) => String.fromCharCode(65 + (item >>> 24)) + (item & 0xffffff);
const producerOf = (item) => item >>> 24;

async function makeEngine() {
  const bytes = Uint8Array.from(atob(document.getElementById("wasm").textContent.trim()), (c) => c.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const wasm = instance.exports;

  function view() {
    const length = wasm.view_len();
    const start = wasm.view();
    const numbers = new Uint32Array(wasm.memory.buffer, start, length); // memory may have moved
    let at = 0;
    const read = (fields) => Object.fromEntries(fields.map((field) => [field, numbers[at++]]));
    const seen = read(HEAD);
    seen.phase = PHASES[seen.phase];
    seen.producers = Array.from({ length: MOST }, () => read(PRODUCER));
    seen.producers.forEach((producer) => { producer.state = PRODUCING[producer.state]; });
    seen.workers = Array.from({ length: MOST }, () => read(WORKER));
    seen.workers.forEach((worker) => { worker.state = WORKING[worker.state]; });
    seen.items = Array.from(numbers.subarray(at));
    return seen;
  }

  return {
    view,
    set: (key, value) => wasm.set(KEYS.indexOf(key), value),
    start: () => wasm.start() !== 0,
    act: (action, worker = 0) => wasm.act(ACTIONS.indexOf(action), worker),
    advance: (millis) => wasm.advance(Math.round(millis * 1000)),
    bytes: () => wasm.memory.buffer.byteLength,
  };
}
