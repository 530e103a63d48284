// The angles of rotary position embedding, plain and stretched for longer contexts, by the formulas of transformers'
// modeling_rope_utils.
import { parameter, type Tensor } from "@llm/tensor";
import type { CompleteGptConfig, CompleteRope, RopeScaling } from "./config.js";
import { ConfigError } from "./errors.js";

/** Refuses what no frequencies can be made of. */
export function checkScaling(scaling: RopeScaling, name: string, rotaryDim: number): void {
  const refuse = (field: string, value: unknown, rule: string) => {
    throw new ConfigError(`${name}.${field} is ${String(value)}; it must be ${rule}`);
  };
  const positive = (fields: Readonly<Record<string, unknown>>) => {
    for (const [field, value] of Object.entries(fields)) {
      if (!(typeof value === "number" && value > 0 && Number.isFinite(value)))
        refuse(field, value, "above 0");
    }
  };
  switch (scaling.type) {
    case "linear":
      positive({ factor: scaling.factor });
      return;
    case "llama3": {
      const { factor, lowFreqFactor, highFreqFactor, originalBlockSize } = scaling;
      positive({ factor, lowFreqFactor, highFreqFactor, originalBlockSize });
      if (highFreqFactor <= lowFreqFactor) refuse("highFreqFactor", highFreqFactor, "above lowFreqFactor");
      return;
    }
    case "yarn":
      positive({ factor: scaling.factor, originalBlockSize: scaling.originalBlockSize });
      return;
    case "longrope":
      positive({ originalBlockSize: scaling.originalBlockSize });
      for (const field of ["shortFactor", "longFactor"] as const) {
        const { length } = scaling[field];
        if (length !== rotaryDim / 2) {
          refuse(field, `a list of ${length}`, `a list of rotaryDim / 2 = ${rotaryDim / 2} numbers`);
        }
      }
      return;
    default:
      refuse("type", (scaling as { type: unknown }).type, '"linear", "llama3", "yarn" or "longrope"');
  }
}

interface Angles {
  /** Radians a position, rotaryDim / 2 of them. */
  readonly frequencies: readonly number[];
  /** What cosines and sines are multiplied by. */
  readonly factor: number;
}

/** The angles for a sequence of `length` positions. */
export function anglesOf(rope: CompleteRope, blockSize: number, length: number): Angles {
  const { base, rotaryDim, scaling } = rope;
  const half = rotaryDim / 2;
  const plain = Array.from({ length: half }, (_, i) => base ** (-i / half));
  if (!scaling) return { frequencies: plain, factor: 1 };
  switch (scaling.type) {
    case "linear":
      return { frequencies: plain.map((frequency) => frequency / scaling.factor), factor: 1 };
    case "llama3": {
      const { factor, lowFreqFactor: low, highFreqFactor: high, originalBlockSize } = scaling;
      const stretch = (frequency: number) => {
        const waves = (originalBlockSize * frequency) / (2 * Math.PI); // in the original context
        if (waves > high) return frequency;
        if (waves < low) return frequency / factor;
        const smooth = (waves - low) / (high - low);
        return ((1 - smooth) * frequency) / factor + smooth * frequency;
      };
      return { frequencies: plain.map(stretch), factor: 1 };
    }
    case "yarn": {
      const { factor, originalBlockSize, betaFast = 32, betaSlow = 1, truncate = true } = scaling;
      /** The pair that turns so often in the original context. */
      const pairAt = (turns: number) =>
        (rotaryDim * Math.log(originalBlockSize / (turns * 2 * Math.PI))) / (2 * Math.log(base));
      const whole = (round: (x: number) => number) => (truncate ? round : (x: number) => x);
      const first = Math.max(whole(Math.floor)(pairAt(betaFast)), 0);
      let last = Math.min(whole(Math.ceil)(pairAt(betaSlow)), rotaryDim - 1);
      if (first === last) last += 0.001;
      const frequencies = plain.map((frequency, i) => {
        const stretched = Math.min(1, Math.max(0, (i - first) / (last - first)));
        return (frequency / factor) * stretched + frequency * (1 - stretched);
      });
      const usual = factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
      return { frequencies, factor: scaling.attentionFactor ?? usual };
    }
    case "longrope": {
      const { shortFactor, longFactor, originalBlockSize } = scaling;
      const by = length > originalBlockSize ? longFactor : shortFactor;
      const factor = blockSize / originalBlockSize;
      const usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalBlockSize));
      return {
        frequencies: plain.map((frequency, i) => frequency / by[i]!),
        factor: scaling.attentionFactor ?? usual,
      };
    }
  }
}

/** The cosines of all pairs, then the sines, for each of `positions` in a sequence of `length`: (positions, rotaryDim). */
export function cosinesAndSines(
  rope: CompleteRope,
  blockSize: number,
  length: number,
  positions: number,
): Float64Array {
  const { frequencies, factor } = anglesOf(rope, blockSize, length);
  const half = frequencies.length;
  const values = new Float64Array(positions * 2 * half);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < half; i++) {
      values[2 * p * half + i] = factor * Math.cos(p * frequencies[i]!);
      values[(2 * p + 1) * half + i] = factor * Math.sin(p * frequencies[i]!);
    }
  }
  return values;
}

function isLong({ scaling }: CompleteRope, length: number): boolean {
  return scaling?.type === "longrope" && length > scaling.originalBlockSize;
}

/** The tables of a model, each made when it is first needed. */
export class RopeTables {
  readonly #config: CompleteGptConfig;
  /** For each layer the first one that rotates alike: they share their tables. */
  readonly #first: readonly number[];
  readonly #tables = new Map<number, Tensor>();

  constructor(config: CompleteGptConfig) {
    this.#config = config;
    const ropes = config.rope.map((rope) => JSON.stringify(rope));
    this.#first = ropes.map((rope) => ropes.indexOf(rope));
  }

  /** Whether a sequence of `length` positions is rotated by other tables than a short one. */
  isLong(length: number): boolean {
    return this.#config.rope.some((rope) => isLong(rope, length));
  }

  /** The table (blockSize, rotaryDim) that a layer rotates by, in a sequence of `length` positions. */
  of(layer: number, length: number): Tensor {
    const { rope, blockSize } = this.#config;
    const key = 2 * this.#first[layer]! + Number(isLong(rope[layer]!, length));
    let table = this.#tables.get(key);
    if (!table) {
      const values = cosinesAndSines(rope[layer]!, blockSize, length, blockSize);
      table = parameter("rope", values, [blockSize, rope[layer]!.rotaryDim]); // outlives the scope it is made in
      this.#tables.set(key, table);
    }
    return table;
  }

  dispose(): void {
    for (const table of this.#tables.values()) table.dispose();
    this.#tables.clear();
  }
}
