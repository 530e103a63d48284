import { type GptConfig, presets } from "@llm/gpt";
import { describe } from "@llm/gpt/inspect";
import { expect, test } from "vitest";
import { type Box, hasCell, indexAt, placeOf, schemeOf } from "../insight/scheme.js";

const small = { vocabSize: 50, blockSize: 16, nEmbd: 16 } as const;
const rms = { norm: "rms", bias: false, mlp: { kind: "gated", width: 24 }, activation: "silu" } as const;

const models: Record<string, GptConfig> = {
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `GPT-2 with ${i + 1} layers`,
      { ...presets["gpt2"], nLayer: i + 1 } as GptConfig,
    ]),
  ),
  "GQA, RoPE and SwiGLU": {
    ...small,
    ...rms,
    nLayer: 3,
    nHead: 4,
    nKvHead: 2,
    position: "rope",
    tied: false,
  },
  "Gemma 2": {
    ...small,
    ...rms,
    nLayer: 2,
    nHead: 4,
    nKvHead: 1,
    position: "rope",
    postNorm: true,
    softcap: 3,
    attentionSoftcap: 2,
    windows: [3, 0],
  },
  "a parallel block": { ...small, nLayer: 2, nHead: 2, parallel: true, position: "rope" },
  "value embeddings": {
    ...small,
    nLayer: 2,
    nHead: 4,
    nKvHead: 2,
    valueEmbeddings: [false, true],
    residualScalars: true,
  },
};

test.each(Object.entries(models))(
  "%s: each tensor stands once, below all that it is computed from",
  (_, config) => {
    const descriptions = describe(config, { detail: true });
    const sections = schemeOf(descriptions, 5);
    const rows = sections.flatMap((section) =>
      section.rows.map((boxes) => ({ section: section.name, boxes })),
    );
    const boxes = rows.flatMap(({ boxes }) => boxes);
    expect(boxes.map(({ name }) => name).sort()).toEqual(descriptions.map(({ name }) => name).sort());
    expect(sections.map(({ name }) => name)).toEqual([
      "before",
      ...Array.from({ length: config.nLayer }, (_, layer) => `h.${layer}`),
      "after",
    ]);

    const rowOf = new Map(rows.flatMap(({ boxes }, row) => boxes.map(({ name }) => [name, row] as const)));
    const isComputed = ({ kind, inputs }: Box) => kind === "input" || inputs.length > 0;
    const isStatistic = ({ name }: Box) => /\.(mean|rstd|max|sum)$/.test(name);
    expect(boxes.filter(isStatistic).every(({ shape }) => shape.at(-1) === 1)).toBe(true);
    for (const box of boxes) {
      const row = rowOf.get(box.name)!;
      for (const input of box.inputs) {
        const given = boxes.find(({ name }) => name === input)!;
        // What is given, or one number a row, stands beside its first reader; what else is computed above.
        if (isStatistic(given)) expect(rowOf.get(input)!, `${input} beside ${box.name}`).toBe(row);
        else if (isComputed(given)) expect(rowOf.get(input)!, `${input} above ${box.name}`).toBeLessThan(row);
        else expect(rowOf.get(input)!, `${input} beside ${box.name}`).toBeLessThanOrEqual(row);
      }
      const block = /^h\.\d+/.exec(box.name)?.[0];
      if (block) expect(rows[row]!.section, box.name).toBe(block);
      const cells = box.shape.reduce((product, extent) => product * extent, 1);
      expect(box.planes * box.rows * box.columns, box.name).toBe(cells);
    }
  },
);

test.each([[[7]], [[4, 5]], [[1, 4, 5]], [[1, 3, 4, 5]], [[2, 3, 4, 5]]])(
  "a cell of shape %s is found where it is drawn, and has its place in memory there",
  (shape) => {
    const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1)!];
    const cells = shape.reduce((product, extent) => product * extent, 1);
    for (let at = 0; at < cells; at++) {
      const column = at % columns;
      const row = Math.floor(at / columns) % rows;
      const place = { plane: Math.floor(at / columns / rows), row, column };
      const index = indexAt(shape, place);
      expect(hasCell(shape, index)).toBe(true);
      expect(shape.reduce((sum, extent, axis) => sum * extent + index[axis]!, 0)).toBe(at);
      expect(placeOf(shape, index)).toEqual(place);
    }
    expect(hasCell(shape, shape)).toBe(false);
    expect(hasCell(shape, [...shape.map(() => 0), 0])).toBe(false);
  },
);
