// Just enough of ONNX's protobuf format to hand onnxruntime a graph: nodes with number attributes, float32 inputs and one
// output. Field numbers are those of onnx.proto3.

/** One operation of ONNX. */
export interface OnnxNode {
  op: string;
  inputs: readonly string[];
  output: string;
  /** Whole numbers and text. */
  attributes?: Readonly<Record<string, number | string>>;
}

type Field = number | string | Uint8Array;

function varint(value: number): number[] {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** A message of these fields, in this order. */
function message(...fields: readonly (readonly [number: number, value: Field])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([number, value]) => {
      if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
      return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
    }),
  );
}

const FLOAT = 1;
const INT = 2;
const STRING = 3;

function attribute(name: string, value: number | string): Uint8Array {
  return typeof value === "number"
    ? message([1, name], [3, value], [20, INT])
    : message([1, name], [4, value], [20, STRING]);
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = message(...shape.map((extent) => [1, message([1, extent])] as const));
  return message([1, name], [2, message([1, message([1, FLOAT], [2, dimensions])])]);
}

/** A model of operator set 20, the first with Gelu. */
export function onnxModel(
  nodes: readonly OnnxNode[],
  inputs: Readonly<Record<string, readonly number[]>>,
  output: readonly [name: string, shape: readonly number[]],
): Uint8Array {
  const graph = message(
    ...nodes.map(({ op, inputs, output, attributes = {} }): [number, Field] => [
      1,
      message(
        ...inputs.map((name): [number, Field] => [1, name]),
        [2, output],
        [4, op],
        ...Object.entries(attributes).map(([name, value]): [number, Field] => [5, attribute(name, value)]),
      ),
    ]),
    [2, "graph"],
    ...Object.entries(inputs).map(([name, shape]): [number, Field] => [11, valueInfo(name, shape)]),
    [12, valueInfo(...output)],
  );
  return message([1, 9], [8, message([2, 20])], [7, graph]);
}
