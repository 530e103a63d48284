import {
  cachedAttention,
  concat,
  embedding,
  keep,
  reshape,
  scope,
  slice,
  type Tensor,
  tensor,
} from "@llm/tensor";
import { attentionOptions } from "./attention-options.js";
import type { CompleteGptConfig } from "./config.js";
import { type CachedRow, KvCache } from "./kv-cache.js";
import { attentionWidths } from "./layout.js";
import { network } from "./network.js";
import { type Addition, type Packed, pack } from "./packing.js";
import type { Pass } from "./pass.js";

/** What decoding needs of a model. */
export interface DecodingModel {
  readonly config: CompleteGptConfig;
  /** What a pass over a sequence of `length` positions takes. */
  readonly pass: (length: number) => Omit<Pass, "positions" | "attend">;
}

/** The cache of a session that has not begun, whose rows will usually reach so many positions at most. */
export function emptyCache({ config }: DecodingModel, positions: number): KvCache {
  return new KvCache(config, attentionWidths(config).kv, positions);
}

/** Logits that are on the engine at a time. */
const CHUNK = 4 * 2 ** 20;

/** Tensors of work that rests: no scope frees them, that of somebody else neither. */
class Held {
  readonly #all = new Set<Tensor>();

  make(make: () => Tensor): Tensor {
    const made = keep(scope(make));
    this.#all.add(made);
    return made;
  }

  /** What a tensor holds that is needed no longer. */
  async values(make: () => Tensor): Promise<Float32Array> {
    const made = this.make(make);
    const data = (await made.data()) as Float32Array;
    this.dispose(made);
    return data;
  }

  dispose(...tensors: Tensor[]): void {
    for (const each of tensors) {
      each.dispose();
      this.#all.delete(each);
    }
  }

  disposeAll(): void {
    this.dispose(...this.#all);
  }
}

/**
 * The logits of additions to rows that share their angles, in the order of the additions: (vocabSize) each, or (n, vocabSize).
 * Their keys and values are then in the cache, behind those of `rows`, which says what the cache holds of all rows.
 *
 * @param options.rest awaited between blocks; where it throws, the work ends
 */
export async function decode(
  model: DecodingModel,
  cache: KvCache,
  rows: readonly CachedRow[],
  additions: readonly Addition[],
  options: { logits: "last" | "all"; rest: () => Promise<void> },
): Promise<Float32Array[]> {
  const packed = pack(additions);
  const { ids, positions, order, groups } = packed;
  const N = ids.length;
  const held = new Held();
  try {
    const shape = groups.length === 1 ? [additions.length, groups[0]!.n] : [1, N];
    const int32 = (values: ArrayLike<number>, shape: readonly number[]) =>
      held.make(() => tensor(values, shape, "int32"));
    const places = groups.map(({ starts, slots }) => ({
      starts: int32(starts, [starts.length]),
      rows: int32(slots, [slots.length]),
    }));
    const longest = Math.max(...additions.map(({ start, ids }) => start + ids.length));
    const attend = attentionOver(model.config, cache, rows, packed, places, longest);
    const at = int32(positions, shape);
    const pass = { ...model.pass(longest), attend, positions: () => at };
    const { embed, block, finalNorm, logits } = network(pass);

    const origin = int32(ids, shape); // (1, N), or (B, n)
    const x0 = held.make(() => embed(origin)); // (1, N, C), or (B, n, C)
    let x = x0;
    for (let layer = 0; layer < pass.config.nLayer; layer++) {
      const input = x;
      x = held.make(() => block(input, layer, { ids: origin, x0 }));
      if (input !== x0) held.dispose(input);
      await options.rest();
    }
    const counts = order.map((i) => (options.logits === "all" ? additions[i]!.ids.length : 1));
    const normed = held.make(() => {
      const all = reshape(x, [1, N, pass.config.nEmbd]);
      const ends = lastOf(order.map((i) => additions[i]!.ids.length));
      return finalNorm(options.logits === "all" || ends.length === N ? all : rowsAt(all, ends));
    });
    held.dispose(x, x0);

    if (counts.length === 1 && counts[0] === 1) {
      const only = await held.values(() => logits(normed));
      await options.rest();
      return [only];
    }
    const V = pass.config.vocabSize;
    const results = counts.map((count) => new Float32Array(count * V));
    const targets = results.flatMap((each, i) =>
      Array.from({ length: counts[i]! }, (_, t) => each.subarray(t * V, (t + 1) * V)),
    );
    const chunk = Math.max(64, Math.floor(CHUNK / V));
    for (let from = 0; from < targets.length; from += chunk) {
      const to = Math.min(from + chunk, targets.length);
      const data = await held.values(() =>
        logits(targets.length <= chunk ? normed : slice(normed, 1, from, to)),
      );
      for (let i = from; i < to; i++) targets[i]!.set(data.subarray((i - from) * V, (i - from + 1) * V));
      await options.rest();
    }
    const inOrder: Float32Array[] = new Array(results.length);
    for (const [i, each] of results.entries()) inOrder[order[i]!] = each;
    return inOrder;
  } finally {
    held.disposeAll();
  }
}

/** Attention of every group of rows over what the cache holds of them. */
function attentionOver(
  config: CompleteGptConfig,
  cache: KvCache,
  rows: readonly CachedRow[],
  { groups }: Packed,
  places: readonly { starts: Tensor; rows: Tensor }[],
  longest: number,
): Pass["attend"] {
  const slots = Math.max(...rows.map(({ slot }) => slot)) + 1;
  return (qkv, layer) => {
    const room = cache.roomFor(layer, slots, longest, rows);
    const options = attentionOptions(config, layer);
    if (groups.length === 1) return cachedAttention(qkv, room, places[0]!, options);
    const mixed = groups.map(({ from, n, slots: { length: B } }, i) => {
      const batch = reshape(slice(qkv, 1, from, from + B * n), [B, n, qkv.shape[2]!]);
      const out = cachedAttention(batch, room, places[i]!, options);
      return reshape(out, [1, B * n, out.shape[2]!]);
    });
    return concat(mixed, 1);
  };
}

/** Where the last element of each run stands, given their lengths. */
function lastOf(lengths: readonly number[]): number[] {
  let at = -1;
  return lengths.map((length) => {
    at += length;
    return at;
  });
}

/** Some rows of x (1, N, C): (1, rows, C). */
function rowsAt(x: Tensor, at: readonly number[]): Tensor {
  return embedding(tensor(at, [1, at.length], "int32"), reshape(x, x.shape.slice(1)));
}
