"use strict";
// What one would write for the setting on the page. ci/playground.sh compiles the Rust of every kind.

const POLICIES = ["Wait", "Refuse", "DropOldest", "DropNewest"];

function rustCode(set) {
  const kind = Number(set.kind);
  const unlimited = set.unlimited;
  const policy = !unlimited && (kind === 0 || kind === 3) ? POLICIES[set.overflow] : "Wait";
  const offers = policy !== "Wait";
  const uses = ["Builder", "Queue", "Shutdown"];
  const also = [];
  if (kind === 1 || policy === "Refuse") uses.push("TryPutError");
  if (kind === 1) also.push("DrainMeter");
  if (offers) also.push("Overflow");
  if (kind === 3) also.push("Pressure");
  const lines = [`use forebay::queue::{${uses.join(", ")}};`];
  if (also.length === 1) lines.push(`use forebay::${also[0]};`);
  if (also.length > 1) lines.push(`use forebay::{${also.join(", ")}};`);
  if (kind === 1 || kind === 3) lines.push("use std::time::Duration;");
  lines.push("", "fn queue() -> Queue<Item> {", "    Builder::new()");
  lines.push(unlimited ? "        // no maxsize: never full, and nobody ever learns" : `        .maxsize(${set.capacity})`);
  if (kind === 3) lines.push(`        .watermarks(${set.low}, ${set.high}) // High above ${set.high}, Low below ${set.low}`);
  if (offers) lines.push(`        .overflow(Overflow::${policy})`);
  lines.push(`        .retries(${set.retries}) // a job that is dropped comes back`, "        .fifo()", "        .unwrap()", "}", "");

  if (kind === 1) {
    lines.push(
      "/// Never waits. Who is refused gets the item back, and a time.",
      "fn submit(",
      "    item: Item,",
      "    queue: &Queue<Item>,",
      "    meter: &DrainMeter,",
      ") -> Result<(), (Item, Duration)> {",
      "    match queue.try_put(item) {",
      "        Ok(()) => Ok(()), // 202",
      "        Err(TryPutError::Full(item)) => {",
      unlimited ? "            // never, without a limit" : "            // When half of it will be free: not one place for all who ask.",
      `            let wait = meter.until_room(&queue.stats().into(), ${Math.ceil(set.capacity / 2)});`,
      "            Err((item, wait.unwrap_or(Duration::from_secs(1)))) // 429, Retry-After",
      "        }",
      "        Err(TryPutError::ShutDown(item)) => Err((item, Duration::MAX)), // 503",
      "    }",
      "}");
  } else if (kind === 2) {
    lines.push(
      "async fn relay(socket: &mut Socket, queue: &Queue<Item>) {",
      "    while let Some(item) = socket.read().await {",
      unlimited ? "        // Never waits: this breaks what TCP does for you." : "        // While this waits, nobody reads the socket: the remote has to wait.",
      "        if queue.put(item).await.is_err() {",
      "            break; // shut down",
      "        }",
      "    }",
      "}");
  } else {
    lines.push("async fn produce(queue: &Queue<Item>) {", "    loop {");
    if (kind === 3) {
      const gap = Math.round(10000 / set.rate);
      lines.push(
        "        let gap = match queue.pressure() {",
        `            Pressure::High => Duration::from_millis(${4 * gap}), // a quarter`,
        `            Pressure::Low => Duration::from_millis(${gap}),`,
        "        };",
        "        sleep(gap).await;");
    }
    lines.push("        let item = make().await;");
    if (!offers) {
      const remark = unlimited ? "never waits" : `waits while ${set.capacity} are inside`;
      lines.push(`        if queue.put(item).await.is_err() { // ${remark}`, "            break; // shut down", "        }");
    } else if (policy === "Refuse") {
      lines.push(
        "        match queue.offer(item).await {",
        "            Ok(_) => {}",
        "            Err(TryPutError::Full(item)) => drop(item), // refused: what now?",
        "            Err(TryPutError::ShutDown(_)) => break,",
        "        }");
    } else {
      const who = policy === "DropOldest" ? "the oldest made room" : "this one was not put";
      lines.push(
        "        match queue.offer(item).await {",
        "            Ok(None) => {}",
        `            Ok(Some(displaced)) => drop(displaced), // ${who}`,
        "            Err(_) => break, // shut down",
        "        }");
    }
    lines.push("    }", "}");
  }

  lines.push(
    "",
    "async fn work(queue: &Queue<Item>) {",
    "    while let Ok(job) = queue.get().await {",
    `        handle(&job).await; // ${set.work} ms`,
    "        job.done();",
    "    }",
    "}",
    "",
    "async fn finish(queue: &Queue<Item>) {",
    "    queue.shutdown(Shutdown::Graceful); // or Immediate, which returns the rest",
    "    queue.join().await; // all is done, not only taken",
    "}");
  return lines.join("\n");
}

function pythonCode(set) {
  const kind = Number(set.kind);
  const unlimited = set.unlimited;
  const policy = !unlimited && (kind === 0 || kind === 3) ? POLICIES[set.overflow] : "Wait";
  const lines = ["import asyncio", ""];
  if (unlimited) lines.push("queue = asyncio.Queue()  # never full, and nobody ever learns");
  else lines.push(`queue = asyncio.Queue(maxsize=${set.capacity})`);
  lines.push("");
  if (kind === 1) {
    lines.push(
      "def submit(item):",
      "    try:",
      "        queue.put_nowait(item)",
      "        return 202, None",
      "    except asyncio.QueueFull:",
      "        # asyncio does not know how fast it drains",
      "        return 429, estimate_by_hand()",
      "    except asyncio.QueueShutDown:  # 3.13",
      "        return 503, None");
  } else if (kind === 2) {
    lines.push(
      "async def relay(reader):",
      "    while line := await reader.readline():",
      unlimited ? "        # never waits: this breaks what TCP does for you" : "        # while this waits, nobody reads the socket",
      "        await queue.put(line)");
  } else {
    if (kind === 3) {
      lines.push(
        "high = False",
        "",
        "def pressure():  # asyncio has no watermarks",
        "    global high",
        `    if queue.qsize() > ${set.high}:`,
        "        high = True",
        `    elif queue.qsize() < ${set.low}:`,
        "        high = False",
        "    return high",
        "");
    }
    lines.push("async def produce():", "    while True:");
    if (kind === 3) {
      const gap = (10 / set.rate).toFixed(2);
      lines.push(`        await asyncio.sleep(${(40 / set.rate).toFixed(2)} if pressure() else ${gap})`);
    }
    lines.push("        item = await make()");
    if (policy === "Wait") {
      lines.push(`        await queue.put(item)  # ${unlimited ? "never waits" : `waits while ${set.capacity} are inside`}`);
    } else if (policy === "DropOldest") {
      lines.push(
        "        if queue.full():",
        "            queue.get_nowait()  # the oldest makes room",
        "            queue.task_done()",
        "        queue.put_nowait(item)");
    } else {
      const remark = policy === "Refuse" ? "refused: what now?" : "this one is dropped";
      lines.push("        try:", "            queue.put_nowait(item)", "        except asyncio.QueueFull:", `            pass  # ${remark}`);
    }
  }
  lines.push(
    "",
    "async def work():",
    "    while True:",
    "        item = await queue.get()",
    "        try:",
    `            await handle(item)  # ${set.work} ms`,
    "        except Exception:",
    "            # By hand. Cancelled here, the item is lost.",
    "            await queue.put(item)",
    "        finally:",
    "            queue.task_done()",
    "",
    "async def finish():",
    "    queue.shutdown()  # 3.13; immediate=True drops the rest",
    "    await queue.join()");
  return lines.join("\n");
}

const WORDS = /\b(use|fn|async|await|let|loop|while|if|else|match|return|break|for|in|import|def|try|except|finally|pass|global|True|False|None|Ok|Err|Some)\b/;

/** Comments, strings and keywords in elements of their own. */
function paint(element, text, comment) {
  const pattern = new RegExp(`(${comment}.*$)|("[^"]*")|${WORDS.source}`, "gm");
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(text.slice(end, found.index));
    const span = document.createElement("span");
    span.className = found[1] ? "comment" : found[2] ? "string" : "word";
    span.textContent = found[0];
    parts.push(span);
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  element.replaceChildren(...parts);
}
