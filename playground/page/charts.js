"use strict";
// Rates and length over the last thirty seconds.

const SAMPLE = 100; // milliseconds of simulated time
const SAMPLES = 300;

function makeCharts() {
  const get = (id) => document.getElementById(id);
  const WIDTH = 600;
  const HEIGHT = 150;
  let samples = [];

  function svg(tag, className) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    made.setAttribute("class", className);
    return made;
  }

  const lines = {};
  for (const [chart, names] of [["rate", ["lost", "wanted", "in", "out"]], ["length", ["area", "capacity", "low", "high", "len"]]]) {
    for (const name of names) {
      lines[name] = svg("path", `line ${name}`);
      get(chart).append(lines[name]);
    }
  }

  function sample(view, wanted) {
    samples.push({ put: view.put, done: view.done, lost: view.refused + view.displaced, len: view.len, wanted });
    if (samples.length > SAMPLES + 60) samples = samples.slice(-SAMPLES - 31);
  }

  /** Per second, over the three seconds before. */
  function rate(field, index) {
    const from = Math.max(0, index - 30);
    return index === from ? 0 : ((samples[index][field] - samples[from][field]) * 1000) / ((index - from) * SAMPLE);
  }

  function draw(view, set) {
    const first = Math.max(0, samples.length - SAMPLES);
    const x = (index) => ((index - first) / (SAMPLES - 1)) * WIDTH;
    const shown = Array.from({ length: samples.length - first }, (_, index) => index + first);
    const rates = {
      in: shown.map((index) => rate("put", index)),
      out: shown.map((index) => rate("done", index)),
      lost: shown.map((index) => rate("lost", index)),
      wanted: shown.map((index) => samples[index].wanted),
    };
    const top = Math.max(2, ...rates.in, ...rates.out, ...rates.wanted, ...rates.lost) * 1.1;
    const path = (values, most, base) => {
      if (values.length === 0) return "";
      const points = values.map((value, index) => `${x(shown[index]).toFixed(1)},${(HEIGHT - (value / most) * HEIGHT).toFixed(1)}`);
      const line = `M${points.join("L")}`;
      return base ? `${line}L${x(shown[shown.length - 1]).toFixed(1)},${HEIGHT}L${x(shown[0]).toFixed(1)},${HEIGHT}Z` : line;
    };
    const flat = (value, most) => `M0,${HEIGHT - (value / most) * HEIGHT}L${WIDTH},${HEIGHT - (value / most) * HEIGHT}`;
    for (const name of ["in", "out", "wanted"]) lines[name].setAttribute("d", path(rates[name], top));
    lines.lost.setAttribute("d", rates.lost.some((value) => value > 0) ? path(rates.lost, top, true) : "");

    const lengths = shown.map((index) => samples[index].len);
    const most = Math.max(view.capacity || 10, ...lengths) * 1.1;
    lines.area.setAttribute("d", path(lengths, most, true));
    lines.len.setAttribute("d", path(lengths, most));
    lines.capacity.setAttribute("d", view.capacity ? flat(view.capacity, most) : "");
    for (const mark of ["low", "high"]) lines[mark].setAttribute("d", set.kind === 3 ? flat(set[mark], most) : "");

    const last = shown.length - 1;
    const now = (name) => (last < 0 ? 0 : rates[name][last]).toFixed(1);
    const legend = (id, entries) => {
      const node = get(id);
      const text = entries.map(([, label]) => label).join("|");
      if (node.dataset.text === text) return;
      node.dataset.text = text;
      node.replaceChildren(...entries.map(([name, label]) => {
        const span = element("span", `key ${name}`, label);
        return span;
      }));
    };
    const lost = set.kind === 1 || set.overflow === 1 ? "refused" : "displaced";
    const refuses = set.kind === 1 || (set.overflow > 0 && set.kind !== 2);
    legend("rate-legend", [
      ["wanted", `wanted ${now("wanted")}`], ["in", `put ${now("in")}`], ["out", `done ${now("out")}`],
      ...(refuses && !set.unlimited ? [["lost", `${lost} ${now("lost")}`]] : []),
    ]);
    const marks = set.kind === 3 ? [["low", `low ${set.low}`], ["high", `high ${set.high}`]] : [];
    legend("length-legend", [["len", `inside ${view.len}`], ...(view.capacity ? [["capacity", `capacity ${view.capacity}`]] : []), ...marks]);
    write(get("rate-max"), `${top.toFixed(0)}/s`);
    write(get("length-max"), most.toFixed(0));
    get("rate").setAttribute("aria-label", `Per second: ${now("wanted")} wanted, ${now("in")} put, ${now("out")} done, ${now("lost")} ${lost}.`);
    get("length").setAttribute("aria-label", `${view.len} items inside.`);
  }

  return { sample, draw, clear: () => { samples = []; } };
}
