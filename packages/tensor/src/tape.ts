import { engine } from "./current.js";
import type { DeviceBuffer, Into } from "./device-buffer.js";
import type { Engine } from "./engine.js";
import { DisposedError, ShapeError, TensorError } from "./errors.js";
import { scope } from "./scope.js";
import { Storage } from "./storage.js";
import { adopt, type Parameter, show, storageOf, type Tensor } from "./tensor.js";

interface Node {
  readonly output: Tensor;
  readonly saved: readonly Storage[];
  readonly backward: (dOut: Storage, gradients: Gradients) => void;
}

/** The gradients of one backward pass, by tensor. */
export class Gradients {
  readonly engine: Engine;
  readonly #tracked: ReadonlySet<Tensor>;
  readonly #held = new Map<Tensor, Storage>();

  constructor(on: Engine, tracked: ReadonlySet<Tensor>) {
    this.engine = on;
    this.#tracked = tracked;
  }

  /** Whether the gradient of this tensor is asked for. */
  wants(tensor: Tensor | null | undefined): tensor is Tensor {
    return tensor != null && this.#tracked.has(tensor);
  }

  /** Where to put (or add) a contribution to the gradient of `tensor`. */
  into(tensor: Tensor): Into {
    let held = this.#held.get(tensor);
    if (!held) {
      held = new Storage(this.engine, tensor.size);
      this.#held.set(tensor, held);
      return { buffer: held.buffer, accumulate: false };
    }
    if (!held.exclusive) {
      const own = new Storage(this.engine, tensor.size);
      this.engine.scale({ x: held.buffer, factor: 1, out: { buffer: own.buffer, accumulate: false } });
      held.release();
      this.#held.set(tensor, own);
      held = own;
    }
    return { buffer: held.buffer, accumulate: true };
  }

  /** The same as `into`, or null where the gradient is not asked for. */
  maybe(tensor: Tensor | null | undefined): Into | null {
    return this.wants(tensor) ? this.into(tensor) : null;
  }

  /** Contributes a gradient that is `storage` unchanged: shared, not copied, when it is the first. */
  share(tensor: Tensor, storage: Storage): void {
    if (!this.wants(tensor)) return;
    if (this.#held.has(tensor)) {
      this.engine.scale({ x: storage.buffer, factor: 1, out: this.into(tensor) });
    } else {
      this.#held.set(tensor, storage.retain());
    }
  }

  /** Contributes a gradient and gives up the reference to it. */
  give(tensor: Tensor, storage: Storage): void {
    this.share(tensor, storage);
    storage.release();
  }

  /** Lets the gradient collected for one tensor go on as that of another. */
  move(from: Tensor, to: Tensor): void {
    const held = this.take(from);
    if (held) this.give(to, held);
  }

  /** Takes the gradient of a tensor out, with its reference. */
  take(tensor: Tensor): Storage | undefined {
    const held = this.#held.get(tensor);
    this.#held.delete(tensor);
    return held;
  }

  clear(): void {
    for (const storage of this.#held.values()) storage.release();
    this.#held.clear();
  }
}

interface Tape {
  readonly nodes: Node[];
  /** What a gradient is asked through: the parameters, and every output that depends on them. */
  readonly tracked: Set<Tensor>;
}

let tape: Tape | null = null;

/** Whether a gradient will be asked through any of these, so that an operation should save what it needs for it. */
export function tracked(...inputs: readonly (Tensor | null | undefined)[]): boolean {
  const current = tape;
  return current !== null && inputs.some((input) => input != null && current.tracked.has(input));
}

/**
 * Notes how to differentiate an operation; call it only when one of its inputs is `tracked`. `saved` are kept
 * alive until `backward` has run. `backward` owns nothing: it must not release `dOut`.
 */
export function record(
  output: Tensor,
  saved: readonly Storage[],
  backward: (dOut: Storage, gradients: Gradients) => void,
): void {
  for (const storage of saved) storage.retain();
  tape!.nodes.push({ output, saved, backward });
  tape!.tracked.add(output);
}

/** `dOut` itself where nobody else needs it, else a fresh storage of its size; the caller releases it. */
export function scratchFor(dOut: Storage): Storage {
  return dOut.exclusive ? dOut.retain() : new Storage(dOut.engine, dOut.buffer.length);
}

/** A plain destination. */
export function to(buffer: DeviceBuffer): Into {
  return { buffer, accumulate: false };
}

/** Runs `fn` with its operations noted on `next`, or nowhere. */
function recordOn<T>(next: Tape | null, fn: () => T): T {
  const before = tape;
  tape = next;
  try {
    return fn();
  } finally {
    tape = before;
  }
}

/** Runs the backward steps of a tape, last first; each lets go of what it saved. */
function unwind(nodes: Node[], gradients: Gradients): void {
  try {
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      const dOut = gradients.take(node.output);
      try {
        if (dOut) node.backward(dOut, gradients);
      } finally {
        dOut?.release();
        for (const storage of node.saved) storage.release();
      }
    }
  } finally {
    drop(nodes);
  }
}

/** Lets go of steps that will not be run. */
function drop(nodes: Node[]): void {
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    for (const storage of node.saved) storage.release();
  }
}

/**
 * Runs the scalar function `fn` and differentiates it: `grads[i]` has the shape of `parameters[i]`, zero where
 * `fn` does not depend on it. Everything made inside is freed, forward values as early as the backward pass
 * allows; the results belong to the caller's scope.
 */
export function valueAndGrad(
  fn: () => Tensor,
  parameters: readonly Parameter[],
): { value: Tensor; grads: Tensor[] } {
  if (tape) throw new TensorError("valueAndGrad: gradients of gradients are not supported. Call it once.");
  const on = engine();
  for (const parameter of parameters) storageOf(parameter, "valueAndGrad");
  const recorded: Tape = { nodes: [], tracked: new Set<Tensor>(parameters) };
  const gradients = new Gradients(on, recorded.tracked);
  try {
    return scope(() => {
      const value = recordOn(recorded, () => scope(fn));
      if (value.size !== 1 || value.dtype !== "float32") {
        throw new ShapeError(
          `valueAndGrad: fn returned shape ${show(value.shape)}, but only a scalar has a gradient.`,
        );
      }
      if (recorded.tracked.has(value)) on.fill(gradients.into(value).buffer, 1);
      unwind(recorded.nodes, gradients);
      const grads = parameters.map((parameter) => {
        const { buffer, accumulate } = gradients.into(parameter);
        if (!accumulate) on.fill(buffer, 0);
        return adopt(parameter.shape, "float32", gradients.take(parameter)!);
      });
      return { value, grads };
    });
  } finally {
    drop(recorded.nodes);
    gradients.clear();
  }
}

/**
 * fn(...inputs) with less memory and more time: inside `valueAndGrad` only the inputs are kept, and the backward
 * pass runs `fn` once more to get at what it needs (activation recomputation; Chen et al., "Training deep nets with
 * sublinear memory cost", 2016). Gradients are the same to the bit. Elsewhere it is a plain call of `fn` in a scope.
 *
 * `fn` must do the same both times: keys of `dropout` that it does not count up itself, and no tensor from outside
 * but `inputs`, parameters, and what outlives the backward pass. It may itself call `checkpoint`.
 *
 * @throws {DisposedError} in the backward pass, when `fn` reaches for a tensor that was freed since
 */
export function checkpoint<Inputs extends readonly Tensor[]>(
  fn: (...inputs: Inputs) => Tensor,
  inputs: Inputs,
): Tensor {
  const current = tape;
  const saved = inputs.map((input) => storageOf(input, "checkpoint"));
  const output = recordOn(null, () => scope(() => fn(...inputs)));
  if (!current || output.dtype !== "float32") return output;
  record(output, saved, (dOut, gradients) => {
    scope(() => {
      // The inputs' own handles may be gone: others stand in, and carry on what was collected for them so far, so
      // that every sum is made in the order it would have had.
      const standIns = new Map<Tensor, Tensor>();
      for (const [i, input] of inputs.entries()) {
        if (standIns.has(input)) continue;
        const standIn = adopt(input.shape, input.dtype, saved[i]!.retain());
        standIns.set(input, standIn);
        if (current.tracked.has(input)) current.tracked.add(standIn);
        gradients.move(input, standIn);
      }
      const again: Tape = { nodes: [], tracked: current.tracked };
      try {
        const given = inputs.map((input) => standIns.get(input)!) as unknown as Inputs;
        const value = recordOn(again, () => recompute(() => scope(() => fn(...given))));
        if (show(value.shape) !== show(output.shape)) {
          throw new ShapeError(
            `checkpoint: fn returned shape ${show(output.shape)} first and ${show(value.shape)} when run again. It must do the same both times.`,
          );
        }
        gradients.share(value, dOut);
      } catch (error) {
        drop(again.nodes);
        throw error;
      }
      unwind(again.nodes, gradients);
      for (const [input, standIn] of standIns) gradients.move(standIn, input);
    });
  });
  return output;
}

function recompute(run: () => Tensor): Tensor {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof DisposedError)) throw cause;
    throw new DisposedError(
      `checkpoint: run again in the backward pass, fn used a tensor that was freed since. Pass it in as one of the inputs. ${cause.message}`,
      { cause },
    );
  }
}
