import type {
  LinearCrossEntropyArgs,
  LinearLogProbabilitiesArgs,
  LinearLogProbabilitiesBackwardArgs,
} from "../../kernel-arguments.js";
import type { OpenEngine } from "../closable.js";
import { checkTargets, divisorOf, shareOf } from "../counted-rows.js";
import type { Access, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";
import { eachRowBlock } from "./row-blocks.js";

/** The share of each row in the loss, 0 where its target is ignored. */
function shares(args: LinearCrossEntropyArgs): Float32Array {
  const { rows, ignoreIndex } = args;
  const targets = (args.targets as WasmBuffer).data;
  const mask = args.mask ? (args.mask as WasmBuffer).data : null;
  checkTargets("linearCrossEntropy", targets, args);
  const divisor = divisorOf(targets, mask, args);
  const share = (r: number) => (targets[r] === ignoreIndex ? 0 : shareOf(mask ? mask[r]! : 1, divisor));
  return Float32Array.from({ length: rows }, (_, r) => share(r));
}

/** The loss, and with it the gradients. */
export function linearCrossEntropy(
  args: LinearCrossEntropyArgs,
  on: OpenEngine,
  kernels: Kernels,
  access: Access,
): void {
  const { loss, dX, dWeight, rows, columns, classes, chunkRows } = args;
  const { at, maybe, borrow } = access;
  at(args.targets, rows);
  at(loss, 1);
  maybe(args.mask, rows);
  maybe(dX, rows * columns);
  maybe(dWeight, classes * columns);
  const weights = shares(args);
  const gradients = { dX, dWeight: dWeight && { buffer: dWeight, accumulate: false } };
  let total = 0;
  borrow(8 * chunkRows, (logs) => {
    eachRowBlock(args, on, kernels, access, (block) => {
      const own = weights.subarray(block.first, block.first + block.count);
      block.losses(logs).forEach((each, i) => {
        if (own[i] !== 0) total += own[i]! * each;
      });
      block.differentiate(logs, own, gradients);
    });
  });
  (loss as WasmBuffer).data[0] = total;
}

/** See Engine.linearLogProbabilities. */
export function linearLogProbabilities(
  args: LinearLogProbabilitiesArgs,
  on: OpenEngine,
  kernels: Kernels,
  access: Access,
): void {
  const { out, rows, ignoreIndex } = args;
  access.at(out, rows);
  access.at(args.targets, rows);
  const logs = access.at(args.logSumExp, 2 * rows);
  checkTargets("linearLogProbabilities", (args.targets as WasmBuffer).data, args);
  eachRowBlock(args, on, kernels, access, (block) => {
    const losses = block.losses(logs + 8 * block.first);
    const goals = (args.targets as WasmBuffer).data.subarray(block.first);
    (out as WasmBuffer).data.set(
      losses.map((loss, i) => (goals[i] === ignoreIndex ? 0 : -loss)),
      block.first,
    );
  });
}

/** See Engine.linearLogProbabilitiesBackward. */
export function linearLogProbabilitiesBackward(
  args: LinearLogProbabilitiesBackwardArgs,
  on: OpenEngine,
  kernels: Kernels,
  access: Access,
): void {
  const { dOut, dX, dWeight, rows, columns, classes, ignoreIndex } = args;
  const { at, maybe } = access;
  at(args.targets, rows);
  at(dOut, rows);
  maybe(dX, rows * columns);
  maybe(dWeight?.buffer, classes * columns);
  const logs = at(args.logSumExp, 2 * rows);
  const goals = (args.targets as WasmBuffer).data;
  const weights = (dOut as WasmBuffer).data.map((up, r) =>
    goals[r] === ignoreIndex ? 0 : -up,
  ) as Float32Array;
  eachRowBlock(args, on, kernels, access, (block) => {
    const own = weights.subarray(block.first, block.first + block.count);
    block.differentiate(logs + 8 * block.first, own, { dX, dWeight });
  });
}
