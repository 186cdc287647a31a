"use strict";
// Producers, slots and workers, and the items that move between them.

const seconds = (millis) => `${(millis / 1000).toFixed(1)} s`;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Sets a text only where it changes, so that nothing is laid out for nothing. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function makeStage(engine, onAct) {
  const get = (id) => document.getElementById(id);
  const stage = get("stage");
  const layer = get("tokens");
  const slots = get("slots");
  const SHOWN = 12; // slots drawn without a limit
  const PILE = 24; // of the others, in a row

  function card(list, letter, title) {
    const item = element("li", "card");
    item.hidden = true;
    const name = element("span", "name", letter);
    name.title = title;
    const spot = element("span", "spot");
    const body = element("span", "body");
    const state = element("span", "state");
    const bar = element("span", "progress");
    const fill = element("span");
    bar.append(fill);
    body.append(state, bar);
    item.append(name, spot, body);
    list.append(item);
    return { item, name, spot, body, state, fill };
  }

  const producers = Array.from({ length: MOST }, (_, index) => {
    const letter = String.fromCharCode(65 + index);
    const made = card(get("producers"), letter, `Producer ${letter}`);
    made.name.classList.add(`hue-${index}`);
    made.socket = element("span", "socket");
    made.socket.title = "The buffers of the socket";
    made.dots = Array.from({ length: 4 }, () => made.socket.appendChild(element("i")));
    made.body.append(made.socket);
    return made;
  });

  const workers = Array.from({ length: MOST }, (_, index) => {
    const made = card(get("workers"), String(index + 1), `Worker ${index + 1}`);
    const buttons = element("span", "card-buttons");
    made.stop = element("button", "small quiet", "Stop");
    made.crash = element("button", "small danger", "Crash");
    for (const button of [made.stop, made.crash]) button.type = "button";
    made.stop.addEventListener("click", () => onAct(made.stop.dataset.does || "stop", index));
    made.crash.addEventListener("click", () => onAct("crash", index));
    buttons.append(made.stop, made.crash);
    made.item.append(buttons);
    return made;
  });

  let slotNodes = [];
  let slotKey = "";

  function drawSlots(view, set) {
    const number = view.capacity || SHOWN;
    const marks = set.kind === 3;
    const key = `${number} ${view.capacity} ${marks} ${set.low} ${set.high}`;
    if (key === slotKey) return;
    slotKey = key;
    slotNodes = Array.from({ length: number }, (_, index) => {
      const slot = element("span", "slot");
      if (index === 0) slot.dataset.mark = "next";
      if (marks && index === set.low - 1) slot.dataset.mark = "low";
      if (marks && index === set.high) slot.dataset.mark = "high";
      if (marks && index >= set.high) slot.classList.add("above");
      if (!view.capacity) slot.classList.add("open");
      return slot;
    });
    slots.replaceChildren(...slotNodes);
    anchors.clear();
  }

  // Where things are, measured once until something moves.
  const anchors = new Map();
  let drawn;
  new ResizeObserver(() => {
    anchors.clear();
    if (drawn) drawTokens(drawn); // also while it is paused
  }).observe(stage);
  function anchor(node) {
    let at = anchors.get(node);
    if (!at) {
      const outer = stage.getBoundingClientRect();
      const inner = node.getBoundingClientRect();
      at = { x: inner.left - outer.left + inner.width / 2, y: inner.top - outer.top + inner.height / 2 };
      anchors.set(node, at);
    }
    return at;
  }

  const tokens = new Map();
  function place(token, at) {
    token.style.transform = `translate(${at.x}px, ${at.y}px) translate(-50%, -50%)`;
  }

  function drawTokens(view) {
    drawn = view;
    const where = new Map();
    view.items.slice(0, slotNodes.length).forEach((item, index) => where.set(item, slotNodes[index]));
    view.producers.forEach((producer, index) => {
      if (producer.holds) where.set(producer.holds, producers[index].spot);
    });
    view.workers.forEach((worker, index) => {
      if (worker.holds) where.set(worker.holds, workers[index].spot);
    });
    for (const [item, token] of tokens) {
      if (where.has(item)) continue;
      tokens.delete(item);
      token.classList.add("gone");
      setTimeout(() => token.remove(), 300);
    }
    for (const [item, node] of where) {
      let token = tokens.get(item);
      if (!token) {
        token = element("span", `token hue-${producerOf(item)}`, nameOf(item));
        // It starts at its producer, unless it came into sight in the queue.
        const maker = producers[producerOf(item)];
        const seen = maker.item.hidden || (view.len > slotNodes.length && node.classList.contains("slot"));
        place(token, anchor(seen ? node : maker.spot));
        layer.append(token);
        tokens.set(item, token);
        token.getBoundingClientRect(); // the way begins there
      }
      place(token, anchor(node));
    }
  }

  function producerText(producer, view, set) {
    const left = seconds(Math.max(0, producer.until - view.time));
    switch (producer.state) {
      case "making": return "making";
      case "waiting": return set.kind === 2 ? `window closed, ${seconds(view.time - producer.from)}` : `waits, ${seconds(view.time - producer.from)}`;
      case "slowed": return "slowed to ¼";
      case "refused": return set.kind === 1 ? `429, back in ${left}` : "refused";
      default: return "closed";
    }
  }

  function workerText(worker, view) {
    switch (worker.state) {
      case "waiting": return "waits for a job";
      case "working": return (worker.attempt > 1 ? `attempt ${worker.attempt}` : "working") + (worker.stops ? ", then stops" : "");
      case "crashed": return `crashed, ${seconds(Math.max(0, worker.until - view.time))}`;
      default: return worker.state;
    }
  }

  function progress(node, one, view, moves) {
    const part = moves ? (view.time - one.from) / Math.max(1, one.until - one.from) : 0;
    node.style.transform = `scaleX(${Math.min(1, Math.max(0, part)).toFixed(3)})`;
  }

  function draw(view, set) {
    drawSlots(view, set);
    let moved = false;
    const show = (node, visible) => {
      if (node.hidden === visible) {
        node.hidden = !visible;
        moved = true;
      }
    };
    view.producers.forEach((producer, index) => {
      const card = producers[index];
      show(card.item, producer.state !== "gone");
      card.item.dataset.state = producer.state;
      write(card.state, producerText(producer, view, set));
      progress(card.fill, producer, view, producer.until > view.time);
      show(card.socket, set.kind === 2);
      card.dots.forEach((dot, place) => dot.classList.toggle("on", place < producer.socket));
    });
    view.workers.forEach((worker, index) => {
      const card = workers[index];
      show(card.item, worker.state !== "gone");
      card.item.dataset.state = worker.state;
      write(card.state, workerText(worker, view));
      progress(card.fill, worker, view, worker.state === "working" || worker.state === "crashed");
      const stopped = worker.state === "stopped" || worker.stops;
      card.stop.dataset.does = stopped ? "start" : "stop";
      write(card.stop, stopped ? "Start" : "Stop");
      card.stop.setAttribute("aria-label", `${stopped ? "Start" : "Stop"} worker ${index + 1}`);
      card.crash.setAttribute("aria-label", `Crash worker ${index + 1}`);
      const over = worker.state === "ended" || view.phase === "ended" || view.phase === "killed";
      card.stop.disabled = over || view.phase !== "running";
      card.crash.disabled = over || worker.state === "crashed" || worker.state === "stopped";
    });
    write(get("fill"), view.capacity ? `${view.len} of ${view.capacity}` : `${view.len}, no limit`);
    slots.classList.toggle("full", view.capacity > 0 && view.len >= view.capacity);
    const level = get("level");
    show(level, set.kind === 3);
    level.dataset.level = view.high ? "high" : "low";
    write(level, view.high ? "High" : "Low");
    const beyond = view.len - Math.min(view.len, slotNodes.length);
    show(get("more"), beyond > 0);
    write(get("more"), `and ${beyond} more`);
    show(get("pile"), beyond > 0);
    get("pile").style.height = `${Math.ceil(beyond / PILE) * 9}px`;
    show(get("memory"), set.unlimited);
    const part = view.memory / (32 * 1024);
    get("memory-bar").style.transform = `scaleX(${Math.min(1, part).toFixed(3)})`;
    get("memory").classList.toggle("tight", part > 0.6);
    write(get("memory-text"), `${(view.memory / 1024).toFixed(1)} of 32 MiB in items; the wasm has ${(engine.bytes() / 1048576).toFixed(0)} MiB`);
    const held = view.workers.filter((worker) => worker.state === "working").length;
    const back = Math.max(0, view.inHand - held);
    show(get("back"), back > 0);
    write(get("back"), `${back} ${back === 1 ? "job" : "jobs"} of crashed workers waiting to come back`);
    const label = view.len === 0 ? "The queue is empty." : `${view.len} items in the queue; next: ${nameOf(view.items[0])}.`;
    if (slots.getAttribute("aria-label") !== label) slots.setAttribute("aria-label", label);
    if (moved) anchors.clear();
    drawTokens(view);
  }

  function clear() {
    layer.replaceChildren();
    tokens.clear();
    anchors.clear();
  }

  return { draw, clear };
}
