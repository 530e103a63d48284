// Files of torch.save, made by hand to be wrong.

/** An operation of a pickle, as bytes. */
export type Op = Uint8Array;

/** An operation and its argument: a text with its length where the operation has one, or bytes as they are. */
export function op(
  code: string | number,
  argument: string | Uint8Array = new Uint8Array(0),
  isRaw = false,
): Op {
  const bytes = typeof argument === "string" ? new TextEncoder().encode(argument) : argument;
  const byte = typeof code === "string" ? code.charCodeAt(0) : code;
  const length = isRaw ? [] : code === "X" ? [bytes.length, 0, 0, 0] : code === 0x8c ? [bytes.length] : [];
  return new Uint8Array([byte, ...length, ...bytes]);
}

export function pickle(...ops: readonly Op[]): Uint8Array {
  return joined([new Uint8Array([0x80, 2]), ...ops]);
}

/** An archive of stored files, in which some numbers are wrong. */
export function zip(
  files: Readonly<Record<string, Uint8Array>> | readonly (readonly [string, Uint8Array])[],
  wrong: { method?: number; size?: number; header?: number; directory?: number } = {},
): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [name, content] of Array.isArray(files) ? files : Object.entries(files)) {
    const title = new TextEncoder().encode(name);
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(26, title.length, true);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(10, wrong.method ?? 0, true);
    entry.setUint32(20, content.length, true);
    entry.setUint32(24, wrong.size ?? content.length, true);
    entry.setUint16(28, title.length, true);
    entry.setUint32(42, wrong.header ?? offset, true);
    central.push(new Uint8Array(entry.buffer), title);
    parts.push(new Uint8Array(local.buffer), title, content);
    offset += 30 + title.length + content.length;
  }
  const directory = joined(central);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint32(12, directory.length, true);
  end.setUint32(16, wrong.directory ?? offset, true);
  return joined([...parts, directory, new Uint8Array(end.buffer)]);
}

interface View {
  shape: number[];
  strides?: number[];
  offset?: number;
  key?: string;
  length?: number;
  type?: string;
}

/** A checkpoint of one layer of width 4, with whatever is to be wrong. */
export function checkpoint(change: {
  args?: Record<string, unknown>;
  state?: Record<string, View | number>;
  without?: string;
}): Uint8Array {
  const shapes: Record<string, number[]> = {
    "wte.weight": [5, 4],
    "wpe.weight": [3, 4],
    "h.0.ln_1.weight": [4],
    "h.0.attn.c_attn.weight": [12, 4],
    "h.0.attn.c_proj.weight": [4, 4],
    "h.0.ln_2.weight": [4],
    "h.0.mlp.c_fc.weight": [16, 4],
    "h.0.mlp.c_proj.weight": [4, 16],
    "ln_f.weight": [4],
  };
  const state: Record<string, View | number> = {
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`transformer.${name}`, { shape }])),
    ...change.state,
  };
  const args = {
    n_layer: 1,
    n_head: 2,
    n_embd: 4,
    block_size: 3,
    vocab_size: 5,
    bias: false,
    dropout: 0,
    ...change.args,
  };
  const files: Record<string, Uint8Array> = {};
  const views = Object.entries(state).map(([name, view], i): [string, Op[]] => {
    if (typeof view === "number") return [name, value(view)];
    const size = view.shape.reduce((product, extent) => product * extent, 1);
    const { key = String(i), length = size, type = "FloatStorage", offset = 0 } = view;
    const strides =
      view.strides ?? view.shape.map((_, axis) => view.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    files[`x/data/${key}`] ??= new Uint8Array(length * (type === "LongStorage" ? 8 : 4));
    const storage = [
      op("("),
      ...value("storage"),
      op("c", `torch\n${type}\n`),
      ...value(key),
      ...value("cpu"),
      ...value(length),
      op("t"),
      op("Q"),
    ];
    const tuple = (numbers: number[]) => [op("("), ...numbers.flatMap(value), op("t")];
    const call = [
      op("c", "torch._utils\n_rebuild_tensor_v2\n"),
      op("("),
      ...storage,
      ...value(offset),
      ...tuple(view.shape),
      ...tuple(strides),
    ];
    return [
      name,
      [...call, ...value(false), op("c", "collections\nOrderedDict\n"), op(")"), op("R"), op("t"), op("R")],
    ];
  });
  const dictionary = (entries: [string, Op[]][]) => [
    op("}"),
    op("("),
    ...entries.flatMap(([key, ops]) => [...value(key), ...ops]),
    op("u"),
  ];
  const numbers = Object.entries(args).map(([key, each]): [string, Op[]] => [key, value(each)]);
  const root = dictionary([
    ["model", dictionary(views)],
    ["model_args", dictionary(numbers)],
  ]);
  const all = { "x/data.pkl": pickle(...root, op(".")), ...files };
  return zip(Object.fromEntries(Object.entries(all).filter(([name]) => name !== `x/${change.without}`)));
}

function value(each: unknown): Op[] {
  if (typeof each === "string") return [op("X", each)];
  if (typeof each === "boolean") return [op(each ? 0x88 : 0x89)];
  const number = new DataView(new ArrayBuffer(8));
  number.setBigInt64(0, BigInt(each as number), true);
  return [op(0x8a, new Uint8Array([8, ...new Uint8Array(number.buffer)]), true)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
