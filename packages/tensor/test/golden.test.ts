import {
  adamw,
  crossEntropy,
  type Engine,
  gelu,
  layerNorm,
  linear,
  linearCrossEntropy,
  mul,
  muon,
  orthogonalize,
  parameter,
  referenceEngine,
  rmsNorm,
  rope,
  ropeTable,
  selfAttention,
  softcap,
  sum,
  swiglu,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { closedAtEnd } from "./engines/closed-at-end.js";
import golden from "./golden/golden.json" with { type: "json" };
import "./close.js";

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

/** The options of all cases together; each operation reads its own. */
interface Options {
  readonly eps: number;
  readonly approximate: "tanh" | "none";
  readonly rotaryDim: number;
  readonly base: number;
  readonly offset: number;
  readonly interleaved: boolean;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly window: number;
  readonly softcap: number;
  readonly targets: number[];
  readonly mask: number[];
  readonly ignoreIndex: number;
}

const vector = (data: number[], dtype?: "int32") => tensor(data, [data.length], dtype);

const operations: Record<string, (inputs: Tensor[], options: Options) => Tensor> = {
  layerNorm: ([x, gain, bias], options) => layerNorm(x!, gain!, bias!, options),
  rmsNorm: ([x, gain], options) => rmsNorm(x!, gain!, options),
  gelu: ([x], options) => gelu(x!, options),
  swiglu: ([x]) => swiglu(x!),
  rope: ([x], { rotaryDim, base, ...options }) => rope(x!, ropeTable(20, rotaryDim, { base }), options),
  attention: ([qkv], options) => selfAttention(qkv!, options),
  linearCrossEntropy: ([x, weight], { targets, mask, ...options }) =>
    linearCrossEntropy(x!, weight!, vector(targets, "int32"), { ...options, mask: vector(mask) }),
};

const composed = ([x, weight]: Tensor[], { targets, mask, softcap: cap, ignoreIndex }: Options): Tensor => {
  const logits = linear(x!, weight!, null, { transposed: true });
  const capped = cap > 0 ? softcap(logits, cap) : logits;
  return crossEntropy(capped, vector(targets, "int32"), { mask: vector(mask), ignoreIndex });
};

const make = ({ data, shape }: Values): Tensor => tensor(data, shape);
const within = { rtol: 2e-5, atol: 2e-6 };

describe.each([
  ["reference in float64", referenceEngine({ precision: "float64" })],
  ["wasm baseline", closedAtEnd(await wasmEngine({ variant: "baseline" }))],
  ["wasm relaxed", closedAtEnd(await wasmEngine({ variant: "relaxed" }))],
] as const)(`%s against PyTorch ${golden.torch}`, (_, engine: Engine) => {
  beforeEach(async () => {
    await useEngine(engine);
  });

  const runs = golden.cases.flatMap((each) => {
    const options = each.options as unknown as Options;
    const name = `${each.op} ${JSON.stringify(options)}`;
    const run = [name, each, options, operations[each.op]!] as const;
    return each.op === "linearCrossEntropy"
      ? [run, [`crossEntropy ${JSON.stringify(options)}`, each, options, composed] as const]
      : [run];
  });

  test.each(runs)("%s", async (_, each, options, operation) => {
    const inputs = each.inputs.map(({ data, shape }, i) => parameter(`${i}`, data, shape));
    let out: Promise<ArrayLike<number>> | null = null;
    const { grads } = valueAndGrad(() => {
      const result = operation(inputs, options);
      out = result.data();
      return sum(mul(result, make(each.weights)));
    }, inputs);
    expect(await out!).toBeAllclose(each.out.data, within);
    for (const [i, grad] of grads.entries()) {
      expect(await grad.data()).toBeAllclose(each.grads[i]!.data, within);
    }
  });

  test("adamw", async () => {
    const { start, grads, end } = golden.adamw;
    const p = parameter("p", start.data, start.shape);
    const state = { m: zeros(start.shape), v: zeros(start.shape) };
    grads.forEach((grad, i) => {
      const options = { lr: 0.1, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, step: i + 1 };
      adamw(p, make(grad), state, options);
    });
    expect(await p.data()).toBeAllclose(end.data, within);
  });

  test("muon", async () => {
    const { start, grads, end } = golden.muon;
    const p = parameter("p", start.data, start.shape);
    const state = { momentum: zeros(start.shape) };
    for (const grad of grads) {
      muon(p, make(grad), state, { lr: 0.1, momentum: 0.9, weightDecay: 0.1, transposed: true });
    }
    expect(await p.data()).toBeAllclose(end.data, { rtol: 1e-4, atol: 1e-5 });
  });

  test.each(golden.newtonSchulz.map((each) => [each.in.shape, each] as const))(
    "orthogonalize %j",
    async (_, each) => {
      expect(await orthogonalize(make(each.in)).data()).toBeAllclose(each.out.data, {
        rtol: 1e-4,
        atol: 1e-5,
      });
    },
  );
});
