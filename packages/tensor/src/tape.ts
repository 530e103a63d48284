import { engine } from "./current.js";
import type { DeviceBuffer, Engine, Into } from "./engine.js";
import { ShapeError, TensorError } from "./errors.js";
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
    tape = recorded;
    let value: Tensor;
    try {
      value = scope(fn);
    } finally {
      tape = null;
    }
    if (value.size !== 1 || value.dtype !== "float32") {
      throw new ShapeError(
        `valueAndGrad: fn returned shape ${show(value.shape)}, but only a scalar has a gradient.`,
      );
    }
    if (recorded.tracked.has(value)) on.fill(gradients.into(value).buffer, 1);
    for (let node = recorded.nodes.pop(); node; node = recorded.nodes.pop()) {
      const dOut = gradients.take(node.output);
      try {
        if (dOut) node.backward(dOut, gradients);
      } finally {
        dOut?.release();
        for (const storage of node.saved) storage.release();
      }
    }
    const grads = parameters.map((parameter) => {
      const { buffer, accumulate } = gradients.into(parameter);
      if (!accumulate) on.fill(buffer, 0);
      return adopt(parameter.shape, "float32", gradients.take(parameter)!);
    });
    return { value, grads };
  } finally {
    for (const node of recorded.nodes) for (const storage of node.saved) storage.release();
    gradients.clear();
  }
}
