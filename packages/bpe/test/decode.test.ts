import { expect, test } from "vitest";
import { UnknownTokenError, VocabularyError } from "../src/index.js";
import { table } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const { ours } = table("gpt2");
const WELL_FORMED = MIXED.map((text) => text.replace(/\p{Surrogate}/gu, "\ufffd"));

test("encode then decode is the text, BOM and all", () => {
  for (const text of [...WELL_FORMED, "\ufeffat the start", "\ufeff\ufeff"]) {
    expect(ours.decode(ours.encodeOrdinary(text))).toBe(text);
    expect(ours.decodeBytes(ours.encodeOrdinary(text))).toEqual(new TextEncoder().encode(text));
  }
});

test("streams give out whole characters only, and all of them", () => {
  for (const text of [...WELL_FORMED, "\ufeffat the start"]) {
    const decoder = ours.decoder();
    const parts = Array.from(ours.encodeOrdinary(text), (id) => decoder.write(id));
    const whole = text.includes("\ufffd") ? parts : parts.filter((part) => part.includes("\ufffd"));
    if (!text.includes("\ufffd")) expect(whole).toEqual([]);
    expect(parts.join("") + decoder.end()).toBe(text);
  }
  const decoder = ours.decoder();
  const [first] = ours.encodeOrdinary("😀");
  expect(decoder.write(first!) + decoder.end()).toBe("\ufffd");
  expect(decoder.write(64) + decoder.end()).toBe("a");
});

test("ids that are no tokens are errors that name the id", () => {
  for (const id of [50257, -1, 1.5, Number.NaN, 2 ** 31]) {
    expect(() => ours.decode([64, id])).toThrow(UnknownTokenError);
    expect(() => ours.decode([64, id])).toThrow(`Token id ${id} `);
    expect(() => ours.tokenBytes(id)).toThrow(UnknownTokenError);
    expect(() => ours.decoder().write(id)).toThrow(UnknownTokenError);
  }
  // cl100k leaves 100256 and 100261 to 100275 unused.
  expect(() => table("cl100k").ours.decode([100256])).toThrow(/100256/);
});

test("a stream takes lists of ids too", () => {
  const ids = ours.encodeOrdinary("naïve 🐚 日本語".repeat(20));
  for (const size of [1, 2, 3, 50, 1000]) {
    const stream = ours.decoder();
    let text = "";
    for (let at = 0; at < ids.length; at += size) text += stream.write(ids.subarray(at, at + size));
    expect(text + stream.end()).toBe(ours.decode(ids));
  }
  expect(() => ours.decoder().write([1, 60_000])).toThrow(UnknownTokenError);
  expect(() => ours.decoder().write(97n as never)).toThrow(/ids of decode is 97: it must be a list/);
  expect(() => ours.decoder().write([97n] as never)).toThrow(/id 0 of decode is 97/);
});

test("offsets tile the text in bytes and in UTF-16 units", () => {
  const random = seeded(5);
  for (const text of [...WELL_FORMED, ...Array.from({ length: 500 }, () => fuzz(random))]) {
    const { ids, bytes, utf16 } = ours.encodeWithOffsets(text, { disallowedSpecial: [] });
    expect(ids).toEqual(ours.encodeOrdinary(text));
    expect([bytes[0], utf16[0], utf16.at(-1)]).toEqual([0, 0, text.length]);
    const all = new TextEncoder().encode(text);
    expect(bytes.at(-1)).toBe(all.length);
    for (let i = 0; i < ids.length; i++) {
      expect(ours.tokenBytes(ids[i]!)).toEqual(all.slice(bytes[i], bytes[i + 1]));
      // The UTF-16 border is where the text before the byte border ends, a cut character not counted.
      const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(all.slice(0, bytes[i]), {
        stream: true,
      });
      if (i % 7 === 0) expect(utf16[i]).toBe(before.length);
    }
  }
  const special = ours.encodeWithOffsets("é<|endoftext|>b", { allowedSpecial: "all" });
  expect(Array.from(special.utf16).slice(-3)).toEqual([1, 14, 15]);
});

test("encodeInto, encodeBatch, count and split agree with encode", async () => {
  const target = new Uint32Array(8);
  expect(ours.encodeInto("Hello world", target, 3)).toBe(2);
  expect(Array.from(target)).toEqual([0, 0, 0, 15496, 995, 0, 0, 0]);
  expect(() => ours.encodeInto("Hello world", target, 7)).toThrow(VocabularyError);
  expect(await ours.encodeBatch(MIXED)).toEqual(MIXED.map((text) => ours.encode(text)));
  await expect(ours.encodeBatch(["a"], { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(ours.split("It's  so")).toEqual(["It", "'s", " ", " so"]);
  expect(ours.count("")).toBe(0);
});

test("a trace ends in what encoding gives", () => {
  for (const piece of [" tokenization", "日本語", "😀", "aaaaaaaaaaaaaaaaaaaaaaa", " the"]) {
    const trace = ours.trace(piece);
    expect(trace.ids).toEqual(Array.from(ours.encodeOrdinary(piece)));
    expect(trace.steps.at(-1)!.parts).toEqual(trace.ids);
    expect(trace.steps.length).toBe(trace.bytes.length - trace.ids.length);
    for (const { left, right, id } of trace.steps) {
      expect(ours.decodeBytes([left, right])).toEqual(ours.tokenBytes(id));
    }
  }
});
