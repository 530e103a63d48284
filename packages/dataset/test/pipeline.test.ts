import { expect, test } from "vitest";
import { type Drop, documents, filter, pipeline, rewrite } from "../src/index.js";

const short = filter("short", ({ text }) =>
  text.length <= 3
    ? { keep: true }
    : { keep: false, reason: "too_long", metric: "length", value: text.length, threshold: 3 },
);
const shout = rewrite("shout", (document) => ({ ...document, text: document.text.toUpperCase() }));

async function texts(stream: AsyncIterable<{ text: string }>) {
  const out: string[] = [];
  for await (const { text } of stream) out.push(text);
  return out;
}

test("documents pass the steps in order and every drop is counted and told", async () => {
  const drops: Drop[] = [];
  const p = pipeline(documents(["a", "long one", "bc", "longer"]), [short], shout);
  expect(await texts(p.docs({ onDrop: (drop) => drops.push(drop) }))).toEqual(["A", "BC"]);
  expect(p.stats()).toEqual([
    { name: "documents", in: 4, out: 4, dropped: {} },
    { name: "short", in: 4, out: 2, dropped: { too_long: 2 } },
    { name: "shout", in: 2, out: 2, dropped: {} },
  ]);
  expect(drops.map(({ step, document, verdict }) => [step, document.id, verdict.value])).toEqual([
    ["short", "1", 8],
    ["short", "3", 6],
  ]);
});

test("a second run starts its statistics at zero", async () => {
  const p = pipeline(documents(["a", "long one"]), short);
  await texts(p.docs());
  await texts(p.docs());
  expect(p.stats()[1]).toEqual({ name: "short", in: 2, out: 1, dropped: { too_long: 1 } });
});

test("nothing is read ahead of what is asked for", async () => {
  let read = 0;
  const p = pipeline(
    (function* () {
      for (;;) yield { id: `${read++}`, text: "a", meta: {} };
    })(),
    shout,
  );
  for await (const _ of p.docs()) if (read === 3) break;
  expect(read).toBe(3);
  expect(p.stats()[1]?.out).toBe(3);
});

test("a generator of verdicts runs up to the first that drops, and inspect reads on", async () => {
  let last = 0;
  const step = filter("both", function* () {
    yield { keep: false, reason: "no", metric: "m", value: 1, threshold: 0 } as const;
    last++;
    yield { keep: true, metric: "n", value: 2, threshold: 3 } as const;
  });
  expect(await texts(pipeline(documents(["a"]), step).docs())).toEqual([]);
  expect(last).toBe(0);
  const { verdicts } = await step.inspect!({ id: "", text: "", meta: {} });
  expect(verdicts.map(({ keep }) => keep)).toEqual([false, true]);
});

test("an aborted run stops with the signal's reason", async () => {
  const controller = new AbortController();
  const p = pipeline(documents(["a", "b", "c"]), shout);
  const seen: string[] = [];
  await expect(async () => {
    for await (const { text } of p.docs({ signal: controller.signal })) {
      seen.push(text);
      controller.abort(new Error("enough"));
    }
  }).rejects.toThrow("enough");
  expect(seen).toEqual(["A"]);
});
