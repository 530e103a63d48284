import type { Tfjs, TfTensor } from "./module.js";

/** The backend of tfjs-node and tfjs-node-gpu, as far as it is used here. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number; readonly TF_INT32: number };
  executeMultipleOutputs(name: string, attributes: object[], inputs: TfTensor[], outputs: number): TfTensor[];
}

/** What a module that runs on libtensorflow can do beyond tfjs; null on any other. */
export interface Libtensorflow {
  readonly gpu: boolean;
  /** softmax(logits) with 1 taken from the target of each row: (rows, classes), in one pass. */
  softmaxMinusOneHot(logits: TfTensor, targets: TfTensor): TfTensor;
}

/** The operations of libtensorflow itself, where the module runs on it. */
export function libtensorflow(tf: Tfjs): Libtensorflow | null {
  const backend = tf.backend() as Partial<NodeBackend>;
  if (!backend.executeMultipleOutputs || !backend.binding) return null;
  const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding;
  return {
    gpu: backend.isUsingGpuDevice === true,
    softmaxMinusOneHot(logits, targets) {
      const attributes = [
        { name: "T", type, value: TF_FLOAT },
        { name: "Tlabels", type, value: TF_INT32 },
      ];
      const name = "SparseSoftmaxCrossEntropyWithLogits";
      return backend.executeMultipleOutputs!(name, attributes, [logits, targets], 2)[1]!;
    },
  };
}

/** Puts back what tfjs-node 4 calls and Node 23 took away from node:util. */
export function restoreUtil(): void {
  type Process = { getBuiltinModule?: (name: "node:util") => Record<string, unknown> };
  const util = (globalThis as { process?: Process }).process?.getBuiltinModule?.("node:util");
  if (!util) return;
  util["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  util["isArray"] ??= Array.isArray;
}
