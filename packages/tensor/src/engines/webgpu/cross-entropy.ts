import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type {
  CrossEntropyArgs,
  CrossEntropyBackwardArgs,
  LogProbabilitiesArgs,
  LogProbabilitiesBackwardArgs,
  Reduction,
} from "../../kernel-arguments.js";
import { checkTargets } from "../counted-rows.js";
import type { Device } from "./device.js";
import { adds, BY_BITS, each, eachRow, LOWEST, put, reductions } from "./wgsl.js";

const LANES = 256;

/** Rows with a target each, some of which are ignored. */
export interface Targets {
  readonly targets: DeviceBuffer;
  readonly ignoreIndex: number;
  readonly rows: number;
}

/** A shader has only bits for a negative index. */
const ignored = ({ ignoreIndex }: Targets) => ({ ignored: ignoreIndex });
export const IS_IGNORED = "$targets[row] == bitcast<i32>(p.ignored)";

/**
 * The largest logit of each row and the log of the sum of e^(logit - largest), which together lose nothing where logits are
 * large; and log p(target), 0 where it is ignored.
 */
function logsOf(
  on: Device,
  op: string,
  args: Targets & { logits: DeviceBuffer; logSumExp: DeviceBuffer; classes: number },
  out: DeviceBuffer,
): void {
  const { logits, targets, logSumExp, rows, classes } = args;
  checkTargets(op, on.ids(targets, rows), args);
  eachRow(on, rows, classes, {
    key: "logs",
    read: { logits, targets },
    write: { logSumExp, out },
    ints: ignored(args),
    code: () => `
var own = ${LOWEST};
for (var j = lane; j < p.columns; j += LANES) { own = max(own, $logits[at + j]); }
let most = largest(own, lane);
var sum = 0.0;
for (var j = lane; j < p.columns; j += LANES) { sum += exp($logits[at + j] - most); }
let log_sum = log(total(sum, lane));
if (lane == 0u) {
  $logSumExp[2u * row] = most;
  $logSumExp[2u * row + 1u] = log_sum;
  var log_p = 0.0;
  if (!(${IS_IGNORED})) { log_p = ($logits[at + u32($targets[row])] - most) - log_sum; }
  $out[row] = log_p;
}`,
  });
}

/** What the sum over the rows is divided by: see CrossEntropyArgs.divisor. */
export function divide(
  on: Device,
  args: Targets & { mask: DeviceBuffer | null; reduction: Reduction },
  divisor: DeviceBuffer,
): void {
  const { targets, mask, reduction, rows } = args;
  on.run({
    key: `divisor ${reduction} ${mask ? "m" : ""}`,
    read: reduction === "sum" ? {} : { targets, mask },
    write: { divisor },
    ints: { rows, ...ignored(args) },
    floats: { nan: Number.NaN },
    groups: 1,
    size: [LANES, 1],
    code: () =>
      reduction === "sum"
        ? "if (lane == 0u) { $divisor[0] = 1.0; }"
        : `${reductions(LANES)}
${BY_BITS}
---
var own = 0.0;
var any = 0.0;
for (var row = lane; row < p.rows; row += LANES) {
  if (${IS_IGNORED}) { continue; }
  let weight = ${mask ? "$mask[row]" : "1.0"};
  own += weight;
  if (!is_zero(weight)) { any = 1.0; }
}
let sum = total(own, lane);
let found = largest(any, lane);
if (lane == 0u) { $divisor[0] = select(select(p.nan, sum, sum > 0.0), 0.0, found == 0.0); }`,
  });
}

/** loss = -the sum of weight * log p / divisor, and 0 where nothing counts. */
export function reduceLoss(
  on: Device,
  args: Targets & { mask: DeviceBuffer | null },
  logs: DeviceBuffer,
  divisor: DeviceBuffer,
  loss: DeviceBuffer,
): void {
  const { targets, mask, rows } = args;
  on.run({
    key: `loss ${mask ? "m" : ""}`,
    read: { targets, mask, logs, divisor },
    write: { loss },
    ints: { rows, ...ignored(args) },
    groups: 1,
    size: [LANES, 1],
    code: () => `${reductions(LANES)}
${BY_BITS}
---
var own = 0.0;
for (var row = lane; row < p.rows; row += LANES) {
  if (${IS_IGNORED}) { continue; }
  own -= ${mask ? "$mask[row] * " : ""}$logs[row];
}
let sum = total(own, lane);
if (lane == 0u) {
  var share = 0.0;
  if (!is_zero($divisor[0])) { share = sum / $divisor[0]; }
  $loss[0] = share;
}`,
  });
}

/** See Engine.crossEntropy. */
export function crossEntropy(on: Device, args: CrossEntropyArgs): void {
  on.withScratch([args.rows], (logs) => {
    logsOf(on, "crossEntropy", args, logs!);
    divide(on, args, args.divisor);
    reduceLoss(on, args, logs!, args.divisor, args.loss);
  });
}

/** The gradient of the sum of weight * loss; `weight` is that of `row`. */
function differentiate(
  on: Device,
  args: Targets & { logits: DeviceBuffer; logSumExp: DeviceBuffer; classes: number; dLogits: Into },
  { key, read, weight }: { key: string; read: Record<string, DeviceBuffer | null>; weight: string },
): void {
  const { logits, targets, logSumExp, dLogits, rows, classes } = args;
  each(on, rows * classes, {
    key: `${key} ${adds(dLogits)}`,
    read: { logits, targets, logSumExp, ...read },
    write: { dLogits: dLogits.buffer },
    ints: { columns: classes, ...ignored(args) },
    code: () => `${BY_BITS}
---
let row = i / p.columns;
var gradient = 0.0;
if (!(${IS_IGNORED})) {
  let p_i = exp(($logits[i] - $logSumExp[2u * row]) - $logSumExp[2u * row + 1u]);
  gradient = (${weight}) * (p_i - select(0.0, 1.0, i % p.columns == u32($targets[row])));
}
${put(dLogits, "dLogits", "i", "gradient")}`,
  });
}

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(on: Device, args: CrossEntropyBackwardArgs): void {
  const { mask, divisor, dLoss } = args;
  differentiate(on, args, {
    key: `crossEntropyBackward ${mask ? "m" : ""}`,
    read: { mask, divisor, dLoss },
    weight: `select($dLoss[0] / $divisor[0], 0.0, is_zero($divisor[0]))${mask ? " * $mask[row]" : ""}`,
  });
}

/** See Engine.logProbabilities. */
export function logProbabilities(on: Device, args: LogProbabilitiesArgs): void {
  logsOf(on, "logProbabilities", args, args.out);
}

/** See Engine.logProbabilitiesBackward. */
export function logProbabilitiesBackward(on: Device, args: LogProbabilitiesBackwardArgs): void {
  differentiate(on, args, {
    key: "logProbabilitiesBackward",
    read: { dOut: args.dOut },
    weight: "-$dOut[row]",
  });
}
