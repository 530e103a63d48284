import {
  embedding,
  rope,
  ropeQkv,
  ropeTable,
  type SelfAttentionOptions,
  scale,
  selfAttention,
  tensor,
} from "@llm/tensor";
import { type Case, ids, noise } from "./cases.js";

/** For documents of these lengths in one row: the position at which that of each position begins. */
export const beginnings = (...lengths: number[]): number[] =>
  lengths.flatMap((length, i) => {
    const start = lengths.slice(0, i).reduce((a, b) => a + b, 0);
    return Array.from({ length }, () => start);
  });

/** Any first key that a position may have. */
const anyFirst = (length: number): number[] =>
  Array.from(noise(length, 5), (value, t) => Math.floor(((value + 1) / 2) * (t + 1)));

const dropped = { p: 0.3, seed: 3, step: 7, stream: 2 };

function* attentions(): Generator<Case> {
  type Options = Omit<SelfAttentionOptions, "documents" | "lengths">;
  type Masks = { documents?: number[]; lengths?: number[] };
  const shapes: readonly (readonly [string, number, number, number, Options, Masks])[] = [
    [
      "documents",
      2,
      6,
      5,
      { nHead: 4, nKvHead: 2 },
      { documents: [...beginnings(1, 3, 2), ...beginnings(6)] },
    ],
    ["two documents", 1, 3, 4, { nHead: 1 }, { documents: beginnings(2, 1) }],
    [
      "documents and a window",
      1,
      150,
      17,
      { nHead: 2, nKvHead: 1, window: 40, softcap: 3 },
      { documents: beginnings(30, 1, 61, 58) },
    ],
    ["long documents", 1, 150, 8, { nHead: 1 }, { documents: beginnings(100, 50) }],
    ["any first keys", 1, 70, 4, { nHead: 1 }, { documents: anyFirst(70) }],
    ["dropout", 2, 9, 5, { nHead: 4, nKvHead: 2, dropout: dropped }, {}],
    ["little dropout", 1, 2, 3, { nHead: 2, dropout: { ...dropped, step: 8 } }, {}],
    [
      "all at once",
      2,
      131,
      7,
      { nHead: 3, nKvHead: 1, window: 50, softcap: 2, dropout: dropped },
      { documents: [...beginnings(40, 91), ...beginnings(131)], lengths: [131, 70] },
    ],
    ["rows of different length", 3, 70, 4, { nHead: 4, nKvHead: 2 }, { lengths: [0, 70, 2] }],
  ];
  for (const [name, batch, length, headDim, options, masks] of shapes) {
    const { nHead, nKvHead = nHead } = options;
    yield {
      name: `selfAttention: ${name}`,
      inputs: [[batch, length, (nHead + 2 * nKvHead) * headDim]],
      run: ([qkv]) =>
        selfAttention(scale(qkv!, 2), {
          ...options,
          ...(masks.documents && { documents: tensor(masks.documents, [batch, length], "int32") }),
          ...(masks.lengths && { lengths: tensor(masks.lengths, [batch], "int32") }),
        }),
    };
  }
}

function* positions(): Generator<Case> {
  const places = () => tensor([4, 0, 1, 2, 2, 8], [2, 3], "int32");
  yield {
    name: "embedding at positions",
    inputs: [
      [11, 6],
      [9, 6],
    ],
    run: ([table, position]) =>
      embedding(ids([2, 3], 11), table!, { position: position!, positions: places() }),
  };
  for (const interleaved of [false, true]) {
    yield {
      name: `rope at positions, ${interleaved ? "interleaved" : "halves"}`,
      inputs: [[2, 3, 2, 10]],
      run: ([x]) => rope(x!, ropeTable(9, 8, { base: 50 }), { positions: places(), interleaved }),
    };
  }
  yield {
    name: "rope of qkv at positions",
    inputs: [[2, 3, 4 * 6]],
    run: ([x]) => ropeQkv(x!, ropeTable(9, 6), { nHead: 2, nKvHead: 1, positions: places() }),
  };
}

/** Attention that hides more than causality does, and rows that stand anywhere. */
export const attentionCases: readonly Case[] = [...attentions(), ...positions()];
