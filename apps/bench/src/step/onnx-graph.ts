// A graph of ONNX with its backward pass: onnxruntime differentiates nothing, so every layer here writes the nodes of its
// gradient too. All activations are (rows, width).
import type { OnnxAttribute, OnnxNode } from "../onnx.js";

type Attributes = Readonly<Record<string, OnnxAttribute>>;

export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly #backward: (() => void)[] = [];
  readonly #gradients = new Map<string, string>();
  #values = 0;

  /** Adds a node and answers with the names of its results. */
  nodeOf(op: string, inputs: readonly string[], count: number, attributes: Attributes = {}): string[] {
    const outputs = Array.from({ length: count }, () => `${op}${this.#values++}`);
    const domain = op === "FusedMatMul" ? "com.microsoft" : "";
    this.nodes.push({ op, inputs, outputs, attributes, domain });
    return outputs;
  }

  op(op: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.nodeOf(op, inputs, 1, attributes)[0]!;
  }

  /** A product, sum, .. of two, either of which may be a number. */
  binary(op: "Add" | "Sub" | "Mul" | "Div" | "Min", a: string | number, b: string | number): string {
    const named = (value: string | number) =>
      typeof value === "string" ? value : this.op("Constant", [], { value_float: { float: value } });
    return this.op(op, [named(a), named(b)]);
  }

  integers(...integers: number[]): string {
    return this.op("Constant", [], { value_ints: { integers } });
  }

  /** The sum or mean over an axis, which stays with extent 1 if it is to be broadcast. */
  reduce(op: "ReduceSum" | "ReduceMean", x: string, axis: number, keepdims: 0 | 1): string {
    return this.op(op, [x, this.integers(axis)], { keepdims });
  }

  reshape(x: string, ...shape: number[]): string {
    return this.op("Reshape", [x, this.integers(...shape)]);
  }

  /** `backward` is called with the gradient of `result`, when that is complete. */
  record(result: string, backward: (gradient: string) => void): string {
    this.#backward.push(() => backward(this.gradient(result)));
    return result;
  }

  gradient(name: string): string {
    const gradient = this.#gradients.get(name);
    if (!gradient) throw new Error(`nothing that was recorded uses ${name}`);
    return gradient;
  }

  /** Adds to the gradient of `name`. */
  accumulate(name: string, gradient: string): void {
    const before = this.#gradients.get(name);
    this.#gradients.set(name, before ? this.binary("Add", before, gradient) : gradient);
  }

  /** Puts another gradient in the place of what there was. */
  replaceGradient(name: string, gradient: string): void {
    this.#gradients.set(name, gradient);
  }

  backward(): void {
    for (const each of this.#backward.reverse()) each();
  }

  add(a: string, b: string): string {
    return this.record(this.binary("Add", a, b), (dy) => {
      this.accumulate(a, dy);
      this.accumulate(b, dy);
    });
  }

  /** x w + bias for w (in, out). */
  linear(x: string, w: string, bias: string): string {
    return this.record(this.op("Gemm", [x, w, bias]), (dy) => {
      this.accumulate(x, this.op("Gemm", [dy, w], { transB: 1 }));
      this.accumulate(w, this.op("Gemm", [x, dy], { transA: 1 }));
      this.accumulate(bias, this.reduce("ReduceSum", dy, 0, 0));
    });
  }

  layerNorm(x: string, gain: string, bias: string): string {
    const epsilon = { float: 1e-5 };
    const [y, mean, rstd] = this.nodeOf("LayerNormalization", [x, gain, bias], 3, { epsilon });
    return this.record(y!, (dy) => {
      const normal = this.binary("Mul", this.binary("Sub", x, mean!), rstd!);
      this.accumulate(gain, this.reduce("ReduceSum", this.binary("Mul", dy, normal), 0, 0));
      this.accumulate(bias, this.reduce("ReduceSum", dy, 0, 0));
      const g = this.binary("Mul", dy, gain);
      const along = this.reduce("ReduceMean", this.binary("Mul", g, normal), 1, 1);
      const centered = this.binary("Sub", g, this.reduce("ReduceMean", g, 1, 1));
      const rest = this.binary("Sub", centered, this.binary("Mul", normal, along));
      this.accumulate(x, this.binary("Mul", rest, rstd!));
    });
  }

  /** x / 2 (1 + tanh(k (x + c x^3))) */
  gelu(x: string): string {
    return this.record(this.op("Gelu", [x], { approximate: "tanh" }), (dy) => {
      const [k, c] = [Math.sqrt(2 / Math.PI), 0.044715];
      const square = this.binary("Mul", x, x);
      const inner = this.binary("Mul", x, this.binary("Add", this.binary("Mul", square, k * c), k));
      const tanh = this.op("Tanh", [inner]);
      const half = this.binary("Add", this.binary("Mul", tanh, 0.5), 0.5);
      const slope = this.binary("Add", this.binary("Mul", square, 1.5 * k * c), 0.5 * k);
      const steep = this.binary("Sub", 1, this.binary("Mul", tanh, tanh));
      const bent = this.binary("Mul", this.binary("Mul", x, slope), steep);
      this.accumulate(x, this.binary("Mul", dy, this.binary("Add", half, bent)));
    });
  }

  /** Causal, of qkv (batch * length, 3 width); `mask` (length, length) is 0 where it may look and very negative elsewhere. */
  attention(qkv: string, mask: string, batch: number, length: number, heads: number, width: number): string {
    const channels = width / heads;
    const apart = this.reshape(qkv, batch, length, 3, heads, channels);
    const turned = this.op("Transpose", [apart], { perm: { integers: [2, 0, 3, 1, 4] } });
    const [q, k, v] = this.nodeOf("Split", [turned], 3, { axis: 0, num_outputs: 3 }) as [
      string,
      string,
      string,
    ];
    const alpha = { float: channels ** -0.5 };
    const scores = this.op("FusedMatMul", [q, k], { transB: 1, alpha });
    const p = this.op("Softmax", [this.binary("Add", scores, mask)]);
    const mixed = this.op("Transpose", [this.op("MatMul", [p, v])], { perm: { integers: [0, 1, 3, 2, 4] } });
    return this.record(this.reshape(mixed, batch * length, width), (dy) => {
      const rows = this.reshape(dy, 1, batch, length, heads, channels);
      const d = this.op("Transpose", [rows], { perm: { integers: [0, 1, 3, 2, 4] } });
      const dv = this.op("FusedMatMul", [p, d], { transA: 1 });
      const dp = this.op("FusedMatMul", [d, v], { transB: 1 });
      const along = this.reduce("ReduceSum", this.binary("Mul", dp, p), 4, 1);
      const ds = this.binary("Mul", p, this.binary("Sub", dp, along));
      const dq = this.op("FusedMatMul", [ds, k], { alpha });
      const dk = this.op("FusedMatMul", [ds, q], { transA: 1, alpha });
      const joined = this.op("Concat", [dq, dk, dv], { axis: 0 });
      const back = this.op("Transpose", [joined], { perm: { integers: [1, 3, 0, 2, 4] } });
      this.accumulate(qkv, this.reshape(back, batch * length, 3 * width));
    });
  }
}
