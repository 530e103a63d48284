import { expect, test } from "vitest";
import type { Document } from "../../src/document.js";
import { extract } from "../../src/extract/extract.js";
import { extractText } from "../../src/extract/extract-text.js";
import { ExtractionWorkerError, PageWorker } from "../../src/extract/page-worker.js";
import { borrowWorkers, returnWorkers } from "../../src/extract/worker-pool.js";
import { explain, pipeline } from "../../src/index.js";

/** A worker that does as a page says. */
const obedient = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", ({ html }) => {
    if (html === "hang") for (;;);
    if (html === "break") throw new Error("broken");
    if (html === "late") return setTimeout(() => parentPort.postMessage({ page: { text: html, title: "" } }), 50);
    if (html === "fill") { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); }
    else parentPort.postMessage(html === "throw" ? { error: "thrown" } : { page: { text: html, title: "" } });
  });
  parentPort.postMessage("ready");
`;
const page = (text: string) => ({ page: { text, title: "" } });

test("a page that hangs or breaks the worker is told of, and those behind it are extracted", async () => {
  const worker = new PageWorker(obedient);
  const outcomes = await Promise.all(
    ["a", "hang", "b", "break", "c", "throw", "hang", "d"].map((html) =>
      worker.extract({ html, options: {} }, html === "hang" ? 300 : 20_000),
    ),
  );
  worker.stop();
  const timedOut = { milliseconds: expect.any(Number) };
  expect(outcomes).toEqual([
    page("a"),
    timedOut,
    page("b"),
    { crash: "Error: broken" },
    page("c"),
    { crash: "thrown" },
    timedOut,
    page("d"),
  ]);
});

test("a page whose answer is lost with the worker is not the one that broke it", async () => {
  const worker = new PageWorker(obedient);
  const outcomes = await Promise.all(
    ["late", "break", "a", "late", "break"].map((html) => worker.extract({ html, options: {} }, 5000)),
  );
  const next = await worker.extract({ html: "b", options: {} }, 5000);
  worker.stop();
  const crash = { crash: "Error: broken" };
  expect([...outcomes, next]).toEqual([page("late"), crash, page("a"), page("late"), crash, page("b")]);
});

test("a page that fills the worker's memory breaks only the worker", async () => {
  const worker = new PageWorker(obedient, 64);
  const outcomes = await Promise.all(
    ["fill", "a"].map((html) => worker.extract({ html, options: {} }, 20_000)),
  );
  worker.stop();
  expect(outcomes).toEqual([{ crash: expect.stringContaining("memory limit") }, page("a")]);
});

test("the clock of a page stands while this thread is busy", async () => {
  const worker = new PageWorker(obedient);
  await worker.extract({ html: "ready", options: {} }, 20_000);
  const answer = worker.extract({ html: "a", options: {} }, 200);
  const until = performance.now() + 300;
  while (performance.now() < until);
  expect(await answer).toEqual(page("a"));
  worker.stop();
});

test("a worker that cannot start is an error with the way out", async () => {
  const worker = new PageWorker("throw new Error('forbidden')");
  await expect(worker.extract({ html: "", options: {} }, 1000)).rejects.toThrow(ExtractionWorkerError);
  await expect(worker.extract({ html: "", options: {} }, 1000)).rejects.toThrow(ExtractionWorkerError);
});

test("a worker whose word that it is ready would be lost gets no page before it", async () => {
  const slow = obedient.replace(
    'parentPort.postMessage("ready")',
    'setTimeout(() => parentPort.postMessage("ready"), 50)',
  );
  const worker = new PageWorker(slow);
  const outcomes = await Promise.all(
    ["break", "a"].map((html) => worker.extract({ html, options: {} }, 5000)),
  );
  worker.stop();
  expect(outcomes).toEqual([{ crash: "Error: broken" }, page("a")]);
});

const sentence = "The river, which rises in the hills, runs past the mill and, later, into the sea. ";
const html = { mediaType: "text/html" };
const article = (text: string) =>
  `<title>${text}</title><article><p>${sentence.repeat(4)}${text}</p></article>`;

test("documents keep their order on several workers, and come out as in this thread", async () => {
  const input: Document[] = Array.from({ length: 100 }, (_, i) => {
    const text = i % 7 === 3 ? `${i}` : article(`${i} ${sentence.repeat((i * 37) % 400)}`);
    return { id: `${i}`, text, meta: i % 7 === 3 ? {} : html };
  });
  const run = async (options: Parameters<typeof extract>[0]) => {
    const out: Document[] = [];
    for await (const document of pipeline(input, extract(options)).docs()) out.push(document);
    return out;
  };
  const inline = await run({ timeout: false });
  expect(inline.map(({ id }) => id)).toEqual(input.map(({ id }) => id));
  expect(await run({ timeout: 30_000 })).toEqual(inline);
  expect(await run({ timeout: 30_000, workers: 3 })).toEqual(inline);
});

test("what is over the time or the size is dropped, in its place, and explained", async () => {
  const hostile = `<article>${"<p>x".repeat(1_000_000)}</article>`;
  const step = extract({ timeout: 50, maxCharacters: 5_000_000 });
  const p = pipeline(
    [
      { id: "slow", text: hostile, meta: html },
      { id: "long", text: "x".repeat(5_000_001), meta: html },
      { id: "page", text: article("here"), meta: html },
    ],
    step,
  );
  const seen: string[] = [];
  for await (const { id } of p.docs({
    onDrop: ({ document, verdict }) => seen.push(`${document.id} ${verdict.reason} ${verdict.metric}`),
  }))
    seen.push(id);
  expect(seen).toEqual(["slow extraction_timeout milliseconds", "long page_too_long characters", "page"]);
  const { dropped } = await explain(step, { id: "", text: hostile, meta: html });
  expect(dropped?.verdict).toMatchObject({ reason: "extraction_timeout", threshold: 50, bound: "max" });
});

test("a reader who stops early, and a source that fails, leave no worker behind", async () => {
  const endless = async function* () {
    for (let i = 0; ; i++) yield { id: `${i}`, text: article(`${i}`), meta: html };
  };
  for await (const { text } of pipeline(endless(), extract()).docs()) {
    expect(text).toBe(extractText(article("0")).text);
    break;
  }
  const failing = async function* () {
    yield { id: "0", text: article("0"), meta: html };
    throw new Error("unreadable");
  };
  await expect(async () => {
    for await (const { id } of pipeline(failing(), extract()).docs()) expect(id).toBe("0");
  }).rejects.toThrow("unreadable");
});

test("a worker that is done rests for the next run, one at a page is ended", async () => {
  const first = await borrowWorkers(1);
  await first[0]!.extract({ html: "<p>x", options: {} }, 10_000);
  returnWorkers(first);
  const second = await borrowWorkers(2);
  expect(second[0]).toBe(first[0]);
  void second[1]!.extract({ html: "<p>x", options: {} }, 10_000);
  returnWorkers(second);
  const third = await borrowWorkers(2);
  expect(third[0]).toBe(first[0]);
  expect(third[1]).not.toBe(second[1]);
  returnWorkers(third);
});
