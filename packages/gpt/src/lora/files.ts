// Adapters as PEFT stores them: adapter_config.json and adapter_model.safetensors.
import { readSafetensors, SafetensorsError, type SafetensorsInput, writeSafetensors } from "@llm/tensor";
import { readModelFile, writeModelFiles } from "#files";
import { ConfigError, WeightsError } from "../errors.js";
import type { Family } from "../families/family.js";
import type { Adapter } from "./adapter.js";
import { type Module, namesOf } from "./modules.js";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";

/** The files of an adapter. */
export interface AdapterFiles {
  readonly "adapter_config.json": Uint8Array;
  readonly "adapter_model.safetensors": Uint8Array;
}

/** What adapters have in common. */
export interface AdapterSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly useRslora: boolean;
}

const tensorName = (module: Module, which: "A" | "B") =>
  `base_model.model.${module.name}.lora_${which}.weight`;

/** The bytes of both files. */
export async function adapterFiles(
  { rank, alpha, dropout, useRslora }: AdapterSettings,
  adapters: readonly Adapter[],
  all: readonly Module[],
  family: Family,
): Promise<AdapterFiles> {
  const modules = adapters.map(({ module }) => module);
  const isConv1d = family.tensors?.some(
    ({ ours, transposed }) => /c_attn\.weight$/.test(ours) && !transposed,
  );
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: null,
    inference_mode: true,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    use_rslora: useRslora,
    target_modules: namesOf(modules, all),
    fan_in_fan_out: isConv1d ?? false,
    bias: "none",
    modules_to_save: null,
    init_lora_weights: true,
    use_dora: false,
    rank_pattern: {},
    alpha_pattern: {},
  };
  const tensors = new Map<string, { shape: readonly number[]; data: SafetensorsInput }>();
  for (const { module, a, b } of adapters) {
    tensors.set(tensorName(module, "A"), { shape: a.shape, data: (await a.data()) as SafetensorsInput });
    tensors.set(tensorName(module, "B"), { shape: b.shape, data: (await b.data()) as SafetensorsInput });
  }
  return {
    [CONFIG]: new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
    [WEIGHTS]: writeSafetensors(tensors, { format: "pt" }),
  };
}

/** Writes both files, or neither. */
export async function writeAdapter(folder: string, files: AdapterFiles): Promise<void> {
  await writeModelFiles(folder, { [CONFIG]: [files[CONFIG]], [WEIGHTS]: [files[WEIGHTS]] });
}

/** PEFT stores the matrix of a head that has an adapter, too. */
const HEAD = "base_model.model.lm_head.base_layer.weight";

/** Adapters that were read. */
interface ReadAdapter {
  readonly settings: AdapterSettings;
  readonly modules: readonly Module[];
  readonly values: (module: Module, which: "A" | "B") => ArrayLike<number>;
  /** The head that the adapter was trained with, where it is stored. */
  readonly head: ArrayLike<number> | null;
}

/** Reads adapters for a model that has these modules. */
export async function readAdapter(
  source: string | AdapterFiles,
  all: readonly Module[],
): Promise<ReadAdapter> {
  const bytes = async (name: keyof AdapterFiles) => {
    const content =
      typeof source === "string" ? await readModelFile(source, name).catch(() => null) : source[name];
    if (content) return content;
    const place = typeof source === "string" ? `in "${source}"` : "among the files given";
    throw new WeightsError(`no readable ${name} ${place}; an adapter has ${CONFIG} and ${WEIGHTS}`);
  };
  const settings = readSettings(await bytes(CONFIG));
  const tensors = readTensors(await bytes(WEIGHTS));
  const modules = all.filter((module) => tensors.has(tensorName(module, "A")));
  const faults: string[] = [];
  const expected = new Set<string>(modules.some(({ matrix }) => matrix === "lm_head") ? [HEAD] : []);
  for (const module of modules) {
    const { rank } = settings;
    const shapes = { A: [rank, module.inputs], B: [module.outputs, rank] };
    for (const which of ["A", "B"] as const) {
      const name = tensorName(module, which);
      expected.add(name);
      const shape = tensors.get(name)?.shape;
      if (!shape) faults.push(`${name} is missing`);
      else if (shape.join() !== shapes[which].join())
        faults.push(`${name} has shape [${shape}] where [${shapes[which]}] is wanted`);
    }
  }
  for (const module of all) {
    const { targets } = settings;
    const isTarget = targets.some((end) => module.name === end || module.name.endsWith(`.${end}`));
    if (isTarget && !modules.includes(module)) faults.push(`${tensorName(module, "A")} is missing`);
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name))
      faults.push(`${name} belongs to no matrix of this model that can have an adapter`);
  }
  if (tensors.size === 0) faults.push("it is empty");
  if (faults.length > 0) throw new WeightsError(`${WEIGHTS} does not fit the model: ${faults.join("; ")}`);
  const values = (module: Module, which: "A" | "B") =>
    tensors.get(tensorName(module, which))!.data as ArrayLike<number>;
  return { settings, modules, values, head: tensors.get(HEAD)?.data ?? null };
}

function readTensors(bytes: Uint8Array) {
  try {
    return readSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new WeightsError(`${WEIGHTS} cannot be read; was it cut short? ${error.message}`, { cause: error });
  }
}

/** Settings that say nothing of what is computed once the adapter is there. */
const SILENT =
  /^(task_type|auto_mapping|peft_version|base_model_name_or_path|revision|inference_mode|fan_in_fan_out|megatron_core|qalora_group_size|exclude_modules|eva_config|loftq_config|corda_config|lora_ga_config)$/;

/** Settings that have one value only that is computed here; `null`, `false`, `{}` and `[]` are none. */
const ONLY: Readonly<Record<string, readonly unknown[]>> = {
  peft_type: ["LORA"],
  bias: ["none"],
  // The others change the base's weights before training.
  init_lora_weights: [true, false, "gaussian", "eva", "orthogonal"],
};

function readSettings(bytes: Uint8Array): AdapterSettings & { targets: readonly string[] } {
  let json: Record<string, unknown>;
  try {
    json = Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new WeightsError(`${CONFIG} is not JSON; was it cut short?`, { cause });
  }
  const refuse = (key: string, accepted: string) => {
    throw new ConfigError(`${CONFIG}: ${key} is ${JSON.stringify(json[key])}; ${accepted}`);
  };
  const number = (key: string, fallback: number, accepts: (value: number) => boolean, rule: string) => {
    const value = json[key] ?? fallback;
    if (typeof value !== "number" || !accepts(value)) refuse(key, rule);
    return value as number;
  };
  for (const key of ["peft_type", ...Object.keys(json)]) {
    const accepted = ONLY[key];
    if (accepted) {
      if (!accepted.includes(json[key]))
        refuse(key, `only ${accepted.map((each) => JSON.stringify(each)).join(" or ")} is computed here`);
    } else if (!READ.has(key) && !SILENT.test(key) && !isNone(json[key])) {
      refuse(key, "this is not computed here; merge the adapter with PEFT and load the merged model");
    }
  }
  const targets = json["target_modules"];
  return {
    rank: number(
      "r",
      8,
      (value) => Number.isSafeInteger(value) && value > 0,
      "it must be a whole number above 0",
    ),
    alpha: number("lora_alpha", 8, Number.isFinite, "it must be a number"),
    dropout: number(
      "lora_dropout",
      0,
      (value) => value >= 0 && value < 1,
      "it must be at least 0 and below 1",
    ),
    useRslora: json["use_rslora"] === true,
    // An expression is PEFT's to read: the tensors say what it chose.
    targets: Array.isArray(targets) && isNone(json["exclude_modules"]) ? targets.map(String) : [],
  };
}

const READ = new Set(["r", "lora_alpha", "lora_dropout", "use_rslora", "target_modules"]);

function isNone(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
