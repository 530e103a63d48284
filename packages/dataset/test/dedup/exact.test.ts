import { expect, test } from "vitest";
import { comparableUrl } from "../../src/dedup/comparable-url.js";
import { exactDedup, urlDedup } from "../../src/dedup/exact.js";
import golden from "../golden/dedup.json" with { type: "json" };
import { numbered, run } from "./run.js";

test("exact duplicates are dropped and traced", async () => {
  const { kept, dropped } = await run(numbered(["a", "b", "a", "a ", "a"]), exactDedup());
  expect(Object.keys(kept)).toEqual(["0", "1", "3"]);
  expect(dropped).toEqual({
    2: { reason: "duplicate", value: "0" },
    4: { reason: "duplicate", value: "0" },
  });
});

test("a hundred thousand different texts are different", async () => {
  const { kept } = await run(
    numbered(Array.from({ length: 100_000 }, (_, i) => `${i % 60_000}`)),
    exactDedup(),
  );
  expect(Object.keys(kept)).toEqual(Array.from({ length: 60_000 }, (_, i) => `${i}`));
});

const pages = golden.urls.map((url, i) => ({
  id: `${i}`,
  text: url,
  meta: { url, priority: golden.priorities[i] },
}));

test("URLs are deduplicated as datatrove does, the first or the one of the highest priority", async () => {
  const asThere = (url: string) => url;
  const first = await run(pages, urlDedup({ normalize: asThere }));
  expect(Object.keys(first.kept).map(Number)).toEqual(golden.urlsKept);
  const best = await run(pages, urlDedup({ normalize: asThere, policy: { priority: "priority" } }));
  expect(Object.keys(best.kept).map(Number)).toEqual(golden.urlsKeptByPriority);
  for (const [id, { reason, value }] of Object.entries(best.dropped)) {
    expect(reason).toBe("duplicate_url");
    expect(golden.urls[Number(id)]).toBe(golden.urls[Number(value)]);
    expect(golden.urlsKeptByPriority).toContain(Number(value));
  }
});

test.each([
  ["https://Example.com/a/?utm_source=x&id=a%20b#top", "http://example.com:80/a/?id=a%20b"],
  ["https://example.com", "http://example.com/"],
])("%s and %s are one page", (a, b) => {
  expect(comparableUrl(a)).toBe(comparableUrl(b));
});

test("URLs that may be other pages stay apart, and documents without one pass", async () => {
  const urls = [
    "https://a.com/x?id=1",
    "https://a.com/x?id=2",
    "https://a.com/X?id=1",
    "not a url",
    "ftp://a.com/x",
  ];
  const items = [...urls, undefined, undefined].map((url, i) => ({ id: `${i}`, text: "", meta: { url } }));
  expect(Object.keys((await run(items, urlDedup())).kept)).toHaveLength(7);
});
