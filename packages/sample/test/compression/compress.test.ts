import { Gpt } from "@llm/gpt";
import { type LogitsModel, uniform } from "@llm/sample";
import { type ByteTokenizer, type CompressOptions, compress, decompress } from "@llm/sample/compression";
import { useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { bytes as byteTokens, model as loggedModel } from "../models.js";

const byte: ByteTokenizer = { ...byteTokens, decodeBytes: (ids) => Uint8Array.from(ids) };

/** Words of two letters beside the bytes, and a token that is never used. */
const pairs = ["th", "e ", "he", "in", "an", "\u00e9"];
const pairTokens: ByteTokenizer = {
  ...byteTokens,
  vocabSize: 256 + pairs.length + 1,
  encode(text) {
    const ids: number[] = [];
    for (let at = 0; at < text.length; ) {
      const pair = pairs.findIndex((each) => text.startsWith(each, at));
      const character = String.fromCodePoint(text.codePointAt(at)!);
      if (pair >= 0) ids.push(256 + pair);
      else ids.push(...new TextEncoder().encode(character));
      at += pair >= 0 ? pairs[pair]!.length : character.length;
    }
    return Uint32Array.from(ids);
  },
  decodeBytes: (ids) =>
    Uint8Array.from(
      Array.from(ids).flatMap((id) =>
        id < 256 ? [id] : [...new TextEncoder().encode(pairs[id - 256] ?? "")],
      ),
    ),
};

/** Likes letters, and what followed the last id before. */
function guesses(context: readonly number[]): Float32Array {
  const logits = new Float32Array(pairTokens.vocabSize);
  for (let id = 97; id < 123; id++) logits[id] = 2;
  for (const id of [32, 256, 257, 258, 259, 260]) logits[id] = 2.5;
  const last = context.at(-1);
  for (let i = 0; i + 1 < context.length; i++) if (context[i] === last) logits[context[i + 1]!]! += 1.5;
  return logits;
}
const small = (blockSize = 32, logits = guesses) =>
  loggedModel(logits, { vocabSize: pairTokens.vocabSize, blockSize });

let position = 0;
const random = () => uniform({ seed: 5, position: position++ });
const noise = (length: number) => Uint8Array.from({ length }, () => 256 * random());
const prose = (words: number) => {
  const list = [
    "then",
    "the",
    "hen",
    "in",
    "a",
    "thin",
    "inn",
    "heath",
    "and",
    "café",
    "ate",
    "it",
    "…",
    "🥚",
  ];
  return Array.from({ length: words }, () => list[Math.floor(list.length * random())]).join(" ");
};
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("any bytes come back", () => {
  const latin1 = Uint8Array.from("Der Käse war für längere Zeit im Kühlschrank, sagte der Müller. ", (c) =>
    c.charCodeAt(0),
  );
  const cases: [string, Uint8Array, CompressOptions?][] = [
    ["nothing", new Uint8Array(0)],
    ["one byte", utf8("a")],
    ["one byte that is no text", Uint8Array.of(0xff)],
    ["text", utf8(prose(120))],
    ["one row", utf8(prose(60)), { rows: 1 }],
    ["more rows than there are blocks", utf8(prose(20)), { rows: 500 }],
    ["no overlap", utf8(prose(60)), { overlap: 0 }],
    ["as much overlap as can be", utf8(prose(30)), { overlap: 31 }],
    ["a byte order mark", utf8(`\ufeff${prose(10)}`)],
    ["zeros", new Uint8Array(300)],
    ["Latin-1", latin1],
    ["Latin-1 in text", Uint8Array.of(...utf8(prose(30)), ...latin1, ...utf8(prose(30)))],
    ["long bytes that are no text", Uint8Array.of(...utf8(prose(9)), ...new Uint8Array(700).fill(0xfe))],
    ["an overlong slash", Uint8Array.of(...utf8(prose(5)), 0xc0, 0xaf, ...utf8(prose(5)))],
    ["half surrogates", Uint8Array.of(...utf8(prose(5)), 0xed, 0xa0, 0x80, ...utf8(prose(5)))],
    ["above the last code point", Uint8Array.of(...utf8(prose(5)), 0xf4, 0x90, 0x80, 0x80)],
    ["a character that is cut off", utf8(`${prose(9)}🥚`).slice(0, -1)],
    ["noise", noise(500)],
    ["text with a stray byte behind it", Uint8Array.of(...utf8(prose(9)), 0x80)],
    ["a text of several parts", utf8(`${"x".repeat(65_534)}🥚${"y".repeat(9)}`), { rows: 100 }],
  ];
  test.each(cases)("%s", async (_, original, options = {}) => {
    const packed = await compress(small(), pairTokens, original, options);
    expect(packed.length).toBeLessThanOrEqual(original.length + 40);
    expect(await decompress(small(), pairTokens, packed)).toEqual(original);
  });

  test("of a tokenizer that normalises", async () => {
    const lower = { ...byte, encode: (text: string) => byte.encode(text.toLowerCase()) };
    const original = utf8("All of it Or nothing, All of it");
    const model = loggedModel(() => new Float32Array(256), { vocabSize: 256 });
    expect(await decompress(model, lower, await compress(model, lower, original))).toEqual(original);
  });

  test("of a tokenizer that lacks a character: the text around it is text", async () => {
    const lacking = { ...pairTokens, encode: (text: string) => pairTokens.encode(text.replaceAll("$", "?")) };
    const [plain, dollar] = [utf8(prose(400)), utf8(prose(400))];
    dollar[900] = 36;
    const packed = await compress(small(64), lacking, dollar);
    expect(await decompress(small(64), lacking, packed)).toEqual(dollar);
    expect(packed.length).toBeLessThan((await compress(small(64), lacking, plain)).length + 150);
  });

  test("of a tokenizer whose decoder drops the first blank", async () => {
    const dropping = {
      ...byte,
      decodeBytes: (ids: ArrayLike<number>) => Uint8Array.from(Array.from(ids).slice(ids[0] === 32 ? 1 : 0)),
    };
    const model = loggedModel(() => new Float32Array(256), { vocabSize: 256 });
    const original = utf8(" a text, and some more of it");
    expect(await decompress(model, dropping, await compress(model, dropping, original))).toEqual(original);
  });

  test("of a tokenizer with more tokens than the model, and a model with more than the tokenizer", async () => {
    const original = utf8(prose(40));
    for (const [vocabSize, tokenizer] of [
      [257, pairTokens],
      [400, pairTokens],
      [400, byte],
    ] as const) {
      const model = () =>
        loggedModel((ids) => [...guesses(ids), ...new Array(200).fill(9)].slice(0, vocabSize), { vocabSize });
      expect(await decompress(model(), tokenizer, await compress(model(), tokenizer, original))).toEqual(
        original,
      );
    }
  });
});

test("every step has the same rows and ids both ways", async () => {
  const [there, back] = [small(), small()];
  const original = Uint8Array.of(...utf8(prose(80)), 0xff, ...utf8(prose(70)));
  await decompress(back, pairTokens, await compress(there, pairTokens, original, { rows: 5 }));
  expect(there.log.steps.length).toBeGreaterThan(200);
  expect(back.log.steps).toEqual(there.log.steps);
  expect([there.log.disposed, back.log.disposed]).toEqual([2, 2]);
});

test("the size is what the model's probabilities say, within half a percent", async () => {
  let bits = 0;
  const original = utf8(prose(4000));
  const packed = await compress(small(64), pairTokens, original, {
    onProgress: (progress) => {
      bits = progress.bits!;
    },
  });
  const header = (await compress(small(64), pairTokens, new Uint8Array(0))).length + 60;
  expect(packed.length).toBeLessThan(original.length / 2);
  expect(8 * packed.length).toBeLessThan(1.005 * bits + 8 * header);
  expect(8 * packed.length).toBeGreaterThan(bits);
});

test("noise grows by 2% at most", async () => {
  for (const length of [4096, 65_536]) {
    const packed = await compress(small(), pairTokens, noise(length));
    expect(packed.length).toBeLessThanOrEqual(1.02 * length);
  }
});

describe("what is refused", async () => {
  const original = utf8(prose(60));
  const packed = await compress(small(), pairTokens, original, { name: "small", engine: "wasm, SIMD" });
  const open = (model: LogitsModel = small(), tokenizer = pairTokens, engine = "wasm, SIMD") =>
    decompress(model, tokenizer, packed, { name: "here", engine });

  test("a file that is cut off anywhere, or has something behind it", async () => {
    for (let length = 0; length < packed.length; length++) {
      await expect(decompress(small(), pairTokens, packed.slice(0, length))).rejects.toMatchObject({
        name: "CompressedFileError",
        message: expect.stringMatching(/cut off/),
      });
    }
    const longer = Uint8Array.of(...packed, 0);
    await expect(decompress(small(), pairTokens, longer)).rejects.toThrow(/1 bytes follow/);
  });

  test("a file with a changed byte, wherever it is", async () => {
    for (let at = 0; at < packed.length; at++) {
      const changed = packed.slice();
      changed[at]! ^= 1 << (at % 8);
      await expect(
        decompress(small(), pairTokens, changed, { engine: "wasm, SIMD" }),
        `byte ${at}`,
      ).rejects.toMatchObject({ name: "CompressedFileError" });
    }
    const stored = await compress(small(), pairTokens, noise(50));
    stored[stored.length - 9]! ^= 4;
    await expect(decompress(small(), pairTokens, stored)).rejects.toThrow(/damaged/);
  });

  test("another kind of file", async () => {
    await expect(decompress(small(), pairTokens, utf8("PK\u0003\u0004 and so on"))).rejects.toThrow(
      /no file that compress wrote/,
    );
  });

  test("another model, by shape and by what it computes", async () => {
    await expect(open(small(64))).rejects.toMatchObject({
      part: "model",
      message:
        'the file was compressed with "small", and this is "here" (263 tokens and blocks of 32, not 263 tokens and blocks of 64)',
    });
    const other = small(32, (ids) => guesses(ids).map((logit) => logit + 1));
    await expect(open(other)).rejects.toMatchObject({ part: "model" });
  });

  test("another tokenizer", async () => {
    const other = {
      ...pairTokens,
      decodeBytes: (ids: ArrayLike<number>) => pairTokens.decodeBytes(Array.from(ids, (id) => id ^ 1)),
    };
    await expect(open(small(), other)).rejects.toMatchObject({ part: "tokenizer" });
  });

  test("another engine, by name, and the same name with other bits", async () => {
    await expect(open(small(), pairTokens, "native, AVX-512")).rejects.toMatchObject({
      part: "engine",
      message: expect.stringMatching(/on "wasm, SIMD", and this is "native, AVX-512"/),
    });
    const nearly = small(32, (ids) => guesses(ids).map((logit) => logit * (1 + 2 ** -20)));
    await expect(open(nearly)).rejects.toMatchObject({
      part: "engine",
      message: expect.stringMatching(/other bits/),
    });
    expect(await open()).toEqual(original);
  });

  test("mistakes in the call", async () => {
    const call = compress as (...args: unknown[]) => Promise<Uint8Array>;
    await expect(call(small(), byteTokens, original)).rejects.toThrow(/no decodeBytes\(\)/);
    await expect(call(small(), pairTokens, "text")).rejects.toThrow(/bytes of compress/);
    await expect(call(small(), pairTokens, original, { overlap: 32 })).rejects.toThrow(/overlap is 32/);
    await expect(call(small(), pairTokens, original, { row: 3 })).rejects.toThrow(/did you mean "rows"/);
  });

  test("to go on after an abort", async () => {
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error("enough"));
    await expect(
      compress(small(), pairTokens, original, { signal: abort.signal, onProgress }),
    ).rejects.toThrow("enough");
  });
});

test.each(["wasm", "auto"] as const)("a GPT on engine %s, sixteen rows", async (name) => {
  await useEngine(name);
  const model = Gpt.create({ vocabSize: 256, blockSize: 48, nLayer: 2, nHead: 2, nEmbd: 32 }, { seed: 1 });
  const original = utf8(prose(400));
  const packed = await compress(model, byte, original);
  // An untrained model packs nothing: what is coded is asked for.
  expect(packed.length).toBeLessThanOrEqual(original.length * 1.02);
  const tilted = tilt(model);
  const smaller = await compress(tilted, byte, original);
  expect(smaller.length).toBeLessThan(0.9 * original.length);
  expect(await decompress(tilted, byte, smaller)).toEqual(original);
  model.dispose();
});

/** The same model, which likes lower case. */
function tilt(model: Gpt): LogitsModel {
  return {
    vocabSize: model.vocabSize,
    blockSize: model.blockSize,
    session(rows, options) {
      const session = model.session(rows, options);
      return new Proxy(session, {
        get(target, key) {
          if (key !== "step") {
            const value: unknown = Reflect.get(target, key);
            return typeof value === "function" ? value.bind(target) : value;
          }
          return async (...args: Parameters<typeof session.step>) => {
            const answers = await session.step(...args);
            return answers.map((logits) =>
              logits.map((logit, id) => logit + ((id >= 97 && id < 123) || id === 32 ? 3 : 0)),
            );
          };
        },
      });
    },
  };
}
