// Our weights and the tensors of a published file: which is which, and how values move between the two.
import type { SafetensorsData, SafetensorsInput, SafetensorsSpec } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";
import { WeightsError } from "./errors.js";
import type { TensorNames, TensorPart, TensorRule } from "./families/family.js";
import { layout, sizeOf, type Weight } from "./layout.js";

/** Part of one of our weights, as a tensor of a file. */
interface Part {
  readonly weight: Weight;
  readonly name: string;
  /** Its shape in the file. */
  readonly shape: readonly number[];
  /** Where it begins along our last axis, and how much of it it has. */
  readonly from: number;
  readonly columns: number;
  readonly transposed: boolean;
}

/** Rows of a weight, or of its transpose. */
export interface WeightRows {
  readonly weight: Weight;
  readonly transposed: boolean;
  readonly first: number;
  /** Where those of each tensor begin that the weight is made of. */
  readonly starts: readonly number[];
}

/** The tensors of a file that hold a weight, in order. */
export function partsOf(weight: Weight, family: TensorNames, config: CompleteGptConfig): Part[] {
  const last = weight.shape.at(-1)!;
  const whole = { weight, from: 0, columns: last };
  if (!family.tensors) return [{ ...whole, name: weight.name, shape: weight.shape, transposed: false }];
  const layer = /^h\.(\d+)\./.exec(weight.name)?.[1] ?? "";
  const named = (pattern: string) => pattern.replace("{l}", layer);
  const rule = (family.tensors as readonly TensorRule[]).find(({ ours }) => named(ours) === weight.name);
  if (!rule) throw new WeightsError(`${family.modelType} has no tensor for ${weight.name}`);
  let from = 0;
  return rule.theirs.map((part: TensorPart) => {
    const columns = rule.theirs.length === 1 ? last : part.columns(config);
    const rows = sizeOf(weight.shape) / last;
    const matrix = rule.transposed ? [columns, rows] : [rows, columns];
    const shape = weight.shape.length === 1 ? [columns] : matrix;
    const placed = { weight, name: named(part.name), shape, from, columns, transposed: rule.transposed };
    from += columns;
    return placed;
  });
}

/** The tensors of the file that a model is saved as, in order, and how to make each of ours. */
export function fileTensors(
  config: CompleteGptConfig,
  family: TensorNames,
  read: (weight: string) => Promise<SafetensorsInput>,
): {
  specs: SafetensorsSpec[];
  /** The weight that a tensor holds, or a part of. */
  weightOf: (name: string) => string;
  values: (name: string) => Promise<SafetensorsInput>;
} {
  const own = new Set(layout(config).map(({ name }) => name));
  const stored = family.alwaysBiased ? { ...config, bias: BIASED } : config;
  const parts = new Map(
    layout(stored)
      .flatMap((weight) => partsOf(weight, family, stored))
      .map((part) => [part.name, part]),
  );
  // A weight that is cut into several tensors is read once: they follow each other.
  let last: { name: string; data: SafetensorsInput } | null = null;
  return {
    specs: [...parts.values()].map(({ name, shape }) => ({ name, shape })),
    weightOf: (name) => parts.get(name)!.weight.name,
    async values(name) {
      const part = parts.get(name)!;
      const weight = part.weight.name;
      if (!own.has(weight)) return new Float32Array(sizeOf(part.shape));
      if (last?.name !== weight) last = { name: weight, data: await read(weight) };
      return take(part, last.data);
    },
  };
}

const BIASED = { norm: true, qkv: true, attention: true, mlp: true, head: false };

/** Copies a tensor of a file into the weight it is part of. */
function place(part: Part, data: SafetensorsData, into: Float32Array | Float64Array): void {
  const width = part.weight.shape.at(-1)!;
  const { from, columns, transposed } = part;
  const rows = data.length / columns;
  if (!transposed) {
    for (let r = 0; r < rows; r++) into.set(data.subarray(r * columns, (r + 1) * columns), r * width + from);
    return;
  }
  eachTile(rows, columns, (r, c) => {
    into[r * width + from + c] = data[c * rows + r]!;
  });
}

/** The tensor of a file that part of a weight becomes. */
function take(part: Part, data: SafetensorsInput): SafetensorsInput {
  const width = part.weight.shape.at(-1)!;
  const { from, columns, transposed } = part;
  if (!transposed && columns === width) return data;
  const rows = data.length / width;
  const out = new (data.constructor as new (length: number) => Float32Array)(rows * columns);
  if (!transposed) {
    for (let r = 0; r < rows; r++)
      out.set(data.subarray(r * width + from, r * width + from + columns), r * columns);
    return out;
  }
  eachTile(rows, columns, (r, c) => {
    out[c * rows + r] = data[r * width + from + c]!;
  });
  return out;
}

/** Every (row, column), by tiles that stay in the cache while rows become columns. */
function eachTile(rows: number, columns: number, visit: (row: number, column: number) => void): void {
  const side = 32;
  for (let r0 = 0; r0 < rows; r0 += side) {
    for (let c0 = 0; c0 < columns; c0 += side) {
      for (let r = r0; r < Math.min(r0 + side, rows); r++) {
        for (let c = c0; c < Math.min(c0 + side, columns); c++) visit(r, c);
      }
    }
  }
}

/** Weights being gathered from the tensors of one file, or of several. */
export class WeightReader {
  readonly #misfit: string;
  readonly #config: CompleteGptConfig;
  readonly #family: TensorNames;
  readonly #expected: Map<string, Part>;
  /** Where the parts of each weight begin. */
  readonly #starts: ReadonlyMap<string, readonly number[]>;
  readonly #table: string;
  /** Weights that have not all of their parts yet. */
  readonly #begun = new Map<string, { values: Float32Array | Float64Array; missing: number }>();
  /** A tied model's file has its table once, or twice: as the head too. */
  #headIsTable = false;
  readonly #copies = new Map<string, Fingerprint>();
  readonly #read = new Set<string>();

  /** @param misfit how an error begins when the tensors are not those of the configuration */
  constructor(
    config: CompleteGptConfig,
    family: TensorNames,
    misfit = "model.safetensors does not fit config.json",
  ) {
    this.#misfit = misfit;
    this.#config = config;
    this.#family = family;
    const byWeight = layout(config).map((weight) => partsOf(weight, family, config));
    const parts = byWeight.flat();
    this.#starts = new Map(byWeight.map((parts) => [parts[0]!.weight.name, parts.map(({ from }) => from)]));
    this.#expected = new Map(parts.map((part) => [part.name, part]));
    this.#table = parts.find(({ weight }) => weight.name === "wte.weight")!.name;
  }

  /**
   * Compares the tensors of all files of a model with what there should be.
   * @throws {WeightsError} naming every tensor that is missing, mis-shaped or not the model's
   */
  check(tensors: Iterable<{ readonly name: string; readonly shape?: readonly number[] }>): void {
    const found = new Map([...tensors].map(({ name, shape }) => [this.#bare(name), shape]));
    this.#headIsTable = this.#config.tied && found.has(HEAD) && !found.has(this.#table);
    const faults: string[] = [];
    for (const name of this.#expected.keys()) {
      if (!found.has(name) && !(this.#headIsTable && name === this.#table)) faults.push(`${name} is missing`);
    }
    for (const [name, shape] of found) {
      if (!this.#partOf(name) && !this.#isExtra(name)) faults.push(foreign(name));
      if (shape) faults.push(...this.#misshaped(name, shape));
    }
    if (faults.length > 0) throw this.#unfitting(faults);
  }

  /**
   * Compares the shapes of the tensors of one file with what they should be.
   * @throws {WeightsError} naming every tensor that is mis-shaped
   */
  checkShapes(tensors: Iterable<{ readonly name: string; readonly shape: readonly number[] }>): void {
    const faults = [...tensors].flatMap(({ name, shape }) => this.#misshaped(this.#bare(name), shape));
    if (faults.length > 0) throw this.#unfitting(faults);
  }

  #misshaped(name: string, shape: readonly number[]): string[] {
    const part = this.#partOf(name);
    if (!part || shape.join() === part.shape.join()) return [];
    return [`${name} has shape [${shape}] where the config wants [${part.shape}]`];
  }

  /** Whether a tensor's values are needed. */
  wants(name: string): boolean {
    return !this.#family.ignored?.test(this.#bare(name));
  }

  /** Which rows of a weight, or of its transpose, a tensor is; null where it is none. */
  rowsOf(tensor: string): WeightRows | null {
    const name = this.#bare(tensor);
    const part = this.#partOf(this.#config.tied && name === HEAD ? this.#table : name);
    if (part?.shape.length !== 2) return null;
    const { weight, from, columns, transposed } = part;
    if (!transposed && columns < weight.shape.at(-1)!) return null;
    return { weight, transposed, first: from, starts: this.#starts.get(weight.name)! };
  }

  /**
   * Says that rows of a tensor have come; answers whether they are to be kept.
   * @throws {WeightsError} for a second copy of the table that differs
   */
  addRows(tensor: string, data: SafetensorsData): boolean {
    const name = this.#bare(tensor);
    if (this.#config.tied && (name === HEAD || name === this.#table)) this.#compare(name, data);
    const part = this.#partOf(name);
    if (part) this.#read.add(part.name);
    return part !== undefined;
  }

  /**
   * Takes a tensor in; answers a weight when it is whole.
   * @throws {WeightsError} for values that the model has no place for
   */
  add(
    tensor: string,
    data: SafetensorsData,
  ): { weight: Weight; values: SafetensorsData | Float64Array } | null {
    const name = this.#bare(tensor);
    if (this.#config.tied && (name === HEAD || name === this.#table)) this.#compare(name, data);
    const part = this.#partOf(name);
    if (!part) {
      if (name.endsWith(".bias") && !isZero(data)) throw this.#unfitting([foreign(name)]);
      return null;
    }
    this.#read.add(part.name);
    const { weight } = part;
    if (!part.transposed && part.columns === weight.shape.at(-1)) return { weight, values: data };
    const begun = this.#begun.get(weight.name) ?? {
      values: new Float32Array(sizeOf(weight.shape)),
      missing: weight.shape.at(-1)!,
    };
    place(part, data, begun.values);
    begun.missing -= part.columns;
    if (begun.missing > 0) {
      this.#begun.set(weight.name, begun);
      return null;
    }
    this.#begun.delete(weight.name);
    return { weight, values: begun.values };
  }

  /**
   * Says that all files have been read.
   * @throws {WeightsError} when a tensor that an index promised did not come
   */
  end(): void {
    const missing = [...this.#expected.keys()].filter((name) => !this.#read.has(name));
    if (missing.length > 0) throw this.#unfitting(missing.map((name) => `${name} is missing`));
  }

  #unfitting(faults: readonly string[]): WeightsError {
    return new WeightsError(
      `${this.#misfit}: ${faults.join("; ")}. Check the numbers of layers and heads, the widths, the vocabulary's size and the biases`,
    );
  }

  #bare(name: string): string {
    const { prefix } = this.#family;
    return prefix && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }

  #partOf(name: string): Part | undefined {
    return this.#expected.get(this.#headIsTable && name === HEAD ? this.#table : name);
  }

  /** Masks and tables; a second copy of the tied head; biases of zeros, for readers that know no model without. */
  #isExtra(name: string): boolean {
    const isIgnored = this.#family.ignored?.test(name) || (this.#config.tied && name === HEAD);
    return isIgnored || (name.endsWith(".bias") && this.#expected.has(name.replace(/bias$/, "weight")));
  }

  #compare(name: string, data: SafetensorsData): void {
    const print = fingerprint(data, this.#copies.get(name));
    this.#copies.set(name, print);
    const size = sizeOf(this.#expected.get(this.#table)!.shape);
    for (const [other, earlier] of this.#copies) {
      if (print.size < size || earlier.size < size) continue; // not all of it has come
      if (earlier.a === print.a && earlier.b === print.b) continue;
      throw new WeightsError(
        `${name} differs from ${other}, and config.json says that they are one (tie_word_embeddings); set it to false, or remove ${HEAD}`,
      );
    }
  }
}

const HEAD = "lm_head.weight";
const foreign = (name: string) => `${name} is not a tensor of this config`;

/** 64 bits that two tensors share when they are equal, of so many values. */
interface Fingerprint {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** That of values behind others. */
function fingerprint(
  data: SafetensorsData,
  before: Fingerprint = { a: 0x811c9dc5, b: 0x9e3779b9, size: 0 },
): Fingerprint {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >>> 2);
  let { a, b } = before;
  for (const word of bits) {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ word, 0x85ebca6b);
  }
  return { a, b, size: before.size + data.length };
}

function isZero(data: ArrayLike<number>): boolean {
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0) return false;
  }
  return true;
}
