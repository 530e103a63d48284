import { keep, reshape, scope, slice, type Tensor, tensor, writeRows, zeros } from "@llm/tensor";

/** A row of text in a cache: where its keys and values stand, and how many there are. */
export interface CachedRow {
  readonly slot: number;
  readonly length: number;
}

interface KeysAndValues {
  readonly k: Tensor; // (slots, positions, kv)
  readonly v: Tensor;
}

/** Positions that a cache begins with, where the block has so many. */
const FIRST = 16;

/**
 * Keys and values of rows of text, layer by layer. Both axes grow by doubling, each layer when it is next written: the
 * layers need not be of one size, so that running out of memory in the midst of a step leaves all of them usable.
 */
export class KvCache {
  readonly #layers: (KeysAndValues | null)[];
  readonly #usual: number;
  readonly #width: number;

  /**
   * @param width numbers that a position keeps as keys, and again as values: nKvHead headDim
   * @param usual positions that it has no room beyond until a row needs it
   */
  constructor(
    { nLayer, blockSize }: { nLayer: number; blockSize: number },
    width: number,
    usual: number = blockSize,
  ) {
    this.#layers = new Array(nLayer).fill(null);
    this.#usual = usual;
    this.#width = width;
  }

  /** A layer's keys and values, with room for so many slots and positions. What it holds is kept where `rows` have text. */
  roomFor(layer: number, slots: number, positions: number, rows: readonly CachedRow[]): KeysAndValues {
    const old = this.#layers[layer] ?? null;
    const [haveSlots, havePositions] = old ? (old.k.shape as [number, number]) : [0, 0];
    if (old && slots <= haveSlots && positions <= havePositions) return old;
    const more = (needed: number, have: number) => (needed <= have ? have : Math.max(needed, 2 * have));
    const shape = [
      more(slots, haveSlots),
      Math.max(positions, Math.min(this.#usual, Math.max(FIRST, more(positions, havePositions)))),
      this.#width,
    ];
    const grown = keepBoth(() => ({ k: zeros(shape), v: zeros(shape) }));
    if (old && rows.some(({ slot, length }) => length > 0 && slot < haveSlots)) {
      try {
        copyAll(old, grown);
      } catch (error) {
        free(grown);
        throw error;
      }
    }
    if (old) free(old);
    this.#layers[layer] = grown;
    return grown;
  }

  /** Gives the text of one slot to another, for which there must be room. */
  copy(from: CachedRow, to: number): void {
    if (from.length === 0) return;
    for (const layer of this.#layers) if (layer) copyText(layer, from, to);
  }

  /** Makes room for so many slots in every layer that has any. */
  reserve(slots: number, rows: readonly CachedRow[]): void {
    for (const [layer, held] of this.#layers.entries()) if (held) this.roomFor(layer, slots, 1, rows);
  }

  /** A copy of what a layer holds of a row, (length, width) each. */
  async read(layer: number, { slot, length }: CachedRow): Promise<{ k: Float32Array; v: Float32Array }> {
    const held = this.#layers[layer];
    if (!held || length === 0) return { k: new Float32Array(0), v: new Float32Array(0) };
    const values = async (all: Tensor) => {
      const part = keep(scope(() => textOf(all, slot, length)));
      try {
        return Float32Array.from(await part.data());
      } finally {
        part.dispose();
      }
    };
    const [k, v] = await Promise.all([values(held.k), values(held.v)]);
    return { k, v };
  }

  /** Gives all memory back. */
  clear(): void {
    for (const [layer, held] of this.#layers.entries()) {
      if (held) free(held);
      this.#layers[layer] = null;
    }
  }
}

/** The first positions of a slot, (1, length, width). */
function textOf(all: Tensor, slot: number, length: number): Tensor {
  const [slots, positions, width] = all.shape as [number, number, number];
  const start = slot * positions;
  return reshape(slice(reshape(all, [slots * positions, width]), 0, start, start + length), [
    1,
    length,
    width,
  ]);
}

/** Copies a text from one slot to another. */
function copyText({ k, v }: KeysAndValues, { slot, length }: CachedRow, to: number): void {
  scope(() => {
    const places = { starts: tensor([0], [1], "int32"), rows: tensor([to], [1], "int32") };
    for (const all of [k, v]) writeRows(all, textOf(all, slot, length), places);
  });
}

/** Copies all slots to the first ones of a larger cache. */
function copyAll(from: KeysAndValues, to: KeysAndValues): void {
  scope(() => {
    const slots = [...Array(from.k.shape[0]!).keys()];
    const places = {
      starts: tensor(
        slots.map(() => 0),
        [slots.length],
        "int32",
      ),
      rows: tensor(slots, [slots.length], "int32"),
    };
    writeRows(to.k, from.k, places);
    writeRows(to.v, from.v, places);
  });
}

function keepBoth(make: () => KeysAndValues): KeysAndValues {
  const made = scope(make);
  keep(made.k);
  keep(made.v);
  return made;
}

function free({ k, v }: KeysAndValues): void {
  k.dispose();
  v.dispose();
}
