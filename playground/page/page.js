"use strict";
// Settings, time, and what is said about it all.

const SLIDERS = [
  // A new queue is needed where `anew` is set.
  { key: "producers", label: "Producers", min: 1, max: 8, value: 3, text: (n) => `${n}` },
  { key: "rate", label: "Each makes", min: 5, max: 80, step: 5, value: 20, text: (n) => `${(n / 10).toFixed(1)} per second` },
  { key: "workers", label: "Workers", min: 1, max: 8, value: 3, text: (n) => `${n}` },
  { key: "work", label: "An item takes", min: 100, max: 2000, step: 100, value: 900, text: (n) => `${(n / 1000).toFixed(1)} s` },
  { key: "capacity", label: "Capacity", min: 1, max: 32, value: 12, anew: true, text: (n) => `${n} items` },
  { key: "low", label: "Low mark", min: 1, max: 31, value: 3, anew: true, text: (n) => `fewer than ${n}` },
  { key: "high", label: "High mark", min: 2, max: 32, value: 7, anew: true, text: (n) => `more than ${n}` },
  { key: "retries", label: "Retries", min: 0, max: 5, value: 3, text: (n) => (n === 0 ? "none" : `${n}`) },
];

async function main() {
  const get = (id) => document.getElementById(id);
  const engine = await makeEngine();
  const set = { kind: 0, overflow: 0, unlimited: false, impatient: false };
  const controls = {};
  let paused = false;
  let speed = 1;
  let since = 0; // simulated milliseconds since the last sample
  let announced = { key: "", at: 0 };

  const stage = makeStage(engine, (action, worker) => {
    engine.act(action, worker);
    const says = { stop: "finishes its job and stops", start: "starts again", crash: "crashes; its job comes back" };
    announce(`Worker ${worker + 1} ${says[action]}.`);
    draw();
  });
  const charts = makeCharts();

  for (const slider of SLIDERS) {
    const row = element("label", "row");
    const name = element("span", "", slider.label);
    const output = element("output");
    const input = element("input");
    Object.assign(input, { type: "range", id: `set-${slider.key}`, min: slider.min, max: slider.max, step: slider.step || 1, value: slider.value });
    row.append(name, output, input);
    get("sliders").append(row);
    const show = () => {
      write(output, slider.text(Number(input.value)));
      input.setAttribute("aria-valuetext", output.textContent);
    };
    controls[slider.key] = { row, input, show };
    set[slider.key] = slider.value;
    input.addEventListener("input", () => {
      change(slider.key, Number(input.value));
      if (!slider.anew) apply();
    });
    if (slider.anew) input.addEventListener("change", () => start(`A new queue: ${slider.label.toLowerCase()} ${slider.text(Number(input.value))}.`));
    show();
  }

  /** Takes a value over, and moves what does not go together with it. */
  function change(key, value) {
    set[key] = value;
    if (key === "low") set.high = Math.max(set.high, set.low + 1);
    if (key === "high") set.low = Math.min(set.low, set.high - 1);
    if ((key === "low" || key === "high") && !set.unlimited) set.capacity = Math.max(set.capacity, set.high);
    for (const name of ["low", "high", "capacity"]) {
      controls[name].input.value = set[name];
      controls[name].show();
    }
    controls[key]?.show();
  }

  function apply() {
    for (const key of KEYS) engine.set(key, Number(set[key]));
    paintCode();
    hints();
  }

  function start(says) {
    if (set.kind === 3 && !set.unlimited) {
      if (set.capacity < 2) set.capacity = 2;
      set.high = Math.min(set.high, set.capacity);
      set.low = Math.min(set.low, set.high - 1);
      for (const name of ["low", "high", "capacity"]) {
        controls[name].input.value = set[name];
        controls[name].show();
      }
    }
    apply();
    if (!engine.start()) throw new Error("the settings do not go together");
    stage.clear();
    charts.clear();
    since = 0;
    setPaused(false);
    if (says) announce(says);
    draw();
  }

  function hints() {
    const lossy = (set.kind === 0 || set.kind === 3) && !set.unlimited;
    get("overflow").disabled = !lossy;
    get("overflow-row").hidden = set.kind === 1 || set.kind === 2;
    get("impatient-row").hidden = set.kind !== 1;
    for (const mark of ["low", "high"]) controls[mark].row.hidden = set.kind !== 3;
    controls.capacity.input.disabled = set.unlimited;
    const hint = set.unlimited ? "Without a limit the queue is never full: no kind of backpressure has anything to say."
      : ["The producer has no code for it. Try a worker that takes longer, or crash one.",
        "Refused clients come back when half of the queue will be free. Let them ignore it, and watch the refusals.",
        "The remote program knows nothing of the queue. The buffers of its socket, four dots, fill first.",
        "Two marks, so that it does not change its mind with every item. Try a burst."][set.kind];
    write(get("hint"), hint);
  }

  function paintCode() {
    paint(get("rust"), rustCode(set), "\\/\\/");
    paint(get("python"), pythonCode(set), "#");
  }

  function announce(text, key = "") {
    announced = { key, at: performance.now() };
    write(get("live"), text);
  }

  /** One sentence on what is to be seen, and a key that changes when it means something else. */
  function story(view) {
    const count = (state) => view.producers.filter((producer) => producer.state === state).length;
    const of = (n, what) => `${n} of ${set.producers} producers ${what}`;
    const lossy = view.capacity && set.overflow > 0 && (set.kind === 0 || set.kind === 3);
    if (view.phase === "killed") return ["killed", `Out of memory: the system has killed the program, and ${view.len + view.inHand} items are lost. A limit would have told the producers in time.`];
    if (view.phase === "ended") return ["ended", `Shut down: ${view.done} done, ${view.leftOver} left over and handed back by name, ${view.dead} dead letters. Nothing is lost.`];
    if (view.phase === "closing") return ["closing", `Shutting down: nothing is put any more. ${view.len} inside and ${view.inHand} in hand are still to be done.`];
    const down = view.workers.findIndex((worker) => worker.state === "crashed");
    if (down >= 0 && set.retries > 0) return [`crash ${view.returned}`, `Worker ${down + 1} has crashed. Its job came back to the queue for another attempt: nothing is lost.`];
    if (set.unlimited) return [`grows ${Math.floor(Math.log2(view.len + 1))}`, view.len > 20 ? `The queue holds ${view.len} items and nobody slows down. An item now waits ${seconds(view.waited)} for a worker, and memory grows.` : "No limit: what is not yet done piles up in memory."];
    const full = view.len >= view.capacity;
    if (set.kind === 1) {
      const refused = count("refused");
      return refused ? [`refused ${full}`, `${of(refused, `${refused === 1 ? "was" : "were"} told to come back later`)}: 429, Retry-After ${seconds(view.retryAfter)}. The queue never holds more than ${view.capacity}.`] : ["taken", "There is room: every request is taken."];
    }
    if (set.kind === 3 && !lossy) {
      return view.high ? ["high", `High: more than ${set.high} were inside, so the producers have slowed to a quarter until fewer than ${set.low} are.`] : ["low", `Low: the producers go at full speed until more than ${set.high} are inside.`];
    }
    if (lossy && full) {
      const what = ["", `refuses: ${view.refused} items were given back`, `drops the oldest: ${view.displaced} were displaced`, `drops the newest: ${view.displaced} were not put`][set.overflow];
      return [`policy ${set.overflow}`, `The queue is full and ${what}. Nobody waits.`];
    }
    const waits = count("waiting");
    if (waits) {
      return set.kind === 2 ? ["window", `The queue is full, so nobody reads the sockets; their buffers are full, so ${of(waits, "cannot write")}.`] : ["waits", `The queue is full, so ${of(waits, `${waits === 1 ? "waits" : "wait"} in put().await`)}: they go at the pace of the workers.`];
    }
    if (view.len === 0) return ["idle", "The queue is empty: the workers are faster than the producers."];
    return [full ? "full" : "room", full ? "The queue is full: the next producer that is ready has to wait." : "There is room: nobody waits."];
  }

  function account(view) {
    const parts = [["done", view.done], ["inside", view.len], ["in hand", view.inHand], ["displaced", view.displaced], ["dead letters", view.dead], ["left over", view.leftOver]]
      .filter(([name, n]) => n > 0 || name === "done" || name === "inside" || name === "in hand");
    const ok = view.agrees === 1;
    const text = `${view.put} put = ${parts.map(([name, n]) => `${n} ${name}`).join(" + ")}`;
    const verdict = ok ? "it adds up" : view.phase === "killed" ? `${view.len + view.inHand} lost with the program` : "it does not add up";
    const node = get("account");
    node.dataset.ok = ok;
    if (node.dataset.text !== text + verdict) {
      node.dataset.text = text + verdict;
      node.replaceChildren(element("span", "sum", text), element("span", "verdict", verdict));
    }
  }

  const FIGURES = [
    ["Refused", (view) => `${view.refused}`],
    ["Retry-After", (view) => (view.retryAfter ? seconds(view.retryAfter) : "-")],
    ["Displaced", (view) => `${view.displaced}`],
    ["Came back", (view) => `${view.returned}`],
    ["Dead letters", (view) => `${view.dead}`],
    ["Left over", (view) => `${view.leftOver}`],
    ["Times High", (view) => `${view.highs}`],
    ["An item waits", (view) => seconds(view.waited)],
  ].map(([name, text]) => {
    const box = element("div");
    const value = element("dd");
    box.append(element("dt", "", name), value);
    get("figures").append(box);
    return (view) => write(value, text(view));
  });

  let shown = 0;
  function draw() {
    const view = engine.view();
    stage.draw(view, set);
    write(get("clock"), seconds(view.time));
    account(view);
    FIGURES.forEach((figure) => figure(view));
    const [key, text] = story(view);
    const now = performance.now();
    if (now - shown > 250 || key !== announced.key) {
      shown = now;
      write(get("story"), text);
      get("story").dataset.key = key;
    }
    // A screen reader hears what has changed, not every number.
    if (key !== announced.key && now - announced.at > 2500) announce(text, key);
    charts.draw(view, set);
    const over = view.phase !== "running";
    get("graceful").disabled = over;
    get("immediate").disabled = over && view.phase !== "closing";
    get("burst").disabled = over;
    get("burst").setAttribute("aria-pressed", view.burst === 1);
    get("pause").disabled = get("step").disabled = view.phase === "ended" || view.phase === "killed";
    document.body.dataset.phase = view.phase;
    return view;
  }

  /** Lets simulated time pass, and looks every tenth of a second. */
  function pass(millis) {
    let left = millis;
    while (left > 0) {
      const part = Math.min(left, SAMPLE - since);
      engine.advance(part);
      left -= part;
      since += part;
      if (since >= SAMPLE) {
        since = 0;
        const view = engine.view();
        if (view.phase !== "killed" && view.phase !== "ended") {
          charts.sample(view, (set.producers * set.rate * (view.burst ? 4 : 1)) / 10);
        }
      }
    }
  }

  function setPaused(value) {
    paused = value;
    write(get("pause"), paused ? "Go on" : "Pause");
    document.body.classList.toggle("paused", paused);
  }

  let last = 0;
  function frame(now) {
    const elapsed = Math.min(100, now - last);
    last = now;
    if (!paused) {
      pass(elapsed * speed);
      draw();
    }
    requestAnimationFrame(frame);
  }

  document.querySelectorAll("input[name=kind]").forEach((radio) => radio.addEventListener("change", () => {
    set.kind = Number(radio.value);
    start(`${["Implicit: the producer waits.", "Explicit: the producer is refused, and told when to come back.", "Reactive: the socket is not read.", "Proactive: the producer slows down in time."][set.kind]}`);
  }));
  get("unlimited").addEventListener("change", (event) => {
    set.unlimited = event.target.checked;
    start(set.unlimited ? "No limit: the queue is never full." : "With a limit again.");
  });
  get("overflow").addEventListener("change", (event) => {
    set.overflow = Number(event.target.value);
    start(`If there is no room: ${event.target.selectedOptions[0].textContent.toLowerCase()}.`);
  });
  get("impatient").addEventListener("change", (event) => {
    set.impatient = event.target.checked;
    apply();
    announce(set.impatient ? "Clients come back at once." : "Clients come back when they were told to.");
  });
  get("pause").addEventListener("click", () => {
    setPaused(!paused);
    announce(paused ? "Paused." : "Goes on.");
  });
  get("step").addEventListener("click", () => {
    setPaused(true);
    pass(100);
    draw();
  });
  get("speed").addEventListener("change", (event) => { speed = Number(event.target.value); });
  get("burst").addEventListener("click", () => {
    engine.act("burst");
    announce("A burst: for three seconds the producers are four times as fast.");
  });
  get("restart").addEventListener("click", () => start("Started anew."));
  get("graceful").addEventListener("click", () => { engine.act("graceful"); setPaused(false); });
  get("immediate").addEventListener("click", () => { engine.act("immediate"); setPaused(false); });

  const themes = ["auto", "light", "dark"];
  get("theme").addEventListener("click", () => {
    const next = themes[(themes.indexOf(document.documentElement.dataset.theme || "auto") + 1) % 3];
    document.documentElement.dataset.theme = next;
    write(get("theme"), `Theme: ${next}`);
  });

  start("");
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
  // For the test, and for whoever opens the console.
  window.playground = { engine, set, pass, draw, codes: { rustCode, pythonCode } };
  document.body.dataset.ready = "true";
}

main().catch((error) => {
  const broken = document.getElementById("broken");
  broken.textContent = `This page could not start: ${error.message}`;
  broken.hidden = false;
  throw error;
});
