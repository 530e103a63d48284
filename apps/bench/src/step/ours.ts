// The training step on an engine of @llm/tensor.
import * as llm from "@llm/tensor";
import { type Model, optimizer, tokens, weights } from "./model.js";

export async function ours(engine: llm.Engine, model: Model): Promise<() => Promise<number>> {
  await llm.useEngine(engine);
  const parameters = weights(model).map(({ name, shape, values }) => llm.parameter(name, values, shape));
  const states = parameters.map(({ shape }) => ({ m: llm.zeros(shape), v: llm.zeros(shape) }));
  const shape = [model.batch, model.length];
  const { ids, targets } = tokens(model);
  const input = llm.tensor(ids, shape, "int32");
  const wanted = llm.tensor(targets, shape, "int32");

  const loss = (): llm.Tensor => {
    const [wte, wpe, ...rest] = parameters as [llm.Parameter, llm.Parameter, ...llm.Parameter[]];
    const next = () => rest.shift()!;
    const norm = (x: llm.Tensor) => llm.layerNorm(x, next(), next());
    let x = llm.embedding(input, wte, { position: wpe });
    for (let layer = 0; layer < model.layers; layer++) {
      const attended = llm.selfAttention(llm.linear(norm(x), next(), next()), { nHead: model.heads });
      x = llm.add(x, llm.linear(attended, next(), next()));
      const hidden = llm.linear(norm(x), next(), next(), { activation: "gelu" });
      x = llm.add(x, llm.linear(hidden, next(), next()));
    }
    return llm.crossEntropy(llm.linear(norm(x), wte, null, { transposed: true }), wanted);
  };

  let step = 0;
  return () =>
    llm.scope(async () => {
      const { value, grads } = llm.valueAndGrad(loss, parameters);
      const { scale: gradScale, read } = llm.clipScale(grads, { limit: 1, watch: [value] });
      const updates = parameters.map((parameter, i) => ({ parameter, grad: grads[i]!, state: states[i]! }));
      llm.adamw(updates, { ...optimizer, step: ++step, gradScale });
      return (await read()).watched[0]!;
    });
}
