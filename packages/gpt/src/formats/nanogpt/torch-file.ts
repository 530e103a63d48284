// What torch.save writes: a ZIP with a pickle, data.pkl, and the numbers of each storage as a file of their own.
import type { ByteSource } from "../../byte-source.js";
import { WeightsError } from "../../errors.js";
import { sizeOf } from "../../layout.js";
import { FLOAT_BYTES, type FloatType, toFloats } from "../floats.js";
import { readExactly } from "../source.js";
import { type Pickled, unpickle } from "./unpickle.js";
import { readDirectory, startOf, type ZipEntry } from "./zip.js";

/** A storage of numbers that tensors look into. */
interface Storage {
  readonly key: string;
  readonly type: string;
  /** Numbers in it. */
  readonly length: number;
}

/** A tensor as it stands in a checkpoint: a view of a storage. */
export class TorchTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** null: no floating-point numbers. */
  get type(): FloatType | null {
    return FLOATS.get(this.storage.type) ?? null;
  }
}

/** What a checkpoint has beside numbers, texts, lists and dictionaries. */
type TorchObject = TorchTensor | Storage;
export type TorchValue = Pickled<TorchObject>;

const FLOATS = new Map<string, FloatType>([
  ["FloatStorage", "float32"],
  ["DoubleStorage", "float64"],
  ["HalfStorage", "float16"],
  ["BFloat16Storage", "bfloat16"],
]);
const STORAGE = /^torch\.((Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage)$/;

const REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2";
const REBUILD_PARAMETER = "torch._utils._rebuild_parameter";
const ORDERED_DICT = "collections.OrderedDict";

/** The most of a pickle that is read: a checkpoint of GPT-2 1.5B with its optimizer has under 1 MB. */
const MAX_PICKLE = 1 << 24;

/** A file of torch.save, its numbers still in it. */
export class TorchFile {
  readonly root: TorchValue;
  readonly #source: ByteSource;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** The folder that all is in. */
  readonly #folder: string;

  private constructor(
    source: ByteSource,
    entries: ReadonlyMap<string, ZipEntry>,
    folder: string,
    root: TorchValue,
  ) {
    this.#source = source;
    this.#entries = entries;
    this.#folder = folder;
    this.root = root;
  }

  /** @throws {WeightsError} for what is no such file, or names more than weights need */
  static async open(source: ByteSource): Promise<TorchFile> {
    const entries = await readDirectory(source);
    const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
    if (!pickle) throw new WeightsError(`${source.name} is no file of torch.save: it has no data.pkl`);
    if (pickle.size > MAX_PICKLE) {
      throw new WeightsError(
        `${source.name}: its data.pkl of ${pickle.size} bytes is larger than a checkpoint of weights has (${MAX_PICKLE})`,
      );
    }
    const folder = pickle.name.slice(0, -"data.pkl".length);
    const content = async (entry: ZipEntry) => readExactly(source, await startOf(source, entry), entry.size);
    const order = entries.get(`${folder}byteorder`);
    if (
      order &&
      new TextDecoder().decode(await content({ ...order, size: Math.min(order.size, 6) })) !== "little"
    ) {
      throw new WeightsError(
        `${source.name} has big-endian numbers; save it again on a little-endian machine`,
      );
    }
    const root = unpickle(await content(pickle), HOST, source.name);
    return new TorchFile(source, entries, folder, root);
  }

  /** The numbers of a tensor, in the order of its shape; of the file, only what it spans is read. */
  async read(name: string, tensor: TorchTensor): Promise<Float32Array> {
    const { storage, offset, shape, strides, type } = tensor;
    const fail = (why: string) => new WeightsError(`${name} in ${this.#source.name} ${why}`);
    if (!type) throw fail(`is a ${storage.type}; weights are float64, float32, float16 or bfloat16`);
    const bytes = FLOAT_BYTES[type];
    const entry = this.#entries.get(`${this.#folder}data/${storage.key}`);
    if (!entry || entry.size < storage.length * bytes)
      throw fail("has no numbers: its storage is missing or cut short");
    const size = sizeOf(shape);
    if (size === 0) return new Float32Array(0);
    const span = shape.reduce((last, extent, axis) => last + (extent - 1) * strides[axis]!, 1);
    if (offset + span > storage.length || size > span) {
      throw fail(
        `of shape [${shape}] and strides [${strides}] does not lie in its storage of ${storage.length}`,
      );
    }
    const start = (await startOf(this.#source, entry)) + offset * bytes;
    const values = toFloats(type, await readExactly(this.#source, start, span * bytes));
    return isContiguous(shape, strides) ? values : gathered(values, shape, strides);
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  return shape.every((extent, axis) => extent === 1 || strides[axis] === sizeOf(shape.slice(axis + 1)));
}

function gathered(values: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const out = new Float32Array(sizeOf(shape));
  const place = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = values[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      place[axis] = 0;
    }
  }
  return out;
}

const HOST = {
  knows: (name: string) =>
    STORAGE.test(name) || [REBUILD_TENSOR, REBUILD_PARAMETER, ORDERED_DICT].includes(name),

  call(name: string, args: readonly TorchValue[]): TorchValue {
    if (name === ORDERED_DICT && args.length === 0) return new Map();
    if (name === REBUILD_PARAMETER && args[0] instanceof TorchTensor) return args[0];
    if (name === REBUILD_TENSOR) {
      const [storage, offset, shape, strides] = args;
      if (isStorage(storage) && isNatural(offset) && areNatural(shape) && areNatural(strides)) {
        if (shape.length === strides.length) return new TorchTensor(storage, offset, shape, strides);
      }
    }
    throw new WeightsError(`a checkpoint calls ${name} with what it does not take`);
  },

  /** ("storage", its type, its key, the device it was on, its length) */
  find(id: TorchValue): Storage {
    if (Array.isArray(id)) {
      const [kind, type, key, , length] = id;
      const name = typeof type === "object" && type !== null && "name" in type ? String(type.name) : "";
      const [, storage] = STORAGE.exec(name) ?? [];
      if (kind === "storage" && storage && typeof key === "string" && isNatural(length)) {
        return { key, type: storage, length };
      }
    }
    throw new WeightsError("a checkpoint refers to something that is no storage of numbers");
  },
};

function isStorage(value: TorchValue | undefined): value is Storage {
  return typeof value === "object" && value !== null && "key" in value && "length" in value;
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Eight axes are more than any weight has. */
function areNatural(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every(isNatural);
}
