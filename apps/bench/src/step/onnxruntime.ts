// The training step in onnxruntime, in WebAssembly and in its own native code, from a graph that is written here.
import type * as Runtime from "onnxruntime-node";
import type { OnnxValue } from "../onnx.js";
import { type Model, optimizer, tokens, weights } from "./model.js";
import { KINDS, onnxStep } from "./onnx-step.js";

type Tensors = Record<string, Runtime.Tensor>;

async function stepIn(
  { InferenceSession, Tensor }: Pick<typeof Runtime, "InferenceSession" | "Tensor">,
  model: Model,
  options: Runtime.InferenceSession.SessionOptions,
  /** Whether it writes results into tensors that it is given. */
  inPlace: boolean,
): Promise<() => Promise<number>> {
  const { bytes, outputs } = onnxStep(model);
  const session = await InferenceSession.create(bytes, options);
  const { batch, length } = model;
  const rows = batch * length;
  const { ids, targets } = tokens(model);
  const pairs = Array.from(targets, (target, row) => [BigInt(row), BigInt(target)]).flat();
  const mask = Float32Array.from({ length: length ** 2 }, (_, i) => (i % length > i / length ? -1e9 : 0));
  const fixed: Tensors = {
    ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [rows, 1]),
    targets: new Tensor("int64", BigInt64Array.from(pairs), [rows, 2]),
    mask: new Tensor("float32", mask, [length, length]),
  };
  let states: Tensors = Object.fromEntries(
    weights(model).flatMap(({ name, shape, values }) =>
      KINDS.map((kind) => [
        `${kind}.${name}`,
        new Tensor("float32", kind === "p" ? values : new Float32Array(values.length), shape),
      ]),
    ),
  );
  const empty = ({ shape }: OnnxValue) =>
    new Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b, 1)), [...shape]);
  /** Room for the results; what was read in one step is written in the next. */
  let room: Tensors = inPlace
    ? Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, empty(value)]))
    : {};
  const number = (value: number) => new Tensor("float32", Float32Array.of(value), []);
  let step = 0;
  return async () => {
    step++;
    const rate = number(optimizer.lr / (1 - optimizer.beta1 ** step));
    const root = number((1 - optimizer.beta2 ** step) ** -0.5);
    const results = await session.run({ ...states, ...fixed, rate, root }, room);
    const read = Object.entries(states);
    states = Object.fromEntries(read.map(([name]) => [name, results[`next.${name}`]!]));
    if (inPlace) {
      room = Object.fromEntries(read.map(([name, tensor]) => [`next.${name}`, tensor]));
      room["loss"] = results["loss"]!;
    }
    return (results["loss"]!.data as Float32Array)[0]!;
  };
}

export async function onnxruntimeNode(model: Model, threads: number): Promise<() => Promise<number>> {
  const runtime = await import("onnxruntime-node");
  return stepIn(runtime, model, { executionProviders: ["cpu"], intraOpNumThreads: threads }, true);
}

export async function onnxruntimeWeb(model: Model, threads: number): Promise<() => Promise<number>> {
  const runtime = await import("onnxruntime-web");
  runtime.env.wasm.numThreads = threads;
  return stepIn(runtime, model, { executionProviders: ["wasm"] }, false);
}
