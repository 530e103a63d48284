import {
  type Captured,
  capture,
  type Explanation,
  explainCell,
  logitLens,
  type TensorDescription,
} from "@llm/gpt/inspect";
import { scope, tensor } from "@llm/tensor";
import { planesOf } from "../scheme.js";
import { mostProbable } from "./most-probable.js";
import { drawNext, type NextDraw, type NextSettings } from "./next.js";
import type { OpenedModel } from "./opened.js";
import { type Look, lookOf, type Pooled, pooled, poolingOf } from "./pooled.js";
import { type ReadText, readText } from "./read-text.js";

/** The most positions that are looked at: attention has a cell for every two of them. */
const POSITIONS = 48;
/** The most logits that a lens over all positions may take; beyond, it looks at the last position only. */
const LENS_CELLS = 8e6;
/** The most probable tokens of a lens, and of what comes next. */
const [BEST, NEXT] = [5, 10];
/** The most rows and columns of a tensor that are shown cell by cell. */
const WINDOW = { rows: 64, columns: 96 } as const;

/** The most cells of a tensor that are drawn one by one in space. */
const DRAWN_CELLS = 2 ** 18;

/** A tensor from afar. */
export interface Picture extends Pooled, Look {
  readonly shape: readonly number[];
}

/** What a model would answer after a block. */
interface LensCell {
  readonly layer: number;
  readonly position: number;
  readonly best: readonly { readonly id: number; readonly p: number }[];
}

/** A pass through a model, as the page draws it. */
export interface Overview extends ReadText {
  readonly descriptions: readonly TensorDescription[];
  readonly pictures: Readonly<Record<string, Picture>>;
  /** Each layer's weights of attention, (heads, T, T). */
  readonly attention: readonly {
    readonly name: string;
    readonly heads: number;
    readonly values: Float32Array;
  }[];
  readonly lens: readonly LensCell[];
}

/** How a cell came about; where it only takes the value of another, then how that did, and so on. */
export type Derivation = readonly [Explanation, ...Explanation[]];

/** Part of a plane of a tensor, cell by cell. */
export interface CellWindow {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** A pass that was captured. */
export class Inside {
  readonly overview: Overview;
  readonly #captured: Captured;

  private constructor(captured: Captured, overview: Overview) {
    this.#captured = captured;
    this.overview = overview;
  }

  /** Runs a text through a model, and keeps all that came about. */
  static async look(opened: OpenedModel, text: string, signal?: AbortSignal): Promise<Inside> {
    const { model } = opened;
    const read = readText(opened, text, Math.min(POSITIONS, model.blockSize));
    const { ids } = read;
    const input = tensor([...ids], [1, ids.length], "int32");
    try {
      const captured = await capture(model, input, { detail: true, ...(signal && { signal }) });
      const lens = await lensOf(opened, ids);
      signal?.throwIfAborted();
      const { descriptions, tensors } = captured;
      const pictures = Object.fromEntries(
        descriptions.map((each) => {
          const { shape, data } = tensors.get(each.name)!;
          const small = pooled(data, planesOf(shape), poolingOf(each));
          return [each.name, { shape, ...small, ...lookOf(each, data) }];
        }),
      );
      const maps = descriptions.filter(({ name }) => name.endsWith(".attn.weights"));
      const attention = maps.map(({ name }) => {
        const { shape, data } = tensors.get(name)!;
        return { name, heads: shape[1]!, values: Float32Array.from(data) };
      });
      return new Inside(captured, { ...read, descriptions, pictures, attention, lens });
    } finally {
      input.dispose();
    }
  }

  /** The cells of every tensor that is small enough to be drawn cell by cell. */
  cells(): Record<string, Float32Array> {
    const small = [...this.#captured.tensors].filter(([, { data }]) => data.length <= DRAWN_CELLS);
    return Object.fromEntries(small.map(([name, { data }]) => [name, Float32Array.from(data)]));
  }

  /** All cells of the tensors of these names. */
  cellsOf(names: readonly string[]): Record<string, Float32Array> {
    return Object.fromEntries(
      names.map((name) => [name, Float32Array.from(this.#captured.tensors.get(name)!.data)]),
    );
  }

  /** The part of a plane in which a cell lies. */
  window({ tensor, plane, row, column }: Spot): CellWindow {
    const { shape, data } = this.#captured.tensors.get(tensor)!;
    const { rows, columns } = planesOf(shape);
    const top = row - (row % WINDOW.rows);
    const left = column - (column % WINDOW.columns);
    const height = Math.min(WINDOW.rows, rows - top);
    const width = Math.min(WINDOW.columns, columns - left);
    const values = new Float32Array(height * width);
    for (let y = 0; y < height; y++) {
      const start = (plane * rows + top + y) * columns + left;
      values.set(data.subarray(start, start + width), y * width);
    }
    return { top, left, rows: height, columns: width, values };
  }

  /** What may come after the last token. */
  next(settings: NextSettings): NextDraw {
    const { shape, data } = this.#captured.tensors.get("logits")!;
    const logits = Float32Array.from(data.subarray(-shape.at(-1)!));
    const best = this.overview.lens.at(-1)!.best.map(({ id }) => id);
    return drawNext(this.overview, logits, settings, best);
  }

  explain(name: string, index: readonly number[]): Derivation {
    const made = explainCell(this.#captured, name, index);
    const [only, ...others] = made.operands;
    // Copied, or let through by a mask: nothing is done to it.
    if (only?.role !== "x" || only.coefficient !== 1 || others.length > 0) return [made];
    const source = this.explain(only.tensor, only.index);
    return source[0].operands.length > 0 ? [made, ...source] : [made];
  }
}

/** A cell of a tensor, where it is drawn. */
export interface Spot {
  readonly tensor: string;
  readonly plane: number;
  readonly row: number;
  readonly column: number;
}

async function lensOf({ model }: OpenedModel, ids: readonly number[]): Promise<LensCell[]> {
  const { nLayer, vocabSize } = model.config;
  const isAll = (nLayer + 1) * ids.length * vocabSize <= LENS_CELLS;
  const logits = scope(() =>
    logitLens(model, tensor([...ids], [1, ids.length], "int32"), { positions: isAll ? "all" : "last" }),
  );
  const data = await logits.data();
  logits.dispose();
  const count = isAll ? ids.length : 1;
  return Array.from({ length: (nLayer + 1) * count }, (_, at) => ({
    layer: Math.floor(at / count),
    position: isAll ? at % count : ids.length - 1,
    best: mostProbable(
      data.subarray(at * vocabSize, (at + 1) * vocabSize),
      at === (nLayer + 1) * count - 1 ? NEXT : BEST,
    ),
  }));
}
