// Opens the page in a browser without a window, and looks whether it does what it says.
// node page.mjs PAGE SHOTS RUST: the page, a folder for pictures, and a file for the Rust that it shows.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, shots, rust] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(file).href;
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"],
});

let page;
const problems = [];

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 1000 }, ...options });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) problems.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector("body[data-ready]");
}

const kind = (number) => page.check(`input[name=kind][value="${number}"]`);
const slide = (key, value) => page.locator(`#set-${key}`).fill(String(value));
const view = () => page.evaluate(() => window.playground.engine.view());

/** Stops the clock of the page, lets so many seconds pass, and returns what was seen ten times in each. */
async function run(seconds) {
  if ((await page.textContent("#pause")) === "Pause" && (await page.isEnabled("#pause"))) await page.click("#pause");
  const seen = JSON.parse(await page.evaluate((steps) => {
    const views = [];
    for (let step = 0; step < steps; step += 1) {
      window.playground.pass(100);
      views.push(window.playground.engine.view());
    }
    window.playground.draw();
    return JSON.stringify(views);
  }, seconds * 10));
  for (const one of seen) assert.ok(one.agrees === 1 || one.phase === "killed", "the account adds up");
  return seen;
}

async function shot(name, full = false) {
  await page.waitForTimeout(500); // until all has moved to its place
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: full });
}

const states = (seen, side, state) => seen.filter((one) => one[side].some((who) => who.state === state)).length;
const last = (seen) => seen[seen.length - 1];

const tests = {
  async "it loads, moves, and asks for nothing"() {
    const before = await view();
    await page.waitForFunction((time) => window.playground.engine.view().time > time + 300, before.time);
    assert.ok(await page.isHidden("#broken"));
    const twice = await page.evaluate(() => {
      const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
      return ids.filter((id, index) => ids.indexOf(id) !== index);
    });
    assert.deepEqual(twice, []);
  },

  async "implicit: a full queue holds the producer"() {
    const seen = await run(30);
    assert.ok(seen.every((one) => one.len <= 12));
    assert.ok(states(seen.slice(100), "producers", "waiting") > 50);
    assert.equal(last(seen).refused, 0);
    const put = last(seen).put - seen[99].put;
    const done = last(seen).done - seen[99].done;
    assert.ok(Math.abs(put - done) <= 4, `${put} put and ${done} done: at the pace of the workers`);
    await page.evaluate(() => {
      while (!window.playground.engine.view().producers.some((one) => one.state === "waiting")) window.playground.pass(100);
      window.playground.draw();
    });
    assert.match(await page.textContent("#producers"), /waits, \d/);
    await shot("implicit");
  },

  async "explicit: refusals appear, and more if nobody heeds Retry-After"() {
    await kind(1);
    const polite = await run(30);
    assert.equal(states(polite, "producers", "waiting"), 0);
    assert.ok(last(polite).refused > 5 && last(polite).retryAfter > 0);
    await page.evaluate(() => {
      while (!window.playground.engine.view().producers.some((one) => one.state === "refused")) window.playground.pass(100);
      window.playground.draw();
    });
    assert.match(await page.textContent("#producers"), /429, back in \d/);
    await shot("explicit");
    await page.check("#impatient");
    const rude = await run(30);
    const more = last(rude).refused - last(polite).refused;
    assert.ok(more > 3 * last(polite).refused, `${more} after ${last(polite).refused}`);
  },

  async "reactive: the sockets fill, and the remote waits"() {
    await kind(2);
    const seen = await run(30);
    assert.ok(seen.some((one) => one.producers.slice(0, 3).every((producer) => producer.socket === 4)));
    assert.ok(states(seen, "producers", "waiting") > 50);
    assert.equal(last(seen).refused, 0);
    assert.match(await page.textContent("#producers"), /window closed/);
    await page.emulateMedia({ colorScheme: "dark" });
    await shot("reactive");
  },

  async "proactive: the level has hysteresis, and the queue does not get full"() {
    await kind(3);
    const seen = await run(60);
    assert.ok(seen.every((one) => one.len < 12));
    assert.ok(last(seen).highs >= 2);
    // Between the marks, also where both levels are seen.
    const between = seen.filter((one) => one.len >= 3 && one.len <= 7);
    assert.ok(between.some((one) => one.high) && between.some((one) => !one.high));
    assert.ok(seen.every((one) => (one.len > 7 ? one.high : one.len < 3 ? !one.high : true)));
    await page.evaluate(() => {
      while (!window.playground.engine.view().producers.every((one) => one.state === "slowed" || one.state === "gone")) window.playground.pass(100);
      window.playground.draw();
    });
    await page.emulateMedia({ colorScheme: "dark" });
    await shot("proactive");
  },

  async "policies: refuse, drop the oldest, drop the newest"() {
    for (const [policy, counter] of [["1", "refused"], ["2", "displaced"], ["3", "displaced"]]) {
      await page.selectOption("#overflow", policy);
      const seen = await run(30);
      assert.ok(last(seen)[counter] > 10);
      assert.equal(states(seen, "producers", "waiting"), 0);
      // The items of the first producer that are inside: the latest ones, or not.
      const numbers = last(seen).items.filter((item) => item >>> 24 === 0).map((item) => item & 0xffffff);
      const late = last(seen).producers[0].made - Math.max(...numbers);
      assert.ok(policy !== "2" || late <= 1, `${late} behind`);
    }
    await slide("capacity", 1);
    assert.equal((await view()).capacity, 1);
  },

  async "no limit: memory grows, and the program is killed"() {
    await page.check("#unlimited");
    await slide("rate", 60);
    const seen = await run(12);
    const lengths = [19, 59, 119].map((step) => seen[step].memory);
    assert.ok(lengths[0] < lengths[1] && lengths[1] < lengths[2], `${lengths} KiB`);
    assert.ok((await page.evaluate(() => window.playground.engine.bytes())) > 10 * 1024 * 1024);
    assert.equal(states(seen, "producers", "waiting"), 0);
    await shot("no-limit");
    await run(40);
    assert.equal((await view()).phase, "killed");
    assert.match(await page.textContent("#account"), /lost with the program/);
    await page.waitForTimeout(300);
    assert.match(await page.textContent("#story"), /Out of memory/);
    await page.uncheck("#unlimited");
    assert.equal((await view()).phase, "running");
  },

  async "a crash loses nothing: the job comes back"() {
    await slide("rate", 5);
    await run(10);
    await page.evaluate(() => {
      while (window.playground.engine.view().workers[0].state !== "working") window.playground.pass(50);
      window.playground.draw();
    });
    const before = await view();
    const job = before.workers[0].holds;
    await page.focus("button[aria-label='Crash worker 1']");
    await page.keyboard.press("Enter");
    assert.equal((await view()).workers[0].state, "crashed");
    assert.match(await page.textContent("#live"), /Worker 1 crashes; its job comes back/);
    const soon = await run(0.4);
    await shot("crash");
    const seen = [...soon, ...await run(20)];
    const again = seen.flatMap((one) => one.workers).filter((worker) => worker.holds === job);
    assert.ok(again.length > 0 && again.every((worker) => worker.attempt === 2));
    assert.equal(last(seen).returned, before.returned + 1);
    assert.ok(seen.some((one) => one.workers[0].state === "working"), "it was started again");
    await slide("retries", 0);
    await page.evaluate(() => {
      while (window.playground.engine.view().workers[1].state !== "working") window.playground.pass(50);
      window.playground.draw();
    });
    await page.click("button[aria-label='Crash worker 2']");
    assert.equal((await view()).dead, 1);
  },

  async "a worker that is stopped finishes its job, and starts again"() {
    await run(10);
    for (const worker of [1, 2, 3]) await page.click(`button[aria-label='Stop worker ${worker}']`);
    await run(4);
    assert.deepEqual((await view()).workers.slice(0, 3).map((worker) => worker.state), Array(3).fill("stopped"));
    const { done, returned } = await view();
    assert.equal(returned, 0);
    await run(5);
    assert.equal((await view()).done, done);
    await page.click("button[aria-label='Start worker 2']");
    await run(5);
    assert.ok((await view()).done > done);
  },

  async "shut down gracefully: all is done; at once: the rest is handed back"() {
    await run(20);
    await page.click("#graceful");
    assert.equal((await view()).phase, "closing");
    await run(20);
    const graceful = await view();
    assert.equal(graceful.phase, "ended");
    assert.deepEqual([graceful.done, graceful.leftOver], [graceful.put, 0]);
    assert.deepEqual(await page.$$eval("#producers .card:not([hidden])", (cards) => cards.map((card) => card.dataset.state)), Array(3).fill("closed"));
    await page.waitForTimeout(300);
    assert.match(await page.textContent("#story"), /Nothing is lost/);
    await shot("shutdown");
    await page.click("#restart");
    await run(20);
    await page.click("#immediate");
    await run(20);
    const immediate = await view();
    assert.equal(immediate.phase, "ended");
    assert.ok(immediate.leftOver >= 10);
    assert.equal(immediate.done + immediate.leftOver, immediate.put);
  },

  async "sliders change the run, the burst is one"() {
    await slide("producers", 8);
    await slide("workers", 5);
    await slide("work", 100);
    const seen = await run(20);
    assert.equal(last(seen).producers.filter((one) => one.state !== "gone").length, 8);
    assert.equal(last(seen).workers.filter((one) => one.state !== "gone").length, 5);
    const calm = last(seen).put - seen[99].put;
    await page.click("#burst");
    const burst = await run(3);
    const rate = (last(burst).put - last(seen).put) / 3;
    assert.ok(rate > (2 * calm) / 10, `${rate} and ${calm / 10}`);
    await slide("producers", 2);
    await slide("workers", 1);
    const after = await run(5);
    assert.equal(last(after).workers.filter((one) => one.state !== "gone").length, 1);
  },

  async "keyboard: every control is reached, and does what it says"() {
    await page.focus("input[name=kind][value='0']");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => window.playground.set.kind), 1);
    assert.match(await page.textContent("#live"), /Explicit/);
    await page.focus("#set-workers");
    await page.keyboard.press("ArrowRight");
    assert.equal((await view()).workers.filter((one) => one.state !== "gone").length, 4);
    const wanted = await page.$$eval("button, input, select", (all) => all.filter((one) => !one.disabled && one.offsetParent && one.type !== "radio").length);
    const reached = new Set();
    await page.evaluate(() => document.activeElement.blur());
    for (let press = 0; press < wanted + 12; press += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => {
        const one = document.activeElement;
        return one.matches("button, input:not([type=radio]), select") ? one.id || one.getAttribute("aria-label") : "";
      }));
    }
    reached.delete("");
    assert.equal(reached.size, wanted);
  },

  async "a screen reader is told what changes, and not too often"() {
    await page.evaluate(() => {
      window.told = [];
      new MutationObserver(() => window.told.push(document.getElementById("live").textContent))
        .observe(document.getElementById("live"), { childList: true });
    });
    await page.selectOption("#speed", "10");
    await page.waitForTimeout(6000);
    const told = await page.evaluate(() => window.told);
    assert.ok(told.length >= 1 && told.length <= 3, told.join(" | "));
    assert.match(told.join(" "), /full|room/);
  },

  async "accessible in every kind, light or dark"() {
    for (const [number, colorScheme] of ["light", "dark", "light", "dark"].entries()) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await kind(number);
      await run(20);
      await page.waitForTimeout(250);
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { violations } = await window.axe.run();
        return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3).join(", ")}`);
      });
      assert.deepEqual(found, [], `${colorScheme}, kind ${number}`);
    }
  },

  async "it fits a phone, a tablet and a screen"() {
    for (const width of [320, 390, 768, 1024, 1360, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      for (const number of [0, 1, 2, 3]) {
        await kind(number);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${wide} of ${width}, kind ${number}`);
        const cut = await page.$$eval("button, .state, .kind span", (all) => all
          .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).display !== "inline")
          .map((one) => one.textContent));
        assert.deepEqual(cut, [], `cut off at ${width}`);
      }
    }
  },

  async "the code that it shows, for ci/playground.sh to compile"() {
    const codes = await page.evaluate(() => {
      const all = [];
      const { set, codes } = window.playground;
      for (const unlimited of [false, true]) {
        for (let kind = 0; kind < 4; kind += 1) {
          for (let overflow = 0; overflow < 4; overflow += 1) {
            const one = { ...set, kind, overflow, unlimited };
            all.push({ rust: codes.rustCode(one), python: codes.pythonCode(one) });
          }
        }
      }
      return all;
    });
    for (const { rust: text, python } of codes) {
      const longest = Math.max(...[...text.split("\n"), ...python.split("\n")].map((line) => line.length));
      assert.ok(longest <= 92, `${longest}`);
    }
    writeFileSync(rust, JSON.stringify(codes));
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const start = Date.now();
  try {
    await open();
    await test();
    assert.deepEqual(problems, []);
    console.log(`ok      ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
  problems.length = 0;
  await page.context().close();
}

await open({ viewport: { width: 390, height: 1500 }, deviceScaleFactor: 1.5, isMobile: true, hasTouch: true });
await run(25);
await shot("phone");
await browser.close();
console.log(`${Object.keys(tests).length - failed} of ${Object.keys(tests).length} passed`);
process.exit(failed === 0 ? 0 : 1);
