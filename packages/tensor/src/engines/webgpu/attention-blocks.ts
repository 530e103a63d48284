// What both passes of attention have in common: how large blocks are, what dropout keeps, and which key is the first that is seen.
import { EngineError } from "../../errors.js";
import type { AttentionMask } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { RANDOM } from "./wgsl.js";

/** Rows of a block, and of the blocks that it goes over. */
interface Blocks {
  readonly own: number;
  readonly other: number;
}

const SIZES: readonly Blocks[] = [
  { own: 16, other: 16 },
  { own: 16, other: 8 },
  { own: 8, other: 8 },
  { own: 8, other: 4 },
  { own: 4, other: 2 },
];
/** Invocations that share a row. */
export const SHARE = 4;

/** The largest blocks whose numbers fit into workgroup memory. */
export function blocksFor(
  on: Device,
  headDim: number,
  tiles: { own: number; other: number; scores: number },
): Blocks {
  const limit = on.gpu.limits.maxComputeWorkgroupStorageSize;
  const fitting = SIZES.find(({ own, other }) => {
    const rows = tiles.own * own + tiles.other * other;
    return 4 * (rows * headDim + tiles.scores * own * other) <= limit;
  });
  if (fitting) return fitting;
  throw new EngineError(
    `Heads of ${headDim} columns do not fit into this GPU's maxComputeWorkgroupStorageSize of ${limit} bytes.`,
  );
}

interface Numbers {
  readonly [name: string]: number;
}

export const dropoutOf = ({
  dropout,
}: AttentionMask): { key: string; ints: Numbers; floats: Numbers; head: string } =>
  dropout
    ? {
        key: "d",
        ints: { key0: dropout.key[0], key1: dropout.key[1], least: Math.ceil(dropout.p * 0x1_0000_0000) },
        floats: { kept: 1 / (1 - dropout.p) },
        head: `${RANDOM}
fn keep(r: u32, s: u32, keys: u32) -> f32 { return select(0.0, p.kept, bits(p.key0, p.key1, r * keys + s) >= p.least); }`,
      }
    : { key: "", ints: {}, floats: {}, head: "fn keep(r: u32, s: u32, keys: u32) -> f32 { return 1.0; }" };

/** Columns of a row that one of the invocations that share it has. */
export const columnsOf = (headDim: number) => Math.ceil(headDim / SHARE);

/** `first_key(position, own)`: the first key that is seen from a position, where the mask shows those from `own` on. */
export const FIRST_KEY = `
fn first_key(position: u32, own: u32) -> u32 {
  if (p.window == 0u || position < p.window) { return own; }
  return max(own, position - p.window + 1u);
}`;
