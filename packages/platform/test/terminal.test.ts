import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatTable,
  ProgressLine,
  shorten,
} from "../src/terminal.js";

function record({ isTTY = true, columns = 40, env = {} as Record<string, string> } = {}) {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  const stderr = { isTTY, columns, write };
  return { progress: new ProgressLine({ stderr, env }), written: () => written };
}

test("one line, cut to the width, and gone when it is cleared", () => {
  const { progress, written } = record();
  progress.show(() => "x".repeat(100));
  progress.clear();
  expect(written()).toBe(`\r\u001b[2K${"x".repeat(38)}…\r\u001b[2K`);
});

test("not more often than ten times a second, and no work for a line that is not shown", () => {
  const { progress, written } = record();
  let asked = 0;
  for (let i = 0; i < 5; i++) progress.show(() => `${++asked}`);
  expect([asked, written()]).toEqual([1, "\r\u001b[2K1"]);
});

test.each([
  { isTTY: false, env: {} },
  { isTTY: true, env: { NO_COLOR: "1" } as Record<string, string> },
  { isTTY: true, env: { TERM: "dumb" } as Record<string, string> },
])("nothing for %j", (options) => {
  const { progress, written } = record(options);
  progress.show(() => {
    throw new Error("asked for nothing");
  });
  progress.clear();
  expect([written(), progress.enabled]).toEqual(["", false]);
});

test("tables line up", () => {
  const columns = [{ title: "step" }, { title: "in", align: "right" as const }, { title: "why" }];
  const rows = [
    ["a", "1,000", ""],
    ["longer", "7", "short"],
  ];
  expect(formatTable(columns, rows)).toEqual(["step       in  why", "a       1,000", "longer      7  short"]);
  expect(formatTable(columns, [])).toEqual(["step  in  why"]);
});

test("numbers as people read them", () => {
  expect([0, 999, 1000, 999_949, 999_950, 7_300_000, 2e9, 3e12, 5e15].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "999.9 kB",
    "1.0 MB",
    "7.3 MB",
    "2.0 GB",
    "3.0 TB",
    "5000.0 TB",
  ]);
  expect([-1, 0, 59.6, 185, 3727].map(formatDuration)).toEqual(["0:00", "0:00", "1:00", "3:05", "1:02:07"]);
  expect([formatCount(1234567.4), formatPercent(0.1234), formatPercent(1)]).toEqual([
    "1,234,567",
    "12.3%",
    "100.0%",
  ]);
  expect([shorten("abcd", 4), shorten("abcde", 4)]).toEqual(["abcd", "abc…"]);
});
