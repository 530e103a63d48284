import { describe, expect, test } from "vitest";
import type { ReportData } from "../src/report/data.js";
import { describeParting } from "../src/report/parting.js";
import { report } from "../src/report/report.js";

const data: ReportData = {
  name: "demo",
  input: "3 files of docs",
  facts: [["parameters", "1,234"]],
  funnel: [
    { name: "readFolder", in: 10, out: 10, dropped: [] },
    {
      name: "gopher_quality",
      in: 10,
      out: 6,
      dropped: [
        {
          reason: "too_short",
          count: 4,
          example: { id: "<b>.md", metric: "words", value: "12", threshold: "50" },
        },
      ],
    },
  ],
  relaxed: ["a rule: off"],
  steps: Array.from({ length: 500 }, (_, i) => ({
    step: i + 1,
    loss: 6 - i / 250,
    lr: 1e-3,
    gradNorm: 1,
    seconds: 0.1,
  })),
  checkups: [
    { step: 0, valLoss: 6.5, generations: [{ prompt: "To ", text: "</pre><script>alert(1)</script>" }] },
    { step: 500, valLoss: 4, generations: [{ prompt: "To ", text: "run it" }] },
  ],
  scores: {
    model: { nats: 4, bitsPerByte: 2 },
    unigram: { nats: 6, bitsPerByte: 3 },
    bigram: { nats: 5, bitsPerByte: 2.5 },
  },
  tokens: [
    { id: 17, text: "The" },
    { id: 99, text: ' "a&b"' },
  ],
};

describe("the page", () => {
  const html = report(data);

  test("is self-contained: no script, and nothing to load from anywhere", () => {
    expect(html).not.toMatch(/<script/i);
    expect(html).not.toMatch(/<(link|img|iframe|object|embed|video|audio|source)\b(?![^>]*href="data:,")/i);
    expect(html).not.toMatch(/https?:/);
    expect(html).not.toMatch(/url\((?!#)|@import/);
    expect(html).toContain("default-src 'none'");
  });

  test("escapes everything that came from outside", () => {
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&lt;b&gt;.md");
    expect(html).toContain('data-id="99"> &quot;a&amp;b&quot;</span>');
  });

  test("states the losses beside the baselines, and what the gain is", () => {
    expect(html).toContain("20.0% fewer bits than the bigram");
    for (const number of ["4.0000", "5.0000", "6.0000", "2.5000"]) expect(html).toContain(number);
  });

  test("names every drop with reason, measure and limit", () => {
    for (const text of ["too_short", "words 12", "<td>50</td>"]) expect(html).toContain(text);
  });

  test("has light and dark, a language, headings, and a table behind every picture", () => {
    expect(html).toContain("prefers-color-scheme: dark");
    expect(html).toContain('<html lang="en">');
    const pictures = html.match(/<svg class="chart"/g)!.length;
    expect(pictures).toBe(4);
    expect(html.match(/<svg [^>]*role="img" aria-label="[^"]+"/g)).toHaveLength(pictures);
    const figures = html.match(/<figure>[\s\S]*?<\/figure>/g)!;
    expect(figures).toHaveLength(pictures);
    for (const figure of figures) expect(figure).toMatch(/<details>[\s\S]*<table>/);
  });

  test("shows what it wrote after each checkup at a stop of a slider, the last at first", () => {
    const stops = html.match(/<input type="radio" name="checkup" id="checkup-\d+"[^>]*>/g)!;
    expect(stops.map((stop) => stop.includes("checked"))).toEqual([false, true]);
    for (const i of [0, 1]) {
      expect(html).toContain(`<label for="checkup-${i}">${[0, 500][i]}</label>`);
      expect(html).toContain(`#checkup-${i}:checked~.stops>:nth-child(${i + 1})`);
    }
    expect(html.match(/<h3>After \d+ steps/g)).toEqual(["<h3>After 0 steps", "<h3>After 500 steps"]);
  });

  test("opens and closes every element", () => {
    const open: string[] = [];
    for (const [, close, name, self] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^>"])*?(\/?)>/gi)) {
      if (self || ["meta", "link", "input"].includes(name!)) continue;
      if (close) expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });
});

test("a run too short to beat the bigram says so", () => {
  const scores = { ...data.scores, model: { nats: 6, bitsPerByte: 3 } };
  expect(report({ ...data, scores, steps: [], checkups: data.checkups.slice(0, 1) })).toContain(
    "does not beat the bigram yet",
  );
});

describe("what is said of a learned and a true reward", () => {
  const along = (learned: (t: number) => number, truth: (t: number) => number) =>
    describeParting(
      Array.from({ length: 61 }, (_, i) => ({ step: i + 1, learned: learned(i / 60), truth: truth(i / 60) })),
    );
  const rising = (t: number) => 5 * t;

  test.each([
    [
      "parted",
      rising,
      (t: number) => (t < 0.5 ? 8 * t : 8 - 8 * t),
      /went with it from .* until about step 3\d, and then fell/,
    ],
    [
      "held, then fallen",
      rising,
      (t: number) => Math.min(0, 2 - 4 * t),
      /did not: it held until about step 3\d, and then fell, from 0\.00 to -1\.9\d/,
    ],
    ["apart from the start", rising, (t: number) => -2 * t, /fell all the while, from -?0\.\d+ to -1\.\d+/],
    [
      "together",
      rising,
      (t: number) => 3 * t,
      /and the true one with it.*nothing that the reward model alone likes/,
    ],
    ["nothing learned", (t: number) => Math.sin(60 * t), rising, /did not rise/],
  ])("%s", (_, learned, truth, said) => {
    expect(along(learned, truth)).toMatch(said);
  });

  test("a few steps of chance tell no story", () => {
    const truth = [-2.19, -3.06, -3.19, -3.31, -1.81];
    const learned = [0.01, 0, 0.002, 0.001, 0.01];
    const points = truth.map((value, i) => ({ step: i + 1, learned: learned[i]!, truth: value }));
    expect(describeParting(points)).toMatch(/did not rise/);
    const rising = points.map((point, i) => ({ ...point, learned: i }));
    expect(describeParting(rising)).toMatch(/The true one did not go with it/);
  });

  test("and of no step at all, or of one", () => {
    expect(describeParting([])).toMatch(/did not rise/);
    expect(describeParting([{ step: 1, learned: 1, truth: 2 }])).toMatch(/did not rise/);
  });
});
