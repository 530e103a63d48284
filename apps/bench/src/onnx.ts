// Just enough of ONNX's protobuf format to hand onnxruntime a graph: nodes with attributes, float32 and int64 inputs,
// float32 outputs. Field numbers are those of onnx.proto3.

/** One operation of ONNX. */
export interface OnnxNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** A number is a whole one that is not negative. */
  attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Of the operation, where it is not ONNX's own. */
  domain?: string;
}

export type OnnxAttribute = number | string | { float: number } | { integers: readonly number[] };

/** What goes into a graph or comes out of it. */
export interface OnnxValue {
  shape: readonly number[];
  /** Default float32. */
  type?: "float32" | "int64";
}

type Field = number | string | Uint8Array | { float: number };

function varint(value: number): number[] {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}

/** A message of these fields, in this order. */
function message(...fields: readonly (readonly [number: number, value: Field])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([number, value]) => {
      if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
      if (typeof value === "object" && "float" in value)
        return [...varint(number * 8 + 5), ...float(value.float)];
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
      return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
    }),
  );
}

/** Numbers of AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, integer: 2, string: 3, integers: 7 };
/** Numbers of TensorProto.DataType. */
const ELEMENT = { float32: 1, int64: 7 };

function attribute(name: string, value: OnnxAttribute): Uint8Array {
  if (typeof value === "number") return message([1, name], [3, value], [20, ATTRIBUTE.integer]);
  if (typeof value === "string") return message([1, name], [4, value], [20, ATTRIBUTE.string]);
  if ("float" in value) return message([1, name], [2, value], [20, ATTRIBUTE.float]);
  const integers = value.integers.map((each): [number, Field] => [8, each]);
  return message([1, name], ...integers, [20, ATTRIBUTE.integers]);
}

function valueInfo(name: string, { shape, type = "float32" }: OnnxValue): Uint8Array {
  const dimensions = message(...shape.map((extent) => [1, message([1, extent])] as const));
  return message([1, name], [2, message([1, message([1, ELEMENT[type]], [2, dimensions])])]);
}

/** A model of operator set 20, the first with Gelu, and of onnxruntime's own operations. */
export function onnxModel(
  nodes: readonly OnnxNode[],
  inputs: Readonly<Record<string, OnnxValue>>,
  outputs: Readonly<Record<string, OnnxValue>>,
): Uint8Array {
  const graph = message(
    ...nodes.map(({ op, inputs, outputs, attributes = {}, domain = "" }): [number, Field] => [
      1,
      message(
        ...inputs.map((name): [number, Field] => [1, name]),
        ...outputs.map((name): [number, Field] => [2, name]),
        [4, op],
        ...Object.entries(attributes).map(([name, value]): [number, Field] => [5, attribute(name, value)]),
        [7, domain],
      ),
    ]),
    [2, "graph"],
    ...Object.entries(inputs).map(([name, value]): [number, Field] => [11, valueInfo(name, value)]),
    ...Object.entries(outputs).map(([name, value]): [number, Field] => [12, valueInfo(name, value)]),
  );
  const operators = [message([2, 20]), message([1, "com.microsoft"], [2, 1])];
  return message([1, 9], ...operators.map((each): [number, Field] => [8, each]), [7, graph]);
}
