import { Rests } from "@llm/platform/rest";
import { type Tensor, tensor } from "@llm/tensor";
import { check, checkTensor } from "../check.js";
import type { Gpt } from "../gpt.js";
import { derive } from "./derive.js";
import { describe } from "./describe.js";
import type { TensorDescription } from "./description.js";
import type { Values } from "./evaluate.js";
import { checkPatches, type Patches } from "./patch.js";
import { allValues, run, weightsOf } from "./run.js";

/** One forward pass, to look at: plain data, which `structuredClone` and `postMessage` take. */
export interface Captured {
  /** What was captured, in the order of computation. */
  readonly descriptions: readonly TensorDescription[];
  /** The values of every description, by name. */
  readonly tensors: ReadonlyMap<string, Values>;
}

/** Options of {@link capture}. */
export interface CaptureOptions {
  /** Captures all that `describe(model, { detail: true })` lists. Default false. */
  detail?: boolean;
  /**
   * Tensors that take the place of those of these names in all that is computed from them (activation patching), also inside
   * of attention, such as one head's weights. Weights of the model cannot be replaced.
   */
  patch?: Patches;
  /** Aborting ends the work. */
  signal?: AbortSignal;
}

/**
 * Runs ids (B, T), int32, through a model and reads back every tensor that `describe` lists in the same detail, under the
 * same names and in the same shapes. Activations are the forward pass's own; what its kernels keep to themselves is computed
 * from them.
 *
 * @throws {OptionsError} for a patch that replaces no activation, or has not its shape
 */
export async function capture(model: Gpt, ids: Tensor, options: CaptureOptions = {}): Promise<Captured> {
  checkTensor("ids of capture", ids);
  check("capture", options, { detail: "boolean", patch: "object", signal: "signal" });
  const { detail = false, patch = {}, signal } = options;
  const rests = new Rests();
  const short = describe(model);
  const all = describe(model, { detail: true });
  checkPatches(patch, all, ids.shape);

  const given = allValues([["ids", ids], ...Object.entries(patch)]);
  const known = new Map<string, Values>([...(await given), ...(await weightsOf(model))]);

  const listed = new Set(short.map(({ name }) => name));
  const replaced = Object.fromEntries(Object.entries(patch).filter(([name]) => listed.has(name)));
  const own: Tensor[] = [];
  try {
    // Where a part is replaced, so is the activation it is part of, by what it becomes then.
    for (const whole of short) {
      const parts = whole.parts?.filter(({ name }) => patch[name]) ?? [];
      if (parts.length === 0 || replaced[whole.name]) continue;
      const before = new Map(known);
      for (const { name } of parts) before.delete(name);
      for (const [name, values] of await run(model, ids, replaced, whole.parts)) before.set(name, values);
      const after = new Map([...before, ...known]);
      derive(whole.parts!, before);
      if (parts.every(({ name }) => isSame(before.get(name)!, known.get(name)!))) continue;
      after.delete(whole.name);
      derive([...whole.parts!, whole], after);
      const values = after.get(whole.name)!;
      known.set(whole.name, values);
      replaced[whole.name] = tensor(values.data, values.shape);
      own.push(replaced[whole.name]!);
    }
    const tensors = new Map([...(await run(model, ids, replaced, detail ? all : [])), ...known]);
    for (const each of detail ? all : []) {
      derive([each], tensors);
      await rests.take(signal);
    }
    const descriptions = detail ? all : short;
    return { descriptions, tensors: new Map(descriptions.map(({ name }) => [name, tensors.get(name)!])) };
  } finally {
    for (const each of own) each.dispose();
  }
}

const isSame = (a: Values, b: Values) => a.data.every((value: number, i: number) => value === b.data[i]);
