// The forward pass once more, as data: a step for every operation of network.ts, and for those inside of attention, of
// norms and of the MLP that its kernels do at once.
import type { CompleteGptConfig } from "../config.js";
import { attentionWidths } from "../layout.js";
import type { Index, Operation, Read } from "./description.js";
import { type Shape, type Step, StepList } from "./step-list.js";

/** The steps from ids to logits, and to the probabilities that these stand for. */
export function networkSteps(config: CompleteGptConfig): Step[] {
  const { nLayer, nHead, nKvHead, nEmbd, headDim, bias, mlp, activation } = config;
  const steps = new StepList(config);
  const stream: Shape = ["B", "T", nEmbd];

  /** One number for each row of x. */
  const statisticsOf = (x: string): Shape => steps.shapeOf(x).with(-1, 1);

  /** The norm of the rows of x; of one without weights `weight` is null. */
  const norm = (name: string, x: string, weight: string | null): Operation => {
    const row = steps.read(x, "each");
    const statistics = statisticsOf(x);
    const channel: Index[] = [{ axis: statistics.length - 1 }];
    const centred = config.norm === "layer";
    if (centred) steps.part(`${name}.mean`, statistics, "mean", { kind: "mean", x: row });
    const mean = centred && { mean: steps.read(`${name}.mean`, 0) };
    const spread: Operation = { kind: "rstd", x: row, ...mean, eps: config.normEps };
    const inWords = centred ? "1 / standard deviation" : "1 / root mean square";
    const rstd = steps.part(`${name}.rstd`, statistics, inWords, spread);
    const [gain, shift] = [`${weight}.weight`, `${weight}.bias`];
    return {
      kind: "norm",
      x: steps.read(x),
      ...mean,
      rstd: steps.read(rstd, 0),
      ...(steps.hasWeight(gain) && { gain: { tensor: gain, at: channel } }),
      gainOffset: config.normOffset,
      ...(steps.hasWeight(shift) && { bias: { tensor: shift, at: channel } }),
    };
  };
  const normInWords = config.norm === "rms" ? "rmsNorm" : "layerNorm";
  const normed = (name: string, x: string) =>
    steps.made(name, steps.shapeOf(x), normInWords, norm(name, x, name));
  const normedPart = (name: string, x: string) =>
    steps.part(name, steps.shapeOf(x), normInWords, norm(name, x, name));

  /** Shares of each row of x. The largest is taken away, which changes no share and keeps exp from overflowing. */
  const softmax = (name: string, x: string): string => {
    const row = steps.read(x, "each");
    const statistics = statisticsOf(x);
    steps.part(`${name}.max`, statistics, "max", { kind: "max", x: row });
    const max = steps.read(`${name}.max`, 0);
    steps.part(`${name}.sum`, statistics, "sum of exp(x - max)", { kind: "sum-exp", x: row, max });
    const sum = steps.read(`${name}.sum`, 0);
    return steps.part(name, steps.shapeOf(x), "softmax", { kind: "softmax", x: steps.read(x), max, sum });
  };

  const product = (x: string, name: string, biased: boolean): Operation => ({
    kind: "dot",
    a: steps.read(x, "each"),
    b: { tensor: `${name}.weight`, at: ["each", { axis: 2 }] },
    ...(biased && { bias: { tensor: `${name}.bias`, at: [{ axis: 2 }] } }),
  });
  const linear = (x: string, name: string, width: number, biased: boolean) =>
    steps.made(name, ["B", "T", width], linearInWords(biased), product(x, name, biased));

  const add = (name: string, a: string, b: string) =>
    steps.made(name, stream, "add", { kind: "add", terms: [steps.read(a), steps.read(b)] });

  const embed = () => {
    const token: Index = { value: { tensor: "ids", at: [{ axis: 0 }, { axis: 1 }] } };
    const row: Read = { tensor: "wte.weight", at: [token, { axis: 2 }] };
    const place: Read = { tensor: "wpe.weight", at: [{ axis: 1 }, { axis: 2 }] };
    const factor = config.embeddingScale;
    type Stage = [part: string, operation: string, cell: (x: string) => Operation];
    const stages: Stage[] = [["token", "lookup", () => ({ kind: "lookup", x: row })]];
    if (config.position === "learned") {
      stages.push(["positioned", "add", (x) => ({ kind: "add", terms: [steps.read(x), place] })]);
    }
    if (factor !== 1) stages.push(["scaled", "scale", (x) => ({ kind: "scale", x: steps.read(x), factor })]);
    if (config.embeddingNorm) stages.push(["normed", normInWords, (x) => norm("embedding", x, null)]);

    const [, operation, last] = stages.pop()!;
    let x = "";
    for (const [name, operation, cell] of stages) {
      x = steps.part(`embedding.${name}`, stream, operation, cell(x));
    }
    return steps.made("embedding", stream, operation, last(x), "embedding");
  };

  /** Values with the token's row added, each head's columns times a gate that reads the stream. */
  const withValueEmbedding = (v: string, x: string, h: string) => {
    const { kv } = attentionWidths(config);
    const [rows, gates]: Shape[] = [
      ["B", "T", kv],
      ["B", "T", nKvHead],
    ];
    const embedding = `${h}.value_embedding`;
    const token: Index = { value: { tensor: "ids", at: [{ axis: 0 }, { axis: 1 }] } };
    const row = steps.part(`${embedding}.row`, rows!, "lookup", {
      kind: "lookup",
      x: { tensor: `${embedding}.weight`, at: [token, { axis: 2 }] },
    });
    const raw = steps.part(`${h}.value_gate.raw`, gates!, "linear without bias", {
      kind: "dot",
      a: steps.read(x, "each"),
      b: { tensor: `${h}.value_gate.weight`, at: ["each", { axis: 2 }] },
    });
    const open = steps.part(`${h}.value_gate.open`, gates!, "sigmoid", {
      kind: "activation",
      x: steps.read(raw),
      function: "sigmoid",
    });
    const gate = steps.part(`${h}.value_gate`, gates!, "scale", {
      kind: "scale",
      x: steps.read(open),
      factor: 3,
    });
    const head: Read = { tensor: gate, at: [{ axis: 0 }, { axis: 1 }, { axis: 2, over: headDim }] };
    const gated: Operation = { kind: "multiply", a: steps.read(row), b: head };
    steps.made(embedding, rows!, "multiply", gated, "embedding, gated");
    const column: Index = { axis: 1, times: headDim, plus: { axis: 3 } };
    const own: Read = { tensor: embedding, at: [{ axis: 0 }, { axis: 2 }, column] };
    return steps.part(`${v}_embedded`, steps.shapeOf(v), "add", {
      kind: "add",
      terms: [steps.read(v), own],
    });
  };

  /** The stream and its beginning, each times a number of the layer. */
  const mix = (x: string, layer: number) => {
    const m = `h.${layer}.mix`;
    const times = (name: string, x: string, factor: string) =>
      steps.read(
        steps.part(`${m}.${name}`, stream, "multiply", {
          kind: "multiply",
          a: steps.read(x),
          b: { tensor: `${m}.${factor}`, at: [0] },
        }),
      );
    const terms = [times("residual", x, "resid_lambda"), times("x0", "embedding", "x0_lambda")];
    return steps.made(m, stream, "add", { kind: "add", terms }, "sum of both, scaled");
  };

  const attention = (x: string, layer: number) => {
    const h = `h.${layer}.attn`;
    const { q: qWidth, kv } = attentionWidths(config);
    const group = nHead / nKvHead;
    const qkv = linear(x, `${h}.c_attn`, qWidth + 2 * kv, bias.qkv);

    const heads = (name: string, count: number, start: number) =>
      steps.part(`${h}.${name}`, ["B", count, "T", headDim], "columns of one head each", {
        kind: "copy",
        x: {
          tensor: qkv,
          at: [{ axis: 0 }, { axis: 2 }, { axis: 1, times: headDim, plus: { axis: 3, plus: start } }],
        },
      });
    const columns = {
      q: heads("q", nHead, 0),
      k: heads("k", nKvHead, qWidth),
      v: heads("v", nKvHead, qWidth + kv),
    };
    const v = config.valueEmbeddings[layer] ? withValueEmbedding(columns.v, x, h) : columns.v;
    const rotates = config.position !== "learned" && config.position[layer] === "rope";
    if (rotates) {
      const rope = config.rope[layer]!;
      const cell: Operation = { kind: "angles", rope, blockSize: config.blockSize };
      steps.table(`${h}.rope`, ["T", rope.rotaryDim], "cosines and sines", cell);
    }
    const rotated = (x: string) => {
      if (!rotates) return x;
      const { rotaryDim, interleaved } = config.rope[layer]!;
      return steps.part(`${x}_rotated`, steps.shapeOf(x), "rotation", {
        kind: "rotate",
        x: steps.read(x),
        table: { tensor: `${h}.rope`, at: [{ axis: 2 }, "each"] },
        rotaryDim,
        interleaved,
      });
    };
    const ready = (name: "q" | "k") => {
      let x = columns[name];
      if (config.qkNorm === "before-rope") x = normedPart(`${h}.${name}_norm`, x);
      x = rotated(x);
      return config.qkNorm === "after-rope" ? normedPart(`${h}.${name}_norm`, x) : x;
    };
    const [q, k] = [ready("q"), ready("k")];

    const square: Shape = ["B", nHead, "T", "T"];
    let scores = steps.part(`${h}.scores`, square, "query · key", {
      kind: "dot",
      a: { tensor: q, at: [{ axis: 0 }, { axis: 1 }, { axis: 2 }, "each"] },
      b: { tensor: k, at: [{ axis: 0 }, { axis: 1, over: group }, { axis: 3 }, "each"] },
      scale: config.attentionScale * config.qkScale ** 2,
    });
    const cap = config.attentionSoftcap;
    if (cap > 0) {
      scores = steps.part(`${h}.capped`, square, "softcap", { kind: "softcap", x: steps.read(scores), cap });
    }
    const window = config.windows[layer]!;
    const masked = steps.part(`${h}.masked`, square, "mask", { kind: "mask", x: steps.read(scores), window });
    const weights = softmax(`${h}.weights`, masked);
    const mixed: Operation = {
      kind: "dot",
      a: { tensor: weights, at: [{ axis: 0 }, { axis: 2, over: headDim }, { axis: 1 }, "each"] },
      b: {
        tensor: v,
        at: [{ axis: 0 }, { axis: 2, over: headDim * group }, "each", { axis: 2, modulo: headDim }],
      },
    };
    steps.made(h, ["B", "T", qWidth], "weights · values", mixed, attentionInWords(config, layer));
    return linear(h, `${h}.c_proj`, nEmbd, bias.attention);
  };

  const feedForward = (x: string, layer: number) => {
    const m = `h.${layer}.mlp`;
    const inner: Shape = ["B", "T", mlp.width];
    let wide: string;
    if (mlp.kind === "gated") {
      const both = linear(x, `${m}.c_fc`, 2 * mlp.width, bias.mlp);
      const half = (name: string, start: number) =>
        steps.part(`${m}.${name}`, inner, "half of the columns", {
          kind: "copy",
          x: steps.read(both, { axis: 2, plus: start }),
        });
      const gate = half("gate", 0);
      const activated = steps.part(`${m}.activated`, inner, activation, {
        kind: "activation",
        x: steps.read(gate),
        function: activation,
      });
      const up = half("up", mlp.width);
      const cell: Operation = { kind: "multiply", a: steps.read(activated), b: steps.read(up) };
      wide = steps.made(`${m}.gated`, inner, "multiply", cell, `${activation} of one half times the other`);
    } else {
      const name = `${m}.c_fc`;
      const raw = steps.part(`${name}.raw`, inner, linearInWords(bias.mlp), product(x, name, bias.mlp));
      const cell: Operation = { kind: "activation", x: steps.read(raw), function: activation };
      wide = steps.made(name, inner, activation, cell, `${linearInWords(bias.mlp)}, ${activation}`);
    }
    return linear(wide, `${m}.c_proj`, nEmbd, bias.mlp);
  };

  const head = (x: string) => {
    const shape: Shape = ["B", "T", config.vocabSize];
    const raw: Operation = {
      kind: "dot",
      a: steps.read(x, "each"),
      b: { tensor: config.tied ? "wte.weight" : "lm_head.weight", at: [{ axis: 2 }, "each"] },
      ...(bias.head && { bias: { tensor: "lm_head.bias", at: [{ axis: 2 }] } }),
    };
    const operation = config.tied ? "linear, tied" : "linear";
    if (config.softcap === 0) return steps.made("logits", shape, operation, raw);
    const capped = steps.read(steps.part("logits.raw", shape, operation, raw));
    const cell: Operation = { kind: "softcap", x: capped, cap: config.softcap };
    return steps.made("logits", shape, "softcap", cell, `${operation}, softcap`);
  };

  let x = embed();
  for (let layer = 0; layer < nLayer; layer++) {
    const h = `h.${layer}`;
    if (config.residualScalars) x = mix(x, layer);
    const norm1 = normed(`${h}.ln_1`, x);
    let attended = attention(norm1, layer);
    if (config.postNorm) attended = normed(`${h}.ln_1_post`, attended);
    x = add(`${h}.residual_1`, x, attended);
    let fed = feedForward(config.parallel ? norm1 : normed(`${h}.ln_2`, x), layer);
    if (config.postNorm) fed = normed(`${h}.ln_2_post`, fed);
    x = add(`${h}.residual_2`, x, fed);
  }
  softmax("probabilities", head(normed("ln_f", x)));
  return steps.all;
}

const linearInWords = (biased: boolean) => (biased ? "linear" : "linear without bias");

/** What happens between q|k|v and the mixed values. */
function attentionInWords(config: CompleteGptConfig, layer: number): string {
  const norm = config.qkNorm === "none" ? [] : ["norm of q and k"];
  const rope =
    config.position !== "learned" && config.position[layer] === "rope" ? ["rotation of q and k"] : [];
  const before = config.qkNorm === "after-rope" ? [...rope, ...norm] : [...norm, ...rope];
  const values = config.valueEmbeddings[layer] ? ["rows added to v"] : [];
  const window = config.windows[layer]!;
  const causal = window > 0 ? `causal attention to ${window} positions` : "causal attention";
  return [...values, ...before, causal].join(", ");
}
