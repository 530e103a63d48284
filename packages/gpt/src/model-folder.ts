// Reads a model's files: config.json and safetensors, in one piece or in shards, as Hugging Face lays them out.
import {
  decodeSafetensors,
  type Parameter,
  parameter,
  readSafetensors,
  type SafetensorsData,
  SafetensorsError,
} from "@llm/tensor";
import { finishSave, hasModelFile, openModelFile, readModelFile } from "#files";
import { ConfigError, WeightsError } from "./errors.js";
import { type Described, readConfig } from "./families/index.js";
import { CONFIG, INDEX, WEIGHTS } from "./file-names.js";
import { type FrozenWeight, freeze, storedType, type WeightDType } from "./frozen.js";
import { FrozenRows, rowsAtOnce } from "./frozen-rows.js";
import { WeightReader } from "./weight-files.js";

/** A model that was read. */
export interface ReadModel extends Described {
  readonly weights: ReadonlyMap<string, Parameter>;
  /** Those in fewer bits. */
  readonly frozen: ReadonlyMap<string, FrozenWeight>;
}

function parseConfig(bytes: Uint8Array): Described {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new WeightsError(`${CONFIG} is not JSON; was it cut short?`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ConfigError(`${CONFIG} holds no object; a model's configuration is one`);
  }
  return readConfig(json as Record<string, unknown>);
}

/** What a damaged file has thrown, in this package's words; any other error as it is. */
function unreadable(error: unknown, name: string): unknown {
  if (!(error instanceof SafetensorsError)) return error;
  return new WeightsError(`${name} cannot be read; was it cut short? ${error.message}`, { cause: error });
}

/** The weights that a reader makes whole, in the types they are wanted in; all are freed when one cannot be had. */
class Weights {
  readonly all = new Map<string, Parameter>();
  readonly frozen = new Map<string, FrozenWeight>();
  readonly reader: WeightReader;
  readonly #dtype: WeightDType;
  /** Those of which some rows have come. */
  readonly #begun = new Map<string, FrozenRows>();
  /** Where the next rows of a tensor go. */
  readonly #next = new Map<string, number>();

  constructor({ config, family }: Described, dtype: WeightDType) {
    this.reader = new WeightReader(config, family);
    this.#dtype = dtype;
  }

  /** Rows that are to come at a time, so that few of them are in 32 bits at once; undefined for all. */
  rowsOf(name: string): number | undefined {
    const rows = this.reader.rowsOf(name);
    return rows ? rowsAtOnce(rows, storedType(rows.weight.name, this.#dtype)) : undefined;
  }

  add(name: string, data: SafetensorsData): void {
    const whole = this.reader.add(name, data);
    if (!whole) return;
    const { weight, values } = whole;
    const dtype = storedType(weight.name, this.#dtype);
    if (dtype === "float32") this.all.set(weight.name, parameter(weight.name, values, weight.shape));
    else this.frozen.set(weight.name, freeze(weight, values, dtype));
  }

  /** The same where a tensor comes `rowsOf` at a time. */
  async addRows(name: string, data: SafetensorsData): Promise<void> {
    if (this.rowsOf(name) === undefined) return this.add(name, data);
    if (!this.reader.addRows(name, data)) return;
    const { weight } = this.reader.rowsOf(name)!;
    const dtype = storedType(weight.name, this.#dtype) as FrozenWeight["dtype"];
    const begun = this.#begun.get(weight.name) ?? new FrozenRows(weight, dtype);
    this.#begun.set(weight.name, begun);
    const next = this.#next.get(name) ?? this.reader.rowsOf(name)!.first;
    const frozen = await begun.add(data, next);
    this.#next.set(name, next + begun.rowsIn(data));
    if (!frozen) return;
    this.#begun.delete(weight.name);
    this.frozen.set(weight.name, frozen);
  }

  dispose(): void {
    for (const each of [this.all, this.frozen, this.#begun]) {
      for (const weight of each.values()) weight.dispose();
    }
  }
}

/**
 * Reads what a folder says of its model, and finishes a save that was stopped.
 * @throws {WeightsError} when there is no readable config.json
 * @throws {ConfigError} for a model that is not known here
 */
export async function describeFolder(folder: string): Promise<Described> {
  await finishSave(folder).catch((cause: unknown) => {
    throw new WeightsError(
      `a save into "${folder}" was stopped before its last step, which cannot be done now: ${(cause as Error).message}`,
      { cause },
    );
  });
  const json = await readModelFile(folder, CONFIG).catch((cause: unknown) => {
    throw new WeightsError(
      `no readable ${CONFIG} in "${folder}"; a model folder holds ${CONFIG} and ${WEIGHTS}`,
      { cause },
    );
  });
  return parseConfig(json);
}

/**
 * Reads a model from a folder (in the browser: from its URL), one tensor after the other: beside the weights themselves it
 * needs memory for the largest.
 * @throws {WeightsError} when a file is absent or a tensor is missing or mis-shaped
 * @throws {ConfigError} for a model that is not known here
 */
export async function readFolder(folder: string, dtype: WeightDType): Promise<ReadModel> {
  const described = await describeFolder(folder);
  const weights = new Weights(described, dtype);
  const files = await weightFiles(folder);
  if (files.names) weights.reader.check(files.names.map((name) => ({ name })));
  try {
    for (const file of files.all) {
      await readFile(folder, file, weights, files.names !== null).catch((error: unknown) => {
        throw unreadable(error, file);
      });
    }
    weights.reader.end();
  } catch (error) {
    weights.dispose();
    throw error;
  }
  return { ...described, weights: weights.all, frozen: weights.frozen };
}

async function readFile(folder: string, name: string, weights: Weights, isShard: boolean): Promise<void> {
  const chunks = await openModelFile(folder, name).catch((cause: unknown) => {
    throw new WeightsError(`no readable ${name} in "${folder}", which ${INDEX} names; download it too`, {
      cause,
    });
  });
  const { infos, tensors, close } = await decodeSafetensors(chunks, {
    wants: ({ name }) => weights.reader.wants(name),
    rows: ({ name }) => weights.rowsOf(name),
  });
  try {
    if (isShard) weights.reader.checkShapes(infos);
    else weights.reader.check(infos);
    for await (const [tensor, { data }] of tensors) await weights.addRows(tensor, data);
  } finally {
    await close();
  }
}

/** The files that hold the weights; with several, the names of all tensors in them. */
export async function weightFiles(folder: string): Promise<{
  all: readonly string[];
  names: readonly string[] | null;
  map: Readonly<Record<string, string>>;
}> {
  if (await hasModelFile(folder, WEIGHTS)) return { all: [WEIGHTS], names: null, map: {} };
  let index: { weight_map?: Record<string, string> };
  try {
    index = JSON.parse(new TextDecoder().decode(await readModelFile(folder, INDEX)));
  } catch (cause) {
    if (await hasModelFile(folder, "pytorch_model.bin")) {
      throw new WeightsError(
        `"${folder}" has its weights in pytorch_model.bin only, which is not read here; open it with transformers and save it again with save_pretrained, which writes ${WEIGHTS}`,
        { cause },
      );
    }
    throw new WeightsError(
      `no readable ${WEIGHTS} in "${folder}"; a model folder holds ${CONFIG} and ${WEIGHTS}, or shards of it and ${INDEX}`,
      { cause },
    );
  }
  const map = index.weight_map;
  if (typeof map !== "object" || map === null) {
    throw new WeightsError(`${INDEX} in "${folder}" has no weight_map, which says where each tensor is`);
  }
  for (const file of Object.values(map)) {
    if (typeof file === "string" && !/[/\\]/.test(file)) continue;
    throw new WeightsError(
      `${INDEX} in "${folder}" names the file ${JSON.stringify(file)}; it must be beside it`,
    );
  }
  return { all: [...new Set(Object.values(map))], names: Object.keys(map), map };
}

/** Reads a model from the bytes of its files. */
export function readFiles(files: Readonly<Record<string, Uint8Array>>, dtype: WeightDType): ReadModel {
  const bytes = (name: string): Uint8Array => {
    const content = files[name];
    if (!content) throw new WeightsError(`${name} is not among the files given: ${Object.keys(files)}`);
    return content;
  };
  const described = parseConfig(bytes(CONFIG));
  const weights = new Weights(described, dtype);
  const content = bytes(WEIGHTS);
  try {
    const { tensors } = readSafetensors(content, { wants: ({ name }) => weights.reader.wants(name) });
    weights.reader.check([...tensors].map(([name, { shape }]) => ({ name, shape })));
    for (const [name, { data }] of tensors) weights.add(name, data);
  } catch (error) {
    weights.dispose();
    throw unreadable(error, WEIGHTS);
  }
  return { ...described, weights: weights.all, frozen: weights.frozen };
}
