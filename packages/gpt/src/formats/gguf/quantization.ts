// The types of tensors that ggml has: how many values a block holds, in how many bytes, and what they are. Formulas are those
// of ggml-quants.c, in float32 throughout, so that bytes and values are equal to the bit.
import { fromHalf, toHalf } from "./half.js";

/** How `writeGGUF` stores matrices. Vectors are always float32, as llama.cpp wants them. */
export type GGUFWeights = "f32" | "f16" | "q8_0" | "q4_0";

/** One type of tensor. */
export interface TensorType {
  readonly name: string;
  /** Its number in a file. */
  readonly id: number;
  /** Values of a block. */
  readonly values: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** Reads whole blocks. */
  decode(bytes: Uint8Array, out: Float32Array): void;
  /** Writes whole blocks, where this package writes the type. */
  encode?(values: Float32Array, out: Uint8Array): void;
}

const { fround } = Math;
const halfAt = (bytes: Uint8Array, at: number) => fromHalf(bytes[at]! | (bytes[at + 1]! << 8));
const putHalf = (bytes: Uint8Array, at: number, value: number) => {
  const half = toHalf(value);
  bytes[at] = half;
  bytes[at + 1] = half >>> 8;
};

const f32: TensorType = {
  name: "f32",
  id: 0,
  values: 1,
  bytes: 4,
  decode(bytes, out) {
    new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
  },
  encode(values, out) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  },
};

const f16: TensorType = {
  name: "f16",
  id: 1,
  values: 1,
  bytes: 2,
  decode(bytes, out) {
    for (let i = 0; i < out.length; i++) out[i] = halfAt(bytes, 2 * i);
  },
  encode(values, out) {
    for (let i = 0; i < values.length; i++) putHalf(out, 2 * i, values[i]!);
  },
};

const bf16: TensorType = {
  name: "bf16",
  id: 30,
  values: 1,
  bytes: 2,
  decode(bytes, out) {
    const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < out.length; i++) words[i] = (bytes[2 * i]! << 16) | (bytes[2 * i + 1]! << 24);
  },
};

/** A type whose blocks stand for themselves: `block` reads the one at `from` into the values at `to`. */
function blocks(
  type: Pick<TensorType, "name" | "id" | "values" | "bytes">,
  block: (bytes: Uint8Array, from: number, out: Float32Array, to: number) => void,
  encodeBlock?: (values: Float32Array, from: number, out: Uint8Array, to: number) => void,
): TensorType {
  const each = (length: number, visit: (index: number) => void) => {
    for (let b = 0; b < length / type.values; b++) visit(b);
  };
  return {
    ...type,
    decode(bytes, out) {
      each(out.length, (b) => block(bytes, b * type.bytes, out, b * type.values));
    },
    ...(encodeBlock && {
      encode(values, out) {
        each(values.length, (b) => encodeBlock(values, b * type.values, out, b * type.bytes));
      },
    }),
  };
}

/** 32 values x = d q, each q in 8 bits. */
const q8_0 = blocks(
  { name: "q8_0", id: 8, values: 32, bytes: 34 },
  (bytes, from, out, to) => {
    const d = halfAt(bytes, from);
    for (let i = 0; i < 32; i++) out[to + i] = d * ((bytes[from + 2 + i]! << 24) >> 24);
  },
  (values, from, out, to) => {
    let largest = 0;
    for (let i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(values[from + i]!));
    const d = fround(largest / 127);
    const inverse = inverseOf(d);
    putHalf(out, to, d);
    for (let i = 0; i < 32; i++) {
      const q = fround(values[from + i]! * inverse);
      out[to + 2 + i] = Math.sign(q) * Math.floor(Math.abs(q) + 0.5); // half away from zero
    }
  },
);

/** 32 values x = d (q - 8), each q in 4 bits: the first 16 are the low halves of the bytes. */
const q4_0 = blocks(
  { name: "q4_0", id: 2, values: 32, bytes: 18 },
  (bytes, from, out, to) => {
    const d = halfAt(bytes, from);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[from + 2 + i]!;
      out[to + i] = d * ((byte & 15) - 8);
      out[to + 16 + i] = d * ((byte >>> 4) - 8);
    }
  },
  (values, from, out, to) => {
    let extreme = 0; // the value farthest from zero becomes -8 d
    for (let i = 0; i < 32; i++) {
      const value = values[from + i]!;
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    const d = fround(extreme / -8);
    const inverse = inverseOf(d);
    putHalf(out, to, d);
    const q = (i: number) =>
      Math.min(15, Math.max(0, Math.trunc(fround(fround(values[from + i]! * inverse) + 8.5))));
    for (let i = 0; i < 16; i++) out[to + 2 + i] = q(i) | (q(16 + i) << 4);
  },
);

/** 1 / d; 0 where all values are 0, or so near that it would be infinite. */
function inverseOf(d: number): number {
  const inverse = fround(1 / d);
  return Number.isFinite(inverse) ? inverse : 0;
}

/** 32 values x = d q + m, each q in 4 bits. */
const q4_1 = blocks({ name: "q4_1", id: 3, values: 32, bytes: 20 }, (bytes, from, out, to) => {
  const d = halfAt(bytes, from);
  const m = halfAt(bytes, from + 2);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[from + 4 + i]!;
    out[to + i] = fround(d * (byte & 15)) + m;
    out[to + 16 + i] = fround(d * (byte >>> 4)) + m;
  }
});

/** The fifth bits of 32 values, which q5_0 and q5_1 keep apart, in their place. */
const fifth = (bytes: Uint8Array, at: number, i: number) => ((bytes[at + (i >>> 3)]! >>> (i & 7)) & 1) << 4;

/** 32 values x = d (q - 16), each q in 4 bits and one. */
const q5_0 = blocks({ name: "q5_0", id: 6, values: 32, bytes: 22 }, (bytes, from, out, to) => {
  const d = halfAt(bytes, from);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[from + 6 + i]!;
    out[to + i] = d * (((byte & 15) | fifth(bytes, from + 2, i)) - 16);
    out[to + 16 + i] = d * (((byte >>> 4) | fifth(bytes, from + 2, 16 + i)) - 16);
  }
});

/** 32 values x = d q + m, each q in 4 bits and one. */
const q5_1 = blocks({ name: "q5_1", id: 7, values: 32, bytes: 24 }, (bytes, from, out, to) => {
  const d = halfAt(bytes, from);
  const m = halfAt(bytes, from + 2);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[from + 8 + i]!;
    out[to + i] = fround(d * ((byte & 15) | fifth(bytes, from + 4, i))) + m;
    out[to + 16 + i] = fround(d * ((byte >>> 4) | fifth(bytes, from + 4, 16 + i))) + m;
  }
});

/**
 * The scale and the minimum of the j-th of 8 groups, in 6 bits each: the first four of each kind fill the low bits of 8 bytes;
 * the last four have their low halves in 4 more, and their upper two bits in the top of the 8.
 */
function scaleAndMinimum(bytes: Uint8Array, at: number, j: number): [scale: number, minimum: number] {
  if (j < 4) return [bytes[at + j]! & 63, bytes[at + 4 + j]! & 63];
  const low = bytes[at + 4 + j]!;
  return [(low & 15) | ((bytes[at + j - 4]! >>> 6) << 4), (low >>> 4) | ((bytes[at + j]! >>> 6) << 4)];
}

/** 8 groups of 32 values x = d scale q - dmin minimum; two groups share bytes, halves each. */
function groups(
  bytes: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  q: (j: number, i: number) => number,
) {
  const d = halfAt(bytes, from);
  const dmin = halfAt(bytes, from + 2);
  for (let j = 0; j < 8; j++) {
    const [scale, minimum] = scaleAndMinimum(bytes, from + 4, j);
    const step = fround(d * scale);
    const offset = fround(dmin * minimum);
    for (let i = 0; i < 32; i++) out[to + 32 * j + i] = fround(step * q(j, i)) - offset;
  }
}

const nibble = (bytes: Uint8Array, at: number, j: number, i: number) =>
  (bytes[at + 32 * (j >>> 1) + i]! >>> (4 * (j & 1))) & 15;

const q4_K = blocks({ name: "q4_K", id: 12, values: 256, bytes: 144 }, (bytes, from, out, to) => {
  groups(bytes, from, out, to, (j, i) => nibble(bytes, from + 16, j, i));
});

const q5_K = blocks({ name: "q5_K", id: 13, values: 256, bytes: 176 }, (bytes, from, out, to) => {
  const upper = (j: number, i: number) => ((bytes[from + 16 + i]! >>> j) & 1) << 4;
  groups(bytes, from, out, to, (j, i) => nibble(bytes, from + 48, j, i) | upper(j, i));
});

/** 16 groups of 16 values x = d scale (q - 32), each q in 4 bits and two; scales have 8 bits. */
const q6_K = blocks({ name: "q6_K", id: 14, values: 256, bytes: 210 }, (bytes, from, out, to) => {
  const d = halfAt(bytes, from + 208);
  for (let group = 0; group < 16; group++) {
    const step = fround(d * ((bytes[from + 192 + group]! << 24) >> 24));
    for (let v = 16 * group; v < 16 * group + 16; v++) {
      const half = v >>> 7; // 128 values each
      const i = v & 127;
      const low = (bytes[from + 64 * half + (i & 63)]! >>> (4 * (i >>> 6))) & 15;
      const high = (bytes[from + 128 + 32 * half + (i & 31)]! >>> (2 * (i >>> 5))) & 3;
      out[to + v] = step * ((low | (high << 4)) - 32);
    }
  }
});

/** Those that are read here, by their number. */
export const TENSOR_TYPES: ReadonlyMap<number, TensorType> = new Map(
  [f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q4_K, q5_K, q6_K].map((type) => [type.id, type]),
);

/** Those that are written. */
export const WRITTEN = { f32, f16, q8_0, q4_0 } as const satisfies Record<GGUFWeights, TensorType>;
