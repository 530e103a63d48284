// The folder layout Hugging Face uses for GPT-2: config.json and model.safetensors.
import { readSafetensors, writeSafetensors } from "@llm/tensor";
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
    attn_pdrop: 0,
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
 * The bytes of `model.safetensors`. A model without biases gets zero biases in the file, because
 * `GPT2LMHeadModel` always has them; they add nothing.
 */
export function toHuggingFaceWeights(
  config: CompleteGptConfig,
  weights: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const all = layout({ ...config, bias: true }).map(
    ({ name, shape }) =>
      [name, { shape: [...shape], data: weights.get(name) ?? new Float32Array(sizeOf(shape)) }] as const,
  );
  return writeSafetensors(new Map(all), { format: "pt" });
}

/**
 * Reads `model.safetensors`, with or without the `transformer.` prefix of files `transformers` wrote.
 * The masks kept as buffers and a second copy of the tied head are skipped.
 * @throws {WeightsError} naming every tensor that is missing, mis-shaped or not the model's, or what
 * is wrong with the file as such
 */
export function fromHuggingFaceWeights(
  config: CompleteGptConfig,
  bytes: Uint8Array,
): Map<string, ArrayLike<number>> {
  const found = new Map(
    [...parse(bytes)].map(([name, tensor]) => [name.replace(/^transformer\./, ""), tensor]),
  );
  const weights = new Map<string, ArrayLike<number>>();
  const faults: string[] = [];
  for (const { name, shape } of layout(config)) {
    const tensor = found.get(name);
    if (!tensor) {
      faults.push(`${name} is missing`);
    } else if (tensor.shape.join() !== shape.join()) {
      faults.push(`${name} has shape [${tensor.shape}] where the config wants [${shape}]`);
    } else {
      weights.set(name, tensor.data);
    }
    found.delete(name);
  }
  for (const [name, { data }] of found) {
    const buffer = /\.attn\.(masked_)?bias$/.test(name) || name === "lm_head.weight";
    const nothing = !config.bias && name.endsWith(".bias") && isZero(data);
    if (!buffer && !nothing) {
      faults.push(`${name} is not a tensor of this config`);
    }
  }
  if (faults.length > 0) {
    throw new WeightsError(
      `model.safetensors does not fit config.json: ${faults.join("; ")}. Check n_layer, n_embd, vocab_size and bias`,
    );
  }
  return weights;
}

function parse(bytes: Uint8Array): ReturnType<typeof readSafetensors>["tensors"] {
  try {
    return readSafetensors(bytes).tensors;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WeightsError(`model.safetensors cannot be read; was it cut short? ${reason}`, { cause });
  }
}

function isZero(data: ArrayLike<number>): boolean {
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0) {
      return false;
    }
  }
  return true;
}
