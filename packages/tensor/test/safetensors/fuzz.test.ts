import { readFileSync } from "node:fs";
import { readSafetensors, rng, SafetensorsError } from "@llm/tensor";
import { expect, test } from "vitest";
import { decodeAll, file, openAll } from "./files.js";

const golden = new Uint8Array(readFileSync(new URL("../golden/python.safetensors", import.meta.url)));
const headerBytes = Number(new DataView(golden.buffer).getBigUint64(0, true));
const headerText = new TextDecoder().decode(golden.subarray(8, 8 + headerBytes));

/** What happens to be read: bytes, or the typed error; anything else fails the test. */
function outcome(bytes: Uint8Array): string {
  try {
    const { tensors } = readSafetensors(bytes);
    // Widening at most doubles what the file holds.
    let held = 0;
    for (const { data } of tensors.values()) held += data.byteLength;
    expect(held).toBeLessThanOrEqual(2 * bytes.length);
    return "read";
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    return "refused";
  }
}

const settled = async (read: Promise<unknown>) =>
  read.then(
    () => "read",
    (error) => {
      if (!(error instanceof SafetensorsError)) throw error;
      return "refused";
    },
  );

test("changed bytes are read or refused, the same by every reader", async () => {
  const next = rng(20);
  const below = (limit: number) => Math.floor(next() * limit);
  const counts = { read: 0, refused: 0 };
  for (let round = 0; round < 6000; round++) {
    const bytes = golden.slice(0, next() < 0.1 ? below(golden.length + 1) : golden.length);
    const changes = 1 + below(3);
    for (let i = 0; i < changes && bytes.length > 0; i++) {
      const at = below(Math.min(bytes.length, 8 + headerBytes));
      bytes[at] = next() < 0.5 ? below(256) : '{}[]",:0123456789\\u- '.charCodeAt(below(21));
    }
    const found = outcome(bytes);
    counts[found as keyof typeof counts]++;
    if (round % 10 === 0) {
      expect(await settled(openAll(bytes))).toBe(found);
      expect(await settled(decodeAll(bytes))).toBe(found);
    }
  }
  // Both happen, or the changes were too wild, or not seen.
  expect(counts.read).toBeGreaterThan(50);
  expect(counts.refused).toBeGreaterThan(3000);
});

test("headers with pieces cut out, doubled and swapped are read or refused", () => {
  const next = rng(21);
  const tokens = headerText.match(/"(?:[^"\\]|\\.)*"|\d+|[{}[\],:]/g)!;
  const spare = [
    "-1",
    "1e400",
    "0.5",
    "9007199254740993",
    "null",
    "true",
    '"\\ud800"',
    '"__proto__"',
    "[[",
    "}}",
  ];
  const counts = { read: 0, refused: 0 };
  for (let round = 0; round < 6000; round++) {
    const changed = [...tokens];
    const at = Math.floor(next() * changed.length);
    const other = Math.floor(next() * changed.length);
    const kind = Math.floor(next() * 4);
    if (kind === 0) changed.splice(at, 1 + Math.floor(next() * 3));
    else if (kind === 1) changed.splice(at, 0, ...changed.slice(other, other + 20));
    else if (kind === 2) changed[at] = changed[other]!;
    else changed[at] = spare[Math.floor(next() * spare.length)]!;
    counts[outcome(file(changed.join(""), golden.subarray(8 + headerBytes))) as keyof typeof counts]++;
  }
  expect(counts.read).toBeGreaterThan(10);
  expect(counts.refused).toBeGreaterThan(4000);
});

test("deep nesting and long strings do not crash the parser", () => {
  expect(outcome(file("[".repeat(1_000_000)))).toBe("refused");
  expect(outcome(file(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`))).toBe("refused");
  expect(outcome(file(`{"__metadata__":{"k":"${"\\\\".repeat(3_000_000)}"}}`))).toBe("read");
});
