import { parseDocument } from "htmlparser2";
import { expect, test } from "vitest";
import { exactDedup, filter, funnelHtml, gopherQuality, pipeline, type StepStats } from "../../src/index.js";
import { alternatives } from "../../src/report/alternatives.js";
import { Scale } from "../../src/report/scale.js";

type Node = { name?: string; attribs?: Record<string, string>; data?: string; children?: Node[] };

const nasty = `</pre><script>alert(1)</script>"'&`;
const corpus = Array.from({ length: 40 }, (_, i) => ({
  id: i === 3 ? nasty : `doc-${i}`,
  text: i === 3 ? nasty : `${"the plain words and others ".repeat(i >> 1)}`,
  meta: { url: i === 3 ? "javascript:alert(1)" : `https://example.org/?a=${i}&b="` },
}));

async function statsOf(
  statistics: boolean,
  ...steps: Parameters<typeof pipeline>[1][]
): Promise<StepStats[]> {
  const p = pipeline(corpus, ...(steps as []));
  for await (const _ of p.docs({ statistics: statistics && { samples: 40 } })) {
  }
  return p.stats();
}

const steps = () => [
  gopherQuality({ minStopWords: 1 }),
  exactDedup(),
  filter("even", ({ text }) =>
    text.length % 2 === 0
      ? { keep: true }
      : { keep: false, reason: "odd", metric: "parity", value: "odd", threshold: "even" },
  ),
];

function find(html: string, matches: (node: Node) => boolean): Node[] {
  const found: Node[] = [];
  const walk = (node: Node) => {
    if (matches(node)) found.push(node);
    node.children?.forEach(walk);
  };
  walk(parseDocument(html) as unknown as Node);
  return found;
}

const textOf = (node: Node): string => node.data ?? (node.children ?? []).map(textOf).join("");
const named = (html: string, name: string) => find(html, (node) => node.name === name);

test("every step has its place in the funnel, the table and a section", async () => {
  const html = funnelHtml(await statsOf(true, steps()), { title: "A crawl" });
  expect(named(html, "h1").map(textOf)).toEqual(["A crawl"]);
  expect(named(html, "h2").map(textOf)).toEqual(["documents", "gopherQuality", "exactDedup", "even"]);
  const links = named(html, "a").filter(({ attribs }) => attribs!["href"]?.startsWith("#"));
  expect(links.length).toBe(2 * 4); // documents and characters
  const ids = find(html, ({ attribs }) => Boolean(attribs?.["id"])).map(({ attribs }) => attribs!["id"]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { attribs } of links) expect(ids).toContain(attribs!["href"]!.slice(1));
  expect(html).toContain("gopherQuality drops the most");
  expect(textOf(find(html, ({ attribs }) => attribs?.["class"] === "lead")[0]!)).toMatch(
    /^\d+ of 40 documents are kept \([\d.]+%\)/,
  );
});

test("nothing comes from elsewhere, nothing runs, and texts stay texts", async () => {
  const html = funnelHtml(await statsOf(true, steps()), { title: "<i>&" });
  expect(named(html, "script")).toEqual([]);
  expect(named(html, "i")).toEqual([]);
  for (const { name, attribs } of find(html, ({ attribs }) => attribs !== undefined)) {
    expect(Object.keys(attribs!).filter((key) => /^on/.test(key) || key === "src")).toEqual([]);
    const href = attribs!["href"];
    if (href !== undefined)
      expect([name, href]).toEqual(["a", expect.stringMatching(/^(?:#|https:\/\/example)/)]);
  }
  const shown = named(html, "pre").map(textOf);
  expect(shown).toContain(nasty);
  expect(named(html, "article").map(textOf).join()).toContain("javascript:alert(1)");
  expect(html.match(/url\([^#]/)).toBeNull();
});

test("charts say in words what they show, and mark their thresholds", async () => {
  const html = funnelHtml(await statsOf(true, steps()));
  const charts = named(html, "svg").filter(({ attribs }) => attribs!["role"] === "img");
  const words = charts.find(({ attribs }) => attribs!["aria-label"]!.startsWith("words: "))!;
  expect(words.attribs!["aria-label"]).toMatch(/^words: 40 documents, \d+ dropped; max 100,000, min 50$/);
  const bars = find(html, (node) => node === words || node.name === "title").map(textOf);
  expect(bars.some((bar) => /\d+ – \d+.*: \d+ kept, \d+ dropped/.test(bar))).toBe(true);
  const lines = words.children!.filter(({ attribs }) => attribs?.["class"] === "limit");
  expect(lines.map(textOf)).toEqual(["max 100,000", "min 50"]);
});

test("without statistics there is the funnel of documents alone", async () => {
  const html = funnelHtml(await statsOf(false, steps()));
  expect(named(html, "figure")).toEqual([]);
  expect(named(html, "input")).toEqual([]);
  expect(named(html, "h2").length).toBe(4);
  expect(html).toContain("gopher_short_doc");
  expect(() => funnelHtml([])).not.toThrow();
});

test("says what other thresholds would do", () => {
  const least = [
    [40, 0, 3],
    [48, 5, 2],
    [56, 7, 0],
    [60, 9, 0],
  ] as const;
  expect(alternatives(least, "min", 49)).toEqual([
    { threshold: 40, change: 5 },
    { threshold: 48, change: 2 },
    { threshold: 50, change: -5 },
    { threshold: 58, change: -12 },
  ]);
  const most = [
    [0, 8, 0],
    [0.25, 4, 0],
    [0.5, 2, 1],
    [1, 0, 6],
  ] as const;
  expect(alternatives(most, "max", 0.51)).toEqual([
    { threshold: 0.25, change: -6 },
    { threshold: 0.5, change: -2 },
    { threshold: 0.53125, change: 1 },
    { threshold: 1.0625, change: 7 },
  ]);
  expect(alternatives([[-1, 1, 1]], "min", 0)).toEqual([]);
});

test("an axis is in order and shortens long gaps", () => {
  const scale = new Scale(
    [
      [-2, 1, 0],
      [0, 1, 0],
      [0.001, 1, 0],
      [0.3125, 1, 0],
      [1000, 1, 0],
    ],
    [0.3],
  );
  const places = [-2, 0, 0.001, 0.3, 0.3125, 1000].map((value) => scale.at(value)!);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(places.every((at) => at >= 0 && at <= 1)).toBe(true);
  expect(scale.at(5000)).toBeUndefined();
  expect(scale.ticks(0.02).map(({ value }) => value)).toContain(0.001);
});
