// The folder layout Hugging Face uses for GPT-2: config.json and model.safetensors.
import { encodeSafetensors, type SafetensorsInput } from "@llm/tensor";
import { type CompleteGptConfig, completeConfig } from "./config.js";
import { ConfigError, WeightsError } from "./errors.js";
import { layout, sizeOf } from "./layout.js";

const activations = { gelu: "gelu_new", "gelu-erf": "gelu" } as const;

/** The content of `config.json`: the keys of `GPT2LMHeadModel`, and `bias` where it is false. */
export function toHuggingFaceConfig(config: CompleteGptConfig): Record<string, unknown> {
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: config.vocabSize,
    n_positions: config.blockSize,
    n_ctx: config.blockSize,
    n_embd: config.nEmbd,
    n_layer: config.nLayer,
    n_head: config.nHead,
    n_inner: null,
    activation_function: activations[config.activation],
    layer_norm_epsilon: config.normEps,
    embd_pdrop: config.dropout,
    resid_pdrop: config.dropout,
    attn_pdrop: config.dropout,
    initializer_range: 0.02,
    scale_attn_weights: true,
    scale_attn_by_inverse_layer_idx: false,
    reorder_and_upcast_attn: false,
    tie_word_embeddings: true,
    bos_token_id: config.endOfText ?? null,
    eos_token_id: config.endOfText ?? null,
    torch_dtype: "float32",
    use_cache: true,
    ...(config.bias ? {} : { bias: false }),
  };
}

/**
 * Reads a Hugging Face `config.json` of the GPT-2 family.
 * @throws {ConfigError} for another family, or a setting this model does not compute
 */
export function fromHuggingFaceConfig(json: Readonly<Record<string, unknown>>): CompleteGptConfig {
  const refuse = (key: string, accepted: string): never => {
    throw new ConfigError(`config.json: ${key} is ${JSON.stringify(json[key])}; ${accepted}`);
  };
  if (json.model_type !== "gpt2") {
    refuse("model_type", 'only "gpt2" is read here');
  }
  const activation =
    { gelu_new: "gelu" as const, gelu_pytorch_tanh: "gelu" as const, gelu: "gelu-erf" as const }[
      String(json.activation_function ?? "gelu_new")
    ] ?? refuse("activation_function", '"gelu_new" and "gelu" are known');
  const width = Number(json.n_embd);
  if (json.n_inner != null && json.n_inner !== 4 * width) {
    refuse("n_inner", `it must be null or 4 n_embd = ${4 * width}`);
  }
  if (json.scale_attn_weights === false) {
    refuse("scale_attn_weights", "it must be true");
  }
  if (json.scale_attn_by_inverse_layer_idx === true) {
    refuse("scale_attn_by_inverse_layer_idx", "it must be false");
  }
  if (json.tie_word_embeddings === false) {
    refuse("tie_word_embeddings", "it must be true");
  }
  return completeConfig({
    vocabSize: Number(json.vocab_size),
    blockSize: Number(json.n_positions),
    nLayer: Number(json.n_layer),
    nHead: Number(json.n_head),
    nEmbd: width,
    activation,
    bias: json.bias !== false,
    dropout: Number(json.resid_pdrop ?? 0.1),
    normEps: Number(json.layer_norm_epsilon ?? 1e-5),
    ...(typeof json.eos_token_id === "number" ? { endOfText: json.eos_token_id } : {}),
  });
}

/**
 * The bytes of `model.safetensors`, in pieces, with memory for one weight. A model without biases gets zero biases in
 * the file, because `GPT2LMHeadModel` always has them; they add nothing.
 */
export function encodeWeights(
  config: CompleteGptConfig,
  read: (name: string) => Promise<SafetensorsInput>,
): AsyncIterable<Uint8Array> {
  const own = new Set(layout(config).map(({ name }) => name));
  const all = new Map(layout({ ...config, bias: true }).map((weight) => [weight.name, weight]));
  const values = (name: string) =>
    own.has(name) ? read(name) : new Float32Array(sizeOf(all.get(name)!.shape));
  return encodeSafetensors(all.values(), values, { format: "pt" });
}

/**
 * Compares what is in a `model.safetensors` with the weights of a model: names with or without the `transformer.` prefix
 * of files `transformers` wrote. The answer takes each tensor and tells which weight it is: none, if it is a mask kept as
 * buffer, a second copy of the tied head, or a bias of zeros that this model does without.
 * @throws {WeightsError} naming every tensor that is missing, mis-shaped or not the model's
 */
export function matchWeights(
  config: CompleteGptConfig,
  tensors: Iterable<{ readonly name: string; readonly shape: readonly number[] }>,
): (name: string, data: ArrayLike<number>) => string | undefined {
  const bare = (name: string) => name.replace(/^transformer\./, "");
  const refuse = (faults: readonly string[]): never => {
    throw new WeightsError(
      `model.safetensors does not fit config.json: ${faults.join("; ")}. Check n_layer, n_embd, vocab_size and bias`,
    );
  };
  const foreign = (name: string) => `${name} is not a tensor of this config`;

  const weights = layout(config);
  const found = new Map([...tensors].map(({ name, shape }) => [bare(name), shape]));
  const faults: string[] = [];
  for (const { name, shape } of weights) {
    const there = found.get(name);
    if (!there) {
      faults.push(`${name} is missing`);
    } else if (there.join() !== shape.join()) {
      faults.push(`${name} has shape [${there}] where the config wants [${shape}]`);
    }
    found.delete(name);
  }
  const biases = new Set<string>();
  for (const name of found.keys()) {
    if (/\.attn\.(masked_)?bias$/.test(name) || name === "lm_head.weight") continue;
    if (!config.bias && name.endsWith(".bias")) biases.add(name);
    else faults.push(foreign(name));
  }
  if (faults.length > 0) refuse(faults);

  const own = new Set(weights.map(({ name }) => name));
  return (name, data) => {
    const weight = bare(name);
    if (own.has(weight)) return weight;
    if (biases.has(weight) && !isZero(data)) refuse([foreign(weight)]);
    return undefined;
  };
}

function isZero(data: ArrayLike<number>): boolean {
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0) {
      return false;
    }
  }
  return true;
}
