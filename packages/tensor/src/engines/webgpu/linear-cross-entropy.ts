// The loss of a head, without the logits of all rows and classes at once: those of a chunk exist at a time. A first pass over the
// chunks of a row finds its largest logit and the sum, a second one makes the logits again, and from them the gradients.
import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type {
  HeadArgs,
  LinearCrossEntropyArgs,
  LinearLogProbabilitiesArgs,
  LinearLogProbabilitiesBackwardArgs,
} from "../../kernel-arguments.js";
import { checkTargets } from "../counted-rows.js";
import { divide, IS_IGNORED, reduceLoss } from "./cross-entropy.js";
import type { Device } from "./device.js";
import { product } from "./gemm.js";
import { BY_BITS, CAPPED, each, eachRow, LOWEST } from "./wgsl.js";

/** The rows and classes of a chunk. */
interface Chunk {
  readonly row: number;
  readonly rows: number;
  readonly first: number;
  readonly classes: number;
}

const piecesOf = (length: number, size: number) =>
  Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    start: i * size,
    count: Math.min(size, length - i * size),
  }));

const intsOf = (args: HeadArgs, { row, first }: Chunk) => ({
  row0: row,
  first,
  ignored: args.ignoreIndex,
});

/** The products x W' of a chunk; caps come later. */
function multiply(on: Device, args: HeadArgs, { row, rows, first, classes }: Chunk, out: DeviceBuffer): void {
  const { columns } = args;
  product(on, {
    a: args.x,
    aAt: row * columns,
    b: args.weight,
    bAt: first * columns,
    out: { buffer: out, accumulate: false },
    ...{ m: rows, n: classes, k: columns, batch: 1, transposeA: false, transposeB: true },
  });
}

/** The largest logit of each row so far, the sum beside it, and the logit of the target. */
function gather(on: Device, args: HeadArgs, chunk: Chunk, logits: DeviceBuffer, state: DeviceBuffer): void {
  eachRow(on, chunk.rows, chunk.classes, {
    key: `head gather ${chunk.first === 0 ? "first" : ""}`,
    read: { logits, targets: args.targets },
    write: { state },
    ints: intsOf(args, chunk),
    floats: { cap: args.softcap },
    code: () => `${CAPPED}
---
var own = ${LOWEST};
for (var j = lane; j < p.columns; j += LANES) { own = max(own, capped($logits[at + j], p.cap)); }
let here = largest(own, lane);
let to = 3u * (p.row0 + row);
let before = ${chunk.first === 0 ? LOWEST : "$state[to]"};
let most = max(here, before);
var sum = 0.0;
for (var j = lane; j < p.columns; j += LANES) { sum += exp(capped($logits[at + j], p.cap) - most); }
let added = total(sum, lane);
if (lane == 0u) {
  $state[to] = most;
  $state[to + 1u] = ${chunk.first === 0 ? "added" : "$state[to + 1u] * exp(before - most) + added"};
  let goal = $targets[p.row0 + row];
  if (goal >= i32(p.first) && goal < i32(p.first + p.columns)) {
    $state[to + 2u] = capped($logits[at + u32(goal) - p.first], p.cap);
  }
}`,
  });
}

/** log p(target), 0 where it is ignored; and the largest logit with the log of the sum, for a backward pass. */
function finish(
  on: Device,
  args: HeadArgs,
  state: DeviceBuffer,
  logs: DeviceBuffer,
  logSumExp: DeviceBuffer,
): void {
  each(on, args.rows, {
    key: "head finish",
    read: { state, targets: args.targets },
    write: { logs, logSumExp },
    ints: { ignored: args.ignoreIndex },
    code: () => `
let row = i;
let log_sum = log($state[3u * i + 1u]);
$logSumExp[2u * i] = $state[3u * i];
$logSumExp[2u * i + 1u] = log_sum;
var log_p = 0.0;
if (!(${IS_IGNORED})) { log_p = ($state[3u * i + 2u] - $state[3u * i]) - log_sum; }
$logs[i] = log_p;`,
  });
}

/** Logits become their gradients; `weight` is that of `row`, of the whole. */
function differentiate(
  on: Device,
  args: HeadArgs,
  chunk: Chunk,
  logits: DeviceBuffer,
  logSumExp: DeviceBuffer,
  weight: Weight,
): void {
  each(on, chunk.rows * chunk.classes, {
    key: `head gradient ${weight.key}`,
    read: { targets: args.targets, logSumExp, ...weight.read },
    write: { logits },
    ints: { columns: chunk.classes, ...intsOf(args, chunk) },
    floats: { cap: args.softcap },
    code: () => `${CAPPED}
${BY_BITS}
---
let row = p.row0 + i / p.columns;
var gradient = 0.0;
if (!(${IS_IGNORED})) {
  let logit = capped($logits[i], p.cap);
  let p_i = exp((logit - $logSumExp[2u * row]) - $logSumExp[2u * row + 1u]);
  gradient = (${weight.text}) * (p_i - select(0.0, 1.0, i % p.columns + p.first == u32($targets[row])));
  if (p.cap > 0.0) { gradient *= 1.0 - (logit / p.cap) * (logit / p.cap); }
}
$logits[i] = gradient;`,
  });
}

/** What the loss of a row is multiplied by. */
interface Weight {
  readonly key: string;
  readonly read: Readonly<Record<string, DeviceBuffer | null>>;
  readonly text: string;
}

interface Gradients {
  readonly dX: DeviceBuffer | null;
  readonly dWeight: Into | null;
  readonly weight: Weight;
}

/** The first pass: log p(target) of all rows. */
function forward(on: Device, op: string, args: HeadArgs, logs: DeviceBuffer, logSumExp: DeviceBuffer): void {
  checkTargets(op, on.ids(args.targets, args.rows), args);
  const [chunkRows, chunkClasses] = [
    Math.min(args.rows, args.chunkRows),
    Math.min(args.classes, args.chunkClasses),
  ];
  on.withScratch([chunkRows * chunkClasses, 3 * args.rows], (logits, state) => {
    for (const rows of piecesOf(args.rows, chunkRows)) {
      for (const classes of piecesOf(args.classes, chunkClasses)) {
        const chunk = { row: rows.start, rows: rows.count, first: classes.start, classes: classes.count };
        multiply(on, args, chunk, logits!);
        gather(on, args, chunk, logits!, state!);
      }
    }
    finish(on, args, state!, logs, logSumExp);
  });
}

/** The second pass: gradients of the sum of weight * loss. */
function backward(on: Device, args: HeadArgs, logSumExp: DeviceBuffer, gradients: Gradients): void {
  const { dX, dWeight, weight } = gradients;
  if (!dX && !dWeight) return;
  const { columns } = args;
  const [chunkRows, chunkClasses] = [
    Math.min(args.rows, args.chunkRows),
    Math.min(args.classes, args.chunkClasses),
  ];
  on.withScratch([chunkRows * chunkClasses], (logits) => {
    for (const rows of piecesOf(args.rows, chunkRows)) {
      for (const classes of piecesOf(args.classes, chunkClasses)) {
        const chunk = { row: rows.start, rows: rows.count, first: classes.start, classes: classes.count };
        multiply(on, args, chunk, logits!);
        differentiate(on, args, chunk, logits!, logSumExp, weight);
        if (dX) {
          product(on, {
            a: logits!,
            b: args.weight,
            bAt: chunk.first * columns,
            out: { buffer: dX, accumulate: chunk.first > 0 },
            outAt: chunk.row * columns,
            ...{
              m: chunk.rows,
              n: columns,
              k: chunk.classes,
              batch: 1,
              transposeA: false,
              transposeB: false,
            },
          });
        }
        if (dWeight) {
          product(on, {
            a: logits!,
            b: args.x,
            bAt: chunk.row * columns,
            out: { buffer: dWeight.buffer, accumulate: dWeight.accumulate || chunk.row > 0 },
            outAt: chunk.first * columns,
            ...{ m: chunk.classes, n: columns, k: chunk.rows, batch: 1, transposeA: true, transposeB: false },
          });
        }
      }
    }
  });
}

/** See Engine.linearCrossEntropy. */
export function linearCrossEntropy(on: Device, args: LinearCrossEntropyArgs): void {
  const { mask, dX, dWeight, rows } = args;
  on.withScratch([rows, 2 * rows, 1], (logs, logSumExp, divisor) => {
    forward(on, "linearCrossEntropy", args, logs!, logSumExp!);
    divide(on, args, divisor!);
    reduceLoss(on, args, logs!, divisor!, args.loss);
    backward(on, args, logSumExp!, {
      dX,
      dWeight: dWeight && { buffer: dWeight, accumulate: false },
      weight: {
        key: `loss ${mask ? "m" : ""}`,
        read: { mask, divisor: divisor! },
        text: `select(${mask ? "$mask[row]" : "1.0"} / $divisor[0], 0.0, is_zero($divisor[0]))`,
      },
    });
  });
}

/** See Engine.linearLogProbabilities. */
export function linearLogProbabilities(on: Device, args: LinearLogProbabilitiesArgs): void {
  forward(on, "linearLogProbabilities", args, args.out, args.logSumExp);
}

/** See Engine.linearLogProbabilitiesBackward. */
export function linearLogProbabilitiesBackward(on: Device, args: LinearLogProbabilitiesBackwardArgs): void {
  const { dX, dWeight, dOut } = args;
  backward(on, args, args.logSumExp, {
    dX,
    dWeight,
    weight: { key: "logs", read: { dOut }, text: "-$dOut[row]" },
  });
}
