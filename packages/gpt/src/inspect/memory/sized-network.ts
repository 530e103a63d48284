import type { CompleteGptConfig } from "../../config.js";
import { attentionWidths, layout, sizeOf } from "../../layout.js";
import type { Ledger } from "./ledger.js";
import type { Sized, SizedTape } from "./sized-tape.js";

/** The parameters of a model by name, taken from a ledger. */
export function sizedParameters(
  config: CompleteGptConfig,
  bytesOf: (name: string, shape: readonly number[]) => number,
  ledger: Ledger,
) {
  return new Map(
    layout(config).map(({ name, shape }): [string, Sized] => [
      name,
      { size: sizeOf(shape), block: ledger.take(bytesOf(name, shape), "weights"), isParameter: true },
    ]),
  );
}

/** The operations of network.ts on sizes, for B rows of T positions. */
export function sizedNetwork(
  config: CompleteGptConfig,
  parameters: ReadonlyMap<string, Sized>,
  tape: SizedTape,
  { B, T, training, isQuantized }: { B: number; T: number; training: boolean; isQuantized: boolean },
) {
  const { nEmbd, nHead, headDim, mlp, bias, vocabSize } = config;
  const rows = B * T;
  const { q, kv } = attentionWidths(config);
  const drops = training && config.dropout > 0;

  const given = (...names: (string | false)[]) =>
    names.flatMap((name) => (name && parameters.has(name) ? [parameters.get(name)!] : []));
  const norm = (x: Sized, name: string, width = nEmbd) => {
    const statistics = (x.size / width) * (config.norm === "layer" ? 2 : 1);
    return tape.of([x, ...given(`${name}.weight`, `${name}.bias`)], x.size, { extra: statistics });
  };
  const project = (x: Sized, name: string, width: number, biased: boolean, isActivated = false) => {
    const isFused = isActivated && !isQuantized;
    const product = tape.linear(x, rows, width, given(`${name}.weight`, biased && `${name}.bias`), isFused);
    return isActivated && !isFused ? tape.of([product], product.size) : product;
  };
  const drop = (x: Sized) => (drops ? tape.inPlace(x) : x);
  const part = (x: Sized, width: number) => tape.of([x], rows * width, { kept: false });

  const normQueriesAndKeys = (qkv: Sized, h: string) => {
    const normed = (width: number, name: string) =>
      tape.view(norm(tape.view(part(qkv, width)), `${h}.attn.${name}`, headDim));
    const all = [normed(q, "q_norm"), normed(kv, "k_norm"), part(qkv, kv)];
    return tape.of(all, qkv.size, { kept: false });
  };
  const addToValues = (qkv: Sized, x: Sized, h: string) => {
    const [table] = given(`${h}.attn.value_embedding.weight`);
    const [gate] = given(`${h}.attn.value_gate.weight`);
    const channels = gate!.size / config.nKvHead;
    const row = tape.of([table!], rows * kv);
    const matrix = tape.of([gate!], channels * kv);
    const open = tape.inPlace(tape.linear(part(x, channels), rows, kv, [matrix]), { keepsResult: true });
    const gated = tape.add(part(row, kv), tape.of([open, row], rows * kv));
    return tape.of([part(qkv, q + kv), tape.add(part(qkv, kv), gated)], qkv.size, { kept: false });
  };
  const mixStreams = (x: Sized, x0: Sized, h: string) => {
    const kept = tape.of([...given(`${h}.mix.resid_lambda`), tape.view(x)], x.size);
    return tape.view(tape.of([...given(`${h}.mix.x0_lambda`), tape.view(x0)], x.size, { plus: kept }));
  };
  const attention = (x: Sized, layer: number) => {
    const h = `h.${layer}`;
    let qkv = project(x, `${h}.attn.c_attn`, q + 2 * kv, bias.qkv);
    if (config.valueEmbeddings[layer]) qkv = addToValues(qkv, x, h);
    if (config.qkNorm === "before-rope") qkv = normQueriesAndKeys(qkv, h);
    if (config.position !== "learned" && config.position[layer] === "rope") qkv = tape.inPlace(qkv);
    if (config.qkNorm === "after-rope") qkv = normQueriesAndKeys(qkv, h);
    const mixed = tape.of([qkv], rows * q, { keepsResult: true, extra: rows * nHead });
    const out = project(mixed, `${h}.attn.c_proj`, nEmbd, bias.attention);
    return drop(config.postNorm ? norm(out, `${h}.ln_1_post`) : out);
  };
  const feedForward = (x: Sized, layer: number) => {
    const h = `h.${layer}`;
    const isGated = mlp.kind === "gated";
    let wide = project(x, `${h}.mlp.c_fc`, isGated ? 2 * mlp.width : mlp.width, bias.mlp, !isGated);
    if (isGated) wide = tape.of([wide], rows * mlp.width);
    const out = project(wide, `${h}.mlp.c_proj`, nEmbd, bias.mlp);
    return drop(config.postNorm ? norm(out, `${h}.ln_2_post`) : out);
  };

  return {
    embed(): Sized {
      let x = tape.of(given("wte.weight", "wpe.weight"), rows * nEmbd);
      if (config.embeddingScale !== 1) x = tape.of([x], x.size, { kept: false });
      if (config.embeddingNorm) x = norm(x, "");
      return drop(x);
    },
    block(stream: Sized, layer: number, x0: Sized): Sized {
      const h = `h.${layer}`;
      const input = config.residualScalars ? mixStreams(stream, x0, h) : stream;
      const normed = norm(input, `${h}.ln_1`);
      const x = tape.add(input, attention(normed, layer));
      return tape.add(x, feedForward(config.parallel ? normed : norm(x, `${h}.ln_2`), layer));
    },
    finalNorm: (x: Sized): Sized => norm(x, "ln_f"),
    /** Logits of some rows. */
    logits(x: Sized, rows: number): Sized {
      const table = given(config.tied ? "wte.weight" : "lm_head.weight", "lm_head.bias");
      const raw = tape.linear(x, rows, vocabSize, table);
      return config.softcap > 0 ? tape.inPlace(raw, { keepsResult: true }) : raw;
    },
  };
}
