import { type Parameter, type Tensor, write } from "@llm/tensor";
import { CheckpointError } from "./errors.js";
import type { OptimizerState } from "./optimizer/optimizer.js";

/** One tensor of a snapshot, in main memory. */
export interface SnapshotTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** The losses of one evaluation, by split. */
export type Losses = Readonly<Record<string, number>>;

/** A run between two steps: all it takes to go on as if it had never stopped. */
export interface Snapshot {
  /** Updates done. */
  step: number;
  /** Tokens seen. */
  tokens: number;
  /** The parameters, by name. */
  weights: Map<string, SnapshotTensor>;
  /** The optimiser's state, by name. */
  optimizer: Map<string, SnapshotTensor>;
  /** Every evaluation so far that can be compared with the last. That of this very step follows by {@link CheckpointStore.evaluated}. */
  evaluations: readonly { readonly step: number; readonly losses: Losses }[];
  /** Settings the course of the run depends on, compared on resume. */
  settings: Readonly<Record<string, unknown>>;
}

/** Where a run leaves its snapshots. `checkpoints()` of `@llm/train/node` keeps them in a folder. */
export interface CheckpointStore {
  /** Called before anything is computed: to fail here if nothing can be saved later. */
  prepare?(): Promise<void>;
  /** Called while training goes on, for one snapshot at a time. */
  save(snapshot: Snapshot): Promise<unknown>;
  /** The latest whole snapshot, if there is any. */
  latest(): Promise<Snapshot | undefined>;
  /** Adds an evaluation to the snapshot of its step, which was saved before. */
  evaluated?(step: number, losses: Losses): Promise<unknown>;
}

/** Copies tensors to main memory. */
export async function download(
  tensors: Iterable<readonly [string, Tensor]>,
): Promise<Map<string, SnapshotTensor>> {
  const copies = new Map<string, SnapshotTensor>();
  for (const [name, tensor] of tensors) {
    const data = await tensor.data();
    if (!(data instanceof Float32Array)) {
      throw new CheckpointError(
        `${name} is not float32 on this engine; checkpoints hold float32, so choose an engine of that precision`,
      );
    }
    copies.set(name, { shape: tensor.shape, data });
  }
  return copies;
}

/** Puts a snapshot back into a model and its optimiser, or changes nothing and says what does not fit. */
export function restore(snapshot: Snapshot, parameters: readonly Parameter[], state: OptimizerState): void {
  const pairs = [
    ...match(
      parameters.map((p) => [p.name, p]),
      snapshot.weights,
      snapshot.step,
    ),
    ...match(state.tensors(), snapshot.optimizer, snapshot.step),
  ];
  for (const [tensor, data] of pairs) write(tensor, data);
}

/** Puts the weights of a snapshot into a model, or changes nothing and says what does not fit. */
export function restoreWeights(
  { weights, step }: Pick<Snapshot, "weights" | "step">,
  parameters: readonly Parameter[],
): void {
  const named = parameters.map((p) => [p.name, p] as const);
  for (const [tensor, data] of match(named, weights, step)) write(tensor, data);
}

/** @throws {CheckpointError} for a snapshot of a later step than the run's last */
export function checkSteps({ step }: Snapshot, steps: number): void {
  if (step <= steps) return;
  throw new CheckpointError(
    `the checkpoint is of step ${step}, and steps is ${steps}; train for more, or use another folder`,
  );
}

function match(
  tensors: Iterable<readonly [string, Tensor]>,
  saved: ReadonlyMap<string, SnapshotTensor>,
  step: number,
): [Tensor, Float32Array][] {
  const left = new Set(saved.keys());
  const pairs = [...tensors].map(([name, tensor]): [Tensor, Float32Array] => {
    const found = saved.get(name);
    if (found?.shape.join() !== tensor.shape.join()) {
      throw new CheckpointError(
        `the checkpoint of step ${step} has ${found ? `shape [${found.shape}]` : "nothing"} for ${name} of shape [${tensor.shape}]; it is another model's`,
      );
    }
    left.delete(name);
    return [tensor, found.data];
  });
  if (left.size > 0) {
    throw new CheckpointError(
      `the checkpoint of step ${step} holds ${[...left].join(", ")}, which this run lacks`,
    );
  }
  return pairs;
}
