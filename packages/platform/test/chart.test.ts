import { describe, expect, test } from "vitest";
import { funnelChart, histogramChart, linearScale, lineChart, logScale, ticks } from "../src/chart/index.js";

/** The points of each line, on the grid that is stretched. */
const linesOf = (svg: string) =>
  [...svg.matchAll(/points="([^"]+)"/g)].map(([, points]) =>
    points!.split(" ").map((pair) => pair.split(",").map(Number) as [number, number]),
  );

const chart = {
  title: "Loss",
  description: "It falls.",
  xLabel: "step",
  yLabel: "nats",
  series: [
    {
      name: "a & b",
      colour: "one",
      points: [
        [0, 0],
        [10, 5],
        [20, 10],
      ],
    },
  ],
} as const;

describe("line charts", () => {
  test("place their numbers: the highest at the top, the last at the right, the middle in the middle", () => {
    const [first, middle, last] = linesOf(lineChart(chart).markup)[0]!;
    expect(first).toEqual([0, 260]);
    expect(middle).toEqual([500, 130]);
    expect(last).toEqual([1000, 0]);
  });

  test("say in words what they show, and name lines and levels, escaped", () => {
    const references = [{ name: "ln V 6.24", y: 6.24, colour: "two", dash: "4 4" }] as const;
    const { markup } = lineChart({ ...chart, references });
    expect(markup).toContain('role="img" aria-label="Loss. It falls."');
    expect(markup).toContain(">a &amp; b</text>");
    expect(markup).toContain(">ln V 6.24</text>");
    expect(linesOf(markup)[0]).toEqual([
      [0, expect.closeTo(260 * (1 - 0.624), 1)],
      [1000, expect.closeTo(260 * (1 - 0.624), 1)],
    ]);
  });

  test("on a logarithmic axis equal ratios are equally far apart, and 0 has a place", () => {
    const points = [0, 9, 99].map((x) => [x, 1] as const);
    const { markup } = lineChart({ ...chart, x: "log", series: [{ ...chart.series[0], points }] });
    expect(linesOf(markup)[0]!.map(([x]) => x)).toEqual([0, 500, 1000]);
  });

  test("a spike beyond the top does not flatten the rest", () => {
    const points = [
      [0, 1000],
      [1, 1],
      [2, 0],
    ] as const;
    const { markup } = lineChart({ ...chart, top: 2, series: [{ ...chart.series[0], points }] });
    expect(linesOf(markup)[0]![1]![1]).toBe(130);
  });

  test("names keep apart", () => {
    const series = [5, 5, 5.01].map((y, i) => ({
      ...chart.series[0],
      name: `line${i}`,
      points: [
        [0, 9],
        [1, y],
      ] as const,
    }));
    const { markup } = lineChart({ ...chart, series });
    const places = [...markup.matchAll(/class="halo one" x="100%" y="([\d.]+)"/g)]
      .map(([, y]) => Number(y))
      .sort((a, b) => a - b);
    expect(places).toHaveLength(3);
    expect(places[1]! - places[0]!).toBeGreaterThanOrEqual(15);
    expect(places[2]! - places[1]!).toBeGreaterThanOrEqual(15);
  });

  test("what is one point is named beside it, and a line at the upper edge below it", () => {
    const at = (x: number) => ({ ...chart.series[0], name: `point ${x}`, points: [[x, 10]] as const });
    const line = {
      ...chart.series[0],
      name: "line",
      points: [
        [0, 0],
        [10, 10],
      ] as const,
    };
    const { markup } = lineChart({ ...chart, references: [], series: [line, at(2), at(8)] });
    const placed = (name: string) =>
      new RegExp(`x="([\\d.]+)%" y="([\\d.]+)"[^>]*text-anchor="(\\w+)">${name}<`).exec(markup)?.slice(1);
    expect(placed("line")).toEqual(["100", "17", "end"]);
    expect(placed("point 2")).toEqual(["20", "17", "start"]);
    // On the right, where lines have their names, it makes way for them.
    expect(placed("point 8")).toEqual(["80", "32", "end"]);
  });

  test.each([[[]], [[[3, 7]]]])("are drawn of %j", (points) => {
    const { markup } = lineChart({
      ...chart,
      series: [{ ...chart.series[0], points: points as [number, number][] }],
    });
    expect(markup).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test("a funnel's bars are as long as what they stand for", () => {
  const { markup } = funnelChart(
    [
      { name: "read", in: 40, out: 40, note: "40" },
      { name: "filter", in: 40, out: 10, note: "10 of 40", loss: "75% lost", href: "#filter" },
    ],
    "Documents",
  );
  expect(
    [...markup.matchAll(/<rect class="one" y="\d+" width="([\d.]+%)"/g)].map(([, width]) => width),
  ).toEqual(["100%", "25%"]);
  expect(markup).toContain('class="drop" x="25%" y="85" width="75%"');
  expect(markup).toContain('aria-label="filter 10 of 40 75% lost"');
});

test("a histogram's bars grow with the square root, dropped upon kept", () => {
  const { markup } = histogramChart({
    description: "words",
    bars: [
      { at: 0, kept: 3, dropped: 1, title: "few" },
      { at: 0.5, kept: 16, dropped: 0, title: "many" },
    ],
    width: 0.5,
    ticks: [{ at: 0, label: "0" }],
    limits: [{ at: 0.25, label: "min 2" }],
  });
  expect(markup).toContain('class="one" x="0%" y="62.5" width="49.85%" height="37.5"');
  expect(markup).toContain('class="drop" x="0%" y="50" width="49.85%" height="12.5"');
  expect(markup).toContain('class="one" x="50%" y="0" width="49.85%" height="100"');
});

test("no word is smaller than 12 pixels or scaled down with the drawing", () => {
  const { markup } = lineChart(chart);
  const stretched = /<svg width="100%"[\s\S]*?<\/svg>/.exec(markup)![0];
  expect(stretched).not.toContain("<text");
  expect(markup.replace(stretched, "")).not.toContain("viewBox");
});

test.each([
  [0, 10, 5, [0, 2, 4, 6, 8, 10]],
  [3.2, 6.9, 6, [3, 4, 5, 6, 7]],
  [0, 0.002, 4, [0, 0.0005, 0.001, 0.0015, 0.002]],
  [5, 5, 6, [5, 6]],
])("ticks from %f to %f are round", (low, high, count, expected) => {
  expect(ticks(low, high, count)).toEqual(expected);
  const scale = linearScale(low, high, count);
  expect([scale.at(expected[0]!), scale.at(expected.at(-1)!)]).toEqual([0, 1]);
});

test("a logarithmic axis writes 0 and the powers of ten it reaches", () => {
  expect(logScale(5000).ticks).toEqual([0, 1, 10, 100, 1000]);
  expect(logScale(0).at(0)).toBe(0);
});
